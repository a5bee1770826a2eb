// The rules of a URL map: which of them takes a request.
#include "dialect/google/google.h"
#include "dialect/routes.h"

#include <stdlib.h>

struct rules {
    struct google_route *items;
    uint32_t count, capacity;
};

static void add_rule(struct google *google, struct rules *rules, struct google_route rule)
{
    rule.order = rules->count;
    if (rule.match.rest)
        *vec_push(google->model->arena, rules) = rule;
}

// The longest path first, whatever the order; of one length, the path itself.
static void read_path_rules(const struct google_map *map, struct google_route base,
                            struct rules *out)
{
    struct google *google = map->google;
    const struct data *list, *paths;
    uint32_t count = google_list(google, base.matcher, "pathRules", "pathRule", &list);
    for (uint32_t i = 0; i < count; i++) {
        struct google_route rule = base;
        rule.node = list->entries[i].value;
        uint32_t path_count = google_list(google, rule.node, "paths", NULL, &paths);
        for (uint32_t k = 0; k < path_count; k++) {
            rule.match = google_path(google, paths->entries[k].value);
            rule.rank =
                UINT32_MAX - 2 * (uint64_t)rule.match.path.len - (rule.match.match == MATCH_EXACT);
            add_rule(google, out, rule);
        }
    }
}

static uint64_t priority_of(struct google *google, const struct data *rule)
{
    const struct data *field = document_find(rule, "priority");
    uint32_t number = 0;
    if (!field || field->kind != DATA_SCALAR ||
        !(data_get_number(field, INT32_MAX, &number) ||
          str_number(field->text, INT32_MAX, &number)))
        google_complain(google, field ? field : rule, "a route rule needs a number as priority");
    return number;
}

// By priority, smaller ones first.
static void read_route_rules(const struct google_map *map, struct google_route base,
                             struct rules *out)
{
    struct google *google = map->google;
    const struct data *list, *matches;
    uint32_t count = google_list(google, base.matcher, "routeRules", "routeRule", &list);
    for (uint32_t i = 0; i < count; i++) {
        struct google_route rule = base;
        rule.node = list->entries[i].value;
        rule.rank = priority_of(google, rule.node);
        uint32_t match_count = google_list(google, rule.node, "matchRules", "matchRule", &matches);
        for (uint32_t k = 0; k < match_count; k++) {
            rule.match = google_rule(google, matches->entries[k].value);
            add_rule(google, out, rule);
        }
        if (!match_count) {
            rule.match = (struct google_match){ MATCH_ANY, STR("/"), box_all(google->model) };
            add_rule(google, out, rule);
        }
    }
}

static int by_rank(const void *a, const void *b)
{
    const struct google_route *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

// What a path matcher, or (NULL) the map itself, does for these hosts.
static void read_matcher(const struct google_map *map, const struct data *matcher, const Str *hosts,
                         uint32_t host_count, struct rules *out)
{
    struct google *google = map->google;
    struct google_route base = {
        .map = map, .matcher = matcher, .hosts = hosts, .host_count = host_count
    };
    uint32_t first = out->count;
    if (matcher) {
        read_route_rules(map, base, out);
        read_path_rules(map, base, out);
        if (out->count > first)
            qsort(out->items + first, out->count - first, sizeof *out->items, by_rank);
    }
    if (map->is_media)
        return; // nothing holds where no rule matches
    base.node = matcher ? matcher : map->root;
    base.is_default = true;
    base.match = (struct google_match){ MATCH_ANY, STR("/"), box_all(google->model) };
    if (document_find(base.node, "defaultService") ||
        document_find(base.node, "defaultRouteAction") ||
        document_find(base.node, "defaultUrlRedirect"))
        add_rule(google, out, base);
}

static const struct data *find_matcher(const struct data *list, uint32_t count, Str name)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_equal(document_text(list->entries[i].value, "name"), name))
            return list->entries[i].value;
    return NULL;
}

// The hosts of all host rules that name a path matcher; none where an earlier rule than number
// `first` names it.
static uint32_t hosts_of(struct google *google, const struct data *list, uint32_t count,
                         uint32_t first, Str **out)
{
    struct {
        VEC(Str) list;
    } hosts = { 0 };
    Str name = document_text(list->entries[first].value, "pathMatcher");
    for (uint32_t i = 0; i < count; i++) {
        const struct data *rule = list->entries[i].value, *written;
        if (!str_equal(document_text(rule, "pathMatcher"), name))
            continue;
        if (i < first)
            return 0;
        uint32_t host_count = google_list(google, rule, "hosts", NULL, &written);
        for (uint32_t k = 0; k < host_count; k++)
            *vec_push(google->model->arena, &hosts.list) = written->entries[k].value->text;
    }
    *out = hosts.list.items;
    return hosts.list.count;
}

static void read_rules(const struct google_map *map, struct rules *out)
{
    struct google *google = map->google;
    const struct data *list, *matchers;
    Str *hosts;
    uint32_t matcher_count =
        google_list(google, map->root, "pathMatchers", "pathMatcher", &matchers);
    uint32_t count = google_list(google, map->root, "hostRules", "hostRule", &list);
    for (uint32_t i = 0; i < count; i++) {
        const struct data *rule = list->entries[i].value;
        Str name = document_text(rule, "pathMatcher");
        const struct data *matcher = find_matcher(matchers, matcher_count, name);
        uint32_t host_count = matcher ? hosts_of(google, list, count, i, &hosts) : 0;
        if (!matcher)
            google_complain(google, rule, "there is no path matcher %.*s", STR_ARG(name));
        else if (host_count)
            read_matcher(map, matcher, hosts, host_count, out);
    }
    if (!map->is_media)
        read_matcher(map, NULL, NULL, 0, out);
}

void google_map_read(const struct google_map *map)
{
    struct google *google = map->google;
    struct model *model = google->model;
    struct rules rules = { 0 };
    struct routed_list parts = { 0 };
    read_rules(map, &rules);
    struct route *routes = ARENA_ARRAY(model->arena, struct route, rules.count + 1);
    for (uint32_t i = 0; i < rules.count; i++)
        routes[i] = (struct route){ rules.items[i].hosts, rules.items[i].host_count,
                                    rules.items[i].match.rest, &rules.items[i] };
    if (!routes_resolve(model, routes, rules.count, ROUTES_HOST_FIRST, WILD_ANY, map->root->span,
                        &parts)) {
        google->good = false;
        return;
    }
    for (uint32_t i = 0; i < parts.count; i++) {
        const struct box *box = map->box ? box_meet(model, parts.items[i].box, map->box) : NULL;
        if (box)
            google_serve(parts.items[i].route->owner, box);
    }
}
