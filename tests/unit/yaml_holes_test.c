// Templates of YAML that are not rendered, the places of a scalar's text in its file, merge keys.
#include "base/buf.h"
#include "syntax/read_yaml.h"

#include "unit/check_main.h"

static const struct data *at_path(const struct data *root, const char *path)
{
    Str rest = str_from(path), head;
    while (root && str_cut(rest, STR("."), &head, &rest)) {
        uint32_t number;
        bool item = root->kind == DATA_LIST && str_number(head, root->count - 1, &number);
        root = item ? root->entries[number].value : data_find(root, head);
    }
    uint32_t number;
    if (root && root->kind == DATA_LIST && str_number(rest, root->count - 1, &number))
        return root->entries[number].value;
    return data_find(root, rest);
}

// ---- places: every byte of the text that no break or escape was made from stands where it is said

static const struct placed {
    const char *name, *yaml, *text;
} placed[] = {
    { "literal", "k: |\n  a b;\n  c;\n", "a b;\nc;\n" },
    { "literal, more indented", "k: |\n    if {\n      x;\n    }\n", "if {\n  x;\n}\n" },
    { "literal, blank lines", "k: |\n\n  a\n\n  b\n", "\na\n\nb\n" },
    { "literal, explicit indentation", "k: |2\n    a\n   b\n", "  a\n b\n" },
    { "literal, stripped", "k: |-\n  a\n  b\n\n", "a\nb" },
    { "literal, CRLF", "k: |\r\n  a\r\n  b\r\n", "a\nb\n" },
    { "literal, tagged", "k: !!str |\n  a\n", "a\n" },
    { "folded", "k: >\n  a\n  b\n\n  c\n", "a b\nc\n" },
    { "plain", "k: a b\n", "a b" },
    { "plain on two lines", "k: a\n  b\n", "a b" },
    { "quoted", "k: \"a b\"\n", "a b" },
    { "quoted with escapes", "k: \"a\\n\\\"b\\u00e9\\x41z\"\n",
      "a\n\"b\xC3\xA9"
      "Az" },
    { "quoted on several lines", "k: \"a\n  b\\\n  c\"\n", "a bc" },
    { "single quotes", "k: 'it''s  x'\n", "it's  x" },
    { "single quotes on two lines", "k: 'a\n\n  b'\n", "a\nb" },
};

START_TEST(places)
{
    for (size_t i = 0; i < sizeof placed / sizeof *placed; i++) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        struct data_list documents = { 0 };
        Str yaml = str_from(placed[i].yaml);
        ck_assert_msg(read_yaml(run, 1, yaml, &documents), "%s", placed[i].name);
        const struct data *scalar = data_find(documents.items[0], STR("k"));
        ck_assert_msg(str_is(scalar->text, placed[i].text), "%s: \"%.*s\"", placed[i].name,
                      STR_ARG(scalar->text));
        const uint32_t *where = yaml_places(arena, yaml, scalar);
        uint32_t exact = 0;
        for (size_t b = 0; b < scalar->text.len; b++) {
            char c = scalar->text.ptr[b];
            char there = where[b] < yaml.len ? yaml.ptr[where[b]] : '\0';
            bool made = there == '\\' || there == '\n' || there == '\r' || there == ' ';
            ck_assert_msg(c == there || made, "%s: byte %zu is '%c' but '%c' stands at %u",
                          placed[i].name, b, c, there, where[b]);
            ck_assert_msg(b == 0 || where[b] >= where[b - 1], "%s: byte %zu", placed[i].name, b);
            exact += c == there;
        }
        ck_assert_msg(exact > 0 && where[scalar->text.len] <= yaml.len, "%s", placed[i].name);
        arena_free(arena);
    }
}
END_TEST

// ---- templates: what is open ('u'nrendered, 'c'onditional, 'b'oth) and what is known ('-')

static const struct open {
    const char *name, *yaml, *path;
    char what;
} opens[] = {
    { "value", "a: {{ .x }}\nb: 1\n", "a", 'u' },
    { "value beside", "a: {{ .x }}\nb: 1\n", "b", '-' },
    { "part of a value", "a: pre-{{ .x }}-post\n", "a", 'u' },
    { "value in quotes", "a: \"{{ .x | default \"y\" }}\"\n", "a", 'u' },
    { "item", "a:\n  - {{ .x }}\n  - y\n", "a.0", 'u' },
    { "item beside", "a:\n  - {{ .x }}\n  - y\n", "a.1", '-' },
    { "more entries", "a:\n  b: 1\n  {{- toYaml .x | nindent 2 }}\nc: 2\n", "a", 'u' },
    { "more entries elsewhere", "a:\n  b: 1\n  {{- toYaml .x | nindent 2 }}\nc: {d: 2}\n", "c",
      '-' },
    { "more entries further out", "a:\n  b: {e: 1}\n{{ toYaml .x }}\nc: 2\n", "a", '-' },
    { "a value that is missing", "a:\n  {{- toYaml .x | nindent 2 }}\nc: 2\n", "a", 'u' },
    { "condition", "a:\n  {{- if .x }}\n  b: 1\n  {{- end }}\n  c: 2\n", "a.b", 'c' },
    { "behind a condition", "a:\n  {{- if .x }}\n  b: 1\n  {{- end }}\n  c: 2\n", "a.c", '-' },
    { "two cases", "{{ if .x }}\na: 1\n{{ else }}\na: 2\n{{ end }}\nb: 1\n", "a", 'c' },
    { "a condition around all", "{{- if .x }}\na: 1\nb: 2\n{{- end }}\n", "b", '-' },
    { "a loop", "a:\n  - x\n  {{- range .y }}\n  - z\n  {{- end }}\n", "a", 'u' },
    { "a comment", "{{/* a: 1 */}}\na: 1\n", "a", '-' },
    { "a comment on several lines", "{{/*\na: 2\n*/}}\na: 1\n", "a", '-' },
    { "an assignment", "{{- $x := .y -}}\na: 1\n", "a", '-' },
    { "Jinja", "{# x #}\n{% if x %}\na: 1\n{% endif %}\nb: 1\n", "a", 'c' },
    { "Jinja beside", "{# x #}\n{% if x %}\na: 1\n{% endif %}\nb: 1\n", "b", '-' },
    { "a block scalar", "a: |\n  x {{ .y }};\nb: 1\n", "a", 'u' },
    { "never closed", "a: 1\nb: \"{{ x\"\n", "a", '-' },
};

START_TEST(templates)
{
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        struct data_list documents = { 0 };
        bool good = read_yaml_template(run, 1, str_from(opens[i].yaml), &documents);
        ck_assert_msg(good && documents.count == 1, "%s", opens[i].name);
        const struct data *found = at_path(documents.items[0], opens[i].path);
        ck_assert_msg(found, "%s: %s is not there", opens[i].name, opens[i].path);
        char what = found->unrendered && found->conditional ? 'b'
                    : found->unrendered                     ? 'u'
                    : found->conditional                    ? 'c'
                                                            : '-';
        ck_assert_msg(what == opens[i].what, "%s: '%c', not '%c'", opens[i].name, what,
                      opens[i].what);
        arena_free(arena);
    }
}
END_TEST

// ---- merge keys

static const struct merged {
    const char *yaml, *path, *text; // NULL: not there
} merges[] = {
    { "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n", "y.a", "1" },
    { "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n", "y.b", "3" },
    { "x: &x {a: 1, b: 2}\ny: {b: 3, <<: *x}\n", "y.b", "3" },
    { "x: &x {a: 1}\nz: &z {a: 2, c: 4}\ny: {<<: [*x, *z]}\n", "y.a", "1" },
    { "x: &x {a: 1}\nz: &z {a: 2, c: 4}\ny: {<<: [*x, *z]}\n", "y.c", "4" },
    { "x: &x {a: 1}\nz: &z {<<: *x, c: 4}\ny: {<<: *z}\n", "y.a", "1" },
    { "x: &x {a: 1}\ny: {\"<<\": *x}\n", "y.a", NULL },
    { "x: 1\ny: {<<: 2, a: 3}\n", "y.a", "3" },
};

START_TEST(merge_keys)
{
    for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
        struct arena *arena = arena_new();
        struct run *run = run_new(arena, &limits_default);
        struct data_list documents = { 0 };
        ck_assert(read_yaml(run, 1, str_from(merges[i].yaml), &documents));
        const struct data *root = data_merge(arena, documents.items[0], 50);
        const struct data *found = at_path(root, merges[i].path);
        if (merges[i].text)
            ck_assert_msg(found && str_is(found->text, merges[i].text), "row %zu", i);
        else
            ck_assert_msg(!found, "row %zu", i);
        arena_free(arena);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { places, templates, merge_keys };
    return check_main(check_suite("yaml_holes", tests, sizeof tests / sizeof *tests));
}
