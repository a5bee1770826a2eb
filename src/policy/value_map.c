// Values with variables replaced: value.h.
#include "base/hash.h"
#include "policy/value.h"

enum { SUBJECT_DEPTH = 8 }; // captures of captures of ...

const struct value *value_part(struct model *model, const struct part *part)
{
    struct value *out =
        arena_alloc(model->arena, sizeof *out + sizeof *part, _Alignof(struct value));
    out->count = 1;
    out->parts[0] = *part;
    return out;
}

const struct value *value_fold(struct model *model, const struct value *value)
{
    const struct value *out = value_text(model, STR(""));
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        const struct value *piece = NULL;
        switch (part->kind) {
        case PART_TEXT:
            piece = value_text(model, str_lower(model->arena, part->text));
            break;
        case PART_VAR:
        case PART_LOWER:
            piece = value_lower(model, part->var);
            break;
        case PART_CAPTURE:
            piece = value_unknown(model, STR("a captured text in lower case"),
                                  value_hash(value_part(model, part)), part->span);
            break;
        case PART_UNKNOWN:
            piece = value_unknown(model, part->text,
                                  hash_str(hash_u64(HASH_SEED, part->identity), STR("lower")),
                                  part->span);
            break;
        }
        out = value_concat(model, out, piece);
    }
    return out;
}

struct mapping {
    struct model *model;
    const struct value *(*with)(const void *state, const struct var *var);
    const void *state;
    uint64_t identity; // of what is replaced; 0: unknown parts stay as they are
};

static const struct value *map_value(const struct mapping *mapping, const struct value *value,
                                     uint32_t depth);

static const struct value *map_part(const struct mapping *mapping, const struct part *part,
                                    uint32_t depth)
{
    struct model *model = mapping->model;
    const struct value *to = part->var ? mapping->with(mapping->state, part->var) : NULL;
    if (to)
        return part->kind == PART_LOWER ? value_fold(model, to) : to;
    Str known, groups[32];
    if (part->kind == PART_UNKNOWN && mapping->identity)
        return value_unknown(model, part->text, hash_u64(part->identity, mapping->identity),
                             part->span);
    if (!part->subject)
        return value_part(model, part);
    if (depth == 0)
        return value_unknown(model, STR("a capture of a capture of a capture ..."),
                             value_hash(value_part(model, part)), part->span);
    const struct value *subject = map_value(mapping, part->subject, depth - 1);
    bool matched = part->group < sizeof groups / sizeof *groups && value_is_text(subject, &known) &&
                   regex_match(model->arena, part->pattern->text, part->pattern->flags, known,
                               groups, part->group + 1);
    return matched ? value_text(model, groups[part->group])
                   : value_capture(model, part->pattern, part->group, subject);
}

static const struct value *map_value(const struct mapping *mapping, const struct value *value,
                                     uint32_t depth)
{
    const struct value *out = value_text(mapping->model, STR(""));
    for (uint32_t i = 0; i < value->count; i++)
        out = value_concat(mapping->model, out, map_part(mapping, &value->parts[i], depth));
    return out;
}

const struct value *value_map(struct model *model, const struct value *value,
                              const struct value *(*with)(const void *state, const struct var *var),
                              const void *state, uint64_t identity)
{
    const struct mapping mapping = { model, with, state, identity };
    return map_value(&mapping, value, SUBJECT_DEPTH);
}
