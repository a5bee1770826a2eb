// fuzz_read_nginx: bytes as an nginx file, read, loaded and checked. What nginx itself would read
// must come out of tree-sitter without a hole: every byte that is no space or comment lies in a
// statement. Read in small pieces, and behind a reading of the half of it, it must be the same.
#include "dialect/nginx/load.h"
#include "source/source.h"
#include "syntax/nginx.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum source_entry stat_it(struct source *source, Str path)
{
    (void)source;
    return str_is(path, "f") ? SOURCE_FILE : SOURCE_NONE;
}

static void list_it(struct source *source, Str path, struct source_names *out)
{
    (void)path;
    *vec_push(source->arena, &out->list) =
        (struct source_name){ .name = STR("f"), .entry = SOURCE_FILE };
}

static const struct kind *read_it(struct source *source, Str path, size_t max, Str *out)
{
    (void)max;
    if (!str_is(path, "f"))
        return &source_missing;
    *out = *(const Str *)source->state;
    return NULL;
}

static const struct source_ops ops = { stat_it, list_it, read_it };

// Only spaces and comments in text[begin, end).
static bool is_blank(Str text, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++) {
        char c = text.ptr[i];
        if (c == '#')
            while (i < end && text.ptr[i] != '\n')
                i++;
        else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
    }
    return true;
}

static void assert_covered(Str text, const struct conf *root)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < root->n_children; i++) {
        assert(is_blank(text, at, root->children[i].span.begin));
        at = root->children[i].span.end;
    }
    assert(is_blank(text, at, (uint32_t)text.len));
}

static void assert_same_places(const struct conf *a, const struct conf *b)
{
    assert(a->span.begin == b->span.begin && a->span.end == b->span.end);
    for (uint32_t i = 0; i < a->n_children; i++)
        assert_same_places(&a->children[i], &b->children[i]);
}

static void read_pieces(struct run *run, Str text, bool good, const struct conf *whole)
{
    struct nginx_how how = { .piece = 16 };
    const struct nginx_reading *before, *reading;
    (void)!read_nginx_again(run, str_slice(text, text.len / 2, text.len), 1, 0, &how, &before);
    how.before = before;
    bool again = read_nginx_again(run, text, 1, 0, &how, &reading);
    assert(again == good && conf_same(nginx_reading_conf(reading), whole));
    assert_same_places(nginx_reading_conf(reading), whole);
    (void)again;
    (void)good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    Str text = { (const char *)data, size };
    struct conf conf;
    bool good = read_nginx(run, text, 1, 0, &conf);
    if (good)
        assert_covered(text, &conf);
    read_pieces(run, text, good, &conf);

    struct source *source = source_new(run, files_new(arena), &ops, STR("fuzz"), &text);
    struct nginx_loader *loader = nginx_loader_new(run, source);
    const struct loaded *loaded;
    if (nginx_load(loader, STR("f"), &loaded))
        nginx_validate(loader, loaded);
    nginx_recognise(text);
    arena_free(arena);
    return 0;
}
