// mutations_test PROGRAM [ID]: a rule that reports an example does so because of what stands there:
// with a word changed of what sets it apart from its counter-example, it no longer does. And it
// does so whatever the example looks like: moved lines, other names of files and other formatting
// leave the fingerprints as they are.

#include "rules/trial.h"

static bool is_word(char c)
{
    return !strchr(" \t\r\n;{}\"'[],", c);
}

// The text with the bytes [begin, end) replaced; a ";" comes behind them.
static Str replaced(struct arena *arena, Str text, size_t begin, size_t end, const char *with)
{
    begin = with[0] == ';' ? end : begin;
    return str_format(arena, "%.*s%s%.*s", (int)begin, text.ptr, with, (int)(text.len - end),
                      text.ptr + end);
}

// What a word is changed to: something that means nothing, nothing, its opposite; what ends a
// statement, and what makes the rest of the line a comment.
static const char *const substitutes[] = { "zz", "\"\"", "off", "1", "https://zz.example",
                                           "*",  ";",    "#" };

// The texts of an example: what is changed, one at a time.
enum slot { SLOT_AFTER, SLOT_BEFORE, SLOT_SETTINGS, SLOTS };

static Str *slot_of(struct rule_example *example, enum slot slot)
{
    switch (slot) {
    case SLOT_AFTER:
        return example->config.len ? &example->config : &example->after;
    case SLOT_BEFORE:
        return &example->before;
    case SLOT_SETTINGS:
        return example->after_settings.len ? &example->after_settings : &example->settings;
    case SLOTS:
        break;
    }
    return NULL;
}

static Str text_of(const struct rule_example *example, enum slot slot)
{
    struct rule_example copy = *example;
    return *slot_of(&copy, slot);
}

static bool has_line(Str text, Str line)
{
    Str one, rest = text;
    for (bool more = true; more;) {
        more = str_cut(rest, STR("\n"), &one, &rest);
        if (str_equal(str_trim(more ? one : rest), line))
            return true;
    }
    return false;
}

// How many lines of one text the other one has not.
static uint32_t missing_lines(Str text, Str other)
{
    uint32_t count = 0;
    Str line, rest = text;
    for (bool more = text.len > 0; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        Str whole = str_trim(more ? line : rest);
        count += whole.len && !has_line(other, whole);
    }
    return count;
}

static uint32_t distance(const struct rule_example *a, const struct rule_example *b)
{
    uint32_t count = 0;
    for (enum slot slot = SLOT_AFTER; slot < SLOTS; slot++)
        count += missing_lines(text_of(a, slot), text_of(b, slot)) +
                 missing_lines(text_of(b, slot), text_of(a, slot));
    return count;
}

// The example that is not reported and differs least from this one.
static const struct rule_example *nearest(const struct trial *trial)
{
    const struct rule_example *out = NULL;
    for (uint32_t i = 0; i < trial->rule->example_count; i++) {
        const struct rule_example *other = &trial->rule->examples[i];
        bool like = !other->reported && !other->config.len == !trial->example->config.len &&
                    str_equal(other->type, trial->example->type);
        if (like && (!out || distance(trial->example, other) < distance(trial->example, out)))
            out = other;
    }
    return out;
}

static bool is_silenced(const struct trial *trial, const struct rule_example *changed)
{
    struct trial other = *trial;
    other.arena = arena_new();
    other.example = changed;
    struct trial_report report = trial_example(&other);
    bool out = report.good && report.status != 2 && !report.by_rule;
    arena_free(other.arena);
    return out;
}

struct words {
    const char *items[64];
    uint32_t count;
};

// What a word is changed to: the substitutes, and the words that only the counter-example has.
static struct words words_for(const struct trial *trial, Str text, Str other)
{
    struct words out = { .count = 0 };
    for (size_t i = 0; i < sizeof substitutes / sizeof *substitutes; i++)
        out.items[out.count++] = substitutes[i];
    Str line, rest = other;
    for (bool more = other.len > 0; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        Str whole = str_trim(more ? line : rest);
        for (size_t begin = 0; !has_line(text, whole) && begin < whole.len; begin++) {
            size_t end = begin;
            while (end < whole.len && is_word(whole.ptr[end]))
                end++;
            Str one = str_slice(whole, begin, end);
            if (one.len && !str_contains(text, one) && out.count < 64)
                out.items[out.count++] = str_terminated(trial->arena, one);
            begin = end;
        }
    }
    return out;
}

// A word of one line of the slot silences the rule when it is another one.
static bool try_line(const struct trial *trial, const struct words *words, enum slot slot,
                     size_t from, size_t to, Str *word)
{
    Str text = text_of(trial->example, slot);
    for (size_t begin = from; begin < to; begin++) {
        size_t end = begin;
        while (end < to && is_word(text.ptr[end]))
            end++;
        for (size_t i = 0; end > begin && i < words->count; i++) {
            struct rule_example changed = *trial->example;
            *slot_of(&changed, slot) = replaced(trial->arena, text, begin, end, words->items[i]);
            if (is_silenced(trial, &changed)) {
                *word = str_slice(text, begin, end);
                return true;
            }
        }
        begin = end;
    }
    return false;
}

// Only the lines count that the counter-example has not: any other would do for any rule.
static bool find_decisive(const struct trial *trial, const struct rule_example *counter,
                          enum slot slot, Str *word)
{
    Str text = text_of(trial->example, slot), other = text_of(counter, slot);
    const struct words words = words_for(trial, text, other);
    for (size_t from = 0, to; from < text.len; from = to + 1) {
        to = from;
        while (to < text.len && text.ptr[to] != '\n')
            to++;
        Str line = str_trim(str_slice(text, from, to));
        if (line.len && !has_line(other, line) && try_line(trial, &words, slot, from, to, word))
            return true;
    }
    return false;
}

// Comments and empty lines before each line, and spaces behind it; the same words.
static Str reformatted(const struct trial *trial, Str text)
{
    struct buf out = { .arena = trial->arena };
    bool braces = str_is(trial->example->type, "nginx");
    Str line, rest = text;
    buf_add_text(&out, "# moved down\n\n");
    for (bool more = true; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        Str whole = more ? line : rest;
        buf_addf(&out, "%.*s%s", STR_ARG(whole), more ? "\n" : "");
        if (braces && str_ends(str_trim(whole), STR(";")))
            buf_add_text(&out, "\n          # and further\n");
    }
    return buf_str(&out);
}

// The comments and empty lines that an example is about, such as a suppression, must stay.
static bool keeps_fingerprints(const struct trial *trial, Str expected)
{
    const struct rule_example *example = trial->example;
    struct trial other = *trial;
    bool pair = example->config.len == 0;
    Str before = pair ? reformatted(trial, example->before) : (Str){ NULL, 0 };
    other.name = str_is(example->type, "nginx") ? "renamed.conf" : "renamed.yaml";
    struct trial_report report = trial_run(
        &other, pair ? &before : NULL, reformatted(trial, pair ? example->after : example->config));
    if (str_equal(report.fingerprints, expected))
        return true;
    printf("%.*s, \"%.*s\": fingerprints were %.*s and became %.*s\n", STR_ARG(trial->rule->id),
           STR_ARG(example->title), STR_ARG(expected), STR_ARG(report.fingerprints));
    return false;
}

enum { FEW = 3 }; // lines

static bool try_example(const struct trial *trial)
{
    Str word = { NULL, 0 };
    const struct rule_example *counter = nearest(trial);
    struct trial_report report = trial_example(trial);
    bool good = keeps_fingerprints(trial, report.fingerprints), found = false;
    uint32_t own = 0;
    for (enum slot slot = SLOT_AFTER; counter && slot < SLOTS && !found; slot++) {
        own += missing_lines(text_of(trial->example, slot), text_of(counter, slot));
        found = find_decisive(trial, counter, slot, &word);
    }
    if (found) {
        printf("%.*s: \"%.*s\" decides\n", STR_ARG(trial->rule->id), STR_ARG(word));
        return good;
    }
    // A line that is missing is a decision, too: the counter-example has it and is silent.
    if (counter && !own && distance(trial->example, counter) <= FEW) {
        printf("%.*s: what is missing decides\n", STR_ARG(trial->rule->id));
        return good;
    }
    printf("%.*s, \"%.*s\": no word of what sets it apart from its counter-example decides\n",
           STR_ARG(trial->rule->id), STR_ARG(trial->example->title));
    return false;
}

int main(int argc, char **argv)
{
    return trial_all(argc, argv, true, try_example);
}
