// compile_rules OUTPUT FILE...: turns rules/*.yaml into constant tables. Runs while the program is
// built, with the reader that the program itself uses for a project's own rules.

#include "base/buf.h"
#include "rule/load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    struct buf out;
    uint32_t next; // of the names that tables get
};

static Str read_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buf out = { .arena = arena };
    char bytes[4096];
    size_t size;
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(2);
    }
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(&out, (Str){ bytes, size });
    fclose(file);
    return buf_str(&out);
}

static void add_str(struct buf *out, Str text)
{
    buf_add_text(out, "{ \"");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\n')
            buf_add_text(out, "\\n\"\n\"");
        else if (c == '"' || c == '\\' || c == '?' || c < ' ' || c > '~')
            buf_addf(out, "\\%03o", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_addf(out, "\", %zu }", text.len);
}

static uint32_t add_strs(struct writer *writer, const Str *texts, uint32_t count)
{
    uint32_t name = writer->next++;
    buf_addf(&writer->out, "static const Str t%" PRIu32 "[] = {\n", name);
    for (uint32_t i = 0; i < count; i++) {
        add_str(&writer->out, texts[i]);
        buf_add_text(&writer->out, ",\n");
    }
    buf_add_text(&writer->out, "{ 0 } };\n");
    return name;
}

static uint32_t add_values(struct writer *writer, const struct condition *condition)
{
    uint32_t name = writer->next++;
    buf_addf(&writer->out, "static const struct fact_value t%" PRIu32 "[] = {\n", name);
    for (uint32_t i = 0; i < condition->value_count; i++) {
        const struct fact_value *value = &condition->values[i];
        buf_addf(&writer->out, "{ (enum fact_type)%d, %d, UINT64_C(%" PRIu64 "), ",
                 (int)value->type, value->boolean, value->number);
        add_str(&writer->out, value->text);
        buf_add_text(&writer->out, " },\n");
    }
    buf_add_text(&writer->out, "};\n");
    return name;
}

static void add_name(struct buf *out, uint32_t name)
{
    if (name)
        buf_addf(out, "t%" PRIu32, name);
    else
        buf_add_text(out, "NULL");
}

// Writes the tables that a condition points to, then gives its own row in *row. The loader limits
// how deep conditions lie in one another.
static void add_condition(struct writer *writer, const struct condition *condition, struct buf *row)
{
    uint32_t values = condition->value_count ? add_values(writer, condition) : 0;
    uint32_t children = 0;
    if (condition->child_count) {
        struct buf rows = { .arena = writer->out.arena };
        for (uint32_t i = 0; i < condition->child_count; i++) {
            add_condition(writer, &condition->children[i], &rows);
            buf_add_text(&rows, ",\n");
        }
        children = writer->next++;
        buf_addf(&writer->out, "static const struct condition t%" PRIu32 "[] = {\n", children);
        buf_add(&writer->out, buf_str(&rows));
        buf_add_text(&writer->out, "};\n");
    }
    buf_addf(row, "{ (enum condition_op)%d, %" PRIu32 ", ", (int)condition->op, condition->fact);
    add_name(row, values);
    buf_addf(row, ", %" PRIu32 ", UINT64_C(%" PRIu64 "), ", condition->value_count,
             condition->number);
    add_name(row, children);
    buf_addf(row, ", %" PRIu32 " }", condition->child_count);
}

static uint32_t add_cases(struct writer *writer, const struct rule *rule)
{
    if (!rule->case_count)
        return 0;
    struct buf rows = { .arena = writer->out.arena };
    for (uint32_t i = 0; i < rule->case_count; i++) {
        const struct rule_case *one = &rule->cases[i];
        buf_add_text(&rows, "{ ");
        add_condition(writer, &one->when, &rows);
        buf_addf(&rows, ", (enum level)%d, %d, ", (int)one->level, one->review);
        add_str(&rows, one->message);
        buf_add_text(&rows, " },\n");
    }
    uint32_t name = writer->next++;
    buf_addf(&writer->out, "static const struct rule_case t%" PRIu32 "[] = {\n", name);
    buf_add(&writer->out, buf_str(&rows));
    buf_add_text(&writer->out, "};\n");
    return name;
}

static uint32_t add_examples(struct writer *writer, const struct rule *rule)
{
    if (!rule->example_count)
        return 0;
    uint32_t name = writer->next++;
    buf_addf(&writer->out, "static const struct rule_example t%" PRIu32 "[] = {\n", name);
    for (uint32_t i = 0; i < rule->example_count; i++) {
        const struct rule_example *example = &rule->examples[i];
        const Str texts[] = { example->title, example->type, example->before, example->after,
                              example->config };
        buf_add_text(&writer->out, "{ ");
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            add_str(&writer->out, texts[j]);
            buf_add_text(&writer->out, ",\n");
        }
        buf_addf(&writer->out, "%d, ", example->reported);
        add_str(&writer->out, example->trusted);
        buf_add_text(&writer->out, ", ");
        add_str(&writer->out, example->upstreams);
        buf_add_text(&writer->out, ", ");
        add_str(&writer->out, example->settings);
        buf_add_text(&writer->out, ", ");
        add_str(&writer->out, example->after_settings);
        buf_add_text(&writer->out, " },\n");
    }
    buf_add_text(&writer->out, "};\n");
    return name;
}

static uint32_t add_fixes(struct writer *writer, const struct rule *rule)
{
    if (!rule->fix_count)
        return 0;
    uint32_t name = writer->next++;
    buf_addf(&writer->out, "static const struct rule_fix t%" PRIu32 "[] = {\n", name);
    for (uint32_t i = 0; i < rule->fix_count; i++) {
        buf_add_text(&writer->out, "{ ");
        add_str(&writer->out, rule->fixes[i].layer);
        buf_add_text(&writer->out, ", ");
        add_str(&writer->out, rule->fixes[i].text);
        buf_add_text(&writer->out, " },\n");
    }
    buf_add_text(&writer->out, "};\n");
    return name;
}

static void add_rule(struct writer *writer, const struct rule *rule, struct buf *rows)
{
    struct buf when = { .arena = writer->out.arena };
    add_condition(writer, &rule->when, &when);
    uint32_t cases = add_cases(writer, rule);
    uint32_t covered =
        rule->covered_by_count ? add_strs(writer, rule->covered_by, rule->covered_by_count) : 0;
    uint32_t references =
        rule->reference_count ? add_strs(writer, rule->references, rule->reference_count) : 0;
    uint32_t twins = rule->twin_count ? add_strs(writer, rule->twins, rule->twin_count) : 0;
    uint32_t examples = add_examples(writer, rule);
    uint32_t fixes = add_fixes(writer, rule);
    buf_add_text(rows, "{ ");
    add_str(rows, rule->id);
    buf_add_text(rows, ", ");
    add_str(rows, rule->name);
    buf_addf(rows, ", (enum level)%d, %d, (enum subject)%d, ", (int)rule->level, rule->review,
             (int)rule->subject);
    buf_add(rows, buf_str(&when));
    buf_add_text(rows, ", ");
    add_name(rows, cases);
    buf_addf(rows, ", %" PRIu32 ", ", rule->case_count);
    add_name(rows, covered);
    buf_addf(rows, ", %" PRIu32 ",\n", rule->covered_by_count);
    add_str(rows, rule->message);
    buf_add_text(rows, ",\n");
    add_str(rows, rule->why);
    buf_add_text(rows, ",\n");
    add_str(rows, rule->fix);
    buf_add_text(rows, ",\n");
    add_name(rows, fixes);
    buf_addf(rows, ", %" PRIu32 ", ", rule->fix_count);
    add_name(rows, references);
    buf_addf(rows, ", %" PRIu32 ", ", rule->reference_count);
    add_name(rows, examples);
    buf_addf(rows, ", %" PRIu32 ", ", rule->example_count);
    add_name(rows, twins);
    buf_addf(rows, ", %" PRIu32 ", ", rule->twin_count);
    add_str(rows, rule->no_twin);
    buf_add_text(rows, ", 0 },\n");
}

// The line and column of a byte, both from 1.
static void show_diag(const char *path, Str text, const struct diag *diag)
{
    uint32_t line = 1, column = 1;
    for (uint32_t i = 0; i < diag->span.begin && i < text.len; i++) {
        bool end = text.ptr[i] == '\n';
        line += end;
        column = end ? 1 : column + 1;
    }
    fprintf(stderr, "%s:%" PRIu32 ":%" PRIu32 ": %.*s\n", path, line, column,
            STR_ARG(diag->message));
}

static bool load(struct run *run, const char *path, struct rule *out)
{
    Str text = read_file(run->arena, path);
    if (rule_load(run, 1, text, out))
        return true;
    for (uint32_t i = 0; i < run->diags.count; i++)
        show_diag(path, text, &run->diags.items[i]);
    run->diags.count = 0;
    return false;
}

static int by_id(const void *left, const void *right)
{
    const struct rule *a = left, *b = right;
    return str_compare(a->id, b->id);
}

static bool write_tables(struct arena *arena, const char *path, const struct rule *rules,
                         uint32_t count)
{
    struct writer writer = { .out = { .arena = arena }, .next = 1 };
    struct buf rows = { .arena = arena };
    buf_add_text(&writer.out, "// Generated by src/rule/compile_rules.c from rules/*.yaml.\n\n"
                              "#include \"rule/builtin.h\"\n\n#include <stddef.h>\n\n");
    for (uint32_t i = 0; i < count; i++)
        add_rule(&writer, &rules[i], &rows);
    buf_add_text(&writer.out, "const struct rule builtin_rules[] = {\n");
    buf_add(&writer.out, buf_str(&rows));
    buf_addf(&writer.out, "};\nconst uint32_t builtin_rule_count = %" PRIu32 ";\n", count);
    FILE *file = fopen(path, "wb");
    bool good = file && fwrite(writer.out.ptr, 1, writer.out.len, file) == writer.out.len;
    if (file && fclose(file) != 0)
        good = false;
    if (!good)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return good;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: compile_rules OUTPUT FILE...\n", stderr);
        return 2;
    }
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    uint32_t count = 0;
    bool good = true;
    struct rule *rules = ARENA_ARRAY(arena, struct rule, argc);
    for (int i = 2; i < argc; i++) {
        if (load(run, argv[i], &rules[count]))
            count++;
        else
            good = false;
    }
    qsort(rules, count, sizeof *rules, by_id);
    for (uint32_t i = 1; i < count; i++)
        if (str_equal(rules[i - 1].id, rules[i].id)) {
            fprintf(stderr, "two rules are called %.*s\n", STR_ARG(rules[i].id));
            good = false;
        }
    good = good && write_tables(arena, argv[1], rules, count);
    arena_free(arena);
    return good ? 0 : 1;
}
