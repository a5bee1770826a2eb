#include "policy/places.h"

#include "base/hash.h"
#include "base/map.h"
#include "policy/cells.h"

enum { ATOMS_MAX = 4000 };

static const struct kind too_many_places = {
    "CG903", LEVEL_WARNING, "routes by method and header overlap in more ways than are told apart"
};

// URLs that the same endpoints serve.
struct atom {
    const struct box *url;
    VEC(const struct endpoint *) endpoints;
};
struct atoms {
    struct atom **items;
    uint32_t count, capacity;
    struct map by_url;
    bool full;
};

// Whether every request for one URL is alike in this.
static bool is_of_url(const struct var *var)
{
    switch (var->kind) {
    case VAR_METHOD:
    case VAR_HEADER:
    case VAR_COOKIE:
    case VAR_KEPT_ORIGIN:
        return false;
    case VAR_PORT:
    case VAR_SCHEME:
    case VAR_HOST:
    case VAR_PATH:
    case VAR_TARGET:
    case VAR_QUERY:
    case VAR_ARG:
    case VAR_ADDRESS:
    case VAR_UPSTREAM_STATUS:
    case VAR_UPSTREAM_HEADER:
    case VAR_CHOICE:
        break;
    }
    return true;
}

static const struct box *url_of(struct model *model, const struct box *box)
{
    const struct box *out = box;
    for (uint32_t i = 0; i < box->count; i++)
        if (!is_of_url(box->items[i].var))
            out = box_without(model, out, box->items[i].var);
    return out;
}

static struct atom *atom_new(struct arena *arena, struct atoms *atoms, const struct box *url)
{
    struct atom *atom = ARENA_NEW(arena, struct atom);
    atom->url = url;
    *vec_push(arena, atoms) = atom;
    map_add(arena, &atoms->by_url, box_hash(url), atom);
    return atom;
}

static struct atom *atom_find(const struct atoms *atoms, const struct box *url)
{
    uint32_t at = 0;
    struct atom *atom;
    while ((atom = map_next(&atoms->by_url, box_hash(url), &at)))
        if (box_equal(atom->url, url))
            return atom;
    return NULL;
}

// Splits every atom that shares URLs with the endpoint, and adds it to the shared parts. Equal
// URLs, which is what there mostly is, are found at once.
static void add(struct model *model, struct atoms *atoms, const struct endpoint *endpoint)
{
    struct arena *arena = model->arena;
    const struct box *url = url_of(model, endpoint->box);
    struct atom *same = atom_find(atoms, url);
    if (same) {
        *vec_push(arena, &same->endpoints) = endpoint;
        return;
    }
    struct boxes left = { 0 };
    *vec_push(arena, &left) = url;
    uint32_t count = atoms->count;
    for (uint32_t i = 0; i < count && left.count; i++) {
        struct atom *atom = atoms->items[i];
        const struct box *shared = box_meet(model, atom->url, url);
        if (!shared)
            continue;
        struct boxes rest = { 0 }, outside = { 0 };
        for (uint32_t k = 0; k < left.count; k++)
            box_subtract(model, left.items[k], shared, &rest);
        left = rest;
        box_subtract(model, atom->url, shared, &outside);
        for (uint32_t k = 0; k < outside.count; k++) {
            struct atom *part = atom_new(arena, atoms, outside.items[k]);
            for (uint32_t e = 0; e < atom->endpoints.count; e++)
                *vec_push(arena, &part->endpoints) = atom->endpoints.items[e];
        }
        atom->url = shared;
        map_add(arena, &atoms->by_url, box_hash(shared), atom);
        *vec_push(arena, &atom->endpoints) = endpoint;
    }
    for (uint32_t k = 0; k < left.count; k++) {
        struct atom *atom = atom_new(arena, atoms, left.items[k]);
        *vec_push(arena, &atom->endpoints) = endpoint;
    }
    atoms->full |= atoms->count > ATOMS_MAX;
}

// The hosts as written that some URL of the box has.
static void keep_hosts(struct model *model, struct endpoint *endpoint)
{
    const struct fa *hosts = box_language(endpoint->box, model->host);
    Str *kept = ARENA_ARRAY(model->arena, Str, endpoint->host_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < endpoint->host_count; i++) {
        Str host = endpoint->hosts[i];
        bool plain = host.len && !str_contains(host, STR("*")) && host.ptr[0] != '~';
        if (!plain || fa_accepts(hosts, str_lower(model->arena, host)))
            kept[count++] = host;
    }
    if (count) {
        endpoint->hosts = kept;
        endpoint->host_count = count;
    }
}

static const struct endpoint *endpoint_of(struct model *model, const struct atom *atom)
{
    struct endpoint *made = ARENA_NEW(model->arena, struct endpoint);
    struct cells cells = { 0 };
    struct boxes left = { 0 };
    *made = *atom->endpoints.items[0];
    made->box = atom->url;
    *vec_push(model->arena, &left) = atom->url;
    for (uint32_t e = 0; e < atom->endpoints.count; e++) {
        const struct endpoint *endpoint = atom->endpoints.items[e];
        struct boxes rest = { 0 };
        for (uint32_t c = 0; c < endpoint->cell_count; c++) {
            const struct box *box = box_meet(model, endpoint->cells[c].box, atom->url);
            if (box)
                cells_add(model, &cells, box, endpoint->cells[c].response);
        }
        for (uint32_t k = 0; k < left.count; k++)
            box_subtract(model, left.items[k], endpoint->box, &rest);
        left = rest;
    }
    const struct response nobody = { .answer = ANSWER_OWN, .status = 404, .span = made->span };
    for (uint32_t k = 0; k < left.count; k++)
        cells_add(model, &cells, left.items[k], &nobody);
    made->cells = cells.items;
    made->cell_count = cells.count;
    made->hash = cells_hash(&cells);
    keep_hosts(model, made);
    return made;
}

void places_merge(struct policy *policy, uint32_t from)
{
    struct model *model = policy->model;
    struct atoms atoms = { 0 };
    uint32_t kept = from;
    for (uint32_t i = from; i < policy->endpoint_count; i++) {
        const struct endpoint *endpoint = policy->endpoints[i];
        if (!endpoint || url_of(model, endpoint->box) == endpoint->box || atoms.full)
            policy->endpoints[kept++] = endpoint;
        else
            add(model, &atoms, endpoint);
    }
    if (atoms.full)
        (void)diag(model->run, &too_many_places, atoms.items[0]->endpoints.items[0]->span);
    policy->endpoint_count = kept;
    for (uint32_t i = 0; i < atoms.count; i++)
        policy_add_endpoint(policy, endpoint_of(model, atoms.items[i]));
}
