#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

struct run *run_new(struct arena *arena, const struct limits *limits)
{
    struct run *run = ARENA_NEW(arena, struct run);
    run->arena = arena;
    run->limits = limits;
    return run;
}

bool diag(struct run *run, const struct kind *kind, Span span)
{
    *vec_push(run->arena, &run->diags) = (struct diag){ kind, span, str_from(kind->text) };
    return false;
}

bool diagf(struct run *run, const struct kind *kind, Span span, const char *format, ...)
{
    char detail[1024]; // longer details are cut: they quote input
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    Str message = str_format(run->arena, "%s: %s", kind->text, detail);
    *vec_push(run->arena, &run->diags) = (struct diag){ kind, span, message };
    return false;
}
