#include "cli/weakened.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>

struct weakening {
    const struct weakened *with;
    struct remarks *out;
};

// `at` is where it is written now, or, of what is gone, where it was. `extent` covers what the text
// leaves out: who approves one weakening has not approved another one that reads the same.
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
static void
tell(const struct weakening *weakening, Span at, uint64_t extent, const char *format, ...)
{
    char text[512]; // longer ones are cut: they quote input
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct arena *arena = weakening->with->model->arena;
    Str message = str_copy(arena, str_from(text));
    *vec_push(arena, weakening->out) = (struct remark){
        .rule = "CG906",
        .span = at.file ? at : weakening->with->new->span,
        .message = message,
        .identity = hash_u64(hash_str(HASH_SEED, message), extent),
    };
}

static bool has_text(const struct config_text *list, uint32_t count, Str text)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_equal(list[i].text, text))
            return true;
    return false;
}

static bool has_name(const Str *list, uint32_t count, Str name)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_equal_nocase(list[i], name))
            return true;
    return false;
}

// By what they mean: an entry that others of the old list cover adds nothing.
static void compare_trust(const struct weakening *weakening)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    struct model *model = weakening->with->model;
    struct origin_space *space = origin_space_of(model);
    if (!new->trusted)
        return;
    for (uint32_t i = 0; i < new->trusted_list.count; i++) {
        const struct config_text *entry = &new->trusted_list.items[i];
        const struct fa *one;
        Str reason;
        if (origins_parse_trusted(space, entry->text, &one, &reason) && one && old->trusted &&
            fa_is_subset(model->fa, one, old->trusted))
            continue;
        if (has_text(old->trusted_list.items, old->trusted_list.count, entry->text))
            continue;
        tell(weakening, entry->span, hash_str(HASH_SEED, entry->text),
             "%.*s is trusted from now on: it may gain access unreviewed", STR_ARG(entry->text));
    }
}

static enum level highest(const struct rule *rule)
{
    enum level out = rule->level;
    for (uint32_t i = 0; i < rule->case_count; i++)
        out = rule->cases[i].level > out ? rule->cases[i].level : out;
    return out;
}

static const struct rule *find_rule(const struct config *config, Str id)
{
    for (uint32_t i = 0; i < config->custom.count; i++)
        if (str_equal_nocase(config->custom.items[i].id, id))
            return &config->custom.items[i];
    return rule_find(id);
}

// The level that a configuration gives a rule; the last entry counts.
static enum level level_in(const struct config *config, const struct rule *rule, Span *at)
{
    for (uint32_t i = config->levels.count; i-- > 0;)
        if (str_equal_nocase(config->levels.items[i].id, rule->id)) {
            *at = config->levels.items[i].span;
            return config->levels.items[i].level;
        }
    return highest(rule);
}

static void compare_level(const struct weakening *weakening, Str id)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    const struct rule *rule = find_rule(old, id);
    Span before = { 0 }, after = { 0 };
    if (!rule)
        return;
    enum level was = level_in(old, rule, &before), is = level_in(new, rule, &after);
    if (is < was)
        tell(weakening, after.file ? after : before, 0, "the level of %.*s goes down from %s to %s",
             STR_ARG(rule->id), level_name(was), level_name(is));
}

static void compare_levels(const struct weakening *weakening)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    for (uint32_t i = 0; i < new->levels.count; i++) {
        bool again = false;
        for (uint32_t j = 0; j < i; j++)
            again = again || str_equal_nocase(new->levels.items[j].id, new->levels.items[i].id);
        if (!again)
            compare_level(weakening, new->levels.items[i].id);
    }
    for (uint32_t i = 0; i < old->levels.count; i++) {
        bool told = false;
        for (uint32_t j = 0; j < new->levels.count; j++)
            told = told || str_equal_nocase(new->levels.items[j].id, old->levels.items[i].id);
        if (!told)
            compare_level(weakening, old->levels.items[i].id);
    }
}

// A day as date.h has it; no end is later than any day.
static bool ends_later(uint32_t a, uint32_t b)
{
    return (a ? a : UINT32_MAX) > (b ? b : UINT32_MAX);
}

static void compare_waivers(const struct weakening *weakening)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    for (uint32_t i = 0; i < new->waivers.count; i++) {
        const struct waiver *waiver = &new->waivers.items[i];
        bool known = false;
        for (uint32_t j = 0; j < old->waivers.count; j++) {
            const struct waiver *other = &old->waivers.items[j];
            known = known || (str_equal_nocase(other->rule, waiver->rule) &&
                              str_equal(other->endpoint.text, waiver->endpoint.text) &&
                              !ends_later(waiver->until, other->until));
        }
        if (!known)
            tell(weakening, waiver->span,
                 hash_u64(hash_str(HASH_SEED, waiver->endpoint.text), waiver->until),
                 "%.*s is waived from now on at %.*s", STR_ARG(waiver->rule),
                 STR_ARG(waiver->endpoint.text));
    }
}

// How many more of a wording the old version has.
struct wording {
    uint32_t left;
};

static struct wording *find_wording(const struct map *map, uint64_t identity)
{
    uint32_t at = 0;
    return map_next(map, identity, &at);
}

// One comment more than there was of the same wording is a new one.
static void compare_comments(const struct weakening *weakening)
{
    struct arena *arena = weakening->with->model->arena;
    const struct comments *old = weakening->with->old_comments;
    const struct comments *new = weakening->with->new_comments;
    struct map wordings = { 0 };
    for (uint32_t i = 0; i < old->count; i++) {
        struct wording *wording = find_wording(&wordings, old->items[i].identity);
        if (old->items[i].flaw.len)
            continue;
        if (!wording) {
            wording = ARENA_NEW(arena, struct wording);
            map_add(arena, &wordings, old->items[i].identity, wording);
        }
        wording->left++;
    }
    for (uint32_t i = 0; i < new->count; i++) {
        const struct comment *comment = &new->items[i];
        struct wording *wording = find_wording(&wordings, comment->identity);
        if (comment->flaw.len)
            continue;
        if (wording && wording->left)
            wording->left--;
        else
            tell(weakening, comment->span, comment->identity, "%.*s is suppressed here from now on",
                 STR_ARG(comment->rules[0]));
    }
}

static void compare_expectations(const struct weakening *weakening)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    for (uint32_t i = 0; i < old->expectations.count; i++) {
        const struct expectation *expectation = &old->expectations.items[i];
        bool kept = false;
        for (uint32_t j = 0; j < new->expectations.count; j++)
            kept = kept || new->expectations.items[j].identity == expectation->identity;
        if (!kept)
            tell(weakening, expectation->span, expectation->identity,
                 "nobody expects any more that %.*s is %s", STR_ARG(expectation->text),
                 expectation->allowed ? "allowed" : "blocked");
    }
}

static uint32_t needed(uint32_t approvals)
{
    return approvals ? approvals : 1;
}

static void compare_approvers(const struct weakening *weakening, const struct approvals *old,
                              const struct approvals *new)
{
    if (old->approver_count && !new->approver_count) {
        tell(weakening, new->span.file ? new->span : old->span, 0,
             "nobody is named any more who has "
             "to approve");
        return;
    }
    for (uint32_t i = 0; old->approver_count && i < new->approver_count; i++)
        if (!has_name(old->approvers, old->approver_count, new->approvers[i]))
            tell(weakening, new->span, hash_str(HASH_SEED, new->approvers[i]),
                 "%.*s may approve from now on", STR_ARG(new->approvers[i]));
}

static const struct approval_place *find_place(const struct approvals *approvals, Str url)
{
    for (uint32_t i = 0; i < approvals->place_count; i++)
        if (str_equal(approvals->places[i].urls.text, url))
            return &approvals->places[i];
    return NULL;
}

static uint64_t place_hash(const struct approval_place *place)
{
    uint64_t hash = hash_str(HASH_SEED, place->urls.text);
    for (uint32_t i = 0; i < place->approver_count; i++)
        hash = hash_str(hash, place->approvers[i]);
    return hash;
}

static void compare_place(const struct weakening *weakening, const struct approval_place *old,
                          const struct approval_place *new)
{
    if (!new) {
        tell(weakening, old->span, hash_str(HASH_SEED, old->urls.text),
             "%.*s has no approvers of its own any more", STR_ARG(old->urls.text));
        return;
    }
    if (old->approvals && new->approvals < old->approvals)
        tell(weakening, new->span, hash_u64(hash_str(HASH_SEED, new->urls.text), new->approvals),
             "%.*s needs fewer approvals from now on", STR_ARG(new->urls.text));
    bool wider = old->approver_count && !new->approver_count;
    for (uint32_t i = 0; old->approver_count && i < new->approver_count; i++)
        wider = wider || !has_name(old->approvers, old->approver_count, new->approvers[i]);
    if (wider)
        tell(weakening, new->span, place_hash(new),
             "more people may approve changes of %.*s from now on", STR_ARG(new->urls.text));
}

static void compare_review(const struct weakening *weakening)
{
    const struct approvals *old = &weakening->with->old->approvals;
    const struct approvals *new = &weakening->with->new->approvals;
    Span at = new->span.file ? new->span : old->span;
    if (needed(new->approvals) < needed(old->approvals))
        tell(weakening, at, needed(new->approvals), "fewer approvals are needed from now on");
    if (new->same_findings && !old->same_findings)
        tell(weakening, at, 0, "approvals of older heads count from now on");
    if (old->always_review && !new->always_review)
        tell(weakening, at, 0, "reverts need no approval from now on");
    if (new->acknowledge.len && !str_equal(new->acknowledge, old->acknowledge))
        tell(weakening, at, hash_str(HASH_SEED, new->acknowledge),
             "what %.*s names counts as approved from now on", STR_ARG(new->acknowledge));
    compare_approvers(weakening, old, new);
    for (uint32_t i = 0; i < old->place_count; i++)
        compare_place(weakening, &old->places[i], find_place(new, old->places[i].urls.text));
}

static uint64_t sources_hash(const struct config *config)
{
    uint64_t hash = HASH_SEED;
    for (uint32_t i = 0; i < config->sources.count; i++)
        hash =
            hash_str(hash_str(hash, config->sources.items[i].path), config->sources.items[i].type);
    return hash;
}

// What is read: a file that nobody looks at any more is open to every later change.
static void compare_sources(const struct weakening *weakening)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    if (!old->sources.count && new->sources.count)
        tell(weakening, new->sources.items[0].span, sources_hash(new),
             "only the files that sources lists are read from now on");
    for (uint32_t i = 0; new->sources.count &&i < old->sources.count; i++) {
        const struct dialect_source *source = &old->sources.items[i];
        bool kept = false;
        for (uint32_t j = 0; j < new->sources.count; j++)
            kept = kept || (str_equal(new->sources.items[j].path, source->path) &&
                            str_equal(new->sources.items[j].type, source->type));
        if (!kept)
            tell(weakening, source->span,
                 hash_str(hash_str(sources_hash(new), source->path), source->type),
                 "%.*s is no longer among the sources", STR_ARG(source->path));
    }
}

static void compare_custom(const struct weakening *weakening)
{
    const struct config *old = weakening->with->old, *new = weakening->with->new;
    for (uint32_t i = 0; i < old->custom.count; i++) {
        const struct rule *rule = &old->custom.items[i], *other = NULL;
        for (uint32_t j = 0; j < new->custom.count; j++)
            if (str_equal_nocase(new->custom.items[j].id, rule->id))
                other = &new->custom.items[j];
        if (!other || other->source_hash != rule->source_hash)
            tell(weakening, new->span, other ? other->source_hash : 0,
                 "the project's rule %.*s is %s", STR_ARG(rule->id), other ? "changed" : "gone");
    }
}

void weakened_find(const struct weakened *weakened, struct remarks *out)
{
    const struct weakening weakening = { weakened, out };
    compare_trust(&weakening);
    compare_levels(&weakening);
    compare_waivers(&weakening);
    compare_comments(&weakening);
    compare_expectations(&weakening);
    compare_review(&weakening);
    compare_sources(&weakening);
    compare_custom(&weakening);
}
