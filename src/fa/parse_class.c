#include "fa/parse.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

static int digit(int c, int base)
{
    int value = c >= '0' && c <= '9' ? c - '0' : -1;
    if (c >= 'a' && c <= 'f')
        value = c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        value = c - 'A' + 10;
    return value < base ? value : -1;
}

// Up to `limit` digits; the value is cut off at a number larger than any code point.
static uint32_t digits(struct parse *p, int base, unsigned limit)
{
    enum { TOO_LARGE = 0x200000 };
    uint32_t value = 0;
    for (unsigned n = 0; n < limit && digit(parse_peek(p, 0), base) >= 0; n++, p->at++)
        if (value < TOO_LARGE)
            value = value * (uint32_t)base + (uint32_t)digit(parse_peek(p, 0), base);
    return value;
}

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

static struct charset space_class(enum regex_dialect dialect)
{
    if (dialect == REGEX_RE2 || dialect == REGEX_GO)
        return charset_of("\t\n\f\r ");
    return charset_of("\t\n\v\f\r ");
}

static bool class_letter(const struct parse *p, int letter, struct charset *set)
{
    bool perl = p->regex->dialect == REGEX_PCRE2 || p->regex->dialect == REGEX_JAVA;
    switch (letter | ('a' - 'A')) {
    case 'd':
        *set = charset_range('0', '9');
        break;
    case 'w':
        *set = parse_word();
        break;
    case 's':
        *set = space_class(p->regex->dialect);
        break;
    case 'h':
        *set = charset_of("\t \xa0");
        if (!perl)
            return false;
        break;
    case 'v':
        *set = charset_of("\n\v\f\r\x85");
        if (!perl)
            return false;
        break;
    default:
        return false;
    }
    if (letter < 'a')
        *set = charset_invert(*set);
    return true;
}

// A property as PCRE2 understands it for single bytes: it is asked about each.
static bool property(struct parse *p, struct charset *set)
{
    size_t begin = p->at - 2, end = p->at;
    if (parse_peek(p, 0) == '{') {
        while (end < p->text.len && p->text.ptr[end] != '}')
            end++;
    }
    if (end >= p->text.len || end - begin > UINT8_MAX)
        return false;
    int code;
    PCRE2_SIZE offset;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)p->text.ptr + begin, end + 1 - begin, 0, &code, &offset, NULL);
    if (!compiled)
        return false;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(compiled, NULL);
    *set = (struct charset){ { 0 } };
    for (int byte = 0; data && byte <= UINT8_MAX; byte++) {
        uint8_t subject = (uint8_t)byte;
        if (pcre2_match(compiled, &subject, 1, 0, 0, data, NULL) > 0)
            charset_add(set, byte);
    }
    pcre2_match_data_free(data);
    pcre2_code_free(compiled);
    p->at = end + 1;
    return true;
}

static int control(int letter)
{
    return letter < 0 ? 'c'
                      : (letter >= 'a' && letter <= 'z' ? letter - ('a' - 'A') : letter) ^ 0x40;
}

static bool hexadecimal(struct parse *p, int *byte)
{
    enum { ANY = 64 };
    uint32_t value;
    bool perl = p->regex->dialect != REGEX_ECMASCRIPT;
    if (perl && parse_eat(p, "{")) {
        value = digits(p, 16, ANY);
        parse_eat(p, "}");
    } else {
        value = digits(p, 16, 2);
    }
    if (value > UINT8_MAX)
        parse_refuse(p, REGEX_IRREGULAR, p->at, "a character outside of bytes is not modelled");
    *byte = (int)(value & UINT8_MAX);
    return true;
}

// A number behind a backslash that is no reference.
static void octal(struct parse *p, unsigned limit, int *byte)
{
    uint32_t value = digits(p, 8, limit);
    if (value > UINT8_MAX)
        parse_refuse(p, REGEX_IRREGULAR, p->at, "a character outside of bytes is not modelled");
    *byte = (int)(value & UINT8_MAX);
}

static bool numeric(struct parse *p, bool in_class, int *byte)
{
    enum { ALWAYS_REFERENCE = 10 };
    size_t at = p->at;
    int first = parse_peek(p, 0);
    if (first == '0') {
        octal(p, 3, byte);
        return true;
    }
    if (p->regex->dialect != REGEX_PCRE2)
        return false;
    uint32_t number = digits(p, 10, 10);
    p->at = at;
    if (!in_class && (number < ALWAYS_REFERENCE || first >= '8' || number <= p->regex->group_count))
        return false;
    if (first >= '8') {
        *byte = first;
        p->at++;
        return true;
    }
    octal(p, 3, byte);
    return true;
}

bool parse_escape(struct parse *p, bool in_class, int *byte, struct charset *set)
{
    static const char plain[] = "a\ae\x1b"
                                "f\fn\nr\rt\t";
    size_t start = p->at++;
    int letter = parse_peek(p, 0);
    p->at++;
    *byte = -1;
    if (letter < 0) {
        p->at = start;
        return false;
    }
    for (size_t i = 0; plain[i]; i += 2)
        if (plain[i] == letter &&
            !(p->regex->dialect == REGEX_ECMASCRIPT && (letter == 'a' || letter == 'e'))) {
            *byte = plain[i + 1];
            return true;
        }
    if (class_letter(p, letter, set))
        return true;
    bool alphabetic = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    bool known = true;
    if (letter >= '0' && letter <= '9') {
        p->at--;
        known = numeric(p, in_class, byte);
    } else if (letter == 'x') {
        known = hexadecimal(p, byte);
    } else if (letter == 'c') {
        *byte = control(parse_peek(p, 0)) & 0x7f;
        p->at += parse_more(p);
    } else if (letter == 'o' && parse_peek(p, 0) == '{') {
        enum { ANY = 64 };
        p->at++;
        octal(p, ANY, byte);
        parse_eat(p, "}");
    } else if (letter == 'b' && in_class) {
        *byte = '\b';
    } else if (letter == 'v') {
        *byte = '\v';
    } else if (letter == 'u' && p->regex->dialect >= REGEX_JAVA &&
               digit(parse_peek(p, 3), 16) >= 0) {
        uint32_t value = digits(p, 16, 4);
        if (value >= 0x80)
            parse_refuse(p, REGEX_IRREGULAR, start, "a character outside ASCII is not modelled");
        *byte = (int)(value & 0x7f);
    } else if (letter == 'N' && !in_class && parse_peek(p, 0) != '{') {
        *set = charset_invert(charset_of("\n"));
    } else if (letter == 'C' && !in_class) {
        *set = charset_range(0, UINT8_MAX);
    } else if ((letter == 'p' || letter == 'P') && p->regex->dialect == REGEX_PCRE2) {
        known = property(p, set);
    } else if (!alphabetic) {
        *byte = letter;
    } else {
        known = p->regex->dialect == REGEX_ECMASCRIPT && !in_class && !strchr("bBkpPu", letter);
        *byte = letter;
    }
    if (!known)
        p->at = start;
    return known;
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
    bool quotes = p->regex->dialect != REGEX_ECMASCRIPT;
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

// One member: a byte, or -1 and a set.
static int class_member(struct parse *p, struct charset *set)
{
    int c = parse_peek(p, 0), byte;
    if (!p->quoted && c == '[' && parse_peek(p, 1) == ':' && posix_class(p, set))
        return -1;
    if (!p->quoted && c == '\\') {
        if (parse_escape(p, true, &byte, set))
            return byte;
        parse_refuse(p, REGEX_IRREGULAR, p->at, "this escape in a class is not modelled");
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
    bool empty_allowed = p->regex->dialect == REGEX_ECMASCRIPT;
    for (;; first = false) {
        skip_in_class(p);
        if (!parse_more(p))
            return parse_refuse(p, REGEX_INVALID, begin, "a class without an end");
        if (!p->quoted && parse_peek(p, 0) == ']' && (!first || empty_allowed))
            break;
        struct charset set;
        int lo = class_member(p, &set), hi = lo;
        if (lo < 0) {
            all = charset_union(all, set);
            continue;
        }
        size_t dash = p->at;
        if (range_follows(p)) {
            hi = class_member(p, &set);
            if (hi < 0) {
                if (p->regex->dialect != REGEX_ECMASCRIPT)
                    return parse_refuse(p, REGEX_INVALID, dash, "a range that ends in a class");
                charset_add(&set, '-');
                all = charset_union(all, set);
                hi = lo;
            } else if (hi < lo) {
                return parse_refuse(p, REGEX_INVALID, dash, "a range out of order");
            }
        }
        struct charset range = charset_range(lo, hi);
        all = charset_union(all, p->flags & PARSE_CASELESS ? charset_fold(range) : range);
    }
    p->at++;
    return tree_set(p->regex, negative ? charset_invert(all) : all);
}
