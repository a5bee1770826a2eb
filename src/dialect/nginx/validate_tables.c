// The handlers of blocks whose lines are no directives: reference/nginx.md 2.9.
#include "dialect/nginx/validate.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <string.h>

static bool check_line(struct validate *validate, const struct conf *line)
{
    return !line->has_block || refuse(validate, line->head, "a block has no place here");
}

// ---- map

struct map_body {
    struct map keys; // of plain keys: by hash of the lower-case key, to the statement
    bool hostnames, has_default;
    uint32_t key_max;
};

static bool is_wildcard(Str key)
{
    return (key.len > 1 && key.ptr[0] == '.') ||
           (key.len > 2 && (str_starts(key, STR("*.")) || str_ends(key, STR(".*"))));
}

static bool wildcard_is_wrong(Str key)
{
    size_t stars = 0;
    for (size_t i = 0; i < key.len; i++)
        stars += key.ptr[i] == '*';
    return str_contains(key, STR("..")) || stars > 1 || (stars && !is_wildcard(key));
}

static bool add_key(struct validate *validate, struct map_body *body, const struct conf *line)
{
    struct arena *arena = validate->scratch;
    const struct conf_word *word = &line->words[0];
    Str key = word->text;
    str_eat(&key, STR("\\"));
    bool wildcard = body->hostnames && is_wildcard(key);
    if (body->hostnames && wildcard_is_wrong(key))
        return refuse(validate, word->span, "\"%.*s\" is not a host name with a wildcard",
                      STR_ARG(key));
    Str *lower = ARENA_NEW(arena, Str);
    *lower = str_lower(arena, key);
    uint64_t hash = hash_str(HASH_SEED, *lower);
    const Str *known;
    for (uint32_t i = 0; (known = map_next(&body->keys, hash, &i));)
        if (str_equal(*known, *lower))
            return refuse(validate, word->span, "the key \"%.*s\" stands twice, case aside",
                          STR_ARG(key));
    map_add(arena, &body->keys, hash, lower);
    if (!wildcard && key.len > body->key_max)
        return refuse(validate, word->span,
                      "the key is longer than %u bytes: map_hash_bucket_size must be increased",
                      body->key_max);
    return true;
}

static bool check_map_line(struct validate *validate, struct map_body *body,
                           const struct conf *line)
{
    if (!check_line(validate, line))
        return false;
    const struct conf_word *word = &line->words[0];
    if (line->n_words == 1 && str_is(word->text, "hostnames")) {
        body->hostnames = true;
        return true;
    }
    if (line->n_words == 1 && str_is(word->text, "volatile"))
        return true;
    if (line->n_words != 2)
        return refuse(validate, line->head, "a line of a map is a key and a value");
    if (str_is(word->text, "include")) {
        validate->open = true;
        return true;
    }
    if (!expression_check(validate, line->words[1].text, line->words[1].span))
        return false;
    if (str_is(word->text, "default")) {
        if (body->has_default)
            return refuse(validate, word->span, "a second \"default\" in this map");
        body->has_default = true;
        return true;
    }
    Str pattern = word->text;
    if (str_eat(&pattern, STR("~"))) {
        bool caseless = str_eat(&pattern, STR("*"));
        return pattern_check(validate, pattern, caseless, word->span);
    }
    return add_key(validate, body, line);
}

static bool check_map(struct validate *validate, const struct conf *conf, const struct scope *scope)
{
    bool good = expression_check(validate, conf->words[1].text, conf->words[1].span) &&
                variable_define(validate, &conf->words[2]);
    struct map_body body = { .key_max = hash_entry_max(scope, "map_hash_bucket_size") };
    for (uint32_t i = 0; i < conf->n_children; i++)
        good &= check_map_line(validate, &body, &conf->children[i]);
    return good;
}

// A map takes the settings that stand before it, or else the defaults, and then they are set.
static bool check_hash_setting(struct validate *validate, const struct conf *conf,
                               const struct scope *scope)
{
    const struct conf *map = conf_find(scope->block, "map");
    return !map || map > conf ||
           refuse(validate, conf->head, "\"%.*s\" must stand before the first map",
                  STR_ARG(conf->words[0].text));
}

// ---- addresses

// ADDRESS or ADDRESS/BITS, in nginx's notation.
static bool is_network(Str text)
{
    Str host = text, bits_text;
    bool has_bits = str_cut(text, STR("/"), &host, &bits_text);
    char name[INET6_ADDRSTRLEN + 1];
    if (host.len >= sizeof name)
        return false;
    memcpy(name, host.ptr ? host.ptr : "", host.len);
    name[host.len] = '\0';
    unsigned char address[sizeof(struct in6_addr)];
    bool v4 = inet_pton(AF_INET, name, address) == 1;
    if (!v4 && inet_pton(AF_INET6, name, address) != 1)
        return false;
    uint32_t bits;
    return !has_bits || (number_parse(bits_text, &bits) && bits <= (v4 ? 32U : 128U));
}

static bool check_access(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    (void)scope;
    Str text = conf->words[1].text;
    return str_is(text, "all") || str_is(text, "unix:") || is_network(text) ||
           refuse(validate, conf->words[1].span, "\"%.*s\" is neither an address nor a network",
                  STR_ARG(text));
}

// ---- geo

static bool check_geo_line(struct validate *validate, const struct conf *line, bool *ranges)
{
    if (!check_line(validate, line))
        return false;
    Str key = line->words[0].text;
    if (line->n_words == 1 && str_is(key, "ranges")) {
        *ranges = true;
        return true;
    }
    if (line->n_words == 1 && (str_is(key, "proxy_recursive") || str_is(key, "volatile")))
        return true;
    if (line->n_words != 2)
        return refuse(validate, line->head, "a line of a geo block is a network and a value");
    if (str_is(key, "include") || *ranges || str_is(key, "default"))
        return true;
    if (str_is(key, "proxy") || str_is(key, "delete"))
        key = line->words[1].text;
    return is_network(key) ||
           refuse(validate, line->words[0].span, "\"%.*s\" is not a network", STR_ARG(key));
}

static bool check_geo(struct validate *validate, const struct conf *conf, const struct scope *scope)
{
    (void)scope;
    bool good = variable_define(validate, &conf->words[conf->n_words - 1]), ranges = false;
    if (conf->n_words == 3) {
        Str name = conf->words[1].text;
        if (!str_eat(&name, STR("$")))
            good = refuse(validate, conf->words[1].span, "\"%.*s\" is not a variable's name",
                          STR_ARG(name));
        else
            variable_use(validate, name, conf->words[1].span);
    }
    for (uint32_t i = 0; i < conf->n_children; i++)
        good &= check_geo_line(validate, &conf->children[i], &ranges);
    return good;
}

// ---- split_clients

// Hundredths of a percent. False when it is none, or 0.
static bool percent_parse(Str text, uint32_t *out)
{
    if (!str_ends(text, STR("%")))
        return false;
    text.len--;
    Str whole = text, part = STR("");
    bool dot = str_cut(text, STR("."), &whole, &part);
    uint32_t units = 0, hundredths = 0;
    if (part.len > 2 || (!whole.len && !part.len) ||
        (whole.len && !str_number(whole, 100, &units)) ||
        (part.len && !str_number(part, 99, &hundredths)))
        return false;
    (void)dot;
    *out = units * 100 + (part.len == 1 ? hundredths * 10 : hundredths);
    return *out > 0;
}

static bool check_split(struct validate *validate, const struct conf *conf,
                        const struct scope *scope)
{
    (void)scope;
    bool good = expression_check(validate, conf->words[1].text, conf->words[1].span) &&
                variable_define(validate, &conf->words[2]);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < conf->n_children; i++) {
        const struct conf *line = &conf->children[i];
        uint32_t percent = 0;
        good &= check_line(validate, line);
        if (!str_is(line->words[0].text, "*") && !percent_parse(line->words[0].text, &percent))
            good = refuse(validate, line->words[0].span, "\"%.*s\" is not a percentage",
                          STR_ARG(line->words[0].text));
        sum += percent;
    }
    return sum <= 10000 ? good : refuse(validate, conf->head, "more than 100%% in all");
}

// ---- types

static bool check_types(struct validate *validate, const struct conf *conf,
                        const struct scope *scope)
{
    bool good = true;
    uint32_t name_max = hash_entry_max(scope, "types_hash_bucket_size");
    for (uint32_t i = 0; i < conf->n_children; i++) {
        const struct conf *line = &conf->children[i];
        good &= check_line(validate, line);
        for (uint32_t j = 1; j < line->n_words; j++)
            if (line->words[j].text.len > name_max)
                good = refuse(validate, line->words[j].span,
                              "the extension is longer than %u bytes: types_hash_bucket_size must "
                              "be increased",
                              name_max);
    }
    return good;
}

const struct handler handlers_tables[] = {
    { "map", check_map },
    { "geo", check_geo },
    { "split_clients", check_split },
    { "types", check_types },
    { "map_hash_bucket_size", check_hash_setting },
    { "map_hash_max_size", check_hash_setting },
    { "allow", check_access },
    { "deny", check_access },
    { NULL, NULL },
};
