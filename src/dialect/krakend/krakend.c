#include "dialect/krakend/krakend.h"

#include "base/hash.h"
#include "dialect/krakend/cors.h"
#include "dialect/routes.h"

#include <stdlib.h>

const struct kind krakend_malformed = { "CG901", LEVEL_ERROR, "KrakenD refuses this" };

static const char *const marks[] = { "krakend", "security/cors", "url_pattern", NULL };

static bool claims(const struct document *document, Str *why)
{
    const struct data *endpoints = document_find(document->root, "endpoints");
    const struct data *version = document_find(document->root, "version");
    uint32_t number;
    if (str_contains(document_text(document->root, "$schema"), STR("krakend.io/schema"))) {
        *why = STR("its $schema is KrakenD's");
        return endpoints || document_find(document->root, "extra_config");
    }
    if (!version || !data_get_number(version, 4, &number) || number < 2 || !endpoints ||
        endpoints->kind != DATA_LIST)
        return false;
    *why = STR("it has version and endpoints as KrakenD has");
    return true;
}

// One endpoint of the configuration: a method of a path.
struct offer {
    Str method, upstream;
    const struct data *node;
    bool is_noop; // headers of the backend reach the client
};
// The endpoints of one path, "{name}" standing for any segment.
struct area {
    Str path, shape; // `shape`: with every name empty, for the order
    VEC(struct offer) offers;
    const struct fa *language;
    Span span;
};

struct krakend {
    struct model *model;
    struct policy *policy;
    const struct data *root, *cors_config;
    struct rs_cors cors;
    VEC(struct area) places;
    bool auto_options;
    const struct box *gateway;
};

// What stands behind the CORS handler for some requests.
struct behind {
    const struct krakend *krakend;
    const struct area *place; // NULL: no endpoint has such a path
};

static const struct data *extra(const struct data *node, const char *key)
{
    return document_find(document_find(node, "extra_config"), key);
}

static const struct data *cors_of(const struct data *node)
{
    const struct data *cors = extra(node, "security/cors");
    return cors ? cors : extra(node, "github_com/devopsfaith/krakend-cors");
}

// ---- endpoints

static bool is_noop(const struct data *node)
{
    if (str_is(document_text(node, "output_encoding"), "no-op"))
        return true;
    return false;
}

static Str backend_of(const struct krakend *krakend, const struct data *node)
{
    const struct data *backends = document_find(node, "backend");
    const struct data *first = backends && backends->kind == DATA_LIST && backends->count
                                   ? backends->entries[0].value
                                   : NULL;
    const struct data *hosts = document_find(first, "host");
    if (!hosts)
        hosts = document_find(krakend->root, "host");
    if (hosts && hosts->kind == DATA_LIST && hosts->count)
        return hosts->entries[0].value->text;
    return STR("");
}

// The paths of "/a/{b}/c", and what they look like without the names.
static const struct fa *path_language(struct model *model, Str path, Str *shape)
{
    struct fa_space *fa = model->fa;
    const struct fa *segment =
        model_pattern(model, STR("[^/]+"), REGEX_PCRE2, REGEX_FULL)->result.language;
    const struct fa *out = fa_empty(fa);
    Str rest = path, head, tail, name;
    *shape = STR("");
    while (str_cut(rest, STR("{"), &head, &tail) && str_cut(tail, STR("}"), &name, &rest)) {
        out = fa_concat(fa, fa_concat(fa, out, fa_literal(fa, head)), segment);
        *shape = str_format(model->arena, "%.*s%.*s\x7F", STR_ARG(*shape), STR_ARG(head));
    }
    *shape = str_concat(model->arena, *shape, rest);
    Str last = rest;
    if (str_ends(last, STR("/*"))) { // anything below
        last.len -= 1;
        return fa_concat(fa, fa_concat(fa, out, fa_literal(fa, last)), fa_all(fa));
    }
    return fa_concat(fa, out, fa_literal(fa, last));
}

static void add_offer(struct krakend *krakend, const struct data *node)
{
    struct arena *arena = krakend->model->arena;
    Str path = document_text(node, "endpoint"), method = document_text(node, "method"), shape;
    if (!str_starts(path, STR("/"))) {
        (void)diagf(krakend->model->run, &krakend_malformed, node->span,
                    "an endpoint begins with /");
        return;
    }
    const struct fa *language = path_language(krakend->model, path, &shape);
    struct area *place = NULL;
    for (uint32_t i = 0; i < krakend->places.count && !place; i++)
        if (str_equal(krakend->places.items[i].shape, shape))
            place = &krakend->places.items[i];
    if (!place) {
        place = vec_push(arena, &krakend->places);
        *place =
            (struct area){ .path = path, .shape = shape, .language = language, .span = node->span };
    }
    *vec_push(arena, &place->offers) =
        (struct offer){ method.len ? method : STR("GET"), backend_of(krakend, node), node,
                        is_noop(node) };
}

static void remark_dead(struct krakend *krakend, const struct data *node, const char *what)
{
    const struct data *cors = cors_of(node);
    if (cors)
        policy_add_remark(
            krakend->policy,
            (struct remark){ .rule = "CG507",
                             .span = cors->span,
                             .message = str_format(krakend->model->arena,
                                                   "KrakenD reads CORS settings of the whole "
                                                   "service only, not of %s",
                                                   what) });
}

static bool read_endpoints(struct krakend *krakend)
{
    const struct data *list = document_find(krakend->root, "endpoints");
    uint32_t diags = krakend->model->run->diags.count;
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *node = list->entries[i].value;
        if (node->kind != DATA_MAP) {
            (void)diagf(krakend->model->run, &krakend_malformed, node->span,
                        "an endpoint is %s, not a map", data_kind_text(node));
            continue;
        }
        add_offer(krakend, node);
        remark_dead(krakend, node, "an endpoint");
        const struct data *backends = document_find(node, "backend");
        for (uint32_t k = 0; backends && k < backends->count; k++)
            remark_dead(krakend, backends->entries[k].value, "a backend");
    }
    return krakend->model->run->diags.count == diags;
}

// ---- what answers

// A backend's own headers do not reach the client, unless it is passed through whole.
static void forward(struct cases *cases, struct branch in, const struct krakend *krakend,
                    const struct offer *offer)
{
    struct model *model = cases->model;
    struct forward *sent = ARENA_NEW(model->arena, struct forward);
    uint64_t identity = hash_str(HASH_SEED, document_text(offer->node, "endpoint"));
    const struct data *backends = document_find(offer->node, "backend");
    if (backends && backends->kind == DATA_LIST && backends->count)
        identity = hash_str(identity, document_text(backends->entries[0].value, "url_pattern"));
    sent->path = value_unknown(model, STR("what path KrakenD asks a backend for is not modelled"),
                               identity, offer->node->span);
    (void)krakend;
    branch_respond(cases, in,
                   (struct response){ .answer = ANSWER_UPSTREAM,
                                      .upstream = offer->upstream,
                                      .forward = sent,
                                      .span = offer->node->span });
}

static void pass(struct cases *cases, struct branch in, bool is_preflight, const void *state)
{
    const struct behind *behind = state;
    const struct krakend *krakend = behind->krakend;
    const struct area *place = behind->place;
    Span span = place ? place->span : krakend->root->span;
    struct branch own;
    for (uint32_t i = 0; place && i < place->offers.count; i++) {
        const struct offer *offer = &place->offers.items[i];
        branch_split_method(cases, in, offer->method, &own, &in);
        if (!branch_is_none(own))
            forward(cases, own, krakend, offer);
    }
    if (branch_is_none(in))
        return;
    if (place && krakend->auto_options) {
        branch_split_method(cases, in, STR("OPTIONS"), &own, &in);
        branch_answer_unknown(cases, own,
                              STR("what KrakenD's auto_options answers is not established"),
                              HASH_SEED + is_preflight, span);
    }
    branch_answer(cases, in, place ? 405 : 404, span);
}

static void answer(struct cases *cases, struct branch in, uint32_t status, const void *state)
{
    const struct behind *behind = state;
    branch_answer(cases, in, status,
                  behind->krakend->cors_config ? behind->krakend->cors_config->span
                                               : behind->krakend->root->span);
}

static void add_endpoint(struct krakend *krakend, const struct box *box, const struct area *place)
{
    static const Str anywhere[] = { { "*", 1 } };
    struct model *model = krakend->model;
    struct cases cases = cases_new(model, krakend->policy);
    const struct behind behind = { krakend, place };
    box = box_meet(model, box, krakend->gateway);
    struct branch all = cases_begin(&cases, box), noop, plain = all;
    bool is_noop_here = false;
    for (uint32_t i = 0; place && i < place->offers.count; i++)
        is_noop_here |= place->offers.items[i].is_noop;
    // The headers of a backend are gone before the CORS handler's own are there.
    struct branch methods = { 0 };
    for (uint32_t i = 0; is_noop_here && i < place->offers.count; i++)
        if (place->offers.items[i].is_noop) {
            branch_split_method(&cases, plain, place->offers.items[i].method, &noop, &plain);
            methods = branch_join(&cases, methods, noop);
        }
    branch_clear(&cases, &plain, "Access-Control-*", krakend->root->span);
    branch_clear(&cases, &plain, "Vary", krakend->root->span);
    struct branch parts[] = { plain, methods };
    for (size_t i = 0; i < 2; i++) {
        if (branch_is_none(parts[i]))
            continue;
        if (krakend->cors_config)
            rs_cors_serve(&cases, parts[i], &krakend->cors,
                          (struct rs_cors_next){ pass, answer, &behind });
        else
            pass(&cases, parts[i], false, &behind);
    }
    cases_finish(&cases,
                 (struct endpoint){ .layer = "krakend",
                                    .hosts = anywhere,
                                    .host_count = 1,
                                    .match = !place                                ? MATCH_ANY
                                             : str_contains(place->path, STR("{")) ? MATCH_GLOB
                                                                                   : MATCH_EXACT,
                                    .path = place ? place->path : STR("/"),
                                    .box = box,
                                    .span = place ? place->span : krakend->root->span });
}

// What is written comes before a name at the same place.
static int by_shape(const void *a, const void *b)
{
    const struct area *x = a, *y = b;
    return str_compare(x->shape, y->shape);
}

static bool add_endpoints(struct krakend *krakend)
{
    struct model *model = krakend->model;
    uint32_t count = krakend->places.count;
    if (count)
        qsort(krakend->places.items, count, sizeof *krakend->places.items, by_shape);
    struct route *routes = ARENA_ARRAY(model->arena, struct route, count + 1);
    uint32_t some = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct area *area = &krakend->places.items[i];
        const struct box *rest = box_with(model, box_all(model), model->path, area->language);
        if (rest) // else no request has such a path
            routes[some++] = (struct route){ .rest = rest, .owner = area };
    }
    struct routed_list parts = { 0 };
    if (!routes_resolve(model, routes, some, ROUTES_FIRST, WILD_ANY, krakend->root->span, &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++)
        add_endpoint(krakend, parts.items[i].box, parts.items[i].route->owner);
    struct boxes rest = { 0 };
    routes_unserved(model, &parts, &rest);
    for (uint32_t i = 0; i < rest.count && krakend->cors_config; i++)
        add_endpoint(krakend, rest.items[i], NULL);
    return true;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root, *on;
        struct krakend krakend = { .model = reading->model,
                                   .policy = reading->out->policy,
                                   .root = root,
                                   .cors_config = cors_of(root),
                                   .gateway = documents_instance(reading, i, "KrakenD") };
        if (root->kind != DATA_MAP)
            continue;
        on = document_find(extra(root, "router"), "auto_options");
        if (on)
            (void)data_get_bool(on, &krakend.auto_options);
        if (krakend.cors_config && krakend.cors_config->kind != DATA_MAP) {
            good = diagf(reading->model->run, &krakend_malformed, krakend.cors_config->span,
                         "security/cors is %s, not a map", data_kind_text(krakend.cors_config));
            krakend.cors_config = NULL;
        }
        if (krakend.cors_config)
            good &= krakend_read_cors(krakend.policy, krakend.cors_config, &krakend.cors);
        good &= read_endpoints(&krakend);
        good &= add_endpoints(&krakend);
    }
    return good;
}

const struct dialect dialect_krakend = {
    .name = "krakend",
    .what = "KrakenD configuration",
    .marks = marks,
    .claims = claims,
    .read = read,
};
