#include "dialect/static_headers/static_sites.h"

#include "base/hash.h"
#include "dialect/languages.h"

#include <stdarg.h>
#include <stdio.h>

const struct kind static_malformed = { "CG901", LEVEL_ERROR, "the host of the site refuses this" };

void static_complain(struct static_document *document, Span span, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)diagf(document->model->run, &static_malformed, span, "%s", text);
    document->good = false;
}

uint32_t static_count(struct static_document *document, const struct data *map, const char *key,
                      const struct data **list)
{
    *list = document_find(map, key);
    if (!*list || data_is_null(*list))
        return 0;
    if ((*list)->kind == DATA_LIST)
        return (*list)->count;
    static_complain(document, (*list)->span, "%s is %s, where a list stands", key,
                    data_kind_text(*list));
    return 0;
}

const struct value *static_text(struct model *model, const struct data *scalar)
{
    if (!scalar->unrendered)
        return value_text(model, scalar->text);
    return value_unknown(model, STR("a template that is not rendered writes this value"),
                         hash_str(HASH_SEED, scalar->text), scalar->span);
}

void static_match(struct static_document *document, struct static_rule *rule,
                  const struct pattern *pattern)
{
    rule->paths = pattern->result.language;
    if (rule->paths)
        return;
    rule->paths = fa_none(document->model->fa);
    if (pattern->result.status == REGEX_INVALID)
        static_complain(document, rule->span, "%.*s: %s", STR_ARG(rule->path), pattern->result.why);
    else
        rule->perhaps = fa_all(document->model->fa);
}

void static_read_pairs(struct static_document *document, const struct data *list,
                       struct static_rule *rule,
                       const struct value *(*make)(const void *state, const struct data *value),
                       const void *state)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *pair = list->entries[i].value;
        const struct data *value = document_find(pair, "value");
        Str key = document_text(pair, "key");
        if (!key.len || !value || value->kind != DATA_SCALAR) {
            static_complain(document, pair->span, "a header has a key and a value");
            continue;
        }
        if (!static_header_counts(key))
            continue;
        *vec_push(document->model->arena, &rule->headers) = (struct static_header){
            key, make ? make(state, value) : static_text(document->model, value), pair->span
        };
    }
}

bool static_is_named(const struct document *document, const char *name)
{
    return str_is(source_base(document->path), name);
}

const struct box *static_site_box(struct model *model, const struct data *list, uint32_t number,
                                  const char *name, const struct box *box)
{
    for (uint32_t i = 0; i <= number && list->count > 1; i++) {
        const struct data *site = list->entries[i].value;
        Str called = document_text(site, name);
        Str text =
            str_format(model->arena, "whether the request comes to the site %.*s", STR_ARG(called));
        const struct var *choice =
            model_choice(model, text, hash_u64(hash_str(HASH_SEED, called), i), site->span);
        box = box_with(model, box, choice, model_choice_value(model, i == number));
    }
    return box;
}

Span static_place(const struct data *node)
{
    return (Span){ node->span.file, node->span.begin, node->span.begin + 1 };
}

const struct value *static_location(struct model *model, const struct data *destination)
{
    Str text = destination->kind == DATA_SCALAR ? destination->text : STR("");
    bool plain = text.len > 0 && !destination->unrendered;
    Str rest = text, scheme;
    (void)str_cut(text, STR("://"), &scheme, &rest);
    for (size_t i = 0; i < rest.len; i++)
        plain &= rest.ptr[i] != ':' && rest.ptr[i] != '$' && rest.ptr[i] != '*';
    if (plain)
        return value_text(model, text);
    return value_unknown(model, STR("where this redirects to"), hash_str(HASH_SEED, text),
                         destination->span);
}

// So many redirects are places of their own. What comes behind them is one for each status, if only
// the path decides: sites have thousands.
enum { REDIRECTS_MOST = 24 };

static bool goes_by_path(const struct static_rule *rule)
{
    return !rule->hosts && !rule->perhaps && !rule->conditions.list.count;
}

static bool unite_redirects(struct static_document *document, uint32_t status, uint32_t first,
                            struct static_rule *out)
{
    struct model *model = document->model;
    struct languages paths = { 0 };
    uint32_t count = 0;
    for (uint32_t i = first; i < document->redirects.count; i++) {
        const struct static_rule *rule = &document->redirects.items[i];
        Str word;
        if (rule->redirect != status || !goes_by_path(rule))
            continue;
        if (!count++)
            *out = *rule;
        if (fa_is_literal(model->arena, rule->paths, &word))
            languages_add_word(model, &paths, word);
        else
            languages_add(model, &paths, rule->paths);
    }
    if (count < 2)
        return count > 0;
    out->match = MATCH_GLOB;
    out->paths = languages_union(model, &paths, LANGUAGES_PATTERNS);
    out->location =
        value_unknown(model, STR("where one of many redirects leads to"), status, out->span);
    if (!out->paths) {
        out->paths = fa_none(model->fa);
        out->perhaps = fa_all(model->fa);
    }
    return true;
}

// The redirects, and behind them the other rules.
static void order_rules(struct static_document *document)
{
    struct arena *arena = document->model->arena;
    struct static_rules all = { 0 };
    uint32_t most = document->redirects.count > REDIRECTS_MOST ? REDIRECTS_MOST : UINT32_MAX;
    uint64_t done[16] = { 0 };
    for (uint32_t i = 0; i < document->redirects.count; i++) {
        const struct static_rule *rule = &document->redirects.items[i];
        struct static_rule united;
        if (i < most || !goes_by_path(rule)) {
            *vec_push(arena, &all) = *rule;
        } else if (!(done[rule->redirect / 64] & UINT64_C(1) << rule->redirect % 64) &&
                   unite_redirects(document, rule->redirect, i, &united)) {
            *vec_push(arena, &all) = united;
            done[rule->redirect / 64] |= UINT64_C(1) << rule->redirect % 64;
        }
    }
    for (uint32_t i = 0; i < document->rules.count; i++)
        *vec_push(arena, &all) = document->rules.items[i];
    document->rules = all;
}

bool static_document_finish(struct static_document *document, const struct box *site, Span span)
{
    order_rules(document);
    bool added = static_headers_add(document->model, document->policy, document->product,
                                    &document->rules, site, span);
    return added && document->good;
}
