#pragma once
// source: one version of a project as a tree of files: a folder on disk, a single file, standard
// input, or a git revision (another set of `struct source_ops`). Paths are relative to the root,
// with '/', without "." and "..", and nothing outside the root can be read: not by "..", not by
// an absolute path, not through a symbolic link.

#include "base/diag.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "source/files.h"

#include <stdbool.h>
#include <stdint.h>

extern const struct kind source_missing;      // CG901: there is no such file
extern const struct kind source_unreadable;   // CG901: the system refuses
extern const struct kind source_not_a_file;   // CG901: a folder, a device …
extern const struct kind source_binary;       // CG901: holds NUL bytes
extern const struct kind source_outside_root; // CG904
extern const struct kind source_too_large;    // CG903
extern const struct kind source_lfs;          // CG901: a Git LFS pointer in place of the content

enum source_entry {
    SOURCE_NONE,
    SOURCE_FILE,
    SOURCE_FOLDER,
    SOURCE_OUTSIDE, // a link that leads out of the root
    SOURCE_OTHER,   // a socket, a device …
};

struct source_name {
    Str name;                // one component
    enum source_entry entry; // of what it leads to
    bool is_link;
    bool is_skipped; // walking leaves it out, a glob does not
};

struct source_names {
    VEC(struct source_name) list;
};

struct source_paths {
    VEC(Str) list;
};

struct source;

// What a kind of source can do. Paths are clean and relative; "" is the root.
struct source_ops {
    enum source_entry (*stat)(struct source *source, Str path);
    // The entries directly in a folder, in any order; nothing for what is no folder.
    void (*list)(struct source *source, Str path, struct source_names *out);
    // The bytes of a file in the arena. NULL on success, or why not; nothing larger than `max`.
    const struct kind *(*read)(struct source *source, Str path, size_t max, Str *out);
};

struct source {
    const struct source_ops *ops;
    struct arena *arena;
    struct files *files;
    Str label;   // how the user named it: a path or a revision
    Str root;    // absolute path of the root with no '/' at the end; empty when it has none
    Str only;    // the path of the one file the user named; empty for a folder
    void *state; // of the ops
    const struct limits *limits;
    struct map numbers;      // by hash of the path: what was read
    struct map folders;      // by hash of the path: folders found to be inside the root
    size_t bytes;            // read so far
    uint32_t count;          // files read so far
    struct source_paths all; // every file, once somebody has walked the whole of it
    bool is_walked;
    struct source_paths notes; // what was left out, a sentence each, for people
};

// Opens a folder, a file (the root is then its folder and `only` its name) or "-" (one file of that
// name). Reports and returns false when there is none.
MUST_CHECK bool source_open(struct run *run, struct files *files, Str path, struct source **out);

// For another implementation: a source with nothing read yet.
struct source *source_new(struct run *run, struct files *files, const struct source_ops *ops,
                          Str label, void *state);

// `path` against `folder` (both relative to the root; an absolute path must lie below source->root)
// without ".", ".." and "//". False when it leads out of the root.
bool source_join(const struct source *source, Str folder, Str path, Str *out);
// Notes what is left out, unless it has been noted.
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void source_note(struct source *source, const char *format, ...);

// The folder part of a path, "" for none; and what follows the last '/'.
Str source_folder(Str path);
Str source_base(Str path);

enum source_entry source_stat(struct source *source, Str path);
// The entries of a folder, sorted by byte order.
void source_list(struct source *source, Str folder, struct source_names *out);
// Every file below a folder ("" is walked once for everybody), in byte order of the whole path.
// Links to folders are not followed;
// ".git" and what the source skips are left out. False, and nothing in *out, when there are too
// many.
bool source_walk(struct run *run, struct source *source, Str folder, struct source_paths *out);

// Reads a file once; the second call gives the same number. What is wrong is reported at `at`, or
// at the file itself when that is no place.
MUST_CHECK bool source_read(struct run *run, struct source *source, Str path, Span at,
                            uint32_t *number);

bool source_is_glob(Str pattern); // contains * ? or [
// Whether one component matches one of a pattern: as fnmatch(3) in the C locale.
bool source_match(Str pattern, Str name);
// The files and folders that match, in byte order, as glob(3) does in the C locale: a leading dot
// is not matched by a wildcard. `pattern` is clean and relative. Nothing matched is no error.
// False, and reported at `at`, when there are more than limits.files.
bool source_glob(struct run *run, struct source *source, Str pattern, Span at,
                 struct source_paths *out);
