#include "dialect/documents.h"

#include "base/hash.h"
#include "dialect/marks.h"
#include "dialect/cases.h"
#include "policy/places.h"
#include "syntax/read_json.h"
#include "syntax/read_yaml.h"

#include <string.h>

// ---- which files

static bool has_ending(Str name, const char *const *endings)
{
    for (; *endings; endings++)
        if (str_ends(name, str_from(*endings)))
            return true;
    return false;
}

bool document_is_named(Str path)
{
    static const char *const wraps[] = { ".tpl", ".tmpl", ".j2", NULL };
    static const char *const endings[] = { ".json", ".yaml", ".yml", ".template", NULL };
    Str name = source_base(path);
    for (const char *const *wrap = wraps; *wrap; wrap++)
        if (str_ends(name, str_from(*wrap))) {
            name.len -= strlen(*wrap);
            break;
        }
    if (str_ends(name, STR(".conf.template"))) // nginx's, in containers
        return false;
    return has_ending(name, endings);
}

// Folders of packages that others wrote: nothing there is deployed by this project.
static bool is_foreign(Str path)
{
    Str rest = path, folder;
    while (str_cut(rest, STR("/"), &folder, &rest))
        if (str_is(folder, "node_modules"))
            return true;
    return false;
}

// Files without any of these no dialect can want. Reading what nobody wants costs, and complaints
// about it are nobody's affair.
static const struct marks *all_marks(struct arena *arena)
{
    const char *const **lists = ARENA_ARRAY(arena, const char *const *, dialect_count);
    uint32_t count = 0;
    for (uint32_t d = 0; d < dialect_count; d++)
        if (dialects[d]->read && dialects[d]->marks)
            lists[count++] = dialects[d]->marks;
    return marks_new(arena, lists, count);
}

// ---- reading

// What each dialect takes.
struct taken {
    struct documents *of; // by number of the dialect
    const struct marks *marks;
};

static bool looks_like_json(Str text)
{
    size_t i = 0;
    while (i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\n' ||
                            text.ptr[i] == '\r'))
        i++;
    // "{{", "{%" and "{#" begin what a template language fills in.
    bool template = i + 1 < text.len && text.ptr[i] == '{' && memchr("{%#", text.ptr[i + 1], 3);
    return i < text.len && !template && (text.ptr[i] == '{' || text.ptr[i] == '[');
}

// JSON is read as JSON where the file says that it is, or where it can be nothing else.
static bool is_read_as_json(Str path, Str text)
{
    return str_ends(path, STR(".json")) ||
           (!str_ends(path, STR(".yaml")) && !str_ends(path, STR(".yml")) && looks_like_json(text));
}

static bool read_documents(struct run *run, uint32_t file, Str text, bool is_json,
                           struct data_list *out)
{
    if (!is_json)
        return read_yaml_template(run, file, text, out);
    const struct data *root;
    bool good = read_json(run, (Span){ file, 0, (uint32_t)text.len }, text, &root);
    if (good || (root && root->count)) // of a broken one, what tells nothing is as good as none
        *vec_push(run->arena, out) = root;
    return good;
}

// What was read of a file without any complaint.
struct kept_trees {
    uint32_t twin; // the first file with these bytes
    bool is_json;
    struct data_list roots;
};

// The documents of a file. Where the version before, or this one, holds the same bytes, they have
// been read already.
static bool find_documents(struct model *model, const struct source *source, uint32_t file,
                           Str path, struct map *trees, bool *is_json, struct data_list *out)
{
    struct run *run = model->run;
    const struct file *known = files_get(source->files, file);
    uint64_t hash = hash_u64(HASH_SEED, known->twin);
    uint32_t at = 0, diags = run->diags.count;
    const struct kept_trees *kept;
    *is_json = is_read_as_json(path, known->text);
    while ((kept = map_next(trees, hash, &at))) {
        if (kept->twin != known->twin || kept->is_json != *is_json)
            continue;
        for (uint32_t i = 0; i < kept->roots.count; i++) {
            const struct data *root = data_in_file(model->arena, kept->roots.items[i], file);
            if (!root)
                break;
            *vec_push(model->arena, out) = root;
        }
        if (out->count == kept->roots.count)
            return true;
        out->count = 0;
    }
    bool good = read_documents(run, file, known->text, *is_json, out);
    if (good && run->diags.count == diags && !kept) {
        struct kept_trees *keep = ARENA_NEW(model->arena, struct kept_trees);
        *keep = (struct kept_trees){ known->twin, *is_json, *out };
        map_add(model->arena, trees, hash, keep);
    }
    return good;
}

// Hands a document to every dialect that claims it; `whys` holds each one's reason, by number.
static bool take(struct model *model, const struct document *document, const struct dialect *typed,
                 struct taken *taken, Str *whys)
{
    bool some = false;
    for (uint32_t d = 0; d < dialect_count; d++) {
        const struct dialect *dialect = dialects[d];
        Str reason = STR("");
        if (!dialect->read || (typed && typed != dialect))
            continue;
        if (!dialect->claims(document, &reason)) {
            if (!typed)
                continue;
            reason = STR("the configuration says so");
        }
        *vec_push(model->arena, &taken->of[d]) = document;
        if (!whys[d].len)
            whys[d] = reason.len ? reason : STR("by what it holds");
        some = true;
    }
    return some;
}

// A file that cannot be read whole is reported when something in it is ours, when the user names
// it, or when it looks like ours.
static bool load_file(struct model *model, struct source *source, Str path, bool is_named,
                      const struct dialect *typed, struct taken *taken, struct dialect_result *out)
{
    struct run *run = model->run;
    uint32_t file, diags = run->diags.count;
    if (!source_read(run, source, path, (Span){ 0 }, &file)) {
        if (!is_named)
            run->diags.count = diags; // some other program's file may be binary or unreadable
        return !is_named;
    }
    Str text = files_get(source->files, file)->text;
    if (!typed && !marks_stand_in(taken->marks, text))
        return true;
    struct data_list roots = { 0 };
    bool is_json, some = false;
    bool good = find_documents(model, source, file, path, out->trees, &is_json, &roots);
    Str *whys = ARENA_ARRAY(model->arena, Str, dialect_count);
    for (uint32_t i = 0; i < roots.count; i++) {
        struct document *document = ARENA_NEW(model->arena, struct document);
        *document = (struct document){ path, file, i, is_json, !good, roots.items[i] };
        some |= take(model, document, typed, taken, whys);
    }
    bool ours = some || is_named || (!good && roots.count == 0 && document_is_named(path));
    if (!ours)
        run->diags.count = diags;
    for (uint32_t d = 0; d < dialect_count; d++)
        if (whys[d].len)
            *vec_push(model->arena, &out->files) =
                (struct dialect_file){ path, dialects[d]->name, whys[d] };
    return good || !ours;
}

// The files below `paths` whose names are documents', and files that `paths` name.
static bool find_files(struct model *model, struct source *source, const Str *paths,
                       uint32_t path_count, struct source_paths *named, struct source_paths *found)
{
    struct arena *arena = model->arena;
    if (source->only.len)
        *vec_push(arena, &named->list) = source->only;
    for (uint32_t i = 0; i < path_count && !source->only.len; i++)
        if (source_stat(source, paths[i]) == SOURCE_FILE)
            *vec_push(arena, &named->list) = paths[i];
    if (source->only.len || (path_count && named->list.count == path_count))
        return true;
    struct source_paths all = { 0 };
    if (!source_walk(model->run, source, STR(""), &all))
        return false;
    for (uint32_t i = 0; i < all.list.count; i++) {
        Str path = all.list.items[i];
        bool known = false;
        for (uint32_t k = 0; k < named->list.count && !known; k++)
            known = str_equal(named->list.items[k], path);
        if (!known && document_is_named(path) && !is_foreign(path) &&
            dialect_is_wanted(path, paths, path_count))
            *vec_push(arena, &found->list) = path;
    }
    return true;
}

// A file that is named is looked into whatever it is called, unless a dialect with a reader of its
// own must have it.
static bool is_tried(Str path)
{
    return !str_ends(path, STR(".conf")) && !str_ends(path, STR(".nginx"));
}

bool documents_load(struct model *model, struct source *source,
                    const struct dialect_options *options, const Str *paths, uint32_t path_count,
                    const struct dialect *typed, struct dialect_result *out)
{
    struct host_names hosts = { 0 };
    uint32_t from = out->policy->endpoint_count;
    struct taken taken = { ARENA_ARRAY(model->arena, struct documents, dialect_count + 1),
                           all_marks(model->arena) };
    struct source_paths named = { 0 }, found = { 0 };
    if (!out->trees && out->before)
        out->trees = out->before->trees;
    if (!out->trees)
        out->trees = ARENA_NEW(model->arena, struct map);
    bool good = find_files(model, source, paths, path_count, &named, &found);
    for (uint32_t i = 0; i < named.list.count; i++)
        if (typed || is_tried(named.list.items[i]))
            good &= load_file(model, source, named.list.items[i],
                              document_is_named(named.list.items[i]), typed, &taken, out);
    for (uint32_t i = 0; i < found.list.count; i++)
        good &= load_file(model, source, found.list.items[i], false, typed, &taken, out);
    for (uint32_t d = 0; d < dialect_count; d++) {
        if (!taken.of[d].count)
            continue;
        struct reading reading = { model, source, options, taken.of[d], out, &hosts };
        good &= dialects[d]->read(&reading);
    }
    good &= places_merge(out->policy, from);
    return good;
}

const struct data *document_find(const struct data *map, const char *key)
{
    return map && map->kind == DATA_MAP ? data_find(map, str_from(key)) : NULL;
}

Str document_text(const struct data *map, const char *key)
{
    const struct data *value = document_find(map, key);
    return value && value->kind == DATA_SCALAR ? value->text : STR("");
}

const struct box *documents_instance(const struct reading *reading, uint32_t number,
                                     const char *product)
{
    struct model *model = reading->model;
    const struct box *box = box_all(model);
    for (uint32_t i = 0; i <= number && reading->documents.count > 1; i++) {
        const struct document *document = reading->documents.items[i];
        Str text = str_format(model->arena, "whether the request comes to the %s of %.*s", product,
                              STR_ARG(document->path));
        uint64_t identity = hash_u64(hash_str(HASH_SEED, document->path), document->number);
        const struct var *choice = model_choice(model, text, identity, document->root->span);
        box = box_with(model, box, choice, model_choice_value(model, i == number));
    }
    return box;
}

static Str as_host(struct arena *arena, Str text)
{
    char *name = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : plain ? c : '_';
    }
    return (Str){ name, text.len };
}

Str document_host(struct arena *arena, const struct data *host)
{
    return scalar_is_open(host) ? as_host(arena, host->text) : host->text;
}

struct own_host {
    Str name;
    uint32_t count;
};

Str document_own_host(struct arena *arena, Str name)
{
    return as_host(arena, str_format(arena, "%.*s.invalid", STR_ARG(name)));
}

// How many of that name there are, with this one.
static uint32_t number_own(struct policy *policy, Str host)
{
    uint64_t hash = hash_str(HASH_SEED, host);
    uint32_t at = 0;
    struct own_host *own;
    while ((own = map_next(&policy->own_hosts, hash, &at)))
        if (str_equal(own->name, host))
            return ++own->count;
    own = ARENA_NEW(policy->model->arena, struct own_host);
    *own = (struct own_host){ host, 1 };
    map_add(policy->model->arena, &policy->own_hosts, hash, own);
    return 1;
}

void document_outside(struct policy *policy, Str name, const char *layer, struct unknown what)
{
    struct model *model = policy->model;
    Str *host = ARENA_NEW(model->arena, Str);
    *host = document_own_host(model->arena, name);
    uint32_t number = number_own(policy, *host);
    if (number > 1)
        *host = document_own_host(model->arena,
                                  str_format(model->arena, "%.*s.%u", STR_ARG(name), number));
    const struct box *box =
        box_with(model, box_all(model), model->host, fa_literal(model->fa, *host));
    struct cases cases = cases_new(model, policy);
    branch_answer_unknown(&cases, cases_begin(&cases, box), what.reason, what.identity, what.span);
    cases_finish(&cases, (struct endpoint){ .layer = layer,
                                            .hosts = host,
                                            .host_count = 1,
                                            .match = MATCH_ANY,
                                            .path = STR("/"),
                                            .box = box,
                                            .span = what.span });
}

bool document_is_open(const struct data *map, const char *lists)
{
    bool open = map && map->unrendered;
    for (uint32_t i = 0; map && map->kind == DATA_MAP && i < map->count; i++) {
        const struct data_entry *entry = &map->entries[i];
        bool is_list = str_starts(entry->key->text, str_from(lists)) &&
                       !entry->value->conditional && entry->value->kind == DATA_LIST;
        open |= data_is_open(entry->key) || (!is_list && data_is_open(entry->value));
    }
    return open || (map && map->kind != DATA_MAP && data_is_open(map));
}
