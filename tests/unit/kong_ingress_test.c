// Kong's controller for Kubernetes: reference/kubernetes.md section 8.
#include "unit/dialect_table.h"

#define PLUGIN(kind, name, more)                                                                   \
    "apiVersion: configuration.konghq.com/v1\nkind: " kind "\n"                                    \
    "metadata: {name: " name ", namespace: prod, labels: {global: 'GLOBAL'}}\nplugin: cors\n" more \
    "\n---\n"
#define CORS(config) PLUGIN("KongPlugin", "c", "config: {" config "}")
#define CLUSTER(name, global, config)                                                              \
    "apiVersion: configuration.konghq.com/v1\nkind: KongClusterPlugin\n"                           \
    "metadata: {name: " name ", labels: {global: '" global "'}}\nplugin: cors\nconfig: {" config   \
    "}\n---\n"
#define INGRESS(annotations)                                                                       \
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"                                            \
    "metadata:\n  name: api\n  namespace: prod\n  annotations: {" annotations "}\n"                \
    "spec:\n  ingressClassName: kong\n  rules: [{host: api.test, http: {paths: [{path: /v1, "      \
    "pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}]}}]\n"
#define PATH(path, type)                                                                           \
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"                                            \
    "metadata:\n  name: api\n  namespace: prod\n  annotations: {konghq.com/plugins: c}\n"          \
    "spec:\n  ingressClassName: kong\n  rules: [{host: api.test, http: {paths: [{path: " path      \
    ", pathType: " type ", backend: {service: {name: app, port: {number: 80}}}}]}}]\n"
#define NAMED INGRESS("konghq.com/plugins: c")
#define SERVICE(annotations)                                                                       \
    "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: app\n  namespace: prod\n"              \
    "  annotations: {" annotations "}\nspec: {ports: [{port: 80}]}\n"
#define GET "GET http://api.test/v1 Origin="
#define A "origins: ['https://a.test', 'https://b.test']"

static const struct dialect_row rows[] = {
    { "8 origins unset: anyone", "k.yaml", CORS("max_age: 60") NAMED, GET "https://x.test",
      "upstream access-control-allow-origin: *" },
    { "8 with credentials: an echo", "k.yaml", CORS("credentials: true") NAMED,
      GET "https://x.test",
      "upstream access-control-allow-origin: https://x.test; vary: Origin; "
      "access-control-allow-credentials: true" },
    { "8 one plain origin is sent to everybody", "k.yaml",
      CORS("origins: ['https://a.test']") NAMED, GET "https://x.test",
      "upstream vary: Origin; access-control-allow-origin: https://a.test" },
    { "8 else what matches", "k.yaml", CORS(A) NAMED, GET "https://b.test",
      "upstream vary: Origin; access-control-allow-origin: https://b.test" },
    { "8 else it is removed, upstream's too", "k.yaml", CORS(A) NAMED,
      GET "https://x.test upstream:Access-Control-Allow-Origin=*", "200 vary: Origin" },
    { "8 disabled", "k.yaml", PLUGIN("KongPlugin", "c", "disabled: true") NAMED,
      GET "https://x.test", "upstream" },
    { "8 configFrom is not known", "k.yaml",
      PLUGIN("KongPlugin", "c", "configFrom: {secretKeyRef: {name: s, key: k}}") NAMED,
      GET "https://x.test", "unknown" },
    { "8 a name that is not there is not known", "k.yaml", NAMED, GET "https://x.test", "unknown" },
    { "8 a KongClusterPlugin by name", "k.yaml", CLUSTER("c", "false", A) NAMED,
      GET "https://x.test", "upstream vary: Origin" },
    { "8 at a Service", "k.yaml", CORS(A) INGRESS("") SERVICE("konghq.com/plugins: c"),
      GET "https://a.test", "upstream vary: Origin; access-control-allow-origin: https://a.test" },
    { "8 the route's is stronger than the service's, and nothing is merged", "k.yaml",
      CLUSTER("s", "false", A) CORS("methods: [GET]") NAMED SERVICE("konghq.com/plugins: s"),
      GET "https://x.test", "upstream access-control-allow-origin: *" },
    { "8 a global one", "k.yaml", CLUSTER("g", "true", A) INGRESS(""), GET "https://a.test",
      "upstream vary: Origin; access-control-allow-origin: https://a.test" },
    { "8 two global ones cancel each other", "k.yaml",
      CLUSTER("g", "true", A) CLUSTER("h", "true", A) INGRESS(""), GET "https://a.test",
      "upstream" },
    { "8 the route's is stronger than a global one", "k.yaml",
      CLUSTER("g", "true", A) CORS("methods: [GET], credentials: true") NAMED, GET "https://x.test",
      "upstream access-control-allow-origin: https://x.test; vary: Origin; "
      "access-control-allow-credentials: true" },
    { "8 preflights are answered with 200", "k.yaml",
      CORS("origins: ['*'], methods: [PUT], headers: [x-a], max_age: 60") NAMED,
      "OPTIONS http://api.test/v1 Origin=https://a.test Access-Control-Request-Method=PUT",
      "200 access-control-allow-origin: *; access-control-allow-headers: x-a; "
      "access-control-allow-methods: PUT; access-control-max-age: 60" },
    { "8 methods without OPTIONS: no preflight arrives", "k.yaml",
      CORS("origins: ['*']") INGRESS("konghq.com/plugins: c, konghq.com/methods: 'GET,PUT'"),
      "OPTIONS http://api.test/v1 Origin=https://a.test Access-Control-Request-Method=PUT", "404" },
    { "8 below a prefix", "k.yaml", CORS("origins: ['*']") NAMED,
      "GET http://api.test/v1/x Origin=https://a.test", "upstream access-control-allow-origin: *" },
    { "8 an expression is anchored at its beginning, and $ appended", "k.yaml",
      CORS("origins: ['https://[a-z]+[.]a[.]test', 'https://b.test']") NAMED,
      GET "https://x.a.test",
      "upstream vary: Origin; access-control-allow-origin: https://x.a.test" },
    { "8 what follows an expression", "k.yaml",
      CORS("origins: ['https://[a-z]+[.]a[.]test', 'https://b.test']") NAMED,
      GET "https://x.a.test.evil.test", "upstream vary: Origin" },
    { "8 an expression without a colon is about the host", "k.yaml",
      CORS("origins: ['[a-z]+[.]test', 'https://b.test']") NAMED, GET "http://a.test:81",
      "upstream vary: Origin; access-control-allow-origin: http://a.test:81" },
    { "8 * among others is everybody from 3.8 on", "k.yaml",
      CORS("origins: ['*', 'https://b.test']") NAMED, GET "https://x.test",
      "upstream vary: Origin; access-control-allow-origin: *" },
    { "8 an exact path", "k.yaml", CORS("origins: ['*']") PATH("/v1", "Exact"),
      "GET http://api.test/v1 Origin=https://a.test", "upstream access-control-allow-origin: *" },
    { "8 below an exact path", "k.yaml", CORS("origins: ['*']") PATH("/v1", "Exact"),
      "GET http://api.test/v1/x Origin=https://a.test", "none" },
    { "8 an expression as a path", "k.yaml",
      CORS("origins: ['*']") PATH("'/~/v[0-9]+'", "ImplementationSpecific"),
      "GET http://api.test/v7/x Origin=https://a.test", "upstream access-control-allow-origin: *" },
    { "8 another class is not Kong's", "k.yaml",
      CORS("origins: ['*']") "apiVersion: networking.k8s.io/v1\nkind: IngressClass\n"
                             "metadata: {name: kong}\nspec: {controller: "
                             "example.test/other}\n---\n" NAMED,
      GET "https://a.test", "none" },
    { "8 beside a prefix", "k.yaml", CORS("origins: ['*']") NAMED,
      "GET http://api.test/v12 Origin=https://a.test", "none" },
};

START_TEST(test_row)
{
    dialect_row_check(&rows[_i], NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kong_ingress");
    TCase *table = tcase_create("rows");
    tcase_add_loop_test(table, test_row, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(suite, table);
    return check_main(suite);
}
