#include "review/baseline.h"
#include "review/date.h"
#include "review/suppress.h"

#include "unit/check_main.h"
#include "unit/world.h"

START_TEST(days_are_days)
{
    static const struct {
        const char *text;
        uint32_t day;
    } rows[] = {
        { "2027-01-31", 20270131 }, { "2028-02-29", 20280229 }, { "2027-02-29", 0 },
        { "2100-02-29", 0 },        { "2000-02-29", 20000229 }, { "2027-04-31", 0 },
        { "2027-00-10", 0 },        { "2027-13-10", 0 },        { "2027-1-31", 0 },
        { "2027-01-31 ", 0 },       { "27-01-2031", 0 },        { "", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t day = 0;
        ck_assert_msg(date_parse(str_from(rows[i].text), &day) == (rows[i].day != 0), "%s",
                      rows[i].text);
        ck_assert_uint_eq(day, rows[i].day);
    }
    ck_assert_uint_eq(date_of(0), 19700101);
    ck_assert_uint_eq(date_of(86399), 19700101);
    ck_assert_uint_eq(date_of(86400), 19700102);
    ck_assert_uint_eq(date_of(951782400), 20000229);
    ck_assert_uint_eq(date_of(1801353599), 20270130);
    ck_assert_uint_eq(date_of(1801353600), 20270131);
    ck_assert_uint_ge(date_of(UINT64_MAX), 99991231);
}
END_TEST

static const struct {
    const char *name, *text;
    const char *flaw; // part of it; NULL: it counts
    uint32_t line;    // that it is about; 0 and no flaw: there is no comment at all
} comments[] = {
    { "plain", "# corsgate-ignore-next-line CG404 -- why\nx\n", NULL, 2 },
    { "behind spaces", "\n   ## corsgate-ignore-next-line CG404 -- why\r\n  x\n", NULL, 3 },
    { "the day itself", "# corsgate-ignore-next-line CG404 until=2027-01-31 -- why\nx", NULL, 2 },
    { "the day before", "# corsgate-ignore-next-line CG404 until=2027-01-30 -- why\nx", "ended",
      2 },
    { "no day", "# corsgate-ignore-next-line CG404 until=tomorrow -- why\nx", "no date", 2 },
    { "other lines between", "# corsgate-ignore-next-line CG404 -- why\n\n# more\n\nx", NULL, 5 },
    { "several rules", "# corsgate-ignore-next-line cg404, CG405,CG406 -- why\nx", NULL, 2 },
    { "no reason", "# corsgate-ignore-next-line CG404\nx", "no reason", 2 },
    { "an empty reason", "# corsgate-ignore-next-line CG404 --\t\nx", "no reason", 2 },
    { "no rule", "# corsgate-ignore-next-line -- why\nx", "no rule", 2 },
    { "a rule that is not there", "# corsgate-ignore-next-line CG404 CG999 -- why\nx", "CG999", 2 },
    { "the end", "# corsgate-ignore-next-line CG404 -- why\n\n", "nothing follows", 0 },
    { "behind something", "x; # corsgate-ignore-next-line CG404 -- why\ny\n", NULL, 0 },
    { "in JSON", "{\"#\": \"corsgate-ignore-next-line CG404 -- why\"}\n", NULL, 0 },
    { "another word", "# corsgate-ignore CG404 -- why\nx\n", NULL, 0 },
};

START_TEST(comments_are_found_by_line)
{
    struct arena *arena = arena_new();
    struct files *files = files_new(arena);
    const struct rule_settings settings = { 0 };
    uint32_t first = files_add(files, STR("a.conf"),
                               STR("# corsgate-ignore-next-line CG404 -- a\n"
                                   "# corsgate-ignore-next-line CG405 -- b\nx\ny\n"
                                   "# corsgate-ignore-next-line CG404 -- c\nz\n"
                                   "# corsgate-ignore-next-line CG404 -- d\n"));
    uint32_t second =
        files_add(files, STR("b.conf"), STR("\n# corsgate-ignore-next-line CG404 -- a\nx\n"));
    struct comments found = { 0 };
    comments_read(arena, files, first, second + 1, &settings, 20270131, &found);
    ck_assert_uint_eq(found.count, 5);
    static const struct {
        uint32_t file, line, expected;
    } lines[] = { { 1, 1, 0 }, { 1, 3, 0 }, { 1, 4, 2 }, { 1, 6, 2 }, { 1, 7, 3 },
                  { 2, 1, 4 }, { 2, 3, 4 }, { 2, 4, 5 }, { 3, 1, 5 } };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ck_assert_uint_eq(comments_find(&found, lines[i].file, lines[i].line), lines[i].expected);
    struct map index = comments_index(arena, &found);
    uint32_t at = 0, same = 0;
    while (map_next(&index, found.items[0].identity, &at))
        same++;
    ck_assert_uint_eq(same, 2);
    arena_free(arena);
}
END_TEST

START_TEST(comments_say_what_they_are_about)
{
    struct arena *arena = arena_new();
    struct files *files = files_new(arena);
    const struct rule_settings settings = { 0 };
    uint32_t file = files_add(files, STR("a.conf"), str_from(comments[_i].text));
    struct comments found = { 0 };
    comments_read(arena, files, file, file + 1, &settings, 20270131, &found);
    bool expected = comments[_i].line || comments[_i].flaw;
    ck_assert_msg(found.count == expected, "%s", comments[_i].name);
    if (expected) {
        const struct comment *comment = &found.items[0];
        ck_assert_msg(comment->line == comments[_i].line, "%s", comments[_i].name);
        ck_assert_msg((comment->flaw.len == 0) == !comments[_i].flaw, "%s", comments[_i].name);
        if (comments[_i].flaw)
            ck_assert_msg(str_contains(comment->flaw, str_from(comments[_i].flaw)), "%s: %.*s",
                          comments[_i].name, STR_ARG(comment->flaw));
    }
    arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    enum urls_end end;
    const char *host, *path;
    bool inside;
} places[] = {
    { "https://api.example.com/v1/", URLS_BELOW, "api.example.com", "/v1/x", true },
    { "https://api.example.com/v1/", URLS_BELOW, "api.example.com", "/v1", true },
    { "https://api.example.com/v1/", URLS_EXACT, "api.example.com", "/v1/x", false },
    { "https://api.example.com/v1/", URLS_EXACT, "api.example.com", "/v1/", true },
    { "https://api.example.com/v1/", URLS_BELOW, "api.example.com", "/v2/", false },
    { "https://api.example.com/v1", URLS_BELOW, "api.example.com", "/v1x", false },
    { "https://api.example.com/v1*", URLS_EXACT, "api.example.com", "/v1x/y", true },
    { "https://api.example.com/*/x", URLS_EXACT, "api.example.com", "/a/b/x", true },
    { "https://*.example.com/*", URLS_EXACT, "a.b.example.com", "/", true },
    { "https://*.example.com/*", URLS_EXACT, "example.com", "/", false },
    { "https://*.example.com/*", URLS_EXACT, "evilexample.com", "/", false },
    { "*://*/*", URLS_EXACT, "anything.test", "/x", true },
    { "https://API.example.com/%61", URLS_EXACT, "api.example.com", "/a", true },
    { "https://api.example.com/../a", URLS_EXACT, "api.example.com", "/a", false },
    { "https://api.example.com", URLS_EXACT, NULL, NULL, false },
    { "api.example.com/", URLS_EXACT, NULL, NULL, false },
    { "ftp://api.example.com/", URLS_EXACT, NULL, NULL, false },
    { "https://a*.example.com/", URLS_EXACT, NULL, NULL, false },
    { "https://api.example.com:0/", URLS_EXACT, NULL, NULL, false },
    { "https://api.example.com:99999/", URLS_EXACT, NULL, NULL, false },
    { "https:///", URLS_EXACT, NULL, NULL, false },
    { "https://user@api.example.com/", URLS_EXACT, NULL, NULL, false },
    { "https://api.example.com/*?a=b", URLS_EXACT, NULL, NULL, false },
};

START_TEST(urls_are_sets_of_requests)
{
    struct world world = world_new();
    struct urls urls;
    Str reason;
    bool good = urls_parse(world.model, str_from(places[_i].text), places[_i].end, &urls, &reason);
    bool expected = places[_i].host && strcmp(places[_i].text, "https://api.example.com/../a") != 0;
    ck_assert_msg(good == expected, "%s", places[_i].text);
    if (good) {
        const struct request request = { .method = STR("GET"),
                                         .scheme = STR("https"),
                                         .host = str_from(places[_i].host),
                                         .port = 443,
                                         .path = str_from(places[_i].path) };
        const struct var *open = NULL;
        ck_assert_msg(request_in_box(world.arena, &request, urls.places, &open) ==
                          places[_i].inside,
                      "%s", places[_i].text);
    }
    arena_free(world.arena);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    uint32_t count;
} baselines[] = {
    { "{\"schema\": 1, \"baseline\": []}", true, 0 },
    { "{\"schema\": 1, \"baseline\": [{\"rule\": \"CG101\", \"fingerprint\": "
      "\"00000000000000ff\"}]}",
      true, 1 },
    { "{\"schema\": 2, \"baseline\": []}", false, 0 },
    { "{\"baseline\": []}", false, 0 },
    { "{\"schema\": 1}", false, 0 },
    { "[]", false, 0 },
    { "", false, 0 },
    { "{\"schema\": 1, \"baseline\": [{\"rule\": \"CG101\", \"fingerprint\": \"ff\"}]}", false, 0 },
    { "{\"schema\": 1, \"baseline\": [{\"rule\": \"CG101\", \"fingerprint\": "
      "\"00000000000000FF\"}]}",
      false, 0 },
    { "{\"schema\": 1, \"baseline\": [{\"fingerprint\": \"00000000000000ff\"}]}", false, 0 },
    { "{\"schema\": 1, \"baseline\": [1]}", false, 0 },
};

START_TEST(a_baseline_is_read_whole_or_not_at_all)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct baseline baseline = { .count = 0 };
    const struct finding known = { .rule = rule_find(STR("CG101")), .fingerprint = 255 };
    const struct finding other = { .rule = rule_find(STR("CG102")), .fingerprint = 255 };
    bool good = baseline_read(run, 1, str_from(baselines[_i].text), &baseline);
    ck_assert_msg(good == baselines[_i].good, "%s", baselines[_i].text);
    ck_assert_uint_eq(run->diags.count == 0, good);
    if (good) {
        ck_assert_uint_eq(baseline.count, baselines[_i].count);
        ck_assert(baseline_has(&baseline, &known) == (baseline.count > 0));
        ck_assert(!baseline_has(&baseline, &other));
    }
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accept");
    TCase *one = tcase_create("accept");
    tcase_add_test(one, days_are_days);
    tcase_add_test(one, comments_are_found_by_line);
    tcase_add_loop_test(one, comments_say_what_they_are_about, 0,
                        (int)(sizeof comments / sizeof *comments));
    tcase_add_loop_test(one, urls_are_sets_of_requests, 0, (int)(sizeof places / sizeof *places));
    tcase_add_loop_test(one, a_baseline_is_read_whole_or_not_at_all, 0,
                        (int)(sizeof baselines / sizeof *baselines));
    suite_add_tcase(suite, one);
    return check_main(suite);
}
