#include "fa/parse.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

// What stands behind a backslash and means a byte or a set of bytes.

static int digit(int c, int base)
{
    int value = c >= '0' && c <= '9' ? c - '0' : -1;
    if (c >= 'a' && c <= 'f')
        value = c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        value = c - 'A' + 10;
    return value < base ? value : -1;
}

// A code point that is a byte. Above ASCII only PCRE2 means the byte.
static int byte_of(struct parse *p, uint32_t value)
{
    enum { ASCII_END = 0x80 };
    if (value > UINT8_MAX)
        parse_refuse(p, REGEX_IRREGULAR, p->at, "a character outside of bytes is not modelled");
    else if (value >= ASCII_END && p->regex->dialect != REGEX_PCRE2)
        parse_refuse(p, REGEX_IRREGULAR, p->at, "a character outside ASCII is not modelled");
    return (int)(value & UINT8_MAX);
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

// \xhh and \x{h…}. PCRE2 takes fewer digits as well, and for ECMAScript they are needed to make it
// more than the letter.
static bool hexadecimal(struct parse *p, int *byte)
{
    enum { ANY = 64 };
    enum regex_dialect dialect = p->regex->dialect;
    uint32_t value;
    bool two = digit(parse_peek(p, 0), 16) >= 0 && digit(parse_peek(p, 1), 16) >= 0;
    if (dialect != REGEX_ECMASCRIPT && parse_eat(p, "{")) {
        size_t begin = p->at;
        value = digits(p, 16, ANY);
        if (p->at == begin || !parse_eat(p, "}"))
            return false;
    } else if (dialect == REGEX_ECMASCRIPT && !two) {
        value = 'x';
    } else if (dialect == REGEX_PCRE2 || two) {
        size_t begin = p->at;
        value = digits(p, 16, 2);
        if (p->at == begin && dialect == REGEX_PCRE2) // the byte 0 until 10.44, later an error
            parse_refuse(p, REGEX_IRREGULAR, begin,
                         "\\x without a digit depends on PCRE2's version");
    } else {
        return false;
    }
    *byte = byte_of(p, value);
    return true;
}

// A number behind a backslash that is no reference.
static void octal(struct parse *p, unsigned limit, int *byte)
{
    *byte = byte_of(p, digits(p, 8, limit));
}

// RE2 and Go: \0, and two or three digits. A single other one would be a reference, which they do
// not have.
static bool numeric_go(struct parse *p, int *byte)
{
    if (parse_peek(p, 0) != '0' && digit(parse_peek(p, 1), 8) < 0)
        return false;
    octal(p, 3, byte);
    return true;
}

// Java: \0 and one to three digits, up to \0377. Without the 0 it is a reference.
static bool numeric_java(struct parse *p, int *byte)
{
    if (parse_peek(p, 0) != '0' || digit(parse_peek(p, 1), 8) < 0)
        return false;
    p->at++;
    octal(p, parse_peek(p, 0) <= '3' ? 3 : 2, byte);
    return true;
}

// ECMAScript: \0; with a digit behind it, and without a 0, only old scripts know it.
static bool numeric_script(struct parse *p, int *byte)
{
    *byte = 0;
    if (parse_peek(p, 0) != '0' || digit(parse_peek(p, 1), 10) >= 0)
        return false;
    p->at++;
    return true;
}

static bool numeric_pcre(struct parse *p, bool in_class, int *byte)
{
    enum { ALWAYS_REFERENCE = 10 };
    size_t at = p->at;
    int first = parse_peek(p, 0);
    if (first == '0') {
        octal(p, 3, byte);
        return true;
    }
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

static bool numeric(struct parse *p, bool in_class, int *byte)
{
    switch (p->regex->dialect) {
    case REGEX_PCRE2:
        return numeric_pcre(p, in_class, byte);
    case REGEX_RE2:
    case REGEX_GO:
        return numeric_go(p, byte);
    case REGEX_JAVA:
        return numeric_java(p, byte);
    case REGEX_ECMASCRIPT:
        return numeric_script(p, byte);
    case REGEX_LUA:
        break;
    }
    return false;
}

// Letters that stand for one byte everywhere.
static bool control_letter(enum regex_dialect dialect, int letter, int *byte)
{
    static const char bytes[] = "a\ae\x1b"
                                "f\fn\nr\rt\tv\v";
    static const char *const known[] = {
        [REGEX_PCRE2] = "aefnrt", [REGEX_RE2] = "afnrtv",       [REGEX_GO] = "afnrtv",
        [REGEX_JAVA] = "aefnrt",  [REGEX_ECMASCRIPT] = "fnrtv", [REGEX_LUA] = "",
    };
    if (!strchr(known[dialect], letter))
        return false;
    for (size_t i = 0; bytes[i]; i += 2)
        if (bytes[i] == letter)
            *byte = bytes[i + 1];
    return true;
}

// \uhhhh
static bool unicode(struct parse *p, int *byte)
{
    enum { DIGITS = 4 };
    for (size_t i = 0; i < DIGITS; i++)
        if (digit(parse_peek(p, i), 16) < 0)
            return false;
    *byte = byte_of(p, digits(p, 16, DIGITS));
    return true;
}

// The letters that some dialects know, and what is a byte because it is nothing else.
static bool special_letter(struct parse *p, int letter, bool in_class, int *byte,
                           struct charset *set)
{
    enum { ANY = 64, ASCII = 0x7f };
    enum regex_dialect dialect = p->regex->dialect;
    bool pcre = dialect == REGEX_PCRE2, java = dialect == REGEX_JAVA;
    bool script = dialect == REGEX_ECMASCRIPT;
    bool re2 = dialect == REGEX_RE2;
    if (letter == 'x')
        return hexadecimal(p, byte);
    if (letter == 'c' && (pcre || java || script)) {
        bool alphabetic =
            charset_has(charset_fold(charset_range('a', 'z')), parse_peek(p, 0) & ASCII);
        if (script && (parse_peek(p, 0) < 0 || !alphabetic))
            return false; // the backslash itself
        *byte = control(parse_peek(p, 0)) & ASCII;
        p->at += parse_more(p);
        return true;
    }
    if (letter == 'o' && pcre && parse_eat(p, "{")) {
        octal(p, ANY, byte);
        return parse_eat(p, "}");
    }
    if (letter == 'b' && in_class && (pcre || script)) {
        *byte = '\b';
        return true;
    }
    if (letter == 'u' && (java || script) && unicode(p, byte))
        return true;
    if (letter == 'N' && pcre && !in_class && parse_peek(p, 0) != '{') {
        *set = charset_invert(charset_of("\n"));
        return true;
    }
    if (letter == 'C' && (pcre || re2) && !in_class) {
        *set = charset_range(0, UINT8_MAX);
        return true;
    }
    if ((letter == 'p' || letter == 'P') && pcre)
        return property(p, set);
    *byte = letter;
    if (script)
        return letter != 'k' && letter != 'c';
    return letter == '_' || !charset_has(parse_word(), letter);
}

bool parse_escape(struct parse *p, bool in_class, int *byte, struct charset *set)
{
    enum { ASCII_END = 0x80 };
    size_t start = p->at++;
    int letter = parse_peek(p, 0);
    bool known = false;
    p->at++;
    *byte = -1;
    if (letter > 0 && letter < ASCII_END) {
        if (control_letter(p->regex->dialect, letter, byte) || class_letter(p, letter, set))
            return true;
        if (letter >= '0' && letter <= '9') {
            p->at--;
            known = numeric(p, in_class, byte);
        } else {
            known = special_letter(p, letter, in_class, byte, set);
        }
    } else if (letter == 0 || (letter > 0 && p->regex->dialect == REGEX_PCRE2)) {
        *byte = letter;
        known = true;
    }
    if (!known)
        p->at = start;
    return known;
}
