// The handlers of log_format and access_log.
#include "dialect/nginx/validate.h"

static bool is_format(const struct validate *validate, Str name)
{
    if (str_is_nocase(name, "combined"))
        return true;
    for (uint32_t i = 0; i < validate->log_formats.count; i++)
        if (str_equal_nocase(validate->log_formats.items[i], name))
            return true;
    return false;
}

static bool check_log_format(struct validate *validate, const struct conf *conf,
                             const struct scope *scope)
{
    (void)scope;
    const struct conf_word *name = &conf->words[1];
    if (is_format(validate, name->text))
        return refuse(validate, name->span, "a second log format \"%.*s\"", STR_ARG(name->text));
    *vec_push(validate->scratch, &validate->log_formats) = name->text;
    uint32_t first = 2;
    Str escape = conf->words[2].text;
    if (str_eat(&escape, STR("escape="))) {
        first = 3;
        if (!str_is(escape, "json") && !str_is(escape, "none") && !str_is(escape, "default"))
            return refuse(validate, conf->words[2].span, "\"%.*s\" is none of default, json, none",
                          STR_ARG(escape));
    }
    for (uint32_t i = first; i < conf->n_words; i++) {
        Str text = conf->words[i].text;
        if (!expression_check(validate, text, conf->words[i].span))
            return false;
    }
    return true;
}

static bool is_parameter(struct validate *validate, const struct conf_word *word, bool *buffered,
                         bool *flushed)
{
    Str value = word->text;
    uint32_t level;
    uint64_t time;
    if (str_eat(&value, STR("buffer="))) {
        *buffered = true;
        return size_parse(value, false) && !str_is(value, "0");
    }
    if (str_eat(&value, STR("flush="))) {
        *flushed = true;
        return duration_parse(value, true, &time);
    }
    if (str_eat(&value, STR("if=")))
        return expression_check(validate, value, word->span);
    if (!str_eat(&value, STR("gzip")))
        return false;
    *buffered = true;
    return value.len == 0 ||
           (str_eat(&value, STR("=")) && number_parse(value, &level) && level >= 1 && level <= 9);
}

static bool check_access_log(struct validate *validate, const struct conf *conf,
                             const struct scope *scope)
{
    (void)scope;
    const struct conf_word *path = &conf->words[1];
    if (str_is(path->text, "off"))
        return conf->n_words == 2 ||
               refuse(validate, conf->words[2].span, "nothing may follow \"off\"");
    if (!expression_check(validate, path->text, path->span))
        return false;
    if (conf->n_words == 2)
        return true;
    if (!validate->open && !is_format(validate, conf->words[2].text))
        return refuse(validate, conf->words[2].span, "unknown log format \"%.*s\"",
                      STR_ARG(conf->words[2].text));
    bool buffered = false, flushed = false;
    for (uint32_t i = 3; i < conf->n_words; i++)
        if (!is_parameter(validate, &conf->words[i], &buffered, &flushed))
            return refuse(validate, conf->words[i].span, "\"%.*s\" is no parameter of a log",
                          STR_ARG(conf->words[i].text));
    if (flushed && !buffered)
        return refuse(validate, conf->head, "\"flush\" needs \"buffer\" before it");
    return !buffered || !expression_has_variables(path->text) ||
           refuse(validate, path->span, "a log with a buffer cannot have variables in its name");
}

const struct handler handlers_logs[] = {
    { "log_format", check_log_format },
    { "access_log", check_access_log },
    { NULL, NULL },
};
