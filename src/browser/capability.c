#include "browser/access.h"
#include "browser/names.h"

#include "base/vec.h"

Str capability_text(struct arena *arena, struct capability capability)
{
    switch (capability.kind) {
    case CAPABILITY_READ:
        return capability.credentials ? STR("credentials") : STR("read");
    case CAPABILITY_METHOD:
        return str_concat(arena, STR("method:"), capability.name);
    case CAPABILITY_HEADER:
        return str_concat(arena, STR("header:"), capability.name);
    case CAPABILITY_EXPOSE:
        return str_concat(arena, STR("expose:"), capability.name);
    }
    return STR("");
}

bool capability_equal(struct capability a, struct capability b)
{
    return a.kind == b.kind && a.credentials == b.credentials && str_equal(a.name, b.name);
}

// What the cells of an endpoint name, before anybody asks what comes of it.
struct survey {
    struct model *model;
    struct capabilities *out;
    bool credentials; // some answer may allow them
    bool by_method;   // cells differ by the method
};

static void add_one(struct survey *s, struct capability capability)
{
    for (uint32_t i = 0; i < s->out->count; i++)
        if (capability_equal(s->out->items[i], capability))
            return;
    *vec_push(s->model->arena, s->out) = capability;
}

static void add(struct survey *s, enum capability_kind kind, Str name)
{
    add_one(s, (struct capability){ kind, name, false });
    if (s->credentials)
        add_one(s, (struct capability){ kind, name, true });
}

// Names that the question is never about: what a page may do anyway, or never.
static bool is_settled(enum capability_kind kind, Str name)
{
    switch (kind) {
    case CAPABILITY_READ:
        return true;
    case CAPABILITY_METHOD:
        return names_forbidden_method(name) || names_safelisted_method(name);
    case CAPABILITY_HEADER:
        return names_forbidden_header(name) || str_is(name, "accept") ||
               str_is(name, "accept-language") || str_is(name, "content-language");
    case CAPABILITY_EXPOSE:
        return names_readable_header(name) || str_is(name, "set-cookie") ||
               str_is(name, "set-cookie2");
    }
    return true;
}

static void add_list(struct survey *s, enum capability_kind kind, Str list)
{
    while (list.len) {
        Str item, rest = STR("");
        if (!str_cut(list, STR(","), &item, &rest))
            item = list;
        list = rest;
        item = str_trim(item);
        if (!names_token(item))
            continue;
        if (kind != CAPABILITY_METHOD)
            item = str_lower(s->model->arena, item);
        if (str_is(item, "*") || !is_settled(kind, item))
            add(s, kind, item);
    }
}

static void add_value(struct survey *s, enum capability_kind kind, const struct value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++) {
        if (value->parts[i].kind == PART_TEXT)
            add_list(s, kind, value->parts[i].text);
        else // an echo, or nobody knows what
            add(s, kind, STR("*"));
    }
}

static void survey_op(struct survey *s, const struct header_op *op)
{
    static const struct {
        const char *header;
        enum capability_kind kind;
    } lists[] = {
        { "Access-Control-Allow-Methods", CAPABILITY_METHOD },
        { "Access-Control-Allow-Headers", CAPABILITY_HEADER },
        { "Access-Control-Expose-Headers", CAPABILITY_EXPOSE },
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (op->verb == HEADER_UNKNOWN && op->name.len == 0)
            add(s, lists[i].kind, STR("*"));
        else if (op->verb != HEADER_CLEAR && str_is_nocase(op->name, lists[i].header))
            add_value(s, lists[i].kind, op->value);
    }
}

// The names that a preflight may ask for where cells differ by what it asks for: an answer that
// echoes them says nothing of its own.
static void add_asked(struct survey *s, enum capability_kind kind, const struct fa *language)
{
    enum { NAMES_MAX = 256 };
    struct model *model = s->model;
    const struct pattern *token =
        model_pattern(model, STR("[-!#$%&'*+.^_`|~0-9A-Za-z]+"), REGEX_PCRE2, REGEX_FULL);
    const struct fa *single = fa_intersect(model->fa, language, token->result.language);
    if (!single || fa_count(single) > NAMES_MAX)
        return; // the others than those: any
    Str *names = ARENA_ARRAY(model->arena, Str, NAMES_MAX);
    size_t count = fa_enumerate(model->arena, single, names, NAMES_MAX);
    for (size_t i = 0; i < count; i++)
        add_list(s, kind, names[i]);
}

static void survey_cell(struct survey *s, const struct cell *cell)
{
    const struct response *response = cell->response;
    for (uint32_t i = 0; i < cell->box->count; i++) {
        const struct box_item *item = &cell->box->items[i];
        s->by_method |= item->var == s->model->method;
        if (item->var == s->model->request_method)
            add_asked(s, CAPABILITY_METHOD, item->language);
        if (item->var == s->model->request_headers)
            add_asked(s, CAPABILITY_HEADER, item->language);
    }
    if (response->answer == ANSWER_UNKNOWN || response->answer == ANSWER_UPSTREAM)
        s->credentials = true;
    for (uint32_t i = 0; i < response->op_count; i++) {
        const struct header_op *op = &response->ops[i];
        if (op->verb != HEADER_CLEAR &&
            (op->name.len == 0 || str_is_nocase(op->name, "Access-Control-Allow-Credentials")))
            s->credentials = true;
    }
}

void access_capabilities(struct origin_space *space, const struct endpoint *endpoint,
                         struct capabilities *out)
{
    struct survey s = { .model = origins_model(space), .out = out };
    for (uint32_t i = 0; i < endpoint->cell_count; i++)
        survey_cell(&s, &endpoint->cells[i]);
    add(&s, CAPABILITY_READ, STR(""));
    if (s.by_method) { // otherwise they go as GET goes
        add(&s, CAPABILITY_METHOD, STR("HEAD"));
        add(&s, CAPABILITY_METHOD, STR("POST"));
    }
    for (uint32_t i = 0; i < endpoint->cell_count; i++)
        for (uint32_t k = 0; k < endpoint->cells[i].response->op_count; k++)
            survey_op(&s, &endpoint->cells[i].response->ops[k]);
}
