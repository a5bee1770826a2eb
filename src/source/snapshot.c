// A tree or an index as a source. Links inside are followed as a file system would follow them in a
// checkout; one that leads out of the root leads to SOURCE_OUTSIDE.
#include "source/git.h"

#include "source/disk.h"
#include "source/repo_handles.h"

#include <string.h>

enum { LINKS_MAX = 40, LINK_BYTES = 4096, DEPTH_MAX = 500 };

struct snapshot {
    struct repo *repo;
    const struct node *root;
};

// Where a path leads.
struct found {
    enum source_entry entry;
    const struct node *folder; // of SOURCE_FOLDER
    git_oid id;                // of SOURCE_FILE
    const struct kind *failed; // what is special about the file
};

static const struct node *folder_of(struct repo *repo, const struct node_entry *entry)
{
    return entry->folder ? entry->folder : repo_tree(repo, &entry->id);
}

// A path on its way: the folders passed, and what is still to be walked.
struct walk {
    struct snapshot *snapshot;
    const struct node *folders[DEPTH_MAX];
    uint32_t depth;
    Str rest;
    uint32_t links;
};

static bool next_part(Str *rest, Str *part)
{
    while (rest->len) {
        if (!str_cut(*rest, STR("/"), part, rest)) {
            *part = *rest;
            *rest = (Str){ NULL, 0 };
        }
        if (part->len && !str_is(*part, "."))
            return true;
    }
    return false;
}

static void follow_link(struct source *source, struct walk *walk, const struct node_entry *entry,
                        struct found *out)
{
    Str target;
    const struct kind *failed = repo_blob(walk->snapshot->repo, &entry->id, LINK_BYTES, &target);
    if (failed || target.len == 0 || memchr(target.ptr, '\0', target.len)) {
        *out = (struct found){ .entry = failed ? SOURCE_OTHER : SOURCE_NONE };
        walk->rest = (Str){ NULL, 0 };
    } else if (target.ptr[0] == '/') {
        *out = (struct found){ .entry = SOURCE_OUTSIDE };
        walk->rest = (Str){ NULL, 0 };
    } else if (++walk->links > LINKS_MAX) {
        *out = (struct found){ .entry = SOURCE_NONE };
        walk->rest = (Str){ NULL, 0 };
    } else {
        walk->rest = str_format(source->arena, "%.*s/%.*s", STR_ARG(target), STR_ARG(walk->rest));
    }
}

// Goes one part on. False when the walk has come to its end, *out.
static bool step(struct source *source, struct walk *walk, Str part, struct found *out)
{
    const struct node *here = walk->folders[walk->depth - 1];
    *out = (struct found){ .entry = SOURCE_NONE };
    if (str_is(part, "..")) {
        if (walk->depth == 1)
            out->entry = SOURCE_OUTSIDE;
        else
            walk->depth--;
        return out->entry == SOURCE_NONE;
    }
    const struct node_entry *entry = node_find(here, part);
    if (!entry)
        return false;
    switch (entry->kind) {
    case NODE_FOLDER:
        if (walk->depth == DEPTH_MAX)
            return false;
        walk->folders[walk->depth++] = folder_of(walk->snapshot->repo, entry);
        return true;
    case NODE_LINK:
        follow_link(source, walk, entry, out);
        return walk->rest.len > 0;
    case NODE_MODULE:
        out->entry = SOURCE_OTHER;
        return false;
    case NODE_FILE:
    case NODE_CONFLICT:
        break;
    }
    Str rest = walk->rest, more;
    if (!next_part(&rest, &more)) // else there is nothing below a file
        *out = (struct found){ .entry = SOURCE_FILE, .id = entry->id };
    if (entry->kind == NODE_CONFLICT)
        out->failed = &source_conflict;
    return false;
}

static struct found resolve(struct source *source, Str path)
{
    struct walk walk = { .snapshot = source->state, .depth = 1, .rest = path };
    struct found out = { .entry = SOURCE_NONE };
    Str part;
    walk.folders[0] = walk.snapshot->root;
    while (next_part(&walk.rest, &part))
        if (!step(source, &walk, part, &out))
            return out;
    const struct node *folder = walk.folders[walk.depth - 1];
    return (struct found){ .entry = SOURCE_FOLDER, .folder = folder };
}

static enum source_entry stat_path(struct source *source, Str path)
{
    return resolve(source, path).entry;
}

static enum source_entry entry_of(struct source *source, Str folder, const struct node_entry *entry)
{
    switch (entry->kind) {
    case NODE_FILE:
    case NODE_CONFLICT:
        return SOURCE_FILE;
    case NODE_FOLDER:
        return SOURCE_FOLDER;
    case NODE_LINK:
        return stat_path(source, source_under(source->arena, folder, entry->name));
    case NODE_MODULE:
        break;
    }
    return SOURCE_OTHER;
}

static void list(struct source *source, Str path, struct source_names *out)
{
    struct found found = resolve(source, path);
    if (found.entry != SOURCE_FOLDER)
        return;
    if (found.folder->missing)
        source_note(source, "the folder %.*s is not in this clone and is not read", STR_ARG(path));
    for (uint32_t i = 0; i < found.folder->count; i++) {
        const struct node_entry *entry = &found.folder->items[i];
        struct source_name *name = vec_push(source->arena, &out->list);
        name->name = entry->name;
        name->entry = entry_of(source, path, entry);
        name->is_link = entry->kind == NODE_LINK;
        if (entry->kind == NODE_MODULE)
            source_note(source, "the submodule %.*s is not read",
                        STR_ARG(source_under(source->arena, path, entry->name)));
    }
}

static const struct kind *read_file(struct source *source, Str path, size_t max, Str *out)
{
    const struct snapshot *snapshot = source->state;
    struct found found = resolve(source, path);
    switch (found.entry) {
    case SOURCE_FILE:
        return found.failed ? found.failed : repo_blob(snapshot->repo, &found.id, max, out);
    case SOURCE_NONE:
        return &source_missing;
    case SOURCE_OUTSIDE:
        return &source_outside_root;
    case SOURCE_FOLDER:
    case SOURCE_OTHER:
        break;
    }
    return &source_not_a_file;
}

static const struct source_ops source_snapshot = { .stat = stat_path,
                                                   .list = list,
                                                   .read = read_file };

static struct source *open_root(struct run *run, struct files *files, struct repo *repo, Str label,
                                const struct node *root)
{
    struct snapshot *snapshot = ARENA_NEW(run->arena, struct snapshot);
    *snapshot = (struct snapshot){ repo, root };
    return source_new(run, files, &source_snapshot, label, snapshot);
}

bool source_open_tree(struct run *run, struct files *files, struct repo *repo, Str label, Str tree,
                      Str path, struct source **out)
{
    static const struct node empty = { .count = 0 };
    const struct node *root = &empty;
    git_oid id;
    if (tree.len) {
        root = repo_id(tree, &id) ? repo_tree(repo, &id) : NULL;
        if (!root || root->missing)
            return diag(run, &source_absent, files_whole(files_add(files, label, STR(""))));
    }
    *out = open_root(run, files, repo, label, root);
    (*out)->only = path;
    return true;
}

bool source_open_index(struct run *run, struct files *files, struct repo *repo, Str label,
                       struct source **out, Str *reason)
{
    const struct node *root = repo_index_tree(repo, reason);
    if (!root)
        return false;
    *out = open_root(run, files, repo, label, root);
    return true;
}
