#include "browser/lines.h"

#include "base/vec.h"

static const struct fa *full(struct model *model, const char *expression)
{
    return model_pattern(model, str_from(expression), REGEX_PCRE2, REGEX_FULL)->result.language;
}

#define TOKEN "[!#$%&'*+.^_`|~0-9A-Za-z-]"

const struct fa *lines_list(struct model *model)
{
    return full(model, "[ \\t]*" TOKEN "*[ \\t]*(,[ \\t]*" TOKEN "*[ \\t]*)*");
}

const struct fa *lines_naming(struct model *model, Str name, bool fold)
{
    struct fa_space *fa = model->fa;
    const struct fa *before = full(model, "([ \\t]*" TOKEN "*[ \\t]*,)*[ \\t]*");
    const struct fa *behind = full(model, "[ \\t]*(,[ \\t]*" TOKEN "*[ \\t]*)*");
    const struct fa *word = fold ? fa_literal_nocase(fa, name) : fa_literal(fa, name);
    return fa_concat(fa, before, fa_concat(fa, word, behind));
}

const struct fa *lines_text(struct model *model, Str text)
{
    const struct fa *space = full(model, "[ \\t]*");
    return fa_concat(model->fa, space, fa_concat(model->fa, fa_literal(model->fa, text), space));
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

const struct value *lines_stripped(struct model *model, const struct value *value)
{
    if (value->count == 0)
        return value;
    const struct part *first = &value->parts[0], *last = &value->parts[value->count - 1];
    bool spaced = (first->kind == PART_TEXT && is_space(first->text.ptr[0])) ||
                  (last->kind == PART_TEXT && is_space(last->text.ptr[last->text.len - 1]));
    if (!spaced)
        return value;
    size_t size = sizeof *value + value->count * sizeof *value->parts;
    struct value *copy = arena_alloc(model->arena, size, _Alignof(struct value));
    copy->count = 0;
    for (uint32_t i = 0; i < value->count; i++) {
        struct part part = value->parts[i];
        if (part.kind == PART_TEXT) {
            while (i == 0 && part.text.len && is_space(part.text.ptr[0]))
                part.text = str_slice(part.text, 1, part.text.len);
            while (i + 1 == value->count && part.text.len &&
                   is_space(part.text.ptr[part.text.len - 1]))
                part.text.len--;
            if (part.text.len == 0)
                continue;
        }
        copy->parts[copy->count++] = part;
    }
    return copy;
}

static bool add_line(struct model *model, const struct line *line, struct lines_cases *cases)
{
    struct lines_cases next = { 0 };
    const struct fa *empty = fa_empty(model->fa);
    for (uint32_t i = 0; i < cases->count; i++) {
        struct boxes absent = { 0 }, sent = { 0 };
        struct lines_case *from = &cases->items[i];
        if (from->count == LINES_MAX)
            return false;
        if (line->keep_empty)
            *vec_push(model->arena, &sent) = from->box;
        else
            value_split(model, from->box, line->value, empty, &absent, &sent);
        for (uint32_t k = 0; k < absent.count; k++) {
            struct lines_case *to = vec_push(model->arena, &next);
            *to = *from;
            to->box = absent.items[k];
        }
        for (uint32_t k = 0; k < sent.count; k++) {
            struct lines_case *to = vec_push(model->arena, &next);
            *to = *from;
            to->box = sent.items[k];
            to->sent[to->count++] = line;
        }
        if (next.count > model->run->limits->cells)
            return false;
    }
    *cases = next;
    return true;
}

bool lines_split(struct model *model, const struct lines *lines, const char *name,
                 const struct box *box, struct lines_cases *out)
{
    struct lines_cases cases = { 0 };
    *vec_push(model->arena, &cases) = (struct lines_case){ .box = box };
    for (uint32_t i = 0; i < lines->count; i++)
        if (str_is_nocase(lines->items[i].name, name) && !add_line(model, &lines->items[i], &cases))
            return false;
    *out = cases;
    return true;
}
