#include "base/hash.h"
#include "diff/behaviour.h"
#include "rule/drops.h"
#include "rule/engine.h"
#include "rule/observe.h"
#include "rule/words.h"

#include <stdlib.h>
#include <string.h>

// A region with what is asked about it again and again.
struct scene {
    struct engine *engine;
    const struct diff *diff;
    const struct region *region;
    const struct change *changes; // of the region
    uint32_t count;
    const struct fa *named_old, *named_new;
    const struct map
        *drops; // by place: remarks of the new version on headers that are not inherited
    const struct endpoint *const *endpoints; // of the region, the new version's before the old's
    struct access read_old, read_new;        // without cookies
};

// Some names of one kind that the same origins gain or lose.
struct bundle {
    const struct change *first;
    const struct fa *set;
    VEC(Str) names;
    bool credentials;
};

static bool is_certain(const struct change *change, enum direction direction)
{
    return change->certainty == CERTAINTY_CERTAIN && change->direction == direction;
}

static const struct fa *minus(const struct scene *scene, const struct fa *a, const struct fa *b)
{
    const struct fa *out = fa_subtract(scene->diff->model->fa, a, b);
    return out ? out : a;
}

static const struct fa *plus(const struct scene *scene, const struct fa *a, const struct fa *b)
{
    const struct fa *out = fa_union(scene->diff->model->fa, a, b);
    return out ? out : a;
}

static struct access read_of(const struct scene *scene, const struct upstreams *upstreams,
                             const struct endpoint *endpoint)
{
    struct fa_space *fa = scene->diff->model->fa;
    struct access out = { .must = fa_none(fa), .may = fa_none(fa) };
    if (endpoint)
        out = access_of(scene->engine->judge.space, upstreams, endpoint, scene->region->box,
                        (struct capability){ .kind = CAPABILITY_READ });
    return out;
}

// Why somebody loses something, where that is a redirect: browsers follow none of a preflight.
static Str lost_by_redirect(const struct scene *scene)
{
    const struct region *region = scene->region;
    const struct upstreams *upstreams = scene->engine->settings->new_upstreams;
    struct model *model = scene->diff->model;
    const struct upstreams *before = scene->engine->settings->old_upstreams;
    if (!region->new ||
        (region->old && views_redirect(model, before, region->old, region->box, STR("OPTIONS"))))
        return (Str){ 0 };
    uint32_t status = views_redirect(model, upstreams, region->new, region->box, STR("OPTIONS"));
    bool all = views_redirect(model, upstreams, region->new, region->box, STR("GET")) > 0;
    if (!status)
        return (Str){ 0 };
    return str_format(model->arena,
                      ": %s redirected (%u), and browsers follow no redirect of a preflight",
                      all ? "requests are" : "preflights are", (unsigned)status);
}

// The facts that every item of a region has.
static struct item item_start(const struct scene *scene, const struct change *change)
{
    const struct region *region = scene->region;
    struct item item = { .subject = SUBJECT_CHANGE, .most = LEVEL_ERROR };
    const struct endpoint *served = region->new ? region->new : region->old;
    bool gained = change->direction == DIRECTION_GAINED;
    bool removed = scene->read_new.may && fa_is_none(scene->read_new.may) && scene->read_old.may &&
                   !fa_is_none(scene->read_old.may);
    item_set_word(&item, CHANGE_DIRECTION, direction_name(change->direction));
    item_set_word(&item, CHANGE_CERTAINTY, certainty_name(change->certainty));
    item_set_bool(&item, CHANGE_TRUST_DECLARED, scene->engine->judge.trusted != NULL);
    item_set_word(&item, CHANGE_ENDPOINT,
                  !region->old  ? "added"
                  : region->new ? "kept"
                                : "removed");
    item_set_bool(&item, CHANGE_CORS_REMOVED, removed);
    item_set_word(&item, CHANGE_PREFLIGHT, "same");
    item_set_bool(&item, CHANGE_CONDITIONAL, change->condition.len > 0);
    item_set_text(&item, CHANGE_LAYER, str_from(region->layer));
    item_set_text(&item, CHANGE_URL, region->url);
    item_set_text(&item, CHANGE_PLACE, STR(ITEM_PLACE));
    item_set_text(&item, CHANGE_NAMES, (Str){ 0 });
    item_set_text(&item, CHANGE_REASON, change->why ? change->why->reason : (Str){ 0 });
    item.finding = (struct finding){
        .old_span = change->old_span,
        .region = region,
        .endpoint = served,
        .change = change,
        .condition = change->condition,
        .reach = region->merged,
        .fingerprint = change->id,
    };
    item.merge = (struct merge){ scene->endpoints, region->merged, 0 };
    const struct remark *drop = !gained && removed ? drops_find(scene->drops, region->new) : NULL;
    Str because = gained ? (Str){ 0 } : lost_by_redirect(scene);
    if (drop)
        because = str_format(scene->diff->model->arena, ": %.*s", STR_ARG(drop->message));
    item_set_text(&item, CHANGE_BECAUSE, because);
    if (drop) {
        item_set_place(&item, drop->span, (Span){ 0 }, served->span);
        return item;
    }
    Span other = gained ? (Span){ 0 } : change->old_span;
    if (!gained && !region->new)
        item_set_place(&item, change->old_span, served->span, served->span);
    else
        item_set_place(&item, change->new_span, other, served->span);
    return item;
}

static void set_origins(const struct scene *scene, struct item *item, const struct part_of *part,
                        const struct fa *named)
{
    const struct origins *origins = &part->origins;
    const struct fa *read = scene->read_old.must;
    struct fa_space *fa = scene->diff->model->fa;
    // Everyone but those who had it before is everyone, to whoever reads it.
    const struct change *change = item->finding.change;
    bool gained = change->direction == DIRECTION_GAINED;
    enum origins_kind end = gained ? change->after.kind : change->before.kind;
    bool everyone =
        origins->kind == ORIGINS_UNBOUNDED && end == ORIGINS_ANY && !origins->only_shared;
    enum origins_kind kind = everyone ? ORIGINS_ANY : origins->kind;
    item_set_word(item, CHANGE_KIND, kind == ORIGINS_NONE ? "none" : origins_kind_name(kind));
    item_set_number(item, CHANGE_COUNT, origins->count);
    item_set_word(item, CHANGE_TRUSTED, trust_name(part->trust));
    item_set_bool(item, CHANGE_NAMED, !fa_is_none(named) && fa_is_subset(fa, origins->set, named));
    item_set_bool(item, CHANGE_HAS_NULL, origins->has_null);
    item_set_bool(item, CHANGE_ONLY_NULL, origins->only_null);
    item_set_bool(item, CHANGE_HAS_APP, origins->has_app);
    item_set_bool(item, CHANGE_ONLY_APP, origins->only_app);
    item_set_bool(item, CHANGE_HAS_INSECURE, origins->has_insecure);
    item_set_bool(item, CHANGE_ONLY_INSECURE, origins->only_insecure);
    item_set_bool(item, CHANGE_HAS_LOCAL, origins->has_local);
    item_set_bool(item, CHANGE_ONLY_LOCAL, origins->only_local);
    item_set_bool(item, CHANGE_HAS_SHARED, origins->has_shared);
    item_set_bool(item, CHANGE_ONLY_SHARED, origins->only_shared);
    item_set_bool(item, CHANGE_UNREGISTRABLE, origins->unregistrable);
    item_set_word(item, CHANGE_SHAPE, witness_shape_name(origins->shape));
    item_set_bool(item, CHANGE_HAD_READ, read && fa_is_subset(fa, origins->set, read));
    Str who = words_who(scene->diff->model->arena, origins);
    if (everyone)
        who = gained || change->after.kind == ORIGINS_NONE ? STR("every website")
                                                           : STR("every other website");
    item_set_text(item, CHANGE_WHO, who);
    item_set_text(item, CHANGE_WITNESS, origins->witness);
    item->finding.witness = origins->witness;
    item->finding.fingerprint =
        hash_u64(item->finding.fingerprint, origins->set ? fa_hash(origins->set) : 0);
    item->merge.cause = hash_str(hash_u64(HASH_SEED, origins->set ? fa_hash(origins->set) : 1),
                                 item->facts[CHANGE_NAMES].text);
}

static void judge_parts(const struct scene *scene, const struct item *start, const struct fa *set,
                        enum direction direction)
{
    bool gained = direction == DIRECTION_GAINED;
    const struct fa *named = gained ? scene->named_new : scene->named_old;
    const struct judge *judge = &scene->engine->judge;
    struct parts_of parts =
        gained ? parts_gained(judge, set, named) : parts_lost(judge, set, named);
    for (uint32_t i = 0; i < parts.count; i++) {
        struct item item = *start;
        set_origins(scene, &item, &parts.items[i], named);
        engine_judge(scene->engine, &item);
    }
}

static void judge_read(const struct scene *scene, const struct change *change, const struct fa *set)
{
    struct item item = item_start(scene, change);
    Str place = item.facts[CHANGE_PLACE].text;
    bool credentials = change->capability.credentials;
    item_set_word(&item, CHANGE_CAPABILITY, "read");
    item_set_bool(&item, CHANGE_CREDENTIALS, credentials);
    item_set_text(&item, CHANGE_WHAT,
                  str_format(scene->diff->model->arena, "read %.*s%s", STR_ARG(place),
                             credentials ? " with the visitor's cookies" : ""));
    judge_parts(scene, &item, set, change->direction);
}

// The origins that gain (lose) reading itself: everything else about them is part of that.
static const struct fa *readers(const struct scene *scene, enum direction direction, bool with,
                                bool without)
{
    const struct fa *out = fa_none(scene->diff->model->fa);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct change *change = &scene->changes[i];
        bool wanted = change->capability.credentials ? with : without;
        if (is_certain(change, direction) && change->capability.kind == CAPABILITY_READ && wanted)
            out = plus(scene, out, change->origins.set);
    }
    return out;
}

// Of what is gained, reading with cookies is the graver fact and stands for reading; of what is
// lost, reading at all.
static void judge_reading(const struct scene *scene, enum direction direction)
{
    bool gained = direction == DIRECTION_GAINED;
    const struct fa *graver = readers(scene, direction, gained, !gained);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct change *change = &scene->changes[i];
        if (!is_certain(change, direction) || change->capability.kind != CAPABILITY_READ)
            continue;
        const struct fa *set = change->origins.set;
        if (change->capability.credentials != gained)
            set = minus(scene, set, graver);
        if (!fa_is_none(set))
            judge_read(scene, change, set);
    }
}

// Does a preflight need this capability at all?
static bool is_preflighted(struct capability capability)
{
    if (capability.kind == CAPABILITY_HEADER)
        return true;
    return capability.kind == CAPABILITY_METHOD && !str_is(capability.name, "GET") &&
           !str_is(capability.name, "HEAD") && !str_is(capability.name, "POST");
}

// Whether no origin of the set gets through any preflight there.
static bool is_preflight_dead(const struct scene *scene, const struct upstreams *upstreams,
                              const struct endpoint *endpoint, const struct fa *set)
{
    struct capabilities all = { 0 };
    struct origin_space *space = scene->engine->judge.space;
    if (!endpoint)
        return false;
    access_capabilities(space, endpoint, &all);
    for (uint32_t i = 0; i < all.count; i++) {
        if (!is_preflighted(all.items[i]))
            continue;
        struct access access =
            access_of(space, upstreams, endpoint, scene->region->box, all.items[i]);
        if (!access.may || !fa_is_disjoint(scene->diff->model->fa, access.may, set))
            return false;
    }
    return true;
}

static struct bundle *bundle_for(const struct scene *scene, const struct fa *set,
                                 struct bundle **list, uint32_t *count)
{
    for (uint32_t i = 0; i < *count; i++)
        if ((*list)[i].set == set)
            return &(*list)[i];
    struct arena *arena = scene->diff->model->arena;
    *list = arena_grow(arena, *list, *count * sizeof **list, (*count + 1) * sizeof **list,
                       _Alignof(struct bundle));
    struct bundle *bundle = &(*list)[(*count)++];
    memset(bundle, 0, sizeof *bundle);
    bundle->set = set;
    return bundle;
}

// The origins for which a name changes, with or without cookies, beyond those who gain or lose
// reading altogether.
static const struct fa *name_set(const struct scene *scene, const struct change *like,
                                 const struct fa *beyond)
{
    const struct fa *out = fa_none(scene->diff->model->fa);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct change *change = &scene->changes[i];
        if (is_certain(change, like->direction) &&
            change->capability.kind == like->capability.kind &&
            str_equal(change->capability.name, like->capability.name))
            out = plus(scene, out, change->origins.set);
    }
    return minus(scene, out, beyond);
}

static uint32_t collect_bundles(const struct scene *scene, enum direction direction,
                                enum capability_kind kind, struct bundle **out)
{
    uint32_t count = 0;
    const struct fa *beyond = readers(scene, direction, true, true);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct change *change = &scene->changes[i];
        if (!is_certain(change, direction) || change->capability.kind != kind)
            continue;
        const struct fa *set = name_set(scene, change, beyond);
        if (fa_is_none(set))
            continue;
        struct bundle *bundle = bundle_for(scene, set, out, &count);
        bool known = false;
        for (uint32_t j = 0; j < bundle->names.count; j++)
            known = known || str_equal(bundle->names.items[j], change->capability.name);
        if (!known)
            *vec_push(scene->diff->model->arena, &bundle->names) = change->capability.name;
        bundle->credentials = bundle->credentials || change->capability.credentials;
        bundle->first = bundle->first ? bundle->first : change;
    }
    return count;
}

static int by_bytes(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static const char *preflight_of(const struct scene *scene, const struct bundle *bundle)
{
    if (!is_preflighted(bundle->first->capability) || !scene->region->old || !scene->region->new)
        return "same";
    if (bundle->first->direction == DIRECTION_GAINED)
        return is_preflight_dead(scene, scene->engine->settings->old_upstreams, scene->region->old,
                                 bundle->set)
                   ? "gained"
                   : "same";
    return is_preflight_dead(scene, scene->engine->settings->new_upstreams, scene->region->new,
                             bundle->set)
               ? "broken"
               : "same";
}

static void judge_bundle(const struct scene *scene, struct bundle *bundle, const char *preflight)
{
    static const char *const words[] = {
        [CAPABILITY_READ] = "read",
        [CAPABILITY_METHOD] = "method",
        [CAPABILITY_HEADER] = "header",
        [CAPABILITY_EXPOSE] = "expose",
    };
    struct arena *arena = scene->diff->model->arena;
    struct item item = item_start(scene, bundle->first);
    qsort(bundle->names.items, bundle->names.count, sizeof *bundle->names.items, by_bytes);
    item_set_word(&item, CHANGE_CAPABILITY, words[bundle->first->capability.kind]);
    item_set_bool(&item, CHANGE_CREDENTIALS, bundle->credentials);
    item_set_word(&item, CHANGE_PREFLIGHT, preflight);
    item_set_text(&item, CHANGE_NAMES,
                  words_names(arena, bundle->names.items, bundle->names.count));
    item_set_text(&item, CHANGE_WHAT,
                  str_format(arena, "send %.*s to %.*s", STR_ARG(item.facts[CHANGE_NAMES].text),
                             STR_ARG(item.facts[CHANGE_PLACE].text)));
    for (uint32_t i = 0; i < bundle->names.count; i++)
        item.finding.fingerprint = hash_str(item.finding.fingerprint, bundle->names.items[i]);
    judge_parts(scene, &item, bundle->set, bundle->first->direction);
}

// Methods, request headers and exposed headers. When preflights as such begin or cease to work,
// that is one cause, however many names it touches.
static void judge_names(const struct scene *scene, enum direction direction)
{
    static const enum capability_kind kinds[] = { CAPABILITY_METHOD, CAPABILITY_HEADER,
                                                  CAPABILITY_EXPOSE };
    const struct fa *told = fa_none(scene->diff->model->fa);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct bundle *bundles = NULL;
        uint32_t count = collect_bundles(scene, direction, kinds[k], &bundles);
        for (uint32_t i = 0; i < count; i++) {
            const char *preflight = preflight_of(scene, &bundles[i]);
            bool whole = strcmp(preflight, "same") != 0;
            if (whole && fa_is_subset(scene->diff->model->fa, bundles[i].set, told))
                continue;
            if (whole)
                told = plus(scene, told, bundles[i].set);
            judge_bundle(scene, &bundles[i], preflight);
        }
    }
}

// What may change because something is not known: merged to one finding for each thing that is not.
static void judge_possible(const struct scene *scene, const struct change *change)
{
    struct item item = item_start(scene, change);
    struct part_of part = { .origins = change->origins, .trust = TRUST_NONE };
    set_origins(scene, &item, &part, scene->named_new);
    item_set_word(&item, CHANGE_CAPABILITY, "read");
    item_set_bool(&item, CHANGE_CREDENTIALS, change->capability.credentials);
    item_set_text(&item, CHANGE_WHAT, item.facts[CHANGE_PLACE].text);
    item.finding.condition = (Str){ 0 };
    if (change->why)
        item_set_place(&item, change->why->span, item.finding.span, item.finding.span);
    else
        item_set_text(&item, CHANGE_REASON, STR("a limit was reached"));
    item.merge.cause = hash_str(HASH_SEED, item.facts[CHANGE_REASON].text);
    engine_judge(scene->engine, &item);
}

static const struct endpoint *const *endpoints_of(struct arena *arena, const struct region *region)
{
    const struct endpoint **out = ARENA_ARRAY(arena, const struct endpoint *, region->merged);
    for (uint32_t i = 0; i < region->merged; i++)
        out[i] = region->pairs[i].new ? region->pairs[i].new : region->pairs[i].old;
    return out;
}

// The path that was asked for with a slash behind it.
static bool adds_slash(struct model *model, const struct value *location, const struct box *box)
{
    Str path;
    if (!location || !location->count)
        return false;
    const struct part *last = &location->parts[location->count - 1];
    if (last->kind != PART_TEXT || !str_ends(last->text, STR("/")))
        return false;
    if (last->text.len == 1 && location->count > 1 && last[-1].var == model->path)
        return true;
    return fa_is_literal(model->arena, box_language(box, model->path), &path) &&
           str_ends(last->text, str_concat(model->arena, path, STR("/")));
}

// Is the request sent on to the same path with a slash, by an answer that all of `origins` may
// follow? That is how a location for a folder begins and ends, and moves nobody's access.
static bool is_slash_redirect(struct model *model, const struct upstreams *upstreams,
                              const struct endpoint *endpoint, const struct box *box,
                              const struct fa *origins)
{
    struct views views;
    const struct fa *follow = fa_none(model->fa);
    if (!endpoint || fa_is_none(origins))
        return false;
    views_of(model, upstreams, endpoint, box, STR("GET"), &views);
    for (uint32_t i = 0; i < views.count; i++) {
        const struct view *view = &views.items[i];
        uint32_t at = 0;
        if (!adds_slash(model, view->response->location, view->box))
            return false;
        if (view_find(model, view, "access-control-allow-origin", &at))
            follow = fa_union(model->fa, follow, box_language(view->box, model->origin));
    }
    return fa_is_subset(model->fa, origins, follow);
}

static void judge_region(struct engine *engine, const struct diff *diff, const struct map *drops,
                         uint32_t from, uint32_t count)
{
    const struct region *region = diff->changes[from].region;
    struct scene scene = {
        .engine = engine,
        .diff = diff,
        .region = region,
        .drops = drops,
        .changes = &diff->changes[from],
        .count = count,
        .named_old = behaviour_named(diff->model, engine->judge.space, region->old),
        .named_new = behaviour_named(diff->model, engine->judge.space, region->new),
    };
    scene.endpoints = endpoints_of(diff->model->arena, region);
    scene.read_old = read_of(&scene, engine->settings->old_upstreams, region->old);
    scene.read_new = read_of(&scene, engine->settings->new_upstreams, region->new);
    uint32_t first = engine->out->count;
    const struct rule_settings *settings = engine->settings;
    if (!is_slash_redirect(diff->model, settings->old_upstreams, region->old, region->box,
                           readers(&scene, DIRECTION_GAINED, true, true))) {
        judge_reading(&scene, DIRECTION_GAINED);
        judge_names(&scene, DIRECTION_GAINED);
    }
    if (!is_slash_redirect(diff->model, settings->new_upstreams, region->new, region->box,
                           readers(&scene, DIRECTION_LOST, true, true))) {
        judge_reading(&scene, DIRECTION_LOST);
        judge_names(&scene, DIRECTION_LOST);
    }
    for (uint32_t i = 0; i < count; i++)
        if (scene.changes[i].certainty == CERTAINTY_POSSIBLE)
            judge_possible(&scene, &scene.changes[i]);
    engine_cover(engine, first, region->pairs, region->merged);
}

void engine_changes(struct engine *engine, const struct diff *diff)
{
    struct map drops = drops_index(diff->model->arena, diff->new);
    for (uint32_t from = 0, count; from < diff->change_count; from += count) {
        count = 1;
        while (from + count < diff->change_count &&
               diff->changes[from + count].region == diff->changes[from].region)
            count++;
        judge_region(engine, diff, &drops, from, count);
    }
}
