// Snippets: nginx configuration inside of an annotation or a ConfigMap.
#include "dialect/kubernetes/nginx_render.h"

#include "dialect/nginx/load.h"
#include "syntax/read_yaml.h"

// Moves places in the text of a scalar to where that stands in the file.
struct moving {
    struct arena *arena;
    uint32_t file;
    const uint32_t *places; // of each byte of the text, and of its end
    uint32_t count;
};

static Span move(const struct moving *moving, Span span)
{
    uint32_t begin = span.begin < moving->count ? span.begin : moving->count;
    uint32_t end = span.end < moving->count ? span.end : moving->count;
    // Behind the last byte, not before the first byte of the next line.
    uint32_t last = end > begin ? moving->places[end - 1] + 1 : moving->places[begin];
    return (Span){ moving->file, moving->places[begin], last };
}

static void move_all(const struct moving *moving, struct conf *conf, uint32_t depth)
{
    struct conf_word *words = ARENA_ARRAY(moving->arena, struct conf_word, conf->n_words);
    for (uint32_t i = 0; i < conf->n_words; i++) {
        words[i] = conf->words[i];
        words[i].span = move(moving, words[i].span);
    }
    struct conf *children = ARENA_ARRAY(moving->arena, struct conf, conf->n_children);
    for (uint32_t i = 0; i < conf->n_children; i++) {
        children[i] = conf->children[i];
        if (depth)
            move_all(moving, &children[i], depth - 1);
    }
    conf->words = words;
    conf->children = children;
    conf->span = move(moving, conf->span);
    conf->head = move(moving, conf->head);
}

bool nginx_snippet_read(struct cluster *cluster, const struct data *snippet,
                        enum snippet_place place, struct nginx_confs *out)
{
    static const enum wrap wraps[] = { [SNIPPET_HTTP] = WRAP_HTTP,
                                       [SNIPPET_SERVER] = WRAP_SERVER,
                                       [SNIPPET_LOCATION] = WRAP_LOCATION };
    const struct files *files = cluster->reading->source->files;
    uint32_t file = snippet->span.file;
    struct moving moving = {
        .arena = cluster->arena,
        .file = file,
        .places = yaml_places(cluster->arena, files_get(files, file)->text, snippet),
        .count = (uint32_t)snippet->text.len,
    };
    struct run quiet = { .arena = cluster->arena, .limits = cluster->run->limits };
    struct conf root;
    bool good =
        nginx_text_read(&quiet, cluster->reading->source, snippet->text, wraps[place], &root);
    for (uint32_t i = 0; i < quiet.diags.count; i++) {
        struct diag *complaint = vec_push(cluster->arena, &cluster->run->diags);
        *complaint = quiet.diags.items[i];
        complaint->span = move(&moving, complaint->span);
    }
    if (!good) {
        cluster->good = false;
        return false;
    }
    for (uint32_t i = 0; i < root.n_children; i++) {
        struct conf *child = vec_push(cluster->arena, out);
        *child = root.children[i];
        move_all(&moving, child, cluster->run->limits->nesting);
    }
    return true;
}
