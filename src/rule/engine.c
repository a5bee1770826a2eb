#include "rule/engine.h"

#include "base/hash.h"
#include "rule/condition.h"
#include "rule/words.h"

#include <stdlib.h>

// A finding about an endpoint, for covered_by.
struct covering {
    const struct endpoint *endpoint;
    Str rule;
};

void item_set_bool(struct item *item, uint32_t fact, bool value)
{
    item->facts[fact] = (struct fact_value){ .type = FACT_BOOL, .boolean = value };
}

void item_set_number(struct item *item, uint32_t fact, uint64_t value)
{
    item->facts[fact] = (struct fact_value){ .type = FACT_NUMBER, .number = value };
}

void item_set_word(struct item *item, uint32_t fact, const char *word)
{
    item->facts[fact] = (struct fact_value){ .type = FACT_CHOICE, .text = str_from(word) };
}

void item_set_text(struct item *item, uint32_t fact, Str text)
{
    item->facts[fact] = (struct fact_value){ .type = FACT_TEXT, .text = text };
}

void item_set_place(struct item *item, Span first, Span second, Span otherwise)
{
    item->finding.span = first.file ? first : second.file ? second : otherwise;
}

static uint64_t endpoint_key(const struct endpoint *endpoint)
{
    return hash_u64(HASH_SEED, (uint64_t)(uintptr_t)endpoint);
}

static bool is_covered_at_endpoint(const struct engine *engine, Str rule,
                                   const struct endpoint *endpoint)
{
    uint32_t at = 0;
    const struct covering *covering;
    while ((covering = map_next(&engine->by_endpoint, endpoint_key(endpoint), &at)))
        if (covering->endpoint == endpoint && str_equal(covering->rule, rule))
            return true;
    return false;
}

// Places are kept by stretches of a file, so that one that lies inside another is found.
enum { STRETCH = 64, STRETCHES_MOST = 32 };

static uint64_t place_key(Str rule, uint32_t file, uint32_t stretch)
{
    return hash_u64(hash_str(HASH_SEED, rule), (uint64_t)file << 32 | stretch);
}

static void add_place(struct engine *engine, Str rule, Span span)
{
    struct arena *arena = engine->judge.model->arena;
    Span *copy = ARENA_NEW(arena, Span);
    *copy = span;
    map_add(arena, &engine->by_place, place_key(rule, span.file, span.begin / STRETCH), copy);
}

// Does a finding of that rule begin inside `span`?
static bool is_covered_at_place(const struct engine *engine, Str rule, Span span)
{
    uint32_t first = span.begin / STRETCH, last = span.end / STRETCH;
    for (uint32_t stretch = first; stretch <= last && stretch - first < STRETCHES_MOST; stretch++) {
        uint32_t at = 0;
        const Span *other;
        while ((other = map_next(&engine->by_place, place_key(rule, span.file, stretch), &at)))
            if (other->begin >= span.begin && other->begin <= span.end)
                return true;
    }
    return false;
}

static bool is_covered(const struct engine *engine, const struct rule *rule,
                       const struct item *item)
{
    const struct endpoint *endpoint = item->finding.endpoint;
    for (uint32_t i = 0; i < rule->covered_by_count; i++)
        if (endpoint ? is_covered_at_endpoint(engine, rule->covered_by[i], endpoint)
                     : is_covered_at_place(engine, rule->covered_by[i], item->finding.span))
            return true;
    return false;
}

static bool overridden(const struct rule_settings *settings, Str id, enum level *out)
{
    for (uint32_t i = settings->level_count; i-- > 0;)
        if (str_equal_nocase(settings->levels[i].id, id)) {
            *out = settings->levels[i].level;
            return true;
        }
    return false;
}

// How a rule weighs an item, and what it says about it.
struct opinion {
    enum level level;
    bool review;
    Str message;
};

static void report(struct engine *engine, const struct rule *rule, const struct item *item,
                   struct opinion opinion)
{
    struct arena *arena = engine->judge.model->arena;
    enum level level = opinion.level < item->most ? opinion.level : item->most;
    (void)overridden(engine->settings, rule->id, &level);
    if (level == LEVEL_OFF || is_covered(engine, rule, item))
        return;
    struct finding finding = item->finding;
    finding.rule = rule;
    add_place(engine, rule->id, finding.span);
    finding.level = level;
    finding.review = opinion.review;
    finding.message = opinion.message;
    finding.fingerprint = hash_str(finding.fingerprint, rule->id);
    *vec_push(arena, engine->out) = finding;
    *vec_push(arena, &engine->merges) = item->merge;
}

static void ask(struct engine *engine, const struct rule *rule, const struct item *item)
{
    if (rule->subject != item->subject || !condition_holds(&rule->when, item->facts))
        return;
    struct opinion opinion = { rule->level, rule->review, rule->message };
    for (uint32_t i = 0; i < rule->case_count; i++) {
        const struct rule_case *one = &rule->cases[i];
        if (!condition_holds(&one->when, item->facts))
            continue;
        opinion.level = one->level;
        opinion.review = one->review;
        opinion.message = one->message.len ? one->message : opinion.message;
        break;
    }
    opinion.message =
        template_fill(engine->judge.model->arena, item->subject, opinion.message, item->facts);
    report(engine, rule, item, opinion);
}

void engine_tell(struct engine *engine, const struct rule *rule, const struct item *item,
                 Str message)
{
    report(engine, rule, item, (struct opinion){ rule->level, rule->review, message });
}

void engine_judge(struct engine *engine, const struct item *item)
{
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    for (uint32_t i = 0; i < count; i++)
        ask(engine, &rules[i], item);
    for (uint32_t i = 0; i < engine->settings->custom_count; i++)
        ask(engine, &engine->settings->custom[i], item);
}

void engine_cover(struct engine *engine, uint32_t first, const struct pair *pairs, uint32_t count)
{
    struct arena *arena = engine->judge.model->arena;
    for (uint32_t i = first; i < engine->out->count; i++)
        for (uint32_t j = 0; j < count; j++) {
            if (!pairs[j].new)
                continue;
            struct covering *covering = ARENA_NEW(arena, struct covering);
            *covering = (struct covering){ pairs[j].new, engine->out->items[i].rule->id };
            map_add(arena, &engine->by_endpoint, endpoint_key(pairs[j].new), covering);
        }
}

// Merging.

// A finding that others are merged into.
struct merged {
    struct finding *finding;
    uint64_t cause;
    struct map endpoints;
    VEC(const struct endpoint *) list; // the same, in order
};

static void add_endpoints(struct arena *arena, struct merged *merged, const struct merge *merge)
{
    for (uint32_t i = 0; i < merge->endpoint_count; i++) {
        uint64_t key = endpoint_key(merge->endpoints[i]);
        uint32_t at = 0;
        if (map_next(&merged->endpoints, key, &at))
            continue;
        map_add(arena, &merged->endpoints, key, merged);
        *vec_push(arena, &merged->list) = merge->endpoints[i];
    }
}

static bool same_cause(const struct merged *merged, const struct finding *finding, uint64_t cause)
{
    const struct finding *first = merged->finding;
    return merged->cause == cause && first->rule == finding->rule &&
           first->level == finding->level && first->span.file == finding->span.file &&
           first->span.begin == finding->span.begin && first->span.end == finding->span.end;
}

// One cause that shows in several regions is one finding; what holds always stands for what holds
// under a condition.
static void merge_findings(struct engine *engine, uint32_t start)
{
    struct arena *arena = engine->judge.model->arena;
    struct findings *out = engine->out;
    struct map by_cause = { 0 };
    uint32_t kept = start;
    for (uint32_t i = start; i < out->count; i++) {
        const struct finding finding = out->items[i];
        const struct merge *merge = &engine->merges.items[i - start];
        uint64_t hash = hash_u64(hash_str(merge->cause, finding.rule->id), finding.span.begin);
        uint32_t at = 0;
        struct merged *merged = NULL;
        while (merge->cause && (merged = map_next(&by_cause, hash, &at)))
            if (same_cause(merged, &finding, merge->cause))
                break;
        if (!merged) {
            merged = ARENA_NEW(arena, struct merged);
            out->items[kept] = finding;
            merged->finding = &out->items[kept++];
            merged->cause = merge->cause;
            map_add(arena, &by_cause, hash, merged);
        } else {
            uint64_t fingerprint = merged->finding->fingerprint + finding.fingerprint;
            if (merged->finding->condition.len && !finding.condition.len)
                *merged->finding = finding;
            merged->finding->fingerprint = fingerprint;
        }
        add_endpoints(arena, merged, merge);
        if (merged->list.count > merged->finding->reach)
            merged->finding->reach = merged->list.count;
        merged->finding->endpoints = merged->list.items;
        merged->finding->endpoint_count = merged->list.count;
    }
    out->count = kept;
}

// The message with its place and its condition.
static void finish_message(struct engine *engine, struct finding *finding)
{
    struct arena *arena = engine->judge.model->arena;
    Str before, behind, url = { 0 };
    if (finding->region)
        url = finding->region->url;
    else if (finding->endpoint)
        url = finding->endpoint->url;
    if (str_cut(finding->message, STR(ITEM_PLACE), &before, &behind)) {
        Str place = words_place(arena, url, finding->reach);
        finding->message =
            str_format(arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(place), STR_ARG(behind));
    }
    if (finding->condition.len)
        finding->message = str_format(arena, "%.*s, when %.*s", STR_ARG(finding->message),
                                      STR_ARG(finding->condition));
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_weight(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = compare(b->level == LEVEL_ERROR, a->level == LEVEL_ERROR);
    order = order ? order : compare(b->review, a->review);
    order = order ? order : compare(b->level, a->level);
    order = order ? order : compare(a->span.file, b->span.file);
    order = order ? order : compare(a->span.begin, b->span.begin);
    order = order ? order : compare(a->span.end, b->span.end);
    order = order ? order : str_compare(a->rule->id, b->rule->id);
    order = order ? order : str_compare(a->message, b->message);
    return order ? order : compare(a->fingerprint, b->fingerprint);
}

static bool same_finding(const struct finding *a, const struct finding *b)
{
    return a->rule == b->rule && a->span.file == b->span.file && a->span.begin == b->span.begin &&
           a->span.end == b->span.end && str_equal(a->message, b->message);
}

void engine_finish(struct engine *engine)
{
    struct findings *out = engine->out;
    uint32_t start = out->count - engine->merges.count;
    merge_findings(engine, start);
    for (uint32_t i = start; i < out->count; i++)
        finish_message(engine, &out->items[i]);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_weight);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->count; i++)
        if (kept == 0 || !same_finding(&out->items[kept - 1], &out->items[i]))
            out->items[kept++] = out->items[i];
    out->count = kept;
}
