#include "rule/engine.h"

static struct engine engine_new(struct origin_space *space, struct model *model,
                                const struct rule_settings *settings, struct findings *out)
{
    return (struct engine){
        .judge = { .model = model, .space = space, .trusted = settings->trusted },
        .settings = settings,
        .out = out,
    };
}

void rule_evaluate_diff(struct origin_space *space, const struct rule_settings *settings,
                        const struct diff *diff, struct rule_diags old_diags,
                        struct rule_diags new_diags, struct findings *out)
{
    struct engine engine = engine_new(space, diff->model, settings, out);
    engine_changes(&engine, diff);
    engine_endpoints(&engine, diff->old, diff->new);
    engine_remarks(&engine, diff->old, diff->new);
    engine_diags(&engine, old_diags, new_diags);
    engine_unknowns(&engine, diff->old, diff->new);
    engine_finish(&engine);
}

void rule_evaluate_remarks(struct origin_space *space, const struct rule_settings *settings,
                           const struct remark *remarks, uint32_t count, struct findings *out)
{
    struct engine engine = engine_new(space, origins_model(space), settings, out);
    for (uint32_t i = 0; i < count; i++)
        engine_remark(&engine, &remarks[i]);
    engine_finish(&engine);
}

void rule_evaluate_expectations(struct origin_space *space, const struct rule_settings *settings,
                                const struct expectation_results *results, struct findings *out)
{
    struct engine engine = engine_new(space, origins_model(space), settings, out);
    engine_expectations(&engine, results);
    engine_finish(&engine);
}

void rule_evaluate_check(struct origin_space *space, const struct rule_settings *settings,
                         const struct policy *policy, struct rule_diags diags, struct findings *out)
{
    struct engine engine = engine_new(space, policy->model, settings, out);
    engine_endpoints(&engine, NULL, policy);
    engine_remarks(&engine, NULL, policy);
    engine_diags(&engine, (struct rule_diags){ 0 }, diags);
    engine_unknowns(&engine, NULL, policy);
    engine_finish(&engine);
}
