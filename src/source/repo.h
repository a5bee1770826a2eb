#pragma once
// repo: the git repository around the current folder, read through libgit2: nothing is checked out,
// no hook, filter or network is used. It honours what git honours: the owner check with
// safe.directory, GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_CEILING_DIRECTORIES and the object
// directories of the environment (reference/ci.md 1.1, 4.1).

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/str.h"

#include <stdbool.h>

struct repo {
    struct arena *arena;
    Str top;   // absolute path of the working tree, without links; empty when there is none
    Str below; // the current folder from there: "deploy/nginx"; empty at the top and outside
    bool shallow;
    struct repo_handles *handles; // libgit2's
    struct map trees, blobs;      // by hash of the id: what has been read, shared by all versions
};

enum repo_found {
    REPO_FOUND,
    REPO_NONE,    // there is no repository here
    REPO_REFUSED, // there is one that cannot be used: *reason says why, and what to do
};

enum repo_found repo_open(struct arena *arena, struct repo **out, Str *reason);
void repo_close(struct repo *repo); // takes NULL

// What can be read of a commit.
struct repo_commit {
    Str id, tree; // hexadecimal
    Str parent;   // the first one; empty for none
    bool cut;     // it has parents that are not in this clone
    Str author;   // name, as written
    Str date;     // of the author, ISO 8601 with the offset: 2024-06-01T12:00:00+02:00
    Str subject;  // the first line of the message
};
// False when there is no such commit in this clone.
MUST_CHECK bool repo_commit_get(struct repo *repo, Str id, struct repo_commit *out);

// Whether reading the tree `other` gives what reading the tree `known` has given: the same names,
// and the same bytes wherever a blob of `known` has been looked at. "Yes" is certain.
bool repo_reads_same(struct repo *repo, Str known, Str other);
