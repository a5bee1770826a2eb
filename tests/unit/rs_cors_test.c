// KrakenD and Tyk on rs/cors, statement by statement of reference/gateways.md section 5.
#include "unit/case_table.h"

#define KRAKEND(config)                                                                            \
    "{\"version\": 3, \"endpoints\": [{\"endpoint\": \"/x\", \"backend\": [{\"host\": "            \
    "[\"http://b\"], \"url_pattern\": \"/\"}]}, {\"endpoint\": \"/raw\", \"output_encoding\": "    \
    "\"no-op\", \"backend\": [{\"host\": [\"http://b\"], \"url_pattern\": \"/\"}]}], "             \
    "\"extra_config\": {\"security/cors\": {" config "}}}"
#define TYK(config)                                                                                \
    "{\"name\": \"n\", \"api_id\": \"1\", \"proxy\": {\"listen_path\": \"/\", \"target_url\": "    \
    "\"http://t\"}, \"CORS\": {\"enable\": true" config "}}"
#define OAS(config)                                                                                \
    "{\"openapi\": \"3.0.3\", \"x-tyk-api-gateway\": {\"info\": {\"name\": \"n\"}, \"upstream\": " \
    "{\"url\": \"http://t\"}, \"server\": {\"listenPath\": {\"value\": \"/\"}}, \"middleware\": "  \
    "{\"global\": {\"cors\": {" config "}}}}}"
#define URL "https://k.test/x "
#define GET "GET " URL
#define PF "OPTIONS " URL "Access-Control-Request-Method=GET "
#define ASKS(names) PF "Origin=https://x.test Access-Control-Request-Headers=" names
#define T "upstream http://t"
#define B "upstream http://b"
#define VARY "vary=Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
#define ORIGIN(text) TYK(", \"allowed_origins\": [\"" text "\"]")
#define HIT(origin) T " vary=Origin acao=" origin
#define MISS T " vary=Origin"

static const struct case_row engine_rows[] = {
    { "5 origins in any case", ORIGIN("https://A.test"), GET "Origin=https://a.TEST",
      HIT("https://a.TEST") },
    { "5 * anywhere: any, as *", TYK(", \"allowed_origins\": [\"https://a.test\", \"*\"]"),
      GET "Origin=https://x.test", HIT("*") },
    { "5 a star stands for anything", ORIGIN("https://*.a.test"), GET "Origin=https://b.c.a.test",
      HIT("https://b.c.a.test") },
    { "5 ... or nothing", ORIGIN("https://a*.test"), GET "Origin=https://a.test",
      HIT("https://a.test") },
    { "5 before and behind do not overlap", ORIGIN("https://aa*aa.test"),
      GET "Origin=https://aaa.test", MISS },
    { "5 another star is only a star", ORIGIN("https://*.*.test"), GET "Origin=https://a.b.test",
      MISS },
    { "5 https://* is all https", ORIGIN("https://*"), GET "Origin=https://x.test:99",
      HIT("https://x.test:99") },
    { "5 https://* is no http", ORIGIN("https://*"), GET "Origin=http://x.test", MISS },
    { "5 a star at the end", ORIGIN("https://app.example.*"),
      GET "Origin=https://app.example.evil.test", HIT("https://app.example.evil.test") },
    { "5 *example.com", ORIGIN("*example.com"), GET "Origin=https://evilexample.com",
      HIT("https://evilexample.com") },
    { "5 *.example.com accepts http", ORIGIN("*.example.com"), GET "Origin=http://a.example.com",
      HIT("http://a.example.com") },
    { "5 ... without a port", ORIGIN("*.example.com"), GET "Origin=http://a.example.com:99", MISS },
    { "5 * with credentials stays *", TYK(", \"allow_credentials\": true"),
      GET "Origin=https://x.test", T " vary=Origin acao=* acac=true" },
    { "5 a preflight", TYK(""), ASKS("content-type"),
      "204 " VARY " acao=* acam=GET acah=content-type" },
    { "5 ... without an origin: no headers", TYK(""), PF, "204 " VARY },
    { "5 ... of an origin that is refused", ORIGIN("https://a.test"), PF "Origin=https://x.test",
      "204 " VARY },
    { "5 ... for a method that is refused", TYK(""),
      "OPTIONS " URL "Origin=https://x.test Access-Control-Request-Method=PUT", "204 " VARY },
    { "5 ... for a header that is refused", TYK(""), ASKS("x-a"), "204 " VARY },
    { "5 only the method that is asked for", TYK(", \"allowed_methods\": [\"GET\", \"PUT\"]"),
      PF "Origin=https://x.test", "204 " VARY " acao=* acam=GET" },
    { "5 OPTIONS always passes", TYK(""),
      "OPTIONS " URL "Origin=https://x.test Access-Control-Request-Method=OPTIONS",
      "204 " VARY " acao=* acam=OPTIONS" },
    { "5 methods in their case", TYK(", \"allowed_methods\": [\"get\"]"),
      PF "Origin=https://x.test", "204 " VARY },
    { "5 a method that is not listed gets nothing on its answer", TYK(""),
      "PUT " URL "Origin=https://x.test", MISS },
    { "5 headers in any case of the configuration", TYK(", \"allowed_headers\": [\"X-A\"]"),
      ASKS("x-a"), "204 " VARY " acao=* acam=GET acah=x-a" },
    { "5 ... not of the request", TYK(", \"allowed_headers\": [\"X-A\"]"), ASKS("X-A"),
      "204 " VARY },
    { "5 headers in order", TYK(", \"allowed_headers\": [\"x-b\", \"x-a\"]"), ASKS("x-a,x-b"),
      "204 " VARY " acao=* acam=GET acah=x-a,x-b" },
    { "5 ... not out of it", TYK(", \"allowed_headers\": [\"x-b\", \"x-a\"]"), ASKS("x-b,x-a"),
      "204 " VARY },
    { "5 each once", TYK(", \"allowed_headers\": [\"x-a\"]"), ASKS("x-a,x-a"), "204 " VARY },
    { "5 with a blank between", TYK(", \"allowed_headers\": [\"x-a\", \"x-b\"]"), ASKS("x-a,+x-b"),
      "204 " VARY " acao=* acam=GET acah=x-a, x-b" },
    { "5 not with two", TYK(", \"allowed_headers\": [\"x-a\", \"x-b\"]"), ASKS("x-a,++x-b"),
      "204 " VARY },
    { "5 empty ones are passed over", TYK(", \"allowed_headers\": [\"x-a\", \"x-b\"]"),
      ASKS(",x-a,,+,x-b,"), "204 " VARY " acao=* acam=GET acah=,x-a,, ,x-b," },
    { "5 sixteen of them", TYK(", \"allowed_headers\": [\"x-a\"]"), ASKS(",,,,,,,,,,,,,,,,x-a"),
      "204 " VARY " acao=* acam=GET acah=,,,,,,,,,,,,,,,,x-a" },
    { "5 not more", TYK(", \"allowed_headers\": [\"x-a\"]"), ASKS(",,,,,,,,,,,,,,,,,x-a"),
      "204 " VARY },
    { "5 * for headers", TYK(", \"allowed_headers\": [\"*\"]"), ASKS("X-Z,x-a"),
      "204 " VARY " acao=* acam=GET acah=X-Z,x-a" },
    { "5 headers by default", TYK(""), ASKS("accept,content-type,x-requested-with"),
      "204 " VARY " acao=* acam=GET acah=accept,content-type,x-requested-with" },
    { "5 exposed headers", TYK(", \"exposed_headers\": [\"x-a\", \"ETag\"]"),
      GET "Origin=https://x.test", T " vary=Origin acao=* aceh=X-A, Etag" },
    { "5 nothing without an origin", TYK(", \"allow_credentials\": true"), GET, MISS },
    { "5 max_age", TYK(", \"max_age\": 60"), PF "Origin=https://x.test",
      "204 " VARY " acao=* acam=GET acma=60" },
    { "5 max_age 0 is not sent", TYK(", \"max_age\": 0"), PF "Origin=https://x.test",
      "204 " VARY " acao=* acam=GET" },
    { "5 max_age below 0 is sent as 0", TYK(", \"max_age\": -1"), PF "Origin=https://x.test",
      "204 " VARY " acao=* acam=GET acma=0" },
};

static const struct case_row krakend_rows[] = {
    { "5.1 {} allows any origin", KRAKEND(""), GET "Origin=https://x.test",
      B " vary=Origin acao=*" },
    { "5.1 any header", KRAKEND(""), ASKS("X-Z,x-a"), "204 " VARY " acao=* acam=GET acah=X-Z,x-a" },
    { "5.1 allow_origins [] is any", KRAKEND("\"allow_origins\": []"), GET "Origin=https://x.test",
      B " vary=Origin acao=*" },
    { "5.1 a text for a list is passed over: any origin",
      KRAKEND("\"allow_origins\": \"https://a.test\""), GET "Origin=https://x.test",
      B " vary=Origin acao=*" },
    { "5.1 items that are no texts are passed over",
      KRAKEND("\"allow_origins\": [1, \"https://a.test\"]"), GET "Origin=https://x.test",
      B " vary=Origin" },
    { "5.1 a text for allow_headers: any header", KRAKEND("\"allow_headers\": \"x-a\""),
      ASKS("x-z"), "204 " VARY " acao=* acam=GET acah=x-z" },
    { "5.1 methods are not put in capitals", KRAKEND("\"allow_methods\": [\"get\"]"),
      PF "Origin=https://x.test", "204 " VARY },
    { "5.1 expose_headers: none by default", KRAKEND(""), GET "Origin=https://x.test",
      B " vary=Origin acao=*" },
    { "5.1 \"true\" in quotes is passed over", KRAKEND("\"allow_credentials\": \"true\""),
      GET "Origin=https://x.test", B " vary=Origin acao=*" },
    { "5.1 a duration", KRAKEND("\"max_age\": \"1h30m\""), PF "Origin=https://x.test",
      "204 " VARY " acao=* acam=GET acma=5400" },
    { "5.1 no duration: no header", KRAKEND("\"max_age\": \"12\""), PF "Origin=https://x.test",
      "204 " VARY " acao=* acam=GET" },
    { "5.1 less than a second: no header", KRAKEND("\"max_age\": \"900ms\""),
      PF "Origin=https://x.test", "204 " VARY " acao=* acam=GET" },
    { "5.1 options_success_status", KRAKEND("\"options_success_status\": 200"),
      PF "Origin=https://x.test", "200 " VARY " acao=* acam=GET" },
    { "5.1 allow_private_network: one more to vary on", KRAKEND("\"allow_private_network\": true"),
      PF "Origin=https://x.test",
      "204 " VARY ", Access-Control-Request-Private-Network acao=* acam=GET" },
    { "5.1 headers on 404", KRAKEND(""), "GET https://k.test/y Origin=https://x.test",
      "404 vary=Origin acao=*" },
    { "5.1 headers on 405", KRAKEND(""), "POST " URL "Origin=https://x.test",
      "405 vary=Origin acao=*" },
    { "5.1 a preflight of what is not there", KRAKEND(""),
      "OPTIONS https://k.test/y Origin=https://x.test Access-Control-Request-Method=GET",
      "204 " VARY " acao=* acam=GET" },
    { "5.1 options_passthrough: the router answers, with the headers",
      KRAKEND("\"options_passthrough\": true"), PF "Origin=https://x.test",
      "405 " VARY " acao=* acam=GET" },
    { "5.1 a backend's headers do not reach the client", KRAKEND(""),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Origin=up",
      B " vary=Origin acao=*" },
    { "5.1 ... but by no-op, where both are sent", KRAKEND(""),
      "GET https://k.test/raw Origin=https://x.test upstream:Access-Control-Allow-Origin=up",
      B " acao=up vary=Origin acao=*" },
    { "5.1 the old name of the settings",
      "{\"version\": 2, \"endpoints\": [{\"endpoint\": \"/x\", \"backend\": [{\"host\": "
      "[\"http://b\"], \"url_pattern\": \"/\"}]}], \"extra_config\": "
      "{\"github_com/devopsfaith/krakend-cors\": {\"allow_origins\": [\"https://a.test\"]}}}",
      GET "Origin=https://a.test", B " vary=Origin acao=https://a.test" },
    { "5.1 none at all: no headers",
      "{\"version\": 3, \"endpoints\": [{\"endpoint\": \"/x\", \"backend\": [{\"host\": "
      "[\"http://b\"], \"url_pattern\": \"/\"}]}]}",
      GET "Origin=https://a.test upstream:Access-Control-Allow-Origin=up", B },
};

static const struct case_row tyk_rows[] = {
    { "5.2 off by default",
      "{\"name\": \"n\", \"api_id\": \"1\", \"proxy\": {\"listen_path\": \"/\", \"target_url\": "
      "\"http://t\"}, \"CORS\": {\"allowed_origins\": [\"*\"]}}",
      GET "Origin=https://x.test", T },
    { "5.2 empty lists: the package's defaults", TYK(", \"allowed_origins\": []"),
      GET "Origin=https://x.test", HIT("*") },
    { "5.2 OPTIONS that is no preflight ends here", TYK(""), "OPTIONS " URL "Origin=https://x.test",
      "200 vary=Origin acao=*" },
    { "5.2 options_passthrough: the upstream's headers", TYK(", \"options_passthrough\": true"),
      PF "Origin=https://x.test upstream:Access-Control-Allow-Origin=up", T " acao=up" },
    { "5.2 ... leaves answers alone", TYK(", \"options_passthrough\": true"),
      GET "Origin=https://x.test", HIT("*") },
    { "5.2 what Tyk has set replaces the upstream's", TYK(""),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Origin=up",
      T " acao=* vary=Origin" },
    { "5.2 an origin that is refused sees the upstream's", ORIGIN("https://a.test"),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Origin=up",
      T " acao=up vary=Origin" },
    { "5.2 the upstream's credentials pass", TYK(""),
      GET "Origin=https://x.test upstream:Access-Control-Allow-Credentials=true",
      T " acac=true vary=Origin acao=*" },
    { "5.2 OpenAPI",
      OAS("\"enabled\": true, \"allowedOrigins\": [\"https://a.test\"], "
          "\"allowCredentials\": true, \"exposedHeaders\": [\"x-a\"]"),
      GET "Origin=https://a.test", T " vary=Origin acao=https://a.test aceh=X-A acac=true" },
    { "5.2 OpenAPI, a preflight",
      OAS("\"enabled\": true, \"allowedMethods\": [\"GET\"], "
          "\"allowedHeaders\": [\"x-a\"], \"maxAge\": 9"),
      ASKS("x-a"), "204 " VARY " acao=* acam=GET acah=x-a acma=9" },
    { "5.2 OpenAPI, off", OAS("\"enabled\": false"), GET "Origin=https://a.test", T },
    { "5.2 a listen path",
      "{\"name\": \"n\", \"api_id\": \"1\", \"proxy\": {\"listen_path\": "
      "\"/v1/\", \"target_url\": \"http://t\"}, \"CORS\": {\"enable\": true}}",
      GET "Origin=https://a.test", "" },
    { "5.2 a value from elsewhere is not known", ORIGIN("env://ORIGIN"),
      GET "Origin=https://a.test", "unknown: allowed_origins is not known: env://ORIGIN" },
};

static const char open_path[] =
    "{\"api_id\": \"1\", \"proxy\": {\"listen_path\": \"{a\", \"target_url\": \"http://t\"}}";
static const char bad_path[] =
    "{\"api_id\": \"1\", \"proxy\": {\"listen_path\": \"/{a:[}/\", \"target_url\": \"http://t\"}}";

static const struct case_row path_rows[] = {
    { "a brace that is not closed is text", open_path, "GET https://k.test/%7Ba", T },
    { "... and nothing else", open_path, GET, "" },
    { "an expression that is none: any path", bad_path, GET, T },
};

static const struct said_row krakend_said[] = {
    { "nothing to say", KRAKEND("\"allow_origins\": [\"https://a.test\"]"), NULL, NULL },
    { "1.5 allowed_origins", KRAKEND("\"allowed_origins\": [\"https://a.test\"]"), "CG506",
      "did you mean allow_origins? Without that, any origin is allowed" },
    { "5.1 a text for a list", KRAKEND("\"allow_origins\": \"https://a.test\""), "CG507",
      "any origin is allowed" },
    { "5.1 a truth in quotes", KRAKEND("\"allow_credentials\": \"true\""), "CG507", "passes over" },
    { "5.1 a number for a duration", KRAKEND("\"max_age\": 60"), "CG901", "max_age is a number" },
    { "5 two stars", KRAKEND("\"allow_origins\": [\"https://*.*.test\"]"), "CG507",
      "only the first star" },
    { "5.1 no settings of an endpoint",
      "{\"version\": 3, \"endpoints\": [{\"endpoint\": \"/x\", \"backend\": [], \"extra_config\": "
      "{\"security/cors\": {}}}]}",
      "CG507", "of the whole service only" },
};

static const struct said_row tyk_said[] = {
    { "nothing to say", TYK(""), NULL, NULL },
    { "1.5 allow_origins", TYK(", \"allow_origins\": [\"https://a.test\"]"), "CG506",
      "did you mean allowed_origins? Without that, any origin is allowed" },
    { "a text for a list", TYK(", \"allowed_origins\": \"https://a.test\""), "CG901",
      "not a list" },
    { "a text for a number", TYK(", \"max_age\": \"60\""), "CG901", "not a number" },
    { "5.2 enabled is required", OAS("\"allowedOrigins\": [\"*\"]"), "CG507", "is off" },
};

#define EACH(rows, check, ...)                                                                     \
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)                                        \
    check(&rows[i], __VA_ARGS__)

START_TEST(engine)
{
    EACH(engine_rows, case_row_check, "api.json");
}
END_TEST

START_TEST(krakend)
{
    EACH(krakend_rows, case_row_check, "krakend.json");
    EACH(krakend_said, said_row_check, "krakend.json");
}
END_TEST

START_TEST(tyk)
{
    EACH(tyk_rows, case_row_check, "api.json");
    EACH(path_rows, case_row_check, "api.json");
    EACH(tyk_said, said_row_check, "api.json");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { engine, krakend, tyk };
    return check_main(check_suite("rs_cors", tests, sizeof tests / sizeof *tests));
}
