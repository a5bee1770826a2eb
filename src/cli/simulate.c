#include "cli/local.h"
#include "cli/requests.h"
#include "cli/version.h"
#include "report/json_parts.h"

static void write_headers(struct jout *out, const struct header *headers, uint32_t count)
{
    jout_key(out, "headers");
    jout_array(out);
    for (uint32_t i = 0; i < count; i++) {
        jout_array(out);
        jout_str(out, headers[i].name);
        jout_str(out, headers[i].value);
        jout_array_end(out);
    }
    jout_array_end(out);
}

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
    write_headers(out, answer->headers.items, answer->headers.count);
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
                        struct buf *out)
{
    struct run *run = workspace->command->run;
    struct jout jout = { .buf = out };
    struct request request;
    struct answer_lines answer = { 0 };
    uint32_t before = run->diags.count;
    bool good = requests_parse(run, at, line, &request);
    if (!good)
        answer.reason = run->diags.items[before].message;
    else
        policy_answer(version->result.policy, &version->config.upstreams, &request, &answer);
    write_answer(&jout, workspace->files, &answer);
    buf_add_char(out, '\n');
    return good;
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
        Span at = { file, (uint32_t)begin, (uint32_t)begin };
        if (line.len)
            good = answer_line(workspace, version, at, line, out) && good;
        begin = end + 1;
    }
    return good;
}

static bool options_make_sense(struct command_run *command)
{
    const struct options *options = command->options;
    if (!options->raw)
        command_fail(command, "add --raw: only requests as they go over the wire can be answered");
    else if (!options->requests.len)
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
    if (!command_write(command, options->output, buf_str(&out)))
        return EXIT_STATUS_BROKEN;
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_BROKEN;
}

const struct command command_simulate = {
    .name = "simulate",
    .user = USED_BY_SIMULATE,
    .usage = "PATH... --raw --requests FILE",
    .what = "what the configuration answers to requests",
    .help = "Reads requests, one JSON object a line, and writes one line for each:\n"
            "\n"
            "  {\"method\": \"GET\", \"url\": \"https://api.example.com/\",\n"
            "   \"headers\": {\"Origin\": \"https://app.example.com\"}, \"upstream_status\": 200}\n"
            "  {\"status\": 200, \"headers\": [[\"Access-Control-Allow-Origin\", \"*\"]],\n"
            "   \"unknown\": false, \"file\": \"nginx.conf\", \"line\": 12, \"column\": 9}\n"
            "\n"
            "The headers are the Access-Control-* and Vary lines that reach the client, in order.\n"
            "\"port\" (where the connection came to), \"address\" (the client's), "
            "\"upstream_status\" and\n"
            "\"upstream_headers\" may be left out.\n"
            "\n"
            "Exit status: 0, or 2 for bad usage, input that cannot be read or a line that is no\n"
            "request.\n",
    .start = start,
};
