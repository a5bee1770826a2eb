#include "diff/uncovered.h"

#include "base/map.h"

#include <string.h>

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
    return strcmp(a->layer, b->layer) == 0 && box_equal(a->box, b->box);
}

const struct policy *policy_uncovered(const struct policy *policy, const struct policy *other)
{
    struct arena *arena = policy->model->arena;
    if (!policy->inner_count)
        return policy;
    struct map outermost = { 0 };
    for (uint32_t i = 0; i < other->endpoint_count; i++)
        map_add(arena, &outermost, box_hash(other->endpoints[i]->box), &other->endpoints[i]);
    struct policy *out = NULL;
    for (uint32_t i = 0; i < policy->inner_count; i++) {
        const struct endpoint *inner = policy->inner[i].composed;
        bool found = false;
        uint32_t at = 0;
        for (const struct endpoint **one;
             !found && (one = map_next(&outermost, box_hash(inner->box), &at));)
            found = same_place(*one, inner);
        if (!found)
            continue;
        if (!out) {
            out = ARENA_NEW(arena, struct policy);
            *out = *policy;
            out->endpoints = NULL;
            out->endpoint_count = out->endpoint_capacity = 0;
            for (uint32_t k = 0; k < policy->endpoint_count; k++)
                policy_add_endpoint(out, policy->endpoints[k]);
        }
        policy_add_endpoint(out, inner);
    }
    return out ? out : policy;
}
