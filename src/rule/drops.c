#include "rule/drops.h"

#include "base/hash.h"

#include <string.h>

static uint64_t span_key(Span span)
{
    return hash_u64(hash_u64(HASH_SEED, span.file), span.begin);
}

struct map drops_index(struct arena *arena, const struct policy *policy)
{
    struct map out = { 0 };
    for (uint32_t i = 0; i < policy->remark_count; i++) {
        struct remark *remark = &policy->remarks[i];
        if (strcmp(remark->rule, "CG508") == 0)
            map_add(arena, &out, span_key(remark->span), remark);
    }
    return out;
}

const struct remark *drops_find(const struct map *drops, const struct endpoint *endpoint)
{
    for (uint32_t i = 0; endpoint && drops->count && i < endpoint->cell_count; i++) {
        const struct response *response = endpoint->cells[i].response;
        for (uint32_t j = 0; j < response->op_count; j++) {
            Span span = response->ops[j].span;
            uint32_t at = 0;
            const struct remark *remark;
            while ((remark = map_next(drops, span_key(span), &at)))
                if (remark->span.file == span.file && remark->span.begin == span.begin)
                    return remark;
        }
    }
    return NULL;
}
