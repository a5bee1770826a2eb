// App specs of DigitalOcean: a CORS policy at rules of the ingress, or at components (deprecated).
// Source: reference/cdn.md sections 7 and 13.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"
#include "base/hash.h"
#include "dialect/origin_text.h"
#include "dialect/routes.h"

#include <ctype.h>
#include <stdlib.h>

static const char *const marks[] = { "allow_origins", "static_sites", "instance_size_slug",
                                     "http_port", NULL };
static const char *const kinds[] = { "services", "static_sites", "functions" };
enum { KINDS = sizeof kinds / sizeof *kinds };

// A deploy template holds the app spec below `spec`.
static const struct data *spec_of(const struct data *root)
{
    const struct data *spec = document_find(root, "spec");
    return spec && !document_find(root, "name") ? spec : root;
}

static bool has_components(const struct data *spec)
{
    for (size_t i = 0; i < KINDS; i++) {
        const struct data *list = document_find(spec, kinds[i]);
        if (list && list->kind == DATA_LIST && list->count &&
            document_find(list->entries[0].value, "name") &&
            !document_find(list->entries[0].value, "type"))
            return true;
    }
    return false;
}

static bool claims(const struct document *document, Str *why)
{
    const struct data *spec = spec_of(document->root);
    const struct data *rules = document_find(document_find(spec, "ingress"), "rules");
    *why = STR("it is an app spec of DigitalOcean");
    if (document_find(spec, "apiVersion") || document_find(spec, "kind"))
        return false;
    return document_text(spec, "name").len &&
           (has_components(spec) || (rules && rules->kind == DATA_LIST));
}

// ---- policies

struct policy_read {
    const struct data *node;  // NULL: none
    const struct fa *origins; // that are allowed for certain
    const struct fa *perhaps; // of which that is not known
    Str methods, headers, expose, max_age;
    bool credentials;
    uint64_t identity;
};

static Str list_text(struct static_document *document, const struct data *node, const char *key)
{
    const struct data *list;
    struct buf out = { .arena = document->model->arena };
    uint32_t count = static_count(document, node, key, &list);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_add_text(&out, ", ");
        buf_add(&out, list->entries[i].value->text);
    }
    return buf_str(&out);
}

// "5h30m" in seconds.
static bool duration(Str text, uint32_t *out)
{
    uint64_t all = 0;
    size_t i = 0;
    while (i < text.len) {
        uint64_t number = 0;
        size_t begin = i;
        while (i < text.len && isdigit((unsigned char)text.ptr[i]) && number < 100000000)
            number = number * 10 + (uint64_t)(text.ptr[i++] - '0');
        char unit = i < text.len ? text.ptr[i] : 0;
        if (i == begin || (unit != 'h' && unit != 'm' && unit != 's'))
            return false;
        all += number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
        i++;
    }
    *out = all > UINT32_MAX ? UINT32_MAX : (uint32_t)all;
    return text.len > 0;
}

static void read_origin(struct static_document *document, const struct data *one,
                        struct policy_read *out)
{
    struct model *model = document->model;
    struct fa_space *fa = model->fa;
    const struct data *exact = document_find(one, "exact"), *prefix = document_find(one, "prefix");
    const struct data *regex = document_find(one, "regex");
    const struct data *text = exact ? exact : prefix ? prefix : regex;
    if ((exact != NULL) + (prefix != NULL) + (regex != NULL) != 1 || text->kind != DATA_SCALAR) {
        static_complain(document, one->span,
                        "an entry of allow_origins has exactly one of exact, prefix and regex");
        return;
    }
    out->identity = hash_str(out->identity, text->text);
    if (text->unrendered || (exact && str_is(exact->text, "*"))) {
        out->perhaps = fa_all(fa);
    } else if (exact) {
        const char *flaw = origin_flaw(exact->text);
        if (flaw)
            static_remark(document->policy, "CG507", exact->span,
                          str_format(model->arena,
                                     "no browser sends the origin %.*s: %s, so that the entry "
                                     "allows nothing",
                                     STR_ARG(exact->text), flaw));
        out->origins = fa_union(fa, out->origins, fa_literal(fa, exact->text));
    } else if (prefix) {
        out->origins =
            fa_union(fa, out->origins, fa_concat(fa, fa_literal(fa, prefix->text), fa_all(fa)));
    } else {
        const struct pattern *whole = model_pattern(model, regex->text, REGEX_RE2, REGEX_FULL);
        const struct pattern *part = model_pattern(model, regex->text, REGEX_RE2, 0);
        if (whole->result.status == REGEX_INVALID)
            static_complain(document, regex->span, "%.*s: %s", STR_ARG(regex->text),
                            whole->result.why);
        else if (!whole->result.language || !part->result.language)
            out->perhaps = fa_all(fa);
        else {
            out->origins = fa_union(fa, out->origins, whole->result.language);
            out->perhaps = fa_union(fa, out->perhaps, part->result.language);
        }
    }
}

static void read_policy(struct static_document *document, const struct data *node,
                        struct policy_read *out)
{
    struct fa_space *fa = document->model->fa;
    const struct data *list, *credentials = document_find(node, "allow_credentials");
    const struct data *max_age = document_find(node, "max_age");
    *out = (struct policy_read){ .origins = fa_none(fa),
                                 .perhaps = fa_none(fa),
                                 .identity = HASH_SEED };
    if (!node || data_is_null(node))
        return;
    out->node = node;
    uint32_t count = static_count(document, node, "allow_origins", &list), seconds;
    for (uint32_t i = 0; i < count; i++)
        read_origin(document, list->entries[i].value, out);
    out->methods = list_text(document, node, "allow_methods");
    out->headers = list_text(document, node, "allow_headers");
    out->expose = list_text(document, node, "expose_headers");
    if (credentials && !data_get_bool(credentials, &out->credentials))
        static_complain(document, credentials->span, "allow_credentials is neither true nor false");
    if (!max_age || data_is_null(max_age))
        return;
    if (max_age->kind == DATA_SCALAR && duration(max_age->text, &seconds))
        out->max_age = str_format(document->model->arena, "%u", (unsigned)seconds);
    else
        static_complain(document, max_age->span, "max_age is no duration such as 5h30m");
}

// ---- what a rule answers

struct ingress_rule {
    Str host, path, component;
    bool is_redirect;
    struct policy_read policy;  // its own
    struct policy_read beneath; // that of its component, if both may count
    uint32_t order;
    Span span;
};
struct ingress_rules {
    struct ingress_rule *items;
    uint32_t count, capacity;
};

static void allow(struct cases *cases, struct branch in, const struct policy_read *policy,
                  const struct ingress_rule *rule)
{
    struct model *model = cases->model;
    Span span = static_place(policy->node);
    struct branch preflight, actual;
    Str reason = STR("whether DigitalOcean sends Vary: Origin");
    branch_set(cases, &in, "Access-Control-Allow-Origin", value_var(model, model->origin), span);
    if (policy->credentials)
        branch_set_text(cases, &in, "Access-Control-Allow-Credentials", STR("true"), span);
    branch_unknown_header(cases, &in, "Vary", reason, hash_str(HASH_SEED, reason), span);
    branch_split_preflight(cases, in, &preflight, &actual);
    if (policy->methods.len)
        branch_set_text(cases, &preflight, "Access-Control-Allow-Methods", policy->methods, span);
    if (policy->headers.len)
        branch_set_text(cases, &preflight, "Access-Control-Allow-Headers", policy->headers, span);
    if (policy->max_age.len)
        branch_set_text(cases, &preflight, "Access-Control-Max-Age", policy->max_age, span);
    branch_answer(cases, preflight, 200, span);
    if (policy->expose.len)
        branch_set_text(cases, &actual, "Access-Control-Expose-Headers", policy->expose, span);
    branch_forward(cases, actual, rule->component, rule->span);
}

// What the policy does not allow, preflights too, goes to the component.
static void serve_policy(struct cases *cases, struct branch in, const struct policy_read *policy,
                         const struct ingress_rule *rule)
{
    struct model *model = cases->model;
    struct branch named, allowed, perhaps, other, rest;
    if (!policy->node) {
        branch_forward(cases, in, rule->component, rule->span);
        return;
    }
    branch_split_present(cases, in, model->origin, &named, &rest);
    branch_split(cases, named, model->origin, policy->origins, rule->span, &allowed, &other);
    branch_split(cases, other, model->origin, policy->perhaps, rule->span, &perhaps, &other);
    rest = branch_join(cases, rest, other);
    if (!branch_is_none(perhaps)) {
        branch_split_unknown(
            cases, perhaps,
            STR("whether DigitalOcean takes an origin of which an expression matches "
                "a part, or that only \"*\" names"),
            policy->identity, static_place(policy->node), &perhaps, &other);
        allowed = branch_join(cases, allowed, perhaps);
        rest = branch_join(cases, rest, other);
    }
    allow(cases, allowed, policy, rule);
    branch_forward(cases, rest, rule->component, rule->span);
}

static void add_endpoint(struct static_document *document, const struct routed *part,
                         const struct box *requests)
{
    static const Str anywhere[] = { { "*", 1 } };
    struct model *model = document->model;
    const struct ingress_rule *rule = part->route->owner;
    const struct box *box = box_meet(model, part->box, requests);
    struct cases cases = cases_new(model, document->policy);
    if (!box)
        return;
    struct branch all = cases_begin(&cases, box), own;
    if (rule->is_redirect) {
        Str reason = STR("where a rule of the ingress redirects to");
        branch_redirect(&cases, all, 302,
                        value_unknown(model, reason, hash_str(HASH_SEED, reason), rule->span),
                        rule->span);
    } else if (rule->beneath.node) {
        uint64_t identity = hash_str(rule->beneath.identity, rule->component);
        branch_split_unknown(&cases, all,
                             STR("whether the cors of a component counts beside the ingress"),
                             identity, static_place(rule->beneath.node), &own, &all);
        serve_policy(&cases, own, &rule->beneath, rule);
        serve_policy(&cases, all, &rule->policy, rule);
    } else {
        serve_policy(&cases, all, &rule->policy, rule);
    }
    cases_finish(&cases, (struct endpoint){ .layer = "digitalocean",
                                            .hosts = rule->host.len ? &rule->host : anywhere,
                                            .host_count = 1,
                                            .match = MATCH_PREFIX,
                                            .path = rule->path,
                                            .box = box,
                                            .span = rule->span });
}

// ---- rules

static void add_rule(struct static_document *document, struct ingress_rules *rules,
                     struct ingress_rule rule)
{
    if (!rule.path.len)
        rule.path = STR("/");
    if (!str_starts(rule.path, STR("/"))) {
        static_complain(document, rule.span, "the path %.*s does not begin with /",
                        STR_ARG(rule.path));
        return;
    }
    rule.order = rules->count;
    *vec_push(document->model->arena, rules) = rule;
}

// The component of that name, in any of the lists.
static const struct data *find_component(const struct data *spec, Str name)
{
    for (size_t i = 0; i < KINDS; i++) {
        const struct data *list = document_find(spec, kinds[i]);
        for (uint32_t k = 0; list && list->kind == DATA_LIST && k < list->count; k++)
            if (str_equal(document_text(list->entries[k].value, "name"), name))
                return list->entries[k].value;
    }
    return NULL;
}

static void read_ingress(struct static_document *document, const struct data *spec,
                         const struct data *list, struct ingress_rules *rules)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *node = list->entries[i].value, *match = document_find(node, "match");
        struct ingress_rule rule = {
            .host = document_text(document_find(match, "authority"), "exact"),
            .path = document_text(document_find(match, "path"), "prefix"),
            .component = document_text(document_find(node, "component"), "name"),
            .is_redirect = document_find(node, "redirect") != NULL,
            .span = static_place(node),
        };
        const struct data *component = find_component(spec, rule.component);
        read_policy(document, document_find(node, "cors"), &rule.policy);
        read_policy(document, document_find(component, "cors"), &rule.beneath);
        add_rule(document, rules, rule);
    }
}

static void read_component(struct static_document *document, const struct data *node,
                           struct ingress_rules *rules)
{
    const struct data *list;
    struct ingress_rule rule = { .component = document_text(node, "name"),
                                 .span = static_place(node) };
    read_policy(document, document_find(node, "cors"), &rule.policy);
    uint32_t count = static_count(document, node, "routes", &list);
    for (uint32_t i = 0; i < count; i++) {
        rule.path = document_text(list->entries[i].value, "path");
        rule.span = static_place(list->entries[i].value);
        add_rule(document, rules, rule);
    }
    if (!count)
        add_rule(document, rules, rule);
}

// ---- which rule takes a request

static int by_length(const void *a, const void *b)
{
    const struct ingress_rule *x = a, *y = b;
    if ((x->host.len > 0) != (y->host.len > 0))
        return x->host.len ? -1 : 1;
    if (x->path.len != y->path.len)
        return x->path.len > y->path.len ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool add_endpoints(struct static_document *document, const struct ingress_rules *rules,
                          const struct box *requests, Span span)
{
    struct model *model = document->model;
    struct fa_space *fa = model->fa;
    struct route *routes = ARENA_ARRAY(model->arena, struct route, rules->count + 1);
    struct routed_list parts = { 0 };
    uint32_t count = 0;
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct ingress_rule *rule = &rules->items[i];
        const struct fa *paths = fa_concat(fa, fa_literal(fa, rule->path), fa_all(fa));
        const struct box *rest = box_with(model, box_all(model), model->path, paths);
        if (rest)
            routes[count++] = (struct route){ .hosts = rule->host.len ? &rule->host : NULL,
                                              .host_count = rule->host.len ? 1 : 0,
                                              .rest = rest,
                                              .owner = rule };
    }
    if (!routes_resolve(model, routes, count, ROUTES_FIRST, WILD_ONE, span, &parts))
        return false;
    for (uint32_t i = 0; requests && i < parts.count; i++)
        add_endpoint(document, &parts.items[i], requests);
    return true;
}

// The order of rules that overlap is not documented: the longest path first, or as they are
// written. Where that is the same, nothing is open.
static bool add_both(struct static_document *document, const struct ingress_rules *rules,
                     const struct box *box, Span span)
{
    struct model *model = document->model;
    struct ingress_rules sorted = *rules;
    bool is_same = true;
    if (!rules->count)
        return true;
    sorted.items = ARENA_ARRAY(model->arena, struct ingress_rule, rules->count);
    for (uint32_t i = 0; i < rules->count; i++)
        sorted.items[i] = rules->items[i];
    qsort(sorted.items, sorted.count, sizeof *sorted.items, by_length);
    for (uint32_t i = 0; i < rules->count; i++)
        is_same &= sorted.items[i].order == i;
    if (is_same)
        return add_endpoints(document, rules, box, span);
    Str text = STR("whether DigitalOcean asks rules of the ingress in their order, not by length");
    uint64_t identity = hash_str(HASH_SEED, text);
    const struct var *choice = model_choice(model, text, identity, span);
    policy_add_unknown(document->policy, (struct unknown){ span, text, identity });
    bool good = add_endpoints(document, rules,
                              box_with(model, box, choice, model_choice_value(model, true)), span);
    return add_endpoints(document, &sorted,
                         box_with(model, box, choice, model_choice_value(model, false)), span) &&
           good;
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *spec = spec_of(reading->documents.items[i]->root), *list;
        struct static_document document = { .model = reading->model,
                                            .policy = reading->out->policy,
                                            .good = true };
        struct ingress_rules rules = { 0 };
        if (static_count(&document, document_find(spec, "ingress"), "rules", &list))
            read_ingress(&document, spec, list, &rules);
        bool has_ingress = rules.count > 0;
        for (size_t k = 0; k < KINDS && !has_ingress; k++) {
            uint32_t count = static_count(&document, spec, kinds[k], &list);
            for (uint32_t n = 0; n < count; n++)
                read_component(&document, list->entries[n].value, &rules);
        }
        good &=
            add_both(&document, &rules, documents_instance(reading, i, "app"), static_place(spec));
        good &= document.good;
    }
    return good;
}

const struct dialect dialect_digitalocean = {
    .name = "digitalocean",
    .what = "app spec of DigitalOcean",
    .marks = marks,
    .claims = claims,
    .read = read,
};
