// Istio's VirtualService: reference/kubernetes.md 9.1 and 9.3, statement by statement.
#include "unit/dialect_table.h"

#define SERVICE(http)                                                                              \
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"                                   \
    "metadata: {name: api, namespace: prod}\nspec:\n  hosts: [api.test]\n  gateways: [public]\n"   \
    "  http:\n" http
#define ROUTE "route: [{destination: {host: app, port: {number: 8080}}}]"
#define CORS(policy) SERVICE("  - {" ROUTE ", corsPolicy: {" policy "}}\n")
#define A "allowOrigins: [{exact: 'https://a.test'}]"
#define GET "GET http://api.test/x Origin="
#define PREFLIGHT                                                                                  \
    "OPTIONS http://api.test/x Access-Control-Request-Method=PUT "                                 \
    "Access-Control-Request-Headers=x-a Origin="
#define ECHO(origin) "upstream access-control-allow-origin: " origin

static const struct dialect_row rows[] = {
    { "9.3 exact", "v.yaml", CORS(A), GET "https://a.test", ECHO("https://a.test") },
    { "9.3 exact is case-sensitive", "v.yaml", CORS("allowOrigins: [{exact: 'https://A.test'}]"),
      GET "https://a.test", "upstream" },
    { "9.3 prefix takes what follows", "v.yaml", CORS("allowOrigins: [{prefix: 'https://a.test'}]"),
      GET "https://a.test.evil.test", ECHO("https://a.test.evil.test") },
    { "9.3 prefix takes other ports", "v.yaml", CORS("allowOrigins: [{prefix: 'https://a.test'}]"),
      GET "https://a.test:8443", ECHO("https://a.test:8443") },
    { "9.3 prefix https:// takes every https origin", "v.yaml",
      CORS("allowOrigins: [{prefix: 'https://'}]"), GET "https://b.test", ECHO("https://b.test") },
    { "9.3 regex matches in full", "v.yaml", CORS("allowOrigins: [{regex: 'https://a'}]"),
      GET "https://a.test", "upstream" },
    { "9.3 legacy allowOrigin", "v.yaml", CORS("allowOrigin: ['https://a.test']"),
      GET "https://a.test", ECHO("https://a.test") },
    { "9.3 allowOrigin only without allowOrigins", "v.yaml",
      CORS(A ", allowOrigin: ['https://b.test']"), GET "https://b.test", "upstream" },
    { "9.3 exact * is everybody", "v.yaml", CORS("allowOrigins: [{exact: '*'}]"), GET "null",
      ECHO("null") },
    { "9.3 allowOrigin * is everybody", "v.yaml", CORS("allowOrigin: ['*']"), GET "https://b.test",
      ECHO("https://b.test") },
    { "9.1 a regex that takes the one character * is everybody", "v.yaml",
      CORS("allowOrigins: [{regex: '[^/]+'}]"), GET "https://b.test", ECHO("https://b.test") },
    { "9.3 neither: nobody", "v.yaml", CORS("allowCredentials: true"), GET "https://a.test",
      "upstream" },
    { "9.3 a preflight", "v.yaml",
      CORS(A ", allowMethods: [GET, PUT], allowHeaders: [x-a, x-b], exposeHeaders: [x-c], maxAge: "
             "1h30m, allowCredentials: true"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-credentials: true; "
      "access-control-allow-methods: GET,PUT; access-control-allow-headers: x-a,x-b; "
      "access-control-expose-headers: x-c; access-control-max-age: 5400" },
    { "9.3 * alone echoes", "v.yaml", CORS(A ", allowMethods: ['*'], allowHeaders: ['*']"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-methods: PUT; "
      "access-control-allow-headers: x-a" },
    { "9.3 * beside others is a literal", "v.yaml", CORS(A ", allowHeaders: ['*', x-b]"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-headers: *,x-b" },
    { "9.3 unmatchedPreflights FORWARD is the default", "v.yaml", CORS(A),
      PREFLIGHT "https://b.test", "upstream" },
    { "9.3 unmatchedPreflights IGNORE", "v.yaml", CORS(A ", unmatchedPreflights: IGNORE"),
      PREFLIGHT "https://b.test", "200" },
    { "9.1 what upstream says passes for others", "v.yaml", CORS(A),
      GET "https://b.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: *" },
    { "9.1 allowed overwrites", "v.yaml", CORS(A),
      GET "https://a.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: https://a.test" },
    { "9.3 the first route that matches", "v.yaml",
      SERVICE("  - {match: [{uri: {prefix: /x}}], " ROUTE "}\n  - {" ROUTE ", corsPolicy: {" A
              "}}\n"),
      GET "https://a.test", "upstream" },
    { "9.3 matches are alternatives", "v.yaml",
      SERVICE("  - {match: [{uri: {exact: /y}}, {method: {exact: GET}}], " ROUTE ", corsPolicy: {" A
              "}}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "9.3 a redirect ignores the policy", "v.yaml",
      SERVICE("  - {redirect: {uri: /y}, corsPolicy: {" A "}}\n"), GET "https://a.test", "301" },
    { "9.3 directResponse ignores the policy", "v.yaml",
      SERVICE("  - {directResponse: {status: 204}, corsPolicy: {" A "}}\n"), GET "https://a.test",
      "204" },
    { "9.3 a delegate inherits the root's policy", "v.yaml",
      SERVICE("  - {match: [{uri: {prefix: /x}}], delegate: {name: d}, corsPolicy: {" A
              "}}\n") "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\n"
                      "metadata: {name: d, namespace: prod}\nspec: {http: [{" ROUTE "}]}\n",
      GET "https://a.test", ECHO("https://a.test") },
    { "9.3 a delegate with a policy of its own", "v.yaml",
      SERVICE("  - {match: [{uri: {prefix: /x}}], delegate: {name: d}, corsPolicy: {" A
              "}}\n") "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\n"
                      "metadata: {name: d, namespace: prod}\nspec: {http: [{" ROUTE
                      ", corsPolicy: {allowOrigins: [{exact: 'https://b.test'}]}}]}\n",
      GET "https://a.test", "upstream" },
    { "9.3 AuthorizationPolicy comes before CORS", "v.yaml",
      CORS(A) "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
              "metadata: {name: deny, namespace: prod}\nspec: {action: DENY, rules: [{}]}\n",
      GET "https://a.test", "unknown" },
    { "9.3 an AuthorizationPolicy of another namespace", "v.yaml",
      CORS(A) "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
              "metadata: {name: deny, namespace: other}\nspec: {action: DENY, rules: [{}]}\n",
      GET "https://a.test", ECHO("https://a.test") },
    { "9.3 VirtualServices of one host: their order is not known", "v.yaml",
      CORS(A) "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\n"
              "metadata: {name: other, namespace: prod}\n"
              "spec: {hosts: [api.test], http: [{" ROUTE "}]}\n",
      GET "https://a.test", "unknown" },
    { "9.3 a gateway that redirects to https", "v.yaml",
      CORS(A) "---\napiVersion: networking.istio.io/v1\nkind: Gateway\n"
              "metadata: {name: public, namespace: prod}\n"
              "spec: {servers: [{port: {number: 80}, tls: {httpsRedirect: true}}]}\n",
      GET "https://a.test", "301" },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

START_TEST(test_refused)
{
    static const char *const texts[] = { CORS("allowOrigins: [{prefix: ''}]"),
                                         CORS("allowOrigins: [{regex: '('}]"),
                                         CORS("allowOrigins: [{suffix: x}]") };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dialect_row row = { .path = "v.yaml", .text = texts[i] };
        ck_assert(dialect_row_refused(&row, "the API server refuses this object: VirtualService "
                                            "prod/api"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("istio");
    TCase *table = tcase_create("rows");
    tcase_add_loop_test(table, test_row, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(table, test_refused);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
