#include "fa/parse.h"

#include <string.h>

// Lua patterns: single bytes with at most one of * + - ? behind them, no alternatives. A match is
// the first in order, as with Perl, so - is the lazy *.

static bool lua_letter(int letter, struct charset *set)
{
    static const struct {
        char letter;
        const char *name;
    } classes[] = {
        { 'a', "alpha" }, { 'c', "cntrl" }, { 'd', "digit" }, { 'g', "graph" }, { 'l', "lower" },
        { 'p', "punct" }, { 's', "space" }, { 'u', "upper" }, { 'w', "alnum" }, { 'x', "xdigit" },
    };
    if ((letter | 0x20) == 'z') { // NUL, gone in later versions
        *set = charset_range(letter == 'z' ? 0 : 1, letter == 'z' ? 0 : UINT8_MAX);
        return true;
    }
    for (uint32_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        const char *name = classes[i].name;
        if (classes[i].letter != (letter | 0x20))
            continue;
        charset_posix(name, (uint32_t)strlen(name), set);
        if (letter < 'a')
            *set = charset_invert(*set);
        return true;
    }
    return false;
}

// Behind a percent sign.
static struct charset lua_escape(struct parse *p)
{
    int letter = parse_peek(p, 0);
    struct charset set = { { 0 } };
    if (letter >= 0)
        charset_add(&set, letter);
    if (letter < 0)
        parse_refuse(p, REGEX_INVALID, p->at, "a pattern that ends in %");
    lua_letter(letter, &set);
    p->at += letter >= 0;
    return set;
}

// Where the class ends whose members begin at p->at: Lua looks for that first, and for ranges
// later.
static size_t lua_class_end(const struct parse *p)
{
    size_t ahead = 0;
    do {
        int c = parse_peek(p, ahead++);
        if (c == '%')
            ahead++;
        if (c < 0 || p->at + ahead > p->text.len)
            return SIZE_MAX;
    } while (parse_peek(p, ahead) != ']');
    return p->at + ahead;
}

// Behind [
static struct charset lua_class(struct parse *p)
{
    struct charset all = { { 0 } };
    size_t begin = p->at - 1;
    bool negative = parse_eat(p, "^");
    size_t end = lua_class_end(p);
    if (end == SIZE_MAX) {
        parse_refuse(p, REGEX_INVALID, begin, "a class without an end");
        p->at = p->text.len;
        return all;
    }
    while (p->at < end) {
        int c = parse_peek(p, 0);
        p->at++;
        if (c == '%') {
            all = charset_union(all, lua_escape(p));
        } else if (p->at + 1 < end && parse_peek(p, 0) == '-') {
            all = charset_union(all, charset_range(c, parse_peek(p, 1)));
            p->at += 2;
        } else {
            charset_add(&all, c);
        }
    }
    p->at = end + 1;
    return negative ? charset_invert(all) : all;
}

// %f[set]: the byte before is not in the set, the one behind is; beyond the ends there is a NUL.
static struct tree *frontier(struct parse *p)
{
    struct arena *arena = fa_space_arena(p->regex->space);
    if (!parse_eat(p, "["))
        return parse_refuse(p, REGEX_INVALID, p->at, "%f without a class");
    struct charset set = lua_class(p);
    struct tree *tree = tree_new(p->regex, TREE_SEQUENCE);
    tree->items = ARENA_ARRAY(arena, struct tree *, 2);
    tree->count = 2;
    for (int side = 0; side < 2; side++) {
        struct tree *look = tree_wrap(p->regex, TREE_LOOK, tree_set(p->regex, set));
        look->behind = look->negative = side == 0;
        tree->items[side] = look;
    }
    if (charset_has(set, 0))
        return parse_refuse(p, REGEX_IRREGULAR, p->at, "%f with a class that holds NUL");
    return tree;
}

static struct tree *single(struct parse *p, struct charset set)
{
    struct tree *item = tree_set(p->regex, set), *repeat = tree_wrap(p->regex, TREE_REPEAT, item);
    repeat->max = FA_FOREVER;
    if (parse_eat(p, "*"))
        return repeat;
    if (parse_eat(p, "+")) {
        repeat->min = 1;
        return repeat;
    }
    if (parse_eat(p, "-")) {
        repeat->lazy = true;
        return repeat;
    }
    if (parse_eat(p, "?")) {
        repeat->max = 1;
        return repeat;
    }
    return item;
}

static struct tree *lua_sequence(struct parse *p);

static struct tree *lua_item(struct parse *p)
{
    size_t at = p->at;
    int c = parse_peek(p, 0);
    p->at++;
    if (c == '(') {
        struct arena *arena = fa_space_arena(p->regex->space);
        struct tree *tree = tree_wrap(p->regex, TREE_CAPTURE, NULL);
        tree->number = ++p->regex->group_count;
        while (p->regex->groups.count <= tree->number)
            (void)vec_push(arena, &p->regex->groups);
        p->regex->groups.items[tree->number].tree = tree;
        if (parse_peek(p, 0) == ')') // the position, a number
            parse_refuse(p, REGEX_IRREGULAR, at, "a capture of a position is not modelled");
        if (++p->depth > p->regex->limit_nesting)
            return parse_refuse(p, REGEX_TOO_LARGE, at, "groups nest too deeply");
        tree->items[0] = lua_sequence(p);
        p->depth--;
        if (!parse_eat(p, ")"))
            parse_refuse(p, REGEX_INVALID, at, "a group without an end");
        return tree;
    }
    if (c == '$' && !parse_more(p))
        return parse_place(p, PLACE_END);
    if (c == '%' && parse_eat(p, "f"))
        return frontier(p);
    if (c == '%' && parse_eat(p, "b")) {
        p->at += p->text.len - p->at < 2 ? p->text.len - p->at : 2;
        return parse_refuse(p, REGEX_IRREGULAR, at, "%b is not regular");
    }
    if (c == '%' && parse_peek(p, 0) >= '0' && parse_peek(p, 0) <= '9') {
        uint32_t number = (uint32_t)(parse_peek(p, 0) - '0');
        p->at++;
        bool known = number > 0 && number <= p->regex->group_count;
        return parse_refuse(p, known ? REGEX_IRREGULAR : REGEX_INVALID, at,
                            known ? "a back-reference is not regular" : "no such capture");
    }
    struct charset set = charset_range(c, c);
    if (c == '%')
        set = lua_escape(p);
    else if (c == '[')
        set = lua_class(p);
    else if (c == '.')
        set = charset_range(0, UINT8_MAX);
    return single(p, set);
}

static struct tree *lua_sequence(struct parse *p)
{
    struct arena *arena = fa_space_arena(p->regex->space);
    struct {
        VEC(struct tree *) list;
    } items = { 0 };
    while (parse_more(p) && parse_peek(p, 0) != ')')
        *vec_push(arena, &items.list) = lua_item(p);
    struct tree *tree = tree_new(p->regex, TREE_SEQUENCE);
    tree->items = items.list.items;
    tree->count = items.list.count;
    return tree;
}

struct tree_verdict tree_parse_lua(struct regex *regex, Str pattern)
{
    struct parse p = { .regex = regex, .text = pattern };
    (void)vec_push(fa_space_arena(regex->space), &regex->groups);
    if (parse_eat(&p, "^"))
        regex->flags |= REGEX_ANCHORED;
    struct tree *tree = lua_sequence(&p);
    if (parse_more(&p))
        parse_refuse(&p, REGEX_INVALID, p.at, "a closing bracket without an opening one");
    regex->tree = tree;
    return p.verdict;
}
