#include "cli/options.h"

#include "cli/option_rows.h"

#include <stddef.h>
#include <string.h>

// A suggestion may differ in a third of the letters.
const char *options_suggest(Str word, const char *const *names, uint32_t count)
{
    size_t best = word.len / 3 + 1;
    if (best > 3)
        best = 3;
    best++;
    const char *found = NULL;
    for (uint32_t i = 0; i < count; i++) {
        size_t distance = str_distance(word, str_from(names[i]), best);
        if (distance < best) {
            best = distance;
            found = names[i];
        }
    }
    return found;
}

static const struct option_row *row_find(enum option_user user, Str name)
{
    for (uint32_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        bool short_name = row->letter && name.len == 1 && name.ptr[0] == row->letter;
        if ((row->users & (unsigned)user) && (short_name || str_is(name, row->name)))
            return row;
    }
    return NULL;
}

static bool refuse(struct arena *arena, Str *complaint, const struct option_row *row, Str value,
                   const char *expected)
{
    *complaint = str_format(arena, "--%s: \"%.*s\" is not %s", row->name, STR_ARG(value), expected);
    return false;
}

// Which of the words of a row a value is. False, with a complaint that lists them, when it is none.
static bool choose(struct arena *arena, const struct option_row *row, Str value, uint32_t *out,
                   Str *complaint)
{
    struct buf known = { .arena = arena };
    Str rest = str_from(row->words), word;
    for (uint32_t i = 0; rest.len; i++) {
        bool more = str_cut(rest, STR(" "), &word, &rest);
        if (!more) {
            word = rest;
            rest.len = 0;
        }
        if (str_equal(value, word)) {
            *out = i;
            return true;
        }
        buf_addf(&known, "%s%.*s", i == 0 ? "" : more ? ", " : " or ", STR_ARG(word));
    }
    buf_add_char(&known, '\0');
    return refuse(arena, complaint, row, value, known.ptr);
}

static bool apply_choice(struct arena *arena, const struct option_row *row, Str value,
                         struct options *out, Str *complaint)
{
    // In the order of the words of each row.
    static const enum level levels[] = { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTE, LEVEL_OFF };
    static const enum color colors[] = { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
    uint32_t at;
    if (!choose(arena, row, value, &at, complaint))
        return false;
    if (row->id == OPTION_FAIL_ON)
        out->fail_on = levels[at];
    else if (row->id == OPTION_REVIEW)
        out->review_note = at == 1;
    else if (row->id == OPTION_COLOR)
        out->color = colors[at];
    return true;
}

static bool apply(struct arena *arena, const struct option_row *row, Str value, struct options *out,
                  Str *complaint)
{
    switch (row->id) {
    case OPTION_FORMAT: {
        struct output output = { .format = value };
        Str name, path;
        if (str_cut(value, STR("="), &name, &path)) {
            output = (struct output){ name, path };
            if (!path.len)
                return refuse(arena, complaint, row, value, "NAME or NAME=FILE");
        }
        uint32_t at;
        if (!choose(arena, row, output.format, &at, complaint))
            return false;
        *vec_push(arena, &out->outputs) = output;
        return true;
    }
    case OPTION_OUTPUT:
        out->output = value;
        return true;
    case OPTION_CONFIG:
        out->config = value;
        return true;
    case OPTION_REQUESTS:
        out->requests = value;
        return true;
    case OPTION_BASELINE:
        out->baseline = value;
        return true;
    case OPTION_WRITE_BASELINE:
        out->write_baseline = value;
        return true;
    case OPTION_RESULT:
        out->result = value;
        return true;
    case OPTION_REVIEWS:
        out->reviews = value;
        return true;
    case OPTION_EVENT:
        out->event = value;
        return true;
    case OPTION_TEAMS:
        out->teams = value;
        return true;
    case OPTION_APPROVED_RESULT:
        *vec_push(arena, &out->approved_results) = value;
        return true;
    case OPTION_GROUP_RESULT:
        out->group_result = value;
        return true;
    case OPTION_WRITE_ACKNOWLEDGED:
        out->write_acknowledged = value;
        return true;
    case OPTION_JUDGE:
        out->judge = value;
        return true;
    case OPTION_RAW:
        out->raw = true;
        return true;
    case OPTION_STACK:
        out->stack = true;
        break;
    case OPTION_EXPLAIN:
        out->explain = true;
        return true;
    case OPTION_ORIGIN:
        out->origin = value;
        return true;
    case OPTION_METHOD:
        out->method = value;
        return true;
    case OPTION_HEADER:
        *vec_push(arena, &out->headers) = value;
        return true;
    case OPTION_CREDENTIALS:
        out->credentials = true;
        return true;
    case OPTION_FORCE:
        out->force = true;
        return true;
    case OPTION_PRINT:
        out->print = true;
        return true;
    case OPTION_STAGED:
        out->staged = true;
        return true;
    case OPTION_PRE_PUSH:
        out->pre_push = true;
        return true;
    case OPTION_FAIL_ON:
    case OPTION_REVIEW:
    case OPTION_COLOR:
        return apply_choice(arena, row, value, out, complaint);
    case OPTION_QUIET:
        out->quiet = true;
        return true;
    case OPTION_JOBS:
        if (!str_number(value, 1024, &out->jobs) || out->jobs == 0)
            return refuse(arena, complaint, row, value, "a number from 1 to 1024");
        return true;
    case OPTION_HELP:
        out->help = true;
        return true;
    case OPTION_VERSION:
        out->version = true;
        return true;
    }
    return true;
}

static bool unknown_option(struct arena *arena, enum option_user user, Str name, bool is_long,
                           Str *complaint)
{
    const char **names = ARENA_ARRAY(arena, const char *, option_row_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < option_row_count; i++)
        if (option_rows[i].users & (unsigned)user)
            names[count++] = option_rows[i].name;
    const char *near = is_long ? options_suggest(name, names, count) : NULL;
    struct buf text = { .arena = arena };
    buf_addf(&text, "there is no option %s%.*s", is_long ? "--" : "-", STR_ARG(name));
    if (near)
        buf_addf(&text, "; did you mean --%s?", near);
    *complaint = buf_str(&text);
    return false;
}

// One option word: --name, --name=value, -n, -nvalue. `next` is the word behind it (NULL for none);
// *took says whether it was its value.
static bool parse_option(struct arena *arena, enum option_user user, Str word, const char *next,
                         struct options *out, bool *took, Str *complaint)
{
    bool is_long = str_eat(&word, STR("--"));
    Str name = word, value = { NULL, 0 };
    bool has_value = false;
    if (is_long) {
        has_value = str_cut(word, STR("="), &name, &value);
    } else {
        name = str_slice(word, 1, 2);
        value = str_slice(word, 2, word.len);
        has_value = value.len > 0;
    }
    const struct option_row *row = is_long && name.len == 1 ? NULL : row_find(user, name);
    if (!row)
        return unknown_option(arena, user, name, is_long, complaint);
    if (!row->value && has_value) {
        *complaint = str_format(arena, "--%s takes no value", row->name);
        return false;
    }
    if (row->value && !has_value) {
        if (!next) {
            *complaint = str_format(arena, "--%s needs a value: %s", row->name, row->value);
            return false;
        }
        value = str_from(next);
        *took = true;
    }
    if (row->value && !value.len) {
        *complaint = str_format(arena, "--%s needs a value: %s", row->name, row->value);
        return false;
    }
    return apply(arena, row, value, out, complaint);
}

// Gives --output to the report that names no file of its own. One report may go to standard output.
static bool place_reports(struct arena *arena, enum option_user user, struct options *options,
                          Str *complaint)
{
    if (!options->outputs.count)
        *vec_push(arena, &options->outputs) = (struct output){
            .format = user == USED_BY_WHY ? STR("json") : STR("text"),
        };
    uint32_t open = 0;
    bool shared = false;
    for (uint32_t i = 0; i < options->outputs.count; i++) {
        struct output *output = &options->outputs.items[i];
        if (!output->path.len) {
            open++;
            output->path = options->output;
        }
        for (uint32_t j = 0; j < i && output->path.len; j++)
            shared |= str_equal(output->path, options->outputs.items[j].path);
    }
    if (open > 1 || shared) {
        *complaint = STR("several reports want the same place: write --format NAME=FILE");
        return false;
    }
    if (open == 0 && options->output.len) {
        *complaint = STR("--output: every report has a file already");
        return false;
    }
    return true;
}

bool options_parse(struct arena *arena, enum option_user user, char *const *words, uint32_t count,
                   struct options *out, Str *complaint)
{
    struct options options = { .fail_on = LEVEL_ERROR, .separated = UINT32_MAX };
    for (uint32_t i = 0; i < count; i++) {
        Str word = str_from(words[i]);
        bool is_option = options.separated == UINT32_MAX && word.len > 1 && word.ptr[0] == '-';
        if (!is_option) {
            *vec_push(arena, &options.arguments) = word;
        } else if (str_is(word, "--")) {
            options.separated = options.arguments.count;
            options.is_separated = true;
        } else {
            bool took = false;
            const char *next = i + 1 < count ? words[i + 1] : NULL;
            if (!parse_option(arena, user, word, next, &options, &took, complaint))
                return false;
            i += took;
        }
    }
    if (options.separated == UINT32_MAX)
        options.separated = options.arguments.count;
    if (!place_reports(arena, user, &options, complaint))
        return false;
    *out = options;
    return true;
}

void options_help(struct buf *out, enum option_user user)
{
    enum { INDENT = 24 };
    for (uint32_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(row->users & (unsigned)user))
            continue;
        size_t begin = out->len;
        buf_add_text(out, "  ");
        if (row->letter)
            buf_addf(out, "-%c, ", row->letter);
        buf_addf(out, "--%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
        Str help = str_from(row->help), line;
        for (bool more = true; more; begin = out->len) {
            more = str_cut(help, STR("\n"), &line, &help);
            size_t width = out->len - begin;
            int pad = width < INDENT ? (int)(INDENT - width) : 2;
            buf_addf(out, "%*s%.*s\n", pad, "", STR_ARG(more ? line : help));
        }
    }
}
