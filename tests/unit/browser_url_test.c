#include "browser/url.h"

#include "unit/check_main.h"

// The URL Standard as in reference/browser.md 1.17; what Chromium does differently is said. NULL:
// a browser finds no URL.

START_TEST(urls_are_parsed)
{
    static const struct {
        const char *text, *base, *url, *origin;
    } cases[] = {
        { "https://App.Example.com:443/a", NULL, "https://app.example.com/a",
          "https://app.example.com" },
        { "HTTP://a:080", NULL, "http://a/", "http://a" },
        { "https://a:0443/", NULL, "https://a/", "https://a" },
        { "http://a:443/", NULL, "http://a:443/", "http://a:443" },
        { " \thttps://a/\n", NULL, "https://a/", "https://a" },
        { "ht\ntps://a/b\tc", NULL, "https://a/bc", "https://a" },
        { "https:a", NULL, "https://a/", "https://a" },
        { "https:\\\\a\\b", NULL, "https://a/b", "https://a" },
        { "https:////a/b", NULL, "https://a/b", "https://a" },
        { "https://u:p@a/", NULL, "https://a/", "https://a" },
        { "https://a@b@c/", NULL, "https://c/", "https://c" },
        { "https://a./", NULL, "https://a./", "https://a." },
        { "https://a..b", NULL, "https://a..b/", "https://a..b" },
        { "https://%41%2ecom", NULL, "https://a.com/", "https://a.com" },
        { "https://*.a", NULL, "https://%2A.a/", "https://%2A.a" },
        { "https://a b", NULL, "https://a%20b/", "https://a%20b" }, // the Standard: no URL
        { "https://my_app", NULL, "https://my_app/", "https://my_app" },
        // addresses
        { "https://0x7f.1", NULL, "https://127.0.0.1/", "https://127.0.0.1" },
        { "https://2130706433", NULL, "https://127.0.0.1/", "https://127.0.0.1" },
        { "https://1.2.3", NULL, "https://1.2.0.3/", "https://1.2.0.3" },
        { "https://017.0.0.1.", NULL, "https://15.0.0.1/", "https://15.0.0.1" },
        { "https://1.2.3.256", NULL, NULL, NULL },
        { "https://1.2.3.4.5", NULL, NULL, NULL },
        { "https://4294967296", NULL, NULL, NULL },
        { "https://09", NULL, NULL, NULL },
        { "https://a.0x", NULL, NULL, NULL },
        { "https://1e3", NULL, "https://1e3/", "https://1e3" },
        { "https://[::FFFF:1.2.3.4]:8443", NULL, "https://[::ffff:102:304]:8443/",
          "https://[::ffff:102:304]:8443" },
        { "https://[0:0:1:0:0:0:0:1]", NULL, "https://[0:0:1::1]/", "https://[0:0:1::1]" },
        { "https://[1:0:2:3:4:5:6:7]", NULL, "https://[1:0:2:3:4:5:6:7]/",
          "https://[1:0:2:3:4:5:6:7]" },
        { "https://[1::]", NULL, "https://[1::]/", "https://[1::]" },
        { "https://[]", NULL, NULL, NULL },
        { "https://[1:2:3:4:5:6:7]", NULL, NULL, NULL },
        { "https://[1::2::3]", NULL, NULL, NULL },
        { "https://[1:2:3:4:5:6:7::8]", NULL, NULL, NULL },
        { "https://[::1.2.3]", NULL, NULL, NULL },
        { "https://[::01.2.3.4]", NULL, NULL, NULL },
        { "https://[::12345]", NULL, NULL, NULL },
        { "https://[::1", NULL, NULL, NULL },
        { "https://[::1]x", NULL, NULL, NULL },
        // no URLs
        { "", NULL, NULL, NULL },
        { "a", NULL, NULL, NULL },
        { "1:", NULL, NULL, NULL },
        { "https:", NULL, NULL, NULL },
        { "https://", NULL, NULL, NULL },
        { "https://@", NULL, NULL, NULL },
        { "https://:1", NULL, NULL, NULL },
        { "https://a:x", NULL, NULL, NULL },
        { "https://a:65536", NULL, NULL, NULL },
        { "https://a|b", NULL, NULL, NULL },
        { "https://a%23", NULL, NULL, NULL },
        { "https://a%", NULL, NULL, NULL },
        { "foo://a|b", NULL, NULL, NULL },
        { "foo://[z]", NULL, NULL, NULL },
        { "file://a|", NULL, NULL, NULL },
        // other schemes
        { "foo:bar", NULL, "foo:bar", "null" },
        { "foo://H/x", NULL, "foo://H/x", "null" },
        { "data:,x", NULL, "data:,x", "null" },
        // paths and queries
        { "https://a/b/../c/./d/..", NULL, "https://a/c/", "https://a" },
        { "https://a/%2e%2E/b", NULL, "https://a/b", "https://a" },
        { "https://a/b c\"?d e'#f", NULL, "https://a/b%20c%22?d%20e%27", "https://a" },
        { "https://a?b", NULL, "https://a/?b", "https://a" },
        { "https://a//b//", NULL, "https://a//b//", "https://a" },
        // seen from a base
        { "/b", "https://a:1/c?d", "https://a:1/b", "https://a:1" },
        { "b", "https://a/c/d?e", "https://a/c/b", "https://a" },
        { "../b", "https://a/c/d/e", "https://a/c/b", "https://a" },
        { "?b", "https://a/c?d", "https://a/c?b", "https://a" },
        { "#b", "https://a/c?d", "https://a/c?d", "https://a" },
        { "//b/c", "https://a/", "https://b/c", "https://b" },
        { "/\\b/c", "https://a/", "https://b/c", "https://b" },
        { "https:b", "https://a/c/d", "https://a/c/b", "https://a" },
        { "https:b", "http://a/c/d", "https://b/", "https://b" },
        { "/b", "https://u:p@a/", "https://a/b", "https://a" },
        { "//", "https://a/", NULL, NULL },
        { "b", "data:,x", NULL, NULL },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url base, url;
        if (cases[i].base)
            ck_assert(url_parse(arena, str_from(cases[i].base), NULL, &base));
        bool good = url_parse(arena, str_from(cases[i].text), cases[i].base ? &base : NULL, &url);
        ck_assert_msg(good == (cases[i].url != NULL), "%s", cases[i].text);
        if (!good)
            continue;
        Str text = url_text(arena, &url), origin = url_origin_of(arena, &url);
        ck_assert_msg(str_is(text, cases[i].url), "%s: %.*s", cases[i].text, STR_ARG(text));
        ck_assert_msg(str_is(origin, cases[i].origin), "%s: %.*s", cases[i].text, STR_ARG(origin));
        // What is written is read as the same again.
        struct url again;
        ck_assert_msg(url_parse(arena, text, NULL, &again), "%s", cases[i].text);
        Str twice = url_text(arena, &again);
        ck_assert_msg(str_equal(text, twice), "%s: %.*s", cases[i].text, STR_ARG(twice));
    }
    arena_free(arena);
}
END_TEST

START_TEST(urls_are_judged)
{
    static const struct {
        const char *text;
        bool credentials, unicode, bad_port, trustworthy;
    } cases[] = {
        { "https://a/", false, false, false, true },
        { "http://a/", false, false, false, false },
        { "https://u@a/", true, false, false, true },
        { "https://:p@a/", true, false, false, true },
        { "https://:@a/", false, false, false, true },
        { "https://@a/", false, false, false, true },
        { "https://\xc3\x9f/", false, true, false, true },
        { "https://%C3%9F/", false, true, false, true },
        { "http://a:6000/", false, false, true, false },
        { "http://a:6001/", false, false, false, false },
        { "http://localhost:3000/", false, false, false, true },
        { "http://x.localhost/", false, false, false, true },
        { "http://127.1.2.3/", false, false, false, true },
        { "http://127.evil.com/", false, false, false, false },
        { "http://[::1]/", false, false, false, true },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;
        ck_assert(url_parse(arena, str_from(cases[i].text), NULL, &url));
        ck_assert_msg(url.credentials == cases[i].credentials, "%s", cases[i].text);
        ck_assert_msg(url.unicode == cases[i].unicode, "%s", cases[i].text);
        ck_assert_msg(url_has_bad_port(&url) == cases[i].bad_port, "%s", cases[i].text);
        ck_assert_msg(url_is_trustworthy(&url) == cases[i].trustworthy, "%s", cases[i].text);
    }
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { urls_are_parsed, urls_are_judged };
    return check_main(check_suite("browser_url", tests, sizeof tests / sizeof *tests));
}
