#include "dialect/kong/router.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static const struct kind too_many = { "CG903", LEVEL_ERROR,
                                      "more routes than corsgate tells apart" };

// ---- asks: routes, apart for paths of different rank

static uint64_t weight_of(const struct kong_route *route)
{
    return (uint64_t)(route->methods != NULL) + (route->hosts.count > 0) +
           (route->headers.count > 0) + (route->paths.count > 0) +
           (route->unknown.len > 0 && !route->has_expression);
}

static struct kong_ask *ask_new(struct arena *arena, const struct kong_route *route)
{
    struct kong_ask *ask = ARENA_NEW(arena, struct kong_ask);
    ask->route = route;
    bool plain = route->hosts.count > 0;
    for (uint32_t i = 0; i < route->hosts.count; i++)
        plain &= !str_contains(route->hosts.items[i], STR("*"));
    ask->rank[0] = route->has_expression ? 255 : weight_of(route);
    ask->rank[1] = plain;
    ask->rank[2] = route->headers.count;
    return ask;
}

// The ask of the list that paths of this kind and length belong to.
static struct kong_ask *ask_for(struct arena *arena, const struct kong_route *route,
                                const struct kong_path *path, struct kong_ask **own,
                                uint32_t *count)
{
    uint64_t length = path->is_regex ? 0 : path->text.len;
    for (uint32_t i = 0; i < *count; i++)
        if (own[i]->rank[3] == (uint64_t)path->is_regex && own[i]->rank[5] == length)
            return own[i];
    struct kong_ask *ask = ask_new(arena, route);
    ask->rank[3] = path->is_regex;
    ask->rank[4] = path->is_regex ? route->regex_priority : 0;
    ask->rank[5] = length;
    own[(*count)++] = ask;
    return ask;
}

static int by_rank(const void *a, const void *b)
{
    const struct kong_ask *x = *(const struct kong_ask *const *)a;
    const struct kong_ask *y = *(const struct kong_ask *const *)b;
    for (size_t i = 0; i < sizeof x->rank / sizeof *x->rank; i++)
        if (x->rank[i] != y->rank[i])
            return x->rank[i] > y->rank[i] ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
    const struct kong_ask *x = *(const struct kong_ask *const *)a;
    const struct kong_ask *y = *(const struct kong_ask *const *)b;
    return (x->order > y->order) - (x->order < y->order);
}

struct all_asks {
    struct kong_ask **items;
    uint32_t count, capacity;
};

static void list_asks(struct kong *kong, struct all_asks *out)
{
    struct arena *arena = kong->model->arena;
    for (uint32_t r = 0; r < kong->routes.count; r++) {
        const struct kong_route *route = kong->routes.items[r];
        struct kong_ask **own = ARENA_ARRAY(arena, struct kong_ask *, route->paths.count + 1);
        uint32_t count = 0;
        for (uint32_t p = 0; p < route->paths.count; p++) {
            const struct kong_path *path = &route->paths.items[p];
            struct kong_ask *ask = ask_for(arena, route, path, own, &count);
            *vec_push(arena, &ask->paths) = path;
        }
        if (!count)
            own[count++] = ask_new(arena, route);
        for (uint32_t i = 0; i < count; i++) {
            own[i]->order = out->count;
            *vec_push(arena, out) = own[i];
        }
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_rank);
    for (uint32_t i = 0; i < out->count; i++)
        out->items[i]->order = i;
}

// In order, each once.
static void tidy(struct kong_asks *asks)
{
    if (asks->count)
        qsort(asks->items, asks->count, sizeof *asks->items, by_order);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < asks->count; i++)
        if (!kept || asks->items[kept - 1] != asks->items[i])
            asks->items[kept++] = asks->items[i];
    asks->count = kept;
}

static void append(struct arena *arena, struct kong_asks *to, const struct kong_asks *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        *vec_push(arena, to) = from->items[i];
}

// ---- hosts

// A host as routes write it, without a port, and who writes it.
struct host_pattern {
    Str text;
    const struct fa *language; // of a wildcard
    struct kong_asks asks;
};

struct hosts {
    struct kong *kong;
    struct map by_text;
    VEC(struct host_pattern *) plain, wild;
    struct kong_asks any;
};

static Str without_port(Str host, Str *port)
{
    Str name, rest;
    uint32_t number;
    *port = STR("");
    if (!str_cut(host, STR(":"), &name, &rest) || !str_number(rest, 65535, &number))
        return host;
    *port = rest;
    return name;
}

static const struct fa *wild_language(struct model *model, Str text)
{
    struct fa_space *fa = model->fa;
    Str head, tail;
    if (!str_cut(text, STR("*"), &head, &tail))
        return fa_literal(fa, text);
    const struct fa *some = fa_subtract(fa, fa_all(fa), fa_empty(fa));
    const struct fa *out = fa_concat(fa, fa_literal(fa, head), some);
    return fa_intersect(fa, fa_concat(fa, out, fa_literal(fa, tail)), model->host->universe);
}

static struct host_pattern *pattern_get(struct hosts *hosts, Str text)
{
    struct arena *arena = hosts->kong->model->arena;
    uint64_t hash = hash_str(HASH_SEED, text);
    uint32_t at = 0;
    struct host_pattern *pattern;
    while ((pattern = map_next(&hosts->by_text, hash, &at)))
        if (str_equal(pattern->text, text))
            return pattern;
    pattern = ARENA_NEW(arena, struct host_pattern);
    pattern->text = text;
    map_add(arena, &hosts->by_text, hash, pattern);
    if (str_contains(text, STR("*"))) {
        pattern->language = wild_language(hosts->kong->model, text);
        *vec_push(arena, &hosts->wild) = pattern;
    } else {
        *vec_push(arena, &hosts->plain) = pattern;
    }
    return pattern;
}

static void list_hosts(struct hosts *hosts, const struct all_asks *asks)
{
    struct arena *arena = hosts->kong->model->arena;
    for (uint32_t i = 0; i < asks->count; i++) {
        const struct kong_route *route = asks->items[i]->route;
        Str port;
        for (uint32_t h = 0; h < route->hosts.count; h++) {
            Str name = without_port(route->hosts.items[h], &port);
            *vec_push(arena, &pattern_get(hosts, name)->asks) = asks->items[i];
        }
        if (!route->hosts.count)
            *vec_push(arena, &hosts->any) = asks->items[i];
    }
}

static void add_hosts(struct hosts *hosts, struct map *known, Str name, const struct fa *language,
                      struct kong_asks *asks, struct kong_hosts_list *out)
{
    struct model *model = hosts->kong->model;
    uint64_t hash = HASH_SEED;
    tidy(asks);
    for (uint32_t i = 0; i < asks->count; i++)
        hash = hash_u64(hash, asks->items[i]->order);
    uint32_t at = 0;
    uintptr_t number = 0;
    void *found;
    while ((found = map_next(known, hash, &at))) {
        number = *(uint32_t *)found;
        const struct kong_asks *other = &out->items[number].asks;
        if (other->count == asks->count &&
            (!asks->count ||
             memcmp(other->items, asks->items, asks->count * sizeof *asks->items) == 0))
            break;
    }
    if (!found) {
        uint32_t *place = ARENA_NEW(model->arena, uint32_t);
        *place = out->count;
        number = *place;
        map_add(model->arena, known, hash, place);
        *vec_push(model->arena, out) =
            (struct kong_hosts){ .language = fa_none(model->fa), .asks = *asks, .hash = hash };
    }
    struct kong_hosts *group = &out->items[number];
    *vec_push(model->arena, &group->names) = name;
    if (language)
        group->language = fa_union(model->fa, group->language, language);
}

// A part of the hosts that no route names by itself.
struct rest {
    const struct fa *language;
    Str name;
    struct kong_asks asks;
};
struct rests {
    struct rest *items;
    uint32_t count, capacity;
};

static void split_rest(struct hosts *hosts, const struct fa *named, struct rests *out)
{
    struct model *model = hosts->kong->model;
    struct rest all = { fa_subtract(model->fa, model->host->universe, named), STR("*"), { 0 } };
    append(model->arena, &all.asks, &hosts->any);
    *vec_push(model->arena, out) = all;
    for (uint32_t w = 0; w < hosts->wild.count; w++) {
        const struct host_pattern *wild = hosts->wild.items[w];
        for (uint32_t i = 0, count = out->count; i < count; i++) {
            struct rest *one = &out->items[i];
            const struct fa *in = fa_intersect(model->fa, one->language, wild->language);
            const struct fa *left = fa_subtract(model->fa, one->language, wild->language);
            if (fa_is_none(in))
                continue;
            struct rest inside = { in, wild->text, { 0 } };
            append(model->arena, &inside.asks, &one->asks);
            append(model->arena, &inside.asks, &wild->asks);
            one->language = left;
            if (fa_is_none(left))
                *one = inside;
            else
                *vec_push(model->arena, out) = inside;
        }
    }
}

bool kong_split_hosts(struct kong *kong, struct kong_hosts_list *out)
{
    struct model *model = kong->model;
    struct hosts hosts = { .kong = kong };
    struct all_asks asks = { 0 };
    struct map known = { 0 };
    list_asks(kong, &asks);
    list_hosts(&hosts, &asks);
    uint64_t most = (uint64_t)model->run->limits->endpoints * 64;
    if ((uint64_t)hosts.plain.count * (hosts.any.count + 1) > most)
        return diag(model->run, &too_many, kong->root->span);
    Str *names = ARENA_ARRAY(model->arena, Str, hosts.plain.count + 1);
    for (uint32_t i = 0; i < hosts.plain.count; i++)
        names[i] = hosts.plain.items[i]->text;
    const struct fa *named = fa_literals(model->fa, names, hosts.plain.count);
    for (uint32_t i = 0; i < hosts.plain.count; i++) {
        struct kong_asks all = { 0 };
        append(model->arena, &all, &hosts.plain.items[i]->asks);
        for (uint32_t w = 0; w < hosts.wild.count; w++)
            if (fa_accepts(hosts.wild.items[w]->language, names[i]))
                append(model->arena, &all, &hosts.wild.items[w]->asks);
        append(model->arena, &all, &hosts.any);
        add_hosts(&hosts, &known, names[i], NULL, &all, out);
    }
    for (uint32_t i = 0; i < out->count; i++)
        out->items[i].language =
            fa_literals(model->fa, out->items[i].names.items, out->items[i].names.count);
    struct rests rests = { 0 };
    split_rest(&hosts, named, &rests);
    for (uint32_t i = 0; i < rests.count; i++)
        add_hosts(&hosts, &known, rests.items[i].name, rests.items[i].language,
                  &rests.items[i].asks, out);
    return true;
}

const struct fa *kong_ports(struct kong *kong, const struct kong_route *route,
                            const struct kong_hosts *hosts)
{
    struct fa_space *fa = kong->model->fa;
    const struct fa *ports = fa_none(fa);
    for (uint32_t i = 0; i < route->hosts.count; i++) {
        Str port, name = without_port(route->hosts.items[i], &port);
        if (fa_is_disjoint(fa, wild_language(kong->model, name), hosts->language))
            continue;
        if (!port.len)
            return NULL;
        ports = fa_union(fa, ports, fa_literal(fa, port));
    }
    return route->hosts.count ? ports : NULL;
}

// ---- paths

struct prefix {
    Str text;
    const struct kong_ask *ask;
};
struct prefixes {
    struct prefix *items;
    uint32_t count, capacity;
};

static int by_text(const void *a, const void *b)
{
    const struct prefix *x = a, *y = b;
    int order = str_compare(x->text, y->text);
    return order ? order : (x->ask->order > y->ask->order) - (x->ask->order < y->ask->order);
}

// A prefix that is told apart, with what stands in it and is told apart, too.
struct stem {
    Str text;
    struct kong_asks asks;
    VEC(Str) inner;
};

static const struct fa *below(struct fa_space *fa, const Str *texts, uint32_t count)
{
    return fa_concat(fa, fa_literals(fa, texts, count), fa_all(fa));
}

static void close_stem(struct model *model, const struct stem *stem, struct kong_paths_list *out)
{
    struct fa_space *fa = model->fa;
    struct kong_paths *paths = vec_push(model->arena, out);
    const struct fa *all = stem->text.len ? below(fa, &stem->text, 1) : model->path->universe;
    paths->text = stem->text.len ? stem->text : STR("/");
    paths->match = stem->text.len ? MATCH_PREFIX : MATCH_ANY;
    paths->language = stem->inner.count
                          ? fa_subtract(fa, all, below(fa, stem->inner.items, stem->inner.count))
                          : all;
    paths->asks = stem->asks;
}

// In byte order, whatever stands below a prefix follows it.
static void split_prefixes(struct model *model, struct prefixes *prefixes,
                           const struct kong_asks *any, struct kong_paths_list *out)
{
    struct arena *arena = model->arena;
    VEC(struct stem) open = { 0 };
    struct stem root = { .text = STR("") };
    append(arena, &root.asks, any);
    *vec_push(arena, &open) = root;
    if (prefixes->count)
        qsort(prefixes->items, prefixes->count, sizeof *prefixes->items, by_text);
    for (uint32_t i = 0; i < prefixes->count; i++) {
        const struct prefix *prefix = &prefixes->items[i];
        while (!str_starts(prefix->text, open.items[open.count - 1].text))
            close_stem(model, &open.items[--open.count], out);
        struct stem *top = &open.items[open.count - 1];
        if (!str_equal(top->text, prefix->text)) {
            struct stem stem = { .text = prefix->text };
            append(arena, &stem.asks, &top->asks);
            *vec_push(arena, &top->inner) = prefix->text;
            *vec_push(arena, &open) = stem;
            top = &open.items[open.count - 1];
        }
        *vec_push(arena, &top->asks) = prefix->ask;
    }
    while (open.count)
        close_stem(model, &open.items[--open.count], out);
}

// Tells apart what an expression matches. False when there are too many parts.
static bool split_regex(struct kong *kong, const struct kong_ask *ask, const struct kong_path *path,
                        const struct fa *language, struct kong_paths_list *out)
{
    struct model *model = kong->model;
    for (uint32_t i = 0, count = out->count; i < count; i++) {
        struct kong_paths *one = &out->items[i];
        if (fa_is_disjoint(model->fa, one->language, language))
            continue;
        const struct fa *in = fa_intersect(model->fa, one->language, language);
        const struct fa *left = fa_subtract(model->fa, one->language, language);
        if (out->count >= model->run->limits->endpoints)
            return diag(model->run, &too_many, path->span);
        struct kong_paths inside = { in, path->text, MATCH_REGEX, { 0 } };
        append(model->arena, &inside.asks, &one->asks);
        *vec_push(model->arena, &inside.asks) = ask;
        one->language = left;
        if (fa_is_none(left)) {
            inside.text = one->text;
            inside.match = one->match;
            *one = inside;
        } else {
            *vec_push(model->arena, out) = inside;
        }
    }
    return true;
}

static const struct pattern *path_pattern(struct model *model, const struct kong_path *path)
{
    return model_pattern(model, path->text, REGEX_PCRE2, REGEX_ANCHORED);
}

bool kong_split_paths(struct kong *kong, const struct kong_hosts *hosts,
                      struct kong_paths_list *out)
{
    struct model *model = kong->model;
    struct kong_asks any = { 0 };
    struct prefixes prefixes = { 0 };
    for (uint32_t i = 0; i < hosts->asks.count; i++) {
        const struct kong_ask *ask = hosts->asks.items[i];
        bool open = ask->paths.count == 0;
        for (uint32_t p = 0; p < ask->paths.count; p++) {
            const struct kong_path *path = ask->paths.items[p];
            open |= path->is_regex && !path_pattern(model, path)->result.language;
            if (!path->is_regex)
                *vec_push(model->arena, &prefixes) = (struct prefix){ path->text, ask };
        }
        if (open)
            *vec_push(model->arena, &any) = ask;
    }
    split_prefixes(model, &prefixes, &any, out);
    for (uint32_t i = 0; i < hosts->asks.count; i++)
        for (uint32_t p = 0; p < hosts->asks.items[i]->paths.count; p++) {
            const struct kong_path *path = hosts->asks.items[i]->paths.items[p];
            if (path->is_regex && path_pattern(model, path)->result.language &&
                !split_regex(kong, hosts->asks.items[i], path,
                             path_pattern(model, path)->result.language, out))
                return false;
        }
    for (uint32_t i = 0; i < out->count; i++)
        tidy(&out->items[i].asks);
    return true;
}
