// Which headers the origin is sent, and which the cache tells answers apart by: reference/cdn.md
// 3.6.
#include "base/hash.h"
#include "dialect/cloudfront/cloudfront.h"

bool cf_names_has(const struct cf_names *names, Str name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name))
            return true;
    return false;
}

static void add_name(struct model *model, struct cf_names *to, Str name)
{
    name = str_lower(model->arena, str_trim(name));
    if (name.len && !cf_names_has(to, name))
        *vec_push(model->arena, to) = name;
}

static void add_names(struct model *model, struct cf_names *to, const char *list)
{
    Str rest = str_from(list), head, tail;
    for (bool more = true; more; rest = tail) {
        more = str_cut(rest, STR(","), &head, &tail);
        add_name(model, to, more ? head : rest);
    }
}

static void not_known(struct cloudfront *cf, struct cf_forwarding *out, Str reason,
                      const struct term *term)
{
    if (out->unknown.len)
        return;
    out->unknown = reason;
    out->identity = cf_identity_of(cf, term);
    cf_unknown(cf, reason, out->identity, term->span);
}

// The names of a list; what is not known makes all of it unknown.
static void read_names(struct cloudfront *cf, const struct term *list, struct cf_names *to,
                       struct cf_forwarding *out)
{
    if (list->kind == TERM_UNKNOWN)
        not_known(cf, out, STR("which headers are forwarded is not known"), list);
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(cf->terms, list, i);
        Str text;
        if (term_is_known(&one, &text))
            add_name(cf->model, to, text);
        else if (term_is_there(&one))
            not_known(cf, out, STR("which headers are forwarded is not known"), &one);
    }
}

// HeadersConfig: how they are chosen, and their names.
static void read_config(struct cloudfront *cf, const struct term *config, struct cf_names *to,
                        Str *behaviour, struct cf_forwarding *out)
{
    struct term how = term_find(cf->terms, config, "HeaderBehavior");
    struct term names = cf_list(cf, config, "Headers");
    *behaviour = STR("none");
    if (term_is_there(&how) && !term_is_known(&how, behaviour))
        not_known(cf, out, STR("which headers are forwarded is not known"), &how);
    if (!str_is(*behaviour, "none"))
        read_names(cf, &names, to, out);
}

// The policy of the template that a behaviour names: its configuration.
static bool find_config(struct cloudfront *cf, const struct term *id, const char *type,
                        const char *key, struct term *out)
{
    struct resource resource;
    if (!cf->template || !id->resource.len ||
        !template_find(cf->template, id->resource, &resource) || !str_is(resource.type, type) ||
        !template_has(cf->template, &resource))
        return false;
    *out = template_property(cf->template, &resource, key);
    return out->kind == TERM_MAP;
}

// ---- the cache policy: what is in the key is forwarded

// How long answers are kept: seconds at least, where they do not say, and at most.
static void read_times(struct cloudfront *cf, const struct term *config, struct cf_forwarding *out)
{
    static const char *const keys[] = { "MinTTL", "DefaultTTL", "MaxTTL" };
    uint32_t seconds[] = { 0, 86400, 31536000 };
    for (size_t i = 0; i < 3; i++) {
        struct term term = term_find(cf->terms, config, keys[i]);
        if (term_is_there(&term) && !term_get_number(&term, UINT32_MAX, &seconds[i])) {
            out->keeps = CACHE_KEEPS_UNKNOWN;
            return;
        }
    }
    out->keeps = !seconds[2] ? CACHE_KEEPS_NONE : !seconds[1] ? CACHE_KEEPS_FRESH : CACHE_KEEPS_ALL;
    out->ignores_control = seconds[0] > 0;
    if (seconds[0])
        out->keeps = CACHE_KEEPS_ALL;
}

static void read_cache(struct cloudfront *cf, const struct term *id, struct cf_forwarding *out)
{
    struct term config;
    Str text, how;
    const struct cf_managed_cache *managed =
        term_is_known(id, &text) ? cf_managed_cache(text) : NULL;
    if (managed) {
        add_names(cf->model, &out->key, managed->headers);
        out->keeps = managed->keeps;
        out->ignores_control = managed->ignores_control;
        return;
    }
    if (!find_config(cf, id, "AWS::CloudFront::CachePolicy", "CachePolicyConfig", &config)) {
        not_known(cf, out, STR("the cache policy is defined somewhere else"), id);
        return;
    }
    struct term parameters =
        term_find(cf->terms, &config, "ParametersInCacheKeyAndForwardedToOrigin");
    struct term headers = term_find(cf->terms, &parameters, "HeadersConfig");
    read_times(cf, &config, out);
    read_config(cf, &headers, &out->key, &how, out);
}

// ---- the origin request policy

static void read_request(struct cloudfront *cf, const struct term *id, struct cf_forwarding *out)
{
    struct term config;
    Str text, how;
    const struct cf_managed_request *managed =
        term_is_known(id, &text) ? cf_managed_request(text) : NULL;
    out->forwards = CF_NOTHING;
    if (!term_is_there(id) || (term_is_known(id, &text) && !text.len))
        return;
    if (managed) {
        out->forwards = managed->forwards;
        add_names(cf->model, &out->names, managed->headers);
        return;
    }
    if (!find_config(cf, id, "AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig",
                     &config)) {
        not_known(cf, out, STR("the origin request policy is defined somewhere else"), id);
        return;
    }
    struct term headers = term_find(cf->terms, &config, "HeadersConfig");
    read_config(cf, &headers, &out->names, &how, out);
    if (str_is(how, "allViewer") || str_is(how, "allViewerAndWhitelistCloudFront"))
        out->forwards = CF_ALL;
    else if (str_is(how, "allExcept"))
        out->forwards = CF_ALL_BUT;
    else if (str_is(how, "whitelist"))
        out->forwards = CF_LISTED;
    else if (!str_is(how, "none"))
        not_known(cf, out, STR("which headers are forwarded is not known"), &headers);
}

// ---- the older settings of a behaviour

static void read_legacy(struct cloudfront *cf, const struct term *values, struct cf_forwarding *out)
{
    struct term headers = cf_list(cf, values, "Headers");
    out->forwards = CF_ALL_BUT;
    out->is_legacy = true;
    read_names(cf, &headers, &out->key, out);
    if (cf_names_has(&out->key, STR("*"))) {
        out->forwards = CF_ALL;
        out->keeps = CACHE_KEEPS_NONE;
        out->key = (struct cf_names){ 0 };
        return;
    }
    if (!cf_names_has(&out->key, STR("host")))
        add_name(cf->model, &out->names, STR("host"));
}

// Whether OPTIONS is among the methods whose answers are kept. The command line writes them into
// AllowedMethods.
static bool caches_options(struct cloudfront *cf, const struct term *behaviour)
{
    struct term allowed = term_find(cf->terms, behaviour, "AllowedMethods");
    struct term list = cf_list(cf, behaviour, "CachedMethods");
    if (!term_is_there(&list) && allowed.kind == TERM_MAP)
        list = cf_list(cf, &allowed, "CachedMethods");
    bool found = list.kind == TERM_UNKNOWN;
    for (uint32_t i = 0; list.kind == TERM_LIST && i < term_count(&list); i++) {
        struct term one = term_at(cf->terms, &list, i);
        Str text;
        found |= one.value && (!term_is_known(&one, &text) || str_is(text, "OPTIONS"));
    }
    return found;
}

void cf_forwarding_read(struct cloudfront *cf, const struct term *behaviour,
                        struct cf_forwarding *out)
{
    struct term cache = term_find(cf->terms, behaviour, "CachePolicyId");
    struct term request = term_find(cf->terms, behaviour, "OriginRequestPolicyId");
    struct term values = term_find(cf->terms, behaviour, "ForwardedValues");
    *out = (struct cf_forwarding){ .span = behaviour->span, .keeps = CACHE_KEEPS_UNKNOWN };
    out->keeps_options = caches_options(cf, behaviour);
    if (term_is_there(&cache)) {
        out->span = cache.span;
        read_cache(cf, &cache, out);
        read_request(cf, &request, out);
        return;
    }
    if (values.kind == TERM_MAP) {
        out->span = values.span;
        read_times(cf, behaviour, out);
        read_legacy(cf, &values, out);
        return;
    }
    not_known(cf, out, STR("neither a cache policy nor ForwardedValues says what is forwarded"),
              behaviour);
}

// ---- what is sent

struct sending {
    struct model *model;
    struct forward *forward;
    struct forwarded_header *headers; // those of `forward`
};

static void send(const struct sending *to, Str name, const struct value *value)
{
    for (uint32_t i = 0; i < to->forward->header_count; i++)
        if (str_equal(to->headers[i].name, name)) {
            to->headers[i].value = value;
            return;
        }
    to->headers[to->forward->header_count++] = (struct forwarded_header){ name, value };
}

enum { FIXED_MAX = 16 }; // headers that are named here

// Values of its own that CloudFront sends, or that are not modelled.
static void send_own(const struct sending *to, const struct cf_forwarding *forwarding)
{
    struct model *model = to->model;
    static const char *const names[] = { "cookie", "user-agent", "via", "x-forwarded-for" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str name = str_from(names[i]);
        Str reason = str_format(model->arena, "the header %s that CloudFront sends", names[i]);
        bool listed =
            cf_names_has(&forwarding->names, name) || cf_names_has(&forwarding->key, name);
        if (i > 0 && listed)
            continue;
        send(to, name, value_unknown(model, reason, hash_str(HASH_SEED, reason), forwarding->span));
    }
}

static void send_unknown(const struct sending *to, const struct cf_forwarding *forwarding)
{
    struct model *model = to->model;
    static const char *const names[] = { "origin", "access-control-request-method",
                                         "access-control-request-headers" };
    const struct value *value =
        value_unknown(model, forwarding->unknown, forwarding->identity, forwarding->span);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        send(to, str_from(names[i]), value);
    to->forward->host = value;
}

static void send_listed(const struct sending *to, const struct cf_names *names)
{
    struct model *model = to->model;
    for (uint32_t i = 0; i < names->count; i++) {
        if (str_is(names->items[i], "host"))
            to->forward->host = value_var(model, model->host);
        else
            send(to, names->items[i], value_var(model, model_header(model, names->items[i])));
    }
}

const struct forward *cf_forward(struct model *model, const struct cf_forwarding *forwarding,
                                 const struct cf_target *target)
{
    struct forward *forward = ARENA_NEW(model->arena, struct forward);
    uint32_t room =
        FIXED_MAX + forwarding->names.count + forwarding->key.count + target->headers.count;
    const struct sending to = { model, forward,
                                ARENA_ARRAY(model->arena, struct forwarded_header, room) };
    forward->headers = to.headers;
    send_own(&to, forwarding);
    switch (forwarding->forwards) {
    case CF_NOTHING:
    case CF_LISTED:
        forward->drops_others = true;
        send_listed(&to, &forwarding->names);
        break;
    case CF_ALL:
        forward->host = value_var(model, model->host);
        break;
    case CF_ALL_BUT:
        if (!cf_names_has(&forwarding->names, STR("host")))
            forward->host = value_var(model, model->host);
        for (uint32_t i = 0; i < forwarding->names.count; i++)
            if (!str_is(forwarding->names.items[i], "host"))
                send(&to, forwarding->names.items[i], value_text(model, STR("")));
        break;
    }
    send_listed(&to, &forwarding->key);
    if (forwarding->unknown.len)
        send_unknown(&to, forwarding);
    for (uint32_t i = 0; i < target->headers.count; i++)
        send(&to, str_lower(model->arena, target->headers.items[i].name),
             target->headers.items[i].value);
    if (target->host.len)
        forward->host = value_text(model, target->host);
    if (target->path.len)
        forward->path =
            value_concat(model, value_text(model, target->path), value_var(model, model->path));
    return forward;
}

uint32_t cf_trim_vary(struct cases *cases, struct branch *in,
                      const struct cf_forwarding *forwarding)
{
    struct model *model = cases->model;
    Str kept = STR("accept-encoding, cookie");
    const struct cf_names *const lists[] = { &forwarding->names, &forwarding->key };
    struct header_op op = { .name = STR("Vary"), .span = forwarding->span };
    if (forwarding->unknown.len) {
        op.verb = HEADER_UNKNOWN;
        op.value =
            value_unknown(model, forwarding->unknown, forwarding->identity, forwarding->span);
        branch_header(cases, in, op);
        return 1;
    }
    if (forwarding->forwards == CF_ALL ||
        (forwarding->forwards == CF_ALL_BUT && !forwarding->is_legacy))
        return 0; // of what is left out, Vary says nothing
    for (size_t i = 0; i < 2; i++)
        for (uint32_t k = 0; k < lists[i]->count; k++)
            if (i == 1 || forwarding->forwards == CF_LISTED)
                kept = str_format(model->arena, "%.*s, %.*s", STR_ARG(kept),
                                  STR_ARG(lists[i]->items[k]));
    op.verb = HEADER_KEEP;
    op.value = value_text(model, kept);
    branch_header(cases, in, op);
    return 1;
}

// Vary does not count: only the key does.
const struct cache *cf_cache(struct model *model, const struct cf_forwarding *forwarding,
                             uint32_t op_count)
{
    static const Str methods[] = { { "GET", 3 }, { "HEAD", 4 }, { "OPTIONS", 7 } };
    if (forwarding->keeps == CACHE_KEEPS_NONE && !forwarding->unknown.len)
        return NULL;
    struct cache *cache = ARENA_NEW(model->arena, struct cache);
    *cache = (struct cache){
        .name = STR("the cache of CloudFront"),
        .methods = fa_literals(model->fa, methods, forwarding->keeps_options ? 3 : 2),
        .vary = CACHE_VARY_IGNORED,
        .keeps = forwarding->unknown.len ? CACHE_KEEPS_UNKNOWN : forwarding->keeps,
        .heeds = forwarding->ignores_control ? CACHE_HEEDS_NOTHING : CACHE_HEEDS_CONTROL,
        .op_count = op_count,
        .span = forwarding->span,
    };
    for (uint32_t i = 0; i < forwarding->key.count; i++) {
        const struct value *value = value_var(model, model_header(model, forwarding->key.items[i]));
        if (cache->key)
            value = value_concat(model, value_text(model, STR("\n")), value);
        cache->key = cache->key ? value_concat(model, cache->key, value) : value;
    }
    if (forwarding->unknown.len)
        cache->key =
            value_unknown(model, forwarding->unknown, forwarding->identity, forwarding->span);
    return cache;
}
