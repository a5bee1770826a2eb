// CloudFront, statement by statement of reference/cdn.md section 3 (and 10.1, 13).
#include "policy/compose.h"
#include "unit/case_table.h"

#define CONFIG(cors, more)                                                                         \
    "Resources:\n  Cors:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Properties:\n"     \
    "      ResponseHeadersPolicyConfig:\n        Name: c\n        CorsConfig: {" cors "}\n" more
#define LISTS(origins, headers)                                                                    \
    "AccessControlAllowOrigins: {Items: [" origins "]}, AccessControlAllowMethods: {Items: [GET, " \
    "PUT]}, AccessControlAllowHeaders: {Items: [" headers "]}, "
#define FLAGS(credentials, override)                                                               \
    "AccessControlAllowCredentials: " credentials ", OriginOverride: " override
#define CORS(origins) CONFIG(LISTS(origins, "x-a") FLAGS("false", "true"), "")
#define KEPT(origins) CONFIG(LISTS(origins, "x-a") FLAGS("false", "false"), "")
#define URL "https://cors.cloudfront/x"
#define GET "GET " URL " Origin="
#define PREFLIGHT "OPTIONS " URL " Access-Control-Request-Method=PUT Origin="
#define UP "upstream https://${origin}"
#define APP "https://app.test"
#define LABELS "CloudFront's *. stands for several labels"
#define SCHEMES "CloudFront takes an entry without a scheme for http as well"
#define NO_PORT "CloudFront's :* allows a port to be left out"
#define NO_DIGIT "a * in a port of CloudFront may stand for nothing"

static const struct case_row origin_rows[] = {
    { "3.3 * is answered *", CORS("'*'"), GET "https://x.test", UP " acao=*" },
    { "3.3 ... to requests with an origin only", CORS("'*'"), "GET " URL, UP },
    { "3.3 a listed origin is echoed", CORS("'https://app.test'"), GET APP, UP " acao=" APP },
    { "3.3 another one gets nothing", CORS("'https://app.test'"), GET "https://x.test", UP },
    { "3.3 http is not https", CORS("'http://app.test'"), GET APP, UP },
    { "3.3 a scheme and a host: no other port", CORS("'http://app.test'"),
      GET "http://app.test:123", UP },
    { "3.3 capitals in an entry do not count", CORS("'https://App.Test'"), GET APP,
      UP " acao=" APP },
    { "3.3 *. one label", CORS("'http://*.example.org'"), GET "http://www.example.org",
      UP " acao=http://www.example.org" },
    { "3.3 ... no https", CORS("'http://*.example.org'"), GET "https://www.example.org", UP },
    { "3.3 ... no port", CORS("'http://*.example.org'"), GET "http://www.example.org:80", UP },
    { "3.3 ... not the apex", CORS("'*.example.org'"), GET "https://example.org", UP },
    { "3.3 several labels: medium", CORS("'https://*.example.org'"),
      GET "https://test.test.example.org",
      "[" LABELS "] " UP " acao=https://test.test.example.org | [not " LABELS "] " UP },
    { "3.3 no scheme: https", CORS("example.org"), GET "https://example.org",
      UP " acao=https://example.org" },
    { "3.3 no scheme: http is medium", CORS("example.org"), GET "http://example.org",
      "[" SCHEMES "] " UP " acao=http://example.org | [not " SCHEMES "] " UP },
    { "3.3 no scheme: no port", CORS("example.org"), GET "https://example.org:8443", UP },
    { "3.3 two such facts at once", CORS("'*.example.org'"), GET "http://a.b.example.org",
      "[" SCHEMES "] [" LABELS "] " UP " acao=http://a.b.example.org | [" SCHEMES "] [not " LABELS
      "] " UP " | [not " SCHEMES "] " UP },
    { "3.3 :* any port", CORS("'http://example.org:*'"), GET "http://example.org:123",
      UP " acao=http://example.org:123" },
    { "3.3 ... no port: medium", CORS("'http://example.org:*'"), GET "http://example.org",
      "[" NO_PORT "] " UP " acao=http://example.org | [not " NO_PORT "] " UP },
    { "3.3 ... no https", CORS("'http://example.org:*'"), GET "https://example.org:123", UP },
    { "3.3 :1*3", CORS("'http://example.org:1*3'"), GET "http://example.org:1893",
      UP " acao=http://example.org:1893" },
    { "3.3 ... :123", CORS("'http://example.org:1*3'"), GET "http://example.org:123",
      UP " acao=http://example.org:123" },
    { "3.3 ... :13 is medium", CORS("'http://example.org:1*3'"), GET "http://example.org:13",
      "[" NO_DIGIT "] " UP " acao=http://example.org:13 | [not " NO_DIGIT "] " UP },
    { "3.3 ... :14", CORS("'http://example.org:1*3'"), GET "http://example.org:14", UP },
    { "3.3 *. and a port", CORS("'*.example.org:1*'"), GET "https://test.example.org:123",
      UP " acao=https://test.example.org:123" },
    { "12 null is not certain", CORS("'null'"), GET "null",
      "[CloudFront's entry null allows the origin null] " UP " acao=null | [not CloudFront's entry "
      "null allows the origin null] " UP },
    { "1.3 a port that no browser names", CORS("'https://app.test:443'"), GET APP, UP },
    { "3.8 part of an entry is a hole",
      "Parameters: {Tenant: {Type: String}}\n" CORS("!Sub 'https://${Tenant}.example.net'"),
      GET "https://a.example.net", UP " acao=?" },
    { "3.8 ... which other origins do not fit",
      "Parameters: {Tenant: {Type: String}}\n" CORS("!Sub 'https://${Tenant}.example.net'"),
      GET "https://a.example.org", UP },
    { "3.8 a default",
      "Parameters: {O: {Type: String, Default: 'https://app.test'}}\n" CORS("!Ref O"), GET APP,
      UP " acao=" APP },
    { "3.8 a list between commas",
      "Parameters: {O: {Type: CommaDelimitedList, Default: 'https://a.test, "
      "https://app.test'}}\n" CONFIG(
          "AccessControlAllowOrigins: {Items: !Ref O}, AccessControlAllowMethods: {Items: "
          "[GET]}, AccessControlAllowHeaders: {Items: [a]}, " FLAGS("false", "true"),
          ""),
      GET APP, UP " acao=" APP },
    { "3.8 of another stack", CORS("!ImportValue Origin"), GET APP, UP " acao=?" },
    { "3.8 !If: each branch is a case",
      "Parameters: {E: {Type: String}}\nConditions: {P: !Equals [!Ref E, prod]}\n" CORS(
          "!If [P, 'https://app.test', '*']"),
      GET APP, "[E is prod] " UP " acao=" APP " | [not E is prod] " UP " acao=*" },
    { "3.8 AWS::NoValue takes an entry away", CORS("!Ref 'AWS::NoValue', 'https://app.test'"),
      GET APP, UP " acao=" APP },
};

static const struct case_row policy_rows[] = {
    { "3.4 a preflight: methods and headers", CORS("'https://app.test'"), PREFLIGHT APP,
      UP " acao=" APP " acam=GET, PUT acah=x-a" },
    { "3.4 ... and not on other answers", CORS("'https://app.test'"), "PUT " URL " Origin=" APP,
      UP " acao=" APP },
    { "3.2 ALL stands for seven methods",
      CONFIG("AccessControlAllowOrigins: {Items: ['*']}, AccessControlAllowMethods: {Items: "
             "[ALL]}, AccessControlAllowHeaders: {Items: [x-a]}, " FLAGS("false", "true"),
             ""),
      PREFLIGHT APP, UP " acao=* acam=GET, DELETE, HEAD, OPTIONS, PATCH, POST, PUT acah=x-a" },
    { "3.2 credentials, exposed headers and an age",
      CONFIG(
          LISTS("'https://app.test'", "x-a") "AccessControlExposeHeaders: {Items: [x-b, x-c]}, "
                                             "AccessControlMaxAgeSec: 60, " FLAGS("true", "true"),
          ""),
      PREFLIGHT APP, UP " acao=" APP " acac=true aceh=x-b, x-c acam=GET, PUT acah=x-a acma=60" },
    { "3.4 the age is for preflights only",
      CONFIG(
          LISTS("'https://app.test'", "x-a") "AccessControlExposeHeaders: {Items: [x-b]}, "
                                             "AccessControlMaxAgeSec: 60, " FLAGS("true", "true"),
          ""),
      GET APP, UP " acao=" APP " acac=true aceh=x-b" },
    { "3.1 booleans as texts",
      CONFIG(LISTS("'https://app.test'", "x-a") FLAGS("'true'", "'true'"), ""), GET APP,
      UP " acao=" APP " acac=true" },
    { "13 of a pattern, the names that are asked for",
      CONFIG(LISTS("'*'", "x-amz-*, content-type") FLAGS("false", "true"), ""),
      PREFLIGHT APP " Access-Control-Request-Headers=x-amz-test,content-type",
      UP " acao=* acam=GET, PUT acah=x-amz-test,content-type" },
    { "3.3 ... x-amz- as well", CONFIG(LISTS("'*'", "x-amz-*") FLAGS("false", "true"), ""),
      PREFLIGHT APP " Access-Control-Request-Headers=x-amz-",
      UP " acao=* acam=GET, PUT acah=x-amz-" },
    { "3.3 ... not x-amz", CONFIG(LISTS("'*'", "x-amz-*") FLAGS("false", "true"), ""),
      PREFLIGHT APP " Access-Control-Request-Headers=x-amz", UP " acao=* acam=GET, PUT" },
    { "3.3 * for headers", CONFIG(LISTS("'*'", "'*', authorization") FLAGS("false", "true"), ""),
      PREFLIGHT APP " Access-Control-Request-Headers=x-b",
      UP " acao=* acam=GET, PUT acah=*, authorization" },
    { "3.4 override: what the policy emits", CORS("'https://app.test'"),
      GET APP
      " upstream:Access-Control-Allow-Origin=* upstream:Access-Control-Allow-Credentials=true",
      UP " acao=" APP " acac=true" },
    { "3.4 override, another origin: the upstream's survives", CORS("'https://app.test'"),
      GET "https://x.test upstream:Access-Control-Allow-Origin=*", UP " acao=*" },
    { "3.4 no override: nothing from the upstream", KEPT("'https://app.test'"), GET APP,
      UP " acao=" APP },
    { "3.4 no override: any CORS header keeps the whole policy out", KEPT("'https://app.test'"),
      GET APP " upstream:Access-Control-Max-Age=60", UP " acma=60" },
    { "3.4 ... other headers do not", KEPT("'https://app.test'"), GET APP " upstream:Vary=Origin",
      UP " vary=Origin acao=" APP },
    { "3.2 removed before anything is added",
      CONFIG(LISTS("'https://app.test'", "x-a") FLAGS("false", "false"),
             "        RemoveHeadersConfig: {Items: [{Header: access-control-allow-origin}]}\n"),
      GET APP " upstream:Access-Control-Allow-Origin=*", UP " acao=" APP },
    { "3.4 ... for other origins as well",
      CONFIG(LISTS("'https://app.test'", "x-a") FLAGS("false", "true"),
             "        RemoveHeadersConfig: {Items: [{Header: access-control-allow-origin}]}\n"),
      GET "https://x.test upstream:Access-Control-Allow-Origin=*", UP },
    { "3.2 custom headers go to everybody",
      CONFIG(LISTS("'https://app.test'", "x-a") FLAGS("false", "true"),
             "        CustomHeadersConfig: {Items: [{Header: Vary, Value: Origin, Override: "
             "true}]}\n"),
      "GET " URL " upstream:Vary=Cookie", UP " vary=Origin" },
    { "3.2 ... without Override where there is none",
      CONFIG(LISTS("'https://app.test'", "x-a") FLAGS("false", "true"),
             "        CustomHeadersConfig: {Items: [{Header: Vary, Value: Origin, Override: "
             "false}]}\n"),
      "GET " URL " upstream:Vary=Cookie", UP " vary=Cookie" },
    { "13 a header of CORS among custom headers is taken",
      CONFIG(LISTS("'https://app.test'", "x-a") FLAGS("false", "true"),
             "        CustomHeadersConfig: {Items: [{Header: Access-Control-Allow-Origin, Value: "
             "'*', Override: false}]}\n"),
      GET "https://x.test", UP " acao=*" },
    { "3.4 headers are added to whatever answers", CORS("'https://app.test'"),
      PREFLIGHT APP " upstream=403", UP " acao=" APP " acam=GET, PUT acah=x-a" },
    { "3.8 whether it overrides is not known",
      "Parameters: {O: {Type: String}}\n" CONFIG(LISTS("'*'", "x-a") FLAGS("false", "!Ref O"), ""),
      GET APP " upstream:Access-Control-Max-Age=60",
      "[OriginOverride is true] " UP " acma=60 acao=* | [not OriginOverride is true] " UP
      " acma=60" },
    { "3.8 !If over a policy that is not there",
      "Conditions: {P: !Equals [!Ref E, prod]}\nParameters: {E: {Type: String}}\n"
      "Resources:\n  Cors:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Condition: P\n"
      "    Properties: {ResponseHeadersPolicyConfig: {Name: c, CorsConfig: {" LISTS("'*'", "x-a")
          FLAGS("false", "true") "}}}\n",
      GET APP, "[E is prod] " UP " acao=* | [not E is prod] " UP },
};

#define SITE(more) SITE_WITH("", "", more)
#define SITE_WITH(top, distribution, more)                                                         \
    top "Resources:\n  Site:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n"          \
        "      DistributionConfig:\n        Origins: [{Id: o, DomainName: o.test}]\n" distribution \
        "        DefaultCacheBehavior:\n          TargetOriginId: o\n"                             \
        "          CachePolicyId: " DISABLED "\n" more
#define DISABLED "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
#define OPTIMIZED "658327ea-f89d-4fab-a63d-7e88639e58f6"
#define SIMPLE "          ResponseHeadersPolicyId: 60669652-455b-4ae9-85a4-c4c02393f86c\n"
#define WITH_PREFLIGHT "          ResponseHeadersPolicyId: 5cc3b908-e619-4b99-88e5-2cf7f45965bd\n"
#define ALL "          AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]\n"
#define SURL "https://site.cloudfront/x"
#define SGET "GET " SURL " Origin="
#define SPRE "OPTIONS " SURL " Access-Control-Request-Method=PUT Origin="
#define OUP "upstream https://o.test"
#define SEVEN "GET, DELETE, HEAD, OPTIONS, PATCH, POST, PUT"
#define BEHAVIOURS(list) "        CacheBehaviors:\n" list
#define AT(pattern, more)                                                                          \
    "          - {PathPattern: '" pattern "', TargetOriginId: o, CachePolicyId: " DISABLED more    \
    "}\n"
#define SIMPLE_AT ", ResponseHeadersPolicyId: 60669652-455b-4ae9-85a4-c4c02393f86c"
#define AT_URL(path) "GET https://site.cloudfront" path " Origin=" APP

static const struct case_row site_rows[] = {
    { "3.7 SimpleCORS", SITE(SIMPLE ALL), SGET APP, OUP " acao=*" },
    { "3.7 ... on a preflight", SITE(SIMPLE ALL), SPRE APP, OUP " acao=*" },
    { "3.7 ... gives way to the upstream", SITE(SIMPLE ALL),
      SGET APP " upstream:Access-Control-Max-Age=1", OUP " acma=1" },
    { "3.7 CORS-With-Preflight", SITE(WITH_PREFLIGHT ALL), SPRE APP,
      OUP " acao=* aceh=* acam=" SEVEN },
    { "3.7 ... exposes on preflights only", SITE(WITH_PREFLIGHT ALL), SGET APP, OUP " acao=*" },
    { "3.7 CORS-and-SecurityHeadersPolicy",
      SITE("          ResponseHeadersPolicyId: e61eb60c-9c35-4d20-a928-2b84e02af89c\n"), SGET APP,
      OUP " acao=*" },
    { "3.7 CORS-with-preflight-and-SecurityHeadersPolicy",
      SITE("          ResponseHeadersPolicyId: eaab4381-ed33-4a86-88ca-d9558dc6cd63\n" ALL),
      SPRE APP, OUP " acao=* aceh=* acam=" SEVEN },
    { "3.7 SecurityHeadersPolicy",
      SITE("          ResponseHeadersPolicyId: 67f7725c-6f97-4210-82d7-5512b31e9d03\n"),
      SGET APP " upstream:Access-Control-Allow-Origin=*", OUP " acao=*" },
    { "3.8 another id: not known",
      SITE("          ResponseHeadersPolicyId: 00000000-0000-0000-0000-000000000000\n"), SGET APP,
      OUP "" },
    { "3.5 AllowedMethods left out: no OPTIONS", SITE(SIMPLE), SPRE APP, "403" },
    { "3.5 ... and no PUT", SITE(SIMPLE), "PUT " SURL " Origin=" APP, "403" },
    { "3.5 GET, HEAD and OPTIONS", SITE(SIMPLE "          AllowedMethods: [OPTIONS, HEAD, GET]\n"),
      SPRE APP, OUP " acao=*" },
    { "3.5 ... no PUT", SITE(SIMPLE "          AllowedMethods: [OPTIONS, HEAD, GET]\n"),
      "PUT " SURL " Origin=" APP, "403" },
    { "10.1 no policy: what the upstream sends passes", SITE(ALL),
      SGET APP " upstream:Access-Control-Allow-Origin=https://app.test", OUP " acao=" APP },
    { "3.5 the first behaviour that matches, not the longest",
      SITE_WITH("", BEHAVIOURS(AT("/api/*", "") AT("/api/public/*", SIMPLE_AT)), ""),
      AT_URL("/api/public/x"), OUP },
    { "3.5 ... in the other order",
      SITE_WITH("", BEHAVIOURS(AT("/api/public/*", SIMPLE_AT) AT("/api/*", "")), ""),
      AT_URL("/api/public/x"), OUP " acao=*" },
    { "3.5 the default behaviour is the last one",
      SITE_WITH("", BEHAVIOURS(AT("/api/*", "")), SIMPLE), AT_URL("/x"), OUP " acao=*" },
    { "3.5 no behaviour inherits", SITE_WITH("", BEHAVIOURS(AT("/api/*", "")), SIMPLE),
      AT_URL("/api/x"), OUP },
    { "3.5 * holds slashes", SITE_WITH("", BEHAVIOURS(AT("/a*.js", SIMPLE_AT)), ""),
      AT_URL("/a/b/c.js"), OUP " acao=*" },
    { "3.5 ? is one byte", SITE_WITH("", BEHAVIOURS(AT("/a?.js", SIMPLE_AT)), ""), AT_URL("/ab.js"),
      OUP " acao=*" },
    { "3.5 ... neither none nor two", SITE_WITH("", BEHAVIOURS(AT("/a?.js", SIMPLE_AT)), ""),
      AT_URL("/a.js"), OUP },
    { "3.5 patterns know capitals", SITE_WITH("", BEHAVIOURS(AT("/a*", SIMPLE_AT)), ""),
      AT_URL("/A"), OUP },
    { "3.5 the slash in front may be left out", SITE_WITH("", BEHAVIOURS(AT("a*", SIMPLE_AT)), ""),
      AT_URL("/ab"), OUP " acao=*" },
    { "3.5 a pattern matches the whole path", SITE_WITH("", BEHAVIOURS(AT("/a", SIMPLE_AT)), ""),
      AT_URL("/ab"), OUP },
    { "3.5 the query does not count", SITE_WITH("", BEHAVIOURS(AT("/a", SIMPLE_AT)), ""),
      AT_URL("/a?b"), OUP " acao=*" },
    { "3.5 an alias is a host", SITE_WITH("", "        Aliases: [cdn.test]\n", SIMPLE),
      "GET https://cdn.test/ Origin=" APP, OUP " acao=*" },
    { "3.8 a policy by condition",
      SITE_WITH("Parameters: {E: {Type: String}}\nConditions: {P: !Equals [!Ref E, prod]}\n", "",
                "          ResponseHeadersPolicyId: !If [P, !Ref 'AWS::NoValue', "
                "60669652-455b-4ae9-85a4-c4c02393f86c]\n"),
      SGET APP, "[E is prod] " OUP " | [not E is prod] " OUP " acao=*" },
    { "a redirect to https", SITE(SIMPLE "          ViewerProtocolPolicy: redirect-to-https\n"),
      "GET http://site.cloudfront/x Origin=" APP, "301" },
    { "... of a preflight too",
      SITE(SIMPLE ALL "          ViewerProtocolPolicy: redirect-to-https\n"),
      "OPTIONS http://site.cloudfront/x Access-Control-Request-Method=PUT Origin=" APP, "307" },
    { "... https is answered", SITE(SIMPLE "          ViewerProtocolPolicy: redirect-to-https\n"),
      SGET APP, OUP " acao=*" },
    { "https-only", SITE(SIMPLE "          ViewerProtocolPolicy: https-only\n"),
      "GET http://site.cloudfront/x Origin=" APP, "403" },
    { "3.5 an error page is read as well",
      SITE_WITH("",
                "        CustomErrorResponses: [{ErrorCode: 404, ResponseCode: 200, "
                "ResponsePagePath: /index.html}]\n",
                SIMPLE),
      SGET APP " upstream=404", "upstream https://o.test acao=*" },
    { "3.5 whether a preflight gets it is open",
      SITE_WITH("",
                "        CustomErrorResponses: [{ErrorCode: 403, ResponseCode: 200, "
                "ResponsePagePath: /index.html}]\n",
                SIMPLE ALL),
      SPRE APP " upstream=403",
      "[CloudFront answers a failed OPTIONS with the error page] " OUP
      " acao=* | [not CloudFront answers a failed OPTIONS with the error page] " OUP " acao=*" },
    { "a condition takes the distribution away",
      "Parameters: {E: {Type: String}}\nConditions: {P: !Equals [!Ref E, prod]}\n"
      "Resources:\n  Site:\n    Type: AWS::CloudFront::Distribution\n    Condition: P\n"
      "    Properties: {DistributionConfig: {Origins: [{Id: o, DomainName: o.test}], "
      "DefaultCacheBehavior: {TargetOriginId: o, CachePolicyId: " DISABLED "}}}\n",
      SGET APP, "[E is prod] " OUP " | [not E is prod] 404" },
};

// ---- what must not be known (dialect_table.h: what simulate says)

#define CODE "arn:aws:cloudfront::1:function/f"
#define FUNCTION(stage)                                                                            \
    "          FunctionAssociations: [{EventType: " stage ", FunctionARN: '" CODE "'}]\n"
#define LAMBDA(stage)                                                                              \
    "          LambdaFunctionAssociations: [{EventType: " stage ", LambdaFunctionARN: '" CODE      \
    "'}]\n"

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
    { "3.8 Fn::ForEach", "template.yaml",
      "Resources:\n  Fn::ForEach::Sites:\n    - Site\n    - [a, b]\n    - Cors${Site}: {Type: "
      "AWS::CloudFront::ResponseHeadersPolicy}\n",
      "GET https://fn--foreach--sites.cloudfront/ Origin=" APP, "unknown" },
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
