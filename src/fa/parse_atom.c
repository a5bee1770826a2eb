#include "fa/parse.h"

#include <string.h>

struct tree *parse_refuse(struct parse *p, enum regex_status status, size_t at, const char *why)
{
    // What is invalid goes before what is merely not regular.
    if (p->verdict.status == REGEX_OK ||
        (p->verdict.status == REGEX_IRREGULAR && status == REGEX_INVALID))
        p->verdict = (struct tree_verdict){ status, why, (uint32_t)at };
    return tree_new(p->regex, TREE_EMPTY);
}

bool parse_eat(struct parse *p, const char *text)
{
    size_t length = strlen(text);
    if (p->at > p->text.len || p->text.len - p->at < length ||
        memcmp(p->text.ptr + p->at, text, length) != 0)
        return false;
    p->at += length;
    return true;
}

bool parse_number(struct parse *p, uint32_t *out)
{
    size_t begin = p->at;
    uint64_t value = 0;
    for (int c; c = parse_peek(p, 0), c >= '0' && c <= '9'; p->at++)
        value = value > UINT32_MAX / 10 ? UINT32_MAX : value * 10 + (uint64_t)(c - '0');
    *out = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    return p->at > begin;
}

struct tree *parse_place(struct parse *p, enum tree_place where)
{
    struct tree *tree = tree_new(p->regex, TREE_PLACE);
    tree->number = where;
    return tree;
}

struct tree *parse_caret(struct parse *p)
{
    bool go = p->regex->dialect == REGEX_RE2 || p->regex->dialect == REGEX_GO;
    if (!(p->flags & PARSE_MULTILINE))
        return parse_place(p, PLACE_START);
    if (p->regex->dialect == REGEX_JAVA)
        return parse_refuse(p, REGEX_IRREGULAR, p->at, "(?m)^ is not modelled here");
    return parse_place(p, go ? PLACE_BREAK_START : PLACE_LINE_START);
}

struct tree *parse_dollar(struct parse *p)
{
    if (p->flags & PARSE_MULTILINE) {
        if (p->regex->dialect == REGEX_JAVA || p->regex->dialect == REGEX_ECMASCRIPT)
            return parse_refuse(p, REGEX_IRREGULAR, p->at, "(?m)$ is not modelled here");
        return parse_place(p, PLACE_LINE_END);
    }
    if (p->regex->dialect == REGEX_JAVA)
        return parse_place(p, PLACE_LAST_BREAK);
    bool strict = p->regex->flags & REGEX_DOLLAR_STRICT || p->regex->dialect != REGEX_PCRE2;
    return parse_place(p, strict ? PLACE_END : PLACE_LAST_END);
}

struct tree *parse_literal(struct parse *p, int byte)
{
    struct charset set = charset_range(byte, byte);
    if (byte > 0x7f && p->regex->dialect != REGEX_PCRE2)
        parse_refuse(p, REGEX_IRREGULAR, p->at, "a character outside ASCII is not modelled");
    return tree_set(p->regex, p->flags & PARSE_CASELESS ? charset_fold(set) : set);
}

// \R: any line ending, \r\n before \r; PCRE2 does not try again.
static struct tree *line_ending(struct parse *p)
{
    struct tree *pair = tree_new(p->regex, TREE_SEQUENCE),
                *choice = tree_new(p->regex, TREE_CHOICE);
    struct arena *arena = fa_space_arena(p->regex->space);
    pair->items = ARENA_ARRAY(arena, struct tree *, 2);
    pair->items[0] = tree_set(p->regex, charset_of("\r"));
    pair->items[1] = tree_set(p->regex, charset_of("\n"));
    choice->items = ARENA_ARRAY(arena, struct tree *, 2);
    choice->items[0] = pair;
    choice->items[1] = tree_set(p->regex, charset_of("\n\v\f\r\x85"));
    pair->count = choice->count = 2;
    return p->regex->dialect == REGEX_PCRE2 ? tree_wrap(p->regex, TREE_ATOMIC, choice) : choice;
}

bool parse_bracketed(struct parse *p, char close, Str *out)
{
    size_t end = p->at;
    while (end < p->text.len && p->text.ptr[end] != close)
        end++;
    if (end == p->text.len)
        return false;
    *out = str_slice(p->text, p->at, end);
    p->at = end + 1;
    return true;
}

struct tree *parse_call(struct parse *p, Str target, size_t at)
{
    struct tree *tree = tree_new(p->regex, TREE_CALL);
    Str digits = target;
    bool back = str_eat(&digits, STR("-")), ahead = !back && str_eat(&digits, STR("+"));
    if (str_is(target, "R") || str_is(target, "0"))
        return parse_refuse(p, REGEX_IRREGULAR, at, "recursion is not regular");
    if (str_number(digits, UINT16_MAX, &tree->number)) {
        uint32_t count = p->regex->group_count;
        if (back)
            tree->number = tree->number <= count ? count + 1 - tree->number : UINT32_MAX;
        else if (ahead)
            tree->number += count;
        return tree;
    }
    tree->min = (uint32_t)(target.ptr - p->text.ptr);
    tree->max = (uint32_t)target.len;
    return tree;
}

struct tree *parse_escape_item(struct parse *p)
{
    size_t at = p->at;
    int letter = parse_peek(p, 1), byte;
    bool pcre = p->regex->dialect == REGEX_PCRE2, java = p->regex->dialect == REGEX_JAVA;
    bool script = p->regex->dialect == REGEX_ECMASCRIPT;
    struct charset set;
    Str target;
    p->at += 2;
    switch (letter) {
    case 'A':
        if (!script)
            return parse_place(p, PLACE_START);
        break;
    case 'G':
        if (pcre || java)
            return parse_place(p, PLACE_START);
        break;
    case 'z':
        if (!script)
            return parse_place(p, PLACE_END);
        break;
    case 'Z':
        if (pcre || java)
            return parse_place(p, pcre ? PLACE_LAST_END : PLACE_LAST_BREAK);
        break;
    case 'b':
        return parse_place(p, PLACE_WORD);
    case 'B':
        return parse_place(p, PLACE_NOT_WORD);
    case 'K':
        if (pcre) {
            p->regex->resets_start = true;
            return tree_new(p->regex, TREE_EMPTY);
        }
        break;
    case 'R':
        if (pcre || java)
            return line_ending(p);
        break;
    case 'X':
        return parse_refuse(p, REGEX_IRREGULAR, at, "\\X is not modelled");
    case 'g':
        if (pcre && (parse_eat(p, "<") || parse_eat(p, "'")) &&
            parse_bracketed(p, p->text.ptr[p->at - 1] == '<' ? '>' : '\'', &target))
            return parse_call(p, target, at);
        if (pcre) {
            if (!parse_eat(p, "{"))
                (void)(parse_eat(p, "-") || parse_eat(p, "+"));
            else
                parse_bracketed(p, '}', &target);
            parse_number(p, &(uint32_t){ 0 });
            return parse_refuse(p, REGEX_IRREGULAR, at, "a back-reference is not regular");
        }
        break;
    case 'k':
        if (pcre || java || script) {
            if (parse_eat(p, "<"))
                parse_bracketed(p, '>', &target);
            else if (parse_eat(p, "{"))
                parse_bracketed(p, '}', &target);
            else if (parse_eat(p, "'"))
                parse_bracketed(p, '\'', &target);
            return parse_refuse(p, REGEX_IRREGULAR, at, "a back-reference is not regular");
        }
        break;
    default:
        break;
    }
    p->at = at;
    if (parse_escape(p, false, &byte, &set))
        return byte >= 0 ? parse_literal(p, byte) : tree_set(p->regex, set);
    p->at = at + 2 < p->text.len ? at + 2 : p->text.len; // the backslash may be the last byte
    if (letter >= '1' && letter <= '9' && p->regex->dialect != REGEX_RE2 &&
        p->regex->dialect != REGEX_GO) {
        p->at = at + 1;
        parse_number(p, &(uint32_t){ 0 });
        return parse_refuse(p, REGEX_IRREGULAR, at, "a back-reference is not regular");
    }
    if ((letter == 'p' || letter == 'P') && !pcre)
        return parse_refuse(p, REGEX_IRREGULAR, at, "Unicode properties are not modelled");
    // In ECMAScript what is left means something in old scripts only.
    return parse_refuse(p, pcre || script ? REGEX_IRREGULAR : REGEX_INVALID, at,
                        "an escape without meaning");
}

void parse_skip(struct parse *p)
{
    bool quotes = p->regex->dialect != REGEX_ECMASCRIPT, pcre = p->regex->dialect == REGEX_PCRE2;
    for (;;) {
        int c = parse_peek(p, 0);
        if ((pcre || p->quoted) && c == '\\' && parse_peek(p, 1) == 'E') {
            p->quoted = false;
            p->at += 2;
        } else if (p->quoted) {
            return;
        } else if (quotes && c == '\\' && parse_peek(p, 1) == 'Q') {
            p->quoted = true;
            p->at += 2;
        } else if (pcre && c == '(' && parse_peek(p, 1) == '?' && parse_peek(p, 2) == '#') {
            while (parse_more(p) && parse_peek(p, 0) != ')')
                p->at++;
            p->at += parse_more(p);
        } else if (p->flags & PARSE_EXTENDED && c > 0 && strchr(" \t\n\v\f\r", c)) {
            p->at++;
        } else if (p->flags & PARSE_EXTENDED && c == '#') {
            while (parse_more(p) && parse_peek(p, 0) != '\n')
                p->at++;
            p->at += parse_more(p);
        } else {
            return;
        }
    }
}

bool parse_counts(struct parse *p, uint32_t *min, uint32_t *max)
{
    size_t at = p->at;
    if (parse_eat(p, "{") && parse_number(p, min)) {
        *max = *min;
        if (parse_eat(p, ",") && !parse_number(p, max))
            *max = FA_FOREVER;
        if (parse_eat(p, "}"))
            return true;
    }
    p->at = at;
    return false;
}

static bool quantifier(struct parse *p, uint32_t *min, uint32_t *max)
{
    *min = 0;
    *max = FA_FOREVER;
    if (p->quoted)
        return false;
    if (parse_eat(p, "*"))
        return true;
    if (parse_eat(p, "+")) {
        *min = 1;
        return true;
    }
    if (parse_eat(p, "?")) {
        *max = 1;
        return true;
    }
    return parse_counts(p, min, max);
}

struct tree *parse_quantified(struct parse *p, struct tree *item)
{
    uint32_t min, max;
    size_t at;
    bool go = p->regex->dialect == REGEX_GO || p->regex->dialect == REGEX_RE2;
    bool repeated = false, java = p->regex->dialect == REGEX_JAVA;
    while (parse_skip(p), at = p->at, quantifier(p, &min, &max)) {
        if (repeated && java && p->text.ptr[at] == '{') {
            (void)(parse_eat(p, "?") || parse_eat(p, "+"));
            return parse_refuse(p, REGEX_IRREGULAR, at, "a repetition of nothing");
        }
        if (max < min || (go && max != FA_FOREVER && max > 1000) || (go && min > 1000))
            return parse_refuse(p, REGEX_INVALID, at, "a repetition with impossible counts");
        if (repeated)
            return parse_refuse(p, REGEX_INVALID, at, "a repetition of a repetition");
        repeated = true;
        if ((item->kind == TREE_ATOMIC || item->kind == TREE_CHOICE) && at >= 2 &&
            p->text.ptr[at - 1] == 'R' && p->text.ptr[at - 2] == '\\')
            // PCRE2 takes "." for the opposite of \R, although it matches \r.
            parse_refuse(p, REGEX_IRREGULAR, at, "\\R repeated is not modelled");
        struct tree *repeat = tree_wrap(p->regex, TREE_REPEAT, item);
        bool possessive = p->regex->dialect == REGEX_PCRE2 || java;
        repeat->min = min;
        repeat->max = max;
        repeat->lazy = (p->flags & PARSE_UNGREEDY) != 0;
        item = repeat;
        if (java)
            parse_skip(p);
        if (parse_eat(p, "?"))
            repeat->lazy = !repeat->lazy;
        else if (possessive && parse_eat(p, "+")) {
            repeat->lazy = false;
            if (java) // there, no iteration is tried again either
                repeat->items[0] = tree_wrap(p->regex, TREE_ATOMIC, repeat->items[0]);
            item = tree_wrap(p->regex, TREE_ATOMIC, repeat);
        }
        if (p->regex->dialect == REGEX_PCRE2)
            break; // a second one has been refused already
    }
    return item;
}
