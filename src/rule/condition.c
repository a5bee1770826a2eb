#include "rule/condition.h"

#include "base/buf.h"

#include <inttypes.h>

static bool is_one_of(const struct condition *condition, const struct fact_value *fact)
{
    for (uint32_t i = 0; i < condition->value_count; i++) {
        const struct fact_value *value = &condition->values[i];
        switch (fact->type) {
        case FACT_BOOL:
            if (value->boolean == fact->boolean)
                return true;
            break;
        case FACT_NUMBER:
            if (value->number == fact->number)
                return true;
            break;
        case FACT_CHOICE:
        case FACT_TEXT:
            if (str_equal(value->text, fact->text))
                return true;
            break;
        }
    }
    return false;
}

// The depth of a condition is limited when it is read.
bool condition_holds(const struct condition *condition, const struct fact_value *facts)
{
    switch (condition->op) {
    case CONDITION_ALL:
        for (uint32_t i = 0; i < condition->child_count; i++)
            if (!condition_holds(&condition->children[i], facts))
                return false;
        return true;
    case CONDITION_ANY:
        for (uint32_t i = 0; i < condition->child_count; i++)
            if (condition_holds(&condition->children[i], facts))
                return true;
        return false;
    case CONDITION_NOT:
        for (uint32_t i = 0; i < condition->child_count; i++)
            if (condition_holds(&condition->children[i], facts))
                return false;
        return true;
    case CONDITION_ONE_OF:
        return is_one_of(condition, &facts[condition->fact]);
    case CONDITION_AT_LEAST:
        return facts[condition->fact].number >= condition->number;
    case CONDITION_AT_MOST:
        return facts[condition->fact].number <= condition->number;
    }
    return false;
}

static void add_value(struct buf *out, const struct fact_value *value)
{
    switch (value->type) {
    case FACT_BOOL:
        buf_add_text(out, value->boolean ? "true" : "false");
        break;
    case FACT_NUMBER:
        buf_addf(out, "%" PRIu64, value->number);
        break;
    case FACT_CHOICE:
    case FACT_TEXT:
        buf_add(out, value->text);
        break;
    }
}

// Cuts a template at its first place: text before it, the fact's name, the rest. False when there
// is no further place.
static bool next_place(Str *rest, Str *before, Str *name)
{
    Str behind;
    if (!str_cut(*rest, STR("{"), before, &behind))
        return false;
    if (str_starts(behind, STR("{"))) {
        before->len++;
        *name = (Str){ 0 };
        *rest = str_slice(behind, 1, behind.len);
        return true;
    }
    if (!str_cut(behind, STR("}"), name, rest)) {
        *name = behind;
        *rest = (Str){ 0 };
    }
    return true;
}

Str template_fill(struct arena *arena, enum subject subject, Str template,
                  const struct fact_value *facts)
{
    struct buf out = { .arena = arena };
    Str before, name;
    uint32_t index;
    while (next_place(&template, &before, &name)) {
        buf_add(&out, before);
        if (name.len && fact_find(subject, name, &index))
            add_value(&out, &facts[index]);
    }
    buf_add(&out, template);
    return buf_str(&out);
}

bool template_check(enum subject subject, Str template, Str *unknown)
{
    Str before, name;
    uint32_t index;
    while (next_place(&template, &before, &name))
        if (name.len && !fact_find(subject, name, &index)) {
            *unknown = name;
            return false;
        }
    return true;
}
