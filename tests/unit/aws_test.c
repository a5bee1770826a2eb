// API Gateway and function URLs, statement by statement of reference/gateways.md section 4.
#include "unit/case_table.h"

// ---- HTTP APIs

#define HTTP(cors)                                                                                 \
    "Resources:\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      "                \
    "ProtocolType: HTTP\n      CorsConfiguration: {" cors "}\n"
#define ROUTE(name, key, auth)                                                                     \
    "  " name                                                                                      \
    ":\n    Type: AWS::ApiGatewayV2::Route\n    Properties: {ApiId: !Ref Api, RouteKey: '" key     \
    "', AuthorizationType: " auth "}\n"
#define URL "https://api.execute-api/x "
#define UP "upstream api.execute-api"
#define PREFLIGHT "OPTIONS " URL "Access-Control-Request-Method=PUT "
#define APP "AllowOrigins: ['https://app.test']"
#define ALL "AllowMethods: [GET, PUT], AllowHeaders: [x-a, x-b], ExposeHeaders: [x-c], MaxAge: 60"
#define LET "the authorizer lets a preflight pass"

static const struct case_row http_rows[] = {
    { "4.1 a listed origin is echoed", HTTP(APP), "GET " URL "Origin=https://app.test",
      UP " acao=https://app.test vary=?" },
    { "4.1 another origin gets nothing", HTTP(APP), "GET " URL "Origin=https://x.test",
      UP " vary=?" },
    { "4.1 no origin, no headers", HTTP("AllowOrigins: ['*']"), "GET " URL, UP " vary=?" },
    { "4.1 * is sent as it is", HTTP("AllowOrigins: ['*']"), "GET " URL "Origin=https://x.test",
      UP " acao=* vary=?" },
    { "4.1 https://* is any https origin", HTTP("AllowOrigins: ['https://*']"),
      "GET " URL "Origin=https://x.test", UP " acao=https://x.test vary=?" },
    { "4.1 https://* is no http", HTTP("AllowOrigins: ['https://*']"),
      "GET " URL "Origin=http://x.test", UP " vary=?" },
    { "4.1 http://*", HTTP("AllowOrigins: ['http://*']"), "GET " URL "Origin=http://x.test",
      UP " acao=http://x.test vary=?" },
    { "4.1 https://* with credentials", HTTP("AllowOrigins: ['https://*'], AllowCredentials: true"),
      "GET " URL "Origin=https://x.test", UP " acao=https://x.test acac=true vary=?" },
    { "4.1 exposed headers on answers", HTTP(APP ", " ALL), "GET " URL "Origin=https://app.test",
      UP " acao=https://app.test aceh=x-c vary=?" },
    { "4.1 a preflight is answered without a route", HTTP(APP ", " ALL),
      PREFLIGHT "Origin=https://app.test",
      "204 acao=https://app.test acam=GET,PUT acah=x-a,x-b acma=60 vary=?" },
    { "4.1 no methods, none named", HTTP(APP), PREFLIGHT "Origin=https://app.test",
      "204 acao=https://app.test vary=?" },
    { "4.1 a preflight of another origin", HTTP(APP), PREFLIGHT "Origin=https://x.test",
      "204 vary=?" },
    { "4.1 OPTIONS without Access-Control-Request-Method is no preflight", HTTP(APP),
      "OPTIONS " URL "Origin=https://app.test", UP " acao=https://app.test vary=?" },
    { "4.1 backends' headers are dropped", HTTP(APP),
      "GET " URL "Origin=https://x.test upstream:Access-Control-Allow-Origin=*", UP " vary=?" },
    { "4.1 without settings they pass", "Resources: {Api: {Type: 'AWS::ApiGatewayV2::Api'}}\n",
      "GET " URL "Origin=https://x.test upstream:Access-Control-Allow-Origin=*", UP " acao=*" },
    { "4.1 an authorizer on $default refuses preflights", HTTP(APP) ROUTE("R", "$default", "JWT"),
      PREFLIGHT "Origin=https://app.test", "401" },
    { "4.1 ... and on ANY", HTTP(APP) ROUTE("R", "ANY /x", "JWT"),
      PREFLIGHT "Origin=https://app.test", "401" },
    { "4.1 ... of its own path", HTTP(APP) ROUTE("R", "ANY /y", "JWT"),
      PREFLIGHT "Origin=https://app.test", "204 acao=https://app.test vary=?" },
    { "4.1 ... not on GET", HTTP(APP) ROUTE("R", "GET /x", "JWT"),
      PREFLIGHT "Origin=https://app.test", "204 acao=https://app.test vary=?" },
    { "4.1 ... unless an OPTIONS route without one takes them",
      HTTP(APP) ROUTE("R", "$default", "JWT") ROUTE("O", "OPTIONS /{proxy+}", "NONE"),
      PREFLIGHT "Origin=https://app.test", "204 acao=https://app.test vary=?" },
    { "4.1 a Lambda authorizer may let them pass", HTTP(APP) ROUTE("R", "$default", "CUSTOM"),
      PREFLIGHT "Origin=https://app.test",
      "[not " LET "] 401 | [" LET "] 204 acao=https://app.test vary=?" },
    { "4.1 other wildcards", HTTP("AllowOrigins: ['https://*.app.test']"),
      "GET " URL "Origin=https://a.app.test", UP " acao=? vary=?" },
    { "4.1 ... allow nothing else", HTTP("AllowOrigins: ['https://*.app.test']"),
      "GET " URL "Origin=https://x.test", UP " vary=?" },
    { "4.1 other schemes are refused when it is deployed",
      HTTP("AllowOrigins: ['capacitor://localhost']"), "GET " URL "Origin=capacitor://localhost",
      UP " acao=? vary=?" },
    { "15 letters in another case", HTTP("AllowOrigins: ['https://App.test']"),
      "GET " URL "Origin=https://app.test", UP " acao=? vary=?" },
    { "15 what * in methods means with credentials",
      HTTP(APP ", AllowMethods: ['*'], AllowCredentials: true"),
      PREFLIGHT "Origin=https://app.test", "204 acao=https://app.test acac=true acam=? vary=?" },
    { "a parameter without a default",
      "Parameters: {P: {Type: String}}\n" HTTP("AllowOrigins: [!Ref P]"),
      "GET " URL "Origin=https://x.test", UP " acao=? vary=?" },
    { "... what else is listed is known",
      "Parameters: {P: {Type: String}}\n" HTTP("AllowOrigins: [!Ref P, 'https://app.test']"),
      "GET " URL "Origin=https://app.test", UP " acao=https://app.test vary=?" },
    { "a part of an origin that is not known",
      "Parameters: {P: {Type: String}}\n" HTTP("AllowOrigins: [!Sub 'https://${P}.app.test']"),
      "GET " URL "Origin=https://x.test", UP " vary=?" },
    { "settings that are not known",
      "Resources: {Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: "
      "{CorsConfiguration: !ImportValue x}}}\n",
      "GET " URL "Origin=https://x.test",
      "unknown: what Fn::ImportValue gives is known only where it is deployed" },
    { "credentials by a condition",
      "Conditions: {C: !Equals [!Ref P, y]}\n" HTTP(APP ", AllowCredentials: !If [C, true, false]"),
      "GET " URL "Origin=https://app.test",
      "[P is y] " UP " acao=https://app.test acac=true vary=? | [not P is y] " UP
      " acao=https://app.test vary=?" },
    { "an API that is there in one case",
      "Conditions: {C: !Equals [!Ref P, y]}\nResources: {Api: {Type: 'AWS::ApiGatewayV2::Api', "
      "Condition: C, Properties: {CorsConfiguration: {AllowOrigins: ['*']}}}}\n",
      "GET " URL "Origin=https://x.test", "[P is y] " UP " acao=* vary=? | [not P is y] 404" },
    { "2 OpenAPI",
      "openapi: 3.0.1\nx-amazon-apigateway-cors: {allowOrigins: ['https://app.test'], "
      "allowMethods: [PUT]}\npaths: {}\n",
      PREFLIGHT "Origin=https://app.test", "204 acao=https://app.test acam=PUT vary=?" },
    { "4.1 OpenAPI with an authorizer",
      "openapi: 3.0.1\nx-amazon-apigateway-cors: {allowOrigins: ['https://app.test']}\n"
      "paths: {/x: {x-amazon-apigateway-any-method: {security: [{jwt: []}]}}}\n"
      "components: {securitySchemes: {jwt: {type: oauth2, x-amazon-apigateway-authorizer: {type: "
      "jwt}}}}\n",
      PREFLIGHT "Origin=https://app.test", "401" },
    { "2 a dump",
      "{ApiId: a1, ProtocolType: HTTP, ApiEndpoint: "
      "'https://a1.execute-api.eu-west-1.amazonaws.com', CorsConfiguration: {AllowOrigins: ['*']}}",
      "GET https://a1.execute-api.eu-west-1.amazonaws.com/ Origin=https://x.test",
      "upstream a1.execute-api.eu-west-1.amazonaws.com acao=* vary=?" },
    { "2 a list of APIs",
      "{Items: [{ApiId: a1, ProtocolType: HTTP, CorsConfiguration: "
      "{AllowOrigins: ['*']}}]}",
      "GET https://a1.execute-api/ Origin=https://x.test",
      "upstream a1.execute-api acao=* vary=?" },
    { "2 the settings by themselves", "{AllowOrigins: ['*'], AllowMethods: [GET]}",
      "GET " URL "Origin=https://x.test", UP " acao=* vary=?" },
    { "2 ... as OpenAPI spells them", "{allowOrigins: ['*'], allowMethods: [GET]}",
      "GET " URL "Origin=https://x.test", UP " acao=* vary=?" },
    { "a custom domain is a host as well",
      HTTP(APP) "  M:\n    Type: AWS::ApiGatewayV2::ApiMapping\n    Properties: {ApiId: !Ref Api, "
                "DomainName: api.test, ApiMappingKey: v1}\n",
      "GET https://api.test/v1/x Origin=https://app.test", UP " acao=https://app.test vary=?" },
};

static const struct said_row http_said[] = {
    { "4.1 nothing wrong", HTTP(APP), NULL, NULL },
    { "4.1 * with credentials is refused", HTTP("AllowOrigins: ['*'], AllowCredentials: true"),
      "CG510", "refuses AllowCredentials" },
    { "1.5 a misspelt key", HTTP(APP ", ExposedHeaders: [a]"), "CG506",
      "did you mean ExposeHeaders" },
    { "1.3 a slash at the end", HTTP("AllowOrigins: ['https://app.test/']"), "CG507",
      "ends in a slash" },
    { "1.3 the default port", HTTP("AllowOrigins: ['https://app.test:443']"), "CG507",
      "default port" },
    { "settings of another kind",
      "Resources: {Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: "
      "{CorsConfiguration: [a]}}}\n",
      "CG901", "resource Api: the CORS settings are a list" },
    { "credentials of another kind", HTTP(APP ", AllowCredentials: maybe"), "CG901",
      "resource Api: whether credentials are allowed" },
};

// ---- function URLs

#define FUNCTION(cors)                                                                             \
    "Resources:\n  Url:\n    Type: AWS::Lambda::Url\n    Properties: {TargetFunctionArn: !Ref "    \
    "Fn, "                                                                                         \
    "Cors: {" cors "}}\n  Fn: {Type: 'AWS::Lambda::Function'}\n"
#define FURL "https://fn.lambda-url/ "
#define SEVERAL                                                                                    \
    "a function URL that allows several origins answers with the one that asks (not documented)"
#define ANY                                                                                        \
    "a function URL that allows * and credentials answers with the origin that asks (not "         \
    "documented)"

static const struct case_row function_rows[] = {
    { "4.3 one origin", FUNCTION(APP), "GET " FURL "Origin=https://app.test",
      "upstream lambda:Fn acao=https://app.test vary=?" },
    { "4.3 *", FUNCTION("AllowOrigins: ['*']"), "GET " FURL "Origin=https://x.test",
      "upstream lambda:Fn acao=* vary=?" },
    { "4.3 the settings are on all answers", FUNCTION(APP ", AllowMethods: [PUT]"),
      "GET " FURL "Origin=https://app.test",
      "upstream lambda:Fn acao=https://app.test acam=PUT vary=?" },
    { "4.3 they win over the function", FUNCTION(APP),
      "GET " FURL "Origin=https://app.test upstream:Access-Control-Allow-Origin=*",
      "upstream lambda:Fn acao=https://app.test vary=?" },
    { "4.3 the function's pass where they say nothing", FUNCTION(APP),
      "GET " FURL "Origin=https://x.test upstream:Access-Control-Allow-Origin=*",
      "upstream lambda:Fn acao=* vary=?" },
    { "15 several origins", FUNCTION("AllowOrigins: ['https://app.test', 'https://b.test']"),
      "GET " FURL "Origin=https://app.test",
      "[" SEVERAL "] upstream lambda:Fn acao=https://app.test vary=? | [not " SEVERAL
      "] upstream lambda:Fn acao=https://app.test,https://b.test vary=?" },
    { "15 * and credentials", FUNCTION("AllowOrigins: ['*'], AllowCredentials: true"),
      "GET " FURL "Origin=https://x.test",
      "[" ANY "] upstream lambda:Fn acao=https://x.test acac=true vary=? | [not " ANY
      "] upstream lambda:Fn acao=* acac=true vary=?" },
    { "4.3 no settings: the function answers, preflights too",
      "Resources: {Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref Fn}}, Fn: "
      "{Type: 'AWS::Lambda::Function'}}\n",
      "OPTIONS " FURL "Origin=https://x.test Access-Control-Request-Method=PUT",
      "upstream lambda:Fn" },
    { "4.4 SAM passes them on",
      "Resources: {Fn: {Type: 'AWS::Serverless::Function', Properties: {FunctionUrlConfig: {Cors: "
      "{AllowOrigins: ['*']}}}}}\n",
      "GET " FURL "Origin=https://x.test", "upstream lambda:Fn acao=* vary=?" },
    { "2 a dump",
      "{FunctionUrl: 'https://u.lambda-url.eu-west-1.on.aws/', Cors: {AllowOrigins: ['*']}}",
      "GET https://u.lambda-url.eu-west-1.on.aws/ Origin=https://x.test",
      "upstream u.lambda-url.eu-west-1.on.aws acao=* vary=?" },
};

static const struct said_row function_said[] = {
    { "4.3 OPTIONS cannot be listed", FUNCTION(APP ", AllowMethods: [OPTIONS]"), "CG511",
      "more than six letters" },
    { "4.3 the age is at most a day", FUNCTION(APP ", MaxAge: 86401"), "CG510", "86400" },
    { "4.3 six methods", FUNCTION(APP ", AllowMethods: [A, B, C, D, E, F, G]"), "CG510",
      "at most 6" },
};

// ---- REST APIs

#define REST                                                                                       \
    "Resources:\n"                                                                                 \
    "  Api: {Type: 'AWS::ApiGateway::RestApi'}\n"                                                  \
    "  Pets: {Type: 'AWS::ApiGateway::Resource', Properties: {RestApiId: !Ref Api, PathPart: "     \
    "pets, "                                                                                       \
    "ParentId: !GetAtt Api.RootResourceId}}\n"                                                     \
    "  Pet: {Type: 'AWS::ApiGateway::Resource', Properties: {RestApiId: !Ref Api, PathPart: "      \
    "'{id}', ParentId: !Ref Pets}}\n"
#define METHOD(name, place, verb, rest)                                                            \
    "  " name ": {Type: 'AWS::ApiGateway::Method', Properties: {RestApiId: !Ref Api, ResourceId: " \
    "!Ref " place ", HttpMethod: " verb ", " rest "}}\n"
#define PROXY "Integration: {Type: AWS_PROXY, Uri: !GetAtt Fn.Arn}"
#define MOCK(headers)                                                                              \
    "Integration: {Type: MOCK, RequestTemplates: {application/json: '{\"statusCode\": 200}'}, "    \
    "IntegrationResponses: [{StatusCode: 200, ResponseParameters: {" headers "}}]}"
#define ORIGIN "method.response.header.Access-Control-Allow-Origin: "
#define METHODS "method.response.header.Access-Control-Allow-Methods: "
#define GATEWAY(type, headers)                                                                     \
    "  G" type ": {Type: 'AWS::ApiGateway::GatewayResponse', Properties: {RestApiId: !Ref Api, "   \
    "ResponseType: " type ", ResponseParameters: {" headers "}}}\n"
#define OPEN_API(operation)                                                                        \
    "openapi: 3.0.1\npaths:\n  /pets:\n    options:\n      x-amazon-apigateway-integration:\n"     \
    "        type: mock\n        requestTemplates: {application/json: '{\"statusCode\": 200}'}\n"  \
    "        responses: {default: {statusCode: '200', " operation "}}\n"
#define PETS "https://api.execute-api/pets "
#define PF "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://app.test "

static const struct case_row rest_rows[] = {
    { "4.2 a mock answers the preflight",
      REST METHOD("O", "Pets", "OPTIONS", MOCK(ORIGIN "\"'*'\", " METHODS "\"'GET,PUT'\"")), PF,
      "200 acao=* acam=GET,PUT" },
    { "4.2 ... of its own resource only",
      REST METHOD("O", "Pets", "OPTIONS", MOCK(ORIGIN "\"'*'\"")) METHOD("G", "Pet", "GET", PROXY),
      "OPTIONS https://api.execute-api/pets/1 Access-Control-Request-Method=PUT "
      "Origin=https://app.test",
      "403" },
    { "4.2 no OPTIONS, no preflight, whatever the gateway responses say",
      REST METHOD("G", "Pets", "GET", PROXY)
          GATEWAY("DEFAULT_4XX", "gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\""),
      PF, "403 acao=*" },
    { "4.2 a proxy integration passes what the backend sends",
      REST METHOD("G", "Pets", "GET", PROXY),
      "GET " PETS "Origin=https://app.test upstream:Access-Control-Allow-Origin=*",
      "upstream lambda:Fn acao=*" },
    { "4.2 ... and no integration response applies",
      REST METHOD("G", "Pets", "GET",
                  "Integration: {Type: AWS_PROXY, Uri: !GetAtt Fn.Arn, IntegrationResponses: "
                  "[{StatusCode: 200, ResponseParameters: {" ORIGIN "\"'*'\"}}]}"),
      "GET " PETS "Origin=https://app.test", "upstream lambda:Fn" },
    { "a function is taken to allow what the preflight does",
      REST METHOD("G", "Pets", "GET", PROXY) METHOD("O", "Pets", "OPTIONS", MOCK(ORIGIN "\"'*'\"")),
      "GET " PETS "Origin=https://app.test", "upstream lambda:Fn acao=*" },
    { "... unless it says something itself",
      REST METHOD("G", "Pets", "GET", PROXY) METHOD("O", "Pets", "OPTIONS", MOCK(ORIGIN "\"'*'\"")),
      "GET " PETS "Origin=https://app.test upstream:Access-Control-Allow-Origin=https://b.test",
      "upstream lambda:Fn acao=https://b.test" },
    { "4.2 another integration sends what is mapped",
      REST METHOD("G", "Pets", "GET",
                  "Integration: {Type: HTTP, Uri: 'https://b.test', IntegrationResponses: "
                  "[{StatusCode: 200, ResponseParameters: {" ORIGIN "\"'https://app.test'\"}}]}"),
      "GET " PETS "Origin=https://x.test upstream:Access-Control-Allow-Origin=*",
      "upstream https://b.test acao=https://app.test" },
    { "4.2 ... for the statuses that have the mapping",
      REST METHOD("G", "Pets", "GET",
                  "Integration: {Type: HTTP, Uri: 'https://b.test', IntegrationResponses: "
                  "[{StatusCode: 200, ResponseParameters: {" ORIGIN "\"'*'\"}}, {StatusCode: 500, "
                  "SelectionPattern: '5..'}]}"),
      "GET " PETS "Origin=https://x.test upstream=500", "upstream https://b.test" },
    { "4.2 a header of the backend",
      REST METHOD("G", "Pets", "GET",
                  "Integration: {Type: HTTP, Uri: 'https://b.test', IntegrationResponses: "
                  "[{StatusCode: 200, ResponseParameters: {" ORIGIN
                  "integration.response.header.X-Allowed}}]}"),
      "GET " PETS "Origin=https://x.test upstream:X-Allowed=https://x.test",
      "upstream https://b.test acao=https://x.test" },
    { "4.2 a stage variable is not known",
      REST METHOD("O", "Pets", "OPTIONS", MOCK(ORIGIN "stageVariables.origin")), PF, "200 acao=?" },
    { "4.2 a mock without a request template",
      REST METHOD("O", "Pets", "OPTIONS",
                  "Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}"),
      PF, "unknown: what a mock integration without a request template answers is not documented" },
    { "4.2 the mock's status chooses the response",
      REST METHOD("O", "Pets", "OPTIONS",
                  "Integration: {Type: MOCK, RequestTemplates: {a/b: '{\"statusCode\": 204}'}, "
                  "IntegrationResponses: [{StatusCode: 500, SelectionPattern: '5..'}, {StatusCode: "
                  "204, SelectionPattern: '2..', ResponseParameters: {" ORIGIN "\"'*'\"}}]}"),
      PF, "204 acao=*" },
    { "4.2 a missing route is answered by the gateway",
      REST METHOD("G", "Pets", "GET", PROXY)
          GATEWAY("MISSING_AUTHENTICATION_TOKEN",
                  "gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\""),
      "GET https://api.execute-api/other Origin=https://app.test", "403 acao=*" },
    { "4.2 ... by DEFAULT_4XX where that is all there is",
      REST METHOD("G", "Pets", "GET", PROXY)
          GATEWAY("DEFAULT_4XX", "gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\""),
      "GET https://api.execute-api/other Origin=https://app.test", "403 acao=*" },
    { "4.2 ... not by DEFAULT_5XX",
      REST METHOD("G", "Pets", "GET", PROXY)
          GATEWAY("DEFAULT_5XX", "gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\""),
      "GET https://api.execute-api/other Origin=https://app.test", "403" },
    { "4.2 a gateway response may reflect the request",
      REST METHOD("G", "Pets", "GET", PROXY) GATEWAY(
          "DEFAULT_4XX",
          "gatewayresponse.header.Access-Control-Allow-Origin: method.request.header.origin"),
      "GET https://api.execute-api/other Origin=https://evil.test", "403 acao=https://evil.test" },
    { "4.2 a refused preflight has the gateway's headers",
      REST METHOD("O", "Pets", "OPTIONS",
                  "AuthorizationType: COGNITO_USER_POOLS, " MOCK(ORIGIN "\"'*'\""))
          GATEWAY("UNAUTHORIZED", "gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\""),
      PF, "401 acao=*" },
    { "4.2 an API key is asked for before a preflight",
      REST METHOD("O", "Pets", "OPTIONS", "ApiKeyRequired: true, " MOCK(ORIGIN "\"'*'\"")), PF,
      "403" },
    { "4.2 a template that is not modelled",
      REST METHOD("O", "Pets", "OPTIONS",
                  "Integration: {Type: MOCK, RequestTemplates: {a/b: '{\"statusCode\": 200}'}, "
                  "IntegrationResponses: [{StatusCode: 200, ResponseTemplates: {a/b: "
                  "'#set($context.responseOverride.header.Access-Control-Allow-Origin = $x)'}}]}"),
      PF, "200 acao=?" },
    { "4.5 the template of the Serverless Framework",
      OPEN_API("responseParameters: {" ORIGIN "\"'https://a.test'\"}, responseTemplates: "
               "{application/json: '#set($origin = $input.params(\"Origin\"))\n          "
               "#if($origin == \"\") #set($origin = $input.params(\"origin\")) #end\n          "
               "#if($origin.matches(\"https://a[.]test\") || "
               "$origin.matches(\"https://.+[.]app[.]test\")) "
               "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) "
               "#end'}"),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://x.y.app.test",
      "200 acao=https://x.y.app.test" },
    { "4.5 ... others get the first origin",
      OPEN_API("responseParameters: {" ORIGIN "\"'https://a.test'\"}, responseTemplates: "
               "{application/json: '#set($origin = $input.params(\"Origin\"))\n          "
               "#if($origin.matches(\"https://a[.]test\")) "
               "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) "
               "#end'}"),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://x.test",
      "200 acao=https://a.test" },
    { "4.6 the template of the CDK",
      OPEN_API(
          "responseParameters: {" ORIGIN "\"'https://a.test'\", method.response.header.Vary: "
          "\"'Origin'\"}, responseTemplates: {application/json: '#set($origin = "
          "$input.params().header.get(\"Origin\"))\n          #if($origin == \"\")\n            "
          "#set($origin = $input.params().header.get(\"origin\"))\n          #end\n          "
          "#if($origin == \"https://b.test\")\n            "
          "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n"
          "          #end'}"),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://b.test",
      "200 acao=https://b.test vary=Origin" },
    { "4.2 OpenAPI: the same", OPEN_API("responseParameters: {" ORIGIN "\"'*'\"}"), PF,
      "200 acao=*" },
    { "2 a dump",
      "{items: [{path: /pets, resourceMethods: {OPTIONS: {authorizationType: NONE, "
      "methodIntegration: {type: MOCK, requestTemplates: {a/b: '{\"statusCode\": 200}'}, "
      "integrationResponses: {200: {statusCode: 200, responseParameters: {" ORIGIN
      "\"'*'\"}}}}}}}]}",
      PF, "200 acao=*" },
    { "4.2 a method by a condition",
      "Conditions: {C: !Equals [!Ref P, y]}\n" REST METHOD(
          "G", "Pets", "GET",
          PROXY) "  O: {Type: 'AWS::ApiGateway::Method', Condition: C, Properties: {RestApiId: "
                 "!Ref Api, "
                 "ResourceId: !Ref Pets, HttpMethod: OPTIONS, " MOCK(ORIGIN "\"'*'\"") "}}\n",
      PF, "[P is y] 200 acao=* | [not P is y] 403" },
    { "4.2 a path by a condition",
      "Conditions: {C: !Equals [!Ref P, y]}\n" REST METHOD(
          "G", "Pet", "OPTIONS",
          MOCK(ORIGIN "\"'p'\"")) "  New: {Type: 'AWS::ApiGateway::Resource', Properties: "
                                  "{RestApiId: !Ref Api, PathPart: new, "
                                  "ParentId: !Ref Pets}}\n"
                                  "  O: {Type: 'AWS::ApiGateway::Method', Condition: C, "
                                  "Properties: {RestApiId: !Ref Api, "
                                  "ResourceId: !Ref New, HttpMethod: OPTIONS, " MOCK(
                                      ORIGIN "\"'n'\"") "}}\n",
      "OPTIONS https://api.execute-api/pets/new Access-Control-Request-Method=PUT "
      "Origin=https://app.test",
      "[P is y] 200 acao=n | [not P is y] 200 acao=p" },
    { "a definition that stands elsewhere",
      "Resources: {Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {BodyS3Location: {Bucket: "
      "b, Key: k}}}}\n",
      PF, "unknown: the definition of the API stands somewhere else" },
    { "a custom domain is a host as well",
      REST METHOD("O", "Pets", "OPTIONS",
                  MOCK(ORIGIN "\"'*'\"")) "  D: {Type: 'AWS::ApiGateway::DomainName', Properties: "
                                          "{DomainName: api.test}}\n"
                                          "  M: {Type: 'AWS::ApiGateway::BasePathMapping', "
                                          "Properties: {RestApiId: !Ref Api, "
                                          "DomainName: !Ref D, BasePath: v1}}\n",
      "OPTIONS https://api.test/v1/pets Access-Control-Request-Method=PUT Origin=https://app.test",
      "200 acao=*" },
};

static const struct said_row rest_said[] = {
    { "4.2 a text without quotes is no expression",
      REST METHOD("O", "Pets", "OPTIONS", MOCK(ORIGIN "'*'")), "CG901",
      "resource O: * is no expression" },
    { "4.2 a header that is not declared",
      REST METHOD("O", "Pets", "OPTIONS",
                  "MethodResponses: [{StatusCode: 200}], " MOCK(ORIGIN "\"'*'\"")),
      "CG908", "does not declare" },
    { "4.2 a header that is",
      REST METHOD("O", "Pets", "OPTIONS",
                  "MethodResponses: [{StatusCode: 200, ResponseParameters: {" ORIGIN
                  "true}}], " MOCK(ORIGIN "\"'*'\"")),
      NULL, NULL },
    { "a method twice", REST METHOD("A", "Pets", "GET", PROXY) METHOD("B", "Pets", "GET", PROXY),
      "CG510", "declared twice" },
};

// ---- SAM

#define SAM(api)                                                                                   \
    "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api: {Type: 'AWS::Serverless::Api', "    \
    "Properties: {StageName: p, " api "}}\n  Fn: {Type: 'AWS::Serverless::Function', Properties: " \
    "{Events: {A: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /pets, Method: get}}, B: "   \
    "{Type: Api, Properties: {RestApiId: !Ref Api, Path: /pets, Method: put}}, C: {Type: Api, "    \
    "Properties: {RestApiId: !Ref Api, Path: /all, Method: ANY}}}}}\n"
#define SAM_HTTP(api)                                                                              \
    "Resources:\n  Api: {Type: 'AWS::Serverless::HttpApi', Properties: {" api "}}\n  Fn: {Type: "  \
    "'AWS::Serverless::Function', Properties: {Events: {A: {Type: HttpApi, Properties: {ApiId: "   \
    "!Ref Api, Path: /x, Method: ANY}}}}}\n"

static const struct case_row sam_rows[] = {
    { "4.4 a text is the origin", SAM("Cors: \"'https://app.test'\""), PF,
      "200 acao=https://app.test acam=GET,OPTIONS,PUT" },
    { "4.4 methods are those of the path", SAM("Cors: {AllowOrigin: \"'*'\"}"), PF,
      "200 acao=* acam=GET,OPTIONS,PUT" },
    { "4.4 ... all of them for ANY", SAM("Cors: {AllowOrigin: \"'*'\"}"),
      "OPTIONS https://api.execute-api/all Access-Control-Request-Method=PUT Origin=https://a.test",
      "200 acao=* acam=DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT" },
    { "4.4 no AllowOrigin is *", SAM("Cors: {AllowHeaders: \"'a'\"}"), PF,
      "200 acao=* acam=GET,OPTIONS,PUT acah=a" },
    { "4.4 MaxAge", SAM("Cors: {AllowOrigin: \"'*'\", MaxAge: \"'0'\"}"), PF,
      "200 acao=* acam=GET,OPTIONS,PUT acma=0" },
    { "4.4 AllowCredentials",
      SAM("Cors: {AllowOrigin: \"'https://a.test'\", AllowCredentials: true}"), PF,
      "200 acao=https://a.test acam=GET,OPTIONS,PUT acac=true" },
    { "4.4 ... only true itself counts",
      SAM("Cors: {AllowOrigin: \"'https://a.test'\", AllowCredentials: 'true'}"), PF,
      "200 acao=https://a.test acam=GET,OPTIONS,PUT" },
    { "4.4 only preflights are answered", SAM("Cors: \"'https://a.test'\""),
      "DELETE " PETS "Origin=https://a.test", "403" },
    { "4.4 without Cors", SAM("Name: a"), PF, "403" },
    { "4.4 a default authorizer is on preflights",
      SAM("Cors: \"'*'\", Auth: {DefaultAuthorizer: Jwt, Authorizers: {Jwt: {UserPoolArn: a}}}"),
      PF, "401" },
    { "4.4 ... unless that is switched off",
      SAM("Cors: \"'*'\", Auth: {DefaultAuthorizer: Jwt, AddDefaultAuthorizerToCorsPreflight: "
          "false}"),
      PF, "200 acao=* acam=GET,OPTIONS,PUT" },
    { "4.4 an API key is on preflights", SAM("Cors: \"'*'\", Auth: {ApiKeyRequired: true}"), PF,
      "403" },
    { "4.4 ... unless that is switched off",
      SAM("Cors: \"'*'\", Auth: {ApiKeyRequired: true, AddApiKeyRequiredToCorsPreflight: false}"),
      PF, "200 acao=* acam=GET,OPTIONS,PUT" },
    { "4.4 an OPTIONS event is kept",
      SAM("Cors: \"'*'\"") "  G: {Type: 'AWS::Serverless::Function', Properties: {Events: {O: "
                           "{Type: Api, Properties: {RestApiId: !Ref Api, Path: /pets, Method: "
                           "options}}}}}\n",
      PF, "upstream lambda:G" },
    { "4.4 Globals", "Globals: {Api: {Cors: \"'*'\"}}\n" SAM("Name: a"), PF,
      "200 acao=* acam=GET,OPTIONS,PUT" },
    { "4.4 Globals are merged into maps",
      "Globals: {Api: {Cors: {AllowHeaders: \"'a'\"}}}\n" SAM("Cors: {AllowOrigin: \"'*'\"}"), PF,
      "200 acao=* acam=GET,OPTIONS,PUT acah=a" },
    { "4.4 gateway responses",
      SAM("GatewayResponses: {DEFAULT_4XX: {ResponseParameters: {Headers: "
          "{Access-Control-Allow-Origin: \"'*'\"}}}}"),
      "GET https://api.execute-api/other Origin=https://a.test", "403 acao=*" },
    { "4.4 HTTP: true is * and nothing else", SAM_HTTP("CorsConfiguration: true"),
      PREFLIGHT "Origin=https://a.test", "204 acao=* vary=?" },
    { "4.4 HTTP: a map",
      SAM_HTTP("CorsConfiguration: {AllowOrigins: ['https://a.test'], "
               "AllowMethods: [PUT]}"),
      PREFLIGHT "Origin=https://a.test", "204 acao=https://a.test acam=PUT vary=?" },
    { "4.4 HTTP: over the body, key by key",
      SAM_HTTP("CorsConfiguration: {AllowMethods: [PUT], AllowCredentials: false}, DefinitionBody: "
               "{openapi: 3.0.1, x-amazon-apigateway-cors: {allowOrigins: ['https://a.test'], "
               "allowCredentials: true}}"),
      PREFLIGHT "Origin=https://a.test", "204 acao=https://a.test acac=true acam=PUT vary=?" },
    { "4.4 HTTP: Globals", "Globals: {HttpApi: {CorsConfiguration: true}}\n" SAM_HTTP("Name: a"),
      "GET " URL "Origin=https://a.test", UP " acao=* vary=?" },
    { "4.4 HTTP: a default authorizer",
      SAM_HTTP("CorsConfiguration: true, Auth: {DefaultAuthorizer: A}"),
      PREFLIGHT "Origin=https://a.test", "401" },
};

static const struct said_row sam_said[] = {
    { "4.4 credentials need an origin", SAM("Cors: {AllowOrigin: \"'*'\", AllowCredentials: true}"),
      "CG901", "resource Api: AllowCredentials needs" },
    { "4.4 keys that are not known", SAM("Cors: {AllowOrigins: \"'*'\"}"), "CG901",
      "Cors has no property AllowOrigins" },
    { "4.4 Cors needs a definition", SAM("Cors: \"'*'\", DefinitionUri: a.yaml"), "CG901",
      "resource Api: Cors needs a definition" },
    { "4.4 an origin without quotes", SAM("Cors: {AllowOrigin: '*'}"), "CG901",
      "* is no expression" },
};

// ---- the Serverless Framework

#define SLS(events)                                                                                \
    "service: s\nprovider: {name: aws, stage: \"${opt:stage, 'dev'}\"}\ncustom: {origin: "         \
    "'https://c.test', by: {dev: 'https://dev.test'}}\nfunctions: {f: {events: [" events "]}}\n"
#define EVENT(method, cors) "{http: {path: pets, method: " method ", cors: " cors "}}"
#define NAMES                                                                                      \
    "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,X-Amz-User-Agent,"       \
    "X-Amzn-Trace-Id"
#define SIX "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,X-Amzn-Trace-Id"
#define HTTPURL "https://httpapi.execute-api/x "

static const struct case_row serverless_rows[] = {
    { "4.5 true", SLS(EVENT("put", "true")), PF, "200 acao=* acah=" NAMES " acam=OPTIONS,PUT" },
    { "4.5 ANY is six methods", SLS(EVENT("any", "true")), PF,
      "200 acao=* acah=" NAMES " acam=OPTIONS,DELETE,GET,HEAD,PATCH,POST,PUT" },
    { "4.5 a map",
      SLS(EVENT("put", "{origin: 'https://app.test', headers: [a], allowCredentials: true, maxAge: "
                       "60}")),
      PF, "200 acao=https://app.test acah=a acam=OPTIONS,PUT acac=true acma=60" },
    { "4.5 several: the one that asks",
      SLS(EVENT("put", "{origins: ['https://a.test', 'https://*.app.test'], headers: [a]}")),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://x.y.app.test",
      "200 acao=https://x.y.app.test acah=a acam=OPTIONS,PUT" },
    { "4.5 ... * stands for something",
      SLS(EVENT("put", "{origins: ['https://a.test', 'https://*app.test'], headers: [a]}")),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://app.test",
      "200 acao=https://a.test acah=a acam=OPTIONS,PUT" },
    { "4.5 ... others get the first",
      SLS(EVENT("put", "{origins: ['https://a.test', 'https://b.test'], headers: [a]}")),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://x.test",
      "200 acao=https://a.test acah=a acam=OPTIONS,PUT" },
    { "4.5 ... even when that is a pattern",
      SLS(EVENT("put", "{origins: ['https://*.a.test', 'https://b.test'], headers: [a]}")),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://x.test",
      "200 acao=https://*.a.test acah=a acam=OPTIONS,PUT" },
    { "4.5 a list as one text",
      SLS(EVENT("put", "{origin: 'https://a.test, https://b.test', "
                       "headers: [a]}")),
      "OPTIONS " PETS "Access-Control-Request-Method=PUT Origin=https://b.test",
      "200 acao=https://b.test acah=a acam=OPTIONS,PUT" },
    { "4.5 events of a path are merged",
      SLS(EVENT("put", "{origin: 'https://a.test', headers: [a]}") ", " EVENT(
          "get", "{origin: 'https://a.test', headers: [b], allowCredentials: true}")),
      PF, "200 acao=https://a.test acah=a,b acam=OPTIONS,PUT,GET acac=true" },
    { "4.5 lambda integrations send all origins",
      SLS("{http: {path: pets, method: get, integration: lambda, cors: {origins: "
          "['https://a.test', "
          "'https://b.test'], headers: [a]}}}"),
      "GET " PETS "Origin=https://a.test", "upstream lambda:f acao=https://a.test,https://b.test" },
    { "4.5 proxies send what the function sends", SLS(EVENT("get", "{origin: 'https://a.test'}")),
      "GET " PETS "Origin=https://a.test upstream:Access-Control-Allow-Origin=*",
      "upstream lambda:f acao=*" },
    { "4.5 without cors", SLS("{http: GET pets}"), PF, "403" },
    { "variables of the file", SLS(EVENT("put", "{origin: '${self:custom.origin}', headers: [a]}")),
      PF, "200 acao=https://c.test acah=a acam=OPTIONS,PUT" },
    { "variables in variables",
      SLS(EVENT("put", "{origin: '${self:custom.by.${self:provider.stage}}', headers: [a]}")), PF,
      "200 acao=https://dev.test acah=a acam=OPTIONS,PUT" },
    { "variables from elsewhere", SLS(EVENT("put", "{origin: '${env:ORIGIN}', headers: [a]}")), PF,
      "200 acao=? acah=a acam=OPTIONS,PUT" },
    { "resources of the file: gateway responses",
      SLS(EVENT("put",
                "true")) "resources: {Resources: {G: {Type: "
                         "'AWS::ApiGateway::GatewayResponse', Properties: {RestApiId: {Ref: "
                         "ApiGatewayRestApi}, ResponseType: DEFAULT_4XX, "
                         "ResponseParameters: "
                         "{gatewayresponse.header.Access-Control-Allow-Origin: \"'*'\"}}}}}\n",
      "GET https://api.execute-api/other Origin=https://a.test", "403 acao=*" },
    { "4.5 httpApi: true",
      "service: s\nprovider: {name: aws, httpApi: {cors: true}}\nfunctions: {f: {events: "
      "[{httpApi: "
      "'PUT /x'}, {httpApi: {path: /y, method: get}}]}}\n",
      "OPTIONS " HTTPURL "Access-Control-Request-Method=PUT Origin=https://a.test",
      "204 acao=* acam=OPTIONS,PUT,GET acah=" NAMES " vary=?" },
    { "4.5 httpApi: a map",
      "service: s\nprovider: {name: aws, httpApi: {cors: {allowedOrigins: ['https://a.test'], "
      "allowedHeaders: [a], allowCredentials: true, exposedResponseHeaders: [b]}}}\nfunctions: {f: "
      "{events: [{httpApi: '*'}]}}\n",
      "OPTIONS " HTTPURL "Access-Control-Request-Method=PUT Origin=https://a.test",
      "204 acao=https://a.test acac=true acam=OPTIONS,DELETE,GET,HEAD,PATCH,POST,PUT acah=a "
      "vary=?" },
    { "4.5 url: true", "service: s\nprovider: {name: aws}\nfunctions: {f: {url: {cors: true}}}\n",
      "GET https://f.lambda-url/ Origin=https://a.test",
      "upstream lambda:f acao=* acam=* acah=" SIX " vary=?" },
    { "4.5 url: null removes a default",
      "service: s\nprovider: {name: aws}\nfunctions: {f: {url: {cors: {allowedHeaders: null}}}}\n",
      "GET https://f.lambda-url/ Origin=https://a.test", "upstream lambda:f acao=* acam=* vary=?" },
};

static const struct said_row serverless_said[] = {
    { "4.5 nothing wrong", SLS(EVENT("put", "true")), NULL, NULL },
    { "4.5 cors with an external id",
      "service: s\nprovider: {name: aws, httpApi: {id: a, cors: true}}\nfunctions: {f: {events: "
      "[{httpApi: '*'}]}}\n",
      "CG901", "external id" },
    { "1.5 a misspelt key", SLS(EVENT("put", "{origin: 'https://a.test', allowedHeaders: [a]}")),
      "CG506", "allowedHeaders" },
};

#define TEST(name)                                                                                 \
    START_TEST(name)                                                                               \
    {                                                                                              \
        case_row_check(&name##_rows[_i], "template.yaml");                                         \
    }                                                                                              \
    END_TEST                                                                                       \
    START_TEST(name##_says)                                                                        \
    {                                                                                              \
        said_row_check(&name##_said[_i], "template.yaml");                                         \
    }                                                                                              \
    END_TEST

TEST(http)
TEST(function)
TEST(rest)
TEST(sam)
TEST(serverless)

#define COUNT(rows) ((int)(sizeof(rows) / sizeof *(rows)))
#define ADD(name)                                                                                  \
    do {                                                                                           \
        tcase_add_loop_test(tcase, name, 0, COUNT(name##_rows));                                   \
        tcase_add_loop_test(tcase, name##_says, 0, COUNT(name##_said));                            \
    } while (0)

int main(void)
{
    Suite *suite = suite_create("aws");
    TCase *tcase = tcase_create("aws");
    tcase_set_timeout(tcase, 60);
    ADD(http);
    ADD(function);
    ADD(rest);
    ADD(sam);
    ADD(serverless);
    suite_add_tcase(suite, tcase);
    return check_main(suite);
}
