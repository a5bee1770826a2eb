// Subjects that are told as they come: remarks, unknowns and diags.

#include "base/hash.h"
#include "rule/engine.h"

// How often each text was seen in the old version.
struct tally {
    struct arena *arena;
    struct map counts; // of struct count
};
struct count {
    Str rule, text;
    uint32_t left;
};

static struct count *tally_find(const struct tally *tally, Str rule, Str text)
{
    uint32_t at = 0;
    struct count *count;
    while ((count = map_next(&tally->counts, hash_str(hash_str(HASH_SEED, rule), text), &at)))
        if (str_equal(count->rule, rule) && str_equal(count->text, text))
            return count;
    return NULL;
}

static void tally_add(struct tally *tally, Str rule, Str text)
{
    struct count *count = tally_find(tally, rule, text);
    if (!count) {
        count = ARENA_NEW(tally->arena, struct count);
        *count = (struct count){ rule, text, 0 };
        map_add(tally->arena, &tally->counts, hash_str(hash_str(HASH_SEED, rule), text), count);
    }
    count->left++;
}

// Takes one away: true when the old version had it.
static bool tally_take(struct tally *tally, Str rule, Str text)
{
    struct count *count = tally_find(tally, rule, text);
    if (!count || !count->left)
        return false;
    count->left--;
    return true;
}

static struct item item_about(enum subject subject, Span span, uint64_t fingerprint)
{
    struct item item = { .subject = subject, .most = LEVEL_ERROR };
    item.finding.span = span;
    item.finding.reach = 1;
    item.finding.fingerprint = fingerprint;
    return item;
}

// A rule that looks at something else of its own can be told of the same flaw where only a dialect
// sees it.
void engine_remark(struct engine *engine, const struct remark *remark)
{
    Str id = str_from(remark->rule);
    const struct rule *rule = rule_find(id);
    uint64_t identity = remark->identity ? remark->identity : hash_str(HASH_SEED, remark->message);
    struct item item =
        item_about(SUBJECT_REMARK, remark->span, hash_u64(hash_str(HASH_SEED, id), identity));
    item.finding.endpoint = remark->endpoint;
    item.merge.endpoints = &remark->endpoint;
    item.merge.endpoint_count = remark->endpoint != NULL;
    item_set_text(&item, REMARK_RULE, id);
    item_set_text(&item, REMARK_MESSAGE, remark->message);
    if (rule && rule->subject != SUBJECT_REMARK)
        engine_tell(engine, rule, &item, remark->message);
    else
        engine_judge(engine, &item);
}

void engine_remarks(struct engine *engine, const struct policy *old, const struct policy *new)
{
    struct tally before = { .arena = engine->judge.model->arena };
    for (uint32_t i = 0; old && i < old->remark_count; i++)
        tally_add(&before, str_from(old->remarks[i].rule), old->remarks[i].message);
    for (uint32_t i = 0; i < new->remark_count; i++) {
        const struct remark *remark = &new->remarks[i];
        Str rule = str_from(remark->rule);
        if (tally_take(&before, rule, remark->message))
            continue;
        engine_remark(engine, remark);
    }
}

static void judge_unknown(struct engine *engine, Span span, Str reason)
{
    struct item item = item_about(SUBJECT_UNKNOWN, span, hash_str(HASH_SEED, reason));
    item_set_text(&item, UNKNOWN_REASON, reason);
    engine_judge(engine, &item);
}

void engine_unknowns(struct engine *engine, const struct policy *old, const struct policy *new)
{
    struct tally before = { .arena = engine->judge.model->arena };
    for (uint32_t i = 0; old && i < old->unknown_count; i++)
        tally_add(&before, (Str){ 0 }, old->unknowns[i].reason);
    for (uint32_t i = 0; i < new->unknown_count; i++) {
        const struct unknown *unknown = &new->unknowns[i];
        if (tally_take(&before, (Str){ 0 }, unknown->reason))
            continue;
        judge_unknown(engine, unknown->span, unknown->reason);
    }
}

void engine_diags(struct engine *engine, struct rule_diags old, struct rule_diags new)
{
    struct tally before = { .arena = engine->judge.model->arena };
    for (uint32_t i = 0; i < old.count; i++)
        tally_add(&before, str_from(old.items[i].kind->id), old.items[i].message);
    for (uint32_t i = 0; i < new.count; i++) {
        const struct diag *diag = &new.items[i];
        Str rule = str_from(diag->kind->id);
        bool known = tally_take(&before, rule, diag->message);
        if (str_is(rule, "CG902")) {
            if (!known)
                judge_unknown(engine, diag->span, diag->message);
            continue;
        }
        struct item item = item_about(SUBJECT_DIAG, diag->span,
                                      hash_str(hash_str(HASH_SEED, rule), diag->message));
        item.most = diag->kind->level;
        item_set_text(&item, DIAG_RULE, rule);
        item_set_bool(&item, DIAG_KNOWN_BEFORE, known);
        item_set_text(&item, DIAG_MESSAGE, diag->message);
        engine_judge(engine, &item);
    }
}
