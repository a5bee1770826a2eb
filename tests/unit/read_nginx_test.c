#include "base/buf.h"
#include "syntax/nginx.h"
#include "syntax/scan_nginx.h"

#include "unit/check_main.h"

#include <string.h>

// The tree in one line: words in brackets, blocks in braces, Lua in angles.
static void print(struct buf *out, const struct conf *conf)
{
    for (uint32_t i = 0; i < conf->n_children; i++) {
        const struct conf *child = &conf->children[i];
        for (uint32_t j = 0; j < child->n_words; j++) {
            buf_add_char(out, '[');
            buf_add(out, child->words[j].text);
            buf_add_char(out, ']');
        }
        if (child->has_lua)
            buf_addf(out, "<%.*s>", STR_ARG(child->lua));
        else if (child->has_block) {
            buf_add_char(out, '{');
            print(out, child);
            buf_add_char(out, '}');
        } else {
            buf_add_char(out, ';');
        }
    }
}

struct reading {
    struct arena *arena;
    struct run *run;
    struct conf conf;
    bool good;
};

static struct reading read_text(Str text)
{
    struct reading reading = { .arena = arena_new() };
    reading.run = run_new(reading.arena, &limits_default);
    reading.good = read_nginx(reading.run, text, 1, 0, &reading.conf);
    return reading;
}

static void assert_tree(const struct reading *reading, const char *tree)
{
    struct buf out = { .arena = reading->arena };
    print(&out, &reading->conf);
    ck_assert_msg(str_is(buf_str(&out), tree), "%.*s\nis not\n%s", STR_ARG(buf_str(&out)), tree);
}

START_TEST(good_files)
{
    static const struct {
        const char *text, *tree;
    } rows[] = {
        { "", "" },
        { " # only\r\n", "" },
        { "a b;c{d;}", "[a][b];[c]{[d];}" },
        { "a \"b;{}#\nc\" 'd';", "[a][b;{}#\nc][d];" },
        { "a}b c#d e\"f\"g;", "[a}b][c#d][e\"f\"g];" },
        { "a \\\"\\'\\\\\\t\\n\\r;", "[a][\"'\\\t\n\r];" },
        { "a \\; \\. \\# \\{b \"\\;\";", "[a][\\;][\\.][\\#][\\{b][\\;];" },
        { "a ${b}c ${{ ${ $$;", "[a][${b}c][${{][${][$$];" },
        { "if ($a = \"b\") { }", "[if][($a][=][b][)]{}" },
        { "a # b;\n c;", "[a][c];" },
        { "a ~\"b;", "[a][~\"b];" },
        { "\"a\" '';", "[a][];" },
        { "a\rb\tc\n;", "[a][b][c];" },
        { "a \xff\xc3\xa9\xed\xa0\x80;", "[a][\xff\xc3\xa9\xed\xa0\x80];" },
        { "x_by_lua_block { a = \"}\" -- }\n b = [[ } ]] }c;",
          "[x_by_lua_block]< a = \"}\" -- }\n b = [[ } ]] >[c];" },
        { "set_by_lua_block $v {{}}", "[set_by_lua_block][$v]<{}>" },
        { "x_by_lua_block { don't }", "[x_by_lua_block]< don't >" },
        { "x_by_lua_block { [=[ ]] } ]=] --[[ }\n} ]] }",
          "[x_by_lua_block]< [=[ ]] } ]=] --[[ }\n} ]] >" },
        { "x_by_lua_block 'a';", "[x_by_lua_block][a];" },
        { "a x_by_lua_block { b; }", "[a][x_by_lua_block]{[b];}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reading reading = read_text(str_from(rows[i].text));
        ck_assert_msg(reading.good, "%s: %.*s", rows[i].text,
                      STR_ARG(reading.run->diags.items[0].message));
        assert_tree(&reading, rows[i].tree);
        arena_free(reading.arena);
    }
}
END_TEST

START_TEST(broken_files)
{
    // `wrong` is what the first complaint points at; `tree` is what is read all the same.
    static const struct {
        const char *text, *wrong, *tree;
    } rows[] = {
        { "a;;b;", ";", "[a];[b];" },
        { "server { listen 80 }\nb;", "80", "[server]{[listen][80];}[b];" },
        { "a{b;}}c;", "}", "[a]{[b];}[c];" },
        { "a;{b;}", "{", NULL },
        { "a b", "b", NULL },
        { "a{b;", "{", NULL },
        { "a \"b\"c;d;", "c", "[a][b][c];[d];" },
        { "a \"b\"\"c\";d;", "\"", "[a][b][c];[d];" },
        { "a \"b;\nc d;", "\"b", "[a][b];[c][d];" },
        { "x_by_lua_block { a", "{", NULL },
        { "\xef\xbb\xbf"
          "a b;",
          "\xef\xbb\xbf", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str text = str_from(rows[i].text);
        struct reading reading = read_text(text);
        ck_assert_msg(!reading.good && reading.run->diags.count, "%s", rows[i].text);
        const struct diag *diag = &reading.run->diags.items[0];
        ck_assert_ptr_eq(diag->kind, &nginx_syntax_error);
        Str at = str_slice(text, diag->span.begin, diag->span.end);
        ck_assert_msg(str_is(at, rows[i].wrong), "%s: at %.*s", rows[i].text, STR_ARG(at));
        if (rows[i].tree)
            assert_tree(&reading, rows[i].tree);
        arena_free(reading.arena);
    }
}
END_TEST

// BEFORE, then `count` times a byte, then AFTER.
static bool loads(const char *before, char c, size_t count, const char *after)
{
    struct arena *arena = arena_new();
    char *fill = arena_alloc(arena, count, 1);
    memset(fill, c, count);
    struct buf text = { .arena = arena };
    buf_add_text(&text, before);
    buf_add(&text, (Str){ fill, count });
    buf_add_text(&text, after);
    struct reading reading = read_text(buf_str(&text));
    arena_free(reading.arena);
    arena_free(arena);
    return reading.good;
}

START_TEST(buffer_of_nginx)
{
    ck_assert(loads("a ", 'b', 4095, ";"));
    ck_assert(!loads("a ", 'b', 4096, ";"));
    ck_assert(loads("a \"", 'b', 4094, "\";"));
    ck_assert(!loads("a \"", 'b', 4095, "\";"));
    ck_assert(loads("#", 'b', 4094, "\na;"));
    ck_assert(!loads("#", 'b', 4095, "\na;"));
}
END_TEST

START_TEST(hostile_files)
{
    ck_assert(!loads("", '{', 10000, ""));
    ck_assert(!loads("a", '}', 3000000, ""));
    ck_assert(!loads("a ", 'b', 10000000, ";"));
    ck_assert(!loads("a ", '"', 9999999, ";"));
    ck_assert(!loads("x_by_lua_block {", '\'', 2000001, ""));
    struct arena *arena = arena_new();
    struct buf deep = { .arena = arena };
    for (int i = 0; i < 10000; i++)
        buf_add_text(&deep, "a {");
    for (int i = 0; i < 10000; i++)
        buf_add_char(&deep, '}');
    struct reading reading = read_text(buf_str(&deep));
    ck_assert(!reading.good);
    ck_assert_uint_eq(reading.run->diags.count, 1);
    ck_assert_ptr_eq(reading.run->diags.items[0].kind, &nginx_nesting);
    ck_assert_uint_eq(reading.conf.n_children, 0);
    arena_free(reading.arena);
    arena_free(arena);
}
END_TEST

START_TEST(spans_and_hashes)
{
    const char *text =
        "# c\nserver { listen  80; }\n\"server\" {\n listen '80'; # d\n}\nserver { listen 81; }";
    struct reading reading = read_text(str_from(text));
    ck_assert(reading.good);
    const struct conf *a = &reading.conf.children[0], *b = a + 1, *c = a + 2;
    ck_assert(a->hash == b->hash);
    ck_assert(a->hash != c->hash);
    ck_assert(!a->words[0].quoted && b->words[0].quoted);
    Str whole = str_slice(str_from(text), a->span.begin, a->span.end);
    ck_assert_msg(str_is(whole, "server { listen  80; }"), "%.*s", STR_ARG(whole));
    const struct conf *listen = conf_find(a, "listen");
    ck_assert(
        str_is(str_slice(str_from(text), listen->head.begin, listen->head.end), "listen  80"));
    ck_assert(
        str_is(str_slice(str_from(text), listen->span.begin, listen->span.end), "listen  80;"));
    ck_assert(str_is(conf_word(listen, 1), "80") && conf_word(listen, 2).len == 0);
    ck_assert(reading.conf.has_include == false);
    arena_free(reading.arena);
}
END_TEST

// The same statements at the same places of the same text.
static bool is_same(const struct conf *a, const struct conf *b)
{
    if (!conf_same(a, b) || a->has_include != b->has_include || a->has_lua != b->has_lua ||
        memcmp(&a->span, &b->span, sizeof a->span) != 0 ||
        memcmp(&a->head, &b->head, sizeof a->head) != 0)
        return false;
    for (uint32_t i = 0; i < a->n_words; i++)
        if (a->words[i].quoted != b->words[i].quoted ||
            memcmp(&a->words[i].span, &b->words[i].span, sizeof a->words[i].span) != 0)
            return false;
    for (uint32_t i = 0; i < a->n_children; i++)
        if (!is_same(&a->children[i], &b->children[i]))
            return false;
    return true;
}

// Reads `text` in pieces of `piece` bytes behind a reading of `old`, and as one. The bytes that
// were taken over.
static uint32_t assert_pieces(const char *old, const char *text, uint32_t piece, uint32_t jobs)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    run->jobs = jobs;
    struct nginx_how how = { .piece = piece };
    const struct nginx_reading *before, *reading;
    struct conf whole;
    bool old_good = read_nginx_again(run, str_from(old), 1, 7, &how, &before);
    uint32_t diags = run->diags.count;
    how.before = before;
    bool good = read_nginx_again(run, str_from(text), 2, 100, &how, &reading);
    uint32_t said = run->diags.count - diags;
    ck_assert(good == read_nginx(run, str_from(text), 2, 100, &whole));
    ck_assert_uint_eq(run->diags.count - diags - said, said);
    ck_assert_msg(is_same(nginx_reading_conf(reading), &whole), "pieces of %u: %s\nafter %s (%d)",
                  piece, text, old, old_good);
    uint32_t taken = 0;
    for (uint32_t i = 0; i < reading->pieces.count; i++)
        if (reading->pieces.items[i].same)
            taken += reading->pieces.items[i].end - reading->pieces.items[i].begin;
    arena_free(arena);
    return taken;
}

START_TEST(pieces)
{
    static const char *const texts[] = {
        "",
        "a;",
        "a b; c 'd'; # e\n f { g; h { i; } j; } k;",
        "a b; c 'd'; f { g; h { i; } j; } k;",
        "a b; c \"x;\"; f { g; h { i; new; } j; } k;",
        "f { g; h { i; } j; } a b; c 'd'; # e\n f { g; h { i; } j; } k;",
        "http { server { listen 80; location / { return 200; } } server { listen 81; } }",
        "http { server { listen 80; location / { return 204; } } server { listen 81; } }",
        "http { server { listen 81; } server { listen 80; location / { return 200; } } }",
        "server { listen 80; location / { return 200; } }",
        "http { include x; server { include y; } } a_by_lua_block { x = '}' } b;",
        "http { server { include y; } } a_by_lua_block { x = '}' } b \\\" c;",
        "http { server { listen 80; ",
        "a b; c 'd'; } f { g; h { i; } j; } k;",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            for (uint32_t piece = 1; piece < 64; piece = piece * 2 + 1)
                (void)assert_pieces(texts[i], texts[j], piece, 1 + piece % 3);
    ck_assert_uint_eq(assert_pieces("a b; c { d; }", "a b; c { d; }", 64, 1), 13);
    ck_assert_uint_eq(assert_pieces("a b; c { d; }", "x; a b; c { d; }", 4, 1), 6);
    ck_assert_uint_eq(assert_pieces("a b; c { d; }", "c { d; }", 4, 1), 2);
}
END_TEST

// What is taken over counts for the limit on nesting where it stands now.
START_TEST(nesting_of_pieces)
{
    struct arena *arena = arena_new();
    struct buf old = { .arena = arena }, new = { .arena = arena };
    for (uint32_t i = 0; i < limits_default.nesting; i++)
        buf_add_text(&old, "a {");
    for (uint32_t i = 0; i < limits_default.nesting; i++)
        buf_add_char(&old, '}');
    buf_add_text(&new, "b {");
    buf_add(&new, buf_str(&old));
    buf_add_char(&new, '}');
    struct run *run = run_new(arena, &limits_default);
    struct nginx_how how = { 0 };
    const struct nginx_reading *before, *reading;
    ck_assert(read_nginx_again(run, buf_str(&old), 1, 0, &how, &before));
    how.before = before;
    ck_assert(read_nginx_again(run, buf_str(&old), 2, 0, &how, &reading));
    ck_assert(!read_nginx_again(run, buf_str(&new), 2, 0, &how, &reading));
    ck_assert_ptr_eq(run->diags.items[0].kind, &nginx_nesting);
    arena_free(arena);
}
END_TEST

// The library that parses cannot hold as many comments in a row as a file can.
START_TEST(many_comments)
{
    struct buf out = { .arena = arena_new() };
    buf_add_text(&out, "a { b");
    for (int i = 0; i < 70000; i++)
        buf_add_text(&out, " # x\n");
    buf_add_text(&out, "c; ");
    for (int i = 0; i < 70000; i++)
        buf_add_text(&out, "# x\n");
    buf_add_text(&out, "}");
    struct reading reading = read_text(buf_str(&out));
    ck_assert(reading.good);
    assert_tree(&reading, "[a]{[b][c];}");
    arena_free(reading.arena);
    arena_free(out.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        good_files,       broken_files, buffer_of_nginx,   hostile_files,
        spans_and_hashes, pieces,       nesting_of_pieces, many_comments
    };
    return check_main(check_suite("read_nginx", tests, sizeof tests / sizeof *tests));
}
