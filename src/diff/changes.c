#include "diff/changes.h"

#include "diff/situations.h"

#include <stdlib.h>

// One capability in one situation.
struct sample {
    const struct box *situation;
    struct access old, new;
    const struct fa *certain[2], *possible[2]; // by direction
    const struct unknown *unknown;             // the situation's own condition is not known
};

struct samples {
    struct sample *items;
    uint32_t count, capacity;
};

// Sets that can be computed with: for what a limit left open, nothing is certain and everything is
// possible.
static void make_known(const struct comparison *with, struct access *access)
{
    if (!access->may)
        access->may = origins_part(with->space, ORIGINS_PART_WHOLE);
    if (!access->must)
        access->must = fa_none(with->model->fa);
}

static struct access access_in(const struct comparison *with, const struct upstreams *upstreams,
                               const struct endpoint *endpoint, const struct box *situation,
                               struct capability capability)
{
    struct access out = { .must = fa_none(with->model->fa), .may = fa_none(with->model->fa) };
    if (endpoint)
        out = access_of(with->space, upstreams, endpoint, situation, capability);
    make_known(with, &out);
    return out;
}

// a without b, all of it when a limit was reached.
static const struct fa *minus(const struct comparison *with, const struct fa *a, const struct fa *b)
{
    const struct fa *out = fa_subtract(with->model->fa, a, b);
    return out ? out : a;
}

static const struct fa *plus(const struct comparison *with, const struct fa *a, const struct fa *b)
{
    const struct fa *out = fa_union(with->model->fa, a, b);
    return out ? out : origins_part(with->space, ORIGINS_PART_WHOLE);
}

static struct sample sample_of(const struct comparison *with, const struct overlap *overlap,
                               const struct box *situation, struct capability capability,
                               const struct fa *differs)
{
    struct fa_space *fa = with->model->fa;
    struct sample out = { .situation = situation };
    out.old = access_in(with, with->old_upstreams, overlap->old, situation, capability);
    out.new = access_in(with, with->new_upstreams, overlap->new, situation, capability);
    const struct access *from[2] = { &out.old, &out.new }, *to[2] = { &out.new, &out.old };
    for (int i = 0; i < 2; i++) {
        const struct fa *certain = fa_subtract(fa, to[i]->must, from[i]->may);
        out.certain[i] = certain ? certain : fa_none(fa);
        const struct fa *possible = minus(with, to[i]->may, from[i]->must);
        const struct fa *within = fa_intersect(fa, possible, differs);
        out.possible[i] = minus(with, within ? within : possible, out.certain[i]);
    }
    out.unknown = situation_unknown(with->model, with->old, with->new, overlap->box, situation);
    return out;
}

// The sets of a direction over all situations.
struct total {
    const struct fa *always;      // certain in every situation
    const struct fa *sometimes;   // certain in some, beyond `always`
    const struct fa *possible;    // possible, beyond both
    const struct sample *decides; // the first that is certain
    const struct sample *when;    // the first that adds to `sometimes`
    const struct sample *may;     // the first that adds to `possible`
    bool may_everywhere;          // `possible` is the same in every situation
};

static struct total total_of(const struct comparison *with, const struct samples *samples,
                             uint32_t situations, enum direction direction)
{
    struct fa_space *fa = with->model->fa;
    struct total out = { fa_none(fa), fa_none(fa), fa_none(fa), NULL, NULL, NULL, true };
    bool everywhere = samples->count == situations && samples->count > 0;
    for (uint32_t i = 0; i < samples->count; i++) {
        const struct fa *certain = samples->items[i].certain[direction];
        out.always = i == 0 ? certain : fa_intersect(fa, out.always, certain);
        if (!out.always)
            out.always = fa_none(fa);
        if (!out.decides && !fa_is_none(certain))
            out.decides = &samples->items[i];
    }
    if (!everywhere)
        out.always = fa_none(fa);
    for (uint32_t i = 0; i < samples->count; i++) {
        const struct sample *sample = &samples->items[i];
        const struct fa *more = minus(with, sample->certain[direction], out.always);
        if (!sample->unknown && !fa_is_none(more)) {
            out.sometimes = plus(with, out.sometimes, more);
            out.when = out.when ? out.when : sample;
        }
    }
    const struct fa *settled = plus(with, out.always, out.sometimes), *first = NULL;
    for (uint32_t i = 0; i < samples->count; i++) {
        const struct sample *sample = &samples->items[i];
        const struct fa *more = sample->possible[direction];
        if (sample->unknown)
            more = plus(with, more, sample->certain[direction]);
        more = minus(with, more, settled);
        out.may_everywhere = out.may_everywhere && everywhere && (i == 0 || more == first);
        first = i == 0 ? more : first;
        if (!fa_is_none(more)) {
            out.possible = plus(with, out.possible, more);
            out.may = out.may ? out.may : sample;
        }
    }
    return out;
}

static const struct unknown *reason_of(const struct sample *sample)
{
    if (sample->unknown)
        return sample->unknown;
    return sample->new.why ? sample->new.why : sample->old.why;
}

static void add_direction(const struct comparison *with, const struct overlap *overlap,
                          const struct samples *samples, uint32_t situations,
                          struct raw_change start, struct raw_changes *out)
{
    struct total total = total_of(with, samples, situations, start.direction);
    const struct {
        const struct fa *set;
        const struct sample *sample;
        enum certainty certainty;
        bool everywhere;
    } rows[] = {
        { total.always, total.decides, CERTAINTY_CERTAIN, true },
        { total.sometimes, total.when, CERTAINTY_CERTAIN, false },
        { total.possible, total.may, CERTAINTY_POSSIBLE, total.may_everywhere },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (fa_is_none(rows[i].set) || !rows[i].sample)
            continue;
        struct raw_change change = start;
        change.certainty = rows[i].certainty;
        change.set = rows[i].set;
        change.old_span = rows[i].sample->old.span;
        change.new_span = rows[i].sample->new.span;
        if (!rows[i].everywhere)
            change.condition = situation_text(with->model, overlap->box, rows[i].sample->situation);
        if (change.certainty == CERTAINTY_POSSIBLE)
            change.why = reason_of(rows[i].sample);
        *vec_push(with->model->arena, out) = change;
    }
}

static void compare_capability(const struct comparison *with, const struct overlap *overlap,
                               const struct boxes *situations, struct capability capability,
                               struct raw_changes *out)
{
    struct samples samples = { 0 };
    struct boxes same = { 0 };
    const struct fa *none = fa_none(with->model->fa);
    struct raw_change start = { .capability = capability, .before = none, .after = none };
    for (uint32_t i = 0; i < situations->count; i++) {
        const struct fa *differs =
            behaviour_differs(with, overlap, situations->items[i], capability);
        if (fa_is_none(differs)) {
            *vec_push(with->model->arena, &same) = situations->items[i];
            continue;
        }
        struct sample sample = sample_of(with, overlap, situations->items[i], capability, differs);
        start.before = plus(with, start.before, sample.old.may);
        start.after = plus(with, start.after, sample.new.may);
        *vec_push(with->model->arena, &samples) = sample;
    }
    if (!samples.count)
        return;
    for (uint32_t i = 0; i < same.count; i++) {
        const struct access access =
            access_in(with, with->new_upstreams, overlap->new, same.items[i], capability);
        start.before = plus(with, start.before, access.may);
        start.after = plus(with, start.after, access.may);
    }
    start.direction = DIRECTION_GAINED;
    add_direction(with, overlap, &samples, situations->count, start, out);
    start.direction = DIRECTION_LOST;
    add_direction(with, overlap, &samples, situations->count, start, out);
}

static int by_capability(const void *left, const void *right)
{
    const struct capability *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->credentials != b->credentials)
        return a->credentials ? 1 : -1;
    return str_compare(a->name, b->name);
}

static int by_order(const void *left, const void *right)
{
    const struct raw_change *a = left, *b = right;
    if (a->direction != b->direction)
        return a->direction < b->direction ? -1 : 1;
    int order = by_capability(&a->capability, &b->capability);
    if (order)
        return order;
    if (a->certainty != b->certainty)
        return a->certainty < b->certainty ? -1 : 1;
    return (a->condition.len > 0) - (b->condition.len > 0);
}

// The capabilities of both versions, each once; reading always.
static void capabilities_of(const struct comparison *with, const struct overlap *overlap,
                            struct capabilities *out)
{
    struct capabilities all = { 0 };
    for (int credentials = 0; credentials < 2; credentials++)
        *vec_push(with->model->arena, &all) =
            (struct capability){ .kind = CAPABILITY_READ, .credentials = credentials };
    if (overlap->old)
        access_capabilities(with->space, overlap->old, &all);
    if (overlap->new)
        access_capabilities(with->space, overlap->new, &all);
    qsort(all.items, all.count, sizeof *all.items, by_capability);
    for (uint32_t i = 0; i < all.count; i++)
        if (i == 0 || by_capability(&all.items[i - 1], &all.items[i]) != 0)
            *vec_push(with->model->arena, out) = all.items[i];
}

void changes_find(const struct comparison *with, const struct overlap *overlap,
                  struct raw_changes *out)
{
    struct boxes situations;
    struct capabilities capabilities = { 0 };
    struct overlap assumed = *overlap;
    bool declared = (with->old_upstreams && with->old_upstreams->count) ||
                    (with->new_upstreams && with->new_upstreams->count);
    assumed.box = situations_assume(with->model, overlap, declared);
    *out = (struct raw_changes){ 0 };
    situations_cut(with->model, &assumed, &situations);
    capabilities_of(with, &assumed, &capabilities);
    for (uint32_t i = 0; i < capabilities.count; i++)
        compare_capability(with, &assumed, &situations, capabilities.items[i], out);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_order);
}
