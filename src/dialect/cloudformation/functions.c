// What the intrinsic functions of CloudFormation stand for.
#include "base/hash.h"
#include "dialect/cloudformation/template.h"

enum { DEEPEST = 64 };

bool template_function(const struct data *data, Str *name, const struct data **arguments)
{
    if (data->tag.len > 1 && data->tag.ptr[0] == '!' && data->tag.ptr[1] != '!') {
        // "!Sub" is "Fn::Sub"; the arguments are the node itself.
        static const char *const names[] = {
            "Ref",           "Condition",       "Fn::And",       "Fn::Base64", "Fn::Cidr",
            "Fn::Contains",  "Fn::Equals",      "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs",
            "Fn::If",        "Fn::ImportValue", "Fn::Join",      "Fn::Length", "Fn::Not",
            "Fn::Or",        "Fn::Select",      "Fn::Split",     "Fn::Sub",    "Fn::ToJsonString",
            "Fn::Transform",
        };
        Str tag = str_slice(data->tag, 1, data->tag.len);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            Str known = str_from(names[i]), rest = known;
            (void)str_eat(&rest, STR("Fn::"));
            if (str_equal(rest, tag)) {
                *name = known;
                *arguments = data;
                return true;
            }
        }
        return false;
    }
    if (data->kind != DATA_MAP || data->count != 1 || data->entries[0].key->kind != DATA_SCALAR)
        return false;
    Str key = data->entries[0].key->text;
    if (!str_starts(key, STR("Fn::")) && !str_is(key, "Ref"))
        return false;
    *name = key;
    *arguments = data->entries[0].value;
    return true;
}

static struct term not_known(struct template *template, const struct data *data, const char *why)
{
    return term_unknown(template->model, str_from(why), template_identity(template, data), data);
}

// A text as it is written, except for references that are resolved when it is deployed.
static const struct value *plain_text(struct template *template, Str text, Span span)
{
    struct model *model = template->model;
    const struct value *out = value_text(model, STR(""));
    Str before, rest, reference;
    while (str_cut(text, STR("{{resolve:"), &before, &rest) &&
           str_cut(rest, STR("}}"), &reference, &rest)) {
        Str reason = str_format(model->arena, "{{resolve:%.*s}} is known only where it is deployed",
                                STR_ARG(reference));
        out = value_concat(model, out, value_text(model, before));
        out = value_concat(model, out,
                           value_unknown(model, reason, hash_str(HASH_SEED, reference), span));
        text = rest;
    }
    return value_concat(model, out, value_text(model, text));
}

static struct term refer(struct template *template, Str name, const struct data *data)
{
    struct model *model = template->model;
    struct resource resource;
    if (str_is(name, "AWS::NoValue"))
        return (struct term){ 0 };
    if (str_starts(name, STR("AWS::")) || template_has_parameter(template, name))
        return template_parameter(template, name, data);
    if (!template_find(template, name, &resource)) {
        // What SAM makes (ServerlessRestApi, a function's role ...) is not written in the template.
        Str reason =
            str_format(model->arena, "nothing in the template is called %.*s", STR_ARG(name));
        struct term term = term_unknown(model, reason, hash_str(HASH_SEED, name), data);
        term.resource = name;
        return term;
    }
    Str reason = str_format(model->arena, "the name of %.*s is known only where it is deployed",
                            STR_ARG(name));
    struct term term =
        term_from_value(value_unknown(model, reason, hash_str(HASH_SEED, name), data->span), data);
    term.resource = name;
    return term;
}

static struct term attribute(struct template *template, Str name, Str asked,
                             const struct data *data)
{
    struct model *model = template->model;
    Str reason = str_format(model->arena, "%.*s of %.*s is known only where it is deployed",
                            STR_ARG(asked), STR_ARG(name));
    uint64_t identity = hash_str(hash_str(HASH_SEED, name), asked);
    struct term term = term_from_value(value_unknown(model, reason, identity, data->span), data);
    term.resource = name;
    term.attribute = asked;
    return term;
}

static struct term get_att(struct template *template, const struct data *data,
                           const struct data *arguments)
{
    Str name, asked;
    if (arguments->kind == DATA_SCALAR && str_cut(arguments->text, STR("."), &name, &asked))
        return attribute(template, name, asked, data);
    if (arguments->kind == DATA_LIST && arguments->count == 2 &&
        arguments->entries[0].value->kind == DATA_SCALAR &&
        arguments->entries[1].value->kind == DATA_SCALAR)
        return attribute(template, arguments->entries[0].value->text,
                         arguments->entries[1].value->text, data);
    template_complain(template, data->span, "Fn::GetAtt takes a resource and an attribute");
    return not_known(template, data, "a Fn::GetAtt that cannot be read");
}

// What one ${Name} in a Fn::Sub stands for.
static const struct value *substitute(struct template *template, Str name,
                                      const struct data *variables, const struct data *data)
{
    struct model *model = template->model;
    const struct data *own = variables ? data_find(variables, name) : NULL;
    Str resource, asked;
    struct term term;
    if (own)
        term = term_of(&template->terms, own);
    else if (str_cut(name, STR("."), &resource, &asked))
        term = attribute(template, resource, asked, data);
    else
        term = refer(template, name, data);
    if (term.value)
        return term.value;
    return value_unknown(model, STR("a list or map stands where a text is substituted"),
                         template_identity(template, data), data->span);
}

static struct term sub(struct template *template, const struct data *data,
                       const struct data *arguments)
{
    struct model *model = template->model;
    const struct data *text = arguments, *variables = NULL;
    if (arguments->kind == DATA_LIST && arguments->count == 2) {
        text = arguments->entries[0].value;
        variables = arguments->entries[1].value;
    }
    if (text->kind != DATA_SCALAR || (variables && variables->kind != DATA_MAP)) {
        template_complain(template, data->span,
                          "Fn::Sub takes a text, or a list of a text and a "
                          "map");
        return not_known(template, data, "a Fn::Sub that cannot be read");
    }
    const struct value *out = value_text(model, STR(""));
    Str rest = text->text, before, name;
    while (str_cut(rest, STR("${"), &before, &rest)) {
        out = value_concat(model, out, plain_text(template, before, text->span));
        if (!str_cut(rest, STR("}"), &name, &rest)) {
            rest = str_concat(model->arena, STR("${"), rest);
            break;
        }
        name = str_trim(name);
        bool is_written = str_eat(&name, STR("!"));
        Str kept = str_format(model->arena, "${%.*s}", STR_ARG(name));
        out = value_concat(model, out,
                           is_written ? value_text(model, kept)
                                      : substitute(template, name, variables, data));
    }
    out = value_concat(model, out, plain_text(template, rest, text->span));
    return term_from_value(out, data);
}

static struct term choose(struct template *template, const struct data *data,
                          const struct data *arguments)
{
    bool holds;
    if (arguments->kind != DATA_LIST || arguments->count != 3 ||
        arguments->entries[0].value->kind != DATA_SCALAR) {
        template_complain(template, data->span, "Fn::If takes a condition and two values");
        return not_known(template, data, "a Fn::If that cannot be read");
    }
    const struct data *condition = arguments->entries[0].value;
    if (!template_holds(template, condition->text, condition->span, &holds))
        return not_known(template, data, "it depends on a condition that is not known");
    return term_of(&template->terms, arguments->entries[holds ? 1 : 2].value);
}

// The key of a mapping: where a pseudo parameter chooses, each key is a case.
static bool find_key(struct template *template, const struct data *map, const struct data *asked,
                     Str *out)
{
    Str name, text;
    const struct data *argument;
    bool is_ref = template_function(asked, &name, &argument) && str_is(name, "Ref") &&
                  argument->kind == DATA_SCALAR;
    if (is_ref && str_starts(argument->text, STR("AWS::")))
        for (uint32_t i = 0; i < map->count && map->count <= 8; i++) {
            bool is;
            text = map->entries[i].key->text;
            if (i + 1 < map->count &&
                !template_compare(template, argument->text, text, asked->span, &is))
                return false;
            if (i + 1 == map->count || is) { // any other key: it cannot be deployed
                *out = text;
                return true;
            }
        }
    struct term term = term_of(&template->terms, asked);
    return term_is_known(&term, out);
}

static struct term find_in_map(struct template *template, const struct data *data,
                               const struct data *arguments)
{
    if (arguments->kind != DATA_LIST || arguments->count < 3) {
        template_complain(template, data->span, "Fn::FindInMap takes a mapping and two keys");
        return not_known(template, data, "a Fn::FindInMap that cannot be read");
    }
    struct term named = term_of(&template->terms, arguments->entries[0].value);
    Str name, top, second;
    const struct data *map = NULL, *row = NULL, *value = NULL;
    if (!term_is_known(&named, &name))
        return not_known(template, data, "which mapping is meant is not known");
    if (template->mappings)
        map = data_find(template->mappings, name);
    if (!map || map->kind != DATA_MAP) {
        template_complain(template, data->span, "there is no mapping %.*s", STR_ARG(name));
        return not_known(template, data, "a mapping that is not there");
    }
    if (!find_key(template, map, arguments->entries[1].value, &top))
        return not_known(template, data, "the key of a mapping is not known");
    row = data_find(map, top);
    if (row && row->kind == DATA_MAP) {
        if (!find_key(template, row, arguments->entries[2].value, &second))
            return not_known(template, data, "the key of a mapping is not known");
        value = data_find(row, second);
    }
    if (value)
        return term_as_written(template->model, value);
    // A default value: an extension of the language.
    const struct data *fallback =
        arguments->count > 3 ? document_find(arguments->entries[3].value, "DefaultValue") : NULL;
    if (fallback)
        return term_of(&template->terms, fallback);
    return not_known(template, data, "a mapping has no value for this key");
}

static struct term join(struct template *template, const struct data *data,
                        const struct data *arguments)
{
    struct model *model = template->model;
    if (arguments->kind != DATA_LIST || arguments->count != 2) {
        template_complain(template, data->span, "Fn::Join takes a delimiter and a list");
        return not_known(template, data, "a Fn::Join that cannot be read");
    }
    struct term delimiter = term_of(&template->terms, arguments->entries[0].value);
    struct term list = term_of(&template->terms, arguments->entries[1].value);
    if (list.kind != TERM_LIST || delimiter.kind != TERM_TEXT)
        return not_known(template, data, "the list of a Fn::Join is not known");
    const struct value *out = value_text(model, STR(""));
    bool first = true;
    for (uint32_t i = 0; i < term_count(&list); i++) {
        struct term item = term_at(&template->terms, &list, i);
        if (item.kind == TERM_NONE)
            continue;
        if (!item.value)
            return not_known(template, data, "a list of a Fn::Join holds more than texts");
        if (!first)
            out = value_concat(model, out, delimiter.value);
        out = value_concat(model, out, item.value);
        first = false;
    }
    return term_from_value(out, data);
}

static struct term split(struct template *template, const struct data *data,
                         const struct data *arguments)
{
    struct arena *arena = template->model->arena;
    if (arguments->kind != DATA_LIST || arguments->count != 2) {
        template_complain(template, data->span, "Fn::Split takes a delimiter and a text");
        return not_known(template, data, "a Fn::Split that cannot be read");
    }
    struct term delimiter = term_of(&template->terms, arguments->entries[0].value);
    struct term term = term_of(&template->terms, arguments->entries[1].value);
    Str text, at, head, rest;
    if (!term_is_known(&delimiter, &at) || !term_is_known(&term, &text) || !at.len)
        return not_known(template, data, "the text of a Fn::Split is not known");
    VEC(struct data_entry) entries = { 0 };
    for (bool more = true; more;) {
        more = str_cut(text, at, &head, &rest);
        struct data *item = ARENA_NEW(arena, struct data);
        *item = (struct data){
            .kind = DATA_SCALAR, .span = data->span, .text = more ? head : text, .weight = 1
        };
        *vec_push(arena, &entries) = (struct data_entry){ NULL, item };
        text = rest;
    }
    struct data *list = ARENA_NEW(arena, struct data);
    *list = (struct data){ .kind = DATA_LIST,
                           .span = data->span,
                           .entries = entries.items,
                           .count = entries.count,
                           .weight = entries.count + 1 };
    return term_as_written(template->model, list);
}

static struct term pick(struct template *template, const struct data *data,
                        const struct data *arguments)
{
    if (arguments->kind != DATA_LIST || arguments->count != 2) {
        template_complain(template, data->span, "Fn::Select takes an index and a list");
        return not_known(template, data, "a Fn::Select that cannot be read");
    }
    struct term index = term_of(&template->terms, arguments->entries[0].value);
    struct term list = term_of(&template->terms, arguments->entries[1].value);
    uint32_t i;
    if (list.kind != TERM_LIST || !term_get_number(&index, UINT32_MAX, &i))
        return not_known(template, data, "what a Fn::Select picks is not known");
    if (i < term_count(&list))
        return term_at(&template->terms, &list, i);
    template_complain(template, data->span, "Fn::Select asks for number %u of %u", i,
                      term_count(&list));
    return not_known(template, data, "a Fn::Select beyond the end of its list");
}

static struct term evaluate(struct template *template, Str name, const struct data *data,
                            const struct data *arguments)
{
    static const struct row {
        const char *name;
        struct term (*evaluate)(struct template *, const struct data *, const struct data *);
    } rows[] = {
        { "Fn::Sub", sub },        { "Fn::If", choose }, { "Fn::FindInMap", find_in_map },
        { "Fn::GetAtt", get_att }, { "Fn::Join", join }, { "Fn::Split", split },
        { "Fn::Select", pick },
    };
    if (str_is(name, "Ref")) {
        if (arguments->kind == DATA_SCALAR)
            return refer(template, arguments->text, data);
        template_complain(template, data->span, "Ref takes a name");
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_is(name, rows[i].name))
            return rows[i].evaluate(template, data, arguments);
    Str reason = str_format(template->model->arena,
                            "what %.*s gives is known only where it is "
                            "deployed",
                            STR_ARG(name));
    return term_unknown(template->model, reason, template_identity(template, data), data);
}

struct term template_resolve(struct terms *terms, const struct data *data)
{
    struct template *template = terms->state;
    Str name;
    const struct data *arguments;
    if (!template_function(data, &name, &arguments)) {
        struct term term = term_as_written(terms->model, data);
        if (term.kind == TERM_TEXT && str_contains(data->text, STR("{{resolve:")))
            term.value = plain_text(template, data->text, data->span);
        else if (term.kind == TERM_TEXT && template->expand)
            term.value = template->expand(template->expand_state, data);
        return term;
    }
    if (template->depth >= DEEPEST) {
        template_complain(template, data->span, "functions stand more than %d deep in one another",
                          DEEPEST);
        return not_known(template, data, "too many functions in one another");
    }
    template->depth++;
    struct term term = evaluate(template, name, data, arguments);
    template->depth--;
    if (term.kind != TERM_NONE && !term.span.file)
        term.span = data->span;
    return term;
}
