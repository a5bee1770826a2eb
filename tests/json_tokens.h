#pragma once
// json_tokens: holds a tree of read_json against the tree-sitter grammar of JSON.

#include "grammars.h"
#include "syntax/read_json.h"

#include <stdint.h>

// The tokens of a text, in order.
struct json_tokens {
    TSTreeCursor cursor;
    Span span; // of the token under the cursor, when there is one
    bool more;
};

static inline void json_tokens_next(struct json_tokens *tokens)
{
    while (tokens->more && !ts_tree_cursor_goto_next_sibling(&tokens->cursor))
        tokens->more = ts_tree_cursor_goto_parent(&tokens->cursor);
    while (tokens->more && ts_tree_cursor_goto_first_child(&tokens->cursor))
        ;
    TSNode node = ts_tree_cursor_current_node(&tokens->cursor);
    tokens->span = (Span){ 1, ts_node_start_byte(node), ts_node_end_byte(node) };
}

// Whether the tokens ahead are this node: its brackets, commas, colons, keys and values, each where
// the node says that it stands.
static inline bool json_tokens_match(struct json_tokens *tokens, const struct data *node)
{
    if (!tokens->more || tokens->span.begin != node->span.begin)
        return false;
    if (node->kind == DATA_SCALAR) {
        bool same = tokens->span.end == node->span.end;
        json_tokens_next(tokens);
        return same;
    }
    json_tokens_next(tokens); // the bracket
    for (uint32_t i = 0; i < node->count; i++) {
        if (i)
            json_tokens_next(tokens); // the comma
        if (node->entries[i].key) {
            if (!json_tokens_match(tokens, node->entries[i].key))
                return false;
            json_tokens_next(tokens); // the colon
        }
        if (!json_tokens_match(tokens, node->entries[i].value))
            return false;
    }
    bool same = tokens->more && tokens->span.end == node->span.end;
    json_tokens_next(tokens); // the bracket
    return same;
}

// Whether the grammar finds the tokens of `text`, which is JSON, where the tree has them.
static inline bool json_tokens_agree(Str text, const struct data *root)
{
    TSParser *parser = ts_parser_new();
    bool same = ts_parser_set_language(parser, tree_sitter_json());
    TSTree *tree = ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
    TSNode node = ts_tree_root_node(tree);
    struct json_tokens tokens = { .cursor = ts_tree_cursor_new(node), .more = true };
    same = same && !ts_node_has_error(node);
    while (ts_tree_cursor_goto_first_child(&tokens.cursor))
        ;
    node = ts_tree_cursor_current_node(&tokens.cursor);
    tokens.span = (Span){ 1, ts_node_start_byte(node), ts_node_end_byte(node) };
    same = same && json_tokens_match(&tokens, root) && !tokens.more;
    ts_tree_cursor_delete(&tokens.cursor);
    ts_tree_delete(tree);
    ts_parser_delete(parser);
    return same;
}
