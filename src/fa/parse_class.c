#include "fa/parse.h"

struct charset parse_word(void)
{
    struct charset set = { { 0 } };
    charset_posix("word", 4, &set);
    return set;
}

struct charset parse_dot(const struct parse *p)
{
    enum regex_dialect dialect = p->regex->dialect;
    if (p->flags & PARSE_DOTALL)
        return charset_range(0, UINT8_MAX);
    bool carriage = dialect == REGEX_JAVA || dialect == REGEX_ECMASCRIPT;
    return charset_invert(charset_of(carriage ? "\r\n" : "\n"));
}

// [:name:] and [:^name:]; false when there is no such thing here.
static bool posix_class(struct parse *p, struct charset *set)
{
    if (p->regex->dialect == REGEX_JAVA || p->regex->dialect == REGEX_ECMASCRIPT)
        return false;
    size_t begin = p->at + 2;
    bool negative = parse_peek(p, 2) == '^';
    begin += negative;
    size_t end = begin;
    while (end < p->text.len && p->text.ptr[end] >= 'a' && p->text.ptr[end] <= 'z')
        end++;
    if (end + 1 >= p->text.len || p->text.ptr[end] != ':' || p->text.ptr[end + 1] != ']' ||
        !charset_posix(p->text.ptr + begin, (uint32_t)(end - begin), set))
        return false;
    if (p->flags & PARSE_CASELESS)
        *set = charset_fold(*set);
    if (negative)
        *set = charset_invert(*set);
    p->at = end + 2;
    return true;
}

// Skips \Q, \E and, with (?xx), blanks.
static void skip_in_class(struct parse *p)
{
    bool quotes = p->regex->dialect == REGEX_PCRE2 || p->regex->dialect == REGEX_JAVA;
    for (;;) {
        int c = parse_peek(p, 0);
        if (quotes && c == '\\' && parse_peek(p, 1) == 'E') {
            p->quoted = false;
            p->at += 2;
        } else if (quotes && !p->quoted && c == '\\' && parse_peek(p, 1) == 'Q') {
            p->quoted = true;
            p->at += 2;
        } else if (!p->quoted && p->flags & PARSE_EXTENDED_MORE && (c == ' ' || c == '\t')) {
            p->at++;
        } else {
            return;
        }
    }
}

static bool is_go(const struct parse *p)
{
    return p->regex->dialect == REGEX_GO || p->regex->dialect == REGEX_RE2;
}

static void refuse_escape(struct parse *p)
{
    int letter = parse_peek(p, 1);
    bool property = letter == 'p' || letter == 'P';
    bool invalid = !property && (is_go(p) || p->regex->dialect == REGEX_JAVA);
    parse_refuse(p, invalid ? REGEX_INVALID : REGEX_IRREGULAR, p->at,
                 invalid ? "an escape without meaning" : "this escape in a class is not modelled");
}

// One member: a byte, or -1 and a set. The end of a range is never [:name:] for RE2.
static int class_member(struct parse *p, struct charset *set, bool ends_range)
{
    int c = parse_peek(p, 0), byte;
    bool named = c == '[' && parse_peek(p, 1) == ':' && !(ends_range && is_go(p));
    if (!p->quoted && named && posix_class(p, set))
        return -1;
    if (!p->quoted && c == '\\') {
        if (parse_escape(p, true, &byte, set))
            return byte;
        refuse_escape(p);
        p->at++;
    }
    if (!p->quoted && p->regex->dialect == REGEX_JAVA &&
        (c == '[' || (c == '&' && parse_peek(p, 1) == '&')))
        parse_refuse(p, REGEX_IRREGULAR, p->at, "classes in classes are not modelled");
    if (c > 0x7f && p->regex->dialect != REGEX_PCRE2)
        parse_refuse(p, REGEX_IRREGULAR, p->at, "a character outside ASCII is not modelled");
    p->at += parse_more(p);
    return c < 0 ? 0 : c;
}

static bool range_follows(struct parse *p)
{
    skip_in_class(p);
    if (p->quoted || parse_peek(p, 0) != '-')
        return false;
    size_t at = p->at++;
    skip_in_class(p);
    int c = parse_peek(p, 0);
    if (c < 0 || (!p->quoted && c == ']')) {
        p->at = at;
        return false;
    }
    return true;
}

struct tree *parse_class(struct parse *p)
{
    struct charset all = { { 0 } };
    bool negative = false, first = true;
    size_t begin = p->at - 1;
    skip_in_class(p);
    if (!p->quoted)
        negative = parse_eat(p, "^");
    skip_in_class(p);
    bool script = p->regex->dialect == REGEX_ECMASCRIPT;
    for (;; first = false) {
        skip_in_class(p);
        if (!parse_more(p))
            return parse_refuse(p, REGEX_INVALID, begin, "a class without an end");
        if (!p->quoted && parse_peek(p, 0) == ']' && (!first || script))
            break;
        struct charset set;
        int lo = class_member(p, &set, false), hi = lo;
        size_t dash = p->at;
        if (lo < 0) {
            all = charset_union(all, set);
            if (!script || !range_follows(p))
                continue;
            charset_add(&all, '-'); // no range, but all that stands there
            lo = hi = class_member(p, &set, true);
            if (lo < 0) {
                all = charset_union(all, set);
                continue;
            }
        } else if (range_follows(p)) {
            hi = class_member(p, &set, true);
            if (hi < 0 && script) {
                charset_add(&set, '-');
                all = charset_union(all, set);
                hi = lo;
            } else if (hi < lo) {
                return parse_refuse(p, REGEX_INVALID, dash,
                                    hi < 0 ? "a range that ends in a class"
                                           : "a range out of order");
            }
        }
        struct charset range = charset_range(lo, hi);
        all = charset_union(all, p->flags & PARSE_CASELESS ? charset_fold(range) : range);
    }
    p->at++;
    return tree_set(p->regex, negative ? charset_invert(all) : all);
}
