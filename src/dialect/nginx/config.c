#include "dialect/nginx/config.h"

#include "base/hash.h"
#include "dialect/nginx/statements.h"

#include <stdlib.h>
#include <string.h>

#define STATUS(s) (UINT64_C(1) << ((s) % 64))

const struct statuses nginx_listed_statuses = { {
    [200 / 64] = STATUS(200) | STATUS(201) | STATUS(204) | STATUS(206),
    [301 / 64] = STATUS(301) | STATUS(302) | STATUS(303) | STATUS(304) | STATUS(307) | STATUS(308),
} };

const struct computed *config_computed(const struct nginx_config *config, Str name)
{
    uint64_t hash = hash_str(HASH_SEED, name);
    uint32_t at = 0;
    const struct computed *last = NULL; // of several maps for one name the last one counts
    for (struct computed *known; (known = map_next(&config->computed_by_name, hash, &at));)
        if (str_equal(known->name, name))
            last = known;
    return last;
}

static bool has_name(const struct map *names, Str name)
{
    uint64_t hash = hash_str(HASH_SEED, name);
    uint32_t at = 0;
    for (Str *known; (known = map_next(names, hash, &at));)
        if (str_equal(*known, name))
            return true;
    return false;
}

static void add_name(struct arena *arena, struct map *names, Str name)
{
    Str *kept = ARENA_NEW(arena, Str);
    *kept = name;
    map_add(arena, names, hash_str(HASH_SEED, name), kept);
}

bool config_is_set(const struct nginx_config *config, Str name)
{
    return has_name(&config->assigned, name);
}

bool config_is_input(const struct nginx_config *config, Str name)
{
    return has_name(&config->inputs, name);
}

// Notes what some statement anywhere assigns: a variable that is set somewhere is "" until then.
static void note_assigned(struct nginx_config *config, Str name)
{
    Str lower = str_lower(config->model->arena, name);
    if (lower.len == 0 || config_is_set(config, lower))
        return;
    add_name(config->model->arena, &config->assigned, lower);
    *vec_push(config->model->arena, &config->assigned_names) = lower;
}

static void note_groups(struct nginx_config *config, Str regex)
{
    // Only names matter here: (?<name> (?P<name> (?'name'
    for (size_t i = 0; i + 3 < regex.len; i++) {
        if (regex.ptr[i] != '(' || regex.ptr[i + 1] != '?')
            continue;
        size_t begin = i + 2 + (regex.ptr[i + 2] == 'P');
        if (begin >= regex.len || (regex.ptr[begin] != '<' && regex.ptr[begin] != '\''))
            continue;
        size_t end = ++begin;
        while (end < regex.len && regex.ptr[end] != '>' && regex.ptr[end] != '\'')
            end++;
        bool look_behind =
            begin < regex.len && (regex.ptr[begin] == '=' || regex.ptr[begin] == '!');
        if (!look_behind && end < regex.len)
            note_assigned(config, str_slice(regex, begin, end));
    }
}

// Whether $1 ... $9 or ${1} may be read in a text.
static bool has_group(Str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        const char *dollar = memchr(text.ptr + i, '$', text.len - i - 1);
        if (!dollar)
            return false;
        i = (size_t)(dollar - text.ptr);
        size_t at = i + 1 + (text.ptr[i + 1] == '{');
        if (at < text.len && text.ptr[at] >= '1' && text.ptr[at] <= '9')
            return true;
    }
    return false;
}

// Code that is imported, wherever that stands: it counts as part of all code in the configuration.
static void note_code(struct nginx_config *config, const struct conf *conf)
{
    static const char *const imports[] = {
        "js_import",        "js_include",  "js_path",          "perl_modules",     "perl_require",
        "lua_package_path", "init_by_lua", "init_by_lua_file", "init_by_lua_block"
    };
    Str name = conf_word(conf, 0);
    if (!str_starts(name, STR("js_")) && !str_starts(name, STR("perl_")) &&
        !str_starts(name, STR("lua_package")) && !str_starts(name, STR("init_by")))
        return; // most of all statements
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++)
        if (conf_is(conf, imports[i]))
            config->code = hash_u64(config->code, code_identity(config, conf));
}

static void note_all(struct nginx_config *config, const struct conf *conf, uint32_t depth)
{
    note_code(config, conf);
    if (conf_is(conf, "set")) {
        Str name = conf_word(conf, 1);
        if (str_eat(&name, STR("$")))
            note_assigned(config, name);
    }
    for (uint32_t i = 1; i < conf->n_words; i++) {
        Str word = conf->words[i].text;
        if (word.len && memchr(word.ptr, '(', word.len))
            note_groups(config, word);
        config->reads_groups |= has_group(word);
    }
    if (depth == 0)
        return;
    for (uint32_t i = 0; i < conf->n_children; i++) {
        const struct conf *child = &conf->children[i];
        Str name = conf_word(child, 0);
        if (name.len && name.ptr[0] == '~')
            note_groups(config, name);
        note_all(config, child, depth - 1);
    }
}

// The variables in a text that nothing in front of it has set.
static void note_reads(struct nginx_config *config, const struct map *set, Str text)
{
    struct arena *arena = config->model->arena;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '$')
            continue;
        size_t begin = i + 1 + (text.ptr[i + 1] == '{'), end = begin;
        while (end < text.len &&
               (text.ptr[end] == '_' || (text.ptr[end] >= '0' && text.ptr[end] <= '9') ||
                ((text.ptr[end] | 32) >= 'a' && (text.ptr[end] | 32) <= 'z')))
            end++;
        Str name = str_lower(arena, str_slice(text, begin, end));
        if (name.len && config_is_set(config, name) && !has_name(set, name) &&
            !config_is_input(config, name))
            add_name(arena, &config->inputs, name);
    }
}

static void note_inputs(struct nginx_config *config, struct map *set, const struct conf *conf,
                        uint32_t depth)
{
    Str target = conf_is(conf, "set") ? conf_word(conf, 1) : (Str){ 0 };
    for (uint32_t i = target.len ? 2 : 1; i < conf->n_words; i++)
        note_reads(config, set, conf->words[i].text);
    if (str_eat(&target, STR("$")))
        add_name(config->model->arena, set, str_lower(config->model->arena, target));
    for (uint32_t i = 0; depth > 0 && i < conf->n_children; i++)
        note_inputs(config, set, &conf->children[i], depth - 1);
}

void config_note_inputs(struct nginx_config *config)
{
    struct map set = { 0 };
    note_inputs(config, &set, config->root, config->model->run->limits->nesting);
}

static void add_server(struct nginx_config *config, const struct conf *conf)
{
    struct model *model = config->model;
    struct block *server = block_new(config, BLOCK_SERVER, config->http, conf);
    for (uint32_t i = 0; i < conf->n_children;
         i++) { // what selects it; the rest is read when asked for
        const struct conf *child = &conf->children[i];
        if (conf_is(child, "server_name") || conf_is(child, "listen"))
            statement_read(config, server, child);
    }
    if (server->listens.count == 0)
        *vec_push(model->arena, &server->listens) =
            (struct listen){ .address = STR("*"), .port = 80 };
    *vec_push(model->arena, &config->servers) = server;
    *vec_push(model->arena, &config->server_trees) = conf;
}

const struct block *config_server(struct nginx_config *config, uint32_t number)
{
    struct block *server = config->servers.items[number];
    if (server->is_read)
        return server;
    server->is_read = true;
    const struct conf *conf = config->server_trees.items[number], *outer = config->reading;
    uint32_t notes = config->notes;
    config->reading = conf;
    for (uint32_t i = 0; i < conf->n_children; i++) {
        const struct conf *child = &conf->children[i];
        if (!conf_is(child, "server_name") && !conf_is(child, "listen"))
            statement_read(config, server, child);
    }
    config->reading = outer;
    config->records[number].notes += config->notes - notes;
    return server;
}

struct nginx_config *config_new(struct model *model, const struct dialect_options *options,
                                struct source *source, Str main_file, const struct conf *root,
                                const struct rendered *rendered, struct policy *policy)
{
    struct nginx_config *config = ARENA_NEW(model->arena, struct nginx_config);
    config->model = model;
    struct dialect_options *kept = ARENA_NEW(model->arena, struct dialect_options);
    *kept = *options;
    config->options = kept;
    config->source = source;
    config->main_file = main_file;
    config->prefix = source_folder(main_file);
    config->policy = policy;
    config->rendered = rendered;
    config->root = root;
    config->hash = root->hash;
    config->http = block_new(config, BLOCK_HTTP, NULL, root);
    note_all(config, root, model->run->limits->nesting);
    for (uint32_t i = 0; i < root->n_children; i++) {
        const struct conf *http = &root->children[i];
        if (!conf_is(http, "http"))
            continue;
        config->http->span = http->head;
        for (uint32_t k = 0; k < http->n_children; k++) {
            const struct conf *child = &http->children[k];
            if (conf_is(child, "server") && child->has_block)
                add_server(config, child);
            else
                statement_read(config, config->http, child);
        }
    }
    config->records = ARENA_ARRAY(model->arena, struct server_record, config->servers.count + 1);
    return config;
}
