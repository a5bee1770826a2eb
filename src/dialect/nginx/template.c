#include "dialect/nginx/config.h"

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

struct parts {
    struct template_part *items;
    uint32_t count, capacity;
};

static void add_text(struct model *model, struct parts *parts, Str text)
{
    if (text.len)
        *vec_push(model->arena, parts) = (struct template_part){ .text = text };
}

// Reads the variable behind the "$" at `at`; returns where it ends, or `at` when there is none.
static size_t read_variable(struct model *model, Str text, size_t at, struct parts *parts)
{
    size_t begin = at + 1;
    if (begin < text.len && text.ptr[begin] >= '1' && text.ptr[begin] <= '9') {
        *vec_push(model->arena, parts) =
            (struct template_part){ .group = (uint32_t)(text.ptr[begin] - '0') };
        return begin + 1;
    }
    bool braced = begin < text.len && text.ptr[begin] == '{';
    begin += braced;
    size_t end = begin;
    while (end < text.len && is_name(text.ptr[end]))
        end++;
    if (end == begin || (braced && (end == text.len || text.ptr[end] != '}')))
        return at;
    Str name = str_lower(model->arena, str_slice(text, begin, end));
    bool digit = name.len == 1 && name.ptr[0] >= '1' && name.ptr[0] <= '9';
    if (digit)
        *vec_push(model->arena, parts) =
            (struct template_part){ .group = (uint32_t)(name.ptr[0] - '0') };
    else
        *vec_push(model->arena, parts) = (struct template_part){ .variable = name };
    return end + braced;
}

struct template template_parse(struct model *model, Str text, Span span)
{
    struct parts parts = { 0 };
    size_t plain = 0; // where the text since the last variable begins
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] != '$') {
            i++;
            continue;
        }
        struct parts before = parts;
        add_text(model, &parts, str_slice(text, plain, i));
        size_t end = read_variable(model, text, i, &parts);
        if (end == i) { // no variable: nginx refuses it, which validation reports; here it is text
            parts.count = before.count;
            i++;
            continue;
        }
        plain = i = end;
    }
    add_text(model, &parts, str_slice(text, plain, text.len));
    return (struct template){ parts.items, parts.count, span };
}

bool template_is_text(const struct template *value, Str *out)
{
    if (value->count > 1 || (value->count == 1 && !value->parts[0].text.len))
        return false;
    *out = value->count ? value->parts[0].text : STR("");
    return true;
}
