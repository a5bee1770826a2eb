#include "cli/starter.h"

#include "base/hash.h"
#include "report/matrix.h"

#include <stdlib.h>
#include <string.h>

// ---- what there is

struct gathering {
    struct workspace *workspace;
    struct arena *arena;
    const struct version *version;
    struct starter *starter;
    struct map origins, targets; // by the hash of their text, what is in `starter` already
};

// What can stand in a line of YAML as people read it.
static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
            return false;
    return text.len > 0;
}

static void gather_files(struct gathering *gathering)
{
    struct starter *starter = gathering->starter;
    for (uint32_t i = 0; i < gathering->version->result.files.count; i++) {
        const struct dialect_file *file = &gathering->version->result.files.items[i];
        struct starter_layer *layer = NULL;
        if (!file->dialect)
            continue;
        for (uint32_t j = 0; j < starter->layers.count && !layer; j++)
            if (strcmp(starter->layers.items[j].name, file->dialect) == 0)
                layer = &starter->layers.items[j];
        if (!layer) {
            layer = vec_push(gathering->arena, &starter->layers);
            *layer = (struct starter_layer){ .name = file->dialect };
        }
        if (layer->files++ < STARTER_FILES)
            *vec_push(gathering->arena, &starter->files) =
                (struct starter_file){ .path = file->path, .layer = file->dialect };
    }
}

static void *find(const struct map *map, Str text, Str (*text_of)(const void *item))
{
    uint32_t at = 0;
    void *item;
    while ((item = map_next(map, hash_str(HASH_SEED, text), &at)))
        if (str_equal(text_of(item), text))
            return item;
    return NULL;
}

static Str origin_text(const void *item)
{
    const struct starter_origin *origin = item;
    return origin->text;
}

static Str target_text(const void *item)
{
    const Str *target = item;
    return *target;
}

static void gather_targets(struct gathering *gathering, const struct endpoint *endpoint)
{
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        const struct response *response = endpoint->cells[i].response;
        Str target = response->upstream;
        if (response->answer != ANSWER_UPSTREAM || !is_plain(target) ||
            find(&gathering->targets, target, target_text))
            continue;
        Str *kept = ARENA_NEW(gathering->arena, Str);
        *kept = target;
        map_add(gathering->arena, &gathering->targets, hash_str(HASH_SEED, target), kept);
        *vec_push(gathering->arena, &gathering->starter->targets) = target;
    }
}

static bool has_cookies(const struct matrix_row *row)
{
    for (uint32_t i = 0; i < row->items.count; i++) {
        const struct matrix_item *item = &row->items.items[i];
        if (item->capability.kind == CAPABILITY_READ && item->capability.credentials &&
            item->certain && !item->some && !item->condition.len)
            return true;
    }
    return false;
}

static bool may_read(const struct matrix_row *row)
{
    for (uint32_t i = 0; i < row->items.count; i++) {
        const struct matrix_item *item = &row->items.items[i];
        if (item->capability.kind == CAPABILITY_READ && item->certain && !item->some &&
            !item->condition.len)
            return true;
    }
    return false;
}

static void gather_origin(struct gathering *gathering, Str text, Str url, bool credentials)
{
    struct starter_origin *origin = find(&gathering->origins, text, origin_text);
    if (!origin) {
        origin = ARENA_NEW(gathering->arena, struct starter_origin);
        *origin = (struct starter_origin){ .text = text };
        map_add(gathering->arena, &gathering->origins, hash_str(HASH_SEED, text), origin);
        *vec_push(gathering->arena, &gathering->starter->found) = origin;
    }
    origin->endpoints++;
    // The example that says most.
    if (is_plain(url) && (!origin->url.len || (credentials && !origin->credentials))) {
        origin->url = url;
        origin->credentials = credentials;
    }
}

static void gather_origins(struct gathering *gathering, const struct endpoint *endpoint)
{
    struct origin_space *space = gathering->workspace->space;
    static const struct upstreams none = { 0 };
    struct matrix_endpoint matrix;
    matrix_of_endpoint(gathering->arena, space, &none, endpoint, MATRIX_GROUPED, &matrix);
    for (uint32_t i = 0; i < matrix.rows.count; i++) {
        const struct matrix_row *row = &matrix.rows.items[i];
        if (!row->certain || !may_read(row))
            continue;
        const struct fa *spelt = origins_spelt(space, row->set);
        if (!spelt)
            continue;
        struct origins origins = origins_describe(space, spelt, NULL, NULL);
        gathering->starter->has_more |= origins.count > origins.member_count;
        for (uint32_t j = 0; j < origins.member_count; j++)
            if (is_plain(origins.members[j]) && !str_is(origins.members[j], "null"))
                gather_origin(gathering, origins.members[j], endpoint->url, has_cookies(row));
    }
}

static int by_endpoints(const void *a, const void *b)
{
    const struct starter_origin *x = *(struct starter_origin *const *)a;
    const struct starter_origin *y = *(struct starter_origin *const *)b;
    if (x->endpoints != y->endpoints)
        return x->endpoints > y->endpoints ? -1 : 1;
    return str_compare(x->text, y->text);
}

void starter_gather(struct workspace *workspace, const struct version *version, struct starter *out)
{
    struct gathering gathering = {
        .workspace = workspace,
        .arena = workspace->command->run->arena,
        .version = version,
        .starter = out,
    };
    const struct policy *policy = version->result.policy;
    *out = (struct starter){ .endpoints = policy->endpoint_count };
    gather_files(&gathering);
    for (uint32_t i = 0; i < policy->endpoint_count; i++) {
        gather_targets(&gathering, policy->endpoints[i]);
        gather_origins(&gathering, policy->endpoints[i]);
    }
    if (out->found.count)
        qsort(out->found.items, out->found.count, sizeof *out->found.items, by_endpoints);
}
