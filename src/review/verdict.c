#include "review/verdict.h"

struct verdict_counts verdict_count(const struct findings *findings)
{
    struct verdict_counts out = { 0 };
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->suppressed) {
            out.suppressed++;
            continue;
        }
        out.review += finding->review;
        switch (finding->level) {
        case LEVEL_ERROR:
            out.errors++;
            break;
        case LEVEL_WARNING:
            out.warnings++;
            break;
        case LEVEL_NOTE:
            out.notes++;
            break;
        case LEVEL_OFF:
            break;
        }
    }
    return out;
}

static bool fails(const struct finding *finding, const struct verdict_settings *settings)
{
    if (finding->suppressed || settings->fail_on == LEVEL_OFF || finding->level < settings->fail_on)
        return false;
    return !(settings->review_by_approval && finding->review);
}

enum verdict verdict_of(const struct findings *findings, const struct verdict_settings *settings)
{
    enum verdict out = VERDICT_PASS;
    if (settings->broken)
        return VERDICT_FAIL;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (fails(finding, settings))
            return VERDICT_FAIL;
        if (finding->review && !finding->suppressed && settings->review_fails)
            out = VERDICT_REVIEW;
    }
    return out;
}

enum exit_status verdict_exit(const struct findings *findings,
                              const struct verdict_settings *settings)
{
    if (settings->broken)
        return EXIT_STATUS_BROKEN;
    switch (verdict_of(findings, settings)) {
    case VERDICT_PASS:
        return EXIT_STATUS_PASS;
    case VERDICT_REVIEW:
        return EXIT_STATUS_REVIEW;
    case VERDICT_FAIL:
        return EXIT_STATUS_FAIL;
    }
    return EXIT_STATUS_BROKEN;
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_REVIEW:
        return "review";
    case VERDICT_FAIL:
        return "fail";
    }
    return "";
}
