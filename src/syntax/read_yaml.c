#include "syntax/read_yaml.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/utf8.h"
#include "syntax/holes.h"
#include "syntax/keys.h"

#include <yaml.h>

#include <stddef.h>
#include <string.h>

const struct kind yaml_malformed = { "CG901", LEVEL_ERROR, "this is not valid YAML" };
const struct kind yaml_duplicate_key = { "CG901", LEVEL_ERROR, "the key is written twice" };
const struct kind yaml_too_large = { "CG903", LEVEL_ERROR, "the YAML exceeds a limit" };

// Nodes that aliases may add to what is written: enough for every honest use.
enum { ALIASED_MAX = 1000000 };

enum { MARK_STEP = 256 };

// libyaml counts code points; spans count bytes.
struct places {
    Str text;     // the whole file
    size_t start; // behind a byte order mark, where libyaml begins
    bool ascii;
    VEC(uint32_t) bytes; // of each code point number MARK_STEP * i
};

struct anchor {
    Str name;
    struct data *node;
};

// A list or map that is still open.
struct frame {
    struct data *node;
    const struct data *key; // read, waiting for its value
    uint32_t column;        // where it begins in its line
    VEC(struct data_entry) entries;
};

struct reader {
    struct run *run;
    uint32_t file;
    struct places places;
    struct keys keys;
    struct map anchors; // of struct anchor, of this document
    VEC(struct frame) frames;
    uint32_t depth; // of the frames in use: those above keep their memory
    uint64_t aliased;
    struct data_list *documents;
    uint32_t last_end; // of the last node or end of one
    bool good;
    // Of a template.
    const struct holes *holes; // NULL: it is none
    Str written;               // the text with its expressions
    uint32_t next_hole;        // the first that belongs to no node yet
    struct data *last_scalar;  // the node before, if it is one
};

static bool is_ascii(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static struct places places_of(struct arena *arena, Str text)
{
    bool marked = str_starts(text, STR("\xEF\xBB\xBF"));
    struct places places = { .text = text, .start = marked ? 3 : 0, .ascii = is_ascii(text) };
    if (places.ascii)
        return places;
    uint32_t count = 0;
    for (size_t at = places.start; at < text.len; utf8_next(text, &at), count++)
        if (count % MARK_STEP == 0)
            *vec_push(arena, &places.bytes) = (uint32_t)at;
    return places;
}

static uint32_t place(const struct places *places, size_t point)
{
    if (places->ascii)
        return (uint32_t)(point < places->text.len ? point : places->text.len);
    size_t step = point / MARK_STEP;
    if (step >= places->bytes.count)
        return (uint32_t)places->text.len;
    size_t at = places->bytes.items[step];
    for (size_t i = step * MARK_STEP; i < point && at < places->text.len; i++)
        utf8_next(places->text, &at);
    return (uint32_t)at;
}

static Span span_between(const struct reader *reader, yaml_mark_t begin, yaml_mark_t end)
{
    return (Span){ reader->file, place(&reader->places, begin.index),
                   place(&reader->places, end.index) };
}

static bool fail(struct reader *reader)
{
    reader->good = false;
    return false;
}

static Str str_of(const yaml_char_t *text)
{
    return text ? str_from((const char *)text) : (Str){ NULL, 0 };
}

// ---- templates

static void set_conditional(const struct data *node)
{
    union {
        const struct data *from;
        struct data *to;
    } same = { node };
    same.to->conditional = true;
}

// Entries that stand in another block of conditions than the list or map as a whole.
static void note_conditions(const struct reader *reader, struct data *node,
                            const struct data_entry *entries)
{
    const struct holes *holes = reader->holes;
    uint32_t outer = holes_block(holes, node->span.begin, node->span.end);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct data *key = entries[i].key, *value = entries[i].value;
        uint32_t inner = holes_block(holes, value->span.begin, value->span.end);
        if (key && inner == outer)
            inner = holes_block(holes, key->span.begin, key->span.end);
        if (inner == outer)
            continue;
        set_conditional(value);
        if (key)
            set_conditional(key);
        for (; inner && inner != outer; inner = holes->blocks[inner - 1].around)
            node->unrendered |= holes->blocks[inner - 1].repeats; // it stands there several times
    }
}

// A scalar that an expression writes, all or part of it.
static void note_expression(struct reader *reader, struct data *node)
{
    if (!holes_touch(reader->holes, node->span.begin, node->span.end))
        return;
    Str source = str_slice(reader->written, node->span.begin, node->span.end);
    if (source.len > 1 && (source.ptr[0] == '"' || source.ptr[0] == '\''))
        source = str_slice(source, 1, source.len - 1);
    node->unrendered = true;
    node->text = source;
}

// What depends on a list or map depends on all expressions in it; on a document, also on those in
// front of it.
static void note_template(const struct reader *reader, struct data *node)
{
    const struct holes *holes = reader->holes;
    uint32_t begin = reader->depth ? node->span.begin : 0, first = 0, end = holes->count;
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (holes->items[middle].begin < begin)
            first = middle + 1;
        else
            end = middle;
    }
    for (; first < reader->next_hole; first++) { // what is placed is in it
        const struct hole *hole = &holes->items[first];
        Str text = str_slice(reader->written, hole->begin, hole->end);
        node->template = hash_str(node->template + 1, text);
    }
}

// Expressions on lines of their own, before the event at `at`: something may stand there in the
// innermost list or map that is indented so far, or it is the value that seems to be missing.
static void place_holes(struct reader *reader, uint32_t at, bool closes)
{
    const struct holes *holes = reader->holes;
    while (reader->next_hole < holes->count && holes->items[reader->next_hole].begin < at) {
        const struct hole *hole = &holes->items[reader->next_hole];
        struct frame *frame = reader->depth ? &reader->frames.items[reader->depth - 1] : NULL;
        struct data *last = reader->last_scalar;
        if (hole->kind == HOLE_LINES && frame) {
            bool missing = last && !last->text.len && last->plain && hole->column > frame->column;
            if (missing)
                last->unrendered = true;
            else if (hole->column >= frame->column || !closes)
                frame->node->unrendered = true;
            else
                return; // it belongs to what is around
        }
        reader->next_hole++;
    }
}

// ---- nodes

static struct data *node_new(struct reader *reader, enum data_kind kind, const yaml_event_t *event,
                             const yaml_char_t *tag)
{
    struct data *node = ARENA_NEW(reader->run->arena, struct data);
    node->kind = kind;
    node->span = span_between(reader, event->start_mark, event->end_mark);
    if (tag)
        node->tag = str_copy(reader->run->arena, str_of(tag));
    node->weight = 1;
    reader->last_end = node->span.end;
    return node;
}

static struct anchor *anchor_find(const struct reader *reader, Str name)
{
    uint32_t at = 0;
    struct anchor *anchor;
    while ((anchor = map_next(&reader->anchors, hash_str(HASH_SEED, name), &at)))
        if (str_equal(anchor->name, name))
            return anchor;
    return NULL;
}

static void anchor_set(struct reader *reader, const yaml_char_t *text, struct data *node)
{
    if (!text)
        return;
    struct anchor *anchor = anchor_find(reader, str_of(text));
    if (!anchor) {
        anchor = ARENA_NEW(reader->run->arena, struct anchor);
        anchor->name = str_copy(reader->run->arena, str_of(text));
        uint64_t hash = hash_str(HASH_SEED, anchor->name);
        map_add(reader->run->arena, &reader->anchors, hash, anchor);
    }
    anchor->node = node;
}

static void add_node(struct reader *reader, const struct data *node)
{
    if (reader->depth == 0) {
        *vec_push(reader->run->arena, reader->documents) = node;
        return;
    }
    struct frame *frame = &reader->frames.items[reader->depth - 1];
    frame->node->weight += node->weight; // bounded: see ALIASED_MAX and the size of a file
    if (frame->node->kind == DATA_MAP && !frame->key) {
        frame->key = node;
        return;
    }
    struct data_entry entry = { frame->key, node };
    *vec_push(reader->run->arena, &frame->entries) = entry;
    frame->key = NULL;
}

static bool add_alias(struct reader *reader, const yaml_event_t *event)
{
    Span span = span_between(reader, event->start_mark, event->end_mark);
    const struct anchor *anchor = anchor_find(reader, str_of(event->data.alias.anchor));
    Str name = str_of(event->data.alias.anchor);
    reader->last_end = span.end;
    if (!anchor) {
        diagf(reader->run, &yaml_malformed, span, "no anchor is called \"%.*s\"", STR_ARG(name));
        return fail(reader);
    }
    for (uint32_t i = 0; i < reader->depth; i++)
        if (reader->frames.items[i].node == anchor->node) {
            diagf(reader->run, &yaml_malformed, span, "\"%.*s\" contains itself", STR_ARG(name));
            return fail(reader);
        }
    reader->aliased += anchor->node->weight;
    if (reader->aliased > ALIASED_MAX) {
        diagf(reader->run, &yaml_too_large, span, "its aliases stand for more than %d nodes",
              ALIASED_MAX);
        return fail(reader);
    }
    add_node(reader, anchor->node);
    return true;
}

static void add_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct data *node = node_new(reader, DATA_SCALAR, event, event->data.scalar.tag);
    Str text = { (const char *)event->data.scalar.value, event->data.scalar.length };
    Str source = str_slice(reader->places.text, node->span.begin, node->span.end);
    node->text = str_equal(source, text) ? source : str_copy(reader->run->arena, text);
    node->plain =
        event->data.scalar.plain_implicit && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (reader->holes)
        note_expression(reader, node);
    reader->last_scalar = node;
    anchor_set(reader, event->data.scalar.anchor, node);
    add_node(reader, node);
}

static bool open_node(struct reader *reader, enum data_kind kind, const yaml_event_t *event,
                      const yaml_char_t *tag, const yaml_char_t *anchor)
{
    struct data *node = node_new(reader, kind, event, tag);
    if (reader->depth == reader->run->limits->nesting) {
        diagf(reader->run, &yaml_too_large, node->span, "it is nested more than %u deep",
              reader->run->limits->nesting);
        return fail(reader);
    }
    anchor_set(reader, anchor, node);
    if (reader->depth == reader->frames.count)
        (void)vec_push(reader->run->arena, &reader->frames);
    struct frame *frame = &reader->frames.items[reader->depth++];
    frame->node = node;
    frame->key = NULL;
    frame->column = (uint32_t)event->start_mark.column;
    frame->entries.count = 0;
    return true;
}

static void close_node(struct reader *reader, const yaml_event_t *event)
{
    struct frame *frame = &reader->frames.items[--reader->depth];
    struct data *node = frame->node;
    struct arena *arena = reader->run->arena;
    struct data_entry *entries = ARENA_ARRAY(arena, struct data_entry, frame->entries.count);
    if (frame->entries.count)
        memcpy(entries, frame->entries.items, frame->entries.count * sizeof *entries);
    node->entries = entries;
    node->count = frame->entries.count;
    for (uint32_t i = 0; i < node->count && node->kind == DATA_MAP && reader->holes; i++)
        node->unrendered |= entries[i].key->unrendered;
    // The end of a block is a token without width that stands before whatever comes next.
    if (event->end_mark.index > event->start_mark.index)
        node->span.end = place(&reader->places, event->end_mark.index);
    else if (reader->last_end > node->span.begin)
        node->span.end = reader->last_end;
    reader->last_end = node->span.end;
    if (reader->holes) {
        note_conditions(reader, node, entries);
        note_template(reader, node);
    }
    if (node->kind == DATA_MAP)
        reader->good &= keys_check(&reader->keys, entries, node->count);
    add_node(reader, node);
}

// False when reading cannot go on.
static bool take(struct reader *reader, const yaml_event_t *event)
{
    if (reader->holes) {
        bool closes =
            event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
        place_holes(reader, place(&reader->places, event->start_mark.index), closes);
        if (event->type != YAML_SCALAR_EVENT && !closes)
            reader->last_scalar = NULL;
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        reader->anchors = (struct map){ 0 };
        reader->depth = 0;
        return true;
    case YAML_ALIAS_EVENT:
        return add_alias(reader, event);
    case YAML_SCALAR_EVENT:
        add_scalar(reader, event);
        return true;
    case YAML_SEQUENCE_START_EVENT:
        return open_node(reader, DATA_LIST, event, event->data.sequence_start.tag,
                         event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return open_node(reader, DATA_MAP, event, event->data.mapping_start.tag,
                         event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_node(reader, event);
        return true;
    case YAML_STREAM_END_EVENT:
        return false;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

static void complain(struct reader *reader, const yaml_parser_t *parser)
{
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    uint32_t begin = parser->error == YAML_READER_ERROR
                         ? (uint32_t)(reader->places.start + parser->problem_offset)
                         : place(&reader->places, parser->problem_mark.index);
    if (begin > reader->places.text.len)
        begin = (uint32_t)reader->places.text.len;
    uint32_t end = begin < reader->places.text.len ? begin + 1 : begin;
    Span span = { reader->file, begin, end };
    if (parser->context)
        diagf(reader->run, &yaml_malformed, span, "%s %s", problem, parser->context);
    else
        diagf(reader->run, &yaml_malformed, span, "%s", problem);
    fail(reader);
}

static bool read_text(struct run *run, uint32_t file, Str text, const struct holes *holes,
                      struct data_list *out)
{
    Str readable = holes ? holes->text : text;
    struct reader reader = {
        .run = run,
        .file = file,
        .places = places_of(run->arena, readable),
        .keys = { run, &yaml_duplicate_key, text, 0 },
        .documents = out,
        .good = true,
        .holes = holes,
        .written = text,
    };
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return diagf(run, &yaml_malformed, (Span){ file, 0, 0 }, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    Str rest = str_slice(readable, reader.places.start, readable.len);
    const char *begin = rest.ptr ? rest.ptr : "";
    yaml_parser_set_input_string(&parser, (const yaml_char_t *)begin, rest.len);
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            complain(&reader, &parser);
            break;
        }
        more = take(&reader, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return reader.good;
}

bool read_yaml(struct run *run, uint32_t file, Str text, struct data_list *out)
{
    return read_text(run, file, text, NULL, out);
}

bool read_yaml_template(struct run *run, uint32_t file, Str text, struct data_list *out)
{
    struct holes holes;
    bool some = holes_find(run->arena, text, &holes);
    return read_text(run, file, text, some ? &holes : NULL, out);
}
