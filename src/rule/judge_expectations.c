#include "base/hash.h"
#include "rule/engine.h"

const char *expectation_state_name(enum expectation_state state)
{
    switch (state) {
    case EXPECTATION_MET:
        return "met";
    case EXPECTATION_FAILED:
        return "failed";
    case EXPECTATION_UNKNOWN:
        return "unknown";
    }
    return "";
}

static Str case_of(struct arena *arena, const struct expectation_result *result)
{
    const struct expectation *expectation = result->expectation;
    bool same = expectation->is_one_page && expectation->urls.is_one;
    if (same || !result->page.len)
        return (Str){ NULL, 0 };
    return str_format(arena, " (for example %.*s from %.*s)", STR_ARG(result->url),
                      STR_ARG(result->page));
}

void engine_expectations(struct engine *engine, const struct expectation_results *results)
{
    struct arena *arena = engine->judge.model->arena;
    for (uint32_t i = 0; i < results->count; i++) {
        const struct expectation_result *result = &results->items[i];
        const struct expectation *expectation = result->expectation;
        if (result->state == EXPECTATION_MET)
            continue;
        bool known = result->has_old && result->old_state == result->state;
        bool broken = result->compared && result->old_state == EXPECTATION_MET;
        struct item item = { .subject = SUBJECT_EXPECTATION, .most = LEVEL_ERROR };
        item.finding = (struct finding){
            .span = expectation->span,
            .witness = result->page,
            .reach = 1,
            .fingerprint = hash_u64(expectation->identity, (uint64_t)result->state),
        };
        item_set_word(&item, EXPECTATION_RESULT, expectation_state_name(result->state));
        item_set_bool(&item, EXPECTATION_KNOWN_BEFORE, known);
        item_set_bool(&item, EXPECTATION_BROKEN, broken);
        item_set_word(&item, EXPECTATION_OUTCOME, expectation->allowed ? "allowed" : "blocked");
        item_set_text(&item, EXPECTATION_REQUEST, expectation->text);
        item_set_text(&item, EXPECTATION_WITNESS, case_of(arena, result));
        item_set_text(&item, EXPECTATION_REASON, result->why);
        engine_judge(engine, &item);
    }
}
