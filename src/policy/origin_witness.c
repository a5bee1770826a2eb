#include "policy/origin_witness.h"

#include "base/vec.h"
#include "policy/origin_suffix.h"

#include <string.h>

// A witness is found by asking the set for what an attacker would register, in the order of how
// well it convinces: a look-alike of a name that the configuration means, then any nice member,
// then any.

enum {
    NAMES = 24,         // that look-alikes are made of, from each source
    LANGUAGE_NAMES = 3, // for which the look-alikes are asked for as a language
    REGISTRABLE_TRIES = 64,
    LIST_STATES = 4096, // from here on a finite set is taken for a list
    LIST_NAMES = 256,   // of which so many are looked at
};

struct chooser {
    struct origin_space *space;
    const struct witness_question *question;
    const struct fa *set; // the web origins to choose from: those not trusted, where there are some
    struct {
        Str *items;
        uint32_t count, capacity;
    } names; // origins: those that the configuration means, then `meant` on, what members suggest
    uint32_t meant;
    bool local; // there are no others
    Str *out;
    enum witness_shape *shape;
};

// Ranks of bytes: letters before digits before "-" and ".", then "_", then all else.
static void fill_taste(uint8_t taste[256])
{
    static const char order[] = "abcdefghijklmnopqrstuvwxyz0123456789-./:_";
    memset(taste, UINT8_MAX, 256);
    for (uint8_t i = 0; order[i]; i++)
        taste[(unsigned char)order[i]] = i;
}

static bool shortest(struct chooser *c, const struct fa *set, Str *out)
{
    uint8_t taste[256];
    fill_taste(taste);
    return fa_shortest(c->space->arena, set, taste, out);
}

// The same, but encrypted and of plain names if possible.
static bool nicest(struct chooser *c, const struct fa *set, Str *out)
{
    const struct fa *nice = fa_intersect(c->space->fa, set, origin_nice(c->space));
    const struct fa *secure = origins_part(c->space, ORIGINS_PART_SECURE);
    return shortest(c, fa_intersect(c->space->fa, nice, secure), out) || shortest(c, nice, out) ||
           shortest(c, fa_intersect(c->space->fa, set, secure), out) || shortest(c, set, out);
}

static bool registrable(Str origin, Str *site)
{
    struct origin parts;
    enum suffix under;
    return origin_cut(origin, &parts) && suffix_registrable(parts.host, site, &under);
}

static bool found(struct chooser *c, Str origin, enum witness_shape shape)
{
    *c->out = origin;
    *c->shape = shape;
    return true;
}

static bool accepted(const struct chooser *c, Str origin)
{
    return fa_accepts(c->set, origin) && !fa_accepts(c->question->trusted, origin) &&
           !fa_accepts(c->question->named, origin);
}

// Whether a member belongs to somebody else than the name that it looks like.
static bool is_stranger(const struct chooser *c, Str origin, Str name)
{
    Str site, own;
    return accepted(c, origin) && registrable(origin, &site) &&
           (!registrable(name, &own) || !str_equal(site, own));
}

static void add_name(struct chooser *c, Str scheme, Str host, Str port)
{
    Str name = str_format(c->space->arena, "%.*s://%.*s%s%.*s", STR_ARG(scheme), STR_ARG(host),
                          port.len ? ":" : "", STR_ARG(port));
    for (uint32_t i = 0; i < c->names.count; i++)
        if (str_equal(c->names.items[i], name))
            return;
    *vec_push(c->space->arena, &c->names) = name;
}

// The names in a set of origins: its first nice members and the domains that they lie in.
static void add_names(struct chooser *c, const struct fa *set, bool members)
{
    Str words[NAMES];
    const struct fa *nice = fa_intersect(c->space->fa, set, origin_nice(c->space));
    size_t count = fa_enumerate(c->space->arena, nice, words, NAMES);
    for (size_t i = 0; i < count; i++) {
        struct origin origin;
        Str site;
        Str label, rest;
        if (!registrable(words[i], &site) || !origin_cut(words[i], &origin))
            continue;
        if (str_cut(origin.host, STR("."), &label, &rest) && label.len == 1 &&
            str_ends(rest, site)) {
            // One letter is what happens to be shortest.
            Str host = str_concat(c->space->arena, STR("any."), rest);
            Str better =
                str_format(c->space->arena, "%.*s://%.*s", STR_ARG(origin.scheme), STR_ARG(host));
            if (origin.port.len == 0 && fa_accepts(set, better))
                origin.host = host;
        }
        if (members)
            add_name(c, origin.scheme, origin.host, origin.port);
        add_name(c, origin.scheme, site, origin.port);
    }
}

// What all nice members of the set end or begin with: in "https://[a-z]{3}example.com" the name is
// no member.
static void add_common(struct chooser *c)
{
    Str words[NAMES];
    const struct fa *nice = fa_intersect(c->space->fa, c->set, origin_nice(c->space));
    size_t count = fa_enumerate(c->space->arena, nice, words, NAMES);
    struct origin first, next;
    if (count < 2 || !origin_cut(words[0], &first))
        return;
    Str head = first.host, tail = first.host;
    for (size_t i = 1; i < count; i++) {
        if (!origin_cut(words[i], &next))
            return;
        size_t n = 0;
        while (n < head.len && n < next.host.len && head.ptr[n] == next.host.ptr[n])
            n++;
        head.len = n;
        n = 0;
        while (n < tail.len && n < next.host.len &&
               tail.ptr[tail.len - 1 - n] == next.host.ptr[next.host.len - 1 - n])
            n++;
        tail = str_slice(tail, tail.len - n, tail.len);
    }
    while (tail.len && (tail.ptr[0] == '.' || tail.ptr[0] == '-'))
        tail = str_slice(tail, 1, tail.len);
    while (head.len && (head.ptr[head.len - 1] == '.' || head.ptr[head.len - 1] == '-'))
        head.len--;
    Str ends[] = { tail, head };
    for (size_t i = 0; i < 2; i++) {
        Str site;
        enum suffix under;
        if (suffix_registrable(ends[i], &site, &under))
            add_name(c, first.scheme, ends[i], first.port);
    }
}

static void fill_names(struct chooser *c)
{
    if (c->question->named)
        add_names(c, c->question->named, true);
    if (c->question->trusted)
        add_names(c, c->question->trusted, fa_is_finite(c->question->trusted));
    add_common(c);
    static const char *const local[] = { "https://localhost", "http://localhost" };
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (fa_accepts(c->question->web, str_from(local[i]))) // and what else begins like that
            *vec_push(c->space->arena, &c->names) = str_from(local[i]);
    c->meant = c->names.count;
    add_names(c, c->set, true);
}

// A look-alike host under the schemes and ports that the name may have.
static bool try_host(struct chooser *c, Str name, Str host, enum witness_shape shape)
{
    static const char *const schemes[] = { "https", "http" };
    struct origin parts;
    if (!origin_cut(name, &parts))
        return false;
    for (size_t s = 0; s < 2; s++)
        for (int with_port = 0; with_port <= (parts.port.len > 0); with_port++) {
            Str port = with_port ? parts.port : STR("");
            Str origin = str_format(c->space->arena, "%s://%.*s%s%.*s", schemes[s], STR_ARG(host),
                                    with_port ? ":" : "", STR_ARG(port));
            if (is_stranger(c, origin, name))
                return found(c, origin, shape);
        }
    return false;
}

static bool try_prefix(struct chooser *c, Str name)
{
    struct origin parts;
    if (!origin_cut(name, &parts))
        return false;
    return try_host(c, name, str_concat(c->space->arena, STR("evil"), parts.host),
                    WITNESS_PREFIX) ||
           try_host(c, name, str_concat(c->space->arena, STR("evil-"), parts.host), WITNESS_PREFIX);
}

static bool try_suffix(struct chooser *c, Str name)
{
    struct origin parts;
    if (!origin_cut(name, &parts))
        return false;
    return try_host(c, name, str_concat(c->space->arena, parts.host, STR(".evil.com")),
                    WITNESS_SUFFIX) ||
           try_host(c, name, str_concat(c->space->arena, parts.host, STR("evil.com")),
                    WITNESS_SUFFIX);
}

static bool try_dot(struct chooser *c, Str name)
{
    struct origin parts;
    if (!origin_cut(name, &parts))
        return false;
    for (size_t i = 1; i + 1 < parts.host.len; i++)
        if (parts.host.ptr[i] == '.') {
            Str host = str_format(c->space->arena, "%.*sx%.*s", (int)i, parts.host.ptr,
                                  STR_ARG(str_slice(parts.host, i + 1, parts.host.len)));
            if (try_host(c, name, host, WITNESS_DOT))
                return true;
        }
    return false;
}

// A set that holds any name at all below a suffix.
static bool try_open(struct chooser *c)
{
    for (uint32_t i = c->meant; i < c->names.count; i++) {
        Str site, label, suffix;
        if (registrable(c->names.items[i], &site) && str_cut(site, STR("."), &label, &suffix) &&
            try_host(c, c->names.items[i], str_concat(c->space->arena, STR("evil."), suffix),
                     WITNESS_PLAIN))
            return true;
    }
    return false;
}

static bool try_names(struct chooser *c, bool (*try)(struct chooser *, Str))
{
    for (uint32_t i = 0; i < c->names.count; i++)
        if (try(c, c->names.items[i]))
            return true;
    return false;
}

// The same as languages: whatever nice member of `among` begins or ends with a name.
static bool try_around_in(struct chooser *c, const struct fa *among)
{
    struct fa_space *fa = c->space->fa;
    const struct fa *some = fa_repeat(fa, origin_class(c->space, "az09 -."), 1, FA_FOREVER);
    const struct fa *none = fa_empty(fa);
    for (uint32_t i = 0; i < 2 * LANGUAGE_NAMES; i++) {
        bool before = i < LANGUAGE_NAMES;
        uint32_t at = i % LANGUAGE_NAMES;
        struct origin parts;
        if (at >= c->meant || !origin_cut(c->names.items[at], &parts))
            continue;
        const struct fa *host =
            fa_concat(fa, before ? some : none,
                      fa_concat(fa, fa_literal(fa, parts.host), before ? none : some));
        const struct fa *like = fa_intersect(fa, origin_web(c->space, host), origin_nice(c->space));
        Str words[REGISTRABLE_TRIES];
        size_t count =
            fa_enumerate(c->space->arena, fa_intersect(fa, like, among), words, REGISTRABLE_TRIES);
        for (size_t k = 0; k < count; k++)
            if (is_stranger(c, words[k], c->names.items[at]))
                return found(c, words[k], before ? WITNESS_PREFIX : WITNESS_SUFFIX);
    }
    return false;
}

static bool try_around(struct chooser *c)
{
    const struct fa *secure = origins_part(c->space, ORIGINS_PART_SECURE);
    return try_around_in(c, fa_intersect(c->space->fa, c->set, secure)) || try_around_in(c, c->set);
}

static bool try_any(struct chooser *c)
{
    static const char *const strangers[][2] = {
        { "https://evil.com", "https://evil.org" },
        { "http://evil.com", "http://evil.org" },
    };
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (fa_accepts(c->set, str_from(strangers[i][0])) &&
            fa_accepts(c->set, str_from(strangers[i][1])))
            return found(c, str_from(strangers[i][0]), WITNESS_ANY);
    return false;
}

static bool try_shared(struct chooser *c)
{
    const struct sites *sites = c->question->sites;
    for (uint32_t i = 0; i < sites->shared.count; i++) {
        Str host = str_concat(c->space->arena, STR("anyone."), sites->shared.items[i]);
        Str origin = str_concat(c->space->arena, STR("https://"), host);
        if (accepted(c, origin))
            return found(c, origin, WITNESS_SHARED);
    }
    const struct fa *below = sites_below(c->space, sites->shared.items, sites->shared.count);
    Str origin;
    return sites->shared.count && nicest(c, fa_intersect(c->space->fa, c->set, below), &origin) &&
           found(c, origin, WITNESS_SHARED);
}

static bool try_subdomain(struct chooser *c)
{
    struct fa_space *fa = c->space->fa;
    const struct origins *about = c->question->about;
    for (uint32_t i = 0; i < about->site_count; i++) {
        Str host = str_concat(c->space->arena, STR("any."), about->sites[i]);
        Str origin = str_concat(c->space->arena, STR("https://"), host);
        Str dotted = str_concat(c->space->arena, origin, STR("."));
        if (accepted(c, origin) || accepted(c, dotted))
            return found(c, accepted(c, origin) ? origin : dotted, WITNESS_SUBDOMAIN);
    }
    for (uint32_t i = 0; i < about->site_count && i < LANGUAGE_NAMES; i++) {
        const struct fa *below = sites_below(c->space, &about->sites[i], 1);
        below = fa_intersect(fa, below, origin_nice(c->space));
        const struct fa *mine = fa_intersect(fa, below, c->set);
        const struct fa *safe = fa_intersect(fa, mine, origins_part(c->space, ORIGINS_PART_SECURE));
        Str origin;
        if (!fa_is_finite(mine) && (shortest(c, safe, &origin) || shortest(c, mine, &origin)))
            return found(c, origin, WITNESS_SUBDOMAIN);
    }
    return false;
}

static bool try_insecure_subdomain(struct chooser *c)
{
    const struct origins *about = c->question->about;
    for (uint32_t i = 0; i < about->site_count; i++) {
        Str origin = str_concat(c->space->arena, STR("http://any."), about->sites[i]);
        if (accepted(c, origin))
            return found(c, origin, WITNESS_SCHEME);
    }
    return false;
}

static enum witness_shape plain_shape(const struct chooser *c)
{
    const struct origins *about = c->question->about;
    if (about->only_shared)
        return WITNESS_SHARED;
    return about->only_insecure ? WITNESS_SCHEME : WITNESS_PLAIN;
}

// A nice member that somebody can register, encrypted if possible.
static bool try_nice(struct chooser *c)
{
    struct fa_space *fa = c->space->fa;
    const struct fa *secure = origins_part(c->space, ORIGINS_PART_SECURE);
    const struct fa *nice = fa_intersect(fa, c->set, origin_nice(c->space));
    const struct fa *sets[] = { fa_intersect(fa, nice, secure), nice };
    const struct fa *com = sites_below(c->space, &STR("com"), 1);
    for (size_t i = 0; i < 2; i++) {
        Str origin, site, words[REGISTRABLE_TRIES];
        if (fa_is_none(sets[i]))
            continue;
        if (shortest(c, sets[i], &origin) && registrable(origin, &site))
            return found(c, origin, plain_shape(c));
        if (shortest(c, fa_intersect(fa, sets[i], com), &origin) && registrable(origin, &site))
            return found(c, origin, plain_shape(c));
        size_t count = fa_enumerate(c->space->arena, sets[i], words, REGISTRABLE_TRIES);
        for (size_t k = 0; k < count; k++)
            if (registrable(words[k], &site))
                return found(c, words[k], plain_shape(c));
    }
    return false;
}

// A member on the attacker's own domain, for sets that hold no plain names: "example.com," and what
// begins like that.
static bool try_below_evil(struct chooser *c)
{
    Str origin;
    return nicest(c, fa_intersect(c->space->fa, c->set, sites_below(c->space, &STR("evil.com"), 1)),
                  &origin) &&
           found(c, origin, WITNESS_SUFFIX);
}

// A member in one of the sites that the walk found, for sets whose nice members are mostly hosts
// that nobody can register.
static bool try_sites(struct chooser *c)
{
    const struct origins *about = c->question->about;
    for (uint32_t i = 0; i < about->site_count && i < LANGUAGE_NAMES; i++) {
        const struct fa *site = fa_literal(c->space->fa, about->sites[i]);
        const struct fa *dot = fa_repeat(c->space->fa, origin_text(c->space, "."), 0, 1);
        const struct fa *mine =
            fa_union(c->space->fa, origin_web(c->space, fa_concat(c->space->fa, site, dot)),
                     sites_below(c->space, &about->sites[i], 1));
        Str origin;
        if (nicest(c, fa_intersect(c->space->fa, c->set, mine), &origin))
            return found(c, origin, plain_shape(c));
    }
    return false;
}

// The set has owners, but no nice members: addresses, odd bytes.
static bool try_last(struct chooser *c)
{
    Str origin;
    return nicest(c, c->set, &origin) && found(c, origin, plain_shape(c));
}

static bool try_local(struct chooser *c)
{
    static const char *const likely[] = { "http://localhost", "https://localhost",
                                          "http://localhost:3000", "http://127.0.0.1" };
    struct fa_space *fa = c->space->fa;
    const struct fa *local =
        fa_intersect(fa, c->question->web, origins_part(c->space, ORIGINS_PART_LOCAL));
    Str origin;
    for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
        if (fa_accepts(local, str_from(likely[i])))
            return found(c, str_from(likely[i]), WITNESS_LOCAL);
    return nicest(c, local, &origin) && found(c, origin, WITNESS_LOCAL);
}

static bool try_null(struct chooser *c)
{
    return c->question->about->has_null && found(c, STR("null"), WITNESS_NULL);
}

static bool try_app(struct chooser *c)
{
    const struct origins *about = c->question->about;
    Str origin;
    const struct fa *app =
        fa_intersect(c->space->fa, about->set, origins_part(c->space, ORIGINS_PART_APP));
    if (fa_accepts(app, STR("capacitor://localhost")))
        return found(c, STR("capacitor://localhost"), WITNESS_APP);
    return shortest(c, app, &origin) && found(c, origin, WITNESS_APP);
}

// Whether all web origins that are not local lie under names that nobody can register.
static bool has_no_owner(const struct chooser *c)
{
    const struct sites *sites = c->question->sites;
    return !sites->many && sites->list.count == 0;
}

static bool try_web(struct chooser *c)
{
    const struct origins *about = c->question->about;
    if (c->local || about->unregistrable || has_no_owner(c))
        return false;
    switch (about->kind) {
    case ORIGINS_NONE:
        return false;
    case ORIGINS_ANY:
    case ORIGINS_UNBOUNDED:
        if (about->only_shared)
            return try_shared(c) || try_nice(c);
        if (try_any(c))
            return true;
        fill_names(c);
        return try_open(c) || try_names(c, try_prefix) || try_names(c, try_suffix) ||
               try_names(c, try_dot) || try_around(c) || try_shared(c) || try_nice(c) ||
               try_below_evil(c) || try_last(c);
    case ORIGINS_SUBDOMAINS:
        if (about->only_insecure)
            return try_insecure_subdomain(c) || try_nice(c) || try_sites(c);
        fill_names(c);
        return try_names(c, try_dot) || try_subdomain(c) || try_nice(c) || try_sites(c);
    case ORIGINS_FINITE:
        fill_names(c);
        return try_names(c, try_dot) || try_nice(c) || try_sites(c);
    }
    return false;
}

void witness_choose(struct origin_space *space, const struct witness_question *question, Str *out,
                    enum witness_shape *shape)
{
    struct chooser c = { .space = space, .question = question, .out = out, .shape = shape };
    const struct fa *local = origins_part(space, ORIGINS_PART_LOCAL);
    c.set = question->web;
    if (question->trusted && !fa_is_subset(space->fa, c.set, question->trusted))
        c.set = fa_subtract(space->fa, c.set, question->trusted);
    if (fa_is_finite(c.set) && fa_states(c.set) > LIST_STATES) {
        // A list of names, where one is as good as another.
        Str words[LIST_NAMES];
        size_t count = fa_enumerate(space->arena, c.set, words, LIST_NAMES);
        c.set = fa_literals(space->fa, words, count);
    }
    c.local = fa_is_subset(space->fa, c.set, local);
    if (!c.local)
        c.set = fa_subtract(space->fa, c.set, local);
    if (!try_web(&c) && !try_null(&c) && !try_local(&c) && !try_app(&c))
        (void)try_last(&c);
}
