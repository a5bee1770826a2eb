#include "diff/hidden.h"

#include "base/hash.h"

// The inner endpoints of a version as a policy of their own.
static struct policy *inner_policy(const struct policy *policy)
{
    struct policy *out = ARENA_NEW(policy->model->arena, struct policy);
    *out = (struct policy){ .model = policy->model };
    for (uint32_t i = 0; i < policy->inner_count; i++)
        policy_add_endpoint(out, policy->inner[i].own);
    return out;
}

static bool stands_behind(const struct endpoint *inner, const struct endpoint *outer)
{
    for (uint32_t i = 0; inner && outer && i < outer->behind_count; i++)
        if (outer->behind[i]->span.file == inner->span.file &&
            outer->behind[i]->span.begin == inner->span.begin)
            return true;
    return false;
}

// Whether something changed where the endpoint can be reached from.
static bool shows(const struct diff *diff, const struct endpoint *old, const struct endpoint *new)
{
    for (uint32_t r = 0; r < diff->region_count; r++)
        for (uint32_t m = 0; m < diff->regions[r]->merged; m++) {
            const struct pair *pair = &diff->regions[r]->pairs[m];
            if (stands_behind(old, pair->old) || stands_behind(new, pair->new))
                return true;
        }
    return false;
}

// The outermost endpoint in front of it; NULL: none.
static const struct endpoint *front_of(const struct policy *policy, const struct endpoint *inner)
{
    for (uint32_t i = 0; i < policy->endpoint_count; i++)
        if (stands_behind(inner, policy->endpoints[i]))
            return policy->endpoints[i];
    return NULL;
}

void diff_hidden(struct origin_space *space, const struct upstreams *old_upstreams,
                 const struct upstreams *new_upstreams, const struct diff *diff, struct policy *new)
{
    struct diff inner;
    if (!diff->old->inner_count || !new->inner_count)
        return;
    diff_policies(space, old_upstreams, new_upstreams, inner_policy(diff->old), inner_policy(new),
                  &inner);
    for (uint32_t r = 0; r < inner.region_count; r++) {
        const struct region *region = inner.regions[r];
        const struct endpoint *front = front_of(new, region->new);
        if (!front || shows(diff, region->old, region->new))
            continue;
        struct remark remark = {
            .rule = "CG909",
            .span = region->new->span,
            .endpoint = region->new,
            .identity = hash_str(HASH_SEED, region->url),
            .message =
                str_format(new->model->arena,
                           "what changes here at %.*s (%s) does not show at %.*s: the "
                           "layer %s in front of it hides it",
                           STR_ARG(region->url), region->layer, STR_ARG(front->url), front->layer),
        };
        for (uint32_t c = 0; c < inner.change_count; c++)
            if (inner.changes[c].region == region && inner.changes[c].new_span.file) {
                remark.span = inner.changes[c].new_span;
                break;
            }
        policy_add_remark(new, remark);
    }
}
