#include "fa/charset.h"

#include <string.h>

struct charset charset_range(int lo, int hi)
{
    struct charset set = { { 0 } };
    for (int byte = lo; byte <= hi; byte++)
        charset_add(&set, byte);
    return set;
}

struct charset charset_of(const char *bytes)
{
    struct charset set = { { 0 } };
    for (; *bytes; bytes++)
        charset_add(&set, (unsigned char)*bytes);
    return set;
}

struct charset charset_fold(struct charset set)
{
    enum { SHIFT = 'a' - 'A' };
    for (int upper = 'A'; upper <= 'Z'; upper++)
        if (charset_has(set, upper) || charset_has(set, upper + SHIFT)) {
            charset_add(&set, upper);
            charset_add(&set, upper + SHIFT);
        }
    return set;
}

struct range {
    uint8_t lo, hi;
};

enum { RANGES = 4 };

static const struct {
    const char *name;
    struct range ranges[RANGES]; // unused ones are 0..0
} classes[] = {
    { "alpha", { { 'A', 'Z' }, { 'a', 'z' } } },
    { "lower", { { 'a', 'z' } } },
    { "upper", { { 'A', 'Z' } } },
    { "alnum", { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } } },
    { "ascii", { { 1, 0x7f } } }, // and NUL, below
    { "blank", { { '\t', '\t' }, { ' ', ' ' } } },
    { "cntrl", { { 1, 0x1f }, { 0x7f, 0x7f } } }, // and NUL, below
    { "digit", { { '0', '9' } } },
    { "graph", { { '!', '~' } } },
    { "print", { { ' ', '~' } } },
    { "punct", { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } } },
    { "space", { { '\t', '\r' }, { ' ', ' ' } } },
    { "word", { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
    { "xdigit", { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } } },
};

bool charset_posix(const char *name, uint32_t length, struct charset *out)
{
    for (uint32_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strlen(classes[i].name) != length || memcmp(classes[i].name, name, length) != 0)
            continue;
        struct charset set = { { 0 } };
        for (uint32_t r = 0; r < RANGES && classes[i].ranges[r].hi; r++)
            set =
                charset_union(set, charset_range(classes[i].ranges[r].lo, classes[i].ranges[r].hi));
        if (classes[i].ranges[0].lo == 1)
            charset_add(&set, 0);
        *out = set;
        return true;
    }
    return false;
}
