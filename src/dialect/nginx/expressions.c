// What expressions and variables are worth in a state.
#include "base/hash.h"
#include "dialect/nginx/machine.h"

enum {
    PARTS_MAX = 64,       // of one value: longer ones are not followed
    TEXT_MAX = 32 * 1024, // bytes of known text in one value
    CAPTURE_DEPTH = 2,    // captures in what was captured: deeper ones are not followed
    MAP_DEPTH = 100,      // maps whose source is a map: nginx's own limit, beyond it ""
};

void bind(struct machine *machine, struct state *state, Str name, const struct value *value,
          bool from_map)
{
    struct binding *binding = ARENA_NEW(machine->model->arena, struct binding);
    *binding = (struct binding){ state->bindings, name, value, from_map };
    state->bindings = binding;
}

// Whether a group holds the whole subject for every subject in `language`.
static bool holds_whole(struct machine *machine, const struct pattern *pattern, uint32_t group,
                        const struct fa *language)
{
    struct model *model = machine->model;
    if (!pattern->result.regex)
        return false;
    const struct fa *yes, *no;
    regex_group_whole(model->fa, pattern->result.regex, group, &yes, &no);
    return fa_is_disjoint(model->fa, no, language);
}

static uint32_t capture_depth(const struct value *value)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->parts[i].subject) {
            uint32_t inner = 1 + capture_depth(value->parts[i].subject);
            depth = inner > depth ? inner : depth;
        }
    return depth;
}

static const struct value *capture(struct machine *machine, const struct state *state,
                                   const struct pattern *pattern, uint32_t group,
                                   const struct value *subject)
{
    struct model *model = machine->model;
    if (!pattern)
        return value_text(model, STR(""));
    if (pattern->result.regex && group > regex_group_count(pattern->result.regex))
        return value_text(model, STR(""));
    Str text, groups[10];
    if (value_is_text(subject, &text) && group < 10) {
        bool matched =
            regex_match(model->arena, pattern->text, pattern->flags, text, groups, group + 1);
        return value_text(model, matched ? groups[group] : STR(""));
    }
    const struct var *var =
        subject->count == 1 && subject->parts[0].kind == PART_VAR ? subject->parts[0].var : NULL;
    if (var && holds_whole(machine, pattern, group, box_language(state->box, var)))
        return subject;
    if (capture_depth(subject) >= CAPTURE_DEPTH)
        return value_unknown(model, STR("a part of what was cut out several times"),
                             hash_u64(hash_str(value_hash(subject), pattern->text), group),
                             (Span){ 0 });
    return value_capture(model, pattern, group, subject);
}

static bool too_long(const struct value *value)
{
    size_t text = 0;
    for (uint32_t i = 0; i < value->count; i++)
        text += value->parts[i].text.len;
    return value->count > PARTS_MAX || text > TEXT_MAX;
}

// Everything that a variable's value needs to be decided first: maps are evaluated (which may
// change the captures), the host and the presence of arguments are split.
static void prepare(struct machine *machine, const struct state *state, Str name, uint32_t depth,
                    struct states *out)
{
    const struct binding *bound = binding_find(state, name);
    const struct computed *computed = config_computed(machine->config, name);
    bool is_map = computed && computed->kind == COMPUTED_MAP;
    if (is_map && (!bound || (bound->from_map && computed->is_volatile)) && depth < MAP_DEPTH) {
        evaluate_map(machine, state, computed, depth + 1, out);
        return;
    }
    if (!bound && !state->headerless && str_is(name, "host")) {
        split_language(machine, state, value_var(machine->model, machine->model->host),
                       fa_empty(machine->model->fa), out, out);
        return;
    }
    if (!bound && str_is(name, "is_args")) {
        split_language(machine, state, state->args, fa_empty(machine->model->fa), out, out);
        return;
    }
    *vec_push(machine->scratch, out) = *state;
}

// What a group depends on that one pattern captured and another one replaces.
static uint64_t replaced_group(const struct state *before, const struct state *now, uint32_t group)
{
    const struct state *const both[] = { before, now };
    uint64_t identity = hash_u64(HASH_SEED, group);
    for (size_t i = 0; i < 2; i++) {
        identity = hash_str(identity, both[i]->matched ? both[i]->matched->text : STR(""));
        identity = hash_u64(identity, both[i]->subject ? value_hash(both[i]->subject) : 0);
    }
    return identity;
}

// The expression in a state in which all that it is made from is decided. Its groups
// may be others than in `begun`, where the evaluation began; that is seen only where a group stands
// before a map (`mixed`).
static const struct value *assemble(struct machine *machine, const struct state *begun,
                                    const struct state *now, const struct template *expression,
                                    bool mixed)
{
    struct model *model = machine->model;
    const struct value *value = value_text(model, STR(""));
    uint64_t identity = HASH_SEED; // of all pieces
    bool is_long = false;
    for (uint32_t i = 0; i < expression->count; i++) {
        const struct template_part *part = &expression->parts[i];
        const struct value *piece;
        if (part->group && now->matched != begun->matched && mixed)
            // nginx counts the length of the old group and copies the new one, or answers 500
            piece = value_unknown(model, STR("a captured group that a map replaces meanwhile"),
                                  replaced_group(begun, now, part->group), expression->span);
        else if (part->group)
            piece = capture(machine, now, now->matched, part->group, now->subject);
        else if (part->variable.len)
            piece = variable(machine, now, part->variable, expression->span);
        else
            piece = value_text(model, part->text);
        identity = hash_u64(identity, value_hash(piece));
        if (!is_long)
            value = value_concat(model, value, piece);
        is_long |= too_long(value);
    }
    return is_long ? value_unknown(model, STR("a value that grows too long"), identity,
                                   expression->span)
                   : value;
}

const struct value *evaluate_as_is(struct machine *machine, const struct state *state,
                                   const struct template *expression)
{
    return assemble(machine, state, state, expression, false);
}

void evaluate_deep(struct machine *machine, const struct state *state,
                   const struct template *expression, uint32_t depth, struct evaluations *out)
{
    struct states ready = { 0 };
    *vec_push(machine->scratch, &ready) = *state;
    bool captured_before_map = false;
    for (uint32_t i = 0; i < expression->count; i++) {
        const struct template_part *part = &expression->parts[i];
        captured_before_map |= part->group > 0;
        if (!part->variable.len)
            continue;
        struct states next = { 0 };
        for (uint32_t k = 0; k < ready.count; k++)
            prepare(machine, &ready.items[k], part->variable, depth, &next);
        ready = next;
    }
    for (uint32_t k = 0; k < ready.count; k++) {
        const struct state *now = &ready.items[k];
        const struct value *value = assemble(machine, state, now, expression, captured_before_map);
        *vec_push(machine->scratch, out) = (struct evaluation){ *now, value };
    }
}

void evaluate(struct machine *machine, const struct state *state, const struct template *expression,
              struct evaluations *out)
{
    evaluate_deep(machine, state, expression, 0, out);
}

void split_language(struct machine *machine, const struct state *state, const struct value *value,
                    const struct fa *language, struct states *yes, struct states *no)
{
    struct boxes inside = { 0 }, outside = { 0 };
    value_split(machine->model, state->box, value, language, &inside, &outside);
    for (uint32_t i = 0; i < inside.count; i++) {
        struct state *next = vec_push(machine->scratch, yes);
        *next = *state;
        next->box = inside.items[i];
    }
    for (uint32_t i = 0; i < outside.count; i++) {
        struct state *next = vec_push(machine->scratch, no);
        *next = *state;
        next->box = outside.items[i];
    }
}

void split_choice(struct machine *machine, const struct state *state, Str text, uint64_t identity,
                  Span span, struct states *yes, struct states *no)
{
    const struct value *value =
        value_var(machine->model, model_choice(machine->model, text, identity, span));
    split_language(machine, state, value, model_choice_value(machine->model, true), yes, no);
}

void set_captures(struct machine *machine, struct state *state, const struct pattern *pattern,
                  const struct value *subject)
{
    const struct regex *regex = pattern->result.regex;
    uint32_t groups = regex ? regex_group_count(regex) : 0;
    state->matched = groups || !regex ? pattern : NULL;
    state->subject = subject;
    for (uint32_t g = 1; g <= groups; g++) {
        Str name = regex_group_name(regex, g);
        if (name.len)
            bind(machine, state, str_lower(machine->model->arena, name),
                 capture(machine, state, pattern, g, subject), false);
    }
}

void split_pattern(struct machine *machine, const struct state *state, const struct value *value,
                   const struct pattern *pattern, struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    uint32_t first = yes->count;
    Str text;
    if (value_is_text(value, &text) && !pattern->result.language) {
        bool matched = regex_match(model->arena, pattern->text, pattern->flags, text, NULL, 0);
        *vec_push(machine->scratch, matched ? yes : no) = *state;
    } else if (!pattern->result.language) {
        uint64_t identity = hash_u64(hash_str(HASH_SEED, pattern->text), value_hash(value));
        Str question = str_format(model->arena, "whether \"%.*s\" matches: %s",
                                  STR_ARG(pattern->text), pattern->result.why);
        bool of_origin = value_depends(value, model->origin);
        const struct var *choice = (of_origin ? model_origin_choice : model_choice)(
            model, question, identity, (Span){ 0 });
        split_language(machine, state, value_var(model, choice), model_choice_value(model, true),
                       yes, no);
    } else {
        split_language(machine, state, value, pattern->result.language, yes, no);
    }
    for (uint32_t i = first; i < yes->count; i++)
        set_captures(machine, &yes->items[i], pattern, value);
}

// Two values that both depend on the request: equal or not.
static void split_equal(struct machine *machine, const struct state *state, const struct value *a,
                        const struct value *b, const struct condition *condition,
                        struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    Str text;
    if (value_is_text(b, &text)) {
        split_language(machine, state, a, fa_literal(model->fa, text), yes, no);
        return;
    }
    if (value_is_text(a, &text)) {
        split_language(machine, state, b, fa_literal(model->fa, text), yes, no);
        return;
    }
    if (value_equal(a, b) && !value_find_unknown(a)) {
        *vec_push(machine->scratch, yes) = *state;
        return;
    }
    enum { WORDS_MAX = 64 };
    const struct fa *words;
    Str list[WORDS_MAX];
    bool exact = value_language(model, state->box, b, &words);
    if (exact && fa_count(words) <= WORDS_MAX) {
        size_t count = fa_enumerate(model->arena, words, list, WORDS_MAX);
        for (size_t i = 0; i < count; i++) {
            struct states is = { 0 }, other = { 0 };
            const struct fa *word = fa_literal(model->fa, list[i]);
            split_language(machine, state, b, word, &is, &other);
            for (uint32_t k = 0; k < is.count; k++)
                split_language(machine, &is.items[k], a, word, yes, no);
        }
        return;
    }
    uint64_t identity = hash_u64(value_hash(a), value_hash(b));
    split_choice(machine, state, str_format(model->arena, "whether %.*s", STR_ARG(condition->text)),
                 identity, condition->span, yes, no);
}

void split_condition(struct machine *machine, const struct state *state,
                     const struct condition *condition, struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    struct states *when = condition->negated ? no : yes, *otherwise = condition->negated ? yes : no;
    struct evaluations left = { 0 };
    if (condition->kind == IF_FILE) {
        evaluate(machine, state, &condition->value, &left);
        for (uint32_t i = 0; i < left.count; i++)
            split_file(machine, &left.items[i].state, left.items[i].value,
                       condition->variable.ptr[1], condition->span, when, otherwise);
        return;
    }
    struct template_part part = { .variable = condition->variable };
    struct template subject = { &part, 1, condition->span };
    evaluate(machine, state, &subject, &left);
    for (uint32_t i = 0; i < left.count; i++) {
        const struct evaluation *is = &left.items[i];
        if (condition->kind == IF_TRUE) {
            static const Str falses[] = { { "", 0 }, { "0", 1 } };
            split_language(machine, &is->state, is->value, fa_literals(model->fa, falses, 2),
                           otherwise, when);
        } else if (condition->kind == IF_EQUAL) {
            struct evaluations right = { 0 };
            evaluate(machine, &is->state, &condition->value, &right);
            for (uint32_t k = 0; k < right.count; k++)
                split_equal(machine, &right.items[k].state, is->value, right.items[k].value,
                            condition, when, otherwise);
        } else {
            uint32_t first = otherwise->count;
            split_pattern(machine, &is->state, is->value, condition->pattern, when, otherwise);
            for (uint32_t k = first; k < otherwise->count; k++)
                otherwise->items[k].matched = NULL; // a failed match of `if` empties the captures
        }
    }
}
