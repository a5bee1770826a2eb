// The questions of value.h that are about languages.
#include "base/hash.h"
#include "policy/value.h"

#include <string.h>

enum {
    PAIRS_MAX = 256,   // ways to cut a language between two parts that are followed up
    CASES_MAX = 64,    // values of one variable that are tried one by one
    PARTS_MAX = 12,    // parts of a value that are told apart
    SUBJECT_DEPTH = 8, // captures of captures of ...
};

// What follows the first part, or precedes the last one, as a value of its own.
static const struct value *rest_of(struct model *model, const struct value *value)
{
    struct value *rest =
        arena_alloc(model->arena, sizeof *rest + (value->count - 1) * sizeof *rest->parts,
                    _Alignof(struct value));
    rest->count = value->count - 1;
    memcpy(rest->parts, value->parts + 1, rest->count * sizeof *rest->parts);
    return rest;
}

static bool mentions(const struct value *value, const struct var *var, uint32_t depth)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        if (part->var == var)
            return true;
        if (part->subject && (depth == 0 || mentions(part->subject, var, depth - 1)))
            return true;
    }
    return false;
}

// The first variable that two parts of the value depend on, or NULL.
static const struct var *shared_var(const struct value *value)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        while (part->subject && part->subject->count) // the innermost subject's first part
            part = &part->subject->parts[0];
        if (!part->var)
            continue;
        for (uint32_t j = 0; j < value->count; j++) {
            const struct part *other = &value->parts[j];
            bool same =
                j != i && (other->var == part->var ||
                           (other->subject && mentions(other->subject, part->var, SUBJECT_DEPTH)));
            if (same)
                return part->var;
        }
    }
    return NULL;
}

struct known_text {
    const struct var *var;
    const struct value *text;
};

static const struct value *known_value(const void *state, const struct var *var)
{
    const struct known_text *known = state;
    return var == known->var ? known->text : NULL;
}

// The value with `var` known to be `text`.
static const struct value *substitute(struct model *model, const struct value *value,
                                      const struct var *var, Str text)
{
    const struct known_text known = { var, value_text(model, text) };
    return value_map(model, value, known_value, &known, 0);
}

static void push(struct model *model, struct boxes *list, const struct box *box)
{
    if (box)
        *vec_push(model->arena, list) = box;
}

// The question that nobody can answer: split by a choice that is the same wherever the question is.
static void split_by_choice(struct model *model, const struct box *box, const struct value *value,
                            const struct fa *language, struct boxes *yes, struct boxes *no)
{
    const struct part *unknown = value_find_unknown(value);
    Str text = unknown ? unknown->text : STR("a condition on several parts of the request");
    uint64_t identity = hash_u64(value_hash(value), language ? fa_hash(language) : 0);
    Span span = unknown ? unknown->span : (Span){ 0 };
    bool of_origin = value_depends(value, model->origin);
    const struct var *choice =
        (of_origin ? model_origin_choice : model_choice)(model, text, identity, span);
    push(model, yes, box_with(model, box, choice, model_choice_value(model, true)));
    push(model, no, box_with(model, box, choice, model_choice_value(model, false)));
}

static void split_by_var(struct model *model, const struct box *box, const struct var *var,
                         const struct fa *language, struct boxes *yes, struct boxes *no)
{
    const struct fa *outside = fa_complement(model->fa, language);
    push(model, yes, box_with(model, box, var, language));
    push(model, no, box_with(model, box, var, outside));
}

static void split_capture(struct model *model, const struct box *box, const struct value *value,
                          const struct fa *language, struct boxes *yes, struct boxes *no)
{
    const struct part *part = &value->parts[0];
    const struct fa *inside = NULL, *outside = NULL;
    if (part->pattern->result.regex)
        regex_group_split(model->fa, part->pattern->result.regex, part->group, language, &inside,
                          &outside);
    const struct fa *both = fa_intersect(model->fa, inside, outside);
    if (!both) {
        split_by_choice(model, box, value, language, yes, no);
        return;
    }
    struct boxes held = { 0 }, other = { 0 };
    value_split(model, box, part->subject, inside, &held, no);
    for (uint32_t i = 0; i < held.count; i++) {
        struct boxes unclear = { 0 };
        value_split(model, held.items[i], part->subject, both, &unclear, &other);
        for (uint32_t k = 0; k < unclear.count; k++)
            split_by_choice(model, unclear.items[k], value, language, yes, no);
    }
    for (uint32_t i = 0; i < other.count; i++)
        push(model, yes, other.items[i]);
}

// Two parts or more that depend on one variable: tried value by value when there are few.
static bool split_by_cases(struct model *model, const struct box *box, const struct value *value,
                           const struct var *var, const struct fa *language, struct boxes *yes,
                           struct boxes *no)
{
    Str cases[CASES_MAX];
    const struct fa *possible = box_language(box, var);
    if (!possible || fa_count(possible) > CASES_MAX)
        return false;
    size_t count = fa_enumerate(model->arena, possible, cases, CASES_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct box *one = box_with(model, box, var, fa_literal(model->fa, cases[i]));
        if (one)
            value_split(model, one, substitute(model, value, var, cases[i]), language, yes, no);
    }
    return true;
}

// A first part and a rest that depend on different things: by every way to cut the language between
// them.
static bool split_between(struct model *model, const struct box *box, const struct value *value,
                          const struct fa *language, struct boxes *yes, struct boxes *no)
{
    struct fa_pair pairs[PAIRS_MAX];
    uint32_t count = fa_splits(model->fa, language, pairs, PAIRS_MAX);
    if (count > PAIRS_MAX)
        return false;
    struct value *head =
        arena_alloc(model->arena, sizeof *head + sizeof *head->parts, _Alignof(struct value));
    head->count = 1;
    head->parts[0] = value->parts[0];
    const struct value *rest = rest_of(model, value);
    struct boxes open = { 0 };
    push(model, &open, box);
    for (uint32_t i = 0; i < count && open.count; i++) {
        struct boxes fits = { 0 }, left = { 0 };
        for (uint32_t k = 0; k < open.count; k++)
            value_split(model, open.items[k], head, pairs[i].left, &fits, &left);
        for (uint32_t k = 0; k < fits.count; k++)
            value_split(model, fits.items[k], rest, pairs[i].right, yes, no);
        open = left;
    }
    for (uint32_t k = 0; k < open.count; k++)
        push(model, no, open.items[k]);
    return true;
}

void value_split(struct model *model, const struct box *box, const struct value *value,
                 const struct fa *language, struct boxes *yes, struct boxes *no)
{
    if (value->count == 0) {
        push(model, language && fa_accepts(language, STR("")) ? yes : no, box);
        return;
    }
    if (!language) {
        split_by_choice(model, box, value, language, yes, no);
        return;
    }
    const struct part *part = &value->parts[0];
    if (part->kind == PART_TEXT) {
        value_split(model, box, rest_of(model, value), fa_after(model->fa, language, part->text),
                    yes, no);
        return;
    }
    const struct fa *may;
    (void)value_language(model, box, value, &may);
    if (may && fa_is_disjoint(model->fa, may, language)) {
        push(model, no, box);
        return;
    }
    if (may && fa_is_subset(model->fa, may, language)) {
        push(model, yes, box);
        return;
    }
    if (value->count == 1) {
        switch (part->kind) {
        case PART_VAR:
            split_by_var(model, box, part->var, language, yes, no);
            return;
        case PART_LOWER:
            split_by_var(model, box, part->var, fa_unfold_case(model->fa, language), yes, no);
            return;
        case PART_CAPTURE:
            split_capture(model, box, value, language, yes, no);
            return;
        case PART_TEXT:
        case PART_UNKNOWN:
            break;
        }
        split_by_choice(model, box, value, language, yes, no);
        return;
    }
    const struct var *shared = shared_var(value);
    bool done =
        shared ? split_by_cases(model, box, value, shared, language, yes, no)
               : !value_find_unknown(value) && split_between(model, box, value, language, yes, no);
    if (!done)
        split_by_choice(model, box, value, language, yes, no);
}

bool value_language(struct model *model, const struct box *box, const struct value *value,
                    const struct fa **may)
{
    bool exact = !box->inexact && !shared_var(value);
    const struct fa *out = fa_empty(model->fa);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        const struct fa *piece = NULL;
        switch (part->kind) {
        case PART_TEXT:
            piece = fa_literal(model->fa, part->text);
            break;
        case PART_VAR:
            piece = box_language(box, part->var);
            break;
        case PART_LOWER:
            piece = fa_fold_case(model->fa, box_language(box, part->var));
            break;
        case PART_CAPTURE:
        case PART_UNKNOWN:
            piece = fa_all(model->fa);
            exact = false;
            break;
        }
        out = fa_concat(model->fa, out, piece);
    }
    *may = out;
    return exact && out;
}

// A value that is one capture of the origin with text around it: "https://$1".
static const struct part *around_capture(const struct model *model, const struct value *value,
                                         Str *before, Str *behind)
{
    const struct part *capture = NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        if (part->kind == PART_TEXT)
            *(capture ? behind : before) = part->text;
        else if (part->kind == PART_CAPTURE && !capture &&
                 value_is_var(part->subject, model->origin) && part->pattern->result.regex)
            capture = part;
        else
            return NULL;
    }
    return capture;
}

void value_equals_origin(struct model *model, const struct box *box, const struct value *value,
                         const struct fa **must, const struct fa **may)
{
    const struct fa *origins = box_language(box, model->origin);
    const struct fa *none = fa_none(model->fa);
    const struct part *part = value->count == 1 ? &value->parts[0] : NULL;
    const struct fa *yes = NULL, *no = NULL;
    Str before = { 0 }, behind = { 0 };
    if (part && part->kind == PART_VAR && part->var == model->origin) {
        yes = origins;
    } else if (part && part->kind == PART_LOWER && part->var == model->origin) {
        yes = fa_intersect(model->fa, origins, fa_fold_case(model->fa, fa_all(model->fa)));
    } else if ((part = around_capture(model, value, &before, &behind))) {
        regex_group_between(model->fa, part->pattern->result.regex, part->group, before, behind,
                            &yes, &no);
        yes = fa_intersect(model->fa, origins, yes);
    } else {
        const struct fa *words;
        (void)value_language(model, box, value, &words);
        *may = words ? fa_intersect(model->fa, origins, words) : origins;
        Str only;
        bool fixed = words && fa_is_literal(model->arena, words, &only);
        *must = fixed && *may && !box->inexact ? *may : none;
        return;
    }
    *may = yes ? yes : origins;
    *must = no ? fa_subtract(model->fa, yes, no) : yes;
    if (!*must || box->inexact)
        *must = none;
}
