#include "browser/access.h"

#include "base/vec.h"
#include "unit/check_main.h"

#include <string.h>

enum { LINES = 8, CELLS = 6 };

// A cell as the table below writes it: for which methods and origins (expressions over the whole
// value, NULL for any) it answers what.
struct cell_row {
    const char *method, *origin, *cookie;
    enum answer answer;
    uint32_t status;
    const char *lines[LINES]; // "Name: value"; $origin, $method, $headers and $? in the value
};

struct row {
    const char *name, *capability;
    const char *must, *may; // expressions over whole origins
    struct cell_row cells[CELLS];
};

#define ANY "https?://.*|null|[a-z-]+://.*"
#define A "https://a\\.com"
#define NO "x"
#define SUBDOMAINS "https://.*\\.a\\.com"
#define OWN ANSWER_OWN
#define UP ANSWER_UPSTREAM
#define ACAO "Access-Control-Allow-Origin: "
#define ACAC "Access-Control-Allow-Credentials: "
#define ACAM "Access-Control-Allow-Methods: "
#define ACAH "Access-Control-Allow-Headers: "
#define ACEH "Access-Control-Expose-Headers: "
#define GET_OWN "GET", NULL, NULL, OWN, 200
#define OPTIONS_OWN "OPTIONS", NULL, NULL, OWN, 204
#define ALL_OWN NULL, NULL, NULL, OWN, 200
#define ALL_UP NULL, NULL, NULL, UP, 0

static const struct row rows[] = {
    // clang-format off
    { "no header", "read", NO, NO, { { ALL_OWN, { "Vary: Origin" } } } },
    { "star", "read", ANY, ANY, { { ALL_OWN, { ACAO "*" } } } },
    { "star with credentials", "credentials", NO, NO, { { ALL_OWN, { ACAO "*", ACAC "true" } } } },
    { "one origin", "read", A, A, { { ALL_OWN, { ACAO "https://a.com" } } } },
    { "space around it", "read", A, A, { { ALL_OWN, { ACAO " https://a.com\t" } } } },
    { "other text", "read", NO, NO, { { ALL_OWN, { ACAO "https://a.com/" } } } },
    { "default port", "read", NO, NO, { { ALL_OWN, { ACAO "https://a.com:443" } } } },
    { "list", "read", NO, NO, { { ALL_OWN, { ACAO "https://a.com, https://b.com" } } } },
    { "null", "read", "null", "null", { { ALL_OWN, { ACAO "null" } } } },
    { "two lines", "read", NO, NO, { { ALL_OWN, { ACAO "*", ACAO "*" } } } },
    { "two lines, one never sent", "read", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAO "" } } } },
    { "echo", "read", ANY, ANY, { { ALL_OWN, { ACAO "$origin" } } } },
    { "echo with credentials", "credentials", ANY, ANY, { { ALL_OWN, { ACAO "$origin", ACAC "true" } } } },
    { "credentials not allowed", "credentials", NO, NO, { { ALL_OWN, { ACAO "$origin" } } } },
    { "True", "credentials", NO, NO, { { ALL_OWN, { ACAO "$origin", ACAC "True" } } } },
    { "true twice", "credentials", NO, NO, { { ALL_OWN, { ACAO "$origin", ACAC "true", ACAC "true" } } } },
    { "true in spaces", "credentials", ANY, ANY, { { ALL_OWN, { ACAO "$origin", ACAC " true " } } } },
    { "no credentials asked for", "read", ANY, ANY, { { ALL_OWN, { ACAO "$origin", ACAC "no" } } } },
    { "unknown origin", "read", NO, ANY, { { ALL_OWN, { ACAO "$?" } } } },
    { "unknown and star", "read", NO, ANY, { { ALL_OWN, { ACAO "$?", ACAO "*" } } } },
    { "unknown behind text", "read", NO, "https://a\\..*", { { ALL_OWN, { ACAO "https://a.$?" } } } },
    { "unknown credentials", "credentials", NO, A, { { ALL_OWN, { ACAO "https://a.com", ACAC "$?" } } } },
    { "cells by origin", "read", SUBDOMAINS, SUBDOMAINS,
      { { NULL, SUBDOMAINS, NULL, OWN, 200, { ACAO "$origin" } }, { NULL, "!" SUBDOMAINS, NULL, OWN, 200, { NULL } } } },
    { "cells by cookie", "credentials", NO, ANY,
      { { NULL, NULL, "x", OWN, 200, { ACAO "$origin", ACAC "true" } }, { NULL, NULL, "!x", OWN, 200, { NULL } } } },
    { "no cookie without credentials", "read", NO, NO,
      { { NULL, NULL, "x", OWN, 200, { ACAO "$origin" } }, { NULL, NULL, "!x", OWN, 200, { NULL } } } },
    { "error status", "read", ANY, ANY, { { NULL, NULL, NULL, OWN, 403, { ACAO "*" } } } },
    { "redirect", "read", NO, NO, { { NULL, NULL, NULL, OWN, 302, { ACAO "*" } } } },
    { "upstream", "read", ANY, ANY, { { ALL_UP, { ACAO "*" } } } },
    { "file", "read", ANY, ANY, { { NULL, NULL, NULL, ANSWER_FILE, 0, { ACAO "*" } } } },
    { "nothing answers", "read", NO, NO, { { NULL, NULL, NULL, ANSWER_NONE, 0, { ACAO "*" } } } },
    { "unknown answer", "read", NO, ANY, { { NULL, NULL, NULL, ANSWER_UNKNOWN, 0, { ACAO "*" } } } },
    { "GET counts", "read", A, A,
      { { "GET", NULL, NULL, OWN, 200, { ACAO "https://a.com" } }, { "!GET", NULL, NULL, OWN, 405, { NULL } } } },

    { "POST alone", "method:POST", A, A,
      { { "POST", NULL, NULL, OWN, 200, { ACAO "https://a.com" } }, { "!POST", NULL, NULL, OWN, 200, { NULL } } } },
    { "HEAD needs no list", "method:HEAD", ANY, ANY, { { ALL_OWN, { ACAO "*" } } } },
    { "PUT not listed", "method:PUT", NO, NO, { { ALL_OWN, { ACAO "*" } } } },
    { "PUT listed", "method:PUT", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM "GET, PUT" } } } },
    { "put", "method:PUT", NO, NO, { { ALL_OWN, { ACAO "*", ACAM "put" } } } },
    { "commas", "method:PUT", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM ",PUT, ,," } } } },
    { "not a list", "method:PUT", NO, NO, { { ALL_OWN, { ACAO "*", ACAM "PUT DELETE" } } } },
    { "two lines of methods", "method:PUT", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM "GET", ACAM "PUT" } } } },
    { "one of them no list", "method:PUT", NO, NO, { { ALL_OWN, { ACAO "*", ACAM "PUT", ACAM "a b" } } } },
    { "headers no list", "method:PUT", NO, NO, { { ALL_OWN, { ACAO "*", ACAM "PUT", ACAH "a b" } } } },
    { "star of methods", "method:PUT", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM "*" } } } },
    { "star and credentials", "method:PUT+", NO, NO, { { ALL_OWN, { ACAO "$origin", ACAC "true", ACAM "*" } } } },
    { "PUT and credentials", "method:PUT+", ANY, ANY, { { ALL_OWN, { ACAO "$origin", ACAC "true", ACAM "PUT" } } } },
    { "echo of the method", "method:PUT", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM "$method" } } } },
    { "any method by echo", "method:*", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM "$method" } } } },
    { "any method by star", "method:*", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAM "GET, *" } } } },
    { "not any method", "method:*", NO, NO, { { ALL_OWN, { ACAO "*", ACAM "GET, PUT, DELETE" } } } },
    { "unknown methods", "method:PUT", NO, ANY, { { ALL_OWN, { ACAO "*", ACAM "$?" } } } },
    { "preflight by its own cell", "method:PUT", A, A,
      { { "OPTIONS", NULL, NULL, OWN, 204, { ACAO "https://a.com", ACAM "PUT" } }, { "!OPTIONS", NULL, NULL, UP, 0, { ACAO "*" } } } },
    { "actual answer refuses", "method:PUT", NO, NO,
      { { OPTIONS_OWN, { ACAO "*", ACAM "PUT" } }, { "!OPTIONS", NULL, NULL, UP, 0, { NULL } } } },
    { "preflight refused by status", "method:PUT", NO, NO,
      { { "OPTIONS", NULL, NULL, OWN, 405, { ACAO "*", ACAM "PUT" } }, { "!OPTIONS", NULL, NULL, UP, 0, { ACAO "*" } } } },
    { "preflight redirected", "method:PUT", NO, NO,
      { { "OPTIONS", NULL, NULL, OWN, 301, { ACAO "*", ACAM "PUT" } }, { "!OPTIONS", NULL, NULL, UP, 0, { ACAO "*" } } } },
    { "no OPTIONS for files", "method:PUT", NO, NO, { { NULL, NULL, NULL, ANSWER_FILE, 0, { ACAO "*", ACAM "PUT" } } } },
    { "preflight has no cookie", "method:PUT+", NO, NO,
      { { NULL, NULL, "x", OWN, 204, { ACAO "$origin", ACAC "true", ACAM "PUT" } }, { NULL, NULL, "!x", OWN, 401, { NULL } } } },

    { "header listed", "header:x-test", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAH "X-Test" } } } },
    { "header not listed", "header:x-test", NO, NO, { { ALL_OWN, { ACAO "*", ACAH "x-te*" } } } },
    { "second line", "header:x-test", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAH "a", ACAH "x-test" } } } },
    { "star of headers", "header:authorization", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAH "*" } } } },
    { "star of headers and credentials", "header:x-test+", NO, NO, { { ALL_OWN, { ACAO "$origin", ACAC "true", ACAH "*" } } } },
    { "echo of the headers", "header:x-test", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAH "$headers" } } } },
    { "echo of the headers, any", "header:*", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAH "$headers" } } } },
    { "echo in a list", "header:x-test", ANY, ANY, { { ALL_OWN, { ACAO "*", ACAH "a, $headers" } } } },
    { "no any header", "header:*", NO, NO, { { ALL_OWN, { ACAO "*", ACAH "a, b" } } } },

    { "exposed", "expose:x-total", ANY, ANY, { { ALL_OWN, { ACAO "*", ACEH "ETag, X-Total" } } } },
    { "not exposed", "expose:x-total", NO, NO, { { ALL_OWN, { ACAO "*" } } } },
    { "exposed by star", "expose:x-total", ANY, ANY, { { ALL_OWN, { ACAO "*", ACEH "*" } } } },
    { "star exposes nothing with credentials", "expose:x-total+", NO, NO, { { ALL_OWN, { ACAO "$origin", ACAC "true", ACEH "*" } } } },
    { "exposed to one", "expose:x-total", A, A, { { ALL_OWN, { ACAO "https://a.com", ACEH "x-total" } } } },
    { "no list exposes nothing", "expose:x-total", NO, NO, { { ALL_OWN, { ACAO "*", ACEH "x-total", ACEH "a b" } } } },
    // clang-format on
};

struct fixture {
    struct arena *arena;
    struct model *model;
    struct origin_space *space;
};

static struct fixture fixture_new(void)
{
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    return (struct fixture){ arena, model, origin_space_new(model) };
}

// "!" before an expression stands for all else.
static const struct fa *language(struct model *model, const char *expression)
{
    bool not = expression[0] == '!';
    const struct pattern *pattern =
        model_pattern(model, str_from(expression + not ), REGEX_PCRE2, REGEX_FULL);
    ck_assert_msg(pattern->result.status == REGEX_OK, "%s", expression);
    const struct fa *out = pattern->result.language;
    return not ? fa_complement(model->fa, out) : out;
}

static const struct value *value_read(struct model *model, Str text)
{
    const struct value *out = value_text(model, STR(""));
    while (text.len) {
        size_t n = 0;
        const struct value *piece;
        if (str_eat(&text, STR("$origin"))) {
            piece = value_var(model, model->origin);
        } else if (str_eat(&text, STR("$method"))) {
            piece = value_var(model, model->request_method);
        } else if (str_eat(&text, STR("$headers"))) {
            piece = value_var(model, model->request_headers);
        } else if (str_eat(&text, STR("$?"))) {
            piece = value_unknown(model, STR("a script decides"), 1, (Span){ 0 });
        } else {
            while (n < text.len && text.ptr[n] != '$')
                n++;
            piece = value_text(model, str_slice(text, 0, n));
            text = str_slice(text, n, text.len);
        }
        out = value_concat(model, out, piece);
    }
    return out;
}

static const struct response *response_read(struct model *model, const struct cell_row *row)
{
    struct response *response = ARENA_NEW(model->arena, struct response);
    struct header_op *ops = ARENA_ARRAY(model->arena, struct header_op, LINES);
    *response = (struct response){
        .answer = row->answer,
        .status = row->status,
        .upstream = STR("http://app"),
        .reason = STR("a module that is not known"),
        .ops = ops,
    };
    for (; response->op_count < LINES && row->lines[response->op_count]; response->op_count++) {
        Str name, text;
        ck_assert(str_cut(str_from(row->lines[response->op_count]), STR(": "), &name, &text) ||
                  (str_cut(str_from(row->lines[response->op_count]), STR(":"), &name, &text)));
        ops[response->op_count] = (struct header_op){ .verb = HEADER_APPEND,
                                                      .name = name,
                                                      .value = value_read(model, text),
                                                      .span = { 1, response->op_count + 1, 100 } };
    }
    return response;
}

static const struct endpoint *endpoint_read(struct model *model, const struct cell_row *row)
{
    struct endpoint *endpoint = ARENA_NEW(model->arena, struct endpoint);
    struct cell *cells = ARENA_ARRAY(model->arena, struct cell, CELLS);
    *endpoint = (struct endpoint){ .layer = "test", .box = box_all(model), .cells = cells };
    for (; endpoint->cell_count < CELLS && (row->answer || row->status || row->lines[0]); row++) {
        const struct box *box = box_all(model);
        if (row->method)
            box = box_with(model, box, model->method, language(model, row->method));
        if (row->origin)
            box = box_with(model, box, model->origin, language(model, row->origin));
        if (row->cookie)
            box = box_with(model, box, model_cookie(model, STR("session")),
                           language(model, row->cookie));
        cells[endpoint->cell_count++] = (struct cell){ box, response_read(model, row) };
    }
    return endpoint;
}

static struct capability capability_read(Str text)
{
    struct capability out = { 0 };
    Str kind;
    if (str_ends(text, STR("+"))) {
        out.credentials = true;
        text.len--;
    }
    if (str_is(text, "credentials"))
        out.credentials = true;
    if (!str_cut(text, STR(":"), &kind, &out.name))
        return out;
    out.kind = str_is(kind, "method")   ? CAPABILITY_METHOD
               : str_is(kind, "header") ? CAPABILITY_HEADER
                                        : CAPABILITY_EXPOSE;
    return out;
}

static void assert_set(const struct fixture *f, const struct fa *set, const char *expression,
                       const char *name)
{
    const struct fa *whole = origins_part(f->space, ORIGINS_PART_WHOLE);
    const struct fa *expected = fa_intersect(f->model->fa, whole, language(f->model, expression));
    if (set == expected)
        return;
    Str word = STR("");
    const struct fa *extra = fa_subtract(f->model->fa, set, expected);
    bool more = fa_shortest(f->arena, extra, NULL, &word);
    if (!more)
        (void)fa_shortest(f->arena, fa_subtract(f->model->fa, expected, set), NULL, &word);
    ck_abort_msg("%s: %s %.*s", name, more ? "also" : "not", STR_ARG(word));
}

START_TEST(capabilities_of_cells)
{
    struct fixture f = fixture_new();
    const struct row *row = &rows[_i];
    struct access access = access_of(f.space, NULL, endpoint_read(f.model, row->cells),
                                     box_all(f.model), capability_read(str_from(row->capability)));
    assert_set(&f, access.must, row->must, row->name);
    assert_set(&f, access.may, row->may, row->name);
    ck_assert((access.why != NULL) == (access.must != access.may) || !access.why);
    arena_free(f.arena);
}
END_TEST

// What stands behind the configuration, and what the configuration makes of it.
START_TEST(upstreams_that_decide)
{
    struct fixture f = fixture_new();
    static const struct header star[] = { { { "access-control-allow-origin", 27 }, { "*", 1 } } };
    static const struct upstream items[] = {
        { .target = { "http://own", 10 }, .own = true },
        { .target = { "http://star/", 12 }, .headers = star, .header_count = 1 },
        { .target = { "http://moved", 12 }, .headers = star, .header_count = 1, .status = 302 },
    };
    static const struct {
        const char *target, *must, *may;
        enum header_verb verb; // of an operation on Access-Control-Allow-Origin
        const char *value;     // NULL for no operation
    } cases[] = {
        { "http://app", NO, NO, HEADER_APPEND, NULL },
        { "http://star", ANY, ANY, HEADER_APPEND, NULL },
        { "http://star", NO, NO, HEADER_APPEND, "*" },
        { "http://star", NO, NO, HEADER_CLEAR, "" },
        { "http://star", A, A, HEADER_SET, "https://a.com" },
        { "http://star", ANY, ANY, HEADER_DEFAULT, "https://a.com" },
        { "http://app", A, A, HEADER_DEFAULT, "https://a.com" },
        { "http://app", NO, ANY, HEADER_UNKNOWN, "$?" },
        { "http://moved", NO, NO, HEADER_APPEND, NULL },
        { "http://own", NO, ANY, HEADER_APPEND, NULL },
        { "http://own", NO, NO, HEADER_CLEAR, "" },
        { "http://own", NO, A, HEADER_SET, "https://a.com" },
    };
    struct upstreams upstreams = { items, 3 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct header_op op = { .verb = cases[i].verb, .name = STR("Access-Control-Allow-Origin") };
        if (cases[i].value)
            op.value = value_read(f.model, str_from(cases[i].value));
        struct response response = { .answer = ANSWER_UPSTREAM,
                                     .upstream = str_from(cases[i].target),
                                     .ops = &op,
                                     .op_count = cases[i].value != NULL };
        struct cell cell = { box_all(f.model), &response };
        struct endpoint endpoint = { .box = box_all(f.model), .cells = &cell, .cell_count = 1 };
        struct access access =
            access_of(f.space, &upstreams, &endpoint, box_all(f.model), (struct capability){ 0 });
        assert_set(&f, access.must, cases[i].must, cases[i].target);
        assert_set(&f, access.may, cases[i].may, cases[i].target);
        ck_assert((access.why != NULL) == (access.must != access.may));
    }
    arena_free(f.arena);
}
END_TEST

START_TEST(spans_point_at_what_decided)
{
    struct fixture f = fixture_new();
    static const struct {
        struct cell_row cells[2];
        uint32_t begin;
    } cases[] = {
        { { { ALL_OWN, { "Vary: Origin", ACAO "$origin" } } }, 2 },
        { { { ALL_OWN, { ACAO "*", ACAO "*" } } }, 2 },
        { { { ALL_OWN, { "Vary: Origin" } } }, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct access access = access_of(f.space, NULL, endpoint_read(f.model, cases[i].cells),
                                         box_all(f.model), (struct capability){ 0 });
        ck_assert_uint_eq(access.span.begin, cases[i].begin);
    }
    arena_free(f.arena);
}
END_TEST

START_TEST(capabilities_that_cells_name)
{
    struct fixture f = fixture_new();
    static const struct cell_row cells[] = {
        { "GET", NULL, NULL, OWN, 200, { ACAO "*", ACEH "X-Total, content-type, Set-Cookie" } },
        { "!GET",
          NULL,
          NULL,
          OWN,
          204,
          { ACAO "*", ACAC "true", ACAM "GET, PUT, put, TRACE, a b",
            ACAH "Origin, Accept, X-Test" } },
        { NULL, NULL, NULL, OWN, 0, { ACAH "$headers" } },
        { 0 },
    };
    static const char *const expected[] = { "credentials",    "method:HEAD", "method:POST",
                                            "expose:x-total", "method:PUT",  "method:put",
                                            "header:x-test",  "header:*" };
    struct capabilities out = { 0 };
    access_capabilities(f.space, endpoint_read(f.model, cells), &out);
    enum { EXPECTED = sizeof expected / sizeof *expected };
    ck_assert_uint_eq(out.count, 2 * EXPECTED);
    for (size_t i = 0; i < EXPECTED; i++) {
        struct capability plain = out.items[2 * i], with = out.items[2 * i + 1];
        ck_assert(!plain.credentials && with.credentials);
        ck_assert_msg(str_is(capability_text(f.arena, with), expected[i]), "%s", expected[i]);
        ck_assert(capability_equal(plain, plain) && !capability_equal(plain, with));
    }
    ck_assert(str_is(capability_text(f.arena, out.items[0]), "read"));
    uint32_t count = out.count;
    access_capabilities(f.space, endpoint_read(f.model, cells), &out);
    ck_assert_uint_eq(out.count, count);
    arena_free(f.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { upstreams_that_decide, spans_point_at_what_decided,
                                   capabilities_that_cells_name };
    Suite *suite = check_suite("browser_access", tests, sizeof tests / sizeof *tests);
    TCase *table = tcase_create("table");
    tcase_add_loop_test(table, capabilities_of_cells, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(suite, table);
    return check_main(suite);
}
