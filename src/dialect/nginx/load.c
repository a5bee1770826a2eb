#include "dialect/nginx/load.h"

#include "base/hash.h"
#include "dialect/nginx/directives.h"
#include "dialect/nginx/dump.h"
#include "dialect/nginx/include.h"

#include <string.h>

const struct kind nginx_include_outside = {
    "CG904", LEVEL_WARNING, "what this includes lies outside the folder that is being read"
};
const struct kind nginx_include_missing = { "CG910", LEVEL_WARNING,
                                            "the file that this includes does not exist" };
const struct kind nginx_include_cycle = { "CG901", LEVEL_ERROR, "this file includes itself" };
const struct kind nginx_include_depth = { "CG903", LEVEL_ERROR,
                                          "files include one another too deeply" };
const struct kind nginx_include_count = { "CG903", LEVEL_ERROR, "too many files are included" };
const struct kind nginx_empty = { "CG901", LEVEL_ERROR, "there is no nginx configuration in this" };

// A file, or a part of a dump, as read: the same for everything that includes it.
struct tree {
    Str path;
    uint32_t file;
    struct conf conf;
    const struct nginx_reading *reading;
    bool readable, whole; // whole: without a syntax error
};

// The loading of one main file.
struct load {
    struct nginx_loader *loader;
    struct loaded *loaded;
    struct map trees;        // the loader's; of a dump, its own
    const struct dump *dump; // NULL when reading files
    Str dump_text;
    Str folder;   // of the main file
    bool upwards; // a fragment: its includes are relative to a folder that is not known
    VEC(const struct tree *) open; // the file being read and those that include it
    uint32_t count;
};

struct nginx_loader *nginx_loader_new(struct run *run, struct source *source)
{
    struct nginx_loader *loader = ARENA_NEW(run->arena, struct nginx_loader);
    loader->run = run;
    loader->source = source;
    return loader;
}

static struct tree *tree_known(const struct map *trees, Str path)
{
    struct tree *tree;
    for (uint32_t i = 0; (tree = map_next(trees, hash_str(HASH_SEED, path), &i));)
        if (str_equal(tree->path, path))
            break;
    return tree;
}

static struct tree *tree_add(struct arena *arena, struct map *trees, Str path)
{
    struct tree *tree = ARENA_NEW(arena, struct tree);
    tree->path = path;
    map_add(arena, trees, hash_str(HASH_SEED, path), tree);
    return tree;
}

// What was read from the same file in the version before. The files of two versions of one file
// may have different names.
static const struct nginx_reading *reading_before(const struct nginx_loader *loader, Str path)
{
    const struct nginx_loader *before = loader->before;
    if (!before)
        return NULL;
    const struct tree *tree = tree_known(&before->known, path);
    return tree ? tree->reading : before->first;
}

static void tree_read(struct nginx_loader *loader, struct tree *tree, Str text, uint32_t base)
{
    const struct nginx_how how = { .before = reading_before(loader, tree->path) };
    tree->readable = true;
    tree->whole = read_nginx_again(loader->run, text, tree->file, base, &how, &tree->reading);
    tree->conf = *nginx_reading_conf(tree->reading);
    if (!loader->first)
        loader->first = tree->reading;
    map_add(loader->run->arena, &loader->known, hash_str(HASH_SEED, tree->path), tree);
}

static const struct tree *tree_of_file(struct nginx_loader *loader, Str path, Span at)
{
    struct tree *tree = tree_known(&loader->trees, path);
    if (!tree) {
        tree = tree_add(loader->run->arena, &loader->trees, path);
        if (source_read(loader->run, loader->source, path, at, &tree->file))
            tree_read(loader, tree, files_get(loader->source->files, tree->file)->text, 0);
    }
    return tree;
}

static const struct tree *tree_of_part(struct load *load, Str path)
{
    struct tree *tree = tree_known(&load->trees, path);
    if (!tree) {
        const struct dump_part *part = dump_get(load->dump, path);
        tree = tree_add(load->loader->run->arena, &load->trees, path);
        tree->file = load->loaded->file;
        tree_read(load->loader, tree, str_slice(load->dump_text, part->begin, part->end),
                  part->begin);
    }
    return tree;
}

static void note_file(struct load *load, uint32_t file)
{
    struct loaded *loaded = load->loaded;
    for (uint32_t i = 0; i < loaded->files.count; i++)
        if (loaded->files.items[i] == file)
            return;
    *vec_push(load->loader->run->arena, &loaded->files) = file;
}

struct confs {
    VEC(struct conf) list;
};

static void expand(struct load *load, struct conf *parent, uint32_t depth);

// Puts the statements of a file where the include stands that names it.
static bool splice(struct load *load, Str path, Span at, uint32_t depth, struct confs *out)
{
    struct run *run = load->loader->run;
    if (load->open.count > run->limits->include_depth)
        return diagf(run, &nginx_include_depth, at, "more than %u", run->limits->include_depth);
    if (++load->count > run->limits->files)
        return diagf(run, &nginx_include_count, at, "more than %u", run->limits->files);
    const struct tree *tree =
        load->dump ? tree_of_part(load, path) : tree_of_file(load->loader, path, at);
    load->loaded->broken |= !tree->whole;
    if (!tree->readable)
        return false;
    for (uint32_t i = 0; i < load->open.count; i++)
        if (load->open.items[i] == tree) {
            load->loaded->broken = true;
            return diagf(run, &nginx_include_cycle, at, "%.*s", STR_ARG(path));
        }
    note_file(load, tree->file);

    struct conf file = tree->conf;
    *vec_push(run->arena, &load->open) = tree;
    expand(load, &file, depth);
    load->open.count--;
    for (uint32_t i = 0; i < file.n_children; i++)
        *vec_push(run->arena, &out->list) = file.children[i];
    return true;
}

// Replaces one include statement. False when it has to stay, because what it brings is unknown.
static bool include(struct load *load, const struct conf *conf, uint32_t depth, struct confs *out)
{
    struct run *run = load->loader->run;
    Span at = conf->words[1].span;
    Str name = conf->words[1].text;
    struct source_paths paths = { 0 };
    enum include_found found;
    if (load->dump)
        found = dump_find(load->dump, run->arena, name, &paths) ? INCLUDE_FOUND : INCLUDE_MISSING;
    else
        found =
            include_find(run, load->loader->source, load->folder, load->upwards, name, at, &paths);
    switch (found) {
    case INCLUDE_FOUND:
        break;
    case INCLUDE_HARMLESS:
        return true;
    case INCLUDE_MISSING:
        return diagf(run, &nginx_include_missing, at, "%.*s", STR_ARG(name));
    case INCLUDE_OUTSIDE:
        return diagf(run, &nginx_include_outside, at, "%.*s", STR_ARG(name));
    case INCLUDE_LIMIT:
        return false;
    }
    bool all = true;
    for (uint32_t i = 0; i < paths.list.count; i++)
        all &= splice(load, paths.list.items[i], at, depth, out);
    return all;
}

// Replaces every include statement below `parent`. What has none is shared, not copied.
static void expand(struct load *load, struct conf *parent, uint32_t depth)
{
    struct run *run = load->loader->run;
    if (!parent->has_include)
        return;
    if (depth > run->limits->nesting) {
        diagf(run, &nginx_nesting, parent->span, "more than %u levels", run->limits->nesting);
        load->loaded->broken = true;
        return;
    }
    struct confs out = { 0 };
    for (uint32_t i = 0; i < parent->n_children; i++) {
        struct conf child = parent->children[i];
        if (conf_is(&child, "include") && child.n_words == 2 && !child.has_block) {
            if (include(load, &child, depth, &out))
                continue;
        } else {
            expand(load, &child, depth + 1);
        }
        *vec_push(run->arena, &out.list) = child;
    }
    parent->children = out.list.items;
    parent->n_children = out.list.count;
    parent->hash = conf_hash(parent);
}

bool nginx_is_main(const struct conf *root)
{
    static const char *const names[] = { "http", "events", "stream", "mail" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (conf_find(root, names[i]))
            return true;
    return false;
}

const struct conf *nginx_tree(struct nginx_loader *loader, Str path)
{
    const struct tree *tree = tree_of_file(loader, path, (Span){ 0 });
    return tree->readable ? &tree->conf : NULL;
}

// Whether `conf` may stand in a place, by its name and by what its block holds.
static bool fits(const struct conf *conf, enum context context)
{
    if (directive_check(conf, context) == DIRECTIVE_WRONG_CONTEXT)
        return false;
    enum context inside = directive_inside(conf, context);
    if (!conf_is(conf, "if"))
        return true;
    for (uint32_t i = 0; i < conf->n_children; i++)
        if (directive_check(&conf->children[i], inside) == DIRECTIVE_WRONG_CONTEXT)
            return false;
    return true;
}

// Where the statements of a file belong: where most of them may stand.
static enum wrap wrap_of(const struct conf *root)
{
    static const struct {
        enum wrap wrap;
        enum context context;
    } places[] = {
        // of equals, the first
        { WRAP_SERVER, CONTEXT_SERVER },
        { WRAP_LOCATION, CONTEXT_LOCATION },
        { WRAP_HTTP, CONTEXT_HTTP },
        { WRAP_NONE, CONTEXT_MAIN },
    };
    if (nginx_is_main(root))
        return WRAP_NONE;
    uint32_t best = 0, best_count = 0;
    for (uint32_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint32_t count = 0;
        for (uint32_t j = 0; j < root->n_children; j++) {
            const struct conf *conf = &root->children[j];
            if (directive_contexts(conf_word(conf, 0)))
                count += fits(conf, places[i].context);
        }
        if (count > best_count) {
            best = i;
            best_count = count;
        }
    }
    return best_count ? places[best].wrap : WRAP_NONE;
}

// Puts the children of *root into a block of these words.
static void put_into(struct arena *arena, struct conf *root, const char *name, const char *argument)
{
    struct conf_word *words = ARENA_ARRAY(arena, struct conf_word, 2);
    Span begin = { root->span.file, root->span.begin, root->span.begin };
    words[0] = (struct conf_word){ .text = str_from(name), .span = begin };
    words[1] = (struct conf_word){ .text = str_from(argument), .span = begin };
    struct conf *block = ARENA_NEW(arena, struct conf);
    *block = *root;
    block->words = words;
    block->n_words = argument[0] ? 2 : 1;
    block->head = begin;
    block->hash = conf_hash(block);
    root->children = block;
    root->n_children = 1;
    root->hash = conf_hash(root);
}

static void put_in_place(struct arena *arena, struct conf *root, enum wrap wrap)
{
    if (wrap == WRAP_LOCATION)
        put_into(arena, root, "location", "/");
    if (wrap == WRAP_LOCATION || wrap == WRAP_SERVER)
        put_into(arena, root, "server", "");
    if (wrap != WRAP_NONE)
        put_into(arena, root, "http", "");
}

static const struct tree *main_tree(struct load *load, Str path)
{
    struct nginx_loader *loader = load->loader;
    struct run *run = loader->run;
    uint32_t file;
    if (!source_read(run, loader->source, path, (Span){ 0 }, &file))
        return NULL;
    load->loaded->file = file;
    load->dump_text = files_get(loader->source->files, file)->text;
    struct dump *dump = ARENA_NEW(run->arena, struct dump);
    if (!dump_parse(run->arena, load->dump_text, dump))
        return tree_of_file(loader, path, (Span){ 0 });
    load->dump = dump;
    return tree_of_part(load, dump->parts.items[0].path);
}

static const struct loaded *loaded_known(const struct nginx_loader *loader, Str path)
{
    const struct loaded *loaded;
    for (uint32_t i = 0; (loaded = map_next(&loader->loaded, hash_str(HASH_SEED, path), &i));)
        if (str_equal(loaded->path, path))
            break;
    return loaded;
}

bool nginx_load(struct nginx_loader *loader, Str path, const struct loaded **out)
{
    struct run *run = loader->run;
    const struct loaded *known = loaded_known(loader, path);
    if (known) {
        *out = known;
        return known->root;
    }
    struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
    loaded->path = path;
    map_add(run->arena, &loader->loaded, hash_str(HASH_SEED, path), loaded);
    struct load load = { .loader = loader, .loaded = loaded, .folder = source_folder(path) };
    const struct tree *tree = main_tree(&load, path);
    if (!tree)
        return false;
    loaded->broken = !tree->whole;
    note_file(&load, loaded->file);

    struct conf *root = ARENA_NEW(run->arena, struct conf);
    *root = tree->conf;
    if (root->n_children == 0) {
        if (tree->whole) // otherwise the reason has been given
            diag(run, &nginx_empty, files_whole(loaded->file));
        return false; // and root stays NULL, for whoever asks again
    }
    load.upwards = !load.dump && wrap_of(root) != WRAP_NONE;
    *vec_push(run->arena, &load.open) = tree;
    expand(&load, root, 0);
    loaded->wrap = load.dump ? WRAP_NONE : wrap_of(root);
    put_in_place(run->arena, root, loaded->wrap);
    loaded->root = root;
    *out = loaded;
    return true;
}

bool nginx_text_read(struct run *run, struct source *source, Str text, enum wrap place,
                     struct conf *out)
{
    struct nginx_loader loader = { .run = run, .source = source };
    struct conf *root = ARENA_NEW(run->arena, struct conf);
    *out = (struct conf){ 0 };
    if (!read_nginx(run, text, 0, 0, root))
        return false;
    *out = *root;
    put_in_place(run->arena, root, place);
    const struct loaded loaded = { .wrap = place, .root = root };
    return nginx_validate(&loader, &loaded);
}
