#include "diff/diff.h"

#include "base/hash.h"
#include "base/map.h"
#include "diff/regions.h"
#include "diff/situations.h"
#include "diff/uncovered.h"

// Unknowns of the new version that the old one does not have in the same form.
static uint32_t count_unknown(struct model *model, const struct policy *old,
                              const struct policy *new)
{
    struct map known = { 0 };
    uint32_t out = 0;
    for (uint32_t i = 0; i < old->unknown_count; i++)
        map_add(model->arena, &known, old->unknowns[i].identity, &old->unknowns[i]);
    for (uint32_t i = 0; i < new->unknown_count; i++) {
        const struct unknown *unknown = &new->unknowns[i], *same;
        uint32_t at = 0;
        while ((same = map_next(&known, unknown->identity, &at)))
            if (str_equal(same->reason, unknown->reason))
                break;
        out += !same;
    }
    return out;
}

// Whether a version answers "//" in a path as "/": then no endpoint of it holds such a path.
static bool merges_slashes(const struct policy *policy)
{
    for (uint32_t i = 0; i < policy->endpoint_count; i++)
        if (!policy->endpoints[i]->keeps_slashes)
            return true;
    return false;
}

// The part of a box without paths that hold a match of the expression.
static const struct box *without_paths(struct model *model, const struct box *box, Str expression)
{
    const struct fa *paths =
        model_pattern(model, expression, REGEX_PCRE2, REGEX_FULL)->result.language;
    if (fa_is_disjoint(model->fa, box_language(box, model->path), paths))
        return box;
    return box_with(model, box, model->path, fa_subtract(model->fa, model->path->universe, paths));
}

static void add_place(const struct comparison *with, const struct overlap *overlap,
                      const struct box *box, struct places *out)
{
    struct model *model = with->model;
    struct place place = { .overlap = *overlap };
    const struct fa *hosts = box_language(box, model->host);
    // What stands in a URL as a host (reference/browser.md 1.17, without what only some engines
    // allow): a browser says no other.
    const struct fa *sendable =
        model_pattern(model, STR("[a-z0-9_.-]+|\\[[0-9a-f:.]+\\]"), REGEX_PCRE2, REGEX_FULL)
            ->result.language;
    if (!fa_is_subset(model->fa, hosts, sendable))
        box = box_with(model, box, model->host, sendable);
    // A URL has no "." and ".." in its path, however they are encoded.
    if (box)
        box = without_paths(model, box, STR("[^\\x00]*/\\.\\.?(/[^\\x00]*)?"));
    // What seems new or gone at "//" is answered as "/" in the other version.
    const struct policy *other = !overlap->old ? with->old : !overlap->new ? with->new : NULL;
    if (box && other && merges_slashes(other))
        box = without_paths(model, box, STR("[^\\x00]*//[^\\x00]*"));
    if (!box)
        return;
    place.overlap.box = box;
    changes_find(with, &place.overlap, &place.changes);
    if (place.changes.count)
        *vec_push(model->arena, out) = place;
}

void diff_policies(struct origin_space *space, const struct upstreams *old_upstreams,
                   const struct upstreams *new_upstreams, const struct policy *old,
                   const struct policy *new, struct diff *out)
{
    const struct policy *whole_old = policy_uncovered(old, new);
    const struct policy *whole_new = policy_uncovered(new, old);
    const struct comparison with = {
        .model = new->model,
        .space = space,
        .old_upstreams = old_upstreams,
        .new_upstreams = new_upstreams,
        .old = whole_old,
        .new = whole_new,
    };
    struct overlaps overlaps = { .by_hash = upstreams_equal(old_upstreams, new_upstreams) };
    struct places places = { 0 };
    *out = (struct diff){ .model = new->model, .old = old, .new = new };
    overlap_find(whole_old, whole_new, &overlaps);
    for (uint32_t i = 0; i < overlaps.count; i++) {
        struct boxes boxes;
        situations_places(new->model, &overlaps.items[i], &boxes);
        for (uint32_t j = 0; j < boxes.count; j++)
            add_place(&with, &overlaps.items[i], boxes.items[j], &places);
    }
    out->compared = overlaps.count + overlaps.equal + new->left_out;
    out->unknown = count_unknown(new->model, old, new);
    regions_build(&with, &places, out);
}

const char *direction_name(enum direction direction)
{
    switch (direction) {
    case DIRECTION_GAINED:
        return "gained";
    case DIRECTION_LOST:
        return "lost";
    }
    return "";
}

const char *certainty_name(enum certainty certainty)
{
    switch (certainty) {
    case CERTAINTY_CERTAIN:
        return "certain";
    case CERTAINTY_POSSIBLE:
        return "possible";
    }
    return "";
}

const char *relation_name(enum relation relation)
{
    switch (relation) {
    case RELATION_EQUAL:
        return "equal";
    case RELATION_WIDER:
        return "wider";
    case RELATION_NARROWER:
        return "narrower";
    case RELATION_BOTH:
        return "both";
    }
    return "";
}
