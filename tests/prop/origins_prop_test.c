#include "policy/origins.h"

#include "base/buf.h"
#include "prop/prop.h"
#include "unit/check_main.h"

// What is said about a set of origins, held against its members one by one.

enum { MEMBERS = 2000 };

static Str pick(struct prop_random *random, const char *const *from, uint32_t count)
{
    return str_from(from[prop_below(random, count)]);
}

// A pattern of the kind that people write, right and wrong.
static Str pattern_new(struct arena *arena, struct prop_random *random, uint32_t size)
{
    static const char *const begins[] = { "^https://", "^https?://", "^http://", "^https:\\/\\/",
                                          "^(null|https://a\\.test)|^https://" };
    static const char *const pieces[] = {
        "app",        "www",        "[a-z]",      "[a-z0-9-]+", "[^.]+", ".*",      ".+",
        "(a|b)",      "x?",         "[0-9]{1,2}", "\\d+",       "evil",  "(dev-)?", "[\\w-]*",
        "(foo|bar|)", "10\\.0\\.0", "s3",         "ab?c",       "_",     "k",
    };
    static const char *const dots[] = { "\\.", "\\.", "\\.", ".", "-", "", "(\\.|-)" };
    static const char *const ends[] = {
        "example\\.com",
        "example.com",
        "test",
        "co\\.uk",
        "github\\.io",
        "(com|org)",
        "[a-z]{2}",
        "amazonaws\\.com",
        "localhost",
        "corp",
        "[0-9]",
        "example\\.test",
        "shop\\.(test|example)",
        "za",
        "kawasaki\\.jp",
        "s3\\.amazonaws\\.com",
    };
    static const char *const closes[] = {
        "$", "$", "$", "(:\\d+)?$", ":8443$", "\\.?$", "", "/?$"
    };
    struct buf text = { .arena = arena };
    buf_add(&text, pick(random, begins, sizeof begins / sizeof *begins));
    for (uint32_t i = prop_below(random, 1 + (size < 4 ? size : 4)); i > 0; i--) {
        buf_add(&text, pick(random, pieces, sizeof pieces / sizeof *pieces));
        buf_add(&text, pick(random, dots, sizeof dots / sizeof *dots));
    }
    buf_add(&text, pick(random, ends, sizeof ends / sizeof *ends));
    buf_add(&text, pick(random, closes, sizeof closes / sizeof *closes));
    return buf_str(&text);
}

static bool is_listed(const struct origins *o, Str site)
{
    for (uint32_t i = 0; i < o->site_count; i++)
        if (str_equal(o->sites[i], site) || str_is(o->sites[i], "local addresses"))
            return true;
    return false;
}

// Whether a site is a domain that somebody registered: then names below it are of the same site.
static bool is_registered(struct arena *arena, struct origin_space *space, Str site)
{
    Str below = str_concat(arena, STR("https://any."), site);
    return str_equal(origins_site(space, below), site);
}

static int complain(Str pattern, const char *what, Str detail)
{
    printf("%.*s: %s %.*s\n", STR_ARG(pattern), what, STR_ARG(detail));
    return 0;
}

static int members_agree(struct model *model, struct origin_space *space, Str pattern,
                         const struct origins *o)
{
    Str *words = ARENA_ARRAY(model->arena, Str, MEMBERS);
    size_t count = fa_enumerate(model->arena, o->set, words, MEMBERS);
    bool null = false, insecure = false, local = false, app = false;
    for (size_t i = 0; i < count; i++) {
        bool here = fa_accepts(origins_part(space, ORIGINS_PART_LOCAL), words[i]);
        bool plain = fa_accepts(origins_part(space, ORIGINS_PART_INSECURE), words[i]);
        null |= str_is(words[i], "null");
        app |= fa_accepts(origins_part(space, ORIGINS_PART_APP), words[i]);
        local |= here;
        insecure |= plain;
        Str site = origins_site(space, words[i]);
        bool judged = o->kind == ORIGINS_FINITE || o->kind == ORIGINS_SUBDOMAINS;
        if (judged && !here && is_registered(model->arena, space, site) && !is_listed(o, site))
            return complain(pattern, "site not listed", site);
        if (o->unregistrable && !here && is_registered(model->arena, space, site))
            return complain(pattern, "somebody can register", site);
    }
    if ((null && !o->has_null) || (insecure && !o->has_insecure) || (local && !o->has_local) ||
        (app && !o->has_app))
        return complain(pattern, "a flag is missing", STR(""));
    if (o->count <= MEMBERS && count != o->count)
        return complain(pattern, "count", STR(""));
    if (o->count <= MEMBERS && (null != o->has_null || insecure != o->has_insecure ||
                                local != o->has_local || app != o->has_app))
        return complain(pattern, "a flag too many", STR(""));
    return 1;
}

// Every site that is listed has members.
static int sites_have_members(struct model *model, Str pattern, const struct origins *o)
{
    for (uint32_t i = 0; i < o->site_count; i++) {
        if (str_is(o->sites[i], "local addresses"))
            continue;
        const struct fa *name = fa_literal(model->fa, o->sites[i]);
        const struct fa *any = fa_all(model->fa);
        const struct fa *with = fa_concat(model->fa, any, fa_concat(model->fa, name, any));
        if (fa_is_disjoint(model->fa, o->set, with))
            return complain(pattern, "no member in", o->sites[i]);
    }
    return 1;
}

static bool inside(struct origin_space *space, Str origin, enum origins_part part)
{
    return fa_accepts(origins_part(space, part), origin);
}

// Whether the witness is what its shape says.
static bool fits_shape(struct arena *arena, struct origin_space *space, const struct origins *o)
{
    Str w = o->witness, site = origins_site(space, w);
    bool owned = is_registered(arena, space, site) && !inside(space, w, ORIGINS_PART_LOCAL);
    const struct fa *web =
        fa_intersect(origins_model(space)->fa, o->set, origins_part(space, ORIGINS_PART_WEB));
    switch (o->shape) {
    case WITNESS_NULL:
        return str_is(w, "null") && fa_is_none(web);
    case WITNESS_APP:
        return inside(space, w, ORIGINS_PART_APP) && fa_is_none(web) && !o->has_null;
    case WITNESS_LOCAL:
        return inside(space, w, ORIGINS_PART_LOCAL) && !o->has_null;
    case WITNESS_ANY:
        return (fa_accepts(o->set, STR("https://evil.com")) &&
                fa_accepts(o->set, STR("https://evil.org"))) ||
               (fa_accepts(o->set, STR("http://evil.com")) &&
                fa_accepts(o->set, STR("http://evil.org")));
    case WITNESS_PREFIX:
    case WITNESS_SUFFIX:
        return owned && o->kind == ORIGINS_UNBOUNDED;
    case WITNESS_DOT:
        return owned;
    case WITNESS_SUBDOMAIN:
        return owned && o->kind == ORIGINS_SUBDOMAINS && is_listed(o, site) &&
               str_contains(w, str_concat(arena, STR("."), site));
    case WITNESS_SCHEME:
        return inside(space, w, ORIGINS_PART_INSECURE) && o->only_insecure;
    case WITNESS_SHARED:
        return o->has_shared;
    case WITNESS_PLAIN:
        return !str_is(w, "null") && !inside(space, w, ORIGINS_PART_APP);
    }
    return false;
}

// Whether a member would have been the better one: encrypted, a stranger's, or shorter and as nice.
static bool has_better(struct arena *arena, struct origin_space *space, const struct origins *o)
{
    static const char *const strangers[] = { "https://evilexample.com", "https://evil-example.com",
                                             "https://example.com.evil.com" };
    Str w = o->witness, host = w;
    bool open = o->kind == ORIGINS_UNBOUNDED || o->kind == ORIGINS_ANY;
    if (open && o->shape != WITNESS_ANY && fa_accepts(o->set, STR("https://evil.com")) &&
        fa_accepts(o->set, STR("https://evil.org")) && !o->only_shared)
        return true;
    if (str_eat(&host, STR("http://")) && o->shape != WITNESS_LOCAL &&
        fa_accepts(o->set, str_concat(arena, STR("https://"), host)))
        return true;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (o->kind == ORIGINS_UNBOUNDED && o->shape == WITNESS_PLAIN &&
            !fa_accepts(o->set, STR("https://evil.com")) &&
            !fa_accepts(o->set, STR("https://evil.test")) &&
            fa_accepts(o->set, STR("https://example.com")) &&
            fa_accepts(o->set, str_from(strangers[i])))
            return true;
    if (o->kind != ORIGINS_FINITE || o->shape != WITNESS_PLAIN || o->count > MEMBERS ||
        !str_starts(w, STR("https://")) || !str_ends(w, STR(".com")))
        return false;
    const struct fa *plain = model_pattern(origins_model(space),
                                           STR("https://[a-z0-9]+(-+[a-z0-9]+)*"
                                               "(\\.[a-z0-9]+(-+[a-z0-9]+)*)+(:[0-9]+)?"),
                                           REGEX_PCRE2, REGEX_FULL)
                                 ->result.language;
    Str *words = ARENA_ARRAY(arena, Str, MEMBERS);
    size_t count = fa_enumerate(arena, o->set, words, MEMBERS);
    for (size_t i = 0; i < count && words[i].len < w.len; i++)
        if (str_starts(words[i], STR("https://")) && str_ends(words[i], STR(".com")) &&
            is_registered(arena, space, origins_site(space, words[i])) &&
            fa_accepts(plain, words[i]))
            return true;
    return false;
}

// With some of the members trusted, the witness is one of the others.
static bool avoids_trusted(struct origin_space *space, const struct origins *all)
{
    static const char *const entries[] = { "https://*.example.com", "https://example.com",
                                           "https://*.shop.test", "https://app.example.com" };
    struct fa_space *fa = origins_model(space)->fa;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        const struct fa *trusted;
        Str reason;
        if (!origins_parse_trusted(space, str_from(entries[i]), &trusted, &reason))
            return false;
        const struct fa *others = fa_subtract(fa, all->set, trusted);
        const struct fa *web = fa_intersect(fa, others, origins_part(space, ORIGINS_PART_WEB));
        struct origins o = origins_describe(space, all->set, trusted, NULL);
        if (!fa_is_none(web) && fa_accepts(trusted, o.witness))
            return false;
    }
    return true;
}

static int descriptions_hold(struct prop_random *random, uint32_t size)
{
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    struct origin_space *space = origin_space_new(model);
    Str text = pattern_new(arena, random, size);
    const struct pattern *pattern = model_pattern(model, text, REGEX_PCRE2, 0);
    int good = 1;
    if (pattern->result.status == REGEX_OK) {
        struct origins o = origins_describe(space, pattern->result.language, NULL, NULL);
        if ((o.witness.len > 0) == fa_is_none(o.set))
            good = complain(text, "witness", o.witness);
        else if (o.witness.len &&
                 !(fa_accepts(o.set, o.witness) && origins_valid(space, o.witness)))
            good = complain(text, "witness is no member", o.witness);
        else if (o.site_count > ORIGINS_SITES)
            good = complain(text, "too many sites", STR(""));
        else
            good = members_agree(model, space, text, &o) && sites_have_members(model, text, &o);
        // Once more in a space of its own: nothing may depend on what was asked before.
        struct origins again =
            origins_describe(origin_space_new(model), pattern->result.language, NULL, NULL);
        if (good && !str_equal(again.witness, o.witness))
            good = complain(text, "another witness", again.witness);
        if (good && o.witness.len && !fits_shape(arena, space, &o))
            good = complain(text, witness_shape_name(o.shape), o.witness);
        if (good && o.witness.len && has_better(arena, space, &o))
            good = complain(text, "there is a better witness than", o.witness);
        if (good && !avoids_trusted(space, &o))
            good = complain(text, "a trusted witness", o.witness);
    }
    arena_free(arena);
    return good;
}

START_TEST(descriptions)
{
    ck_assert_uint_eq(prop_run("descriptions", descriptions_hold, 600, 20), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { descriptions };
    return check_main(check_suite("origins_prop", tests, 1));
}
