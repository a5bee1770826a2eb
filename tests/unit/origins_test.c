#include "policy/origins.h"

#include "base/buf.h"
#include "unit/check_main.h"

#include <string.h>

struct fixture {
    struct arena *arena;
    struct model *model;
    struct origin_space *space;
};

static struct fixture fixture_new(void)
{
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    return (struct fixture){ arena, model, origin_space_new(model) };
}

static const struct fa *searched(const struct fixture *f, const char *pattern)
{
    const struct pattern *p = model_pattern(f->model, str_from(pattern), REGEX_PCRE2, 0);
    ck_assert_msg(p->result.status == REGEX_OK, "%s: %s", pattern, p->result.why);
    return p->result.language;
}

static Str flags_text(struct arena *arena, const struct origins *o)
{
    const struct {
        bool set;
        const char *name;
    } flags[] = {
        { o->has_null, "null" },         { o->has_app, "app" },
        { o->has_insecure, "insecure" }, { o->has_local, "local" },
        { o->has_shared, "shared" },     { o->only_null, "null!" },
        { o->only_app, "app!" },         { o->only_insecure, "insecure!" },
        { o->only_local, "local!" },     { o->only_shared, "shared!" },
        { o->unregistrable, "nobody" },
    };
    struct buf text = { .arena = arena };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].set)
            buf_addf(&text, "%s%s", text.len ? " " : "", flags[i].name);
    return buf_str(&text);
}

static Str sites_text(struct arena *arena, const struct origins *o)
{
    struct buf text = { .arena = arena };
    if (o->site_count > 4)
        return str_format(arena, "%u", o->site_count);
    for (uint32_t i = 0; i < o->site_count; i++)
        buf_addf(&text, "%s%.*s", i ? " " : "", STR_ARG(o->sites[i]));
    return buf_str(&text);
}

struct row {
    const char *pattern; // searched in what browsers send
    enum origins_kind kind;
    const char *sites; // or how many, from five on
    const char *witness;
    enum witness_shape shape;
    const char *flags; // "x": some member is, "x!": all are
};

static const struct row rows[] = {
#include "unit/origins_rows.h"
};

START_TEST(sets_are_described)
{
    struct fixture f = fixture_new();
    const struct row *row = &rows[_i];
    struct origins o = origins_describe(f.space, searched(&f, row->pattern), NULL, NULL);
    ck_assert_msg(o.kind == row->kind, "%s: %s", row->pattern, origins_kind_name(o.kind));
    Str sites = sites_text(f.arena, &o), flags = flags_text(f.arena, &o);
    ck_assert_msg(str_is(sites, row->sites), "%s: sites %.*s", row->pattern, STR_ARG(sites));
    ck_assert_msg(str_is(o.witness, row->witness) && o.shape == row->shape, "%s: %.*s %s",
                  row->pattern, STR_ARG(o.witness), witness_shape_name(o.shape));
    ck_assert_msg(str_is(flags, row->flags), "%s: flags %.*s", row->pattern, STR_ARG(flags));
    if (o.witness.len)
        ck_assert(fa_accepts(o.set, o.witness) && origins_valid(f.space, o.witness));
    for (uint32_t i = 0; i < o.member_count; i++)
        ck_assert(fa_accepts(o.set, o.members[i]));
    arena_free(f.arena);
}
END_TEST

// What trusted or named origins add: a look-alike of theirs, and none of them.
START_TEST(witnesses_look_like_the_names_that_are_meant)
{
    static const struct {
        const char *pattern, *trusted, *named, *witness;
        enum witness_shape shape;
    } cases[] = {
        { "^https://[a-z]+shop\\.test$", NULL, "https://shop.test", "https://evilshop.test",
          WITNESS_PREFIX },
        { "^https://[a-z]{3}shop\\.test$", NULL, "https://shop.test", "https://aaashop.test",
          WITNESS_PREFIX },
        { "^https://", NULL, "https://shop.test", "https://evil.com", WITNESS_ANY },
        { "^https://shop.test", NULL, "https://shop.test", "https://shop.test.evil.com",
          WITNESS_SUFFIX },
        { "^https://app.shop\\.test$", "https://app.shop.test", NULL, "https://appxshop.test",
          WITNESS_DOT },
        { "^https://(app|www|evil)\\.shop\\.test$", "https://app.shop.test", NULL,
          "https://www.shop.test", WITNESS_PLAIN },
        { "^https://app\\.shop\\.test$", "https://app.shop.test", NULL, "https://app.shop.test",
          WITNESS_PLAIN },
        { "^https://([a-z]+\\.)?shop\\.test(:\\d+)?$", "https://shop.test", NULL,
          "https://any.shop.test", WITNESS_SUBDOMAIN },
        { "^https?://shop\\.test$", "https://shop.test", NULL, "http://shop.test", WITNESS_PLAIN },
    };
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fa *trusted =
            cases[i].trusted ? fa_literal(f.model->fa, str_from(cases[i].trusted)) : NULL;
        const struct fa *named =
            cases[i].named ? fa_literal(f.model->fa, str_from(cases[i].named)) : NULL;
        struct origins o =
            origins_describe(f.space, searched(&f, cases[i].pattern), trusted, named);
        ck_assert_msg(str_is(o.witness, cases[i].witness) && o.shape == cases[i].shape,
                      "%s: %.*s %s", cases[i].pattern, STR_ARG(o.witness),
                      witness_shape_name(o.shape));
    }
    arena_free(f.arena);
}
END_TEST

START_TEST(browsers_send_these)
{
    static const char *const sent[] = {
        "null",
        "https://a.com",
        "http://a.com:443",
        "https://a.com:80",
        "https://a.com:65535",
        "https://1.2.3.4",
        "https://255.255.255.255",
        "http://[::1]",
        "http://[::]",
        "http://[1::]",
        "http://[1:0:0:2::]",
        "http://[1::2:0:0:0]",
        "http://[fe80::1]:8080",
        "http://[0:1::]",
        "http://[1:2:3:4:5:6:7:8]",
        "http://[1:2:3:4:5:6:0:8]",
        "http://[1:0:0:2::3]",
        "http://[0:1:0:1:0:1:0:1]",
        "http://[::ffff:7f00:1]",
        "http://[1:0:1:0:1:0:1:0]",
        "http://localhost",
        "https://a.",
        "https://.a",
        "https://a..b",
        "https://my_app.example",
        "https://a%2Ab",
        "https://a~b.com",
        "https://xn--strae-oqa.de",
        "https://-a.com",
        "https://1.com",
        "https://0x1.com",
        "https://a.0y",
        "capacitor://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "tauri://localhost",
    };
    static const char *const not_sent[] = {
        "",
        "NULL",
        "https://",
        "a.com",
        "https://a.com/",
        "https://A.com",
        "HTTPS://a.com",
        "https://a.com:443",
        "http://a.com:80",
        "https://a.com:0",
        "https://a.com:01",
        "https://a.com:65536",
        "https://a.com:",
        "https://1.2.3",
        "https://1.2.3.256",
        "https://1.2.3.04",
        "https://a.1",
        "https://a.1.",
        "https://a.0x1",
        "https://0x",
        "http://[1:2:3:4:5:6:7::]",
        "http://[1:0:0:2:0:0:0:0]",
        "http://[::0]",
        "http://[01::]",
        "http://[1::2::3]",
        "http://[::1.2.3.4]",
        "http://[1::2:3:0:0:0]",
        "http://[::A]",
        "http://::1",
        "https://a b",
        "https://a@b.com",
        "https://a%2a",
        "https://\xc3\xbc.de",
        "file://",
        "ftp://a.com",
        "ws://a.com",
        "https://a.com\n",
        "null ",
        "https://a.com https://b.com",
    };
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        ck_assert_msg(origins_valid(f.space, str_from(sent[i])), "%s", sent[i]);
    for (size_t i = 0; i < sizeof not_sent / sizeof *not_sent; i++)
        ck_assert_msg(!origins_valid(f.space, str_from(not_sent[i])), "%s", not_sent[i]);
    arena_free(f.arena);
}
END_TEST

START_TEST(the_parts_are_disjoint_and_cover_the_whole)
{
    struct fixture f = fixture_new();
    const struct fa *all = fa_none(f.model->fa);
    for (int p = ORIGINS_PART_NULL; p <= ORIGINS_PART_LOCAL; p++) {
        const struct fa *part = origins_part(f.space, (enum origins_part)p);
        ck_assert(fa_is_disjoint(f.model->fa, all, part));
        all = fa_union(f.model->fa, all, part);
    }
    ck_assert_ptr_eq(all, origins_part(f.space, ORIGINS_PART_WHOLE));
    const struct fa *apart = fa_union(f.model->fa, origins_part(f.space, ORIGINS_PART_NULL),
                                      origins_part(f.space, ORIGINS_PART_APP));
    ck_assert_ptr_eq(fa_subtract(f.model->fa, all, apart), origins_part(f.space, ORIGINS_PART_WEB));
    arena_free(f.arena);
}
END_TEST

START_TEST(local_origins)
{
    static const struct {
        const char *origin;
        bool local;
    } cases[] = {
        { "http://localhost", true },
        { "https://localhost:8443", true },
        { "http://a.b.localhost", true },
        { "http://localhost.", true },
        { "http://127.0.0.1", true },
        { "http://127.9.9.9:1", true },
        { "http://[::1]", true },
        { "http://10.1.2.3", true },
        { "http://172.16.0.1", true },
        { "http://172.31.255.255", true },
        { "http://192.168.1.1", true },
        { "http://169.254.0.1", true },
        { "http://printer.local", true },
        { "http://[fd00::1]", true },
        { "http://[fe80::1]", true },
        { "http://[febf::1]", true },
        { "http://172.15.0.1", false },
        { "http://172.32.0.1", false },
        { "http://192.169.1.1", false },
        { "http://11.0.0.1", false },
        { "http://localhost.evil.com", false },
        { "http://notlocalhost", false },
        { "http://127.evil.com", false },
        { "http://10.0.0.1.evil.com", false },
        { "http://[fec0::1]", false },
        { "http://[fd::]", false },
        { "http://[2001:db8::1]", false },
        { "http://mylocal", false },
    };
    struct fixture f = fixture_new();
    const struct fa *local = origins_part(f.space, ORIGINS_PART_LOCAL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(fa_accepts(local, str_from(cases[i].origin)) == cases[i].local, "%s",
                      cases[i].origin);
    arena_free(f.arena);
}
END_TEST

START_TEST(sites_of_origins)
{
    static const struct {
        const char *origin, *site;
    } cases[] = {
        { "https://example.com", "example.com" },
        { "https://a.b.example.com:8443", "example.com" },
        { "https://api.example.co.uk", "example.co.uk" },
        { "https://app.test", "app.test" },
        { "https://x.app.test", "app.test" },
        { "https://a.example", "a.example" },
        { "https://example", "example" },
        { "https://me.github.io", "me.github.io" },
        { "https://x.me.github.io", "me.github.io" },
        { "https://github.io", "github.io" },
        { "https://foo.amazonaws.com", "amazonaws.com" },
        { "https://foo.s3.amazonaws.com", "foo.s3.amazonaws.com" },
        { "https://s3.amazonaws.com", "s3.amazonaws.com" },
        { "https://foo.www.ck", "www.ck" },
        { "https://shop.co.za", "shop.co.za" },
        { "https://xn--bcher-kva.example.com", "example.com" },
        { "https://app.example.com.", "example.com" },
        { "https://shop.xn--p1ai", "shop.xn--p1ai" }, // .\u0440\u0444
        { "https://a.shop.xn--p1ai", "shop.xn--p1ai" },
        { "https://a.shop.xn--55qx5d.cn", "shop.xn--55qx5d.cn" }, // a suffix of two labels
        { "https://a.xn--bcher-kva.xn--p1ai:8443", "xn--bcher-kva.xn--p1ai" },
        { "https://me.web.app", "me.web.app" },
        { "https://a.me.vercel.app", "me.vercel.app" },
        { "https://bucket.s3.eu-central-1.amazonaws.com", "bucket.s3.eu-central-1.amazonaws.com" },
        { "https://city.kawasaki.jp", "city.kawasaki.jp" }, // an exception to a rule with *
        { "https://a.b.kawasaki.jp", "a.b.kawasaki.jp" },
        { "https://app.internal", "app.internal" },
        { "https://intranet", "intranet" },
        { "https://db.corp", "db.corp" },
        { "http://localhost:3000", "localhost" },
        { "http://10.0.0.1:80", "10.0.0.1" },
        { "http://[::1]:8080", "[::1]" },
        { "capacitor://localhost", "localhost" },
        { "null", "null" },
    };
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str site = origins_site(f.space, str_from(cases[i].origin));
        ck_assert_msg(str_is(site, cases[i].site), "%s: %.*s", cases[i].origin, STR_ARG(site));
    }
    arena_free(f.arena);
}
END_TEST

START_TEST(trusted_entries)
{
    static const struct {
        const char *entry;
        const char *in[3], *out[3];
    } cases[] = {
        { "https://example.com",
          { "https://example.com" },
          { "http://example.com", "https://a.example.com", "https://example.com:8443" } },
        { "https://*.example.com",
          { "https://a.example.com", "https://a.b.example.com" },
          { "https://example.com", "https://evilexample.com", "https://a.example.com:1" } },
        { "https://example.com:*",
          { "https://example.com", "https://example.com:8443" },
          { "http://example.com", "https://example.com:443", "https://a.example.com:1" } },
        { "http://*.example.com:*",
          { "http://a.example.com:1", "http://a.example.com" },
          { "http://example.com:1" } },
        { "http://localhost:*",
          { "http://localhost:3000", "http://localhost" },
          { "https://localhost" } },
        { "https://*.test.example", { "https://a.test.example" }, { "https://test.example" } },
        { "http://[::1]:3000", { "http://[::1]:3000" }, { "http://[::1]" } },
        { "capacitor://localhost", { "capacitor://localhost" }, { "https://localhost" } },
    };
    static const struct {
        const char *entry, *reason;
    } wrong[] = {
        { "null", "frame" },
        { "example.com", "scheme" },
        { "https://example.com/", "slash" },
        { "https://Example.com", "https://example.com" },
        { "https://example.com:443", "own port" },
        { "http://example.com:80", "own port" },
        { "https://a.*.example.com", "leading labels" },
        { "https://*", "leading labels" },
        { "https://*.com", "under com" },
        { "https://*.github.io", "under github.io" },
        { "https://*.10.0.0.1", "no subdomains" },
        { "capacitor://*.localhost", "http and https" },
        { "*", "scheme" },
        { "ftp://example.com", "no browser" },
        { "", "scheme" },
    };
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fa *set = NULL;
        Str reason = STR("");
        ck_assert_msg(origins_parse_trusted(f.space, str_from(cases[i].entry), &set, &reason),
                      "%s: %.*s", cases[i].entry, STR_ARG(reason));
        for (size_t k = 0; k < 3; k++) {
            if (cases[i].in[k])
                ck_assert_msg(fa_accepts(set, str_from(cases[i].in[k])), "%s: %s", cases[i].entry,
                              cases[i].in[k]);
            if (cases[i].out[k])
                ck_assert_msg(!fa_accepts(set, str_from(cases[i].out[k])), "%s: %s", cases[i].entry,
                              cases[i].out[k]);
        }
        ck_assert(fa_is_subset(f.model->fa, set, origins_part(f.space, ORIGINS_PART_WHOLE)));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct fa *set = NULL;
        Str reason = STR("");
        ck_assert_msg(!origins_parse_trusted(f.space, str_from(wrong[i].entry), &set, &reason),
                      "%s", wrong[i].entry);
        ck_assert_ptr_null(set);
        ck_assert_msg(str_contains(reason, str_from(wrong[i].reason)), "%s: %.*s", wrong[i].entry,
                      STR_ARG(reason));
    }
    arena_free(f.arena);
}
END_TEST

// A dot that is not escaped: what it lets in, whether anyone can register that, and which of the
// members are those that were meant.
START_TEST(dots_that_are_not_escaped)
{
    static const struct {
        const char *pattern, *witness;
        enum witness_shape shape;
        const char *loose;
        uint64_t spelt;
    } cases[] = {
        { "^https://example\\.com$", "https://example.com", WITNESS_PLAIN, "", 1 },
        { "^https://example.com$", "https://example.com", WITNESS_PLAIN, "https://examplexcom", 1 },
        { "^https://app.example\\.com$", "https://appxexample.com", WITNESS_DOT, "", 1 },
        { "^https://app.example.com$", "https://appxexample.com", WITNESS_DOT,
          "https://app.examplexcom", 1 },
        { "^https?://(www.)?example.com$", "https://wwwxexample.com", WITNESS_DOT,
          "https://examplexcom", 4 },
        { "^https://.*\\.example.com$", "https://any.example.com", WITNESS_SUBDOMAIN,
          "https://any.examplexcom", 0 },
        { "^http://api.example\\.co\\.uk$", "http://apixexample.co.uk", WITNESS_DOT, "", 1 },
        { "^https://example\\.co.uk$", "https://example.co.uk", WITNESS_PLAIN,
          "https://example.coxuk", 1 },
        { "^https://(app|www)\\.shop\\.test(:8443)?$", "https://app.shop.test", WITNESS_PLAIN, "",
          4 },
        { "^https://(shop\\.test|db\\.corp)$", "https://shop.test", WITNESS_PLAIN, "", 2 },
        { "^https://(shop\\.test|shopxtest)$", "https://shop.test", WITNESS_PLAIN,
          "https://shopxtest", 2 },
        { "^https://node[0-9]\\.shop\\.test$", "https://node0.shop.test", WITNESS_PLAIN, "", 10 },
        { "^https://[a-z]{4}shop\\.test$", "https://evilshop.test", WITNESS_PREFIX, "", 0 },
        { "^https://10.0\\.0\\.1$", "https://10.0.0.1", WITNESS_LOCAL, "", 1 },
    };
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fa *set = fa_intersect(f.model->fa, searched(&f, cases[i].pattern),
                                            origins_part(f.space, ORIGINS_PART_WHOLE));
        const struct fa *spelt = origins_spelt(f.space, set);
        struct origins o = origins_describe(f.space, set, NULL, spelt);
        ck_assert_msg(fa_count(spelt) == cases[i].spelt, "%s: %d", cases[i].pattern,
                      (int)fa_count(spelt));
        ck_assert_msg(str_is(o.loose_dot, cases[i].loose), "%s: %.*s", cases[i].pattern,
                      STR_ARG(o.loose_dot));
        ck_assert_msg(str_is(o.witness, cases[i].witness) && o.shape == cases[i].shape,
                      "%s: %.*s %s", cases[i].pattern, STR_ARG(o.witness),
                      witness_shape_name(o.shape));
        ck_assert(o.loose_dot.len == 0 || fa_accepts(o.set, o.loose_dot));
    }
    arena_free(f.arena);
}
END_TEST

START_TEST(shared_members)
{
    struct fixture f = fixture_new();
    const struct fa *set =
        searched(&f, "^https://(me\\.github\\.io|[a-z]+\\.web\\.app|shop\\.test)$");
    const struct fa *shared = origins_shared(f.space, set);
    ck_assert(fa_accepts(shared, STR("https://me.github.io")));
    ck_assert(fa_accepts(shared, STR("https://any.web.app")));
    ck_assert(!fa_accepts(shared, STR("https://shop.test")));
    ck_assert(fa_is_none(origins_shared(f.space, searched(&f, "^https://shop\\.test$"))));
    ck_assert_ptr_null(origins_shared(f.space, NULL));
    arena_free(f.arena);
}
END_TEST

START_TEST(lists_of_any_length)
{
    struct fixture f = fixture_new();
    enum { MANY = 5000 };
    Str *own = ARENA_ARRAY(f.arena, Str, MANY), *others = ARENA_ARRAY(f.arena, Str, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        own[i] = str_format(f.arena, "https://t%u.example.com", i);
        others[i] = str_format(f.arena, "https://t%u.com", i);
    }
    struct origins o = origins_describe(f.space, fa_literals(f.model->fa, own, MANY), NULL, NULL);
    ck_assert_int_eq(o.kind, ORIGINS_FINITE);
    ck_assert_uint_eq(o.count, MANY);
    ck_assert_uint_eq(o.site_count, 1);
    ck_assert(str_is(o.sites[0], "example.com"));
    ck_assert_uint_eq(o.member_count, ORIGINS_MEMBERS);
    o = origins_describe(f.space, fa_literals(f.model->fa, others, MANY), NULL, NULL);
    ck_assert_int_eq(o.kind, ORIGINS_UNBOUNDED);
    o = origins_describe(f.space, fa_literals(f.model->fa, others, ORIGINS_SITES), NULL, NULL);
    ck_assert_int_eq(o.kind, ORIGINS_FINITE);
    ck_assert_uint_eq(o.site_count, ORIGINS_SITES);
    o = origins_describe(f.space, fa_literals(f.model->fa, others, ORIGINS_SITES + 1), NULL, NULL);
    ck_assert_int_eq(o.kind, ORIGINS_UNBOUNDED);
    arena_free(f.arena);
}
END_TEST

START_TEST(nothing_and_not_known)
{
    struct fixture f = fixture_new();
    struct origins none = origins_describe(f.space, fa_none(f.model->fa), NULL, NULL);
    ck_assert_int_eq(none.kind, ORIGINS_NONE);
    ck_assert_uint_eq(none.count, 0);
    ck_assert_uint_eq(none.witness.len, 0);
    ck_assert(!none.only_null && !none.only_shared && !none.unregistrable);
    struct origins unknown = origins_describe(f.space, NULL, NULL, NULL);
    ck_assert_int_eq(unknown.kind, ORIGINS_ANY);
    ck_assert_uint_eq(unknown.count, FA_INFINITE);
    ck_assert_uint_eq(unknown.witness.len, 0);
    arena_free(f.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        witnesses_look_like_the_names_that_are_meant,
        browsers_send_these,
        the_parts_are_disjoint_and_cover_the_whole,
        local_origins,
        sites_of_origins,
        trusted_entries,
        dots_that_are_not_escaped,
        shared_members,
        lists_of_any_length,
        nothing_and_not_known,
    };
    Suite *suite = check_suite("origins", tests, sizeof tests / sizeof *tests);
    TCase *table = tcase_create("table");
    tcase_add_loop_test(table, sets_are_described, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
