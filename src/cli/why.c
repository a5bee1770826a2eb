#include "browser/fix.h"
#include "cli/explain.h"
#include "cli/har.h"
#include "cli/local.h"
#include "cli/version.h"
#include "report/tell.h"
#include "syntax/read_json.h"

#define NO_ENTRY UINT32_MAX

// What is written about one request, in either form.
struct verdict_line {
    uint32_t line, entry;            // line 0 and NO_ENTRY: not that kind of recording
    const struct recorded *recorded; // NULL: none could be read
    struct fetch fetch;
    struct notes notes;
};

struct why {
    struct command_run *command;
    struct files *files;
    struct buf *out;
    bool text;
    uint32_t blocked, unknown, total;
};

static void write_json(struct why *why, const struct verdict_line *line)
{
    struct jout out = { .buf = why->out };
    jout_object(&out);
    explain_verdict(&out, &line->fetch);
    explain_text(&out, "fix", fix_of(why->out->arena, &line->fetch));
    jout_key(&out, "line");
    if (line->line)
        jout_number(&out, line->line);
    else
        jout_null(&out);
    jout_key(&out, "entry");
    if (line->entry != NO_ENTRY)
        jout_number(&out, line->entry);
    else
        jout_null(&out);
    jout_key(&out, "request");
    if (line->recorded) {
        const struct cors_request *request = &line->recorded->request;
        jout_object(&out);
        jout_key(&out, "method");
        jout_str(&out, request->method);
        jout_key(&out, "url");
        jout_str(&out, request->url);
        jout_key(&out, "origin");
        jout_str(&out, request->page);
        jout_key(&out, "credentials");
        if (line->recorded->credentials_unknown && !request->credentials)
            jout_null(&out);
        else
            jout_bool(&out, request->credentials);
        jout_object_end(&out);
    } else {
        jout_null(&out);
    }
    explain_notes(&out, &line->notes);
    jout_object_end(&out);
    buf_add_char(why->out, '\n');
}

static void write_part(struct buf *out, const char *label, Str text)
{
    if (!text.len)
        return;
    buf_addf(out, "  %-4s ", label);
    tell_text(out, text);
    buf_add_char(out, '\n');
}

static void write_text(struct why *why, const struct verdict_line *line)
{
    struct buf *out = why->out;
    const struct fetch *fetch = &line->fetch;
    bool known = fetch->verdict != FETCH_UNKNOWN;
    if (line->line)
        buf_addf(out, "line %u: ", line->line);
    else
        buf_addf(out, "entry %u: ", line->entry);
    buf_add_text(out, fetch_verdict_name(fetch->verdict));
    if (known && !fetch->result.allowed)
        buf_addf(out, " [%s]", cors_error_name(fetch->result));
    if (line->recorded) {
        const struct cors_request *request = &line->recorded->request;
        buf_add_text(out, ": ");
        tell_text(out, str_format(out->arena, "%.*s %.*s from %.*s%s", STR_ARG(request->method),
                                  STR_ARG(request->url), STR_ARG(request->page),
                                  request->credentials ? " with credentials" : ""));
    }
    buf_add_char(out, '\n');
    if (!known || !fetch->result.allowed)
        write_part(out, "why",
                   known ? cors_explain(out->arena, &fetch->request, fetch->result)
                         : fetch->reason);
    write_part(out, "fix", fix_of(out->arena, fetch));
    for (uint32_t i = 0; i < line->notes.count; i++)
        write_part(out, "note", line->notes.items[i].text);
}

static void tell(struct why *why, struct verdict_line *line)
{
    why->total++;
    why->blocked += line->fetch.verdict == FETCH_BLOCKED;
    why->unknown += line->fetch.verdict == FETCH_UNKNOWN;
    (why->text ? write_text : write_json)(why, line);
}

static bool explain_line(struct why *why, Span at, Str text, uint32_t number)
{
    struct run *run = why->command->run;
    const struct reading reading = { run, at, "a recorded request" };
    struct recorded recorded;
    struct verdict_line line = { .line = number, .entry = NO_ENTRY };
    uint32_t before = run->diags.count;
    struct arena_mark mark = arena_mark(run->arena);
    bool good = recorded_parse(&reading, text, &recorded);
    if (good) {
        line.recorded = &recorded;
        recorded_judge(run->arena, &recorded, &line.fetch, &line.notes);
    } else {
        line.fetch =
            (struct fetch){ .verdict = FETCH_UNKNOWN, .reason = run->diags.items[before].message };
    }
    tell(why, &line);
    if (run->diags.count == before)
        arena_rewind(run->arena, mark); // what is written has an arena of its own
    return good;
}

static bool explain_lines(struct why *why, uint32_t file)
{
    Str rest = files_get(why->files, file)->text;
    size_t begin = 0;
    bool good = true, more = true;
    for (uint32_t number = 1; more; number++) {
        Str line = rest;
        more = str_cut(rest, STR("\n"), &line, &rest);
        Span at = { file, (uint32_t)begin, (uint32_t)begin + 1 };
        begin += line.len + 1;
        line = str_trim(line);
        if (line.len)
            good = explain_line(why, at, line, number) && good;
    }
    return good;
}

static bool explain_har(struct why *why, const struct data *data)
{
    struct run *run = why->command->run;
    struct har har;
    bool good = har_read(run, data, &har);
    for (uint32_t i = 0; i < har.count; i++) {
        struct arena_mark mark = arena_mark(run->arena);
        struct verdict_line line = { .entry = har.items[i].entry,
                                     .recorded = &har.items[i].recorded };
        recorded_judge(run->arena, &har.items[i].recorded, &line.fetch, &line.notes);
        tell(why, &line);
        arena_rewind(run->arena, mark);
    }
    command_remark(why->command, "%u entries, %u of them across origins: %u blocked, %u unknown",
                   har.entries, har.count, why->blocked, why->unknown);
    return good;
}

// A HAR export is one JSON text, on as many lines as it likes.
static bool find_har(struct why *why, uint32_t file, const struct data **out)
{
    struct run *run = why->command->run;
    const Span at = { file, 0, 1 };
    Str text = files_get(why->files, file)->text, line = text, rest;
    const struct data *data = NULL;
    uint32_t before = run->diags.count;
    (void)str_cut(text, STR("\n"), &line, &rest);
    // The first line of JSON Lines is an object of its own: nothing more needs to be read.
    bool good = read_json(run, at, line, &data);
    if (!good || har_is(data)) {
        run->diags.count = before;
        data = NULL;
        good = read_json(run, at, text, &data);
    }
    if (data && har_is(data)) {
        *out = data;
        return true;
    }
    run->diags.count = before;
    return false;
}

static bool options_make_sense(struct command_run *command, bool *text)
{
    const struct options *options = command->options;
    Str format = options->outputs.items[0].format;
    if (options->arguments.count > 1)
        command_fail(command, "one recording at a time, please");
    else if (options->outputs.count > 1)
        command_fail(command, "one --format, please");
    else {
        *text = str_is(format, "text");
        return true;
    }
    return false;
}

static enum exit_status explain(struct why *why, Str path)
{
    struct command_run *command = why->command;
    struct run *run = command->run;
    struct workspace workspace = workspace_new(command);
    Str text, reason;
    const struct data *har;
    why->files = workspace.files;
    if (!local_read(run->arena, path, run->limits->file_bytes, &text, &reason))
        return command_fail(command, "%.*s cannot be read: %.*s", STR_ARG(path), STR_ARG(reason));
    if (!str_trim(text).len)
        return command_fail(command, "nothing is recorded in %.*s",
                            STR_ARG(str_is(path, "-") ? STR("standard input") : path));
    uint32_t file = files_add(workspace.files, path, text), before = run->diags.count;
    bool good = find_har(why, file, &har) ? explain_har(why, har) : explain_lines(why, file);
    good &= run->diags.count == before;
    version_complain_since(&workspace, before);
    if (!command_write(command, command->options->outputs.items[0].path, buf_str(why->out)))
        return EXIT_STATUS_BROKEN;
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_BROKEN;
}

static enum exit_status start(struct command_run *command)
{
    const struct options *options = command->options;
    struct buf out = { 0 };
    struct why why = { .command = command, .out = &out };
    if (!options_make_sense(command, &why.text))
        return EXIT_STATUS_BROKEN;
    out.arena = arena_new();
    enum exit_status status =
        explain(&why, options->arguments.count ? options->arguments.items[0] : STR("-"));
    arena_free(out.arena);
    return status;
}

const struct command command_why = {
    .name = "why",
    .user = USED_BY_WHY,
    .usage = "[FILE]",
    .arguments = ARGUMENTS_PATHS,
    .what = "explain CORS failures from recorded responses or a HAR export",
    .help =
        "Reads a browser's HAR export, or recorded requests, one JSON object a line, and writes\n"
        "one line for each request to another origin:\n"
        "\n"
        "  {\"request\": {\"method\": \"GET\", \"url\": \"https://api.example.com/\",\n"
        "               \"origin\": \"https://app.example.com\", \"credentials\": true},\n"
        "   \"preflight\": null, \"response\": {\"status\": 200, \"headers\": []}}\n"
        "  {\"verdict\": \"blocked\", \"error\": \"MissingAllowOriginHeader\", \"why\": \"...\",\n"
        "   \"fix\": \"...\", \"line\": 1, \"entry\": null, \"request\": {...}, \"notes\": []}\n"
        "\n"
        "The verdict is allowed, blocked or unknown; the error has the name that Chromium gives\n"
        "it. A request that was redirected has \"redirects\", a list of the preflights and\n"
        "responses before the last. Without FILE, or with -, standard input is read.\n"
        "\n"
        "Exit status: 0, or 2 for bad usage or input that cannot be read; what can be read of\n"
        "it is explained all the same.\n",
    .start = start,
};
