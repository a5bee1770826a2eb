#include "syntax/scan_nginx.h"

#include "base/buf.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

const struct kind nginx_syntax_error = { "CG901", LEVEL_ERROR, "syntax error" };
const struct kind nginx_nesting = { "CG903", LEVEL_ERROR, "blocks are nested too deeply" };

static const struct kind nginx_statement = { "CG903", LEVEL_ERROR, "a statement is too long" };

enum {
    WORDS_MAX = 200000,      // of one statement
    BUFFER = 4096,           // what nginx reads at once: a word or a comment must end within it
    QUOTED_MAX = BUFFER - 2, // between the quotes
    ERRORS_MAX = 50,         // more, and it is no configuration
    LOOSE_MAX = 5000,        // quotes of Lua, each of which costs a look ahead
    SHOWN = 24,              // bytes of the input in a message
    START = 256,             // bytes of a piece that tell it from others
};

// A block that is open, or the file.
struct opened {
    uint32_t brace;        // where its "{" stands
    uint32_t begin;        // where its statement begins
    uint32_t pieces;       // that there were when it began
    uint32_t run, run_end; // statements in it that become a piece together; run_end 0: none
    uint32_t run_nesting;  // of blocks in those
    uint32_t nesting;      // of blocks in all of it
};

struct scan {
    struct run *run;
    Str text;
    uint32_t file, base;
    uint32_t at;
    uint32_t errors, loose_quotes;
    bool lost;

    uint32_t n_words;              // of the statement that has begun
    uint32_t word_begin, word_end; // its last word
    bool lua;                      // its name says that its block is Lua
    bool closed_quote;             // the last character closed a quote
    uint32_t begin;                // where the statement begins
    struct opened *levels;         // 0 is the file
    uint32_t depth;                // blocks that are open
    uint32_t whole;                // everything before is whole statements and blocks that begin,
    uint32_t whole_depth;          // of which so many are open

    uint32_t piece;
    const struct nginx_reading *before;
    uint64_t patience; // bytes that may still be compared in vain with what was there before
    struct nginx_pieces *pieces; // or NULL
};

static Span span(const struct scan *scan, uint32_t begin, uint32_t end)
{
    return (Span){ scan->file, scan->base + begin, scan->base + end };
}

static void fail(struct scan *scan, uint32_t begin, uint32_t end, const char *what)
{
    if (scan->errors++ < ERRORS_MAX) {
        diagf(scan->run, &nginx_syntax_error, span(scan, begin, end), "%s", what);
        return;
    }
    diagf(scan->run, &nginx_syntax_error, span(scan, begin, end),
          "more than %d errors: this does not look like nginx configuration", ERRORS_MAX);
    scan->lost = true;
}

// What is wrong with a piece of text, which the message quotes the beginning of.
static void fail_text(struct scan *scan, uint32_t begin, uint32_t end, const char *what)
{
    uint32_t shown = end - begin < SHOWN ? end - begin : SHOWN;
    char message[256];
    Str text = str_format(scan->run->arena, "%s \"%.*s%s\"", what, (int)shown,
                          scan->text.ptr + begin, shown < end - begin ? "..." : "");
    size_t len = text.len < sizeof message ? text.len : sizeof message - 1;
    memcpy(message, text.ptr, len);
    message[len] = '\0';
    fail(scan, begin, end, message);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void begin_word(struct scan *scan)
{
    if (scan->closed_quote && scan->text.ptr[scan->at] != ')')
        fail_text(scan, scan->at, scan->at + 1,
                  "a closing quote must be followed by a space, \";\", \"{\" or \")\", not by");
    scan->closed_quote = false;
    scan->word_begin = scan->at;
}

static void end_word(struct scan *scan, uint32_t begin, uint32_t end)
{
    if (scan->n_words >= WORDS_MAX) {
        diagf(scan->run, &nginx_statement, span(scan, begin, end), "more than %d words", WORDS_MAX);
        scan->lost = true;
    }
    if (scan->n_words++ == 0) {
        scan->lua = str_ends(str_slice(scan->text, begin, end), STR("_by_lua_block"));
        scan->begin = scan->word_begin;
    }
    scan->word_end = scan->at;
}

static void comment(struct scan *scan)
{
    uint32_t begin = scan->at, size = (uint32_t)scan->text.len;
    const char *end = memchr(scan->text.ptr + begin, '\n', size - begin);
    scan->at = end ? (uint32_t)(end - scan->text.ptr) : size;
    if (scan->at - begin >= BUFFER)
        fail(scan, begin, begin + SHOWN,
             "comment longer than the 4095 bytes that nginx allows in one line");
}

static void word(struct scan *scan)
{
    begin_word(scan);
    const char *text = scan->text.ptr;
    uint32_t size = (uint32_t)scan->text.len, at = scan->at;
    bool dollar = false;
    for (; at < size; at++) {
        char c = text[at];
        if (is_space(c) || c == ';' || (c == '{' && !dollar))
            break;
        dollar = c == '$' || (c == '{' && dollar);
        if (c == '\\' && at + 1 < size)
            at++;
    }
    scan->at = at;
    if (at - scan->word_begin >= BUFFER)
        fail_text(scan, scan->word_begin, at, "word longer than the 4095 bytes that nginx allows:");
    end_word(scan, scan->word_begin, at);
}

// Where to go on after a quote that is not closed: as in grammars/nginx/src/scanner.c.
static uint32_t resume(const struct scan *scan, uint32_t begin)
{
    uint32_t end = begin, semicolon = 0;
    for (; end < scan->text.len && scan->text.ptr[end] != '\n' && end - begin < QUOTED_MAX; end++)
        if (scan->text.ptr[end] == ';')
            semicolon = end;
    return semicolon ? semicolon : end;
}

static void quoted(struct scan *scan)
{
    begin_word(scan);
    const char *text = scan->text.ptr;
    uint32_t size = (uint32_t)scan->text.len, begin = scan->at + 1, at = begin;
    char quote = text[scan->at];
    for (; at < size && text[at] != quote; at++) {
        if (text[at] == '\\' && at + 1 < size)
            at++;
        if (at - begin > QUOTED_MAX)
            break;
    }
    scan->closed_quote = at < size && at - begin <= QUOTED_MAX;
    if (scan->closed_quote) {
        scan->at = at + 1;
        end_word(scan, begin, at);
        return;
    }
    const char *why = at < size
                          ? "nothing closes this quote within the 4094 bytes that nginx allows:"
                          : "nothing closes this quote:";
    scan->at = resume(scan, begin);
    fail_text(scan, begin - 1, scan->at, why);
    end_word(scan, begin, scan->at);
}

// The offset behind a long bracket of Lua that may open at `at`, or `at` when none does there.
static uint32_t long_bracket(Str text, uint32_t at)
{
    uint32_t level = 0;
    while (at + 1 + level < text.len && text.ptr[at + 1 + level] == '=')
        level++;
    if (at + 1 + level >= text.len || text.ptr[at] != '[' || text.ptr[at + 1 + level] != '[')
        return at;
    for (uint32_t i = at + level + 2; i < text.len; i++) {
        const char *next = memchr(text.ptr + i, ']', text.len - i);
        if (!next)
            break;
        i = (uint32_t)(next - text.ptr);
        uint32_t equals = 0;
        while (i + 1 + equals < text.len && text.ptr[i + 1 + equals] == '=')
            equals++;
        if (equals == level && i + 1 + equals < text.len && text.ptr[i + 1 + equals] == ']')
            return i + equals + 2;
        i += equals;
    }
    return (uint32_t)text.len;
}

static uint32_t line_end(Str text, uint32_t at)
{
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    return end ? (uint32_t)(end - text.ptr) : (uint32_t)text.len;
}

// The offset behind the string that opens at `at`, or `at` when nothing closes it on its line.
static uint32_t lua_string(Str text, uint32_t at)
{
    for (uint32_t end = at + 1; end < text.len && end - at <= BUFFER; end++) {
        if (text.ptr[end] == text.ptr[at])
            return end + 1;
        if (text.ptr[end] == '\\')
            end++;
        if (end < text.len && text.ptr[end] == '\n')
            break;
    }
    return at;
}

// The offset behind the piece of Lua at `at`: a string, a comment or one character.
static uint32_t lua_piece(Str text, uint32_t at)
{
    char c = text.ptr[at];
    uint32_t end = at;
    if (c == '[')
        end = long_bracket(text, at);
    else if (c == '-' && at + 1 < text.len && text.ptr[at + 1] == '-') {
        end = at + 2 < text.len ? long_bracket(text, at + 2) : at + 2;
        if (end == at + 2)
            end = line_end(text, end);
    } else if (c == '"' || c == '\'') {
        end = lua_string(text, at);
    }
    return end > at ? end : at + 1;
}

static void lua(struct scan *scan)
{
    uint32_t begin = scan->at, depth = 0;
    while (scan->at < scan->text.len) {
        char c = scan->text.ptr[scan->at];
        uint32_t end = lua_piece(scan->text, scan->at);
        if (end - scan->at >= BUFFER && (c == '[' || scan->text.ptr[scan->at + 2] == '['))
            fail_text(scan, scan->at, end,
                      "long bracket of Lua that does not fit into nginx's buffer of 4096 bytes:");
        if ((c == '"' || c == '\'') && end == scan->at + 1 && ++scan->loose_quotes > LOOSE_MAX) {
            fail(scan, scan->at, end, "too many quotes in Lua that are not closed on their line");
            scan->lost = true;
            return;
        }
        scan->at = end;
        if (c == '{')
            depth++;
        if (c == '}' && --depth == 0)
            return;
    }
    fail(scan, begin, begin + 1, "nothing closes this Lua block");
}

// ---- pieces

// Makes the statements that have gathered a piece.
static void end_run(struct scan *scan, struct opened *level)
{
    if (level->run_end)
        *vec_push(scan->run->arena, scan->pieces) = (struct nginx_piece){
            .begin = level->run,
            .end = level->run_end,
            .nesting = level->run_nesting,
        };
    level->run_end = level->run_nesting = 0;
}

// A statement has ended here. `whole`: nothing in it has become a piece.
static void gather(struct scan *scan, uint32_t begin, uint32_t nesting, bool whole)
{
    struct opened *level = &scan->levels[scan->depth];
    if (nesting > level->nesting)
        level->nesting = nesting;
    if (!scan->pieces)
        return;
    if (!whole || scan->at - begin > scan->piece) {
        end_run(scan, level);
        return;
    }
    if (level->run_end && scan->at - level->run > scan->piece)
        end_run(scan, level);
    if (!level->run_end)
        level->run = begin;
    level->run_end = scan->at;
    if (nesting > level->run_nesting)
        level->run_nesting = nesting;
}

uint64_t scan_start_hash(Str text, uint32_t at)
{
    return hash_str(HASH_SEED, str_slice(text, at, at + START));
}

// The piece of the reading before that stands here, too, or NULL.
static const struct nginx_piece *find_same(struct scan *scan)
{
    const struct nginx_reading *before = scan->before;
    Str rest = str_slice(scan->text, scan->at, scan->text.len);
    uint64_t hash = scan_start_hash(scan->text, scan->at);
    const struct nginx_piece *piece;
    for (uint32_t i = 0; (piece = map_next(&before->starts, hash, &i));) {
        Str old = str_slice(before->text, piece->begin, piece->end);
        if (scan->patience < old.len)
            return NULL;
        if (scan->depth + piece->nesting <= scan->run->limits->nesting && str_starts(rest, old))
            return piece;
        scan->patience -= old.len;
    }
    return NULL;
}

// Takes a piece over from the reading before, if one stands here.
static bool take_over(struct scan *scan)
{
    if (!scan->before || !scan->pieces || scan->n_words || scan->closed_quote)
        return false;
    const struct nginx_piece *same = find_same(scan);
    if (!same)
        return false;
    struct opened *level = &scan->levels[scan->depth];
    end_run(scan, level);
    *vec_push(scan->run->arena, scan->pieces) = (struct nginx_piece){
        .begin = scan->at,
        .end = scan->at + (same->end - same->begin),
        .nesting = same->nesting,
        .same = same,
    };
    if (same->nesting > level->nesting)
        level->nesting = same->nesting;
    scan->at += same->end - same->begin;
    return true;
}

static int compare_pieces(const void *a, const void *b)
{
    const struct nginx_piece *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static void end_pieces(struct scan *scan)
{
    struct nginx_pieces *pieces = scan->pieces;
    if (!pieces)
        return;
    end_run(scan, &scan->levels[0]);
    if (scan->errors || scan->lost)
        pieces->count = 0;
    if (pieces->count)
        qsort(pieces->items, pieces->count, sizeof *pieces->items, compare_pieces);
}

// ---- statements

static void end_statement(struct scan *scan)
{
    scan->n_words = 0;
    scan->lua = false;
    scan->closed_quote = false;
}

// Here a text could be cut.
static void mark_whole(struct scan *scan)
{
    scan->whole = scan->at;
    scan->whole_depth = scan->depth;
}

static void open_block(struct scan *scan)
{
    if (scan->n_words == 0)
        fail(scan, scan->at, scan->at + 1, "\"{\" without a directive before it");
    if (scan->lua) {
        uint32_t errors = scan->errors;
        lua(scan);
        gather(scan, scan->begin, 0, true);
        end_statement(scan);
        if (errors == scan->errors)
            mark_whole(scan);
        return;
    }
    if (scan->depth >= scan->run->limits->nesting) {
        diagf(scan->run, &nginx_nesting, span(scan, scan->at, scan->at + 1), "more than %u levels",
              scan->run->limits->nesting);
        scan->lost = true;
        return;
    }
    scan->levels[++scan->depth] = (struct opened){
        .brace = scan->at++,
        .begin = scan->begin,
        .pieces = scan->pieces ? scan->pieces->count : 0,
    };
    end_statement(scan);
    mark_whole(scan);
}

static void close_block(struct scan *scan)
{
    if (scan->n_words)
        fail(scan, scan->word_begin, scan->word_end, "\";\" is missing after this");
    scan->at++;
    end_statement(scan);
    if (scan->depth == 0) {
        fail(scan, scan->at - 1, scan->at, "\"}\" closes nothing");
        return;
    }
    struct opened *level = &scan->levels[scan->depth--];
    mark_whole(scan);
    bool whole = !scan->pieces || scan->pieces->count == level->pieces;
    if (!whole || scan->at - level->begin > scan->piece) {
        end_run(scan, level);
        whole = false;
    }
    gather(scan, level->begin, level->nesting + 1, whole);
}

static void step(struct scan *scan)
{
    switch (scan->text.ptr[scan->at]) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        scan->at++;
        scan->closed_quote = false;
        return;
    case '#':
        if (scan->closed_quote)
            begin_word(scan);
        comment(scan);
        return;
    case ';':
        if (scan->n_words == 0)
            fail(scan, scan->at, scan->at + 1, "\";\" without a directive before it");
        scan->at++;
        gather(scan, scan->begin, 0, true);
        end_statement(scan);
        mark_whole(scan);
        return;
    case '{':
        open_block(scan);
        return;
    case '}':
        if (scan->closed_quote) // nginx's complaint is another one, the cause is the same
            scan->closed_quote = false;
        close_block(scan);
        return;
    case '"':
    case '\'':
        if (!take_over(scan))
            quoted(scan);
        return;
    default:
        if (!take_over(scan))
            word(scan);
        return;
    }
}

static void end_file(struct scan *scan)
{
    if (scan->n_words)
        fail(scan, scan->word_begin, scan->word_end,
             "the file ends inside a statement: \";\" is missing after this");
    for (uint32_t i = scan->depth; i > 0 && !scan->lost; i--)
        fail(scan, scan->levels[i].brace, scan->levels[i].brace + 1,
             "nothing closes this block: \"}\" is missing at the end of the file");
}

enum scan_result scan_nginx(struct run *run, Str text, uint32_t file, uint32_t base, uint32_t piece,
                            const struct nginx_reading *before, struct nginx_pieces *out)
{
    enum { PATIENCE = 4 };
    struct scan scan = { .run = run,
                         .text = text,
                         .file = file,
                         .base = base,
                         .piece = piece,
                         .before = before,
                         .patience = (uint64_t)text.len * PATIENCE,
                         .pieces = out };
    struct arena *scratch = arena_new();
    scan.levels = ARENA_ARRAY(scratch, struct opened, run->limits->nesting + 1);
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        fail(&scan, 0, 3,
             "the file begins with a byte order mark, which nginx takes as part of the first word");
        scan.at = 3;
    }
    while (scan.at < text.len && !scan.lost)
        step(&scan);
    if (!scan.lost)
        end_file(&scan);
    end_pieces(&scan);
    arena_free(scratch);
    return scan.lost ? SCAN_LOST : scan.errors ? SCAN_BROKEN : SCAN_OK;
}

// How much of the first `most` bytes is whole, and how many blocks are open behind it.
static uint32_t find_whole(struct run *run, Str text, uint32_t most, uint32_t *depth)
{
    struct arena *scratch = arena_new();
    struct scan scan = { .run = run_new(scratch, run->limits), .text = str_slice(text, 0, most) };
    scan.levels = ARENA_ARRAY(scratch, struct opened, run->limits->nesting + 1);
    while (scan.at < scan.text.len && !scan.lost)
        step(&scan);
    *depth = scan.whole_depth;
    arena_free(scratch);
    return scan.whole;
}

Str nginx_beginning(struct run *run, Str text, uint32_t most)
{
    enum { MORE = 4 };
    uint32_t whole = 0, depth = 0;
    // Before the first statement there may be comments without end.
    for (; !whole && most<text.len; most = most> UINT32_MAX / MORE ? UINT32_MAX : most * MORE)
        whole = find_whole(run, text, most, &depth);
    if (!whole)
        return text;
    struct buf out = { .arena = run->arena };
    buf_add(&out, str_slice(text, 0, whole));
    for (uint32_t i = 0; i < depth; i++)
        buf_add_char(&out, '}');
    return buf_str(&out);
}

Str scan_unescape(struct arena *arena, Str raw)
{
    char *to = ARENA_ARRAY(arena, char, raw.len);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c != '\\' || i + 1 == raw.len) {
            to[len++] = c;
            continue;
        }
        char next = raw.ptr[++i];
        if (next == 't' || next == 'r' || next == 'n') {
            to[len++] = next == 't' ? '\t' : next == 'r' ? '\r' : '\n';
            continue;
        }
        if (next != '"' && next != '\'' && next != '\\')
            to[len++] = c;
        to[len++] = next;
    }
    return (Str){ to, len };
}
