#pragma once
// revision: what a name means in a repository (gitrevisions(7), as far as libgit2 reads it), where
// two lines of history part, and which branch is the default. A history that is cut (a shallow
// clone) is never taken for one that is empty: the reason says what to fetch.

#include "source/repo.h"

struct revision {
    Str label;  // as it was named
    Str commit; // hexadecimal; empty for a tree that was named without one
    Str tree;   // hexadecimal; empty: the empty tree
    Str path;   // of REVISION:PATH, when that is a file
};

enum revision_found {
    REVISION_FOUND,
    REVISION_NONE,    // the name is no revision; *reason says what could make it one
    REVISION_UNCLEAR, // it is several: *reason
};
enum revision_found revision_find(struct repo *repo, Str name, struct revision *out, Str *reason);

// "A..B" and "A...B"; an empty side is HEAD. False when it is no range.
bool revision_split(Str name, Str *old, Str *new, bool *merge_base);

// The best common ancestor of two commits. *several says that there are more, as after merges
// crosswise: then it is one of them. Otherwise the reason, and what to fetch where history is cut.
enum merge_base {
    MERGE_BASE_FOUND,
    MERGE_BASE_NONE,    // they certainly have none
    MERGE_BASE_UNKNOWN, // this clone cannot tell
};
enum merge_base revision_merge_base(struct repo *repo, const struct revision *a,
                                    const struct revision *b, struct revision *out, bool *several,
                                    Str *reason);
// The branch that changes are measured against: REMOTE/HEAD, else what init.defaultBranch names,
// main or master, at the remote or here; *is_here says that it is a branch of this clone, which a
// remote need not have. False with the reason.
MUST_CHECK bool revision_default(struct repo *repo, Str remote, struct revision *out, bool *is_here,
                                 Str *reason);
// Whether this clone has a branch of a remote.
bool revision_knows_remote(struct repo *repo, Str remote);
// HEAD; before the first commit the empty tree, with an empty commit. False with the reason.
MUST_CHECK bool revision_head(struct repo *repo, struct revision *out, Str *reason);
