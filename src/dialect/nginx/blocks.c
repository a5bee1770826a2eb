// What a block inherits (reference/nginx.md 3.1): asked for here, copied nowhere.
#include "dialect/nginx/config.h"

const struct header_lines *block_adds(const struct nginx_config *config, const struct block *block)
{
    static const struct header_lines none;
    const struct block *from = block;
    enum adds_mode mode = ADDS_ON;
    for (const struct block *b = block; b; b = b->parent)
        if (b->has_adds_mode) {
            mode = b->adds_mode;
            break;
        }
    if (mode == ADDS_MERGE) {
        if (!block->parent)
            return &block->adds;
        const struct header_lines *above = block_adds(config, block->parent);
        if (above->count == 0)
            return &block->adds;
        struct arena *arena = config->model->arena;
        struct header_lines *both = ARENA_NEW(arena, struct header_lines);
        for (uint32_t i = 0; i < block->adds.count; i++)
            *vec_push(arena, both) = block->adds.items[i];
        for (uint32_t i = 0; i < above->count; i++)
            *vec_push(arena, both) = above->items[i];
        return both;
    }
    if (from->adds.count)
        return &from->adds;
    return mode == ADDS_OFF || !from->parent ? &none : block_adds(config, from->parent);
}

const struct block *block_error_pages(const struct block *block)
{
    while (block && !block->error_pages.count)
        block = block->parent;
    return block;
}

const struct block *block_hidden(const struct block *block, enum family family)
{
    while (block && !block->hidden[family].count)
        block = block->parent;
    return block;
}

const struct block *block_passed(const struct block *block, enum family family)
{
    while (block && !block->passed[family].count)
        block = block->parent;
    return block;
}

const struct block *block_rules(const struct block *block)
{
    while (block && !block->rules.count)
        block = block->parent;
    return block;
}

const struct block *block_auth_basic(const struct block *block)
{
    while (block && !block->has_auth_basic)
        block = block->parent;
    return block;
}

const struct block *block_auth_request(const struct block *block)
{
    while (block && !block->has_auth_request)
        block = block->parent;
    return block;
}

const struct block *block_root(const struct block *block)
{
    while (block && !block->has_root)
        block = block->parent;
    return block;
}

const struct block *block_index(const struct block *block)
{
    while (block && !block->index.count)
        block = block->parent;
    return block;
}

bool block_satisfy_any(const struct block *block)
{
    while (block && !block->has_satisfy)
        block = block->parent;
    return block && block->satisfy_any;
}

bool block_flag(const struct block *block, size_t offset, bool otherwise)
{
    for (; block; block = block->parent) {
        int8_t flag = *(const int8_t *)((const char *)block + offset);
        if (flag >= 0)
            return flag;
    }
    return otherwise;
}

const struct block *block_handler(const struct block *block)
{
    // A true `if` and limit_except keep the handler of their location; a location inherits none.
    while (block->handler == HANDLER_STATIC &&
           (block->kind == BLOCK_IF || block->kind == BLOCK_LIMIT_EXCEPT))
        block = block->parent;
    return block;
}
