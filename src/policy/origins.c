#include "policy/origins.h"

#include "base/hash.h"
#include "policy/origin_sites.h"
#include "policy/origin_suffix.h"
#include "policy/origin_witness.h"

#include <stdlib.h>

enum {
    SORTED_MEMBERS = 1024, // of which the nicest are shown
    LISTED = 10000,        // of an unbounded list, members are shown up to here
    COUNTLESS = 10000000,  // more members than a list would have
    SITE_BYTES = 64,       // of which a loose dot makes one label
};

// Where anyone gets a name, for sets too large to find out by reading them.
static const char *const famous[] = {
    "github.io",     "web.app",          "pages.dev",      "vercel.app",        "netlify.app",
    "herokuapp.com", "s3.amazonaws.com", "cloudfront.net", "azurewebsites.net", "blogspot.com",
};

struct described {
    const struct fa *set, *trusted, *named;
    struct origins origins;
    struct sites sites;
};

const char *origins_kind_name(enum origins_kind kind)
{
    switch (kind) {
    case ORIGINS_NONE:
    case ORIGINS_FINITE:
        return "finite";
    case ORIGINS_SUBDOMAINS:
        return "subdomains";
    case ORIGINS_UNBOUNDED:
        return "unbounded";
    case ORIGINS_ANY:
        return "any";
    }
    return "";
}

const char *witness_shape_name(enum witness_shape shape)
{
    switch (shape) {
    case WITNESS_PLAIN:
        return "plain";
    case WITNESS_NULL:
        return "null";
    case WITNESS_ANY:
        return "any";
    case WITNESS_PREFIX:
        return "prefix";
    case WITNESS_SUFFIX:
        return "suffix";
    case WITNESS_DOT:
        return "dot";
    case WITNESS_SUBDOMAIN:
        return "subdomain";
    case WITNESS_SCHEME:
        return "scheme";
    case WITNESS_SHARED:
        return "shared";
    case WITNESS_LOCAL:
        return "local";
    case WITNESS_APP:
        return "app";
    }
    return "";
}

Str origins_site(struct origin_space *space, Str text)
{
    (void)space;
    struct origin origin;
    Str domain;
    enum suffix under;
    if (!origin_cut(text, &origin))
        return text;
    if (!origin_is_address(origin.host) && suffix_registrable(origin.host, &domain, &under))
        return domain;
    return origin.host;
}

static bool meets(struct origin_space *space, const struct fa *set, enum origins_part part)
{
    return !fa_is_none(fa_intersect(space->fa, set, origins_part(space, part)));
}

static bool inside(struct origin_space *space, const struct fa *set, enum origins_part part)
{
    return !fa_is_none(set) && fa_is_subset(space->fa, set, origins_part(space, part));
}

// Members with their rank: what a reader knows best comes first.
struct member {
    Str text;
    int rank;
};

static int compare_members(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank)
                              : str_compare(a->text, b->text);
}

static void list_members(struct origin_space *space, struct origins *out)
{
    struct arena *scratch = arena_new();
    Str *words = ARENA_ARRAY(scratch, Str, SORTED_MEMBERS);
    size_t count = fa_enumerate(scratch, out->set, words, SORTED_MEMBERS);
    struct member *members = ARENA_ARRAY(scratch, struct member, SORTED_MEMBERS);
    const struct fa *nice = origin_nice(space);
    for (size_t i = 0; i < count; i++) {
        struct origin origin;
        Str domain;
        enum suffix under;
        bool owned =
            origin_cut(words[i], &origin) && suffix_registrable(origin.host, &domain, &under);
        bool secure = owned && str_is(origin.scheme, "https");
        members[i] = (struct member){ words[i], 3 - owned - secure - fa_accepts(nice, words[i]) };
    }
    if (count)
        qsort(members, count, sizeof *members, compare_members);
    out->member_count = (uint32_t)(count < ORIGINS_MEMBERS ? count : ORIGINS_MEMBERS);
    Str *kept = ARENA_ARRAY(space->arena, Str, out->member_count + 1);
    for (uint32_t i = 0; i < out->member_count; i++)
        kept[i] = str_copy(space->arena, members[i].text);
    out->members = kept;
    arena_free(scratch);
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static void add_all(Str *all, uint32_t *count, const Str *more, uint32_t more_count)
{
    for (uint32_t i = 0; i < more_count; i++)
        all[(*count)++] = more[i];
}

// Kind and sites: what is local never makes a set unbounded, since nobody can register it.
static void judge_sites(struct origin_space *space, const struct fa *web, const struct sites *away,
                        const struct sites *local, struct origins *out)
{
    bool owned = away->list.count > 0 || away->many;
    uint32_t count = 0, most = away->list.count + away->unowned.count + local->list.count +
                               local->unowned.count + 1;
    Str *all = ARENA_ARRAY(space->arena, Str, most);
    add_all(all, &count, away->list.items, away->list.count);
    if (!owned)
        add_all(all, &count, away->unowned.items, away->unowned.count);
    if (local->many || local->many_unowned) {
        all[count++] = STR("local addresses");
    } else {
        add_all(all, &count, local->list.items, local->list.count);
        add_all(all, &count, local->unowned.items, local->unowned.count);
    }
    out->unregistrable = !owned && (away->unowned.count || away->many_unowned) &&
                         local->list.count == 0 && !out->has_null && !out->has_app;
    if (fa_is_none(web))
        out->kind = ORIGINS_NONE;
    else if (fa_is_subset(space->fa, origins_part(space, ORIGINS_PART_WEB), web))
        out->kind = ORIGINS_ANY;
    else if (away->many || (!owned && away->many_unowned) || count > ORIGINS_SITES)
        out->kind = ORIGINS_UNBOUNDED;
    else
        out->kind = fa_count(web) > COUNTLESS ? ORIGINS_SUBDOMAINS : ORIGINS_FINITE;
    if (out->kind == ORIGINS_FINITE || out->kind == ORIGINS_SUBDOMAINS) {
        qsort(all, count, sizeof *all, compare_texts);
        out->sites = all;
        out->site_count = count;
    }
}

// Whether an open set holds names of the services that everybody knows.
static bool has_famous(const struct origin_space *space, const struct fa *set)
{
    for (size_t i = 0; i < sizeof famous / sizeof *famous; i++) {
        Str suffix = str_from(famous[i]);
        if (fa_accepts(set, str_concat(space->arena, STR("https://anyone."), suffix)) &&
            suffix_of(suffix) == SUFFIX_SHARED)
            return true;
    }
    return false;
}

static void judge_shared(struct origin_space *space, const struct sites *sites, struct origins *out)
{
    out->has_shared = sites->shared.count > 0 || (sites->many && has_famous(space, out->set));
    bool others = out->has_null || out->has_app || out->has_local ||
                  fa_accepts(out->set, STR("https://evil.com"));
    for (uint32_t i = 0; i < out->site_count && !others; i++) {
        Str label, suffix;
        others = !str_cut(out->sites[i], STR("."), &label, &suffix) ||
                 suffix_of(suffix) != SUFFIX_SHARED;
    }
    out->only_shared = out->has_shared && !others &&
                       fa_is_subset(space->fa, out->set,
                                    sites_below(space, sites->shared.items, sites->shared.count));
}

// A member on a host that ends in the label.
static Str member_under(struct origin_space *space, const struct fa *set, Str label)
{
    static const char *const begins[] = { "https://", "http://", "https://any.", "http://any." };
    struct fa_space *fa = space->fa;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        Str origin = str_concat(space->arena, str_from(begins[i]), label);
        if (fa_accepts(set, origin))
            return origin;
    }
    const struct fa *front = fa_repeat(fa, origin_class(space, "az09 -."), 1, FA_FOREVER);
    front = fa_concat(fa, front, fa_literal(fa, str_concat(space->arena, STR("."), label)));
    const struct fa *like = origin_web(space, front);
    Str origin = { 0 };
    fa_shortest(space->arena, fa_intersect(fa, set, like), NULL, &origin);
    return origin;
}

// A site with "x" in the place of its last dot. Empty where that is no label.
static Str without_dot(struct arena *arena, Str site)
{
    size_t dot = site.len;
    while (dot && site.ptr[dot - 1] != '.')
        dot--;
    if (dot < 2)
        return (Str){ 0 };
    return str_format(arena, "%.*sx%.*s", (int)(dot - 1), site.ptr,
                      STR_ARG(str_slice(site, dot, site.len)));
}

static Str find_loose_dot(struct origin_space *space, const struct sites *sites,
                          const struct origins *about)
{
    enum { TRIES = 24 }; // sites of a loose dot differ in a byte only
    bool bounded = about->kind == ORIGINS_FINITE || about->kind == ORIGINS_SUBDOMAINS;
    Str member = { 0 };
    if (!bounded || (sites->unowned.count == 0 && !sites->many_unowned))
        return member;
    // The shortest first: the others may be there because of another such dot.
    uint32_t tries = 0;
    for (size_t length = 1; length <= SITE_BYTES && tries < TRIES && !member.len; length++)
        for (uint32_t i = 0; i < sites->list.count && tries < TRIES && !member.len; i++) {
            if (sites->list.items[i].len != length)
                continue;
            Str label = without_dot(space->arena, sites->list.items[i]);
            if (label.len)
                member = member_under(space, about->set, label);
            tries++;
        }
    return member;
}

static void describe(struct origin_space *space, struct described *d)
{
    struct origins *out = &d->origins;
    struct sites local;
    const struct fa *set = fa_intersect(space->fa, d->set, origins_part(space, ORIGINS_PART_WHOLE));
    const struct fa *web = fa_intersect(space->fa, set, origins_part(space, ORIGINS_PART_WEB));
    const struct fa *near = fa_intersect(space->fa, web, origins_part(space, ORIGINS_PART_LOCAL));
    if (!set || !web || !near) {
        *out = (struct origins){ .kind = ORIGINS_ANY, .count = FA_INFINITE };
        return;
    }
    out->set = set;
    out->count = fa_count(set);
    out->has_null = meets(space, set, ORIGINS_PART_NULL);
    out->has_app = meets(space, set, ORIGINS_PART_APP);
    out->has_insecure = meets(space, set, ORIGINS_PART_INSECURE);
    out->has_local = !fa_is_none(near);
    out->only_null = inside(space, set, ORIGINS_PART_NULL);
    out->only_app = inside(space, set, ORIGINS_PART_APP);
    out->only_insecure = inside(space, set, ORIGINS_PART_INSECURE);
    out->only_local = inside(space, set, ORIGINS_PART_LOCAL);
    local = (struct sites){ 0 };
    d->sites.many = fa_is_subset(space->fa, origins_part(space, ORIGINS_PART_WEB), web);
    if (!d->sites.many) {
        sites_find(space, fa_subtract(space->fa, web, near), &d->sites);
        if (!d->sites.many)
            sites_find(space, near, &local);
    }
    judge_sites(space, web, &d->sites, &local, out);
    judge_shared(space, &d->sites, out);
    if (out->count != FA_INFINITE && (out->kind == ORIGINS_FINITE || out->count <= LISTED))
        list_members(space, out);
    out->loose_dot = find_loose_dot(space, &d->sites, out);
    struct witness_question question = { out, &d->sites, web, d->trusted, d->named };
    witness_choose(space, &question, &out->witness, &out->shape);
}

static const struct described *described(struct origin_space *space, const struct fa *set,
                                         const struct fa *trusted, const struct fa *named)
{
    uint64_t hash = hash_u64(hash_u64(hash_u64(HASH_SEED, (uintptr_t)set), (uintptr_t)trusted),
                             (uintptr_t)named);
    uint32_t at = 0;
    for (struct described *d; (d = map_next(&space->described, hash, &at));)
        if (d->set == set && d->trusted == trusted && d->named == named)
            return d;
    struct described *d = ARENA_NEW(space->arena, struct described);
    *d = (struct described){ .set = set, .trusted = trusted, .named = named };
    describe(space, d);
    map_add(space->arena, &space->described, hash, d);
    return d;
}

struct origins origins_describe(struct origin_space *space, const struct fa *set,
                                const struct fa *trusted, const struct fa *named)
{
    return described(space, set, trusted, named)->origins;
}

const struct fa *origins_spelt(struct origin_space *space, const struct fa *set)
{
    enum { SHIFT = 64, WORDS_A_STATE = 8 };
    if (!set || !fa_is_finite(set))
        return fa_none(space->fa);
    uint64_t plain[4] = { 0 };
    for (const char *byte = "abcdefghijklmnopqrstuvwxyz0123456789"; *byte; byte++)
        plain[*byte / SHIFT] |= UINT64_C(1) << (*byte % SHIFT);
    const struct fa *spelt = fa_prefer(space->fa, set, '.', plain);
    spelt = spelt ? spelt : set;
    // Words that somebody wrote down need states of their own.
    return fa_count(spelt) / WORDS_A_STATE > fa_states(spelt) ? fa_none(space->fa) : spelt;
}

const struct fa *origins_shared(struct origin_space *space, const struct fa *set)
{
    if (!set)
        return NULL;
    const struct sites *sites = &described(space, set, NULL, NULL)->sites;
    return fa_intersect(space->fa, set,
                        sites_below(space, sites->shared.items, sites->shared.count));
}
