#include "dialect/nginx/load.h"

#include "dialect/nginx/directives.h"

#include <string.h>

enum { LOOK_AT = 16 * 1024 }; // bytes of a file that decide what it is

// Whether nginx has a directive of this name, form and number of arguments anywhere.
static bool is_known(const struct conf *conf)
{
    unsigned contexts = directive_contexts(conf_word(conf, 0));
    for (unsigned context = 1; context && context <= contexts; context <<= 1)
        if ((contexts & context) && directive_check(conf, (enum context)context) == DIRECTIVE_OK)
            return true;
    return false;
}

bool nginx_recognise(Str text)
{
    struct arena *arena = arena_new();
    struct run *quiet = run_new(arena, &limits_default);
    struct conf root;
    bool good = read_nginx(quiet, nginx_beginning(quiet, text, LOOK_AT), 0, 0, &root);
    (void)good; // what has mistakes is recognised all the same
    uint32_t known = 0, unknown = 0;
    for (uint32_t i = 0; i < root.n_children; i++) {
        const struct conf *conf = &root.children[i];
        if (is_known(conf))
            known += !conf_is(conf, "include"); // as others say it, too
        else
            unknown++;
    }
    arena_free(arena);
    return known > unknown;
}

// Whether a path says by itself that nginx is meant.
static bool is_named_nginx(Str path)
{
    Str name = source_base(path), folder = source_base(source_folder(path));
    return str_is(name, "nginx.conf") || str_ends(name, STR(".nginx")) ||
           str_is(folder, "sites-available") || str_is(folder, "sites-enabled");
}

// Whether it is worth while to look into a file: most of a project is something else.
static bool is_candidate(Str path)
{
    static const char *const endings[] = {
        ".conf", ".nginx", ".vhost", ".ngx", ".include", ".inc"
    };
    static const char *const inner[] = { ".conf.", "nginx" }; // nginx.conf.j2, site.conf.template
    static const char *const others[] = { ".md",  ".json", ".yaml", ".yml",  ".py",
                                          ".sh",  ".c",    ".h",    ".js",   ".ts",
                                          ".go",  ".rb",   ".php",  ".html", ".svg",
                                          ".png", ".toml", ".xml",  ".rs",   ".css",
                                          ".log", ".java", ".lua",  ".txt",  ".service" };
    Str name = str_is(path, "-") ? STR("nginx") : source_base(path);
    if (is_named_nginx(path))
        return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(name, str_from(endings[i])))
            return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_ends(name, str_from(others[i])))
            return false;
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if (str_contains(name, str_from(inner[i])))
            return true;
    return false;
}

// Keeps of `paths` what is nginx configuration, and reads it.
static bool recognise(struct nginx_loader *loader, const struct source_paths *paths,
                      struct source_paths *out)
{
    bool good = true;
    for (uint32_t i = 0; i < paths->list.count; i++) {
        Str path = paths->list.items[i];
        uint32_t file;
        if (!is_candidate(path))
            continue;
        // Some other program's file may be binary or unreadable, that is not our affair.
        struct run quiet = { .arena = loader->run->arena, .limits = loader->run->limits };
        struct run *run = is_named_nginx(path) ? loader->run : &quiet;
        if (!source_read(run, loader->source, path, (Span){ 0 }, &file)) {
            good &= run == &quiet;
            continue;
        }
        if (nginx_recognise(files_get(loader->source->files, file)->text))
            *vec_push(run->arena, &out->list) = path;
    }
    return good;
}

// Which files are read through another.
struct included {
    bool *of_file; // by number; of those that existed when it was made
    uint32_t count;
};

static bool load_root(struct nginx_loader *loader, Str path, struct included *included)
{
    const struct loaded *loaded;
    if (!nginx_load(loader, path, &loaded))
        return false;
    for (uint32_t i = 0; i < loaded->files.count; i++)
        if (loaded->files.items[i] != loaded->file && loaded->files.items[i] < included->count)
            included->of_file[loaded->files.items[i]] = true;
    return true;
}

static uint32_t number_of(struct nginx_loader *loader, Str path)
{
    uint32_t file = 0; // it has been read before, or has no number
    struct run quiet = { .arena = loader->run->arena, .limits = loader->run->limits };
    return source_read(&quiet, loader->source, path, (Span){ 0 }, &file) ? file : 0;
}

bool nginx_roots(struct nginx_loader *loader, struct source_paths *out)
{
    struct source *source = loader->source;
    struct arena *arena = loader->run->arena;
    if (source->only.len) {
        *vec_push(arena, &out->list) = source->only;
        return true;
    }
    struct source_paths all = { 0 }, paths = { 0 };
    bool good = source_walk(loader->run, source, STR(""), &all);
    good &= recognise(loader, &all, &paths);

    // First the main files, then what none of them includes.
    struct included included = { .count = source->files->list.count + 1 };
    included.of_file = ARENA_ARRAY(arena, bool, included.count);
    for (int fragments = 0; fragments < 2; fragments++)
        for (uint32_t i = 0; i < paths.list.count; i++) {
            const struct conf *tree = nginx_tree(loader, paths.list.items[i]);
            uint32_t file = number_of(loader, paths.list.items[i]);
            if (tree && nginx_is_main(tree) == !fragments && !included.of_file[file])
                good &= load_root(loader, paths.list.items[i], &included);
        }
    for (uint32_t i = 0; i < paths.list.count; i++)
        if (!included.of_file[number_of(loader, paths.list.items[i])])
            *vec_push(arena, &out->list) = paths.list.items[i];
    return good;
}
