#include "dialect/cloudformation/template.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>

const struct kind template_malformed = { "CG901", LEVEL_ERROR, "the template cannot be deployed" };

bool template_is(const struct document *document)
{
    const struct data *resources = document_find(document->root, "Resources");
    if (!resources || resources->kind != DATA_MAP)
        return false;
    for (uint32_t i = 0; i < resources->count; i++)
        if (str_contains(document_text(resources->entries[i].value, "Type"), STR("::")))
            return true;
    return false;
}

static const struct data *section(struct template *template, const char *name)
{
    const struct data *data = document_find(template->document->root, name);
    if (!data || data->kind == DATA_MAP || data_is_null(data))
        return data && data->kind == DATA_MAP ? data : NULL;
    template_complain(template, data->span, "%s is %s, where a map stands", name,
                      data_kind_text(data));
    return NULL;
}

// The number of the last resource of that name, or NULL.
static uint32_t *last_of(const struct template *template, Str id)
{
    uint32_t at = 0, *number;
    while ((number = map_next(&template->by_id, hash_str(HASH_SEED, id), &at)))
        if (str_equal(template->resources->entries[*number].key->text, id))
            return number;
    return NULL;
}

struct template *template_new(struct model *model, struct policy *policy,
                              const struct document *document)
{
    struct template *template = ARENA_NEW(model->arena, struct template);
    *template = (struct template){
        .model = model,
        .policy = policy,
        .document = document,
        .terms = { model, template_resolve, template },
    };
    template->parameters = section(template, "Parameters");
    template->mappings = section(template, "Mappings");
    template->conditions = section(template, "Conditions");
    template->resources = section(template, "Resources");
    for (uint32_t i = 0; template->resources && i < template->resources->count; i++) {
        const struct data *key = template->resources->entries[i].key;
        uint32_t *number = last_of(template, key->text);
        if (!number) {
            number = ARENA_NEW(model->arena, uint32_t);
            map_add(model->arena, &template->by_id, hash_str(HASH_SEED, key->text), number);
        }
        *number = i; // of a name that is there twice, which is reported, the last one counts
    }
    template_restart(template);
    return template;
}

void template_restart(struct template *template)
{
    template->choices = choices_new(template->model);
}

bool template_case(struct template *template)
{
    return choices_next(&template->choices);
}

static void resource_of(const struct data_entry *entry, struct resource *out)
{
    const struct data *properties = document_find(entry->value, "Properties");
    *out = (struct resource){
        .id = entry->key->text,
        .type = document_text(entry->value, "Type"),
        .span = entry->key->span,
        .data = entry->value,
        .properties = properties && properties->kind == DATA_MAP ? properties : NULL,
    };
}

bool template_next(const struct template *template, const char *type, uint32_t *i,
                   struct resource *out)
{
    while (template->resources && *i < template->resources->count) {
        const struct data_entry *entry = &template->resources->entries[(*i)++];
        Str found = document_text(entry->value, "Type");
        if ((type ? !str_is(found, type) : !found.len) ||
            *last_of(template, entry->key->text) + 1 != *i)
            continue;
        resource_of(entry, out);
        return true;
    }
    return false;
}

bool template_find(const struct template *template, Str id, struct resource *out)
{
    const uint32_t *number = last_of(template, id);
    if (!number || !document_text(template->resources->entries[*number].value, "Type").len)
        return false;
    resource_of(&template->resources->entries[*number], out);
    return true;
}

bool template_has(struct template *template, const struct resource *resource)
{
    const struct data *condition = document_find(resource->data, "Condition");
    bool holds = true;
    // Not known: it is there, so that nothing that it does is overlooked.
    if (condition && condition->kind == DATA_SCALAR)
        (void)template_holds(template, condition->text, condition->span, &holds);
    return holds;
}

struct term template_property(struct template *template, const struct resource *resource,
                              const char *name)
{
    return term_of(&template->terms, document_find(resource->properties, name));
}

static bool has_function(const struct data *data)
{
    Str name;
    const struct data *arguments;
    bool found = false;
    for (uint32_t i = 0; i < data->count && !found; i++)
        found = template_function(data->entries[i].value, &name, &arguments) ||
                has_function(data->entries[i].value);
    return found;
}

uint64_t template_identity(const struct template *template, const struct data *data)
{
    uint64_t hash = data_hash(data);
    const struct data *const inputs[] = { template->parameters, template->mappings,
                                          template->conditions };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs && has_function(data); i++)
        hash = hash_u64(hash, inputs[i] ? data_hash(inputs[i]) : 0);
    return hash;
}

void template_complain(struct template *template, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    template->bad = true;
    if (template->at.len)
        (void)diagf(template->model->run, &template_malformed, span, "resource %.*s: %s",
                    STR_ARG(template->at), text);
    else
        (void)diagf(template->model->run, &template_malformed, span, "%s", text);
}
