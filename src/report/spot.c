#include "report/spot.h"

#include "base/hash.h"
#include "base/utf8.h"

// A file of the old version, and the lines of the same file of the new one that differ from it.
struct successor {
    bool known;
    uint32_t file;        // of the new version; 0: none has the path
    bool same;            // and it is the same text
    uint32_t first, last; // lines that were changed, or the one behind what was removed
};

struct spots {
    struct arena *arena;
    const struct report *report;
    struct map by_path; // the numbers of the new version's files, each as uint32_t *
    struct successor *successors;
};

struct spots *spots_new(struct arena *arena, const struct report *report)
{
    struct spots *spots = ARENA_NEW(arena, struct spots);
    *spots = (struct spots){ .arena = arena, .report = report };
    uint32_t count = report->files->list.count;
    uint32_t old = report->new_file < count ? report->new_file : count + 1;
    spots->successors = ARENA_ARRAY(arena, struct successor, old);
    for (uint32_t i = report->new_file; i <= count; i++) {
        uint32_t *number = ARENA_NEW(arena, uint32_t);
        *number = i;
        if (i)
            map_add(arena, &spots->by_path, hash_str(HASH_SEED, files_get(report->files, i)->path),
                    number);
    }
    return spots;
}

static bool is_old(const struct spots *spots, uint32_t file)
{
    return file < spots->report->new_file;
}

static Str path_of(const struct spots *spots, uint32_t file)
{
    const struct report *report = spots->report;
    bool old = is_old(spots, file);
    Str path = files_get(report->files, file)->path;
    if (!(old ? report->old_is_rooted : report->new_is_rooted))
        path = str_concat(spots->arena, old ? report->old_prefix : report->new_prefix, path);
    while (str_eat(&path, STR("./")))
        continue;
    return path;
}

static struct spot at_line(const struct spots *spots, uint32_t file, uint32_t line)
{
    return (struct spot){ .path = path_of(spots, file), .line = line };
}

static uint32_t points(Str text)
{
    uint32_t count = 0;
    for (size_t at = 0; at < text.len; count++)
        utf8_next(text, &at);
    return count;
}

struct spot spot_as_written(struct spots *spots, Span span)
{
    // Nobody finds a column so far to the right, and counting up to it for every finding would take
    // long in a file of one line.
    enum { COLUMNS = 4096 };
    struct files *files = spots->report->files;
    if (span.file == 0)
        return (struct spot){ 0 };
    struct place place = files_place(files, span.file, span.begin);
    struct spot spot = at_line(spots, span.file, place.line);
    if (span.end == 0 || place.column > COLUMNS)
        return spot;
    Str line = files_line(files, span.file, place.line);
    size_t begin = place.column - 1, end = begin + (span.end - span.begin);
    spot.column = 1 + points(str_slice(line, 0, begin));
    if (end > begin && begin < line.len && end <= COLUMNS)
        spot.end_column = spot.column + points(str_slice(line, begin, end));
    return spot;
}

// Finds what differs between the first lines that are the same and the last that are.
static void compare_lines(struct files *files, uint32_t old, struct successor *out)
{
    uint32_t before = files_line_count(files, old), after = files_line_count(files, out->file);
    uint32_t fewer = before < after ? before : after, head = 0, tail = 0;
    while (head < fewer &&
           str_equal(files_line(files, old, head + 1), files_line(files, out->file, head + 1)))
        head++;
    while (head + tail < fewer && str_equal(files_line(files, old, before - tail),
                                            files_line(files, out->file, after - tail)))
        tail++;
    out->same = head == before && head == after;
    out->first = head < after ? head + 1 : after;
    out->last = after - tail > out->first ? after - tail : out->first;
}

static const struct successor *successor_of(struct spots *spots, uint32_t old)
{
    struct files *files = spots->report->files;
    struct successor *out = &spots->successors[old];
    if (out->known)
        return out;
    out->known = true;
    Str path = files_get(files, old)->path;
    uint32_t at = 0, *number;
    while ((number = map_next(&spots->by_path, hash_str(HASH_SEED, path), &at)))
        if (str_equal(files_get(files, *number)->path, path))
            out->file = *number;
    if (out->file)
        compare_lines(files, old, out);
    return out;
}

struct spot spot_of(struct spots *spots, Span span)
{
    struct spot spot = spot_as_written(spots, span);
    if (span.file == 0 || !is_old(spots, span.file))
        return spot;
    const struct successor *successor = successor_of(spots, span.file);
    if (!successor->file)
        return spot;
    if (successor->same) {
        spot.path = path_of(spots, successor->file);
        return spot;
    }
    uint32_t line = spot.line < successor->first ? successor->first : spot.line;
    return at_line(spots, successor->file, line < successor->last ? line : successor->last);
}

bool spot_before(struct spots *spots, const struct finding *finding, struct spot *out)
{
    bool moved = finding->span.file && is_old(spots, finding->span.file);
    Span span = finding->old_span.file ? finding->old_span : moved ? finding->span : (Span){ 0 };
    if (span.file == 0)
        return false;
    struct spot old = spot_as_written(spots, span), new = spot_of(spots, finding->span);
    if (str_equal(old.path, new.path) && old.line == new.line && old.column == new.column)
        return false;
    *out = old;
    return true;
}
