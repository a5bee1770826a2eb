#include "policy/value.h"

#include "base/hash.h"

#include <string.h>

static struct value *value_new(struct model *model, uint32_t count)
{
    size_t size = sizeof(struct value) + count * sizeof(struct part);
    struct value *value = arena_alloc(model->arena, size, _Alignof(struct value));
    value->count = count;
    return value;
}

static const struct value *value_one(struct model *model, struct part part)
{
    struct value *value = value_new(model, 1);
    value->parts[0] = part;
    return value;
}

const struct value *value_text(struct model *model, Str text)
{
    if (text.len == 0)
        return value_new(model, 0);
    return value_one(model, (struct part){ .kind = PART_TEXT, .text = text });
}

const struct value *value_var(struct model *model, const struct var *var)
{
    return value_one(model, (struct part){ .kind = PART_VAR, .var = var });
}

const struct value *value_lower(struct model *model, const struct var *var)
{
    return value_one(model, (struct part){ .kind = PART_LOWER, .var = var });
}

const struct value *value_capture(struct model *model, const struct pattern *pattern,
                                  uint32_t group, const struct value *subject)
{
    return value_one(
        model, (struct part){
                   .kind = PART_CAPTURE, .pattern = pattern, .group = group, .subject = subject });
}

const struct value *value_unknown(struct model *model, Str reason, uint64_t identity, Span span)
{
    return value_one(
        model,
        (struct part){ .kind = PART_UNKNOWN, .text = reason, .identity = identity, .span = span });
}

const struct value *value_concat(struct model *model, const struct value *a, const struct value *b)
{
    if (a->count == 0)
        return b;
    if (b->count == 0)
        return a;
    bool fuse = a->parts[a->count - 1].kind == PART_TEXT && b->parts[0].kind == PART_TEXT;
    struct value *out = value_new(model, a->count + b->count - fuse);
    memcpy(out->parts, a->parts, a->count * sizeof *a->parts);
    memcpy(out->parts + a->count - fuse, b->parts, b->count * sizeof *b->parts);
    if (fuse)
        out->parts[a->count - 1].text =
            str_concat(model->arena, a->parts[a->count - 1].text, b->parts[0].text);
    return out;
}

static bool part_equal(const struct part *a, const struct part *b)
{
    return a->kind == b->kind && str_equal(a->text, b->text) && a->var == b->var &&
           a->pattern == b->pattern && a->group == b->group && a->identity == b->identity &&
           (a->subject == b->subject ||
            (a->subject && b->subject && value_equal(a->subject, b->subject)));
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a == b)
        return true;
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!part_equal(&a->parts[i], &b->parts[i]))
            return false;
    return true;
}

uint64_t value_hash(const struct value *value)
{
    uint64_t hash = hash_u64(HASH_SEED, value->count);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        hash = hash_u64(hash_str(hash_u64(hash, part->kind), part->text), part->identity);
        if (part->var)
            hash = hash_u64(hash, part->var->identity);
        if (part->pattern)
            hash = hash_u64(hash_str(hash_u64(hash, part->pattern->flags), part->pattern->text),
                            part->group);
        if (part->subject)
            hash = hash_u64(hash, value_hash(part->subject));
    }
    return hash;
}

bool value_is_text(const struct value *value, Str *out)
{
    if (value->count == 0) {
        *out = STR("");
        return true;
    }
    if (value->count > 1 || value->parts[0].kind != PART_TEXT)
        return false;
    *out = value->parts[0].text;
    return true;
}

bool value_is_var(const struct value *value, const struct var *var)
{
    return value->count == 1 && value->parts[0].kind == PART_VAR && value->parts[0].var == var;
}

const struct part *value_find_unknown(const struct value *value)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        if (part->kind == PART_UNKNOWN)
            return part;
        const struct part *inner = part->subject ? value_find_unknown(part->subject) : NULL;
        if (inner)
            return inner;
    }
    return NULL;
}

bool value_depends(const struct value *value, const struct var *var)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        if (part->kind == PART_UNKNOWN || part->var == var ||
            (part->subject && value_depends(part->subject, var)))
            return true;
    }
    return false;
}

bool value_of(struct model *model, const struct value *value, const struct request *request,
              Str *out, Str *reason)
{
    Str text = { 0 };
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        Str piece = part->text;
        switch (part->kind) {
        case PART_TEXT:
            break;
        case PART_VAR:
        case PART_LOWER:
            if (!request_value(model->arena, request, part->var, &piece)) {
                *reason = STR("it depends on something that the request does not tell");
                return false;
            }
            if (part->kind == PART_LOWER)
                piece = str_lower(model->arena, piece);
            break;
        case PART_CAPTURE: {
            Str subject, groups[32];
            if (!value_of(model, part->subject, request, &subject, reason))
                return false;
            if (part->group >= sizeof groups / sizeof *groups ||
                !regex_match(model->arena, part->pattern->text, part->pattern->flags, subject,
                             groups, part->group + 1)) {
                *reason = STR("the regular expression gives no answer for it");
                return false;
            }
            piece = groups[part->group];
            break;
        }
        case PART_UNKNOWN:
            *reason = part->text;
            return false;
        }
        text = text.len ? str_concat(model->arena, text, piece) : piece;
    }
    *out = text;
    return true;
}
