#include "policy/policy.h"

#include "base/buf.h"
#include "unit/check_main.h"

#include <string.h>

struct fixture {
    struct arena *arena;
    struct model *model;
};

static struct fixture fixture_new(void)
{
    struct arena *arena = arena_new();
    return (struct fixture){ arena, model_new(run_new(arena, &limits_default)) };
}

static const struct row_path {
    const char *target;
    bool keeps_slashes;
    const char *path, *query; // path NULL: malformed
} row_paths[] = {
    // reference/nginx.md 2.2
    { "/", false, "/", "" },
    { "/a?b=c?d", false, "/a", "b=c?d" },
    { "/a%2Fb", false, "/a/b", "" },
    { "/a/%2e%2e/b", false, "/b", "" },
    { "/a/./b/../c", false, "/a/c", "" },
    { "/a/b/..", false, "/a/", "" },
    { "/a/b/.", false, "/a/b/", "" },
    { "//a///b", false, "/a/b", "" },
    { "//a///b", true, "//a///b", "" },
    { "/a/..b/.c", false, "/a/..b/.c", "" },
    { "/%41%3f%23%25", false, "/A?#%", "" },
    { "/..", false, NULL, "" },
    { "/a/../../b", false, NULL, "" },
    { "/%00", false, NULL, "" },
    { "/%zz", false, NULL, "" },
    { "/a%", false, NULL, "" },
    { "a", false, NULL, "" },
    { "", false, NULL, "" },
};

START_TEST(paths_are_normalised)
{
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof row_paths / sizeof *row_paths; i++) {
        const struct row_path *row = &row_paths[i];
        Str path, query;
        bool good =
            request_normalise(f.arena, str_from(row->target), !row->keeps_slashes, &path, &query);
        ck_assert_msg(good == (row->path != NULL), "%s", row->target);
        if (good)
            ck_assert_msg(str_is(path, row->path) && str_is(query, row->query), "%s: %.*s ? %.*s",
                          row->target, STR_ARG(path), STR_ARG(query));
    }
    arena_free(f.arena);
}
END_TEST

static const struct row_url {
    const char *url;
    const char *scheme, *host, *target; // scheme NULL: not a URL
    uint32_t port;
} row_urls[] = {
    { "https://API.example.com/v1/?a=b#c", "https", "api.example.com", "/v1/?a=b", 443 },
    { "http://a:8080", "http", "a", "/", 8080 },
    { "http://a?x", "http", "a", "/?x", 80 },
    { "https://[::1]:8443/", "https", "[::1]", "/", 8443 },
    { "http://[::1]/", "http", "[::1]", "/", 80 },
    { "ftp://a/", NULL, "", "", 0 },
    { "//a/", NULL, "", "", 0 },
    { "http://a:0/", NULL, "", "", 0 },
    { "http://a:65536/", NULL, "", "", 0 },
};

START_TEST(urls_are_read)
{
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof row_urls / sizeof *row_urls; i++) {
        const struct row_url *row = &row_urls[i];
        struct request request = { 0 };
        bool good = request_set_url(f.arena, &request, str_from(row->url));
        ck_assert_msg(good == (row->scheme != NULL), "%s", row->url);
        if (good)
            ck_assert_msg(str_is(request.scheme, row->scheme) && str_is(request.host, row->host) &&
                              str_is(request.target, row->target) && request.port == row->port,
                          "%s", row->url);
    }
    arena_free(f.arena);
}
END_TEST

static const struct fa *language(struct fixture *f, const char *expression)
{
    const struct pattern *pattern = model_pattern(f->model, str_from(expression), REGEX_PCRE2, 0);
    ck_assert_msg(pattern->result.language != NULL, "%s", expression);
    return pattern->result.language;
}

// Values that conditions look at, as nginx would build them.
enum { VALUES = 9 };
static const struct value *value_number(struct fixture *f, int number)
{
    struct model *m = f->model;
    const struct value *origin = value_var(m, m->origin), *method = value_var(m, m->method);
    const struct value *colon = value_text(m, STR(":"));
    const struct pattern *scheme =
        model_pattern(m, STR("^(https?)://([^.]+)\\.app\\.test$"), REGEX_PCRE2, 0);
    const struct pattern *loose = model_pattern(m, STR("(a+)(b*)"), REGEX_PCRE2, 0);
    switch (number) {
    case 0:
        return origin;
    case 1:
        return value_lower(m, m->origin);
    case 2:
        return value_concat(m, value_concat(m, method, colon), origin);
    case 3:
        return value_concat(m, value_text(m, STR("x")), value_concat(m, origin, colon));
    case 4: // one variable twice
        return value_concat(m, value_concat(m, method, colon), method);
    case 5:
        return value_capture(m, scheme, 1, origin);
    case 6:
        return value_concat(m, value_text(m, STR("to-")), value_capture(m, scheme, 2, origin));
    case 7: // which a the search begins with decides
        return value_capture(m, loose, 1, origin);
    default:
        return value_text(m, STR("GET:https://app.test"));
    }
}

static const char *const methods[] = { "GET", "OPTIONS", "PUT" };
static const char *const origins[] = {
    "",
    "https://app.test",
    "https://APP.test",
    "http://x.app.test",
    "https://y.app.test",
    "caabab",
    "null",
    "https://a.b.app.test",
    "aab",
};
static const char *const expressions[] = {
    "^OPTIONS:.", "app\\.test$", "^$",    "https", "^(GET|OPTIONS):", "^to-[xy]$",
    "^xhttps",    "^a$",         "^aab?", ".",     "GET:GET|PUT:PUT",
};

// A capture is a part of what matched: requests that do not match are not asked about.
static const struct box *asked(struct fixture *f, int number)
{
    const struct box *box =
        box_with(f->model, box_all(f->model), f->model->method, language(f, "^(GET|OPTIONS|PUT)$"));
    if (number == 5 || number == 6)
        box = box_with(f->model, box, f->model->origin,
                       language(f, "^(https?)://([^.]+)\\.app\\.test$"));
    if (number == 7)
        box = box_with(f->model, box, f->model->origin, language(f, "(a+)(b*)"));
    return box;
}

static uint32_t count_holding(struct fixture *f, const struct request *request,
                              const struct boxes *boxes, const struct var **open)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < boxes->count; i++)
        count += request_in_box(f->arena, request, boxes->items[i], open);
    return count;
}

// Every request lies in exactly one box, and on the side that evaluation and the language say.
START_TEST(splits_are_exact_partitions)
{
    struct fixture f = fixture_new();
    uint32_t decided = 0;
    for (int v = 0; v < VALUES; v++)
        for (size_t e = 0; e < sizeof expressions / sizeof *expressions; e++) {
            const struct value *value = value_number(&f, v);
            const struct fa *words = language(&f, expressions[e]);
            const struct box *all = asked(&f, v);
            struct boxes yes = { 0 }, no = { 0 };
            value_split(f.model, all, value, words, &yes, &no);
            for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
                for (size_t k = 0; k < sizeof origins / sizeof *origins; k++) {
                    struct header header = { STR("Origin"), str_from(origins[k]) };
                    struct request request = { .method = str_from(methods[i]),
                                               .headers = &header,
                                               .header_count = 1 };
                    const struct var *open = NULL;
                    Str text, reason;
                    if (!request_in_box(f.arena, &request, all, &open))
                        continue;
                    ck_assert(value_of(f.model, value, &request, &text, &reason));
                    bool accepts = fa_accepts(words, text);
                    uint32_t in = count_holding(&f, &request, &yes, &open);
                    uint32_t out = count_holding(&f, &request, &no, &open);
                    if (open)
                        continue; // a choice: both sides may hold it
                    decided++;
                    ck_assert_msg(in == accepts && out == !accepts, "value %d, %s, %s %s: %u %u", v,
                                  expressions[e], methods[i], origins[k], in, out);
                }
        }
    ck_assert_uint_gt(decided, 1500);
    arena_free(f.arena);
}
END_TEST

START_TEST(unknown_parts_split_by_one_choice)
{
    struct fixture f = fixture_new();
    struct model *m = f.model;
    const struct value *unknown = value_unknown(m, STR("code"), 7, (Span){ 0 });
    const struct value *value = value_concat(m, value_text(m, STR("https://")), unknown);
    for (int twice = 0; twice < 2; twice++) {
        struct boxes yes = { 0 }, no = { 0 };
        value_split(m, box_all(m), value, language(&f, "app"), &yes, &no);
        ck_assert_uint_eq(yes.count, 1);
        ck_assert_uint_eq(no.count, 1);
        ck_assert(box_meet(m, yes.items[0], no.items[0]) == NULL);
        ck_assert_int_eq(yes.items[0]->items[0].var->kind, VAR_CHOICE);
    }
    struct boxes yes = { 0 }, no = { 0 }; // what no value could be is no question
    value_split(m, box_all(m), value, language(&f, "^http:"), &yes, &no);
    ck_assert_uint_eq(yes.count, 0);
    ck_assert_uint_eq(no.count, 1);
    arena_free(f.arena);
}
END_TEST

static const struct row_echo {
    int value;
    const char *must_word,
        *not_word; // an origin that certainly is the value, one that is not; NULL: none
    bool equal;    // must and may are the same
} row_echoes[] = {
    { 0, "https://app.test", NULL, true },
    { 1, "https://app.test", "https://APP.test", true },
    { 5, NULL, "http://x.app.test", true },
    { 7, "aa", "aab", true },
};

START_TEST(echoes_are_recognised)
{
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof row_echoes / sizeof *row_echoes; i++) {
        const struct row_echo *row = &row_echoes[i];
        const struct fa *must, *may;
        value_equals_origin(f.model, asked(&f, row->value), value_number(&f, row->value), &must,
                            &may);
        ck_assert_msg(must && may && fa_is_subset(f.model->fa, must, may), "%zu", i);
        ck_assert_msg(!row->must_word || fa_accepts(must, str_from(row->must_word)), "%zu", i);
        ck_assert_msg(!row->not_word || !fa_accepts(may, str_from(row->not_word)), "%zu", i);
        ck_assert_msg((must == may) == row->equal, "%zu", i);
    }
    arena_free(f.arena);
}
END_TEST

START_TEST(boxes_obey_the_laws_of_sets)
{
    struct fixture f = fixture_new();
    struct model *m = f.model;
    const struct box *all = box_all(m);
    const struct box *a = box_with(m, all, m->method, language(&f, "^(GET|PUT)$"));
    const struct box *b = box_with(m, box_with(m, all, m->method, language(&f, "^(PUT|POST)$")),
                                   m->origin, language(&f, "test$"));
    const struct box *both = box_meet(m, a, b);
    ck_assert(box_equal(both, box_meet(m, b, a)));
    ck_assert(fa_accepts(box_language(both, m->method), STR("PUT")));
    ck_assert(!fa_accepts(box_language(both, m->method), STR("GET")));
    struct boxes rest = { 0 };
    box_subtract(m, a, b, &rest);
    for (uint32_t i = 0; i < rest.count; i++) {
        ck_assert(box_meet(m, rest.items[i], b) == NULL);
        for (uint32_t k = 0; k < i; k++)
            ck_assert(box_meet(m, rest.items[i], rest.items[k]) == NULL);
    }
    ck_assert_uint_eq(rest.count, 2);
    struct boxes nothing = { 0 };
    box_subtract(m, both, all, &nothing);
    ck_assert_uint_eq(nothing.count, 0);
    const struct box *joined;
    ck_assert(!box_join(m, a, b, &joined));
    ck_assert(box_join(m, a, box_with(m, all, m->method, language(&f, "^POST$")), &joined));
    ck_assert(fa_accepts(box_language(joined, m->method), STR("POST")));
    ck_assert(box_with(m, a, m->method, language(&f, "^DELETE$")) == NULL);
    ck_assert(box_with(m, a, m->method, NULL)->inexact);
    arena_free(f.arena);
}
END_TEST

static const struct statuses only_200 = { { [200 / 64] = UINT64_C(1) << (200 % 64) } };

// Operations in order, and the lines that come out: name=value, separated by a blank.
static const struct row_ops {
    struct {
        enum header_verb verb;
        const char *name, *value;
        const struct statuses *statuses;
    } ops[4];
    uint32_t status;
    const char *lines;
} row_ops[] = {
    { { { HEADER_APPEND, "A", "1", NULL } }, 200, "A=up a=2 B=3 A=1" },
    { { { HEADER_SET, "A", "1", NULL } }, 200, "A=1 B=3" },
    { { { HEADER_SET, "C", "1", NULL } }, 200, "A=up a=2 B=3 C=1" },
    { { { HEADER_CLEAR, "a", NULL, NULL } }, 200, "B=3" },
    { { { HEADER_CLEAR, "*", NULL, NULL }, { HEADER_APPEND, "B", "4", NULL } }, 200, "B=4" },
    { { { HEADER_DEFAULT, "A", "1", NULL }, { HEADER_DEFAULT, "C", "5", NULL } },
      200,
      "A=up a=2 B=3 C=5" },
    { { { HEADER_APPEND, "A", "1", &only_200 } }, 404, "A=up a=2 B=3" },
};

START_TEST(operations_make_lines_in_order)
{
    struct fixture f = fixture_new();
    static const struct header upstream[] = { { { "A", 1 }, { "up", 2 } },
                                              { { "a", 1 }, { "2", 1 } },
                                              { { "B", 1 }, { "3", 1 } } };
    for (size_t i = 0; i < sizeof row_ops / sizeof *row_ops; i++) {
        struct header_op ops[4] = { 0 };
        uint32_t count = 0;
        for (; count < 4 && row_ops[i].ops[count].name; count++)
            ops[count] = (struct header_op){
                .verb = row_ops[i].ops[count].verb,
                .name = str_from(row_ops[i].ops[count].name),
                .value = row_ops[i].ops[count].value
                             ? value_text(f.model, str_from(row_ops[i].ops[count].value))
                             : NULL,
                .statuses = row_ops[i].ops[count].statuses,
            };
        struct response response = { .answer = ANSWER_UPSTREAM, .ops = ops, .op_count = count };
        struct lines lines;
        response_lines(f.model, &response, row_ops[i].status, upstream, 3, &lines);
        struct buf out = { .arena = f.arena };
        for (uint32_t k = 0; k < lines.count; k++) {
            Str text = { 0 };
            ck_assert(value_is_text(lines.items[k].value, &text));
            buf_addf(&out, "%s%.*s=%.*s", k ? " " : "", STR_ARG(lines.items[k].name),
                     STR_ARG(text));
        }
        ck_assert_msg(str_is(buf_str(&out), row_ops[i].lines), "%zu: %.*s", i,
                      STR_ARG(buf_str(&out)));
    }
    arena_free(f.arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        paths_are_normalised,           urls_are_read,
        splits_are_exact_partitions,    unknown_parts_split_by_one_choice,
        echoes_are_recognised,          boxes_obey_the_laws_of_sets,
        operations_make_lines_in_order,
    };
    return check_main(check_suite("policy", tests, sizeof tests / sizeof *tests));
}
