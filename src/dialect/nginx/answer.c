// How a request ends: the status, the headers, and the cell that it becomes.
#include "base/hash.h"
#include "dialect/nginx/machine.h"
#include "dialect/nginx/statements.h"

#include <string.h>

static const struct kind too_many_headers = { "CG903", LEVEL_WARNING,
                                              "an answer has more headers than are looked at" };

// ---- headers

struct header_plan {
    struct header_line **items;
    uint32_t count, capacity;
};

static void plan(struct machine *machine, struct header_plan *out, const struct header_lines *lines)
{
    for (uint32_t i = 0; i < lines->count; i++)
        *vec_push(machine->scratch, out) = &lines->items[i];
}

// Commands that add up: those of the outer blocks first.
static void plan_additive(struct machine *machine, struct header_plan *out,
                          const struct block *block, bool code)
{
    if (block->parent)
        plan_additive(machine, out, block->parent, code);
    plan(machine, out, code ? &block->unknown_headers : &block->more);
}

static void add_op(struct machine *machine, struct state *state, struct header_op op)
{
    // The next place is this state's unless another took it or there is none.
    struct op_room *room = state->op_room;
    uint32_t count = state->op_count;
    if (!room || room->used != count || count == room->capacity) {
        uint32_t capacity = count < 2 ? 4 : 2 * count;
        size_t size = sizeof *room + capacity * sizeof *room->items;
        room = arena_alloc(machine->model->arena, size, _Alignof(struct op_room));
        room->capacity = capacity;
        if (count)
            memcpy(room->items, state->op_room->items, count * sizeof *room->items);
        state->op_room = room;
    }
    room->items[count] = op;
    room->used = state->op_count = count + 1;
}

static void add_hidden(struct machine *machine, struct state *state)
{
    enum family family = block_handler(state->cfg)->family;
    const struct block *from = block_hidden(state->cfg, family);
    const struct block *passing = block_passed(state->cfg, family);
    for (uint32_t i = 0; from && i < from->hidden[family].count; i++) {
        Str name = from->hidden[family].items[i].text;
        bool passed = false;
        for (uint32_t k = 0; passing && k < passing->passed[family].count; k++)
            passed |= str_equal_nocase(passing->passed[family].items[k].text, name);
        if (!passed && !str_ends(name, STR("*")))
            add_op(machine, state,
                   (struct header_op){ .verb = HEADER_CLEAR,
                                       .name = name,
                                       .span = from->hidden[family].items[i].span });
    }
}

// One line for every state that its value splits into. `values` is room that is used again.
static void add_line(struct machine *machine, const struct state *state,
                     const struct header_line *line, struct evaluations *values, struct states *out)
{
    struct header_op op = {
        .verb = line->verb, .name = line->name, .statuses = line->statuses, .span = line->span
    };
    if (line->verb == HEADER_UNKNOWN) {
        struct state next = *state;
        Str reason = line->value.count ? line->value.parts[0].text
                                       : STR("this depends on the type of the content");
        uint64_t identity = hash_u64(hash_str(HASH_SEED, line->name), line->identity);
        op.value = value_unknown(machine->model, reason, identity, line->span);
        add_op(machine, &next, op);
        *vec_push(machine->scratch, out) = next;
        return;
    }
    values->count = 0;
    evaluate(machine, state, &line->value, values);
    for (uint32_t i = 0; i < values->count; i++) {
        op.value = line->verb == HEADER_CLEAR ? NULL : values->items[i].value;
        if (line->verb != HEADER_SET) {
            struct state next = values->items[i].state;
            add_op(machine, &next, op);
            *vec_push(machine->scratch, out) = next;
            continue;
        }
        // An empty value removes the header, so that a later line stands elsewhere.
        struct states some = { 0 }, none = { 0 };
        split_language(machine, &values->items[i].state, op.value, fa_empty(machine->model->fa),
                       &none, &some);
        for (uint32_t k = 0; k < some.count; k++) {
            add_op(machine, &some.items[k], op);
            *vec_push(machine->scratch, out) = some.items[k];
        }
        struct header_op removal = op;
        removal.verb = HEADER_CLEAR;
        removal.value = NULL;
        for (uint32_t k = 0; k < none.count; k++) {
            add_op(machine, &none.items[k], removal);
            *vec_push(machine->scratch, out) = none.items[k];
        }
    }
}

static const struct statuses gzip_statuses = { {
    [200 / 64] = UINT64_C(1) << (200 % 64),
    [403 / 64] = (UINT64_C(1) << (403 % 64)) | (UINT64_C(1) << (404 % 64)),
} };

// The header filters in nginx's order, then the cell.
static void answer(struct machine *machine, const struct state *state, struct response response)
{
    struct model *model = machine->model;
    if (!machine_goes_on(machine))
        return;
    struct state first = *state;
    first.answering = true;
    response.asked_before = state->upstream_asked;
    first.answer = response.answer;
    first.status = response.status;
    first.op_room = NULL;
    first.op_count = 0;
    const struct block *cfg = state->cfg;
    if (response.answer == ANSWER_UPSTREAM)
        add_hidden(machine, &first);
    bool varies = block_flag(cfg, offsetof(struct block, gzip), false) &&
                  block_flag(cfg, offsetof(struct block, gzip_vary), false);
    if (varies)
        add_op(machine, &first,
               (struct header_op){
                   .verb = HEADER_UNKNOWN,
                   .name = STR("Vary"),
                   .value = value_unknown(
                       model,
                       STR("gzip_vary adds Accept-Encoding to Vary when the answer is compressed"),
                       1, cfg->span),
                   .statuses = &gzip_statuses,
                   .span = cfg->span });
    struct header_plan lines = { 0 };
    plan_additive(machine, &lines, cfg, true);
    plan_additive(machine, &lines, cfg, false);
    plan(machine, &lines, block_adds(machine->config, cfg));
    if (lines.count > model->run->limits->headers) { // all of the endpoint is unknown then
        diagf(model->run, &too_many_headers, lines.items[0]->span, "%u lines", lines.count);
        machine->cells->full = true;
        return;
    }
    struct states now = { 0 }, next = { 0 };
    struct evaluations values = { 0 };
    *vec_push(machine->scratch, &now) = first;
    for (uint32_t i = 0; i < lines.count; i++) {
        next.count = 0;
        for (uint32_t k = 0; k < now.count; k++)
            add_line(machine, &now.items[k], lines.items[i], &values, &next);
        struct states before = now;
        now = next;
        next = before;
    }
    for (uint32_t k = 0; k < now.count; k++) {
        response.ops = now.items[k].op_count ? now.items[k].op_room->items : NULL;
        response.op_count = now.items[k].op_count;
        cells_add(machine->model, machine->cells, now.items[k].box, &response);
    }
}

void finish_direct(struct machine *machine, const struct state *state, uint32_t status,
                   const struct value *location, Span span)
{
    answer(machine, state,
           (struct response){ .answer = ANSWER_OWN,
                              .status = state->error_status ? state->error_status : status,
                              .location = location,
                              .span = span });
}

void finish_file(struct machine *machine, const struct state *state, Span span)
{
    answer(machine, state, (struct response){ .answer = ANSWER_FILE, .span = span });
}

void finish_upstream(struct machine *machine, const struct state *state, const struct sent *sent,
                     Span span)
{
    struct cached_states ways = { 0 };
    split_caching(machine, state, &ways);
    for (uint32_t i = 0; i < ways.count; i++)
        answer(machine, &ways.items[i].state,
               (struct response){ .answer = ANSWER_UPSTREAM,
                                  .status = state->error_status,
                                  .upstream = sent->upstream,
                                  .forward = sent->forward,
                                  .caches = ways.items[i].cache,
                                  .cache_count = ways.items[i].cache != NULL,
                                  .span = span });
}

void finish_unknown(struct machine *machine, const struct state *state, Str reason,
                    uint64_t identity, Span span)
{
    config_unknown(machine->config, span, reason, identity);
    answer(machine, state,
           (struct response){
               .answer = ANSWER_UNKNOWN, .reason = reason, .identity = identity, .span = span });
}

void finish_none(struct machine *machine, const struct state *state, Span span)
{
    struct response response = { .answer = ANSWER_NONE,
                                 .asked_before = state->upstream_asked,
                                 .span = span };
    cells_add(machine->model, machine->cells, state->box, &response);
}

// An error page takes over: another place answers, with the status that it is told.
static void take_over(struct machine *machine, const struct state *state,
                      const struct error_page *page, uint32_t status)
{
    struct model *model = machine->model;
    struct state next = *state;
    next.error_page_used =
        !block_flag(state->cfg, offsetof(struct block, recursive_error_pages), false);
    next.error_status = page->overwrite < 0 ? status : (uint32_t)page->overwrite;
    Str text;
    if (template_is_text(&page->target, &text) && str_starts(text, STR("@"))) {
        const struct block *named = named_location(state->server, str_slice(text, 1, text.len));
        if (named)
            jump_to(machine, &next, named);
        else {
            next.error_status = 500;
            finish_direct(machine, &next, 500, NULL, page->span);
        }
        return;
    }
    bool local = page->target.count == 0 || page->target.parts[0].variable.len ||
                 page->target.parts[0].group || str_starts(page->target.parts[0].text, STR("/"));
    struct evaluations targets = { 0 };
    evaluate(machine, &next, &page->target, &targets);
    for (uint32_t i = 0; i < targets.count; i++) {
        struct state *now = &targets.items[i].state;
        if (!local) { // another site: a redirect of the place where the error happened
            uint32_t code = next.error_status;
            bool keeps = code == 301 || code == 303 || code == 307 || code == 308;
            now->error_status = 0;
            finish_direct(machine, now, keeps ? code : 302, targets.items[i].value, page->span);
            continue;
        }
        struct states head = { 0 }, other = { 0 };
        split_language(machine, now, now->method, fa_literal(model->fa, STR("HEAD")), &head,
                       &other);
        for (uint32_t k = 0; k < other.count; k++) {
            other.items[k].method = value_text(model, STR("GET"));
            redirect_to(machine, &other.items[k], targets.items[i].value, ARGS_DROPPED);
        }
        for (uint32_t k = 0; k < head.count; k++)
            redirect_to(machine, &head.items[k], targets.items[i].value, ARGS_DROPPED);
    }
}

void finish_status(struct machine *machine, const struct state *state, uint32_t status,
                   const struct value *location, Span span)
{
    const struct block *from = state->error_page_used ? NULL : block_error_pages(state->cfg);
    for (uint32_t i = 0; from && state->changes_left && i < from->error_pages.count; i++)
        if (from->error_pages.items[i].status == status) {
            take_over(machine, state, &from->error_pages.items[i], status);
            return;
        }
    struct state plain = *state;
    plain.error_status = status;
    finish_direct(machine, &plain, status, location, span);
}
