#pragma once
// cases: works out the cells of one endpoint from decisions, for products whose configuration
// declares what it does. A dialect begins with one branch that holds all requests of the endpoint,
// splits it wherever the product decides by the request, collects what the product does to the
// headers, and ends every branch with an answer. Branches are values: copy them freely.
//
//     struct branch all = cases_begin(&cases, box), preflight, actual;
//     branch_split_preflight(&cases, all, &preflight, &actual);
//     branch_set(&cases, &preflight, "Access-Control-Allow-Origin", value, span);
//     branch_answer(&cases, preflight, 204, span);
//     branch_forward(&cases, actual, STR("http://app:8080"), span);

#include "policy/cells.h"

struct op_link; // private: one operation and those before it

struct branch {
    struct boxes boxes; // disjoint; none: no request comes here, and what is done to it is nothing
    const struct op_link *ops;
};

struct cases {
    struct model *model;
    struct policy *policy; // for what is not known
    struct cells cells;
};

struct cases cases_new(struct model *model, struct policy *policy);
struct branch cases_begin(const struct cases *cases, const struct box *box);
bool branch_is_none(struct branch in);

// ---- decisions. *yes and *no are disjoint and together are the branch. `in` may be one of them.

// Whether the variable lies in the language. A language of NULL (a limit was reached): not known,
// both ways are followed; so is what no regular language can say (branch_split_pattern).
void branch_split(struct cases *cases, struct branch in, const struct var *var,
                  const struct fa *language, Span span, struct branch *yes, struct branch *no);
// The same for a compiled expression: where it is not regular, the condition is a choice that
// depends on its text and on the variable, and an unknown of the policy.
void branch_split_pattern(struct cases *cases, struct branch in, const struct var *var,
                          const struct pattern *pattern, Span span, struct branch *yes,
                          struct branch *no);
// A condition that is not known: see model_choice. It is also an unknown of the policy: `text` is
// the reason.
void branch_split_unknown(struct cases *cases, struct branch in, Str text, uint64_t identity,
                          Span span, struct branch *yes, struct branch *no);
// Whether the request has the header, with a value that is not empty.
void branch_split_present(struct cases *cases, struct branch in, const struct var *header,
                          struct branch *yes, struct branch *no);
// OPTIONS with Origin and Access-Control-Request-Method, as most products tell a preflight.
void branch_split_preflight(struct cases *cases, struct branch in, struct branch *yes,
                            struct branch *no);
void branch_split_method(struct cases *cases, struct branch in, Str method, struct branch *yes,
                         struct branch *no);
// Whether a value lies in the language: see value_split.
void branch_split_value(struct cases *cases, struct branch in, const struct value *value,
                        const struct fa *language, struct branch *yes, struct branch *no);
// All requests of both; they must have gone through the same operations. Disjoint before, too.
struct branch branch_join(const struct cases *cases, struct branch a, struct branch b);

// The part of a box for which something holds that is not known, for a route's conditions: also an
// unknown of the policy, with the text as its reason.
const struct box *box_if(struct policy *policy, const struct box *box, Str text, uint64_t identity,
                         Span span);

// ---- what happens to the headers, in order

void branch_header(struct cases *cases, struct branch *branch, struct header_op op);
void branch_add(struct cases *cases, struct branch *branch, const char *name,
                const struct value *value, Span span); // HEADER_APPEND
void branch_set(struct cases *cases, struct branch *branch, const char *name,
                const struct value *value, Span span); // HEADER_SET
void branch_set_text(struct cases *cases, struct branch *branch, const char *name, Str text,
                     Span span);
void branch_clear(struct cases *cases, struct branch *branch, const char *name, Span span);
// Header `name` (empty: any) can be anything, for `reason`; also an unknown of the policy.
void branch_unknown_header(struct cases *cases, struct branch *branch, const char *name, Str reason,
                           uint64_t identity, Span span);

// ---- answers: each ends a branch

void branch_answer(struct cases *cases, struct branch in, uint32_t status, Span span);
void branch_redirect(struct cases *cases, struct branch in, uint32_t status,
                     const struct value *location, Span span);
// Something behind answers; `status` 0: its own.
void branch_forward(struct cases *cases, struct branch in, Str upstream, Span span);
void branch_answer_unknown(struct cases *cases, struct branch in, Str reason, uint64_t identity,
                           Span span);
// Any response, with the headers so far in place of response->ops.
void branch_respond(struct cases *cases, struct branch in, struct response response);

// Makes the endpoint of the cells and adds it to the policy. `endpoint` says layer, hosts, match,
// path, span and box; cells, hash and (where it has none) the example URL are filled in. Where
// there are too many cells the whole endpoint is unknown, and CG903 says so.
void cases_finish(struct cases *cases, struct endpoint endpoint);
