#include "rule/rule.h"

const char *subject_name(enum subject subject)
{
    switch (subject) {
    case SUBJECT_CHANGE:
        return "change";
    case SUBJECT_ENDPOINT:
        return "endpoint";
    case SUBJECT_REMARK:
        return "remark";
    case SUBJECT_DIAG:
        return "diag";
    case SUBJECT_UNKNOWN:
        return "unknown";
    case SUBJECT_EXPECTATION:
        return "expectation";
    }
    return "";
}

const char *level_name(enum level level)
{
    switch (level) {
    case LEVEL_OFF:
        return "off";
    case LEVEL_NOTE:
        return "note";
    case LEVEL_WARNING:
        return "warning";
    case LEVEL_ERROR:
        return "error";
    }
    return "";
}

bool level_parse(Str text, enum level *out)
{
    for (enum level level = LEVEL_OFF; level <= LEVEL_ERROR; level++)
        if (str_is(text, level_name(level))) {
            *out = level;
            return true;
        }
    return false;
}
