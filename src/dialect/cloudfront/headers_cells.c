// What a response headers policy does to an answer: reference/cdn.md 3.4.
#include "base/hash.h"
#include "dialect/cloudfront/cloudfront.h"

#define CORS_HEADERS "Access-Control-*"

enum { GROUP_MAX = 8 };

// Headers that a policy adds together.
struct group {
    struct header_op ops[GROUP_MAX];
    uint32_t count;
};

static void add(struct group *group, const char *name, const struct value *value, Span span)
{
    if (value)
        group->ops[group->count++] = (struct header_op){
            .verb = HEADER_SET, .name = str_from(name), .value = value, .span = span
        };
}

// With OriginOverride; without, they come all together, or none where the answer has any.
static void put(struct cases *cases, struct branch *in, const struct group *group, bool override)
{
    for (uint32_t i = 0; i < group->count; i++) {
        struct header_op op = group->ops[i];
        if (i == 0 && !override) {
            op.guards = group->count;
            op.unless = STR(CORS_HEADERS);
        }
        branch_header(cases, in, op);
    }
}

// ---- one policy

struct applying {
    struct cases *cases;
    const struct cf_policy *policy;
    struct cf_next next;
};

static void custom(const struct applying *to, struct branch in)
{
    struct cases *cases = to->cases;
    for (uint32_t i = 0; i < to->policy->custom.count && !branch_is_none(in); i++) {
        const struct cf_header *one = &to->policy->custom.items[i];
        struct header_op op = { .name = one->name, .value = one->value, .span = one->span };
        const struct part *part = one->value ? value_find_unknown(one->value) : NULL;
        uint64_t identity = one->value ? value_hash(one->value) : 0;
        if (!one->name.len) {
            branch_unknown_header(cases, &in, "",
                                  part ? part->text : STR("a header that is added is not known"),
                                  identity, one->span);
        } else if (one->override.is_open) { // splitting by each would double the cases each time
            branch_unknown_header(cases, &in, str_terminated(cases->model->arena, one->name),
                                  one->override.reason, hash_u64(identity, one->override.identity),
                                  one->span);
        } else {
            op.verb = one->override.holds ? HEADER_SET : HEADER_DEFAULT;
            branch_header(cases, &in, op);
        }
    }
    if (!branch_is_none(in))
        to->next.end(cases, in, to->next.state);
}

// The group, where it is known whether it overrides.
static void finish(const struct applying *to, struct branch in, const struct group *group)
{
    struct branch override, keep;
    cf_split_truth(to->cases, in, &to->policy->cors.override, &override, &keep);
    put(to->cases, &override, group, true);
    put(to->cases, &keep, group, false);
    custom(to, override);
    custom(to, keep);
}

static void add_headers(const struct applying *to, struct branch in, const struct group *begun)
{
    struct cases *cases = to->cases;
    struct model *model = cases->model;
    const struct cf_cors *cors = &to->policy->cors;
    struct branch covered = { 0 };
    struct group group = *begun;
    if (cors->header_lists) {
        branch_split(cases, in, model->request_headers, cors->header_lists, cors->headers_span,
                     &covered, &in);
        add(&group, "Access-Control-Allow-Headers", value_var(model, model->request_headers),
            cors->headers_span);
        add(&group, "Access-Control-Max-Age", cors->max_age, cors->max_age_span);
        finish(to, covered, &group);
        group = *begun;
    }
    add(&group, "Access-Control-Allow-Headers", cors->headers, cors->headers_span);
    add(&group, "Access-Control-Max-Age", cors->max_age, cors->max_age_span);
    finish(to, in, &group);
}

// An answer to a request with an origin that is allowed, or (`origin` an unknown) perhaps.
static void allow(const struct applying *to, struct branch in, const struct value *origin,
                  Span span)
{
    struct cases *cases = to->cases;
    struct model *model = cases->model;
    const struct cf_cors *cors = &to->policy->cors;
    struct branch sides[2];
    if (branch_is_none(in))
        return;
    cf_split_truth(cases, in, &cors->credentials, &sides[1], &sides[0]);
    for (int with = 0; with < 2; with++) {
        struct group group = { 0 };
        struct branch options, rest;
        add(&group, "Access-Control-Allow-Origin", origin, span);
        if (value_find_unknown(origin))
            group.ops[0].verb = HEADER_UNKNOWN;
        if (with)
            add(&group, "Access-Control-Allow-Credentials", value_text(model, STR("true")),
                cors->credentials.span);
        branch_split_method(cases, sides[with], STR("OPTIONS"), &options, &rest);
        struct group preflight = group;
        add(&preflight, "Access-Control-Expose-Headers", cors->expose, cors->expose_span);
        add(&preflight, "Access-Control-Allow-Methods", cors->methods, cors->methods_span);
        if (!branch_is_none(options))
            add_headers(to, options, &preflight);
        if (!cors->exposes_on_preflight)
            add(&group, "Access-Control-Expose-Headers", cors->expose, cors->expose_span);
        finish(to, rest, &group);
    }
}

static void apply_cors(const struct applying *to, struct branch in)
{
    struct cases *cases = to->cases;
    struct model *model = cases->model;
    const struct cf_cors *cors = &to->policy->cors;
    const struct cf_origins *origins = &cors->origins;
    struct branch named, silent;
    branch_split_present(cases, in, model->origin, &named, &silent);
    custom(to, silent);
    struct cf_matched matched = cf_origins_match(cases, named, origins);
    allow(to, matched.star, value_text(model, STR("*")), origins->span);
    allow(to, matched.echo, value_var(model, model->origin), origins->span);
    if (!branch_is_none(matched.open)) {
        policy_add_unknown(
            cases->policy,
            (struct unknown){ origins->open_span, origins->open_reason, origins->open_identity });
        allow(
            to, matched.open,
            value_unknown(model, origins->open_reason, origins->open_identity, origins->open_span),
            origins->open_span);
    }
    custom(to, matched.none);
}

static void remove_headers(struct cases *cases, struct branch *in, const struct cf_policy *policy)
{
    for (uint32_t i = 0; i < policy->removed.count; i++) {
        const struct cf_header *one = &policy->removed.items[i];
        if (one->name.len)
            branch_header(
                cases, in,
                (struct header_op){ .verb = HEADER_CLEAR, .name = one->name, .span = one->span });
        else
            branch_unknown_header(cases, in, "", STR("a header that is removed is not known"),
                                  one->value ? value_hash(one->value) : 0, one->span);
    }
}

void cf_policy_apply(struct cases *cases, struct branch in, const struct cf_policy *policy,
                     struct cf_next next)
{
    const struct applying to = { cases, policy, next };
    if (branch_is_none(in))
        return;
    if (policy->unknown.len) {
        branch_unknown_header(cases, &in, "", policy->unknown, policy->identity, policy->span);
        next.end(cases, in, next.state);
        return;
    }
    remove_headers(cases, &in, policy);
    if (policy->has_cors)
        apply_cors(&to, in);
    else
        custom(&to, in);
}
