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
