// The handlers of nginx's rewrite module: reference/nginx.md 2.5 and 2.6.
#include "dialect/nginx/validate.h"

#include <string.h>

static bool is_absolute(Str text)
{
    return str_starts(text, STR("http://")) || str_starts(text, STR("https://")) ||
           str_starts(text, STR("$scheme"));
}

static bool check_return(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    (void)scope;
    const struct conf_word *first = &conf->words[1];
    uint32_t code;
    bool is_code = number_parse(first->text, &code);
    if (is_code ? code > 999 : conf->n_words != 2 || !is_absolute(first->text))
        return refuse(
            validate, first->span,
            "\"%.*s\" is neither a status nor a URL that begins with http://, https:// or "
            "$scheme",
            STR_ARG(first->text));
    if (is_code && conf->n_words == 2)
        return true;
    const struct conf_word *text = &conf->words[is_code ? 2 : 1];
    return expression_check(validate, text->text, text->span);
}

static bool check_rewrite(struct validate *validate, const struct conf *conf,
                          const struct scope *scope)
{
    (void)scope;
    static const char *const flags[] = { "last", "break", "redirect", "permanent" };
    const struct conf_word *replacement = &conf->words[2];
    if (replacement->text.len == 0)
        return refuse(validate, replacement->span, "the replacement is empty");
    if (!pattern_check(validate, conf->words[1].text, false, conf->words[1].span))
        return false;
    if (conf->n_words == 4) {
        bool known = false;
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
            known |= str_is(conf->words[3].text, flags[i]);
        if (!known)
            return refuse(validate, conf->words[3].span,
                          "\"%.*s\" is none of last, break, redirect, permanent",
                          STR_ARG(conf->words[3].text));
    }
    Str text = replacement->text;
    text.len -= text.ptr[text.len - 1] == '?'; // it drops the arguments
    return expression_check(validate, text, replacement->span);
}

static bool check_set(struct validate *validate, const struct conf *conf, const struct scope *scope)
{
    (void)scope;
    return variable_define(validate, &conf->words[1]) &&
           expression_check(validate, conf->words[2].text, conf->words[2].span);
}

static bool bad_condition(struct validate *validate, const struct conf_word *word)
{
    return refuse(validate, word->span, "\"%.*s\" is not understood in a condition",
                  STR_ARG(word->text));
}

// The variable that a condition begins with: one bare name.
static bool check_subject(struct validate *validate, Str name, Span span)
{
    bool plain = name.len && !(name.ptr[0] >= '0' && name.ptr[0] <= '9');
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        plain &=
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    if (!plain && !variable_is_builtin(str_lower(validate->scratch, name)))
        return refuse(validate, span, "\"$%.*s\" is not one variable's name", STR_ARG(name));
    variable_use(validate, name, span);
    return true;
}

static bool check_test(struct validate *validate, const struct conf *conf, uint32_t at,
                       Str operator, Str value)
{
    Span span = conf->words[at].span;
    if (str_is(operator, "=") || str_is(operator, "!="))
        return expression_check(validate, value, span);
    bool caseless = str_is(operator, "~*") || str_is(operator, "!~*");
    if (caseless || str_is(operator, "~") || str_is(operator, "!~"))
        return pattern_check(validate, value, caseless, span);
    return refuse(validate, span, "\"%.*s\" is no operator: = != ~ ~* !~ !~*", STR_ARG(operator));
}

static bool is_file_test(Str operator)
{
    str_eat(&operator, STR("!"));
    return operator.len == 2 && operator.ptr[0] == '-' && strchr("fdex", operator.ptr[1]);
}

static bool check_if(struct validate *validate, const struct conf *conf, const struct scope *scope)
{
    (void)scope;
    // The words between the parentheses, each of which may be a word of its own or touch another.
    Str *words = ARENA_ARRAY(validate->scratch, Str, conf->n_words);
    for (uint32_t i = 0; i < conf->n_words; i++)
        words[i] = conf->words[i].text;
    uint32_t first = 1, last = conf->n_words - 1;
    if (!str_eat(&words[1], STR("(")))
        return bad_condition(validate, &conf->words[1]);
    first += words[1].len == 0;
    if (!str_ends(words[last], STR(")")))
        return bad_condition(validate, &conf->words[last]);
    words[last].len--;
    last -= words[last].len == 0;
    if (last < first)
        return bad_condition(validate, &conf->words[1]);

    uint32_t count = last - first + 1;
    Str subject = words[first];
    Span span = conf->words[first].span;
    if (subject.len > 1 && subject.ptr[0] == '$') {
        if (count != 1 && count != 3)
            return bad_condition(validate, &conf->words[first]);
        if (!check_subject(validate, str_slice(subject, 1, subject.len), span))
            return false;
        return count == 1 || check_test(validate, conf, last, words[first + 1], words[last]);
    }
    if (!is_file_test(subject) || count != 2)
        return bad_condition(validate, &conf->words[first]);
    return expression_check(validate, words[last], conf->words[last].span);
}

const struct handler handlers_rewrite[] = {
    { "return", check_return },
    { "rewrite", check_rewrite },
    { "set", check_set },
    { "if", check_if },
    { NULL, NULL },
};
