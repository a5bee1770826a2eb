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

#define V(rules) "{\"headers\":[" rules "]}"
#define RULE(source, more, value)                                                                  \
    "{\"source\":\"" source "\"," more                                                             \
    "\"headers\":[{\"key\":\"Access-Control-Allow-Origin\",\"value\":\"" value "\"}]}"
#define HAS(kind, one) "\"" kind "\":[{" one "}],"
#define ORIGIN(value) "\"type\":\"header\",\"key\":\"origin\",\"value\":" value
#define VERCEL(source) V(RULE(source, "", "https://a.test"))
#define F(rules) "{\"hosting\":{\"headers\":[" rules "]}}"
#define FIREBASE(source) F(RULE(source, "", "https://a.test"))
#define REDIRECTS(one)                                                                             \
    "{\"redirects\":[{" one "}],\"headers\":[" RULE("/(.*)", "", "https://a.test") "]}"
#define FIREBASE_TO(one)                                                                           \
    "{\"hosting\":{\"redirects\":[{" one "}],\"headers\":[" RULE("**", "", "https://a.test") "]}}"
#define SENT "200 " ACAO "https://a.test"

#define HANDLERS(list) "runtime: python39\nhandlers:\n" list
#define STATIC(url) "- url: " url "\n  static_files: a\n  upload: a\n"
#define FOLDER(url) "- url: " url "\n  static_dir: a\n"
#define SCRIPT(url) "- url: " url "\n  script: auto\n"
#define MAP "  http_headers:\n    Access-Control-Allow-Origin: https://a.test\n"
#define AMPLIFY(pattern, value)                                                                    \
    "- pattern: '" pattern                                                                         \
    "'\n  headers:\n  - key: Access-Control-Allow-Origin\n    value: '" value "'\n"
#define RENDER(list) "services:\n- type: web\n  name: a\n  runtime: static\n  headers:\n" list
#define PATH(path, value)                                                                          \
    "  - path: " path "\n    name: Access-Control-Allow-Origin\n    value: '" value "'\n"

#define DO(rules) "name: shop\ningress:\n  rules:\n" rules
#define MATCH(path) "  - match: {path: {prefix: " path "}}\n    component: {name: api}\n"
#define CORS(origin, more) "    cors: {allow_origins: [{" origin "}]" more "}\n"
#define ONE(origin, more) DO(MATCH("/") CORS(origin, more))
#define PREFLIGHT                                                                                  \
    "OPTIONS https://site.test/a Access-Control-Request-Method=PUT Origin=https://a.test"

static const struct dialect_row rows[] = {
    // app specs of DigitalOcean. Vary is not known, so whatever is allowed is not known in full
    { "7 do: another origin: the component's answer", "app.yaml",
      ONE("exact: 'https://a.test'", ""), GET "/a Origin=https://b.test", "upstream" },
    { "7 do: exact is exact", "app.yaml", ONE("exact: 'https://a.test'", ""),
      GET "/a Origin=https://a.test.evil", "upstream" },
    { "7 do: an allowed origin", "app.yaml", ONE("exact: 'https://a.test'", ""),
      GET "/a Origin=https://a.test", "unknown" },
    { "13 do: another preflight is forwarded", "app.yaml", ONE("exact: 'https://b.test'", ""),
      PREFLIGHT, "upstream" },
    { "7 do: no cors", "app.yaml", DO(MATCH("/")) "services: [{name: api, http_port: 80}]\n",
      GET "/a Origin=https://b.test", "upstream" },
    { "7 do: below spec", "deploy.template.yaml",
      "spec:\n  name: shop\n  services:\n  - name: api\n    http_port: 80\n", GET "/a",
      "upstream" },
    { "7 do: a host", "app.yaml",
      DO("  - match: {path: {prefix: /}, authority: {exact: other.test}}\n"
         "    component: {name: api}\n" CORS("exact: 'https://a.test'", "")),
      GET "/a", "none" },
    // app.yaml
    { "6 app.yaml: static files", "app.yaml", HANDLERS(STATIC("/a") MAP), GET "/a", SENT },
    { "6 app.yaml: the whole URL", "app.yaml", HANDLERS(STATIC("/a") MAP SCRIPT("/.*")), GET "/ab",
      "upstream" },
    { "6 app.yaml: an expression", "app.yaml", HANDLERS(STATIC("/a/(.*)") MAP), GET "/a/b/c",
      SENT },
    { "6 app.yaml: a folder is <url>/(.*)", "app.yaml", HANDLERS(FOLDER("/a") MAP), GET "/a/b",
      SENT },
    { "6 app.yaml: ... and not <url>", "app.yaml", HANDLERS(FOLDER("/a") MAP SCRIPT("/.*")),
      GET "/a", "upstream" },
    { "6 app.yaml: the first handler wins", "app.yaml", HANDLERS(STATIC("/.*") FOLDER("/a") MAP),
      GET "/a/b", "200" },
    { "6 app.yaml: a script's answers are its own", "app.yaml",
      HANDLERS(SCRIPT("/.*") STATIC("/a") MAP), GET "/a", "upstream" },
    { "6 app.yaml: no default", "app.yaml", HANDLERS(STATIC("/a")), GET "/a", "200" },
    { "13 app.yaml: OPTIONS is not documented", "app.yaml", HANDLERS(STATIC("/a") MAP),
      "OPTIONS https://site.test/a", "unknown" },
    { "app.yaml: no handler", "app.yaml", HANDLERS(STATIC("/a")), GET "/b", "unknown" },
    // customHttp.yml
    { "6 amplify: a pattern", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("**/*", "https://a.test"), GET "/a/b", SENT },
    { "6 amplify: no default", "customHttp.yml", "customHeaders:\n" AMPLIFY("/a", "*"), GET "/b",
      "200" },
    { "6 amplify: OPTIONS is 403", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("**", "https://a.test"), "OPTIONS https://site.test/a",
      "403 " ACAO "https://a.test" },
    { "13 amplify: two patterns, one value", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("**", "https://a.test") AMPLIFY("/a", "https://a.test"), GET "/a",
      SENT },
    { "13 amplify: two patterns, two values", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("**", "*") AMPLIFY("/a", "https://a.test"), GET "/a", "unknown" },
    { "6 amplify: braces are not known", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("/{a,b}", "*"), GET "/a", "unknown" },
    { "6 amplify: whether * passes a slash is not known", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("/*.js", "*"), GET "/a/b.js", "unknown" },
    { "6 amplify: ... in one folder it does not matter", "customHttp.yml",
      "customHeaders:\n" AMPLIFY("/*.js", "https://a.test"), GET "/b.js", SENT },
    { "6 amplify: legacy, inside amplify.yml", "amplify.yml",
      "version: 1\ncustomHeaders:\n" AMPLIFY("**", "https://a.test"), GET "/b.js", SENT },
    { "6 amplify: one of several applications", "customHttp.yml",
      "applications:\n- appRoot: a\n  customHeaders:\n  - pattern: '**'\n    headers:\n"
      "    - {key: Access-Control-Allow-Origin, value: https://a.test}\n",
      GET "/b.js", SENT },
    // render.yaml
    { "6 render: /* is every path", "render.yaml", RENDER(PATH("/*", "https://a.test")), GET "/a/b",
      SENT },
    { "6 render: the subtree", "render.yaml", RENDER(PATH("/b/*", "https://a.test")), GET "/b/c/d",
      SENT },
    { "6 render: /**/* is two slashes at least", "render.yaml",
      RENDER(PATH("/**/*", "https://a.test")), GET "/a", "200" },
    { "6 render: ... here they are", "render.yaml", RENDER(PATH("/**/*", "https://a.test")),
      GET "/a/b", SENT },
    { "6 render: /*.css is in the root only", "render.yaml",
      RENDER(PATH("/*.css", "https://a.test")), GET "/a/b.css", "200" },
    { "6 render: /**/*.css is nested only", "render.yaml",
      RENDER(PATH("/**/*.css", "https://a.test")), GET "/b.css", "200" },
    { "6 render: ... at any depth", "render.yaml", RENDER(PATH("/**/*.css", "https://a.test")),
      GET "/a/c/b.css", SENT },
    { "13 render: two paths, two values", "render.yaml",
      RENDER(PATH("/*", "*") PATH("/a", "https://a.test")), GET "/a", "unknown" },
    { "13 render: OPTIONS is not documented", "render.yaml", RENDER(PATH("/*", "*")),
      "OPTIONS https://site.test/a", "unknown" },
    { "6 render: the older env", "render.yaml",
      "services:\n- type: web\n  name: a\n  env: static\n  headers:\n" PATH("/*", "https://a.test"),
      GET "/a", SENT },
    // vercel.json
    { "6 vercel: the whole path", "vercel.json", VERCEL("/a"), GET "/a", SENT },
    { "6 vercel: ... and no more", "vercel.json", VERCEL("/a"), GET "/a/b", "unknown" },
    { "6 vercel: a slash at the end counts", "vercel.json", VERCEL("/a"), GET "/a/", "unknown" },
    { "6 vercel: a name", "vercel.json", VERCEL("/:a/b"), GET "/x/b", SENT },
    { "6 vercel: a name is one segment", "vercel.json", VERCEL("/:a"), GET "/x/b", "unknown" },
    { "6 vercel: a name with an expression", "vercel.json", VERCEL("/:a(\\\\d+)"), GET "/12",
      SENT },
    { "6 vercel: ... that does not match", "vercel.json", VERCEL("/:a(\\\\d+)"), GET "/x",
      "unknown" },
    { "6 vercel: a name with *", "vercel.json", VERCEL("/a/:b*"), GET "/a/x/y", SENT },
    { "6 vercel: ... none", "vercel.json", VERCEL("/a/:b*"), GET "/a", SENT },
    { "6 vercel: a name with +", "vercel.json", VERCEL("/a/:b+"), GET "/a", "unknown" },
    { "6 vercel: a name with ?", "vercel.json", VERCEL("/a/:b?"), GET "/a", SENT },
    { "6 vercel: an expression", "vercel.json", VERCEL("/(.*)"), GET "/a/b", SENT },
    { "6 vercel: alternatives", "vercel.json", VERCEL("/(a|b).js"), GET "/b.js", SENT },
    { "6 vercel: braces", "vercel.json", VERCEL("/a{/b}?"), GET "/a/b", SENT },
    { "6 vercel: braces around a name", "vercel.json", VERCEL("/a{-:b}?"), GET "/a-x", SENT },
    { "6 vercel: an escaped character", "vercel.json", VERCEL("/a\\\\*"), GET "/a*", SENT },
    { "6 vercel: the later rule wins", "vercel.json",
      V(RULE("/(.*)", "", "*") "," RULE("/a", "", "https://a.test")), GET "/a", SENT },
    { "6 vercel: ... whichever is more specific", "vercel.json",
      V(RULE("/a", "", "*") "," RULE("/(.*)", "", "https://a.test")), GET "/a", SENT },
    { "6 vercel: the same key twice: the last", "vercel.json",
      "{\"headers\":[{\"source\":\"/a\",\"headers\":[{\"key\":\"Access-Control-Allow-Origin\","
      "\"value\":\"*\"},{\"key\":\"access-control-allow-origin\",\"value\":\"https://a.test\"}]}]}",
      GET "/a", SENT },
    { "6 vercel: a file has *, a function has not", "vercel.json", V(""), GET "/a", "unknown" },
    { "6 vercel: has with a name echoes", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("\"(?<o>https://.*)\"")), ":o")),
      GET "/a Origin=https://b.test", "200 " ACAO "https://b.test" },
    { "6 vercel: has is anchored", "vercel.json",
      V(RULE("/(.*)", "", "https://a.test") "," RULE("/a", HAS("has", ORIGIN("\"https://b\"")),
                                                     "*")),
      GET "/a Origin=https://b.test", SENT },
    { "6 vercel: dots are wild", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("\"https://b.test\"")), "https://a.test")),
      GET "/a Origin=https://bxtest", SENT },
    { "6 vercel: all of has must hold", "vercel.json",
      V(RULE("/(.*)", "", "https://a.test") "," RULE(
          "/a", "\"has\":[{" ORIGIN("\".*\"") "},{\"type\":\"header\",\"key\":\"x-a\"}],", "*")),
      GET "/a Origin=https://b.test", SENT },
    { "6 vercel: missing", "vercel.json",
      V(RULE("/(.*)", "", "https://a.test") "," RULE(
          "/a", HAS("missing", "\"type\":\"header\",\"key\":\"x-a\""), "*")),
      GET "/a X-A=1", SENT },
    { "6 vercel: missing holds", "vercel.json",
      V(RULE("/a", HAS("missing", "\"type\":\"header\",\"key\":\"x-a\""), "https://a.test")),
      GET "/a", SENT },
    { "6 vercel: has host", "vercel.json",
      V(RULE("/a", HAS("has", "\"type\":\"host\",\"value\":\"site.test\""), "https://a.test")),
      GET "/a", SENT },
    { "6 vercel: has query", "vercel.json",
      V(RULE("/a", HAS("has", "\"type\":\"query\",\"key\":\"b\",\"value\":\"c\""),
             "https://a.test")),
      GET "/a?b=c", SENT },
    { "6 vercel: eq", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("{\"eq\":\"https://b.test\"}")), "https://a.test")),
      GET "/a Origin=https://b.test", SENT },
    { "6 vercel: pre", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("{\"pre\":\"https://b\"}")), "https://a.test")),
      GET "/a Origin=https://b.evil", SENT },
    { "6 vercel: suf", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("{\"suf\":\".test\"}")), "https://a.test")),
      GET "/a Origin=https://b.test", SENT },
    { "6 vercel: inc", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("{\"inc\":[\"https://b.test\"]}")), "https://a.test")),
      GET "/a Origin=https://b.test", SENT },
    { "6 vercel: ninc", "vercel.json",
      V(RULE("/(.*)", "", "https://a.test") "," RULE(
          "/a", HAS("has", ORIGIN("{\"ninc\":[\"https://b.test\"]}")), "*")),
      GET "/a Origin=https://b.test", SENT },
    { "6 vercel: neq", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("{\"neq\":\"https://b.test\"}")), "https://a.test")),
      GET "/a Origin=https://c.test", SENT },
    { "13 vercel: OPTIONS is not documented", "vercel.json", VERCEL("/a"),
      "OPTIONS https://site.test/a", "unknown" },
    { "6 vercel: numbers are not compared", "vercel.json",
      V(RULE("/a", HAS("has", ORIGIN("{\"gt\":3}")), "https://a.test")),
      GET "/a Origin=https://b.test", "unknown" },
    { "6 vercel: a redirect", "vercel.json", REDIRECTS("\"source\":\"/a\",\"destination\":\"/b\""),
      GET "/a", "308" },
    { "6 vercel: ... that is not permanent", "vercel.json",
      REDIRECTS("\"source\":\"/:x*\",\"destination\":\"/b\",\"permanent\":false"), GET "/a",
      "307" },
    { "6 vercel: ... with a status", "vercel.json",
      REDIRECTS("\"source\":\"/a\",\"destination\":\"/b\",\"statusCode\":301"), GET "/a", "301" },
    { "6 vercel: ... of a preflight", "vercel.json",
      REDIRECTS("\"source\":\"/a\",\"destination\":\"/b\""),
      "OPTIONS https://site.test/a Origin=https://a.test Access-Control-Request-Method=PUT",
      "308" },
    { "6 vercel: ... elsewhere", "vercel.json",
      REDIRECTS("\"source\":\"/a\",\"destination\":\"/b\""), GET "/c", SENT },
    { "6 vercel: ... under a condition", "vercel.json",
      REDIRECTS("\"source\":\"/a\",\"has\":[{" ORIGIN("\"https://b.test\"") "}],\"destination\":"
                                                                            "\"/b\""),
      GET "/a Origin=https://a.test", SENT },
    { "6 vercel: ... that holds", "vercel.json",
      REDIRECTS("\"source\":\"/a\",\"has\":[{" ORIGIN("\"https://b.test\"") "}],\"destination\":"
                                                                            "\"/b\""),
      GET "/a Origin=https://b.test", "308" },
    // firebase.json
    { "6 firebase: a redirect", "firebase.json",
      FIREBASE_TO("\"source\":\"/a/**\",\"destination\":\"/b\",\"type\":302"), GET "/a/c", "302" },
    { "6 firebase: ... by an expression", "firebase.json",
      FIREBASE_TO("\"regex\":\"^/[ab]$\",\"destination\":\"/c\""), GET "/b", "301" },
    { "6 firebase: ... elsewhere", "firebase.json",
      FIREBASE_TO("\"source\":\"/a/**\",\"destination\":\"/b\""), GET "/c", SENT },
    { "6 firebase: before there was hosting", "firebase.json",
      "{\"public\":\"app\",\"headers\":[" RULE("/a", "", "https://a.test") "]}", GET "/a", SENT },
    { "6 firebase: **", "firebase.json", FIREBASE("**"), GET "/a/b", SENT },
    { "6 firebase: no default", "firebase.json", FIREBASE("/a"), GET "/b", "200" },
    { "6 firebase: a slash is put in front", "firebase.json", FIREBASE("a"), GET "/a", SENT },
    { "6 firebase: * is one segment", "firebase.json", FIREBASE("/*.js"), GET "/a/b.js", "200" },
    { "6 firebase: ** is none", "firebase.json", FIREBASE("**/*.js"), GET "/b.js", SENT },
    { "6 firebase: ** is several", "firebase.json", FIREBASE("**/*.js"), GET "/a/c/b.js", SENT },
    { "6 firebase: extended patterns", "firebase.json", FIREBASE("**/*.@(woff|woff2)"),
      GET "/a.woff2", SENT },
    { "6 firebase: ... and no others", "firebase.json", FIREBASE("**/*.@(woff|woff2)"),
      GET "/a.woff3", "200" },
    { "6 firebase: braces", "firebase.json", FIREBASE("/{a,b/c}.js"), GET "/b/c.js", SENT },
    { "6 firebase: ?", "firebase.json", FIREBASE("/a?"), GET "/ab", SENT },
    { "6 firebase: a class", "firebase.json", FIREBASE("/[ab]"), GET "/b", SENT },
    { "6 firebase: names that begin with a dot", "firebase.json", FIREBASE("/*"), GET "/.a",
      "200" },
    { "6 firebase: a negation is not known", "firebase.json", FIREBASE("/!(a)"), GET "/b",
      "unknown" },
    { "6 firebase: ... of the whole pattern neither", "firebase.json", FIREBASE("!/a"), GET "/b",
      "unknown" },
    { "6 firebase: a slash at the end of the path", "firebase.json", FIREBASE("/@(a|b)"), GET "/a/",
      SENT },
    { "6 firebase: ... of the pattern", "firebase.json", FIREBASE("/a/"), GET "/a", "200" },
    { "6 firebase: two slashes are one", "firebase.json", FIREBASE("{,a}/b"), GET "/b", SENT },
    { "6 firebase: glob", "firebase.json",
      "{\"hosting\":{\"headers\":[{\"glob\":\"/a\",\"headers\":[{\"key\":"
      "\"Access-Control-Allow-Origin\",\"value\":\"https://a.test\"}]}]}}",
      GET "/a", SENT },
    { "6 firebase: regex is a search", "firebase.json",
      "{\"hosting\":{\"headers\":[{\"regex\":\"b\",\"headers\":[{\"key\":"
      "\"Access-Control-Allow-Origin\",\"value\":\"https://a.test\"}]}]}}",
      GET "/abc", SENT },
    { "6 firebase: the last match wins", "firebase.json",
      F(RULE("/a", "", "*") "," RULE("**", "", "https://a.test")), GET "/a", SENT },
    { "13 firebase: OPTIONS is not documented", "firebase.json", FIREBASE("/a"),
      "OPTIONS https://site.test/a", "unknown" },
    // _headers
    { "13 nobody says who reads it: all agree", "_headers", "/*\n " A_ORIGIN, GET "/b",
      "200 " ACAO "https://a.test" },
    { "13 nobody says who reads it", "_headers", "/a\n " A_ORIGIN, GET "/b", "unknown" },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

// What the host refuses is said, at its place.
START_TEST(test_refused)
{
    static const struct dialect_row refused[] = {
        { "", "vercel.json", VERCEL("/a("), "", "" },
        { "", "vercel.json", VERCEL("/:a((b))"), "", "" },
        { "", "vercel.json", VERCEL("*"), "", "" },
        { "", "vercel.json", V(RULE("/a", HAS("has", ORIGIN("\"(\"")), "*")), "", "" },
        { "", "vercel.json", "{\"headers\":{}}", "", "" },
        { "", "firebase.json", F("{\"headers\":[]}"), "", "" },
        { "", "firebase.json", F("{\"source\":\"a\",\"regex\":\"b\",\"headers\":[]}"), "", "" },
        { "", "firebase.json", F("{\"regex\":\"(\",\"headers\":[]}"), "", "" },
        { "", "app.yaml", HANDLERS(SCRIPT("/.*") MAP), "", "" },
        { "", "app.yaml", HANDLERS(STATIC("/(")), "", "" },
        { "", "app.yaml", HANDLERS(STATIC("/a") "  http_headers: a\n"), "", "" },
        { "", "customHttp.yml", "customHeaders:\n- headers: []\n", "", "" },
        { "", "render.yaml", RENDER("  - path: /*\n"), "", "" },
        { "", "app.yaml", ONE("exact: a, prefix: b", ""), "", "" },
        { "", "app.yaml", ONE("regex: '('", ""), "", "" },
        { "", "app.yaml", ONE("exact: a", ", max_age: 5"), "", "" },
        { "", "app.yaml", ONE("exact: a", ", allow_methods: GET"), "", "" },
    };
    ck_assert(dialect_row_refused(&refused[_i], "the host of the site refuses this"));
}
END_TEST

// Which origins a page needs to have to read the answers of an app spec, for certain and perhaps.
static const struct {
    const char *what, *text, *origin;
    bool must, may;
} origins[] = {
    { "7 exact", ONE("exact: 'https://a.test'", ""), "https://a.test", true, true },
    { "7 exact: no other", ONE("exact: 'https://a.test'", ""), "https://b.test", false, false },
    { "7 prefix", ONE("prefix: 'https://a.test'", ""), "https://a.test.evil.test", true, true },
    { "7 regex: the whole", ONE("regex: '^https://[a-z]+\\.test$'", ""), "https://a.test", true,
      true },
    { "7 regex: anchoring is open", ONE("regex: '^.*a.test'", ""), "https://a.test.evil", false,
      true },
    { "7 regex: ... and not in front here", ONE("regex: '^.*a.test'", ""), "https://evila.test",
      true, true },
    { "13 exact *: open", ONE("exact: '*'", ""), "https://a.test", false, true },
};

START_TEST(test_origins)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct model *model = model_new(run);
    struct dialect_row row = { .path = "app.yaml", .text = origins[_i].text };
    struct source *source = source_new(run, files_new(arena), &dialect_source_ops, STR("s"), &row);
    struct dialect_result result = { 0 };
    const struct dialect_options none = { 0 };
    ck_assert(dialect_load(model, source, &none, NULL, 0, &result));
    bool may = false, must = true;
    for (uint32_t e = 0; e < result.policy->endpoint_count; e++)
        for (uint32_t c = 0; c < result.policy->endpoints[e]->cell_count; c++) {
            const struct cell *cell = &result.policy->endpoints[e]->cells[c];
            const struct fa *word = fa_literal(model->fa, str_from(origins[_i].origin));
            const struct fa *get = fa_literal(model->fa, STR("GET"));
            const struct box *box = box_with(model, cell->box, model->origin, word);
            bool echoes = false;
            box = box ? box_with(model, box, model->method, get) : NULL;
            for (uint32_t i = 0; box && i < cell->response->op_count; i++)
                echoes |= str_is_nocase(cell->response->ops[i].name, "access-control-allow-origin");
            may |= box && echoes;
            must &= !box || echoes;
        }
    ck_assert_msg(may == origins[_i].may && must == origins[_i].must, "%s: must %d, may %d",
                  origins[_i].what, must, may);
    arena_free(arena);
}
END_TEST

// Sites have thousands of redirects; the last one counts as much as the first.
START_TEST(test_many_redirects)
{
    static const char *const requests[] = { GET "/r0", GET "/r500", GET "/r999", GET "/s/7/x",
                                            GET "/other" };
    static const char *const answers[] = { "308", "307", "307", "308", SENT };
    struct arena *arena = arena_new();
    struct buf text = { .arena = arena };
    buf_add_text(&text, "{\"redirects\":[");
    for (int i = 0; i < 1000; i++)
        buf_addf(&text,
                 "{\"source\":\"/r%d\",\"destination\":\"/b\",\"permanent\":%s},"
                 "{\"source\":\"/s/%d/:x*\",\"destination\":\"/b\"},",
                 i, i < 500 ? "true" : "false", i);
    text.len--;
    buf_addf(&text, "],\"headers\":[%s]}", RULE("/(.*)", "", "https://a.test"));
    buf_add_char(&text, 0);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const struct dialect_row row = { "many redirects", "vercel.json", buf_str(&text).ptr,
                                         requests[i], answers[i] };
        dialect_row_check(&row, NULL);
    }
    arena_free(arena);
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
    tcase_add_loop_test(table, test_origins, 0, (int)(sizeof origins / sizeof *origins));
    tcase_add_loop_test(table, test_refused, 0, 17);
    tcase_add_test(table, test_many_redirects);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
