// HTTPRoute and SecurityPolicy: reference/kubernetes.md 9.4 and 10, statement by statement.
#include "unit/dialect_table.h"

#define CLASS(name, controller)                                                                    \
    "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: " name "}\n"   \
    "spec: {controllerName: " controller "}\n---\n"                                                \
    "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"                                    \
    "metadata: {name: edge, namespace: shop}\n"                                                    \
    "spec: {gatewayClassName: " name ", listeners: [{name: web, port: 80}]}\n---\n"
#define EG CLASS("eg", "gateway.envoyproxy.io/gatewayclass-controller")
#define NGF CLASS("ngf", "gateway.nginx.org/nginx-gateway-controller")
#define ISTIO CLASS("istio", "istio.io/gateway-controller")
#define KONG CLASS("kong", "konghq.com/kic-gateway-controller")
#define ROUTE(rules)                                                                               \
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"                                  \
    "metadata: {name: api, namespace: shop}\n"                                                     \
    "spec:\n  parentRefs: [{name: edge}]\n  hostnames: [api.test]\n  rules:\n" rules
#define RULE(match, cors)                                                                          \
    "  - {matches: [{" match "}], filters: [{type: CORS, cors: {" cors "}}], "                     \
    "backendRefs: [{name: app, port: 80}]}\n"
#define CORS(cors) ROUTE(RULE("path: {type: PathPrefix, value: /}", cors))
#define POLICY(name, target, spec)                                                                 \
    "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\n"                      \
    "metadata: {name: " name ", namespace: shop}\n"                                                \
    "spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: " target "}], " spec "}\n"
#define PLAIN ROUTE("  - {backendRefs: [{name: app, port: 80}]}\n")
#define A "allowOrigins: ['https://a.test']"
#define GET "GET http://api.test/x Origin="
#define PREFLIGHT                                                                                  \
    "OPTIONS http://api.test/x Access-Control-Request-Method=PUT "                                 \
    "Access-Control-Request-Headers=x-a Origin="
#define ECHO(origin) "upstream access-control-allow-origin: " origin

static const struct dialect_row rows[] = {
    { "10 exact", "r.yaml", EG CORS(A), GET "https://a.test", ECHO("https://a.test") },
    { "10 a wildcard is any number of labels", "r.yaml",
      EG CORS("allowOrigins: ['https://*.a.test']"), GET "https://x.y.a.test",
      ECHO("https://x.y.a.test") },
    { "10 never the apex", "r.yaml", EG CORS("allowOrigins: ['https://*.a.test']"),
      GET "https://a.test", "upstream" },
    { "9.4 https://* is any https host and port", "r.yaml", EG CORS("allowOrigins: ['https://*']"),
      GET "https://b.test:8443", ECHO("https://b.test:8443") },
    { "9.4 * is everybody, null, too", "r.yaml", EG CORS("allowOrigins: ['*']"), GET "null",
      ECHO("null") },
    { "10 an empty filter is nobody", "r.yaml", EG CORS(""), GET "https://a.test", "upstream" },
    { "10 a preflight, with the default age", "r.yaml",
      EG CORS(A ", allowMethods: [GET, PUT], allowHeaders: [x-a], exposeHeaders: [x-b], "
                "allowCredentials: true"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-credentials: true; "
      "access-control-allow-methods: GET,PUT; access-control-allow-headers: x-a; "
      "access-control-expose-headers: x-b; access-control-max-age: 5" },
    { "9.4 refused preflights are answered here", "r.yaml", EG CORS(A), PREFLIGHT "https://b.test",
      "200 access-control-max-age: 5" },
    { "9.4 * among methods echoes", "r.yaml", EG CORS(A ", allowMethods: ['*']"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-methods: PUT; "
      "access-control-max-age: 5" },
    { "9.1 what upstream says passes for others", "r.yaml", EG CORS(A),
      GET "https://b.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: *" },
    { "10 Istio 1.30: null is denied under *", "r.yaml", ISTIO CORS("allowOrigins: ['*']"),
      GET "null", "upstream" },
    { "10 Istio 1.30: others are not", "r.yaml", ISTIO CORS("allowOrigins: ['*']"),
      GET "https://b.test", ECHO("https://b.test") },
    { "10 NGF: every OPTIONS is answered", "r.yaml", NGF CORS(A ", allowMethods: [PUT]"),
      "OPTIONS http://api.test/x Origin=https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-methods: PUT; "
      "access-control-max-age: 5" },
    { "10 NGF: the backend's headers are doubled", "r.yaml", NGF CORS(A),
      GET "https://a.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: *; access-control-allow-origin: https://a.test; "
      "access-control-max-age: 5" },
    { "10 Kong does not translate the filter", "r.yaml", KONG CORS(A), GET "https://a.test",
      "upstream" },
    { "10 a class without a model is not known", "r.yaml",
      CLASS("x", "haproxy-ingress.github.io/controller") CORS(A), GET "https://a.test", "unknown" },
    // choice of rules
    { "10 Exact before a prefix", "r.yaml",
      EG ROUTE(RULE("path: {type: PathPrefix, value: /}", A)
                   RULE("path: {type: Exact, value: /x}", "allowOrigins: ['https://b.test']")),
      GET "https://b.test", ECHO("https://b.test") },
    { "10 the longest prefix", "r.yaml",
      EG ROUTE(RULE("path: {type: PathPrefix, value: /}", A)
                   RULE("path: {type: PathPrefix, value: /x}", "allowOrigins: ['https://b.test']")),
      GET "https://b.test", ECHO("https://b.test") },
    { "10 prefixes are element by element", "r.yaml",
      EG ROUTE(RULE("path: {type: PathPrefix, value: /x}", A)),
      "GET http://api.test/xy Origin=https://a.test", "none" },
    { "10 a match by method leaves preflights out", "r.yaml", ISTIO ROUTE(RULE("method: PUT", A)),
      PREFLIGHT "https://a.test", "404" },
    { "9.4 Envoy Gateway 1.6 adds a route for them", "r.yaml", EG ROUTE(RULE("method: PUT", A)),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-max-age: 5" },
    { "10 a filter of one of two backends", "r.yaml",
      EG ROUTE("  - {backendRefs: [{name: a, port: 80, filters: [{type: CORS, cors: {" A
               "}}]}, {name: b, port: 80}]}\n"),
      GET "https://a.test", "unknown" },
    { "13 ResponseHeaderModifier sets for everybody", "r.yaml",
      EG ROUTE("  - {filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {set: "
               "[{name: Access-Control-Allow-Origin, value: '*'}]}}], backendRefs: [{name: a, "
               "port: 80}]}\n"),
      GET "https://b.test", "upstream access-control-allow-origin: *" },
    { "10 a redirect", "r.yaml",
      EG ROUTE("  - {filters: [{type: RequestRedirect, requestRedirect: {statusCode: 301}}]}\n"),
      GET "https://a.test", "301" },
    // SecurityPolicy
    { "9.4 of the Gateway", "r.yaml", EG PLAIN POLICY("p", "Gateway, name: edge", "cors: {" A "}"),
      GET "https://a.test", ECHO("https://a.test") },
    { "9.4 only the most specific one applies, whole", "r.yaml",
      EG PLAIN POLICY("p", "Gateway, name: edge", "cors: {" A "}")
          POLICY("q", "HTTPRoute, name: api", "jwt: {}"),
      GET "https://a.test", "upstream" },
    { "9.4 the filter is stronger", "r.yaml",
      EG CORS("allowOrigins: ['https://b.test']")
          POLICY("p", "HTTPRoute, name: api", "cors: {" A "}"),
      GET "https://a.test", "upstream" },
    { "9.4 no age unless it is said", "r.yaml",
      EG PLAIN POLICY("p", "HTTPRoute, name: api", "cors: {" A ", maxAge: 60s}"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-max-age: 60" },
    { "9.4 a merged policy is not known", "r.yaml",
      EG PLAIN POLICY("p", "HTTPRoute, name: api", "mergeType: StrategicMerge, cors: {" A "}"),
      GET "https://a.test", "unknown" },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_route");
    TCase *table = tcase_create("rows");
    tcase_add_loop_test(table, test_row, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(suite, table);
    return check_main(suite);
}
