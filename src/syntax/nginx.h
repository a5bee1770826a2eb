#pragma once
// nginx: the tree of statements of one nginx configuration file, with the words as nginx
// understands them. Lexing is exact to reference/nginx.md 1.1; what is wrong with a file is found
// where nginx itself finds it.

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

extern const struct kind nginx_syntax_error; // CG901
extern const struct kind nginx_nesting;      // CG903

struct conf_word {
    Str text;    // without quotes and escapes; a slice of the file where nothing had to be undone
    Span span;   // with quotes and escapes
    bool quoted; // only for messages: nginx itself forgets it
};

// One statement. Constant once read.
struct conf {
    const struct conf_word *words; // words[0] is the directive's name
    const struct conf *children;   // of a block; an array
    uint32_t n_words, n_children;
    bool has_block;
    bool has_lua;     // the block is Lua and `lua` its text
    bool has_include; // it, or something below it, is an include statement
    Str lua;
    Span span;     // all of it, from the name to the ";" or "}"
    Span head;     // from the name to the last word
    uint64_t hash; // of words and children: the same wherever it stands and however it is laid out
};

// The text of word `i`, empty when there are fewer words.
Str conf_word(const struct conf *conf, uint32_t i);
bool conf_is(const struct conf *conf, const char *name);
// The first child of that name, or NULL.
const struct conf *conf_find(const struct conf *conf, const char *name);
// The content hash that a statement of these words and children has.
uint64_t conf_hash(const struct conf *conf);
// Whether two statements have the same words and children, wherever they stand.
bool conf_same(const struct conf *a, const struct conf *b);

// Reads `text`, which stands at offset `base` of file `file`, as one whole configuration file.
// *out has no words and the statements as children. What is wrong is reported, and false returned;
// *out is then still filled with what stands around the error, unless a limit was reached: then it
// has no children.
MUST_CHECK bool read_nginx(struct run *run, Str text, uint32_t file, uint32_t base,
                           struct conf *out);

// About the first `most` bytes of a text, or more where they hold no whole statement: whole
// statements, and each block that is open behind them closed, so that they are read as a file of
// their own. `text` itself when it is no longer than that.
Str nginx_beginning(struct run *run, Str text, uint32_t most);

// What came of one reading, kept for the next one of nearly the same text.
struct nginx_reading;
struct nginx_how {
    const struct nginx_reading *before; // or NULL; what stands in it, too, is not parsed again
    uint32_t piece; // bytes, about, that are parsed at once; 0: as many as is good
};
// The same; *out is the reading, whose tree nginx_reading_conf gives. Both live as long as the run.
MUST_CHECK bool read_nginx_again(struct run *run, Str text, uint32_t file, uint32_t base,
                                 const struct nginx_how *how, const struct nginx_reading **out);
const struct conf *nginx_reading_conf(const struct nginx_reading *reading);
