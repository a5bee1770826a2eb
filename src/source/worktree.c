// The working tree as a source: the disk, less what git would not look at either. Files that are
// tracked belong to it even if a pattern ignores them.
#include "source/git.h"

#include "source/disk.h"
#include "source/repo_handles.h"

struct worktree {
    struct repo *repo;
    Str below;        // the source's root below the top of the working tree
    const Str *named; // paths that the user named, from the root
    uint32_t named_count;
    bool indexed; // the index can be asked
};

static bool is_below(Str path, Str folder)
{
    return folder.len == 0 ||
           (str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/'));
}

// Whether a named path lies at, below or above this one.
static bool is_named(const struct worktree *worktree, Str path)
{
    for (uint32_t i = 0; i < worktree->named_count; i++)
        if (is_below(path, worktree->named[i]) || is_below(worktree->named[i], path))
            return true;
    return false;
}

static bool is_tracked(const struct worktree *worktree, Str path, bool is_folder)
{
    struct repo *repo = worktree->repo;
    git_index *index = repo->handles->index;
    size_t at;
    if (!worktree->indexed)
        return false;
    if (!is_folder)
        return git_index_find(&at, index, str_terminated(repo->arena, path)) == 0;
    Str prefix = str_concat(repo->arena, path, STR("/"));
    return git_index_find_prefix(&at, index, str_terminated(repo->arena, prefix)) == 0;
}

// Whether walking leaves it out.
static bool is_skipped(struct source *source, Str folder, const struct source_name *name)
{
    const struct worktree *worktree = source->state;
    struct repo *repo = worktree->repo;
    Str path = source_under(source->arena, folder, name->name);
    bool is_folder = name->entry == SOURCE_FOLDER && !name->is_link;
    if (is_folder &&
        source_disk.stat(source, source_under(source->arena, path, STR(".git"))) != SOURCE_NONE) {
        if (!is_named(worktree, path)) {
            source_note(source, "%.*s is another repository, or a submodule, and is not read",
                        STR_ARG(path));
            return true;
        }
        return false;
    }
    if (is_named(worktree, path))
        return false;
    Str whole = source_under(source->arena, worktree->below, path);
    Str asked = is_folder ? str_concat(source->arena, whole, STR("/")) : whole;
    int ignored = 0;
    if (git_ignore_path_is_ignored(&ignored, repo->handles->repository,
                                   str_terminated(source->arena, asked)) != 0)
        return false;
    return ignored && !is_tracked(worktree, whole, is_folder);
}

static void list(struct source *source, Str path, struct source_names *out)
{
    uint32_t before = out->list.count;
    source_disk.list(source, path, out);
    for (uint32_t i = before; i < out->list.count; i++)
        out->list.items[i].is_skipped = is_skipped(source, path, &out->list.items[i]);
}

static enum source_entry stat_path(struct source *source, Str path)
{
    return source_disk.stat(source, path);
}

static const struct kind *read_file(struct source *source, Str path, size_t max, Str *out)
{
    return source_disk.read(source, path, max, out);
}

static const struct source_ops source_worktree = { .stat = stat_path,
                                                   .list = list,
                                                   .read = read_file };

// Files that a sparse checkout leaves out look as if they were deleted.
static void note_sparse(struct source *source, const struct worktree *worktree)
{
    git_index *index = worktree->repo->handles->index;
    size_t left_out = 0;
    for (size_t i = 0; worktree->indexed && i < git_index_entrycount(index); i++)
        left_out +=
            (git_index_get_byindex(index, i)->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
    if (left_out)
        source_note(source,
                    "this is a sparse checkout: %zu tracked files are not in the working tree and "
                    "are not read; compare two revisions, or use --staged",
                    left_out);
}

struct source *source_open_worktree(struct run *run, struct files *files, struct repo *repo,
                                    Str label, Str folder, const Str *named, uint32_t count)
{
    struct worktree *worktree = ARENA_NEW(run->arena, struct worktree);
    Str below = folder, reason;
    if (!str_eat(&below, repo->top))
        below = STR("");
    while (below.len && below.ptr[0] == '/')
        below = str_slice(below, 1, below.len);
    *worktree = (struct worktree){ .repo = repo, .below = below, .named = named };
    worktree->named_count = count;
    worktree->indexed = repo_index_open(repo, &reason);
    struct source *source = source_new(run, files, &source_worktree, label, worktree);
    source->root = folder.len > 1 ? folder : STR("");
    note_sparse(source, worktree);
    return source;
}
