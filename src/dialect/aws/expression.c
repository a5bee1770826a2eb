// Expressions of parameter mappings, and the two shapes of templates that generators write. Source:
// reference/gateways.md 4.2, 4.5, 4.6.
#include "base/hash.h"
#include "dialect/aws/rest.h"

// The value without the quotes at its ends; NULL where they are not there.
static const struct value *unquote(struct model *model, const struct value *value)
{
    if (!value->count)
        return NULL;
    const struct part *first = &value->parts[0], *last = &value->parts[value->count - 1];
    Str begin = first->text, end = last->text;
    if (first->kind != PART_TEXT || last->kind != PART_TEXT || !str_starts(begin, STR("'")) ||
        !str_ends(end, STR("'")) || (first == last && begin.len < 2))
        return NULL;
    const struct value *out = value_text(model, STR(""));
    for (uint32_t i = 0; i < value->count; i++) {
        struct value *one =
            arena_alloc(model->arena, sizeof *one + sizeof *one->parts, _Alignof(struct value));
        one->count = 1;
        one->parts[0] = value->parts[i];
        Str text = value->parts[i].text;
        if (i == 0)
            text = str_slice(text, 1, text.len);
        if (i + 1 == value->count)
            text = str_slice(text, 0, text.len - 1);
        out = value_concat(model, out,
                           value->parts[i].kind == PART_TEXT ? value_text(model, text) : one);
    }
    return out;
}

const struct value *rest_value(struct aws *aws, const struct rest_header *header, bool request)
{
    struct model *model = aws->model;
    Str text;
    if (!header->value.value) {
        aws_complain(aws, header->value.span, "the value of %.*s is %s, where a text stands",
                     STR_ARG(header->name), term_kind_text(&header->value));
        return NULL;
    }
    if (!term_is_known(&header->value, &text)) {
        const struct value *inner = unquote(model, header->value.value);
        aws_leave_unknown(aws, header->value.value);
        return inner ? inner : header->value.value;
    }
    text = str_trim(text);
    const struct value *literal = unquote(model, value_text(model, text));
    if (literal)
        return literal;
    Str name = text;
    if (str_eat(&name, STR("integration.response.header.")))
        return value_var(model, model_upstream_header(model, name));
    name = text;
    if (request && str_eat(&name, STR("method.request.header.")))
        return value_var(model, model_header(model, name));
    static const char *const others[] = { "integration.response.", "stageVariables.", "context.",
                                          "method.request." };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_starts(text, str_from(others[i]))) {
            Str reason = str_format(model->arena, "%.*s is known only when it runs", STR_ARG(text));
            const struct value *open =
                value_unknown(model, reason, hash_str(HASH_SEED, text), header->value.span);
            aws_leave_unknown(aws, open);
            return open;
        }
    aws_complain(aws, header->value.span,
                 "%.*s is no expression of a mapping for %.*s: a text stands in single quotes, as "
                 "in \"'%.*s'\"",
                 STR_ARG(text), STR_ARG(header->name), STR_ARG(text));
    return NULL;
}

// ---- templates

static void eat_space(Str *text)
{
    *text = str_trim(*text);
}

static bool eat(Str *text, const char *word)
{
    eat_space(text);
    return str_eat(text, str_from(word));
}

static bool eat_string(Str *text, Str *out)
{
    Str rest, quote;
    eat_space(text);
    if (!str_starts(*text, STR("\"")) && !str_starts(*text, STR("'")))
        return false;
    quote = str_slice(*text, 0, 1);
    return str_cut(str_slice(*text, 1, text->len), quote, out, &rest) && ((*text = rest), true);
}

// `$origin.matches("R")` (Java, the whole text) or `$origin == "L"`.
static bool eat_test(struct aws *aws, Str *text, const struct fa **out)
{
    struct model *model = aws->model;
    Str words;
    if (!eat(text, "$origin"))
        return false;
    if (eat(text, "==")) {
        if (!eat_string(text, &words))
            return false;
        *out = fa_literal(model->fa, words);
        return true;
    }
    if (!eat(text, ".matches(") || !eat_string(text, &words) || !eat(text, ")"))
        return false;
    const struct pattern *pattern =
        model_pattern(model, words, REGEX_JAVA, REGEX_FULL | REGEX_DOLLAR_STRICT);
    *out = pattern->result.language;
    return *out;
}

static bool eat_fetch(Str *text)
{
    static const char *const ways[] = {
        "$input.params(\"Origin\")",
        "$input.params(\"origin\")",
        "$input.params().header.get(\"Origin\")",
        "$input.params().header.get(\"origin\")",
    };
    if (!eat(text, "#set($origin") || !eat(text, "="))
        return false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (eat(text, ways[i]))
            return eat(text, ")");
    return false;
}

static bool eat_override(Str *text)
{
    return eat(text, "#set($context.responseOverride.header.Access-Control-Allow-Origin") &&
           eat(text, "=") && eat(text, "$origin") && eat(text, ")") && eat(text, "#end");
}

// The whole template, of which nothing may be left over.
static bool parse(struct aws *aws, Str text, const struct fa **out)
{
    struct fa_space *fa = aws->model->fa;
    const struct fa *all = fa_none(fa), *one;
    if (!eat_fetch(&text))
        return false;
    Str rest = text;
    // The second spelling of the header, where the first is not there.
    if ((eat(&rest, "#if($origin == \"\")") || eat(&rest, "#if ($origin == \"\")")) &&
        eat_fetch(&rest) && eat(&rest, "#end"))
        text = rest;
    if (!eat(&text, "#if(") && !eat(&text, "#if ("))
        return false;
    do {
        if (!eat_test(aws, &text, &one))
            return false;
        all = fa_union(fa, all, one);
    } while (eat(&text, "||"));
    if (!eat(&text, ")") || !eat_override(&text))
        return false;
    eat_space(&text);
    *out = all;
    return !text.len;
}

enum rest_override rest_override(struct aws *aws, const struct rest_response *response,
                                 const struct fa **echoed)
{
    const struct term *templates = &response->templates;
    bool some = false, others = false, sure = true;
    const struct fa *first = NULL;
    if (response->echo) {
        *echoed = response->echo;
        return OVERRIDE_ECHO;
    }
    if (templates->kind == TERM_UNKNOWN)
        return OVERRIDE_UNKNOWN;
    for (uint32_t i = 0; templates->kind == TERM_MAP && i < term_count(templates); i++) {
        struct term one = term_at(aws->terms, templates, i);
        Str text;
        const struct fa *found = NULL;
        if (!term_is_there(&one))
            continue;
        if (!term_is_known(&one, &text))
            return OVERRIDE_UNKNOWN;
        if (!str_contains(text, STR("responseOverride"))) {
            others = true;
            continue;
        }
        sure = parse(aws, text, &found) && found && sure && (!some || found == first);
        first = found;
        some = true;
    }
    if (!some)
        return OVERRIDE_NONE;
    *echoed = first;
    return sure && !others ? OVERRIDE_ECHO : OVERRIDE_UNKNOWN;
}

uint32_t rest_mock_status(struct aws *aws, const struct term *requests)
{
    uint32_t status = 0;
    for (uint32_t i = 0; requests->kind == TERM_MAP && i < term_count(requests); i++) {
        struct term one = term_at(aws->terms, requests, i);
        Str text, before, rest, digits;
        uint32_t found;
        if (!term_is_known(&one, &text) || !str_cut(text, STR("statusCode"), &before, &rest))
            return 0;
        (void)(eat(&rest, "\"") || eat(&rest, "'"));
        if (!eat(&rest, ":"))
            return 0;
        eat_space(&rest);
        digits = str_slice(rest, 0, 3);
        if (str_contains(text, STR("#")) || !str_number(digits, 599, &found) ||
            (status && found != status))
            return 0;
        status = found;
    }
    return status;
}
