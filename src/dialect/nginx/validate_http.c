// The handlers of what a server or location holds: reference/nginx.md 2.3, 3.1 and others.
#include "dialect/nginx/validate.h"

#include "base/hash.h"

#include <string.h>

static bool check_word(struct validate *validate, const struct conf *conf, uint32_t i)
{
    return expression_check(validate, conf->words[i].text, conf->words[i].span);
}

// ---- headers

static bool check_add_header(struct validate *validate, const struct conf *conf,
                             const struct scope *scope)
{
    (void)scope;
    if (!check_word(validate, conf, 2))
        return false;
    return conf->n_words == 3 || str_is(conf->words[3].text, "always") ||
           refuse(validate, conf->words[3].span,
                  "only \"always\" may follow the value, not \"%.*s\"",
                  STR_ARG(conf->words[3].text));
}

// The last argument is an expression: proxy_set_header, fastcgi_param, auth_request_set …
static bool check_second(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    (void)scope;
    if (conf_is(conf, "auth_request_set") && !variable_define(validate, &conf->words[1]))
        return false;
    return check_word(validate, conf, 2);
}

static bool check_expires(struct validate *validate, const struct conf *conf,
                          const struct scope *scope)
{
    (void)scope;
    bool modified = conf->n_words == 3;
    const struct conf_word *word = &conf->words[conf->n_words - 1];
    if (modified && !str_is(conf->words[1].text, "modified"))
        return refuse(validate, conf->words[1].span, "\"modified\" or one argument is expected");
    if (expression_has_variables(word->text))
        return expression_check(validate, word->text, word->span);
    if (!modified &&
        (str_is(word->text, "epoch") || str_is(word->text, "max") || str_is(word->text, "off")))
        return true;
    Str text = word->text;
    bool daily = !modified && str_eat(&text, STR("@"));
    if (!daily && !str_eat(&text, STR("+")))
        str_eat(&text, STR("-"));
    uint64_t seconds;
    return (duration_parse(text, false, &seconds) && (!daily || seconds <= 86400)) ||
           refuse(validate, word->span, "\"%.*s\" is not a time", STR_ARG(word->text));
}

static bool is_status_list(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= '0' && c <= '9') && c != ' ' && c != ',' && c != '\t')
            return false;
    }
    return true;
}

// more_set_headers and more_clear_headers: options, then "Name: value" as often as wanted.
static bool check_more(struct validate *validate, const struct conf *conf,
                       const struct scope *scope)
{
    (void)scope;
    for (uint32_t i = 1; i < conf->n_words; i++) {
        const struct conf_word *word = &conf->words[i];
        Str name, value;
        if (str_starts(word->text, STR("-"))) {
            bool takes_value = str_is(word->text, "-s") || str_is(word->text, "-t");
            bool alone = str_is(word->text, "-a") || str_is(word->text, "-r");
            if (str_is(word->text, "-s") && i + 1 < conf->n_words &&
                !is_status_list(conf_word(conf, i + 1)))
                return refuse(validate, conf->words[i + 1].span, "\"%.*s\" is no list of statuses",
                              STR_ARG(conf->words[i + 1].text));
            if ((!takes_value && !alone) || (takes_value && i + 1 == conf->n_words))
                return refuse(validate, word->span, "\"%.*s\" is not understood here",
                              STR_ARG(word->text));
            i += takes_value;
        } else if (str_is(word->text, "*")) {
            return refuse(validate, word->span, "\"*\" is too short for a pattern of names");
        } else if (str_cut(word->text, STR(":"), &name, &value)) {
            if (!expression_check(validate, str_trim(value), word->span))
                return false;
        }
    }
    return true;
}

// ---- answers

static bool check_error_page(struct validate *validate, const struct conf *conf,
                             const struct scope *scope)
{
    (void)scope;
    uint32_t codes = conf->n_words - 1; // the words before this one
    const struct conf_word *before = &conf->words[conf->n_words - 2];
    Str overwrite = before->text;
    uint32_t code;
    if (str_eat(&overwrite, STR("="))) {
        if (conf->n_words == 3 || (overwrite.len && !number_parse(overwrite, &code)))
            return refuse(validate, before->span, "\"%.*s\" has no place here",
                          STR_ARG(before->text));
        codes--;
    }
    if (!check_word(validate, conf, conf->n_words - 1))
        return false;
    for (uint32_t i = 1; i < codes; i++)
        if (!number_parse(conf->words[i].text, &code) || code == 499 || code < 300 || code > 599)
            return refuse(validate, conf->words[i].span, "\"%.*s\" is not a status from 300 to 599",
                          STR_ARG(conf->words[i].text));
    return true;
}

static bool check_try_files(struct validate *validate, const struct conf *conf,
                            const struct scope *scope)
{
    (void)scope;
    for (uint32_t i = 1; i < conf->n_words; i++)
        if (!check_word(validate, conf, i))
            return false;
    const struct conf_word *last = &conf->words[conf->n_words - 1];
    Str text = last->text;
    uint32_t code;
    return !str_eat(&text, STR("=")) || (number_parse(text, &code) && code <= 999) ||
           refuse(validate, last->span, "\"%.*s\" is not a status", STR_ARG(last->text));
}

static bool check_limit_except(struct validate *validate, const struct conf *conf,
                               const struct scope *scope)
{
    static const char *const methods[] = { "GET",       "HEAD", "POST",   "PUT",     "DELETE",
                                           "MKCOL",     "COPY", "MOVE",   "OPTIONS", "PROPFIND",
                                           "PROPPATCH", "LOCK", "UNLOCK", "PATCH" };
    for (uint32_t i = 1; i < conf->n_words; i++) {
        bool known = false;
        for (size_t j = 0; j < sizeof methods / sizeof *methods; j++)
            known |= str_is_nocase(conf->words[i].text, methods[j]);
        if (!known)
            return refuse(validate, conf->words[i].span, "\"%.*s\" is no method that nginx knows",
                          STR_ARG(conf->words[i].text));
    }
    return conf_find(scope->block, "limit_except") == conf ||
           refuse(validate, conf->head, "\"limit_except\" stands twice in this location");
}

static bool check_connections(struct validate *validate, const struct conf *conf,
                              const struct scope *scope)
{
    (void)scope;
    uint32_t count;
    return (number_parse(conf->words[1].text, &count) && count) ||
           refuse(validate, conf->words[1].span, "\"%.*s\" is not a number of connections",
                  STR_ARG(conf->words[1].text));
}

static bool check_keepalive(struct validate *validate, const struct conf *conf,
                            const struct scope *scope)
{
    (void)scope;
    for (uint32_t i = 1; i < conf->n_words; i++) {
        uint64_t time;
        if (!duration_parse(conf->words[i].text, i == 1, &time))
            return refuse(validate, conf->words[i].span, "\"%.*s\" is not a time",
                          STR_ARG(conf->words[i].text));
    }
    return true;
}

static bool check_index(struct validate *validate, const struct conf *conf,
                        const struct scope *scope)
{
    (void)scope;
    for (uint32_t i = 1; i < conf->n_words; i++) {
        if (conf->words[i].text.len == 0)
            return refuse(validate, conf->words[i].span, "the name of an index file is empty");
        if (!check_word(validate, conf, i))
            return false;
    }
    return true;
}

// ---- locations

enum modifier { PREFIX, PREFIX_FINAL, EXACT, REGEX, REGEX_NOCASE, NAMED };

struct location {
    enum modifier modifier;
    Str name;
    bool good;
};

static struct location location_read(const struct conf *conf)
{
    static const struct {
        const char *text;
        enum modifier modifier;
    } modifiers[] = {
        { "=", EXACT }, { "^~", PREFIX_FINAL }, { "~*", REGEX_NOCASE }, { "~", REGEX }
    };
    Str name = conf_word(conf, conf->n_words - 1), modifier = conf_word(conf, 1);
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
        if (conf->n_words == 3 && str_is(modifier, modifiers[i].text))
            return (struct location){ modifiers[i].modifier, name, true };
        if (conf->n_words == 2 && str_eat(&name, str_from(modifiers[i].text)))
            return (struct location){ modifiers[i].modifier, name, true };
    }
    return (struct location){ str_starts(name, STR("@")) ? NAMED : PREFIX, name,
                              conf->n_words == 2 };
}

static bool is_regex(const struct location *location)
{
    return location->modifier == REGEX || location->modifier == REGEX_NOCASE;
}

// What may not stand inside the location `outer`.
static bool check_nesting(struct validate *validate, const struct conf *conf,
                          const struct location *inner, const struct location *outer)
{
    if (outer->modifier == EXACT || outer->modifier == NAMED)
        return refuse(validate, conf->head, "a location cannot stand inside one for %s",
                      outer->modifier == EXACT ? "one exact path" : "a name");
    if (inner->modifier == NAMED)
        return refuse(validate, conf->head, "\"%.*s\" can only stand directly in a server",
                      STR_ARG(inner->name));
    if (!is_regex(inner) && !str_starts(inner->name, outer->name))
        return refuse(validate, conf->head, "\"%.*s\" is outside the location \"%.*s\" around it",
                      STR_ARG(inner->name), STR_ARG(outer->name));
    return true;
}

bool locations_check(struct validate *validate, const struct conf *block)
{
    struct arena *arena = validate->scratch;
    struct map known = { 0 };
    bool good = true;
    for (uint32_t i = 0; i < block->n_children; i++) {
        const struct conf *conf = &block->children[i];
        if (!conf_is(conf, "location") || conf->n_words < 2 || conf->n_words > 3)
            continue;
        struct location location = location_read(conf);
        if (is_regex(&location) || location.modifier == NAMED)
            continue;
        uint64_t hash = hash_str(location.modifier == EXACT, location.name);
        const struct conf *other;
        for (uint32_t at = 0; (other = map_next(&known, hash, &at));) {
            struct location before = location_read(other);
            if (str_equal(before.name, location.name) &&
                (before.modifier == EXACT) == (location.modifier == EXACT)) {
                good = refuse(validate, conf->head, "a second location \"%.*s\" in this block",
                              STR_ARG(location.name));
                break;
            }
        }
        union {
            const struct conf *in;
            void *out;
        } value = { .in = conf };
        map_add(arena, &known, hash, value.out);
    }
    return good;
}

static bool check_location(struct validate *validate, const struct conf *conf,
                           const struct scope *scope)
{
    struct location location = location_read(conf);
    if (!location.good)
        return refuse(validate, conf->words[1].span, "\"%.*s\" is none of = ^~ ~ ~*",
                      STR_ARG(conf->words[1].text));
    if (is_regex(&location) &&
        !pattern_check(validate, location.name, location.modifier == REGEX_NOCASE,
                       conf->words[conf->n_words - 1].span))
        return false;
    if (scope->context == CONTEXT_LOCATION) {
        struct location outer = location_read(scope->block);
        if (!check_nesting(validate, conf, &location, &outer))
            return false;
    }
    return locations_check(validate, conf);
}

// ---- where requests go

// Whether the part of a URL behind the host is looked at in vain in this place.
static bool needs_bare_host(const struct scope *scope)
{
    if (scope->context == CONTEXT_LOCATION_IF || scope->context == CONTEXT_LIMIT_EXCEPT)
        return true;
    struct location location = location_read(scope->block);
    return is_regex(&location) || location.modifier == NAMED;
}

static bool check_proxy_pass(struct validate *validate, const struct conf *conf,
                             const struct scope *scope)
{
    const struct conf_word *word = &conf->words[1];
    if (expression_has_variables(word->text))
        return expression_check(validate, word->text, word->span);
    Str lower = str_lower(validate->scratch, str_slice(word->text, 0, 8)), rest = lower;
    if (!str_eat(&rest, STR("http://")) && !str_eat(&rest, STR("https://")))
        return refuse(validate, word->span, "\"%.*s\" does not begin with http:// or https://",
                      STR_ARG(word->text));
    Str host = str_slice(word->text, lower.len - rest.len, word->text.len);
    if (str_starts(host, STR("unix:")))
        return true;
    size_t end = 0;
    while (end < host.len && host.ptr[end] != '/' && host.ptr[end] != '?')
        end++;
    Str uri = str_slice(host, end, host.len), port;
    host.len = end;
    uint32_t number;
    if (!str_starts(host, STR("[")) && str_cut(host, STR(":"), &host, &port) &&
        (!number_parse(port, &number) || number < 1 || number > 65535))
        return refuse(validate, word->span, "\"%.*s\" is not a port", STR_ARG(port));
    if (host.len == 0)
        return refuse(validate, word->span, "there is no host in \"%.*s\"", STR_ARG(word->text));
    if (uri.len && needs_bare_host(scope))
        return refuse(validate, word->span,
                      "a path has no place in the URL in a regex or named location, \"if\" or "
                      "\"limit_except\"");
    return true;
}

static bool check_upstream(struct validate *validate, const struct conf *conf,
                           const struct scope *scope)
{
    for (uint32_t i = 0; i < scope->block->n_children; i++) {
        const struct conf *other = &scope->block->children[i];
        if (other == conf)
            break;
        if (conf_is(other, "upstream") &&
            str_equal_nocase(conf_word(other, 1), conf->words[1].text))
            return refuse(validate, conf->head, "a second upstream \"%.*s\"",
                          STR_ARG(conf->words[1].text));
    }
    return conf_find(conf, "server") || conf_find(conf, "include") ||
           refuse(validate, conf->head, "there is no server in this upstream");
}

static bool check_root(struct validate *validate, const struct conf *conf,
                       const struct scope *scope)
{
    const char *other = conf_is(conf, "root") ? "alias" : "root";
    const struct conf *before = conf_find(scope->block, other);
    if (before && before < conf)
        return refuse(validate, conf->head, "\"%.*s\" after \"%s\" in one location",
                      STR_ARG(conf->words[0].text), other);
    if (scope->context == CONTEXT_LOCATION && conf_is(conf, "alias") &&
        location_read(scope->block).modifier == NAMED)
        return refuse(validate, conf->head, "\"alias\" cannot be used in a named location");
    return true;
}

static bool check_workers(struct validate *validate, const struct conf *conf,
                          const struct scope *scope)
{
    (void)scope;
    uint32_t count;
    Str text = conf->words[1].text;
    return str_is(text, "auto") || (number_parse(text, &count) && count) ||
           refuse(validate, conf->words[1].span, "\"%.*s\" is neither a number nor \"auto\"",
                  STR_ARG(text));
}

static bool check_lua_set(struct validate *validate, const struct conf *conf,
                          const struct scope *scope)
{
    (void)scope;
    return variable_define(validate, &conf->words[1]);
}

const struct handler handlers_http[] = {
    { "add_header", check_add_header },
    { "add_trailer", check_add_header },
    { "proxy_set_header", check_second },
    { "grpc_set_header", check_second },
    { "fastcgi_param", check_second },
    { "uwsgi_param", check_second },
    { "scgi_param", check_second },
    { "auth_request_set", check_second },
    { "expires", check_expires },
    { "more_set_headers", check_more },
    { "more_clear_headers", check_more },
    { "error_page", check_error_page },
    { "try_files", check_try_files },
    { "limit_except", check_limit_except },
    { "keepalive_timeout", check_keepalive },
    { "keepalive", check_connections },
    { "index", check_index },
    { "location", check_location },
    { "proxy_pass", check_proxy_pass },
    { "upstream", check_upstream },
    { "root", check_root },
    { "alias", check_root },
    { "worker_processes", check_workers },
    { "set_by_lua", check_lua_set },
    { "set_by_lua_block", check_lua_set },
    { "set_by_lua_file", check_lua_set },
    { NULL, NULL },
};
