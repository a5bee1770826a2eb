#include "cli/options.h"

#include <stddef.h>
#include <string.h>

enum option_id {
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_CONFIG,
    OPTION_REQUESTS,
    OPTION_RAW,
    OPTION_EXPLAIN,
    OPTION_STACK,
    OPTION_STAGED,
    OPTION_PRE_PUSH,
    OPTION_BASELINE,
    OPTION_WRITE_BASELINE,
    OPTION_ORIGIN,
    OPTION_METHOD,
    OPTION_HEADER,
    OPTION_CREDENTIALS,
    OPTION_RESULT,
    OPTION_REVIEWS,
    OPTION_EVENT,
    OPTION_TEAMS,
    OPTION_APPROVED_RESULT,
    OPTION_FAIL_ON,
    OPTION_REVIEW,
    OPTION_COLOR,
    OPTION_QUIET,
    OPTION_JOBS,
    OPTION_HELP,
    OPTION_VERSION,
};

struct option_row {
    enum option_id id;
    unsigned users; // enum option_user
    const char *name;
    char letter;       // 0: none
    const char *value; // what it takes, NULL for nothing
    const char *help;  // lines separated by '\n'
};

enum { FINDERS = USED_BY_DIFF | USED_BY_CHECK };

static const struct option_row rows[] = {
    { OPTION_STAGED, USED_BY_DIFF, "staged", 0, NULL,
      "compare HEAD, or OLD, with what is staged for the next commit" },
    { OPTION_PRE_PUSH, USED_BY_DIFF, "pre-push", 0, NULL,
      "compare what is pushed with what the remote has; as git's\npre-push hook, on standard "
      "input" },
    { OPTION_ORIGIN, USED_BY_HISTORY, "origin", 0, "ORIGIN", "the origin of the page that asks" },
    { OPTION_METHOD, USED_BY_HISTORY, "method", 0, "NAME", "the method; default GET" },
    { OPTION_HEADER, USED_BY_HISTORY, "header", 0, "NAME[: VALUE]",
      "a header that the page sets; may be repeated" },
    { OPTION_CREDENTIALS, USED_BY_HISTORY, "credentials", 0, NULL, "send the visitor's cookies" },
    { OPTION_RESULT, USED_BY_GATE, "result", 0, "FILE", "what diff --format json wrote" },
    { OPTION_REVIEWS, USED_BY_GATE, "reviews", 0, "FILE",
      "all reviews of the pull request, as the REST API lists them" },
    { OPTION_EVENT, USED_BY_GATE, "event", 0, "FILE",
      "the event's payload, or the pull request object" },
    { OPTION_TEAMS, USED_BY_GATE, "teams", 0, "FILE",
      "the members of teams: {\"@example/platform\": [\"login\"]}" },
    { OPTION_APPROVED_RESULT, USED_BY_GATE, "approved-result", 0, "SHA=FILE",
      "the result at an older head, for stale: same-findings;\nmay be repeated" },
    { OPTION_REQUESTS, USED_BY_SIMULATE, "requests", 0, "FILE",
      "the requests, one JSON object a line; - for standard input" },
    { OPTION_RAW, USED_BY_SIMULATE, "raw", 0, NULL,
      "requests as they go over the wire; predict only the answer" },
    { OPTION_EXPLAIN, USED_BY_SHOW, "explain", 0, NULL, "say why a file was read as what" },
    { OPTION_STACK, USED_BY_SHOW, "stack", 0, NULL,
      "put layers that pass requests on to each other\non top of each other" },
    { OPTION_FORMAT, FINDERS, "format", 0, "NAME[=FILE]",
      "text (default), json, markdown, html, sarif, github,\ngitlab or junit; repeat it for "
      "several reports" },
    { OPTION_FORMAT, USED_BY_SHOW, "format", 0, "NAME[=FILE]",
      "text (default), json, markdown or html; repeat it for\nseveral reports" },
    { OPTION_FORMAT, USED_BY_HISTORY | USED_BY_GATE, "format", 0, "NAME[=FILE]",
      "text (default) or json; repeat it for several reports" },
    { OPTION_FORMAT, USED_BY_WHY, "format", 0, "NAME[=FILE]",
      "json (default, one object a line) or text" },
    { OPTION_OUTPUT,
      FINDERS | USED_BY_SHOW | USED_BY_SIMULATE | USED_BY_WHY | USED_BY_HISTORY | USED_BY_GATE,
      "output", 'o', "FILE", "write there instead of to standard output" },
    { OPTION_CONFIG, FINDERS | USED_BY_SHOW | USED_BY_SIMULATE | USED_BY_HISTORY | USED_BY_GATE,
      "config", 0, "FILE", "this configuration instead of the nearest .corsgate.yml" },
    { OPTION_BASELINE, FINDERS, "baseline", 0, "FILE",
      "findings that FILE lists do not count; in a comparison\nthey still need their review" },
    { OPTION_WRITE_BASELINE, USED_BY_CHECK, "write-baseline", 0, "FILE",
      "write the findings to FILE, for --baseline" },
    { OPTION_FAIL_ON, FINDERS, "fail-on", 0, "LEVEL",
      "exit 1 for findings of this level and above:\nerror (default), warning, note or never" },
    { OPTION_REVIEW, USED_BY_DIFF, "review", 0, "fail|note",
      "what a needed review does: exit 3 (fail, default) or\nonly be said (note)" },
    { OPTION_COLOR, FINDERS | USED_BY_SHOW | USED_BY_RULES | USED_BY_HISTORY, "color", 0, "WHEN",
      "auto (default), always or never; NO_COLOR is honoured" },
    { OPTION_QUIET, USED_BY_ALL, "quiet", 'q', NULL, "say nothing besides results and errors" },
    { OPTION_JOBS, FINDERS | USED_BY_SHOW | USED_BY_SIMULATE | USED_BY_HISTORY, "jobs", 0, "N",
      "use at most N threads" },
    { OPTION_HELP, USED_BY_ALL, "help", 'h', NULL, "this text" },
    { OPTION_VERSION, USED_BY_ALL, "version", 0, NULL, "the version of corsgate" },
};

enum { ROWS = sizeof rows / sizeof *rows };

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
    for (size_t i = 0; i < ROWS; i++) {
        bool short_name = rows[i].letter && name.len == 1 && name.ptr[0] == rows[i].letter;
        if ((rows[i].users & (unsigned)user) && (short_name || str_is(name, rows[i].name)))
            return &rows[i];
    }
    return NULL;
}

static bool refuse(struct arena *arena, Str *complaint, const struct option_row *row, Str value,
                   const char *expected)
{
    *complaint = str_format(arena, "--%s: \"%.*s\" is not %s", row->name, STR_ARG(value), expected);
    return false;
}

static bool choose(Str value, const char *const *words, uint32_t count, uint32_t *out)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_is(value, words[i])) {
            *out = i;
            return true;
        }
    return false;
}

static bool apply_choice(struct arena *arena, const struct option_row *row, Str value,
                         struct options *out, Str *complaint)
{
    static const char *const levels[] = { "never", "note", "warning", "error" };
    static const char *const reviews[] = { "fail", "note" };
    static const char *const colors[] = { "auto", "always", "never" };
    uint32_t at;
    if (row->id == OPTION_FAIL_ON) {
        if (!choose(value, levels, 4, &at))
            return refuse(arena, complaint, row, value, "error, warning, note or never");
        out->fail_on = (enum level)at;
    } else if (row->id == OPTION_REVIEW) {
        if (!choose(value, reviews, 2, &at))
            return refuse(arena, complaint, row, value, "fail or note");
        out->review_note = at == 1;
    } else if (row->id == OPTION_COLOR) {
        if (!choose(value, colors, 3, &at))
            return refuse(arena, complaint, row, value, "auto, always or never");
        out->color = (enum color)at;
    }
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
    const char *names[ROWS];
    uint32_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].users & (unsigned)user)
            names[count++] = rows[i].name;
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
    for (uint32_t i = 0; i < options->outputs.count; i++) {
        struct output *output = &options->outputs.items[i];
        if (output->path.len)
            continue;
        open++;
        output->path = options->output;
    }
    if (open > 1) {
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
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &rows[i];
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
