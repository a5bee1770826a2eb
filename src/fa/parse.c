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

static void skip_blanks(struct parse *p)
{
    while (parse_eat(p, " ") || parse_eat(p, "\t"))
        ;
}

// Counts that PCRE2 takes for such from 10.43 on, and for text before: {,n}, and blanks in braces.
static bool are_newer_counts(struct parse *p)
{
    size_t at = p->at;
    uint32_t count;
    bool braces = parse_eat(p, "{");
    skip_blanks(p);
    bool counts = parse_number(p, &count);
    skip_blanks(p);
    if (parse_eat(p, ",")) {
        skip_blanks(p);
        counts |= parse_number(p, &count);
        skip_blanks(p);
    }
    braces = braces && parse_eat(p, "}");
    p->at = at;
    return braces && counts;
}

// A brace where a repetition cannot stand. Unless it could be one it is a byte like others, but not
// for Java, which takes it for the repetition of an empty word.
static void refuse_brace(struct parse *p)
{
    size_t at = p->at;
    uint32_t min, max;
    bool repeats = parse_counts(p, &min, &max);
    p->at = at;
    if (p->regex->dialect == REGEX_PCRE2 && !repeats && are_newer_counts(p))
        parse_refuse(p, REGEX_IRREGULAR, at,
                     "braces that are a repetition or text, depending on PCRE2's version");
    else if (p->regex->dialect == REGEX_JAVA)
        parse_refuse(p, repeats ? REGEX_IRREGULAR : REGEX_INVALID, at, "a repetition of nothing");
    else if (repeats)
        parse_refuse(p, REGEX_INVALID, at, "a repetition of nothing");
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
            return parse_caret(p);
        case '$':
            p->at++;
            return parse_dollar(p);
        case '*':
        case '+':
        case '?':
            // With (?x) Java takes "( ?:" for "(?:".
            parse_refuse(p,
                         p->regex->dialect == REGEX_JAVA && p->flags & PARSE_EXTENDED
                             ? REGEX_IRREGULAR
                             : REGEX_INVALID,
                         p->at, "a repetition of nothing");
            break;
        case '{':
            refuse_brace(p);
            break;
        default:
            break;
        }
    }
    p->at++;
    return parse_literal(p, c);
}

// Whether ^, $, \b, \B or a lookbehind stands there, which ECMAScript does not let repeat.
static bool is_place(const struct parse *p, size_t at)
{
    static const char *const places[] = { "^", "$", "\\b", "\\B", "(?<=", "(?<!" };
    Str rest = str_slice(p->text, at, p->text.len);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_starts(rest, str_from(places[i])))
            return true;
    return false;
}

static struct tree *parse_sequence(struct parse *p)
{
    struct arena *arena = fa_space_arena(p->regex->space);
    struct {
        VEC(struct tree *) list;
    } items = { 0 };
    bool go = p->regex->dialect == REGEX_GO || p->regex->dialect == REGEX_RE2;
    bool script = p->regex->dialect == REGEX_ECMASCRIPT;
    for (;;) {
        parse_skip(p);
        int c = parse_peek(p, 0);
        if (c < 0 || (!p->quoted && (c == '|' || c == ')')))
            break;
        size_t start = p->at;
        struct tree *item = parse_item(p);
        // NULL for (?i) and its like, behind which RE2 repeats what stands before it.
        bool before = !item && go && items.list.count;
        if (before)
            item = items.list.items[--items.list.count];
        if (item)
            *vec_push(arena, &items.list) = parse_quantified(p, item);
        bool repeated = item && items.list.items[items.list.count - 1] != item;
        if (script && repeated && is_place(p, start))
            parse_refuse(p, REGEX_INVALID, start, "a repetition of a place");
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

// RE2 refuses counts that multiply to more than this.
enum { REPEATS_MAX = 1000 };

static bool repeats_too_often(const struct tree *tree, uint32_t most)
{
    if (tree->kind == TREE_REPEAT) {
        uint32_t count = tree->max == FA_FOREVER ? tree->min : tree->max;
        if (count > most)
            return true;
        most = count ? most / count : most;
    }
    for (uint32_t i = 0; i < tree->count; i++)
        if (repeats_too_often(tree->items[i], most))
            return true;
    return false;
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
    bool go = regex->dialect == REGEX_GO || regex->dialect == REGEX_RE2;
    if (go && repeats_too_often(tree, REPEATS_MAX))
        parse_refuse(&p, REGEX_INVALID, 0, "repetitions of repetitions with impossible counts");
    regex->tree = tree;
    return p.verdict;
}
