#include "dialect/marks.h"

#include <assert.h>
#include <string.h>

// Wu and Manber's search (A fast algorithm for multi-pattern searching, 1994): a window as long as
// the shortest text is moved on by what its last two bytes allow.
enum { TABLE = 4096, NONE = UINT16_MAX };

struct mark {
    const char *text;
    size_t len;
    uint16_t next; // with the same last bytes of the window; NONE: no more
};

struct marks {
    struct mark *items;
    size_t window;         // 0: there are no texts
    uint8_t shift[TABLE];  // by two bytes: how far the window can move
    uint16_t first[TABLE]; // ... where it cannot, the texts that may stand there
};

static uint32_t block(const char *at)
{
    return ((uint32_t)(unsigned char)at[0] << 5 ^ (uint32_t)(unsigned char)at[1]) % TABLE;
}

static void add(struct marks *marks, uint16_t number)
{
    struct mark *mark = &marks->items[number];
    for (size_t end = 1; end < marks->window; end++) {
        uint8_t *shift = &marks->shift[block(mark->text + end - 1)];
        size_t most = marks->window - 1 - end;
        if (most < *shift)
            *shift = (uint8_t)most;
    }
    uint16_t *first = &marks->first[block(mark->text + marks->window - 2)];
    mark->next = *first;
    *first = number;
}

const struct marks *marks_new(struct arena *arena, const char *const *const *lists, uint32_t count)
{
    struct marks *marks = ARENA_NEW(arena, struct marks);
    uint32_t total = 0, number = 0;
    size_t window = UINT8_MAX; // what a shift can be
    for (uint32_t i = 0; i < count; i++)
        for (const char *const *text = lists[i]; *text; text++, total++)
            if (strlen(*text) < window)
                window = strlen(*text);
    assert(total < NONE && window >= 2);
    *marks = (struct marks){
        .items = ARENA_ARRAY(arena, struct mark, total + 1),
        .window = total ? window : 0,
    };
    memset(marks->shift, (int)(window - 1), sizeof marks->shift);
    for (size_t i = 0; i < TABLE; i++)
        marks->first[i] = NONE;
    for (uint32_t i = 0; i < count; i++)
        for (const char *const *text = lists[i]; *text; text++, number++) {
            marks->items[number] = (struct mark){ .text = *text, .len = strlen(*text) };
            add(marks, (uint16_t)number);
        }
    return marks;
}

bool marks_stand_in(const struct marks *marks, Str text)
{
    if (!marks->window)
        return false;
    for (size_t end = marks->window - 1; end < text.len;) {
        uint32_t here = block(text.ptr + end - 1);
        if (marks->shift[here]) {
            end += marks->shift[here];
            continue;
        }
        size_t begin = end + 1 - marks->window;
        for (uint16_t i = marks->first[here]; i != NONE; i = marks->items[i].next) {
            const struct mark *mark = &marks->items[i];
            if (mark->len <= text.len - begin &&
                memcmp(text.ptr + begin, mark->text, mark->len) == 0)
                return true;
        }
        end++;
    }
    return false;
}
