#pragma once
// cloudfront_rows: origins, policies and distributions of CloudFront, statement by statement of
// reference/cdn.md section 3 (and 10.1, 13).

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
    { "3.8 of another stack", CORS("!ImportValue Origin"), GET APP,
      "[an allowed origin that is not known is *] " UP
      " acao=* | [not an allowed origin that is not known is *] " UP " acao=?" },
    { "3.8 ... * takes the place of others",
      CONFIG(LISTS("'https://app.test', !ImportValue Origin", "x-a") FLAGS("true", "true"), ""),
      GET APP,
      "[an allowed origin that is not known is *] " UP
      " acao=* acac=true | [not an allowed origin that is not known is *] " UP " acao=" APP
      " acac=true" },
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
