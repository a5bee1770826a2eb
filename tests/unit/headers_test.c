// Operations that ask about the lines before them: defaults, groups behind a guard, lists of names.
#include "policy/cells.h"
#include "policy/headers.h"

#include "base/buf.h"
#include "unit/check_main.h"

enum { OPS_MAX = 8 };
#define ACAO "Access-Control-Allow-Origin"
#define ACMA "Access-Control-Max-Age"

// The value "$origin" is the request's origin, "?" nobody knows.
static const struct row {
    const char *what;
    struct {
        enum header_verb verb;
        const char *name, *value;
        uint32_t guards;
    } ops[OPS_MAX];
    const char *origin, *sent, *lines;
} rows[] = {
    { "a default is taken where nothing is there",
      { { HEADER_DEFAULT, ACAO, "*", 0 } },
      "",
      NULL,
      ACAO ": *" },
    { "... and where the line before is empty",
      { { HEADER_SET, ACAO, "$origin", 0 }, { HEADER_DEFAULT, ACAO, "*", 0 } },
      "",
      NULL,
      ACAO ": *" },
    { "... but not where it is sent",
      { { HEADER_SET, ACAO, "$origin", 0 }, { HEADER_DEFAULT, ACAO, "*", 0 } },
      "https://a.test",
      NULL,
      ACAO ": https://a.test" },
    { "a group happens as a whole",
      { { HEADER_SET, ACAO, "*", 2 }, { HEADER_SET, ACMA, "5", 0 } },
      "",
      NULL,
      ACAO ": *; " ACMA ": 5" },
    { "... or not at all: the upstream has a line of the kind",
      { { HEADER_SET, ACAO, "*", 2 }, { HEADER_SET, ACMA, "5", 0 } },
      "",
      "access-control-max-age",
      "access-control-max-age: 1" },
    { "... other lines do not count",
      { { HEADER_SET, ACAO, "*", 1 } },
      "",
      "Vary",
      "Vary: 1; " ACAO ": *" },
    { "... nor does an operation behind the group",
      { { HEADER_SET, ACAO, "*", 1 }, { HEADER_SET, "Vary", "x", 0 } },
      "",
      ACMA,
      ACMA ": 1; Vary: x" },
    { "a line before that is empty lets the group happen",
      { { HEADER_APPEND, ACMA, "$origin", 0 }, { HEADER_SET, ACAO, "*", 1 } },
      "",
      NULL,
      ACAO ": *" },
    { "... one that is sent does not",
      { { HEADER_APPEND, ACMA, "$origin", 0 }, { HEADER_SET, ACAO, "*", 1 } },
      "x",
      NULL,
      ACMA ": x" },
    { "a line that is removed before the group is gone",
      { { HEADER_CLEAR, ACAO, NULL, 0 }, { HEADER_SET, ACAO, "*", 1 } },
      "",
      ACAO,
      ACAO ": *" },
    { "two groups, one after the other, are two",
      { { HEADER_SET, ACAO, "*", 1 }, { HEADER_SET, ACMA, "5", 1 } },
      "",
      NULL,
      ACAO ": *" },
    { "behind what may be there, nothing is sure",
      { { HEADER_UNKNOWN, ACMA, "?", 0 }, { HEADER_SET, ACAO, "*", 1 } },
      "",
      NULL,
      "unsure; unsure" },
    { "names that are kept in a list",
      { { HEADER_SET, "Vary", "Accept-Encoding,Origin , cookie", 0 },
        { HEADER_KEEP, "Vary", "accept-encoding, cookie", 0 } },
      "",
      NULL,
      "Vary: Accept-Encoding, cookie" },
    { "... and nothing is left of others",
      { { HEADER_KEEP, "Vary", "accept-encoding", 0 } },
      "",
      "vary",
      "" },
    { "... what depends on the request is not known",
      { { HEADER_SET, "Vary", "$origin", 0 }, { HEADER_KEEP, "Vary", "cookie", 0 } },
      "x",
      NULL,
      "unsure" },
};

static struct response response_of(struct model *model, const struct row *row)
{
    struct header_op *ops = ARENA_ARRAY(model->arena, struct header_op, OPS_MAX);
    uint32_t count = 0;
    for (; count < OPS_MAX && row->ops[count].name; count++) {
        const char *text = row->ops[count].value;
        const struct value *value = text ? value_text(model, str_from(text)) : NULL;
        if (text && str_is(str_from(text), "$origin"))
            value = value_var(model, model->origin);
        if (text && str_is(str_from(text), "?"))
            value = value_unknown(model, STR("?"), 1, (Span){ 0 });
        ops[count] = (struct header_op){ .verb = row->ops[count].verb,
                                         .name = str_from(row->ops[count].name),
                                         .value = value,
                                         .guards = row->ops[count].guards,
                                         .unless = STR("Access-Control-*") };
    }
    return (struct response){ .answer = ANSWER_UPSTREAM, .ops = ops, .op_count = count };
}

static void write_lines(struct model *model, const struct row *row, const struct response *response,
                        const struct request *request, struct buf *out)
{
    struct lines lines;
    struct header sent = { row->sent ? str_from(row->sent) : STR(""), STR("1") };
    response_lines(model, response, 200, &sent, row->sent != NULL, &lines);
    for (uint32_t i = 0; i < lines.count; i++) {
        Str text = STR(""), reason;
        const char *between = buf_str(out).len ? "; " : "";
        if (lines.items[i].unsure) {
            buf_addf(out, "%sunsure", between);
            continue;
        }
        ck_assert(value_of(model, lines.items[i].value, request, &text, &reason));
        if (text.len)
            buf_addf(out, "%s%.*s: %.*s", between, STR_ARG(lines.items[i].name), STR_ARG(text));
    }
}

START_TEST(lines_of_operations)
{
    const struct row *row = &rows[_i];
    struct arena *arena = arena_new();
    struct model *model = model_new(run_new(arena, &limits_default));
    struct response response = response_of(model, row);
    struct header origin = { STR("Origin"), str_from(row->origin) };
    const struct request request = { .headers = &origin, .header_count = 1 };
    struct cells cells = { 0 };
    struct buf got = { .arena = arena };
    uint32_t found = 0;
    cells_add(model, &cells, box_all(model), &response);
    for (uint32_t i = 0; i < cells.count; i++) {
        const struct var *open = NULL;
        if (!request_in_box(arena, &request, cells.items[i].box, &open))
            continue;
        write_lines(model, row, cells.items[i].response, &request, &got);
        found++;
    }
    ck_assert_uint_eq(found, 1);
    ck_assert_msg(str_is(buf_str(&got), row->lines), "%s\n  expected: %s\n  got:      %.*s",
                  row->what, row->lines, STR_ARG(buf_str(&got)));
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("headers");
    TCase *tcase = tcase_create("headers");
    tcase_add_loop_test(tcase, lines_of_operations, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(suite, tcase);
    return check_main(suite);
}
