#include "browser/url.h"

#include "base/buf.h"

#include <string.h>

// Hosts: names, IPv4 addresses in all their notations, IPv6 addresses.

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static Str decode(struct arena *arena, Str text)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 &&
            hex_digit(text.ptr[i + 2]) >= 0) {
            c = (char)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]));
            i += 2;
        }
        buf_add_char(&out, c);
    }
    return buf_str(&out);
}

static bool is_forbidden(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte < 0x20 || byte == 0x7f || strchr("#%/:<>?@[\\]^|", c);
}

// Decimal, octal ("010") or hexadecimal ("0x8") as in C; an empty number behind "0x" is 0.
static bool ipv4_number(Str text, uint64_t *out)
{
    unsigned base = 10;
    uint64_t number = 0;
    if (text.len == 0)
        return false;
    if (text.len >= 2 && text.ptr[0] == '0' && (text.ptr[1] == 'x' || text.ptr[1] == 'X')) {
        base = 16;
        text = str_slice(text, 2, text.len);
    } else if (text.len >= 2 && text.ptr[0] == '0') {
        base = 8;
        text = str_slice(text, 1, text.len);
    }
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        if (number <= UINT32_MAX)
            number = number * base + (unsigned)digit;
    }
    *out = number;
    return true;
}

static bool is_number(Str text)
{
    uint64_t number;
    bool digits = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        digits &= is_digit(text.ptr[i]);
    return digits || ipv4_number(text, &number);
}

static Str last_label(Str host)
{
    size_t begin = host.len;
    while (begin > 0 && host.ptr[begin - 1] != '.')
        begin--;
    return str_slice(host, begin, host.len);
}

static bool ends_in_number(Str host)
{
    if (str_ends(host, STR(".")))
        host.len--;
    return is_number(last_label(host));
}

static bool ipv4(struct arena *arena, Str host, Str *out)
{
    uint64_t numbers[4], address = 0;
    uint32_t count = 0;
    if (str_ends(host, STR(".")))
        host.len--;
    for (bool more = true; more;) {
        Str part = host;
        more = str_cut(host, STR("."), &part, &host);
        if (count == 4 || !ipv4_number(part, &numbers[count]))
            return false;
        count++;
    }
    for (uint32_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255)
            return false;
        address |= numbers[i] << (8 * (3 - i));
    }
    if (numbers[count - 1] >= (uint64_t)1 << (8 * (5 - count)))
        return false;
    address |= numbers[count - 1];
    *out = str_format(arena, "%u.%u.%u.%u", (unsigned)(address >> 24 & 255),
                      (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
                      (unsigned)(address & 255));
    return true;
}

// "1.2.3.4" at the end of an IPv6 address: four decimal numbers, into two pieces.
static bool ipv4_tail(Str text, uint16_t *pieces)
{
    uint32_t numbers[4];
    for (uint32_t i = 0; i < 4; i++) {
        Str part = text;
        if (str_cut(text, STR("."), &part, &text) != (i < 3))
            return false;
        if (part.len > 3 || (part.len > 1 && part.ptr[0] == '0') ||
            !str_number(part, 255, &numbers[i]))
            return false;
    }
    pieces[0] = (uint16_t)(numbers[0] << 8 | numbers[1]);
    pieces[1] = (uint16_t)(numbers[2] << 8 | numbers[3]);
    return true;
}

static bool hex_piece(Str text, uint16_t *out)
{
    unsigned number = 0;
    if (text.len == 0 || text.len > 4)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0)
            return false;
        number = number * 16 + (unsigned)digit;
    }
    *out = (uint16_t)number;
    return true;
}

// The pieces of one side of "::"; `last` when an IPv4 address may end it. False when it is none.
static bool ipv6_side(Str text, bool last, uint16_t *pieces, uint32_t *count)
{
    *count = 0;
    for (bool more = text.len > 0; more;) {
        Str part = text;
        more = str_cut(text, STR(":"), &part, &text);
        if (*count >= 8)
            return false;
        if (!more && last && str_contains(part, STR("."))) {
            if (*count > 6 || !ipv4_tail(part, pieces + *count))
                return false;
            *count += 2;
        } else {
            if (!hex_piece(part, &pieces[*count]))
                return false;
            ++*count;
        }
    }
    return true;
}

static Str ipv6_text(struct arena *arena, const uint16_t *pieces)
{
    struct buf out = { .arena = arena };
    uint32_t best = 8, best_len = 1;
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t len = 0;
        while (i + len < 8 && pieces[i + len] == 0)
            len++;
        if (len > best_len) {
            best = i;
            best_len = len;
        }
    }
    buf_add_char(&out, '[');
    for (uint32_t i = 0; i < 8; i++) {
        if (i == best) {
            buf_add_text(&out, i ? ":" : "::");
            i += best_len - 1;
            continue;
        }
        buf_addf(&out, "%x%s", pieces[i], i < 7 ? ":" : "");
    }
    buf_add_char(&out, ']');
    return buf_str(&out);
}

static bool ipv6(struct arena *arena, Str text, Str *out)
{
    uint16_t pieces[8] = { 0 }, tail[8];
    uint32_t before = 0, behind = 0;
    Str left, right;
    if (str_cut(text, STR("::"), &left, &right)) {
        if (!ipv6_side(left, false, pieces, &before) || !ipv6_side(right, true, tail, &behind) ||
            before + behind > 7)
            return false;
        for (uint32_t i = 0; i < behind; i++)
            pieces[8 - behind + i] = tail[i];
    } else if (!ipv6_side(text, true, pieces, &before) || before != 8) {
        return false;
    }
    *out = ipv6_text(arena, pieces);
    return true;
}

bool url_is_ipv6(struct arena *arena, Str text)
{
    Str ignored;
    return str_ends(text, STR("]")) && ipv6(arena, str_slice(text, 1, text.len - 1), &ignored);
}

bool url_host(struct arena *arena, Str text, Str *out, bool *unicode)
{
    *unicode = false;
    if (text.len && text.ptr[0] == '[')
        return str_ends(text, STR("]")) && ipv6(arena, str_slice(text, 1, text.len - 1), out);
    Str host = str_lower(arena, decode(arena, text));
    struct buf safe = { .arena = arena };
    for (size_t i = 0; i < host.len; i++) {
        if (is_forbidden(host.ptr[i]))
            return false;
        *unicode |= (unsigned char)host.ptr[i] >= 0x80;
        if (host.ptr[i] == '*' || host.ptr[i] == ' ')
            buf_addf(&safe, "%%%02X", (unsigned)host.ptr[i]); // so does Chromium
        else
            buf_add_char(&safe, host.ptr[i]);
    }
    if (host.len == 0)
        return false;
    *out = buf_str(&safe);
    if (!ends_in_number(host))
        return true;
    return !*unicode && ipv4(arena, host, out);
}
