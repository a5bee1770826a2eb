#include "prop/patterns.h"

#include "base/buf.h"

#include <string.h>

enum { WORD_MAX = 80 };

struct list {
    const char *const *items;
    uint32_t count;
};
#define LIST(...)                                                                                  \
    {                                                                                              \
        (const char *const[]){ __VA_ARGS__ },                                                      \
            sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)                          \
    }

// What expressions are made of. `fussy` groups are those with which most expressions are refused.
struct vocabulary {
    struct list atoms, rare, members, quantifiers, opening, fussy;
};

static const struct vocabulary pcre = {
    .atoms = LIST("a", "a", "b", "b", "c", "ab", "A", ".", ".", "\\.", "^", "$", "\\b", "\\B",
                  "\\A", "\\z", "\\Z", "\\n", "\\w", "\\W", "\\s", "\\d", "-", "\\h", "\\N", "\\v",
                  "\\G", "\\x61", "\n", " ", "b", "a", "c", "a", "bc", ".."),
    .rare = LIST("\\K", "\\Q.a\\E", "\\141", "(?#x)", "(?1)", "(?&n)", "\\1", "\\H", "(?R)", "\\C",
                 "(?i)", "\\E", "\\pL", "\\R", "\\012", "(*F)", "\\e", "{", "{,2}", "\\V", "()",
                 "a(?1)", "(?-1)", "(?+1)", "\\g<1>", "(?xx)", "(?m)", "(?s)", "(?n)", "(?-i)",
                 "(?^)", "[[:<:]]", "[[:>:]]", "\\o{141}", "\\cA", "\\Q", "(?x) a #b\n"),
    .members = LIST("a", "b", "c", "A", "a-c", "b-z", ".", "-", "\\d", "\\w", "\\s", "\\W",
                    "[:alpha:]", "[:^digit:]", "[:upper:]", "\\n", "\\x62", "^", "\\]", "\\Qa-\\E",
                    "\\x{41}-\\x43", "]", "[:punct:]", "\\h", "[", "\\b", "[:word:]"),
    .quantifiers = LIST("*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,2}", "{0,2}?",
                        "{1,}", "{2,3}+", "{0}"),
    .opening = LIST("(", "(", "(", "(?:", "(?:", "(?>", "(?=", "(?!", "(?=", "(?|",
                    "(?i:", "(?s:", "(?-i:", "(?x:", "(?m:", "(?^:", "(?U:", "(?(?=a)", "(?i)(",
                    "(?:(?s)", "(*atomic:", "(?(?!b)", "(?n:("),
    .fussy = LIST("(?<=", "(?<!", "(?<n>", "(?'k'", "(?(1)", "(?(?<!b)", "()(?(1)", "(?(DEFINE)(",
                  "(?P<n>", "(*plb:", "(a)?(?(1)", "(?(<n>)"),
};

static const struct vocabulary re2 = {
    .atoms = LIST("a", "a", "b", "b", "c", "ab", "A", ".", ".", "\\.", "^", "$", "\\b", "\\B",
                  "\\A", "\\z", "\\n", "\\w", "\\W", "\\s", "\\d", "-", "\\x61", "\n", " ", "b",
                  "a", "c", "a", "bc", "..", "\\S", "\\D", "\\t"),
    .rare = LIST("\\Q.a\\E", "\\141", "(?i)", "\\x{62}", "\\012", "{", "{,2}", "()", "(?s)", "(?m)",
                 "(?U)", "(?-i)", "\\a", "\\f", "\\v", "]", "}", "\\-", "\\/", "\\_", "\\Z", "\\1",
                 "\\e", "\\h", "\\Qa", "\\E", "\\8"),
    .members = LIST("a", "b", "c", "A", "a-c", "b-z", ".", "-", "\\d", "\\w", "\\s", "\\W",
                    "[:alpha:]", "[:^digit:]", "[:upper:]", "\\n", "\\x62", "^", "\\]",
                    "\\x{41}-\\x43", "]", "[:punct:]", "[", "[:word:]", "\\.", "\\-"),
    .quantifiers = LIST("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}", "{0}",
                        "**", "++", "{2}{3}", "{2,1}"),
    .opening = LIST("(", "(", "(", "(?:", "(?:", "(?i:", "(?s:", "(?-i:", "(?m:", "(?U:", "(?i)(",
                    "(?:(?s)", "(?is-m:"),
    // (?<n> is known to later versions only
    .fussy = LIST("(?P<n>", "(?=", "(?>", "(?x:", "(?P<1a>", "(?P<>"),
};

static const struct vocabulary java = {
    .atoms = LIST("a", "a", "b", "b", "c", "ab", "A", ".", ".", "\\.", "^", "$", "\\b", "\\B",
                  "\\A", "\\z", "\\Z", "\\n", "\\w", "\\W", "\\s", "\\d", "-", "\\h", "\\v",
                  "\\x61", "\n", " ", "b", "a", "c", "a", "bc", "..", "\\r", "\r"),
    .rare = LIST("\\Q.a\\E", "\\0141", "(?i)", "\\x{62}", "{", "()", "(?s)", "(?m)", "(?x)",
                 "(?-i)", "\\a", "\\f", "\\R", "\\H", "\\V", "\\u0061", "\\e", "\\cA", "\\Qa",
                 "\\-", "]", "}", "\\1", "\\G", "(?x) a #b\n"),
    .members = LIST("a", "b", "c", "A", "a-c", "b-z", ".", "-", "\\d", "\\w", "\\s", "\\W", "\\n",
                    "\\x62", "^", "\\]", "\\x{41}-\\x43", "\\.", "\\-", "\\h", "\\Qa-\\E", "&"),
    .quantifiers = LIST("*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,2}", "{0,2}?",
                        "{1,}", "{2,3}+", "{0}"),
    .opening = LIST("(", "(", "(", "(?:", "(?:", "(?>", "(?=", "(?!",
                    "(?=", "(?i:", "(?s:", "(?-i:", "(?x:", "(?m:", "(?i)(", "(?:(?s)"),
    .fussy = LIST("(?<=", "(?<!", "(?<n>", "(?|", "(?P<n>"),
};

static const struct vocabulary ecmascript = {
    .atoms = LIST("a", "a", "b", "b", "c", "ab", "A", ".", ".", "\\.", "^", "$", "\\b", "\\B",
                  "\\n", "\\w", "\\W", "\\s", "\\d", "-", "\\x61", "\n", " ", "b", "a", "c", "a",
                  "bc", "..", "\\r", "\r", "\\/", "\\-"),
    .rare = LIST("\\u0061", "{", "{,2}", "()", "]", "}", "\\A", "\\z", "\\Q", "\\e", "\\a", "\\h",
                 "\\1", "\\12", "\\0", "\\cA", "\\x6", "\\_", "\\f", "\\v", "[]", "[^]", "\\_"),
    .members = LIST("a", "b", "c", "A", "a-c", "b-z", ".", "-", "\\d", "\\w", "\\s", "\\W", "\\n",
                    "\\x62", "^", "\\]", "\\.", "\\-", "[", "\\b", "\\w-", "&"),
    .quantifiers = LIST("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}", "{0}",
                        "{2,1}", "**", "++"),
    .opening = LIST("(", "(", "(", "(?:", "(?:", "(?=", "(?!", "(?="),
    .fussy = LIST("(?<=", "(?<!", "(?<n>", "(?i:", "(?>", "(?i)"),
};

static const struct vocabulary lua = {
    .atoms = LIST("a", "a", "b", "b", "c", "A", ".", ".", "%.", "$", "%w", "%W", "%s", "%d", "-",
                  "%a", "%l", "%u", "%p", "%x", "b", "a", "c", "%S", "%-", "(a)", "^", "%c", "/"),
    .rare = LIST("%f[%w]", "%f[^a]", "(", ")", "()", "%1", "%b()", "%", "[", "]", "%f", "%z", "%%",
                 "{2}", "|", "?", "(a(b)c)"),
    .members = LIST("a", "b", "c", "A", "a-c", "b-z", ".", "-", "%d", "%w", "%s", "%W", "^", "%]",
                    "%a-", "]", "%-", "[", "%.", "c-%a"),
    .quantifiers = LIST("*", "+", "?", "-", "*", "-"),
    .opening = LIST("("),
    .fussy = LIST("("),
};

static const struct vocabulary *vocabulary_of(enum regex_dialect dialect)
{
    switch (dialect) {
    case REGEX_PCRE2:
        return &pcre;
    case REGEX_RE2:
    case REGEX_GO:
        return &re2;
    case REGEX_JAVA:
        return &java;
    case REGEX_ECMASCRIPT:
        return &ecmascript;
    case REGEX_LUA:
        return &lua;
    }
    return NULL;
}

struct writer {
    struct prop_random *random;
    const struct vocabulary *words;
    bool choices; // the dialect has alternatives, and groups that can be repeated
    struct buf text;
};

static void put(struct writer *w, const char *piece)
{
    if (w->text.len + strlen(piece) < PATTERN_MAX)
        buf_add_text(&w->text, piece);
}

static void put_one(struct writer *w, struct list list)
{
    put(w, list.items[prop_below(w->random, list.count)]);
}

static void put_item(struct writer *w, uint32_t size);

static void put_choice(struct writer *w, uint32_t size)
{
    uint32_t branches = !w->choices || prop_below(w->random, 4) ? 1 : 2 + prop_below(w->random, 2);
    for (uint32_t b = 0; b < branches; b++) {
        if (b)
            put(w, "|");
        uint32_t items = prop_below(w->random, size < 6 ? size + 1 : 6);
        for (uint32_t i = 0; i < items; i++)
            put_item(w, size / items);
    }
}

static void put_group(struct writer *w, uint32_t size)
{
    bool fussy = prop_below(w->random, 12) == 0;
    put_one(w, fussy ? w->words->fussy : w->words->opening);
    put_choice(w, fussy && prop_below(w->random, 2) ? 1 : size - 1);
    put(w, ")");
}

static void put_class(struct writer *w)
{
    put(w, prop_below(w->random, 3) ? "[" : "[^");
    for (uint32_t n = 1 + prop_below(w->random, 3); n > 0; n--)
        put_one(w, w->words->members);
    put(w, "]");
}

static void put_item(struct writer *w, uint32_t size)
{
    uint32_t kind = prop_below(w->random, size > 1 ? 10 : 6);
    if (kind < 5)
        put_one(w, prop_below(w->random, 25) ? w->words->atoms : w->words->rare);
    else if (kind < 6)
        put_class(w);
    else
        put_group(w, size);
    if (prop_below(w->random, 3) == 0 && (w->choices || kind < 6))
        put_one(w, w->words->quantifiers);
}

Str pattern_random(struct prop_random *random, struct arena *arena, enum regex_dialect dialect,
                   uint32_t size)
{
    struct writer w = { .random = random, .words = vocabulary_of(dialect) };
    w.choices = dialect != REGEX_LUA;
    w.text.arena = arena;
    if (!w.choices && prop_below(random, 2))
        put(&w, "^");
    put_choice(&w, size);
    return buf_str(&w.text);
}

Str word_random(struct prop_random *random, struct arena *arena)
{
    static const char alphabet[] = "aaabbbccABC.-\n\r x0_";
    size_t len = prop_below(random, 9);
    char *word = ARENA_ARRAY(arena, char, len + 1);
    for (size_t i = 0; i < len; i++)
        word[i] = alphabet[prop_below(random, sizeof alphabet - 1)];
    return (Str){ word, len };
}

Str word_guided(struct prop_random *random, struct arena *arena, struct fa_space *space,
                const struct fa *language)
{
    struct buf buf = { .arena = arena };
    const struct fa *rest = language;
    while (buf.len < WORD_MAX && !fa_is_none(rest)) {
        if (fa_accepts(rest, STR("")) && prop_below(random, 3) == 0)
            break;
        uint8_t taste[UINT8_MAX + 1];
        for (int i = 0; i <= UINT8_MAX; i++)
            taste[i] = (uint8_t)prop_next(random);
        Str word;
        if (prop_below(random, 4)) {
            if (!fa_shortest(arena, rest, taste, &word) || word.len == 0)
                break;
            word = str_slice(word, 0, 1 + prop_below(random, (uint32_t)word.len));
        } else {
            word = word_random(random, arena);
            word.len = word.len > 1;
        }
        const struct fa *next = fa_after(space, rest, word);
        if (fa_is_none(next) && prop_below(random, 8))
            continue;
        buf_add(&buf, word);
        rest = next;
    }
    return buf_str(&buf);
}

Str word_changed(struct prop_random *random, struct arena *arena, Str word)
{
    static const char bytes[] = "abcA.-/:xe0\n";
    char *copy = ARENA_ARRAY(arena, char, word.len + 2);
    if (word.len)
        memcpy(copy, word.ptr, word.len);
    size_t at = prop_below(random, (uint32_t)word.len + 1);
    char byte = bytes[prop_below(random, sizeof bytes - 1)];
    switch (prop_below(random, 3)) {
    case 0: // another byte
        if (at < word.len)
            copy[at] = byte;
        return (Str){ copy, word.len };
    case 1: // one more
        memmove(copy + at + 1, copy + at, word.len - at);
        copy[at] = byte;
        return (Str){ copy, word.len + 1 };
    default: // one less
        if (at == word.len)
            return (Str){ copy, word.len };
        memmove(copy + at, copy + at + 1, word.len - at - 1);
        return (Str){ copy, word.len - 1 };
    }
}

Str word_next(struct prop_random *random, struct arena *arena, struct fa_space *space,
              const struct fa *language, uint32_t turn)
{
    if (turn % 3 == 0)
        return word_random(random, arena);
    Str word = word_guided(random, arena, space, language);
    return turn % 3 == 2 ? word_changed(random, arena, word) : word;
}
