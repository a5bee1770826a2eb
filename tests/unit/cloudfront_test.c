// CloudFront: reference/cdn.md section 3 (and 10.1, 12, 13).
#include "policy/compose.h"
#include "unit/cloudfront_rows.h"

// ---- what must not be known (dialect_table.h: what simulate says)

#define CODE "arn:aws:cloudfront::1:function/f"
#define FUNCTION(stage)                                                                            \
    "          FunctionAssociations: [{EventType: " stage ", FunctionARN: '" CODE "'}]\n"
#define LAMBDA(stage)                                                                              \
    "          LambdaFunctionAssociations: [{EventType: " stage ", LambdaFunctionARN: '" CODE      \
    "'}]\n"

#define TERRAFORM(open, close)                                                                     \
    "{\"resource\": {\"aws_cloudfront_distribution\": {\"site\": " open                            \
    "{\"aliases\": [\"cdn.test\"], \"origin\": " open                                              \
    "{\"origin_id\": \"o\", \"domain_name\": \"o.test\", \"custom_header\": {\"name\": \"a\", "    \
    "\"value\": \"b\"}}" close                                                                     \
    ", \"ordered_cache_behavior\": [{\"path_pattern\": \"/api/*\", \"target_origin_id\": \"o\", "  \
    "\"viewer_protocol_policy\": \"allow-all\", \"cache_policy_id\": \"" DISABLED                  \
    "\"}, {\"path_pattern\": \"/a*\", \"target_origin_id\": \"o\", "                               \
    "\"response_headers_policy_id\": "                                                             \
    "\"60669652-455b-4ae9-85a4-c4c02393f86c\", \"cache_policy_id\": \"" DISABLED                   \
    "\"}], \"default_cache_behavior\": " open                                                      \
    "{\"target_origin_id\": \"o\", \"allowed_methods\": [\"GET\", \"HEAD\"], "                     \
    "\"cache_policy_id\": \"${aws_cloudfront_cache_policy.site.id}\", "                            \
    "\"response_headers_policy_id\": \"${aws_cloudfront_response_headers_policy.site.id}\"}" close \
    "}" close "}, \"aws_cloudfront_cache_policy\": {\"site\": {\"name\": \"s\", \"min_ttl\": 0, "  \
    "\"parameters_in_cache_key_and_forwarded_to_origin\": {\"headers_config\": "                   \
    "{\"header_behavior\": \"whitelist\", \"headers\": {\"items\": [\"Origin\"]}}}}}, "            \
    "\"aws_cloudfront_response_headers_policy\": {\"site\": {\"name\": \"e\", \"cors_config\": "   \
    "{\"access_control_allow_credentials\": false, \"access_control_allow_headers\": {\"items\": " \
    "[\"a\"]}, \"access_control_allow_methods\": {\"items\": [\"GET\"]}, "                         \
    "\"access_control_allow_origins\": {\"items\": [\"*\"]}, \"origin_override\": true}}}}}"

static const struct dialect_row unknown_rows[] = {
    { "3.4 a function at viewer-response", "template.yaml",
      SITE(SIMPLE FUNCTION("viewer-response")), SGET APP, "unknown" },
    { "... Lambda@Edge too", "template.yaml", SITE(SIMPLE LAMBDA("viewer-response")), SGET APP,
      "unknown" },
    { "a function at viewer-request may answer", "template.yaml",
      SITE(SIMPLE FUNCTION("viewer-request")), SGET APP, "unknown" },
    { "... at origin-request, too", "template.yaml", SITE(SIMPLE LAMBDA("origin-request")),
      SGET APP, "unknown" },
    { "a function at origin-response may send anything", "template.yaml",
      SITE(SIMPLE LAMBDA("origin-response")), SGET APP, "unknown" },
    { "3.1 Terraform's JSON: a policy", "main.tf.json",
      "{\"resource\": {\"aws_cloudfront_response_headers_policy\": {\"edge\": {\"name\": \"e\", "
      "\"cors_config\": [{\"access_control_allow_credentials\": true, "
      "\"access_control_allow_headers\": {\"items\": [\"x-a\"]}, "
      "\"access_control_allow_methods\": [{\"items\": [\"GET\"]}], "
      "\"access_control_allow_origins\": {\"items\": [\"${var.app}\", "
      "\"https://${var.t}.x.test\"]}, "
      "\"access_control_max_age_sec\": 60, \"origin_override\": true}]}}}, \"variable\": {\"app\": "
      "{\"default\": \"https://app.test\"}, \"t\": {}}}",
      "OPTIONS https://edge-headers.cloudfront/ Origin=" APP,
      "upstream access-control-allow-origin: " APP
      "; access-control-allow-credentials: true; access-control-allow-methods: GET; "
      "access-control-allow-headers: x-a; access-control-max-age: 60" },
    { "3.1 ... a distribution, its behaviours in order", "main.tf.json", TERRAFORM("[", "]"),
      "GET https://cdn.test/api/x Origin=" APP, "upstream" },
    { "3.1 ... the default one", "main.tf.json", TERRAFORM("[", "]"),
      "GET https://cdn.test/x Origin=" APP, "upstream access-control-allow-origin: *" },
    { "3.1 ... a block may be an object", "main.tf.json", TERRAFORM("", ""),
      "GET https://cdn.test/x Origin=" APP, "upstream access-control-allow-origin: *" },
    { "3.8 a policy of another stack", "template.yaml",
      SITE("          ResponseHeadersPolicyId: !ImportValue Policy\n"), SGET APP, "unknown" },
    { "3.8 an id that nobody knows", "template.yaml",
      SITE("          ResponseHeadersPolicyId: 00000000-0000-0000-0000-000000000000\n"), SGET APP,
      "unknown" },
    { "3.5 what is refused before is known", "template.yaml",
      SITE(SIMPLE FUNCTION("viewer-response")), SPRE APP, "403" },
    { "3.1 JSON", "template.json",
      "{\"Resources\": {\"Cors\": {\"Type\": \"AWS::CloudFront::ResponseHeadersPolicy\", "
      "\"Properties\": {\"ResponseHeadersPolicyConfig\": {\"Name\": \"c\", \"CorsConfig\": "
      "{\"AccessControlAllowOrigins\": {\"Items\": [{\"Fn::Join\": [\"\", [\"https://\", "
      "\"app.test\"]]}]}, \"AccessControlAllowMethods\": {\"Items\": [\"GET\"]}, "
      "\"AccessControlAllowHeaders\": {\"Items\": [\"a\"]}, \"AccessControlAllowCredentials\": "
      "true, \"OriginOverride\": true}}}}}}",
      GET APP,
      "upstream access-control-allow-origin: " APP "; access-control-allow-credentials: "
      "true" },
    { "3.1 the command line's form of a policy", "template.json",
      "{\"ResponseHeadersPolicyConfig\": {\"Name\": \"c\", \"CorsConfig\": "
      "{\"AccessControlAllowOrigins\": {\"Quantity\": 1, \"Items\": [\"" APP "\"]}, "
      "\"AccessControlAllowMethods\": {\"Quantity\": 1, \"Items\": [\"GET\"]}, "
      "\"AccessControlAllowHeaders\": {\"Quantity\": 1, \"Items\": [\"a\"]}, "
      "\"AccessControlAllowCredentials\": false, \"OriginOverride\": true}}}",
      "GET https://policy.cloudfront/ Origin=" APP, "upstream access-control-allow-origin: " APP },
    { "3.1 ... of a distribution: CachedMethods stand in AllowedMethods", "d.yaml",
      "DistributionConfig:\n  Aliases: {Quantity: 1, Items: [cdn.test]}\n"
      "  Origins: {Quantity: 1, Items: [{Id: o, DomainName: o.test}]}\n"
      "  CacheBehaviors: {Quantity: 0}\n"
      "  DefaultCacheBehavior: {TargetOriginId: o, CachePolicyId: " DISABLED ", "
      "ResponseHeadersPolicyId: 60669652-455b-4ae9-85a4-c4c02393f86c, AllowedMethods: {Quantity: "
      "3, Items: [GET, HEAD, OPTIONS], CachedMethods: {Quantity: 2, Items: [GET, HEAD]}}}\n",
      "OPTIONS https://cdn.test/ Origin=" APP, "upstream access-control-allow-origin: *" },
};

// ---- in front of a bucket (3.6, 10.2)

#define BUCKET                                                                                     \
    "  Files:\n    Type: AWS::S3::Bucket\n    Properties: {CorsConfiguration: {CorsRules: "        \
    "[{AllowedMethods: [GET, PUT], AllowedOrigins: ['https://app.test'], AllowedHeaders: "         \
    "['*']}]}}\n"
#define FRONT_OF(origin, more)                                                                     \
    "Resources:\n" BUCKET "  Site:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n"    \
    "      DistributionConfig:\n        Origins: [{Id: o, DomainName: " origin "}]\n"              \
    "        DefaultCacheBehavior:\n          TargetOriginId: o\n" ALL more
#define FRONT(more) FRONT_OF("!GetAtt Files.RegionalDomainName", more)
#define CACHE(id) "          CachePolicyId: " id "\n"
#define REQUEST(id) "          OriginRequestPolicyId: " id "\n"
#define S3_CORS REQUEST("88a5eaf4-2fd4-4709-b370-b4c650ea3fcf")
#define ALLOWED "access-control-allow-origin: " APP "; access-control-allow-methods: GET, PUT; "
#define VARIES "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
#define FULL "upstream " ALLOWED "access-control-allow-credentials: true; vary: " VARIES
#define TRIMMED "upstream " ALLOWED "access-control-allow-credentials: true; vary: Origin"
#define BARE "upstream " ALLOWED "access-control-allow-credentials: true"
#define OWN_CACHE(headers)                                                                         \
    "  Keyed:\n    Type: AWS::CloudFront::CachePolicy\n    Properties: {CachePolicyConfig: "       \
    "{Name: k, MinTTL: 0, DefaultTTL: 60, MaxTTL: 60, ParametersInCacheKeyAndForwardedToOrigin: "  \
    "{HeadersConfig: {HeaderBehavior: whitelist, Headers: [" headers "]}}}}\n"
#define OWN_REQUEST(config)                                                                        \
    "  Sent:\n    Type: AWS::CloudFront::OriginRequestPolicy\n    Properties: "                    \
    "{OriginRequestPolicyConfig: {Name: k, HeadersConfig: {" config "}}}\n"

static const struct dialect_row stack_rows[] = {
    { "3.6 Origin in the key: it is sent, and Vary keeps it", "template.yaml",
      FRONT(CACHE("!Ref Keyed")) OWN_CACHE("Origin"), SGET APP, TRIMMED },
    { "3.6 ... a preflight lacks what it asks", "template.yaml",
      FRONT(CACHE("!Ref Keyed")) OWN_CACHE("Origin"), SPRE APP, "unknown" },
    { "3.6 an origin request policy sends it", "template.yaml", FRONT(CACHE(OPTIMIZED) S3_CORS),
      SGET APP, FULL },
    { "3.6 ... and what a preflight asks", "template.yaml", FRONT(CACHE(OPTIMIZED) S3_CORS),
      SPRE APP " Access-Control-Request-Headers=x-a",
      "200 " ALLOWED "access-control-allow-headers: x-a; access-control-allow-credentials: true; "
      "vary: " VARIES },
    { "3.6 ... another origin is refused by the bucket", "template.yaml",
      FRONT(CACHE(OPTIMIZED) S3_CORS), SPRE "https://x.test", "403" },
    { "3.6 CORS-CustomOrigin sends the origin alone", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("59781a5b-3903-41f3-afcb-af62929ccde1")), SGET APP, TRIMMED },
    { "3.6 a cache policy without it: the bucket sees no origin", "template.yaml",
      FRONT(CACHE(OPTIMIZED)), SGET APP, "upstream" },
    { "3.6 CachingDisabled and AllViewer", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("216adef6-5c7f-47e4-b989-5492eafa07d3")), SGET APP, FULL },
    { "3.6 AllViewerExceptHostHeader", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("b689b0a8-53d0-40ab-baf2-68738e2966ac")), SGET APP, FULL },
    { "3.6 UserAgentRefererHeaders sends none", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("acba4595-bd28-49b8-b9fe-13317c0390fa")), SGET APP,
      "upstream" },
    { "3.7 UseOriginCacheControlHeaders has it in the key", "template.yaml",
      FRONT(CACHE("83da9c7e-98b4-4e11-a168-04f0df8e2c65")), SGET APP, TRIMMED },
    { "3.6 ForwardedValues without Headers: sent, but not in Vary", "template.yaml",
      FRONT("          ForwardedValues: {QueryString: false}\n"), SGET APP, BARE },
    { "3.6 ForwardedValues with Origin", "template.yaml",
      FRONT("          ForwardedValues: {QueryString: false, Headers: [Origin]}\n"), SGET APP,
      TRIMMED },
    { "3.6 ForwardedValues with *", "template.yaml",
      FRONT("          ForwardedValues: {QueryString: false, Headers: ['*']}\n"), SGET APP, FULL },
    { "3.7 a request policy of the template: allViewer", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("!Ref Sent")) OWN_REQUEST("HeaderBehavior: allViewer"),
      SGET APP, FULL },
    { "3.7 ... allExcept", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("!Ref Sent"))
          OWN_REQUEST("HeaderBehavior: allExcept, Headers: [origin]"),
      SGET APP, "upstream" },
    { "3.7 ... whitelist", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("!Ref Sent"))
          OWN_REQUEST("HeaderBehavior: whitelist, Headers: [origin]"),
      SGET APP, TRIMMED },
    { "3.7 ... none", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("!Ref Sent")) OWN_REQUEST("HeaderBehavior: none"), SGET APP,
      "upstream" },
    { "3.8 a request policy from elsewhere", "template.yaml",
      FRONT(CACHE(DISABLED) REQUEST("!ImportValue Sent")), SGET APP, "unknown" },
    { "3.4 a fixed Origin for the bucket", "template.yaml",
      FRONT_OF("!GetAtt Files.DomainName, OriginCustomHeaders: [{HeaderName: Origin, HeaderValue: "
               "'https://app.test'}]",
               CACHE(DISABLED)),
      SGET "https://x.test", BARE },
    { "the bucket by its name in a text", "template.yaml",
      FRONT_OF("!Sub '${Files}.s3.amazonaws.com'", CACHE(DISABLED) S3_CORS), SGET APP, FULL },
    { "the policy over the bucket: the bucket's headers count", "template.yaml",
      FRONT(CACHE(DISABLED) S3_CORS SIMPLE), SGET APP, FULL },
    { "... and the policy's for other origins", "template.yaml",
      FRONT(CACHE(DISABLED) S3_CORS SIMPLE), SGET "https://x.test",
      "upstream access-control-allow-origin: *" },
    { "3.4 a preflight that the bucket refuses has the policy's headers all the same",
      "template.yaml", FRONT(CACHE(DISABLED) S3_CORS SIMPLE), SPRE "https://x.test",
      "403 access-control-allow-origin: *" },
};

static const struct said_row said[] = {
    { "nothing wrong", SITE(SIMPLE), NULL, NULL },
    { "3.3 a * behind a label", CORS("'https://example.*'"), "CG901", "is refused" },
    { "3.3 a * among labels", CORS("'https://test.*.example.org'"), "CG901", "is refused" },
    { "3.3 a * and more in a label", CORS("'https://*test.example.org'"), "CG901", "is refused" },
    { "3.3 a * inside a label", CORS("'https://exa*mple.org'"), "CG901", "is refused" },
    { "11.28 a slash at the end", CORS("'https://app.test/'"), "CG507", "ends in a slash" },
    { "1.16 the default port", CORS("'https://app.test:443'"), "CG507", "leave the default port" },
    { "3.1 a * that is not quoted", CORS("*"), "CG901", "" },
    { "3.2 no origins", CORS(""), "CG507", "has no items" },
    { "3.2 OriginOverride is needed",
      CONFIG(LISTS("'*'", "x-a") "AccessControlAllowCredentials: false", ""), "CG901",
      "needs OriginOverride" },
    { "3.2 methods",
      CONFIG("AccessControlAllowOrigins: {Items: ['*']}, AccessControlAllowMethods: "
             "{Items: [get]}, AccessControlAllowHeaders: {Items: [a]}, " FLAGS("false", "true"),
             ""),
      "CG901", "no method get" },
    { "3.2 one * in a header", CONFIG(LISTS("'*'", "x-*-*") FLAGS("false", "true"), ""), "CG901",
      "more than one *" },
    { "3.2 credentials and * for headers",
      CONFIG(LISTS("'https://app.test'", "'*'") FLAGS("true", "true"), ""), "CG510",
      "reported to refuse" },
    { "3.5 AllowedMethods has three forms", SITE("          AllowedMethods: [GET, POST]\n"),
      "CG901", "or all seven" },
    { "12 a behaviour that never answers",
      SITE_WITH("", BEHAVIOURS(AT("/api/*", "") AT("/api/public/*", SIMPLE_AT)), ""), "CG507",
      "take all paths of /api/public/*" },
    { "12 a policy that nobody uses",
      SITE("") "  Cors:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Properties: "
               "{ResponseHeadersPolicyConfig: {Name: c}}\n",
      "CG507", "No distribution of the template uses" },
    { "12 ... unless it is for others",
      SITE("") "  Cors:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Properties: "
               "{ResponseHeadersPolicyConfig: {Name: c}}\nOutputs: {P: {Value: !Ref Cors}}\n",
      NULL, NULL },
    { "a policy that is not there", SITE("          ResponseHeadersPolicyId: !Ref Missing\n"),
      "CG908", "is called Missing" },
    { "an origin that is not there",
      SITE_WITH("", "", "") "          CacheBehaviors: 1\n          TargetOriginId: p\n", "CG901",
      "" },
    { "3.4 headers of CORS for the origin",
      FRONT_OF("x.test, OriginCustomHeaders: [{HeaderName: Access-Control-Allow-Origin, "
               "HeaderValue: '*'}]",
               CACHE(DISABLED)),
      "CG507", "no browser sees" },
    { "two distributions with one alias",
      SITE_WITH(
          "", "        Aliases: [cdn.test]\n",
          "") "  Other:\n    Type: AWS::CloudFront::Distribution\n    Properties: "
              "{DistributionConfig: {Aliases: [CDN.test], Origins: [{Id: o, DomainName: o.test}], "
              "DefaultCacheBehavior: {TargetOriginId: o, CachePolicyId: " DISABLED "}}}\n",
      "CG510", "Another distribution has the alias cdn.test" },
};

static Str no_path(const void *state, uint32_t file)
{
    (void)state;
    (void)file;
    return STR("");
}

START_TEST(origins)
{
    case_row_check(&origin_rows[_i], "template.yaml");
}
END_TEST
START_TEST(policies)
{
    case_row_check(&policy_rows[_i], "template.yaml");
}
END_TEST
START_TEST(distributions)
{
    case_row_check(&site_rows[_i], "template.yaml");
}
END_TEST
START_TEST(unknowns)
{
    dialect_row_check(&unknown_rows[_i], NULL);
}
END_TEST
START_TEST(remarks)
{
    said_row_check(&said[_i], "template.yaml");
}
END_TEST

START_TEST(in_front_of_a_bucket)
{
    const struct dialect_row *row = &stack_rows[_i];
    struct case_world *world = case_world_new("template.yaml", row->text);
    ck_assert_msg(world->good, "%s", row->what);
    compose(world->result.policy, NULL, no_path, NULL);
    struct request request;
    struct answer_lines answer = { 0 };
    dialect_request(world->arena, row->request, &request);
    policy_answer(world->result.policy, NULL, &request, &answer);
    Str got = dialect_answer_text(world->arena, &answer);
    ck_assert_msg(str_is(got, row->answer),
                  "%s\n  request:  %s\n  expected: %s\n  got:      %.*s %.*s", row->what,
                  row->request, row->answer, STR_ARG(got), STR_ARG(answer.reason));
    arena_free(world->arena);
}
END_TEST

#define LOOP(test, rows) tcase_add_loop_test(tcase, test, 0, sizeof(rows) / sizeof *(rows))

int main(void)
{
    Suite *suite = suite_create("cloudfront");
    TCase *tcase = tcase_create("cloudfront");
    tcase_set_timeout(tcase, 60);
    LOOP(origins, origin_rows);
    LOOP(policies, policy_rows);
    LOOP(distributions, site_rows);
    LOOP(unknowns, unknown_rows);
    LOOP(in_front_of_a_bucket, stack_rows);
    LOOP(remarks, said);
    suite_add_tcase(suite, tcase);
    return check_main(suite);
}
