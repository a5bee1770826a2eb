#include "dialect/cases.h"

#include "base/hash.h"
#include "dialect/example.h"

static const struct kind too_many_cases = { "CG903", LEVEL_WARNING,
                                            "this has more cases than are told apart" };

struct op_link {
    struct header_op op;
    const struct op_link *before;
    uint32_t count; // with those before
};

struct cases cases_new(struct model *model, struct policy *policy)
{
    return (struct cases){ .model = model, .policy = policy };
}

struct branch cases_begin(const struct cases *cases, const struct box *box)
{
    struct branch all = { 0 };
    if (box)
        *vec_push(cases->model->arena, &all.boxes) = box;
    return all;
}

bool branch_is_none(struct branch in)
{
    return in.boxes.count == 0;
}

// ---- decisions

// Each side gets its own list: `in` may be one of the two.
static void split(struct cases *cases, struct branch in, const struct var *var,
                  const struct fa *language, const struct fa *rest, struct branch *yes,
                  struct branch *no)
{
    struct model *model = cases->model;
    struct branch in_it = { .ops = in.ops }, out_of_it = { .ops = in.ops };
    for (uint32_t i = 0; i < in.boxes.count; i++) {
        const struct box *inside = box_with(model, in.boxes.items[i], var, language);
        const struct box *outside = box_with(model, in.boxes.items[i], var, rest);
        if (inside)
            *vec_push(model->arena, &in_it.boxes) = inside;
        if (outside)
            *vec_push(model->arena, &out_of_it.boxes) = outside;
    }
    *yes = in_it;
    *no = out_of_it;
}

static uint64_t choice_identity(const struct var *var, Str text)
{
    return hash_str(hash_u64(HASH_SEED, var->identity), text);
}

void branch_split_unknown(struct cases *cases, struct branch in, Str text, uint64_t identity,
                          Span span, struct branch *yes, struct branch *no)
{
    struct model *model = cases->model;
    if (in.boxes.count)
        policy_add_unknown(cases->policy, (struct unknown){ span, text, identity });
    split(cases, in, model_choice(model, text, identity, span), model_choice_value(model, true),
          model_choice_value(model, false), yes, no);
}

void branch_split(struct cases *cases, struct branch in, const struct var *var,
                  const struct fa *language, Span span, struct branch *yes, struct branch *no)
{
    const struct fa *rest = fa_subtract(cases->model->fa, var->universe, language);
    if (rest)
        split(cases, in, var, language, rest, yes, no);
    else
        branch_split_unknown(cases, in, STR("the limit on the size of automata is reached"),
                             hash_u64(choice_identity(var, STR("")), fa_hash(language)), span, yes,
                             no);
}

void branch_split_pattern(struct cases *cases, struct branch in, const struct var *var,
                          const struct pattern *pattern, Span span, struct branch *yes,
                          struct branch *no)
{
    if (pattern->result.language) {
        branch_split(cases, in, var, pattern->result.language, span, yes, no);
        return;
    }
    Str text = str_format(cases->model->arena, "whether %.*s matches is not known",
                          STR_ARG(pattern->text));
    branch_split_unknown(cases, in, text, choice_identity(var, pattern->text), span, yes, no);
}

void branch_split_value(struct cases *cases, struct branch in, const struct value *value,
                        const struct fa *language, struct branch *yes, struct branch *no)
{
    struct branch in_it = { .ops = in.ops }, out_of_it = { .ops = in.ops };
    for (uint32_t i = 0; i < in.boxes.count; i++)
        value_split(cases->model, in.boxes.items[i], value, language, &in_it.boxes,
                    &out_of_it.boxes);
    *yes = in_it;
    *no = out_of_it;
}

void branch_split_present(struct cases *cases, struct branch in, const struct var *header,
                          struct branch *yes, struct branch *no)
{
    branch_split(cases, in, header, fa_empty(cases->model->fa), (Span){ 0 }, no, yes);
}

void branch_split_method(struct cases *cases, struct branch in, Str method, struct branch *yes,
                         struct branch *no)
{
    struct model *model = cases->model;
    branch_split(cases, in, model->method, fa_literal(model->fa, method), (Span){ 0 }, yes, no);
}

struct branch branch_join(const struct cases *cases, struct branch a, struct branch b)
{
    struct branch both = { .ops = a.boxes.count ? a.ops : b.ops };
    for (uint32_t i = 0; i < a.boxes.count; i++)
        *vec_push(cases->model->arena, &both.boxes) = a.boxes.items[i];
    for (uint32_t i = 0; i < b.boxes.count; i++)
        *vec_push(cases->model->arena, &both.boxes) = b.boxes.items[i];
    return both;
}

void branch_split_preflight(struct cases *cases, struct branch in, struct branch *yes,
                            struct branch *no)
{
    struct model *model = cases->model;
    struct branch asked, wanted, other, rest;
    branch_split_method(cases, in, STR("OPTIONS"), &asked, &rest);
    branch_split_present(cases, asked, model->origin, &wanted, &other);
    rest = branch_join(cases, rest, other);
    branch_split_present(cases, wanted, model->request_method, yes, &other);
    *no = branch_join(cases, rest, other);
}

const struct box *box_if(struct policy *policy, const struct box *box, Str text, uint64_t identity,
                         Span span)
{
    struct model *model = policy->model;
    const struct var *choice = model_choice(model, text, identity, span);
    policy_add_unknown(policy, (struct unknown){ span, text, identity });
    return box_with(model, box, choice, model_choice_value(model, true));
}

// ---- headers

void branch_header(struct cases *cases, struct branch *branch, struct header_op op)
{
    struct op_link *link = ARENA_NEW(cases->model->arena, struct op_link);
    *link = (struct op_link){ op, branch->ops, branch->ops ? branch->ops->count + 1 : 1 };
    branch->ops = link;
}

static void simple(struct cases *cases, struct branch *branch, enum header_verb verb,
                   const char *name, const struct value *value, Span span)
{
    branch_header(
        cases, branch,
        (struct header_op){ .verb = verb, .name = str_from(name), .value = value, .span = span });
}

void branch_add(struct cases *cases, struct branch *branch, const char *name,
                const struct value *value, Span span)
{
    simple(cases, branch, HEADER_APPEND, name, value, span);
}

void branch_set(struct cases *cases, struct branch *branch, const char *name,
                const struct value *value, Span span)
{
    simple(cases, branch, HEADER_SET, name, value, span);
}

void branch_set_text(struct cases *cases, struct branch *branch, const char *name, Str text,
                     Span span)
{
    simple(cases, branch, HEADER_SET, name, value_text(cases->model, text), span);
}

void branch_clear(struct cases *cases, struct branch *branch, const char *name, Span span)
{
    simple(cases, branch, HEADER_CLEAR, name, NULL, span);
}

void branch_unknown_header(struct cases *cases, struct branch *branch, const char *name, Str reason,
                           uint64_t identity, Span span)
{
    if (!branch->boxes.count)
        return;
    simple(cases, branch, HEADER_UNKNOWN, name, value_unknown(cases->model, reason, identity, span),
           span);
    policy_add_unknown(cases->policy, (struct unknown){ span, reason, identity });
}

// ---- answers

void branch_respond(struct cases *cases, struct branch in, struct response response)
{
    struct arena *arena = cases->model->arena;
    uint32_t count = in.ops ? in.ops->count : 0;
    struct header_op *ops = ARENA_ARRAY(arena, struct header_op, count + 1);
    uint32_t at = count;
    for (const struct op_link *link = in.ops; link; link = link->before)
        ops[--at] = link->op;
    response.ops = ops;
    response.op_count = count;
    for (uint32_t i = 0; i < in.boxes.count; i++)
        cells_add(cases->model, &cases->cells, in.boxes.items[i], &response);
}

void branch_answer(struct cases *cases, struct branch in, uint32_t status, Span span)
{
    branch_respond(cases, in,
                   (struct response){ .answer = ANSWER_OWN, .status = status, .span = span });
}

void branch_redirect(struct cases *cases, struct branch in, uint32_t status,
                     const struct value *location, Span span)
{
    branch_respond(
        cases, in,
        (struct response){
            .answer = ANSWER_OWN, .status = status, .location = location, .span = span });
}

void branch_forward(struct cases *cases, struct branch in, Str upstream, Span span)
{
    branch_respond(
        cases, in,
        (struct response){ .answer = ANSWER_UPSTREAM, .upstream = upstream, .span = span });
}

void branch_answer_unknown(struct cases *cases, struct branch in, Str reason, uint64_t identity,
                           Span span)
{
    if (in.boxes.count)
        policy_add_unknown(cases->policy, (struct unknown){ span, reason, identity });
    branch_respond(
        cases, in,
        (struct response){
            .answer = ANSWER_UNKNOWN, .reason = reason, .identity = identity, .span = span });
}

void cases_finish(struct cases *cases, struct endpoint endpoint)
{
    struct model *model = cases->model;
    if (!endpoint.box)
        return;
    if (cases->cells.full) { // all of it is unknown then: never less than what may happen
        (void)diag(model->run, &too_many_cases, endpoint.span);
        struct response unknown = { .answer = ANSWER_UNKNOWN,
                                    .reason = STR("there are too many cases"),
                                    .identity = cases->cells.seen,
                                    .span = endpoint.span };
        policy_add_unknown(cases->policy,
                           (struct unknown){ endpoint.span, unknown.reason, unknown.identity });
        cases->cells = (struct cells){ 0 };
        cells_add(model, &cases->cells, endpoint.box, &unknown);
    }
    struct endpoint *made = ARENA_NEW(model->arena, struct endpoint);
    *made = endpoint;
    made->keeps_slashes = true; // nginx merges them; what declares its policy does not
    made->cells = cases->cells.items;
    made->cell_count = cases->cells.count;
    made->hash = cells_hash(&cases->cells);
    if (!made->url.len)
        made->url = example_url(model, made);
    policy_add_endpoint(cases->policy, made);
}
