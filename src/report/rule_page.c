#include "report/rule_page.h"

#include <stddef.h>
#include <string.h>

// A line of prose; what has a meaning in Markdown or HTML is only text here.
static void add_prose(struct buf *out, Str line)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        bool is_special = c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' ||
                          c == '#' || c == '|' || c == '~' || c == '!' || c == '$';
        if (c == '<')
            buf_add_text(out, "&lt;");
        else if (c == '>')
            buf_add_text(out, "&gt;");
        else if (c == '&')
            buf_add_text(out, "&amp;");
        else if (is_special)
            buf_addf(out, "\\%c", c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '\n');
}

// Paragraphs, and blocks of code that are set in by four columns behind an empty line.
static void add_text(struct buf *out, Str text)
{
    Str rest = str_trim(text), line;
    bool code_may_begin = false;
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        line = more ? line : rest;
        bool is_empty = str_trim(line).len == 0;
        bool is_code = code_may_begin && str_starts(line, STR("    "));
        if (is_code) {
            buf_add(out, line);
            buf_add_char(out, '\n');
        } else {
            add_prose(out, is_empty ? STR("") : line);
        }
        code_may_begin = is_empty || is_code;
    }
}

static void add_code(struct buf *out, Str text)
{
    Str rest = str_trim(text), line;
    buf_add_char(out, '\n');
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        buf_add_text(out, "    ");
        buf_add(out, more ? line : rest);
        buf_add_char(out, '\n');
    }
}

static void add_reference(struct buf *out, Str reference)
{
    bool is_link = str_starts(reference, STR("https://"));
    for (size_t i = 0; i < reference.len; i++)
        is_link &= reference.ptr[i] > ' ' && reference.ptr[i] != '<' && reference.ptr[i] != '>';
    buf_add_text(out, is_link ? "- <" : "- ");
    if (!is_link) {
        add_prose(out, reference);
        return;
    }
    buf_add(out, reference);
    buf_add_text(out, ">\n");
}

// Code between fences that it does not hold itself.
static void add_fenced(struct buf *out, Str language, Str text)
{
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    Str rest = text;
    while (rest.len && (rest.ptr[rest.len - 1] == '\n' || rest.ptr[rest.len - 1] == ' '))
        rest.len--;
    buf_add_char(out, '\n');
    for (size_t i = 0; i <= longest; i++)
        buf_add_char(out, '`');
    buf_add(out, language);
    buf_add_char(out, '\n');
    buf_add(out, rest);
    buf_add_char(out, '\n');
    for (size_t i = 0; i <= longest; i++)
        buf_add_char(out, '`');
    buf_add_char(out, '\n');
}

static Str language_of(Str layer)
{
    return str_is(layer, "nginx") || !layer.len ? STR("nginx") : STR("yaml");
}

static void add_advice(struct buf *out, const struct rule *rule, const char *title)
{
    if (rule->fix.len) {
        buf_addf(out, "\n%s What to do\n\n", title);
        add_text(out, rule->fix);
    }
}

static void add_references(struct buf *out, const struct rule *rule, const char *title)
{
    if (rule->reference_count)
        buf_addf(out, "\n%s More\n\n", title);
    for (uint32_t i = 0; i < rule->reference_count; i++)
        add_reference(out, rule->references[i]);
}

static void add_strong(struct buf *out, Str text)
{
    buf_add_text(out, "\n**");
    add_prose(out, text);
    out->len--; // its line end
    buf_add_text(out, "**\n");
}

Str rule_page_help(struct arena *arena, const struct rule *rule)
{
    struct buf out = { .arena = arena };
    add_text(&out, rule->why);
    add_advice(&out, rule, "###");
    for (uint32_t i = 0; i < rule->fix_count; i++) {
        add_strong(&out, rule->fixes[i].layer);
        add_code(&out, rule->fixes[i].text);
    }
    add_references(&out, rule, "###");
    return buf_str(&out);
}

// --- the pages of the rules that are built in ---

static void add_weight(struct buf *out, enum level level, bool review)
{
    buf_addf(out, "%s%s", level_name(level), review ? ", held for review" : "");
}

// The level, and which others there are for some of what it finds.
static void add_weights(struct buf *out, const struct rule *rule)
{
    buf_add_text(out, "Level: **");
    add_weight(out, rule->level, rule->review);
    buf_add_text(out, "**");
    const char *before = "; in some cases ";
    for (uint32_t i = 0; i < rule->case_count; i++) {
        const struct rule_case *one = &rule->cases[i];
        bool known = one->level == rule->level && one->review == rule->review;
        for (uint32_t j = 0; j < i; j++)
            known |= one->level == rule->cases[j].level && one->review == rule->cases[j].review;
        if (known)
            continue;
        buf_add_text(out, before);
        add_weight(out, one->level, one->review);
        before = ", or ";
    }
    buf_add_text(out, ".\n");
}

static const char *const subjects[] = {
    [SUBJECT_CHANGE] = "It is about what a change does; `diff` alone reports it.",
    [SUBJECT_ENDPOINT] =
        "It is about what an endpoint answers; `check` reports it, and `diff` where it is new.",
    [SUBJECT_REMARK] =
        "It is about the configuration itself; `check` reports it, and `diff` where it is new.",
    [SUBJECT_DIAG] = "It is about what cannot be read.",
    [SUBJECT_UNKNOWN] =
        "It is about what cannot be determined; `check` reports it, and `diff` where it is new.",
    [SUBJECT_EXPECTATION] = "It is about `expect` in `.corsgate.yml`.",
};

static void add_settings(struct buf *out, const char *key, Str open, Str text, Str close)
{
    if (!text.len)
        return;
    struct buf whole = { .arena = out->arena };
    buf_addf(&whole, "%s%.*s%.*s%.*s", key, STR_ARG(open), STR_ARG(str_trim(text)), STR_ARG(close));
    add_fenced(out, STR("yaml"), buf_str(&whole));
}

static void add_example(struct buf *out, const struct rule_example *example)
{
    Str language = language_of(example->type);
    buf_addf(out, "\n### %s: ", example->reported ? "Reported" : "Not reported");
    add_prose(out, example->title);
    bool has_settings = example->trusted.len || example->upstreams.len || example->settings.len;
    if (has_settings)
        buf_add_text(out, "\n`.corsgate.yml`:\n");
    add_settings(out, "trusted_origins: ", STR("["), example->trusted, STR("]"));
    add_settings(out, "upstreams: ", STR("{"), example->upstreams, STR("}"));
    add_settings(out, "", STR(""), example->settings, STR(""));
    if (example->after_settings.len)
        buf_add_text(out, "\n`.corsgate.yml` after:\n");
    add_settings(out, "", STR(""), example->after_settings, STR(""));
    if (example->config.len) {
        add_fenced(out, language, example->config);
        return;
    }
    buf_add_text(out, "\nBefore:\n");
    add_fenced(out, language, example->before);
    buf_add_text(out, "\nAfter:\n");
    add_fenced(out, language, example->after);
}

void rule_page_write(struct buf *out, const struct rule *rule)
{
    buf_addf(out, "# %.*s %.*s\n\n", STR_ARG(rule->id), STR_ARG(rule->name));
    buf_addf(out, "<!-- Written from rules/%.*s-%.*s.yaml by ./dev docs. -->\n\n",
             STR_ARG(rule->id), STR_ARG(rule->name));
    add_weights(out, rule);
    buf_addf(out, "%s\n\n", subjects[rule->subject]);
    add_text(out, rule->why);
    add_advice(out, rule, "##");
    for (uint32_t i = 0; i < rule->fix_count; i++) {
        add_strong(out, rule->fixes[i].layer);
        add_fenced(out, language_of(rule->fixes[i].layer), rule->fixes[i].text);
    }
    if (rule->example_count)
        buf_add_text(out, "\n## Examples\n");
    for (uint32_t i = 0; i < rule->example_count; i++)
        add_example(out, &rule->examples[i]);
    add_references(out, rule, "##");
}

// --- the list ---

static const struct family {
    const char *digit, *title;
} families[] = {
    { "CG1", "Access gained" },
    { "CG2", "Access lost" },
    { "CG3", "Caches" },
    { "CG4", "Dangerous as it stands" },
    { "CG5", "Cannot work as it stands" },
    { "CG6", "Expectations" },
    { "CG9", "The analysis itself" },
};

static void add_row(struct buf *out, const struct rule *rule)
{
    buf_addf(out, "| [%.*s](%.*s.md) | %.*s | %s | %s |\n", STR_ARG(rule->id), STR_ARG(rule->id),
             STR_ARG(rule->name), level_name(rule->level), rule->review ? "yes" : "");
}

void rule_page_index(struct buf *out)
{
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    buf_add_text(
        out, "# Rules\n\n"
             "<!-- Written from rules/*.yaml by ./dev docs. -->\n\n"
             "What corsgate reports, why, and what to do; `corsgate rules ID` says the same. "
             "The ids never change their meaning.\n"
             "The level decides about exit status 1 (`--fail-on`), review about exit status 3; in "
             "single cases both may be others.\n"
             "A project changes levels, waives findings and adds rules of its own in its "
             "[configuration](../configuration.md); a new\n"
             "rule is one file: [adding a rule](../adding-a-rule.md).\n");
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        buf_addf(out, "\n## %s\n\n| id | name | level | review |\n| --- | --- | --- | --- |\n",
                 families[i].title);
        for (uint32_t j = 0; j < count; j++)
            if (str_starts(rules[j].id, str_from(families[i].digit)))
                add_row(out, &rules[j]);
    }
}
