#include "browser/cors.h"

#include "unit/cors_reading.h"

#include <string.h>

// The cases of reference/browser.md 5.2, which a real browser has confirmed.

#define LONGEST                                                                                    \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                             \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct answer_row {
    const char *id, *error, *lines; // an empty error: allowed
    const char *page;               // NULL: O
    bool credentials;
    uint32_t status; // 0: 200
} answers[] = {
    // clang-format off
    { "A1", "", "o:*", .page = NULL }, { "A2", "", "o:" O, .page = NULL }, { "A3", "", "o: \t" O " \t", .page = NULL },
    { "A4", "", "o:\t*", .page = NULL }, { "A5", "", "o:*", .status = 404 }, { "A6", "", "o:" O, .status = 500 },
    { "A7", "", "o:" O, .status = 401 }, { "A8", "", "o:*", .status = 204 },
    { "A9", "", "o:*\nc:true", .page = NULL }, { "A10", "", "o:*\nc:false", .page = NULL }, { "A11", "", "o:" O, .page = NULL },
    { "A12", "MissingAllowOriginHeader", "", .page = NULL },
    { "A13", "MissingAllowOriginHeader", "", .status = 403 },
    { "A14", "MissingAllowOriginHeader", "c:true", .credentials = true },
    { "A16", "MultipleAllowOriginValues", "o:" O ", " B, .page = NULL },
    { "A17", "MultipleAllowOriginValues", "o:" O "\no:" O, .page = NULL },
    { "A18", "MultipleAllowOriginValues", "o:*\no:" O, .page = NULL },
    { "A19", "MultipleAllowOriginValues", "o:*\no:*", .page = NULL },
    { "A20", "MultipleAllowOriginValues", "o:*, " O, .page = NULL },
    { "A21", "MultipleAllowOriginValues", "o:" O " " B, .page = NULL },
    { "A22", "MultipleAllowOriginValues", "o:\no:*", .page = NULL },
    { "A23", "MultipleAllowOriginValues", "o:" O ",", .page = NULL },
    { "A24", "MultipleAllowOriginValues", "o:* *", .page = NULL },
    { "A25", "InvalidAllowOriginValue", "o:app.example.com", .page = NULL },
    { "A26", "InvalidAllowOriginValue", "o://app.example.com", .page = NULL },
    { "A27", "InvalidAllowOriginValue", "o:", .page = NULL }, { "A28", "InvalidAllowOriginValue", "o:**", .page = NULL },
    { "A29", "InvalidAllowOriginValue", "o:\"*\"", .page = NULL }, { "A30", "InvalidAllowOriginValue", "o:'*'", .page = NULL },
    { "A31", "InvalidAllowOriginValue", "o:true", .page = NULL }, { "A32", "InvalidAllowOriginValue", "o:" O "%23", .page = NULL },
    { "A33", "InvalidAllowOriginValue", "o:" O "|" B, .page = NULL }, { "A34", "InvalidAllowOriginValue", "o:-", .page = NULL },
    { "A35", "InvalidAllowOriginValue", "o:http:://app.example.com", .page = NULL },
    { "A36", "InvalidAllowOriginValue", "o:*.example.com", .page = NULL },
    { "A37", "InvalidAllowOriginValue", "o:all", .page = NULL },
    { "A38", "InvalidAllowOriginValue", "o:$http_origin", .page = NULL },
    { "A39", "AllowOriginMismatch", "o:" O "/", .page = NULL }, { "A40", "AllowOriginMismatch", "o:" O "?", .page = NULL },
    { "A41", "AllowOriginMismatch", "o:" O "#", .page = NULL }, { "A42", "AllowOriginMismatch", "o:" O ":443", .page = NULL },
    { "A43", "AllowOriginMismatch", "o:HTTPS://APP.EXAMPLE.COM", .page = NULL },
    { "A44", "AllowOriginMismatch", "o:https://APP.example.com", .page = NULL },
    { "A45", "AllowOriginMismatch", "o:http://app.example.com", .page = NULL },
    { "A46", "AllowOriginMismatch", "o:https://example.com", .page = NULL },
    { "A47", "AllowOriginMismatch", "o:https://*.example.com", .page = NULL },
    { "A48", "AllowOriginMismatch", "o:null", .page = NULL },
    { "A49", "AllowOriginMismatch", "o:https://.*\\.example\\.com", .page = NULL },
    { "A50", "AllowOriginMismatch", "o:" O ".", .page = NULL },
    { "A51", "AllowOriginMismatch", "o:ftp://app.example.com", .page = NULL },
    { "A52", "AllowOriginMismatch", "o:" O "/page", .page = NULL }, { "A53", "AllowOriginMismatch", "o:" O ";" B, .page = NULL },
    { "A54", "AllowOriginMismatch", "o:https:app.example.com", .page = NULL },
    { "A55", "", "o:" O ":8443", .page = O ":8443" },
    { "A56", "", "o:https://xn--bcher-kva.example.com", .page = "https://xn--bcher-kva.example.com" },
    { "A58", "", "o:https://my_app.example.com", .page = "https://my_app.example.com" },
    { "A59", "", "o:" O ".", .page = O "." },
    { "A61", "AllowOriginMismatch", "o:" O, .page = O ":8443" },
    { "A62", "AllowOriginMismatch", "o:https://b\xc3\xbc" "cher.example.com", .page = "https://xn--bcher-kva.example.com" },
    { "A63", "AllowOriginMismatch", "o:" O, .page = O "." },
    { "A64", "AllowOriginMismatch", "o:http://app.example.com:80", .page = "http://app.example.com" },
    { "A65", "AllowOriginMismatch", "o:" O, .page = "http://app.example.com" },
    { "A66", "", "o:null", .page = "null" }, { "A67", "", "o:*", .page = "null" },
    { "A68", "", "o:null\nc:true", .page = "null", .credentials = true },
    { "A69", "AllowOriginMismatch", "o:" O, .page = "null" },
    { "A70", "InvalidAllowOriginValue", "o:Null", .page = "null" },
    { "A71", "InvalidAllowOriginValue", "o:\"null\"", .page = "null" },
    { "A72", "MultipleAllowOriginValues", "o:null\no:null", .page = "null" },
    { "A73", "WildcardOriginNotAllowed", "o:*\nc:true", .page = "null", .credentials = true },
    { "A74", "AllowOriginMismatch", "o:file://", .page = "null" },
    { "B1", "", "o:" O "\nc:true", .credentials = true },
    { "B2", "", "o:" O "\nc: \ttrue ", .credentials = true },
    { "B3", "InvalidAllowCredentials", "o:" O, .credentials = true },
    { "B4", "InvalidAllowCredentials", "o:" O "\nc:True", .credentials = true },
    { "B5", "InvalidAllowCredentials", "o:" O "\nc:TRUE", .credentials = true },
    { "B6", "InvalidAllowCredentials", "o:" O "\nc:1", .credentials = true },
    { "B7", "InvalidAllowCredentials", "o:" O "\nc:yes", .credentials = true },
    { "B8", "InvalidAllowCredentials", "o:" O "\nc:true\nc:true", .credentials = true },
    { "B9", "InvalidAllowCredentials", "o:" O "\nc:\"true\"", .credentials = true },
    { "B10", "InvalidAllowCredentials", "o:" O "\nc:false", .credentials = true },
    { "B11", "InvalidAllowCredentials", "o:" O "\nc:", .credentials = true },
    { "B12", "InvalidAllowCredentials", "o:" O "\nc:false\nc:true", .credentials = true },
    { "B13", "WildcardOriginNotAllowed", "o:*\nc:true", .credentials = true },
    { "B14", "WildcardOriginNotAllowed", "o:*", .credentials = true },
    { "B15", "AllowOriginMismatch", "o:" B "\nc:true", .credentials = true },
    { "B16", "MultipleAllowOriginValues", "o:" O "\no:" O "\nc:true", .credentials = true },
    { "B17", "AllowOriginMismatch", "o:null\nc:true", .credentials = true },
    // clang-format on
};

static const struct preflight_row {
    const char *id, *error;
    const char *method, *headers; // of the request: names, each with the value "1"
    const char *lines;            // added to "o:O" (and "c:true" with credentials), or ...
    const char *replaced;         // ... in place of them
    const char *actual;           // NULL: "o:O\nc:true"
    bool credentials;
    uint32_t status; // 0: 204
} preflights[] = {
    // clang-format off
    { "C1", "", "PUT", "", "m:PUT", .replaced = NULL }, { "C2", "", "PUT", "", .replaced = "o:*\nm:*" },
    { "C3", "MethodDisallowedByPreflightResponse", "PUT", "", "m:*", .credentials = true },
    { "C4", "", "PUT", "", "m:PUT", .credentials = true },
    { "C5", "MethodDisallowedByPreflightResponse", "PUT", "", "m:put", .replaced = NULL },
    { "C6", "MethodDisallowedByPreflightResponse", "PUT", "", "", .replaced = NULL },
    { "C7", "MethodDisallowedByPreflightResponse", "PUT", "", "a:PUT", .replaced = NULL },
    { "C8", "MethodDisallowedByPreflightResponse", "patch", "", "m:PATCH", .replaced = NULL },
    { "C9", "", "patch", "", "m:patch", .replaced = NULL },
    { "C10", "MethodDisallowedByPreflightResponse", "PATCH", "", "m:patch", .replaced = NULL },
    { "C11", "", "put", "", "m:PUT", .replaced = NULL }, { "C11b", "", "delete", "", "m:DELETE", .replaced = NULL },
    { "C12", "", "QUERY", "", "m:QUERY", .replaced = NULL }, { "C13", "", "OPTIONS", "", "m:OPTIONS", .replaced = NULL },
    { "C13b", "MethodDisallowedByPreflightResponse", "OPTIONS", "", "", .replaced = NULL },
    { "C14", "", "POST", "X-Test", "m:GET\nh:x-test", .replaced = NULL },
    { "C15", "", "GET", "X-Test", "h:x-test", .replaced = NULL }, { "C15b", "", "GET", "X-Test", "h:X-TEST", .replaced = NULL },
    { "C16", "HeaderDisallowedByPreflightResponse", "GET", "X-Test", "", .replaced = NULL },
    { "C17", "", "GET", "X-Test", "h:*", .replaced = NULL },
    { "C18", "HeaderDisallowedByPreflightResponse", "GET", "X-Test", "h:*", .credentials = true },
    { "C19", "HeaderDisallowedByPreflightResponse", "GET", "X-Test", "h:x-te*", .replaced = NULL },
    { "C19b", "HeaderDisallowedByPreflightResponse", "GET", "X-Test", "h:X-*", .replaced = NULL },
    { "C20", "", "GET", "Authorization", "h:*", .replaced = NULL },
    { "C21", "", "GET", "Authorization", "h:*, Authorization", .replaced = NULL },
    { "C22", "", "GET", "Authorization", "h:authorization", .replaced = NULL },
    { "C23", "HeaderDisallowedByPreflightResponse", "GET", "Authorization", "h:*", .credentials = true },
    { "C24", "", "GET", "Authorization", "h:*, authorization", .credentials = true },
    { "C25", "", "POST", "Content-Type", "h:content-type", .replaced = NULL },
    { "C26", "HeaderDisallowedByPreflightResponse", "POST", "Content-Type", "m:POST", .replaced = NULL },
    { "C27", "HeaderDisallowedByPreflightResponse", "GET", "X-A X-B", "h:x-a", .replaced = NULL },
    { "C28", "", "GET", "X-A X-B", "h:x-a\nh:x-b", .replaced = NULL },
    { "C29", "", "PUT", "", "m:GET, POST\nm:PUT", .replaced = NULL }, { "C30", "", "PUT", "", "m:,PUT, ,,", .replaced = NULL },
    { "C31", "InvalidAllowMethodsPreflightResponse", "PUT", "", "m:PUT DELETE", .replaced = NULL },
    { "C31b", "InvalidAllowMethodsPreflightResponse", "PUT", "", "m:PUT;DELETE", .replaced = NULL },
    { "C31c", "InvalidAllowMethodsPreflightResponse", "PUT", "", "m:\"PUT\"", .replaced = NULL },
    { "C32", "InvalidAllowHeadersPreflightResponse", "PUT", "", "m:PUT\nh:header name with space", .replaced = NULL },
    { "C33", "InvalidAllowMethodsPreflightResponse", "GET", "X-Test", "h:x-test\nm:Bad method name", .replaced = NULL },
    { "C34", "InvalidAllowHeadersPreflightResponse", "GET", "X-Test", "h:x-test;", .replaced = NULL },
    { "C34b", "InvalidAllowHeadersPreflightResponse", "GET", "X-Test", "h:x-test, @#$", .replaced = NULL },
    { "C35", "", "PUT", "", "m:PUT", .status = 200 }, { "C35b", "", "PUT", "", "m:PUT", .status = 299 },
    { "C36", "PreflightInvalidStatus", "PUT", "", "m:PUT", .status = 300 },
    { "C36b", "PreflightInvalidStatus", "PUT", "", "m:PUT", .status = 304 },
    { "C36c", "PreflightInvalidStatus", "PUT", "", "m:PUT", .status = 404 },
    { "C36d", "PreflightInvalidStatus", "PUT", "", "m:PUT", .status = 500 },
    { "C37", "PreflightDisallowedRedirect", "PUT", "", "m:PUT\nl:/x", .status = 301 },
    { "C37b", "PreflightDisallowedRedirect", "PUT", "", "m:PUT\nl:/x", .status = 308 },
    { "C38", "PreflightMissingAllowOriginHeader", "PUT", "", .replaced = "m:PUT" },
    { "C39", "PreflightAllowOriginMismatch", "PUT", "", .replaced = "o:" B "\nm:PUT" },
    { "C40", "PreflightWildcardOriginNotAllowed", "PUT", "", .replaced = "o:*\nc:true\nm:PUT", .credentials = true },
    { "C41", "PreflightInvalidAllowCredentials", "PUT", "", .replaced = "o:" O "\nm:PUT", .credentials = true },
    { "C42", "PreflightInvalidAllowCredentials", "PUT", "", .replaced = "o:" O "\nc:True\nm:PUT", .credentials = true },
    { "C43", "PreflightMultipleAllowOriginValues", "PUT", "", .replaced = "o:" O "\no:" O "\nm:PUT" },
    { "C44", "PreflightInvalidAllowOriginValue", "PUT", "", .replaced = "o:app.example.com\nm:PUT" },
    { "C45", "PreflightMissingAllowOriginHeader", "PUT", "", .replaced = "m:PUT", .status = 404 },
    { "C46", "PreflightMissingAllowOriginHeader", "PUT", "", .replaced = "a:PUT", .status = 405 },
    { "C48", "MissingAllowOriginHeader", "PUT", "", "m:PUT", .actual = "c:true" },
    { "C49", "InvalidAllowCredentials", "PUT", "", "m:PUT", .actual = "o:" O, .credentials = true },
    { "C50", "WildcardOriginNotAllowed", "PUT", "", "m:PUT", .actual = "o:*", .credentials = true },
    { "C52", "", "PUT", "", "m:PUT", .actual = "o:*" },
    { "C53", "", "*", "*", "m:*\nh:*", .credentials = true },
    { "C54", "MethodDisallowedByPreflightResponse", "OK", "X-Test", "m:*\nh:*", .credentials = true },
    { "C55", "", "GET", "X-Test", "m:get\nh:x-test", .replaced = NULL },
    { "C56", "HeaderDisallowedByPreflightResponse", "GET", "Cache-Control", "h:x", .replaced = NULL },
    { "C56b", "HeaderDisallowedByPreflightResponse", "GET", "X-Requested-With", "h:x", .replaced = NULL },
    { "C57", "", "DELETE", "X-Csrf", "m:DELETE\nh:X-Csrf", .credentials = true },
    { "C57b", "HeaderDisallowedByPreflightResponse", "DELETE", "X-Csrf", "m:DELETE", .credentials = true },
    { "C58", "", "HEAD", "X-Test", "h:x-test", .replaced = NULL },
    // clang-format on
};

START_TEST(answers_are_checked)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answer_row *row = &answers[i];
        struct cors_request request = { .page = str_from(row->page ? row->page : O),
                                        .url = STR(R),
                                        .method = STR("GET"),
                                        .credentials = row->credentials };
        struct cors_response response =
            response_read(arena, row->status ? row->status : 200, row->lines);
        struct cors_result result = cors_judge(arena, &request, NULL, &response);
        ck_assert_msg(strcmp(cors_error_name(result), row->error) == 0, "%s: %s", row->id,
                      cors_error_name(result));
        ck_assert_msg(result.allowed == (row->error[0] == 0), "%s", row->id);
        ck_assert(cors_explain(arena, &request, result).len > 0);
    }
    arena_free(arena);
}
END_TEST

START_TEST(preflights_are_checked)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof preflights / sizeof *preflights; i++) {
        const struct preflight_row *row = &preflights[i];
        struct cors_request request = { .page = STR(O),
                                        .url = STR(R),
                                        .method = str_from(row->method),
                                        .credentials = row->credentials };
        Str names = str_from(row->headers), name;
        struct cors_headers headers = { 0 };
        while (names.len) {
            if (!str_cut(names, STR(" "), &name, &names)) {
                name = names;
                names = STR("");
            }
            *vec_push(arena, &headers) = (struct header){ name, STR("1") };
        }
        request.headers = headers.items;
        request.header_count = headers.count;
        Str lines = row->replaced ? str_from(row->replaced)
                                  : str_format(arena, "o:" O "%s\n%s",
                                               row->credentials ? "\nc:true" : "", row->lines);
        struct cors_response preflight =
            response_read(arena, row->status ? row->status : 204, str_terminated(arena, lines));
        struct cors_response response =
            response_read(arena, 200, row->actual ? row->actual : "o:" O "\nc:true");
        struct cors_result result = cors_judge(arena, &request, &preflight, &response);
        ck_assert_msg(strcmp(cors_error_name(result), row->error) == 0, "%s: %s", row->id,
                      cors_error_name(result));
        ck_assert_msg(result.authorization_by_wildcard == (strcmp(row->id, "C20") == 0), "%s",
                      row->id);
        ck_assert(cors_explain(arena, &request, result).len > 0);
    }
    struct cors_request request = { .page = STR(O), .url = STR(R), .method = STR("PUT") };
    struct cors_response response = response_read(arena, 200, "o:*");
    struct cors_result result = cors_judge(arena, &request, NULL, &response); // C47
    ck_assert_str_eq(cors_error_name(result), "PreflightTransport");
    arena_free(arena);
}
END_TEST

START_TEST(headers_that_need_a_preflight)
{
    static const struct {
        const char *headers; // "Name: value" lines
        const char *unsafe;  // what is asked for; empty: no preflight
    } cases[] = {
        { "Content-Type: text/plain", "" },
        { "Content-Type: Text/Plain; charset=UTF-8", "" },
        { "Content-Type: text/plain;", "" },
        { "Content-Type: text/plain;garbage", "" },
        { "Content-Type: text/plain; application/json", "" },
        { "Content-Type: application/x-www-form-urlencoded", "" },
        { "Content-Type: multipart/form-data; boundary=x", "" },
        { "Accept: " LONGEST, "" },
        { "Accept: " LONGEST "a", "accept" },
        { "Accept: \xff", "" },
        { "Accept: a(b", "accept" },
        { "Accept-Language: en-US,en;q=0.9", "" },
        { "Accept-Language: *", "" },
        { "Range: bytes=0-", "" },
        { "Range: bytes=0-100", "" },
        { "Range: bytes=007-10", "" },
        { "Content-Type: application/json", "content-type" },
        { "Content-Type: text/html", "content-type" },
        { "Content-Type: text /plain", "content-type" },
        { "Content-Type: text/plain,", "content-type" },
        { "Content-Type: ,text/plain", "content-type" },
        { "Content-Type: text/plain,application/json", "content-type" },
        { "Content-Type: ", "content-type" },
        { "Content-Type: text", "content-type" },
        { "Content-Type: text/plain; x=\"y\"", "content-type" },
        { "Content-Type: application/json\nContent-Type: text/plain", "content-type" },
        { "Accept-Language: de_DE", "accept-language" },
        { "Accept-Language: en/x", "accept-language" },
        { "Content-Language: nn_NO", "content-language" },
        { "Range: bytes=-500", "range" },
        { "Range: bytes=0-1,2-3", "range" },
        { "Range: bytes =0-1", "range" },
        { "Range: bytes=200-100", "range" },
        { "Range: Bytes=0-1", "range" },
        { "Range: 100-200", "range" },
        { "Range: bytes=", "range" },
        { "Authorization: Bearer x", "authorization" },
        { "X-Empty: ", "x-empty" },
        { "X-Zeta: 1\nX-Alpha: 1\nx_y: 1\nx-alpha: 2\nA-B: 1", "a-b,x-alpha,x-zeta,x_y" },
        { "Cookie: a\nOrigin: b\nSec-Fetch-Mode: cors\nProxy-X: 1\nHost: x", "" },
        { "X-HTTP-Method-Override: GET, track", "" },
        { "X-HTTP-Method-Override: PUT", "x-http-method-override" },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cors_request request = { .page = STR(O), .url = STR(R), .method = STR("POST") };
        struct cors_result result;
        set_headers(arena, &request, cases[i].headers);
        enum cors_class class = cors_classify(arena, &request, &result);
        ck_assert_msg(class == (cases[i].unsafe[0] ? CORS_CLASS_PREFLIGHT : CORS_CLASS_SIMPLE),
                      "%s", cases[i].headers);
        struct cors_headers asked;
        cors_preflight_headers(arena, &request, &asked);
        ck_assert(str_is(asked.items[0].value, O));
        ck_assert(str_is(asked.items[1].value, "POST"));
        Str names = asked.count > 2 ? asked.items[2].value : STR("");
        ck_assert_msg(str_is(names, cases[i].unsafe), "%s: %.*s", cases[i].headers, STR_ARG(names));
    }
    arena_free(arena);
}
END_TEST

START_TEST(requests_are_classified)
{
    static const struct {
        const char *page, *url, *method;
        enum cors_mode mode;
        enum cors_redirect_mode redirect;
        bool force;
        enum cors_class class;
        const char *error;
    } cases[] = {
        { O, O "/x", "PUT", CORS_MODE_CORS, 0, false, CORS_CLASS_BASIC, "" },
        { O, "HTTPS://APP.example.com:443/", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_BASIC,
          "" },
        { O ":8443", O "/x", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_SIMPLE, "" }, // A15
        { O, "http://app.example.com/", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_SIMPLE, "" },
        { "null", R, "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_SIMPLE, "" },
        { O, R, "post", CORS_MODE_CORS, 0, false, CORS_CLASS_SIMPLE, "" },
        { O, R, "POST", CORS_MODE_CORS, 0, true, CORS_CLASS_PREFLIGHT, "" },
        { O, R, "PATCH", CORS_MODE_CORS, 0, false, CORS_CLASS_PREFLIGHT, "" },
        { O, "data:,x", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_BASIC, "" },
        { O, "ftp://x/", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_FAILED, "CorsDisabledScheme" },
        { O, "about:blank", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_FAILED,
          "CorsDisabledScheme" },
        { O, R, "GET", CORS_MODE_SAME_ORIGIN, 0, false, CORS_CLASS_FAILED, "DisallowedByMode" },
        { O, R, "GET", CORS_MODE_NO_CORS, 0, false, CORS_CLASS_OPAQUE, "OpaqueResponse" },
        { O, R, "GET", CORS_MODE_NO_CORS, CORS_REDIRECT_MANUAL, false, CORS_CLASS_FAILED,
          "NoCorsRedirectModeNotFollow" },
        { O, R, "PUT", CORS_MODE_NO_CORS, 0, false, CORS_CLASS_FAILED, "ForbiddenMethod" },
        { O, R, "TrAcE", CORS_MODE_CORS, 0, false, CORS_CLASS_FAILED, "ForbiddenMethod" },
        { O, R, "a b", CORS_MODE_CORS, 0, false, CORS_CLASS_FAILED, "ForbiddenMethod" },
        { O, "https://api.example.com:6000/", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_FAILED,
          "BadPort" },
        { "http://127.0.0.1", "http://0x7f.1/", "GET", CORS_MODE_CORS, 0, false, CORS_CLASS_BASIC,
          "" },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cors_request request = { .page = str_from(cases[i].page),
                                        .url = str_from(cases[i].url),
                                        .method = str_from(cases[i].method),
                                        .mode = cases[i].mode,
                                        .redirect = cases[i].redirect,
                                        .force_preflight = cases[i].force };
        struct cors_result result;
        ck_assert_msg(cors_classify(arena, &request, &result) == cases[i].class, "case %zu", i);
        ck_assert_msg(strcmp(cors_error_name(result), cases[i].error) == 0, "case %zu", i);
    }
    arena_free(arena);
}
END_TEST

START_TEST(headers_are_exposed)
{
    static const struct {
        const char *lines, *name;
        bool credentials, exposed;
    } cases[] = {
        { "e:BB-8", "bb-8", false, true },
        { "e:bb-8", "bb-8", false, true },
        { "e:Bb-8, x-other", "bb-8", false, true },
        { "e:BB-8,", "bb-8", false, true },
        { "e:,BB-8, ,", "bb-8", false, true },
        { "e:NO\ne:bb-8", "bb-8", false, true },
        { "e:*", "bb-8", false, true },
        { "e:*, set-cookie", "bb-8", false, true },
        { "e:bb-8", "bb-8", true, true },
        { "e:*, bb-8", "bb-8", true, true },
        { "", "bb-8", false, false },
        { "e:", "bb-8", false, false },
        { "e:bb-8;", "bb-8", false, false },
        { "e:\"bb-8\"", "bb-8", false, false },
        { "e:bb-8, no no", "bb-8", false, false },
        { "e:no no\ne:bb-8", "bb-8", false, false },
        { "e:@#$, bb-8", "bb-8", false, false },
        { "e:bb-8 x-other", "bb-8", false, false },
        { "e:bb-*", "bb-8", false, false },
        { "e:set-cookie", "set-cookie", false, false },
        { "e:*", "bb-8", true, false },
        { "e:*", "Set-Cookie", false, false },
        { "e:*", "ETag", false, true },
        { "", "Content-Type", true, true },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cors_request request = { .credentials = cases[i].credentials };
        struct cors_response response = response_read(arena, 200, cases[i].lines);
        ck_assert_msg(cors_exposed(arena, &request, &response, str_from(cases[i].name)) ==
                          cases[i].exposed,
                      "\"%s\"", cases[i].lines);
    }
    arena_free(arena);
}
END_TEST

START_TEST(sentences)
{
    struct arena *arena = arena_new();
    struct cors_request request = { .page = STR(O), .url = STR(R), .method = STR("GET") };
    struct cors_response response = response_read(arena, 200, "o:https://%.*s.example.com");
    Str text = cors_explain(arena, &request, cors_judge(arena, &request, NULL, &response));
    ck_assert_msg(str_is(text, "Access-Control-Allow-Origin is \"https://%.*s.example.com\", which "
                               "is neither \"*\" nor an origin"),
                  "%.*s", STR_ARG(text));
    struct cors_response mismatch = response_read(arena, 200, "o:https://b.example.com");
    text = cors_explain(arena, &request, cors_judge(arena, &request, NULL, &mismatch));
    ck_assert(str_ends(text, STR("the page's origin (" O ")")));
    request.method = STR("PUT");
    text = cors_explain(arena, &request, cors_judge(arena, &request, &mismatch, &response));
    ck_assert(str_starts(text, STR("in the answer to the preflight, ")));
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        answers_are_checked,     preflights_are_checked, headers_that_need_a_preflight,
        requests_are_classified, headers_are_exposed,    sentences,
    };
    return check_main(check_suite("browser_cors", tests, sizeof tests / sizeof *tests));
}
