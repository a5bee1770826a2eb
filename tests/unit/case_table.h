#pragma once
// case_table: as dialect_table.h, for products of which something is not known: the answer tells
// every case apart.
//
// A request as in dialect_table.h. The answer: for each cell that the request may lie in, the
// status (or "upstream NAME", or "unknown") and the CORS headers, abbreviated (acao, acac, acam,
// acah, aceh, acma, vary), "?" in place of what is not known; cells are joined by " | ", in byte
// order, each beginning with "[what is the case]" where that is not sure.

#include "unit/dialect_table.h"

#include <stdlib.h>

struct case_world {
    struct arena *arena;
    struct run *run;
    struct model *model;
    struct dialect_row row;
    struct dialect_result result;
    bool good;
};

static inline struct case_world *case_world_new(const char *path, const char *text)
{
    static const struct source_ops ops = { dialect_stat, dialect_list, dialect_read };
    static const struct dialect_options none = { 0 };
    struct arena *arena = arena_new();
    struct case_world *world = ARENA_NEW(arena, struct case_world);
    world->arena = arena;
    world->run = run_new(arena, &limits_default);
    world->model = model_new(world->run);
    world->row = (struct dialect_row){ .path = path, .text = text };
    struct source *source =
        source_new(world->run, files_new(arena), &ops, str_from(path), &world->row);
    world->good = dialect_load(world->model, source, &none, NULL, 0, &world->result);
    return world;
}

static inline void case_write_line(struct buf *out, struct case_world *world,
                                   const struct line *line, const struct request *request)
{
    static const char *const names[][2] = {
        { "Access-Control-Allow-Origin", "acao" },
        { "Access-Control-Allow-Credentials", "acac" },
        { "Access-Control-Allow-Methods", "acam" },
        { "Access-Control-Allow-Headers", "acah" },
        { "Access-Control-Expose-Headers", "aceh" },
        { "Access-Control-Max-Age", "acma" },
        { "Vary", "vary" },
    };
    Str text, reason;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!str_is_nocase(line->name, names[i][0]))
            continue;
        if (line->unsure || !value_of(world->model, line->value, request, &text, &reason))
            text = STR("?");
        if (text.len)
            buf_addf(out, " %s=%.*s", names[i][1], STR_ARG(text));
    }
}

static inline Str case_cell(struct case_world *world, const struct cell *cell,
                            const struct request *request)
{
    struct buf out = { .arena = world->arena };
    const struct response *response = cell->response;
    for (uint32_t i = 0; i < cell->box->count; i++) {
        const struct box_item *item = &cell->box->items[i];
        Str name = item->var->name;
        if (item->var->kind != VAR_CHOICE)
            continue;
        (void)str_eat(&name, STR("whether "));
        bool holds = item->language == model_choice_value(world->model, true);
        buf_addf(&out, "[%s%.*s] ", holds ? "" : "not ", STR_ARG(name));
    }
    switch (response->answer) {
    case ANSWER_OWN:
        buf_addf(&out, "%u", response->status);
        break;
    case ANSWER_UPSTREAM:
        buf_addf(&out, "upstream %.*s", STR_ARG(response->upstream));
        break;
    case ANSWER_UNKNOWN:
        buf_addf(&out, "unknown: %.*s", STR_ARG(response->reason));
        return buf_str(&out);
    case ANSWER_FILE:
    case ANSWER_NONE:
        buf_add_text(&out, "other");
        break;
    }
    struct lines lines;
    uint32_t status = response->status           ? response->status
                      : request->upstream_status ? request->upstream_status
                                                 : 200;
    response_lines(world->model, response, status, request->upstream_headers,
                   request->upstream_header_count, &lines);
    for (uint32_t i = 0; i < lines.count; i++)
        case_write_line(&out, world, &lines.items[i], request);
    return buf_str(&out);
}

static inline int case_order(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static inline Str case_answers(struct case_world *world, const struct request *request)
{
    const struct policy *policy = world->result.policy;
    const struct var *open;
    struct {
        VEC(Str) list;
    } found = { 0 };
    for (uint32_t e = 0; e < policy->endpoint_count; e++) {
        const struct endpoint *endpoint = policy->endpoints[e];
        if (!request_in_box(world->arena, request, endpoint->box, &open))
            continue;
        for (uint32_t c = 0; c < endpoint->cell_count; c++)
            if (request_in_box(world->arena, request, endpoint->cells[c].box, &open))
                *vec_push(world->arena, &found.list) =
                    case_cell(world, &endpoint->cells[c], request);
    }
    if (found.list.count)
        qsort(found.list.items, found.list.count, sizeof(Str), case_order);
    struct buf out = { .arena = world->arena };
    for (uint32_t i = 0; i < found.list.count; i++)
        buf_addf(&out, "%s%.*s", i ? " | " : "", STR_ARG(found.list.items[i]));
    return buf_str(&out);
}

struct case_row {
    const char *what; // the section of the reference, and what it says
    const char *text, *request, *answer;
};

static inline void case_row_check(const struct case_row *row, const char *path)
{
    struct case_world *world = case_world_new(path, row->text);
    ck_assert_msg(
        world->good, "%s: %.*s", row->what,
        STR_ARG(world->run->diags.count ? world->run->diags.items[0].message : STR("not read")));
    struct request request;
    dialect_request(world->arena, row->request, &request);
    Str got = case_answers(world, &request);
    ck_assert_msg(str_is(got, row->answer), "%s\n  request:  %s\n  expected: %s\n  got:      %.*s",
                  row->what, row->request, row->answer, STR_ARG(got));
    arena_free(world->arena);
}

// What is said about a configuration: a remark (rule) or a complaint ("CG901"), with that text in
// it; `says` NULL: nothing at all.
struct said_row {
    const char *what, *text, *rule, *says;
};

static inline void said_row_check(const struct said_row *row, const char *path)
{
    struct case_world *world = case_world_new(path, row->text);
    const struct policy *policy = world->result.policy;
    bool found = false, some = policy->remark_count || world->run->diags.count;
    Str all = STR("");
    for (uint32_t i = 0; i < policy->remark_count; i++) {
        const struct remark *remark = &policy->remarks[i];
        all = str_format(world->arena, "%.*s\n  %s %.*s", STR_ARG(all), remark->rule,
                         STR_ARG(remark->message));
        found |= row->rule && strcmp(remark->rule, row->rule) == 0 &&
                 str_contains(remark->message, str_from(row->says));
    }
    for (uint32_t i = 0; i < world->run->diags.count; i++) {
        const struct diag *diag = &world->run->diags.items[i];
        all = str_format(world->arena, "%.*s\n  %s %.*s", STR_ARG(all), diag->kind->id,
                         STR_ARG(diag->message));
        found |= row->rule && strcmp(diag->kind->id, row->rule) == 0 &&
                 str_contains(diag->message, str_from(row->says));
    }
    ck_assert_msg(row->rule ? found : !some, "%s: %.*s", row->what, STR_ARG(all));
    // What is wrong with the input, and nothing else, makes reading fail.
    ck_assert_msg(world->good == (!row->rule || strcmp(row->rule, "CG901") != 0), "%s", row->what);
    arena_free(world->arena);
}
