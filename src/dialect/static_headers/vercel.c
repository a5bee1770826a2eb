// vercel.json: rules by path, and by headers, cookies, query and host.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"
#include "base/hash.h"

#include <ctype.h>
#include <string.h>

static const struct static_product vercel = {
    .layer = "vercel", .joining = STATIC_LAST, .sends_star = true, .has_functions = true
};

static const char *const marks[] = { "openapi.vercel.sh", "\"headers\"",         "\"cleanUrls\"",
                                     "\"trailingSlash\"", "\"outputDirectory\"", NULL };

static bool has_rules(const struct data *root)
{
    const struct data *list = document_find(root, "headers");
    const struct data *rule =
        list && list->kind == DATA_LIST && list->count ? list->entries[0].value : NULL;
    const struct data *headers = document_find(rule, "headers");
    return document_find(rule, "source") && headers && headers->kind == DATA_LIST &&
           !document_find(root, "hosting") && !document_find(root, "public");
}

static bool claims(const struct document *document, Str *why)
{
    if (document->root->kind != DATA_MAP)
        return false;
    *why = STR("its name");
    if (static_is_named(document, "vercel.json"))
        return true;
    *why = STR("its $schema is Vercel's");
    if (str_contains(document_text(document->root, "$schema"), STR("openapi.vercel.sh")))
        return true;
    *why = STR("it has headers by source as Vercel has");
    return has_rules(document->root);
}

// ---- source: the paths that path-to-regexp takes it for, in strict mode

struct route_source {
    Str text;
    size_t at;
    struct buf out;
    const char *wrong;
};

static bool ahead(const struct route_source *source, const char *set)
{
    char c = source->at < source->text.len ? source->text.ptr[source->at] : 0;
    return c && strchr(set, c);
}

// "(...)" at the place: what stands in it. Groups in it must not capture.
static bool take_expression(struct route_source *source, Str *out)
{
    size_t begin = source->at + 1, depth = 1, i = begin;
    for (; i < source->text.len && depth; i++) {
        char c = source->text.ptr[i];
        if (c == '\\') {
            i++;
        } else if (c == ')') {
            depth--;
        } else if (c == '(') {
            depth++;
            if (i + 1 >= source->text.len || source->text.ptr[i + 1] != '?')
                source->wrong = "a group inside an expression must not capture";
        }
    }
    if (depth || i == begin + 1) {
        source->wrong = depth ? "a parenthesis is not closed" : "an expression is empty";
        return false;
    }
    *out = str_slice(source->text, begin, i - 1);
    source->at = i;
    return true;
}

// ":name" and "(expression)", one of them at least. False: neither stands here.
static bool take_group(struct route_source *source, Str *name, Str *expression)
{
    bool some = false;
    *name = STR("");
    *expression = STR("[^/]+");
    if (ahead(source, ":")) {
        size_t begin = ++source->at;
        while (source->at < source->text.len &&
               (isalnum((unsigned char)source->text.ptr[source->at]) ||
                source->text.ptr[source->at] == '_'))
            source->at++;
        *name = str_slice(source->text, begin, source->at);
        if (!name->len)
            source->wrong = "a name is missing after \":\"";
        some = true;
    }
    if (!source->wrong && ahead(source, "("))
        some |= take_expression(source, expression);
    return some;
}

static void add_group(struct route_source *source, Str prefix, Str name, Str expression, Str suffix)
{
    struct arena *arena = source->out.arena;
    char modifier = ahead(source, "*+?") ? source->text.ptr[source->at++] : 0;
    bool is_named = name.len && isalpha((unsigned char)name.ptr[0]);
    Str open = is_named ? str_format(arena, "(?<%.*s>", STR_ARG(name)) : STR("(");
    prefix = static_escape(arena, prefix);
    suffix = static_escape(arena, suffix);
    if ((modifier == '*' || modifier == '+') && (prefix.len || suffix.len))
        buf_addf(&source->out, "(?:%.*s%.*s(?:%.*s)(?:%.*s%.*s(?:%.*s))*)%.*s)%s", STR_ARG(prefix),
                 STR_ARG(open), STR_ARG(expression), STR_ARG(suffix), STR_ARG(prefix),
                 STR_ARG(expression), STR_ARG(suffix), modifier == '*' ? "?" : "");
    else if (modifier == '*' || modifier == '+')
        buf_addf(&source->out, "%.*s(?:%.*s)%c)", STR_ARG(open), STR_ARG(expression), modifier);
    else
        buf_addf(&source->out, "(?:%.*s%.*s%.*s)%.*s)%s", STR_ARG(prefix), STR_ARG(open),
                 STR_ARG(expression), STR_ARG(suffix), modifier ? "?" : "");
}

// "{prefix:name(expression)suffix}" and what may follow it.
static Str take_plain(struct route_source *source)
{
    struct buf out = { .arena = source->out.arena };
    while (source->at < source->text.len && !ahead(source, ":({}*+?)")) {
        if (ahead(source, "\\"))
            source->at++;
        if (source->at < source->text.len)
            buf_add_char(&out, source->text.ptr[source->at++]);
    }
    return buf_str(&out);
}

static void take_braces(struct route_source *source)
{
    Str name, expression, prefix, suffix;
    source->at++;
    prefix = take_plain(source);
    bool has_group = take_group(source, &name, &expression);
    suffix = take_plain(source);
    if (!ahead(source, "}")) {
        source->wrong = "a brace is not closed";
        return;
    }
    source->at++;
    if (has_group) {
        add_group(source, prefix, name, expression, suffix);
        return;
    }
    buf_addf(&source->out, "(?:%.*s%.*s)", STR_ARG(static_escape(source->out.arena, prefix)),
             STR_ARG(static_escape(source->out.arena, suffix)));
    if (ahead(source, "*+?"))
        buf_add_char(&source->out, source->text.ptr[source->at++]);
}

static Str source_expression(struct arena *arena, Str text, const char **wrong)
{
    struct route_source source = { .text = text, .out = { .arena = arena } };
    while (source.at < text.len && !source.wrong) {
        Str name, expression, one = str_slice(text, source.at, source.at + 1);
        if (ahead(&source, "\\")) {
            one = str_slice(text, source.at + 1, source.at + 2);
            buf_add(&source.out, static_escape(arena, one));
            source.at += 2;
        } else if (ahead(&source, "{")) {
            take_braces(&source);
        } else if (ahead(&source, ":(")) {
            if (take_group(&source, &name, &expression))
                add_group(&source, STR(""), name, expression, STR(""));
        } else if (ahead(&source, "*+?})")) {
            source.wrong = "a modifier or bracket stands where nothing is to modify or close";
        } else {
            source.at++;
            bool is_prefix = (one.ptr[0] == '/' || one.ptr[0] == '.') && ahead(&source, ":(");
            if (is_prefix && take_group(&source, &name, &expression))
                add_group(&source, one, name, expression, STR(""));
            else
                buf_add(&source.out, static_escape(arena, one));
        }
    }
    *wrong = source.wrong;
    return buf_str(&source.out);
}

// ---- has, missing

// What rules capture, for their values.
struct captures {
    struct model *model;
    struct {
        VEC(const struct pattern *) list;
    } patterns;
    struct {
        VEC(const struct var *) list;
    } subjects;
};

static void add_capture(struct captures *captures, const struct pattern *pattern,
                        const struct var *subject)
{
    *vec_push(captures->model->arena, &captures->patterns.list) = pattern;
    *vec_push(captures->model->arena, &captures->subjects.list) = subject;
}

// A header's value, with ":name" for what was captured.
static const struct value *substitute(const void *state, const struct data *scalar)
{
    const struct captures *captures = state;
    struct model *model = captures->model;
    const struct value *out = value_text(model, STR(""));
    Str text = scalar->text;
    size_t from = 0;
    for (size_t i = 0; i + 1 < text.len; i++) {
        size_t end = i + 1;
        const struct value *captured = NULL;
        while (text.ptr[i] == ':' && end < text.len &&
               (isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '_'))
            end++;
        for (uint32_t k = 0; end > i + 1 && k < captures->patterns.list.count && !captured; k++) {
            const struct pattern *pattern = captures->patterns.list.items[k];
            uint32_t group;
            if (pattern->result.regex &&
                regex_group_find(pattern->result.regex, str_slice(text, i + 1, end), &group))
                captured = value_capture(model, pattern, group,
                                         value_var(model, captures->subjects.list.items[k]));
        }
        if (!captured)
            continue;
        out = value_concat(model, out, value_text(model, str_slice(text, from, i)));
        out = value_concat(model, out, captured);
        from = end;
        i = end - 1;
    }
    return value_concat(model, out, value_text(model, str_slice(text, from, text.len)));
}

static const struct var *subject_of(struct model *model, const struct data *one)
{
    Str type = document_text(one, "type"), key = document_text(one, "key");
    if (str_is(type, "host"))
        return model->host;
    if (!key.len)
        return NULL;
    return str_is(type, "header")   ? model_header(model, key)
           : str_is(type, "cookie") ? model_cookie(model, key)
           : str_is(type, "query")  ? model_arg(model, key)
                                    : NULL;
}

// The words that an operator takes; NULL: not known.
static const struct fa *operator_language(struct model *model, Str name, const struct data *operand)
{
    struct fa_space *fa = model->fa;
    Str text = operand->kind == DATA_SCALAR ? operand->text : STR("");
    bool is_list = str_is(name, "inc") || str_is(name, "ninc");
    const struct fa *out = NULL;
    if (is_list != (operand->kind == DATA_LIST))
        return NULL;
    if (str_is(name, "eq") || str_is(name, "neq"))
        out = fa_literal(fa, text);
    else if (str_is(name, "pre"))
        out = fa_concat(fa, fa_literal(fa, text), fa_all(fa));
    else if (str_is(name, "suf"))
        out = fa_concat(fa, fa_all(fa), fa_literal(fa, text));
    else if (str_is(name, "re"))
        out = model_pattern(model, text, REGEX_PCRE2, REGEX_DOLLAR_STRICT)->result.language;
    for (uint32_t i = 0; is_list && i < operand->count; i++)
        out =
            fa_union(fa, out ? out : fa_none(fa), fa_literal(fa, operand->entries[i].value->text));
    return str_is(name, "neq") || str_is(name, "ninc") ? fa_complement(fa, out) : out;
}

static void read_condition(struct static_document *document, const struct data *one,
                           bool is_missing, struct static_rule *rule, struct captures *captures)
{
    struct model *model = document->model;
    const struct data *value = document_find(one, "value");
    struct static_condition made = { .var = subject_of(model, one),
                                     .is_negated = is_missing,
                                     .span = one->span,
                                     .reason = STR("whether a condition of a rule of vercel.json "
                                                   "holds") };
    if (!made.var) {
        static_complain(document, one->span, "a condition has a type and a key");
        return;
    }
    made.identity = hash_u64(HASH_SEED, made.var->identity);
    const struct fa *present = fa_subtract(model->fa, made.var->universe, fa_empty(model->fa));
    if (!value) {
        made.language = present;
    } else if (value->kind == DATA_SCALAR) {
        const struct pattern *pattern =
            model_pattern(model, value->text, REGEX_PCRE2, REGEX_FULL | REGEX_DOLLAR_STRICT);
        if (pattern->result.status == REGEX_INVALID)
            static_complain(document, value->span, "%.*s: %s", STR_ARG(value->text),
                            pattern->result.why);
        made.identity = hash_str(made.identity, value->text);
        made.language = fa_intersect(model->fa, pattern->result.language, present);
        if (!is_missing)
            add_capture(captures, pattern, made.var);
    } else {
        made.language = present;
        for (uint32_t i = 0; value->kind == DATA_MAP && i < value->count; i++) {
            const struct data_entry *entry = &value->entries[i];
            made.identity = hash_str(hash_str(made.identity, entry->key->text), entry->value->text);
            made.language = fa_intersect(model->fa, made.language,
                                         operator_language(model, entry->key->text, entry->value));
        }
    }
    *vec_push(model->arena, &rule->conditions.list) = made;
}

// ---- rules

// What a rule matches: its source and its conditions. False: it is refused.
static bool read_match(struct static_document *document, const struct data *node,
                       struct static_rule *rule, struct captures *captures)
{
    struct model *model = document->model;
    Str source = document_text(node, "source");
    const char *wrong;
    const struct data *list;
    *captures = (struct captures){ .model = model };
    *rule = (struct static_rule){ .path = source, .match = MATCH_EXACT, .span = node->span };
    for (size_t i = 0; i < source.len; i++)
        if (strchr(":({*+?\\", source.ptr[i]))
            rule->match = MATCH_GLOB;
    rule->span.end = rule->span.begin + 1;
    Str expression = source_expression(model->arena, source, &wrong);
    if (!source.len || wrong) {
        static_complain(document, node->span, "the source %.*s: %s", STR_ARG(source),
                        source.len ? wrong : "it is empty");
        return false;
    }
    const struct pattern *pattern = static_pattern(model, expression);
    static_match(document, rule, pattern);
    add_capture(captures, pattern, model->path);
    uint32_t count = static_count(document, node, "has", &list);
    for (uint32_t i = 0; i < count; i++)
        read_condition(document, list->entries[i].value, false, rule, captures);
    count = static_count(document, node, "missing", &list);
    for (uint32_t i = 0; i < count; i++)
        read_condition(document, list->entries[i].value, true, rule, captures);
    return true;
}

static void read_rule(struct static_document *document, const struct data *node)
{
    struct captures captures;
    struct static_rule rule;
    const struct data *list;
    if (!read_match(document, node, &rule, &captures))
        return;
    if (static_count(document, node, "headers", &list))
        static_read_pairs(document, list, &rule, substitute, &captures);
    *vec_push(document->model->arena, &document->rules) = rule;
}

// 308, unless it is not permanent or names a status.
static void read_redirect(struct static_document *document, const struct data *node)
{
    struct captures captures;
    struct static_rule rule;
    const struct data *destination = document_find(node, "destination");
    const struct data *permanent = document_find(node, "permanent");
    const struct data *status = document_find(node, "statusCode");
    bool is_permanent = true;
    if (!read_match(document, node, &rule, &captures))
        return;
    if (!destination || destination->kind != DATA_SCALAR) {
        static_complain(document, node->span, "a redirect has a source and a destination");
        return;
    }
    if (permanent && !data_get_bool(permanent, &is_permanent))
        static_complain(document, permanent->span, "permanent is neither true nor false");
    rule.redirect = is_permanent ? 308 : 307;
    if (status && (!data_get_number(status, 399, &rule.redirect) || rule.redirect < 300)) {
        static_complain(document, status->span, "statusCode is no status of a redirect");
        return;
    }
    rule.location = static_location(document->model, destination);
    *vec_push(document->model->arena, &document->redirects) = rule;
}

// `routes` is another language for the same, which is not read.
static void note_routes(struct static_document *document, const struct reading *reading,
                        const struct document *file)
{
    const struct data *root = file->root;
    const struct data *list;
    uint32_t count = static_count(document, root, "routes", &list);
    for (uint32_t i = 0; i < count; i++) {
        const struct data *headers = document_find(list->entries[i].value, "headers");
        if (!headers)
            continue;
        Str text = files_text(reading->source->files, list->entries[i].value->span);
        document_outside(document->policy, file->path, "vercel",
                         (struct unknown){ headers->span,
                                           STR("headers of routes in vercel.json are not read"),
                                           hash_str(HASH_SEED, text) });
    }
}

static bool read(struct reading *reading)
{
    bool good = true;
    for (uint32_t i = 0; i < reading->documents.count; i++) {
        const struct data *root = reading->documents.items[i]->root, *list;
        struct static_document document = { .model = reading->model,
                                            .policy = reading->out->policy,
                                            .good = true };
        document.product = &vercel;
        uint32_t count = static_count(&document, root, "headers", &list);
        for (uint32_t k = 0; k < count; k++)
            read_rule(&document, list->entries[k].value);
        count = static_count(&document, root, "redirects", &list);
        for (uint32_t k = 0; k < count; k++)
            read_redirect(&document, list->entries[k].value);
        note_routes(&document, reading, reading->documents.items[i]);
        good &= static_document_finish(&document, documents_instance(reading, i, "site"),
                                       static_place(root));
    }
    return good;
}

const struct dialect dialect_vercel = {
    .name = "vercel",
    .what = "vercel.json",
    .marks = marks,
    .claims = claims,
    .read = read,
};
