// What is left out of a comparison, and above all what is not: a version that is read in comparison
// with another one.
#include "dialect/dialect.h"

#include "unit/check_main.h"

#include <string.h>

// A version: a main file, and a file that stands beside it (NULL: none).
struct texts {
    const char *main, *beside;
};

static const char *text_of(const struct source *source, Str path)
{
    const struct texts *texts = source->state;
    return str_is(path, "nginx.conf") ? texts->main
           : str_is(path, "www/a.js") ? texts->beside
                                      : NULL;
}

static enum source_entry stat_text(struct source *source, Str path)
{
    const struct texts *texts = source->state;
    if (path.len == 0 || (str_is(path, "www") && texts->beside))
        return SOURCE_FOLDER;
    return text_of(source, path) ? SOURCE_FILE : SOURCE_NONE;
}

static void list_texts(struct source *source, Str path, struct source_names *out)
{
    const struct texts *texts = source->state;
    if (path.len == 0)
        *vec_push(source->arena, &out->list) =
            (struct source_name){ .name = STR("nginx.conf"), .entry = SOURCE_FILE };
    if (path.len == 0 && texts->beside)
        *vec_push(source->arena, &out->list) =
            (struct source_name){ .name = STR("www"), .entry = SOURCE_FOLDER };
    if (str_is(path, "www") && texts->beside)
        *vec_push(source->arena, &out->list) =
            (struct source_name){ .name = STR("a.js"), .entry = SOURCE_FILE };
}

static const struct kind *read_text(struct source *source, Str path, size_t max, Str *out)
{
    const char *text = text_of(source, path);
    if (!text)
        return &source_missing;
    *out = str_from(text);
    return out->len > max ? &source_too_large : NULL;
}

static const struct source_ops ops = { stat_text, list_texts, read_text };

static void load(struct model *model, struct texts *texts, const struct dialect_options *options,
                 struct dialect_result *before, struct dialect_result *out)
{
    struct source *source =
        source_new(model->run, files_new(model->arena), &ops, STR("test"), texts);
    *out = (struct dialect_result){ .before = before };
    ck_assert(dialect_load(model, source, options, NULL, 0, out));
}

#define AROUND(http, servers) "events {}\nhttp {\n" http servers "}\n"
#define MAP(origin) "map $http_origin $ok { default \"\"; " origin " $http_origin; }\n"
#define A "server { listen 80; server_name a.example; location / { return 200 a; } }\n"
#define B "server { listen 80; server_name b.example; location / { return 200 b; } }\n"
#define MAPPED                                                                                     \
    "server { listen 81; location / { add_header Access-Control-Allow-Origin $ok; return 204; } "  \
    "}\n"
#define FILES "server { listen 82; root www; location / { try_files $uri =404; } }\n"
#define CODE "server { listen 83; location / { content_by_lua_file www/a.js; } }\n"

// `left_out`: endpoints, of old and of new alike.
static const struct row {
    const char *what;
    struct texts old, new;
    uint32_t left_out;
} rows[] = {
    { "nothing changes", { AROUND("", A B), NULL }, { AROUND("", A B), NULL }, 2 },
    { "only the layout changes",
      { AROUND("", A B), NULL },
      { AROUND("#\n", A "\n\n" B), NULL },
      2 },
    { "one server changes",
      { AROUND("", A B), NULL },
      { AROUND("", A "server { listen 80; server_name b.example; location / { return 204; } }"),
        NULL },
      1 },
    { "a map changes",
      { AROUND(MAP("https://x.example"), A MAPPED), NULL },
      { AROUND(MAP("https://y.example"), A MAPPED), NULL },
      0 },
    { "a header for all servers comes",
      { AROUND("", A B), NULL },
      { AROUND("add_header Access-Control-Allow-Origin *;", A B), NULL },
      0 },
    { "another server at the same port gets another name",
      { AROUND("", A B), NULL },
      { AROUND("", A "server { listen 80; server_name c.example; location / { return 200 b; } }"),
        NULL },
      0 },
    { "another server at another port gets another name",
      { AROUND("", A "server { listen 90; server_name b.example; location / { return 200 b; } }"),
        NULL },
      { AROUND("", A "server { listen 90; server_name c.example; location / { return 200 b; } }"),
        NULL },
      1 },
    { "a server comes before the others and answers for hosts that nobody names",
      { AROUND("", A B), NULL },
      { AROUND("", "server { listen 80; server_name c.example; return 204; }" A B), NULL },
      0 },
    { "the servers change places", { AROUND("", A B), NULL }, { AROUND("", B A), NULL }, 0 },
    { "an address of the port comes",
      { AROUND("", A B), NULL },
      { AROUND("", A B "server { listen 127.0.0.1:80; return 204; }"), NULL },
      0 },
    { "the default server stops merging slashes",
      { AROUND("", A B), NULL },
      { AROUND("", "server { listen 80; server_name a.example; merge_slashes off; "
                   "location / { return 200 a; } }" B),
        NULL },
      0 },
    { "another server sets a variable",
      { AROUND("", A "server { listen 90; return 204; }"), NULL },
      { AROUND("", A "server { listen 90; set $new 1; return 204; }"), NULL },
      0 },
    { "a folder that is looked into comes",
      { AROUND("", A FILES), NULL },
      { AROUND("", A FILES), "x" },
      1 },
    { "a folder that is looked into is there",
      { AROUND("", A FILES), "x" },
      { AROUND("", A FILES), "x" },
      1 },
    { "a folder that is looked into is not there",
      { AROUND("", A FILES), NULL },
      { AROUND("", A FILES), NULL },
      2 },
    { "a header around the servers changes and one of them has its own",
      { AROUND("add_header X-A 1;", A "server { listen 84; add_header X-B 1; return 204; }"),
        NULL },
      { AROUND("add_header X-A 2;", A "server { listen 84; add_header X-B 1; return 204; }"),
        NULL },
      0 },
    { "a server takes a host of another",
      { AROUND("", A B), NULL },
      { AROUND("", "server { listen 80; server_name x.example b.example; return 204; }" A B),
        NULL },
      0 },
    { "another server becomes the default",
      { AROUND("", A B), NULL },
      { AROUND("", A "server { listen 80 default_server; server_name b.example; "
                     "location / { return 200 b; } }"),
        NULL },
      0 },
    { "another server at the port uses TLS",
      { AROUND("", A B), NULL },
      { AROUND("", A "server { listen 80 ssl; server_name b.example; "
                     "location / { return 200 b; } }"),
        NULL },
      0 },
    { "a map that no server uses changes",
      { AROUND(MAP("https://x.example"), A B), NULL },
      { AROUND(MAP("https://y.example"), A B), NULL },
      0 },
    { "code is not known", { AROUND("", A CODE), "x" }, { AROUND("", A CODE), "y" }, 1 },
};

START_TEST(left_out)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct arena *arena = arena_new();
        struct model *model = model_new(run_new(arena, &limits_default));
        struct texts old = row->old, new = row->new;
        const struct dialect_options options = { 0 };
        struct dialect_result alone, first, second;
        load(model, &new, &options, NULL, &alone);
        load(model, &old, &options, NULL, &first);
        uint32_t before = first.policy->endpoint_count;
        load(model, &new, &options, &first, &second);
        ck_assert_msg(second.policy->left_out == row->left_out &&
                          first.policy->left_out == row->left_out,
                      "%s: %u and %u endpoints are left out", row->what, first.policy->left_out,
                      second.policy->left_out);
        ck_assert_uint_eq(first.policy->endpoint_count + row->left_out, before);
        ck_assert_uint_eq(second.policy->endpoint_count + row->left_out,
                          alone.policy->endpoint_count);
        arena_free(arena);
    }
}
END_TEST

// The same files mean something else with another version of nginx, or other upstreams.
START_TEST(other_options)
{
    const struct header header = { STR("Access-Control-Allow-Origin"), STR("*") };
    const struct upstream upstream = { .target = STR("http://app"),
                                       .headers = &header,
                                       .header_count = 1 };
    const struct upstreams declared = { &upstream, 1 };
    const struct dialect_options options[] = { { 0 },
                                               { .nginx_version = 1018000 },
                                               { .upstreams = &declared } };
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    struct texts texts = { AROUND("", A B), NULL };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct dialect_result first, second;
        load(model, &texts, &options[0], NULL, &first);
        load(model, &texts, &options[i], &first, &second);
        ck_assert_uint_eq(second.policy->left_out, i == 0 ? 2 : 0);
    }
    arena_free(arena);
}
END_TEST

// An answer with more headers than the limit is not known, and that is said.
START_TEST(headers_limit)
{
    struct limits limits = limits_default;
    limits.headers = 2;
    struct texts texts = { AROUND("", "server { listen 80; add_header A 1; add_header B 2; "
                                      "location / { return 204; } "
                                      "location /b { add_header A 1; add_header B 2; "
                                      "add_header C 3; return 204; } }"),
                           NULL };
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits));
    const struct dialect_options options = { 0 };
    struct dialect_result result;
    load(model, &texts, &options, NULL, &result);
    ck_assert_uint_eq(result.policy->endpoint_count, 2);
    ck_assert_uint_eq(result.policy->unknown_count, 1);
    ck_assert_uint_gt(model->run->diags.count, 0);
    ck_assert_str_eq(model->run->diags.items[0].kind->id, "CG903");
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { left_out, other_options, headers_limit };
    return check_main(check_suite("same", tests, sizeof tests / sizeof *tests));
}
