#pragma once
// parse: the reader of expressions in the Perl family. Private to fa/.

#include "fa/tree.h"

enum parse_flags {
    PARSE_CASELESS = 1 << 0,
    PARSE_MULTILINE = 1 << 1,
    PARSE_DOTALL = 1 << 2,
    PARSE_EXTENDED = 1 << 3,
    PARSE_EXTENDED_MORE = 1 << 4, // (?xx): also in classes
    PARSE_NO_CAPTURE = 1 << 5,
    PARSE_UNGREEDY = 1 << 6,
    PARSE_SWAPPED = 1 << 7, // (?J), which changes nothing here
};

struct parse {
    struct regex *regex;
    Str text;
    size_t at;
    unsigned flags; // enum parse_flags
    unsigned depth, looks;
    bool quoted; // inside \Q
    struct tree_verdict verdict;
};

// Notes what cannot be represented and where; the first stays. Always gives an empty expression.
struct tree *parse_refuse(struct parse *p, enum regex_status status, size_t at, const char *why);

static inline bool parse_more(const struct parse *p)
{
    return p->at < p->text.len;
}
static inline int parse_peek(const struct parse *p, size_t ahead)
{
    return p->at + ahead < p->text.len ? (unsigned char)p->text.ptr[p->at + ahead] : -1;
}
bool parse_eat(struct parse *p, const char *text);
bool parse_number(struct parse *p, uint32_t *out); // decimal; large ones are UINT32_MAX

// A byte or set that stands behind a backslash, in a class or out of it; *byte is -1 for a set.
// False when it is nothing of that kind, with nothing read.
bool parse_escape(struct parse *p, bool in_class, int *byte, struct charset *set);
struct tree *parse_class(struct parse *p); // behind [
struct charset parse_dot(const struct parse *p);
struct charset parse_word(void);

struct tree *parse_place(struct parse *p, enum tree_place where);
struct tree *parse_caret(struct parse *p);
struct tree *parse_dollar(struct parse *p);
struct tree *parse_literal(struct parse *p, int byte);
struct tree *parse_escape_item(struct parse *p); // outside of classes
// A call of the group with that number (also +1, -1) or name. Names are looked up later: `min` is
// the place of the name in the pattern, `max` its length.
struct tree *parse_call(struct parse *p, Str target, size_t at);
bool parse_bracketed(struct parse *p, char close, Str *out); // up to `close`, which is read
void parse_skip(struct parse *p); // what stands for nothing: \Q, \E, comments, blanks with (?x)
// {n}, {n,}, {n,m}; false, and nothing read, for anything else.
bool parse_counts(struct parse *p, uint32_t *min, uint32_t *max);
struct tree *parse_quantified(struct parse *p, struct tree *item);

enum parse_numbering {
    NUMBERS_ON,    // groups are numbered through
    NUMBERS_RESET, // from the same number in every alternative
};
struct tree *parse_branches(struct parse *p, enum parse_numbering numbering); // a TREE_CHOICE
struct tree *parse_choice(struct parse *p, enum parse_numbering numbering);
struct tree *parse_group(struct parse *p); // at its bracket; NULL for (?i) and its like
