#include "browser/cors.h"

#include "unit/cors_reading.h"

#include <string.h>

// The redirects of reference/browser.md 5.2, table E.

#define L O "/start"
#define R2 "https://cdn.example.com/y"

START_TEST(redirects_are_followed)
{
    static const struct {
        const char *id, *from, *hop, *to, *final, *error, *origin;
        bool credentials;
    } cases[] = {
        { "E1", L, "", R, "o:*", "", O, false },
        { "E2", L, "o:no", R, "o:" O, "", O, false },
        { "E3", L, "", R, "o:null", "AllowOriginMismatch", O, false },
        { "E4", L, "", R, "", "MissingAllowOriginHeader", O, false },
        { "E5", R, "o:*", L, "o:*", "", "null", false },
        { "E6", R, "o:*", L, "o:" O, "AllowOriginMismatch", "null", false },
        { "E7", R, "o:*", L, "o:null", "", "null", false },
        { "E8", R, "o:*", L, "", "MissingAllowOriginHeader", "null", false },
        { "E9", R, "", L, "o:*", "MissingAllowOriginHeader", NULL, false },
        { "E10", R, "o:null", L, "o:*", "AllowOriginMismatch", NULL, false },
        { "E11", R, "o:" O, "/other", "o:*", "", O, false },
        { "E12", R, "o:*", R "/x", "o:" O, "", O, false },
        { "E13", R, "o:*", R "/x", "o:null", "AllowOriginMismatch", O, false },
        { "E15", R, "o:*", R "/x", "o:https://api.example.com", "AllowOriginMismatch", O, false },
        { "E16", R, "o:*", R2, "o:*", "", "null", false },
        { "E17", R, "o:*", R2, "o:" O, "AllowOriginMismatch", "null", false },
        { "E18", R, "o:*", R2, "o:null", "", "null", false },
        { "E20", R, "o:" O "\nc:true", R2, "o:null\nc:true", "", "null", true },
        { "E21", R, "o:" O "\nc:true", R2, "o:" O "\nc:true", "AllowOriginMismatch", "null", true },
        { "E22", R, "o:*", R2, "o:*", "WildcardOriginNotAllowed", NULL, true },
        { "E23", R, "o:*", "https://u:p@api.example.com/", "o:*", "RedirectContainsCredentials",
          NULL, false },
        { "E24", L, "", "https://u@api.example.com/", "o:*", "RedirectContainsCredentials", NULL,
          false },
        { "E25", R, "o:*", "https://:p@app.example.com/", "o:*", "RedirectContainsCredentials",
          NULL, false },
        { "E26", R, "o:*", "https://:@api.example.com/", "o:*", "", O, false },
        { "E35", R, "o:*", "data:,x", "", "RedirectLocation", NULL, false },
        { "broken", R, "o:*", "https://a|b/", "", "RedirectLocation", NULL, false },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cors_request request = { .page = STR(O),
                                        .url = str_from(cases[i].from),
                                        .method = STR("GET"),
                                        .credentials = cases[i].credentials };
        struct cors_result result;
        request.cors = cors_classify(arena, &request, &result) != CORS_CLASS_BASIC;
        Str lines = str_format(arena, "l:%s\n%s", cases[i].to, cases[i].hop);
        struct cors_response hop = response_read(arena, 302, str_terminated(arena, lines));
        if (cors_follow(arena, &request, &hop, &result)) {
            struct cors_response final = response_read(arena, 200, cases[i].final);
            ck_assert_msg(cases[i].origin && str_is(cors_origin(&request), cases[i].origin), "%s",
                          cases[i].id);
            result = cors_judge(arena, &request, NULL, &final);
        }
        ck_assert_msg(strcmp(cors_error_name(result), cases[i].error) == 0, "%s: %s", cases[i].id,
                      cors_error_name(result));
    }
    arena_free(arena);
}
END_TEST

START_TEST(redirects_change_the_request)
{
    static const struct {
        const char *method, *from, *to;
        uint32_t status;
        const char *then;    // the method afterwards
        const char *headers; // what would be asked for afterwards
    } cases[] = {
        { "PUT", R, R2, 301, "PUT", "content-type,x-t" },
        { "PUT", R, R2, 303, "GET", "x-t" },
        { "POST", R, R2, 301, "GET", "x-t" },
        { "POST", R, R2, 302, "GET", "x-t" },
        { "POST", R, R2, 307, "POST", "content-type,x-t" },
        { "HEAD", R, R2, 303, "HEAD", "content-type,x-t" },
        { "POST", R, R "/x", 308, "POST", "authorization,content-type,x-t" },
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cors_request request = { .page = STR(O),
                                        .url = str_from(cases[i].from),
                                        .method = str_from(cases[i].method),
                                        .cors = true };
        struct cors_result result;
        set_headers(arena, &request, "Authorization: x\nContent-Type: application/json\nX-T: 1");
        Str lines = str_format(arena, "o:*\nl:%s", cases[i].to);
        struct cors_response hop =
            response_read(arena, cases[i].status, str_terminated(arena, lines));
        ck_assert(cors_follow(arena, &request, &hop, &result));
        ck_assert_msg(str_is(request.method, cases[i].then), "case %zu", i);
        struct cors_headers asked;
        cors_preflight_headers(arena, &request, &asked);
        ck_assert_msg(str_is(asked.items[2].value, cases[i].headers), "case %zu: %.*s", i,
                      STR_ARG(asked.items[2].value));
    }
    arena_free(arena);
}
END_TEST

START_TEST(redirects_that_end)
{
    struct arena *arena = arena_new();
    struct cors_request request = {
        .page = STR(O), .url = STR(R), .method = STR("GET"), .cors = true
    };
    struct cors_result result;
    struct cors_response silent = response_read(arena, 302, "o:*");
    struct cors_response hop = response_read(arena, 302, "o:*\nl:/again");
    ck_assert(!cors_follow(arena, &request, &silent, &result) && result.allowed); // E34
    for (int i = 0; i < 20; i++)
        ck_assert(cors_follow(arena, &request, &hop, &result));
    ck_assert(!cors_follow(arena, &request, &hop, &result));
    ck_assert_str_eq(cors_error_name(result), "TooManyRedirects");
    request.redirects = 0;
    request.redirect = CORS_REDIRECT_ERROR;
    ck_assert(!cors_follow(arena, &request, &hop, &result));
    ck_assert_str_eq(cors_error_name(result), "RedirectModeError");
    request.redirect = CORS_REDIRECT_MANUAL;
    ck_assert(!cors_follow(arena, &request, &hop, &result));
    ck_assert_str_eq(cors_error_name(result), "OpaqueRedirect");
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { redirects_are_followed, redirects_change_the_request,
                                   redirects_that_end };
    return check_main(check_suite("browser_redirect", tests, sizeof tests / sizeof *tests));
}
