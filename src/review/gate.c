#include "review/gate.h"

#include <stdlib.h>
#include <string.h>

const char *gate_outcome_name(enum gate_outcome outcome)
{
    switch (outcome) {
    case GATE_CLEAR:
        return "clear";
    case GATE_PASSED:
        return "approved";
    case GATE_HELD:
        return "held";
    case GATE_FAILED:
        return "failed";
    case GATE_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *gate_state_name(enum gate_state state)
{
    static const char *const names[] = {
        [GATE_APPROVED] = "APPROVED",   [GATE_CHANGES_REQUESTED] = "CHANGES_REQUESTED",
        [GATE_DISMISSED] = "DISMISSED", [GATE_COMMENTED] = "COMMENTED",
        [GATE_PENDING] = "PENDING",
    };
    return names[state];
}

const char *gate_fate_text(enum gate_fate fate)
{
    static const char *const texts[] = {
        [GATE_COUNTS] = "counts",
        [GATE_CARRIED] = "counts: that head showed all that needs a review now",
        [GATE_BLOCKS] = "holds the change",
        [GATE_WITHDRAWN] = "dismissed",
        [GATE_STALE] = "given for another commit than the head",
        [GATE_NOT_ASKED] = "no approver",
        [GATE_BY_AUTHOR] = "the author's own",
        [GATE_BY_BOT] = "a bot's",
        [GATE_BY_NOBODY] = "the account is gone",
    };
    return texts[fate];
}

// ---- who approves

struct judging {
    struct model *model;
    struct arena *arena;
    const struct gate_input *input;
    struct gate_decision *out;
};

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static bool has_text(const Str *sorted, uint32_t count, Str text)
{
    return count && bsearch(&text, sorted, count, sizeof *sorted, compare_texts);
}

static const struct gate_team *find_team(const struct gate_input *input, Str name)
{
    for (uint32_t i = 0; i < input->teams.count; i++)
        if (str_equal_nocase(input->teams.items[i].name, name))
            return &input->teams.items[i];
    return NULL;
}

static void add_member(struct judging *judging, struct gate_group *group, Str login)
{
    if (!str_equal_nocase(login, judging->input->author))
        *vec_push(judging->arena, &group->members) = str_lower(judging->arena, login);
}

static void sort_members(struct gate_group *group)
{
    uint32_t kept = 0;
    if (group->members.count)
        qsort(group->members.items, group->members.count, sizeof *group->members.items,
              compare_texts);
    for (uint32_t i = 0; i < group->members.count; i++)
        if (!i || !str_equal(group->members.items[i], group->members.items[kept - 1]))
            group->members.items[kept++] = group->members.items[i];
    group->members.count = kept;
}

// False when the members of a team are not known.
static bool resolve(struct judging *judging, struct gate_group *group)
{
    for (uint32_t i = 0; i < group->approver_count; i++) {
        Str name = group->approvers[i];
        (void)str_eat(&name, STR("@"));
        if (!str_contains(name, STR("/"))) {
            add_member(judging, group, name);
            continue;
        }
        const struct gate_team *team = find_team(judging->input, name);
        if (!team) {
            judging->out->why = str_format(judging->arena, "the members of %.*s are not known",
                                           STR_ARG(group->approvers[i]));
            return false;
        }
        for (uint32_t j = 0; j < team->login_count; j++)
            add_member(judging, group, team->logins[j]);
    }
    sort_members(group);
    return true;
}

static bool make_groups(struct judging *judging)
{
    const struct approvals *policy = judging->input->policy;
    struct gate_decision *out = judging->out;
    out->groups = ARENA_ARRAY(judging->arena, struct gate_group, policy->place_count + 1);
    out->group_count = policy->place_count + 1;
    out->groups[0] = (struct gate_group){
        .approvers = policy->approvers,
        .approver_count = policy->approver_count,
        .needed = policy->approvals ? policy->approvals : 1,
    };
    for (uint32_t i = 0; i < policy->place_count; i++) {
        const struct approval_place *place = &policy->places[i];
        bool own = place->approver_count > 0;
        out->groups[i + 1] = (struct gate_group){
            .url = place->urls.text,
            .approvers = own ? place->approvers : policy->approvers,
            .approver_count = own ? place->approver_count : policy->approver_count,
            .needed = place->approvals ? place->approvals : out->groups[0].needed,
        };
    }
    for (uint32_t i = 0; i < out->group_count; i++)
        if (!resolve(judging, &out->groups[i]))
            return false;
    return true;
}

// ---- what they have to approve

static bool is_label_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// A name that leads to that endpoint and to no other: at least two labels, the last one of letters.
// Everything else may be any host: a default server, a pattern, a name for what gets its own only
// where it is deployed (dialect/hostname.h).
static bool is_known_host(Str host)
{
    size_t begin = 0, labels = 0;
    Str last = host;
    (void)str_eat(&host, STR("*."));
    for (size_t i = 0; i <= host.len; i++) {
        if (i < host.len && host.ptr[i] != '.') {
            if (!is_label_char(host.ptr[i]))
                return false;
            continue;
        }
        last = str_slice(host, begin, i);
        if (!last.len)
            return false;
        labels++;
        begin = i + 1;
    }
    for (size_t i = 0; i < last.len && !str_starts(last, STR("xn--")); i++)
        if (last.ptr[i] < 'a' || last.ptr[i] > 'z')
            return false;
    return labels > 1 && !str_is(last, "invalid") && !str_is(last, "gcs");
}

static const struct fa *hosts_of(struct model *model, const struct gate_endpoint *endpoint)
{
    const struct fa *out = fa_none(model->fa);
    for (uint32_t i = 0; i < endpoint->host_count; i++) {
        Str host = str_lower(model->arena, endpoint->hosts[i]);
        if (!is_known_host(host))
            return fa_all(model->fa);
        out = fa_union(model->fa, out, urls_hosts(model, host));
    }
    return endpoint->host_count ? out : fa_all(model->fa);
}

static const struct fa *paths_of(struct model *model, const struct gate_endpoint *endpoint)
{
    const struct fa *path = fa_literal(model->fa, endpoint->path);
    if (str_is(endpoint->match, "exact"))
        return path;
    if (str_is(endpoint->match, "prefix"))
        return fa_concat(model->fa, path, fa_all(model->fa));
    return fa_all(model->fa);
}

// Finds the groups of one endpoint. Both questions are answered on the safe side: what may be
// inside needs the group, and what may be outside of all needs the project's.
static void ask_for_endpoint(struct judging *judging, const struct gate_endpoint *endpoint,
                             bool *asked)
{
    struct model *model = judging->model;
    const struct approvals *policy = judging->input->policy;
    const struct fa *hosts =
        fa_intersect(model->fa, hosts_of(model, endpoint), model->host->universe);
    const struct fa *paths =
        fa_intersect(model->fa, paths_of(model, endpoint), model->path->universe);
    bool covered = false;
    for (uint32_t i = 0; i < policy->place_count; i++) {
        const struct urls *urls = &policy->places[i].urls;
        const struct fa *place_hosts = box_language(urls->places, model->host);
        const struct fa *place_paths = box_language(urls->places, model->path);
        if (fa_is_disjoint(model->fa, hosts, place_hosts) ||
            fa_is_disjoint(model->fa, paths, place_paths))
            continue;
        asked[i + 1] = true;
        covered |= !urls->port && fa_is_subset(model->fa, hosts, place_hosts) &&
                   fa_is_subset(model->fa, paths, place_paths);
    }
    asked[0] |= !covered;
}

static void ask(struct judging *judging, struct gate_item *item)
{
    uint32_t count = judging->out->group_count;
    bool *asked = ARENA_ARRAY(judging->arena, bool, count);
    const struct gate_finding *finding = item->finding;
    // What is about no endpoint, such as a weakened gate, is about all of them.
    for (uint32_t i = 0; i < count && !finding->endpoint_count; i++)
        asked[i] = true;
    for (uint32_t i = 0; i < finding->endpoint_count; i++)
        ask_for_endpoint(judging, &finding->endpoints[i], asked);
    for (uint32_t i = 0; i < count; i++) {
        if (!asked[i])
            continue;
        judging->out->groups[i].is_asked = true;
        *vec_push(judging->arena, &item->groups) = i;
    }
}

// ---- what people said

// Ids are decimal and have no leading zeros.
static int compare_ids(Str a, Str b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return str_compare(a, b);
}

// By login; the latest first.
static int compare_reviews(const void *left, const void *right)
{
    const struct gate_review *a = *(const struct gate_review *const *)left;
    const struct gate_review *b = *(const struct gate_review *const *)right;
    int order = str_compare(a->login, b->login);
    if (!order)
        order = str_compare(b->submitted, a->submitted);
    return order ? order : compare_ids(b->id, a->id);
}

static bool may_count(const struct gate_review *review)
{
    return review->state != GATE_COMMENTED && review->state != GATE_PENDING;
}

static bool is_approver(const struct gate_decision *out, Str login)
{
    for (uint32_t i = 0; i < out->group_count; i++)
        if (has_text(out->groups[i].members.items, out->groups[i].members.count, login))
            return true;
    return false;
}

static bool needs_review(const struct gate_finding *finding)
{
    return finding->review && !finding->suppressed;
}

static int compare_findings(const void *left, const void *right)
{
    const struct gate_finding *a = *(const struct gate_finding *const *)left;
    const struct gate_finding *b = *(const struct gate_finding *const *)right;
    int order = str_compare(a->fingerprint, b->fingerprint);
    return order ? order : str_compare(a->rule, b->rule);
}

// What needs a review, by fingerprint.
struct shown {
    const struct gate_finding **items;
    uint32_t count;
};

static struct shown shown_by(struct arena *arena, const struct gate_findings *findings)
{
    struct shown out = { ARENA_ARRAY(arena, const struct gate_finding *, findings->count + 1), 0 };
    for (uint32_t i = 0; i < findings->count; i++)
        if (needs_review(&findings->items[i]))
            out.items[out.count++] = &findings->items[i];
    if (out.count)
        qsort(out.items, out.count, sizeof *out.items, compare_findings);
    return out;
}

static bool is_shown(const struct shown *shown, const struct gate_finding *finding)
{
    return shown->count &&
           bsearch(&finding, shown->items, shown->count, sizeof *shown->items, compare_findings);
}

// Whether everything that needs a review now needed one there, too.
static bool covers(struct judging *judging, const struct gate_result *older)
{
    const struct shown shown = shown_by(judging->arena, &older->findings);
    for (uint32_t i = 0; i < judging->out->items.count; i++)
        if (!is_shown(&shown, judging->out->items.items[i].finding))
            return false;
    return true;
}

// Takes what counts of a result.
static void take(struct judging *judging, const struct gate_findings *findings,
                 const struct shown *known)
{
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct gate_finding *finding = &findings->items[i];
        if (finding->suppressed || (known && finding->review && is_shown(known, finding)))
            continue;
        if (finding->review)
            *vec_push(judging->arena, &judging->out->items) =
                (struct gate_item){ .finding = finding };
        else if (finding->level == LEVEL_ERROR)
            *vec_push(judging->arena, &judging->out->errors) = finding;
    }
}

static bool is_carried(struct judging *judging, Str commit)
{
    const struct gate_input *input = judging->input;
    for (uint32_t i = 0; input->policy->same_findings && i < input->older.count; i++)
        if (commit.len && str_equal(input->older.items[i].commit, commit))
            return covers(judging, &input->older.items[i]);
    return false;
}

static enum gate_fate fate_of(struct judging *judging, const struct gate_review *review)
{
    if (!review->login.len)
        return GATE_BY_NOBODY;
    if (!review->is_user)
        return GATE_BY_BOT;
    if (str_equal_nocase(review->login, judging->input->author))
        return GATE_BY_AUTHOR;
    if (!is_approver(judging->out, review->login))
        return GATE_NOT_ASKED;
    if (review->state == GATE_DISMISSED)
        return GATE_WITHDRAWN;
    if (review->state == GATE_CHANGES_REQUESTED)
        return GATE_BLOCKS;
    if (review->commit.len && str_equal(review->commit, judging->input->head))
        return GATE_COUNTS;
    return is_carried(judging, review->commit) ? GATE_CARRIED : GATE_STALE;
}

// Takes the latest of every login. False when there is none: two that differ at the same moment
// under the same number.
static bool listen(struct judging *judging)
{
    const struct gate_reviews *reviews = &judging->input->reviews;
    struct gate_review **list =
        ARENA_ARRAY(judging->arena, struct gate_review *, reviews->count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < reviews->count; i++) {
        if (!may_count(&reviews->items[i]))
            continue;
        struct gate_review *copy = ARENA_NEW(judging->arena, struct gate_review);
        *copy = reviews->items[i];
        copy->login = str_lower(judging->arena, copy->login);
        list[count++] = copy;
    }
    if (count)
        qsort(list, count, sizeof *list, compare_reviews);
    for (uint32_t i = 0; i < count; i++) {
        const struct gate_review *review = list[i], *last = i ? list[i - 1] : NULL;
        if (last && compare_reviews(&last, &review) == 0 &&
            (last->state != review->state || !str_equal(last->commit, review->commit) ||
             last->is_user != review->is_user)) {
            judging->out->why = str_format(
                judging->arena, "review %.*s is listed twice, and differs", STR_ARG(review->id));
            return false;
        }
        if (!last || !review->login.len || !str_equal(last->login, review->login))
            *vec_push(judging->arena, &judging->out->voices) =
                (struct gate_voice){ review, fate_of(judging, review) };
    }
    return true;
}

static void count_approvals(struct judging *judging)
{
    struct gate_decision *out = judging->out;
    for (uint32_t i = 0; i < out->voices.count; i++) {
        const struct gate_voice *voice = &out->voices.items[i];
        out->blocked |= voice->fate == GATE_BLOCKS;
        if (voice->fate != GATE_COUNTS && voice->fate != GATE_CARRIED)
            continue;
        for (uint32_t g = 0; g < out->group_count; g++)
            if (has_text(out->groups[g].members.items, out->groups[g].members.count,
                         voice->review->login))
                *vec_push(judging->arena, &out->groups[g].approvals) = voice;
    }
    for (uint32_t g = 0; g < out->group_count; g++)
        out->groups[g].approved =
            !out->blocked && out->groups[g].approvals.count >= out->groups[g].needed;
}

static enum gate_outcome conclude(struct gate_decision *out)
{
    bool all = true;
    for (uint32_t i = 0; i < out->items.count; i++) {
        struct gate_item *item = &out->items.items[i];
        item->approved = item->groups.count > 0;
        for (uint32_t g = 0; g < item->groups.count; g++)
            item->approved &= out->groups[item->groups.items[g]].approved;
        all &= item->approved;
    }
    if (out->errors.count)
        return GATE_FAILED;
    if (!out->items.count)
        return GATE_CLEAR;
    return all ? GATE_PASSED : GATE_HELD;
}

void gate_decide(struct model *model, const struct gate_input *input, struct gate_decision *out)
{
    struct judging judging = { model, model->arena, input, out };
    *out = (struct gate_decision){ .outcome = GATE_UNKNOWN };
    take(&judging, &input->findings, NULL);
    uint32_t own = out->items.count;
    const struct shown known = shown_by(model->arena, &input->findings);
    // Where nothing needs a review, nobody has to be known.
    if (out->items.count) {
        if (!make_groups(&judging) || !listen(&judging))
            return;
        for (uint32_t i = 0; i < own; i++)
            ask(&judging, &out->items.items[i]);
        count_approvals(&judging);
    }
    take(&judging, &input->group, &known);
    out->outcome = conclude(out);
}
