#include "dialect/dialect.h"
#include "dialect/marks.h"

#include "unit/check_main.h"

#include <string.h>

static const char *const first[] = { "kind: Ingress", "krakend", "ab", NULL };
static const char *const second[] = { "bab", "\"hosting\"", "ba\xff", NULL };
static const char *const none[] = { NULL };

START_TEST(where_they_stand)
{
    static const struct {
        const char *text;
        bool found;
    } rows[] = {
        { "", false },          { "a", false },       { "ab", true },
        { "xxab", true },       { "abxx", true },     { "kind: Service", false },
        { "a b", false },       { "ba", false },      { "kind: Ingress", true },
        { "krakenD", false },   { "xkrakend", true }, { "{\"hosting\": 1}", true },
        { "\"hosting", false }, { "ba\xff", true },   { "ba\xfe", false },
    };
    struct arena *arena = arena_new();
    const char *const *const lists[] = { first, none, second };
    const struct marks *marks = marks_new(arena, lists, 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(marks_stand_in(marks, str_from(rows[i].text)) == rows[i].found, "%s",
                      rows[i].text);
    ck_assert(!marks_stand_in(marks_new(arena, lists, 0), STR("kind: Ingress")));
    ck_assert(!marks_stand_in(marks_new(arena, lists + 1, 1), STR("kind: Ingress")));
    arena_free(arena);
}
END_TEST

static bool stands(const char *const *list, Str text)
{
    for (; *list; list++)
        if (memmem(text.ptr, text.len, *list, strlen(*list)))
            return true;
    return false;
}

// Random texts of pieces of the texts that are looked for, against one search for each of them.
START_TEST(as_one_by_one)
{
    struct arena *arena = arena_new();
    const char *const **lists = ARENA_ARRAY(arena, const char *const *, dialect_count);
    uint32_t count = 0, random = 1, hits = 0;
    for (uint32_t d = 0; d < dialect_count; d++)
        if (dialects[d]->marks)
            lists[count++] = dialects[d]->marks;
    const struct marks *marks = marks_new(arena, lists, count);
    for (int trial = 0; trial < 20000; trial++) {
        char text[64];
        size_t len = 0;
        while (len < sizeof text - 24) {
            random = random * 1664525 + 1013904223;
            const char *const *list = lists[(random >> 8) % count];
            const char *piece = list[0];
            size_t all = strlen(piece), part = (random >> 16) % (all + 1);
            size_t from = (random >> 20) % (all - part + 1);
            if (part > 20)
                part = 20;
            memcpy(text + len, piece + from, part);
            len += part;
            text[len++] = (char)(random >> 24);
        }
        bool found = false;
        for (uint32_t i = 0; i < count; i++)
            found |= stands(lists[i], (Str){ text, len });
        ck_assert_msg(marks_stand_in(marks, (Str){ text, len }) == found, "trial %d", trial);
        hits += found;
    }
    ck_assert_uint_gt(hits, 100);
    ck_assert_uint_lt(hits, 19900);
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { where_they_stand, as_one_by_one };
    return check_main(check_suite("marks", tests, sizeof tests / sizeof *tests));
}
