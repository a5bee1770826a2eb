#include "source/files.h"

#include "base/hash.h"

#include <assert.h>
#include <string.h>

struct files *files_new(struct arena *arena)
{
    struct files *files = ARENA_NEW(arena, struct files);
    files->arena = arena;
    return files;
}

static const struct file *same_place(const struct files *files, uint64_t place, Str text)
{
    const struct file *file;
    for (uint32_t i = 0; (file = map_next(&files->by_place, place, &i));)
        if (file->text.ptr == text.ptr && file->text.len == text.len)
            break;
    return file;
}

static const struct file *same_text(const struct files *files, uint64_t hash, Str text)
{
    const struct file *file;
    for (uint32_t i = 0; (file = map_next(&files->by_text, hash, &i));)
        if (str_equal(file->text, text))
            break;
    return file;
}

uint32_t files_add(struct files *files, Str path, Str text)
{
    assert(text.len <= UINT32_MAX);
    struct file *file = ARENA_NEW(files->arena, struct file);
    *vec_push(files->arena, &files->list) = file;
    file->path = path;
    file->text = text.ptr ? text : STR(""); // so that there is a place to point to
    uint64_t place = hash_u64(HASH_SEED, (uint64_t)(uintptr_t)file->text.ptr);
    const struct file *twin = same_place(files, place, file->text);
    file->hash = twin ? twin->hash : hash_str(HASH_SEED, text);
    if (!twin) {
        map_add(files->arena, &files->by_place, place, file);
        twin = same_text(files, file->hash, file->text);
    }
    if (!twin)
        map_add(files->arena, &files->by_text, file->hash, file);
    file->twin = twin ? twin->twin : files->list.count;
    return files->list.count;
}

static struct file *find(const struct files *files, uint32_t number)
{
    assert(number >= 1 && number <= files->list.count);
    return files->list.items[number - 1];
}

const struct file *files_get(const struct files *files, uint32_t number)
{
    return find(files, number);
}

static void count_lines(struct files *files, struct file *file)
{
    const char *begin = file->text.ptr, *end = begin + file->text.len;
    uint32_t count = 1;
    for (const char *at = begin; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    file->lines = ARENA_ARRAY(files->arena, uint32_t, count);
    file->line_count = count;
    uint32_t line = 1;
    for (const char *at = begin; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        file->lines[line++] = (uint32_t)(at + 1 - begin);
}

static struct file *with_lines(struct files *files, uint32_t number)
{
    struct file *file = find(files, number);
    if (!file->lines)
        count_lines(files, file);
    return file;
}

struct place files_place(struct files *files, uint32_t number, uint32_t offset)
{
    if (number == 0)
        return (struct place){ 0, 0 };
    struct file *file = with_lines(files, number);
    if (offset > file->text.len)
        offset = (uint32_t)file->text.len;
    uint32_t low = 0, high = file->line_count; // the line is in [low, high)
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (file->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (struct place){ low + 1, offset - file->lines[low] + 1 };
}

Str files_line(struct files *files, uint32_t number, uint32_t line)
{
    if (number == 0 || line == 0)
        return STR("");
    struct file *file = with_lines(files, number);
    if (line > file->line_count)
        return STR("");
    size_t end = line < file->line_count ? file->lines[line] : file->text.len;
    Str text = str_slice(file->text, file->lines[line - 1], end);
    while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return text;
}

uint32_t files_line_count(struct files *files, uint32_t number)
{
    return number ? with_lines(files, number)->line_count : 0;
}

Str files_text(const struct files *files, Span span)
{
    return span.file ? str_slice(find(files, span.file)->text, span.begin, span.end) : STR("");
}

Span files_whole(uint32_t number)
{
    return (Span){ number, 0, 0 };
}
