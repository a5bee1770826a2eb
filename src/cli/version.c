#include "cli/version.h"

#include "cli/local.h"
#include "report/tell.h"
#include "policy/compose.h"
#include "source/git.h"

#include <stdlib.h>

struct workspace workspace_new(struct command_run *command)
{
    struct workspace workspace = {
        .command = command,
        .files = files_new(command->run->arena),
        .model = model_new(command->run),
    };
    workspace.space = origin_space_new(workspace.model);
    return workspace;
}

const struct config *version_judge(const struct version *version)
{
    return version->judge ? version->judge : &version->config;
}

// Whether rule ids are said: what is wrong with a configuration file or a request is no finding.
enum ids { WITHOUT_IDS, WITH_IDS };

static void write_diag(struct teller *teller, const struct diag *diag, enum ids ids)
{
    tell_paint(teller, PAINT_BOLD);
    tell_place(teller, STR(""), diag->span);
    tell_unpaint(teller);
    buf_add_text(teller->out, diag->span.file ? ": " : "corsgate: ");
    tell_paint(teller, diag->kind->level == LEVEL_ERROR ? PAINT_RED : PAINT_YELLOW);
    buf_add_text(teller->out, level_name(diag->kind->level));
    tell_unpaint(teller);
    buf_add_text(teller->out, ": ");
    tell_text(teller->out, diag->message);
    if (ids == WITH_IDS && diag->kind->id[0])
        buf_addf(teller->out, " [%s]", diag->kind->id);
    buf_add_char(teller->out, '\n');
    if (diag->span.file && diag->span.end > diag->span.begin)
        tell_line(teller, diag->span);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_diags(const void *a, const void *b)
{
    const struct diag *x = a, *y = b;
    int order = compare_numbers(x->span.file, y->span.file);
    if (!order)
        order = compare_numbers(x->span.begin, y->span.begin);
    if (!order)
        order = compare_numbers(x->span.end, y->span.end);
    if (!order)
        order = str_compare(str_from(x->kind->id), str_from(y->kind->id));
    return order ? order : str_compare(x->message, y->message);
}

static void say_diags(struct workspace *workspace, struct diag *diags, uint32_t count, enum ids ids)
{
    struct buf out = { .arena = workspace->command->run->arena };
    struct teller teller = {
        .out = &out,
        .files = workspace->files,
        .color = workspace->command->color_err,
    };
    if (count)
        qsort(diags, count, sizeof *diags, compare_diags);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || compare_diags(&diags[i - 1], &diags[i]) != 0)
            write_diag(&teller, &diags[i], ids);
    fwrite(out.ptr ? out.ptr : "", 1, out.len, stderr);
}

void version_complain_since(struct workspace *workspace, uint32_t before)
{
    struct run *run = workspace->command->run;
    if (run->diags.count > before)
        say_diags(workspace, &run->diags.items[before], run->diags.count - before, WITHOUT_IDS);
}

void version_complain(struct workspace *workspace, const struct version *version)
{
    say_diags(workspace, version->diags, version->diag_count, WITH_IDS);
}

bool version_open(struct workspace *workspace, Str path, struct version *out)
{
    struct run *run = workspace->command->run;
    uint32_t before = run->diags.count;
    *out = (struct version){ .first_file = workspace->files->list.count + 1 };
    if (source_open(run, workspace->files, path, &out->source))
        return true;
    version_complain_since(workspace, before);
    return false;
}

bool version_open_revision(struct workspace *workspace, const struct revision *revision,
                           struct version *out)
{
    struct run *run = workspace->command->run;
    uint32_t before = run->diags.count;
    *out = (struct version){ .first_file = workspace->files->list.count + 1 };
    if (source_open_tree(run, workspace->files, workspace->command->repo, revision->label,
                         revision->tree, revision->path, &out->source))
        return true;
    version_complain_since(workspace, before);
    return false;
}

bool version_open_index(struct workspace *workspace, struct version *out)
{
    Str reason;
    *out = (struct version){ .first_file = workspace->files->list.count + 1 };
    if (source_open_index(workspace->command->run, workspace->files, workspace->command->repo,
                          STR("index"), &out->source, &reason))
        return true;
    command_fail(workspace->command, "%.*s", STR_ARG(reason));
    return false;
}

void version_open_worktree(struct workspace *workspace, const Str *named, uint32_t count,
                           struct version *out)
{
    struct repo *repo = workspace->command->repo;
    *out = (struct version){ .first_file = workspace->files->list.count + 1 };
    out->source = source_open_worktree(workspace->command->run, workspace->files, repo,
                                       STR("worktree"), repo->top, named, count);
}

void version_remark_notes(struct workspace *workspace, const struct version *version,
                          const struct version *other)
{
    const struct source_paths *notes = &version->source->notes;
    for (uint32_t i = 0; i < notes->list.count; i++) {
        bool known = false;
        for (uint32_t j = 0; other && j < other->source->notes.list.count && !known; j++)
            known = str_equal(notes->list.items[i], other->source->notes.list.items[j]);
        if (!known)
            command_remark(workspace->command, "%.*s", STR_ARG(notes->list.items[i]));
    }
}

// The path from the current folder, if the argument lies below it.
static bool from_here(struct arena *arena, Str current, Str argument, Str *out)
{
    Str real;
    return !str_is(argument, "-") && local_real(arena, argument, &real) &&
           local_below(current, real, out);
}

// Several paths, or one file, below the current folder. False when they are not.
static bool open_here(struct workspace *workspace, const Str *arguments, uint32_t count,
                      struct version *out)
{
    struct arena *arena = workspace->command->run->arena;
    Str current, *paths = ARENA_ARRAY(arena, Str, count + 1);
    if (!local_real(arena, STR("."), &current))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!from_here(arena, current, arguments[i], &paths[i]))
            return false;
    if (!version_open(workspace, STR("."), out))
        return false;
    out->paths = paths;
    out->path_count = count;
    if (count == 1)
        out->source->only = paths[0]; // nothing else has to be looked at
    return true;
}

// The current folder. In a repository, without what git ignores.
static bool open_current(struct workspace *workspace, struct version *out)
{
    struct command_run *command = workspace->command;
    Str here, reason, below;
    struct repo *repo = command_repository(command, &reason);
    if (command->repo_found == REPO_REFUSED)
        command_remark(command, "%.*s; what git ignores is read, too", STR_ARG(reason));
    if (!repo || !local_real(command->run->arena, STR("."), &here) ||
        !local_below(repo->top, here, &below))
        return version_open(workspace, STR("."), out);
    *out = (struct version){ .first_file = workspace->files->list.count + 1 };
    out->source =
        source_open_worktree(command->run, workspace->files, repo, STR("."), here, NULL, 0);
    return true;
}

bool version_open_paths(struct workspace *workspace, const Str *arguments, uint32_t count,
                        struct version *out)
{
    struct arena *arena = workspace->command->run->arena;
    if (count == 0)
        return open_current(workspace, out);
    for (uint32_t i = 0; i < count; i++)
        if (!str_is(arguments[i], "-") && !local_exists(arena, arguments[i])) {
            command_fail(workspace->command, "there is no file or folder %.*s",
                         STR_ARG(arguments[i].len ? arguments[i] : STR("\"\"")));
            return false;
        }
    if (count == 1 && local_is_folder(arena, arguments[0]))
        return version_open(workspace, arguments[0], out);
    if (open_here(workspace, arguments, count, out))
        return true;
    if (count == 1)
        return version_open(workspace, arguments[0], out);
    command_fail(workspace->command,
                 "several paths are read together only below the current folder");
    return false;
}

void version_restrict(struct workspace *workspace, struct version *version, const Str *paths,
                      uint32_t count)
{
    Str *kept = ARENA_ARRAY(workspace->command->run->arena, Str, count + 1);
    version->paths = kept;
    for (uint32_t i = 0; i < count; i++)
        if (source_stat(version->source, paths[i]) != SOURCE_NONE)
            kept[version->path_count++] = paths[i];
    version->is_void = count > 0 && version->path_count == 0;
}

// What has no place on the disk has its configuration at its own top.
static const char config_name[] = ".corsgate.yml";

static bool has_config(struct source *source)
{
    return source_stat(source, str_from(config_name)) != SOURCE_NONE;
}

static bool read_config(struct workspace *workspace, struct version *version, struct run *own)
{
    struct source *source = version->source;
    Str path = str_from(config_name), text = STR("");
    const struct kind *failed = source->ops->read(source, path, source->limits->file_bytes, &text);
    uint32_t file = files_add(workspace->files, path, failed ? STR("") : text);
    if (failed)
        return diag(own, failed, files_whole(file));
    return config_parse(own, workspace->files, file, workspace->model, workspace->space,
                        &version->config);
}

bool version_configure(struct workspace *workspace, struct version *version,
                       enum broken_config broken)
{
    const struct command_run *command = workspace->command;
    struct arena *arena = command->run->arena;
    struct run *own = run_new(arena, command->run->limits);
    Str path = command->options->config;
    bool inside = !path.len && !version->source->root.len; // of git, or standard input
    if (inside ? !has_config(version->source)
               : !path.len && !config_find(arena, version->source->root, &path))
        return true;
    bool good = inside ? read_config(workspace, version, own)
                       : config_read(own, workspace->files, workspace->model, workspace->space,
                                     path, &version->config);
    if (config_load_rules(own, version->source, &version->config) && good)
        return true;
    if (broken == BROKEN_CONFIG_IGNORED) {
        command_remark(workspace->command,
                       "the configuration of the old version is wrong: the defaults count instead");
        version->config = (struct config){ 0 };
        return true;
    }
    say_diags(workspace, own->diags.items, own->diags.count, WITHOUT_IDS);
    return false;
}

// Reads the version with what the other one has in the same way left out of both, unless layers may
// be linked: then all of both is needed. False when it has still to be read.
static bool load_difference(struct workspace *workspace, struct version *version,
                            const struct dialect_options *options, struct version *other)
{
    struct run *run = workspace->command->run;
    struct policy *old = other->result.policy;
    if (compose_may_link((const struct policy *const[]){ old }, 1))
        return false;
    struct policy whole = *old;
    whole.endpoints = ARENA_ARRAY(run->arena, const struct endpoint *, whole.endpoint_count + 1);
    for (uint32_t i = 0; i < whole.endpoint_count; i++)
        whole.endpoints[i] = old->endpoints[i];
    uint32_t before = run->diags.count;
    version->result.before = &other->result;
    version->complete = dialect_load(workspace->model, version->source, options, version->paths,
                                     version->path_count, &version->result);
    const struct policy *const both[] = { &whole, version->result.policy };
    if (!version->result.policy->left_out || !compose_may_link(both, 2))
        return true;
    *old = whole;
    run->diags.count = before;
    version->result = (struct dialect_result){ 0 };
    return false;
}

void version_load(struct workspace *workspace, struct version *version, struct version *other)
{
    struct run *run = workspace->command->run;
    uint32_t before = run->diags.count;
    const struct dialect_options options = {
        .nginx_version = version->config.nginx_version,
        .sources = version->config.sources.items,
        .source_count = version->config.sources.count,
        .upstreams = &version->config.upstreams,
        .settings = version->config.settings.items,
        .setting_count = version->config.settings.count,
    };
    // What an endpoint stands in front of counts, too, where layers are put on top of each other.
    bool stacked = version->config.stack.count || (other && other->config.stack.count);
    if (version->is_void) { // not the whole of it instead
        version->result.policy = ARENA_NEW(run->arena, struct policy);
        version->result.policy->model = workspace->model;
        version->complete = true;
        return;
    }
    if (!other || stacked || !load_difference(workspace, version, &options, other))
        version->complete = dialect_load(workspace->model, version->source, &options,
                                         version->paths, version->path_count, &version->result);
    version->diag_count = run->diags.count - before;
    version->diags = ARENA_ARRAY(run->arena, struct diag, version->diag_count);
    for (uint32_t i = 0; i < version->diag_count; i++)
        version->diags[i] = run->diags.items[before + i];
}

static Str path_of(const void *state, uint32_t file)
{
    return file ? files_get(state, file)->path : STR("");
}

void version_compose(struct workspace *workspace, struct version *version)
{
    struct arena *arena = workspace->command->run->arena;
    struct stack stack = { .count = version->config.stack.count };
    Str *names = ARENA_ARRAY(arena, Str, stack.count + 1);
    for (uint32_t i = 0; i < stack.count; i++)
        names[i] = version->config.stack.items[i].text;
    stack.names = names;
    compose(version->result.policy, stack.count ? &stack : NULL, path_of, workspace->files);
}

bool version_is_empty(struct version *version)
{
    uint32_t kept = 0;
    bool empty = version->is_void;
    for (uint32_t i = 0; i < version->diag_count; i++) {
        if (version->diags[i].kind == &dialect_nothing)
            empty = true;
        else
            version->diags[kept++] = version->diags[i];
    }
    version->diag_count = kept;
    version->complete |= empty;
    return empty;
}

enum exit_status version_fail_empty(struct workspace *workspace, const Str *arguments,
                                    uint32_t count)
{
    struct buf where = { .arena = workspace->command->run->arena };
    for (uint32_t i = 0; i < count; i++) {
        if (i && str_equal(arguments[i], arguments[i - 1]))
            continue;
        buf_add_text(&where, i ? ", " : "");
        buf_add(&where, arguments[i]);
    }
    if (!count)
        buf_add_text(&where, "the current folder");
    return command_fail(workspace->command,
                        "there is no configuration that corsgate recognises in %.*s; name a file, "
                        "or list it under sources in .corsgate.yml",
                        STR_ARG(buf_str(&where)));
}

static bool is_breaking(const struct diag *diag)
{
    return diag->kind->level == LEVEL_ERROR && str_is(str_from(diag->kind->id), "CG901");
}

// The same complaint about the same bytes.
static bool is_same(const struct workspace *workspace, const struct diag *a, const struct diag *b)
{
    if (!a->span.file || !b->span.file || a->kind != b->kind || a->span.begin != b->span.begin)
        return false;
    const struct file *x = files_get(workspace->files, a->span.file);
    const struct file *y = files_get(workspace->files, b->span.file);
    return x->text.len && x->hash == y->hash && str_equal(x->text, y->text);
}

bool version_is_broken(const struct workspace *workspace, const struct version *version,
                       const struct version *other)
{
    bool said = false;
    for (uint32_t i = 0; i < version->diag_count; i++) {
        const struct diag *diag = &version->diags[i];
        bool known = !is_breaking(diag);
        said |= !known;
        for (uint32_t j = 0; other && j < other->diag_count && !known; j++)
            known = is_same(workspace, diag, &other->diags[j]);
        if (!known)
            return true;
    }
    return !version->complete && !said;
}
