// Shared caches: who gets what was kept for somebody else, and who can still be sure to read.
#include "browser/access.h"
#include "policy/cache.h"

#include "unit/check_main.h"
#include "unit/world.h"

enum key { KEY_NONE, KEY_TEXT, KEY_ORIGIN, KEY_UNKNOWN, KEY_CAPTURE };

static const struct row {
    const char *title;
    const char *line, *value; // a further line of the answer that is kept, or NULL
    enum cache_vary vary;
    enum cache_keeps keeps;
    enum cache_heeds heeds;
    enum key key;
    bool bypassed;
    enum cache_mix mix;
} rows[] = {
    { "nothing tells the origins apart", NULL, NULL, 0, 0, 0, KEY_NONE, false, CACHE_MIXED },
    { "the key holds no origin", NULL, NULL, 0, 0, 0, KEY_TEXT, false, CACHE_MIXED },
    { "the key holds the origin", NULL, NULL, 0, 0, 0, KEY_ORIGIN, false, CACHE_APART },
    { "nobody knows the key", NULL, NULL, 0, 0, 0, KEY_UNKNOWN, false, CACHE_PERHAPS },
    { "a part of the origin that is the same for some", NULL, NULL, 0, 0, 0, KEY_CAPTURE, false,
      CACHE_PERHAPS },
    { "Vary: Origin", "Vary", "Accept, origin", 0, 0, 0, KEY_NONE, false, CACHE_APART },
    { "Vary: *", "Vary", "*", 0, 0, 0, KEY_NONE, false, CACHE_APART },
    { "Vary without Origin", "Vary", "Accept", 0, 0, 0, KEY_NONE, false, CACHE_MIXED },
    { "Vary that nobody knows", "Vary", "?who knows", 0, 0, 0, KEY_NONE, false, CACHE_PERHAPS },
    { "Vary is not looked at", "Vary", "Origin", CACHE_VARY_IGNORED, 0, 0, KEY_NONE, false,
      CACHE_MIXED },
    { "answers with Vary are not kept", "Vary", "Accept", CACHE_VARY_REFUSED, 0, 0, KEY_NONE, false,
      CACHE_APART },
    { "... but for one", "Vary", "Accept-Encoding", CACHE_VARY_REFUSED, 0, 0, KEY_NONE, false,
      CACHE_MIXED },
    { "no-store", "Cache-Control", "No-Store", 0, 0, 0, KEY_NONE, false, CACHE_APART },
    { "private", "Cache-Control", "max-age=5, private", 0, 0, 0, KEY_NONE, false, CACHE_APART },
    { "old at once", "Cache-Control", "max-age=0", 0, 0, 0, KEY_NONE, false, CACHE_APART },
    { "... but not for shared caches", "Cache-Control", "max-age=0, s-maxage=9", 0, 0, 0, KEY_NONE,
      false, CACHE_MIXED },
    { "private, for a cache that heeds no-store only", "Cache-Control", "private", 0, 0,
      CACHE_HEEDS_NO_STORE, KEY_NONE, false, CACHE_MIXED },
    { "no-store, for that one", "Cache-Control", "no-store", 0, 0, CACHE_HEEDS_NO_STORE, KEY_NONE,
      false, CACHE_APART },
    { "no-store, for one that heeds nothing", "Cache-Control", "no-store", 0, 0,
      CACHE_HEEDS_NOTHING, KEY_NONE, false, CACHE_MIXED },
    { "Cache-Control that nobody knows", "Cache-Control", "?who knows", 0, 0, 0, KEY_NONE, false,
      CACHE_PERHAPS },
    { "nothing says for how long", NULL, NULL, 0, CACHE_KEEPS_FRESH, 0, KEY_NONE, false,
      CACHE_APART },
    { "it says for how long", "Cache-Control", "max-age=60", 0, CACHE_KEEPS_FRESH, 0, KEY_NONE,
      false, CACHE_MIXED },
    { "... in what is not looked at", "Cache-Control", "max-age=60", 0, CACHE_KEEPS_FRESH,
      CACHE_HEEDS_NOTHING, KEY_NONE, false, CACHE_APART },
    { "it says until when", "Expires", "Thu, 01 Jan 2099 00:00:00 GMT", 0, CACHE_KEEPS_FRESH, 0,
      KEY_NONE, false, CACHE_MIXED },
    { "nobody knows whether it keeps any", NULL, NULL, 0, CACHE_KEEPS_UNKNOWN, 0, KEY_NONE, false,
      CACHE_PERHAPS },
    { "it keeps none", NULL, NULL, 0, CACHE_KEEPS_NONE, 0, KEY_NONE, false, CACHE_APART },
    { "nothing comes out of it", NULL, NULL, 0, 0, 0, KEY_NONE, true, CACHE_APART },
};

static const struct value *key_of(struct world *world, enum key key)
{
    struct model *model = world->model;
    const struct value *origin = value_var(model, model->origin);
    const struct pattern *host = model_pattern(model, STR("^https://([a-z]+)\\."), REGEX_PCRE2, 0);
    switch (key) {
    case KEY_NONE:
        break;
    case KEY_TEXT:
        return value_var(model, model->target);
    case KEY_ORIGIN:
        return value_concat(model, value_var(model, model->target), origin);
    case KEY_UNKNOWN:
        return value_unknown(model, STR("a script decides"), 1, world_span(world));
    case KEY_CAPTURE:
        return value_capture(model, host, 1, origin);
    }
    return NULL;
}

// An endpoint that echoes any origin, behind that cache.
static struct endpoint *make(struct world *world, const struct row *row)
{
    const char *headers[] = { "Access-Control-Allow-Origin", "$origin", row->line, row->value,
                              NULL };
    struct policy *policy = world_policy(world);
    struct endpoint *endpoint = world_simple(world, policy, "api.test", "/", headers);
    struct response *response = ARENA_NEW(world->arena, struct response);
    struct cache *cache = ARENA_NEW(world->arena, struct cache);
    *response = *endpoint->cells[0].response;
    *cache = (struct cache){ .name = STR("cache"),
                             .key = key_of(world, row->key),
                             .vary = row->vary,
                             .keeps = row->keeps,
                             .heeds = row->heeds,
                             .bypassed = row->bypassed,
                             .op_count = response->op_count };
    response->caches = cache;
    response->cache_count = 1;
    endpoint->cell_count = 0;
    world_cell(world, endpoint, box_all(world->model), response);
    return endpoint;
}

START_TEST(test_what_keeps_origins_apart)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = world_new();
        const struct endpoint *endpoint = make(&world, &rows[i]);
        const struct response *response = endpoint->cells[0].response;
        const struct answered any = { .box = endpoint->cells[0].box,
                                      .response = response,
                                      .status = 200 };
        struct cache_mixed got = cache_mix(world.model, response->caches, &any, &any);
        ck_assert_msg(got.mix == rows[i].mix, "%s: %d", rows[i].title, (int)got.mix);
        // Whoever may get another origin's answer cannot be sure to read; anybody may be first.
        const struct fa *whole = origins_part(world.space, ORIGINS_PART_WHOLE);
        struct access access = access_of(world.space, NULL, endpoint, endpoint->box,
                                         (struct capability){ .kind = CAPABILITY_READ });
        ck_assert_msg(access.may == whole, "%s", rows[i].title);
        ck_assert_msg(access.must ==
                          (rows[i].mix == CACHE_APART ? whole : fa_none(world.model->fa)),
                      "%s", rows[i].title);
        ck_assert_msg(!access.why == (rows[i].mix == CACHE_APART), "%s", rows[i].title);
        arena_free(world.arena);
    }
}
END_TEST

// What is done behind the cache is done for each request.
START_TEST(test_what_is_added_behind_the_cache)
{
    struct world world = world_new();
    struct row row = rows[0];
    struct endpoint *endpoint = make(&world, &row);
    const struct fa *whole = origins_part(world.space, ORIGINS_PART_WHOLE);
    struct response *response = (struct response *)(uintptr_t)endpoint->cells[0].response;
    ((struct cache *)(uintptr_t)response->caches)->op_count = 0;
    struct access access = access_of(world.space, NULL, endpoint, endpoint->box,
                                     (struct capability){ .kind = CAPABILITY_READ });
    ck_assert(access.must == whole && access.may == whole);
    arena_free(world.arena);
}
END_TEST

// Of a list, whoever else comes first spoils it for the others; the strangers gain nothing.
START_TEST(test_a_list)
{
    static const char *const listed[] = { "https://a.test", "https://b.test" };
    static const char *const headers[] = { "Access-Control-Allow-Origin", "$origin", NULL };
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    for (size_t count = 1; count <= 2; count++) {
        struct endpoint *endpoint =
            world_list(&world, policy, "api.test", "/", listed, count, headers);
        struct cache *cache = ARENA_NEW(world.arena, struct cache);
        *cache = (struct cache){ .name = STR("cache"), .op_count = UINT32_MAX };
        for (uint32_t i = 0; i < endpoint->cell_count; i++) {
            struct response *response = (struct response *)(uintptr_t)endpoint->cells[i].response;
            struct cache *own = ARENA_NEW(world.arena, struct cache);
            *own = *cache;
            own->op_count = response->op_count;
            response->caches = own;
            response->cache_count = 1;
        }
        struct access access = access_of(world.space, NULL, endpoint, endpoint->box,
                                         (struct capability){ .kind = CAPABILITY_READ });
        ck_assert(fa_is_none(access.must));
        ck_assert_uint_eq(fa_count(access.may), count);
        ck_assert(fa_accepts(access.may, STR("https://a.test")));
    }
    arena_free(world.arena);
}
END_TEST

// "*" for some, by the same cache: what they keep lets others read.
START_TEST(test_what_others_gain)
{
    static const char *const any[] = { "Access-Control-Allow-Origin", "*", NULL };
    static const char *const listed[] = { "https://a.test" };
    struct world world = world_new();
    struct policy *policy = world_policy(&world);
    struct endpoint *endpoint = world_list(&world, policy, "api.test", "/", listed, 1, any);
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        struct response *response = (struct response *)(uintptr_t)endpoint->cells[i].response;
        struct cache *cache = ARENA_NEW(world.arena, struct cache);
        *cache = (struct cache){ .name = STR("cache"), .op_count = response->op_count };
        response->caches = cache;
        response->cache_count = 1;
    }
    struct access access = access_of(world.space, NULL, endpoint, endpoint->box,
                                     (struct capability){ .kind = CAPABILITY_READ });
    ck_assert(fa_is_none(access.must));
    ck_assert(access.may == origins_part(world.space, ORIGINS_PART_WHOLE));
    arena_free(world.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { test_what_keeps_origins_apart,
                                   test_what_is_added_behind_the_cache, test_a_list,
                                   test_what_others_gain };
    return check_main(check_suite("cache", tests, sizeof tests / sizeof *tests));
}
