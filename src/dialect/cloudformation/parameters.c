// What the parameters of a template are, and its conditions.
#include "base/hash.h"
#include "dialect/cloudformation/template.h"

enum { FEW_VALUES = 8, DEEPEST = 64 };

struct parameter {
    Str name;
    const struct data *data; // NULL: a pseudo parameter
    struct {
        Str *items;
        uint32_t count, capacity;
    } allowed, compared, asked; // AllowedValues; texts that conditions compare it with; ... that
                                // anybody asked for
};

static bool has_text(const Str *texts, uint32_t count, Str text)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_equal(texts[i], text))
            return true;
    return false;
}

// The parameter that a Ref names; empty when `data` is no Ref.
static Str referred(const struct data *data)
{
    Str name;
    const struct data *argument;
    bool is_ref = template_function(data, &name, &argument) && str_is(name, "Ref");
    return is_ref && argument->kind == DATA_SCALAR ? argument->text : STR("");
}

// The texts that conditions compare the parameter with.
static void find_compared(struct arena *arena, struct parameter *parameter, const struct data *data)
{
    Str name;
    const struct data *arguments;
    if (template_function(data, &name, &arguments) && str_is(name, "Fn::Equals") &&
        arguments->kind == DATA_LIST && arguments->count == 2)
        for (uint32_t i = 0; i < 2; i++) {
            const struct data *text = arguments->entries[1 - i].value;
            if (str_equal(referred(arguments->entries[i].value), parameter->name) &&
                text->kind == DATA_SCALAR && !text->tag.len &&
                !has_text(parameter->compared.items, parameter->compared.count, text->text))
                *vec_push(arena, &parameter->compared) = text->text;
        }
    for (uint32_t i = 0; i < data->count; i++)
        find_compared(arena, parameter, data->entries[i].value);
}

static struct parameter *parameter_get(struct template *template, Str name)
{
    struct arena *arena = template->model->arena;
    for (uint32_t i = 0; i < template->known.count; i++)
        if (str_equal(template->known.items[i]->name, name))
            return template->known.items[i];
    struct parameter *made = ARENA_NEW(arena, struct parameter);
    made->name = name;
    made->data = template->parameters ? data_find(template->parameters, name) : NULL;
    const struct data *allowed = document_find(made->data, "AllowedValues");
    for (uint32_t i = 0; allowed && allowed->kind == DATA_LIST && i < allowed->count; i++)
        if (allowed->entries[i].value->kind == DATA_SCALAR)
            *vec_push(arena, &made->allowed) = allowed->entries[i].value->text;
    if (template->conditions)
        find_compared(arena, made, template->conditions);
    *vec_push(arena, &template->known) = made;
    return made;
}

bool template_has_parameter(const struct template *template, Str name)
{
    return template->parameters && data_find(template->parameters, name);
}

static Str question(struct template *template, const struct parameter *parameter, Str text,
                    uint64_t *identity)
{
    *identity = hash_str(hash_str(HASH_SEED, parameter->name), text);
    if (!text.len)
        return str_format(template->model->arena, "whether %.*s is empty",
                          STR_ARG(parameter->name));
    return str_format(template->model->arena, "whether %.*s is %.*s", STR_ARG(parameter->name),
                      STR_ARG(text));
}

// What the case at hand says already. False when it says nothing.
static bool is_decided(struct template *template, const struct parameter *parameter, Str text,
                       Span span, bool *out)
{
    uint32_t open = 0;
    bool is_allowed = has_text(parameter->allowed.items, parameter->allowed.count, text);
    for (uint32_t i = 0; i < parameter->asked.count; i++) {
        Str other = parameter->asked.items[i];
        uint64_t identity;
        Str asked = question(template, parameter, other, &identity);
        bool holds;
        if (!choices_decided(&template->choices, asked, identity, span, &holds))
            continue;
        if (holds || str_equal(other, text)) {
            *out = holds && str_equal(other, text);
            return true;
        }
        open += has_text(parameter->allowed.items, parameter->allowed.count, other);
    }
    if (!parameter->allowed.count)
        return false;
    *out = is_allowed;
    return !is_allowed || open + 1 == parameter->allowed.count;
}

static bool compare(struct template *template, struct parameter *parameter, Str text, Span span,
                    bool *out)
{
    uint64_t identity;
    if (is_decided(template, parameter, text, span, out))
        return true;
    Str asked = question(template, parameter, text, &identity);
    if (!has_text(parameter->asked.items, parameter->asked.count, text))
        *vec_push(template->model->arena, &parameter->asked) = text;
    return choices_decide(&template->choices, asked, identity, span, out);
}

bool template_compare(struct template *template, Str parameter, Str text, Span span, bool *out)
{
    return compare(template, parameter_get(template, parameter), text, span, out);
}

static struct term unknown_parameter(struct template *template, const struct parameter *parameter,
                                     const char *why, const struct data *data)
{
    Str reason = str_format(template->model->arena, "%.*s %s", STR_ARG(parameter->name), why);
    uint64_t identity = hash_str(HASH_SEED, reason);
    for (uint32_t i = 0; i < template->choices.made.count; i++) {
        const struct decision *made = &template->choices.made.items[i];
        identity = hash_u64(identity, made->choice->identity * 2 + made->holds);
    }
    return term_unknown(template->model, reason, identity, data);
}

// A list is written as one text, between commas.
static struct term list_of(struct template *template, Str text, const struct data *at)
{
    struct arena *arena = template->model->arena;
    struct data *list = ARENA_NEW(arena, struct data);
    VEC(struct data_entry) entries = { 0 };
    *list = *at;
    for (bool more = true; more;) {
        struct data *item = ARENA_NEW(arena, struct data);
        Str head, rest;
        more = str_cut(text, STR(","), &head, &rest);
        *item = (struct data){
            .kind = DATA_SCALAR, .span = at->span, .text = str_trim(more ? head : text), .weight = 1
        };
        *vec_push(arena, &entries) = (struct data_entry){ NULL, item };
        if (more)
            text = rest;
    }
    list->kind = DATA_LIST;
    list->tag = STR("");
    list->entries = entries.items;
    list->count = entries.count;
    return (struct term){ .kind = TERM_LIST, .span = at->span, .data = list };
}

static struct term term_for(struct template *template, const struct parameter *parameter, Str text,
                            const struct data *data)
{
    Str type = document_text(parameter->data, "Type");
    if (str_starts(type, STR("AWS::SSM::Parameter::Value")))
        return unknown_parameter(template, parameter, "stands in the parameter store", data);
    if (str_is(type, "CommaDelimitedList") || str_starts(type, STR("List<")))
        return list_of(template, text, data);
    return term_text(template->model, text, data);
}

struct term template_parameter(struct template *template, Str name, const struct data *data)
{
    struct parameter *parameter = parameter_get(template, name);
    bool few = parameter->allowed.count && parameter->allowed.count <= FEW_VALUES;
    const Str *texts = few ? parameter->allowed.items : parameter->compared.items;
    uint32_t count = few ? parameter->allowed.count : parameter->compared.count;
    for (uint32_t i = 0; i < count; i++) {
        bool is;
        if (!compare(template, parameter, texts[i], data->span, &is))
            return unknown_parameter(template, parameter, "decides about too many cases", data);
        if (is)
            return term_for(template, parameter, texts[i], data);
    }
    const struct data *fallback = document_find(parameter->data, "Default");
    bool is;
    if (!parameter->data)
        return unknown_parameter(template, parameter, "is known only where it is deployed", data);
    if (!fallback || fallback->kind != DATA_SCALAR)
        return unknown_parameter(template, parameter, "has no default", data);
    if (is_decided(template, parameter, fallback->text, data->span, &is) && !is)
        return unknown_parameter(template, parameter, "is not its default here", data);
    return term_for(template, parameter, fallback->text, data);
}

// ---- conditions

static bool holds(struct template *template, const struct data *data, bool *out);

static bool all_hold(struct template *template, const struct data *list, bool wanted, bool *out)
{
    bool known = true;
    for (uint32_t i = 0; i < list->count; i++) {
        bool one;
        if (!holds(template, list->entries[i].value, &one))
            known = false;
        else if (one != wanted) {
            *out = !wanted;
            return true;
        }
    }
    if (known)
        *out = wanted;
    return known;
}

// Whether two texts are equal. A parameter is compared as such: it need not be its default.
static bool equals(struct template *template, const struct data *list, bool *out)
{
    for (uint32_t i = 0; i < 2; i++) {
        Str name = referred(list->entries[i].value);
        struct resource resource;
        if (!name.len || template_find(template, name, &resource))
            continue;
        struct term other = term_of(&template->terms, list->entries[1 - i].value);
        Str text;
        if (term_is_known(&other, &text))
            return template_compare(template, name, text, list->span, out);
    }
    struct term a = term_of(&template->terms, list->entries[0].value);
    struct term b = term_of(&template->terms, list->entries[1].value);
    Str left, right;
    if (term_is_known(&a, &left) && term_is_known(&b, &right)) {
        *out = str_equal(left, right);
        return true;
    }
    return choices_decide(&template->choices, STR("whether two values of the template are equal"),
                          template_identity(template, list), list->span, out);
}

static bool holds(struct template *template, const struct data *data, bool *out)
{
    Str name;
    const struct data *list;
    bool one = false, done = false;
    if (++template->depth > DEEPEST) {
        template_complain(template, data->span, "conditions refer to one another in a circle");
        template->depth--;
        return false;
    }
    const struct data *named = document_find(data, "Condition");
    if (named && named->kind == DATA_SCALAR) {
        done = template_holds(template, named->text, named->span, out);
    } else if (!template_function(data, &name, &list)) {
        template_complain(template, data->span, "%s is no condition", data_kind_text(data));
    } else if (str_is(name, "Condition") && list->kind == DATA_SCALAR) {
        done = template_holds(template, list->text, list->span, out);
    } else if (list->kind != DATA_LIST || !list->count) {
        template_complain(template, data->span, "%.*s takes a list", STR_ARG(name));
    } else if (str_is(name, "Fn::And") || str_is(name, "Fn::Or")) {
        done = all_hold(template, list, str_is(name, "Fn::And"), out);
    } else if (str_is(name, "Fn::Not")) {
        done = holds(template, list->entries[0].value, &one);
        if (done)
            *out = !one;
    } else if (str_is(name, "Fn::Equals") && list->count == 2) {
        done = equals(template, list, out);
    } else {
        done =
            choices_decide(&template->choices,
                           str_format(template->model->arena, "whether %.*s holds", STR_ARG(name)),
                           template_identity(template, data), data->span, out);
    }
    template->depth--;
    return done;
}

bool template_holds(struct template *template, Str condition, Span span, bool *out)
{
    const struct data *data =
        template->conditions ? data_find(template->conditions, condition) : NULL;
    if (data)
        return holds(template, data, out);
    template_complain(template, span, "there is no condition %.*s", STR_ARG(condition));
    return false;
}
