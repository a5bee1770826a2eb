#include "source/source.h"

#include "unit/check_main.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A folder of its own for each test, made in memory of the test's name and left to the system's
// cleaning.
struct world {
    char root[64];
    struct arena *arena;
    struct run *run;
    struct files *files;
    struct source *source;
};

static void put(const struct world *world, const char *path, const char *text, size_t size)
{
    char name[256];
    snprintf(name, sizeof name, "%s/%s", world->root, path);
    for (char *slash = name + strlen(world->root) + 1; (slash = strchr(slash, '/'));
         *slash++ = '/') {
        *slash = '\0';
        mkdir(name, 0777);
    }
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    fwrite(text, 1, size, file);
    fclose(file);
}

static void begin(struct world *world, const struct limits *limits)
{
    *world = (struct world){ .root = "/tmp/corsgate_source_XXXXXX" };
    ck_assert_ptr_nonnull(mkdtemp(world->root));
    world->arena = arena_new();
    world->run = run_new(world->arena, limits);
    world->files = files_new(world->arena);
    put(world, "nginx.conf", "a\nbc\r\n\nd", 8);
    put(world, "conf.d/10.conf", "ten", 3);
    put(world, "conf.d/9.conf", "nine", 4);
    put(world, "conf.d/B.conf", "B", 1);
    put(world, "conf.d/a.conf", "a", 1);
    put(world, "conf.d/.hidden.conf", "h", 1);
    put(world, "conf.d/deep/x.conf", "x", 1);
    put(world, "binary", "a\0b", 3);
    put(world, ".git/config", "g", 1);
    ck_assert(source_open(world->run, world->files, str_from(world->root), &world->source));
}

static void end(struct world *world)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", world->root);
    ck_assert_int_eq(system(command), 0);
    arena_free(world->arena);
}

// The paths with a space between them.
static Str join(struct world *world, const struct source_paths *paths)
{
    Str all = STR("");
    for (uint32_t i = 0; i < paths->list.count; i++)
        all = str_format(world->arena, "%.*s%s%.*s", STR_ARG(all), i ? " " : "",
                         STR_ARG(paths->list.items[i]));
    return all;
}

static void assert_fails(struct world *world, const char *path, const struct kind *kind)
{
    uint32_t number, before = world->run->diags.count;
    ck_assert_msg(!source_read(world->run, world->source, str_from(path), (Span){ 0 }, &number),
                  "%s", path);
    ck_assert_uint_eq(world->run->diags.count, before + 1);
    ck_assert_msg(world->run->diags.items[before].kind == kind, "%s: %s", path,
                  world->run->diags.items[before].kind->text);
}

START_TEST(reads_each_file_once)
{
    struct world world;
    uint32_t first, second;
    begin(&world, &limits_default);
    ck_assert(source_read(world.run, world.source, STR("conf.d/9.conf"), (Span){ 0 }, &first));
    ck_assert(source_read(world.run, world.source, STR("conf.d/9.conf"), (Span){ 0 }, &second));
    ck_assert_uint_eq(first, second);
    ck_assert(str_is(files_get(world.files, first)->text, "nine"));
    ck_assert(str_is(files_get(world.files, first)->path, "conf.d/9.conf"));
    ck_assert_uint_eq(world.source->bytes, 4);
    end(&world);
}
END_TEST

START_TEST(says_why_it_cannot_read)
{
    struct world world;
    begin(&world, &limits_default);
    char link[128];
    snprintf(link, sizeof link, "%s/out", world.root);
    ck_assert_int_eq(symlink("/etc/passwd", link), 0);
    snprintf(link, sizeof link, "%s/outdir", world.root);
    ck_assert_int_eq(symlink("/etc", link), 0);
    snprintf(link, sizeof link, "%s/in", world.root);
    ck_assert_int_eq(symlink("conf.d/9.conf", link), 0);
    snprintf(link, sizeof link, "%s/loop", world.root);
    ck_assert_int_eq(symlink("loop", link), 0);
    assert_fails(&world, "none", &source_missing);
    assert_fails(&world, "none", &source_missing); // the second time, too
    assert_fails(&world, "conf.d", &source_not_a_file);
    assert_fails(&world, "binary", &source_binary);
    assert_fails(&world, "out", &source_outside_root);
    assert_fails(&world, "outdir/passwd", &source_outside_root);
    assert_fails(&world, "loop", &source_missing);
    uint32_t number;
    ck_assert(source_read(world.run, world.source, STR("in"), (Span){ 0 }, &number));
    ck_assert(str_is(files_get(world.files, number)->text, "nine"));
    end(&world);
}
END_TEST

START_TEST(limits_end_the_reading)
{
    struct world world;
    struct limits limits = limits_default;
    limits.file_bytes = 3;
    limits.total_bytes = 6;
    limits.files = 2;
    begin(&world, &limits);
    uint32_t number;
    assert_fails(&world, "conf.d/9.conf", &source_too_large);
    ck_assert(source_read(world.run, world.source, STR("conf.d/10.conf"), (Span){ 0 }, &number));
    ck_assert(source_read(world.run, world.source, STR("conf.d/B.conf"), (Span){ 0 }, &number));
    assert_fails(&world, "conf.d/a.conf", &source_too_large);
    struct source_paths paths = { 0 };
    ck_assert(!source_walk(world.run, world.source, STR(""), &paths));
    end(&world);
}
END_TEST

START_TEST(globs_in_byte_order)
{
    static const struct {
        const char *pattern, *found;
    } rows[] = {
        { "conf.d/*.conf", "conf.d/10.conf conf.d/9.conf conf.d/B.conf conf.d/a.conf" },
        { "conf.d/.*.conf", "conf.d/.hidden.conf" },
        { "*/?.conf", "conf.d/9.conf conf.d/B.conf conf.d/a.conf" },
        { "conf.d/[0-9]*", "conf.d/10.conf conf.d/9.conf" },
        { "conf.d/[!0-9]?????", "conf.d/B.conf conf.d/a.conf" },
        { "conf.d/*/x.conf", "conf.d/deep/x.conf" },
        { "conf.d/d*", "conf.d/deep" },
        { "none/*", "" },
        { "conf.d/{9,a}.conf", "" },
        { "nginx.con?", "nginx.conf" },
    };
    struct world world;
    begin(&world, &limits_default);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct source_paths paths = { 0 };
        ck_assert(
            source_glob(world.run, world.source, str_from(rows[i].pattern), (Span){ 0 }, &paths));
        ck_assert_msg(str_is(join(&world, &paths), rows[i].found), "%s: %.*s", rows[i].pattern,
                      STR_ARG(join(&world, &paths)));
    }
    struct source_paths paths = { 0 };
    ck_assert(source_walk(world.run, world.source, STR("conf.d"), &paths));
    ck_assert_uint_eq(paths.list.count, 6);
    end(&world);
}
END_TEST

START_TEST(patterns)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {
        { "*", "a", true },       { "*", ".a", false },         { "a*b*c", "aXbYbZc", true },
        { "a*b*c", "ac", false }, { "[]a]", "]", true },        { "[^a]", "b", true },
        { "[^a]", "a", false },   { "[a", "[a", true },         { "\\*", "*", true },
        { "\\*", "a", false },    { "[[:digit:]]", "7", true }, { "", "", true },
        { "?", "", false },       { "[a-", "[a-", true },       { "[b-a]", "a", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(source_match(str_from(rows[i].pattern), str_from(rows[i].name)) ==
                          rows[i].matches,
                      "%s %s", rows[i].pattern, rows[i].name);
    static char stars[2001], letters[2001]; // would take years with a naive matcher
    for (size_t i = 0; i < 2000; i += 2) {
        stars[i] = '*';
        stars[i + 1] = 'a';
    }
    stars[1999] = 'b';
    memset(letters, 'a', 2000);
    ck_assert(!source_match(str_from(stars), str_from(letters)));
}
END_TEST

START_TEST(joining_paths)
{
    static const struct {
        const char *folder, *path, *joined; // NULL: outside
    } rows[] = {
        { "", "a", "a" },           { "x/y", "../a", "x/a" },    { "x", "./a//b/.", "x/a/b" },
        { "x", "../..", NULL },     { "", "..", NULL },          { "x", "", "x" },
        { "x", "../../x/a", NULL }, { "", "/etc/passwd", NULL },
    };
    struct world world;
    begin(&world, &limits_default);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str joined = STR("-");
        bool good =
            source_join(world.source, str_from(rows[i].folder), str_from(rows[i].path), &joined);
        ck_assert_msg(good == (rows[i].joined != NULL), "row %zu", i);
        ck_assert_msg(str_is(joined, good ? rows[i].joined : "-"), "row %zu: %.*s", i,
                      STR_ARG(joined));
    }
    Str joined, inside = str_format(world.arena, "%.*s/conf.d/a", STR_ARG(world.source->root));
    ck_assert(source_join(world.source, STR("x"), inside, &joined));
    ck_assert(str_is(joined, "conf.d/a"));
    inside = str_format(world.arena, "%.*sx/a", STR_ARG(world.source->root));
    ck_assert(!source_join(world.source, STR(""), inside, &joined));
    end(&world);
}
END_TEST

START_TEST(places_and_lines)
{
    struct arena *arena = arena_new();
    struct files *files = files_new(arena);
    uint32_t number = files_add(files, STR("f"), STR("a\nbc\r\n\nd"));
    static const struct {
        uint32_t offset, line, column;
    } rows[] = { { 0, 1, 1 }, { 1, 1, 2 }, { 2, 2, 1 }, { 4, 2, 3 },
                 { 6, 3, 1 }, { 7, 4, 1 }, { 8, 4, 2 }, { 99, 4, 2 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = files_place(files, number, rows[i].offset);
        ck_assert_uint_eq(place.line, rows[i].line);
        ck_assert_uint_eq(place.column, rows[i].column);
    }
    ck_assert(str_is(files_line(files, number, 2), "bc"));
    ck_assert(str_is(files_line(files, number, 3), ""));
    ck_assert(str_is(files_line(files, number, 4), "d"));
    ck_assert(str_is(files_line(files, number, 5), ""));
    ck_assert(str_is(files_text(files, (Span){ number, 2, 4 }), "bc"));
    ck_assert_uint_eq(files_place(files, 0, 5).line, 0);
    number = files_add(files, STR("empty"), STR(""));
    ck_assert_uint_eq(files_place(files, number, 0).column, 1);
    arena_free(arena);
}
END_TEST

// Files of the same bytes know of each other, whether the memory is the same (a blob that two
// versions hold) or not.
START_TEST(twins)
{
    struct arena *arena = arena_new();
    struct files *files = files_new(arena);
    Str text = STR("server {}"), copy = str_copy(arena, text);
    const struct {
        Str text;
        uint32_t twin;
    } rows[] = {
        { text, 1 },    { STR("other"), 2 },          { text, 1 },
        { copy, 1 },    { str_slice(text, 0, 6), 5 }, { str_slice(copy, 0, 6), 5 },
        { STR(""), 7 }, { { NULL, 0 }, 7 },           { copy, 1 },
    };
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_uint_eq(files_add(files, STR("path"), rows[i].text), i + 1);
        ck_assert_uint_eq(files_get(files, i + 1)->twin, rows[i].twin);
        ck_assert_uint_eq(files_get(files, i + 1)->hash, files_get(files, rows[i].twin)->hash);
        ck_assert(str_equal(files_get(files, i + 1)->text, rows[i].text));
    }
    arena_free(arena);
}
END_TEST

// The second walk gives the same without looking again.
START_TEST(walking_twice)
{
    struct world world;
    struct source_paths first = { 0 }, second = { 0 }, below = { 0 };
    begin(&world, &limits_default);
    ck_assert(source_walk(world.run, world.source, STR(""), &first));
    put(&world, "later.conf", "x", 1);
    ck_assert(source_walk(world.run, world.source, STR(""), &second));
    ck_assert(source_walk(world.run, world.source, STR("conf.d"), &below));
    ck_assert_uint_gt(first.list.count, 0);
    ck_assert_uint_eq(first.list.count, second.list.count);
    ck_assert_uint_eq(below.list.count, 6);
    for (uint32_t i = 0; i < first.list.count; i++)
        ck_assert(str_equal(first.list.items[i], second.list.items[i]));
    end(&world);
}
END_TEST

START_TEST(opening)
{
    struct world world;
    begin(&world, &limits_default);
    struct source *source;
    Str path = str_format(world.arena, "%s/conf.d/a.conf", world.root);
    ck_assert(source_open(world.run, world.files, path, &source));
    ck_assert(str_is(source->only, "a.conf"));
    ck_assert(str_ends(source->root, STR("/conf.d")));
    ck_assert(source_stat(source, STR("9.conf")) == SOURCE_FILE);
    ck_assert(source_stat(source, STR("../nginx.conf")) == SOURCE_OUTSIDE);
    path = str_format(world.arena, "%s/nothing", world.root);
    ck_assert(!source_open(world.run, world.files, path, &source));
    ck_assert(world.run->diags.items[0].kind == &source_missing);
    ck_assert(!source_open(world.run, world.files, STR("/dev/null"), &source));
    ck_assert(world.run->diags.items[1].kind == &source_not_a_file);
    end(&world);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { reads_each_file_once,
                                   says_why_it_cannot_read,
                                   limits_end_the_reading,
                                   globs_in_byte_order,
                                   patterns,
                                   joining_paths,
                                   places_and_lines,
                                   opening,
                                   twins,
                                   walking_twice };
    return check_main(check_suite("source", tests, sizeof tests / sizeof *tests));
}
