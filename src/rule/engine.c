#include "rule/engine.h"

#include "base/hash.h"
#include "rule/condition.h"

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

static void ask(struct engine *engine, const struct rule *rule, const struct item *item)
{
    struct arena *arena = engine->judge.model->arena;
    if (rule->subject != item->subject || !condition_holds(&rule->when, item->facts))
        return;
    enum level level = rule->level;
    bool review = rule->review;
    Str message = rule->message;
    for (uint32_t i = 0; i < rule->case_count; i++) {
        const struct rule_case *one = &rule->cases[i];
        if (!condition_holds(&one->when, item->facts))
            continue;
        level = one->level;
        review = one->review;
        message = one->message.len ? one->message : message;
        break;
    }
    level = level < item->most ? level : item->most;
    (void)overridden(engine->settings, rule->id, &level);
    if (level == LEVEL_OFF || is_covered(engine, rule, item))
        return;
    struct finding finding = item->finding;
    finding.rule = rule;
    add_place(engine, rule->id, finding.span);
    finding.level = level;
    finding.review = review;
    finding.message = template_fill(arena, item->subject, message, item->facts);
    if (finding.condition.len)
        finding.message = str_format(arena, "%.*s, when %.*s", STR_ARG(finding.message),
                                     STR_ARG(finding.condition));
    finding.fingerprint = hash_str(finding.fingerprint, rule->id);
    *vec_push(arena, engine->out) = finding;
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
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_weight);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->count; i++)
        if (kept == 0 || !same_finding(&out->items[kept - 1], &out->items[i]))
            out->items[kept++] = out->items[i];
    out->count = kept;
}
