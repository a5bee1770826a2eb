#include "base/utf8.h"

// The continuation bytes s[at .. at+count) added to the bits in `point`; UTF8_INVALID when one is
// none.
static uint32_t continued(Str s, size_t at, uint32_t count, uint32_t point)
{
    if (s.len - at < count)
        return UTF8_INVALID;
    for (size_t i = at; i < at + count; i++) {
        uint8_t byte = (uint8_t)s.ptr[i];
        if ((byte & 0xC0) != 0x80)
            return UTF8_INVALID;
        point = point << 6 | (byte & 0x3F);
    }
    return point;
}

uint32_t utf8_next(Str s, size_t *at)
{
    uint8_t first = (uint8_t)s.ptr[*at];
    *at += 1;
    if (first < 0x80)
        return first;
    if (first < 0xC2 || first > 0xF4)
        return UTF8_INVALID;
    uint32_t more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t point = continued(s, *at, more, first & (0x3Fu >> more));
    static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
    bool bad = point == UTF8_INVALID || point < smallest[more] || point > 0x10FFFF ||
               (point >= 0xD800 && point <= 0xDFFF);
    if (bad)
        return UTF8_INVALID;
    *at += more;
    return point;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count && point >= ranges[i].first; i++)
        if (point <= ranges[i].last)
            return true;
    return false;
}

bool utf8_is_control(uint32_t point)
{
    static const struct range controls[] = {
        { 0, 0x1F },          { 0x7F, 0x9F },       { 0xAD, 0xAD },     { 0x61C, 0x61C },
        { 0x180E, 0x180E },   { 0x200B, 0x200F },   { 0x2028, 0x202E }, { 0x2060, 0x206F },
        { 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF },   { 0xFFF9, 0xFFFB }, { 0xFFFE, 0xFFFF },
        { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF },
    };
    return in_ranges(controls, sizeof controls / sizeof *controls, point);
}

uint32_t utf8_width(uint32_t point)
{
    static const struct range wide[] = {
        { 0x1100, 0x115F }, { 0x2E80, 0x303E },   { 0x3041, 0xA4CF },   { 0xA960, 0xA97C },
        { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },
        { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
    };
    static const struct range marks[] = {
        { 0x300, 0x36F },   { 0x483, 0x489 },   { 0x591, 0x5BD },   { 0x64B, 0x65F },
        { 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF }, { 0x20D0, 0x20FF }, { 0xFE20, 0xFE2F },
    };
    if (in_ranges(marks, sizeof marks / sizeof *marks, point))
        return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, point) ? 2 : 1;
}
