#include "base/hash.h"
#include "base/map.h"
#include "rule/engine.h"
#include "rule/observe.h"
#include "rule/words.h"

#include <string.h>

// The endpoints of a version that are not the same in the other one, and what is seen there.
struct version {
    const struct policy *policy;
    struct observations seen;
    struct map by_hash;  // of the observations
    struct map by_place; // the same, with the endpoint's hosts and path
    uint32_t meetings;   // boxes compared so far
};

// Boxes that are compared to find out whether an endpoint was served by another one before. Beyond
// it, what is seen counts as new.
enum { MEETINGS_MOST = 1000000 };

// The same cause at several endpoints.
struct cause {
    const struct observation *observation;
    const struct observation *before; // in the same place of the old version, where that matters
    VEC(const struct endpoint *) endpoints; // that show it
    bool was_fine;
};

static uint64_t endpoint_hash(const struct endpoint *endpoint)
{
    uint64_t hash = hash_u64(box_hash(endpoint->box), endpoint->hash);
    return hash_str(hash, str_from(endpoint->layer));
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    return a->hash && a->hash == b->hash && strcmp(a->layer, b->layer) == 0 &&
           box_equal(a->box, b->box);
}

static bool same_hosts(const struct endpoint *a, const struct endpoint *b)
{
    if (strcmp(a->layer, b->layer) != 0 || a->host_count != b->host_count)
        return false;
    for (uint32_t i = 0; i < a->host_count; i++)
        if (!str_equal(a->hosts[i], b->hosts[i]))
            return false;
    return true;
}

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
    return a->match == b->match && str_equal(a->path, b->path) && same_hosts(a, b);
}

static bool has_equal(const struct map *map, const struct endpoint *endpoint)
{
    uint32_t at = 0;
    const struct endpoint *other;
    while ((other = map_next(map, endpoint_hash(endpoint), &at)))
        if (same_endpoint(endpoint, other))
            return true;
    return false;
}

static struct map index_endpoints(struct arena *arena, const struct policy *policy)
{
    struct map out = { 0 };
    for (uint32_t i = 0; i < policy->endpoint_count; i++) {
        struct endpoint *copy = ARENA_NEW(arena, struct endpoint);
        *copy = *policy->endpoints[i];
        map_add(arena, &out, endpoint_hash(copy), copy);
    }
    return out;
}

static uint64_t place_hash(const struct observation *observation)
{
    const struct endpoint *endpoint = observation->endpoint;
    uint64_t hash = hash_str(observation_hash(observation), endpoint->path);
    for (uint32_t i = 0; i < endpoint->host_count; i++)
        hash = hash_str(hash, endpoint->hosts[i]);
    return hash;
}

// The endpoints of a server stand next to each other.
static bool is_alone(const struct policy *policy, uint32_t number)
{
    const struct endpoint *const *at = policy->endpoints + number;
    return (number == 0 || !same_hosts(at[-1], at[0])) &&
           (number + 1 == policy->endpoint_count || !same_hosts(at[0], at[1]));
}

static void see(struct engine *engine, const struct upstreams *upstreams,
                const struct policy *other, struct version *version)
{
    struct arena *arena = engine->judge.model->arena;
    struct map unchanged = { 0 };
    if (other)
        unchanged = index_endpoints(arena, other);
    for (uint32_t i = 0; i < version->policy->endpoint_count; i++)
        if (!other || !has_equal(&unchanged, version->policy->endpoints[i]))
            observe(&engine->judge, upstreams, version->policy->endpoints[i],
                    is_alone(version->policy, i), &version->seen);
    for (uint32_t i = 0; i < version->seen.count; i++) {
        struct observation *observation = &version->seen.items[i];
        map_add(arena, &version->by_hash, observation_hash(observation), observation);
        map_add(arena, &version->by_place, place_hash(observation), observation);
    }
}

// Did the old version show the same in a place that this endpoint now serves?
static bool was_seen(struct model *model, struct version *old,
                     const struct observation *observation)
{
    uint32_t at = 0;
    const struct observation *other;
    while ((other = map_next(&old->by_place, place_hash(observation), &at)))
        if (observation_same(other, observation) &&
            same_place(other->endpoint, observation->endpoint))
            return true;
    at = 0;
    while (old->meetings < MEETINGS_MOST &&
           (other = map_next(&old->by_hash, observation_hash(observation), &at))) {
        old->meetings++;
        if (observation_same(other, observation) &&
            strcmp(other->endpoint->layer, observation->endpoint->layer) == 0 &&
            box_meet(model, other->endpoint->box, observation->endpoint->box))
            return true;
    }
    return false;
}

static uint64_t site_hash(const struct observation *observation)
{
    return hash_u64(place_hash(&(struct observation){ .endpoint = observation->endpoint }),
                    (uint64_t)observation->kind);
}

// What the old version said in the same place about how long a preflight's answer is kept.
static const struct observation *max_age_before(const struct map *ages,
                                                const struct observation *observation)
{
    uint32_t at = 0;
    const struct observation *other;
    while (observation->kind == OBSERVED_MAX_AGE &&
           (other = map_next(ages, site_hash(observation), &at)))
        if (same_place(other->endpoint, observation->endpoint))
            return other;
    return NULL;
}

static struct map index_ages(struct arena *arena, const struct version *version)
{
    struct map out = { 0 };
    for (uint32_t i = 0; i < version->seen.count; i++)
        if (version->seen.items[i].kind == OBSERVED_MAX_AGE)
            map_add(arena, &out, site_hash(&version->seen.items[i]), &version->seen.items[i]);
    return out;
}

// Did the old version do there what this is a flaw of, without the flaw? Asked of flaws that the
// old version did not show.
static bool was_fine(struct engine *engine, const struct policy *old,
                     const struct observation *observation)
{
    struct model *model = engine->judge.model;
    if (observation->kind != OBSERVED_VARY_MISSING &&
        observation->kind != OBSERVED_ERRORS_WITHOUT_CORS)
        return false;
    const struct upstreams *upstreams = engine->settings->old_upstreams;
    for (uint32_t i = 0; i < old->endpoint_count; i++) {
        const struct endpoint *endpoint = old->endpoints[i];
        if (strcmp(endpoint->layer, observation->endpoint->layer) != 0 ||
            !box_meet(model, endpoint->box, observation->endpoint->box))
            continue;
        struct views views;
        views_of(model, upstreams, endpoint, endpoint->box, STR("GET"), &views);
        for (uint32_t j = 0; j < views.count; j++) {
            uint32_t at = 0;
            const char *needed =
                observation->kind == OBSERVED_VARY_MISSING ? "vary" : "access-control-allow-origin";
            if (view_find(model, &views.items[j], needed, &at))
                return true;
        }
    }
    return false;
}

static bool same_cause(const struct cause *cause, const struct observation *observation)
{
    const struct observation *first = cause->observation;
    return first->span.file == observation->span.file &&
           first->span.begin == observation->span.begin &&
           first->span.end == observation->span.end && observation_same(first, observation) &&
           str_equal(first->problem, observation->problem);
}

static void judge_cause(struct engine *engine, const struct cause *cause)
{
    const struct observation *observation = cause->observation;
    const struct endpoint *endpoint = observation->endpoint;
    const struct origins *origins = &observation->part.origins;
    struct arena *arena = engine->judge.model->arena;
    struct item item = { .subject = SUBJECT_ENDPOINT, .most = LEVEL_ERROR };
    item_set_word(&item, ENDPOINT_OBSERVATION, observation_name(observation->kind));
    item_set_bool(&item, ENDPOINT_CREDENTIALS, observation->credentials);
    item_set_word(&item, ENDPOINT_KIND,
                  origins->kind == ORIGINS_NONE ? "none" : origins_kind_name(origins->kind));
    item_set_word(&item, ENDPOINT_TRUSTED, trust_name(observation->part.trust));
    item_set_bool(&item, ENDPOINT_ONLY_NULL, origins->only_null);
    item_set_bool(&item, ENDPOINT_ONLY_APP, origins->only_app);
    item_set_bool(&item, ENDPOINT_ONLY_INSECURE, origins->only_insecure);
    item_set_bool(&item, ENDPOINT_ONLY_LOCAL, origins->only_local);
    item_set_bool(&item, ENDPOINT_ONLY_SHARED, origins->only_shared);
    item_set_word(&item, ENDPOINT_SHAPE, witness_shape_name(origins->shape));
    item_set_text(&item, ENDPOINT_LOOSE_DOT, origins->loose_dot);
    item_set_text(&item, ENDPOINT_HEADER, observation->header);
    item_set_text(&item, ENDPOINT_VALUE, observation->value);
    item_set_text(&item, ENDPOINT_PROBLEM, observation->problem);
    item_set_number(&item, ENDPOINT_STATUS, observation->status);
    item_set_bool(&item, ENDPOINT_WAS_FINE, cause->was_fine);
    item_set_bool(&item, ENDPOINT_INTENDED, observation->intended);
    item_set_text(&item, ENDPOINT_LAYER, str_from(endpoint->layer));
    item_set_text(&item, ENDPOINT_WHO, words_who(arena, origins));
    item_set_text(&item, ENDPOINT_URL, endpoint->url);
    item_set_text(&item, ENDPOINT_PLACE, STR(ITEM_PLACE));
    item_set_text(&item, ENDPOINT_WITNESS, origins->witness);
    item_set_number(&item, ENDPOINT_SECONDS, observation->seconds);
    item_set_bool(&item, ENDPOINT_CHANGED,
                  cause->before && cause->before->seconds != observation->seconds);
    item_set_number(&item, ENDPOINT_BEFORE, cause->before ? cause->before->seconds : 0);
    item_set_text(&item, ENDPOINT_SUGGESTION,
                  observation->suggestion.len
                      ? str_format(arena, "; did you mean %.*s?", STR_ARG(observation->suggestion))
                      : (Str){ 0 });
    uint64_t where = hash_str(HASH_SEED, endpoint->path);
    for (uint32_t i = 0; i < endpoint->host_count; i++)
        where += hash_str(HASH_SEED, endpoint->hosts[i]);
    item.finding = (struct finding){
        .span = observation->span,
        .endpoint = endpoint,
        .witness = origins->witness,
        .reach = cause->endpoints.count,
        .fingerprint =
            hash_u64(hash_str(where, str_from(endpoint->layer)), observation_hash(observation)),
    };
    item.merge = (struct merge){ cause->endpoints.items, cause->endpoints.count, 0 };
    engine_judge(engine, &item);
}

void engine_endpoints(struct engine *engine, const struct policy *old, const struct policy *new)
{
    struct model *model = engine->judge.model;
    struct version before = { .policy = old }, after = { .policy = new };
    see(engine, engine->settings->new_upstreams, old, &after);
    if (old)
        see(engine, engine->settings->old_upstreams, new, &before);
    const struct map ages = index_ages(model->arena, &before);
    VEC(struct cause *) causes = { 0 };
    struct map by_hash = { 0 };
    for (uint32_t i = 0; i < after.seen.count; i++) {
        const struct observation *observation = &after.seen.items[i];
        if (old && was_seen(model, &before, observation))
            continue;
        uint64_t hash = hash_u64(observation_hash(observation),
                                 (uint64_t)observation->span.file << 32 | observation->span.begin);
        uint32_t at = 0;
        struct cause *cause;
        while ((cause = map_next(&by_hash, hash, &at)))
            if (same_cause(cause, observation))
                break;
        if (!cause) {
            cause = ARENA_NEW(model->arena, struct cause);
            cause->observation = observation;
            cause->before = max_age_before(&ages, observation);
            cause->was_fine = old && was_fine(engine, old, observation);
            map_add(model->arena, &by_hash, hash, cause);
            *vec_push(model->arena, &causes) = cause;
        }
        *vec_push(model->arena, &cause->endpoints) = observation->endpoint;
    }
    for (uint32_t i = 0; i < causes.count; i++)
        judge_cause(engine, causes.items[i]);
}
