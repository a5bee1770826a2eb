// Commits and what they change.
#include "source/repo_handles.h"

#include "base/vec.h"

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
        out->cut = parent;
    git_commit_free(commit);
    return true;
}

struct comparing {
    struct repo *repo;
    struct repo_delta *out;
    bool failed;
};

static void compare_nodes(struct comparing *work, const struct node *old, const struct node *new,
                          Str folder, uint32_t depth);

static void compare_entries(struct comparing *work, const struct node_entry *old,
                            const struct node_entry *new, Str folder, uint32_t depth)
{
    struct arena *arena = work->repo->arena;
    if (!old || !new || old->kind != new->kind) {
        work->out->names_differ = true;
        return;
    }
    if (git_oid_equal(&old->id, &new->id))
        return;
    Str path = folder.len ? str_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(new->name))
                          : new->name;
    switch (new->kind) {
    case NODE_FOLDER:
        compare_nodes(work, repo_tree(work->repo, &old->id), repo_tree(work->repo, &new->id), path,
                      depth + 1);
        break;
    case NODE_FILE:
        *vec_push(arena, &work->out->changed) = path;
        break;
    case NODE_LINK: // leads elsewhere: as if it had another name
        work->out->names_differ = true;
        break;
    case NODE_MODULE: // not read
    case NODE_CONFLICT:
        break;
    }
}

static void compare_nodes(struct comparing *work, const struct node *old, const struct node *new,
                          Str folder, uint32_t depth)
{
    enum { DEPTH_MAX = 500 };
    uint32_t i = 0, j = 0;
    if (old->missing || new->missing || depth > DEPTH_MAX) {
        work->failed = true;
        return;
    }
    while (i < old->count || j < new->count) {
        int order = i == old->count   ? 1
                    : j == new->count ? -1
                                      : str_compare(old->items[i].name, new->items[j].name);
        const struct node_entry *a = order <= 0 ? &old->items[i++] : NULL;
        const struct node_entry *b = order >= 0 ? &new->items[j++] : NULL;
        compare_entries(work, a, b, folder, depth);
    }
}

bool repo_compare(struct repo *repo, Str old, Str new, struct repo_delta *out)
{
    static const struct node empty = { .count = 0 };
    git_oid a, b;
    struct comparing work = { .repo = repo, .out = out };
    *out = (struct repo_delta){ 0 };
    if ((old.len && !repo_id(old, &a)) || !repo_id(new, &b))
        return false;
    compare_nodes(&work, old.len ? repo_tree(repo, &a) : &empty, repo_tree(repo, &b), STR(""), 0);
    return !work.failed;
}
