// What cannot be known is unknown in a comparison, too: it cancels against itself alone. Each row
// is a file in which one piece, "@", is one text before and another one after. Whatever depends on
// that piece may have changed, so nothing may be said to be equal; and each version is equal to
// itself.
#include "diff/diff.h"

#include "unit/check_main.h"
#include "unit/dialect_table.h"

#include <stdlib.h>
#include <string.h>

#define ENVOY(filters, vhost, routes)                                                              \
    "static_resources:\n  listeners:\n  - address: {socket_address: {address: 0.0.0.0, "           \
    "port_value: 80}}\n    filter_chains:\n    - filters:\n      - name: hcm\n"                    \
    "        typed_config:\n          http_filters:\n" filters                                     \
    "          - name: envoy.filters.http.router\n          route_config:\n"                       \
    "            virtual_hosts:\n            - name: v\n              domains: [api.test]\n" vhost \
    "              routes:\n" routes
#define CORS_FILTER "          - name: envoy.filters.http.cors\n"
#define LUA(code)                                                                                  \
    "          - name: envoy.filters.http.lua\n            typed_config: {inline_code: \"" code    \
    "\"}\n"
#define ENVOY_CORS "              cors: {allow_origin_string_match: [{exact: 'https://a.test'}]}\n"
#define TO_APP "              - {match: {prefix: /}, route: {cluster: app}}\n"

#define OBJECT(version, type)                                                                      \
    "apiVersion: " version "\nkind: " type "\nmetadata: {name: api, namespace: prod}\n"
#define INGRESS(class, annotations)                                                                \
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: api\n  namespace: prod\n" \
    "  annotations:\n" annotations                                                                 \
    "spec:\n  ingressClassName: " class "\n  rules:\n"                                             \
                                        "  - host: api.test\n    http: {paths: [{path: /, "        \
                                        "pathType: Prefix, backend: {service: {name:"              \
                                        " a, port: {number: 80}}}}]}\n"
#define ROUTE(spec)                                                                                \
    OBJECT("traefik.io/v1alpha1", "IngressRoute")                                                  \
    "spec:\n  routes:\n  - {kind: Rule, " spec ", services: [{name: app, port: 80}]}\n"
#define MIDDLEWARE(headers)                                                                        \
    "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: cors, namespace: "   \
    "prod}\nspec:\n  headers:\n" headers
#define MESH(spec) OBJECT("networking.istio.io/v1", "VirtualService") "spec:\n" spec
#define MESH_HTTP                                                                                  \
    "  http:\n  - route: [{destination: {host: app}}]\n    corsPolicy:\n      allowOrigins:"
#define HTTP_ROUTE(rule)                                                                           \
    OBJECT("gateway.networking.k8s.io/v1", "HTTPRoute")                                            \
    "spec:\n  parentRefs: [{name: gw}]\n  hostnames: [api.test]\n  rules:\n"                       \
    "  - backendRefs: [{name: a, port: 80}]\n" rule
#define PLUGIN(name, kind, config)                                                                 \
    "---\napiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: " name       \
    ", namespace: prod}\nplugin: " kind "\nconfig: " config "\n"

#define TEMPLATE(top, more, behaviour)                                                             \
    top "Resources:\n" more "  Site:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n"  \
        "      DistributionConfig:\n        Origins: [{Id: o, DomainName: o.test}]\n"              \
        "        DefaultCacheBehavior:\n          TargetOriginId: o\n"                             \
        "          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad\n" behaviour
#define SIMPLE_CORS "          ResponseHeadersPolicyId: 60669652-455b-4ae9-85a4-c4c02393f86c\n"
#define USE_POLICY "          ResponseHeadersPolicyId: !Ref Cors\n"
#define CORS_POLICY(origins, credentials, more)                                                    \
    "  Cors:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Properties:\n"                 \
    "      ResponseHeadersPolicyConfig:\n        Name: c\n        CorsConfig: "                    \
    "{AccessControlAllowOrigins: {Items: [" origins "]}, AccessControlAllowMethods: {Items: "      \
    "[GET]}, AccessControlAllowHeaders: {Items: [x]}, AccessControlAllowCredentials: " credentials \
    ", OriginOverride: true}\n" more
#define EDGE_FUNCTION(code)                                                                        \
    "  Fn: {Type: AWS::CloudFront::Function, Properties: {Name: f, FunctionCode: '" code "'}}\n"
#define EDGE_LAMBDA(code)                                                                          \
    "  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Fn}}\n"               \
    "  Fn: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: '" code "'}}}\n"
#define RUNS(stage)                                                                                \
    "          FunctionAssociations: [{EventType: " stage                                          \
    ", FunctionARN: !GetAtt Fn.FunctionMetadata.FunctionARN}]\n"
#define RUNS_LAMBDA(stage)                                                                         \
    "          LambdaFunctionAssociations: [{EventType: " stage                                    \
    ", LambdaFunctionARN: !Ref Version}]\n"

static const struct row {
    const char *what, *path, *text, *before, *after;
} rows[] = {
    { "CloudFront: code at viewer-response", "t.yaml",
      TEMPLATE("", EDGE_FUNCTION("@"), SIMPLE_CORS RUNS("viewer-response")), "a", "b" },
    { "CloudFront: code at viewer-request", "t.yaml",
      TEMPLATE("", EDGE_FUNCTION("@"), SIMPLE_CORS RUNS("viewer-request")), "a", "b" },
    { "CloudFront: code of a version at origin-request", "t.yaml",
      TEMPLATE("", EDGE_LAMBDA("@"), SIMPLE_CORS RUNS_LAMBDA("origin-request")), "a", "b" },
    { "CloudFront: ... at origin-response", "t.yaml",
      TEMPLATE("", EDGE_LAMBDA("@"), SIMPLE_CORS RUNS_LAMBDA("origin-response")), "a", "b" },
    { "CloudFront: a parameter of the code", "t.yaml",
      TEMPLATE("Parameters: {P: {Type: String, Default: @}}\n",
               "  Fn: {Type: AWS::CloudFront::Function, Properties: {Name: f, FunctionCode: !Ref "
               "P}}\n",
               SIMPLE_CORS RUNS("viewer-response")),
      "a", "b" },
    { "CloudFront: which policy of another stack", "t.yaml",
      TEMPLATE("", "", "          ResponseHeadersPolicyId: !ImportValue @\n"), "a", "b" },
    { "CloudFront: which policy by its id", "t.yaml",
      TEMPLATE("", "", "          ResponseHeadersPolicyId: 0000@000\n"), "a", "b" },
    { "CloudFront: what makes a policy", "t.yaml",
      TEMPLATE("", "  Made: {Type: 'Custom::Policy', Properties: {Allow: @}}\n",
               "          ResponseHeadersPolicyId: !GetAtt Made.Id\n"),
      "a", "b" },
    { "CloudFront: all origins", "t.yaml",
      TEMPLATE("", CORS_POLICY("!ImportValue @", "false", ""), USE_POLICY), "a", "b" },
    { "CloudFront: part of an origin", "t.yaml",
      TEMPLATE("Parameters: {Ta: {Type: String}, Tb: {Type: String}}\n",
               CORS_POLICY("!Sub 'https://${T@}.x.test'", "false", ""), USE_POLICY),
      "a", "b" },
    { "CloudFront: credentials", "t.yaml",
      TEMPLATE("", CORS_POLICY("'https://a.test'", "!ImportValue @", ""), USE_POLICY), "a", "b" },
    { "CloudFront: the value of a custom header", "t.yaml",
      TEMPLATE(
          "",
          CORS_POLICY("'https://a.test'", "false",
                      "        CustomHeadersConfig: {Items: [{Header: "
                      "Access-Control-Allow-Origin, Value: !ImportValue @, Override: true}]}\n"),
          USE_POLICY),
      "a", "b" },
    { "CloudFront: whether a custom header overrides", "t.yaml",
      TEMPLATE(
          "",
          CORS_POLICY("'https://a.test'", "false",
                      "        CustomHeadersConfig: {Items: [{Header: "
                      "Access-Control-Allow-Origin, Value: '*', Override: !ImportValue @}]}\n"),
          USE_POLICY),
      "a", "b" },
    { "CloudFront: which header is removed", "t.yaml",
      TEMPLATE("",
               CORS_POLICY("'https://a.test'", "false",
                           "        RemoveHeadersConfig: {Items: [{Header: !ImportValue @}]}\n"),
               USE_POLICY),
      "a", "b" },
    { "CloudFront: which methods are allowed", "t.yaml",
      TEMPLATE("", "", SIMPLE_CORS "          AllowedMethods: !ImportValue @\n"), "a", "b" },
    { "CloudFront: what viewers by http get", "t.yaml",
      TEMPLATE("", "", SIMPLE_CORS "          ViewerProtocolPolicy: !ImportValue @\n"), "a", "b" },
    { "CloudFront: which paths a behaviour has", "t.yaml",
      TEMPLATE("", "",
               SIMPLE_CORS "        CacheBehaviors: [{PathPattern: !ImportValue @, TargetOriginId: "
                           "o, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}]\n"),
      "a", "b" },
    { "CloudFront: a behaviour", "t.yaml",
      TEMPLATE("", "", SIMPLE_CORS "        CacheBehaviors: [!ImportValue @]\n"), "a", "b" },
    { "CloudFront: a distribution", "t.yaml",
      "Resources:\n  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: "
      "!ImportValue @}}\n",
      "a", "b" },
    { "CloudFront: what a loop makes", "t.yaml",
      "Resources:\n  Fn::ForEach::Sites:\n    - Site\n    - [@]\n    - Cors${Site}: {Type: "
      "AWS::CloudFront::ResponseHeadersPolicy}\n",
      "a", "b" },
    { "CloudFront: a variable of Terraform", "t.tf.json",
      "{\"resource\": {\"aws_cloudfront_distribution\": {\"s\": {\"origin\": {\"origin_id\": "
      "\"o\", \"domain_name\": \"o.test\"}, \"default_cache_behavior\": {\"target_origin_id\": "
      "\"o\", \"cache_policy_id\": \"4135ea2d-6df8-44a3-9df3-4b5a84be39ad\", "
      "\"response_headers_policy_id\": \"${local.@}\"}}}}}",
      "a", "b" },
    { "CloudFront: blocks of Terraform that an expression makes", "t.tf.json",
      "{\"resource\": {\"aws_cloudfront_distribution\": {\"s\": {\"origin\": {\"origin_id\": "
      "\"o\", \"domain_name\": \"o.test\"}, \"dynamic\": {\"ordered_cache_behavior\": "
      "{\"for_each\": \"${local.@}\"}}, \"default_cache_behavior\": {\"target_origin_id\": "
      "\"o\", \"cache_policy_id\": \"4135ea2d-6df8-44a3-9df3-4b5a84be39ad\"}}}}}",
      "a", "b" },
    { "code of a filter that may change any header", "envoy.yaml",
      ENVOY(CORS_FILTER LUA("@"), ENVOY_CORS, TO_APP), "a", "b" },
    { "code of the second of them", "envoy.yaml",
      ENVOY(CORS_FILTER LUA("x") LUA("@"), ENVOY_CORS, TO_APP), "a", "b" },
    { "code of a filter that may refuse", "envoy.yaml",
      ENVOY(LUA("@") CORS_FILTER, ENVOY_CORS, TO_APP), "a", "b" },
    { "code of a filter at a route", "envoy.yaml",
      ENVOY(CORS_FILTER LUA("x"), ENVOY_CORS,
            "              - {match: {prefix: /}, route: {cluster: app}, "
            "typed_per_filter_config: {envoy.filters.http.lua: {source_code: \"@\"}}}\n"),
      "a", "b" },
    { "headers that a route adds beside the filter", "envoy.yaml",
      ENVOY(CORS_FILTER, ENVOY_CORS,
            "              - {match: {prefix: /}, route: {cluster: app}, "
            "response_headers_to_add: [{append_action: @, header: {key: "
            "Access-Control-Allow-Origin, value: '*'}}]}\n"),
      "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD" },
    { "how often the filter runs", "envoy.yaml",
      ENVOY(CORS_FILTER,
            "              cors: {filter_enabled: {default_value: {numerator: @}}, "
            "allow_origin_string_match: [{exact: 'https://a.test'}]}\n",
            TO_APP),
      "1", "99" },
    { "credentials that a template decides", "envoy.yaml",
      ENVOY(CORS_FILTER,
            "              cors: {allow_credentials: \"${@}\", allow_origin_string_match: "
            "[{exact: 'https://a.test'}]}\n",
            TO_APP),
      "A", "B" },
    { "a path that a template decides", "envoy.yaml",
      ENVOY(CORS_FILTER, ENVOY_CORS,
            "              - {match: {prefix: \"${@}\"}, route: {cluster: app, cors: "
            "{allow_origin_string_match: [{prefix: h}]}}}\n" TO_APP),
      "A", "B" },
    { "a host that a template decides", "envoy.yaml",
      "name: r\nvirtual_hosts:\n- name: v\n  domains: [\"${HOST}\"]\n  cors: "
      "{allow_origin_string_match: [{@}]}\n  routes: [{match: {prefix: /}, route: {cluster: a}}]\n",
      "exact: 'https://a.test'", "prefix: h" },

    { "a middleware that is somewhere else", "traefik.yaml",
      ROUTE("match: \"Host(`api.test`)\", middlewares: [{name: @}]"), "strict", "open" },
    { "a second argument of a condition", "traefik.yaml",
      ROUTE("match: \"Host(`api.test`) && ClientIP(`10.0.0.1`, `@`)\", middlewares: [{name: "
            "cors}]") MIDDLEWARE("    accessControlAllowOriginList: [\"*\"]\n"),
      "10.0.0.2", "10.0.0.3" },
    { "a host of a rule", "traefik.yaml",
      ROUTE("match: \"Host(`{{ .Values.h }}`)\", middlewares: [{name: @}]"), "strict", "open" },
    { "credentials of a middleware", "traefik.yaml",
      ROUTE("match: \"Host(`api.test`)\", middlewares: [{name: cors}]")
          MIDDLEWARE("    accessControlAllowOriginList: [\"https://a.test\"]\n"
                     "    accessControlAllowCredentials: {{ .Values.@ }}\n"),
      "a", "b" },
    { "a header of a middleware", "traefik.yaml",
      ROUTE("match: \"Host(`api.test`)\", middlewares: [{name: cors}]")
          MIDDLEWARE("    customResponseHeaders:\n      Access-Control-Allow-Origin: "
                     "{{ .Values.@ }}\n"),
      "a", "b" },
    { "a middleware that nothing uses", "traefik.yaml",
      MIDDLEWARE("    accessControlAllowOriginList: [\"https://a.test\"]\n"
                 "    accessControlAllowCredentials: {{ .Values.@ }}\n"),
      "a", "b" },

    { "annotations that a template brings", "ingress.yaml",
      INGRESS("nginx", "    {{- toYaml .Values.@ | nindent 4 }}\n"
                       "    nginx.ingress.kubernetes.io/enable-cors: \"true\"\n"),
      "a", "b" },
    { "an annotation that a template fills in", "ingress.yaml",
      INGRESS("nginx", "    nginx.ingress.kubernetes.io/enable-cors: \"true\"\n"
                       "    nginx.ingress.kubernetes.io/cors-allow-origin: {{ .Values.@ }}\n"),
      "a", "b" },
    { "an Ingress whose hosts a template brings", "ingress.yaml",
      "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api, annotations: {x: "
      "\"@\"}}\nspec:\n  ingressClassName: nginx\n  rules:\n  {{- range .Values.hosts }}\n"
      "  - host: {{ . }}\n  {{- end }}\n",
      "a", "b" },
    { "a patch of an Ingress", "ingress.yaml",
      "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: api\n  annotations:\n"
      "    nginx.ingress.kubernetes.io/enable-cors: \"true\"\n"
      "    nginx.ingress.kubernetes.io/cors-allow-origin: \"@\"\nspec: {ingressClassName: nginx}\n",
      "https://a.test", "*" },
    { "annotations in a file of values", "values.yaml",
      "ingress:\n  annotations:\n    nginx.ingress.kubernetes.io/enable-cors: \"true\"\n"
      "    nginx.ingress.kubernetes.io/cors-allow-origin: \"@\"\n",
      "https://a.test", "*" },
    { "a file inside of a ConfigMap", "map.yaml",
      OBJECT("v1", "ConfigMap") "data:\n  nginx.conf: |\n    server {\n"
                                "      add_header Access-Control-Allow-Origin @;\n    }\n",
      "https://a.test", "*" },
    { "a controller that has no model", "ingress.yaml",
      INGRESS("haproxy", "    haproxy.org/cors-enable: \"true\"\n"
                         "    haproxy.org/cors-allow-origin: \"@\"\n"),
      "https://a.test", "*" },
    { "an object of a product that has no model", "mapping.yaml",
      OBJECT(
          "getambassador.io/v3alpha1",
          "Mapping") "spec: {hostname: a.test, prefix: /, service: a, cors: {origins: [\"@\"]}}\n",
      "https://a.test", "*" },
    { "a filter of Envoy in a mesh", "filter.yaml",
      OBJECT("networking.istio.io/v1alpha3",
             "EnvoyFilter") "spec: {configPatches: [{applyTo: HTTP_FILTER, patch: {value: "
                            "{inline_code: "
                            "\"access-control-allow-origin @\"}}}]}\n",
      "a", "b" },

    { "origins that a template brings", "istio.yaml",
      MESH("  hosts: [api.test]\n" MESH_HTTP "\n      {{- toYaml .Values.@ | nindent 6 }}\n"), "a",
      "b" },
    { "an origin that is filled in", "istio.yaml",
      MESH("  hosts: [api.test]\n" MESH_HTTP " [{exact: \"${@}\"}]\n"), "A", "B" },
    { "hosts that a template brings", "istio.yaml",
      MESH("  hosts:\n  {{- toYaml .Values.hosts | nindent 2 }}\n" MESH_HTTP " [{@}]\n"),
      "exact: \"https://a.test\"", "regex: \".*\"" },
    { "routes that somebody else asks for", "istio.yaml", MESH(MESH_HTTP " [{@}]\n"),
      "exact: \"https://a.test\"", "regex: \".*\"" },
    { "a delegate that is somewhere else", "istio.yaml",
      MESH("  hosts: [api.test]\n  http:\n  - delegate: {name: @}\n"), "a", "b" },

    { "credentials of a filter", "route.yaml",
      HTTP_ROUTE("    filters: [{type: CORS, cors: {allowOrigins: [\"https://a.test\"], "
                 "allowCredentials: \"${@}\"}}]\n"),
      "A", "B" },
    { "filters that a template brings", "route.yaml",
      HTTP_ROUTE("    filters:\n    {{- toYaml .Values.@ | nindent 4 }}\n"), "a", "b" },
    { "a filter of the product's own kind", "route.yaml",
      HTTP_ROUTE("    filters: [{type: ExtensionRef, extensionRef: {group: traefik.io, kind: "
                 "Middleware, name: @}}]\n"),
      "a", "b" },
    { "a policy of a route that is somewhere else", "policy.yaml",
      OBJECT("gateway.envoyproxy.io/v1alpha1",
             "SecurityPolicy") "spec:\n  targetRefs: [{kind: HTTPRoute, name: there}]\n  cors: "
                               "{allowOrigins: [\"@\"]}\n",
      "https://a.test", "*" },
    { "a policy whose targets a template decides", "policy.yaml",
      HTTP_ROUTE("    name: r\n") "---\n" OBJECT(
          "gateway.envoyproxy.io/v1alpha1",
          "SecurityPolicy") "spec:\n  targetRefs: [{kind: HTTPRoute, name: \"{{ .Values.r }}\"}]\n"
                            "  cors: {allowOrigins: [\"@\"]}\n",
      "https://a.test", "*" },

    { "the first of two plugins that are somewhere else", "kong.yaml",
      INGRESS("kong", "    konghq.com/plugins: \"@, limits\"\n"), "strict", "open" },
    { "another plugin that speaks of CORS", "kong.yaml",
      INGRESS("kong", "    konghq.com/plugins: \"add\"\n") PLUGIN(
          "add", "response-transformer", "{add: {headers: [\"Access-Control-Allow-Origin:@\"]}}"),
      "https://a.test", "*" },
    { "a variable that the includer sets", "cors.conf",
      "if ($allowed = '') {\n  set $allowed 'no';\n}\nif ($allowed = '@') {\n"
      "  add_header Access-Control-Allow-Origin *;\n}\n",
      "yes", "sure" },
    { "routes of vercel.json", "vercel.json",
      "{\"routes\": [{\"src\": \"/(.*)\", \"headers\": {\"Access-Control-Allow-Origin\": "
      "\"@\"}}]}",
      "https://a.test", "*" },
};

static const char *fill(struct arena *arena, const char *text, const char *piece)
{
    Str before, after, rest = str_from(text);
    struct buf out = { .arena = arena };
    while (str_cut(rest, STR("@"), &before, &after)) {
        buf_add(&out, before);
        buf_add(&out, str_from(piece));
        rest = after;
    }
    buf_add(&out, rest);
    buf_add(&out, (Str){ "", 1 });
    return buf_str(&out).ptr;
}

static struct policy *load(struct model *model, const struct row *row, const char *piece)
{
    static const struct dialect_options none = { 0 };
    struct arena *arena = model->arena;
    struct dialect_row *file = ARENA_NEW(arena, struct dialect_row);
    *file = (struct dialect_row){ .path = row->path, .text = fill(arena, row->text, piece) };
    struct source *source =
        source_new(model->run, files_new(arena), &dialect_source_ops, str_from(row->path), file);
    struct dialect_result result = { 0 };
    bool good = dialect_load(model, source, &none, NULL, 0, &result);
    ck_assert_msg(
        good, "%s: %.*s", row->what,
        STR_ARG(model->run->diags.count ? model->run->diags.items[0].message : STR("not read")));
    return result.policy;
}

static struct diff compare(const struct row *row, struct arena *arena, const char *before,
                           const char *after)
{
    struct model *model = model_new(run_new(arena, &limits_default));
    const struct policy *old = load(model, row, before), *new = load(model, row, after);
    struct diff diff;
    diff_policies(origin_space_new(model), NULL, NULL, old, new, &diff);
    return diff;
}

START_TEST(cancels_against_itself_alone)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct arena *arena = arena_new();
        struct diff same = compare(row, arena, row->before, row->before);
        ck_assert_msg(same.relation == RELATION_EQUAL, "%s: changed against itself", row->what);
        struct diff other = compare(row, arena, row->before, row->after);
        ck_assert_msg(other.relation != RELATION_EQUAL, "%s: taken for equal", row->what);
        arena_free(arena);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { cancels_against_itself_alone };
    return check_main(check_suite("unknown", tests, sizeof tests / sizeof *tests));
}
