#include "dialect/routes.h"

#include "base/hash.h"
#include "base/map.h"

#include <stdlib.h>

static const struct kind too_many_routes = { "CG903", LEVEL_ERROR,
                                             "more routes than corsgate tells apart" };
static const struct kind too_many_ways = {
    "CG903", LEVEL_ERROR, "routes overlap in more ways than corsgate tells apart"
};

// What the routes of one host may cost, in steps of automata: patterns that overlap in every way
// would take for ever.
enum { STEPS_MAX = 50 * 1000 * 1000 };

// ---- hosts

const struct fa *route_host(struct model *model, Str written, enum wild_labels wild)
{
    struct fa_space *fa = model->fa;
    Str host = str_lower(model->arena, written);
    if (host.len == 0 || str_is(host, "*"))
        return model->host->universe;
    bool ends_open = str_ends(host, STR("*"));
    if (ends_open || (str_starts(host, STR("*")) && !str_starts(host, STR("*.")))) {
        const struct fa *some = fa_subtract(fa, model->host->universe, fa_empty(fa));
        if (ends_open)
            return fa_concat(fa, fa_literal(fa, str_slice(host, 0, host.len - 1)), some);
        return fa_concat(fa, some, fa_literal(fa, str_slice(host, 1, host.len)));
    }
    if (!str_starts(host, STR("*.")))
        return fa_literal(fa, host);
    Str label = wild == WILD_ONE ? STR("[^.\\x00-\\x20A-Z]+") : STR("[^\\x00-\\x20A-Z]+");
    const struct fa *labels = model_pattern(model, label, REGEX_PCRE2, REGEX_FULL)->result.language;
    return fa_concat(fa, labels, fa_literal(fa, str_slice(host, 1, host.len)));
}

// A host as written, and the routes that name it.
struct node {
    Str host;            // in lower case; "*" for any
    struct node *parent; // the next less specific one that some route names
    VEC(uint32_t) routes;
    VEC(struct node *) children;
    const struct fa *language; // without what its children take
};

struct tree {
    struct model *model;
    enum wild_labels wild;
    struct map by_host;
    VEC(struct node *) nodes;
    VEC(struct node *) odd; // wildcards that are not "*.name"
};

static struct node *node_find(const struct tree *tree, Str host)
{
    uint32_t at = 0;
    struct node *node;
    while ((node = map_next(&tree->by_host, hash_str(HASH_SEED, host), &at)))
        if (str_equal(node->host, host))
            break;
    return node;
}

static bool is_odd(Str host)
{
    return host.len > 1 && !str_starts(host, STR("*.")) &&
           (host.ptr[0] == '*' || host.ptr[host.len - 1] == '*');
}

static struct node *node_get(struct tree *tree, Str written)
{
    struct arena *arena = tree->model->arena;
    Str host = written.len ? str_lower(arena, written) : STR("*");
    struct node *node = node_find(tree, host);
    if (!node) {
        node = ARENA_NEW(arena, struct node);
        node->host = host;
        map_add(arena, &tree->by_host, hash_str(HASH_SEED, host), node);
        *vec_push(arena, &tree->nodes) = node;
        if (is_odd(host))
            *vec_push(arena, &tree->odd) = node;
    }
    return node;
}

static bool is_suffix(const struct node *node) // "*.b.c", "*-x.b.c"
{
    return node->host.len > 1 && node->host.ptr[0] == '*';
}

static bool is_prefix(const struct node *node) // "a.*"
{
    return node->host.len > 1 && node->host.ptr[node->host.len - 1] == '*';
}

static bool is_wild(const struct node *node)
{
    return node->host.ptr[0] == '*' || is_prefix(node);
}

// "*.b.c" for a.b.c and for *.a.b.c ..., as far as one is named.
static struct node *parent_by_labels(const struct tree *tree, const struct node *node)
{
    Str rest = node->host, label;
    bool wild = str_eat(&rest, STR("*"));
    (void)(wild && str_eat(&rest, STR(".")));
    bool reaches = !wild || tree->wild == WILD_ANY;
    while (reaches && str_cut(rest, STR("."), &label, &rest) && rest.len) {
        struct node *parent = node_find(tree, str_concat(tree->model->arena, STR("*."), rest));
        if (parent)
            return parent;
        reaches = tree->wild == WILD_ANY;
    }
    return NULL;
}

// The next less specific host that is named.
static struct node *find_parent(const struct tree *tree, const struct node *node)
{
    if (str_is(node->host, "*"))
        return NULL;
    struct node *best = is_prefix(node) ? NULL : parent_by_labels(tree, node);
    for (uint32_t i = 0; i < tree->odd.count; i++) {
        struct node *odd = tree->odd.items[i];
        Str text = is_suffix(odd) ? str_slice(odd->host, 1, odd->host.len)
                                  : str_slice(odd->host, 0, odd->host.len - 1);
        if (odd == node || node->host.len < odd->host.len)
            continue;
        bool over = is_suffix(odd) ? !is_prefix(node) && str_ends(node->host, text)
                                   : !is_suffix(node) && str_starts(node->host, text);
        bool better = !best ||
                      (is_suffix(odd) && (!is_suffix(best) || odd->host.len > best->host.len)) ||
                      (is_prefix(odd) && is_prefix(best) && odd->host.len > best->host.len);
        if (over && better)
            best = odd;
    }
    return best ? best : node_find(tree, STR("*"));
}

static void subtract_node(struct tree *tree, struct node *from, const struct node *node)
{
    from->language = fa_subtract(tree->model->fa, from->language,
                                 route_host(tree->model, node->host, tree->wild));
}

static void subtract_children(struct tree *tree, struct node *node)
{
    struct model *model = tree->model;
    Str *names = ARENA_ARRAY(model->arena, Str, node->children.count + 1);
    uint32_t count = 0;
    node->language = route_host(model, node->host, tree->wild);
    for (uint32_t i = 0; i < node->children.count; i++) {
        const struct node *child = node->children.items[i];
        if (is_wild(child))
            subtract_node(tree, node, child);
        else
            names[count++] = child->host;
    }
    if (count)
        node->language =
            fa_subtract(model->fa, node->language, fa_literals(model->fa, names, count));
    for (uint32_t i = 0; is_prefix(node) && i < tree->nodes.count; i++)
        if (is_suffix(tree->nodes.items[i])) // a suffix is asked before a prefix
            subtract_node(tree, node, tree->nodes.items[i]);
    for (uint32_t i = 0; is_suffix(node) && i < tree->odd.count; i++) {
        const struct node *odd = tree->odd.items[i];
        if (is_suffix(odd) && odd->host.len > node->host.len &&
            str_ends(odd->host, str_slice(node->host, 1, node->host.len)))
            subtract_node(tree, node, odd);
    }
}

static void build_tree(struct tree *tree, const struct route *routes, uint32_t count)
{
    struct arena *arena = tree->model->arena;
    for (uint32_t r = 0; r < count; r++) {
        const struct route *route = &routes[r];
        if (!route->rest) // it asks for what no request is
            continue;
        for (uint32_t h = 0; h < route->host_count; h++) {
            struct node *node = node_get(tree, route->hosts[h]);
            if (!node->routes.count || node->routes.items[node->routes.count - 1] != r)
                *vec_push(arena, &node->routes) = r;
        }
        if (!route->host_count)
            *vec_push(arena, &node_get(tree, STR("*"))->routes) = r;
    }
    for (uint32_t n = 0; n < tree->nodes.count; n++) {
        struct node *node = tree->nodes.items[n];
        node->parent = find_parent(tree, node);
        if (node->parent)
            *vec_push(arena, &node->parent->children) = node;
    }
    for (uint32_t n = 0; n < tree->nodes.count; n++)
        subtract_children(tree, tree->nodes.items[n]);
}

// ---- one host: its routes in the order in which they are asked, each without those before

// A route of the list: its place, and the text with which all its paths begin.
struct asked {
    uint32_t route, order;
    Str prefix;
};
struct asked_list {
    struct asked *items;
    uint32_t count, capacity;
};

static int by_route(const void *a, const void *b)
{
    const struct asked *x = a, *y = b;
    return (x->route > y->route) - (x->route < y->route);
}

static int by_prefix(const void *a, const void *b)
{
    const struct asked *x = a, *y = b;
    int order = str_compare(x->prefix, y->prefix);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void list_routes(struct arena *arena, const struct node *node, enum routes_choice choice,
                        struct asked_list *out)
{
    for (; node; node = choice == ROUTES_HOST_FIRST ? NULL : node->parent)
        for (uint32_t i = 0; i < node->routes.count; i++) {
            bool known = false; // a route may name both a host and the wildcard over it
            for (uint32_t k = 0; choice != ROUTES_HOST_FIRST && k < out->count && !known; k++)
                known = out->items[k].route == node->routes.items[i];
            if (!known)
                *vec_push(arena, out) = (struct asked){ .route = node->routes.items[i] };
        }
    if (choice == ROUTES_FIRST && out->count)
        qsort(out->items, out->count, sizeof *out->items, by_route);
    for (uint32_t i = 0; i < out->count; i++)
        out->items[i].order = i;
}

// Earlier routes that ask for the same except the path.
struct hidden {
    const struct box *others; // what they ask for besides the path
    VEC(const struct fa *) paths;
};
struct hidden_list {
    struct hidden *items;
    uint32_t count, capacity;
};

// A union of many, halves first: the sizes stay even.
static const struct fa *union_of(struct fa_space *fa, const struct fa **paths, uint32_t count)
{
    if (count == 1)
        return paths[0];
    uint32_t half = count / 2;
    return fa_union(fa, union_of(fa, paths, half), union_of(fa, paths + half, count - half));
}

static void hide(struct model *model, struct hidden_list *list, const struct box *rest)
{
    const struct box *others = box_without(model, rest, model->path);
    struct hidden *group = NULL;
    for (uint32_t i = 0; i < list->count && !group; i++)
        if (box_equal(list->items[i].others, others))
            group = &list->items[i];
    if (!group) {
        group = vec_push(model->arena, list);
        group->others = others;
    }
    *vec_push(model->arena, &group->paths) = box_language(rest, model->path);
}

static void subtract_hidden(struct model *model, const struct box *box,
                            const struct hidden_list *list, struct boxes *out)
{
    struct boxes now = { 0 };
    *vec_push(model->arena, &now) = box;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hidden *group = &list->items[i];
        const struct box *gone =
            box_with(model, group->others, model->path,
                     union_of(model->fa, group->paths.items, group->paths.count));
        struct boxes next = { 0 };
        for (uint32_t k = 0; k < now.count && gone; k++)
            box_subtract(model, now.items[k], gone, &next);
        if (gone)
            now = next;
    }
    for (uint32_t k = 0; k < now.count; k++)
        *vec_push(model->arena, out) = now.items[k];
}

// The boxes of each asked route without the earlier ones; parts[i] is of asked.items[i]. Only
// routes of which one's prefix begins the other's can have a request in common. False when that
// costs too much.
static bool resolve_host(struct model *model, const struct route *routes, struct asked_list *asked,
                         struct boxes *parts)
{
    struct arena *arena = model->arena;
    struct hidden_list *hidden = ARENA_ARRAY(arena, struct hidden_list, asked->count + 1);
    uint32_t *above = ARENA_ARRAY(arena, uint32_t, asked->count + 1), depth = 0;
    for (uint32_t i = 0; i < asked->count; i++)
        asked->items[i].prefix =
            fa_common_prefix(arena, box_language(routes[asked->items[i].route].rest, model->path));
    if (asked->count)
        qsort(asked->items, asked->count, sizeof *asked->items, by_prefix);
    for (uint32_t i = 0; i < asked->count; i++) {
        const struct asked *one = &asked->items[i];
        while (depth && !str_starts(one->prefix, asked->items[above[depth - 1]].prefix))
            depth--;
        for (uint32_t k = 0; k < depth; k++) {
            uint32_t other = above[k];
            bool first = asked->items[other].order < one->order;
            hide(model, &hidden[first ? i : other],
                 routes[asked->items[first ? other : i].route].rest);
        }
        above[depth++] = i;
    }
    uint64_t before = fa_space_spent(model->fa);
    for (uint32_t i = 0; i < asked->count; i++) {
        if (fa_space_spent(model->fa) - before > STEPS_MAX)
            return false;
        subtract_hidden(model, routes[asked->items[i].route].rest, &hidden[i], &parts[i]);
    }
    return true;
}

// ---- parts of all hosts, those of a route with the same rest as one

struct part_draft {
    const struct box *rest;
    struct part_draft *next; // of the same route
    VEC(const struct node *) nodes;
};

static void draft_part(struct arena *arena, struct part_draft **drafts, const struct box *rest,
                       const struct node *node)
{
    struct part_draft **at = drafts;
    while (*at && !box_equal((*at)->rest, rest))
        at = &(*at)->next;
    if (!*at) {
        *at = ARENA_NEW(arena, struct part_draft);
        (*at)->rest = rest;
    }
    *vec_push(arena, &(*at)->nodes) = node;
}

static const struct fa *hosts_of(struct model *model, const struct part_draft *draft)
{
    Str *names = ARENA_ARRAY(model->arena, Str, draft->nodes.count + 1);
    uint32_t count = 0;
    const struct fa *hosts = fa_none(model->fa);
    for (uint32_t i = 0; i < draft->nodes.count; i++) {
        const struct node *node = draft->nodes.items[i];
        if (is_wild(node))
            hosts = fa_union(model->fa, hosts, node->language);
        else
            names[count++] = node->host;
    }
    return count ? fa_union(model->fa, hosts, fa_literals(model->fa, names, count)) : hosts;
}

bool routes_resolve(struct model *model, const struct route *routes, uint32_t count,
                    enum routes_choice choice, enum wild_labels wild, Span span,
                    struct routed_list *out)
{
    struct arena *arena = model->arena;
    struct tree tree = { .model = model, .wild = wild };
    struct part_draft **drafts = ARENA_ARRAY(arena, struct part_draft *, count + 1);
    build_tree(&tree, routes, count);
    for (uint32_t n = 0; n < tree.nodes.count; n++) {
        struct asked_list asked = { 0 };
        list_routes(arena, tree.nodes.items[n], choice, &asked);
        struct boxes *parts = ARENA_ARRAY(arena, struct boxes, asked.count + 1);
        if (!resolve_host(model, routes, &asked, parts))
            return diag(model->run, &too_many_ways, span);
        for (uint32_t i = 0; i < asked.count; i++)
            for (uint32_t k = 0; k < parts[i].count; k++)
                draft_part(arena, &drafts[asked.items[i].route], parts[i].items[k],
                           tree.nodes.items[n]);
    }
    for (uint32_t r = 0; r < count; r++)
        for (const struct part_draft *draft = drafts[r]; draft; draft = draft->next) {
            const struct box *box =
                box_with(model, draft->rest, model->host, hosts_of(model, draft));
            if (out->count >= model->run->limits->endpoints)
                return diag(model->run, &too_many_routes, span);
            if (box)
                *vec_push(arena, out) = (struct routed){ &routes[r], box };
        }
    return true;
}

// Parts that differ in their hosts only.
struct host_group {
    const struct box *rest;
    VEC(const struct fa *) hosts;
};

void routes_unserved(struct model *model, const struct routed_list *parts, struct boxes *out)
{
    struct arena *arena = model->arena;
    struct map by_rest = { 0 };
    VEC(struct host_group *) groups = { 0 };
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct box *rest = box_without(model, parts->items[i].box, model->host);
        uint64_t hash = box_hash(rest);
        uint32_t at = 0;
        struct host_group *group;
        while ((group = map_next(&by_rest, hash, &at)))
            if (box_equal(group->rest, rest))
                break;
        if (!group) {
            group = ARENA_NEW(arena, struct host_group);
            group->rest = rest;
            map_add(arena, &by_rest, hash, group);
            *vec_push(arena, &groups) = group;
        }
        *vec_push(arena, &group->hosts) = box_language(parts->items[i].box, model->host);
    }
    struct boxes now = { 0 };
    *vec_push(arena, &now) = box_all(model);
    for (uint32_t i = 0; i < groups.count; i++) {
        const struct host_group *group = groups.items[i];
        const struct box *gone =
            box_with(model, group->rest, model->host,
                     union_of(model->fa, group->hosts.items, group->hosts.count));
        struct boxes next = { 0 };
        for (uint32_t k = 0; k < now.count; k++)
            box_subtract(model, now.items[k], gone, &next);
        now = next;
    }
    for (uint32_t k = 0; k < now.count; k++)
        *vec_push(arena, out) = now.items[k];
}
