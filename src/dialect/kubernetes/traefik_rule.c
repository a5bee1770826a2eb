// The language of router rules: functions, &&, ||, ! and parentheses.
#include "base/hash.h"
#include "dialect/kubernetes/traefik.h"

#include <string.h>

enum { DEPTH_MAX = 32, ARGUMENTS_MAX = 64, BOXES_MAX = 512 };

struct rule_reader {
    struct cluster *cluster;
    struct model *model;
    const struct object *object;
    const struct data *rule;
    Str rest;
    uint32_t depth;
    const char *why; // what is wrong; NULL: nothing
};

static void skip_blanks(struct rule_reader *reader)
{
    while (reader->rest.len && strchr(" \t\r\n", reader->rest.ptr[0]))
        reader->rest = str_slice(reader->rest, 1, reader->rest.len);
}

static bool eat(struct rule_reader *reader, const char *text)
{
    skip_blanks(reader);
    return str_eat(&reader->rest, str_from(text));
}

static bool fail(struct rule_reader *reader, const char *why)
{
    if (!reader->why)
        reader->why = why;
    return false;
}

// ---- sets of requests

static void intersect(struct rule_reader *reader, const struct boxes *a, const struct boxes *b,
                      struct boxes *out)
{
    struct boxes made = { 0 };
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++) {
            const struct box *both = box_meet(reader->model, a->items[i], b->items[k]);
            if (both)
                *vec_push(reader->cluster->arena, &made) = both;
        }
    if (made.count > BOXES_MAX)
        (void)fail(reader, "has more alternatives than are told apart");
    *out = made;
}

static void subtract(struct rule_reader *reader, const struct boxes *a, const struct boxes *b,
                     struct boxes *out)
{
    struct boxes now = *a;
    for (uint32_t k = 0; k < b->count; k++) {
        struct boxes next = { 0 };
        for (uint32_t i = 0; i < now.count; i++)
            box_subtract(reader->model, now.items[i], b->items[k], &next);
        now = next;
    }
    if (now.count > BOXES_MAX)
        (void)fail(reader, "has more alternatives than are told apart");
    *out = now;
}

static struct boxes everything(struct rule_reader *reader)
{
    struct boxes all = { 0 };
    *vec_push(reader->cluster->arena, &all) = box_all(reader->model);
    return all;
}

static void of_var(struct rule_reader *reader, const struct var *var, const struct fa *language,
                   struct boxes *out)
{
    const struct box *box = box_with(reader->model, box_all(reader->model), var,
                                     fa_intersect(reader->model->fa, var->universe, language));
    if (box)
        *vec_push(reader->cluster->arena, out) = box;
}

// ---- functions

struct call {
    Str name;
    Str arguments[ARGUMENTS_MAX];
    uint32_t count;
};

static const struct fa *one_of(struct model *model, const struct call *call, uint32_t from)
{
    return fa_literals(model->fa, call->arguments + from, call->count - from);
}

static const struct fa *prefix_of(struct model *model, const struct call *call)
{
    return fa_concat(model->fa, one_of(model, call, 0), fa_all(model->fa));
}

static void of_choice(struct rule_reader *reader, const struct call *call, struct boxes *out)
{
    struct model *model = reader->model;
    Str first = call->count ? call->arguments[0] : STR("");
    Str text = str_format(reader->cluster->arena, "whether %.*s(`%.*s`) holds", STR_ARG(call->name),
                          STR_ARG(first));
    uint64_t identity = hash_str(HASH_SEED, call->name);
    for (uint32_t i = 0; i < call->count; i++)
        identity = hash_str(identity, call->arguments[i]);
    const struct var *choice = model_choice(model, text, identity, reader->rule->span);
    policy_add_unknown(reader->cluster->policy,
                       (struct unknown){ reader->rule->span, text, identity });
    *vec_push(reader->cluster->arena, out) =
        box_with(model, box_all(model), choice, model_choice_value(model, true));
}

// A regular expression of Go, searched for.
static void of_pattern(struct rule_reader *reader, const struct call *call, uint32_t at,
                       const struct var *var, struct boxes *out)
{
    const struct pattern *pattern = model_pattern(reader->model, call->arguments[at], REGEX_GO,
                                                  var == reader->model->host ? REGEX_CASELESS : 0);
    if (pattern->result.status == REGEX_INVALID)
        (void)fail(reader, "has an expression that Go refuses");
    else if (pattern->result.language)
        of_var(reader, var, pattern->result.language, out);
    else
        of_choice(reader, call, out);
}

static bool of_call(struct rule_reader *reader, const struct call *call, struct boxes *out)
{
    struct model *model = reader->model;
    Str name = call->name;
    if (!call->count)
        return fail(reader, "has a function without arguments");
    if (str_is_nocase(name, "Host") || str_is_nocase(name, "HostHeader")) {
        struct call lower = *call;
        for (uint32_t i = 0; i < lower.count; i++)
            lower.arguments[i] = str_lower(reader->cluster->arena, lower.arguments[i]);
        of_var(reader, model->host, one_of(model, &lower, 0), out);
    } else if (str_is_nocase(name, "HostRegexp")) {
        of_pattern(reader, call, 0, model->host, out);
    } else if (str_is_nocase(name, "Path")) {
        of_var(reader, model->path, one_of(model, call, 0), out);
    } else if (str_is_nocase(name, "PathPrefix")) {
        of_var(reader, model->path, prefix_of(model, call), out);
    } else if (str_is_nocase(name, "PathRegexp")) {
        of_pattern(reader, call, 0, model->path, out);
    } else if (str_is_nocase(name, "Method")) {
        of_var(reader, model->method, one_of(model, call, 0), out);
    } else if ((str_is_nocase(name, "Header") || str_is_nocase(name, "Headers")) &&
               call->count == 2) {
        of_var(reader, model_header(model, call->arguments[0]), one_of(model, call, 1), out);
    } else if ((str_is_nocase(name, "HeaderRegexp") || str_is_nocase(name, "HeadersRegexp")) &&
               call->count == 2) {
        of_pattern(reader, call, 1, model_header(model, call->arguments[0]), out);
    } else {
        of_choice(reader, call, out); // Query, ClientIP and what is newer
    }
    return !reader->why;
}

// ---- syntax

static bool read_text(struct rule_reader *reader, Str *out)
{
    skip_blanks(reader);
    if (!reader->rest.len || !strchr("`\"'", reader->rest.ptr[0]))
        return fail(reader, "has an argument that is no text in `backquotes`");
    char quote = reader->rest.ptr[0];
    const char *end = memchr(reader->rest.ptr + 1, quote, reader->rest.len - 1);
    if (!end)
        return fail(reader, "has a text that does not end");
    size_t length = (size_t)(end - reader->rest.ptr);
    *out = str_slice(reader->rest, 1, length);
    reader->rest = str_slice(reader->rest, length + 1, reader->rest.len);
    return true;
}

static bool read_call(struct rule_reader *reader, struct boxes *out)
{
    struct call call = { 0 };
    size_t length = 0;
    skip_blanks(reader);
    while (length < reader->rest.len && ((reader->rest.ptr[length] | 32) >= 'a') &&
           ((reader->rest.ptr[length] | 32) <= 'z'))
        length++;
    call.name = str_slice(reader->rest, 0, length);
    reader->rest = str_slice(reader->rest, length, reader->rest.len);
    if (!length || !eat(reader, "("))
        return fail(reader, "has something that is no function");
    while (!eat(reader, ")")) {
        if (call.count == ARGUMENTS_MAX)
            return fail(reader, "has a function with too many arguments");
        if (!read_text(reader, &call.arguments[call.count++]))
            return false;
        (void)eat(reader, ",");
    }
    return of_call(reader, &call, out);
}

static bool read_or(struct rule_reader *reader, struct boxes *out);

static bool read_not(struct rule_reader *reader, struct boxes *out)
{
    if (++reader->depth > DEPTH_MAX)
        return fail(reader, "is nested too deeply");
    bool good;
    struct boxes inner = { 0 };
    if (eat(reader, "!")) {
        good = read_not(reader, &inner);
        struct boxes all = everything(reader);
        subtract(reader, &all, &inner, out);
    } else if (eat(reader, "(")) {
        good = read_or(reader, out) && (eat(reader, ")") || fail(reader, "misses a parenthesis"));
    } else {
        good = read_call(reader, out);
    }
    reader->depth--;
    return good && !reader->why;
}

static bool read_and(struct rule_reader *reader, struct boxes *out)
{
    if (!read_not(reader, out))
        return false;
    while (eat(reader, "&&")) {
        struct boxes right = { 0 };
        if (!read_not(reader, &right))
            return false;
        intersect(reader, out, &right, out);
    }
    return !reader->why;
}

static bool read_or(struct rule_reader *reader, struct boxes *out)
{
    if (!read_and(reader, out))
        return false;
    while (eat(reader, "||")) {
        struct boxes right = { 0 }, more;
        if (!read_and(reader, &right))
            return false;
        subtract(reader, &right, out, &more);
        for (uint32_t i = 0; i < more.count; i++)
            *vec_push(reader->cluster->arena, out) = more.items[i];
    }
    return !reader->why;
}

bool traefik_rule(struct cluster *cluster, const struct object *object, const struct data *rule,
                  struct boxes *out, const char **why)
{
    struct rule_reader reader = { .cluster = cluster,
                                  .model = cluster->model,
                                  .object = object,
                                  .rule = rule,
                                  .rest = rule->text };
    *out = (struct boxes){ 0 };
    bool good = read_or(&reader, out);
    skip_blanks(&reader);
    if (good && reader.rest.len)
        good = fail(&reader, "goes on after its end");
    *why = reader.why ? reader.why : "cannot be read";
    return good;
}
