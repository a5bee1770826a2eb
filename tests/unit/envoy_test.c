// Envoy's CORS filter: reference/gateways.md section 6, statement by statement.
#include "base/hash.h"
#include "policy/value.h"

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

// ---- what a cluster is sent

#define CLUSTERS                                                                                   \
    "\"static_resources\":{\"clusters\":["                                                         \
    "{\"name\":\"dns\",\"type\":\"STRICT_DNS\",\"load_assignment\":{\"endpoints\":[{"              \
    "\"lb_endpoints\":[{\"endpoint\":{\"address\":{\"socket_address\":{\"address\":"               \
    "\"app.internal\",\"port_value\":8080}}}}]}]}},"                                               \
    "{\"name\":\"two\",\"type\":\"STRICT_DNS\",\"load_assignment\":{\"endpoints\":[{"              \
    "\"lb_endpoints\":[{\"endpoint\":{\"address\":{\"socket_address\":{\"address\":"               \
    "\"a.internal\",\"port_value\":80}}}},{\"endpoint\":{\"address\":{\"socket_address\":{"        \
    "\"address\":\"b.internal\",\"port_value\":80}}}}]}]}},"                                       \
    "{\"name\":\"ip\",\"transport_socket\":{\"name\":\"envoy.transport_sockets.tls\"},"            \
    "\"load_assignment\":{\"endpoints\":[{\"lb_endpoints\":[{\"endpoint\":{\"address\":{"          \
    "\"socket_address\":{\"address\":\"::1\",\"port_value\":443}}}}]}]}},"                         \
    "{\"name\":\"pipe\",\"load_assignment\":{\"endpoints\":[{\"lb_endpoints\":[{\"endpoint\":{"    \
    "\"address\":{\"pipe\":{\"path\":\"/s\"}}}}]}]}}]},"
#define SENT_AT(match, action, route, vhost, config)                                               \
    "{" CLUSTERS "\"virtual_hosts\":[{\"name\":\"v\",\"domains\":[\"api.test\"],\"routes\":[{"     \
    "\"match\":{" match "},\"route\":{" action "}" route "}]" vhost "}]" config "}"
#define SENT(action) SENT_AT("\"prefix\":\"/x\"", action, "", "", "")
#define HEADERS(route, vhost, config)                                                              \
    SENT_AT("\"prefix\":\"/x\"", "\"cluster\":\"dns\"", route, vhost, config)
#define ADD(key, value, more)                                                                      \
    ",\"request_headers_to_add\":[{\"header\":{\"key\":\"" key "\",\"value\":\"" value "\"}" more  \
    "}]"
#define REPLACES ",\"append_action\":\"OVERWRITE_IF_EXISTS_OR_ADD\""
#define REMOVE(name) ",\"request_headers_to_remove\":[\"" name "\"]"

// For GET http://api.test/x/y?q=1 with "Origin: https://a.test".
static const struct sent_row {
    const char *what, *text;
    const char *sent; // target (its servers) host path?query origin; "~": not known
} sent_rows[] = {
    { "all as it came", SENT("\"cluster\":\"dns\""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 https://a.test" },
    { "a cluster that stands elsewhere", SENT("\"cluster\":\"app\""),
      "http://app () api.test /x/y?q=1 https://a.test" },
    { "a cluster with TLS, by an address", SENT("\"cluster\":\"ip\""),
      "https://ip ([::1]:443) api.test /x/y?q=1 https://a.test" },
    { "a cluster at no address", SENT("\"cluster\":\"pipe\""),
      "http://pipe () api.test /x/y?q=1 https://a.test" },
    { "several endpoints", SENT("\"cluster\":\"two\""),
      "http://two (a.internal:80 b.internal:80) api.test /x/y?q=1 https://a.test" },
    // the Host header
    { "host_rewrite_literal", SENT("\"cluster\":\"app\",\"host_rewrite_literal\":\"b.test\""),
      "http://app () b.test /x/y?q=1 https://a.test" },
    { "hostRewriteLiteral", SENT("\"cluster\":\"app\",\"hostRewriteLiteral\":\"b.test\""),
      "http://app () b.test /x/y?q=1 https://a.test" },
    { "auto_host_rewrite", SENT("\"cluster\":\"dns\",\"auto_host_rewrite\":true"),
      "http://dns (app.internal:8080) app.internal /x/y?q=1 https://a.test" },
    { "auto_host_rewrite false", SENT("\"cluster\":\"dns\",\"auto_host_rewrite\":false"),
      "http://dns (app.internal:8080) api.test /x/y?q=1 https://a.test" },
    { "auto_host_rewrite does nothing where endpoints have no names",
      SENT("\"cluster\":\"ip\",\"auto_host_rewrite\":true"),
      "https://ip ([::1]:443) api.test /x/y?q=1 https://a.test" },
    { "auto_host_rewrite with several names",
      SENT("\"cluster\":\"two\",\"auto_host_rewrite\":true"),
      "http://two (a.internal:80 b.internal:80) ~ /x/y?q=1 https://a.test" },
    { "auto_host_rewrite to a cluster that is not known",
      SENT("\"cluster\":\"app\",\"auto_host_rewrite\":true"),
      "http://app () ~ /x/y?q=1 https://a.test" },
    { "host_rewrite_header", SENT("\"cluster\":\"app\",\"host_rewrite_header\":\"x-host\""),
      "http://app () ~ /x/y?q=1 https://a.test" },
    { "host_rewrite_path_regex",
      SENT("\"cluster\":\"app\",\"host_rewrite_path_regex\":{\"substitution\":\"x\"}"),
      "http://app () ~ /x/y?q=1 https://a.test" },
    { "the share of a cluster has a literal of its own",
      SENT("\"weighted_clusters\":{\"clusters\":[{\"name\":\"app\",\"weight\":1,"
           "\"host_rewrite_literal\":\"b.test\"}]}"),
      "http://app () b.test /x/y?q=1 https://a.test" },
    { "two literals",
      SENT("\"host_rewrite_literal\":\"c.test\",\"weighted_clusters\":{\"clusters\":[{\"name\":"
           "\"app\",\"host_rewrite_literal\":\"b.test\"}]}"),
      "http://app () ~ /x/y?q=1 https://a.test" },
    // the path
    { "prefix_rewrite", SENT("\"cluster\":\"app\",\"prefix_rewrite\":\"/v1\""),
      "http://app () api.test /v1/y?q=1 https://a.test" },
    { "prefix_rewrite to / doubles it", SENT("\"cluster\":\"app\",\"prefix_rewrite\":\"/\""),
      "http://app () api.test //y?q=1 https://a.test" },
    { "an empty prefix_rewrite is none", SENT("\"cluster\":\"app\",\"prefix_rewrite\":\"\""),
      "http://app () api.test /x/y?q=1 https://a.test" },
    { "prefix_rewrite, letters of any case",
      SENT_AT("\"prefix\":\"/X\",\"case_sensitive\":false",
              "\"cluster\":\"app\",\"prefix_rewrite\":\"/v1\"", "", "", ""),
      "http://app () api.test /v1/y?q=1 https://a.test" },
    { "prefix_rewrite of a whole path",
      SENT_AT("\"path\":\"/x/y\"", "\"cluster\":\"app\",\"prefix_rewrite\":\"/v1\"", "", "", ""),
      "http://app () api.test /v1?q=1 https://a.test" },
    { "prefix_rewrite behind path_separated_prefix",
      SENT_AT("\"path_separated_prefix\":\"/x\"", "\"cluster\":\"app\",\"prefix_rewrite\":\"/v1\"",
              "", "", ""),
      "http://app () api.test /v1/y?q=1 https://a.test" },
    { "prefix_rewrite behind an expression swaps the whole path",
      SENT_AT("\"safe_regex\":{\"regex\":\"/x.*\"}",
              "\"cluster\":\"app\",\"prefix_rewrite\":\"/v1\"", "", "", ""),
      "http://app () api.test /v1?q=1 https://a.test" },
    { "prefix_rewrite with a query", SENT("\"cluster\":\"app\",\"prefix_rewrite\":\"/v1?a=\""),
      "http://app () api.test ~?~ https://a.test" },
    { "regex_rewrite",
      SENT("\"cluster\":\"app\",\"regex_rewrite\":{\"pattern\":{\"regex\":\"^/x\"},"
           "\"substitution\":\"\"}"),
      "http://app () api.test ~?~ https://a.test" },
    { "path_rewrite", SENT("\"cluster\":\"app\",\"path_rewrite\":\"/%REQ(x)%\""),
      "http://app () api.test ~?~ https://a.test" },
    // other headers, at each level
    { "a header removed from the request", HEADERS(REMOVE("Origin"), "", ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 " },
    { "by the virtual host", HEADERS("", REMOVE("origin"), ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 " },
    { "by the route configuration", HEADERS("", "", REMOVE("origin")),
      "http://dns (app.internal:8080) api.test /x/y?q=1 " },
    { "by the share of a cluster",
      SENT("\"weighted_clusters\":{\"clusters\":[{\"name\":\"app\"" REMOVE("origin") "}]}"),
      "http://app () api.test /x/y?q=1 " },
    { "removed twice", HEADERS(REMOVE("Origin"), REMOVE("origin"), ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 " },
    { "a text in place of what came", HEADERS(ADD("Origin", "https://b.test", REPLACES), "", ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 https://b.test" },
    { "append: false, as of old",
      HEADERS(ADD("Origin", "https://b.test", ",\"append\":false"), "", ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 https://b.test" },
    { "a text beside what came", HEADERS(ADD("Origin", "https://b.test", ""), "", ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 ~" },
    { "a format", HEADERS(ADD("Origin", "%REQ(x)%", REPLACES), "", ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 ~" },
    { "added here and removed there",
      HEADERS(ADD("Origin", "https://b.test", REPLACES), REMOVE("origin"), ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 ~" },
    { "added twice",
      HEADERS(ADD("Origin", "https://b.test", REPLACES), ADD("Origin", "https://b.test", REPLACES),
              ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 ~" },
    { "another header", HEADERS(ADD("X-Other", "1", ""), REMOVE("x-more"), ""),
      "http://dns (app.internal:8080) api.test /x/y?q=1 https://a.test" },
    { "the host and the path as headers",
      HEADERS(ADD("Host", "b.test", REPLACES), ADD(":path", "/z", REPLACES), ""),
      "http://dns (app.internal:8080) ~ ~?~ https://a.test" },
};

static Str sent_value(struct model *model, const struct value *value, const struct request *request,
                      Str as_it_came)
{
    Str out, reason;
    if (!value)
        return as_it_came;
    return value_of(model, value, request, &out, &reason) ? out : STR("~");
}

// The only answer of the configuration, which passes the request on.
static const struct response *passing_response(struct arena *arena, const char *text,
                                               struct model **model)
{
    static const struct dialect_options none = { 0 };
    struct run *run = run_new(arena, &limits_default);
    struct dialect_row row = { .path = "e.json", .text = text };
    struct source *source =
        source_new(run, files_new(arena), &dialect_source_ops, str_from(row.path), &row);
    struct dialect_result result = { 0 };
    *model = model_new(run);
    ck_assert_msg(dialect_load(*model, source, &none, NULL, 0, &result), "%s", text);
    ck_assert_uint_eq(result.policy->endpoint_count, 1);
    ck_assert_uint_eq(result.policy->endpoints[0]->cell_count, 1);
    ck_assert_ptr_nonnull(result.policy->endpoints[0]->cells[0].response->forward);
    return result.policy->endpoints[0]->cells[0].response;
}

// Of what is not known about what is sent.
static uint64_t sent_hash(struct arena *arena, const char *text)
{
    struct model *model;
    const struct forward *forward = passing_response(arena, text, &model)->forward;
    const struct value *values[] = { forward->host, forward->path, forward->query };
    uint64_t hash = HASH_SEED;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct part *part = values[i] ? value_find_unknown(values[i]) : NULL;
        hash = hash_u64(hash, part ? part->identity : 0);
    }
    for (uint32_t i = 0; i < forward->header_count; i++) {
        const struct part *part = value_find_unknown(forward->headers[i].value);
        hash = hash_u64(hash, part ? part->identity : 0);
    }
    return hash;
}

// GET http://api.test/x/y?q=1 as it is sent, in the form of the rows.
static Str sent_text(struct arena *arena, const char *text)
{
    struct model *model;
    struct request request;
    struct buf out = { .arena = arena };
    const struct response *response = passing_response(arena, text, &model);
    dialect_request(arena, "GET http://api.test/x/y?q=1 Origin=https://a.test", &request);
    const struct forward *forward = response->forward;
    const struct value *origin = NULL;
    for (uint32_t i = 0; i < forward->header_count; i++)
        if (str_is(forward->headers[i].name, "origin"))
            origin = forward->headers[i].value;
    buf_addf(&out, "%.*s (", STR_ARG(response->upstream));
    for (uint32_t i = 0; i < forward->server_count; i++)
        buf_addf(&out, "%s%.*s", i ? " " : "", STR_ARG(forward->servers[i]));
    buf_addf(&out, ") %.*s",
             STR_ARG(sent_value(model, forward->host, &request, request.authority)));
    buf_addf(&out, " %.*s", STR_ARG(sent_value(model, forward->path, &request, request.path)));
    buf_addf(&out, "?%.*s", STR_ARG(sent_value(model, forward->query, &request, request.query)));
    buf_addf(&out, " %.*s", STR_ARG(sent_value(model, origin, &request, STR("https://a.test"))));
    return buf_str(&out);
}

START_TEST(test_sent)
{
    const struct sent_row *row = &sent_rows[_i];
    struct arena *arena = arena_new();
    Str got = sent_text(arena, row->text);
    ck_assert_msg(str_is(got, row->sent), "%s\n  expected: %s\n  got:      %.*s", row->what,
                  row->sent, STR_ARG(got));
    arena_free(arena);
}
END_TEST

// What is not known of the request is another unknown as soon as anything of what decides it is.
START_TEST(test_unknown_is_told_apart)
{
    static const struct {
        const char *what, *old, *new;
    } pairs[] = {
        { "the header that the host comes from",
          SENT("\"cluster\":\"app\",\"host_rewrite_header\":\"x-a\""),
          SENT("\"cluster\":\"app\",\"host_rewrite_header\":\"x-b\"") },
        { "what an expression is replaced by",
          SENT("\"cluster\":\"app\",\"regex_rewrite\":{\"substitution\":\"/a\"}"),
          SENT("\"cluster\":\"app\",\"regex_rewrite\":{\"substitution\":\"/b\"}") },
        { "what the path is made of", SENT("\"cluster\":\"app\",\"path_rewrite\":\"/%A%\""),
          SENT("\"cluster\":\"app\",\"path_rewrite\":\"/%B%\"") },
        { "which paths are rewritten so",
          SENT_AT("\"prefix\":\"/x\"", "\"cluster\":\"app\",\"path_rewrite\":\"/%A%\"", "", "", ""),
          SENT_AT("\"prefix\":\"/x/\"", "\"cluster\":\"app\",\"path_rewrite\":\"/%A%\"", "", "",
                  "") },
        { "the format of a header", HEADERS(ADD("Origin", "%A%", ""), "", ""),
          HEADERS(ADD("Origin", "%B%", ""), "", "") },
        { "how a header is added", HEADERS("", ADD("Origin", "a", ""), ""),
          HEADERS("", ADD("Origin", "a", ",\"append_action\":\"ADD_IF_ABSENT\""), "") },
        { "what another level removes", HEADERS("", ADD("Origin", "a", REPLACES), REMOVE("origin")),
          HEADERS("", ADD("Origin", "b", REPLACES), REMOVE("origin")) },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct arena *arena = arena_new();
        uint64_t old = sent_hash(arena, pairs[i].old), new = sent_hash(arena, pairs[i].new);
        ck_assert_msg(old == sent_hash(arena, pairs[i].old), "%s: not the same twice",
                      pairs[i].what);
        ck_assert_msg(old != new, "%s makes no difference", pairs[i].what);
        arena_free(arena);
    }
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
    tcase_add_loop_test(table, test_sent, 0, (int)(sizeof sent_rows / sizeof *sent_rows));
    tcase_add_test(table, test_unknown_is_told_apart);
    tcase_add_test(table, test_refused);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
