// S3 and Google Cloud Storage, statement by statement of reference/gateways.md sections 9, 10, 15.
#include "unit/case_table.h"

#define S3(rules) "{\"CORSRules\": [" rules "]}"
#define RULE(origins, more)                                                                        \
    "{\"AllowedOrigins\": [" origins "], \"AllowedMethods\": [\"GET\", \"PUT\"]" more "}"
#define APP "\"https://app.test\""
#define URL "http://bucket.s3/x "
#define VARY "vary=Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
#define BOTH "S3 answers with * where the origin is allowed as well (not documented)"
#define PREFLIGHT "OPTIONS " URL "Access-Control-Request-Method=PUT "
#define GCS(origins, more)                                                                         \
    "[{\"origin\": [" origins "], \"method\": [\"GET\", \"PUT\"]" more ", \"maxAgeSeconds\": 60}]"
#define GURL "http://bucket.gcs/x "
#define GPREFLIGHT "OPTIONS " GURL "Access-Control-Request-Method=PUT "

static const struct case_row s3_rows[] = {
    { "10 a listed origin is echoed with credentials", S3(RULE(APP, "")),
      "GET " URL "Origin=https://app.test",
      "upstream bucket.s3 acao=https://app.test acam=GET, PUT acac=true " VARY },
    { "10 * has no credentials", S3(RULE("\"*\"", "")), "GET " URL "Origin=https://x.test",
      "upstream bucket.s3 acao=* acam=GET, PUT " VARY },
    { "10 https://* is echoed with credentials", S3(RULE("\"https://*\"", "")),
      "GET " URL "Origin=https://x.test",
      "upstream bucket.s3 acao=https://x.test acam=GET, PUT acac=true " VARY },
    { "10 https://* is no http", S3(RULE("\"https://*\"", "")), "GET " URL "Origin=http://x.test",
      "upstream bucket.s3" },
    { "10 no match, no headers", S3(RULE(APP, "")), "GET " URL "Origin=https://x.test",
      "upstream bucket.s3" },
    { "10 no origin, no headers", S3(RULE("\"*\"", "")), "GET " URL, "upstream bucket.s3" },
    { "10 the whole origin matches", S3(RULE("\"http://*.origin.test\"", "")),
      "GET " URL "Origin=http://a.origin.test/", "upstream bucket.s3" },
    { "10 * crosses dots", S3(RULE("\"http://*.origin.test\"", "")),
      "GET " URL "Origin=http://a.b.origin.test",
      "upstream bucket.s3 acao=http://a.b.origin.test acam=GET, PUT acac=true " VARY },
    { "10 the method of an actual request counts", S3(RULE(APP, "")),
      "DELETE " URL "Origin=https://app.test", "upstream bucket.s3" },
    { "10 ... but for a GET that says another one", S3(RULE(APP, "")),
      "GET " URL "Origin=https://app.test Access-Control-Request-Method=DELETE",
      "upstream bucket.s3" },
    { "10 preflight", S3(RULE(APP, "")), PREFLIGHT "Origin=https://app.test",
      "200 acao=https://app.test acam=GET, PUT acac=true " VARY },
    { "10 preflight of another origin", S3(RULE(APP, "")), PREFLIGHT "Origin=https://x.test",
      "403" },
    { "10 preflight of another method", S3(RULE(APP, "")),
      "OPTIONS " URL "Access-Control-Request-Method=DELETE Origin=https://app.test", "403" },
    { "10 preflight without origin", S3(RULE(APP, "")), PREFLIGHT, "400" },
    { "10 no AllowedHeaders: a header is refused", S3(RULE(APP, "")),
      PREFLIGHT "Origin=https://app.test Access-Control-Request-Headers=content-type", "403" },
    { "10 requested headers come back in lower case",
      S3(RULE(APP, ", \"AllowedHeaders\": [\"Content-Type\", \"x-amz-*\"]")),
      PREFLIGHT "Origin=https://app.test Access-Control-Request-Headers=X-Amz-Date,+content-type",
      "200 acao=https://app.test acam=GET, PUT acah=x-amz-date, content-type acac=true " VARY },
    { "10 each header must be allowed", S3(RULE(APP, ", \"AllowedHeaders\": [\"x-amz-*\"]")),
      PREFLIGHT "Origin=https://app.test Access-Control-Request-Headers=x-amz-date,x-b", "403" },
    { "10 exposed headers and age are on every answer",
      S3(RULE(APP, ", \"ExposeHeaders\": [\"ETag\", \"x-b\"], \"MaxAgeSeconds\": 60")),
      "GET " URL "Origin=https://app.test",
      "upstream bucket.s3 acao=https://app.test acam=GET, PUT aceh=ETag, x-b acma=60 "
      "acac=true " VARY },
    { "10 the first rule that fits answers", S3(RULE(APP, "") ", " RULE("\"*\"", "")),
      "GET " URL "Origin=https://app.test",
      "upstream bucket.s3 acao=https://app.test acam=GET, PUT acac=true " VARY },
    { "10 ... the next one otherwise", S3(RULE(APP, "") ", " RULE("\"*\"", "")),
      "GET " URL "Origin=https://x.test", "upstream bucket.s3 acao=* acam=GET, PUT " VARY },
    { "10 a list by itself", "[" RULE("\"*\"", "") "]", "GET " URL "Origin=https://x.test",
      "upstream bucket.s3 acao=* acam=GET, PUT " VARY },
    { "15 * beside others", S3(RULE("\"*\", " APP, "")), "GET " URL "Origin=https://app.test",
      "[" BOTH "] upstream bucket.s3 acao=* acam=GET, PUT " VARY " | [not " BOTH
      "] upstream bucket.s3 acao=https://app.test acam=GET, PUT acac=true " VARY },
    { "15 letters in another case", S3(RULE("\"https://App.test\"", "")),
      "GET " URL "Origin=https://app.test",
      "upstream bucket.s3 acam=GET, PUT acac=true " VARY " acao=?" },
    { "15 whether * may be empty", S3(RULE("\"https://*app.test\"", "")),
      "GET " URL "Origin=https://app.test",
      "upstream bucket.s3 acam=GET, PUT acac=true " VARY " acao=?" },
};

#define BUCKET(properties)                                                                         \
    "Parameters: {P: {Type: String}, D: {Type: String, Default: 'https://d.test'}}\n"              \
    "Conditions: {Wide: !Equals [!Ref P, wide]}\n"                                                 \
    "Resources:\n  Up:\n    Type: AWS::S3::Bucket\n    Properties: {" properties "}\n"
#define CFN(origins)                                                                               \
    BUCKET("CorsConfiguration: {CorsRules: [{AllowedMethods: [GET], AllowedOrigins: " origins      \
           ", ExposedHeaders: [x], MaxAge: 5, Id: a}]}")
#define UP "http://up.s3/x "

static const struct case_row template_rows[] = {
    { "10 CloudFormation has other names", CFN("['https://app.test']"),
      "GET " UP "Origin=https://app.test",
      "upstream up.s3 acao=https://app.test acam=GET aceh=x acma=5 acac=true " VARY },
    { "a default is the value", CFN("[!Ref D]"), "GET " UP "Origin=https://d.test",
      "upstream up.s3 acao=https://d.test acam=GET aceh=x acma=5 acac=true " VARY },
    { "each branch is a case", CFN("[!If [Wide, '*', 'https://app.test']]"),
      "GET " UP "Origin=https://x.test",
      "[P is wide] upstream up.s3 acao=* acam=GET aceh=x acma=5 " VARY
      " | [not P is wide] upstream up.s3" },
    { "part of an origin is not known", CFN("[!Sub 'https://${P}.app.test']"),
      "GET " UP "Origin=https://a.app.test",
      "[P is wide] upstream up.s3 | [not P is wide] upstream up.s3 acam=GET aceh=x acma=5 "
      "acac=true " VARY " acao=?" },
    { "... and nothing else can be it", CFN("[!Sub 'https://${P}.app.test']"),
      "GET " UP "Origin=https://x.test",
      "[P is wide] upstream up.s3 | [not P is wide] upstream up.s3" },
    { "the bucket's own name is its host",
      BUCKET("BucketName: My-Up, CorsConfiguration: {CorsRules: [{AllowedMethods: [GET], "
             "AllowedOrigins: ['*']}]}"),
      "GET http://my-up.s3.amazonaws.com/x Origin=https://x.test",
      "upstream my-up.s3.amazonaws.com acao=* acam=GET " VARY },
};

static const struct said_row s3_said[] = {
    { "10 nothing wrong", S3(RULE(APP, "")), NULL, NULL },
    { "10 other methods are refused",
      S3("{\"AllowedOrigins\": [\"*\"], \"AllowedMethods\": [\"PATCH\"]}"), "CG901", "not PATCH" },
    { "10 origins are required", S3("{\"AllowedMethods\": [\"GET\"]}"), "CG901",
      "a rule needs AllowedOrigins" },
    { "10 an empty list is refused", "{\"CORSRules\": [], \"AllowedOrigins\": 1}", "CG901",
      "an empty list" },
    { "10 one * in an origin", S3(RULE("\"https://*.a.*\"", "")), "CG901", "more than one *" },
    { "10 one * in a header", S3(RULE(APP, ", \"AllowedHeaders\": [\"*-*\"]")), "CG901",
      "more than one *" },
    { "10 names of CloudFormation do nothing here", S3(RULE(APP, ", \"ExposedHeaders\": [\"x\"]")),
      "CG506", "did you mean ExposeHeaders" },
    { "1.3 an origin that no browser sends", S3(RULE("\"https://a.test/\"", "")), "CG507",
      "ends in a slash" },
    { "10 a rule that never answers", S3(RULE(APP, "") ", " RULE(APP, "")), "CG507",
      "never answers" },
};

static const struct said_row template_said[] = {
    { "10 names of the command line do nothing in a template",
      BUCKET("CorsConfiguration: {CorsRules: [{AllowedMethods: [GET], AllowedOrigins: ['*'], "
             "ExposeHeaders: [x]}]}"),
      "CG506", "did you mean ExposedHeaders" },
    { "a complaint names the resource",
      BUCKET("CorsConfiguration: {CorsRules: [{AllowedMethods: [PATCH], AllowedOrigins: ['*']}]}"),
      "CG901", "resource Up" },
};

#define STAR "GCS answers with * where * is allowed (not documented)"
#define FIRST "GCS takes the first of several rules that fit (not documented)"

static const struct case_row gcs_rows[] = {
    { "9 a listed origin is echoed", GCS(APP, ", \"responseHeader\": [\"ETag\"]"),
      "GET " GURL "Origin=https://app.test",
      "upstream bucket.gcs acao=https://app.test acac=? aceh=ETag vary=?" },
    { "9 another origin", GCS(APP, ""), "GET " GURL "Origin=https://x.test",
      "upstream bucket.gcs vary=?" },
    { "9 another method", GCS(APP, ""), "DELETE " GURL "Origin=https://app.test",
      "upstream bucket.gcs vary=?" },
    { "9 methods may be *", "[{\"origin\": [" APP "], \"method\": [\"*\"], \"maxAgeSeconds\": 1}]",
      "DELETE " GURL "Origin=https://app.test",
      "upstream bucket.gcs acao=https://app.test acac=? vary=?" },
    { "9 response headers are what may be asked for",
      GCS(APP, ", \"responseHeader\": [\"Content-Type\"]"),
      GPREFLIGHT "Origin=https://app.test Access-Control-Request-Headers=content-type",
      "200 acao=https://app.test acac=? acam=GET, PUT acah=Content-Type acma=60 vary=?" },
    { "9 a preflight for another header fails", GCS(APP, ""),
      GPREFLIGHT "Origin=https://app.test Access-Control-Request-Headers=content-type",
      "200 vary=?" },
    { "9 a preflight of another origin fails", GCS(APP, ""), GPREFLIGHT "Origin=https://x.test",
      "200 vary=?" },
    { "15 * or echo", GCS("\"*\"", ""), "GET " GURL "Origin=https://x.test",
      "[" STAR "] upstream bucket.gcs acao=* acac=? vary=? | [not " STAR
      "] upstream bucket.gcs acao=https://x.test acac=? vary=?" },
    { "15 partial wildcards", GCS("\"https://*.app.test\"", ""),
      "GET " GURL "Origin=https://a.app.test", "upstream bucket.gcs acac=? acao=? vary=?" },
    { "15 the order of rules",
      "[{\"origin\": [" APP "], \"method\": [\"GET\"], \"responseHeader\": [\"a\"]}, "
      "{\"origin\": [" APP "], \"method\": [\"GET\"], \"responseHeader\": [\"b\"]}]",
      "GET " GURL "Origin=https://app.test",
      "[" FIRST "] upstream bucket.gcs acao=https://app.test acac=? aceh=a vary=? | [not " FIRST
      "] upstream bucket.gcs acao=https://app.test acac=? aceh=b vary=?" },
    { "9 a bucket by its name",
      "{\"name\": \"b\", \"cors\": [{\"origin\": [" APP "], \"method\": [\"GET\"], "
      "\"maxAgeSeconds\": 1}]}",
      "GET https://storage.googleapis.com/b/x Origin=https://app.test",
      "upstream storage.googleapis.com acao=https://app.test acac=? vary=?" },
};

static const struct said_row gcs_said[] = {
    { "9 nothing wrong", GCS(APP, ""), NULL, NULL },
    { "9 a key that is not known", GCS(APP, ", \"responseHeaders\": [\"a\"]"), "CG506",
      "did you mean responseHeader" },
    { "1.3 an origin that no browser sends", GCS("\"app.test\"", ""), "CG507",
      "does not begin with http" },
};

START_TEST(s3)
{
    case_row_check(&s3_rows[_i], "cors.json");
}
END_TEST
START_TEST(s3_template)
{
    case_row_check(&template_rows[_i], "template.yaml");
}
END_TEST
START_TEST(s3_remarks)
{
    said_row_check(&s3_said[_i], "cors.json");
}
END_TEST
START_TEST(template_remarks)
{
    said_row_check(&template_said[_i], "template.yaml");
}
END_TEST
START_TEST(gcs)
{
    case_row_check(&gcs_rows[_i], "cors.json");
}
END_TEST
START_TEST(gcs_remarks)
{
    said_row_check(&gcs_said[_i], "cors.json");
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof *(rows)))

int main(void)
{
    Suite *suite = suite_create("buckets");
    TCase *tcase = tcase_create("buckets");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, s3, 0, COUNT(s3_rows));
    tcase_add_loop_test(tcase, s3_template, 0, COUNT(template_rows));
    tcase_add_loop_test(tcase, s3_remarks, 0, COUNT(s3_said));
    tcase_add_loop_test(tcase, template_remarks, 0, COUNT(template_said));
    tcase_add_loop_test(tcase, gcs, 0, COUNT(gcs_rows));
    tcase_add_loop_test(tcase, gcs_remarks, 0, COUNT(gcs_said));
    suite_add_tcase(suite, tcase);
    return check_main(suite);
}
