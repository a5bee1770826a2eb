#include "cli/sides.h"

#include "cli/local.h"
#include "source/refs.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- what an argument is

struct reading {
    struct command_run *command;
    struct repo *repo; // NULL outside of one
    Str *arguments;
    uint32_t count, at;
    uint32_t versions; // so many arguments at most can be versions
    bool separated;    // "--" was written
    Str missing;       // why there is no repository
};

static bool is_path(struct reading *reading, Str argument)
{
    return str_is(argument, "-") || local_exists(reading->command->run->arena, argument);
}

static bool refuse(struct reading *reading, Str reason)
{
    command_fail(reading->command, "%.*s", STR_ARG(reason));
    return false;
}

// What is one thing only: a revision or a path. False when it is neither, or both, which is said.
static bool classify(struct reading *reading, Str argument, struct side *out)
{
    struct revision revision;
    Str reason = { NULL, 0 };
    bool path = is_path(reading, argument);
    enum revision_found found = REVISION_NONE;
    if (reading->repo)
        found = revision_find(reading->repo, argument, &revision, &reason);
    if (found == REVISION_FOUND && path && !reading->separated) {
        command_fail(reading->command,
                     "%.*s is both a revision and a path; write ./%.*s for the path, or "
                     "\"%.*s --\" for the revision",
                     STR_ARG(argument), STR_ARG(argument), STR_ARG(argument));
        return false;
    }
    if (found == REVISION_FOUND) {
        *out = (struct side){ SIDE_REVISION, argument, revision };
        return true;
    }
    if (path) {
        *out = (struct side){ .kind = SIDE_PATH, .label = argument };
        return true;
    }
    if (found == REVISION_UNCLEAR)
        return refuse(reading, reason);
    if (!reading->repo)
        command_fail(reading->command, "there is no file or folder %.*s, and %.*s",
                     STR_ARG(argument), STR_ARG(reading->missing));
    else
        command_fail(reading->command, "there is no file or folder %.*s, and %.*s%s",
                     STR_ARG(argument), STR_ARG(reason),
                     reading->separated
                         ? ""
                         : "; a path that only one of the versions has stands behind \"--\"");
    return false;
}

static bool find_revision(struct reading *reading, Str name, struct side *out)
{
    Str reason;
    *out = (struct side){ .kind = SIDE_REVISION, .label = name };
    if (revision_find(reading->repo, name, &out->revision, &reason) == REVISION_FOUND)
        return true;
    return refuse(reading, reason);
}

// Replaces *old, a revision, by where it and `new` part.
static bool go_to_merge_base(struct reading *reading, struct side *old, const struct side *new)
{
    Str reason;
    bool several;
    struct revision base;
    if (revision_merge_base(reading->repo, &old->revision, &new->revision, &base, &several,
                            &reason) != MERGE_BASE_FOUND)
        return refuse(reading, reason);
    if (several)
        command_remark(reading->command, "%.*s and %.*s have several merge bases: %.*s is taken",
                       STR_ARG(old->label), STR_ARG(new->label), STR_ARG(base.label));
    *old = (struct side){ SIDE_REVISION, base.label, base };
    return true;
}

// "A..B" or "A...B" as the first argument. *is_range says whether it is one; false when it is
// wrong.
static bool read_range(struct reading *reading, struct sides *sides, bool *is_range)
{
    Str argument = reading->arguments[reading->at], old, new;
    bool merge_base;
    *is_range = reading->repo && !is_path(reading, argument) &&
                revision_split(argument, &old, &new, &merge_base);
    if (!*is_range)
        return true;
    reading->at++;
    return find_revision(reading, old, &sides->old) && find_revision(reading, new, &sides->new) &&
           (!merge_base || go_to_merge_base(reading, &sides->old, &sides->new));
}

// OLD and NEW as far as they are written; *count says how many are.
static bool read_versions(struct reading *reading, struct sides *sides, uint32_t most,
                          uint32_t *count)
{
    bool is_range = false;
    *count = 0;
    if (reading->versions && most == 2 && !read_range(reading, sides, &is_range))
        return false;
    if (is_range)
        *count = 2;
    while (*count < most && reading->at < reading->versions) {
        struct side *side = *count ? &sides->new : &sides->old;
        if (!classify(reading, reading->arguments[reading->at], side))
            return false;
        // Without "--", a path behind a revision, or alone, is what to look at, as for git.
        bool alone = *count == 0 && (reading->versions == 1 || most == 1);
        bool behind = *count == 1 && sides->old.kind == SIDE_REVISION;
        if (side->kind == SIDE_PATH && !reading->separated && reading->repo && (alone || behind))
            break;
        ++*count;
        reading->at++;
    }
    if (reading->separated && reading->at < reading->versions) {
        command_fail(reading->command, "%.*s is one version too many; paths stand behind \"--\"",
                     STR_ARG(reading->arguments[reading->at]));
        return false;
    }
    return true;
}

// ---- what counts when nothing is said

static bool has_worktree(struct reading *reading)
{
    if (reading->repo->top.len)
        return true;
    command_fail(reading->command,
                 "this repository has no working tree; name two revisions: corsgate diff OLD NEW");
    return false;
}

// Where HEAD left the default branch. Before the first commit, nothing.
static bool find_default_old(struct reading *reading, struct side *out)
{
    struct side head = { .kind = SIDE_REVISION, .label = STR("HEAD") };
    Str reason;
    bool is_here;
    *out = head;
    if (!revision_head(reading->repo, &head.revision, &reason))
        return refuse(reading, reason);
    if (!head.revision.commit.len) {
        command_remark(reading->command, "there is no commit yet: the old version is empty");
        return true;
    }
    if (!revision_default(reading->repo, (Str){ NULL, 0 }, &out->revision, &is_here, &reason))
        return refuse(reading, reason);
    out->label = out->revision.label;
    Str branch = out->label;
    if (!go_to_merge_base(reading, out, &head))
        return false;
    command_remark(reading->command, "the old version is %.*s, where HEAD left %.*s",
                   STR_ARG(out->label), STR_ARG(branch));
    return true;
}

static bool find_ordinary(struct reading *reading, struct sides *out)
{
    uint32_t count;
    if (!read_versions(reading, out, 2, &count))
        return false;
    bool paths = count > 0 && out->old.kind == SIDE_PATH && count < 2;
    if ((count < 2 && !reading->repo) || paths) {
        command_fail(reading->command,
                     "diff compares two versions: corsgate diff OLD NEW [PATH...]; %.*s",
                     STR_ARG(reading->repo ? STR("a path is compared with another path")
                                           : reading->missing));
        return false;
    }
    if (count == 0 && (!has_worktree(reading) || !find_default_old(reading, &out->old)))
        return false;
    if (count < 2) {
        if (!has_worktree(reading))
            return false;
        out->new = (struct side){ .kind = SIDE_WORKTREE, .label = STR("worktree") };
    }
    return true;
}

static bool find_staged(struct reading *reading, struct sides *out)
{
    uint32_t count;
    Str reason;
    if (!read_versions(reading, out, 1, &count))
        return false;
    const char *index = getenv("GIT_INDEX_FILE");
    if (!reading->repo->top.len && !(index && index[0])) {
        command_fail(reading->command, "a bare repository has no index: nothing can be staged");
        return false;
    }
    if (count == 1 && out->old.kind == SIDE_PATH) {
        command_fail(reading->command, "--staged compares a revision with the index");
        return false;
    }
    if (count == 0) {
        out->old = (struct side){ .kind = SIDE_REVISION, .label = STR("HEAD") };
        if (!revision_head(reading->repo, &out->old.revision, &reason))
            return refuse(reading, reason);
    }
    out->new = (struct side){ .kind = SIDE_INDEX, .label = STR("index") };
    return true;
}

// ---- what is pushed

// An id of zeros stands for nothing.
static bool is_zero(Str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] != '0')
            return false;
    return true;
}

// A remote has nothing that a commit could be compared with: all of it is new there.
static void take_nothing(struct reading *reading, const struct side *new, struct side *out)
{
    *out = (struct side){ .kind = SIDE_REVISION, .label = STR("nothing") };
    command_remark(reading->command,
                   "nothing is known that %.*s was made from and that the remote has: the old "
                   "version is empty",
                   STR_ARG(new->label));
}

// What a remote has of a branch that is new there: where it left the default branch.
static bool find_pushed_from(struct reading *reading, Str remote, const struct side *new,
                             struct side *out)
{
    struct revision base = { 0 };
    Str reason;
    bool is_here, several;
    *out = (struct side){ .kind = SIDE_REVISION };
    if (!revision_default(reading->repo, remote, &out->revision, &is_here, &reason)) {
        if (!remote.len || revision_knows_remote(reading->repo, remote))
            return refuse(reading, reason);
        take_nothing(reading, new, out);
        return true;
    }
    out->label = out->revision.label;
    enum merge_base found = revision_merge_base(reading->repo, &out->revision, &new->revision,
                                                &base, &several, &reason);
    // The default branch of this clone itself, on its way to a remote of which nothing is known.
    bool is_itself =
        is_here && found == MERGE_BASE_FOUND && str_equal(base.commit, new->revision.commit);
    if (found == MERGE_BASE_NONE || is_itself) {
        take_nothing(reading, new, out);
        return true;
    }
    return go_to_merge_base(reading, out, new);
}

// One commit on its way: from what the remote has, or else from where it left the default branch.
static bool add_push(struct reading *reading, Str remote, Str ref, Str local, Str known,
                     struct sides_list *out)
{
    struct sides sides = { 0 };
    Str reason;
    if (!find_revision(reading, local, &sides.new))
        return false;
    sides.new.label = ref.len ? ref : local;
    str_eat(&sides.new.label, STR("refs/heads/"));
    struct revision old;
    if (!is_zero(known) && revision_find(reading->repo, known, &old, &reason) == REVISION_FOUND) {
        enum { SHORT = 12 };
        sides.old = (struct side){ SIDE_REVISION, str_slice(known, 0, SHORT), old };
    } else if (!sides.new.revision.commit.len) { // a tag of something else
        return true;
    } else if (!find_pushed_from(reading, remote, &sides.new, &sides.old)) {
        return false;
    }
    for (uint32_t i = 0; i < out->list.count; i++) {
        const struct sides *other = &out->list.items[i];
        if (str_equal(other->old.revision.tree, sides.old.revision.tree) &&
            str_equal(other->new.revision.tree, sides.new.revision.tree))
            return true;
    }
    *vec_push(reading->command->run->arena, &out->list) = sides;
    return true;
}

// One line of git's: <local ref> <local id> <remote ref> <remote id>.
static bool read_push(struct reading *reading, Str remote, Str line, struct sides_list *out)
{
    Str words[4], rest = line;
    for (int i = 0; i < 3; i++)
        if (!str_cut(rest, STR(" "), &words[i], &rest)) {
            command_fail(reading->command,
                         "--pre-push reads what git gives to a pre-push hook, not \"%.*s\"",
                         STR_ARG(line));
            return false;
        }
    words[3] = rest;
    if (!words[1].len || is_zero(words[1])) { // nothing is read of a branch that goes
        command_remark(reading->command, "%.*s is deleted at the remote: nothing to compare",
                       STR_ARG(words[2]));
        return true;
    }
    return add_push(reading, remote, words[0], words[1], words[3], out);
}

static bool find_pushed(struct reading *reading, struct sides_list *out)
{
    struct command_run *command = reading->command;
    // git tells a hook the name of the remote and its address.
    Str remote = reading->versions ? reading->arguments[0] : (Str){ NULL, 0 }, text, reason, line;
    if (reading->versions > 2) {
        command_fail(command, "--pre-push takes the remote's name and address, as git gives them, "
                              "and paths behind \"--\"");
        return false;
    }
    // The framework pre-commit hands on one push in the environment, and no input. When all of the
    // history is pushed, it names nothing but the branch.
    const char *from = getenv("PRE_COMMIT_FROM_REF"), *to = getenv("PRE_COMMIT_TO_REF");
    const char *name = getenv("PRE_COMMIT_REMOTE_NAME"),
               *branch = getenv("PRE_COMMIT_LOCAL_BRANCH");
    if ((!to || !to[0]) && name && name[0] && branch && branch[0])
        to = branch;
    if (to && to[0])
        return add_push(reading, str_from(name ? name : ""), str_from(branch ? branch : ""),
                        str_from(to), str_from(from ? from : ""), out);
    if (!local_read(command->run->arena, STR("-"), command->run->limits->file_bytes, &text,
                    &reason)) {
        command_fail(command, "standard input cannot be read: %.*s", STR_ARG(reason));
        return false;
    }
    for (bool more = true; more;) {
        more = str_cut(text, STR("\n"), &line, &text);
        line = str_trim(more ? line : text);
        if (line.len && !read_push(reading, remote, line, out))
            return false;
    }
    if (!out->list.count)
        command_remark(command, "nothing is pushed that has to be compared");
    return true;
}

// ----

bool sides_revision(struct command_run *command, Str name, struct side *out)
{
    struct reading reading = { .command = command };
    reading.repo = command_repository(command, &reading.missing);
    if (!reading.repo)
        return refuse(&reading, reading.missing);
    return find_revision(&reading, name, out);
}

bool side_is_git(const struct side *side)
{
    return side->kind != SIDE_PATH;
}

bool sides_path(struct repo *repo, Str argument, Str *out)
{
    struct arena *arena = repo->arena;
    Str below = repo->below;
    if (argument.len && argument.ptr[0] == '/') {
        if (!local_below(repo->top, argument, &argument))
            return false;
        below = STR("");
    }
    const struct source nowhere = { .arena = arena };
    return source_join(&nowhere, below, argument, out);
}

// Whether both versions can be nothing but paths, so that no repository has to be asked.
static bool are_paths(const struct reading *reading, const struct options *options)
{
    struct arena *arena = reading->command->run->arena;
    if (options->staged || options->pre_push || reading->count != 2)
        return false;
    for (uint32_t i = 0; i < 2; i++) {
        Str name = reading->arguments[i];
        if (access(str_terminated(arena, name), F_OK) != 0 || refs_may_name(arena, name))
            return false;
    }
    return true;
}

bool sides_find(struct command_run *command, struct sides_list *out)
{
    const struct options *options = command->options;
    struct sides sides = { 0 };
    struct reading reading = {
        .command = command,
        .arguments = options->arguments.items,
        .count = options->arguments.count,
        .separated = options->is_separated,
        .versions = options->separated,
    };
    if (!are_paths(&reading, options))
        reading.repo = command_repository(command, &reading.missing);
    if ((options->staged || options->pre_push) && !reading.repo)
        return refuse(&reading, reading.missing);
    if (options->staged && options->pre_push)
        return refuse(&reading, STR("--staged and --pre-push exclude each other"));
    uint32_t before = out->list.count;
    bool good;
    if (options->pre_push) {
        good = find_pushed(&reading, out);
        reading.at = reading.versions;
    } else {
        good = options->staged ? find_staged(&reading, &sides) : find_ordinary(&reading, &sides);
        if (good)
            *vec_push(command->run->arena, &out->list) = sides;
    }
    for (uint32_t i = before; i < out->list.count; i++) {
        out->list.items[i].paths = reading.arguments ? reading.arguments + reading.at : NULL;
        out->list.items[i].path_count = reading.count - reading.at;
    }
    return good;
}
