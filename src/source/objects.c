// Trees, blobs and the index as they are in the repository, each object read once.
#include "source/repo_handles.h"

#include "base/hash.h"
#include "base/vec.h"
#include "source/git.h"

#include <stdlib.h>
#include <string.h>

const struct kind source_absent = {
    "CG901", LEVEL_ERROR, "its object is not in this clone (run git fetch), or it is damaged"
};
const struct kind source_conflict = { "CG901", LEVEL_ERROR, "has conflicts that are not resolved" };

struct blob {
    git_oid id;
    Str text;
    const struct kind *failed;
};

static uint64_t hash_id(const git_oid *id)
{
    return hash_bytes(HASH_SEED, id->id, GIT_OID_RAWSZ);
}

// ---- folders

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct node_entry *)a)->name, ((const struct node_entry *)b)->name);
}

const struct node_entry *node_find(const struct node *node, Str name)
{
    uint32_t low = 0, high = node->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_compare(node->items[middle].name, name);
        if (order == 0)
            return &node->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static enum node_kind kind_of(unsigned mode)
{
    switch (mode & 0170000U) {
    case 0040000:
        return NODE_FOLDER;
    case 0120000:
        return NODE_LINK;
    case 0160000:
        return NODE_MODULE;
    default: // executable or not is the same
        return NODE_FILE;
    }
}

// Names that no checkout would make: git refuses them, and a path with them would mean another.
static bool is_proper(Str name)
{
    return name.len && !str_is(name, ".") && !str_is(name, "..") && !str_is_nocase(name, ".git") &&
           !memchr(name.ptr, '/', name.len);
}

// Sorts, and keeps the first of each name.
static void put_in_order(struct node *node)
{
    if (!node->count)
        return;
    qsort(node->items, node->count, sizeof *node->items, by_name);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < node->count; i++)
        if (!str_equal(node->items[i].name, node->items[kept - 1].name))
            node->items[kept++] = node->items[i];
    node->count = kept;
}

static void read_tree(struct repo *repo, struct node *node)
{
    git_tree *tree;
    if (git_tree_lookup(&tree, repo->handles->repository, &node->id) != 0) {
        node->missing = true;
        return;
    }
    size_t count = git_tree_entrycount(tree);
    node->items = ARENA_ARRAY(repo->arena, struct node_entry, count + 1);
    for (size_t i = 0; i < count; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        Str name = str_from(git_tree_entry_name(entry));
        if (!is_proper(name))
            continue;
        node->items[node->count++] = (struct node_entry){
            .name = str_copy(repo->arena, name),
            .kind = kind_of((unsigned)git_tree_entry_filemode_raw(entry)),
            .id = *git_tree_entry_id(entry),
        };
    }
    git_tree_free(tree);
    put_in_order(node);
}

const struct node *repo_tree(struct repo *repo, const git_oid *id)
{
    struct node *node;
    uint64_t hash = hash_id(id);
    for (uint32_t i = 0; (node = map_next(&repo->trees, hash, &i));)
        if (git_oid_equal(&node->id, id))
            return node;
    node = ARENA_NEW(repo->arena, struct node);
    node->id = *id;
    read_tree(repo, node);
    map_add(repo->arena, &repo->trees, hash, node);
    return node;
}

// ---- the index

enum { DEPTH_MAX = 500 }; // folders in one another; deeper ones no file system has

// A folder of the index while it is made; the vector is the node's in the end.
struct folder {
    struct node *node;
    uint32_t capacity;
};

static struct node_entry *folder_push(struct repo *repo, struct folder *folder)
{
    struct node *node = folder->node;
    struct {
        struct node_entry *items;
        uint32_t count, capacity;
    } list = { node->items, node->count, folder->capacity };
    struct node_entry *entry = vec_push(repo->arena, &list);
    node->items = list.items;
    node->count = list.count;
    folder->capacity = list.capacity;
    return entry;
}

// The chain of open folders, from the root down to the one of the last path.
struct chain {
    struct folder folders[DEPTH_MAX + 1];
    Str names[DEPTH_MAX + 1]; // of the folders; names[0] is the root's
    uint32_t depth;
};

static void index_add(struct repo *repo, struct chain *chain, const git_index_entry *entry)
{
    Str rest = str_copy(repo->arena, str_from(entry->path)), name;
    uint32_t depth = 0;
    while (str_cut(rest, STR("/"), &name, &rest)) {
        if (!is_proper(name) || depth + 1 > DEPTH_MAX)
            return;
        if (depth + 1 > chain->depth || !str_equal(chain->names[depth + 1], name)) {
            struct node *node = ARENA_NEW(repo->arena, struct node);
            struct node_entry *made = folder_push(repo, &chain->folders[depth]);
            *made = (struct node_entry){ .name = name, .kind = NODE_FOLDER, .folder = node };
            chain->folders[depth + 1] = (struct folder){ .node = node };
            chain->names[depth + 1] = name;
            chain->depth = depth + 1;
        }
        depth++;
    }
    chain->depth = depth;
    if (!is_proper(rest))
        return;
    struct node_entry *made = folder_push(repo, &chain->folders[depth]);
    *made = (struct node_entry){ .name = rest, .kind = kind_of(entry->mode), .id = entry->id };
    if (git_index_entry_stage(entry) > 0)
        made->kind = NODE_CONFLICT;
}

static void index_finish(struct node *node, uint32_t depth)
{
    put_in_order(node);
    for (uint32_t i = 0; i < node->count && depth < DEPTH_MAX; i++)
        if (node->items[i].folder)
            index_finish(node->items[i].folder, depth + 1);
}

const struct node *repo_index_tree(struct repo *repo, Str *reason)
{
    if (!repo_index_open(repo, reason))
        return NULL;
    struct chain *chain = ARENA_NEW(repo->arena, struct chain);
    struct node *root = ARENA_NEW(repo->arena, struct node);
    chain->folders[0] = (struct folder){ .node = root };
    git_index *index = repo->handles->index;
    for (size_t i = 0; i < git_index_entrycount(index); i++) {
        const git_index_entry *entry = git_index_get_byindex(index, i);
        if (!(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)) // nothing of it is staged
            index_add(repo, chain, entry);
    }
    index_finish(root, 0);
    return root;
}

// ---- blobs

static const struct kind *read_blob(struct repo *repo, struct blob *blob, size_t max)
{
    git_odb *odb = repo->handles->odb;
    size_t size;
    git_object_t type;
    git_odb_object *object;
    if (git_odb_read_header(&size, &type, odb, &blob->id) != 0 || type != GIT_OBJECT_BLOB)
        return &source_absent;
    if (size > max)
        return &source_too_large;
    if (git_odb_read(&object, odb, &blob->id) != 0)
        return &source_absent;
    blob->text = str_copy(repo->arena, (Str){ git_odb_object_data(object), size });
    git_odb_object_free(object);
    return NULL;
}

static struct blob *find_blob(struct repo *repo, const git_oid *id)
{
    struct blob *blob;
    for (uint32_t i = 0; (blob = map_next(&repo->blobs, hash_id(id), &i));)
        if (git_oid_equal(&blob->id, id))
            break;
    return blob;
}

bool repo_blob_was_read(struct repo *repo, const git_oid *id)
{
    return find_blob(repo, id);
}

const struct kind *repo_blob(struct repo *repo, const git_oid *id, size_t max, Str *out)
{
    struct blob *blob = find_blob(repo, id);
    if (!blob) {
        blob = ARENA_NEW(repo->arena, struct blob);
        blob->id = *id;
        blob->failed = &source_too_large; // until it is known
        map_add(repo->arena, &repo->blobs, hash_id(id), blob);
    }
    if (blob->failed == &source_too_large) // than another limit, perhaps
        blob->failed = read_blob(repo, blob, max);
    if (!blob->failed && blob->text.len > max)
        return &source_too_large;
    *out = blob->text;
    return blob->failed;
}
