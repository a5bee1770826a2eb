#pragma once
// plain: a finding in lines of plain text, for platforms that show nothing else. What would act on
// whatever shows it is spelt out, as by tell_text.

#include "report/spot.h"

// The message, then what else there is to say, down to the fix; no line end behind the last line.
void plain_finding(struct buf *out, struct spots *spots, const struct finding *finding);
// "CG102 any-origin-gained-with-credentials", and whether it needs a review.
void plain_title(struct buf *out, const struct report *report, const struct finding *finding);
// All in one line: the message, the witness, and whether it needs a review.
void plain_summary(struct buf *out, const struct report *report, const struct finding *finding);
// Whether somebody has to approve it: not in a check, and not where it is suppressed.
bool plain_needs_review(const struct report *report, const struct finding *finding);
