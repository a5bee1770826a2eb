#include "policy/origin_space.h"

#include <string.h>

// What browsers send as Origin, as reference/browser.md 1.17 writes it down.

const struct fa *origin_text(struct origin_space *space, const char *text)
{
    return fa_literal(space->fa, str_from(text));
}

const struct fa *origin_class(struct origin_space *space, const char *ranges)
{
    uint64_t bytes[4] = { 0 };
    for (; ranges[0] && ranges[0] != ' '; ranges += 2)
        for (unsigned b = (unsigned char)ranges[0]; b <= (unsigned char)ranges[1]; b++)
            bytes[b / 64] |= UINT64_C(1) << (b % 64);
    for (ranges += ranges[0] == ' '; *ranges; ranges++) {
        unsigned b = (unsigned char)*ranges;
        bytes[b / 64] |= UINT64_C(1) << (b % 64);
    }
    return fa_bytes(space->fa, bytes);
}

const struct fa *origin_join(struct origin_space *space, const struct fa *a, const struct fa *b)
{
    return fa_concat(space->fa, a, b);
}

const struct fa *origin_either(struct origin_space *space, const struct fa *a, const struct fa *b)
{
    return fa_union(space->fa, a, b);
}

static const struct fa *repeat(struct origin_space *space, const struct fa *a, uint32_t min,
                               uint32_t max)
{
    return fa_repeat(space->fa, a, min, max);
}

// Groups of an IPv6 address, each zero or not: a browser writes the first of the longest runs of
// two or more zeros as "::", so what may stand before and behind it depends on the run's length.
struct groups {
    struct origin_space *space;
    const struct fa *zero, *other;    // ":0" and ":" with a number that is not 0
    const struct fa *rest[9][9][9];   // by groups to come, zeros just read, zeros allowed in a row
    const struct fa *before[9][9][9]; // the same for what must not end in a zero
};

static const struct fa *groups_rest(struct groups *g, uint32_t count, uint32_t zeros, uint32_t most,
                                    bool before)
{
    const struct fa **memo = before ? &g->before[count][zeros][most] : &g->rest[count][zeros][most];
    if (*memo)
        return *memo;
    struct origin_space *space = g->space;
    if (count == 0)
        return *memo = before && zeros ? fa_none(space->fa) : fa_empty(space->fa);
    const struct fa *all = origin_join(space, g->other, groups_rest(g, count - 1, 0, most, before));
    if (zeros < most)
        all = origin_either(
            space, all,
            origin_join(space, g->zero, groups_rest(g, count - 1, zeros + 1, most, before)));
    return *memo = all;
}

const struct fa *origin_v6(struct origin_space *space)
{
    struct groups *g = ARENA_NEW(space->arena, struct groups);
    const struct fa *hex = origin_class(space, "09af");
    g->space = space;
    g->zero = origin_text(space, ":0");
    g->other =
        origin_join(space, origin_text(space, ":"),
                    origin_join(space, origin_class(space, "19af"), repeat(space, hex, 0, 3)));
    const struct fa *all = groups_rest(g, 8, 0, 1, false);
    const struct fa *gap = origin_text(space, ":");
    for (uint32_t run = 2; run <= 8; run++)
        for (uint32_t before = 0; before + run <= 8; before++) {
            uint32_t behind = 8 - run - before;
            const struct fa *head = groups_rest(g, before, 0, run - 1, true);
            const struct fa *tail = origin_text(space, ":");
            if (before == 0)
                head = gap;
            if (behind)
                tail = origin_join(space, g->other, groups_rest(g, behind - 1, 0, run, false));
            // Every group brings its ":", so that "::" is one of our own and that of the next
            // group.
            all =
                origin_either(space, all, origin_join(space, origin_join(space, head, gap), tail));
        }
    return fa_after(space->fa, all, STR(":"));
}

// Decimal numbers without leading zeros.
static const struct fa *octet(struct origin_space *space)
{
    const struct fa *digit = origin_class(space, "09");
    const struct fa *small =
        origin_join(space, repeat(space, origin_class(space, "19"), 0, 1), digit);
    const struct fa *hundred =
        origin_join(space, origin_text(space, "1"), origin_join(space, digit, digit));
    const struct fa *two = origin_join(space, origin_text(space, "2"),
                                       origin_join(space, origin_class(space, "04"), digit));
    const struct fa *rest = origin_join(space, origin_text(space, "25"), origin_class(space, "05"));
    return origin_either(space, origin_either(space, small, hundred),
                         origin_either(space, two, rest));
}

static const struct fa *ports(struct origin_space *space)
{
    static const struct {
        const char *head, *next;
        uint32_t digits;
    } ranges[] = {
        { "", "15", 4 },    { "6", "04", 3 },    { "65", "04", 2 },
        { "655", "02", 1 }, { "6553", "05", 0 },
    };
    const struct fa *digit = origin_class(space, "09");
    const struct fa *all =
        origin_join(space, origin_class(space, "19"), repeat(space, digit, 0, 3));
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        all = origin_either(
            space, all,
            origin_join(space, origin_text(space, ranges[i].head),
                        origin_join(space, origin_class(space, ranges[i].next),
                                    repeat(space, digit, ranges[i].digits, ranges[i].digits))));
    return origin_either(space, fa_empty(space->fa),
                         origin_join(space, origin_text(space, ":"), all));
}

static const struct fa *domain(struct origin_space *space)
{
    static const char odd[] = "az09 -_.!\"$&'()+,;=`{}~*";
    const struct fa *byte =
        origin_either(space, origin_class(space, odd), origin_text(space, "%2A")); // Chromium's "*"
    const struct fa *dot = origin_text(space, ".");
    const struct fa *decimal = repeat(space, origin_class(space, "09"), 1, FA_FOREVER);
    const struct fa *hex = origin_join(space, origin_text(space, "0x"),
                                       repeat(space, origin_class(space, "09af"), 0, FA_FOREVER));
    // A host whose last label is a number is an address or nothing.
    const struct fa *front = origin_either(
        space, fa_empty(space->fa), origin_join(space, repeat(space, byte, 0, FA_FOREVER), dot));
    const struct fa *number = origin_join(
        space, front,
        origin_join(space, origin_either(space, decimal, hex), repeat(space, dot, 0, FA_FOREVER)));
    return fa_subtract(space->fa, repeat(space, byte, 1, FA_FOREVER), number);
}

static const struct fa *v4(struct origin_space *space)
{
    const struct fa *one = octet(space);
    const struct fa *next = origin_join(space, origin_text(space, "."), one);
    return origin_join(space, one, repeat(space, next, 3, 3));
}

static const struct fa *host(struct origin_space *space)
{
    const struct fa *v6 =
        origin_join(space, origin_text(space, "["),
                    origin_join(space, origin_v6(space), origin_text(space, "]")));
    return origin_either(space, origin_either(space, domain(space), v4(space)), v6);
}

// The pieces of the universe that all else is made of.
static void prepare(struct origin_space *space)
{
    if (!space->host) {
        space->host = host(space);
        space->ports = ports(space);
    }
}

const struct fa *origin_web(struct origin_space *space, const struct fa *hosts)
{
    prepare(space);
    hosts = fa_intersect(space->fa, hosts, space->host);
    const struct fa *http = fa_subtract(space->fa, space->ports, origin_text(space, ":80"));
    const struct fa *https = fa_subtract(space->fa, space->ports, origin_text(space, ":443"));
    http = origin_join(space, origin_text(space, "http://"), origin_join(space, hosts, http));
    https = origin_join(space, origin_text(space, "https://"), origin_join(space, hosts, https));
    return origin_either(space, http, https);
}

const struct fa *origin_nice(struct origin_space *space)
{
    if (space->nice)
        return space->nice;
    const struct fa *plain = origin_class(space, "az09");
    const struct fa *label = origin_join(
        space, plain,
        repeat(space,
               origin_join(space, repeat(space, origin_text(space, "-"), 0, FA_FOREVER), plain), 0,
               FA_FOREVER));
    const struct fa *more = origin_join(space, origin_text(space, "."), label);
    return space->nice =
               origin_web(space, origin_join(space, label, repeat(space, more, 1, FA_FOREVER)));
}

const struct fa *origin_addresses(struct origin_space *space)
{
    if (!space->addresses) {
        const struct fa *six =
            origin_join(space, origin_text(space, "["), fa_all(space->fa)); // inside the hosts
        space->addresses = origin_web(space, origin_either(space, v4(space), six));
    }
    return space->addresses;
}

static const struct fa *app(struct origin_space *space)
{
    static const char *const schemes[] = {
        "app",           "capacitor", "chrome-extension",     "ionic",
        "moz-extension", "tauri",     "safari-web-extension", "vscode-webview",
    };
    Str words[sizeof schemes / sizeof *schemes];
    size_t count = sizeof schemes / sizeof *schemes;
    for (size_t i = 0; i < count; i++)
        words[i] = str_from(schemes[i]);
    const struct fa *name = repeat(space, origin_class(space, "azAZ09 .-_"), 1, FA_FOREVER);
    return origin_join(space, fa_literals(space->fa, words, count),
                       origin_join(space, origin_text(space, "://"), name));
}

// Hosts that are the machine itself or lie in a network of its own. For addresses the beginning of
// the text decides.
static const struct fa *local_hosts(struct origin_space *space)
{
    static const char *const begins[] = {
        "127.", "10.", "192.168.", "169.254.", "0.", "[fc", "[fd"
    };
    static const char *const link[] = { "[fe8", "[fe9", "[fea", "[feb" };
    static const char *const names[] = { "localhost", "local" };
    const struct fa *any = fa_all(space->fa);
    const struct fa *dot = origin_text(space, ".");
    const struct fa *digits = origin_class(space, "09");
    const struct fa *two = origin_join(
        space, origin_text(space, "172."),
        origin_either(
            space, origin_join(space, origin_text(space, "1"), origin_class(space, "69")),
            origin_either(space, origin_join(space, origin_text(space, "2"), digits),
                          origin_join(space, origin_text(space, "3"), origin_class(space, "01")))));
    const struct fa *local = origin_either(space, origin_text(space, "[::1]"),
                                           origin_join(space, two, origin_join(space, dot, any)));
    // fc00::/7 and fe80::/10 begin with a group of four digits.
    const struct fa *hex = origin_class(space, "09af");
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        const struct fa *tail = any;
        if (begins[i][0] == '[')
            tail = origin_join(space, repeat(space, hex, 2, 2),
                               origin_join(space, origin_text(space, ":"), any));
        local =
            origin_either(space, local, origin_join(space, origin_text(space, begins[i]), tail));
    }
    for (size_t i = 0; i < sizeof link / sizeof *link; i++)
        local = origin_either(
            space, local,
            origin_join(space, origin_text(space, link[i]),
                        origin_join(space, hex, origin_join(space, origin_text(space, ":"), any))));
    // "127.evil.com" begins like an address.
    const struct fa *numbers =
        origin_either(space, v4(space), origin_join(space, origin_text(space, "["), any));
    local = fa_intersect(space->fa, local, numbers);
    const struct fa *front =
        origin_either(space, fa_empty(space->fa), origin_join(space, any, dot));
    const struct fa *end = repeat(space, dot, 0, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        local = origin_either(
            space, local,
            origin_join(space, front, origin_join(space, origin_text(space, names[i]), end)));
    return local;
}

static const struct fa *part_new(struct origin_space *space, enum origins_part part)
{
    switch (part) {
    case ORIGINS_PART_WHOLE: {
        const struct fa *all = origin_either(space, origins_part(space, ORIGINS_PART_NULL),
                                             origins_part(space, ORIGINS_PART_APP));
        return origin_either(space, origins_part(space, ORIGINS_PART_WEB), all);
    }
    case ORIGINS_PART_WEB:
        return origin_web(space, space->host);
    case ORIGINS_PART_NULL:
        return origin_text(space, "null");
    case ORIGINS_PART_APP:
        return app(space);
    case ORIGINS_PART_SECURE:
    case ORIGINS_PART_INSECURE: {
        const char *scheme = part == ORIGINS_PART_SECURE ? "https://" : "http://";
        const struct fa *begins = origin_join(space, origin_text(space, scheme), fa_all(space->fa));
        const struct fa *away = fa_subtract(space->fa, origins_part(space, ORIGINS_PART_WEB),
                                            origins_part(space, ORIGINS_PART_LOCAL));
        return fa_intersect(space->fa, away, begins);
    }
    case ORIGINS_PART_LOCAL:
        return origin_web(space, local_hosts(space));
    }
    return NULL;
}

struct origin_space *origin_space_new(struct model *model)
{
    struct origin_space *space = ARENA_NEW(model->arena, struct origin_space);
    *space = (struct origin_space){ .model = model, .fa = model->fa, .arena = model->arena };
    if (!model->origins)
        model->origins = space;
    return space;
}

struct origin_space *origin_space_of(struct model *model)
{
    return model->origins ? model->origins : origin_space_new(model);
}

struct model *origins_model(const struct origin_space *space)
{
    return space->model;
}

const struct fa *origins_part(struct origin_space *space, enum origins_part part)
{
    prepare(space);
    if (!space->parts[part])
        space->parts[part] = part_new(space, part);
    return space->parts[part];
}

bool origin_cut(Str text, struct origin *out)
{
    struct origin origin = { 0 };
    Str rest;
    if (!str_cut(text, STR("://"), &origin.scheme, &rest))
        return false;
    size_t end = rest.len;
    while (end && rest.ptr[end - 1] >= '0' && rest.ptr[end - 1] <= '9')
        end--;
    origin.host = rest;
    if (end && end < rest.len && rest.ptr[end - 1] == ':') {
        origin.host = str_slice(rest, 0, end - 1);
        origin.port = str_slice(rest, end, rest.len);
    }
    *out = origin;
    return true;
}

bool origin_is_address(Str text)
{
    if (text.len == 0)
        return false;
    char last = text.ptr[text.len - 1];
    return last == ']' || (last >= '0' && last <= '9' && str_contains(text, STR(".")) &&
                           memchr("0123456789", text.ptr[0], 10));
}

bool origins_valid(struct origin_space *space, Str text)
{
    return fa_accepts(origins_part(space, ORIGINS_PART_WHOLE), text);
}
