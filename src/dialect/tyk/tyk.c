#include "dialect/tyk/tyk.h"

#include "base/hash.h"
#include "dialect/routes.h"

#include <stdlib.h>

const struct kind tyk_malformed = { "CG901", LEVEL_ERROR, "Tyk refuses this" };

static const char *const marks[] = { "listen_path", "x-tyk-api-gateway", NULL };

struct apis {
    struct tyk_api *items;
    uint32_t count, capacity;
};

// "/a/{id}/b" and "/a/{id:[0-9]+}" stand for a segment, or what the expression says, and anything
// behind. NULL: not known.
static const struct fa *path_language(struct model *model, Str path)
{
    struct fa_space *fa = model->fa;
    const struct fa *out = fa_empty(fa);
    Str rest = path, head, tail, name, expression;
    while (str_cut(rest, STR("{"), &head, &tail) && str_cut(tail, STR("}"), &name, &rest)) {
        Str text = str_cut(name, STR(":"), &name, &expression) ? expression : STR("[^/]+");
        const struct fa *part = model_pattern(model, text, REGEX_GO, REGEX_FULL)->result.language;
        out = fa_concat(fa, fa_concat(fa, out, fa_literal(fa, head)), part);
    }
    out = fa_concat(fa, out, fa_literal(fa, rest));
    return fa_concat(fa, out, fa_all(fa));
}

// ---- what answers

static void forward(struct cases *cases, struct branch in, const struct tyk_api *api)
{
    struct model *model = cases->model;
    struct forward *sent = ARENA_NEW(model->arena, struct forward);
    Str scheme, rest, path = STR(""), target = api->target;
    if (str_cut(api->target, STR("://"), &scheme, &rest) && str_cut(rest, STR("/"), &rest, &path))
        target = str_format(model->arena, "%.*s://%.*s", STR_ARG(scheme), STR_ARG(rest));
    if (api->strips_path || path.len)
        sent->path =
            value_unknown(model,
                          STR("how Tyk joins the target's path and the request's is not "
                              "modelled"),
                          hash_str(hash_str(HASH_SEED, api->path), api->target), api->span);
    branch_respond(
        cases, in,
        (struct response){
            .answer = ANSWER_UPSTREAM, .upstream = target, .forward = sent, .span = api->span });
}

// Every OPTIONS request that is no preflight ends here.
static void pass(struct cases *cases, struct branch in, bool is_preflight, const void *state)
{
    const struct tyk_api *api = state;
    struct branch options;
    (void)is_preflight; // preflights are not handed on by the package: see serve()
    branch_split_method(cases, in, STR("OPTIONS"), &options, &in);
    branch_answer(cases, options, 200, api->cors_config->span);
    if (!branch_is_none(in))
        forward(cases, in, api);
}

static void answer(struct cases *cases, struct branch in, uint32_t status, const void *state)
{
    const struct tyk_api *api = state;
    branch_answer(cases, in, status, api->cors_config->span);
}

static void serve(struct cases *cases, struct branch in, const struct tyk_api *api)
{
    if (api->unknown.len) {
        branch_answer_unknown(cases, in, api->unknown, api->identity, api->cors_config->span);
        return;
    }
    if (api->passes_options) { // whether CORS is on or not
        struct branch options;
        branch_split_method(cases, in, STR("OPTIONS"), &options, &in);
        if (!branch_is_none(options))
            forward(cases, options, api);
    }
    if (api->has_cors)
        rs_cors_serve(cases, in, &api->cors, (struct rs_cors_next){ pass, answer, api });
    else if (!branch_is_none(in))
        forward(cases, in, api);
}

static void add_endpoint(struct reading *reading, const struct routed *part)
{
    static const Str anywhere[] = { { "*", 1 } };
    const struct tyk_api *api = part->route->owner;
    struct cases cases = cases_new(reading->model, reading->out->policy);
    serve(&cases, cases_begin(&cases, part->box), api);
    cases_finish(&cases, (struct endpoint){
                             .layer = "tyk",
                             .hosts = api->host.len ? &api->host : anywhere,
                             .host_count = 1,
                             .match = str_contains(api->path, STR("{")) ? MATCH_GLOB : MATCH_PREFIX,
                             .path = api->path,
                             .box = part->box,
                             .span = api->span });
}

// ---- APIs: longer paths are asked first

static int by_path(const void *a, const void *b)
{
    const struct tyk_api *x = *(const struct tyk_api *const *)a;
    const struct tyk_api *y = *(const struct tyk_api *const *)b;
    if (x->path.len != y->path.len)
        return x->path.len > y->path.len ? -1 : 1;
    int order = str_compare(x->path, y->path);
    return order ? order : str_compare(x->name, y->name);
}

static bool is_active(const struct data *root)
{
    const struct data *oas = document_find(root, "x-tyk-api-gateway");
    const struct data *active =
        oas ? document_find(document_find(document_find(oas, "info"), "state"), "active")
            : document_find(root, "active");
    bool flag = true;
    return !active || !data_get_bool(active, &flag) || flag;
}

static bool read(struct reading *reading)
{
    struct model *model = reading->model;
    uint32_t count = 0;
    bool good = true;
    const struct tyk_api **apis =
        ARENA_ARRAY(model->arena, const struct tyk_api *, reading->documents.count);
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root;
        if (root->kind != DATA_MAP || !is_active(root))
            continue;
        struct tyk_api *api = ARENA_NEW(model->arena, struct tyk_api);
        good &= tyk_read_api(model, reading->out->policy, root, api);
        apis[count++] = api;
    }
    if (count)
        qsort(apis, count, sizeof *apis, by_path);
    struct route *routes = ARENA_ARRAY(model->arena, struct route, count + 1);
    uint32_t some = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct box *rest =
            box_with(model, box_all(model), model->path, path_language(model, apis[i]->path));
        if (rest) // else no request has such a path
            routes[some++] = (struct route){ .hosts = apis[i]->host.len ? &apis[i]->host : NULL,
                                             .host_count = apis[i]->host.len ? 1 : 0,
                                             .rest = rest,
                                             .owner = apis[i] };
    }
    struct routed_list parts = { 0 };
    if (!some)
        return good;
    if (!routes_resolve(model, routes, some, ROUTES_HOST_THEN_NEXT, WILD_ANY, apis[0]->span,
                        &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++)
        add_endpoint(reading, &parts.items[i]);
    return good;
}

const struct dialect dialect_tyk = {
    .name = "tyk",
    .what = "Tyk API definition",
    .marks = marks,
    .claims = tyk_claims,
    .read = read,
};
