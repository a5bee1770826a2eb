#include "policy/cells.h"

#include "base/hash.h"
#include "policy/headers.h"

static bool same_value(const struct value *a, const struct value *b)
{
    return a == b || (a && b && value_equal(a, b));
}

static bool same_op(const struct header_op *a, const struct header_op *b)
{
    return a->verb == b->verb && str_equal(a->name, b->name) && a->statuses == b->statuses &&
           a->keep_empty == b->keep_empty && a->span.begin == b->span.begin &&
           a->span.file == b->span.file && a->guards == b->guards &&
           str_equal(a->unless, b->unless) && same_value(a->value, b->value);
}

static bool same_forward(const struct forward *a, const struct forward *b)
{
    if (a == b)
        return true;
    bool same = a && b && same_value(a->host, b->host) && same_value(a->path, b->path) &&
                same_value(a->query, b->query) && same_value(a->method, b->method) &&
                a->header_count == b->header_count && a->drops_others == b->drops_others &&
                a->server_count == b->server_count;
    for (uint32_t i = 0; same && i < a->header_count; i++)
        same = str_equal(a->headers[i].name, b->headers[i].name) &&
               value_equal(a->headers[i].value, b->headers[i].value);
    for (uint32_t i = 0; same && i < a->server_count; i++)
        same = str_equal(a->servers[i], b->servers[i]);
    return same;
}

static bool same_sent(const struct sent *a, const struct sent *b)
{
    return a == b ||
           (a && b && str_equal(a->upstream, b->upstream) && same_forward(a->forward, b->forward));
}

static bool same_cache(const struct cache *a, const struct cache *b)
{
    return str_equal(a->name, b->name) && same_value(a->key, b->key) && a->methods == b->methods &&
           a->statuses == b->statuses && a->vary == b->vary && a->keeps == b->keeps &&
           a->heeds == b->heeds && a->bypassed == b->bypassed && a->op_count == b->op_count &&
           a->span.begin == b->span.begin && a->span.file == b->span.file;
}

static bool same_response(const struct response *a, const struct response *b)
{
    bool same = a->answer == b->answer && same_sent(a->asked_before, b->asked_before) &&
                a->status == b->status && a->op_count == b->op_count &&
                str_equal(a->upstream, b->upstream) && str_equal(a->reason, b->reason) &&
                a->identity == b->identity && a->span.begin == b->span.begin &&
                a->span.file == b->span.file && same_value(a->location, b->location) &&
                same_forward(a->forward, b->forward) && a->cache_count == b->cache_count;
    for (uint32_t i = 0; same && i < a->cache_count; i++)
        same = same_cache(&a->caches[i], &b->caches[i]);
    for (uint32_t i = 0; same && i < a->op_count; i++)
        same = same_op(&a->ops[i], &b->ops[i]);
    return same;
}

static uint64_t value_or_none(uint64_t hash, const struct value *value)
{
    return value ? hash_u64(hash, value_hash(value)) : hash_u64(hash, 0);
}

uint64_t statuses_hash(uint64_t hash, const struct statuses *statuses)
{
    return statuses ? hash_bytes(hash, statuses->bits, sizeof statuses->bits) : hash;
}

uint64_t caches_hash(uint64_t hash, const struct response *response)
{
    for (uint32_t i = 0; i < response->cache_count; i++) {
        const struct cache *cache = &response->caches[i];
        hash = value_or_none(hash_str(hash, cache->name), cache->key);
        hash = hash_u64(hash, cache->methods ? fa_hash(cache->methods) : 0);
        hash = hash_u64(statuses_hash(hash, cache->statuses), (uint64_t)cache->vary);
        hash = hash_u64(hash,
                        (uint64_t)cache->keeps * 8 + (uint64_t)cache->heeds * 2 + cache->bypassed);
    }
    return hash;
}

static bool is_about_origins(Str name)
{
    static const char *const names[] = { "origin", "access-control-request-method",
                                         "access-control-request-headers" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(name, names[i]))
            return true;
    return false;
}

uint64_t forward_hash(uint64_t hash, const struct forward *forward, enum forward_extent extent)
{
    if (!forward)
        return hash;
    hash = value_or_none(value_or_none(hash, forward->host), forward->path);
    hash = value_or_none(hash, forward->query);
    hash = hash_u64(value_or_none(hash, forward->method), forward->drops_others);
    for (uint32_t i = 0; i < forward->header_count; i++) {
        const struct forwarded_header *header = &forward->headers[i];
        if (extent == FORWARD_ALL || is_about_origins(header->name))
            hash = value_or_none(hash_str(hash, header->name), header->value);
    }
    for (uint32_t i = 0; i < forward->server_count && extent == FORWARD_ALL; i++)
        hash = hash_str(hash, forward->servers[i]);
    return hash;
}

uint64_t response_hash(const struct response *response)
{
    uint64_t hash = hash_u64(hash_u64(HASH_SEED, response->answer), response->status);
    hash = hash_u64(hash_str(hash, response->upstream), response->identity);
    hash = hash_str(hash, response->reason);
    if (response->asked_before)
        hash = forward_hash(hash_str(hash, response->asked_before->upstream),
                            response->asked_before->forward, FORWARD_ALL);
    hash = forward_hash(value_or_none(hash, response->location), response->forward, FORWARD_ALL);
    for (uint32_t i = 0; i < response->op_count; i++) {
        const struct header_op *op = &response->ops[i];
        hash = hash_str(hash_u64(hash, (uint64_t)op->verb * 2 + op->keep_empty), op->name);
        hash = value_or_none(statuses_hash(hash, op->statuses), op->value);
        if (op->guards)
            hash = hash_str(hash_u64(hash, op->guards), op->unless);
    }
    for (uint32_t i = 0; i < response->cache_count; i++)
        hash = hash_u64(hash, response->caches[i].op_count);
    return caches_hash(hash, response);
}

static void add(struct model *model, struct cells *cells, const struct box *box,
                const struct response *response)
{
    struct arena *arena = model->arena;
    uint64_t hash = response_hash(response);
    uint32_t at = 0;
    const struct response *known = NULL;
    cells->seen += hash_u64(box_hash(box), hash);
    for (const struct response *one; (one = map_next(&cells->responses, hash, &at));)
        if (same_response(one, response)) {
            known = one;
            break;
        }
    if (!known) {
        struct response *copy = ARENA_NEW(arena, struct response);
        *copy = *response;
        map_add(arena, &cells->responses, hash, copy);
        known = copy;
    }
    if (cells->count >= model->run->limits->cells) {
        cells->full = true;
        return;
    }
    uint32_t looked = 0;
    for (uint32_t i = cells->count; known && i-- > 0 && looked < 64;) {
        const struct box *both;
        if (cells->items[i].response != known)
            continue;
        looked++;
        if (box_join(model, cells->items[i].box, box, &both)) {
            cells->items[i].box = both;
            return;
        }
    }
    *vec_push(arena, cells) = (struct cell){ box, known };
}

struct adding {
    struct model *model;
    struct cells *cells;
};

static bool take(void *state, const struct settled *part)
{
    const struct adding *adding = state;
    add(adding->model, adding->cells, part->box, &part->response);
    return !adding->cells->full;
}

void cells_add(struct model *model, struct cells *cells, const struct box *box,
               const struct response *response)
{
    headers_settle(model, box, response, take, &(struct adding){ model, cells });
    if (cells->full)
        cells->left_out += hash_u64(box_hash(box), response_hash(response));
}

uint64_t cells_hash(const struct cells *cells)
{
    uint64_t sum = cells->left_out; // the order of the cells says nothing
    for (uint32_t i = 0; i < cells->count; i++)
        sum += hash_u64(box_hash(cells->items[i].box), response_hash(cells->items[i].response));
    return hash_u64(HASH_SEED, sum);
}
