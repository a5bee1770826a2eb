#pragma once
// dialect_table: configuration in, one request, the answer out: for tables of a product's
// semantics.
//
//     static const char kong[] = "_format_version: \"3.0\"\n...";
//     static const struct dialect_row rows[] = {
//         { "3.1 a listed origin is echoed", "kong.yaml", kong,
//           "GET https://api.test/v1 Origin=https://a.test",
//           "upstream access-control-allow-origin: https://a.test; vary: Origin" },
//     };
//
// A request: method, URL, then headers as Name=value (a value holds no space; "+" stands for one),
// "upstream=STATUS" and "upstream:Name=value" for what stands behind. The answer: "none" (nobody
// serves it), "unknown", or the status (or "upstream") and the headers that `simulate --raw` shows,
// names in lower case, in order, with "; " between.

#include "base/buf.h"
#include "dialect/dialect.h"

#include "unit/check_main.h"

#include <stdio.h>
#include <string.h>

struct dialect_row {
    const char *what;
    const char *path, *text; // one file
    const char *request, *answer;
};

// A source of one file in memory.
static enum source_entry dialect_stat(struct source *source, Str path)
{
    const struct dialect_row *row = source->state;
    return path.len == 0 ? SOURCE_FOLDER : str_is(path, row->path) ? SOURCE_FILE : SOURCE_NONE;
}

static void dialect_list(struct source *source, Str path, struct source_names *out)
{
    const struct dialect_row *row = source->state;
    if (path.len == 0)
        *vec_push(source->arena, &out->list) =
            (struct source_name){ .name = str_from(row->path), .entry = SOURCE_FILE };
}

static const struct kind *dialect_read(struct source *source, Str path, size_t max, Str *out)
{
    const struct dialect_row *row = source->state;
    if (!str_is(path, row->path) || strlen(row->text) > max)
        return &source_missing;
    *out = str_from(row->text);
    return NULL;
}

static inline void dialect_request(struct arena *arena, const char *text, struct request *out)
{
    Str rest = str_from(text), word, url;
    VEC(struct header) headers = { 0 };
    VEC(struct header) upstream = { 0 };
    *out = (struct request){ .file_is_there = true };
    (void)str_cut(rest, STR(" "), &out->method, &rest);
    if (!str_cut(rest, STR(" "), &url, &rest)) {
        url = rest;
        rest = STR("");
    }
    ck_assert_msg(request_set_url(arena, out, url), "%s", text);
    ck_assert(request_normalise(arena, out->target, true, &out->path, &out->query));
    *vec_push(arena, &headers) = (struct header){ STR("Host"), out->authority };
    while (rest.len) {
        Str name, value;
        if (!str_cut(rest, STR(" "), &word, &rest)) {
            word = rest;
            rest = STR("");
        }
        ck_assert_msg(str_cut(word, STR("="), &name, &value), "%s", text);
        char *copy = ARENA_ARRAY(arena, char, value.len + 1);
        for (size_t i = 0; i < value.len; i++)
            copy[i] = value.ptr[i] == '+' ? ' ' : value.ptr[i];
        value.ptr = copy;
        if (str_is(name, "upstream"))
            out->upstream_status = (uint32_t)strtoul(copy, NULL, 10);
        else if (str_eat(&name, STR("upstream:")))
            *vec_push(arena, &upstream) = (struct header){ name, value };
        else
            *vec_push(arena, &headers) = (struct header){ name, value };
    }
    out->headers = headers.items;
    out->header_count = headers.count;
    out->upstream_headers = upstream.items;
    out->upstream_header_count = upstream.count;
    if (upstream.count && !out->upstream_status)
        out->upstream_status = 200;
}

static inline Str dialect_answer_text(struct arena *arena, const struct answer_lines *answer)
{
    struct buf out = { .arena = arena };
    if (!answer->endpoint)
        return STR("none");
    if (!answer->known)
        return STR("unknown");
    if (answer->status)
        buf_addf(&out, "%u", (unsigned)answer->status);
    else
        buf_addf(&out, "upstream");
    for (uint32_t i = 0; i < answer->headers.count; i++)
        buf_addf(&out, "%s %.*s: %.*s", i ? ";" : "",
                 STR_ARG(str_lower(arena, answer->headers.items[i].name)),
                 STR_ARG(answer->headers.items[i].value));
    return buf_str(&out);
}

static const struct source_ops dialect_source_ops = { dialect_stat, dialect_list, dialect_read };

// Whether the file is refused with a message that begins so.
static inline bool dialect_row_refused(const struct dialect_row *row, const char *message)
{
    static const struct dialect_options none = { 0 };
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct model *model = model_new(run);
    struct dialect_row copy = *row;
    struct source *source =
        source_new(run, files_new(arena), &dialect_source_ops, str_from(row->path), &copy);
    struct dialect_result result = { 0 };
    bool refused = !dialect_load(model, source, &none, NULL, 0, &result) && run->diags.count &&
                   str_starts(run->diags.items[0].message, str_from(message));
    arena_free(arena);
    return refused;
}

// Runs a row with these options (NULL: the defaults); all that is wrong is in one message.
static inline void dialect_row_check(const struct dialect_row *row,
                                     const struct dialect_options *options)
{
    static const struct dialect_options none = { 0 };
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct model *model = model_new(run);
    struct files *files = files_new(arena);
    struct dialect_row copy = *row;
    struct source *source = source_new(run, files, &dialect_source_ops, str_from(row->path), &copy);
    struct dialect_result result = { 0 };
    bool good = dialect_load(model, source, options ? options : &none, NULL, 0, &result);
    ck_assert_msg(good, "%s: %.*s", row->what,
                  STR_ARG(run->diags.count ? run->diags.items[0].message : STR("not read")));
    struct request request;
    dialect_request(arena, row->request, &request);
    struct answer_lines answer = { 0 };
    policy_answer(result.policy, NULL, &request, &answer);
    Str got = dialect_answer_text(arena, &answer);
    ck_assert_msg(str_is(got, row->answer),
                  "%s\n  request:  %s\n  expected: %s\n  got:      %.*s %.*s", row->what,
                  row->request, row->answer, STR_ARG(got), STR_ARG(answer.reason));
    arena_free(arena);
}
