// Envoy's CORS filter: reference/gateways.md section 6, statement by statement.
#include "unit/dialect_table.h"

#define VHOST(policy, route)                                                                       \
    "{\"virtual_hosts\":[{\"name\":\"v\",\"domains\":[\"api.test\"],\"routes\":[" route            \
    "],\"typed_per_filter_config\":{\"envoy.filters.http.cors\":" policy "}}]}"
#define ROUTE "{\"match\":{\"prefix\":\"/\"},\"route\":{\"cluster\":\"app\"}}"
#define ONE "\"allow_origin_string_match\":[{\"exact\":\"https://a.test\"}]"
#define MATCH(matcher) VHOST("{\"allow_origin_string_match\":[" matcher "]}", ROUTE)
#define BOOTSTRAP(filters)                                                                         \
    "static_resources:\n"                                                                          \
    "  listeners:\n"                                                                               \
    "  - address: {socket_address: {address: 0.0.0.0, port_value: 80}}\n"                          \
    "    filter_chains:\n"                                                                         \
    "    - filters:\n"                                                                             \
    "      - name: hcm\n"                                                                          \
    "        typed_config:\n"                                                                      \
    "          http_filters: [" filters "{name: envoy.filters.http.router}]\n"                     \
    "          route_config:\n"                                                                    \
    "            virtual_hosts:\n"                                                                 \
    "            - name: v\n"                                                                      \
    "              domains: ['*']\n"                                                               \
    "              cors: {allow_origin_string_match: [{exact: 'https://a.test'}]}\n"               \
    "              routes: [{match: {prefix: /}, route: {cluster: app}}]\n"

#define GET "GET http://api.test/x Origin="
#define PREFLIGHT                                                                                  \
    "OPTIONS http://api.test/x Access-Control-Request-Method=PUT "                                 \
    "Access-Control-Request-Headers=x-a Origin="
#define ECHO(origin) "upstream access-control-allow-origin: " origin

static const struct dialect_row rows[] = {
    // places and names
    { "6 typed policy of a virtual host", "e.json", VHOST("{" ONE "}", ROUTE), GET "https://a.test",
      ECHO("https://a.test") },
    { "6 lowerCamelCase names", "e.json",
      "{\"virtualHosts\":[{\"domains\":[\"api.test\"],\"routes\":[" ROUTE
      "],\"typedPerFilterConfig\":{\"envoy.filters.http.cors\":{\"allowOriginStringMatch\":[{"
      "\"exact\":\"https://a.test\"}]}}}]}",
      GET "https://a.test", ECHO("https://a.test") },
    { "6 FilterConfig with disabled removes the filter", "e.json",
      VHOST("{\"@type\":\"type.googleapis.com/envoy.config.route.v3.FilterConfig\",\"disabled\":"
            "true}",
            ROUTE),
      GET "https://a.test", "upstream" },
    { "6 FilterConfig wraps a policy", "e.json",
      VHOST("{\"@type\":\"type.googleapis.com/envoy.config.route.v3.FilterConfig\",\"config\":{" ONE
            "}}",
            ROUTE),
      GET "https://a.test", ECHO("https://a.test") },
    { "6 a legacy policy is not read beside a typed one", "e.json",
      VHOST("{" ONE "}", "{\"match\":{\"prefix\":\"/\"},\"route\":{\"cluster\":\"app\",\"cors\":{"
                         "\"allow_origin_string_match\":[{\"exact\":\"https://b.test\"}]}}}"),
      GET "https://b.test", "upstream" },
    { "6 the filter is needed", "e.yaml", BOOTSTRAP(""), GET "https://a.test", "upstream" },
    { "6 the filter and a legacy policy", "e.yaml", BOOTSTRAP("{name: envoy.filters.http.cors}, "),
      GET "https://a.test", ECHO("https://a.test") },
    // matchers
    { "6 exact is case-sensitive", "e.json", MATCH("{\"exact\":\"https://A.test\"}"),
      GET "https://a.test", "upstream" },
    { "6 ignore_case", "e.json", MATCH("{\"exact\":\"https://A.test\",\"ignore_case\":true}"),
      GET "https://a.test", ECHO("https://a.test") },
    { "6 prefix", "e.json", MATCH("{\"prefix\":\"https://a.\"}"), GET "https://a.evil.test",
      ECHO("https://a.evil.test") },
    { "6 suffix", "e.json", MATCH("{\"suffix\":\"a.test\"}"), GET "https://evila.test",
      ECHO("https://evila.test") },
    { "6 contains", "e.json", MATCH("{\"contains\":\"a.test\"}"), GET "https://a.test.evil.test",
      ECHO("https://a.test.evil.test") },
    { "6 safe_regex matches in full", "e.json", MATCH("{\"safe_regex\":{\"regex\":\"https://a\"}}"),
      GET "https://a.test", "upstream" },
    { "6 safe_regex: ignore_case has no effect", "e.json",
      MATCH("{\"safe_regex\":{\"regex\":\"https://A.test\"},\"ignore_case\":true}"),
      GET "https://a.test", "upstream" },
    { "6 a custom matcher is not known", "e.json", MATCH("{\"custom\":{\"name\":\"x\"}}"),
      GET "https://a.test", "unknown" },
    // the star probe
    { "6 star probe: exact *", "e.json", MATCH("{\"exact\":\"*\"}"), GET "https://b.test",
      ECHO("https://b.test") },
    { "6 star probe: one character", "e.json", MATCH("{\"safe_regex\":{\"regex\":\".\"}}"),
      GET "https://b.test", ECHO("https://b.test") },
    { "6 star probe: [^:]+", "e.json", MATCH("{\"safe_regex\":{\"regex\":\"[^:]+\"}}"), GET "null",
      ECHO("null") },
    { "6 star probe: contains *", "e.json", MATCH("{\"contains\":\"*\"}"), GET "https://b.test",
      ECHO("https://b.test") },
    { "6 star probe: no origin, nothing", "e.json", MATCH("{\"exact\":\"*\"}"),
      "GET http://api.test/x", "upstream" },
    // answers
    { "6 a preflight is answered with 200", "e.json",
      VHOST("{" ONE ",\"allow_methods\":\"PUT\",\"allow_headers\":\"x-a\",\"max_age\":\"60\","
            "\"allow_credentials\":true,\"expose_headers\":\"x-b\"}",
            ROUTE),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-credentials: true; "
      "access-control-allow-methods: PUT; access-control-allow-headers: x-a; "
      "access-control-expose-headers: x-b; access-control-max-age: 60" },
    { "6 allow_methods and allow_headers * echo what is asked for", "e.json",
      VHOST("{" ONE ",\"allow_methods\":\"*\",\"allow_headers\":\"*\"}", ROUTE),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-methods: PUT; "
      "access-control-allow-headers: x-a" },
    { "6 methods that are not configured are not sent", "e.json", VHOST("{" ONE "}", ROUTE),
      PREFLIGHT "https://a.test", "200 access-control-allow-origin: https://a.test" },
    { "6 a refused preflight goes upstream", "e.json", VHOST("{" ONE "}", ROUTE),
      PREFLIGHT "https://b.test", "upstream" },
    { "6 forward_not_matching_preflights false answers without an origin", "e.json",
      VHOST("{" ONE ",\"allow_methods\":\"PUT\",\"allow_credentials\":true,"
            "\"forward_not_matching_preflights\":false}",
            ROUTE),
      PREFLIGHT "https://b.test",
      "200 access-control-allow-credentials: true; access-control-allow-methods: PUT" },
    { "6 private network access", "e.json",
      VHOST("{" ONE ",\"allow_private_network_access\":true}", ROUTE),
      PREFLIGHT "https://a.test Access-Control-Request-Private-Network=true",
      "200 access-control-allow-origin: https://a.test; access-control-allow-private-network: "
      "true" },
    { "6 OPTIONS without a requested method is an actual request", "e.json",
      VHOST("{" ONE "}", ROUTE), "OPTIONS http://api.test/x Origin=https://a.test",
      ECHO("https://a.test") },
    { "6 what upstream says is overwritten", "e.json", VHOST("{" ONE "}", ROUTE),
      GET "https://a.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: https://a.test" },
    { "6 what upstream says passes for others", "e.json", VHOST("{" ONE "}", ROUTE),
      GET "https://b.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: *" },
    { "6 upstream's credentials are never removed", "e.json", VHOST("{" ONE "}", ROUTE),
      GET "https://a.test upstream:Access-Control-Allow-Credentials=true",
      "200 access-control-allow-credentials: true; access-control-allow-origin: https://a.test" },
    // merging
    { "6 origins are inherited field by field", "e.json",
      VHOST("{" ONE "}",
            "{\"match\":{\"prefix\":\"/\"},\"route\":{\"cluster\":\"app\"},"
            "\"typed_per_filter_config\":{\"envoy.filters.http.cors\":{\"allow_credentials\":"
            "true}}}"),
      GET "https://a.test",
      "upstream access-control-allow-origin: https://a.test; access-control-allow-credentials: "
      "true" },
    { "6 a more specific field wins", "e.json",
      VHOST("{" ONE ",\"allow_credentials\":true}",
            "{\"match\":{\"prefix\":\"/\"},\"route\":{\"cluster\":\"app\"},"
            "\"typed_per_filter_config\":{\"envoy.filters.http.cors\":{\"allow_credentials\":"
            "false}}}"),
      GET "https://a.test", ECHO("https://a.test") },
    { "6 filter_enabled 0 of the most specific policy", "e.json",
      VHOST("{" ONE ",\"filter_enabled\":{\"default_value\":{\"numerator\":0}}}", ROUTE),
      GET "https://a.test", "upstream" },
    { "6 filter_enabled for a part of the requests", "e.json",
      VHOST("{" ONE ",\"filter_enabled\":{\"default_value\":{\"numerator\":50}}}", ROUTE),
      GET "https://a.test", "unknown" },
    // routes
    { "6 no route, nothing", "e.json", VHOST("{" ONE "}", ROUTE),
      "GET http://other.test/ Origin=https://a.test", "none" },
    { "6 direct_response", "e.json",
      VHOST("{" ONE "}", "{\"match\":{\"prefix\":\"/\"},\"direct_response\":{\"status\":204}}"),
      GET "https://a.test", "204" },
    { "6 redirect", "e.json",
      VHOST("{" ONE "}", "{\"match\":{\"prefix\":\"/\"},\"redirect\":{\"https_redirect\":true}}"),
      GET "https://a.test", "301" },
    { "6 the first route that matches", "e.json",
      VHOST("{" ONE "}",
            "{\"match\":{\"path\":\"/x\"},\"direct_response\":{\"status\":204}}," ROUTE),
      GET "https://a.test", "204" },
    { "6 a header of the route's match", "e.json",
      VHOST("{" ONE "}",
            "{\"match\":{\"prefix\":\"/\",\"headers\":[{\"name\":\":method\",\"string_match\":{"
            "\"exact\":\"GET\"}}]},\"direct_response\":{\"status\":204}}," ROUTE),
      "PUT http://api.test/x Origin=https://a.test", ECHO("https://a.test") },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

// What Envoy refuses is said, at its place.
START_TEST(test_refused)
{
    static const char *const texts[] = {
        MATCH("{\"safe_regex\":{\"regex\":\"(\"}}"),
        MATCH("{\"prefix\":\"\"}"),
        "{\"virtual_hosts\":[{\"name\":\"v\",\"routes\":[" ROUTE "]}]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dialect_row row = { .path = "e.json", .text = texts[i] };
        ck_assert(dialect_row_refused(&row, "Envoy refuses this"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("envoy");
    TCase *table = tcase_create("rows");
    tcase_add_loop_test(table, test_row, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(table, test_refused);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
