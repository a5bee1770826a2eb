#include "source/repo.h"

#include "source/repo_handles.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Str repo_error(struct arena *arena)
{
    const git_error *error = git_error_last();
    return str_copy(arena, str_from(error && error->message ? error->message : "unknown failure"));
}

Str repo_hex(struct arena *arena, const git_oid *id)
{
    char *text = ARENA_ARRAY(arena, char, GIT_OID_HEXSZ + 1);
    git_oid_tostr(text, GIT_OID_HEXSZ + 1, id);
    return (Str){ text, GIT_OID_HEXSZ };
}

bool repo_id(Str hex, git_oid *out)
{
    return hex.len == GIT_OID_HEXSZ && git_oid_fromstrn(out, hex.ptr, hex.len) == 0;
}

bool repo_has(struct repo *repo, const git_oid *id)
{
    return git_odb_exists_ext(repo->handles->odb, id, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

static bool real_path(struct arena *arena, const char *path, Str *out)
{
    char real[PATH_MAX];
    if (!realpath(path, real))
        return false;
    *out = str_copy(arena, str_from(real));
    return true;
}

// ---- whose repository it is

// Whether the environment says safe.directory for that folder: git takes it from `git -c` and from
// GIT_CONFIG_COUNT, libgit2 from files only.
static bool declared_safe(struct arena *arena, Str folder)
{
    enum { ENTRIES = 1000 };
    const char *count_text = environment("GIT_CONFIG_COUNT");
    uint32_t count;
    bool safe = false;
    if (!count_text || !str_number(str_from(count_text), ENTRIES, &count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        Str key = str_format(arena, "GIT_CONFIG_KEY_%u", i);
        Str value = str_format(arena, "GIT_CONFIG_VALUE_%u", i), real;
        const char *name = getenv(str_terminated(arena, key));
        const char *text = getenv(str_terminated(arena, value));
        if (!name || !text || !str_is_nocase(str_from(name), "safe.directory"))
            continue;
        if (!text[0]) // an empty entry takes back those before it
            safe = false;
        else if (strcmp(text, "*") == 0)
            safe = true;
        else
            safe |= real_path(arena, text, &real) && str_equal(real, folder);
    }
    return safe;
}

// The folder of the repository that a search from here finds: the working tree or the bare one.
static bool discovered(struct arena *arena, Str *out)
{
    git_buf found = { 0 };
    if (git_repository_discover(&found, ".", 0, environment("GIT_CEILING_DIRECTORIES")) != 0)
        return false;
    Str path = str_copy(arena, (Str){ found.ptr, found.size });
    git_buf_dispose(&found);
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (str_ends(path, STR("/.git")))
        path.len -= sizeof "/.git" - 1;
    return real_path(arena, path.len ? str_terminated(arena, path) : "/", out);
}

static int open_once(git_repository **out, const char *folder)
{
    if (folder) // named by the caller of the program: the environment is trusted, as by git
        return git_repository_open_ext(
            out, folder, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT, NULL);
    bool across = environment("GIT_DISCOVERY_ACROSS_FILESYSTEM");
    int failed = git_repository_open_ext(out, ".", across ? GIT_REPOSITORY_OPEN_CROSS_FS : 0,
                                         environment("GIT_CEILING_DIRECTORIES"));
    // libgit2 1.5 says so where no configuration file names any safe.directory.
    const git_error *error = git_error_last();
    if (failed == GIT_ENOTFOUND && error && error->message &&
        strstr(error->message, "safe.directory"))
        return GIT_EOWNER;
    return failed;
}

static int open_unchecked(git_repository **out, const char *folder)
{
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    int failed = open_once(out, folder);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
    return failed;
}

static Str explain_refusal(struct arena *arena, int failed)
{
    Str said = repo_error(arena), folder = { NULL, 0 };
    if (failed == GIT_EOWNER) {
        (void)discovered(arena, &folder);
        return str_format(arena,
                          "the git repository %.*s belongs to another user; if you trust it: "
                          "git config --global --add safe.directory '%.*s'",
                          STR_ARG(folder), STR_ARG(folder));
    }
    // The extension's name until libgit2 1.6, its value later.
    if (str_contains(said, STR("objectformat")) || str_contains(said, STR("object format")))
        return str_format(arena,
                          "the git repository names its objects by SHA-256, which libgit2 %s "
                          "cannot read; compare two folders instead (git worktree add)",
                          LIBGIT2_VERSION);
    return str_format(arena, "the git repository cannot be opened: %.*s", STR_ARG(said));
}

static enum repo_found open_repository(struct arena *arena, git_repository **out, Str *reason)
{
    const char *folder = environment("GIT_DIR");
    int failed = folder ? open_unchecked(out, folder) : open_once(out, NULL);
    Str found;
    if (failed == GIT_EOWNER && discovered(arena, &found) && declared_safe(arena, found))
        failed = open_unchecked(out, NULL);
    if (failed && failed != GIT_ENOTFOUND && failed != GIT_EOWNER) {
        // Extensions of the format that do not change how an object is read.
        const char *extensions[] = { "partialclone", "worktreeconfig", "preciousobjects" };
        git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions,
                         sizeof extensions / sizeof *extensions);
        failed = folder ? open_unchecked(out, folder) : open_once(out, NULL);
    }
    if (failed == 0)
        return REPO_FOUND;
    if (failed == GIT_ENOTFOUND && !folder)
        return REPO_NONE;
    *reason = explain_refusal(arena, failed);
    return REPO_REFUSED;
}

// ---- where it is

static bool has_worktree_setting(git_repository *repository)
{
    git_config *config;
    git_config_entry *entry;
    bool has = false;
    if (git_repository_config_snapshot(&config, repository) != 0)
        return false;
    if (git_config_get_entry(&entry, config, "core.worktree") == 0) {
        git_config_entry_free(entry);
        has = true;
    }
    git_config_free(config);
    return has;
}

// The working tree: as git decides (git(1), GIT_WORK_TREE and GIT_DIR).
static void find_top(struct repo *repo)
{
    git_repository *repository = repo->handles->repository;
    const char *named = environment("GIT_WORK_TREE");
    const char *top = git_repository_workdir(repository);
    if (named)
        top = named;
    else if (environment("GIT_DIR") && top && !has_worktree_setting(repository))
        top = ".";
    Str current;
    if (!top || !real_path(repo->arena, top, &repo->top)) {
        repo->top = (Str){ NULL, 0 };
        return;
    }
    // For what libgit2 itself looks up there (.gitignore); nothing is written. It loses a path by
    // it, so only where it is needed.
    const char *known = git_repository_workdir(repository);
    Str found;
    if (!known || !real_path(repo->arena, known, &found) || !str_equal(found, repo->top))
        (void)git_repository_set_workdir(repository, str_terminated(repo->arena, repo->top), 0);
    if (real_path(repo->arena, ".", &current) && str_eat(&current, repo->top) && current.len &&
        (current.ptr[0] == '/' || repo->top.len == 1))
        repo->below = current.ptr[0] == '/' ? str_slice(current, 1, current.len) : current;
}

// Objects may lie in further folders: of a push that is not accepted yet, for one.
static void add_object_folders(struct repo *repo)
{
    const char *own = environment("GIT_OBJECT_DIRECTORY");
    const char *others = environment("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    if (own)
        (void)git_odb_add_disk_alternate(repo->handles->odb, own);
    Str rest = str_from(others ? others : ""), one;
    while (rest.len) {
        if (!str_cut(rest, STR(":"), &one, &rest)) {
            one = rest;
            rest = (Str){ NULL, 0 };
        }
        if (one.len)
            (void)git_odb_add_disk_alternate(repo->handles->odb, str_terminated(repo->arena, one));
    }
}

enum repo_found repo_open(struct arena *arena, struct repo **out, Str *reason)
{
    struct repo *repo = ARENA_NEW(arena, struct repo);
    repo->arena = arena;
    repo->handles = ARENA_NEW(arena, struct repo_handles);
    if (git_libgit2_init() < 0) {
        *reason = str_format(arena, "libgit2 does not start: %.*s", STR_ARG(repo_error(arena)));
        return REPO_REFUSED;
    }
    enum repo_found found = open_repository(arena, &repo->handles->repository, reason);
    if (found == REPO_FOUND && git_repository_odb(&repo->handles->odb, repo->handles->repository)) {
        *reason = explain_refusal(arena, -1);
        found = REPO_REFUSED;
    }
    if (found != REPO_FOUND) {
        repo_close(repo);
        return found;
    }
    add_object_folders(repo);
    find_top(repo);
    repo->shallow = git_repository_is_shallow(repo->handles->repository) == 1;
    *out = repo;
    return REPO_FOUND;
}

void repo_close(struct repo *repo)
{
    if (!repo)
        return;
    git_index_free(repo->handles->index);
    git_odb_free(repo->handles->odb);
    git_repository_free(repo->handles->repository);
    git_libgit2_shutdown();
}

bool repo_index_open(struct repo *repo, Str *reason)
{
    struct repo_handles *handles = repo->handles;
    if (handles->index)
        return true;
    const char *named = environment("GIT_INDEX_FILE");
    int failed;
    if (named) { // relative to the top of the working tree, to which git goes first
        Str path = str_from(named);
        if (path.ptr[0] != '/' && repo->top.len)
            path = str_format(repo->arena, "%.*s/%.*s", STR_ARG(repo->top), STR_ARG(path));
        failed = git_index_open(&handles->index, str_terminated(repo->arena, path));
    } else {
        failed = git_repository_index(&handles->index, handles->repository);
    }
    if (!failed)
        failed = git_index_read(handles->index, 0);
    if (!failed)
        return true;
    *reason =
        str_format(repo->arena, "the index cannot be read: %.*s", STR_ARG(repo_error(repo->arena)));
    return false;
}
