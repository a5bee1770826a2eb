#include "base/buf.h"
#include "cli/har.h"
#include "syntax/read_json.h"

#include "unit/check_main.h"

static struct run *new_run(void)
{
    return run_new(arena_new(), &limits_default);
}

static const struct data *parse(struct run *run, Str text)
{
    const struct data *data = NULL;
    ck_assert(read_json(run, (Span){ 1, 0, 1 }, text, &data));
    return data;
}

#define HEADER(name, value) "{\"name\": \"" name "\", \"value\": \"" value "\"}"
#define ASKED(method)                                                                              \
    "{\"request\": {\"method\": \"OPTIONS\", \"url\": \"https://api.example.com/\", \"headers\": " \
    "[" HEADER("Origin", "https://app.example.com") ", " HEADER(                                   \
        "Access-Control-Request-Method", method) "]}, \"response\": {\"status\": "                 \
                                                 "204, \"headers\": []}}"
#define REQUEST(method)                                                                            \
    "{\"request\": {\"method\": \"" method                                                         \
    "\", \"url\": \"https://api.example.com/#top\", \"headers\": [" HEADER(                        \
        "origin", "https://app.example.com") "]}, \"response\": {\"status\": 0}}"

// Which preflight belongs to which request: by method, wherever they stand, each to one.
START_TEST(preflights_are_joined)
{
    struct run *run = new_run();
    struct har har;
    const struct data *data = parse(
        run, STR("{\"log\": {\"entries\": [" REQUEST("PUT") ", " ASKED("DELETE") ", " ASKED(
                 "PUT") ", " REQUEST("PUT") ", " REQUEST("DELETE") ", " ASKED("PATCH") "]}}"));
    ck_assert(har_is(data));
    ck_assert(har_read(run, data, &har));
    static const struct {
        uint32_t entry;
        const char *method;
        bool joined;
    } expected[] = {
        { 0, "PUT", true }, { 3, "PUT", false }, { 4, "DELETE", true }, { 5, "PATCH", true }
    };
    ck_assert_uint_eq(har.entries, 6);
    ck_assert_uint_eq(har.count, 4);
    for (uint32_t i = 0; i < har.count; i++) {
        ck_assert_uint_eq(har.items[i].entry, expected[i].entry);
        ck_assert(str_is(har.items[i].recorded.request.method, expected[i].method));
        ck_assert_int_eq(har.items[i].recorded.hops.items[0].has_preflight, expected[i].joined);
    }
    arena_free(run->arena);
}
END_TEST

// A message with more headers than any browser takes is refused, and the next one is read.
START_TEST(headers_are_limited)
{
    static const struct {
        const char *form;
        uint32_t count, value;
        bool good;
    } cases[] = {
        { "lines", 1000, 1, true }, { "lines", 1001, 1, false }, { "lines", 100, 4000, false },
        { "har", 999, 1, true },    { "har", 1001, 1, false },   { "har", 100, 4000, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run *run = new_run();
        struct buf text = { .arena = run->arena };
        bool lines = str_is(str_from(cases[i].form), "lines");
        buf_add_text(&text, lines ? "{\"request\": {\"url\": \"https://a.example/\", \"origin\": "
                                    "\"null\"}, \"response\": {\"status\": 200, \"headers\": ["
                                  : "{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", "
                                    "\"url\": \"https://a.example/\"}, \"response\": {\"status\": "
                                    "200, \"headers\": [");
        for (uint32_t k = 0; k < cases[i].count; k++) {
            buf_add_text(&text, k ? ", " : "");
            buf_addf(&text, lines ? "[\"x\", \"%0*d\"]" : "{\"name\": \"x\", \"value\": \"%0*d\"}",
                     (int)cases[i].value, 0);
        }
        buf_add_text(&text, lines ? "]}}" : "]}}]}}");
        const struct reading reading = { run, { 1, 0, 1 }, "a recorded request" };
        struct recorded recorded;
        struct har har;
        bool good = lines ? recorded_parse(&reading, buf_str(&text), &recorded)
                          : har_read(run, parse(run, buf_str(&text)), &har);
        ck_assert_msg(good == cases[i].good, "case %zu", i);
        ck_assert_int_eq(good, run->diags.count == 0);
        arena_free(run->arena);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { preflights_are_joined, headers_are_limited };
    return check_main(check_suite("recorded", tests, sizeof tests / sizeof *tests));
}
