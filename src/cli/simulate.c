#include "browser/fix.h"
#include "cli/configured.h"
#include "cli/explain.h"
#include "cli/local.h"
#include "cli/requests.h"
#include "cli/version.h"
#include "report/json_parts.h"

static void write_answer(struct jout *out, struct files *files, const struct answer_lines *answer)
{
    jout_object(out);
    jout_key(out, "status");
    if (!answer->known && !answer->status)
        jout_null(out);
    else if (answer->status)
        jout_number(out, answer->status);
    else
        jout_text(out, "upstream");
    explain_headers(out, answer->headers.items, answer->headers.count);
    jout_key(out, "unknown");
    if (answer->known)
        jout_bool(out, false);
    else
        jout_str(out, answer->reason);
    json_parts_place_keys(out, files, answer->span);
    jout_object_end(out);
}

// One line of the input to one line of the output. False when it is no request.
static bool answer_line(struct workspace *workspace, struct version *version, Span at, Str line,
                        struct jout *out)
{
    struct run *run = workspace->command->run;
    struct request request;
    struct answer_lines answer = { 0 };
    uint32_t before = run->diags.count;
    bool good = requests_parse(run, at, line, &request);
    if (!good)
        answer.reason = run->diags.items[before].message;
    else
        policy_answer(version->result.policy, &version->config.upstreams, &request, &answer);
    write_answer(out, workspace->files, &answer);
    return good;
}

static void write_browsed(struct jout *out, struct files *files, const struct fetch *fetch,
                          const struct notes *notes)
{
    explain_text(out, "fix", fix_of(out->buf->arena, fetch));
    json_parts_place_keys(out, files, fetch->span);
    explain_answers(out, fetch);
    explain_redirects(out, fetch);
    explain_notes(out, notes);
    jout_object_end(out);
}

// The same for a request as a page makes it.
static bool browse_line(struct workspace *workspace, struct version *version, Span at, Str line,
                        struct jout *out)
{
    struct run *run = workspace->command->run;
    const struct reading reading = { run, at, "a request" };
    struct page page;
    struct fetch fetch = { 0 };
    struct notes notes = { 0 };
    uint32_t before = run->diags.count;
    jout_object(out);
    if (!page_parse(&reading, line, &page)) {
        explain_failure(out, run->diags.items[before].message);
        write_browsed(out, workspace->files, &fetch, &notes);
        return false;
    }
    struct configured configured = {
        .policy = version->result.policy,
        .upstreams = &version->config.upstreams,
        .page = &page,
    };
    struct fetch_server server = configured_server(&configured);
    fetch_run(run->arena, &page.request, &server, &fetch);
    struct configured seen = configured; // what follows asks more
    notes_of(run->arena, &page.request, &fetch, &notes);
    notes_about_caches(run->arena, &server, &fetch, &notes);
    configured_notes(&seen, &notes);
    configured_cache_notes(
        &seen, &(struct judge){ workspace->model, workspace->space, version->config.trusted },
        &notes);
    explain_verdict(out, &fetch);
    write_browsed(out, workspace->files, &fetch, &notes);
    return true;
}

static bool answer_all(struct workspace *workspace, struct version *version, uint32_t file,
                       struct buf *out)
{
    bool good = true;
    Str text = files_get(workspace->files, file)->text;
    for (size_t begin = 0; begin < text.len;) {
        size_t end = begin;
        while (end < text.len && text.ptr[end] != '\n')
            end++;
        Str line = str_trim(str_slice(text, begin, end));
        Span at = { file, (uint32_t)begin, (uint32_t)begin + 1 };
        struct jout jout = { .buf = out };
        if (line.len) {
            good = (workspace->command->options->raw ? answer_line : browse_line)(
                       workspace, version, at, line, &jout) &&
                   good;
            buf_add_char(out, '\n');
        }
        begin = end + 1;
    }
    return good;
}

static bool options_make_sense(struct command_run *command)
{
    const struct options *options = command->options;
    if (!options->requests.len)
        command_fail(command, "--requests FILE is missing (- for standard input)");
    else if (!options->arguments.count)
        command_fail(command, "the PATH of a configuration is missing");
    else
        return true;
    return false;
}

static enum exit_status start(struct command_run *command)
{
    const struct options *options = command->options;
    if (!options_make_sense(command))
        return EXIT_STATUS_BROKEN;
    struct workspace workspace = workspace_new(command);
    struct version version;
    Str text, reason;
    if (!version_open_paths(&workspace, options->arguments.items, options->arguments.count,
                            &version) ||
        !version_configure(&workspace, &version, BROKEN_CONFIG_FAILS))
        return EXIT_STATUS_BROKEN;
    version_load(&workspace, &version, NULL);
    version_compose(&workspace, &version);
    if (version_is_empty(&version))
        return version_fail_empty(&workspace, options->arguments.items, options->arguments.count);
    bool broken = version_is_broken(&workspace, &version, NULL);
    if (broken) {
        version_complain(&workspace, &version);
        return EXIT_STATUS_BROKEN;
    }
    struct run *run = command->run;
    if (!local_read(run->arena, options->requests, run->limits->file_bytes, &text, &reason))
        return command_fail(command, "%.*s cannot be read: %.*s", STR_ARG(options->requests),
                            STR_ARG(reason));
    uint32_t file = files_add(workspace.files, options->requests, text);
    uint32_t before = run->diags.count;
    struct buf out = { .arena = run->arena };
    bool good = answer_all(&workspace, &version, file, &out);
    version_complain_since(&workspace, before);
    if (!out.len)
        return command_fail(
            command, "there is no request in %.*s",
            STR_ARG(str_is(options->requests, "-") ? STR("standard input") : options->requests));
    if (!command_write(command, options->output, buf_str(&out)))
        return EXIT_STATUS_BROKEN;
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_BROKEN;
}

const struct command command_simulate = {
    .name = "simulate",
    .user = USED_BY_SIMULATE,
    .usage = "PATH... --requests FILE",
    .arguments = ARGUMENTS_PATHS,
    .what = "what a browser makes of the answers to requests",
    .help =
        "Reads requests as pages make them, one JSON object a line, and writes one line for each:\n"
        "\n"
        "  {\"method\": \"PUT\", \"url\": \"https://api.example.com/v1/x\",\n"
        "   \"origin\": \"https://app.example.com\", \"headers\": {\"x-csrf\": \"1\"},\n"
        "   \"credentials\": true}\n"
        "  {\"verdict\": \"blocked\", \"error\": \"PreflightMissingAllowOriginHeader\",\n"
        "   \"why\": \"...\", \"fix\": \"...\", \"file\": \"nginx.conf\", \"line\": 12, "
        "\"column\": 5,\n"
        "   \"preflight\": {\"status\": 204, \"headers\": []}, \"response\": null,\n"
        "   \"redirects\": [], \"notes\": []}\n"
        "\n"
        "The verdict is allowed, blocked or unknown; the error has the name that Chromium gives\n"
        "it. \"headers\", \"credentials\" (also \"omit\", \"same-origin\", \"include\"), "
        "\"mode\",\n"
        "\"redirect\" and \"force_preflight\" are as for fetch().\n"
        "\n"
        "With --raw it reads requests as they go over the wire and predicts only the answer:\n"
        "\n"
        "  {\"method\": \"GET\", \"url\": \"https://api.example.com/\",\n"
        "   \"headers\": {\"Origin\": \"https://app.example.com\"}, \"upstream_status\": 200}\n"
        "  {\"status\": 200, \"headers\": [[\"Access-Control-Allow-Origin\", \"*\"]],\n"
        "   \"unknown\": false, \"file\": \"nginx.conf\", \"line\": 12, \"column\": 9}\n"
        "\n"
        "The headers are the Access-Control-* and Vary lines that reach the client, in order.\n"
        "\"port\" (where the connection came to), \"address\" (the client's), "
        "\"upstream_status\" and\n"
        "\"upstream_headers\" may be given in both forms.\n"
        "\n"
        "Exit status: 0, or 2 for bad usage, input that cannot be read or a line that is no\n"
        "request.\n",
    .start = start,
};
