#include "report/matrix.h"

#include "diff/behaviour.h"
#include "diff/situations.h"
#include "policy/urls.h"
#include "report/tell.h"

#include <stddef.h>

const char *matrix_column_title(enum matrix_column column)
{
    static const char *const titles[] = { "Read", "Read with cookies", "Methods", "Request headers",
                                          "Response headers" };
    return titles[column];
}

enum matrix_column matrix_column_of(struct capability capability)
{
    switch (capability.kind) {
    case CAPABILITY_READ:
        return capability.credentials ? MATRIX_COOKIES : MATRIX_READ;
    case CAPABILITY_METHOD:
        return MATRIX_METHODS;
    case CAPABILITY_HEADER:
        return MATRIX_HEADERS;
    case CAPABILITY_EXPOSE:
        break;
    }
    return MATRIX_EXPOSED;
}

Str matrix_item_text(const struct matrix_item *item)
{
    if (item->capability.kind == CAPABILITY_READ)
        return STR("yes");
    return str_is(item->capability.name, "*") ? STR("any") : item->capability.name;
}

Str matrix_row_text(struct arena *arena, const struct matrix_row *row)
{
    struct buf out = { .arena = arena };
    if (row->rest) {
        buf_add_text(&out, "every other website, such as ");
        tell_text(&out, row->origins.witness);
    } else {
        tell_origins(&out, &row->origins);
    }
    return buf_str(&out);
}

static bool says_same(const struct matrix_item *a, const struct matrix_item *b)
{
    return a->capability.kind == b->capability.kind &&
           str_equal(a->capability.name, b->capability.name) && a->state == b->state &&
           a->certain == b->certain && a->some == b->some && str_equal(a->condition, b->condition);
}

bool matrix_item_repeats(const struct matrix_row *row, uint32_t at)
{
    const struct matrix_item *items = row->items.items;
    if (items[at].capability.kind == CAPABILITY_READ)
        return false;
    for (uint32_t i = 0; i < at; i++)
        if (says_same(&items[i], &items[at]))
            return true;
    return false;
}

const char *matrix_item_suffix(const struct matrix_row *row, const struct matrix_item *item)
{
    bool plain = false, cookies = false, any_cookies = false;
    if (item->capability.kind == CAPABILITY_READ)
        return "";
    for (uint32_t i = 0; i < row->items.count; i++) {
        const struct matrix_item *other = &row->items.items[i];
        any_cookies |= other->capability.credentials;
        plain |= says_same(other, item) && !other->capability.credentials;
        cookies |= says_same(other, item) && other->capability.credentials;
    }
    if (plain == cookies)
        return "";
    return cookies ? " with cookies" : any_cookies ? " without cookies" : "";
}

struct matrix_places matrix_row_places(const struct matrix_row *row)
{
    const struct matrix_item *item = &row->items.items[0];
    for (uint32_t i = 0; i < row->items.count && item->state == MATRIX_KEPT; i++)
        if (row->items.items[i].state != MATRIX_KEPT)
            item = &row->items.items[i];
    return (struct matrix_places){ item->old_span, item->new_span };
}

// --- from what is known about sets of origins to rows ---

enum { ROWS = 24 };

// Somebody has, gains or loses something.
struct claim {
    const struct fa *set;
    struct matrix_item item;
    const struct unknown *why;
};
struct claims {
    VEC(struct claim) list;
};

static void claim(struct arena *arena, struct claims *claims, const struct fa *set,
                  const struct matrix_item *item, const struct unknown *why)
{
    if (set && !fa_is_none(set))
        *vec_push(arena, &claims->list) = (struct claim){ set, *item, why };
}

static void add_item(struct arena *arena, struct matrix_row *row, const struct claim *claim,
                     bool some)
{
    struct matrix_item *item = vec_push(arena, &row->items);
    *item = claim->item;
    item->some = some;
    row->changed |= item->state != MATRIX_KEPT;
    row->why = row->why ? row->why : claim->why;
}

// One row for each set, and each certainty.
static void group(struct arena *arena, const struct claims *claims, struct matrix_endpoint *out)
{
    for (uint32_t i = 0; i < claims->list.count; i++) {
        const struct claim *claim = &claims->list.items[i];
        struct matrix_row *row = NULL;
        for (uint32_t j = 0; j < out->rows.count && !row; j++)
            if (out->rows.items[j].set == claim->set &&
                out->rows.items[j].certain == claim->item.certain)
                row = &out->rows.items[j];
        if (!row) {
            row = vec_push(arena, &out->rows);
            row->set = claim->set;
            row->certain = claim->item.certain;
        }
        add_item(arena, row, claim, false);
    }
}

// Cuts the rows' sets along the border of `set`; what lies in none of them becomes a row.
static void cut(struct arena *arena, struct fa_space *fa, const struct fa *set,
                const struct fa **covered, struct matrix_endpoint *out)
{
    uint32_t count = out->rows.count;
    for (uint32_t i = 0; i < count && out->rows.count < ROWS; i++) {
        const struct fa *inside = fa_intersect(fa, out->rows.items[i].set, set);
        const struct fa *outside = fa_subtract(fa, out->rows.items[i].set, set);
        if (!inside || !outside || fa_is_none(inside) || fa_is_none(outside))
            continue;
        out->rows.items[i].set = outside;
        struct matrix_row *row = vec_push(arena, &out->rows);
        row->set = inside;
        row->certain = true;
    }
    const struct fa *rest = fa_subtract(fa, set, *covered), *all = fa_union(fa, *covered, set);
    if (!rest || !all || fa_is_none(rest))
        return;
    *covered = all;
    struct matrix_row *row = vec_push(arena, &out->rows);
    row->set = rest;
    row->certain = true;
}

// Disjoint rows, so that each cell holds for all origins of its row. Where that takes too many
// rows, "some" says what holds for a part.
static void divide(struct arena *arena, struct fa_space *fa, const struct claims *claims,
                   struct matrix_endpoint *out)
{
    const struct fa *covered = fa_none(fa);
    for (uint32_t i = 0; i < claims->list.count; i++)
        cut(arena, fa, claims->list.items[i].set, &covered, out);
    for (uint32_t i = 0; i < out->rows.count; i++) {
        struct matrix_row *row = &out->rows.items[i];
        for (uint32_t j = 0; j < claims->list.count; j++) {
            const struct claim *claim = &claims->list.items[j];
            bool all = fa_is_subset(fa, row->set, claim->set);
            if (all || !fa_is_disjoint(fa, row->set, claim->set))
                add_item(arena, row, claim, !all);
        }
    }
}

// The place that decides for the origins of one row, where several lines decide for several.
static void locate(struct origin_space *space, const struct upstreams *upstreams,
                   const struct endpoint *endpoint, const struct box *box, bool is_old,
                   struct matrix_endpoint *out)
{
    struct model *model = origins_model(space);
    for (uint32_t i = 0; i < out->rows.count && out->rows.count > 1; i++) {
        struct matrix_row *row = &out->rows.items[i];
        const struct box *here = box_with(model, box, model->origin, row->set);
        for (uint32_t j = 0; here && j < row->items.count; j++) {
            struct matrix_item *item = &row->items.items[j];
            if (item->state != MATRIX_KEPT || !item->certain)
                continue;
            Span span = access_of(space, upstreams, endpoint, here, item->capability).span;
            *(is_old ? &item->old_span : &item->new_span) = span;
        }
    }
}

// The rest of all websites is told as that, and not as a set with holes.
static void find_rest(struct origin_space *space, struct matrix_endpoint *endpoint)
{
    struct fa_space *fa = origins_model(space)->fa;
    const struct fa *all = fa_none(fa);
    struct matrix_row *rest = NULL;
    uint32_t unbounded = 0;
    for (uint32_t i = 0; i < endpoint->rows.count && all; i++) {
        struct matrix_row *row = &endpoint->rows.items[i];
        all = fa_union(fa, all, row->set);
        if (row->origins.kind != ORIGINS_UNBOUNDED)
            continue;
        unbounded++;
        rest = row;
    }
    if (all && unbounded == 1)
        rest->rest = origins_describe(space, all, NULL, NULL).kind == ORIGINS_ANY;
}

static void describe(struct arena *arena, struct origin_space *space, const struct fa *named,
                     struct matrix_endpoint *endpoint)
{
    uint32_t count = endpoint->rows.count, to = 0;
    struct matrix_row *rows = ARENA_ARRAY(arena, struct matrix_row, count + 1);
    for (int changed = 1; changed >= 0; changed--)
        for (uint32_t i = 0; i < count; i++)
            if (endpoint->rows.items[i].changed == (changed == 1))
                rows[to++] = endpoint->rows.items[i];
    endpoint->rows.items = rows;
    for (uint32_t i = 0; i < count; i++)
        rows[i].origins = origins_describe(space, rows[i].set, NULL, named);
    find_rest(space, endpoint);
}

// Requests for the path of the endpoint's example.
static const struct box *example(struct model *model, const struct endpoint *endpoint)
{
    struct request request = { 0 };
    Str path, query;
    const struct box *anything = box_all(model);
    if (!request_set_url(model->arena, &request, endpoint->url) ||
        !request_normalise(model->arena, request.target, true, &path, &query))
        return anything;
    const struct box *box = box_with(model, anything, model->path, fa_literal(model->fa, path));
    return box ? box : anything;
}

void matrix_of_endpoint(struct arena *arena, struct origin_space *space,
                        const struct upstreams *upstreams, const struct endpoint *endpoint,
                        enum matrix_rows how, struct matrix_endpoint *out)
{
    struct claims claims = { 0 };
    struct model *model = origins_model(space);
    struct capabilities capabilities = { 0 };
    access_capabilities(space, endpoint, &capabilities);
    const struct box *here = example(model, endpoint), *anywhere = box_all(model);
    *out = (struct matrix_endpoint){
        .url = endpoint->url,
        .path = endpoint->path,
        .hosts = endpoint->hosts,
        .host_count = endpoint->host_count,
        .layer = endpoint->layer,
        .new_span = endpoint->span,
        .merged = 1,
    };
    for (uint32_t i = 0; i < capabilities.count; i++) {
        struct capability capability = capabilities.items[i];
        struct access access = access_of(space, upstreams, endpoint, here, capability);
        struct access wide = access_of(space, upstreams, endpoint, anywhere, capability);
        struct matrix_item item = { .capability = capability,
                                    .certain = true,
                                    .new_span = access.span };
        claim(arena, &claims, access.must, &item, NULL);
        item.certain = false;
        item.new_span = wide.span;
        claim(arena, &claims, fa_subtract(model->fa, wide.may, access.must), &item,
              access.why ? access.why : wide.why);
    }
    if (how == MATRIX_GROUPED) {
        group(arena, &claims, out);
    } else {
        divide(arena, model->fa, &claims, out);
        locate(space, upstreams, endpoint, here, false, out);
    }
    describe(arena, space, NULL, out);
}

// --- two versions ---

static void claim_changes(struct arena *arena, const struct diff *diff, uint32_t *at,
                          struct claims *out)
{
    const struct region *region = diff->changes[*at].region;
    for (; *at < diff->change_count && diff->changes[*at].region == region; ++*at) {
        const struct change *change = &diff->changes[*at];
        const struct matrix_item item = {
            .capability = change->capability,
            .state = change->direction == DIRECTION_GAINED ? MATRIX_GAINED : MATRIX_LOST,
            .certain = change->certainty == CERTAINTY_CERTAIN,
            .old_span = change->old_span,
            .new_span = change->new_span,
            .condition = change->condition,
        };
        claim(arena, out, change->origins.set, &item, change->why);
    }
}

// What both versions certainly allow.
static void claim_stays(struct arena *arena, const struct report *report,
                        const struct region *region, struct claims *out)
{
    struct model *model = origins_model(report->space);
    struct capabilities capabilities = { 0 };
    const struct overlap overlap = { region->old, region->new, region->box };
    bool declared = (report->old_upstreams && report->old_upstreams->count) ||
                    (report->new_upstreams && report->new_upstreams->count);
    const struct box *box = situations_assume(model, &overlap, declared);
    access_capabilities(report->space, region->new, &capabilities);
    for (uint32_t i = 0; i < capabilities.count; i++) {
        struct capability capability = capabilities.items[i];
        struct access old =
            access_of(report->space, report->old_upstreams, region->old, box, capability);
        struct access new =
            access_of(report->space, report->new_upstreams, region->new, box, capability);
        const struct matrix_item item = {
            .capability = capability, .certain = true, .old_span = old.span, .new_span = new.span
        };
        claim(arena, out, fa_intersect(model->fa, old.must, new.must), &item, NULL);
    }
}

// Origins that a version names, for witnesses that look like them.
static const struct fa *named(const struct report *report, const struct region *region)
{
    struct model *model = origins_model(report->space);
    const struct fa *old =
        region->old ? behaviour_named(model, report->space, region->old) : fa_none(model->fa);
    const struct fa *new =
        region->new ? behaviour_named(model, report->space, region->new) : fa_none(model->fa);
    return old && new ? fa_union(model->fa, old, new) : NULL;
}

void matrix_of_region(struct arena *arena, const struct report *report, uint32_t *at,
                      struct matrix_endpoint *out)
{
    const struct region *region = report->diff->changes[*at].region;
    *out = (struct matrix_endpoint){
        .url = region->url,
        .path = region->path,
        .hosts = region->hosts,
        .host_count = region->host_count,
        .layer = region->layer,
        .old_span = region->old ? region->old->span : (Span){ 0 },
        .new_span = region->new ? region->new->span : (Span){ 0 },
        .merged = region->merged ? region->merged : 1,
    };
    struct claims claims = { 0 };
    claim_changes(arena, report->diff, at, &claims);
    if (region->old && region->new)
        claim_stays(arena, report, region, &claims);
    divide(arena, origins_model(report->space)->fa, &claims, out);
    if (region->old && region->new) {
        locate(report->space, report->old_upstreams, region->old, region->box, true, out);
        locate(report->space, report->new_upstreams, region->new, region->box, false, out);
    }
    describe(arena, report->space, named(report, region), out);
}
