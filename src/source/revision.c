#include "source/revision.h"

#include "base/buf.h"
#include "base/vec.h"
#include "source/repo_handles.h"

#include <string.h>

// ---- what to fetch

static bool is_hex(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEF", text.ptr[i]))
            return false;
    return text.len > 0;
}

// Whether a name can be told to a shell as it is.
static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && (i == 0 || !c || !strchr("._/-", c)))
            return false;
    }
    return text.len > 0;
}

// The remote to fetch from: origin, or the only one; empty when there is none. (Not by
// git_remote_list, which leaks a match of a regular expression for each setting.)
static Str remote_of(struct repo *repo)
{
    git_config *config;
    git_config_iterator *iterator;
    git_config_entry *entry;
    Str found = { NULL, 0 };
    bool several = false;
    if (git_repository_config_snapshot(&config, repo->handles->repository) != 0)
        return found;
    if (git_config_iterator_new(&iterator, config) == 0) {
        while (git_config_next(&entry, iterator) == 0) {
            Str name = str_from(entry->name);
            if (!str_eat(&name, STR("remote.")) || !str_ends(name, STR(".url")))
                continue;
            name.len -= sizeof ".url" - 1;
            if (str_is(found, "origin") || str_equal(name, found))
                continue;
            several |= found.len > 0;
            found = str_copy(repo->arena, name);
        }
        git_config_iterator_free(iterator);
    }
    git_config_free(config);
    bool good = is_plain(found) && (!several || str_is(found, "origin"));
    return good ? found : (Str){ NULL, 0 };
}

static bool has_reference(struct repo *repo, Str name)
{
    git_oid id;
    return git_reference_name_to_id(&id, repo->handles->repository,
                                    str_terminated(repo->arena, name)) == 0;
}

// "main~3^2": the name, and how many generations back the rest leads. False for other forms.
static bool split_steps(Str name, Str *base, uint32_t *steps)
{
    size_t at = 0;
    while (at < name.len && name.ptr[at] != '^' && name.ptr[at] != '~')
        at++;
    *base = str_slice(name, 0, at);
    *steps = 0;
    while (at < name.len) {
        bool tilde = name.ptr[at] == '~';
        size_t begin = ++at;
        uint32_t number = 1;
        if (name.ptr[begin - 1] != '^' && !tilde)
            return false;
        while (at < name.len && name.ptr[at] >= '0' && name.ptr[at] <= '9')
            at++;
        if (at > begin && !str_number(str_slice(name, begin, at), 1000000, &number))
            return false;
        *steps += tilde ? number : number > 0;
    }
    return *steps > 0 && base->len > 0;
}

static bool commit_of(struct repo *repo, Str name, git_oid *out)
{
    git_object *object, *commit;
    if (git_revparse_single(&object, repo->handles->repository,
                            str_terminated(repo->arena, name)) != 0)
        return false;
    bool good = git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0;
    if (good) {
        *out = *git_object_id(commit);
        git_object_free(commit);
    }
    git_object_free(object);
    return good;
}

// Why a name is no revision here, and what to run if it may be one elsewhere.
static Str advise(struct repo *repo, Str name)
{
    struct arena *arena = repo->arena;
    Str remote = remote_of(repo), base, branch, head;
    uint32_t steps;
    git_oid id;
    const char *depth = repo->shallow ? "--depth=1 " : "";
    if (repo->shallow && remote.len && split_steps(name, &base, &steps) &&
        commit_of(repo, base, &id))
        return str_format(arena,
                          "this clone is shallow and does not hold %.*s; fetch it: git fetch "
                          "--depth=%u %.*s %.*s",
                          STR_ARG(name), steps + 1, STR_ARG(remote), STR_ARG(repo_hex(arena, &id)));
    if (remote.len && is_hex(name) && name.len == GIT_OID_HEXSZ)
        return str_format(arena,
                          "the commit %.*s is not in this clone; fetch it: git fetch %s%.*s "
                          "%.*s",
                          STR_ARG(name), depth, STR_ARG(remote), STR_ARG(name));
    if (remote.len && is_plain(name) && str_cut(name, STR("/"), &head, &branch) &&
        str_equal(head, remote))
        return str_format(arena,
                          "the branch %.*s is not in this clone; fetch it: git fetch %s%.*s "
                          "+refs/heads/%.*s:refs/remotes/%.*s",
                          STR_ARG(name), depth, STR_ARG(remote), STR_ARG(branch), STR_ARG(name));
    if (remote.len && is_plain(name) &&
        has_reference(repo,
                      str_format(arena, "refs/remotes/%.*s/%.*s", STR_ARG(remote), STR_ARG(name))))
        return str_format(arena, "there is no branch %.*s here; did you mean %.*s/%.*s?",
                          STR_ARG(name), STR_ARG(remote), STR_ARG(name));
    if (remote.len && is_plain(name) && repo->shallow)
        return str_format(arena,
                          "there is no revision %.*s in this shallow clone; if it is a branch, "
                          "fetch it: git fetch --depth=1 %.*s "
                          "+refs/heads/%.*s:refs/remotes/%.*s/%.*s, and name it %.*s/%.*s",
                          STR_ARG(name), STR_ARG(remote), STR_ARG(name), STR_ARG(remote),
                          STR_ARG(name), STR_ARG(remote), STR_ARG(name));
    return str_format(arena, "there is no revision %.*s", STR_ARG(name));
}

// ---- names

// Fills in what an object is. False when it leads to no tree.
static bool describe(struct repo *repo, git_object *object, struct revision *out)
{
    git_object *peeled;
    if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0) {
        const git_oid *tree = git_commit_tree_id((const git_commit *)peeled);
        out->commit = repo_hex(repo->arena, git_object_id(peeled));
        out->tree = repo_hex(repo->arena, tree);
    } else if (git_object_peel(&peeled, object, GIT_OBJECT_TREE) == 0) {
        out->tree = repo_hex(repo->arena, git_object_id(peeled));
    } else {
        return false;
    }
    git_object_free(peeled);
    return true;
}

// "REVISION:PATH" with a file: its tree, and the path in it.
static enum revision_found find_file(struct repo *repo, Str name, struct revision *out, Str *reason)
{
    Str base, path;
    if (!str_cut(name, STR(":"), &base, &path) || !base.len || !path.len) {
        *reason =
            str_format(repo->arena, "%.*s is neither a commit nor a folder of one", STR_ARG(name));
        return REVISION_NONE;
    }
    enum revision_found found = revision_find(repo, base, out, reason);
    if (found == REVISION_FOUND) {
        out->label = name;
        out->path = path;
    }
    return found;
}

enum revision_found revision_find(struct repo *repo, Str name, struct revision *out, Str *reason)
{
    git_object *object;
    struct revision found = { .label = name };
    if (!name.len || memchr(name.ptr, '\0', name.len)) {
        *reason = STR("a revision has a name");
        return REVISION_NONE;
    }
    int failed =
        git_revparse_single(&object, repo->handles->repository, str_terminated(repo->arena, name));
    if (failed == GIT_EAMBIGUOUS) {
        *reason =
            str_format(repo->arena, "%.*s is the beginning of several object names", STR_ARG(name));
        return REVISION_UNCLEAR;
    }
    if (failed) {
        *reason = advise(repo, name);
        return REVISION_NONE;
    }
    bool is_file = git_object_type(object) == GIT_OBJECT_BLOB;
    bool good = !is_file && describe(repo, object, &found);
    git_object_free(object);
    if (good)
        *out = found;
    return good ? REVISION_FOUND : find_file(repo, name, out, reason);
}

bool revision_split(Str name, Str *old, Str *new, bool *merge_base)
{
    Str head = STR("HEAD"), tail;
    if (!str_cut(name, STR(".."), old, &tail))
        return false;
    *merge_base = str_eat(&tail, STR("."));
    *new = tail.len ? tail : head;
    if (!old->len)
        *old = head;
    return true;
}

bool revision_head(struct repo *repo, struct revision *out, Str *reason)
{
    *out = (struct revision){ .label = STR("HEAD") };
    int unborn = git_repository_head_unborn(repo->handles->repository);
    if (unborn == 1)
        return true;
    if (unborn == 0)
        return revision_find(repo, STR("HEAD"), out, reason) == REVISION_FOUND;
    *reason =
        str_format(repo->arena, "HEAD cannot be read: %.*s", STR_ARG(repo_error(repo->arena)));
    return false;
}

// ---- where history parts

static bool is_boundary(struct repo *repo, Str commit)
{
    struct repo_commit facts;
    return repo_commit_get(repo, commit, &facts) && facts.cut;
}

// What a shallow clone has to fetch before two commits have a common ancestor. A commit at the very
// edge of the history is named: it may be on no branch of the remote, as a pull request's merge.
static Str advise_deepen(struct repo *repo, const struct revision *a, const struct revision *b)
{
    struct arena *arena = repo->arena;
    Str remote = remote_of(repo);
    struct buf command = { .arena = arena };
    buf_addf(&command, "git fetch --unshallow %.*s", STR_ARG(remote.len ? remote : STR("origin")));
    const struct revision *both[] = { a, b };
    for (int i = 0; i < 2; i++)
        if (is_boundary(repo, both[i]->commit) && (i == 0 || !str_equal(a->commit, b->commit)))
            buf_addf(&command, " %.*s", STR_ARG(both[i]->commit));
    return str_format(arena,
                      "this clone is shallow: its history ends before %.*s and %.*s meet; fetch "
                      "more of it: %.*s",
                      STR_ARG(a->label), STR_ARG(b->label), STR_ARG(buf_str(&command)));
}

struct ids {
    git_oid *items;
    uint32_t count, capacity;
};

// A set of commits.
struct commits {
    struct arena *arena;
    struct map map;
    struct ids list;
};

static bool commits_add(struct commits *set, const git_oid *id, bool add)
{
    uint64_t hash;
    memcpy(&hash, id->id, sizeof hash);
    git_oid *known;
    for (uint32_t i = 0; (known = map_next(&set->map, hash, &i));)
        if (git_oid_equal(known, id))
            return false;
    if (!add)
        return true;
    known = ARENA_NEW(set->arena, git_oid);
    *known = *id;
    map_add(set->arena, &set->map, hash, known);
    *vec_push(set->arena, &set->list) = *id;
    return true;
}

static bool commits_has(struct commits *set, const git_oid *id)
{
    return !commits_add(set, id, false);
}

// The parents of a commit that are in this clone.
static void parents_of(struct repo *repo, const git_oid *id, struct ids *out)
{
    git_commit *commit;
    out->count = 0;
    if (git_commit_lookup(&commit, repo->handles->repository, id) != 0)
        return;
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++)
        if (repo_has(repo, git_commit_parent_id(commit, i)))
            *vec_push(repo->arena, out) = *git_commit_parent_id(commit, i);
    git_commit_free(commit);
}

static void ancestors_of(struct repo *repo, const git_oid *id, struct commits *out)
{
    struct ids parents = { 0 };
    commits_add(out, id, true);
    for (uint32_t at = 0; at < out->list.count; at++) {
        const git_oid commit = out->list.items[at];
        parents_of(repo, &commit, &parents);
        for (uint32_t i = 0; i < parents.count; i++)
            commits_add(out, &parents.items[i], true);
    }
}

// libgit2 gives up where history is cut. What is left is short: the common ancestors are two sets
// met, and the best of them those that are no other's parent.
static void common_in_shallow(struct repo *repo, const git_oid *a, const git_oid *b,
                              struct ids *out)
{
    struct commits left = { .arena = repo->arena }, right = left, both = left, older = left;
    struct ids parents = { 0 };
    ancestors_of(repo, a, &left);
    ancestors_of(repo, b, &right);
    for (uint32_t i = 0; i < right.list.count; i++)
        if (commits_has(&left, &right.list.items[i]))
            commits_add(&both, &right.list.items[i], true);
    for (uint32_t i = 0; i < both.list.count; i++) {
        parents_of(repo, &both.list.items[i], &parents);
        for (uint32_t k = 0; k < parents.count; k++)
            commits_add(&older, &parents.items[k], true);
    }
    for (uint32_t i = 0; i < both.list.count; i++)
        if (!commits_has(&older, &both.list.items[i]))
            *vec_push(repo->arena, out) = both.list.items[i];
}

static int common(struct repo *repo, const git_oid *a, const git_oid *b, struct ids *out)
{
    git_oidarray found = { 0 };
    if (repo->shallow) {
        common_in_shallow(repo, a, b, out);
        return out->count ? 0 : GIT_ENOTFOUND;
    }
    int failed = git_merge_bases(&found, repo->handles->repository, a, b);
    for (size_t i = 0; !failed && i < found.count; i++)
        *vec_push(repo->arena, out) = found.ids[i];
    git_oidarray_dispose(&found);
    return failed;
}

// Of several, the same one in every clone: the last to be committed, then the smallest name.
static const git_oid *pick(struct repo *repo, const struct ids *ids)
{
    const git_oid *best = NULL;
    git_time_t best_time = 0;
    for (uint32_t i = 0; i < ids->count; i++) {
        git_commit *commit;
        if (git_commit_lookup(&commit, repo->handles->repository, &ids->items[i]) != 0)
            continue;
        git_time_t time = git_commit_time(commit);
        git_commit_free(commit);
        if (best &&
            (time < best_time || (time == best_time && git_oid_cmp(&ids->items[i], best) > 0)))
            continue;
        best = &ids->items[i];
        best_time = time;
    }
    return best;
}

enum merge_base revision_merge_base(struct repo *repo, const struct revision *a,
                                    const struct revision *b, struct revision *out, bool *several,
                                    Str *reason)
{
    enum { SHORT = 12 };
    git_oid left, right;
    struct ids found = { 0 };
    if (!repo_id(a->commit, &left) || !repo_id(b->commit, &right)) {
        const struct revision *odd = repo_id(a->commit, &left) ? b : a;
        *reason =
            str_format(repo->arena, "%.*s is no commit: it has no history", STR_ARG(odd->label));
        return MERGE_BASE_UNKNOWN;
    }
    int failed = common(repo, &left, &right, &found);
    const git_oid *best = failed ? NULL : pick(repo, &found);
    if (!best && repo->shallow) {
        *reason = advise_deepen(repo, a, b);
        return MERGE_BASE_UNKNOWN;
    }
    if (!best && failed == GIT_ENOTFOUND) {
        *reason = str_format(repo->arena, "%.*s and %.*s have no common history", STR_ARG(a->label),
                             STR_ARG(b->label));
        return MERGE_BASE_NONE;
    }
    if (!best) {
        *reason = str_format(repo->arena, "the history cannot be read: %.*s",
                             STR_ARG(repo_error(repo->arena)));
        return MERGE_BASE_UNKNOWN;
    }
    Str hex = repo_hex(repo->arena, best);
    *several = found.count > 1;
    if (revision_find(repo, hex, out, reason) != REVISION_FOUND)
        return MERGE_BASE_UNKNOWN;
    out->label = str_slice(hex, 0, SHORT);
    return MERGE_BASE_FOUND;
}

// ---- the default branch

static bool find_reference(struct repo *repo, Str full, Str shown, struct revision *out)
{
    Str reason;
    if (!has_reference(repo, full) || revision_find(repo, full, out, &reason) != REVISION_FOUND ||
        !out->commit.len)
        return false;
    out->label = shown;
    return true;
}

static Str configured_branch(struct repo *repo)
{
    git_config *config;
    const char *name;
    Str out = { NULL, 0 };
    if (git_repository_config_snapshot(&config, repo->handles->repository) != 0)
        return out;
    if (git_config_get_string(&name, config, "init.defaultBranch") == 0)
        out = str_copy(repo->arena, str_from(name));
    git_config_free(config);
    return out;
}

// What REMOTE/HEAD points to, as a name: "origin/main".
static bool remote_head(struct repo *repo, Str remote, struct revision *out)
{
    git_reference *reference, *target;
    Str full = str_format(repo->arena, "refs/remotes/%.*s/HEAD", STR_ARG(remote));
    if (git_reference_lookup(&reference, repo->handles->repository,
                             str_terminated(repo->arena, full)) != 0)
        return false;
    bool good = git_reference_resolve(&target, reference) == 0;
    git_reference_free(reference);
    if (!good)
        return false;
    full = str_copy(repo->arena, str_from(git_reference_name(target)));
    git_reference_free(target);
    Str shown = full;
    str_eat(&shown, STR("refs/remotes/"));
    return find_reference(repo, full, shown, out);
}

bool revision_knows_remote(struct repo *repo, Str remote)
{
    git_reference_iterator *iterator;
    const char *name;
    Str glob = str_format(repo->arena, "refs/remotes/%.*s/*", STR_ARG(remote));
    if (git_reference_iterator_glob_new(&iterator, repo->handles->repository,
                                        str_terminated(repo->arena, glob)) != 0)
        return false;
    bool found = git_reference_next_name(&name, iterator) == 0;
    git_reference_iterator_free(iterator);
    return found;
}

bool revision_default(struct repo *repo, Str remote, struct revision *out, bool *is_here,
                      Str *reason)
{
    struct arena *arena = repo->arena;
    *is_here = false;
    if (!remote.len)
        remote = remote_of(repo);
    if (remote.len && remote_head(repo, remote, out))
        return true;
    const Str names[] = { configured_branch(repo), STR("main"), STR("master") };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str there = str_format(arena, "%.*s/%.*s", STR_ARG(remote), STR_ARG(names[i]));
        if (!names[i].len)
            continue;
        if (remote.len &&
            find_reference(repo, str_concat(arena, STR("refs/remotes/"), there), there, out))
            return true;
        if (find_reference(repo, str_concat(arena, STR("refs/heads/"), names[i]), names[i], out)) {
            *is_here = true;
            return true;
        }
    }
    if (remote.len)
        *reason = str_format(arena,
                             "which branch is the default one is not known here; name the old "
                             "version, or run: git fetch %.*s && git remote set-head %.*s --auto",
                             STR_ARG(remote), STR_ARG(remote));
    else
        *reason = STR("there is neither a remote nor a branch main or master to compare with; "
                      "name the old version");
    return false;
}
