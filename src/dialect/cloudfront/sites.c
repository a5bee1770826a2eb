// The endpoints of distributions: one for each behaviour.
#include "base/hash.h"
#include "dialect/cloudfront/distribution.h"
#include "dialect/routes.h"

static const struct kind too_many_behaviours = {
    "CG903", LEVEL_WARNING, "a distribution has more behaviours than are told apart"
};

enum { BEHAVIOURS_MAX = 500 }; // of one distribution: those of several cases are asked in turn

// ---- hosts

static bool is_wild(Str alias)
{
    return str_starts(alias, STR("*."));
}

static const struct fa *alias_hosts(struct model *model, Str alias)
{
    return route_host(model, alias, WILD_ONE);
}

// Names that another distribution has more precisely.
static const struct fa *elsewhere(struct model *model, const struct cf_sites *sites,
                                  const struct cf_site *site, Str wild)
{
    struct languages taken = { 0 };
    for (uint32_t s = 0; s < sites->count; s++)
        for (uint32_t i = 0; sites->items[s] != site && i < sites->items[s]->aliases.count; i++) {
            Str alias = sites->items[s]->aliases.items[i];
            if (!is_wild(alias))
                languages_add_word(model, &taken, alias);
            else if (alias.len > wild.len)
                languages_add(model, &taken, alias_hosts(model, alias));
        }
    return languages_union(model, &taken, LANGUAGES_PATTERNS);
}

static const struct fa *hosts_of(const struct cf_sites *sites, const struct cf_site *site,
                                 const struct cf_aliases *aliases)
{
    struct model *model = site->cf->model;
    struct languages hosts = { 0 };
    languages_add_word(model, &hosts, site->host);
    for (uint32_t i = 0; i < aliases->count; i++) {
        Str alias = aliases->items[i];
        bool own = false;
        for (uint32_t k = 0; k < site->aliases.count && !own; k++)
            own = str_equal(site->aliases.items[k], alias);
        if (!own)
            continue;
        if (!is_wild(alias))
            languages_add_word(model, &hosts, alias);
        else
            languages_add(model, &hosts,
                          fa_subtract(model->fa, alias_hosts(model, alias),
                                      elsewhere(model, sites, site, alias)));
    }
    return languages_union(model, &hosts, LANGUAGES_PATTERNS);
}

// ---- which behaviours there are, in all cases

struct patterns {
    struct cf_behaviour **items; // each pattern once; without that of all other paths
    uint32_t count, capacity;
    struct map known;
};

static bool is_known(struct patterns *patterns, Str pattern)
{
    uint32_t at = 0;
    const struct cf_behaviour *one;
    while ((one = map_next(&patterns->known, hash_str(HASH_SEED, pattern), &at)))
        if (str_equal(one->pattern, pattern))
            return true;
    return false;
}

static void list_patterns(const struct cf_site *site, struct patterns *out)
{
    struct arena *arena = site->cf->model->arena;
    for (uint32_t c = 0; c < site->cases.list.count; c++) {
        const struct cf_behaviours *list = &site->cases.list.items[c].behaviours;
        for (uint32_t i = 0; i < list->count; i++) {
            struct cf_behaviour *one = &list->items[i];
            if (!one->pattern.len || !one->paths || is_known(out, one->pattern))
                continue;
            map_add(arena, &out->known, hash_str(HASH_SEED, one->pattern), one);
            *vec_push(arena, out) = one;
        }
    }
}

// ---- endpoints

struct building {
    const struct cf_sites *sites;
    const struct cf_site *site;
    struct model *model;
    const Str *hosts;
    uint32_t host_count;
    const struct fa *language; // of the hosts
};

// Whether what an endpoint was made for is all that serves it: there is one case, and its patterns
// are known.
static bool is_plain(const struct cf_site *site)
{
    const struct cf_behaviours *list = &site->cases.list.items[0].behaviours;
    for (uint32_t i = 0; i < list->count; i++)
        if (!list->items[i].paths)
            return false;
    return site->cases.list.count == 1;
}

static const struct cf_behaviour *last_of(const struct cf_site *site)
{
    const struct cf_behaviours *list = &site->cases.list.items[0].behaviours;
    return list->count ? &list->items[list->count - 1] : NULL;
}

// The behaviour that has the path, in the order in which they are written.
static void serve_case(struct cases *cases, struct branch in, const struct cf_case *of)
{
    struct model *model = cases->model;
    for (uint32_t i = 0; i < of->behaviours.count && !branch_is_none(in); i++) {
        const struct cf_behaviour *one = &of->behaviours.items[i];
        struct branch mine;
        bool apart = one->paths != NULL;
        for (uint32_t b = 0; b < in.boxes.count && apart; b++)
            apart =
                fa_is_disjoint(model->fa, box_language(in.boxes.items[b], model->path), one->paths);
        if (apart)
            continue;
        if (one->paths)
            branch_split(cases, in, model->path, one->paths, one->span, &mine, &in);
        else
            branch_split_unknown(cases, in, STR("whether the PathPattern matches"),
                                 one->pattern_identity, one->span, &mine, &in);
        cf_serve(cases, mine, of, one);
    }
}

static void shape(const struct cf_behaviour *behaviour, struct endpoint *endpoint)
{
    endpoint->path = STR("/");
    endpoint->match = MATCH_PREFIX;
    if (!behaviour || !behaviour->pattern.len)
        return;
    size_t stars = 0;
    Str path = behaviour->pattern;
    for (size_t i = 0; i < path.len; i++)
        stars += path.ptr[i] == '*' || path.ptr[i] == '?';
    bool is_prefix = stars == 1 && str_ends(path, STR("*"));
    endpoint->path = is_prefix ? str_slice(path, 0, path.len - 1) : path;
    endpoint->match = is_prefix ? MATCH_PREFIX : stars ? MATCH_GLOB : MATCH_EXACT;
    endpoint->span = behaviour->span;
}

static void add_endpoint(const struct building *of, const struct box *box,
                         const struct cf_behaviour *behaviour)
{
    struct cases cases = cases_new(of->model, of->site->cf->policy);
    struct endpoint endpoint = { .layer = "cloudfront",
                                 .hosts = of->hosts,
                                 .host_count = of->host_count,
                                 .box = box,
                                 .span = of->site->span };
    shape(behaviour, &endpoint);
    for (uint32_t c = 0; c < of->site->cases.list.count && box; c++) {
        const struct cf_case *one = &of->site->cases.list.items[c];
        struct branch in = cases_begin(&cases, box_meet(of->model, box, one->box)), others;
        if (!one->is_there) {
            branch_answer(&cases, in, 404, of->site->span);
            continue;
        }
        if (one->unknown.len) {
            branch_answer_unknown(&cases, in, one->unknown, one->identity, of->site->span);
            continue;
        }
        if (of->site->cases.list.count > 1) {
            // A name that the distribution does not have in this case.
            branch_split(&cases, in, of->model->host, hosts_of(of->sites, of->site, &one->aliases),
                         of->site->span, &in, &others);
            branch_answer(&cases, others, 403, of->site->span);
        }
        if (behaviour && is_plain(of->site))
            cf_serve(&cases, in, one, behaviour);
        else
            serve_case(&cases, in, one);
    }
    cases_finish(&cases, endpoint);
}

static bool answers_http(const struct cf_behaviour *behaviour)
{
    return behaviour->viewer == CF_ALLOW_ALL || behaviour->viewer == CF_VIEWER_OPEN;
}

// Whether that behaviour is all that serves its endpoint, and answers both alike.
static bool is_open(const struct cf_site *site, const struct cf_behaviour *behaviour)
{
    return behaviour && is_plain(site) && answers_http(behaviour);
}

// How many behaviours of all cases answer viewers that come by http; *alike: whether all do the
// same to them.
static uint32_t count_open(const struct cf_site *site, uint32_t *all, bool *alike)
{
    uint32_t open = 0;
    const struct cf_behaviour *first = NULL;
    *all = 0;
    *alike = true;
    for (uint32_t c = 0; c < site->cases.list.count; c++) {
        const struct cf_behaviours *list = &site->cases.list.items[c].behaviours;
        *all += list->count;
        for (uint32_t i = 0; i < list->count; i++) {
            first = first ? first : &list->items[i];
            open += answers_http(&list->items[i]);
            *alike = *alike && list->items[i].viewer == first->viewer;
        }
    }
    return open;
}

// What comes by http is an endpoint of its own where it is not answered like what comes by https:
// of the whole distribution, where that is so everywhere.
static void add_endpoints(const struct building *of, const struct routed_list *parts)
{
    struct model *model = of->model;
    const struct fa *https = fa_literal(model->fa, STR("https"));
    const struct fa *http = fa_literal(model->fa, STR("http"));
    bool alike;
    uint32_t all, open = count_open(of->site, &all, &alike);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct box *box = box_with(model, parts->items[i].box, model->host, of->language);
        const struct cf_behaviour *behaviour = parts->items[i].route->owner;
        if (!box)
            continue;
        if (open == all || is_open(of->site, behaviour)) {
            add_endpoint(of, box, behaviour);
            continue;
        }
        add_endpoint(of, box_with(model, box, model->scheme, https), behaviour);
        if (open)
            add_endpoint(of, box_with(model, box, model->scheme, http), behaviour);
    }
    const struct box *whole = box_with(model, cf_paths(model), model->host, of->language);
    if (all && !open)
        add_endpoint(of, box_with(model, whole, model->scheme, http),
                     alike && is_plain(of->site) ? last_of(of->site) : NULL);
}

// Behaviours of which earlier ones take every path.
static void find_hidden(const struct cf_site *site, const struct patterns *patterns,
                        const struct routed_list *parts)
{
    for (uint32_t i = 0; i < patterns->count && site->cases.list.count == 1; i++) {
        bool some = false;
        for (uint32_t k = 0; k < parts->count && !some; k++)
            some = parts->items[k].route->owner == patterns->items[i];
        if (!some)
            cf_remark(site->cf, "CG507", patterns->items[i]->span,
                      "Behaviours before it take all paths of %.*s: the first that matches answers",
                      STR_ARG(patterns->items[i]->pattern));
    }
}

static bool add_site(const struct cf_sites *sites, const struct cf_site *site)
{
    struct model *model = site->cf->model;
    struct patterns patterns = { 0 };
    struct routed_list parts = { 0 };
    struct building of = { .sites = sites, .site = site, .model = model };
    struct {
        VEC(Str) list;
    } hosts = { 0 };
    list_patterns(site, &patterns);
    // What AWS names it comes last: an alias says more to people.
    for (uint32_t i = 0; i < site->aliases.count; i++)
        *vec_push(model->arena, &hosts.list) = site->aliases.items[i];
    *vec_push(model->arena, &hosts.list) = site->host;
    of.hosts = hosts.list.items;
    of.host_count = hosts.list.count;
    of.language = hosts_of(sites, site, &site->aliases);
    if (patterns.count > BEHAVIOURS_MAX)
        return diagf(model->run, &too_many_behaviours, site->span, "%u", patterns.count);
    struct route *routes = ARENA_ARRAY(model->arena, struct route, patterns.count + 1);
    for (uint32_t i = 0; i < patterns.count; i++)
        routes[i] = (struct route){
            .rest = box_with(model, cf_paths(model), model->path, patterns.items[i]->paths),
            .owner = patterns.items[i],
        };
    routes[patterns.count] =
        (struct route){ .rest = cf_paths(model), .owner = is_plain(site) ? last_of(site) : NULL };
    if (!routes_resolve(model, routes, patterns.count + 1, ROUTES_FIRST, WILD_ONE, site->span,
                        &parts))
        return false;
    find_hidden(site, &patterns, &parts);
    add_endpoints(&of, &parts);
    return true;
}

bool cf_sites_add(const struct cf_sites *sites)
{
    bool good = true;
    for (uint32_t i = 0; i < sites->count; i++)
        good &= add_site(sites, sites->items[i]);
    return good;
}
