// _headers as Netlify reads it.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"

// The whole path in any case, a slash at its end or not: a part that begins with ":" is any
// segment, one that is "*" any rest (with the slash before it), "*" in a part any text.
static const struct pattern *compile(struct model *model, Str path)
{
    struct arena *arena = model->arena;
    struct buf out = { .arena = arena };
    Str rest = path, part;
    bool first = true;
    buf_add_text(&out, "/");
    while (rest.len) {
        if (!str_cut(rest, STR("/"), &part, &rest)) {
            part = rest;
            rest = STR("");
        }
        part = str_trim(part);
        if (!part.len)
            continue;
        if (!first)
            buf_add_text(&out, "/");
        first = false;
        if (part.ptr[0] == ':') {
            buf_add_text(&out, "[^/]+");
        } else if (str_is(part, "*")) {
            buf_add_text(&out, "?[\\s\\S]*");
        } else {
            for (size_t i = 0; i < part.len; i++)
                buf_add(&out, part.ptr[i] == '*' ? STR("[\\s\\S]*")
                                                 : static_escape(arena, str_slice(part, i, i + 1)));
        }
    }
    buf_add_text(&out, "/?");
    return model_pattern(model, buf_str(&out), REGEX_PCRE2, REGEX_FULL | REGEX_CASELESS);
}

// ", " between the values of a list, however they are written.
static Str normal(struct arena *arena, Str value)
{
    struct buf out = { .arena = arena };
    Str rest = value, one;
    bool first = true;
    while (rest.len) {
        if (!str_cut(rest, STR(","), &one, &rest)) {
            one = rest;
            rest = STR("");
        }
        if (!first)
            buf_add_text(&out, ", ");
        first = false;
        buf_add(&out, str_trim(one));
    }
    return buf_str(&out);
}

void netlify_rules(struct headers_file *file, struct static_rules *out)
{
    struct model *model = file->model;
    for (uint32_t i = 0; i < file->lines->count; i++) {
        const struct headers_line *line = &file->lines->items[i];
        Str name, value;
        if (line->text.ptr[0] == '/') {
            bool is_glob =
                str_contains(line->text, STR("*")) || str_contains(line->text, STR("/:"));
            *vec_push(model->arena, out) = (struct static_rule){
                .path = line->text,
                .match = is_glob ? MATCH_GLOB : MATCH_EXACT,
                .paths = compile(model, line->text)->result.language,
                .span = line->span,
            };
            continue;
        }
        if (!str_cut(line->text, STR(":"), &name, &value)) {
            Str removed = line->text;
            if (str_eat(&removed, STR("! ")) && static_header_counts(removed))
                static_remark(file->policy, "CG507", line->span,
                              STR("Netlify does not know this way to remove a header and drops the "
                                  "line"));
            continue;
        }
        name = str_trim(name);
        value = normal(model->arena, str_trim(value));
        if (!name.len || !value.len || !out->count)
            continue;
        static_rule_add(model, &out->items[out->count - 1], name, value_text(model, value), false,
                        line->span);
    }
}
