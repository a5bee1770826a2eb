// What stands in the document root, when it is part of the source; else a choice.
#include "base/hash.h"
#include "dialect/nginx/machine.h"

#include <string.h>

enum { FILES_MAX = 4096 }; // below one root; more are not told apart

struct tree {                         // below one folder
    const struct fa *files, *folders; // their paths, "/a.txt", "/dir" and "/dir/"
    bool known;
    bool found; // the folder is part of the source
};

// The folder of the source that a document root names: an absolute path below the source's root, or
// one relative to nginx's prefix, which is taken to be the main file's folder or the one above it.
static bool find_folder(const struct nginx_config *config, Str root, Str *out)
{
    struct source *source = config->source;
    if (!source || root.len == 0)
        return false;
    Str folder = config->prefix;
    if (root.ptr[0] == '/')
        return source->root.len && source_join(source, STR(""), root, out) &&
               source_stat(source, *out) == SOURCE_FOLDER;
    for (int up = 0; up < 2; up++) {
        if (source_join(source, folder, root, out) && source_stat(source, *out) == SOURCE_FOLDER)
            return true;
        if (folder.len == 0)
            return false;
        folder = source_folder(folder);
    }
    return false;
}

static void add_folders(struct model *model, struct source *source, Str folder, Str shown,
                        struct source_paths *files, struct source_paths *folders, uint32_t depth)
{
    struct source_names names = { 0 };
    source_list(source, folder, &names);
    *vec_push(model->arena, &folders->list) = shown;
    *vec_push(model->arena, &folders->list) = str_concat(model->arena, shown, STR("/"));
    for (uint32_t i = 0; i < names.list.count; i++) {
        const struct source_name *name = &names.list.items[i];
        if (files->list.count > FILES_MAX)
            return;
        Str inner =
            folder.len ? str_format(model->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name->name))
                       : name->name;
        Str path = str_format(model->arena, "%.*s/%.*s", STR_ARG(shown), STR_ARG(name->name));
        if (name->entry == SOURCE_FILE)
            *vec_push(model->arena, &files->list) = path;
        else if (name->entry == SOURCE_FOLDER && depth > 0)
            add_folders(model, source, inner, path, files, folders, depth - 1);
    }
}

static const struct tree *tree_known(struct machine *machine, Str root)
{
    struct model *model = machine->model;
    uint64_t hash = hash_str(HASH_SEED, root);
    uint32_t at = 0;
    struct tree *tree = map_next(&machine->roots, hash, &at);
    if (tree)
        return tree;
    tree = ARENA_NEW(model->arena, struct tree);
    map_add(model->arena, &machine->roots, hash, tree);
    Str folder;
    tree->found = find_folder(machine->config, root, &folder);
    if (!tree->found)
        return tree;
    struct source_paths files = { 0 }, folders = { 0 };
    add_folders(model, machine->config->source, folder, root, &files, &folders, 32);
    if (files.list.count > FILES_MAX)
        return tree;
    tree->files = fa_literals(model->fa, files.list.items, files.list.count);
    tree->folders = fa_literals(model->fa, folders.list.items, folders.list.count);
    tree->known = tree->files && tree->folders;
    return tree;
}

static void record_missing(struct arena *arena, struct server_record *record, Str folder)
{
    uint32_t count = record->missing.count;
    if (count == 0 || !str_equal(record->missing.items[count - 1], folder))
        *vec_push(arena, &record->missing) = folder;
}

bool files_has_folder(const struct nginx_config *config, Str root)
{
    Str folder;
    return find_folder(config, root, &folder);
}

// Notes the question for the server, too: what stands in a folder is not part of its text.
static const struct tree *tree_of(struct machine *machine, Str root)
{
    while (str_ends(root, STR("/")))
        root.len--;
    const struct tree *tree = tree_known(machine, root);
    if (tree->found)
        machine->config->notes++;
    else if (machine->config->record)
        record_missing(machine->model->arena, machine->config->record, root);
    return tree;
}

static Str folder_part(Str path)
{
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/')
        len--;
    return str_slice(path, 0, len);
}

void split_file(struct machine *machine, const struct state *state, const struct value *path,
                char test, Span span, struct states *yes, struct states *no)
{
    struct model *model = machine->model;
    Str text = path->count && path->parts[0].kind == PART_TEXT ? path->parts[0].text : (Str){ 0 };
    const struct block *from = block_root(state->cfg);
    Str root = STR("html");
    bool has_root = !from || template_is_text(&from->root, &root);
    while (str_ends(root, STR("/")))
        root.len--;
    const struct tree *tree = NULL;
    if (has_root && str_starts(text, root))
        tree = tree_of(machine, root);
    else if (text.len && path->count == 1)
        tree = tree_of(machine, folder_part(text));
    if (tree && tree->known && machine->keeps_slashes) {
        // The file system merges what nginx keeps: paths with "//" are not told apart.
        struct fa_space *fa = model->fa;
        const struct fa *any = fa_all(fa);
        const struct fa *doubled =
            fa_concat(fa, any, fa_concat(fa, fa_literal(fa, STR("//")), any));
        struct states odd = { 0 }, plain = { 0 };
        split_language(machine, state, path, doubled, &odd, &plain);
        const struct fa *words = test == 'd' ? tree->folders : tree->files;
        for (uint32_t i = 0; i < plain.count; i++)
            split_language(machine, &plain.items[i], path, words, yes, no);
        for (uint32_t i = 0; i < odd.count; i++)
            split_choice(machine, &odd.items[i],
                         STR("whether a file is there under a path with //"), value_hash(path),
                         span, yes, no);
        return;
    }
    if (tree && tree->known && test != 'x') {
        const struct fa *words = test == 'f'   ? tree->files
                                 : test == 'd' ? tree->folders
                                               : fa_union(model->fa, tree->files, tree->folders);
        split_language(machine, state, path, words, yes, no);
        return;
    }
    // The root itself does not matter: whether a file is there is the same question before and
    // after it moved.
    const struct value *below = path;
    if (has_root && str_starts(text, root)) {
        below = value_text(model, str_slice(text, root.len, text.len));
        for (uint32_t i = 1; i < path->count; i++) {
            struct value *one =
                arena_alloc(model->arena, sizeof *one + sizeof *one->parts, _Alignof(struct value));
            one->count = 1;
            one->parts[0] = path->parts[i];
            below = value_concat(model, below, one);
        }
    }
    Str question = STR("whether a file of that name is there");
    if (test == 'd')
        question = STR("whether a folder of that name is there");
    split_choice(machine, state, question, hash_u64(value_hash(below), (uint64_t)test), span, yes,
                 no);
}

bool files_are_known(struct machine *machine, const struct state *state)
{
    const struct block *from = block_root(state->cfg);
    Str root = STR("html");
    return (!from || template_is_text(&from->root, &root)) && tree_of(machine, root)->known;
}

const struct value *file_path(struct machine *machine, const struct state *state)
{
    struct model *model = machine->model;
    const struct block *from = block_root(state->cfg);
    Str root = STR("html");
    if (from && !template_is_text(&from->root, &root))
        return NULL;
    if (!from || !from->is_alias) {
        while (str_ends(root, STR("/")))
            root.len--;
        return value_concat(model, value_text(model, root), state->path);
    }
    // alias: the location's own path is replaced
    const struct block *location = from->kind == BLOCK_IF ? from->parent : from;
    if (location->modifier == LOCATION_EXACT)
        return value_text(model, root);
    if (location->modifier != LOCATION_PREFIX && location->modifier != LOCATION_PREFIX_FINAL)
        return NULL;
    Str path;
    if (value_is_text(state->path, &path))
        return str_eat(&path, location->path)
                   ? value_text(model, str_concat(model->arena, root, path))
                   : NULL;
    Str expression = str_format(model->arena, "^\\Q%.*s\\E([\\s\\S]*)$", STR_ARG(location->path));
    const struct pattern *behind =
        model_pattern(model, expression, REGEX_PCRE2, REGEX_DOLLAR_STRICT);
    if (str_contains(location->path, STR("\\E")))
        return NULL;
    return value_concat(model, value_text(model, root),
                        value_capture(model, behind, 1, state->path));
}
