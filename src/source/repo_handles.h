#pragma once
// repo_handles: what libgit2 knows of a repository. Private to the files of source/ that read git.

#include "source/repo.h"

#include <git2.h>

struct repo_handles {
    git_repository *repository;
    git_odb *odb;
    git_index *index; // NULL until somebody asks
};

// One entry of a folder.
enum node_kind { NODE_FILE, NODE_FOLDER, NODE_LINK, NODE_MODULE, NODE_CONFLICT };
struct node_entry {
    Str name;
    enum node_kind kind;
    git_oid id;
    struct node *folder; // of an index: the folder itself; else it is looked up by its id
};
// A folder of a tree or an index. Constant once read.
struct node {
    git_oid id;
    struct node_entry *items; // by byte order of the names, each once
    uint32_t count;
    bool missing; // the object is not in this clone, or is damaged
};

// A tree object, read once.
const struct node *repo_tree(struct repo *repo, const git_oid *id);
// The root folder of the index that counts (GIT_INDEX_FILE); NULL with the reason when it cannot be
// read.
const struct node *repo_index_tree(struct repo *repo, Str *reason);
MUST_CHECK bool repo_index_open(struct repo *repo, Str *reason);
// The entry of that name, or NULL.
const struct node_entry *node_find(const struct node *node, Str name);
// The bytes of a blob, read once; NULL, or why it cannot be had.
const struct kind *repo_blob(struct repo *repo, const git_oid *id, size_t max, Str *out);

bool repo_blob_was_read(struct repo *repo, const git_oid *id);
bool repo_has(struct repo *repo, const git_oid *id); // the object is in this clone
Str repo_hex(struct arena *arena, const git_oid *id);
bool repo_id(Str hex, git_oid *out);
// What libgit2 says about the last failure.
Str repo_error(struct arena *arena);
