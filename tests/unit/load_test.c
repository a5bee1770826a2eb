#include "dialect/nginx/load.h"

#include "base/buf.h"

#include "unit/check_main.h"

#include <stdio.h>
#include <string.h>

// A source that is a list of paths and texts, which shows that a source need not be a disk.
struct entry {
    const char *path, *text;
};

static enum source_entry stat_entry(struct source *source, Str path)
{
    Str folder = path.len ? str_concat(source->arena, path, STR("/")) : path;
    for (const struct entry *entry = source->state; entry->path; entry++) {
        if (str_is(path, entry->path))
            return SOURCE_FILE;
        if (str_starts(str_from(entry->path), folder))
            return SOURCE_FOLDER;
    }
    return SOURCE_NONE;
}

static void list_entries(struct source *source, Str path, struct source_names *out)
{
    for (const struct entry *entry = source->state; entry->path; entry++) {
        Str name = str_from(entry->path), rest;
        if (path.len && (!str_eat(&name, path) || !str_eat(&name, STR("/"))))
            continue;
        bool folder = str_cut(name, STR("/"), &name, &rest), known = false;
        for (uint32_t i = 0; i < out->list.count; i++)
            known |= str_equal(out->list.items[i].name, name);
        if (!known)
            *vec_push(source->arena, &out->list) =
                (struct source_name){ .name = name, .entry = folder ? SOURCE_FOLDER : SOURCE_FILE };
    }
}

static const struct kind *read_entry(struct source *source, Str path, size_t max, Str *out)
{
    for (const struct entry *entry = source->state; entry->path; entry++)
        if (str_is(path, entry->path)) {
            *out = str_from(entry->text);
            return out->len > max ? &source_too_large : NULL;
        }
    return &source_missing;
}

static const struct source_ops ops = { stat_entry, list_entries, read_entry };

struct world {
    struct arena *arena;
    struct run *run;
    struct nginx_loader *loader;
};

static struct world begin(const struct entry *entries, const struct limits *limits)
{
    struct world world = { .arena = arena_new() };
    world.run = run_new(world.arena, limits);
    union {
        const struct entry *in;
        void *out;
    } state = { .in = entries };
    struct source *source =
        source_new(world.run, files_new(world.arena), &ops, STR("test"), state.out);
    world.loader = nginx_loader_new(world.run, source);
    return world;
}

// The names of the statements, depth first.
static void names(struct buf *out, const struct conf *conf)
{
    for (uint32_t i = 0; i < conf->n_children; i++) {
        buf_addf(out, "%s%.*s", out->len ? " " : "", STR_ARG(conf_word(&conf->children[i], 0)));
        names(out, &conf->children[i]);
    }
}

static void assert_names(struct world *world, const struct loaded *loaded, const char *expected)
{
    struct buf out = { .arena = world->arena };
    names(&out, loaded->root);
    ck_assert_msg(str_is(buf_str(&out), expected), "\"%.*s\" is not \"%s\"", STR_ARG(buf_str(&out)),
                  expected);
}

static bool has_kind(const struct world *world, const struct kind *kind)
{
    for (uint32_t i = 0; i < world->run->diags.count; i++)
        if (world->run->diags.items[i].kind == kind)
            return true;
    return false;
}

START_TEST(includes)
{
    static const struct {
        const char *name;
        struct entry entries[6];
        const char *names;
        const struct kind *kind; // that is reported, or NULL for nothing at all
    } rows[] = {
        { "spliced, relative to the main file",
          { { "etc/nginx.conf", "events {} http { include in/*.conf; }" },
            { "etc/in/9.conf", "server { include in/deep; }" },
            { "etc/in/10.conf", "map a b {}" },
            { "etc/in/deep", "listen 80; root x;" } },
          "events http map server listen root",
          NULL },
        { "no match",
          { { "etc/nginx.conf", "events {} include none/*.conf; user x;" } },
          "events user",
          NULL },
        { "missing",
          { { "etc/nginx.conf", "events {} include none; user x;" } },
          "events include user",
          &nginx_include_missing },
        { "missing and harmless",
          { { "etc/nginx.conf", "events {} include mime.types;" } },
          "events",
          NULL },
        { "a path of the target machine",
          { { "etc/nginx.conf", "events {} include /etc/nginx/conf.d/*.conf;" },
            { "etc/conf.d/a.conf", "user x;" } },
          "events user",
          NULL },
        { "a path of the target machine, from above",
          { { "x/y/nginx.conf", "events {} include /etc/nginx/snippets/a;" },
            { "x/snippets/a", "user x;" } },
          "events user",
          NULL },
        { "outside",
          { { "etc/nginx.conf", "events {} include /usr/lib/x.conf;" } },
          "events include",
          &nginx_include_outside },
        { "climbing out",
          { { "etc/nginx.conf", "events {} include ../../x.conf;" } },
          "events include",
          &nginx_include_outside },
        { "everything",
          { { "etc/nginx.conf", "events {} include /x/*;" } },
          "events include",
          &nginx_include_outside },
        { "a circle",
          { { "etc/nginx.conf", "events {} include a;" }, { "etc/a", "user x; include a;" } },
          "events user include",
          &nginx_include_cycle },
        { "a folder",
          { { "etc/nginx.conf", "events {} include a;" }, { "etc/a/b", "user x;" } },
          "events include",
          &source_missing },
        { "in a map",
          { { "etc/nginx.conf", "events {} http { map a b { include m; c d; } }" },
            { "etc/m", "e f;" } },
          "events http map e c",
          NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = begin(rows[i].entries, &limits_default);
        const struct loaded *loaded = NULL;
        ck_assert_msg(nginx_load(world.loader, str_from(rows[i].entries[0].path), &loaded), "%s",
                      rows[i].name);
        assert_names(&world, loaded, rows[i].names);
        if (rows[i].kind)
            ck_assert_msg(has_kind(&world, rows[i].kind), "%s", rows[i].name);
        else
            ck_assert_msg(world.run->diags.count == 0, "%s: %.*s", rows[i].name,
                          STR_ARG(world.run->diags.items[0].message));
        arena_free(world.arena);
    }
}
END_TEST

START_TEST(limits_of_includes)
{
    static const struct entry deep[] = {
        { "nginx.conf", "events {} include a;" },
        { "a", "include b;" },
        { "b", "include c;" },
        { "c", "user x;" },
        { NULL, NULL },
    };
    struct limits limits = limits_default;
    limits.include_depth = 2;
    struct world world = begin(deep, &limits);
    const struct loaded *loaded;
    ck_assert(nginx_load(world.loader, STR("nginx.conf"), &loaded));
    ck_assert(has_kind(&world, &nginx_include_depth));
    arena_free(world.arena);

    // Sixteen times sixteen times sixteen.
    static const char many[] = "include x; include x; include x; include x; include x; include x; "
                               "include x; include x; include x; include x; include x; include x;";
    char second[sizeof many], third[sizeof many];
    memcpy(second, many, sizeof many);
    memcpy(third, many, sizeof many);
    for (size_t i = 0; i < sizeof many; i++) {
        second[i] = second[i] == 'x' ? 'y' : second[i];
        third[i] = third[i] == 'x' ? 'z' : third[i];
    }
    const struct entry bomb[] = {
        { "nginx.conf", many }, { "x", second }, { "y", third }, { "z", "user x;" }, { NULL, NULL }
    };
    limits = limits_default;
    limits.files = 100;
    world = begin(bomb, &limits);
    ck_assert(nginx_load(world.loader, STR("nginx.conf"), &loaded));
    ck_assert(loaded->root->n_children < 4096);
    bool limited = false;
    for (uint32_t i = 0; i < world.run->diags.count; i++)
        limited |= strcmp(world.run->diags.items[i].kind->id, "CG903") == 0;
    ck_assert(limited);
    arena_free(world.arena);
}
END_TEST

START_TEST(fragments)
{
    static const struct {
        const char *text;
        enum wrap wrap;
        const char *names;
    } rows[] = {
        { "events {} http { server {} }", WRAP_NONE, "events http server" },
        { "http { }", WRAP_NONE, "http" },
        { "server { listen 80; }", WRAP_HTTP, "http server listen" },
        { "map $host $b { c d; } add_header A b;", WRAP_HTTP, "http map c add_header" },
        { "location / { }", WRAP_SERVER, "http server location" },
        { "add_header A b;", WRAP_SERVER, "http server add_header" },
        { "if ($a) { set $b c; return 204; }", WRAP_SERVER, "http server if set return" },
        { "if ($a) { add_header A b; return 204; }", WRAP_LOCATION,
          "http server location if add_header return" },
        { "proxy_pass http://a; add_header A b;", WRAP_LOCATION,
          "http server location proxy_pass add_header" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct entry entries[] = { { "f", rows[i].text }, { NULL, NULL } };
        struct world world = begin(entries, &limits_default);
        const struct loaded *loaded;
        ck_assert(nginx_load(world.loader, STR("f"), &loaded));
        ck_assert_msg(loaded->wrap == rows[i].wrap, "%s: %d", rows[i].text, loaded->wrap);
        assert_names(&world, loaded, rows[i].names);
        if (rows[i].wrap != WRAP_NONE)
            ck_assert_msg(nginx_validate(world.loader, loaded), "%s: %.*s", rows[i].text,
                          STR_ARG(world.run->diags.items[0].message));
        arena_free(world.arena);
    }
}
END_TEST

START_TEST(output_of_nginx_T)
{
    static const struct entry entries[] = {
        { "dump", "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
                  "# configuration file /etc/nginx/nginx.conf:\n"
                  "events {}\nhttp { include /etc/nginx/conf.d/*.conf; include extra; }\n"
                  "# configuration file /etc/nginx/conf.d/a.conf:\n"
                  "server { listen 80; }\n"
                  "# configuration file /etc/nginx/extra:\n"
                  "gzip on;\n" },
        { NULL, NULL },
    };
    struct world world = begin(entries, &limits_default);
    const struct loaded *loaded;
    ck_assert(nginx_load(world.loader, STR("dump"), &loaded));
    assert_names(&world, loaded, "events http server listen gzip");
    ck_assert(nginx_validate(world.loader, loaded));
    const struct conf *server = conf_find(conf_find(loaded->root, "http"), "server");
    ck_assert_uint_eq(
        files_place(world.loader->source->files, server->span.file, server->span.begin).line, 6);
    ck_assert_uint_eq(world.run->diags.count, 0);
    arena_free(world.arena);
}
END_TEST

START_TEST(roots)
{
    static const struct entry entries[] = {
        { "README.md", "server { listen 80; }" },
        { "a/nginx.conf", "events {} http { include conf.d/*.conf; }" },
        { "a/conf.d/x.conf", "server { listen 80; include snippets/cors.conf; }" },
        { "a/snippets/cors.conf", "add_header A b;" },
        { "b/alone.conf", "server { listen 80; include part.conf; }" },
        { "b/part.conf", "location / { return 204; }" },
        { "c/php.conf", "[www]\nuser = www-data\nlisten = 9000;\n" },
        { "c/named.conf", "options { directory \"/var\"; recursion no; };" },
        { "c/httpd.conf", "<VirtualHost *:80>\nServerName a\n</VirtualHost>\n" },
        { "d/sites-enabled/shop", "server { listen 80 }" }, // broken, and still nginx
        { NULL, NULL },
    };
    struct world world = begin(entries, &limits_default);
    struct source_paths paths = { 0 };
    ck_assert(nginx_roots(world.loader, &paths));
    Str all = STR("");
    for (uint32_t i = 0; i < paths.list.count; i++)
        all = str_format(world.arena, "%.*s %.*s", STR_ARG(all), STR_ARG(paths.list.items[i]));
    ck_assert_msg(str_is(all, " a/nginx.conf b/alone.conf d/sites-enabled/shop"), "%.*s",
                  STR_ARG(all));
    ck_assert(has_kind(&world, &nginx_syntax_error));
    arena_free(world.arena);
}
END_TEST

START_TEST(hashes_follow_includes)
{
    static const struct entry entries[] = {
        { "one", "server { listen 80; add_header A b; }" },
        { "two", "server { listen 80; include h; }" },
        { "three", "server { listen 80; include i; }" },
        { "h", "add_header A b;" },
        { "i", "add_header A c;" },
        { NULL, NULL },
    };
    struct world world = begin(entries, &limits_default);
    const struct loaded *one, *two, *three;
    ck_assert(nginx_load(world.loader, STR("one"), &one));
    ck_assert(nginx_load(world.loader, STR("two"), &two));
    ck_assert(nginx_load(world.loader, STR("three"), &three));
    ck_assert(one->root->hash == two->root->hash);
    ck_assert(one->root->hash != three->root->hash);
    ck_assert_uint_eq(two->files.count, 2);
    arena_free(world.arena);
}
END_TEST

START_TEST(nothing_to_load)
{
    static const struct entry entries[] = { { "empty", " # nothing\n" }, { NULL, NULL } };
    struct world world = begin(entries, &limits_default);
    const struct loaded *loaded;
    ck_assert(!nginx_load(world.loader, STR("empty"), &loaded));
    ck_assert(has_kind(&world, &nginx_empty));
    ck_assert(!nginx_load(world.loader, STR("none"), &loaded));
    ck_assert(has_kind(&world, &source_missing));
    arena_free(world.arena);
}
END_TEST

START_TEST(what_nginx_refuses)
{
    // `wrong` is what the complaint points at; NULL where nginx loads it. mutate.py asks nginx
    // itself.
    static const struct {
        const char *server, *wrong;
    } rows[] = {
        { "add_header A b always;", NULL },
        { "add_header A b never;", "never" },
        { "add_header A;", "add_header A" },
        { "add_haeder A b;", "add_haeder" },
        { "some_other_module on;", NULL },
        { "events {}", "events" },
        { "gzip on {}", "gzip on" },
        { "location /;", "location /" },
        { "gzip yes;", "yes" },
        { "etag on; etag on;", "etag" },
        { "return 204;", NULL },
        { "return $host;", "$host" },
        { "return /x;", "/x" },
        { "return 1000;", "1000" },
        { "rewrite ^ /x fast;", "fast" },
        { "rewrite ( /x;", "(" },
        { "if ($host = a) { return 204; }", NULL },
        { "if (\"$host\" ~ a) { return 204; }", "(\"$host\"" },
        { "if ($host ~ \"a\") { return 204; }", NULL },
        { "if ($host == a) { return 204; }", "a)" },
        { "if ($host) { add_header A b; }", "add_header" },
        { "set $a $nosuch;", "$nosuch" },
        { "set $a \"${host\";", "\"${host\"" },
        { "set $host a;", "$host" },
        { "set $A 1; set $b $a;", NULL },
        { "location ~ ^/(?<n>a)$ { return 200 $n; }", NULL },
        { "location ~ [b-a] { }", "[b-a]" },
        { "location / {} location / {}", "location /" },
        { "location / {} location = / {}", NULL },
        { "location /a { location /b {} }", "location /b" },
        { "location @a { location /b {} }", "location /b" },
        { "location ^ /a {}", "^" },
        { "location / { limit_except FOO { deny all; } }", "FOO" },
        { "location ~ a { proxy_pass http://127.0.0.1/b; }", "http://127.0.0.1/b" },
        { "location / { proxy_pass ftp://a; }", "ftp://a" },
        { "error_page 200 /x;", "200" },
        { "error_page 404 = /x;", NULL },
        { "listen 70000;", "70000" },
        { "listen 81 wrong;", "wrong" },
        { "listen 81; listen *:81;", "listen *:81" },
        { "server_name *x;", "*x" },
        { "expires soon;", "soon" },
        { "allow 10.0.0.0/33;", "10.0.0.0/33" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        snprintf(text, sizeof text, "events {} http { server { %s } }", rows[i].server);
        const struct entry entries[] = { { "f", text }, { NULL, NULL } };
        struct world world = begin(entries, &limits_default);
        const struct loaded *loaded;
        ck_assert(nginx_load(world.loader, STR("f"), &loaded));
        bool good = nginx_validate(world.loader, loaded);
        ck_assert_msg(good == !rows[i].wrong, "%s", rows[i].server);
        if (!good) {
            Span span = world.run->diags.items[0].span;
            Str at = files_text(world.loader->source->files, span);
            ck_assert_msg(str_is(at, rows[i].wrong), "%s: at %.*s", rows[i].server, STR_ARG(at));
        }
        arena_free(world.arena);
    }
}
END_TEST

// What is recognised does not depend on how long a block is that begins a file.
START_TEST(recognised_by_the_beginning)
{
    static const struct {
        const char *before, *again, *after;
        bool recognised;
    } rows[] = {
        { "", "map_hash_max_size 1;\n", "", true },
        { "map $http_origin $o {\n", "\"https://a.example\" 1;\n", "}", true },
        { "events {}\nhttp { map $http_origin $o {\n", "\"https://a.example\" 1;\n", "} }", true },
        { "http { server { location / {\n", "add_header X-Y '} {';\n", "} } }", true },
        { "server { content_by_lua_block {\n", "local a = '{' -- }\n", "} }", true },
        { "server { if ($http_origin ~ \"", "a|", "b\") { return 204; } }", true },
        { "", "# a comment that has no end\n", "server { listen 80; }", true },
        { "[Unit]\n", "Description=x;\n", "", false },
        { "unit {\n", "Description x;\n", "}", false },
        { "", "# a comment that has no end\n", "unit { x; }", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t size = 1; size < 100000; size *= 10) {
            struct buf text = { .arena = arena_new() };
            buf_add_text(&text, rows[i].before);
            for (size_t at = 0; at < size; at += strlen(rows[i].again))
                buf_add_text(&text, rows[i].again);
            buf_add_text(&text, rows[i].after);
            ck_assert_msg(nginx_recognise(buf_str(&text)) == rows[i].recognised, "%s: %zu bytes",
                          rows[i].before, text.len);
            arena_free(text.arena);
        }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { includes,
                                   limits_of_includes,
                                   fragments,
                                   output_of_nginx_T,
                                   roots,
                                   hashes_follow_includes,
                                   nothing_to_load,
                                   what_nginx_refuses,
                                   recognised_by_the_beginning };
    return check_main(check_suite("load", tests, sizeof tests / sizeof *tests));
}
