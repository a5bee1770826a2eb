// Traefik: reference/kubernetes.md section 5, statement by statement.
#include "unit/dialect_table.h"

#define MIDDLEWARE(name, spec)                                                                     \
    "apiVersion: traefik.io/v1alpha1\nkind: Middleware\n"                                          \
    "metadata: {name: " name ", namespace: prod}\nspec: {" spec "}\n---\n"
#define ROUTE(match, middlewares)                                                                  \
    "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\n"                                        \
    "metadata: {name: api, namespace: prod}\nspec:\n  routes:\n  - {kind: Rule, match: \"" match   \
    "\", middlewares: [" middlewares "], services: [{name: app, port: 80}]}\n"
#define HOST "Host(`api.test`)"
#define CORS(headers) MIDDLEWARE("cors", "headers: {" headers "}") ROUTE(HOST, "{name: cors}")
#define IMAGE(tag)                                                                                 \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: traefik, namespace: t}\n"             \
    "spec: {template: {spec: {containers: [{name: t, image: 'traefik:" tag "'}]}}}\n---\n"
#define A "accessControlAllowOriginList: ['https://a.test']"
#define GET "GET http://api.test/x Origin="
#define PREFLIGHT                                                                                  \
    "OPTIONS http://api.test/x Access-Control-Request-Method=PUT "                                 \
    "Access-Control-Request-Headers=x-a Origin="
#define ECHO(origin) "upstream access-control-allow-origin: " origin
#define INGRESS(annotations)                                                                       \
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"                                            \
    "metadata:\n  name: api\n  namespace: prod\n  annotations: {" annotations "}\n"                \
    "spec:\n  ingressClassName: traefik\n  rules: [{host: api.test, http: {paths: [{path: /v1, "   \
    "pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}]}}]\n"
#define NGINX "nginx.ingress.kubernetes.io/"

static const struct dialect_row rows[] = {
    { "5.1 exact", "t.yaml", CORS(A), GET "https://a.test", ECHO("https://a.test") },
    { "5.1 exact is case-sensitive", "t.yaml",
      CORS("accessControlAllowOriginList: ['https://A.test']"), GET "https://a.test", "upstream" },
    { "5.1 a wildcard in the list is a dead literal", "t.yaml",
      CORS("accessControlAllowOriginList: ['https://*.a.test']"), GET "https://x.a.test",
      "upstream" },
    { "5.1 * without credentials", "t.yaml", CORS("accessControlAllowOriginList: ['*']"),
      GET "https://b.test", "upstream access-control-allow-origin: *" },
    { "5.1 an exact hit before *", "t.yaml",
      CORS("accessControlAllowOriginList: ['https://a.test', '*']"), GET "https://a.test",
      ECHO("https://a.test") },
    { "5.1 * before an exact one", "t.yaml",
      CORS("accessControlAllowOriginList: ['*', 'https://a.test']"), GET "https://a.test",
      "upstream access-control-allow-origin: *" },
    { "5.1 * with credentials echoes from 3.7.6 on", "t.yaml",
      IMAGE("v3.7.6")
          CORS("accessControlAllowOriginList: ['*'], accessControlAllowCredentials: true"),
      GET "https://b.test",
      "upstream access-control-allow-origin: https://b.test; access-control-allow-credentials: "
      "true" },
    { "5.1 * with credentials before", "t.yaml",
      IMAGE("v3.7.5")
          CORS("accessControlAllowOriginList: ['*'], accessControlAllowCredentials: true"),
      GET "https://b.test",
      "upstream access-control-allow-origin: *; access-control-allow-credentials: true" },
    { "5.1 3.6.22 echoes, too", "t.yaml",
      IMAGE("v3.6.22")
          CORS("accessControlAllowOriginList: ['*'], accessControlAllowCredentials: true"),
      GET "https://b.test",
      "upstream access-control-allow-origin: https://b.test; access-control-allow-credentials: "
      "true" },
    { "5.1 an expression is searched for", "t.yaml",
      CORS("accessControlAllowOriginListRegex: ['https://[a-z]+[.]a[.]test']"),
      GET "https://x.a.test.evil.test", ECHO("https://x.a.test.evil.test") },
    { "5.1 credentials for every origin, matched or not", "t.yaml",
      CORS(A ", accessControlAllowCredentials: true"), GET "https://b.test",
      "upstream access-control-allow-credentials: true" },
    { "5.1 a preflight", "t.yaml",
      CORS(A ", accessControlAllowMethods: [GET, PUT], accessControlAllowHeaders: [x-a], "
             "accessControlExposeHeaders: [x-b], accessControlMaxAge: 60"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-headers: x-a; access-control-allow-methods: GET,PUT; "
      "access-control-expose-headers: x-b; access-control-max-age: 60; "
      "access-control-allow-origin: https://a.test" },
    { "5.1 a preflight before 3.7.6: an age of 0, nothing exposed", "t.yaml",
      IMAGE("v3.7.5") CORS(A ", accessControlExposeHeaders: [x-b]"), PREFLIGHT "https://a.test",
      "200 access-control-max-age: 0; access-control-allow-origin: https://a.test" },
    { "5.1 every preflight is answered", "t.yaml", CORS(A), PREFLIGHT "https://b.test", "200" },
    { "5.1 other OPTIONS go upstream", "t.yaml", CORS(A),
      "OPTIONS http://api.test/x Origin=https://a.test", ECHO("https://a.test") },
    { "5.1 matched overwrites upstream", "t.yaml", CORS(A),
      GET "https://a.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: https://a.test" },
    { "5.1 not matched: upstream passes", "t.yaml", CORS(A),
      GET "https://b.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: *" },
    { "5.1 addVaryHeader", "t.yaml", CORS(A ", addVaryHeader: true"), GET "https://b.test",
      "upstream vary: Origin" },
    { "5.1 only customResponseHeaders: preflights go upstream and get them", "t.yaml",
      CORS("customResponseHeaders: {Access-Control-Allow-Origin: '*'}"), PREFLIGHT "https://a.test",
      "upstream access-control-allow-origin: *" },
    { "5.1 customResponseHeaders come before the CORS logic", "t.yaml",
      CORS(A ", customResponseHeaders: {Access-Control-Allow-Origin: '*'}"), GET "https://a.test",
      ECHO("https://a.test") },
    { "5.1 an empty value deletes", "t.yaml",
      CORS("customResponseHeaders: {Access-Control-Allow-Origin: ''}"),
      GET "https://a.test upstream:Access-Control-Allow-Origin=*", "200" },
    // order of the chain
    { "5.1 authorisation behind CORS: the preflight is answered", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}") MIDDLEWARE("auth", "basicAuth: {secret: s}")
          ROUTE(HOST, "{name: cors}, {name: auth}"),
      PREFLIGHT "https://a.test", "200 access-control-allow-origin: https://a.test" },
    { "5.1 authorisation in front: it may be refused", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}") MIDDLEWARE("auth", "basicAuth: {secret: s}")
          ROUTE(HOST, "{name: auth}, {name: cors}"),
      PREFLIGHT "https://a.test", "unknown" },
    { "5.2 a chain expands in order", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}")
          MIDDLEWARE("all", "chain: {middlewares: [{name: cors}]}") ROUTE(HOST, "{name: all}"),
      GET "https://a.test", ECHO("https://a.test") },
    { "5.2 a middleware that is not there is not known", "t.yaml", ROUTE(HOST, "{name: cors}"),
      GET "https://a.test", "unknown" },
    { "5.1 an expression that Go refuses: the router does not work", "t.yaml",
      CORS("accessControlAllowOriginListRegex: ['(']"), GET "https://a.test", "404" },
    // rules
    { "5.2 && and ||", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}")
          ROUTE(HOST " && (Path(`/y`) || PathPrefix(`/x`))", "{name: cors}"),
      GET "https://a.test", ECHO("https://a.test") },
    { "5.2 !", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}") ROUTE(HOST " && !PathPrefix(`/x`)", "{name: cors}"),
      GET "https://a.test", "none" },
    { "5.2 Method", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}") ROUTE(HOST " && Method(`GET`)", "{name: cors}"),
      PREFLIGHT "https://a.test", "404" },
    { "5.2 an Ingress with its annotation", "t.yaml",
      MIDDLEWARE("cors", "headers: {" A "}")
          INGRESS("traefik.ingress.kubernetes.io/router.middlewares: prod-cors@kubernetescrd"),
      "GET http://api.test/v12 Origin=https://a.test", ECHO("https://a.test") },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

static const struct dialect_setting settings[] = {
    { { "traefik", 7 }, { "nginx-class", 11 }, { "traefik", 7 }, { 0 } },
    { { "traefik", 7 }, { "version", 7 }, { "3.7.5", 5 }, { 0 } },
};
static const struct dialect_row nginx_rows[] = {
    { "5.3 the defaults", "t.yaml", INGRESS(NGINX "enable-cors: 'true'"),
      "GET http://api.test/v1 Origin=https://b.test",
      "upstream access-control-allow-origin: https://b.test; access-control-allow-credentials: "
      "true" },
    { "5.3 only true is true", "t.yaml", INGRESS(NGINX "enable-cors: '1'"),
      "GET http://api.test/v1 Origin=https://b.test", "upstream" },
    { "5.3 no means no", "t.yaml",
      INGRESS(NGINX "enable-cors: 'True', " NGINX "cors-allow-credentials: 'no'"),
      "GET http://api.test/v1 Origin=https://b.test", "upstream access-control-allow-origin: *" },
    { "5.3 a list", "t.yaml",
      INGRESS(NGINX "enable-cors: 'true', " NGINX
                    "cors-allow-origin: 'https://a.test, https://c.test/'"),
      "GET http://api.test/v1 Origin=https://a.test",
      "upstream access-control-allow-origin: https://a.test; access-control-allow-credentials: "
      "true" },
    { "5.3 junk is dead, not *", "t.yaml",
      INGRESS(NGINX "enable-cors: 'true', " NGINX "cors-allow-origin: 'https://a.test/'"),
      "GET http://api.test/v1 Origin=https://b.test",
      "upstream access-control-allow-credentials: true" },
    { "5.3 a wildcard is dead", "t.yaml",
      INGRESS(NGINX "enable-cors: 'true', " NGINX "cors-allow-origin: 'https://*.a.test'"),
      "GET http://api.test/v1 Origin=https://x.a.test",
      "upstream access-control-allow-credentials: true" },
    { "5.3 nobody", "t.yaml", INGRESS(NGINX "enable-cors: 'true', " NGINX "cors-allow-origin: ''"),
      "GET http://api.test/v1 Origin=https://x.a.test",
      "upstream access-control-allow-credentials: true" },
    { "5.3 a preflight is answered with 200", "t.yaml",
      INGRESS(NGINX "enable-cors: 'true', " NGINX "cors-allow-methods: PUT, " NGINX
                    "cors-allow-headers: x-a, " NGINX "cors-allow-origin: 'https://a.test'"),
      "OPTIONS http://api.test/v1 Origin=https://a.test Access-Control-Request-Method=PUT",
      "200 access-control-allow-credentials: true; access-control-allow-headers: x-a; "
      "access-control-allow-methods: PUT; access-control-max-age: 1728000; "
      "access-control-allow-origin: https://a.test" },
    { "5.3 prefixes are element by element", "t.yaml", INGRESS(NGINX "enable-cors: 'true'"),
      "GET http://api.test/v12 Origin=https://b.test", "none" },
};

START_TEST(test_nginx_row)
{
    const struct dialect_options options = { .settings = settings, .setting_count = 1 };
    dialect_row_check(&nginx_rows[_i], &options);
}
END_TEST

// Before 3.7.6, everybody reads without credentials.
START_TEST(test_nginx_old)
{
    const struct dialect_options options = { .settings = settings, .setting_count = 2 };
    struct dialect_row row = nginx_rows[0];
    row.answer = "upstream access-control-allow-origin: *; access-control-allow-credentials: true";
    dialect_row_check(&row, &options);
}
END_TEST

START_TEST(test_refused)
{
    static const char *const rules[] = { ROUTE("Host(`a`", ""), ROUTE("Host(a)", ""),
                                         ROUTE("Host(`a`) Path(`b`)", ""), ROUTE("Host()", ""),
                                         ROUTE("HostRegexp(`(`)", "") };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct dialect_row row = { .path = "t.yaml", .text = rules[i] };
        ck_assert_msg(dialect_row_refused(&row, "the API server refuses this object: IngressRoute "
                                                "prod/api: this rule"),
                      "%s", rules[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("traefik");
    TCase *table = tcase_create("rows");
    tcase_add_loop_test(table, test_row, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_loop_test(table, test_nginx_row, 0, (int)(sizeof nginx_rows / sizeof *nginx_rows));
    tcase_add_test(table, test_nginx_old);
    tcase_add_test(table, test_refused);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
