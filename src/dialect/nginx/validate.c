#include "dialect/nginx/validate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct kind nginx_refused = { "CG901", LEVEL_ERROR, "nginx does not load this" };
const struct kind nginx_unknown_directive = {
    "CG902", LEVEL_WARNING, "unknown directive, which may do anything to the answers here"
};

bool refuse(struct validate *validate, Span span, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    validate->refused = true;
    return diagf(validate->run, &nginx_refused, span, "%s", text);
}

static const struct handler *handler_look(Str name)
{
    static const struct handler *const lists[] = { handlers_rewrite, handlers_http, handlers_server,
                                                   handlers_tables, handlers_logs };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct handler *handler = lists[i]; handler->name; handler++)
            if (str_is(name, handler->name))
                return handler;
    return handler_of_choice(name);
}

static const struct handler *handler_find(struct validate *validate,
                                          const struct directive *directive)
{
    struct row_state *row = &validate->rows[directive - directive_rows];
    if (!row->looked)
        row->handler = handler_look(str_from(directive->name));
    row->looked = true;
    return row->handler;
}

static bool unknown_name(struct validate *validate, const struct conf *conf)
{
    Str name = conf_word(conf, 0);
    const char *near = directive_near(name);
    if (near)
        return refuse(validate, conf->words[0].span, "unknown directive \"%.*s\"; is \"%s\" meant?",
                      STR_ARG(name), near);
    validate->open = true; // it may define variables, too
    diagf(validate->run, &nginx_unknown_directive, conf->words[0].span, "%.*s", STR_ARG(name));
    return true;
}

static bool wrong_terminator(struct validate *validate, const struct conf *conf)
{
    Str name = conf_word(conf, 0);
    if (conf->has_block)
        return refuse(validate, conf->head, "\"%.*s\" takes no block: it ends with \";\"",
                      STR_ARG(name));
    return refuse(validate, conf->head, "\"%.*s\" needs a block: \"{\" is missing", STR_ARG(name));
}

static bool check_value(struct validate *validate, const struct conf *conf,
                        enum directive_value value)
{
    Str text = conf_word(conf, 1);
    uint32_t number;
    uint64_t duration;
    bool good = true;
    const char *what = "";
    switch (value) {
    case VALUE_ANY:
        return true;
    case VALUE_FLAG:
        good = str_is_nocase(text, "on") || str_is_nocase(text, "off");
        what = "\"on\" or \"off\"";
        break;
    case VALUE_NUMBER:
        good = number_parse(text, &number);
        what = "a number";
        break;
    case VALUE_SIZE:
        good = size_parse(text, false);
        what = "a size";
        break;
    case VALUE_OFFSET:
        good = size_parse(text, true);
        what = "a size";
        break;
    case VALUE_SEC:
        good = duration_parse(text, false, &duration);
        what = "a time in seconds";
        break;
    case VALUE_MSEC:
        good = duration_parse(text, true, &duration);
        what = "a time";
        break;
    }
    return good || refuse(validate, conf->words[1].span, "\"%.*s\" takes %s, not \"%.*s\"",
                          STR_ARG(conf->words[0].text), what, STR_ARG(text));
}

static bool check_statement(struct validate *validate, const struct conf *conf,
                            const struct directive *directive, const struct scope *scope)
{
    Str name = conf_word(conf, 0);
    if (conf_is(conf, "include")) { // what it names was not found, and has been reported
        validate->open = true;
        return directive_check_as(conf, directive) == DIRECTIVE_OK ||
               refuse(validate, conf->head, "\"include\" takes one argument and \";\"");
    }
    switch (directive_check_as(conf, directive)) {
    case DIRECTIVE_OK:
        break;
    case DIRECTIVE_UNKNOWN_NAME:
        return unknown_name(validate, conf);
    case DIRECTIVE_WRONG_CONTEXT:
        return refuse(validate, conf->words[0].span, "\"%.*s\" is not allowed here", STR_ARG(name));
    case DIRECTIVE_WRONG_TERMINATOR:
        return wrong_terminator(validate, conf);
    case DIRECTIVE_WRONG_COUNT:
        return refuse(validate, conf->head, "wrong number of arguments for \"%.*s\"",
                      STR_ARG(name));
    }
    if (conf->n_words == 2 && !check_value(validate, conf, directive->value))
        return false;
    if ((directive->traits & DIRECTIVE_EXPRESSION) && conf->n_words == 2 &&
        !expression_check(validate, conf->words[1].text, conf->words[1].span))
        return false;
    const struct handler *handler = handler_find(validate, directive);
    return !handler || handler->check(validate, conf, scope);
}

// A directive that may stand only once in a block.
static void check_once(struct validate *validate, const struct conf *conf,
                       const struct directive *directive, const struct scope *scope)
{
    if (!directive || !(directive->traits & DIRECTIVE_ONCE))
        return;
    struct row_state *row = &validate->rows[directive - directive_rows];
    if (row->block == scope->block)
        refuse(validate, conf->words[0].span, "\"%s\" stands twice in this block", directive->name);
    row->block = scope->block;
}

static void walk(struct validate *validate, const struct scope *scope)
{
    const struct conf *block = scope->block;
    if (scope->context == CONTEXT_FREE)
        return;
    struct arena_mark mark = arena_mark(validate->found);
    const struct directive **found =
        ARENA_ARRAY(validate->found, const struct directive *, block->n_children);
    for (uint32_t i = 0; i < block->n_children; i++) {
        found[i] = directive_find(conf_word(&block->children[i], 0), scope->context);
        check_once(validate, &block->children[i], found[i], scope);
    }
    for (uint32_t i = 0; i < block->n_children; i++) {
        const struct conf *conf = &block->children[i];
        if (!check_statement(validate, conf, found[i], scope) || !conf->has_block)
            continue;
        struct scope inner = { directive_inside(conf, scope->context), conf, scope };
        walk(validate, &inner);
    }
    arena_rewind(validate->found, mark);
}

bool nginx_validate(struct nginx_loader *loader, const struct loaded *loaded)
{
    struct run *run = loader->run;
    struct validate validate = {
        .run = run,
        .scratch = arena_new(),
        .found = arena_new(),
        .open = loaded->wrap != WRAP_NONE || loaded->broken,
    };
    validate.rows = ARENA_ARRAY(validate.scratch, struct row_state, directive_row_count);
    struct scope main = { CONTEXT_MAIN, loaded->root, NULL };
    walk(&validate, &main);
    variables_check(&validate);
    listeners_check(&validate);
    if (!validate.open && !conf_find(loaded->root, "events"))
        refuse(&validate, files_whole(loaded->file), "there is no \"events\" block");
    arena_free(validate.found);
    arena_free(validate.scratch);
    return !validate.refused;
}
