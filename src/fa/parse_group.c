#include "fa/parse.h"

#include <string.h>

static struct tree *capture(struct parse *p, Str name)
{
    uint32_t number = ++p->regex->group_count;
    struct arena *arena = fa_space_arena(p->regex->space);
    while (p->regex->groups.count <= number)
        (void)vec_push(arena, &p->regex->groups);
    struct tree_group *group = &p->regex->groups.items[number];
    struct tree *tree = tree_wrap(p->regex, TREE_CAPTURE, NULL);
    tree->number = number;
    if (!group->tree)
        group->tree = tree;
    if (group->name.len == 0)
        group->name = str_copy(arena, name);
    group->looked = group->looked || p->looks > 0;
    tree->items[0] = parse_choice(p, NUMBERS_ON);
    return tree;
}

// Repetitions without end, or of more than a byte.
static bool has_long_repeats(const struct tree *tree)
{
    if (tree->kind == TREE_REPEAT && (tree->max == FA_FOREVER || tree->items[0]->kind != TREE_SET))
        return true;
    for (uint32_t i = 0; i < tree->count; i++)
        if (has_long_repeats(tree->items[i]))
            return true;
    return false;
}

static struct tree *look(struct parse *p, bool behind, bool negative)
{
    size_t at = p->at;
    p->looks++;
    struct tree *tree = tree_wrap(p->regex, TREE_LOOK, parse_choice(p, NUMBERS_ON));
    p->looks--;
    if (behind && p->regex->dialect == REGEX_JAVA && has_long_repeats(tree))
        // Refused, but not always.
        parse_refuse(p, REGEX_IRREGULAR, at, "a lookbehind without an obvious longest match");
    tree->behind = behind;
    tree->negative = negative;
    return tree;
}

static bool is_name(Str name)
{
    struct charset word = parse_word();
    for (size_t i = 0; i < name.len; i++)
        if (!charset_has(word, (unsigned char)name.ptr[i]))
            return false;
    return name.len > 0;
}

static struct tree *unknown(struct parse *p, size_t at, const char *why)
{
    bool pcre = p->regex->dialect == REGEX_PCRE2;
    parse_refuse(p, pcre ? REGEX_IRREGULAR : REGEX_INVALID, at, why);
    return parse_choice(p, NUMBERS_ON); // go on, for the groups in it
}

static bool group_exists(const struct parse *p, Str name)
{
    for (uint32_t i = 1; i < p->regex->groups.count; i++)
        if (str_equal(p->regex->groups.items[i].name, name))
            return true;
    return false;
}

// Behind (?( : what decides. NULL when it is a lookaround, which is then parsed by the caller.
static struct tree *condition(struct parse *p, size_t at)
{
    struct tree *tree = tree_new(p->regex, TREE_CONDITION);
    Str target;
    p->at++;
    bool named = parse_eat(p, "<") || parse_eat(p, "'");
    if (!parse_bracketed(p, ')', &target)) {
        parse_refuse(p, REGEX_INVALID, at, "a condition without an end");
        return tree;
    }
    if (named && target.len)
        target.len--;
    Str digits = target;
    bool back = str_eat(&digits, STR("-")), ahead = !back && str_eat(&digits, STR("+"));
    uint32_t count = p->regex->group_count;
    if (str_number(digits, UINT16_MAX, &tree->number)) {
        if (back)
            tree->number = tree->number <= count ? count + 1 - tree->number : UINT32_MAX;
        else if (ahead)
            tree->number += count;
    } else if (str_is(target, "DEFINE") && !named) {
        tree->number = 0; // never
    } else if (!named && !group_exists(p, target) &&
               (str_starts(target, STR("R")) || str_starts(target, STR("VERSION")))) {
        parse_refuse(p, REGEX_IRREGULAR, at, "this condition is not modelled");
    } else {
        tree->min = (uint32_t)(target.ptr - p->text.ptr);
        tree->max = (uint32_t)target.len;
        tree->number = UINT32_MAX;
    }
    return tree;
}

// (?(…)yes|no)
static struct tree *conditional(struct parse *p, size_t at)
{
    struct arena *arena = fa_space_arena(p->regex->space);
    struct tree *test = NULL;
    if (parse_peek(p, 1) == '?' || parse_peek(p, 1) == '*') {
        test = parse_group(p);
        if (!test || test->kind != TREE_LOOK) {
            test = tree_wrap(p->regex, TREE_LOOK, tree_new(p->regex, TREE_EMPTY));
            parse_refuse(p, REGEX_IRREGULAR, at, "this condition is not modelled");
        }
    }
    struct tree *decided = test ? NULL : condition(p, at);
    struct tree *branches = parse_branches(p, NUMBERS_ON);
    struct tree *yes = branches->items[0], *no = tree_new(p->regex, TREE_EMPTY);
    if (branches->count > 1)
        no = branches->items[1];
    if (branches->count > 2)
        parse_refuse(p, REGEX_INVALID, at, "a condition with more than two branches");
    if (decided) {
        decided->items = ARENA_ARRAY(arena, struct tree *, 2);
        decided->items[0] = yes;
        decided->items[1] = no;
        decided->count = 2;
        return decided;
    }
    // The test and its opposite exclude each other.
    struct tree *parts[2][2] = { { test, yes }, { tree_new(p->regex, TREE_LOOK), no } };
    *parts[1][0] = *test;
    parts[1][0]->negative = !test->negative;
    struct tree *choice = tree_new(p->regex, TREE_CHOICE);
    choice->items = ARENA_ARRAY(arena, struct tree *, 2);
    choice->count = 2;
    for (int i = 0; i < 2; i++) {
        struct tree *sequence = tree_new(p->regex, TREE_SEQUENCE);
        sequence->items = ARENA_ARRAY(arena, struct tree *, 2);
        sequence->items[0] = parts[i][0];
        sequence->items[1] = parts[i][1];
        sequence->count = 2;
        choice->items[i] = sequence;
    }
    return choice;
}

// (?i), (?i-m:…), (?^). True when a group follows, false when it ends here.
static bool options(struct parse *p, size_t at)
{
    unsigned known[UINT8_MAX + 1] = {
        ['i'] = PARSE_CASELESS, ['m'] = PARSE_MULTILINE, ['s'] = PARSE_DOTALL
    };
    if (p->regex->dialect == REGEX_PCRE2 || p->regex->dialect == REGEX_JAVA)
        known['x'] = PARSE_EXTENDED;
    if (p->regex->dialect == REGEX_PCRE2) {
        known['n'] = PARSE_NO_CAPTURE;
        known['J'] = PARSE_SWAPPED;
    }
    if (p->regex->dialect != REGEX_JAVA)
        known['U'] = PARSE_UNGREEDY;
    unsigned on = 0, off = 0;
    bool minus = false;
    if (p->regex->dialect == REGEX_PCRE2 && parse_eat(p, "^"))
        off = PARSE_CASELESS | PARSE_MULTILINE | PARSE_DOTALL | PARSE_EXTENDED |
              PARSE_EXTENDED_MORE | PARSE_NO_CAPTURE;
    for (int c; (c = parse_peek(p, 0)) >= 0; p->at++) {
        if (c == ')' || c == ':')
            break;
        if (c == '-' && !minus) {
            minus = true;
            continue;
        }
        if (!known[c] || p->regex->dialect == REGEX_ECMASCRIPT) {
            bool java = p->regex->dialect == REGEX_JAVA && strchr("udU", c);
            parse_refuse(p,
                         java || p->regex->dialect == REGEX_PCRE2 ? REGEX_IRREGULAR : REGEX_INVALID,
                         at, "a group of a kind that is not modelled");
            continue;
        }
        unsigned flag = known[c];
        if (c == 'x') {
            // x turns xx off, xx turns both on, -x turns both off
            bool twice = parse_peek(p, 1) == 'x' && p->regex->dialect == REGEX_PCRE2;
            p->at += twice;
            flag |= twice || minus ? PARSE_EXTENDED_MORE : 0;
            if (!minus && !twice)
                off |= PARSE_EXTENDED_MORE;
        }
        if (minus)
            off |= flag;
        else
            on |= flag;
    }
    bool group = parse_eat(p, ":");
    if (!group)
        parse_eat(p, ")");
    p->flags = (p->flags & ~off) | (minus ? on & ~off : on);
    return group;
}

// Behind (* : a name. Only those that stand for something with a sign of its own are known.
static struct tree *verb(struct parse *p, size_t at)
{
    static const struct {
        const char *name, *alias;
        bool behind, negative, atomic;
    } groups[] = {
        { "pla:", "positive_lookahead:", false, false, false },
        { "nla:", "negative_lookahead:", false, true, false },
        { "plb:", "positive_lookbehind:", true, false, false },
        { "nlb:", "negative_lookbehind:", true, true, false },
        { "atomic:", "atomic:", false, false, true },
    };
    for (uint32_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (parse_eat(p, groups[i].name) || parse_eat(p, groups[i].alias)) {
            if (groups[i].atomic)
                return tree_wrap(p->regex, TREE_ATOMIC, parse_choice(p, NUMBERS_ON));
            return look(p, groups[i].behind, groups[i].negative);
        }
    if (parse_eat(p, "FAIL") || (parse_peek(p, 1) == ')' && parse_eat(p, "F")))
        return tree_new(p->regex, TREE_FAIL);
    parse_refuse(p, REGEX_IRREGULAR, at, "a verb, which is not modelled");
    while (parse_more(p) && parse_peek(p, 0) != ')')
        p->at++;
    return tree_new(p->regex, TREE_EMPTY);
}

// Behind (? with the kinds that every dialect but some has.
static struct tree *special(struct parse *p, size_t at, bool *open)
{
    bool pcre = p->regex->dialect == REGEX_PCRE2, java = p->regex->dialect == REGEX_JAVA;
    bool go = p->regex->dialect == REGEX_GO || p->regex->dialect == REGEX_RE2;
    unsigned flags = p->flags;
    Str name;
    if (parse_eat(p, ":"))
        return parse_choice(p, NUMBERS_ON);
    if (!go && parse_eat(p, "="))
        return look(p, false, false);
    if (!go && parse_eat(p, "!"))
        return look(p, false, true);
    if (!go && parse_eat(p, "<="))
        return look(p, true, false);
    if (!go && parse_eat(p, "<!"))
        return look(p, true, true);
    if ((pcre || java) && parse_eat(p, ">"))
        return tree_wrap(p->regex, TREE_ATOMIC, parse_choice(p, NUMBERS_ON));
    bool sign = parse_eat(p, "<") || ((pcre || go) && parse_eat(p, "P<"));
    if (sign || (pcre && parse_eat(p, "'"))) {
        if (!parse_bracketed(p, sign ? '>' : '\'', &name) || !is_name(name))
            return unknown(p, at, "a group without a proper name");
        if (!pcre && !go && group_exists(p, name))
            parse_refuse(p, REGEX_INVALID, at, "two groups with one name");
        return capture(p, name);
    }
    if (pcre && parse_eat(p, "|"))
        return parse_choice(p, NUMBERS_RESET);
    if (pcre && (parse_eat(p, "P=") || parse_eat(p, "C"))) {
        bool callout = p->text.ptr[p->at - 1] == 'C';
        parse_bracketed(p, ')', &name);
        p->at--;
        return parse_refuse(p, REGEX_IRREGULAR, at,
                            callout ? "a callout is not modelled"
                                    : "a back-reference is not regular");
    }
    int c = parse_peek(p, 0), after = parse_peek(p, 1);
    bool digit = c >= '0' && c <= '9', signed_digit = after >= '0' && after <= '9';
    if (pcre && (digit || ((c == '+' || c == '-') && signed_digit) || (c == 'R' && after == ')') ||
                 parse_eat(p, "&") || parse_eat(p, "P>"))) {
        if (!parse_bracketed(p, ')', &name))
            return unknown(p, at, "a call without an end");
        p->at--;
        return parse_call(p, name, at);
    }
    if (pcre && c == '(')
        return conditional(p, at);
    if (options(p, at)) {
        struct tree *tree = parse_choice(p, NUMBERS_ON);
        p->flags = flags;
        return tree;
    }
    *open = false;
    return NULL;
}

struct tree *parse_group(struct parse *p)
{
    size_t at = p->at++;
    bool open = true;
    unsigned flags = p->flags;
    struct tree *tree;
    if (++p->depth > p->regex->limit_nesting) {
        parse_refuse(p, REGEX_TOO_LARGE, at, "groups nest too deeply");
        p->at = p->text.len;
        tree = tree_new(p->regex, TREE_EMPTY);
    } else if (p->regex->dialect == REGEX_PCRE2 && parse_peek(p, 0) == '*' &&
               parse_peek(p, 1) != ')') {
        p->at++;
        tree = verb(p, at);
    } else if (parse_eat(p, "?")) {
        tree = special(p, at, &open);
    } else if (p->flags & PARSE_NO_CAPTURE) {
        tree = parse_choice(p, NUMBERS_ON);
    } else {
        tree = capture(p, (Str){ 0 });
    }
    p->depth--;
    if (!open)
        return NULL;
    p->flags = flags;
    if (!parse_eat(p, ")"))
        parse_refuse(p, REGEX_INVALID, at, "a group without an end");
    return tree;
}
