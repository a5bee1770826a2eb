// Commits and what they change.
#include "source/repo_handles.h"

#include <stdlib.h>
#include <time.h>

static Str iso_date(struct arena *arena, const git_time *when)
{
    time_t shifted = (time_t)(when->time + (git_time_t)when->offset * 60);
    struct tm parts;
    char text[64];
    if (!gmtime_r(&shifted, &parts) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts))
        return STR("");
    int minutes = abs(when->offset);
    return str_format(arena, "%s%c%02d:%02d", text, when->offset < 0 ? '-' : '+', minutes / 60,
                      minutes % 60);
}

// Whether a commit has a parent by its own text: from libgit2 1.7 on, those that a shallow clone
// does not hold are not listed.
static bool names_parent(git_commit *commit)
{
    git_buf field = { 0 };
    bool named = git_commit_header_field(&field, commit, "parent") == 0;
    git_buf_dispose(&field);
    return named;
}

bool repo_commit_get(struct repo *repo, Str id, struct repo_commit *out)
{
    struct arena *arena = repo->arena;
    git_commit *commit;
    git_oid oid;
    if (!repo_id(id, &oid) || git_commit_lookup(&commit, repo->handles->repository, &oid) != 0)
        return false;
    const git_signature *author = git_commit_author(commit);
    const char *subject = git_commit_summary(commit);
    *out = (struct repo_commit){
        .id = repo_hex(arena, &oid),
        .tree = repo_hex(arena, git_commit_tree_id(commit)),
        .author = str_copy(arena, str_from(author->name)),
        .date = iso_date(arena, &author->when),
        .subject = str_copy(arena, str_from(subject ? subject : "")),
    };
    const git_oid *parent = git_commit_parent_id(commit, 0);
    if (parent && repo_has(repo, parent))
        out->parent = repo_hex(arena, parent);
    else
        out->cut = names_parent(commit);
    git_commit_free(commit);
    return true;
}

enum { DEPTH_MAX = 500 }; // folders in one another; deeper ones no file system has

static bool same_nodes(struct repo *repo, const struct node *known, const struct node *other,
                       uint32_t depth);

static bool same_entries(struct repo *repo, const struct node_entry *known,
                         const struct node_entry *other, uint32_t depth)
{
    if (known->kind != other->kind || !str_equal(known->name, other->name))
        return false;
    if (git_oid_equal(&known->id, &other->id))
        return true;
    switch (known->kind) {
    case NODE_FOLDER:
        return same_nodes(repo, repo_tree(repo, &known->id), repo_tree(repo, &other->id),
                          depth + 1);
    case NODE_FILE:
    case NODE_CONFLICT:
        return !repo_blob_was_read(repo, &known->id);
    case NODE_LINK: // leads elsewhere: as if it had another name
        return false;
    case NODE_MODULE: // is not read
        break;
    }
    return true;
}

static bool same_nodes(struct repo *repo, const struct node *known, const struct node *other,
                       uint32_t depth)
{
    bool same = known->count == other->count && !known->missing && !other->missing;
    for (uint32_t i = 0; i < known->count && same; i++)
        same = depth < DEPTH_MAX && same_entries(repo, &known->items[i], &other->items[i], depth);
    return same;
}

bool repo_reads_same(struct repo *repo, Str known, Str other)
{
    git_oid a, b;
    return str_equal(known, other) ||
           (repo_id(known, &a) && repo_id(other, &b) &&
            same_nodes(repo, repo_tree(repo, &a), repo_tree(repo, &b), 0));
}
