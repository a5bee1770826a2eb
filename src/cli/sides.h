#pragma once
// sides: which two versions `diff` compares, found from its arguments as git would find them.

#include "cli/command.h"
#include "source/revision.h"

enum side_kind {
    SIDE_PATH,     // a file, a folder or standard input
    SIDE_REVISION, // a commit or a tree of the repository
    SIDE_INDEX,
    SIDE_WORKTREE,
};

struct side {
    enum side_kind kind;
    Str label;                // how reports name it
    struct revision revision; // of SIDE_REVISION
};

struct sides {
    struct side old, new;
    const Str *paths; // behind the versions, as written
    uint32_t path_count;
};

struct sides_list {
    VEC(struct sides) list;
};

// The comparisons that the arguments ask for: one, or with --pre-push one for each commit that is
// pushed. False when they make no sense, which is said.
MUST_CHECK bool sides_find(struct command_run *command, struct sides_list *out);

// A revision of the repository by its name. False when there is none, which is said.
MUST_CHECK bool sides_revision(struct command_run *command, Str name, struct side *out);
// Whether a side is of the repository, so that its root is the top of that.
bool side_is_git(const struct side *side);
// A path of the command line (relative to the current folder) from the top of the repository; false
// when it lies outside.
bool sides_path(struct repo *repo, Str argument, Str *out);
