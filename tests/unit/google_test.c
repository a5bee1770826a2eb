// Google's URL maps and the services of its Media CDN: reference/cdn.md 4, 10.1, 11 and 13,
// statement by statement.
#include "unit/dialect_table.h"

#define SERVICE "defaultService: https://compute.googleapis.com/p/global/backendServices/web\n"
// A path matcher for api.test, whose default has the policy.
#define MATCHER(more)                                                                              \
    SERVICE "hostRules: [{hosts: [api.test], pathMatcher: m}]\npathMatchers:\n- name: m\n"         \
            "  defaultService: global/backendServices/web\n" more
#define CORS(policy) MATCHER("  defaultRouteAction: {corsPolicy: {" policy "}}\n")
#define A "allowOrigins: ['https://a.test']"
#define GET "GET http://api.test/x Origin="
#define PREFLIGHT                                                                                  \
    "OPTIONS http://api.test/x Access-Control-Request-Method=PUT "                                 \
    "Access-Control-Request-Headers=x-a Origin="
#define ECHO(origin) "upstream access-control-allow-origin: " origin
#define PATHS(rules) MATCHER("  pathRules:\n" rules)
#define ROUTES(rules) MATCHER("  routeRules:\n" rules)
#define ALLOW "corsPolicy: {" A "}"
#define MEDIA(rule)                                                                                \
    "name: projects/p/locations/global/edgeCacheServices/media\nrouting:\n"                        \
    "  hostRules: [{hosts: [api.test], pathMatcher: m}]\n  pathMatchers:\n  - name: m\n"           \
    "    routeRules:\n    - priority: '1'\n      matchRules: [{prefixMatch: /}]\n"                 \
    "      origin: o\n" rule
#define ADD(header) "headerAction: {responseHeadersToAdd: [" header "]}\n"
#define ACAO(value, more)                                                                          \
    "{headerName: Access-Control-Allow-Origin, headerValue: '" value "'" more "}"

// With load-balancing-scheme: EXTERNAL_MANAGED.
static const struct dialect_row rows[] = {
    { "4.1 run-time 1: no Origin, nothing", "m.yaml", CORS(A), "GET http://api.test/x",
      "upstream" },
    { "4.1 run-time 4: an allowed origin is echoed", "m.yaml", CORS(A), GET "https://a.test",
      ECHO("https://a.test") },
    { "4.1 exact strings: case", "m.yaml", CORS("allowOrigins: ['https://A.test']"),
      GET "https://a.test", "upstream" },
    { "4.1 exact strings: no wildcards", "m.yaml", CORS("allowOrigins: ['https://*.test']"),
      GET "https://a.test", "upstream" },
    { "4.1 allowOrigins beside the character *", "m.yaml",
      CORS("allowOrigins: ['https://b.test', '*']"), GET "null", ECHO("null") },
    { "4.1 run-time 6: * with credentials is everybody with cookies", "m.yaml",
      CORS("allowOrigins: ['*'], allowCredentials: true"), GET "https://e.test",
      "upstream access-control-allow-origin: https://e.test; access-control-allow-credentials: "
      "true" },
    { "4.1 run-time 2: a preflight is answered here", "m.yaml",
      CORS(A ", allowMethods: [GET, PUT], allowHeaders: [x-a], exposeHeaders: [x-b], maxAge: 600, "
             "allowCredentials: true"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-credentials: true; "
      "access-control-allow-methods: GET,PUT; access-control-allow-headers: x-a; "
      "access-control-expose-headers: x-b; access-control-max-age: 600" },
    { "4.1 run-time 2: * alone echoes what is asked for", "m.yaml",
      CORS("allowOrigins: ['*'], allowMethods: ['*'], allowHeaders: ['*']"),
      PREFLIGHT "https://e.test",
      "200 access-control-allow-origin: https://e.test; access-control-allow-methods: PUT; "
      "access-control-allow-headers: x-a" },
    { "4.1 run-time 3: other preflights are passed on", "m.yaml", CORS(A),
      PREFLIGHT "https://e.test", "upstream" },
    { "4.1 run-time 4: replaces the upstream's", "m.yaml", CORS(A),
      GET "https://a.test upstream:Access-Control-Allow-Origin=* "
          "upstream:Access-Control-Allow-Credentials=true",
      "200 access-control-allow-origin: https://a.test; access-control-allow-credentials: true" },
    { "4.1 run-time 4: what upstream says reaches the others", "m.yaml", CORS(A),
      GET "https://e.test upstream:Access-Control-Allow-Origin=*",
      "200 access-control-allow-origin: *" },
    { "4.1 run-time 5: methods are not enforced", "m.yaml", CORS(A ", allowMethods: [GET]"),
      "PUT http://api.test/x Origin=https://a.test", ECHO("https://a.test") },
    { "4.1 disabled", "m.yaml", CORS(A ", disabled: true"), GET "https://a.test", "upstream" },
    { "4.1 a path rule without a policy has none", "m.yaml",
      MATCHER("  defaultRouteAction: {" ALLOW "}\n  pathRules: [{paths: ['/x'], service: s2}]\n"),
      GET "https://a.test", "upstream" },
    { "4.1 the map's default holds where no host matches", "m.yaml",
      SERVICE "defaultRouteAction: {" ALLOW "}\n", GET "https://a.test", ECHO("https://a.test") },
    { "4.1 ... and not where a path matcher serves the host", "m.yaml",
      "defaultRouteAction: {" ALLOW "}\n" MATCHER(""), GET "https://a.test", "upstream" },
    { "4.1 the longest path first, whatever the order", "m.yaml",
      PATHS(
          "  - {paths: [/*], service: s}\n  - {paths: [/x/*, /x], service: s, routeAction: {" ALLOW
          "}}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 a star stands for what follows the last /", "m.yaml",
      PATHS("  - {paths: [/x/*], service: s, routeAction: {" ALLOW "}}\n"), GET "https://a.test",
      "upstream" },
    { "4.1 a path is compared in its case", "m.yaml",
      PATHS("  - {paths: [/X], service: s, routeAction: {" ALLOW "}}\n"), GET "https://a.test",
      "upstream" },
    { "4.1 route rules by priority", "m.yaml",
      ROUTES("  - {priority: 2, matchRules: [{prefixMatch: /}], service: s}\n"
             "  - {priority: 1, matchRules: [{prefixMatch: /x}], service: s, routeAction: {" ALLOW
             "}}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 a star in prefixMatch is a star", "m.yaml",
      ROUTES("  - {priority: 1, matchRules: [{prefixMatch: '/*'}], service: s, routeAction: {" ALLOW
             "}}\n"),
      GET "https://a.test", "upstream" },
    { "4.1 ignoreCase", "m.yaml",
      ROUTES("  - {priority: 1, matchRules: [{fullPathMatch: /X, ignoreCase: true}], service: s, "
             "routeAction: {" ALLOW "}}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 matchRules are alternatives", "m.yaml",
      ROUTES("  - {priority: 1, matchRules: [{fullPathMatch: /y}, {regexMatch: '/[w-z]'}], "
             "service: s, routeAction: {" ALLOW "}}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 * in a template is one segment", "m.yaml",
      ROUTES("  - {priority: 1, matchRules: [{pathTemplateMatch: '/*/b'}], service: s, "
             "routeAction: {" ALLOW "}}\n"),
      "GET http://api.test/x/y/b Origin=https://a.test", "upstream" },
    { "4.1 ** in a template is any number", "m.yaml",
      ROUTES("  - {priority: 1, matchRules: [{pathTemplateMatch: '/{a=*}/**'}], service: s, "
             "routeAction: {" ALLOW "}}\n"),
      "GET http://api.test/x/y/b Origin=https://a.test", ECHO("https://a.test") },
    { "4.1 a header that must match", "m.yaml",
      ROUTES(
          "  - {priority: 1, matchRules: [{prefixMatch: /, headerMatches: [{headerName: Origin, "
          "prefixMatch: 'https://b.'}]}], service: s, headerAction: {responseHeadersToAdd: [" ACAO(
              "https://b.test", "") "]}}\n"),
      GET "https://b.test", ECHO("https://b.test") },
    { "4.1 ... and one that must not", "m.yaml",
      ROUTES("  - {priority: 1, matchRules: [{prefixMatch: /, headerMatches: [{headerName: x-a, "
             "exactMatch: '1', invertMatch: true}]}], service: s, routeAction: {" ALLOW "}}\n"),
      GET "https://a.test x-a=1", "upstream" },
    { "4.1 hosts: a leading star", "m.yaml",
      SERVICE "hostRules: [{hosts: ['*.test'], pathMatcher: m}]\npathMatchers: [{name: m, "
              "defaultService: s, defaultRouteAction: {" ALLOW "}}]\n",
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 hosts: a star before -", "m.yaml",
      SERVICE "hostRules: [{hosts: ['*-a.test'], pathMatcher: m}]\npathMatchers: [{name: m, "
              "defaultService: s, defaultRouteAction: {" ALLOW "}}]\n",
      "GET http://x.y-a.test/ Origin=https://a.test", ECHO("https://a.test") },
    { "4.1 a redirect answers for itself", "m.yaml",
      PATHS("  - {paths: [/x], urlRedirect: {httpsRedirect: true, redirectResponseCode: FOUND}, "
            "routeAction: {" ALLOW "}}\n"),
      GET "https://a.test", "302" },
    { "4.1 replace is the default", "m.yaml", MATCHER("  " ADD(ACAO("*", ""))),
      GET "https://a.test upstream:Access-Control-Allow-Origin=https://b.test",
      "200 access-control-allow-origin: *" },
    { "4.1 ... but not with a variable", "m.yaml",
      MATCHER("  " ADD(ACAO("https://{client_region}.test", ""))),
      GET "https://a.test upstream:Access-Control-Allow-Origin=https://b.test", "unknown" },
    { "4.1 replace: false", "m.yaml", MATCHER("  " ADD(ACAO("*", ", replace: false"))),
      GET "https://a.test upstream:Access-Control-Allow-Origin=https://b.test",
      "200 access-control-allow-origin: https://b.test; access-control-allow-origin: *" },
    { "4.1 the outermost header action wins", "m.yaml",
      ADD(ACAO("https://map.test", "")) MATCHER("  " ADD(ACAO("https://matcher.test", ""))),
      GET "https://a.test", ECHO("https://map.test") },
    { "4.1 headers are removed", "m.yaml",
      MATCHER("  headerAction: {responseHeadersToRemove: [access-control-allow-origin]}\n"),
      GET "https://a.test upstream:Access-Control-Allow-Origin=*", "200" },
    { "13 headerAction comes last", "m.yaml",
      MATCHER("  defaultRouteAction: {" ALLOW "}\n  " ADD(ACAO("*", ""))), GET "https://a.test",
      ECHO("*") },
    { "4.1 weighted backends, which may differ", "m.yaml",
      MATCHER("  defaultRouteAction: {weightedBackendServices: [{backendService: a, weight: 1, "
              "headerAction: {responseHeadersToAdd: [" ACAO("*", "") "]}}, {backendService: b, "
                                                                     "weight: 1}]}\n"),
      GET "https://a.test", "unknown" },
    { "4.1 weighted backends that do not", "m.yaml",
      MATCHER("  defaultRouteAction: {" ALLOW ", weightedBackendServices: [{backendService: a, "
              "weight: 1}, {backendService: b, weight: 1}]}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 allowOriginRegexes are not said to count with this scheme", "m.yaml",
      CORS("allowOriginRegexes: ['https://.*[.]test']"), GET "https://a.test", "unknown" },
    { "4.1 customResponseHeaders of a backend", "m.yaml",
      CORS("allowOrigins: ['https://b.test']") "---\nkind: compute#backendService\nname: web\n"
                                               "customResponseHeaders: "
                                               "['Access-Control-Allow-Origin:*']\n",
      GET "https://a.test", ECHO("*") },
    { "4.1 ... beside or in place of the backend's own", "m.yaml",
      MATCHER("") "---\nkind: compute#backendBucket\nname: web\ncustomResponseHeaders: "
                  "['Access-Control-Allow-Origin: *']\n",
      GET "https://a.test upstream:Access-Control-Allow-Origin=https://b.test", "unknown" },
    { "4.1 the URL map wins over the backend", "m.yaml",
      MATCHER(
          "  " ADD(ACAO("https://map.test", ""))) "---\nkind: compute#backendService\nname: web\n"
                                                  "customResponseHeaders: "
                                                  "['Access-Control-Allow-Origin:*']\n",
      GET "https://a.test", ECHO("https://map.test") },
    { "4.1 Config Connector", "m.yaml",
      "apiVersion: compute.cnrm.cloud.google.com/v1beta1\nkind: ComputeURLMap\nmetadata: {name: "
      "m}\n"
      "spec:\n  defaultService: {backendServiceRef: {name: web}}\n  hostRules: [{hosts: "
      "[api.test], "
      "pathMatcher: m}]\n  pathMatchers: [{name: m, defaultService: {backendServiceRef: {name: "
      "web}},"
      " defaultRouteAction: {" ALLOW "}}]\n",
      GET "https://a.test", ECHO("https://a.test") },
    { "4.1 a fault may answer first", "m.yaml",
      MATCHER("  defaultRouteAction: {" ALLOW ", faultInjectionPolicy: {abort: {httpStatus: 503, "
              "percentage: 50}}}\n"),
      GET "https://a.test", "unknown" },
    { "4.2 as 4.1", "m.yaml", MEDIA("      routeAction: {corsPolicy: {maxAge: 600s, " A "}}\n"),
      GET "https://a.test", ECHO("https://a.test") },
    { "4.2 maxAge in seconds", "m.yaml",
      MEDIA("      routeAction: {corsPolicy: {maxAge: 600s, allowMethods: [PUT], " A "}}\n"),
      PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-allow-methods: PUT; "
      "access-control-max-age: 600" },
    { "4.2 -1 disables keeping", "m.yaml",
      MEDIA("      routeAction: {corsPolicy: {maxAge: '-1', " A "}}\n"), PREFLIGHT "https://a.test",
      "200 access-control-allow-origin: https://a.test; access-control-max-age: -1" },
    { "4.2 headers are appended", "m.yaml", MEDIA("      " ADD(ACAO("*", ""))),
      GET "https://a.test upstream:Access-Control-Allow-Origin=https://b.test",
      "200 access-control-allow-origin: https://b.test; access-control-allow-origin: *" },
    { "4.2 ... unless they replace", "m.yaml", MEDIA("      " ADD(ACAO("*", ", replace: true"))),
      GET "https://a.test upstream:Access-Control-Allow-Origin=https://b.test",
      "200 access-control-allow-origin: *" },
    { "4.2 methods that are not allowed", "m.yaml",
      MEDIA("      routeAction: {corsPolicy: {maxAge: 600s, " A "}}\n"),
      "PUT http://api.test/x Origin=https://a.test", "405" },
    { "4.2 methods that are", "m.yaml",
      MEDIA("      routeMethods: {allowedMethods: [PUT]}\n      routeAction: {corsPolicy: {maxAge: "
            "600s, " A "}}\n"),
      "PUT http://api.test/x Origin=https://a.test", ECHO("https://a.test") },
    { "4.2 lowest priority first", "m.yaml",
      MEDIA("      routeAction: {corsPolicy: {maxAge: 600s, " A "}}\n"
            "    - priority: '0'\n      matchRules: [{prefixMatch: /x}]\n      origin: o\n"),
      GET "https://a.test", "upstream" },
    { "4.2 nothing matches", "m.yaml", MEDIA(""), "GET http://other.test/", "none" },
};

START_TEST(test_rows)
{
    static const struct dialect_setting managed = { .product = { "google", 6 },
                                                    .key = { "load-balancing-scheme", 21 },
                                                    .value = { "EXTERNAL_MANAGED", 16 } };
    static const struct dialect_options options = { .settings = &managed, .setting_count = 1 };
    dialect_row_check(&rows[_i], &options);
}
END_TEST

static const struct scheme_row {
    const char *scheme;
    struct dialect_row row;
} scheme_rows[] = {
    { NULL,
      { "4.1 the scheme is not in the URL map", "m.yaml", CORS(A), GET "https://a.test",
        "unknown" } },
    { NULL,
      { "4.1 ... but a backend says it", "m.yaml",
        CORS(A) "---\nkind: compute#backendService\nname: web\nloadBalancingScheme: "
                "EXTERNAL_MANAGED\n",
        GET "https://a.test", ECHO("https://a.test") } },
    { NULL,
      { "4.1 nothing there depends on it", "m.yaml", MATCHER(""),
        GET "https://a.test upstream:Access-Control-Allow-Origin=*",
        "200 access-control-allow-origin: *" } },
    { "EXTERNAL",
      { "4.1 a classic load balancer looks at no corsPolicy", "m.yaml", CORS(A),
        GET "https://a.test", "upstream" } },
    { "EXTERNAL",
      { "4.1 ... and no headerAction", "m.yaml", MATCHER("  " ADD(ACAO("*", ""))),
        GET "https://a.test", "upstream" } },
    { "EXTERNAL",
      { "4.1 ... but at the backend's own headers", "m.yaml",
        CORS(A) "---\nkind: compute#backendService\nname: web\ncustomResponseHeaders: "
                "['Access-Control-Allow-Origin:*']\n",
        GET "https://a.test", ECHO("*") } },
    { "INTERNAL_SELF_MANAGED",
      { "4.1 allowOriginRegexes match the whole Origin", "m.yaml",
        CORS("allowOriginRegexes: ['https://a']"), GET "https://a.test", "upstream" } },
    { "INTERNAL_SELF_MANAGED",
      { "4.1 allowOriginRegexes: a dot", "m.yaml", CORS("allowOriginRegexes: ['https://a.test']"),
        GET "https://axtest", ECHO("https://axtest") } },
    { "INTERNAL_SELF_MANAGED",
      { "4.1 the documents name two languages", "m.yaml",
        CORS("allowOriginRegexes: ['(?!https://b).*']"), GET "https://a.test", "unknown" } },
};

START_TEST(test_schemes)
{
    const struct scheme_row *row = &scheme_rows[_i];
    const struct dialect_setting setting = { .product = { "google", 6 },
                                             .key = { "load-balancing-scheme", 21 },
                                             .value = str_from(row->scheme ? row->scheme : "") };
    const struct dialect_options options = { .settings = &setting,
                                             .setting_count = row->scheme != NULL };
    dialect_row_check(&row->row, &options);
}
END_TEST

static const struct refused_row {
    const char *what, *text, *message;
} refused[] = {
    { "a path without /", PATHS("  - {paths: [x], service: s}\n"), "a path begins with /" },
    { "a star inside", PATHS("  - {paths: ['/a/*/b'], service: s}\n"), "/a/*/b: a star stands" },
    { "no such path matcher",
      SERVICE "hostRules: [{hosts: [a], pathMatcher: n}]\npathMatchers: []\n",
      "there is no path matcher n" },
    { "an expression", CORS("allowOriginRegexes: ['(']"), "(: " },
    { "a truth", CORS("allowCredentials: maybe"), "allowCredentials is neither" },
    { "no priority", ROUTES("  - {matchRules: [{prefixMatch: /}], service: s}\n"),
      "a route rule needs" },
    { "4.2 maxAge is required", MEDIA("      routeAction: {corsPolicy: {" A "}}\n"),
      "corsPolicy needs maxAge" },
    { "4.2 a day at most", MEDIA("      routeAction: {corsPolicy: {maxAge: 86401s}}\n"),
      "maxAge is a number" },
    { "4.2 five methods",
      MEDIA("      routeAction: {corsPolicy: {maxAge: 1s, allowMethods: [A, B, C,"
            " D, E, F]}}\n"),
      "allowMethods has more than 5" },
};

START_TEST(test_refused)
{
    const struct refused_row *row = &refused[_i];
    const struct dialect_row table = { row->what, "m.yaml", row->text, "", "" };
    char message[128];
    (void)snprintf(message, sizeof message, "Google's load balancer refuses this: %s",
                   row->message);
    ck_assert_msg(dialect_row_refused(&table, message), "%s", row->what);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("google");
    TCase *group = tcase_create("rows");
    tcase_add_loop_test(group, test_rows, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(group, test_schemes, 0, sizeof scheme_rows / sizeof *scheme_rows);
    tcase_add_loop_test(group, test_refused, 0, sizeof refused / sizeof *refused);
    suite_add_tcase(suite, group);
    return check_main(suite);
}
