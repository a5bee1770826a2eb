#include "fa/parse.h"

// [[:<:]] and [[:>:]], the begin and the end of a word: \b and a lookaround, to which alone a
// repetition behind them applies.
static struct tree *word_edge(struct parse *p, bool end)
{
    struct tree *tree = tree_new(p->regex, TREE_SEQUENCE);
    tree->items = ARENA_ARRAY(fa_space_arena(p->regex->space), struct tree *, 2);
    tree->items[0] = parse_place(p, PLACE_WORD);
    struct tree *look = tree_wrap(p->regex, TREE_LOOK, tree_set(p->regex, parse_word()));
    look->behind = end;
    tree->items[1] = parse_quantified(p, look);
    tree->count = 2;
    return tree;
}

static struct tree *parse_item(struct parse *p)
{
    int c = parse_peek(p, 0);
    if (!p->quoted) {
        switch (c) {
        case '(':
            return parse_group(p);
        case '[':
            if (p->regex->dialect == REGEX_PCRE2 &&
                (parse_eat(p, "[[:<:]]") || parse_eat(p, "[[:>:]]")))
                return word_edge(p, p->text.ptr[p->at - 4] == '>');
            p->at++;
            return parse_class(p);
        case '\\':
            return parse_escape_item(p);
        case '.':
            p->at++;
            return tree_set(p->regex, parse_dot(p));
        case '^':
            p->at++;
            return parse_place(p, p->flags & PARSE_MULTILINE ? PLACE_LINE_START : PLACE_START);
        case '$':
            p->at++;
            return parse_dollar(p);
        case '*':
        case '+':
        case '?':
            parse_refuse(p, REGEX_INVALID, p->at, "a repetition of nothing");
            break;
        default:
            break;
        }
    }
    p->at++;
    return parse_literal(p, c);
}

static struct tree *parse_sequence(struct parse *p)
{
    struct arena *arena = fa_space_arena(p->regex->space);
    struct {
        VEC(struct tree *) list;
    } items = { 0 };
    for (;;) {
        parse_skip(p);
        int c = parse_peek(p, 0);
        if (c < 0 || (!p->quoted && (c == '|' || c == ')')))
            break;
        struct tree *item = parse_item(p);
        if (item) // NULL for (?i) and its like
            *vec_push(arena, &items.list) = parse_quantified(p, item);
    }
    if (items.list.count == 1)
        return items.list.items[0];
    struct tree *tree = tree_new(p->regex, items.list.count ? TREE_SEQUENCE : TREE_EMPTY);
    tree->items = items.list.items;
    tree->count = items.list.count;
    return tree;
}

struct tree *parse_branches(struct parse *p, enum parse_numbering numbering)
{
    struct arena *arena = fa_space_arena(p->regex->space);
    struct {
        VEC(struct tree *) list;
    } branches = { 0 };
    uint32_t first = p->regex->group_count, most = first;
    do {
        if (numbering == NUMBERS_RESET)
            p->regex->group_count = first;
        *vec_push(arena, &branches.list) = parse_sequence(p);
        most = p->regex->group_count > most ? p->regex->group_count : most;
    } while (parse_eat(p, "|"));
    p->regex->group_count = most;
    struct tree *tree = tree_new(p->regex, TREE_CHOICE);
    tree->items = branches.list.items;
    tree->count = branches.list.count;
    return tree;
}

struct tree *parse_choice(struct parse *p, enum parse_numbering numbering)
{
    struct tree *tree = parse_branches(p, numbering);
    return tree->count == 1 ? tree->items[0] : tree;
}

struct tree_verdict tree_parse(struct regex *regex, Str pattern)
{
    struct parse p = { .regex = regex, .text = pattern };
    p.flags = regex->flags & REGEX_CASELESS ? PARSE_CASELESS : 0;
    if (regex->groups.count == 0)
        (void)vec_push(fa_space_arena(regex->space), &regex->groups);
    struct tree *tree = parse_choice(&p, NUMBERS_ON);
    if (parse_more(&p))
        parse_refuse(&p, REGEX_INVALID, p.at, "a closing bracket without an opening one");
    regex->tree = tree;
    return p.verdict;
}
