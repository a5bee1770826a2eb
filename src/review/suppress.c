#include "review/suppress.h"

#include "base/hash.h"

static bool is_expired(const struct waiver *waiver, uint32_t today)
{
    return waiver->until && waiver->until < today;
}

// What an endpoint is meant to serve: the hosts that it names, and not those that come to it only
// because no other endpoint names them.
static const struct box *meant_requests(struct model *model, const struct endpoint *endpoint)
{
    const struct fa *hosts = fa_none(model->fa);
    for (uint32_t i = 0; i < endpoint->host_count; i++) {
        const struct fa *one = urls_hosts(model, str_lower(model->arena, endpoint->hosts[i]));
        if (!one)
            return endpoint->box; // a form that only the product knows
        hosts = fa_union(model->fa, hosts, one);
    }
    const struct box *meant = box_with(model, endpoint->box, model->host, hosts);
    return meant ? meant : endpoint->box;
}

// Whether every request that an endpoint is meant to serve lies in the waived place.
static bool is_inside(struct model *model, const struct endpoint *endpoint,
                      const struct waiver *waiver)
{
    struct boxes outside = { 0 };
    box_subtract(model, meant_requests(model, endpoint), waiver->endpoint.places, &outside);
    return outside.count == 0;
}

// A finding that is about no endpoint is about no place that a waiver could name.
static bool is_waived(struct model *model, const struct finding *finding,
                      const struct waiver *waiver)
{
    if (!str_equal_nocase(finding->rule->id, waiver->rule) || !finding->endpoint_count)
        return false;
    for (uint32_t i = 0; i < finding->endpoint_count; i++)
        if (!is_inside(model, finding->endpoints[i], waiver))
            return false;
    return true;
}

static bool names(const struct comment *comment, Str rule)
{
    for (uint32_t i = 0; i < comment->rule_count; i++)
        if (str_equal_nocase(comment->rules[i], rule))
            return true;
    return false;
}

static struct comment *find_comment(const struct acceptance *acceptance,
                                    const struct finding *finding)
{
    const struct comments *comments = acceptance->comments;
    uint32_t file = finding->span.file;
    if (!comments->count)
        return NULL;
    uint32_t line = files_place(acceptance->files, file, finding->span.begin).line;
    for (uint32_t i = comments_find(comments, file, line); i < comments->count; i++) {
        struct comment *comment = &comments->items[i];
        if (comment->span.file != file || comment->line != line)
            break;
        if (!comment->flaw.len && names(comment, finding->rule->id))
            return comment;
    }
    return NULL;
}

// What is said about the gate itself, and about suppressions, is not to be suppressed.
static bool is_about_gate(const struct finding *finding)
{
    return str_is(finding->rule->id, "CG906") || str_is(finding->rule->id, "CG907");
}

static void mark(struct finding *finding, Str reason)
{
    finding->suppressed = true;
    finding->suppressed_by = reason;
}

// A finding is held against every waiver: the configuration reader limits how many there are.
static void accept(const struct acceptance *acceptance, struct finding *finding, uint32_t *used)
{
    bool held = acceptance->is_change && finding->review;
    struct comment *comment = held ? NULL : find_comment(acceptance, finding);
    if (comment) {
        comment->used++;
        mark(finding, comment->reason);
        finding->suppressed_in_source = true;
    }
    for (uint32_t i = 0; i < acceptance->waiver_count; i++) {
        const struct waiver *waiver = &acceptance->waivers[i];
        if (!is_waived(acceptance->model, finding, waiver))
            continue;
        used[i]++;
        if (!finding->suppressed && !is_expired(waiver, acceptance->today))
            mark(finding, waiver->reason);
    }
    if (!finding->suppressed && !held && acceptance->baseline &&
        baseline_has(acceptance->baseline, finding))
        mark(finding, STR("it is in the baseline"));
}

void suppress_apply(const struct acceptance *acceptance, struct findings *findings, uint32_t *used)
{
    for (uint32_t i = 0; i < findings->count; i++)
        if (!is_about_gate(&findings->items[i]))
            accept(acceptance, &findings->items[i], used);
}

static void remark(const struct acceptance *acceptance, Span span, Str message, uint64_t identity,
                   struct remarks *out)
{
    *vec_push(acceptance->model->arena, out) =
        (struct remark){ .rule = "CG907", .span = span, .message = message, .identity = identity };
}

// What a rule about changes finds is not there to be found in one version.
static bool is_standing(Str id)
{
    const struct rule *rule = rule_find(id);
    return !rule || rule->subject != SUBJECT_CHANGE;
}

void suppress_remarks(const struct acceptance *acceptance, const uint32_t *used,
                      struct remarks *out)
{
    struct arena *arena = acceptance->model->arena;
    struct map before = { 0 };
    if (acceptance->before)
        before = comments_index(arena, acceptance->before);
    for (uint32_t i = 0; i < acceptance->comments->count; i++) {
        uint32_t at = 0;
        const struct comment *comment = &acceptance->comments->items[i];
        bool standing = false;
        for (uint32_t j = 0; j < comment->rule_count; j++)
            standing = standing || is_standing(comment->rules[j]);
        if (comment->flaw.len && !map_next(&before, comment->identity, &at))
            remark(
                acceptance, comment->span,
                str_format(arena, "this suppression does not count: %.*s", STR_ARG(comment->flaw)),
                hash_str(comment->identity, STR("flaw")), out);
        else if (!comment->flaw.len && !acceptance->is_change && !comment->used && standing)
            remark(acceptance, comment->span,
                   STR("nothing that this suppression names is found on the line below"),
                   hash_str(comment->identity, STR("unused")), out);
    }
    for (uint32_t i = 0; i < acceptance->waiver_count; i++) {
        const struct waiver *waiver = &acceptance->waivers[i];
        uint64_t identity = hash_str(hash_str(HASH_SEED, waiver->rule), waiver->endpoint.text);
        bool expired = is_expired(waiver, acceptance->today);
        if (expired && (used[i] || !acceptance->is_change))
            remark(acceptance, waiver->span,
                   str_format(arena, "this waiver of %.*s has ended: it no longer counts",
                              STR_ARG(waiver->rule)),
                   hash_str(identity, STR("ended")), out);
        else if (!expired && !acceptance->is_change && !used[i] && is_standing(waiver->rule))
            remark(acceptance, waiver->span,
                   str_format(arena, "nothing that %.*s finds lies wholly inside %.*s",
                              STR_ARG(waiver->rule), STR_ARG(waiver->endpoint.text)),
                   hash_str(identity, STR("unused")), out);
    }
}
