#pragma once
// git: what git keeps as sources: a revision, the index, and the working tree. Their files are read
// from the object database; the bytes of a blob that several versions hold are read once, and are
// the same memory in each (struct file, twin).

#include "source/repo.h"
#include "source/source.h"

extern const struct kind source_absent;   // CG901: the object is not in this clone
extern const struct kind source_conflict; // CG901: the index holds both sides of a merge

// A tree object by its id in hexadecimal; empty: the empty tree. `path` is the one file that was
// named, or empty. Reports and returns false when the tree is not in this clone.
MUST_CHECK bool source_open_tree(struct run *run, struct files *files, struct repo *repo, Str label,
                                 Str tree, Str path, struct source **out);
// The index. False with the reason when it cannot be read.
MUST_CHECK bool source_open_index(struct run *run, struct files *files, struct repo *repo,
                                  Str label, struct source **out, Str *reason);
// A folder of the working tree (absolute, without links). What git ignores, other repositories in
// it and submodules are left out when it is walked, but not what is at or below a path of `named`.
struct source *source_open_worktree(struct run *run, struct files *files, struct repo *repo,
                                    Str label, Str folder, const Str *named, uint32_t count);

// The newer of two versions.
enum repo_new_kind { REPO_NEW_TREE, REPO_NEW_INDEX, REPO_NEW_WORKTREE };
struct repo_new {
    enum repo_new_kind kind;
    Str tree; // of REPO_NEW_TREE, hexadecimal
};
// The other name of a file that was renamed between the tree `old` and a newer version: `path` is
// its name in the old one (is_old) or in the new one. False when it was not renamed.
bool repo_renamed(struct repo *repo, Str old, const struct repo_new *new, Str path, bool is_old,
                  Str *out);
