#include "report/sarif_rule.h"

#include "report/rule_page.h"

#include <stddef.h>

// GitHub refuses longer descriptions and names.
enum { DESCRIPTION_MOST = 1024, NAME_MOST = 255 };

const char *sarif_level(enum level level)
{
    return level == LEVEL_OFF ? "none" : level_name(level);
}

// --- what kind of rule it is ---

// By the hundred of a built-in rule's id.
struct family {
    const char *digits; // behind "CG"
    const char *tag;
    bool security; // what it finds lets somebody in
};

static const struct family families[] = {
    { "1", "access-gained", true },    { "2", "access-lost", false },
    { "3", "caches", false },          { "4", "access-as-it-stands", true },
    { "5", "compatibility", false },   { "6", "expectations", false },
    { "905", "unknown-access", true }, { "906", "merge-gate", true },
    { "9", "analysis", false },
};

static const struct family custom = { "", "custom", false };

static const struct family *family_of(const struct rule *rule)
{
    Str digits = rule->id;
    if (rule->source_hash || !str_eat(&digits, STR("CG")))
        return &custom;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (str_starts(digits, str_from(families[i].digits)))
            return &families[i];
    return &custom;
}

// GitHub sorts security alerts by a number: 7.0 to 8.9 is high, 4.0 to 6.9 medium, below it low.
static const char *severity(enum level level)
{
    return level == LEVEL_ERROR ? "8.1" : level == LEVEL_WARNING ? "5.9" : "3.1";
}

static const char *problem_severity(enum level level)
{
    return level == LEVEL_ERROR ? "error" : level == LEVEL_WARNING ? "warning" : "recommendation";
}

// --- words ---

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

// "any-origin-gained" as "AnyOriginGained".
static Str joined_name(struct arena *arena, Str name)
{
    struct buf out = { .arena = arena };
    bool begins = true;
    for (size_t i = 0; i < name.len && i < NAME_MOST; i++) {
        char c = name.ptr[i];
        if (c != '-')
            buf_add_char(&out, (char)(begins && is_lower(c) ? c - 'a' + 'A' : c));
        begins = c == '-';
    }
    return buf_str(&out);
}

// "any-origin-gained" as "Any origin gained".
static Str spaced_name(struct arena *arena, Str name)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < name.len && i < NAME_MOST; i++) {
        char c = name.ptr[i];
        if (i == 0 && is_lower(c))
            c = (char)(c - 'a' + 'A');
        buf_add_char(&out, (char)(c == '-' ? ' ' : c));
    }
    return buf_str(&out);
}

// Not more bytes than that, cut before a character.
static Str cut(Str text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most > 0 && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
        most--;
    return str_slice(text, 0, most);
}

static Str help_text(struct arena *arena, const struct rule *rule)
{
    struct buf out = { .arena = arena };
    buf_add(&out, str_trim(rule->why));
    if (rule->fix.len) {
        buf_add_text(&out, "\n\n");
        buf_add(&out, str_trim(rule->fix));
    }
    return buf_str(&out);
}

// --- the object ---

static void write_text(struct jout *out, const char *key, Str text)
{
    jout_key(out, key);
    jout_object(out);
    jout_key(out, "text");
    jout_str(out, text);
    jout_object_end(out);
}

static void write_properties(struct jout *out, const struct rule *rule)
{
    const struct family *family = family_of(rule);
    jout_key(out, "properties");
    jout_object(out);
    jout_key(out, "tags");
    jout_array(out);
    jout_text(out, "cors");
    jout_text(out, family->tag);
    if (family->security)
        jout_text(out, "security");
    if (rule->review)
        jout_text(out, "review");
    jout_array_end(out);
    jout_key(out, "precision");
    jout_text(out, "high");
    jout_key(out, "problem.severity");
    jout_text(out, problem_severity(rule->level));
    if (family->security) {
        jout_key(out, "security-severity");
        jout_text(out, severity(rule->level));
    }
    jout_object_end(out);
}

void sarif_rule_write(struct jout *out, const struct rule *rule)
{
    struct arena *arena = out->buf->arena;
    Str title = spaced_name(arena, rule->name);
    Str why = rule->why.len ? rule->why : title; // no text may be empty
    jout_object(out);
    jout_key(out, "id");
    jout_str(out, rule->id);
    jout_key(out, "name");
    jout_str(out, joined_name(arena, rule->name));
    write_text(out, "shortDescription", title);
    write_text(out, "fullDescription", cut(str_trim(why), DESCRIPTION_MOST));
    jout_key(out, "help");
    jout_object(out);
    jout_key(out, "text");
    jout_str(out, rule->why.len ? help_text(arena, rule) : title);
    jout_key(out, "markdown");
    jout_str(out, rule->why.len ? rule_page_help(arena, rule) : title);
    jout_object_end(out);
    jout_key(out, "defaultConfiguration");
    jout_object(out);
    jout_key(out, "level");
    jout_text(out, sarif_level(rule->level));
    jout_object_end(out);
    write_properties(out, rule);
    jout_object_end(out);
}
