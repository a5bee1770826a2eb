#include "dialect/aws/variables.h"

#include "base/hash.h"

enum { DEEPEST = 32 };

static struct term resolve(struct terms *terms, const struct data *data);

// The end of the variable that begins behind "${": its "}"; false when there is none.
static bool find_end(Str text, size_t *out)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '{')
            depth++;
        else if (text.ptr[i] == '}' && depth-- == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static struct term not_known(struct variables *variables, Str address, const struct data *data)
{
    Str reason = str_format(variables->model->arena, "${%.*s} is known only where it is deployed",
                            STR_ARG(address));
    return term_unknown(variables->model, reason, hash_str(HASH_SEED, address), data);
}

// The part of the file that "custom.origins.0" names.
static struct term walk(struct terms *terms, Str path, const struct data *data)
{
    struct variables *variables = terms->state;
    struct term term = resolve(terms, variables->root);
    Str step, whole = path;
    for (bool more = true; more && path.len;) {
        uint32_t number;
        more = str_cut(path, STR("."), &step, &path);
        if (!more)
            step = path;
        if (term.kind == TERM_LIST && str_number(step, UINT32_MAX, &number))
            term = number < term_count(&term) ? term_at(terms, &term, number) : (struct term){ 0 };
        else
            term = term_get(terms, &term, step);
    }
    if (term.kind == TERM_NONE)
        return not_known(variables, str_concat(variables->model->arena, STR("self:"), whole), data);
    return term;
}

static bool is_there(const struct term *term)
{
    return term->kind != TERM_UNKNOWN && term->kind != TERM_NULL;
}

static bool unquote(Str text, Str *out)
{
    if (text.len < 2 || (text.ptr[0] != '\'' && text.ptr[0] != '"') ||
        text.ptr[text.len - 1] != text.ptr[0])
        return false;
    *out = str_slice(text, 1, text.len - 1);
    return true;
}

// One alternative of a variable.
static struct term look_up(struct terms *terms, Str address, const struct data *data)
{
    struct variables *variables = terms->state;
    Str path = address, literal;
    uint32_t number;
    if (str_eat(&path, STR("self:")))
        return walk(terms, str_trim(path), data);
    if (unquote(address, &literal))
        return term_text(variables->model, literal, data);
    if (str_is(address, "true") || str_is(address, "false") ||
        str_number(address, UINT32_MAX, &number))
        return term_text(variables->model, address, data);
    return not_known(variables, address, data);
}

static const struct value *expand(struct terms *terms, Str text, const struct data *data);

// "self:a, 'b'": the first that is there; what is not known otherwise.
static struct term variable(struct terms *terms, Str inside, const struct data *data)
{
    struct variables *variables = terms->state;
    const struct value *address = expand(terms, inside, data);
    Str text, one;
    if (!value_is_text(address, &text))
        return not_known(variables, inside, data);
    struct term first = { 0 }, term = { 0 };
    for (bool more = true; more;) {
        more = str_cut(text, STR(","), &one, &text);
        term = look_up(terms, str_trim(more ? one : text), data);
        if (is_there(&term))
            return term;
        if (first.kind == TERM_NONE)
            first = term;
    }
    return first;
}

static const struct value *expand(struct terms *terms, Str text, const struct data *data)
{
    struct variables *variables = terms->state;
    struct model *model = variables->model;
    const struct value *out = value_text(model, STR(""));
    Str before, rest;
    size_t end;
    while (str_cut(text, STR("${"), &before, &rest) && find_end(rest, &end)) {
        Str inside = str_slice(rest, 0, end);
        struct term term;
        if (str_starts(inside, STR("AWS::")) || variables->depth >= DEEPEST) {
            term = not_known(variables, inside, data);
        } else {
            variables->depth++;
            term = variable(terms, inside, data);
            variables->depth--;
        }
        if (!term.value)
            term = not_known(variables, inside, data);
        out = value_concat(model, value_concat(model, out, value_text(model, before)), term.value);
        text = str_slice(rest, end + 1, rest.len);
    }
    return value_concat(model, out, value_text(model, text));
}

static struct term resolve(struct terms *terms, const struct data *data)
{
    struct variables *variables = terms->state;
    struct term term = term_as_written(variables->model, data);
    Str inside = data->text;
    size_t end;
    if (term.kind == TERM_MAP && data->count == 1 &&
        (str_starts(data->entries[0].key->text, STR("Fn::")) ||
         str_is(data->entries[0].key->text, "Ref")))
        return term_unknown(variables->model,
                            STR("what CloudFormation puts here is known only where it is deployed"),
                            data_hash(data), data);
    if (data->tag.len > 1 && data->tag.ptr[0] == '!')
        return term_unknown(variables->model,
                            STR("what CloudFormation puts here is known only where it is deployed"),
                            data_hash(data), data);
    if (term.kind != TERM_TEXT || !str_contains(data->text, STR("${")))
        return term;
    // A variable alone may stand for a list or a map.
    if (str_eat(&inside, STR("${")) && find_end(inside, &end) && end + 1 == inside.len &&
        variables->depth < DEEPEST) {
        variables->depth++;
        term = variable(terms, str_slice(inside, 0, end), data);
        variables->depth--;
        return term;
    }
    term.value = expand(terms, data->text, data);
    return term;
}

struct terms variables_terms(struct variables *variables)
{
    return (struct terms){ variables->model, resolve, variables };
}

// The text of a scalar of the resources.
static const struct value *expand_text(void *state, const struct data *text)
{
    struct variables *variables = state;
    struct terms terms = variables_terms(variables);
    return str_contains(text->text, STR("${")) ? expand(&terms, text->text, text)
                                               : value_text(variables->model, text->text);
}

struct template *variables_template(struct variables *variables, struct policy *policy,
                                    const struct document *document)
{
    struct terms terms = variables_terms(variables);
    struct term root = resolve(&terms, variables->root);
    struct term written = term_find(&terms, &root, "resources");
    struct document *part = ARENA_NEW(variables->model->arena, struct document);
    *part = *document;
    part->root = written.data;
    for (uint32_t i = 0; written.kind == TERM_LIST && i < term_count(&written); i++) {
        struct term one = term_at(&terms, &written, i);
        part->root = one.data;
        if (one.kind == TERM_MAP && template_is(part))
            break;
    }
    if (!part->root || !template_is(part))
        return NULL;
    struct template *template = template_new(variables->model, policy, part);
    template->expand = expand_text;
    template->expand_state = variables;
    return template;
}
