#include "fa/emit.h"

// A program may have so many nodes; counted repetitions multiply them.
enum { NODES_MAX = 150000, STEPS_MAX = 4 * NODES_MAX };

static void refuse(struct emit *e, enum regex_status status, const char *why)
{
    if (e->program->verdict.status == REGEX_OK)
        e->program->verdict = (struct tree_verdict){ status, why, 0 };
}

static uint32_t add(struct emit *e, struct program_node node)
{
    uint32_t number = e->program->nodes.count;
    if (number >= NODES_MAX) {
        refuse(e, REGEX_TOO_LARGE, "the expression is too large when its repetitions are unfolded");
        return 0;
    }
    *vec_push(e->scratch, &e->program->nodes) = node;
    return number;
}

uint32_t emit_split(struct emit *e, uint32_t first, uint32_t second)
{
    return add(e, (struct program_node){
                      .op = OP_SPLIT, .next = first, .other = second, .atomic = e->atomic });
}

static uint32_t context(struct emit *e, uint32_t state)
{
    struct program *program = e->program;
    for (uint32_t i = 0; i < program->contexts.count; i++)
        if (program->contexts.items[i] == state)
            return i;
    *vec_push(e->scratch, &program->contexts) = state;
    return program->contexts.count - 1;
}

static uint32_t state_of(struct emit *e, const struct fa *fa)
{
    if (fa)
        return fa->state;
    refuse(e, REGEX_TOO_LARGE, "the expression needs too many states");
    return POOL_NONE;
}

// A member of the set at the end of the prefix, or at the begin of the rest.
static const struct fa *ending(struct fa_space *space, struct charset set)
{
    return fa_concat(space, fa_all(space), fa_bytes(space, set.bits));
}

static const struct fa *beginning(struct fa_space *space, struct charset set)
{
    return fa_concat(space, fa_bytes(space, set.bits), fa_all(space));
}

static struct charset word_bytes(void)
{
    struct charset set = { { 0 } };
    charset_posix("word", 4, &set);
    return set;
}

static uint32_t emit_after(struct emit *e, const struct fa *language, uint32_t next)
{
    if (e->behind)
        refuse(e, REGEX_IRREGULAR, "what follows decides inside a lookbehind: not modelled");
    return add(
        e, (struct program_node){ .op = OP_AFTER, .next = next, .value = state_of(e, language) });
}

// Behind a newline by `behind`, or at the start.
static uint32_t emit_line_start(struct emit *e, struct program_node behind, uint32_t next)
{
    struct fa_space *space = e->program->space;
    struct program_node start = { .op = OP_BEFORE, .next = next };
    behind.value = context(e, state_of(e, ending(space, charset_of("\n"))));
    start.value = context(e, fa_empty(space)->state);
    uint32_t newline = add(e, behind);
    return emit_split(e, add(e, start), newline);
}

static uint32_t emit_place(struct emit *e, enum tree_place place, uint32_t next)
{
    struct fa_space *space = e->program->space;
    const struct fa *empty = fa_empty(space);
    struct program_node node = { .op = OP_BEFORE, .next = next };
    switch (place) {
    case PLACE_START:
        node.value = context(e, empty->state);
        return add(e, node);
    case PLACE_LINE_START:
        node.next = emit_after(e, fa_complement(space, empty), next);
        return emit_line_start(e, node, next);
    case PLACE_BREAK_START:
        return emit_line_start(e, node, next);
    case PLACE_END:
        return emit_after(e, empty, next);
    case PLACE_LAST_END:
        return emit_after(e, fa_union(space, empty, fa_literal(space, STR("\n"))), next);
    case PLACE_LAST_BREAK: {
        const Str breaks[] = { STR(""), STR("\r"), STR("\r\n"), STR("\x85") };
        uint32_t other = emit_after(e, fa_literals(space, breaks, 4), next);
        node.next = emit_after(e, fa_literal(space, STR("\n")), next);
        node.value = context(e, state_of(e, ending(space, charset_of("\r"))));
        node.negative = true;
        return emit_split(e, add(e, node), other);
    }
    case PLACE_LINE_END:
        return emit_after(e, fa_union(space, empty, beginning(space, charset_of("\n"))), next);
    case PLACE_WORD:
    case PLACE_NOT_WORD:
        if (e->behind)
            refuse(e, REGEX_IRREGULAR, "a word boundary inside a lookbehind is not modelled");
        e->program->next_word = state_of(e, beginning(space, word_bytes()));
        node.op = OP_WORD;
        node.negative = place == PLACE_NOT_WORD;
        node.value = context(e, state_of(e, ending(space, word_bytes())));
        return add(e, node);
    }
    return 0;
}

// Whether the expression can match the empty word; errs on the side of true.
static bool nullable(const struct tree *tree)
{
    switch ((enum tree_kind)tree->kind) {
    case TREE_SET:
    case TREE_FAIL:
        return false;
    case TREE_SEQUENCE:
        for (uint32_t i = 0; i < tree->count; i++)
            if (!nullable(tree->items[i]))
                return false;
        return true;
    case TREE_CHOICE:
        for (uint32_t i = 0; i < tree->count; i++)
            if (nullable(tree->items[i]))
                return true;
        return false;
    case TREE_REPEAT:
        return tree->min == 0 || nullable(tree->items[0]);
    case TREE_CAPTURE:
    case TREE_ATOMIC:
        return nullable(tree->items[0]);
    case TREE_EMPTY:
    case TREE_LOOK:
    case TREE_PLACE:
    case TREE_CONDITION:
    case TREE_CALL:
        return true;
    }
    return true;
}

// An iteration that reads nothing matters where choices are in order, and where it may make a
// group take part that a condition asks for.
static uint8_t loop_bit(struct emit *e, const struct tree *body)
{
    if ((!e->atomic && !e->conditions) || !nullable(body))
        return PROGRAM_NO_BIT;
    if (e->loops == PROGRAM_BITS) {
        refuse(e, REGEX_TOO_LARGE, "too many repetitions of what may be empty");
        return PROGRAM_NO_BIT;
    }
    return (uint8_t)(PROGRAM_BITS + e->loops++);
}

// The body once or more, without an end.
static uint32_t emit_loop(struct emit *e, const struct tree *tree, uint32_t next)
{
    const struct tree *body = tree->items[0];
    uint8_t bit = loop_bit(e, body);
    uint32_t again = add(e, (struct program_node){
                                .op = OP_AGAIN,
                                .negative = tree->lazy,
                                .bit = bit,
                                .atomic = e->atomic,
                            });
    uint32_t entry = emit_tree(e, body, again);
    if (bit != PROGRAM_NO_BIT)
        entry = add(e, (struct program_node){ .op = OP_BEGIN, .bit = bit, .next = entry });
    struct program_node *node = &e->program->nodes.items[again];
    node->next = tree->lazy ? next : entry;
    node->other = tree->lazy ? entry : next;
    return entry;
}

// Where an engine does not do with a repetition what it says.
static void refuse_repeat(struct emit *e, const struct tree *tree)
{
    const struct tree *body = tree->items[0];
    enum regex_dialect dialect = e->program->regex->dialect;
    // PCRE2 takes the second alternative for the begin of the expression.
    bool group = body->kind == TREE_CAPTURE || body->kind == TREE_ATOMIC || body->kind == TREE_LOOK;
    bool choice = body->kind == TREE_CHOICE || (group && body->items[0]->kind == TREE_CHOICE);
    if (dialect == REGEX_PCRE2 && tree->max == 0 && choice)
        refuse(e, REGEX_IRREGULAR, "PCRE2 misreads a group with alternatives and {0}");
    // Java leaves a repetition after an iteration that has read nothing, and may owe the others.
    if (dialect == REGEX_JAVA && tree->min >= 2 && nullable(body))
        refuse(e, REGEX_IRREGULAR, "repetitions of what can be empty are not modelled here");
}

static uint32_t emit_repeat(struct emit *e, const struct tree *tree, uint32_t next)
{
    const struct tree *body = tree->items[0];
    uint32_t entry = next, copies = tree->min;
    refuse_repeat(e, tree);
    if (tree->max == FA_FOREVER) {
        entry = emit_loop(e, tree, next);
        if (tree->min == 0)
            entry = tree->lazy ? emit_split(e, next, entry) : emit_split(e, entry, next);
        copies -= copies > 0;
    } else {
        for (uint32_t i = tree->min; i < tree->max && e->program->verdict.status == REGEX_OK; i++) {
            uint32_t once = emit_tree(e, body, entry);
            entry = tree->lazy ? emit_split(e, next, once) : emit_split(e, once, next);
        }
    }
    for (uint32_t i = 0; i < copies && e->program->verdict.status == REGEX_OK; i++)
        entry = emit_tree(e, body, entry);
    return entry;
}

// A lookbehind becomes a context: the prefixes that end in a match of it.
static uint32_t emit_behind(struct emit *e, const struct tree *tree, uint32_t next)
{
    struct program *program = e->program;
    uint32_t atomic = e->atomic, root = program->root;
    bool behind = e->behind, ordered = program->ordered;
    e->atomic = 0;
    e->behind = true;
    program->ordered = false;
    uint32_t end =
        add(e, (struct program_node){ .op = OP_AFTER, .value = fa_empty(program->space)->state });
    uint32_t begin = emit_tree(e, tree->items[0], end), state = POOL_NONE;
    uint32_t any = add(e, (struct program_node){ .op = OP_SET, .value = program->sets.count - 1 });
    program->root = emit_split(e, begin, any);
    program->nodes.items[any].next = program->root;
    if (program->verdict.status == REGEX_OK)
        state = run_program(program, e->scratch, RUN_MATCH, 0, 0);
    if (state == POOL_UNKNOWN) {
        refuse(e, REGEX_TOO_LARGE, "the lookbehind needs too many states");
        state = POOL_NONE;
    }
    e->atomic = atomic;
    e->behind = behind;
    program->root = root;
    program->ordered = ordered;
    return add(e, (struct program_node){ .op = OP_BEFORE,
                                         .negative = tree->negative,
                                         .value = context(e, state),
                                         .next = next });
}

static uint32_t emit_look(struct emit *e, const struct tree *tree, uint32_t next)
{
    if (tree->behind)
        return emit_behind(e, tree, next);
    if (e->behind)
        refuse(e, REGEX_IRREGULAR, "a lookahead inside a lookbehind is not modelled");
    uint32_t atomic = e->atomic;
    e->atomic = 0; // one way to match it is as good as another
    uint32_t end = add(e, (struct program_node){ .op = OP_END });
    uint32_t begin = emit_tree(e, tree->items[0], end);
    e->atomic = atomic;
    return add(e, (struct program_node){ .op = OP_LOOK,
                                         .negative = tree->negative,
                                         .next = next,
                                         .other = begin,
                                         .value = end });
}

static uint32_t emit_atomic(struct emit *e, const struct tree *tree, uint32_t next)
{
    if (e->behind)
        refuse(e, REGEX_IRREGULAR, "an atomic group inside a lookbehind is not modelled");
    uint32_t atomic = e->atomic;
    e->atomic = add(e, (struct program_node){ .op = OP_END, .next = next });
    uint32_t entry = emit_tree(e, tree->items[0], e->atomic);
    e->atomic = atomic;
    return entry;
}

// The group that a call or condition means; POOL_UNKNOWN for none.
static uint32_t target(const struct emit *e, const struct tree *tree)
{
    const struct regex *regex = e->program->regex;
    if (tree->max) {
        Str name = str_slice(regex->pattern, tree->min, tree->min + tree->max);
        uint32_t found = POOL_UNKNOWN;
        for (uint32_t i = 1; i < regex->groups.count; i++)
            if (str_equal(regex->groups.items[i].name, name)) {
                if (found != POOL_UNKNOWN)
                    return POOL_UNKNOWN;
                found = i;
            }
        return found;
    }
    return tree->number < regex->groups.count ? tree->number : POOL_UNKNOWN;
}

static uint32_t emit_capture(struct emit *e, const struct tree *tree, uint32_t next)
{
    struct emit_group *group = &e->groups[tree->number];
    bool open = group->open;
    group->open = true;
    uint32_t entry = next;
    if (!e->copied)
        entry =
            add(e, (struct program_node){
                       .op = OP_CLOSE, .value = tree->number, .bit = group->bit, .next = next });
    entry = emit_tree(e, tree->items[0], entry);
    if (!e->copied)
        entry =
            add(e, (struct program_node){ .op = OP_OPEN, .value = tree->number, .next = entry });
    group->open = open;
    return entry;
}

static uint32_t emit_call(struct emit *e, const struct tree *tree, uint32_t next)
{
    uint32_t number = target(e, tree);
    if (number == POOL_UNKNOWN || number == 0 || !e->program->regex->groups.items[number].tree) {
        refuse(e, REGEX_IRREGULAR, "a call of a group that is not certain");
        return next;
    }
    if (e->groups[number].open) {
        refuse(e, REGEX_IRREGULAR, "recursion is not regular");
        return next;
    }
    if (e->conditions)
        refuse(e, REGEX_IRREGULAR, "calls together with conditions are not modelled");
    bool copied = e->copied;
    e->copied = true;
    uint32_t entry = emit_capture(e, e->program->regex->groups.items[number].tree, next);
    e->copied = copied;
    return entry;
}

static uint32_t emit_condition(struct emit *e, const struct tree *tree, uint32_t next)
{
    uint32_t number = target(e, tree);
    if (number == 0 && tree->max == 0)
        return emit_tree(e, tree->items[1], next); // (?(DEFINE)…)
    if (number == POOL_UNKNOWN || e->groups[number].bit == PROGRAM_NO_BIT || e->behind) {
        refuse(e, REGEX_IRREGULAR, "a condition on a group that is not certain");
        return next;
    }
    uint32_t yes = emit_tree(e, tree->items[0], next), no = emit_tree(e, tree->items[1], next);
    return add(e, (struct program_node){
                      .op = OP_CONDITION, .bit = e->groups[number].bit, .next = yes, .other = no });
}

uint32_t emit_tree(struct emit *e, const struct tree *tree, uint32_t next)
{
    if (++e->steps > STEPS_MAX) // what is empty can be repeated without a node
        refuse(e, REGEX_TOO_LARGE, "the expression is too large when its repetitions are unfolded");
    if (e->program->verdict.status != REGEX_OK)
        return next;
    switch ((enum tree_kind)tree->kind) {
    case TREE_EMPTY:
        return next;
    case TREE_FAIL:
        return add(e, (struct program_node){ .op = OP_FAIL });
    case TREE_SET:
        return add(e, (struct program_node){ .op = OP_SET, .value = tree->number, .next = next });
    case TREE_SEQUENCE:
        for (uint32_t i = tree->count; i-- > 0;)
            next = emit_tree(e, tree->items[i], next);
        return next;
    case TREE_CHOICE:
        return emit_choice(e, tree, next);
    case TREE_REPEAT:
        return emit_repeat(e, tree, next);
    case TREE_CAPTURE:
        return emit_capture(e, tree, next);
    case TREE_ATOMIC:
        return emit_atomic(e, tree, next);
    case TREE_LOOK:
        return emit_look(e, tree, next);
    case TREE_PLACE:
        return emit_place(e, (enum tree_place)tree->number, next);
    case TREE_CONDITION:
        return emit_condition(e, tree, next);
    case TREE_CALL:
        return emit_call(e, tree, next);
    }
    return next;
}

// Whether every way through begins with \A.
static bool starts_at_start(const struct tree *tree)
{
    switch ((enum tree_kind)tree->kind) {
    case TREE_PLACE:
        return tree->number == PLACE_START;
    case TREE_SEQUENCE:
        return tree->count && starts_at_start(tree->items[0]);
    case TREE_CHOICE:
        for (uint32_t i = 0; i < tree->count; i++)
            if (!starts_at_start(tree->items[i]))
                return false;
        return tree->count > 0;
    case TREE_CAPTURE:
    case TREE_ATOMIC:
        return starts_at_start(tree->items[0]);
    case TREE_REPEAT:
        return tree->min > 0 && starts_at_start(tree->items[0]);
    case TREE_EMPTY:
    case TREE_FAIL:
    case TREE_SET:
    case TREE_LOOK:
    case TREE_CONDITION:
    case TREE_CALL:
        return false;
    }
    return false;
}

static void add_sets(struct program *program, struct arena *scratch)
{
    const struct regex *regex = program->regex;
    for (uint32_t i = 0; i <= regex->sets.count; i++) {
        struct charset set =
            i < regex->sets.count ? regex->sets.items[i] : charset_range(0, UINT8_MAX);
        struct program_set *entry = vec_push(scratch, &program->sets);
        entry->first = program->ranges.count;
        struct charset others = charset_invert(set);
        for (int lo = charset_next(set, 0), end; lo <= UINT8_MAX; lo = charset_next(set, end)) {
            end = charset_next(others, lo);
            *vec_push(scratch, &program->ranges) =
                (struct program_range){ (uint8_t)lo, (uint8_t)(end - 1) };
            entry->count++;
        }
    }
}

// Gives a bit to every group that a condition asks for.
static void find_conditions(struct emit *e, const struct tree *tree)
{
    if (tree->kind == TREE_CONDITION && !(tree->number == 0 && tree->max == 0)) {
        uint32_t number = target(e, tree);
        if (number != POOL_UNKNOWN && number && e->groups[number].bit == PROGRAM_NO_BIT &&
            e->conditions < PROGRAM_BITS && !e->program->regex->groups.items[number].looked)
            e->groups[number].bit = (uint8_t)e->conditions++;
    }
    for (uint32_t i = 0; i < tree->count; i++)
        find_conditions(e, tree->items[i]);
}

struct program program_new(const struct regex *regex, bool ordered, struct arena *scratch)
{
    struct program program = { .space = regex->space, .regex = regex, .ordered = ordered };
    struct emit e = { .program = &program, .scratch = scratch };
    e.groups = ARENA_ARRAY(scratch, struct emit_group, regex->groups.count);
    for (uint32_t i = 0; i < regex->groups.count; i++)
        e.groups[i].bit = PROGRAM_NO_BIT;
    find_conditions(&e, regex->tree);
    add_sets(&program, scratch);
    uint32_t end = add(&e, (struct program_node){ .op = OP_MATCH });
    if (ordered)
        e.atomic = end = add(&e, (struct program_node){ .op = OP_END, .next = end });
    if (regex->flags & REGEX_FULL)
        end = emit_after(&e, fa_empty(program.space), end);
    end = add(&e, (struct program_node){ .op = OP_CLOSE, .bit = PROGRAM_NO_BIT, .next = end });
    uint32_t entry = emit_tree(&e, regex->tree, end);
    entry = add(&e, (struct program_node){ .op = OP_OPEN, .next = entry });
    if (!(regex->flags & (REGEX_FULL | REGEX_ANCHORED)) && !starts_at_start(regex->tree)) {
        uint32_t any =
            add(&e, (struct program_node){ .op = OP_SET, .value = program.sets.count - 1 });
        entry = emit_split(&e, entry, any);
        program.nodes.items[any].next = entry;
    }
    program.root = entry;
    program.begins = program.ends = fa_empty(program.space)->state;
    return program;
}
