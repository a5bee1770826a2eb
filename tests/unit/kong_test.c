// Kong's cors plugin and routes, statement by statement of reference/gateways.md section 3.
#include "unit/case_table.h"

#define TOP "_format_version: '3.0'\n"
#define SERVICE "services: [{name: s, url: 'http://s', routes: [{name: r, paths: [/]}]}]\n"
// A cors plugin of everything, with that configuration.
#define CORS(config) TOP SERVICE "plugins: [{name: cors, config: {" config "}}]\n"
#define URL "https://k.test/x "
#define GET "GET " URL
#define PF "OPTIONS " URL "Access-Control-Request-Method=PUT "
#define UP "upstream http://s"
#define NINE "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"
#define TWO "origins: ['https://a.test', 'https://b.test']"
#define LIST(entry) CORS("origins: ['https://z.test', '" entry "']")
#define HIT(origin) UP " vary=Origin acao=" origin
#define MISS UP " vary=Origin"

static const struct case_row field_rows[] = {
    { "3.1 origins unset: any", CORS(""), GET "Origin=https://x.test", UP " acao=*" },
    { "3.1 origins []: any", CORS("origins: []"), GET "Origin=https://x.test", UP " acao=*" },
    { "3.1 origins null: any", CORS("origins: ~"), GET "", UP " acao=*" },
    { "3.1 no config at all", TOP SERVICE "plugins: [{name: cors}]\n", GET "", UP " acao=*" },
    { "3.1 methods: nine by default", CORS(""), PF "Origin=https://x.test",
      "200 acao=* acam=" NINE },
    { "3.1 methods null: the same nine", CORS("methods: ~"), PF "Origin=https://x.test",
      "200 acao=* acam=" NINE },
    { "3.1 methods joined", CORS("methods: [GET, PUT]"), PF "Origin=https://x.test",
      "200 acao=* acam=GET,PUT" },
    { "3.1 methods []: an empty header", CORS("methods: []"), PF "Origin=https://x.test",
      "200 acao=*" },
    { "3.1 headers unset: what is asked for", CORS(""),
      PF "Origin=https://x.test Access-Control-Request-Headers=x-a,x-b",
      "200 acao=* acah=x-a,x-b acam=" NINE },
    { "3.1 headers [] as well", CORS("headers: []"),
      PF "Origin=https://x.test Access-Control-Request-Headers=x-a",
      "200 acao=* acah=x-a acam=" NINE },
    { "3.1 headers joined without a blank", CORS("headers: [X-A, X-B]"), PF "Origin=https://x.test",
      "200 acao=* acah=X-A,X-B acam=" NINE },
    { "3.1 headers *", CORS("headers: ['*']"),
      PF "Origin=https://x.test Access-Control-Request-Headers=x-a",
      "200 acao=* acah=* acam=" NINE },
    { "3.1 exposed_headers on answers", CORS("exposed_headers: [X-A, X-B]"),
      GET "Origin=https://x.test", UP " acao=* aceh=X-A,X-B" },
    { "3.1 exposed_headers not on preflights", CORS("exposed_headers: [X-A]"),
      PF "Origin=https://x.test", "200 acao=* acam=" NINE },
    { "3.1 max_age", CORS("max_age: 600"), PF "Origin=https://x.test",
      "200 acao=* acam=" NINE " acma=600" },
    { "3.1 max_age 0 is sent", CORS("max_age: 0"), PF "Origin=https://x.test",
      "200 acao=* acam=" NINE " acma=0" },
    { "3.1 max_age with a fraction is sent as it is", CORS("max_age: 1.5"),
      PF "Origin=https://x.test", "200 acao=* acam=" NINE " acma=1.5" },
    { "3.1 max_age below 0 is not refused", CORS("max_age: -1"), PF "Origin=https://x.test",
      "200 acao=* acam=" NINE " acma=-1" },
    { "3.1 preflight_continue: passed on, nothing added", CORS("preflight_continue: true"),
      PF "Origin=https://x.test upstream:Access-Control-Allow-Origin=up", UP " acao=up" },
    { "3.1 preflight_continue leaves answers alone", CORS("preflight_continue: true"),
      GET "Origin=https://x.test", UP " acao=*" },
    { "3.1 allow_origin_absent false: nothing without an origin",
      CORS("origins: ['https://a.test'], allow_origin_absent: false"), GET "", UP },
    { "3.1 ... with one as ever", CORS("origins: ['https://a.test'], allow_origin_absent: false"),
      GET "Origin=https://x.test", UP " vary=Origin acao=https://a.test" },
    { "3.1 a plugin that is off is not there",
      TOP SERVICE "plugins: [{name: cors, enabled: false}]\n", GET "Origin=https://x.test", UP },
    { "3.1 _plugin_configs fills in",
      TOP SERVICE "_plugin_configs: {c: {origins: ['https://a.test'], credentials: true}}\n"
                  "plugins: [{name: cors, _config: c, config: {credentials: false}}]\n",
      GET "Origin=https://x.test", UP " vary=Origin acao=https://a.test" },
};

#define SCOPES(route, service, all)                                                                \
    TOP "services:\n- {name: s, url: 'http://s', plugins: [" service                               \
        "], routes: [{name: r, paths: [/], plugins: [" route "]}]}\nplugins: [" all "]\n"
#define PLUGIN(origin) "{name: cors, config: {origins: ['https://" origin "']}}"

static const struct case_row scope_rows[] = {
    { "3.2 of everything", SCOPES("", "", PLUGIN("all.test")), GET "", HIT("https://all.test") },
    { "3.2 of a service before that of everything",
      SCOPES("", PLUGIN("s.test"), PLUGIN("all.test")), GET "", HIT("https://s.test") },
    { "3.2 of a route before that of a service",
      SCOPES(PLUGIN("r.test"), PLUGIN("s.test"), PLUGIN("all.test")), GET "",
      HIT("https://r.test") },
    { "3.2 no merging: a route's methods alone reset origins to any",
      SCOPES("{name: cors, config: {methods: [GET]}}", "", PLUGIN("all.test")), GET "",
      UP " acao=*" },
    { "3.2 a plugin that is off lets the next one apply",
      SCOPES("{name: cors, enabled: false}", PLUGIN("s.test"), ""), GET "", HIT("https://s.test") },
    { "3.2 by reference to a service's name",
      TOP SERVICE "plugins: [{name: cors, service: s, config: {origins: ['https://s.test']}}]\n",
      GET "", HIT("https://s.test") },
    { "3.2 by reference to a route's id, as deck writes it",
      TOP "services: [{name: s, url: 'http://s'}]\n"
          "routes: [{id: '7', name: r, paths: [/], service: {name: s}}]\n"
          "plugins: [{name: cors, route: {id: '7'}, config: {origins: ['https://r.test']}}]\n",
      GET "", HIT("https://r.test") },
    { "3.2 of a route and its service before that of the route",
      TOP SERVICE "plugins:\n- {name: cors, route: r, config: {origins: ['https://r.test']}}\n"
                  "- {name: cors, route: r, service: s, config: {origins: ['https://rs.test']}}\n",
      GET "", HIT("https://rs.test") },
    { "3.2 a route without OPTIONS answers no preflight",
      TOP
      "services: [{name: s, url: 'http://s', routes: [{name: r, paths: [/], methods: [GET]}]}]\n"
      "plugins: [{name: cors, route: r}]\n",
      PF "Origin=https://x.test", "404" },
    { "3.2 what no route matches carries the headers of everything's plugin",
      TOP "services: [{name: s, url: 'http://s', routes: [{name: r, paths: [/v1]}]}]\n"
          "plugins: [{name: cors, config: {origins: ['https://a.test']}}]\n",
      GET "Origin=https://x.test", "404 vary=Origin acao=https://a.test" },
    { "3.2 ... its preflight is 404, too",
      TOP "services: [{name: s, url: 'http://s', routes: [{name: r, paths: [/v1]}]}]\n"
          "plugins: [{name: cors}]\n",
      PF "Origin=https://x.test", "404 acao=*" },
};

static const struct case_row origin_rows[] = {
    { "3.3.1 * alone", CORS("origins: ['*']"), GET "", UP " acao=*" },
    { "3.3.2 Vary is set on a preflight", CORS(TWO), PF "Origin=https://x.test",
      "200 vary=Origin acam=" NINE },
    { "3.3.2 ... and appended to the upstream's", CORS(TWO),
      GET "Origin=https://x.test upstream:Vary=Accept", UP " vary=Accept vary=Origin" },
    { "3.3.3 one literal is sent to everybody", CORS("origins: ['https://a.test/']"),
      GET "Origin=https://x.test", HIT("https://a.test/") },
    { "3.3.3 also without an origin", CORS("origins: [a.test]"), GET "", HIT("a.test") },
    { "3.3.4 a listed origin", CORS(TWO), GET "Origin=https://b.test", HIT("https://b.test") },
    { "3.3.4 none of them", CORS(TWO), GET "Origin=https://x.test", MISS },
    { "3.3.4 case counts", CORS(TWO), GET "Origin=https://B.test", MISS },
    { "3.3.4 * anywhere: any", CORS("origins: ['https://a.test', '*']"),
      GET "Origin=https://x.test", UP " vary=Origin acao=*" },
    { "3.3.4 a default port, a path and a slash are forgiven in a list",
      LIST("https://a.test:443/p/"), GET "Origin=https://a.test", HIT("https://a.test") },
    { "3.3.4 another port is not", LIST("https://a.test:8443"), GET "Origin=https://a.test", MISS },
    { "3.3.4 a host without a scheme matches no browser's origin", LIST("a.test"),
      GET "Origin=https://a.test", MISS },
    { "3.3.4 an expression without : sees the host", LIST("^.*[.]a[.]test$"),
      GET "Origin=ftp://x.a.test:99", HIT("ftp://x.a.test:99") },
    { "3.3.4 an expression with : sees all of it", LIST("https://.*[.]a[.]test"),
      GET "Origin=http://x.a.test", MISS },
    { "3.3.4 ... the port included", LIST("https://.*[.]a[.]test"),
      GET "Origin=https://x.a.test:99", MISS },
    { "3.3.4 anchored in front", LIST("a[.]test"), GET "Origin=https://x-a.test", MISS },
    { "3.3.4 a $ is appended", LIST("a[.]test"), GET "Origin=https://a.test.evil.test", MISS },
    { "3.3.4 ... to the last alternative only", LIST("https://a\\.test|https://b\\.test"),
      GET "Origin=https://a.test.evil.test", HIT("https://a.test.evil.test") },
    { "3.3.4 the last one ends", LIST("https://a\\.test|https://b\\.test"),
      GET "Origin=https://b.test.evil.test", MISS },
    { "3.3.4 (?: has a colon", LIST("(?:.*\\.)?example\\.com"), GET "Origin=https://x.example.com",
      HIT("https://x.example.com") },
    { "3.3.4 ... so that the bare domain fails", LIST("(?:.*\\.)?example\\.com"),
      GET "Origin=https://example.com", MISS },
    { "3.3.4 ... and a port", LIST("(?:.*\\.)?example\\.com"),
      GET "Origin=https://x.example.com:99", MISS },
    { "3.3.4 without it the host is seen", LIST("(.*\\.)?example\\.com"),
      GET "Origin=https://example.com:99", HIT("https://example.com:99") },
    { "3.3.4 a glob is an expression", CORS("origins: ['https://*.example.com']"),
      GET "Origin=https://xexample.com", HIT("https://xexample.com") },
    { "3.3.4 ... which the domain matches", CORS("origins: ['https://*.example.com']"),
      GET "Origin=https://example.com", HIT("https://example.com") },
    { "3.3.4 ... and no name below it", CORS("origins: ['https://*.example.com']"),
      GET "Origin=https://app.example.com", MISS },
    { "3.3.4 _ makes an expression, dots stand for anything", LIST("https://a_b.test"),
      GET "Origin=https://a_bxtest", HIT("https://a_bxtest") },
    { "3.3.4 an address in brackets loses them", LIST("http://.*:3000"),
      GET "Origin=http://[::1]:3000", HIT("http://::1:3000") },
    { "3.3.4 ... by host, too", LIST("^.*1$"), GET "Origin=http://[::1]:3000",
      HIT("http://::1:3000") },
    { "3.3.5 no origin: removed, the upstream's as well", CORS(TWO),
      GET "upstream:Access-Control-Allow-Origin=up", MISS },
    { "3.3.5 no match: the same", CORS(TWO),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Origin=up", MISS },
    { "3.3 null in a list", LIST("null"), GET "Origin=null", HIT("null") },
    { "3.3 null by an expression for hosts", LIST("^n.*$"), GET "Origin=null", HIT("null") },
    { "3.3 credentials on every response", CORS(TWO ", credentials: true"),
      GET "Origin=https://x.test", MISS " acac=true" },
    { "3.3 ... without an origin", CORS(TWO ", credentials: true"), GET "", MISS " acac=true" },
    { "3.3 credentials and any origin: an echo", CORS("credentials: true"),
      GET "Origin=https://x.test", UP " acao=https://x.test vary=Origin acac=true" },
    { "3.3 ... of the origin as sent", CORS("credentials: true"), GET "Origin=https://x.test:443",
      UP " acao=https://x.test:443 vary=Origin acac=true" },
    { "3.3 ... * without an origin", CORS("credentials: true"), GET "", UP " acao=*" },
    { "15 nor is a placeholder", CORS("origins: ['https://a.test', '${O}']"),
      PF "Origin=https://x.test", "unknown: an origin of the plugin is not known: ${O}" },
};

static const struct case_row response_rows[] = {
    { "3.4 a preflight of a listed origin",
      CORS(TWO ", credentials: true, methods: [PUT], headers: [X-A], max_age: 5"),
      PF "Origin=https://a.test",
      "200 vary=Origin acao=https://a.test acac=true acah=X-A acam=PUT acma=5" },
    { "3.4 of another: 200 all the same, without Access-Control-Allow-Origin",
      CORS(TWO ", methods: [PUT]"), PF "Origin=https://x.test", "200 vary=Origin acam=PUT" },
    { "3.4 without Origin it is no preflight", CORS(""), PF "", UP " acao=*" },
    { "3.4 OPTIONS without a method asked for is no preflight", CORS(TWO),
      "OPTIONS " URL "Origin=https://a.test", HIT("https://a.test") },
    { "3.4 an upstream's error carries the headers", CORS(""),
      GET "Origin=https://x.test upstream=502", UP " acao=*" },
    { "3.4 the upstream's origin is overwritten", CORS(""),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Origin=up", UP " acao=*" },
    { "3.4 its credentials and methods survive", CORS(""),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Credentials=true "
          "upstream:Access-Control-Allow-Methods=PUT",
      UP " acac=true acam=PUT acao=*" },
    { "3.4 ... unless Kong sets them", CORS("credentials: true, exposed_headers: [x-b]"),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Credentials=no "
          "upstream:Access-Control-Expose-Headers=x-a",
      UP " acac=true aceh=x-b acao=https://x.test vary=Origin" },
};

// What is not known says so.
static const struct dialect_row unknown_rows[] = {
    { "3.2 another plugin that speaks of CORS headers is not modelled", "kong.yaml",
      TOP SERVICE "plugins: [{name: response-transformer, config: {add: {headers: "
                  "['Access-Control-Allow-Origin:*']}}}]\n",
      GET "Origin=https://x.test", "unknown" },
    { "3.2 ... on Kong's own answers, too", "kong.yaml",
      TOP SERVICE "plugins: [{name: cors}, {name: response-transformer, config: {add: {headers: "
                  "['Access-Control-Allow-Origin:*']}}}]\n",
      PF "Origin=https://x.test", "unknown" },
    { "15 a reference to a vault is not known", "kong.yaml", CORS("origins: ['{vault://env/o}']"),
      GET "Origin=https://x.test", "unknown" },
    { "3.3 what no browser sends is not modelled", "kong.yaml", CORS(TWO),
      GET "Origin=https://u@a.test", "unknown" },
};

// Routes a to z of one service each; which one is asked is the answer.
#define ROUTES(list)                                                                               \
    TOP "routes: [" list "]\nservices: [{name: a, url: 'http://a'}, {name: b, url: 'http://b'}]\n"
#define ROUTE(name, rest) "{name: " name ", service: " name ", " rest "}"

static const struct case_row route_rows[] = {
    { "a longer prefix first", ROUTES(ROUTE("a", "paths: [/]") "," ROUTE("b", "paths: [/x]")),
      GET "", "upstream http://b" },
    { "a prefix is of text, not of segments",
      ROUTES(ROUTE("a", "paths: [/]") "," ROUTE("b", "paths: [/x]")), "GET https://k.test/xy",
      "upstream http://b" },
    { "more kinds of conditions before a longer path",
      ROUTES(ROUTE("a", "paths: [/], methods: [GET]") "," ROUTE("b", "paths: [/x]")), GET "",
      "upstream http://a" },
    { "what the better one does not match is the next one's",
      ROUTES(ROUTE("a", "paths: [/], methods: [GET]") "," ROUTE("b", "paths: [/x]")),
      "PUT https://k.test/x", "upstream http://b" },
    { "an expression before a prefix",
      ROUTES(ROUTE("a", "paths: ['~/x$']") "," ROUTE("b", "paths: [/x]")), GET "",
      "upstream http://a" },
    { "... where it matches", ROUTES(ROUTE("a", "paths: ['~/x$']") "," ROUTE("b", "paths: [/x]")),
      "GET https://k.test/x/y", "upstream http://b" },
    { "a greater regex_priority first",
      ROUTES(ROUTE("a", "paths: ['~/x']") "," ROUTE("b", "paths: ['~/[xy]'], regex_priority: 1")),
      GET "", "upstream http://b" },
    { "a plain host before a wildcard",
      ROUTES(ROUTE("a", "hosts: ['*.test']") "," ROUTE("b", "hosts: [k.test]")), GET "",
      "upstream http://b" },
    { "a wildcard", ROUTES(ROUTE("a", "hosts: ['*.test']") "," ROUTE("b", "hosts: [k.test]")),
      "GET https://l.m.test/", "upstream http://a" },
    { "a wildcard at the end", ROUTES(ROUTE("a", "hosts: ['k.*']")), "GET https://k.test/",
      "upstream http://a" },
    { "a host with a port", ROUTES(ROUTE("a", "hosts: ['k.test:8443']")),
      "GET https://k.test:8443/", "upstream http://a" },
    { "... at that port only", ROUTES(ROUTE("a", "hosts: ['k.test:8443']")), "GET https://k.test/",
      "404" },
    { "headers",
      ROUTES(ROUTE("a", "paths: [/], headers: {x-v: ['1', two]}") "," ROUTE("b", "paths: [/]")),
      GET "X-V=TWO", "upstream http://a" },
    { "... not fitting",
      ROUTES(ROUTE("a", "paths: [/], headers: {x-v: ['1']}") "," ROUTE("b", "paths: [/]")),
      GET "X-V=2", "upstream http://b" },
    { "only https: 426 over http", ROUTES(ROUTE("a", "paths: [/], protocols: [https]")),
      "GET http://k.test/x", "426" },
    { "streams are no pages' affair",
      ROUTES(ROUTE("a", "protocols: [tcp], destinations: [{port: 1}]")), GET "", "" },
    { "an expression of routes is not known",
      ROUTES(ROUTE("a", "expression: 'http.path ^= \"/\"'")), GET "",
      "[not the route's expression holds] 404 | [the route's expression holds] upstream http://a" },
    { "two of one rank: Kong's order of ids",
      ROUTES(ROUTE("a", "paths: [/x]") "," ROUTE("b", "paths: [/x]")), GET "",
      "[not which of two routes of the same rank Kong asks first] upstream http://b | "
      "[which of two routes of the same rank Kong asks first] upstream http://a" },
    { "two of one rank that no request shares",
      ROUTES(
          ROUTE("a", "paths: [/x], methods: [GET]") "," ROUTE("b", "paths: [/x], methods: [PUT]")),
      GET "", "upstream http://a" },
    { "before 3.0 a path is an expression when it looks like one",
      "_format_version: '2.1'\nservices: [{name: s, url: 'http://s', routes: [{paths: "
      "['/x|/y$']}]}]\n",
      "GET https://k.test/y", UP },
    { "1.1, JSON",
      "{\"_format_version\": \"1.1\", \"services\": [{\"name\": \"s\", \"host\": \"h\", "
      "\"port\": 81, \"routes\": [{\"paths\": [\"/\"]}]}], \"plugins\": [{\"name\": \"cors\"}]}",
      GET "Origin=https://x.test", "upstream http://h:81 acao=*" },
    { "a service that is off has no routes",
      TOP "services: [{name: s, url: 'http://s', enabled: false, routes: [{paths: [/]}]}]\n",
      GET "", "" },
};

static const struct said_row said_rows[] = {
    { "nothing to say", CORS(TWO), NULL, NULL },
    { "3.1 *.example.com is refused", CORS("origins: ['*.example.com']"), "CG901",
      "no regular expression" },
    { "3.1 https://*.example.com is not", CORS("origins: ['https://*.example.com']"), NULL, NULL },
    { "3.1 another method", CORS("methods: [get]"), "CG901", "\"get\" is none of the methods" },
    { "3.1 no consumer scope", TOP SERVICE "plugins: [{name: cors, consumer: c}]\n", "CG901",
      "cannot be that of a consumer" },
    { "3.1 a field that the plugin does not have", CORS("origin: ['https://a.test']"), "CG901",
      "did you mean origins?" },
    { "3.1 a text for a list", CORS("origins: 'https://a.test'"), "CG901", "not a list" },
    { "3.1 a text for a truth", CORS("credentials: 'true'"), "CG901", "not true or false" },
    { "3.1 a text for a number", CORS("max_age: '600'"), "CG901", "not a number" },
    { "1.5 null without quotes is no text", CORS("origins: [null, 'https://a.test']"), "CG901",
      "is nothing, not a text" },
    { "3.3.4 a host in a list", LIST("a.test"), "CG507", "no scheme" },
    { "a service that is not there", TOP "routes: [{name: r, paths: [/], service: t}]\n", "CG908",
      "no service \"t\"" },
    { "a route that is not there", TOP SERVICE "plugins: [{name: cors, route: {name: q}}]\n",
      "CG908", "no route \"q\"" },
    { "a plugin's service that is not there", TOP SERVICE "plugins: [{name: cors, service: q}]\n",
      "CG908", "no service \"q\"" },
    { "a route that is no map", TOP "routes: [x]\n", "CG901", "a route is a text, not a map" },
    { "a path that begins with nothing", TOP "routes: [{paths: [x]}]\n", "CG901", "begins with /" },
};

#define EACH(rows, check, ...)                                                                     \
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)                                        \
    check(&rows[i], __VA_ARGS__)

START_TEST(fields)
{
    EACH(field_rows, case_row_check, "kong.yaml");
}
END_TEST

START_TEST(scopes)
{
    EACH(scope_rows, case_row_check, "kong.yaml");
}
END_TEST

START_TEST(origins)
{
    EACH(origin_rows, case_row_check, "kong.yaml");
}
END_TEST

START_TEST(responses)
{
    EACH(response_rows, case_row_check, "kong.yaml");
}
END_TEST

START_TEST(unknown)
{
    for (size_t i = 0; i < sizeof unknown_rows / sizeof *unknown_rows; i++)
        dialect_row_check(&unknown_rows[i], NULL);
}
END_TEST

START_TEST(routes)
{
    EACH(route_rows, case_row_check, "kong.yaml");
}
END_TEST

START_TEST(said)
{
    EACH(said_rows, said_row_check, "kong.yaml");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { fields, scopes, origins, responses, unknown, routes, said };
    return check_main(check_suite("kong", tests, sizeof tests / sizeof *tests));
}
