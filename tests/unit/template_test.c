// What the functions, parameters and conditions of CloudFormation stand for, case by case.
#include "dialect/cloudformation/template.h"

#include "base/buf.h"
#include "syntax/read_yaml.h"

#include "unit/check_main.h"

// A term as one line: unknown parts as <reason>, lists as [a,b], maps as {k:v}.
static void write_term(struct buf *out, struct terms *terms, const struct term *term)
{
    switch (term->kind) {
    case TERM_NONE:
        buf_add_text(out, "none");
        break;
    case TERM_NULL:
        buf_add_text(out, "null");
        break;
    case TERM_TEXT:
    case TERM_UNKNOWN:
        for (uint32_t i = 0; i < term->value->count; i++) {
            const struct part *part = &term->value->parts[i];
            buf_addf(out, part->kind == PART_TEXT ? "%.*s" : "<%.*s>", STR_ARG(part->text));
        }
        if (term->kind == TERM_UNKNOWN)
            buf_add_text(out, "?");
        break;
    case TERM_LIST:
    case TERM_MAP:
        buf_add_text(out, term->kind == TERM_LIST ? "[" : "{");
        for (uint32_t i = 0; i < term_count(term); i++) {
            struct term item = term_at(terms, term, i);
            if (i)
                buf_add_text(out, ",");
            if (term->kind == TERM_MAP)
                buf_addf(out, "%.*s:", STR_ARG(term_key(term, i)));
            write_term(out, terms, &item);
        }
        buf_add_text(out, term->kind == TERM_LIST ? "]" : "}");
        break;
    }
}

#define PARAMS                                                                                     \
    "Parameters:\n"                                                                                \
    "  Plain: {Type: String, Default: https://a.example}\n"                                        \
    "  Bare: {Type: String}\n"                                                                     \
    "  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}\n"                          \
    "  Origin: {Type: String, Default: ''}\n"                                                      \
    "  Many: {Type: CommaDelimitedList, Default: 'a, b'}\n"                                        \
    "  Kept: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}\n"                          \
    "Mappings:\n"                                                                                  \
    "  Map: {dev: {o: D}, prod: {o: P, l: [x, y]}}\n"                                              \
    "  Regions: {eu: {o: E}, us: {o: U}}\n"                                                        \
    "Conditions:\n"                                                                                \
    "  IsProd: !Equals [!Ref Stage, prod]\n"                                                       \
    "  IsDev: !Not [!Condition IsProd]\n"                                                          \
    "  HasOrigin: !Not [!Equals [!Ref Origin, '']]\n"                                              \
    "  IsBare: !Equals [x, !Ref Bare]\n"                                                           \
    "  Both: !And [!Condition IsProd, !Condition IsDev]\n"                                         \
    "  Either: !Or [!Condition IsProd, !Condition IsDev]\n"                                        \
    "  Always: !Equals [a, a]\n"                                                                   \
    "  Circle: !Not [!Condition Circle]\n"                                                         \
    "Resources:\n"                                                                                 \
    "  Bucket: {Type: 'AWS::S3::Bucket'}\n"                                                        \
    "  It:\n"                                                                                      \
    "    Type: AWS::X::Y\n"                                                                        \
    "    Properties:\n"                                                                            \
    "      V: "

static const struct row {
    const char *name, *value, *expected;
    const char *wrong; // part of the complaint, or NULL
} rows[] = {
    { "plain text", "https://a.example", "https://a.example", NULL },
    { "default of a parameter", "!Ref Plain", "https://a.example", NULL },
    { "long form", "{Ref: Plain}", "https://a.example", NULL },
    { "no default", "!Ref Bare", "x when Bare is x; <Bare has no default>?", NULL },
    { "allowed values are cases", "!Ref Stage", "dev when Stage is dev; prod", NULL },
    { "list", "!Ref Many", "[a,b]", NULL },
    { "parameter store", "!Ref Kept", "<Kept stands in the parameter store>?", NULL },
    { "dynamic reference", "'x{{resolve:ssm:/a}}y'",
      "x<{{resolve:ssm:/a}} is known only where it is deployed>y", NULL },
    { "resource", "!Ref Bucket", "<the name of Bucket is known only where it is deployed>", NULL },
    { "attribute", "!GetAtt Bucket.Arn", "<Arn of Bucket is known only where it is deployed>",
      NULL },
    { "attribute, long", "{'Fn::GetAtt': [Bucket, Arn]}",
      "<Arn of Bucket is known only where it is deployed>", NULL },
    { "no value", "!Ref AWS::NoValue", "none", NULL },
    { "sub", "!Sub 'https://${Bucket}.${!x}.${Plain}'",
      "https://<the name of Bucket is known only where it is deployed>.${x}.https://a.example",
      NULL },
    { "sub with variables", "!Sub ['${A}-${B}', {A: !Ref Plain, B: b}]", "https://a.example-b",
      NULL },
    { "sub in cases", "!Sub '${Stage}.x'", "dev.x when Stage is dev; prod.x", NULL },
    { "if", "!If [IsProd, P, D]", "P when Stage is prod; D", NULL },
    { "if, long", "{'Fn::If': [IsProd, P, {Ref: Plain}]}",
      "P when Stage is prod; https://a.example", NULL },
    { "if not", "!If [IsDev, D, P]", "P when Stage is prod; D", NULL },
    { "the same condition twice", "[!If [IsProd, P, D], !If [IsDev, d, p]]",
      "[P,p] when Stage is prod; [D,d]", NULL },
    { "a parameter agrees with its condition", "[!If [IsProd, P, D], !Ref Stage]",
      "[P,prod] when Stage is prod; [D,dev]", NULL },
    { "a condition agrees with its parameter", "[!Ref Stage, !If [IsProd, P, D]]",
      "[dev,D] when Stage is dev; [prod,P]", NULL },
    { "and", "!If [Both, never, always]", "always when Stage is prod; always", NULL },
    { "or", "!If [Either, always, never]", "always when Stage is prod; always", NULL },
    { "constant", "!If [Always, a, b]", "a", NULL },
    { "default that is excluded", "!If [HasOrigin, !Ref Origin, '*']",
      "* when Origin is empty; <Origin is not its default here>?", NULL },
    { "no value in a list", "[a, !If [IsProd, !Ref AWS::NoValue, b]]",
      "[a,none] when Stage is prod; [a,b]", NULL },
    { "find in map", "!FindInMap [Map, !Ref Stage, o]", "D when Stage is dev; P", NULL },
    { "find in map, list", "!FindInMap [Map, prod, l]", "[x,y]", NULL },
    { "by region", "!FindInMap [Regions, !Ref AWS::Region, o]", "E when AWS::Region is eu; U",
      NULL },
    { "join", "!Join [',', [a, !Ref Plain, !Ref AWS::NoValue]]", "a,https://a.example", NULL },
    { "join of a list", "!Join ['-', !Ref Many]", "a-b", NULL },
    { "split and select", "!Select [1, !Split ['|', 'a|b']]", "b", NULL },
    { "import", "!ImportValue x",
      "<what Fn::ImportValue gives is known only where it is deployed>?", NULL },
    { "no such condition", "!If [None, a, b]", "<it depends on a condition that is not known>?",
      "there is no condition None" },
    { "if with too little", "!If [IsProd, a]", "<a Fn::If that cannot be read>?", "Fn::If takes" },
    { "circle", "!If [Circle, a, b]", "<it depends on a condition that is not known>?", "circle" },
    { "no such mapping", "!FindInMap [None, a, b]", "<a mapping that is not there>?",
      "no mapping None" },
};

static void write_case(struct buf *out, const struct choices *choices)
{
    bool first = true;
    for (uint32_t i = 0; i < choices->made.count; i++) {
        Str name = choices->made.items[i].choice->name;
        (void)str_eat(&name, STR("whether "));
        if (choices->made.items[i].holds)
            buf_addf(out, "%s%.*s", first ? " when " : " and ", STR_ARG(name));
        first = first && !choices->made.items[i].holds;
    }
}

START_TEST(functions)
{
    const struct row *row = &rows[_i];
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct model *model = model_new(run);
    struct policy policy = { .model = model };
    struct data_list list = { 0 };
    Str text = str_format(arena, "%s%s\n", PARAMS, row->value);
    ck_assert(read_yaml(run, 1, text, &list));
    struct document document = { .root = list.items[0] };
    ck_assert(template_is(&document));
    struct template *template = template_new(model, &policy, &document);
    struct resource resource;
    ck_assert(template_find(template, STR("It"), &resource));
    struct buf out = { .arena = arena };
    const struct box *covered = NULL;
    template->at = resource.id;
    while (template_case(template)) {
        struct term term = template_property(template, &resource, "V");
        if (out.len)
            buf_add_text(&out, "; ");
        write_term(&out, &template->terms, &term);
        write_case(&out, &template->choices);
        const struct box *box = choices_box(&template->choices);
        ck_assert_msg(!covered || !box_meet(model, covered, box), "%s: cases overlap", row->name);
        covered = box;
    }
    // The cases are run in an order that does not matter.
    ck_assert_msg(str_is(buf_str(&out), row->expected), "%s: %.*s", row->name,
                  STR_ARG(buf_str(&out)));
    ck_assert_msg(template->bad == (row->wrong != NULL), "%s", row->name);
    if (row->wrong) {
        Str message = run->diags.items[0].message;
        ck_assert_msg(str_contains(message, str_from(row->wrong)), "%.*s", STR_ARG(message));
        ck_assert_msg(str_contains(message, STR("resource It")), "%.*s", STR_ARG(message));
    }
    arena_free(arena);
}
END_TEST

START_TEST(many_conditions)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct model *model = model_new(run);
    struct policy policy = { .model = model };
    struct buf text = { .arena = arena };
    buf_add_text(&text, "Parameters: {P: {Type: String}}\nConditions:\n");
    for (int i = 0; i < 20; i++)
        buf_addf(&text, "  C%d: !Equals [!Ref P%d, x]\n", i, i);
    buf_add_text(&text, "Resources: {It: {Type: 'A::B', Properties: {V: [");
    for (int i = 0; i < 20; i++)
        buf_addf(&text, "%s!If [C%d, a, b]", i ? "," : "", i);
    buf_add_text(&text, "]}}}\n");
    struct data_list list = { 0 };
    ck_assert(read_yaml(run, 1, buf_str(&text), &list));
    struct document document = { .root = list.items[0] };
    struct template *template = template_new(model, &policy, &document);
    struct resource resource;
    ck_assert(template_find(template, STR("It"), &resource));
    uint32_t cases = 0;
    for (; template_case(template); cases++) {
        struct term term = template_property(template, &resource, "V");
        for (uint32_t i = 0; i < term_count(&term); i++)
            (void)term_at(&template->terms, &term, i);
    }
    ck_assert_uint_eq(cases, CHOICES_MAX);
    ck_assert(template->choices.full);
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("template");
    TCase *tcase = tcase_create("template");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, functions, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tcase, many_conditions);
    suite_add_tcase(suite, tcase);
    return check_main(suite);
}
