#pragma once
// diag: what went wrong with the input or the world, collected during a run, in no particular
// order. The program's own mistakes are asserts. Shown by report/, once, sorted and without
// duplicates.

#include "base/arena.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MUST_CHECK __attribute__((warn_unused_result))
#else
#define MUST_CHECK
#endif

// A place: bytes [begin, end) of the file with that number in struct files (source/files.h). File 0
// is no file.
typedef struct {
    uint32_t file, begin, end;
} Span;

enum level { LEVEL_OFF, LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

// One way in which input can be wrong. A constant of the module that detects it; `id` is a rule id
// of design.md 5.2 and never reused.
struct kind {
    const char *id;
    enum level level;
    const char *text; // what is wrong, in one clause; the message begins with it
};

struct diag {
    const struct kind *kind;
    Span span;
    Str message; // kind->text, or kind->text + ": " + the detail
};

// What a run carries: memory, limits, complaints. Nothing of the domain.
struct run {
    struct arena *arena;
    const struct limits *limits;
    VEC(struct diag) diags;
    uint32_t jobs; // threads that may work at once; 0 counts as 1
};

struct run *run_new(struct arena *arena, const struct limits *limits);

// Both return false always, so that `return diag(...)` reports and fails.
bool diag(struct run *run, const struct kind *kind, Span span);
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
bool diagf(struct run *run, const struct kind *kind, Span span, const char *format, ...);
