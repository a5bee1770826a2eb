#include "policy/places.h"

#include "base/hash.h"
#include "base/map.h"
#include "policy/cells.h"

enum {
    STEPS_MAX = 10000000, // comparisons of places with places
    PARTS_MAX = 2000,     // places that others are split into
};

// An error: without the merge a preflight would be looked for where it is not, and the result could
// be a pass.
static const struct kind too_many_places = {
    "CG903", LEVEL_ERROR, "routes by method and header overlap in more ways than are told apart"
};
static const struct kind too_many_cases = {
    "CG903", LEVEL_WARNING, "the routes for these URLs have more cases than are told apart"
};

// URLs that the same endpoints serve.
struct atom {
    const struct box *url;
    VEC(const struct endpoint *) endpoints;
};
struct atom_list {
    struct atom **items;
    uint32_t count, capacity;
};
struct host_atoms {
    const struct fa *host; // one host
    struct atom_list atoms;
};
struct atoms {
    struct atom_list all, wide; // wide: of more than one host
    struct map by_url, by_host; // struct atom, struct host_atoms
    uint64_t steps;
    uint32_t parts;
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

// The atoms of the one host that the URLs are at; NULL: they are at several.
static struct host_atoms *atoms_at(struct model *model, struct atoms *atoms, const struct box *url)
{
    const struct fa *host = box_language(url, model->host);
    Str one;
    if (!host || !fa_is_literal(model->arena, host, &one))
        return NULL;
    uint32_t at = 0;
    for (struct host_atoms *known; (known = map_next(&atoms->by_host, fa_hash(host), &at));)
        if (known->host == host)
            return known;
    struct host_atoms *made = ARENA_NEW(model->arena, struct host_atoms);
    made->host = host;
    map_add(model->arena, &atoms->by_host, fa_hash(host), made);
    return made;
}

static struct atom *atom_new(struct model *model, struct atoms *atoms, const struct box *url)
{
    struct arena *arena = model->arena;
    struct host_atoms *here = atoms_at(model, atoms, url);
    struct atom *atom = ARENA_NEW(arena, struct atom);
    atom->url = url;
    *vec_push(arena, &atoms->all) = atom;
    *vec_push(arena, here ? &here->atoms : &atoms->wide) = atom;
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

// Splits each atom of the list that shares URLs with those `left`, and adds the endpoint to the
// shared parts; what is not shared stays in *left.
static void split_atoms(struct model *model, struct atoms *atoms, const struct atom_list *list,
                        const struct endpoint *endpoint, const struct box *url, struct boxes *left)
{
    struct arena *arena = model->arena;
    uint32_t count = list->count; // what is split off on the way shares nothing
    for (uint32_t i = 0; i < count && left->count && !atoms->full; i++) {
        struct atom *atom = list->items[i];
        const struct box *shared = box_meet(model, atom->url, url);
        atoms->full |= ++atoms->steps > STEPS_MAX;
        if (!shared)
            continue;
        struct boxes rest = { 0 }, outside = { 0 };
        for (uint32_t k = 0; k < left->count; k++)
            box_subtract(model, left->items[k], shared, &rest);
        *left = rest;
        box_subtract(model, atom->url, shared, &outside);
        atoms->parts += outside.count + left->count - 1;
        atoms->full |= atoms->parts > PARTS_MAX;
        for (uint32_t k = 0; k < outside.count; k++) {
            struct atom *part = atom_new(model, atoms, outside.items[k]);
            for (uint32_t e = 0; e < atom->endpoints.count; e++)
                *vec_push(arena, &part->endpoints) = atom->endpoints.items[e];
        }
        atom->url = shared;
        map_add(arena, &atoms->by_url, box_hash(shared), atom);
        *vec_push(arena, &atom->endpoints) = endpoint;
    }
}

// Adds the endpoint to the atoms that share URLs with it. Equal URLs, which is what there mostly
// is, are found at once; else those at the same host are looked at.
static void add(struct model *model, struct atoms *atoms, const struct endpoint *endpoint)
{
    const struct box *url = url_of(model, endpoint->box);
    struct atom *same = atom_find(atoms, url);
    if (same) {
        *vec_push(model->arena, &same->endpoints) = endpoint;
        return;
    }
    struct boxes left = { 0 };
    *vec_push(model->arena, &left) = url;
    const struct host_atoms *here = atoms_at(model, atoms, url);
    split_atoms(model, atoms, here ? &here->atoms : &atoms->all, endpoint, url, &left);
    if (here)
        split_atoms(model, atoms, &atoms->wide, endpoint, url, &left);
    for (uint32_t k = 0; k < left.count; k++) {
        struct atom *atom = atom_new(model, atoms, left.items[k]);
        *vec_push(model->arena, &atom->endpoints) = endpoint;
    }
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

static const struct endpoint *endpoint_of(struct policy *policy, const struct atom *atom)
{
    struct model *model = policy->model;
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
    if (cells.full) { // all of it is unknown then: never less than what may happen
        const struct response unknown = { .answer = ANSWER_UNKNOWN,
                                          .reason = str_from(too_many_cases.text),
                                          .identity = cells_hash(&cells),
                                          .span = made->span };
        (void)diag(model->run, &too_many_cases, made->span);
        policy_add_unknown(policy,
                           (struct unknown){ made->span, unknown.reason, unknown.identity });
        cells = (struct cells){ 0 };
        cells_add(model, &cells, made->box, &unknown);
    }
    made->cells = cells.items;
    made->cell_count = cells.count;
    made->hash = cells_hash(&cells);
    keep_hosts(model, made);
    return made;
}

bool places_merge(struct policy *policy, uint32_t from)
{
    struct model *model = policy->model;
    struct atoms atoms = { 0 };
    uint32_t kept = from;
    for (uint32_t i = from; i < policy->endpoint_count; i++) {
        const struct endpoint *endpoint = policy->endpoints[i];
        if (endpoint && url_of(model, endpoint->box) != endpoint->box)
            add(model, &atoms, endpoint);
        if (atoms.full) // they stay as they are
            return diag(model->run, &too_many_places, endpoint->span);
    }
    for (uint32_t i = from; i < policy->endpoint_count; i++) {
        const struct endpoint *endpoint = policy->endpoints[i];
        if (!endpoint || url_of(model, endpoint->box) == endpoint->box)
            policy->endpoints[kept++] = endpoint;
    }
    policy->endpoint_count = kept;
    for (uint32_t i = 0; i < atoms.all.count; i++)
        policy_add_endpoint(policy, endpoint_of(policy, atoms.all.items[i]));
    return true;
}
