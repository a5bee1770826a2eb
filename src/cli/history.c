// history: the commits at which the answer to one request of a page changed. The first parents from
// HEAD are gone through; a commit is judged only if what the last one read differs in it.
#include "base/hash.h"
#include "cli/configured.h"
#include "cli/explain.h"
#include "cli/sides.h"
#include "cli/version.h"
#include "report/report.h"
#include "report/tell.h"

enum { SHORT = 12 }; // of an id, where people read it

// What a browser makes of the request at one commit. All of it outlives the reading.
struct reply {
    Str tree;
    Str json;    // verdict, error, why, preflight, response: equal for equal answers
    Str verdict; // "allowed", "blocked: PreflightMissingAllowOriginHeader" ...
    Str why;
    Str path; // what decided, if it is known
    struct place place;
};

struct moment {
    struct repo_commit commit; // that changed the answer
    const struct reply *old, *new;
};

struct history {
    struct command_run *command;
    struct repo *repo;
    Str request; // as a line of JSON
    const Str *paths;
    uint32_t path_count;
    struct map answers; // by hash of the tree
    VEC(struct moment) moments;
    const struct reply *now;
    uint32_t commits, judged;
    bool cut; // the clone does not hold the beginning
};

// ---- one commit

static Str verdict_text(struct arena *arena, const struct fetch *fetch)
{
    const char *name = fetch_verdict_name(fetch->verdict);
    Str error = str_from(fetch->verdict == FETCH_BLOCKED ? cors_error_name(fetch->result) : "");
    return error.len ? str_format(arena, "%s: %.*s", name, STR_ARG(error))
                     : str_copy(arena, str_from(name));
}

// Copies what is said into memory that stays.
static void keep(struct history *history, struct workspace *workspace, const struct fetch *fetch,
                 struct reply *out)
{
    struct arena *arena = history->command->run->arena;
    struct buf text = { .arena = workspace->command->run->arena };
    struct jout jout = { .buf = &text };
    jout_object(&jout);
    explain_verdict(&jout, fetch);
    explain_answers(&jout, fetch);
    jout_object_end(&jout);
    out->json = str_copy(arena, buf_str(&text));
    out->verdict = verdict_text(arena, fetch);
    if (fetch->verdict == FETCH_UNKNOWN)
        out->why = str_copy(arena, fetch->reason);
    else if (fetch->verdict == FETCH_BLOCKED)
        out->why = cors_explain(arena, &fetch->request, fetch->result);
    if (fetch->span.file) {
        out->path = str_copy(arena, files_get(workspace->files, fetch->span.file)->path);
        out->place = files_place(workspace->files, fetch->span.file, fetch->span.begin);
    }
}

static void ask(struct history *history, struct workspace *workspace, struct version *version,
                struct fetch *fetch)
{
    struct run *run = workspace->command->run;
    const struct reading reading = { run, { 0 }, "the request" };
    struct page page;
    struct configured configured = {
        .policy = version->result.policy,
        .upstreams = &version->config.upstreams,
        .page = &page,
    };
    if (version_is_broken(workspace, version, NULL)) {
        *fetch = (struct fetch){ .verdict = FETCH_UNKNOWN,
                                 .reason = STR("the configuration of that commit cannot be read") };
    } else if (page_parse(&reading, history->request, &page)) { // which it was before
        struct fetch_server server = configured_server(&configured);
        fetch_run(run->arena, &page.request, &server, fetch);
    }
}

// Reads the commit and asks it, in memory of its own.
static void judge(struct history *history, const struct repo_commit *commit, struct reply *out)
{
    struct arena *arena = arena_new();
    struct command_run command = *history->command;
    struct options quiet = *command.options;
    quiet.quiet = true; // what is odd about an old commit would be said for each
    command.options = &quiet;
    command.run = run_new(arena, history->command->run->limits);
    command.run->jobs = history->command->run->jobs;
    struct workspace workspace = workspace_new(&command);
    const struct revision revision = { .label = commit->id, .tree = commit->tree };
    struct version version;
    struct fetch fetch = { .verdict = FETCH_UNKNOWN };
    fetch.reason = STR("the commit cannot be read");
    if (version_open_revision(&workspace, &revision, &version) &&
        version_configure(&workspace, &version, BROKEN_CONFIG_IGNORED)) {
        version_restrict(&workspace, &version, history->paths, history->path_count);
        version_load(&workspace, &version, NULL);
        version_compose(&workspace, &version);
        if (version_is_empty(&version))
            fetch.reason = STR("there is no configuration that corsgate recognises");
        else
            ask(history, &workspace, &version, &fetch);
    }
    keep(history, &workspace, &fetch, out);
    arena_free(arena);
}

static const struct reply *answer_of(struct history *history, const struct repo_commit *commit,
                                     const struct reply *newer)
{
    struct arena *arena = history->command->run->arena;
    struct reply *answer;
    uint64_t hash = hash_str(HASH_SEED, commit->tree);
    for (uint32_t i = 0; (answer = map_next(&history->answers, hash, &i));)
        if (str_equal(answer->tree, commit->tree))
            return answer;
    answer = ARENA_NEW(arena, struct reply);
    if (newer && repo_reads_same(history->repo, newer->tree, commit->tree)) {
        *answer = *newer;
    } else {
        judge(history, commit, answer);
        history->judged++;
    }
    answer->tree = commit->tree;
    map_add(arena, &history->answers, hash, answer);
    return answer;
}

// ---- all of them

static bool go_through(struct history *history, Str id)
{
    struct arena *arena = history->command->run->arena;
    struct repo_commit commit, parent;
    if (!repo_commit_get(history->repo, id, &commit))
        return false;
    const struct reply *answer = answer_of(history, &commit, NULL);
    history->now = answer;
    for (history->commits = 1; commit.parent.len; history->commits++) {
        if (!repo_commit_get(history->repo, commit.parent, &parent))
            return false;
        const struct reply *before = answer_of(history, &parent, answer);
        if (!str_equal(before->json, answer->json))
            *vec_push(arena, &history->moments) = (struct moment){ commit, before, answer };
        commit = parent;
        answer = before;
    }
    history->cut = commit.cut;
    return true;
}

// ---- what is said

static void tell_answer(struct buf *out, const char *label, Str commit, const struct reply *answer)
{
    buf_addf(out, "    %s ", label);
    tell_text(out, answer->verdict);
    if (answer->path.len) {
        buf_addf(out, ", by %.*s:", STR_ARG(str_slice(commit, 0, SHORT)));
        tell_text(out, answer->path);
        buf_addf(out, ":%u:%u", answer->place.line, answer->place.column);
    }
    buf_add_char(out, '\n');
    if (answer->why.len) {
        buf_add_text(out, "           ");
        tell_text(out, answer->why);
        buf_add_char(out, '\n');
    }
}

static void write_text(const struct history *history, Str head, bool color, struct buf *out)
{
    const struct teller teller = { .out = out, .color = color };
    tell_answer(out, "now:  ", head, history->now);
    for (uint32_t i = 0; i < history->moments.count; i++) {
        const struct moment *moment = &history->moments.items[i];
        buf_add_char(out, '\n');
        tell_paint(&teller, PAINT_YELLOW);
        buf_add(out, str_slice(moment->commit.id, 0, SHORT));
        tell_unpaint(&teller);
        buf_addf(out, " %.*s ", STR_ARG(moment->commit.date));
        tell_text(out, moment->commit.author);
        buf_add_text(out, "\n    ");
        tell_paint(&teller, PAINT_BOLD);
        tell_text(out, moment->commit.subject);
        tell_unpaint(&teller);
        buf_add_char(out, '\n');
        tell_answer(out, "before:", moment->commit.parent, moment->old);
        tell_answer(out, "after: ", moment->commit.id, moment->new);
    }
    buf_addf(out, "\n%u change%s of the answer in %u commit%s%s\n", history->moments.count,
             history->moments.count == 1 ? "" : "s", history->commits,
             history->commits == 1 ? "" : "s",
             history->cut ? "; this clone is shallow, there are older ones" : "");
}

// What is JSON already.
static void write_raw(struct jout *out, Str json)
{
    buf_add(out->buf, json);
    out->more = true;
}

static void write_side(struct jout *out, const char *key, Str commit, const struct reply *answer)
{
    jout_key(out, key);
    jout_object(out);
    jout_key(out, "commit");
    jout_str(out, commit);
    jout_key(out, "answer");
    write_raw(out, answer->json);
    jout_key(out, "file");
    if (answer->path.len)
        jout_str(out, answer->path);
    else
        jout_null(out);
    jout_key(out, "line");
    jout_number(out, answer->place.line);
    jout_key(out, "column");
    jout_number(out, answer->place.column);
    jout_object_end(out);
}

static void write_json(const struct history *history, Str head, bool color, struct buf *out)
{
    struct jout jout = { .buf = out };
    (void)color;
    jout_object(&jout);
    jout_key(&jout, "schema");
    jout_number(&jout, 1);
    jout_key(&jout, "request");
    write_raw(&jout, history->request);
    write_side(&jout, "now", head, history->now);
    jout_key(&jout, "changes");
    jout_array(&jout);
    for (uint32_t i = 0; i < history->moments.count; i++) {
        const struct moment *moment = &history->moments.items[i];
        jout_line(&jout);
        jout_object(&jout);
        jout_key(&jout, "commit");
        jout_str(&jout, moment->commit.id);
        jout_key(&jout, "date");
        jout_str(&jout, moment->commit.date);
        jout_key(&jout, "author");
        jout_str(&jout, moment->commit.author);
        jout_key(&jout, "subject");
        jout_str(&jout, moment->commit.subject);
        write_side(&jout, "old", moment->commit.parent, moment->old);
        write_side(&jout, "new", moment->commit.id, moment->new);
        jout_object_end(&jout);
    }
    jout_array_end(&jout);
    jout_key(&jout, "commits");
    jout_number(&jout, history->commits);
    jout_key(&jout, "judged");
    jout_number(&jout, history->judged);
    jout_key(&jout, "complete");
    jout_bool(&jout, !history->cut);
    jout_object_end(&jout);
    buf_add_char(out, '\n');
}

static const struct form {
    const char *name;
    void (*write)(const struct history *history, Str head, bool color, struct buf *out);
} forms[] = {
    { "text", write_text },
    { "json", write_json },
};

static const struct form *form_find(Str name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_is(name, forms[i].name))
            return &forms[i];
    return NULL;
}

// ---- the command

// The request of the options as a line of the input of simulate, so that it is read as there.
static bool make_request(struct command_run *command, Str *out)
{
    const struct options *options = command->options;
    struct run *run = command->run;
    struct buf text = { .arena = run->arena };
    struct jout jout = { .buf = &text };
    Str name, value;
    jout_object(&jout);
    jout_key(&jout, "method");
    jout_str(&jout, options->method.len ? options->method : STR("GET"));
    jout_key(&jout, "url");
    jout_str(&jout, options->arguments.items[0]);
    jout_key(&jout, "origin");
    jout_str(&jout, options->origin);
    jout_key(&jout, "headers");
    jout_array(&jout);
    for (uint32_t i = 0; i < options->headers.count; i++) {
        if (!str_cut(options->headers.items[i], STR(":"), &name, &value)) {
            name = options->headers.items[i];
            value = STR("1");
        }
        jout_array(&jout);
        jout_str(&jout, str_trim(name));
        jout_str(&jout, str_trim(value));
        jout_array_end(&jout);
    }
    jout_array_end(&jout);
    jout_key(&jout, "credentials");
    jout_bool(&jout, options->credentials);
    jout_object_end(&jout);
    const struct reading reading = { run, { 0 }, "the request" };
    struct page page;
    uint32_t before = run->diags.count;
    *out = buf_str(&text);
    if (page_parse(&reading, *out, &page))
        return true;
    command_fail(command, "%.*s", STR_ARG(run->diags.items[before].message));
    return false;
}

static bool find_start(struct history *history, struct revision *out)
{
    struct command_run *command = history->command;
    const struct options *options = command->options;
    Str reason;
    bool good;
    if (options->separated > 1)
        good = revision_find(history->repo, options->arguments.items[1], out, &reason) ==
               REVISION_FOUND;
    else
        good = revision_head(history->repo, out, &reason);
    if (good && !out->commit.len) {
        good = false;
        reason = str_format(command->run->arena, "%.*s is no commit", STR_ARG(out->label));
    }
    if (!good)
        command_fail(command, "%.*s", STR_ARG(reason));
    return good;
}

// The paths behind "--", from the top of the repository.
static bool find_paths(struct history *history)
{
    struct command_run *command = history->command;
    const struct options *options = command->options;
    uint32_t first = options->separated, count = options->arguments.count - first;
    Str *paths = ARENA_ARRAY(command->run->arena, Str, count + 1);
    for (uint32_t i = 0; i < count; i++)
        if (!sides_path(history->repo, options->arguments.items[first + i], &paths[i])) {
            command_fail(command, "%.*s lies outside of the repository",
                         STR_ARG(options->arguments.items[first + i]));
            return false;
        }
    history->paths = paths;
    history->path_count = count;
    return true;
}

static enum exit_status start(struct command_run *command)
{
    const struct options *options = command->options;
    struct history history = { .command = command };
    struct revision revision;
    Str reason;
    if (options->separated < 1 || options->separated > 2)
        return command_fail(command,
                            "history takes a URL, and perhaps a revision to start from: "
                            "corsgate history URL --origin ORIGIN [REVISION] [-- PATH...]");
    if (!options->origin.len)
        return command_fail(command, "--origin is missing: the origin of the page that asks");
    history.repo = command_repository(command, &reason);
    if (!history.repo)
        return command_fail(command, "%.*s", STR_ARG(reason));
    if (!make_request(command, &history.request) || !find_start(&history, &revision) ||
        !find_paths(&history))
        return EXIT_STATUS_BROKEN;
    if (!go_through(&history, revision.commit))
        return command_fail(command, "a commit of the history cannot be read");
    for (uint32_t i = 0; i < options->outputs.count; i++) {
        const struct output *output = &options->outputs.items[i];
        struct buf out = { .arena = command->run->arena };
        form_find(output->format)
            ->write(&history, revision.commit, command_paints(command, output->path), &out);
        if (!command_write(command, output->path, buf_str(&out)))
            return EXIT_STATUS_BROKEN;
    }
    return EXIT_STATUS_PASS;
}

const struct command command_history = {
    .name = "history",
    .user = USED_BY_HISTORY,
    .usage = "URL --origin ORIGIN [REVISION] [-- PATH...]",
    .arguments = ARGUMENTS_REQUEST,
    .what = "the commits at which the answer to a request changed",
    .help =
        "Goes back from HEAD, or REVISION, along the first parents, and lists where the answer to\n"
        "the request of a page at ORIGIN changed, newest first: the commit, what a browser made\n"
        "of the answer before and after, and the line that decided. PATHs restrict what is read.\n"
        "\n"
        "Exit status: 0, or 2 for bad usage or a repository that cannot be read.\n",
    .start = start,
};
