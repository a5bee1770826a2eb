#include "syntax/nginx.h"

#include "base/hash.h"
#include "base/vec.h"
#include "grammars.h"
#include "syntax/scan_nginx.h"

#include <assert.h>
#include <string.h>

Str conf_word(const struct conf *conf, uint32_t i)
{
    return i < conf->n_words ? conf->words[i].text : STR("");
}

bool conf_is(const struct conf *conf, const char *name)
{
    return conf->n_words && str_is(conf->words[0].text, name);
}

const struct conf *conf_find(const struct conf *conf, const char *name)
{
    for (uint32_t i = 0; i < conf->n_children; i++)
        if (conf_is(&conf->children[i], name))
            return &conf->children[i];
    return NULL;
}

uint64_t conf_hash(const struct conf *conf)
{
    uint64_t hash = hash_u64(HASH_SEED, conf->n_words);
    for (uint32_t i = 0; i < conf->n_words; i++)
        hash = hash_str(hash, conf->words[i].text);
    if (!conf->has_block)
        return hash;
    hash = hash_u64(hash, conf->n_children + UINT64_C(1));
    for (uint32_t i = 0; i < conf->n_children; i++)
        hash = hash_u64(hash, conf->children[i].hash);
    return conf->has_lua ? hash_str(hash, conf->lua) : hash;
}

// As deep as what was read, which limits.nesting bounds.
bool conf_same(const struct conf *a, const struct conf *b)
{
    if (a->hash != b->hash || a->n_words != b->n_words || a->n_children != b->n_children ||
        a->has_block != b->has_block || !str_equal(a->lua, b->lua))
        return false;
    for (uint32_t i = 0; i < a->n_words; i++)
        if (!str_equal(a->words[i].text, b->words[i].text))
            return false;
    for (uint32_t i = 0; i < a->n_children; i++)
        if (!conf_same(&a->children[i], &b->children[i]))
            return false;
    return true;
}

// The grammar's names for what a tree consists of.
struct symbols {
    TSSymbol word, quoted, lua_name, lua, comment, simple, block, lua_block;
};

static TSSymbol symbol(const TSLanguage *language, const char *name)
{
    TSSymbol found = ts_language_symbol_for_name(language, name, (uint32_t)strlen(name), true);
    assert(found);
    return found;
}

static struct symbols symbols_of(const TSLanguage *language)
{
    return (struct symbols){
        .word = symbol(language, "word"),
        .quoted = symbol(language, "quoted"),
        .lua_name = symbol(language, "lua_name"),
        .lua = symbol(language, "lua"),
        .comment = symbol(language, "comment"),
        .simple = symbol(language, "simple"),
        .block = symbol(language, "block"),
        .lua_block = symbol(language, "lua_block"),
    };
}

// A node whose children are being read: a statement, the file, or what tree-sitter could not place.
struct frame {
    struct conf conf;
    uint32_t words, confs; // what lay on the builder's stacks when it began
    bool is_statement;
};

// Builds the tree bottom up: finished words and statements wait on stacks until what they belong to
// is finished, and are then moved to where they stay, side by side.
struct builder {
    struct arena *arena;
    Str text;
    uint32_t file, base;
    struct symbols symbols;
    struct scratch *scratch;
};

struct scratch {
    struct arena *arena; // of the stacks, released with them
    VEC(struct frame) frames;
    VEC(struct conf_word) words;
    VEC(struct conf) confs;
};

static Span span_of(const struct builder *builder, TSNode node)
{
    return (Span){ builder->file, builder->base + ts_node_start_byte(node),
                   builder->base + ts_node_end_byte(node) };
}

static Str text_of(const struct builder *builder, TSNode node)
{
    uint32_t begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
    return (Str){ builder->text.ptr + begin, end - begin };
}

static void add_word(struct builder *builder, TSNode node)
{
    Str raw = text_of(builder, node);
    bool quoted = raw.len && (raw.ptr[0] == '"' || raw.ptr[0] == '\'');
    if (quoted) {
        bool closed = raw.len > 1 && raw.ptr[raw.len - 1] == raw.ptr[0];
        raw = str_slice(raw, 1, raw.len - closed);
    }
    if (raw.len && memchr(raw.ptr, '\\', raw.len))
        raw = scan_unescape(builder->arena, raw);
    *vec_push(builder->scratch->arena, &builder->scratch->words) =
        (struct conf_word){ .text = raw, .span = span_of(builder, node), .quoted = quoted };
}

static void begin(struct builder *builder, TSNode node, TSSymbol kind)
{
    struct scratch *scratch = builder->scratch;
    const struct symbols *symbols = &builder->symbols;
    struct frame *frame = vec_push(scratch->arena, &scratch->frames);
    frame->words = scratch->words.count;
    frame->confs = scratch->confs.count;
    frame->is_statement =
        kind == symbols->simple || kind == symbols->block || kind == symbols->lua_block;
    frame->conf.span = span_of(builder, node);
    frame->conf.has_block = kind == symbols->block || kind == symbols->lua_block;
    frame->conf.has_lua = kind == symbols->lua_block;
}

// Moves what has gathered on the stacks since `frame` began into its statement.
static void gather(struct builder *builder, struct frame *frame)
{
    struct scratch *scratch = builder->scratch;
    struct conf *conf = &frame->conf;
    conf->n_words = scratch->words.count - frame->words;
    if (conf->n_words) {
        struct conf_word *words = ARENA_ARRAY(builder->arena, struct conf_word, conf->n_words);
        memcpy(words, scratch->words.items + frame->words, sizeof *words * conf->n_words);
        conf->words = words;
        conf->head = words[0].span;
        conf->head.end = words[conf->n_words - 1].span.end;
    }
    conf->n_children = scratch->confs.count - frame->confs;
    if (conf->n_children) {
        struct conf *children = ARENA_ARRAY(builder->arena, struct conf, conf->n_children);
        memcpy(children, scratch->confs.items + frame->confs, sizeof *children * conf->n_children);
        conf->children = children;
    }
    conf->has_include = conf_is(conf, "include");
    for (uint32_t i = 0; i < conf->n_children && !conf->has_include; i++)
        conf->has_include = conf->children[i].has_include;
    conf->hash = conf_hash(conf);
}

static void end(struct builder *builder)
{
    struct scratch *scratch = builder->scratch;
    struct frame frame = scratch->frames.items[--scratch->frames.count];
    if (frame.is_statement) {
        gather(builder, &frame);
        scratch->confs.count = frame.confs;
    }
    scratch->words.count = frame.words; // of what is no statement: dropped
    if (frame.is_statement && frame.conf.n_words)
        *vec_push(scratch->arena, &scratch->confs) = frame.conf;
}

// Takes a node in. True when its children are to be read too.
static bool enter(struct builder *builder, TSNode node)
{
    const struct symbols *symbols = &builder->symbols;
    TSSymbol kind = ts_node_symbol(node);
    if (kind == symbols->word || kind == symbols->quoted || kind == symbols->lua_name) {
        if (!ts_node_is_missing(node))
            add_word(builder, node);
        return false;
    }
    if (kind == symbols->comment)
        return false;
    if (kind == symbols->lua) {
        struct scratch *scratch = builder->scratch;
        Str raw = text_of(builder, node);
        if (raw.len >= 2)
            scratch->frames.items[scratch->frames.count - 1].conf.lua =
                str_slice(raw, 1, raw.len - 1);
        return false;
    }
    begin(builder, node, kind);
    return true;
}

static void build(struct builder *builder, TSNode root, struct conf *out)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    struct scratch *scratch = builder->scratch;
    begin(builder, root, ts_node_symbol(root));
    bool more = ts_tree_cursor_goto_first_child(&cursor);
    while (more) {
        if (enter(builder, ts_tree_cursor_current_node(&cursor))) {
            if (ts_tree_cursor_goto_first_child(&cursor))
                continue;
            end(builder);
        }
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)) && scratch->frames.count > 1) {
            ts_tree_cursor_goto_parent(&cursor);
            end(builder);
        }
    }
    ts_tree_cursor_delete(&cursor);

    struct frame file = scratch->frames.items[0];
    file.conf.has_block = true;
    scratch->words.count = 0;
    gather(builder, &file);
    *out = file.conf;
    out->span = (Span){ builder->file, builder->base, builder->base + (uint32_t)builder->text.len };
}

bool read_nginx(struct run *run, Str text, uint32_t file, uint32_t base, struct conf *out)
{
    assert(text.len <= UINT32_MAX - base);
    *out = (struct conf){ .has_block = true, .span = { file, base, base + (uint32_t)text.len } };
    enum scan_result result = scan_nginx(run, text, file, base);
    if (result == SCAN_LOST)
        return false;

    const TSLanguage *language = tree_sitter_nginx();
    TSParser *parser = ts_parser_new();
    bool accepted = ts_parser_set_language(parser, language);
    assert(accepted);
    (void)accepted;
    TSTree *tree = ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
    struct scratch scratch = { .arena = arena_new() };
    struct builder builder = { .arena = run->arena,
                               .text = text,
                               .file = file,
                               .base = base,
                               .symbols = symbols_of(language),
                               .scratch = &scratch };
    build(&builder, ts_tree_root_node(tree), out);
    arena_free(scratch.arena);
    ts_tree_delete(tree);
    ts_parser_delete(parser);
    return result == SCAN_OK;
}
