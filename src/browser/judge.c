#include "browser/judge.h"

#include "base/hash.h"
#include "base/vec.h"
#include "browser/lines.h"
#include "browser/names.h"
#include "browser/sent.h"
#include "policy/cache.h"
#include "policy/cells.h"

struct judge {
    struct model *model;
    const struct upstreams *upstreams;
    const struct fa *whole;
    const struct demand *demand;
    const struct fa *may, *refused; // so far
    uint32_t cases;                 // that are left
    Span span;
    int span_rank; // of what has decided so far: the more, the nearer to the point
    struct unknown *why;
    const struct var *choice; // the first open choice met
    // Of the answer being judged:
    const struct response *response;
    struct lines lines;
    bool own_upstream; // the upstream adds what it likes
};

enum { CASES_MAX = 20000 };

static void decide_at(struct judge *j, Span span, int rank)
{
    if (rank > j->span_rank) {
        j->span = span;
        j->span_rank = rank;
    }
}

static void doubt(struct judge *j, Span span, Str reason, uint64_t identity)
{
    if (j->why)
        return;
    j->why = ARENA_NEW(j->model->arena, struct unknown);
    *j->why = (struct unknown){ span, reason, identity };
}

static void doubt_value(struct judge *j, Span span, const struct value *value)
{
    const struct part *part = value ? value_find_unknown(value) : NULL;
    if (part)
        doubt(j, part->span, part->text, part->identity);
    else
        doubt(j, span, STR("it depends on more than the origin"),
              value ? value_hash(value) : hash_str(HASH_SEED, STR("value")));
}

// The requests of a box get what they want from the origins of `may`, certainly from those of
// `must`.
static void conclude(struct judge *j, const struct box *box, const struct fa *must,
                     const struct fa *may)
{
    struct fa_space *fa = j->model->fa;
    const struct fa *origins = fa_intersect(fa, j->whole, box_language(box, j->model->origin));
    for (uint32_t i = 0; i < box->count && !j->choice; i++)
        if (box->items[i].var->kind == VAR_CHOICE)
            j->choice = box->items[i].var;
    if (box->inexact) {
        must = fa_none(fa);
        doubt(j, j->response->span, STR("a limit was reached"), 0);
    }
    j->may = fa_union(fa, j->may, fa_intersect(fa, origins, may));
    j->refused = fa_union(fa, j->refused, fa_subtract(fa, origins, must));
}

static void refuse(struct judge *j, const struct box *box)
{
    const struct fa *none = fa_none(j->model->fa);
    conclude(j, box, none, none);
}

// One answer is judged in steps; every step splits the box by what the answer says there and goes
// on with what passes. `sure` tells whether all so far was certain.
// Whether lines of that name may be there that nobody knows of. Then what is judged on them is not
// certain.
static bool is_unsure(struct judge *j, const char *name)
{
    if (j->lines.unknown) {
        doubt_value(j, j->lines.unknown->span, j->lines.unknown->value);
        return true;
    }
    for (uint32_t i = 0; i < j->lines.count; i++) {
        const struct line *line = &j->lines.items[i];
        if (line->unsure && str_is_nocase(line->name, name)) {
            doubt_value(j, line->span, line->value);
            return true;
        }
    }
    return false;
}

static bool cases_of(struct judge *j, const char *name, const struct box *box,
                     struct lines_cases *out)
{
    if (j->cases == 0 || !lines_split(j->model, &j->lines, name, box, out)) {
        doubt(j, j->response->span, STR("a limit was reached"), 0);
        conclude(j, box, fa_none(j->model->fa), j->whole);
        return false;
    }
    j->cases -= j->cases < out->count ? j->cases : out->count;
    return true;
}

static void judge_equal(struct judge *j, const struct box *box, const struct line *line, bool sure)
{
    struct model *model = j->model;
    const struct value *value = lines_stripped(model, line->value);
    const struct fa *must, *may;
    value_equals_origin(model, box, value, &must, &may);
    must = fa_intersect(model->fa, must, j->whole);
    may = fa_intersect(model->fa, may, j->whole);
    if (!may || !fa_is_none(may))
        decide_at(j, line->span, 3);
    if (must != may)
        doubt_value(j, line->span, value);
    conclude(j, box, sure ? must : fa_none(model->fa), may);
}

static void judge_one_origin(struct judge *j, const struct box *box, const struct line *line,
                             bool sure)
{
    struct model *model = j->model;
    struct boxes any = { 0 }, other = { 0 };
    value_split(model, box, line->value, lines_text(model, STR("*")), &any, &other);
    for (uint32_t i = 0; i < any.count; i++) {
        decide_at(j, line->span, 3);
        if (j->demand->credentials)
            refuse(j, any.items[i]);
        else
            conclude(j, any.items[i], sure ? j->whole : fa_none(model->fa), j->whole);
    }
    for (uint32_t i = 0; i < other.count; i++)
        judge_equal(j, other.items[i], line, sure);
}

static void judge_origin(struct judge *j, const struct box *box, bool sure)
{
    static const char name[] = "Access-Control-Allow-Origin";
    struct lines_cases cases;
    if (is_unsure(j, name)) {
        conclude(j, box, fa_none(j->model->fa), j->whole);
        return;
    }
    if (!cases_of(j, name, box, &cases))
        return;
    for (uint32_t i = 0; i < cases.count; i++) {
        const struct lines_case *one = &cases.items[i];
        if (one->count == 1) {
            judge_one_origin(j, one->box, one->sent[0], sure);
        } else {
            decide_at(j,
                      one->count              ? one->sent[1]->span
                      : j->lines.removed.file ? j->lines.removed
                                              : j->response->span,
                      1 + (one->count || j->lines.removed.file));
            refuse(j, one->box);
        }
    }
}

// What must hold before: credentials.
static void judge_credentials(struct judge *j, const struct box *box, bool sure,
                              void (*next)(struct judge *, const struct box *, bool))
{
    static const char name[] = "Access-Control-Allow-Credentials";
    struct model *model = j->model;
    struct lines_cases cases;
    if (!j->demand->credentials) {
        next(j, box, sure);
        return;
    }
    if (is_unsure(j, name)) {
        next(j, box, false);
        return;
    }
    if (!cases_of(j, name, box, &cases))
        return;
    for (uint32_t i = 0; i < cases.count; i++) {
        const struct lines_case *one = &cases.items[i];
        struct boxes yes = { 0 }, no = { 0 };
        if (one->count == 1)
            value_split(model, one->box, one->sent[0]->value, lines_text(model, STR("true")), &yes,
                        &no);
        else
            *vec_push(model->arena, &no) = one->box;
        for (uint32_t k = 0; k < no.count; k++) {
            if (one->count)
                decide_at(j, one->sent[0]->span, 2);
            refuse(j, no.items[k]);
        }
        for (uint32_t k = 0; k < yes.count; k++)
            next(j, yes.items[k], sure);
    }
}

// A list header: every line a list of names, and `word` in one of them, or "*" without credentials.
// An empty word only asks for lists.
struct listing {
    const char *name;
    Str word;
    bool fold;
    void (*next)(struct judge *, const struct box *, bool);
};

static void judge_lines(struct judge *j, const struct listing *listing,
                        const struct lines_case *lines, uint32_t at, bool listed, bool sure)
{
    struct model *model = j->model;
    if (at == lines->count) {
        if (listed) {
            listing->next(j, lines->box, sure);
        } else {
            decide_at(j, lines->count ? lines->sent[0]->span : j->response->span,
                      1 + !!lines->count);
            refuse(j, lines->box);
        }
        return;
    }
    const struct line *line = lines->sent[at];
    struct boxes valid = { 0 }, broken = { 0 };
    value_split(model, lines->box, line->value, lines_list(model), &valid, &broken);
    for (uint32_t i = 0; i < broken.count; i++) {
        decide_at(j, line->span, 2);
        refuse(j, broken.items[i]);
    }
    for (uint32_t i = 0; i < valid.count; i++) {
        struct boxes named = { 0 }, silent = { 0 };
        struct lines_case rest = *lines;
        if (listed) {
            rest.box = valid.items[i];
            judge_lines(j, listing, &rest, at + 1, true, sure);
            continue;
        }
        const struct fa *naming = lines_naming(model, listing->word, listing->fold);
        if (!j->demand->credentials)
            naming = fa_union(model->fa, naming, lines_naming(model, STR("*"), false));
        value_split(model, valid.items[i], line->value, naming, &named, &silent);
        for (uint32_t k = 0; k < named.count; k++) {
            rest.box = named.items[k];
            judge_lines(j, listing, &rest, at + 1, true, sure);
        }
        for (uint32_t k = 0; k < silent.count; k++) {
            rest.box = silent.items[k];
            judge_lines(j, listing, &rest, at + 1, false, sure);
        }
    }
}

static void judge_list(struct judge *j, const struct listing *listing, const struct box *box,
                       bool sure)
{
    struct lines_cases cases;
    if (is_unsure(j, listing->name)) {
        listing->next(j, box, false);
        return;
    }
    if (!cases_of(j, listing->name, box, &cases))
        return;
    for (uint32_t i = 0; i < cases.count; i++)
        judge_lines(j, listing, &cases.items[i], 0, listing->word.len == 0, sure);
}

static void judge_headers(struct judge *j, const struct box *box, bool sure)
{
    struct listing listing = { "Access-Control-Allow-Headers", j->demand->header, true,
                               judge_origin };
    judge_list(j, &listing, box, sure);
}

static void judge_methods(struct judge *j, const struct box *box, bool sure)
{
    Str method = j->demand->method;
    struct listing listing = { "Access-Control-Allow-Methods",
                               names_safelisted_method(method) ? STR("") : method, false,
                               judge_headers };
    judge_list(j, &listing, box, sure);
}

static void judge_exposed(struct judge *j, const struct box *box, bool sure)
{
    if (j->demand->expose.len == 0) {
        judge_origin(j, box, sure);
        return;
    }
    struct listing listing = { "Access-Control-Expose-Headers", j->demand->expose, true,
                               judge_origin };
    judge_list(j, &listing, box, sure);
}

static bool is_redirect(uint32_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// The status of an answer as far as it is known: an upstream's is taken to be 200. 0: none comes.
static uint32_t status_of(const struct judge *j, const struct upstream *upstream, Str method)
{
    const struct response *response = j->response;
    switch (response->answer) {
    case ANSWER_OWN:
        return response->status;
    case ANSWER_UPSTREAM:
        if (response->status)
            return response->status;
        return upstream && upstream->status ? upstream->status : 200;
    case ANSWER_FILE: // other methods than these are not for files
        return str_is(method, "GET") || str_is(method, "HEAD") ? 200 : 405;
    case ANSWER_NONE:
    case ANSWER_UNKNOWN:
        break;
    }
    return 0;
}

// Of what an upstream goes by that decides for itself.
static uint64_t asked_identity(const struct response *response)
{
    return forward_hash(hash_str(HASH_SEED, response->upstream), response->forward, FORWARD_CORS);
}

// What an upstream that decides for itself may send: a line that nobody knows, of every name that
// matters. Where the configuration sets or removes it, it is gone from the result.
static void fill_lines(struct judge *j, const struct upstream *upstream, uint32_t status)
{
    static const char *const names[] = {
        "Access-Control-Allow-Origin",   "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Methods",  "Access-Control-Allow-Headers",
        "Access-Control-Expose-Headers",
    };
    enum { NAMES = sizeof names / sizeof *names };
    static const char mark[] = "\n"; // no header has it
    struct header own[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        own[i] = (struct header){ str_from(names[i]), str_from(mark) };
    const struct header *headers = upstream ? upstream->headers : NULL;
    uint32_t count = upstream ? upstream->header_count : 0;
    if (upstream && upstream->own) {
        headers = own;
        count = NAMES;
    }
    response_lines(j->model, j->response, status, headers, count, &j->lines);
    for (uint32_t i = 0; i < j->lines.count && headers == own; i++) {
        struct line *line = &j->lines.items[i];
        Str text;
        if (value_is_text(line->value, &text) && str_is(text, mark)) {
            line->unsure = true;
            line->value = value_unknown(j->model, STR("the upstream decides for itself"),
                                        asked_identity(j->response), line->span);
        }
    }
}

// By its status and lines.
static void judge_answer(struct judge *j, const struct box *box, uint32_t status, bool sure)
{
    bool passes = j->demand->preflight ? status >= 200 && status < 300 : !is_redirect(status);
    if (status == 0 || !passes) {
        decide_at(j, j->response->span, 1);
        refuse(j, box);
        return;
    }
    judge_credentials(j, box, sure, j->demand->preflight ? judge_methods : judge_exposed);
}

static void judge_cell(struct judge *j, const struct cell *cell, const struct box *box, Str method)
{
    const struct response *response = cell->response;
    const struct upstream *upstream = NULL;
    j->response = response;
    if (response->answer == ANSWER_UPSTREAM)
        upstream = upstreams_find(j->upstreams, response->upstream);
    if (response->answer == ANSWER_UNKNOWN) {
        doubt(j, response->span, response->reason, response->identity);
        decide_at(j, response->span, 3);
        conclude(j, box, fa_none(j->model->fa), j->whole);
        return;
    }
    uint32_t status = status_of(j, upstream, method);
    bool sure = !(upstream && upstream->own && response->status == 0);
    if (!sure)
        doubt(j, response->span, STR("the upstream decides for itself"), asked_identity(response));
    fill_lines(j, upstream, status);
    judge_answer(j, box, status, sure);
}

// The answer that a cache hands out, which may be one that it kept for another origin.
static void judge_kept(struct judge *j, const struct cell *second, const struct box *box,
                       const struct cell *first, const struct cache *cache, Str method)
{
    struct answered asked = { .box = box, .response = second->response };
    struct answered known = {
        .box = box_with(j->model, first->box, j->model->method, fa_literal(j->model->fa, method)),
        .response = first->response,
    };
    const struct upstream *upstream = upstreams_find(j->upstreams, first->response->upstream);
    bool is_open = upstream && upstream->own && first->response->answer == ANSWER_UPSTREAM;
    j->response = first->response;
    known.status = status_of(j, upstream, method);
    if (!known.box || is_open || known.status == 0)
        return; // of what is not known the judgement has been told
    known.upstream_headers = upstream ? upstream->headers : NULL;
    known.upstream_header_count = upstream ? upstream->header_count : 0;
    struct cache_mixed mixed = cache_mix(j->model, cache, &known, &asked);
    if (mixed.mix == CACHE_APART)
        return;
    const struct fa *may = j->may, *refused = j->refused;
    struct unknown *why = j->why;
    j->response = second->response;
    j->lines = mixed.lines;
    judge_answer(j, mixed.box, mixed.status, true);
    j->why = why; // what is not known is the other request, whatever it makes of the lines
    if (may != j->may || refused != j->refused)
        doubt(j, cache->span,
              str_format(j->model->arena, "%.*s may hand out what it kept for another origin",
                         STR_ARG(cache->name)),
              caches_hash(response_hash(first->response), second->response));
}

static void judge_caches(struct judge *j, const struct endpoint *endpoint,
                         const struct cell *second, const struct box *box, Str method)
{
    for (uint32_t i = 0; i < second->response->cache_count; i++)
        for (uint32_t k = 0; k < endpoint->cell_count; k++) {
            if (j->cases-- == 0) {
                j->cases = 0;
                doubt(j, second->response->span, STR("a limit was reached"), 0);
                conclude(j, box, fa_none(j->model->fa), j->whole);
                return;
            }
            judge_kept(j, second, box, &endpoint->cells[k], &second->response->caches[i], method);
        }
}

// Whether a cell is about requests with that method at all.
static bool has_method(const struct model *model, const struct box *box, Str method)
{
    for (uint32_t i = 0; i < box->count; i++)
        if (box->items[i].var == model->method)
            return fa_accepts(box->items[i].language, method);
    return true;
}

struct access judge_requests(struct origin_space *space, const struct upstreams *upstreams,
                             const struct endpoint *endpoint, const struct box *situation,
                             const struct demand *demand, Str method)
{
    struct model *model = origins_model(space);
    const struct fa *none = fa_none(model->fa);
    struct judge j = {
        .model = model,
        .upstreams = upstreams,
        .whole = origins_part(space, ORIGINS_PART_WHOLE),
        .demand = demand,
        .may = none,
        .refused = none,
        .cases = CASES_MAX,
        .span = endpoint->span,
    };
    const struct box *asked = sent_requests(model, j.whole, endpoint, situation, demand, method);
    for (uint32_t i = 0; i < endpoint->cell_count && asked; i++) {
        const struct box *cell = endpoint->cells[i].box;
        const struct box *box =
            has_method(model, cell, method) ? box_meet(model, cell, asked) : NULL;
        if (!box)
            continue;
        judge_cell(&j, &endpoint->cells[i], box, method);
        judge_caches(&j, endpoint, &endpoint->cells[i], box, method);
    }
    struct access access = { .must = fa_subtract(model->fa, j.may, j.refused), .may = j.may };
    if (!access.may)
        access.may = j.whole;
    if (!access.must)
        access.must = none;
    access.span = j.span;
    if (access.must != access.may) {
        if (!j.why && j.choice)
            doubt(&j, j.choice->span, j.choice->name, j.choice->identity);
        access.why = j.why;
    }
    return access;
}
