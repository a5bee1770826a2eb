#pragma once
// version: one version of a project as a command reads it: its files, its configuration file, its
// policy, and what was wrong.

#include "cli/command.h"
#include "cli/config.h"
#include "source/revision.h"

// What the versions of one run share.
struct workspace {
    struct command_run *command;
    struct files *files;
    struct model *model;
    struct origin_space *space;
};

struct version {
    struct source *source;
    const Str *paths; // what of it is read, from its root; none: everything
    uint32_t path_count;
    bool is_void; // paths were asked for, and it has none of them
    struct config config;
    const struct config *judge;   // says who is trusted, which levels count, what is waived; of the
                                  // old version of a comparison, NULL: its own
    struct dialect_result result; // policy and files
    bool complete;                // everything that was asked for could be read
    uint32_t first_file;          // its files have numbers from here on
    struct diag *diags;
    uint32_t diag_count;
};

// The configuration that judges what becomes of a version.
const struct config *version_judge(const struct version *version);

struct workspace workspace_new(struct command_run *command);

// Opens `path` (a folder or a file, or "-") as the root. False when there is none, which is said.
MUST_CHECK bool version_open(struct workspace *workspace, Str path, struct version *out);
// Opens what the arguments of a command name: a folder as the root, files below the current folder
// as that, so that people see the paths that they know.
MUST_CHECK bool version_open_paths(struct workspace *workspace, const Str *arguments,
                                   uint32_t count, struct version *out);

// Opens a tree of the repository, its index, or its whole working tree, in which `named` paths are
// read even if git ignores them. False when it cannot be, which is said.
MUST_CHECK bool version_open_revision(struct workspace *workspace, const struct revision *revision,
                                      struct version *out);
MUST_CHECK bool version_open_index(struct workspace *workspace, struct version *out);
void version_open_worktree(struct workspace *workspace, const Str *named, uint32_t count,
                           struct version *out);
// Says, unless --quiet, what was left out of a version and not of the other one (or NULL).
void version_remark_notes(struct workspace *workspace, const struct version *version,
                          const struct version *other);

// Restricts it to those of some paths (from its root) that it has.
void version_restrict(struct workspace *workspace, struct version *version, const Str *paths,
                      uint32_t count);

enum broken_config { BROKEN_CONFIG_FAILS, BROKEN_CONFIG_IGNORED };
// Finds and reads the configuration file. False when it is wrong, which is said.
MUST_CHECK bool version_configure(struct workspace *workspace, struct version *version,
                                  enum broken_config broken);
// Reads it. What is wrong is in version->diags. What is the same in the version that it is compared
// with (NULL: none) may be left out of both.
void version_load(struct workspace *workspace, struct version *version, struct version *other);
// Puts the layers of a version that was loaded on top of each other (policy/compose.h), in the
// order of its configuration. Of two versions that are compared, after both were loaded.
void version_compose(struct workspace *workspace, struct version *version);
// Whether there was nothing to read at all. That alone is then no complaint any more: the caller
// decides what it means.
bool version_is_empty(struct version *version);
// Says that there is no configuration in what the arguments name.
enum exit_status version_fail_empty(struct workspace *workspace, const Str *arguments,
                                    uint32_t count);
// Says the diagnostics of the run from that number on, which are about no version.
void version_complain_since(struct workspace *workspace, uint32_t before);
// Says the diagnostics of a version on standard error, in order and each once.
void version_complain(struct workspace *workspace, const struct version *version);
// A file of the version could not be read or parsed, so that there is no verdict. Those for which
// `other` (may be NULL) has the same complaint about the same bytes do not count.
bool version_is_broken(const struct workspace *workspace, const struct version *version,
                       const struct version *other);
