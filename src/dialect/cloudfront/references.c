// What a piece of a template refers to.
#include "base/hash.h"
#include "dialect/cloudfront/cloudfront.h"

enum { RESOURCES_MAX = 200, FILES_MAX = 500 };

struct reference {
    Str name, attribute;
};
struct references {
    struct reference *items;
    uint32_t count, capacity;
};

static void add_reference(struct arena *arena, Str text, struct references *out)
{
    struct reference one = { .name = text };
    if (!str_cut(text, STR("."), &one.name, &one.attribute))
        one.name = text;
    *vec_push(arena, out) = one;
}

static void add_substituted(struct arena *arena, Str text, struct references *out)
{
    Str before, name;
    while (str_cut(text, STR("${"), &before, &text) && str_cut(text, STR("}"), &name, &text))
        add_reference(arena, str_trim(name), out);
}

static void find_references(struct arena *arena, const struct data *data, struct references *out)
{
    Str name;
    const struct data *arguments;
    if (template_function(data, &name, &arguments)) {
        bool is_text = arguments->kind == DATA_SCALAR;
        const struct data *first =
            arguments->kind == DATA_LIST && arguments->count ? arguments->entries[0].value : NULL;
        if (is_text && (str_is(name, "Ref") || str_is(name, "Fn::GetAtt")))
            add_reference(arena, arguments->text, out);
        else if (is_text && str_is(name, "Fn::Sub"))
            add_substituted(arena, arguments->text, out);
        else if (first && first->kind == DATA_SCALAR && str_is(name, "Fn::Sub"))
            add_substituted(arena, first->text, out);
        else if (first && first->kind == DATA_SCALAR && str_is(name, "Fn::GetAtt")) {
            add_reference(arena, first->text, out);
            if (arguments->count > 1 && arguments->entries[1].value->kind == DATA_SCALAR)
                out->items[out->count - 1].attribute = arguments->entries[1].value->text;
        }
    }
    for (uint32_t i = 0; i < data->count; i++)
        find_references(arena, data->entries[i].value, out);
}

bool cf_refers(const struct cloudfront *cf, const struct data *data, struct resource *out,
               Str *attribute)
{
    struct references found = { 0 };
    if (!cf->template || !data)
        return false;
    find_references(cf->model->arena, data, &found);
    for (uint32_t i = 0; i < found.count; i++) {
        *attribute = found.items[i].attribute;
        if (template_find(cf->template, found.items[i].name, out))
            return true;
    }
    return false;
}

// ---- identities

struct reached {
    struct cloudfront *cf;
    struct references list; // resources, each once
    struct map known;
    uint32_t files;
    uint64_t hash;
};

static void hash_file(struct reached *reached, Str path)
{
    struct reading *reading = reached->cf->reading;
    uint32_t number;
    uint32_t before = reading->model->run->diags.count;
    if (reached->files++ >= FILES_MAX)
        return;
    reached->hash = hash_str(reached->hash, path);
    if (source_read(reading->model->run, reading->source, path, (Span){ 0 }, &number))
        reached->hash = hash_u64(reached->hash, files_get(reading->source->files, number)->hash);
    reading->model->run->diags.count = before; // code is nobody's configuration
}

// The code of a function that is a file or folder of the source.
static void hash_code(struct reached *reached, Str path)
{
    struct reading *reading = reached->cf->reading;
    struct source_paths paths = { 0 };
    Str folder = source_folder(reached->cf->document->path), whole;
    if (!path.len || str_contains(path, STR("://")) ||
        !source_join(reading->source, folder, path, &whole))
        return;
    enum source_entry entry = source_stat(reading->source, whole);
    if (entry == SOURCE_FILE)
        hash_file(reached, whole);
    if (entry != SOURCE_FOLDER || !source_walk(reading->model->run, reading->source, whole, &paths))
        return;
    for (uint32_t i = 0; i < paths.list.count; i++)
        hash_file(reached, paths.list.items[i]);
}

// The files that expressions of Terraform name: file("${path.module}/edge.js").
static void hash_named(struct reached *reached, const struct data *data)
{
    Str before, rest, name;
    if (data->kind == DATA_SCALAR && str_cut(data->text, STR("file(\""), &before, &rest) &&
        str_cut(rest, STR("\")"), &name, &rest)) {
        (void)str_eat(&name, STR("${path.module}/"));
        hash_code(reached, name);
    }
    for (uint32_t i = 0; i < data->count; i++)
        hash_named(reached, data->entries[i].value);
}

static void hash_resource(struct reached *reached, const struct resource *resource)
{
    static const char *const code[] = { "CodeUri", "Code", "ContentUri", NULL };
    struct cloudfront *cf = reached->cf;
    reached->hash = hash_u64(reached->hash, template_identity(cf->template, resource->data));
    for (const char *const *key = code; *key; key++)
        hash_code(reached, document_text(resource->properties, *key));
    hash_named(reached, resource->data);
}

static void reach(struct reached *reached, const struct data *data)
{
    struct arena *arena = reached->cf->model->arena;
    struct references found = { 0 };
    find_references(arena, data, &found);
    for (uint32_t i = 0; i < found.count && reached->list.count < RESOURCES_MAX; i++) {
        struct resource resource;
        uint32_t at = 0;
        uint64_t hash = hash_str(HASH_SEED, found.items[i].name);
        if (map_next(&reached->known, hash, &at) ||
            !template_find(reached->cf->template, found.items[i].name, &resource))
            continue;
        map_add(arena, &reached->known, hash, reached);
        *vec_push(arena, &reached->list) = found.items[i];
    }
}

// What has been asked before: each case of a template asks again.
struct identity {
    const struct data *data;
    uint64_t hash;
};

uint64_t cf_identity(struct cloudfront *cf, const struct data *data)
{
    struct reached reached = { .cf = cf };
    uint64_t place = hash_bytes(HASH_SEED, &data, sizeof(struct data *));
    uint32_t at = 0;
    for (struct identity *one; (one = map_next(&cf->identities, place, &at));)
        if (one->data == data)
            return one->hash;
    struct identity *made = ARENA_NEW(cf->model->arena, struct identity);
    *made = (struct identity){ data, data_hash(data) };
    map_add(cf->model->arena, &cf->identities, place, made);
    if (!cf->template)
        return made->hash;
    reached.hash = template_identity(cf->template, data);
    reach(&reached, data);
    for (uint32_t i = 0; i < reached.list.count; i++) {
        struct resource resource;
        if (!template_find(cf->template, reached.list.items[i].name, &resource))
            continue;
        hash_resource(&reached, &resource);
        reach(&reached, resource.data);
    }
    made->hash = reached.hash;
    return reached.hash;
}

uint64_t cf_identity_of(struct cloudfront *cf, const struct term *term)
{
    uint64_t hash = term->value ? value_hash(term->value) : 0;
    return term->data ? hash_u64(hash, cf_identity(cf, term->data)) : hash;
}
