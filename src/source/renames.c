// What a file was called in another version, as git finds renames: by similar content.
#include "source/git.h"

#include "source/repo_handles.h"

static int compare_with(struct repo *repo, git_diff **out, git_tree *old,
                        const struct repo_new *new)
{
    git_repository *repository = repo->handles->repository;
    git_diff_options options;
    git_oid id;
    git_tree *tree;
    Str reason;
    int failed = git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    if (failed)
        return failed;
    options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
                    GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_SHOW_UNTRACKED_CONTENT;
    switch (new->kind) {
    case REPO_NEW_TREE:
        if (!repo_id(new->tree, &id) || git_tree_lookup(&tree, repository, &id) != 0)
            return -1;
        failed = git_diff_tree_to_tree(out, repository, old, tree, &options);
        git_tree_free(tree);
        return failed;
    case REPO_NEW_INDEX:
        if (!repo_index_open(repo, &reason))
            return -1;
        return git_diff_tree_to_index(out, repository, old, repo->handles->index, &options);
    case REPO_NEW_WORKTREE:
        break;
    }
    return git_diff_tree_to_workdir_with_index(out, repository, old, &options);
}

static bool find_rename(struct repo *repo, git_diff *diff, Str path, bool is_old, Str *out)
{
    git_diff_find_options options;
    if (git_diff_find_options_init(&options, GIT_DIFF_FIND_OPTIONS_VERSION) != 0)
        return false;
    options.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_FOR_UNTRACKED;
    if (git_diff_find_similar(diff, &options) != 0)
        return false;
    for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        if (delta->status != GIT_DELTA_RENAMED)
            continue;
        const char *here = is_old ? delta->old_file.path : delta->new_file.path;
        const char *there = is_old ? delta->new_file.path : delta->old_file.path;
        if (!str_is(path, here))
            continue;
        *out = str_copy(repo->arena, str_from(there));
        return true;
    }
    return false;
}

bool repo_renamed(struct repo *repo, Str old, const struct repo_new *new, Str path, bool is_old,
                  Str *out)
{
    git_oid id;
    git_tree *tree;
    git_diff *diff;
    if (!repo_id(old, &id) || git_tree_lookup(&tree, repo->handles->repository, &id) != 0)
        return false;
    int failed = compare_with(repo, &diff, tree, new);
    git_tree_free(tree);
    if (failed)
        return false;
    bool found = find_rename(repo, diff, path, is_old, out);
    git_diff_free(diff);
    return found;
}
