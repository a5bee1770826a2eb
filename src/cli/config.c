#include "cli/config.h"

#include "cli/local.h"
#include "cli/options.h"
#include "syntax/read_yaml.h"

#include <stddef.h>

static const char file_name[] = ".corsgate.yml";

static const struct kind unreadable = { "", LEVEL_ERROR, "the configuration cannot be read" };
static const struct kind unknown_key = { "", LEVEL_ERROR, "unknown key" };
static const struct kind wrong_value = { "", LEVEL_ERROR, "wrong value" };
static const struct kind several_documents = { "", LEVEL_ERROR,
                                               "the configuration is one YAML document" };

struct reading {
    struct run *run;
    struct model *model;
    struct origin_space *space;
    struct config *config;
    struct upstream *upstream; // being read, with its headers
    VEC(struct header) headers;
    bool good;
};

// One key and what reads its value. `types` says for people what is expected.
struct key {
    const char *name;
    bool (*read)(struct reading *reading, const struct data *key, const struct data *value);
    const char *expected;
};

static void complain(struct reading *reading, const struct kind *kind, Span span, Str detail)
{
    diagf(reading->run, kind, span, "%.*s", STR_ARG(detail));
    reading->good = false;
}

static void refuse(struct reading *reading, Span span, const char *what, Str name,
                   const char *expected)
{
    struct arena *arena = reading->run->arena;
    complain(reading, &wrong_value, span,
             str_format(arena, "%s%.*s must be %s", what, STR_ARG(name), expected));
}

static void refuse_key(struct reading *reading, const struct data *key, const struct key *keys,
                       uint32_t count)
{
    enum { NAMES = 16 };
    const char *names[NAMES];
    for (uint32_t i = 0; i < count && i < NAMES; i++)
        names[i] = keys[i].name;
    struct buf text = { .arena = reading->run->arena };
    buf_addf(&text, "\"%.*s\"", STR_ARG(key->text));
    const char *near = options_suggest(key->text, names, count < NAMES ? count : NAMES);
    if (near) {
        buf_addf(&text, "; did you mean \"%s\"?", near);
    } else {
        buf_add_text(&text, "; known are ");
        for (uint32_t i = 0; i < count; i++)
            buf_addf(&text, "%s%s", i ? ", " : "", keys[i].name);
    }
    complain(reading, &unknown_key, key->span, buf_str(&text));
}

// Reads a map with these keys.
static void read_keys(struct reading *reading, const struct data *map, const struct key *keys,
                      uint32_t count)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct data *key = map->entries[i].key, *value = map->entries[i].value;
        uint32_t at = 0;
        while (at < count && !(key->kind == DATA_SCALAR && str_is(key->text, keys[at].name)))
            at++;
        if (at == count)
            refuse_key(reading, key, keys, count);
        else if (!keys[at].read(reading, key, value))
            refuse(reading, value->span, keys[at].name, STR(""), keys[at].expected);
    }
}

static bool read_version(struct reading *reading, const struct data *key, const struct data *value)
{
    (void)reading, (void)key;
    uint32_t number;
    return data_get_number(value, 1, &number) && number == 1;
}

static bool read_source_path(struct reading *reading, const struct data *key,
                             const struct data *value)
{
    (void)key;
    struct dialect_source *source =
        &reading->config->sources.items[reading->config->sources.count - 1];
    source->path = value->text;
    return data_is_text(value) && value->text.len;
}

static bool is_dialect(Str name)
{
    for (uint32_t i = 0; i < dialect_count; i++)
        if (str_is(name, dialects[i]->name))
            return true;
    return false;
}

static bool read_source_type(struct reading *reading, const struct data *key,
                             const struct data *value)
{
    (void)key;
    struct dialect_source *source =
        &reading->config->sources.items[reading->config->sources.count - 1];
    source->type = value->text;
    if (!data_is_text(value))
        return false;
    if (is_dialect(value->text))
        return true;
    struct buf text = { .arena = reading->run->arena };
    buf_addf(&text, "there is no type \"%.*s\"; known are ", STR_ARG(value->text));
    for (uint32_t i = 0; i < dialect_count; i++)
        buf_addf(&text, "%s%s", i ? ", " : "", dialects[i]->name);
    complain(reading, &wrong_value, value->span, buf_str(&text));
    return true;
}

static bool read_sources(struct reading *reading, const struct data *key, const struct data *value)
{
    static const struct key keys[] = {
        { "path", read_source_path, "a file, a folder or a glob" },
        { "type", read_source_type, "the name of a product" },
    };
    (void)key;
    if (value->kind != DATA_LIST)
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct data *item = value->entries[i].value;
        struct dialect_source *source = vec_push(reading->run->arena, &reading->config->sources);
        source->span = item->span;
        if (data_is_text(item) && item->text.len) {
            source->path = item->text;
        } else if (item->kind == DATA_MAP) {
            read_keys(reading, item, keys, sizeof keys / sizeof *keys);
            if (!data_find(item, STR("path")))
                complain(reading, &wrong_value, item->span,
                         STR("an entry of sources needs a path"));
        } else {
            refuse(reading, item->span, "an entry of sources", STR(""),
                   "a path, or a map with path and type");
        }
    }
    return true;
}

static bool read_trusted(struct reading *reading, const struct data *key, const struct data *value)
{
    (void)key;
    if (value->kind != DATA_LIST)
        return false;
    const struct fa *all = fa_none(reading->model->fa);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct data *item = value->entries[i].value;
        const struct fa *one;
        Str reason;
        if (!data_is_text(item))
            refuse(reading, item->span, "an entry of trusted_origins", STR(""), "an origin");
        else if (!origins_parse_trusted(reading->space, item->text, &one, &reason))
            complain(reading, &wrong_value, item->span,
                     str_format(reading->run->arena, "\"%.*s\": %.*s", STR_ARG(item->text),
                                STR_ARG(reason)));
        else
            all = fa_union(reading->model->fa, all, one);
    }
    reading->config->trusted = all;
    return true;
}

// "1.26" or "1.26.2" as 1026000 or 1026002.
static bool parse_version(Str text, uint32_t *out)
{
    Str major, rest, minor, patch;
    uint32_t numbers[3] = { 0, 0, 0 };
    if (!str_cut(text, STR("."), &major, &rest))
        return false;
    bool has_patch = str_cut(rest, STR("."), &minor, &patch);
    bool good = str_number(major, 999, &numbers[0]) &&
                str_number(has_patch ? minor : rest, 999, &numbers[1]) &&
                (!has_patch || str_number(patch, 999, &numbers[2]));
    if (good)
        *out = numbers[0] * 1000000 + numbers[1] * 1000 + numbers[2];
    return good;
}

static bool read_nginx_version(struct reading *reading, const struct data *key,
                               const struct data *value)
{
    (void)key;
    return value->kind == DATA_SCALAR &&
           parse_version(value->text, &reading->config->nginx_version);
}

static bool read_nginx(struct reading *reading, const struct data *key, const struct data *value)
{
    static const struct key keys[] = {
        { "version", read_nginx_version, "a version such as \"1.26\"" },
    };
    (void)key;
    if (value->kind != DATA_MAP)
        return false;
    read_keys(reading, value, keys, sizeof keys / sizeof *keys);
    return true;
}

static void add_header(struct reading *reading, Str name, const struct data *value)
{
    if (value->kind == DATA_SCALAR)
        *vec_push(reading->run->arena, &reading->headers) = (struct header){ name, value->text };
    else
        refuse(reading, value->span, "the value of ", name, "a text or a list of texts");
}

static bool read_headers(struct reading *reading, const struct data *key, const struct data *value)
{
    (void)key;
    if (value->kind != DATA_MAP)
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        Str name = value->entries[i].key->text;
        const struct data *header = value->entries[i].value;
        if (header->kind != DATA_LIST)
            add_header(reading, name, header);
        for (uint32_t j = 0; header->kind == DATA_LIST && j < header->count; j++)
            add_header(reading, name, header->entries[j].value);
    }
    return true;
}

static bool read_status(struct reading *reading, const struct data *key, const struct data *value)
{
    (void)key;
    return data_get_number(value, 599, &reading->upstream->status) &&
           reading->upstream->status >= 100;
}

static bool read_upstreams(struct reading *reading, const struct data *key,
                           const struct data *value)
{
    static const struct key keys[] = {
        { "headers", read_headers, "a map from names to values" },
        { "status", read_status, "a status from 100 to 599" },
    };
    (void)key;
    if (value->kind != DATA_MAP)
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        Str target = value->entries[i].key->text;
        const struct data *item = value->entries[i].value;
        struct upstream upstream = { .target = target };
        reading->upstream = &upstream;
        reading->headers.items = NULL;
        reading->headers.count = reading->headers.capacity = 0;
        if (item->kind == DATA_MAP)
            read_keys(reading, item, keys, sizeof keys / sizeof *keys);
        else if (data_is_text(item) && str_is(item->text, "own"))
            upstream.own = true;
        else if (!data_is_text(item) || !str_is(item->text, "none"))
            refuse(reading, item->span, "upstream ", target,
                   "own, none, or a map with headers and status");
        upstream.headers = reading->headers.items;
        upstream.header_count = reading->headers.count;
        *vec_push(reading->run->arena, &reading->config->upstream_list) = upstream;
    }
    return true;
}

static void refuse_rule(struct reading *reading, const struct data *key)
{
    uint32_t count;
    const struct rule *all = rule_all(&count);
    const char **names = ARENA_ARRAY(reading->run->arena, const char *, count);
    for (uint32_t i = 0; i < count; i++)
        names[i] = str_terminated(reading->run->arena, all[i].id);
    const char *near = options_suggest(key->text, names, count);
    complain(reading, &unknown_key, key->span,
             str_format(reading->run->arena, "there is no rule %.*s; %s%s%s", STR_ARG(key->text),
                        near ? "did you mean " : "`corsgate rules` lists them", near ? near : "",
                        near ? "?" : ""));
}

static bool read_rules(struct reading *reading, const struct data *key, const struct data *value)
{
    (void)key;
    if (value->kind != DATA_MAP)
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct data *id = value->entries[i].key, *level = value->entries[i].value;
        const struct rule *rule = id->kind == DATA_SCALAR ? rule_find(id->text) : NULL;
        struct rule_level set = { .level = LEVEL_OFF };
        bool off; // "off" is a truth in YAML 1.1, and may be written so
        if (!rule)
            refuse_rule(reading, id);
        else if (level->kind != DATA_SCALAR ||
                 (!level_parse(level->text, &set.level) && !(data_get_bool(level, &off) && !off)))
            refuse(reading, level->span, "the level of ", id->text, "off, note, warning or error");
        else {
            set.id = rule->id;
            *vec_push(reading->run->arena, &reading->config->levels) = set;
        }
    }
    return true;
}

static const struct key top_keys[] = {
    { "version", read_version, "1" },
    { "sources", read_sources, "a list" },
    { "trusted_origins", read_trusted, "a list of origins" },
    { "nginx", read_nginx, "a map with version" },
    { "upstreams", read_upstreams, "a map from targets to what they send" },
    { "rules", read_rules, "a map from rule ids to levels" },
};

bool config_parse(struct run *run, const struct files *files, uint32_t file, struct model *model,
                  struct origin_space *space, struct config *out)
{
    const struct file *read = files_get(files, file);
    *out = (struct config){ .present = true, .path = read->path };
    struct reading reading = {
        .run = run, .model = model, .space = space, .config = out, .good = true
    };
    struct data_list documents = { 0 };
    if (!read_yaml(run, file, read->text, &documents))
        return false;
    if (documents.count > 1)
        complain(&reading, &several_documents, documents.items[1]->span,
                 STR("a second one begins"));
    if (documents.count && documents.items[0]->kind == DATA_MAP)
        read_keys(&reading, documents.items[0], top_keys, sizeof top_keys / sizeof *top_keys);
    else if (documents.count && !data_is_null(documents.items[0]))
        refuse(&reading, documents.items[0]->span, "the configuration", STR(""),
               "a map from keys to values");
    out->upstreams = (struct upstreams){ out->upstream_list.items, out->upstream_list.count };
    return reading.good;
}

static Str beside(struct arena *arena, Str folder, const char *name)
{
    bool root = str_is(folder, "/");
    return str_format(arena, "%.*s%s%s", root ? 0 : (int)folder.len, folder.ptr, "/", name);
}

static Str parent_of(Str folder)
{
    size_t end = folder.len;
    while (end > 0 && folder.ptr[end - 1] != '/')
        end--;
    return end > 1 ? str_slice(folder, 0, end - 1) : STR("/");
}

// The topmost folder in which a configuration may lie: the repository's, else the current one if
// `root` lies below it, else `root`.
static Str top_of(struct arena *arena, Str root)
{
    for (Str folder = root;; folder = parent_of(folder)) {
        if (local_exists(arena, beside(arena, folder, ".git")))
            return folder;
        if (str_is(folder, "/"))
            break;
    }
    Str current, below;
    if (local_real(arena, STR("."), &current) && local_below(current, root, &below))
        return current;
    return root;
}

bool config_find(struct arena *arena, Str root, Str *path)
{
    if (!root.len)
        return false;
    Str top = top_of(arena, root);
    for (Str folder = root;; folder = parent_of(folder)) {
        Str candidate = beside(arena, folder, file_name);
        if (local_exists(arena, candidate)) {
            *path = candidate;
            return true;
        }
        if (str_equal(folder, top) || str_is(folder, "/"))
            return false;
    }
}

bool config_read(struct run *run, struct files *files, struct model *model,
                 struct origin_space *space, Str path, struct config *out)
{
    Str current, shown = path, text, reason;
    if (local_real(run->arena, STR("."), &current))
        (void)local_below(current, path, &shown);
    if (!local_read(run->arena, path, run->limits->file_bytes, &text, &reason)) {
        uint32_t file = files_add(files, shown, STR(""));
        *out = (struct config){ .present = true, .path = shown };
        return diagf(run, &unreadable, files_whole(file), "%.*s", STR_ARG(reason));
    }
    return config_parse(run, files, files_add(files, shown, text), model, space, out);
}
