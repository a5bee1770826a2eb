#include "diff/regions.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

// A region under construction.
struct draft {
    const struct place *first;
    VEC(struct pair) pairs;
    VEC(Str) hosts;
    struct map known_hosts;
    uint64_t where;   // of layer, hosts and paths, in any order
    uint64_t unknown; // of all that possible changes may depend on
};

static const char *layer_of(const struct overlap *overlap)
{
    return overlap->new ? overlap->new->layer : overlap->old->layer;
}

static uint64_t change_hash(uint64_t hash, const struct raw_change *change)
{
    hash = hash_u64(hash, (uint64_t)change->direction * 2 + (uint64_t)change->certainty);
    hash = hash_u64(hash, (uint64_t)change->capability.kind * 2 + change->capability.credentials);
    hash = hash_str(hash, change->capability.name);
    hash = hash_u64(hash, fa_hash(change->set));
    hash = hash_u64(hash, fa_hash(change->before));
    return hash_str(hash_u64(hash, fa_hash(change->after)), change->condition);
}

static bool change_same(const struct raw_change *a, const struct raw_change *b)
{
    return a->direction == b->direction && a->certainty == b->certainty &&
           capability_equal(a->capability, b->capability) && a->set == b->set &&
           a->before == b->before && a->after == b->after && str_equal(a->condition, b->condition);
}

static bool places_same(const struct place *a, const struct place *b)
{
    if (strcmp(layer_of(&a->overlap), layer_of(&b->overlap)) != 0 ||
        a->changes.count != b->changes.count || !a->overlap.old != !b->overlap.old ||
        !a->overlap.new != !b->overlap.new)
        return false;
    for (uint32_t i = 0; i < a->changes.count; i++)
        if (!change_same(&a->changes.items[i], &b->changes.items[i]))
            return false;
    return true;
}

static uint64_t place_hash(const struct place *place)
{
    uint64_t hash = hash_str(HASH_SEED, str_from(layer_of(&place->overlap)));
    for (uint32_t i = 0; i < place->changes.count; i++)
        hash = change_hash(hash, &place->changes.items[i]);
    return hash;
}

static void add_host(struct model *model, struct draft *draft, Str host)
{
    uint64_t hash = hash_str(HASH_SEED, host);
    uint32_t at = 0;
    for (Str *known; (known = map_next(&draft->known_hosts, hash, &at));)
        if (str_equal(*known, host))
            return;
    Str *copy = ARENA_NEW(model->arena, Str);
    *copy = host;
    map_add(model->arena, &draft->known_hosts, hash, copy);
    *vec_push(model->arena, &draft->hosts) = host;
}

static bool is_pattern(Str host)
{
    return host.len == 0 || host.ptr[0] == '~' || host.ptr[0] == '.' || host.ptr[0] == '_' ||
           str_contains(host, STR("*"));
}

// The hosts of one side that can lie in the overlap. False when none is left.
static bool add_hosts(struct model *model, const struct overlap *overlap,
                      const struct endpoint *side, bool names_only, struct draft *draft)
{
    const struct fa *language = box_language(overlap->box, model->host);
    bool any = false;
    for (uint32_t i = 0; side && i < side->host_count; i++) {
        bool pattern = is_pattern(side->hosts[i]);
        Str host = str_lower(model->arena, side->hosts[i]);
        if (pattern ? names_only : language && !fa_accepts(language, host))
            continue;
        add_host(model, draft, side->hosts[i]);
        any = true;
    }
    return any;
}

static void draft_add(struct model *model, struct draft *draft, const struct place *place)
{
    const struct overlap *overlap = &place->overlap;
    const struct pair *last =
        draft->pairs.count ? &draft->pairs.items[draft->pairs.count - 1] : NULL;
    if (last && last->old == overlap->old && last->new == overlap->new)
        return; // another part of the same endpoints
    *vec_push(model->arena, &draft->pairs) = (struct pair){ overlap->old, overlap->new };
    // Names say more than patterns; the new version's before the old one's.
    if (!add_hosts(model, overlap, overlap->new, true, draft) &&
        !add_hosts(model, overlap, overlap->old, true, draft) &&
        !add_hosts(model, overlap, overlap->new, false, draft))
        (void)add_hosts(model, overlap, overlap->old, false, draft);
    const struct endpoint *sides[2] = { overlap->old, overlap->new };
    for (int i = 0; i < 2; i++) {
        if (!sides[i])
            continue;
        uint64_t one = hash_u64(hash_str(HASH_SEED, sides[i]->path), (uint64_t)i);
        for (uint32_t j = 0; j < sides[i]->host_count; j++)
            one += hash_str(HASH_SEED, sides[i]->hosts[j]);
        draft->where += one;
    }
}

// The endpoint whose path describes the overlap best.
static const struct endpoint *path_side(struct model *model, const struct overlap *overlap)
{
    const struct endpoint *old = overlap->old, *new = overlap->new;
    if (!old || !new)
        return new ? new : old;
    const struct fa *path = box_language(overlap->box, model->path);
    if (box_language(new->box, model->path) == path)
        return new;
    if (box_language(old->box, model->path) == path)
        return old;
    return old->match == MATCH_EXACT || (old->match == MATCH_PREFIX && new->match == MATCH_PREFIX &&
                                         old->path.len > new->path.len)
               ? old
               : new;
}

static bool url_inside(struct model *model, const struct box *box, Str url)
{
    struct request request = { .method = STR("GET") };
    const struct var *open = NULL;
    return url.len && request_set_url(model->arena, &request, url) &&
           request_normalise(model->arena, request.target, true, &request.path, &request.query) &&
           request_in_box(model->arena, &request, box, &open);
}

static Str shortest(struct model *model, const struct box *box, const struct var *var,
                    Str otherwise)
{
    uint8_t taste[256];
    Str out;
    for (unsigned c = 0; c < 256; c++) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        taste[c] = plain ? 0 : c == '/' || c == '.' || c == '-' ? 1 : c > ' ' && c < 127 ? 2 : 3;
    }
    return fa_shortest(model->arena, box_language(box, var), taste, &out) ? out : otherwise;
}

// A host of the overlap: one that a side speaks of, if there is one.
static Str host_of(struct model *model, const struct overlap *overlap)
{
    const struct endpoint *sides[2] = { overlap->new, overlap->old };
    const struct fa *hosts = box_language(overlap->box, model->host);
    for (int i = 0; i < 2; i++) {
        struct request request = { 0 };
        if (sides[i] && request_set_url(model->arena, &request, sides[i]->url) &&
            !is_pattern(request.host) && hosts && fa_accepts(hosts, request.host))
            return request.host;
    }
    // "" where any host will do; then a name in preference to what else the wire may carry.
    const struct pattern *names = model_pattern(
        model, STR("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"), REGEX_PCRE2,
        REGEX_FULL);
    const struct fa *nice = fa_intersect(model->fa, hosts, names->result.language);
    if (nice && fa_accepts(nice, STR("any.example")))
        return STR("any.example");
    const struct box *named =
        nice && !fa_is_none(nice) ? box_with(model, overlap->box, model->host, nice) : overlap->box;
    return shortest(model, named, model->host, STR("any.example"));
}

// ":8080", or nothing for the scheme's own port.
static Str port_of(struct model *model, const struct box *box, Str scheme)
{
    const struct fa *ports = box_language(box, model->port);
    Str own = str_is(scheme, "https") ? STR("443") : STR("80");
    if (!ports || fa_accepts(ports, own))
        return (Str){ 0 };
    return str_concat(model->arena, STR(":"), shortest(model, box, model->port, own));
}

// A path as it stands in a URL.
static Str path_encoded(struct model *model, Str path)
{
    struct buf out = { .arena = model->arena };
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c <= ' ' || c >= 127 || c == '%' || c == '?' || c == '#' || c == '"' || c == '<' ||
            c == '>' || c == '\\')
            buf_addf(&out, "%%%02X", c);
        else
            buf_add_char(&out, (char)c);
    }
    return buf_str(&out);
}

static Str url_of(struct model *model, const struct overlap *overlap)
{
    const struct endpoint *sides[2] = { overlap->new, overlap->old };
    for (int i = 0; i < 2; i++)
        if (sides[i] && url_inside(model, overlap->box, sides[i]->url))
            return sides[i]->url;
    const struct endpoint *side = overlap->new ? overlap->new : overlap->old;
    const struct fa *schemes = box_language(overlap->box, model->scheme);
    Str scheme = str_starts(side->url, STR("http://")) ? STR("http") : STR("https");
    if (schemes && !fa_accepts(schemes, scheme))
        scheme = str_is(scheme, "http") ? STR("https") : STR("http");
    Str path = shortest(model, overlap->box, model->path, STR("/"));
    return str_format(
        model->arena, "%.*s://%.*s%.*s%.*s", STR_ARG(scheme), STR_ARG(host_of(model, overlap)),
        STR_ARG(port_of(model, overlap->box, scheme)), STR_ARG(path_encoded(model, path)));
}

static enum relation relation_of(bool gained, bool lost)
{
    if (gained && lost)
        return RELATION_BOTH;
    return gained ? RELATION_WIDER : lost ? RELATION_NARROWER : RELATION_EQUAL;
}

static enum relation changes_relation(const struct raw_changes *changes)
{
    bool gained = false, lost = false;
    for (uint32_t i = 0; i < changes->count; i++) {
        gained = gained || changes->items[i].direction == DIRECTION_GAINED;
        lost = lost || changes->items[i].direction == DIRECTION_LOST;
    }
    return relation_of(gained, lost);
}

// Which of several places stands for all: a plain path before a pattern, then the shorter one.
static bool stands_better(const struct place *a, const struct place *b)
{
    const struct endpoint *one = a->overlap.new ? a->overlap.new : a->overlap.old;
    const struct endpoint *other = b->overlap.new ? b->overlap.new : b->overlap.old;
    bool plain = one->match == MATCH_EXACT || one->match == MATCH_PREFIX;
    bool other_plain = other->match == MATCH_EXACT || other->match == MATCH_PREFIX;
    if (plain != other_plain)
        return plain;
    return one->path.len < other->path.len;
}

static int by_bytes(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static struct region *region_of(struct model *model, struct draft *draft)
{
    const struct overlap *overlap = &draft->first->overlap;
    const struct endpoint *side = path_side(model, overlap);
    struct region *region = ARENA_NEW(model->arena, struct region);
    if (draft->hosts.count)
        qsort(draft->hosts.items, draft->hosts.count, sizeof *draft->hosts.items, by_bytes);
    *region = (struct region){
        .old = overlap->old,
        .new = overlap->new,
        .pairs = draft->pairs.items,
        .box = overlap->box,
        .hosts = draft->hosts.items,
        .host_count = draft->hosts.count,
        .match = side->match,
        .path = side->path,
        .layer = layer_of(overlap),
        .url = url_of(model, overlap),
        .relation = changes_relation(&draft->first->changes),
        .merged = draft->pairs.count,
    };
    return region;
}

// What is not known may be anything: whoever has looked at a possible change has looked at these
// two versions, and at no others.
static uint64_t unknown_hash(const struct comparison *with, const struct draft *draft)
{
    uint64_t sum = 0;
    bool any = false;
    for (uint32_t i = 0; i < draft->first->changes.count; i++)
        any |= draft->first->changes.items[i].certainty == CERTAINTY_POSSIBLE;
    for (uint32_t i = 0; any && i < draft->pairs.count; i++) {
        const struct pair *pair = &draft->pairs.items[i];
        sum += hash_u64(behaviour_hash(with->old_upstreams, pair->old),
                        behaviour_hash(with->new_upstreams, pair->new));
    }
    return sum;
}

static uint64_t change_id(const struct comparison *with, const struct draft *draft,
                          const struct raw_change *change)
{
    struct model *model = with->model;
    uint64_t id = hash_str(HASH_SEED, capability_text(model->arena, change->capability));
    id = hash_u64(id, (uint64_t)change->capability.credentials);
    id = hash_u64(id, (uint64_t)change->direction * 2 + (uint64_t)change->certainty);
    id = hash_u64(hash_str(id, str_from(layer_of(&draft->first->overlap))), draft->where);
    id = hash_u64(hash_u64(id, fa_hash(change->before)), fa_hash(change->after));
    if (change->condition.len)
        id = hash_str(id, change->condition);
    if (change->certainty == CERTAINTY_POSSIBLE)
        id = hash_u64(hash_u64(id, change->why ? change->why->identity : 0), draft->unknown);
    return hash_u64(id, fa_hash(change->set));
}

struct changes {
    struct change *items;
    uint32_t count, capacity;
};

static void add_change(const struct comparison *with, const struct draft *draft,
                       const struct region *region, const struct raw_change *raw,
                       const struct fa *named, struct changes *out)
{
    *vec_push(with->model->arena, out) = (struct change){
        .region = region,
        .direction = raw->direction,
        .certainty = raw->certainty,
        .capability = raw->capability,
        .origins = origins_describe(with->space, raw->set, NULL, named),
        .before = origins_describe(with->space, raw->before, NULL, named),
        .after = origins_describe(with->space, raw->after, NULL, named),
        .condition = raw->condition,
        .old_span = raw->old_span,
        .new_span = raw->new_span,
        .why = raw->why,
        .id = change_id(with, draft, raw),
    };
}

static void describe(const struct comparison *with, const struct draft *draft,
                     const struct region *region, struct changes *out)
{
    struct model *model = with->model;
    const struct fa *named = fa_union(model->fa, behaviour_named(model, with->space, region->old),
                                      behaviour_named(model, with->space, region->new));
    const struct fa *web = origins_part(with->space, ORIGINS_PART_WEB);
    for (uint32_t i = 0; i < draft->first->changes.count; i++) {
        const struct raw_change *raw = &draft->first->changes.items[i];
        struct raw_change part = *raw;
        // The sites of a set name all of its web origins: null and the schemes of applications
        // stand apart.
        const struct fa *rest = fa_subtract(model->fa, raw->set, web);
        struct origins whole = origins_describe(with->space, raw->set, NULL, named);
        bool apart = whole.kind == ORIGINS_SUBDOMAINS && rest && !fa_is_none(rest);
        if (apart)
            part.set = fa_intersect(model->fa, raw->set, web);
        add_change(with, draft, region, &part, named, out);
        part.set = rest;
        if (apart)
            add_change(with, draft, region, &part, named, out);
    }
}

void regions_build(const struct comparison *with, const struct places *places, struct diff *out)
{
    struct model *model = with->model;
    struct map by_changes = { 0 };
    VEC(struct draft *) drafts = { 0 };
    VEC(struct region *) regions = { 0 };
    struct changes changes = { 0 };
    for (uint32_t i = 0; i < places->count; i++) {
        const struct place *place = &places->items[i];
        uint64_t hash = place_hash(place);
        uint32_t at = 0;
        struct draft *draft;
        while ((draft = map_next(&by_changes, hash, &at)))
            if (places_same(draft->first, place))
                break;
        if (!draft) {
            draft = ARENA_NEW(model->arena, struct draft);
            draft->first = place;
            map_add(model->arena, &by_changes, hash, draft);
            *vec_push(model->arena, &drafts) = draft;
        }
        draft_add(model, draft, place);
        if (stands_better(place, draft->first))
            draft->first = place;
    }
    bool wider = false, narrower = false;
    for (uint32_t i = 0; i < drafts.count; i++) {
        struct region *region = region_of(model, drafts.items[i]);
        *vec_push(model->arena, &regions) = region;
        drafts.items[i]->unknown = unknown_hash(with, drafts.items[i]);
        describe(with, drafts.items[i], region, &changes);
        wider = wider || region->relation == RELATION_WIDER || region->relation == RELATION_BOTH;
        narrower =
            narrower || region->relation == RELATION_NARROWER || region->relation == RELATION_BOTH;
    }
    out->regions = regions.items;
    out->region_count = regions.count;
    out->changes = changes.items;
    out->change_count = changes.count;
    out->relation = relation_of(wider, narrower);
}
