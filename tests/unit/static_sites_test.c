// Hosts of static sites: reference/cdn.md sections 5, 6, 7 and 13, statement by statement.
#include "unit/dialect_table.h"

#define GET "GET https://site.test"
#define ACAO "access-control-allow-origin: "
#define A_ORIGIN "Access-Control-Allow-Origin: https://a.test\n"

// ---- _headers, by who reads it

static const struct dialect_row pages[] = {
    { "5 Pages adds * to every static response", "_headers", "/x\n X-A: b\n", GET "/y",
      "200 " ACAO "*" },
    { "5 a rule overrides it", "_headers", "/x\n " A_ORIGIN, GET "/x",
      "200 " ACAO "https://a.test" },
    { "5 a removal removes it", "_headers", "/x\n ! Access-Control-Allow-Origin\n", GET "/x",
      "200" },
    { "5 other methods than GET and HEAD are 405", "_headers", "/x\n " A_ORIGIN,
      "OPTIONS https://site.test/x", "405 " ACAO "https://a.test" },
    { "5 ... POST, too", "_headers", "/x\n " A_ORIGIN, "POST https://site.test/x",
      "405 " ACAO "https://a.test" },
    { "6 the same path twice: the second replaces the first", "_headers",
      "/x\n " A_ORIGIN "/x\n Vary: Origin\n", GET "/x", "200 vary: Origin; " ACAO "*" },
};

static const struct dialect_row workers[] = {
    { "5 Workers do not add it", "_headers", "/x\n X-A: b\n", GET "/y", "200" },
    { "6 one *", "_headers", "/a/*.js\n " A_ORIGIN, GET "/a/b/c.js", "200 " ACAO "https://a.test" },
    { "6 a name is a segment", "_headers", "/a/:b/c\n " A_ORIGIN, GET "/a/x/c",
      "200 " ACAO "https://a.test" },
    { "6 ... and no more", "_headers", "/a/:b/c\n " A_ORIGIN, GET "/a/x/y/c", "200" },
    { "6 the whole path", "_headers", "/a\n " A_ORIGIN, GET "/a/b", "200" },
    { "6 case-sensitive", "_headers", "/A\n " A_ORIGIN, GET "/a", "200" },
    { "6 the query is ignored", "_headers", "/a\n " A_ORIGIN, GET "/a?b",
      "200 " ACAO "https://a.test" },
    { "6 a host", "_headers", "https://site.test/*\n " A_ORIGIN, GET "/a",
      "200 " ACAO "https://a.test" },
    { "6 another host", "_headers", "https://other.test/*\n " A_ORIGIN, GET "/a", "200" },
    { "6 a name in the host is a label", "_headers", "https://:a.test/*\n " A_ORIGIN, GET "/a",
      "200 " ACAO "https://a.test" },
    { "6 ... and no more", "_headers", "https://:a.test/*\n " A_ORIGIN, "GET https://b.site.test/a",
      "200" },
    { "6 request scheme and port are ignored", "_headers", "https://site.test/*\n " A_ORIGIN,
      "GET http://site.test:81/a", "200 " ACAO "https://a.test" },
    { "6 several rules are joined", "_headers",
      "/*\n " A_ORIGIN "/a\n Access-Control-Allow-Origin: *\n", GET "/a",
      "200 " ACAO "https://a.test, *" },
    { "6 the same name twice in a block is joined", "_headers",
      "/a\n " A_ORIGIN " access-control-allow-origin: *\n", GET "/a",
      "200 " ACAO "https://a.test, *" },
    { "6 a removal in a later rule", "_headers",
      "/*\n " A_ORIGIN "/a\n ! Access-Control-Allow-Origin\n", GET "/a", "200" },
    { "6 within a rule removals run before", "_headers",
      "/*\n " A_ORIGIN "/a\n Access-Control-Allow-Origin: *\n ! Access-Control-Allow-Origin\n",
      GET "/a", "200 " ACAO "*" },
    { "6 a removal before the rule that adds does nothing", "_headers",
      "/a\n ! Access-Control-Allow-Origin\n/*\n " A_ORIGIN, GET "/a",
      "200 " ACAO "https://a.test" },
    { "6 a header without a space is a path that is rejected", "_headers",
      "/a\n Vary: Origin\n Access-Control-Allow-Origin:https://a.test\n Cache-Control: no-store\n",
      GET "/a", "200 vary: Origin" },
    { "6 ... and drops the rest of the block", "_headers",
      "/a\n X: y\n Access-Control-Allow-Origin:https://a.test\n Vary: Origin\n", GET "/a", "200" },
    { "6 ports are forbidden", "_headers", "https://site.test:443/*\n " A_ORIGIN, GET "/a", "200" },
    { "6 more than one *: the rule is dropped", "_headers", "/*/a/*\n " A_ORIGIN, GET "/x/a/y",
      "200" },
    { "6 names are put into values", "_headers",
      "/:who/*\n Access-Control-Allow-Origin: https://:who.test\n", GET "/a/x",
      "200 " ACAO "https://a.test" },
    { "6 :splat is put into values", "_headers",
      "/o/*\n Access-Control-Allow-Origin: https://:splat\n", GET "/o/a.test",
      "200 " ACAO "https://a.test" },
    { "6 blank lines and comments", "_headers", "# c\n\n/a\n\n # c\n\t" A_ORIGIN, GET "/a",
      "200 " ACAO "https://a.test" },
    { "6 a value with a path is accepted", "_headers",
      "/a\n Access-Control-Allow-Origin: https://a.test/\n", GET "/a",
      "200 " ACAO "https://a.test/" },
    { "6 405", "_headers", "/a\n " A_ORIGIN, "OPTIONS https://site.test/a",
      "405 " ACAO "https://a.test" },
};

static const struct dialect_row netlify[] = {
    { "6 a rule", "_headers", "/a\n " A_ORIGIN, GET "/a", "200 " ACAO "https://a.test" },
    { "6 no default", "_headers", "/a\n " A_ORIGIN, GET "/b", "200" },
    { "6 in any case", "_headers", "/A\n " A_ORIGIN, GET "/a", "200 " ACAO "https://a.test" },
    { "6 a slash at the end or not", "_headers", "/a\n " A_ORIGIN, GET "/a/",
      "200 " ACAO "https://a.test" },
    { "6 *", "_headers", "/a/*\n " A_ORIGIN, GET "/a/b/c", "200 " ACAO "https://a.test" },
    { "6 * with the slash before it", "_headers", "/a/*\n " A_ORIGIN, GET "/a",
      "200 " ACAO "https://a.test" },
    { "6 a name", "_headers", "/a/:b\n " A_ORIGIN, GET "/a/b", "200 " ACAO "https://a.test" },
    { "6 a name is one segment", "_headers", "/a/:b\n " A_ORIGIN, GET "/a/b/c", "200" },
    { "6 the later rule wins", "_headers", "/*\n " A_ORIGIN "/a\n Access-Control-Allow-Origin: *\n",
      GET "/a", "200 " ACAO "*" },
    { "6 ! is ignored", "_headers", "/*\n " A_ORIGIN "/a\n ! Access-Control-Allow-Origin\n",
      GET "/a", "200 " ACAO "https://a.test" },
    { "6 only lines with / are paths", "_headers",
      "/a\n " A_ORIGIN "https://site.test/b\n Vary: Origin\n", GET "/a",
      "200 " ACAO "https://a.test; vary: Origin" },
    { "6 commas are normalised", "_headers",
      "/a\n Access-Control-Allow-Origin: https://a.test,https://b.test\n", GET "/a",
      "200 " ACAO "https://a.test, https://b.test" },
    { "6 names in another case are two", "_headers",
      "/*\n " A_ORIGIN "/a\n access-control-allow-origin: *\n", GET "/a", "unknown" },
    { "13 OPTIONS is not documented", "_headers", "/a\n " A_ORIGIN, "OPTIONS https://site.test/a",
      "unknown" },
};

static void check_as(const struct dialect_row *row, const char *type)
{
    const struct dialect_source source = { STR("_headers"), str_from(type), { 0 } };
    const struct dialect_options options = { .sources = &source, .source_count = 1 };
    dialect_row_check(row, &options);
}

START_TEST(test_pages)
{
    check_as(&pages[_i], "cloudflare-pages");
}
END_TEST

START_TEST(test_workers)
{
    check_as(&workers[_i], "cloudflare-workers");
}
END_TEST

START_TEST(test_netlify)
{
    check_as(&netlify[_i], "netlify");
}
END_TEST

// ---- formats that say themselves what they are

static const struct dialect_row rows[] = {
    { "13 nobody says who reads it: all agree", "_headers", "/*\n " A_ORIGIN, GET "/b",
      "200 " ACAO "https://a.test" },
    { "13 nobody says who reads it", "_headers", "/a\n " A_ORIGIN, GET "/b", "unknown" },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("static_sites");
    TCase *table = tcase_create("rows");
    tcase_add_loop_test(table, test_pages, 0, (int)(sizeof pages / sizeof *pages));
    tcase_add_loop_test(table, test_workers, 0, (int)(sizeof workers / sizeof *workers));
    tcase_add_loop_test(table, test_netlify, 0, (int)(sizeof netlify / sizeof *netlify));
    tcase_add_loop_test(table, test_row, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(suite, table);
    return check_main(suite);
}
