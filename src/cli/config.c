#include "cli/config.h"

#include "cli/config_parts.h"
#include "cli/config_shape.h"
#include "cli/local.h"
#include "cli/options.h"
#include "rule/load.h"
#include "syntax/read_yaml.h"

#include <stddef.h>

static const char file_name[] = ".corsgate.yml";

static const struct kind unreadable = { "", LEVEL_ERROR, "the configuration cannot be read" };
static const struct kind unknown_key = { "", LEVEL_ERROR, "unknown key" };
static const struct kind several_documents = { "", LEVEL_ERROR,
                                               "the configuration is one YAML document" };

// What the form of the file does not say about the texts in it.

static bool is_dialect(Str name)
{
    for (uint32_t i = 0; i < dialect_count; i++)
        if (str_is(name, dialects[i]->name))
            return true;
    return false;
}

static void refuse_type(struct config_reading *reading, const struct data *type)
{
    struct buf known = { .arena = reading->run->arena };
    for (uint32_t i = 0; i < dialect_count; i++)
        buf_addf(&known, "%s%s", i ? ", " : "", dialects[i]->name);
    config_refuse(reading, type->span, "there is no type \"%.*s\"; known are %.*s",
                  STR_ARG(type->text), STR_ARG(buf_str(&known)));
}

static void read_sources(struct config_reading *reading, const struct data *list)
{
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        const struct data *path = item->kind == DATA_MAP ? data_find(item, STR("path")) : item;
        const struct data *type = data_find(item, STR("type"));
        if (type && !is_dialect(type->text))
            refuse_type(reading, type);
        *vec_push(reading->run->arena, &reading->config->sources) = (struct dialect_source){
            .path = path->text, .type = type ? type->text : (Str){ NULL, 0 }, .span = item->span
        };
    }
}

static void read_trusted(struct config_reading *reading, const struct data *list)
{
    const struct fa *all = fa_none(reading->model->fa);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        const struct fa *one;
        Str reason;
        if (origins_parse_trusted(reading->space, item->text, &one, &reason)) {
            all = fa_union(reading->model->fa, all, one);
            *vec_push(reading->run->arena, &reading->config->trusted_list) =
                (struct config_text){ item->text, item->span };
        } else {
            config_refuse(reading, item->span, "\"%.*s\": %.*s", STR_ARG(item->text),
                          STR_ARG(reason));
        }
    }
    if (list)
        reading->config->trusted = all;
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

static void read_nginx(struct config_reading *reading, const struct data *map)
{
    const struct data *version = data_find(map, STR("version"));
    if (version && !parse_version(version->text, &reading->config->nginx_version))
        config_refuse(reading, version->span, "version must be a version such as \"1.26\"");
}

static void refuse_name(struct config_reading *reading, const struct data *key, const char *what,
                        const char *const *names, uint32_t count)
{
    const char *near = options_suggest(key->text, names, count);
    reading->good = diagf(reading->run, &unknown_key, key->span, "there is no %s \"%.*s\"%s%s%s",
                          what, STR_ARG(key->text), near ? "; did you mean \"" : "",
                          near ? near : "", near ? "\"?" : "");
}

static void read_controller(struct config_reading *reading, const struct data *product,
                            const struct data *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct data *key = map->entries[i].key, *value = map->entries[i].value;
        const char **names = ARENA_ARRAY(reading->run->arena, const char *, dialect_key_count + 1);
        uint32_t count = 0;
        bool known = false;
        for (uint32_t k = 0; k < dialect_key_count; k++) {
            const struct dialect_key *one = &dialect_keys[k];
            if (one->product && !str_is(product->text, one->product))
                continue;
            names[count++] = one->key;
            known = known || str_is(key->text, one->key);
        }
        if (!known)
            refuse_name(reading, key, "setting", names, count);
        else
            *vec_push(reading->run->arena, &reading->config->settings) =
                (struct dialect_setting){ product->text, key->text, value->text, value->span };
    }
}

static void read_controllers(struct config_reading *reading, const struct data *map)
{
    for (uint32_t i = 0; map && i < map->count; i++) {
        const struct data *product = map->entries[i].key;
        bool known = false;
        for (uint32_t p = 0; p < dialect_product_count; p++)
            known = known || str_is(product->text, dialect_products[p]);
        if (known)
            read_controller(reading, product, map->entries[i].value);
        else
            refuse_name(reading, product, "product", dialect_products, dialect_product_count);
    }
}

static void read_stack(struct config_reading *reading, const struct data *list)
{
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        for (uint32_t j = 0; j < i; j++)
            if (str_equal(list->entries[j].value->text, item->text))
                config_refuse(reading, item->span, "\"%.*s\" is in the stack twice",
                              STR_ARG(item->text));
        *vec_push(reading->run->arena, &reading->config->stack) =
            (struct config_text){ item->text, item->span };
    }
}

static void read_upstream(struct config_reading *reading, Str target, const struct data *value)
{
    struct arena *arena = reading->run->arena;
    struct upstream upstream = { .target = target };
    const struct data *status = data_find(value, STR("status"));
    const struct data *map = data_find(value, STR("headers"));
    struct {
        VEC(struct header) list;
    } headers = { 0 };
    upstream.own = value->kind == DATA_SCALAR && str_is(value->text, "own");
    if (status && !data_get_number(status, 599, &upstream.status))
        upstream.status = 0;
    for (uint32_t i = 0; map && i < map->count; i++) {
        Str name = map->entries[i].key->text;
        const struct data *header = map->entries[i].value;
        if (header->kind != DATA_LIST)
            *vec_push(arena, &headers.list) = (struct header){ name, header->text };
        for (uint32_t j = 0; header->kind == DATA_LIST && j < header->count; j++)
            *vec_push(arena, &headers.list) =
                (struct header){ name, header->entries[j].value->text };
    }
    upstream.headers = headers.list.items;
    upstream.header_count = headers.list.count;
    *vec_push(arena, &reading->config->upstream_list) = upstream;
}

static void read_upstreams(struct config_reading *reading, const struct data *map)
{
    for (uint32_t i = 0; map && i < map->count; i++)
        read_upstream(reading, map->entries[i].key->text, map->entries[i].value);
    reading->config->upstreams = (struct upstreams){ reading->config->upstream_list.items,
                                                     reading->config->upstream_list.count };
}

// Whether the rules exist is asked when the project's own are there, too.
static void read_rules(struct config_reading *reading, const struct data *map)
{
    for (uint32_t i = 0; map && i < map->count; i++) {
        const struct data *id = map->entries[i].key, *value = map->entries[i].value;
        struct rule_level set = { .id = id->text, .level = LEVEL_OFF, .span = id->span };
        (void)level_parse(value->text, &set.level); // "false" is how YAML 1.1 reads "off"
        *vec_push(reading->run->arena, &reading->config->levels) = set;
    }
}

static void read_custom(struct config_reading *reading, const struct data *list)
{
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct data *item = list->entries[i].value;
        *vec_push(reading->run->arena, &reading->config->custom_files) =
            (struct config_text){ item->text, item->span };
    }
}

static const struct {
    const char *key;
    void (*read)(struct config_reading *reading, const struct data *value);
} parts[] = {
    { "sources", read_sources },
    { "trusted_origins", read_trusted },
    { "expect", config_read_expect },
    { "stack", read_stack },
    { "upstreams", read_upstreams },
    { "nginx", read_nginx },
    { "controllers", read_controllers },
    { "review", config_read_review },
    { "rules", read_rules },
    { "custom_rules", read_custom },
    { "waive", config_read_waive },
};

bool config_parse(struct run *run, const struct files *files, uint32_t file, struct model *model,
                  struct origin_space *space, struct config *out)
{
    const struct file *read = files_get(files, file);
    *out = (struct config){ .present = true, .path = read->path, .span = files_whole(file) };
    struct config_reading reading = {
        .run = run, .model = model, .space = space, .config = out, .good = true
    };
    struct data_list documents = { 0 };
    if (!read_yaml(run, file, read->text, &documents))
        return false;
    if (documents.count > 1)
        reading.good =
            diagf(run, &several_documents, documents.items[1]->span, "a second one begins");
    if (!documents.count || data_is_null(documents.items[0]))
        return reading.good;
    // What has not the form is left alone: each part is read only where all of it has.
    const struct data *root = documents.items[0];
    reading.good &= shape_check(run, &config_shape, root, STR("the configuration"));
    for (size_t i = 0; root->kind == DATA_MAP && i < sizeof parts / sizeof *parts; i++) {
        const struct data *value = data_find(root, str_from(parts[i].key));
        struct run *quiet = run_new(run->arena, run->limits);
        if (value && shape_check(quiet, shape_find(&config_shape, parts[i].key), value, STR("")))
            parts[i].read(&reading, value);
    }
    out->is_right = reading.good;
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

// The project's own rules.

static const struct rule *find_rule(const struct config *config, Str id)
{
    for (uint32_t i = 0; i < config->custom.count; i++)
        if (str_equal_nocase(config->custom.items[i].id, id))
            return &config->custom.items[i];
    return rule_find(id);
}

static bool is_free(const struct config *config, Str id)
{
    return !find_rule(config, id) &&
           !(id.len > 2 && str_equal_nocase(str_slice(id, 0, 2), STR("CG")));
}

static bool load_rule(struct run *run, struct source *source, Str path, Span at,
                      struct config *config)
{
    uint32_t file;
    struct rule rule;
    if (!source_read(run, source, path, at, &file) ||
        !rule_load(run, file, files_get(source->files, file)->text, &rule))
        return false;
    if (!is_free(config, rule.id))
        return diagf(run, &rule_malformed, files_whole(file),
                     "the id %.*s is taken; those that begin with CG are corsgate's",
                     STR_ARG(rule.id));
    *vec_push(run->arena, &config->custom) = rule;
    return true;
}

static bool load_file(struct run *run, struct source *source, const struct config_text *file,
                      struct config *config)
{
    struct source_paths found = { 0 };
    Str path;
    if (!source_join(source, (Str){ NULL, 0 }, file->text, &path))
        return diag(run, &source_outside_root, file->span);
    if (!source_is_glob(path))
        return load_rule(run, source, path, file->span, config);
    bool good = source_glob(run, source, path, file->span, &found);
    for (uint32_t i = 0; i < found.list.count; i++)
        good = load_rule(run, source, found.list.items[i], file->span, config) && good;
    return good;
}

static bool refuse_rule(struct run *run, const struct config *config, Str id, Span span)
{
    uint32_t count;
    const struct rule *all = rule_all(&count);
    const char **names = ARENA_ARRAY(run->arena, const char *, count + config->custom.count + 1);
    for (uint32_t i = 0; i < count; i++)
        names[i] = str_terminated(run->arena, all[i].id);
    for (uint32_t i = 0; i < config->custom.count; i++)
        names[count++] = str_terminated(run->arena, config->custom.items[i].id);
    const char *near = options_suggest(id, names, count);
    return diagf(run, &unknown_key, span, "there is no rule %.*s; %s%s%s", STR_ARG(id),
                 near ? "did you mean " : "`corsgate rules` lists them", near ? near : "",
                 near ? "?" : "");
}

// What is found in a configuration stands in a report among what is found in the version, whose
// paths begin at its root.
static void show_from_root(struct arena *arena, const struct source *source, struct config *config)
{
    Str real, below;
    if (!config->present || !source->root.len || !local_real(arena, config->path, &real))
        return;
    if (!local_below(source->root, real, &below)) {
        Str folder = parent_of(real), up = STR("../");
        if (!local_below(folder, source->root, &below))
            return;
        below = str_slice(real, str_is(folder, "/") ? 1 : folder.len + 1, real.len);
        for (Str at = source->root; !str_equal(at, folder); at = parent_of(at))
            below = str_concat(arena, up, below);
    }
    source->files->list.items[config->span.file - 1]->path = below;
}

// Where the project's own rules are: beside the configuration, wherever the version begins.
static bool open_beside(struct run *run, struct source **source, const struct config *config)
{
    Str real;
    if (!(*source)->root.len || !local_real(run->arena, config->path, &real) ||
        str_equal(parent_of(real), (*source)->root))
        return true; // of git: at its top
    return source_open(run, (*source)->files, parent_of(real), source);
}

bool config_load_rules(struct run *run, struct source *version, struct config *config)
{
    struct source *source = version;
    bool there = !config->custom_files.count || open_beside(run, &source, config);
    bool good = there;
    for (uint32_t i = 0; there && i < config->custom_files.count; i++)
        good = load_file(run, source, &config->custom_files.items[i], config) && good;
    for (uint32_t i = 0; i < config->levels.count; i++) {
        struct rule_level *level = &config->levels.items[i];
        const struct rule *rule = find_rule(config, level->id);
        if (rule)
            level->id = rule->id;
        else
            good = refuse_rule(run, config, level->id, level->span);
    }
    for (uint32_t i = 0; i < config->waivers.count; i++) {
        struct waiver *waiver = &config->waivers.items[i];
        const struct rule *rule = find_rule(config, waiver->rule);
        if (rule)
            waiver->rule = rule->id;
        else
            good = refuse_rule(run, config, waiver->rule, waiver->span);
    }
    if (good && config->is_right)
        show_from_root(run->arena, version, config);
    return good;
}
