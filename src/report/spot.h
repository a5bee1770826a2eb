#pragma once
// spot: where a finding is, as a platform that shows a pull request can show it: one line of a file
// of the new version, its path from the root of the repository.

#include "report/report.h"

struct spot {
    Str path;      // with '/', without "./"; absolute only where the user named the file so
    uint32_t line; // from 1; 0: no file
    // Characters (code points) from 1, `end_column` exclusive; 0: not given.
    uint32_t column, end_column;
};

struct spots; // of one report

struct spots *spots_new(struct arena *arena, const struct report *report);
// A span of several lines is shown by its first: platforms show what lies in lines that a change
// touches, and only if all of its lines do. What stands in the old version only is shown at the
// line of the new version, as far as there is one, that replaced it or is nearest to it.
struct spot spot_of(struct spots *spots, Span span);
// The place itself, of whatever version.
struct spot spot_as_written(struct spots *spots, Span span);
// Where the finding was in the old version, if that is another place. False: nothing was written.
bool spot_before(struct spots *spots, const struct finding *finding, struct spot *out);
