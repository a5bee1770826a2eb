#include "policy/passing.h"

#include "base/hash.h"
#include "policy/cells.h"

struct passing passing_new(struct model *model, const struct forward *forward, Str scheme, Str port,
                           const struct value *host)
{
    return (struct passing){
        .model = model,
        .forward = forward,
        .scheme = scheme,
        .port = port,
        .host = host,
        .identity = hash_u64(forward_hash(HASH_SEED, forward, FORWARD_ALL), value_hash(host)),
    };
}

// ---- the request

static const struct value *header_seen(const struct passing *passing, const struct var *var)
{
    const struct forward *forward = passing->forward;
    if (str_is(var->name, "host"))
        return passing->host;
    for (uint32_t i = 0; forward && i < forward->header_count; i++)
        if (str_equal_nocase(forward->headers[i].name, var->name))
            return forward->headers[i].value;
    if (forward && forward->drops_others)
        return value_text(passing->model, STR(""));
    return NULL;
}

// The name in a Host header: without a port, in lower case.
static const struct value *host_name(struct model *model, const struct value *header)
{
    const struct var *sent = model_header(model, STR("host"));
    const struct value *out = value_text(model, STR(""));
    for (uint32_t i = 0; i < header->count; i++) {
        const struct part *part = &header->parts[i];
        Str head, tail;
        if (part->kind == PART_TEXT && !str_starts(part->text, STR("[")) &&
            str_cut(part->text, STR(":"), &head, &tail))
            return value_fold(model, value_concat(model, out, value_text(model, head)));
        bool is_host = (part->kind == PART_VAR || part->kind == PART_LOWER) && part->var == sent;
        if (is_host) // a port, if any, ends it
            return value_concat(model, value_fold(model, out), value_var(model, model->host));
        out = value_concat(model, out, value_part(model, part));
    }
    return value_fold(model, out);
}

static const struct value *argument_seen(const struct passing *passing, const struct var *var)
{
    const struct forward *forward = passing->forward;
    Str query;
    if (!forward || !forward->query)
        return NULL;
    if (value_is_text(forward->query, &query))
        return value_text(passing->model, request_argument(query, var->name));
    return value_unknown(passing->model, STR("an argument behind another layer"),
                         hash_u64(var->identity, value_hash(forward->query)), (Span){ 0 });
}

static const struct value *cookie_seen(const struct passing *passing, const struct var *var)
{
    const struct value *all = header_seen(passing, model_header(passing->model, STR("cookie")));
    if (!all || value_is_var(all, model_header(passing->model, STR("cookie"))))
        return NULL;
    return all->count == 0 ? all
                           : value_unknown(passing->model, STR("a cookie behind another layer"),
                                           hash_u64(var->identity, value_hash(all)), (Span){ 0 });
}

// A condition of the inner layer that nobody knows: it is about what that layer is sent.
static const struct value *choice_seen(const struct passing *passing, const struct var *var)
{
    uint64_t identity = hash_u64(var->identity, passing->identity);
    return value_var(passing->model, (var->of_origin ? model_origin_choice : model_choice)(
                                         passing->model, var->name, identity, var->span));
}

static const struct value *seen_as(const void *state, const struct var *var)
{
    const struct passing *passing = state;
    const struct forward *forward = passing->forward;
    struct model *model = passing->model;
    switch (var->kind) {
    case VAR_PORT:
        return passing->port.len ? value_text(model, passing->port)
                                 : value_unknown(model, STR("the port that is asked"),
                                                 passing->identity, (Span){ 0 });
    case VAR_SCHEME:
        return value_text(model, passing->scheme);
    case VAR_HOST:
        return host_name(model, passing->host);
    case VAR_PATH:
        return forward ? forward->path : NULL;
    case VAR_METHOD:
        return forward ? forward->method : NULL;
    case VAR_TARGET:
        return forward && (forward->path || forward->query)
                   ? value_unknown(model, STR("the request target behind another layer"),
                                   forward_hash(HASH_SEED, forward, FORWARD_ALL), (Span){ 0 })
                   : NULL;
    case VAR_QUERY:
        return forward ? forward->query : NULL;
    case VAR_ARG:
        return argument_seen(passing, var);
    case VAR_COOKIE:
        return cookie_seen(passing, var);
    case VAR_HEADER:
        return header_seen(passing, var);
    case VAR_ADDRESS:
        return value_unknown(model, STR("the address that the outer layer connects from"),
                             hash_str(HASH_SEED, STR("address behind a layer")), (Span){ 0 });
    case VAR_CHOICE:
        return choice_seen(passing, var);
    case VAR_UPSTREAM_STATUS:
    case VAR_UPSTREAM_HEADER:
    case VAR_KEPT_ORIGIN:
        break;
    }
    return NULL;
}

const struct value *passing_value(const struct passing *passing, const struct value *value)
{
    return value_map(passing->model, value, seen_as, passing, passing->identity);
}

void passing_split(const struct passing *passing, const struct box *wanted, struct boxes *rest,
                   struct boxes *in)
{
    struct model *model = passing->model;
    struct boxes now = *rest;
    *rest = (struct boxes){ 0 };
    for (uint32_t i = 0; i < wanted->count && now.count; i++) {
        const struct box_item *item = &wanted->items[i];
        const struct value *seen = passing_value(passing, value_var(model, item->var));
        bool merges = item->var == model->path && passing->merges_slashes;
        const struct fa *language =
            merges ? fa_unfold_slashes(model->fa, item->language) : item->language;
        struct boxes yes = { 0 };
        for (uint32_t k = 0; k < now.count; k++)
            value_split(model, now.items[k], seen, language, &yes, rest);
        now = yes;
    }
    *in = now;
}

// ---- what the outer layer asks about the answer

bool passing_asks_answer(const struct var *var)
{
    return var->kind == VAR_UPSTREAM_STATUS || var->kind == VAR_UPSTREAM_HEADER;
}

// All that the inner layer does goes in, whatever of it decides.
static uint64_t answer_identity(const struct passing *passing, const struct response *inner)
{
    return hash_u64(response_hash(inner), passing->identity);
}

static const struct value *status_answered(const struct passing *passing,
                                           const struct response *inner)
{
    struct model *model = passing->model;
    if (inner->status)
        return value_text(model, str_format(model->arena, "%u", (unsigned)inner->status));
    if (inner->answer == ANSWER_UPSTREAM)
        return value_var(model, model->upstream_status);
    if (inner->answer == ANSWER_NONE) // the outer layer says so itself: passing_join
        return value_text(model, STR("502"));
    return value_unknown(model, STR("the status that the inner layer answers"),
                         answer_identity(passing, inner), inner->span);
}

// The lines of that name in the answer, as one value, where they are the same for every status
// that it can have.
static const struct value *header_known(const struct passing *passing, const struct var *var,
                                        const struct response *inner)
{
    static const char mark[] = "\n"; // what comes from further behind: no header has it
    struct model *model = passing->model;
    const struct header from_behind = { var->name, str_from(mark) };
    const struct value *found = NULL;
    struct lines lines;
    Str text;
    for (uint32_t i = 0; i < inner->op_count; i++) {
        const struct header_op *op = &inner->ops[i];
        bool asks = op->statuses || op->verb == HEADER_DEFAULT || op->verb == HEADER_KEEP;
        bool open = op->guards || (asks && str_equal_nocase(op->name, var->name));
        if (open && !inner->status) // by what comes from further behind
            return NULL;
    }
    response_lines(model, inner, inner->status ? inner->status : 200, &from_behind, 1, &lines);
    if (lines.unknown)
        return NULL;
    for (uint32_t i = 0; i < lines.count; i++) {
        const struct line *line = &lines.items[i];
        if (!str_equal_nocase(line->name, var->name))
            continue;
        if (found || line->unsure)
            return NULL;
        bool behind = value_is_text(line->value, &text) && str_is(text, mark);
        found = behind ? value_var(model, var) : passing_value(passing, line->value);
    }
    return found ? found : value_text(model, STR(""));
}

static const struct value *header_answered(const struct passing *passing, const struct var *var,
                                           const struct response *inner)
{
    if (inner->answer == ANSWER_NONE)
        return value_text(passing->model, STR(""));
    const struct value *known =
        inner->answer == ANSWER_UNKNOWN ? NULL : header_known(passing, var, inner);
    if (known)
        return known;
    return value_unknown(passing->model, STR("a header that the inner layer answers"),
                         hash_u64(var->identity, answer_identity(passing, inner)), inner->span);
}

void passing_keep_answered(const struct passing *passing, const struct box *outer,
                           const struct response *inner, struct boxes *in)
{
    for (uint32_t i = 0; i < outer->count; i++) {
        const struct box_item *item = &outer->items[i];
        if (!passing_asks_answer(item->var))
            continue;
        const struct value *value = item->var->kind == VAR_UPSTREAM_STATUS
                                        ? status_answered(passing, inner)
                                        : header_answered(passing, item->var, inner);
        struct boxes yes = { 0 }, no = { 0 };
        for (uint32_t k = 0; k < in->count; k++)
            value_split(passing->model, in->items[k], value, item->language, &yes, &no);
        *in = yes;
    }
}

// ---- answers of two layers as one

struct behind {
    const struct passing *passing;
    const struct response *inner;
};

static const struct value *answered_as(const void *state, const struct var *var)
{
    const struct behind *behind = state;
    if (var->kind == VAR_UPSTREAM_STATUS)
        return status_answered(behind->passing, behind->inner);
    if (var->kind == VAR_UPSTREAM_HEADER)
        return header_answered(behind->passing, var, behind->inner);
    return NULL;
}

// Makes an operation of the inner layer, which went by its own status, one that holds for the
// status that the outer layer puts in its place.
static void settle(const struct passing *passing, const struct response *outer,
                   const struct response *inner, struct header_op *op)
{
    if (!op->statuses)
        return;
    if (inner->status) {
        if (!statuses_has(op->statuses, inner->status)) { // nothing, so that guards count as before
            op->verb = HEADER_APPEND;
            op->name = STR("");
            op->value = value_text(passing->model, STR(""));
        }
        op->statuses = NULL;
        return;
    }
    uint64_t identity = hash_u64(answer_identity(passing, inner), outer->status);
    identity = hash_u64(statuses_hash(identity, op->statuses), op->verb);
    if (op->value)
        identity = hash_u64(identity, value_hash(op->value));
    op->statuses = NULL;
    op->verb = HEADER_UNKNOWN;
    op->value = value_unknown(passing->model, STR("the status that the inner layer went by"),
                              hash_str(identity, op->name), op->span);
}

// The operations of the inner layer, then those of the outer one.
static const struct header_op *concat_ops(const struct passing *passing,
                                          const struct response *outer,
                                          const struct response *inner, bool replaced)
{
    const struct behind behind = { passing, inner };
    struct header_op *ops =
        ARENA_ARRAY(passing->model->arena, struct header_op, outer->op_count + inner->op_count + 1);
    for (uint32_t i = 0; i < inner->op_count; i++) {
        ops[i] = inner->ops[i];
        if (ops[i].value)
            ops[i].value = passing_value(passing, ops[i].value);
        if (replaced)
            settle(passing, outer, inner, &ops[i]);
    }
    for (uint32_t i = 0; i < outer->op_count; i++) {
        struct header_op *op = &ops[inner->op_count + i];
        *op = outer->ops[i];
        if (op->value)
            op->value = value_map(passing->model, op->value, answered_as, &behind, 0);
    }
    return ops;
}

// The caches of both layers: the outer one keeps what the inner one answers.
static const struct cache *concat_caches(const struct passing *passing,
                                         const struct response *outer, const struct response *inner)
{
    struct arena *arena = passing->model->arena;
    struct cache *caches =
        ARENA_ARRAY(arena, struct cache, inner->cache_count + outer->cache_count + 1);
    for (uint32_t i = 0; i < inner->cache_count; i++) {
        caches[i] = inner->caches[i];
        if (caches[i].key)
            caches[i].key = passing_value(passing, caches[i].key);
    }
    for (uint32_t i = 0; i < outer->cache_count; i++) {
        caches[inner->cache_count + i] = outer->caches[i];
        caches[inner->cache_count + i].op_count += inner->op_count;
    }
    return caches;
}

// What comes to something behind the inner layer of the request that came to the outer one.
static const struct forward *concat_forwards(const struct passing *passing,
                                             const struct forward *inner)
{
    struct arena *arena = passing->model->arena;
    const struct forward *outer = passing->forward;
    static const struct forward as_it_came = { 0 };
    if (!inner && !outer)
        return NULL;
    inner = inner ? inner : &as_it_came;
    struct forward *out = ARENA_NEW(arena, struct forward);
    struct forwarded_header *headers =
        ARENA_ARRAY(arena, struct forwarded_header,
                    inner->header_count + (outer ? outer->header_count : 0) + 1);
    *out = *inner;
    out->headers = headers;
    for (uint32_t i = 0; i < inner->header_count; i++)
        headers[i] = (struct forwarded_header){ inner->headers[i].name,
                                                passing_value(passing, inner->headers[i].value) };
    out->host = inner->host ? passing_value(passing, inner->host) : NULL;
    out->path = inner->path ? passing_value(passing, inner->path) : outer ? outer->path : NULL;
    out->query = inner->query ? passing_value(passing, inner->query) : outer ? outer->query : NULL;
    out->method = inner->method ? passing_value(passing, inner->method)
                  : outer       ? outer->method
                                : NULL;
    out->drops_others = inner->drops_others || (outer && outer->drops_others);
    for (uint32_t i = 0; outer && i < outer->header_count && !inner->drops_others; i++) {
        bool replaced = false;
        for (uint32_t k = 0; k < inner->header_count; k++)
            replaced |= str_equal_nocase(inner->headers[k].name, outer->headers[i].name);
        if (!replaced)
            headers[out->header_count++] = outer->headers[i];
    }
    return out;
}

struct response passing_join(const struct passing *passing, const struct response *outer,
                             const struct response *inner)
{
    struct response out = *inner;
    bool replaced = outer->status != 0 && outer->status != inner->status;
    if (inner->answer == ANSWER_NONE) // the outer layer gets no answer, and says so
        out = (struct response){ .answer = ANSWER_OWN, .status = 502, .span = outer->span };
    if (outer->status)
        out.status = outer->status;
    out.forward = out.answer == ANSWER_UPSTREAM ? concat_forwards(passing, inner->forward) : NULL;
    out.location = inner->location ? passing_value(passing, inner->location) : NULL;
    if (inner->answer == ANSWER_UNKNOWN)
        out.identity = hash_u64(answer_identity(passing, inner), response_hash(outer));
    out.ops = concat_ops(passing, outer, inner, replaced);
    out.op_count = outer->op_count + inner->op_count;
    out.caches = concat_caches(passing, outer, inner);
    out.cache_count = inner->cache_count + outer->cache_count;
    return out;
}
