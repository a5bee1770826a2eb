#include "dialect/engine/static_headers.h"

#include "base/buf.h"
#include "base/hash.h"
#include "dialect/routes.h"

#include <ctype.h>
#include <stdlib.h>

static const struct kind too_many_ways = {
    "CG903", LEVEL_WARNING, "the rules of this file overlap in more ways than are told apart"
};

bool static_header_counts(Str name)
{
    static const Str cors = { "access-control-", 15 };
    return str_equal_nocase(str_slice(name, 0, cors.len), cors) || str_is_nocase(name, "vary") ||
           str_is_nocase(name, "cache-control");
}

Str static_escape(struct arena *arena, Str text)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x80 && ispunct(c))
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

const struct pattern *static_pattern(struct model *model, Str expression)
{
    // Products match paths that are still encoded: no line ends in them.
    return model_pattern(model, str_concat(model->arena, STR("(?s)"), expression), REGEX_PCRE2,
                         REGEX_FULL);
}

// ---- which rules match: a region is a set of requests that the same rules match

struct matched {
    const struct static_rule *rule;
    const struct matched *before;
};
struct region {
    struct branch branch;
    const struct matched *last;
};
struct regions {
    struct region *items;
    uint32_t count, capacity;
};

struct site {
    struct model *model;
    struct policy *policy;
    const struct static_product *product;
    const struct static_rules *rules;
    struct cases cases;
    Span file;
    uint64_t spent; // before the site
};

static void push(struct site *site, struct regions *out, struct branch branch,
                 const struct matched *last)
{
    if (!branch_is_none(branch))
        *vec_push(site->model->arena, out) = (struct region){ branch, last };
}

// The part of `in` where all conditions hold, and the rest.
static void split_conditions(struct site *site, const struct static_rule *rule, struct branch in,
                             struct branch *yes, struct branch *no)
{
    *no = (struct branch){ .ops = in.ops };
    for (uint32_t i = 0; i < rule->conditions.list.count; i++) {
        const struct static_condition *one = &rule->conditions.list.items[i];
        struct branch holds, fails;
        if (one->language)
            branch_split(&site->cases, in, one->var, one->language, one->span, &holds, &fails);
        else
            branch_split_unknown(&site->cases, in, one->reason, one->identity, one->span, &holds,
                                 &fails);
        in = one->is_negated ? fails : holds;
        *no = branch_join(&site->cases, *no, one->is_negated ? holds : fails);
    }
    *yes = in;
}

// The same for all that the rule asks for.
static void split_rule(struct site *site, const struct static_rule *rule, struct branch in,
                       struct branch *yes, struct branch *no)
{
    struct model *model = site->model;
    struct cases *cases = &site->cases;
    struct branch rest = { .ops = in.ops }, part, perhaps = { .ops = in.ops };
    if (rule->hosts) {
        branch_split(cases, in, model->host, rule->hosts, rule->span, &in, &part);
        rest = branch_join(cases, rest, part);
    }
    branch_split(cases, in, model->path, rule->paths, rule->span, &in, &part);
    if (rule->perhaps) {
        branch_split(cases, part, model->path, rule->perhaps, rule->span, &perhaps, &part);
        if (!branch_is_none(perhaps)) {
            struct branch holds, fails;
            Str text = str_format(model->arena, "whether the pattern %.*s matches a path",
                                  STR_ARG(rule->path));
            branch_split_unknown(cases, perhaps, text, hash_str(HASH_SEED, rule->path), rule->span,
                                 &holds, &fails);
            in = branch_join(cases, in, holds);
            part = branch_join(cases, part, fails);
        }
    }
    rest = branch_join(cases, rest, part);
    split_conditions(site, rule, in, yes, &part);
    *no = branch_join(cases, rest, part);
}

// ---- what they make of a header

struct headers {
    VEC(const struct static_header *) list; // in the order of the rules
};

static void collect(struct site *site, const struct region *region, struct headers *out)
{
    struct arena *arena = site->model->arena;
    VEC(const struct static_rule *) rules = { 0 };
    for (const struct matched *one = region->last; one; one = one->before)
        *vec_push(arena, &rules) = one->rule;
    for (uint32_t i = rules.count; i-- > 0;)
        for (uint32_t k = 0; k < rules.items[i]->headers.count; k++)
            *vec_push(arena, &out->list) = &rules.items[i]->headers.items[k];
}

// One header of a region: those of `headers` with its name, in order.
struct named {
    Str name;
    VEC(const struct static_header *) list;
    bool keeps_case; // names are written in several ways, and that matters
};

static void find_named(struct site *site, const struct headers *headers, Str name,
                       struct named *out)
{
    *out = (struct named){ .name = name };
    for (uint32_t i = 0; i < headers->list.count; i++) {
        const struct static_header *header = headers->list.items[i];
        if (!str_equal_nocase(header->name, name))
            continue;
        *vec_push(site->model->arena, &out->list) = header;
        out->keeps_case |= site->product->names_keep_case && !str_equal(header->name, name);
    }
}

static const struct value *joined(struct site *site, const struct named *named)
{
    struct model *model = site->model;
    const struct value *out = NULL;
    for (uint32_t i = 0; i < named->list.count; i++) {
        const struct value *value = named->list.items[i]->value;
        if (!value)
            out = NULL;
        else if (!out)
            out = value;
        else
            out =
                value_concat(model, value_concat(model, out, value_text(model, STR(", "))), value);
    }
    return out;
}

static bool all_equal(const struct named *named)
{
    for (uint32_t i = 1; i < named->list.count; i++)
        if (!value_equal(named->list.items[0]->value, named->list.items[i]->value))
            return false;
    return true;
}

static void set(struct site *site, struct branch *branch, const struct named *named,
                const struct value *value, Span span)
{
    enum header_verb verb = value ? HEADER_SET : HEADER_CLEAR;
    struct statuses *statuses = NULL;
    if (site->product->not_on_errors) {
        statuses = ARENA_NEW(site->model->arena, struct statuses);
        for (uint32_t status = 100; status < 500; status++)
            statuses->bits[status / 64] |= UINT64_C(1) << status % 64;
    }
    branch_header(&site->cases, branch,
                  (struct header_op){ .verb = verb,
                                      .name = named->name,
                                      .value = value,
                                      .statuses = statuses,
                                      .span = span });
}

static void split_quietly(struct site *site, struct branch in, const char *text, struct branch *yes,
                          struct branch *no)
{
    struct model *model = site->model;
    Str reason = str_format(model->arena, "whether %s%s", site->product->layer, text);
    const struct var *choice = model_choice(model, reason, hash_str(HASH_SEED, reason), site->file);
    branch_split(&site->cases, in, choice, model_choice_value(model, true), site->file, yes, no);
}

// Does to the header what the rules of a region make of it; where nobody says what that is, each
// way is a region.
static void apply(struct site *site, struct region region, const struct named *named,
                  struct regions *out)
{
    const struct static_header *first = named->list.items[0];
    const struct static_header *last = named->list.items[named->list.count - 1];
    enum static_joining joining = site->product->joining;
    struct region other = region;
    if (named->keeps_case && !all_equal(named)) {
        Str reason = str_format(site->model->arena,
                                "what %s makes of %.*s, which is written in several ways",
                                site->product->layer, STR_ARG(named->name));
        branch_unknown_header(&site->cases, &region.branch,
                              str_terminated(site->model->arena, named->name), reason,
                              hash_str(HASH_SEED, reason), last->span);
        *vec_push(site->model->arena, out) = region;
        return;
    }
    if (joining == STATIC_JOINED) {
        set(site, &region.branch, named, joined(site, named), last->span);
    } else if (all_equal(named) || joining == STATIC_FIRST || joining == STATIC_LAST) {
        set(site, &region.branch, named, last->value, last->span);
    } else {
        struct branch all;
        split_quietly(site, region.branch, " takes the last of several rules that match",
                      &region.branch, &other.branch);
        set(site, &region.branch, named, last->value, last->span);
        if (joining == STATIC_OPEN) {
            split_quietly(site, other.branch, " takes the first of several rules that match",
                          &other.branch, &all);
            set(site, &all, named, joined(site, named), last->span);
            push(site, out, all, region.last);
        }
        set(site, &other.branch, named, first->value, first->span);
        push(site, out, other.branch, other.last);
    }
    push(site, out, region.branch, region.last);
}

static bool has_origin(const struct headers *headers)
{
    for (uint32_t i = 0; i < headers->list.count; i++)
        if (str_is_nocase(headers->list.items[i]->name, "access-control-allow-origin"))
            return true;
    return false;
}

// ---- what answers

static void star(struct site *site, struct branch *branch)
{
    branch_header(&site->cases, branch,
                  (struct header_op){ .verb = HEADER_DEFAULT,
                                      .name = STR("Access-Control-Allow-Origin"),
                                      .value = value_text(site->model, STR("*")),
                                      .span = site->file });
}

// OPTIONS, and all other methods where a product refuses them.
static void refuse(struct site *site, struct branch in, Span span)
{
    struct branch good;
    if (site->product->options_status) {
        branch_answer(&site->cases, in, site->product->options_status, span);
        return;
    }
    split_quietly(site, in, " answers OPTIONS with success here", &good, &in);
    branch_answer(&site->cases, good, 200, span);
    branch_answer(&site->cases, in, 405, span);
}

static void answer(struct site *site, struct branch in, Span span)
{
    struct branch options, rest, get, head;
    branch_split_method(&site->cases, in, STR("OPTIONS"), &options, &rest);
    refuse(site, options, span);
    if (site->product->refuses_other_methods) {
        branch_split_method(&site->cases, rest, STR("GET"), &get, &rest);
        branch_split_method(&site->cases, rest, STR("HEAD"), &head, &rest);
        refuse(site, rest, span);
        rest = branch_join(&site->cases, get, head);
    }
    if (!branch_is_none(rest))
        branch_respond(&site->cases, rest,
                       (struct response){ .answer = ANSWER_FILE, .span = span });
}

// Where no rule says anything about the origin.
static void answer_by_default(struct site *site, struct branch in, Span span)
{
    const struct static_product *product = site->product;
    struct branch plain = { .ops = in.ops };
    if (product->may_send_star) {
        split_quietly(site, in, " Pages, and not Workers, serves this site", &in, &plain);
        answer(site, plain, span);
    } else if (product->has_functions) {
        split_quietly(site, in, " has a function answer here in place of a file", &plain, &in);
        branch_forward(&site->cases, plain,
                       str_format(site->model->arena, "%s functions", product->layer), span);
    }
    if (product->sends_star || product->may_send_star)
        star(site, &in);
    answer(site, in, span);
}

static void serve_region(struct site *site, struct region region)
{
    struct arena *arena = site->model->arena;
    struct headers headers = { 0 };
    struct regions now = { 0 };
    const struct static_rule *rule = region.last ? region.last->rule : NULL;
    Span span = rule ? rule->span : site->file;
    *vec_push(arena, &now) = region;
    if (rule && rule->redirect) {
        branch_redirect(&site->cases, region.branch, rule->redirect, rule->location, span);
        return;
    }
    if (rule && rule->is_upstream) {
        branch_forward(&site->cases, region.branch,
                       str_format(arena, "%s script", site->product->layer), span);
        return;
    }
    if (!rule && site->product->joining == STATIC_FIRST) {
        Str reason = STR("what answers a URL that no handler takes");
        branch_answer_unknown(&site->cases, region.branch, reason, hash_str(HASH_SEED, reason),
                              span);
        return;
    }
    collect(site, &region, &headers);
    for (uint32_t i = 0; i < headers.list.count; i++) {
        struct named named;
        find_named(site, &headers, headers.list.items[i]->name, &named);
        if (named.list.items[0] != headers.list.items[i])
            continue; // done with its first one
        struct regions next = { 0 };
        for (uint32_t k = 0; k < now.count; k++)
            apply(site, now.items[k], &named, &next);
        now = next;
    }
    for (uint32_t k = 0; k < now.count; k++)
        if (has_origin(&headers))
            answer(site, now.items[k].branch, span);
        else
            answer_by_default(site, now.items[k].branch, span);
}

// ---- endpoints: each is what one rule matches and no rule with longer paths

// The most specific first: the length of its shortest path, then those without a wildcard, then
// the later one. What lies in another rule's paths cannot have a shorter one.
struct ranked {
    const struct static_rule *rule;
    size_t shortest;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->shortest != y->shortest)
        return x->shortest > y->shortest ? -1 : 1;
    bool fixed_x = x->rule->match == MATCH_EXACT, fixed_y = y->rule->match == MATCH_EXACT;
    if (fixed_x != fixed_y)
        return fixed_x ? -1 : 1;
    bool host_x = x->rule->host.len > 0, host_y = y->rule->host.len > 0;
    if (host_x != host_y)
        return host_x ? -1 : 1;
    return x->rule < y->rule ? 1 : x->rule > y->rule ? -1 : 0;
}

static const struct fa *reach(struct model *model, const struct static_rule *rule)
{
    return rule->perhaps ? fa_union(model->fa, rule->paths, rule->perhaps) : rule->paths;
}

// What only caches look at needs no endpoint of its own.
static bool has_endpoint(const struct site *site, const struct static_rule *rule)
{
    for (uint32_t i = 0; i < rule->headers.count; i++)
        if (!str_is_nocase(rule->headers.items[i].name, "cache-control"))
            return true;
    return site->product->joining == STATIC_FIRST || rule->redirect;
}

// The rules as routes, most specific first, and everything else at the end.
static struct route *routes_of(struct site *site, uint32_t *count)
{
    struct model *model = site->model;
    const struct static_rules *rules = site->rules;
    struct ranked *ranked = ARENA_ARRAY(model->arena, struct ranked, rules->count + 1);
    struct route *routes = ARENA_ARRAY(model->arena, struct route, rules->count + 1);
    for (uint32_t i = 0; i < rules->count; i++) {
        Str word = { 0 };
        const struct fa *paths = reach(model, &rules->items[i]);
        ranked[i].rule = &rules->items[i];
        if (fa_shortest(model->arena, paths, NULL, &word))
            ranked[i].shortest = word.len;
    }
    if (rules->count && site->product->joining != STATIC_FIRST)
        qsort(ranked, rules->count, sizeof *ranked, by_rank);
    *count = 0;
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct static_rule *rule = ranked[i].rule;
        bool by_host = rule->host.len > 0;
        const struct box *rest = box_with(model, box_all(model), model->path, reach(model, rule));
        if (rest && has_endpoint(site, rule))
            routes[(*count)++] = (struct route){ .hosts = by_host ? &rule->host : NULL,
                                                 .host_count = by_host ? 1 : 0,
                                                 .rest = rest,
                                                 .owner = rule };
    }
    routes[(*count)++] = (struct route){ .rest = box_all(model) };
    return routes;
}

// What the rules of one site may cost, in steps of automata: patterns that overlap in every way
// would take for ever.
enum { STEPS_MAX = 40 * 1000 * 1000 };

// Whether a rule certainly matches none of these requests.
static bool is_apart(struct site *site, const struct static_rule *rule, const struct box *box)
{
    struct model *model = site->model;
    const struct fa *paths = box_language(box, model->path);
    return fa_is_disjoint(model->fa, paths, rule->paths) &&
           (!rule->perhaps || fa_is_disjoint(model->fa, paths, rule->perhaps));
}

static void list_regions(struct site *site, const struct box *box, struct regions *out, bool *full)
{
    struct model *model = site->model;
    *vec_push(model->arena, out) = (struct region){ cases_begin(&site->cases, box), NULL };
    for (uint32_t i = 0; i < site->rules->count && !*full; i++) {
        const struct static_rule *rule = &site->rules->items[i];
        struct regions next = { 0 };
        if (is_apart(site, rule, box))
            continue;
        for (uint32_t k = 0; k < out->count; k++) {
            struct region *region = &out->items[k];
            struct branch yes, no;
            bool first = site->product->joining == STATIC_FIRST && region->last;
            if (first || (region->last && region->last->rule->redirect)) {
                *vec_push(model->arena, &next) = *region;
                continue;
            }
            split_rule(site, rule, region->branch, &yes, &no);
            if (!branch_is_none(yes)) {
                struct matched *matched = ARENA_NEW(model->arena, struct matched);
                *matched = (struct matched){ rule, region->last };
                push(site, &next, yes, matched);
            }
            push(site, &next, no, region->last);
        }
        *out = next;
        *full = out->count > model->run->limits->cells ||
                fa_space_spent(model->fa) - site->spent > STEPS_MAX;
    }
}

static void add_endpoint(struct site *site, const struct routed *part, const struct box *requests)
{
    static const Str anywhere[] = { { "*", 1 } };
    const struct static_rule *rule = part->route->owner;
    const struct box *box = box_meet(site->model, part->box, requests);
    struct regions regions = { 0 };
    bool full = false;
    struct endpoint endpoint = { .layer = site->product->layer,
                                 .hosts = part->route->host_count ? part->route->hosts : anywhere,
                                 .host_count = 1,
                                 .match = rule ? rule->match : MATCH_PREFIX,
                                 .path = rule ? rule->path : STR("/"),
                                 .box = box,
                                 .span = rule ? rule->span : site->file,
                                 .keeps_slashes = true };
    if (!box)
        return;
    site->cases = cases_new(site->model, site->policy);
    list_regions(site, box, &regions, &full);
    if (full) {
        (void)diag(site->model->run, &too_many_ways, endpoint.span);
        branch_answer_unknown(&site->cases, cases_begin(&site->cases, box),
                              STR("the rules overlap in too many ways"),
                              hash_str(HASH_SEED, endpoint.path), endpoint.span);
    }
    for (uint32_t i = 0; i < regions.count && !full; i++)
        serve_region(site, regions.items[i]);
    cases_finish(&site->cases, endpoint);
}

bool static_headers_add(struct model *model, struct policy *policy,
                        const struct static_product *product, const struct static_rules *rules,
                        const struct box *requests, Span file)
{
    struct site site = { .model = model,
                         .policy = policy,
                         .product = product,
                         .rules = rules,
                         .file = file,
                         .spent = fa_space_spent(model->fa) };
    struct routed_list parts = { 0 };
    uint32_t count;
    const struct route *routes = routes_of(&site, &count);
    if (!routes_resolve(model, routes, count, ROUTES_FIRST, WILD_ONE, file, &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++)
        add_endpoint(&site, &parts.items[i], requests);
    return true;
}
