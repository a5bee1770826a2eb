#include "syntax/nginx.h"

#include "base/ahead.h"
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
    uint32_t pieces;       // that had been put in place when it began
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
    struct nginx_reading *reading;
    const struct nginx_reading *before;
    uint32_t shift;      // where the tree that is being walked through begins in the text
    struct ahead *trees; // of the pieces that are new
    uint32_t placed;     // pieces whose statements lie on the stacks, or are where they stay
    bool broken;         // tree-sitter does not see what the scan saw
};

struct scratch {
    struct arena *arena; // of the stacks, released with them
    VEC(struct frame) frames;
    VEC(struct conf_word) words;
    struct arena *confs_arena; // its own, so that the largest stack grows in place
    VEC(struct conf) confs;
    VEC(uint32_t) depths; // of each piece that is placed: the frame that its statements belong to
    VEC(uint32_t) firsts; // ... and where they lie on the stack
};

static Span span_of(const struct builder *builder, TSNode node)
{
    uint32_t begin = builder->base + builder->shift;
    return (Span){ builder->file, begin + ts_node_start_byte(node),
                   begin + ts_node_end_byte(node) };
}

static Str text_of(const struct builder *builder, TSNode node)
{
    uint32_t begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
    return (Str){ builder->text.ptr + builder->shift + begin, end - begin };
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
    frame->pieces = builder->placed;
    frame->is_statement =
        kind == symbols->simple || kind == symbols->block || kind == symbols->lua_block;
    frame->conf.span = span_of(builder, node);
    frame->conf.has_block = kind == symbols->block || kind == symbols->lua_block;
    frame->conf.has_lua = kind == symbols->lua_block;
}

// The statements of the pieces that stand in `frame` itself are where they stay now.
static void settle_pieces(struct builder *builder, const struct frame *frame, uint32_t depth)
{
    const struct scratch *scratch = builder->scratch;
    for (uint32_t i = frame->pieces; i < builder->placed; i++)
        if (scratch->depths.items[i] == depth)
            builder->reading->pieces.items[i].confs =
                frame->conf.children + (scratch->firsts.items[i] - frame->confs);
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
        settle_pieces(builder, &frame, scratch->frames.count);
        scratch->confs.count = frame.confs;
    }
    scratch->words.count = frame.words; // of what is no statement: dropped
    if (frame.is_statement && frame.conf.n_words)
        *vec_push(scratch->confs_arena, &scratch->confs) = frame.conf;
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

static void place_pieces(struct builder *builder, uint32_t end);

// Goes through a tree. The pieces that the tree leaves out are put where they stand.
static void walk(struct builder *builder, TSNode root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    struct scratch *scratch = builder->scratch;
    uint32_t outside = scratch->frames.count;
    bool more = ts_tree_cursor_goto_first_child(&cursor);
    while (more) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        place_pieces(builder, builder->shift + ts_node_start_byte(node));
        if (enter(builder, node)) {
            if (ts_tree_cursor_goto_first_child(&cursor))
                continue;
            end(builder);
        }
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)) &&
               scratch->frames.count > outside) {
            ts_tree_cursor_goto_parent(&cursor);
            node = ts_tree_cursor_current_node(&cursor);
            place_pieces(builder, builder->shift + ts_node_end_byte(node));
            end(builder);
        }
    }
    ts_tree_cursor_delete(&cursor);
}

// ---- pieces

// From where a piece stands in the text before to where it stands now.
struct move {
    struct arena *arena;
    Str from;
    const char *to;
    uint32_t file, by; // by: added to offsets, modulo 2^32
};

static Str move_text(const struct move *move, Str text)
{
    uintptr_t begin = (uintptr_t)move->from.ptr, at = (uintptr_t)text.ptr;
    if (at < begin || at > begin + move->from.len)
        return text; // made anew where escapes had to be undone
    return (Str){ move->to + (at - begin), text.len };
}

static Span move_span(const struct move *move, Span span)
{
    return (Span){ move->file, span.begin + move->by, span.end + move->by };
}

// As deep as what was read, which limits.nesting bounds.
static struct conf move_conf(const struct move *move, const struct conf *from)
{
    struct conf to = *from;
    to.span = move_span(move, from->span);
    to.head = move_span(move, from->head);
    to.lua = move_text(move, from->lua);
    struct conf_word *words = ARENA_ARRAY(move->arena, struct conf_word, from->n_words);
    for (uint32_t i = 0; i < from->n_words; i++) {
        words[i] = from->words[i];
        words[i].text = move_text(move, from->words[i].text);
        words[i].span = move_span(move, from->words[i].span);
    }
    to.words = words;
    if (!from->n_children)
        return to;
    struct conf *children = ARENA_ARRAY(move->arena, struct conf, from->n_children);
    for (uint32_t i = 0; i < from->n_children; i++)
        children[i] = move_conf(move, &from->children[i]);
    to.children = children;
    return to;
}

static void move_piece(struct builder *builder, const struct nginx_piece *piece)
{
    const struct nginx_reading *before = builder->before;
    const struct nginx_piece *same = piece->same;
    struct move move = {
        .arena = builder->arena,
        .from = str_slice(before->text, same->begin, same->end),
        .to = builder->text.ptr + piece->begin,
        .file = builder->file,
        .by = builder->base + piece->begin - (before->base + same->begin),
    };
    for (uint32_t i = 0; i < same->conf_count; i++)
        *vec_push(builder->scratch->confs_arena, &builder->scratch->confs) =
            move_conf(&move, &same->confs[i]);
}

static void walk_piece(struct builder *builder, const struct nginx_piece *piece)
{
    TSTree *tree = ahead_take(builder->trees);
    TSNode root = ts_tree_root_node(tree);
    builder->broken |= ts_node_has_error(root);
    builder->shift = piece->begin;
    walk(builder, root);
    builder->shift = 0;
    ts_tree_delete(tree);
}

// Puts the pieces that begin before `end` where the walk stands.
static void place_pieces(struct builder *builder, uint32_t end)
{
    struct scratch *scratch = builder->scratch;
    struct nginx_pieces *pieces = &builder->reading->pieces;
    while (builder->placed < pieces->count && pieces->items[builder->placed].begin < end) {
        struct nginx_piece *piece = &pieces->items[builder->placed++];
        uint32_t first = scratch->confs.count;
        *vec_push(scratch->arena, &scratch->depths) = scratch->frames.count - 1;
        *vec_push(scratch->arena, &scratch->firsts) = first;
        if (piece->same)
            move_piece(builder, piece);
        else
            walk_piece(builder, piece);
        piece->conf_count = scratch->confs.count - first;
    }
}

// What the threads that parse share. Each has a parser of its own.
struct parsing {
    Str text;
    const struct nginx_piece **pieces; // that are new
    TSParser **parsers;
};

static TSParser *parser_new(void)
{
    TSParser *parser = ts_parser_new();
    bool accepted = ts_parser_set_language(parser, tree_sitter_nginx());
    assert(accepted);
    (void)accepted;
    return parser;
}

static void *parse_piece(void *context, uint32_t number, uint32_t worker)
{
    const struct parsing *parsing = context;
    const struct nginx_piece *piece = parsing->pieces[number];
    if (!parsing->parsers[worker])
        parsing->parsers[worker] = parser_new();
    return ts_parser_parse_string(parsing->parsers[worker], NULL, parsing->text.ptr + piece->begin,
                                  piece->end - piece->begin);
}

// Parses what lies outside of the pieces. NULL when there is nothing.
static TSTree *parse_rest(struct arena *scratch, const struct nginx_reading *reading)
{
    const struct nginx_pieces *pieces = &reading->pieces;
    uint32_t size = (uint32_t)reading->text.len, begin = 0, count = 0;
    TSRange *ranges = ARENA_ARRAY(scratch, TSRange, pieces->count + 1);
    for (uint32_t i = 0; i <= pieces->count; i++) {
        uint32_t end = i < pieces->count ? pieces->items[i].begin : size;
        if (end > begin)
            ranges[count++] = (TSRange){ .start_byte = begin, .end_byte = end };
        begin = i < pieces->count ? pieces->items[i].end : size;
    }
    if (count == 0 && pieces->count)
        return NULL;
    TSParser *parser = parser_new();
    bool accepted = ts_parser_set_included_ranges(parser, ranges, pieces->count ? count : 0);
    assert(accepted);
    (void)accepted;
    TSTree *tree = ts_parser_parse_string(parser, NULL, reading->text.ptr, size);
    ts_parser_delete(parser);
    return tree;
}

// ---- the whole

static void build(struct builder *builder, TSTree *rest)
{
    struct nginx_reading *reading = builder->reading;
    struct scratch *scratch = builder->scratch;
    *vec_push(scratch->arena, &scratch->frames) = (struct frame){ .is_statement = false };
    if (rest) {
        TSNode root = ts_tree_root_node(rest);
        builder->broken |= ts_node_has_error(root);
        walk(builder, root);
    }
    place_pieces(builder, UINT32_MAX);

    struct frame file = scratch->frames.items[0];
    file.conf.has_block = true;
    scratch->words.count = 0;
    gather(builder, &file);
    settle_pieces(builder, &file, 0);
    file.conf.span = reading->conf.span;
    reading->conf = file.conf;
}

// Fills reading->conf. False when the pieces do not make up the tree that the scan saw.
static bool read_pieces(struct run *run, struct nginx_reading *reading,
                        const struct nginx_reading *before)
{
    struct scratch scratch = { .arena = arena_new(), .confs_arena = arena_new() };
    uint32_t threads = run->jobs ? run->jobs : 1;
    struct parsing parsing = {
        .text = reading->text,
        .pieces = ARENA_ARRAY(scratch.arena, const struct nginx_piece *, reading->pieces.count + 1),
        .parsers = ARENA_ARRAY(scratch.arena, TSParser *, threads),
    };
    uint32_t count = 0;
    for (uint32_t i = 0; i < reading->pieces.count; i++)
        if (!reading->pieces.items[i].same)
            parsing.pieces[count++] = &reading->pieces.items[i];
    const struct ahead_work work = { count, threads, parse_piece, &parsing };
    struct builder builder = {
        .arena = run->arena,
        .text = reading->text,
        .file = reading->file,
        .base = reading->base,
        .symbols = symbols_of(tree_sitter_nginx()),
        .scratch = &scratch,
        .reading = reading,
        .before = before,
        .trees = ahead_start(scratch.arena, &work),
    };
    TSTree *rest = parse_rest(scratch.arena, reading);
    build(&builder, rest);
    ts_tree_delete(rest);
    ahead_end(builder.trees);
    for (uint32_t i = 0; i < threads; i++)
        if (parsing.parsers[i])
            ts_parser_delete(parsing.parsers[i]);
    arena_free(scratch.confs_arena);
    arena_free(scratch.arena);
    return !builder.broken;
}

static void index_pieces(struct arena *arena, struct nginx_reading *reading)
{
    for (uint32_t i = 0; i < reading->pieces.count; i++) {
        struct nginx_piece *piece = &reading->pieces.items[i];
        map_add(arena, &reading->starts, scan_start_hash(reading->text, piece->begin), piece);
    }
}

bool read_nginx_again(struct run *run, Str text, uint32_t file, uint32_t base,
                      const struct nginx_how *how, const struct nginx_reading **out)
{
    enum { PIECE = 64 * 1024 };
    assert(text.len <= UINT32_MAX - base);
    struct nginx_reading *reading = ARENA_NEW(run->arena, struct nginx_reading);
    *reading = (struct nginx_reading){
        .conf = { .has_block = true, .span = { file, base, base + (uint32_t)text.len } },
        .text = text,
        .file = file,
        .base = base,
    };
    *out = reading;
    enum scan_result result = scan_nginx(run, text, file, base, how->piece ? how->piece : PIECE,
                                         how->before, &reading->pieces);
    if (result == SCAN_LOST)
        return false;
    if (!read_pieces(run, reading, how->before) && reading->pieces.count) {
        reading->pieces.count = 0;
        (void)read_pieces(run, reading, NULL);
    }
    index_pieces(run->arena, reading);
    return result == SCAN_OK;
}

const struct conf *nginx_reading_conf(const struct nginx_reading *reading)
{
    return &reading->conf;
}

bool read_nginx(struct run *run, Str text, uint32_t file, uint32_t base, struct conf *out)
{
    const struct nginx_how how = { 0 };
    const struct nginx_reading *reading;
    bool good = read_nginx_again(run, text, file, base, &how, &reading);
    *out = reading->conf;
    return good;
}
