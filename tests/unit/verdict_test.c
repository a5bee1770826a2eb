#include "review/verdict.h"

#include "unit/check_main.h"

#include <string.h>

static const struct {
    const char *name;
    const char
        *findings; // a letter each: e, w, n; in capitals with review; "." suppresses the last
    struct verdict_settings settings;
    enum verdict verdict;
    enum exit_status status;
} rows[] = {
    { "nothing", "", { LEVEL_ERROR, true, false, false }, VERDICT_PASS, 0 },
    { "notes", "nn", { LEVEL_ERROR, true, false, false }, VERDICT_PASS, 0 },
    { "an error", "ne", { LEVEL_ERROR, true, false, false }, VERDICT_FAIL, 1 },
    { "a warning that fails", "w", { LEVEL_WARNING, true, false, false }, VERDICT_FAIL, 1 },
    { "a warning that does not", "w", { LEVEL_ERROR, true, false, false }, VERDICT_PASS, 0 },
    { "never", "eee", { LEVEL_OFF, true, false, false }, VERDICT_PASS, 0 },
    { "a review", "nW", { LEVEL_ERROR, true, false, false }, VERDICT_REVIEW, 3 },
    { "a review of a note", "N", { LEVEL_ERROR, true, false, false }, VERDICT_REVIEW, 3 },
    { "a review is only told", "W", { LEVEL_ERROR, false, false, false }, VERDICT_PASS, 0 },
    { "an error beats a review", "WE", { LEVEL_ERROR, true, false, false }, VERDICT_FAIL, 1 },
    { "broken beats all", "WE", { LEVEL_ERROR, true, true, false }, VERDICT_FAIL, 2 },
    { "never fails, but a review", "E", { LEVEL_OFF, true, false, false }, VERDICT_REVIEW, 3 },
    { "waived", "e.W.", { LEVEL_ERROR, true, false, false }, VERDICT_PASS, 0 },
    { "an approval can lift it", "E", { LEVEL_ERROR, true, false, true }, VERDICT_REVIEW, 3 },
    { "an approval cannot", "Ee", { LEVEL_ERROR, true, false, true }, VERDICT_FAIL, 1 },
};

START_TEST(verdicts)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct finding items[8];
        struct findings findings = { items, 0, 8 };
        memset(items, 0, sizeof items);
        for (const char *c = rows[i].findings; *c; c++) {
            if (*c == '.') {
                items[findings.count - 1].suppressed = true;
                continue;
            }
            struct finding *finding = &items[findings.count++];
            finding->review = *c < 'a';
            finding->level = strchr("eE", *c)   ? LEVEL_ERROR
                             : strchr("wW", *c) ? LEVEL_WARNING
                                                : LEVEL_NOTE;
        }
        ck_assert_msg(verdict_of(&findings, &rows[i].settings) == rows[i].verdict, "%s",
                      rows[i].name);
        ck_assert_msg(verdict_exit(&findings, &rows[i].settings) == rows[i].status, "%s",
                      rows[i].name);
    }
}
END_TEST

START_TEST(findings_are_counted)
{
    struct finding items[4] = { { .level = LEVEL_ERROR, .review = true },
                                { .level = LEVEL_WARNING, .review = true, .suppressed = true },
                                { .level = LEVEL_NOTE },
                                { .level = LEVEL_WARNING } };
    struct findings findings = { items, 4, 4 };
    struct verdict_counts counts = verdict_count(&findings);
    ck_assert_uint_eq(counts.errors, 1);
    ck_assert_uint_eq(counts.warnings, 1);
    ck_assert_uint_eq(counts.notes, 1);
    ck_assert_uint_eq(counts.review, 1);
    ck_assert_uint_eq(counts.suppressed, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { verdicts, findings_are_counted };
    return check_main(check_suite("verdict", tests, sizeof tests / sizeof *tests));
}
