// The words of nginx, as ngx_conf_read_token cuts them (reference/nginx.md 1.1 and 1.5). Every
// token can be told from where it begins, except inside Lua, where the open braces are the state.

#include <tree_sitter/parser.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// In the order of `externals` in grammar.js.
enum token {
    WORD,
    QUOTED,
    LUA_NAME,
    LUA_PART,
    LUA_END,
    COMMENT,
    SEMICOLON,
    OPEN,
    CLOSE,
    RECOVERING
};

struct scanner {
    uint32_t depth; // braces of Lua that are open
};

// What a quote may hold at most: nginx's read buffer without the quotes.
enum { QUOTED_MAX = 4094, LUA_STRING_MAX = 4096 };

static const char lua_suffix[] = "_by_lua_block";
enum { SUFFIX = sizeof lua_suffix - 1 };

// The last bytes of a word, to see how it ends.
struct tail {
    char bytes[SUFFIX];
    uint32_t count;
};

static void take(TSLexer *lexer, struct tail *tail)
{
    tail->bytes[tail->count++ % SUFFIX] = lexer->lookahead > 0 ? (char)lexer->lookahead : '?';
    lexer->advance(lexer, false);
}

static bool names_lua(const struct tail *tail)
{
    if (tail->count < SUFFIX)
        return false;
    for (uint32_t i = 0; i < SUFFIX; i++)
        if (tail->bytes[(tail->count + i) % SUFFIX] != lua_suffix[i])
            return false;
    return true;
}

static bool is_space(int32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static uint32_t width(int32_t c)
{
    if (c < 0x80) // bytes that are no UTF-8 are negative
        return 1;
    return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void skip_comment(TSLexer *lexer)
{
    while (!lexer->eof(lexer) && lexer->lookahead != '\n')
        lexer->advance(lexer, false);
}

static void scan_word(TSLexer *lexer, struct tail *tail)
{
    bool dollar = false;
    while (!lexer->eof(lexer)) {
        int32_t c = lexer->lookahead;
        if (is_space(c) || c == ';' || (c == '{' && !dollar))
            break;
        if (c == '\\') {
            take(lexer, tail);
            if (lexer->eof(lexer))
                break;
            dollar = false;
        } else {
            dollar = c == '$' || (c == '{' && dollar);
        }
        take(lexer, tail);
    }
    lexer->mark_end(lexer);
}

// A quote that is not closed where nginx requires it ends, so that reading can go on, before the
// last
// ';' of its first line or with that line.
static void scan_quoted(TSLexer *lexer, struct tail *tail)
{
    int32_t quote = lexer->lookahead;
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    bool first_line = true, marked = false;
    for (uint32_t size = 0; size <= QUOTED_MAX && !lexer->eof(lexer);) {
        int32_t c = lexer->lookahead;
        if (c == quote) {
            lexer->advance(lexer, false);
            lexer->mark_end(lexer);
            return;
        }
        if (first_line && (c == ';' || (c == '\n' && !marked))) {
            lexer->mark_end(lexer);
            marked = true;
        }
        if (c == '\n')
            first_line = false;
        size += width(c);
        take(lexer, tail);
        if (c == '\\' && !lexer->eof(lexer)) {
            size += width(lexer->lookahead);
            take(lexer, tail);
        }
    }
    if (first_line && !marked)
        lexer->mark_end(lexer);
}

// The '=' signs between two brackets; the second bracket is not taken. -1 when it does not follow.
static int32_t long_bracket(TSLexer *lexer, int32_t bracket)
{
    int32_t level = 0;
    for (; !lexer->eof(lexer) && lexer->lookahead == '='; level++)
        lexer->advance(lexer, false);
    return !lexer->eof(lexer) && lexer->lookahead == bracket ? level : -1;
}

// Stands behind the first '[' of what may be a long bracket, and skips it. False when it is none.
static bool skip_long(TSLexer *lexer)
{
    int32_t level = long_bracket(lexer, '[');
    if (level < 0)
        return false;
    lexer->advance(lexer, false);
    while (!lexer->eof(lexer)) {
        bool closing = lexer->lookahead == ']';
        lexer->advance(lexer, false);
        // A second ']' may itself begin the closing bracket and so is looked at again.
        if (closing && long_bracket(lexer, ']') == level) {
            lexer->advance(lexer, false);
            return true;
        }
    }
    return true;
}

// Skips a string, which must end on its line: otherwise the quote is a character like any other,
// and the token ends behind it, so that what follows is looked at again. False then.
static bool skip_lua_quoted(TSLexer *lexer)
{
    int32_t quote = lexer->lookahead;
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    for (uint32_t size = 0; size < LUA_STRING_MAX && !lexer->eof(lexer); size++) {
        int32_t c = lexer->lookahead;
        if (c == '\n')
            return false;
        lexer->advance(lexer, false);
        if (c == quote)
            return true;
        if (c == '\\') {
            if (lexer->eof(lexer) || lexer->lookahead == '\n')
                return false;
            lexer->advance(lexer, false);
        }
    }
    return false;
}

static void skip_lua_dash(TSLexer *lexer)
{
    lexer->advance(lexer, false);
    if (lexer->eof(lexer) || lexer->lookahead != '-')
        return;
    lexer->advance(lexer, false);
    if (!lexer->eof(lexer) && lexer->lookahead == '[') {
        lexer->advance(lexer, false);
        if (skip_long(lexer))
            return;
    }
    skip_comment(lexer);
}

// Up to the '}' that closes the block. False when the file ends before.
static bool scan_lua(struct scanner *scanner, TSLexer *lexer)
{
    while (!lexer->eof(lexer)) {
        switch (lexer->lookahead) {
        case '"':
        case '\'':
            if (!skip_lua_quoted(lexer)) {
                lexer->result_symbol = LUA_PART;
                return true;
            }
            continue;
        case '-':
            skip_lua_dash(lexer);
            continue;
        case '[':
            lexer->advance(lexer, false);
            skip_long(lexer);
            continue;
        case '{':
            scanner->depth++;
            break;
        case '}':
            scanner->depth--;
            break;
        default:
            break;
        }
        lexer->advance(lexer, false);
        if (scanner->depth == 0) {
            lexer->mark_end(lexer);
            lexer->result_symbol = LUA_END;
            return true;
        }
    }
    return false;
}

void *tree_sitter_nginx_external_scanner_create(void)
{
    return calloc(1, sizeof(struct scanner));
}

void tree_sitter_nginx_external_scanner_destroy(void *payload)
{
    free(payload);
}

unsigned tree_sitter_nginx_external_scanner_serialize(void *payload, char *buffer)
{
    const struct scanner *scanner = payload;
    if (scanner->depth == 0)
        return 0;
    memcpy(buffer, &scanner->depth, sizeof scanner->depth);
    return sizeof scanner->depth;
}

void tree_sitter_nginx_external_scanner_deserialize(void *payload, const char *buffer,
                                                    unsigned length)
{
    struct scanner *scanner = payload;
    scanner->depth = 0;
    if (length == sizeof scanner->depth)
        memcpy(&scanner->depth, buffer, sizeof scanner->depth);
}

bool tree_sitter_nginx_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid)
{
    struct scanner *scanner = payload;
    if (valid[RECOVERING])
        scanner->depth = 0;
    if (scanner->depth && valid[LUA_END])
        return scan_lua(scanner, lexer);
    while (!lexer->eof(lexer) && is_space(lexer->lookahead))
        lexer->advance(lexer, true);
    if (lexer->eof(lexer))
        return false;

    int32_t c = lexer->lookahead;
    if (c == '{' && valid[LUA_END] && !valid[RECOVERING])
        return scan_lua(scanner, lexer);
    if (c == ';' || c == '{' || c == '}') {
        lexer->advance(lexer, false);
        lexer->mark_end(lexer);
        lexer->result_symbol = c == ';' ? SEMICOLON : c == '{' ? OPEN : CLOSE;
        return true;
    }
    if (c == '#') {
        // The lines that follow belong to it: the library cannot hold more than 65,535 nodes of
        // which the grammar knows nothing, one after the other.
        while (lexer->lookahead == '#' && !lexer->eof(lexer)) {
            skip_comment(lexer);
            lexer->mark_end(lexer);
            while (!lexer->eof(lexer) && is_space(lexer->lookahead))
                lexer->advance(lexer, false);
        }
        lexer->result_symbol = COMMENT;
        return true;
    }
    struct tail tail = { .count = 0 };
    if (c == '"' || c == '\'') {
        scan_quoted(lexer, &tail);
        lexer->result_symbol = QUOTED;
    } else {
        scan_word(lexer, &tail);
        lexer->result_symbol = WORD;
    }
    if (valid[LUA_NAME] && names_lua(&tail))
        lexer->result_symbol = LUA_NAME;
    return true;
}
