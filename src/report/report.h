#pragma once
// report: what a run found, in the forms that people and programs read. Each form is one file and
// one row.

#include "base/buf.h"
#include "base/map.h"
#include "review/verdict.h"
#include "rule/expectation.h"
#include "source/files.h"

#define CORSGATE_VERSION "0.1.0"

// An ancestor of the old version that answers as the new version does.
struct report_revert {
    Str commit, date, subject;
};

struct report {
    struct files *files;
    Str old, new; // what was compared, as the user named it; check: old is empty
    // What stands before the paths of each version where people read them: "old/", or nothing.
    Str old_prefix, new_prefix;
    uint32_t new_file;           // files from this number on are of the new version
    const struct diff *diff;     // NULL: check
    const struct policy *policy; // of the new version
    const struct findings *findings;
    const struct expectation_results *expectations; // each with what became of it; NULL: not asked
    struct verdict_counts counts;
    enum verdict verdict;
    bool broken;      // something could not be read: exit status 2
    bool review_note; // a needed review is only said (--review note)
    uint64_t milliseconds;
    const struct report_revert *revert; // the change goes back to that; NULL: not known to
    // Paths of that version are from the root of the repository as they are, whatever stands before
    // them for people.
    bool old_is_rooted, new_is_rooted;
    enum level fail_on; // findings of this level and above fail the run; LEVEL_OFF: none
    struct origin_space *space;
    const struct upstreams *old_upstreams, *new_upstreams; // as each version declares them
};

enum report_look { LOOK_PLAIN, LOOK_COLOR };

struct reporter {
    const char *name; // as in --format
    const char *what;
    void (*write)(const struct report *report, enum report_look look, struct buf *out);
};

extern const struct reporter *const reporters[];
extern const uint32_t reporter_count;
const struct reporter *reporter_find(Str name); // or NULL

extern const struct reporter reporter_text, reporter_json, reporter_markdown, reporter_html,
    reporter_sarif, reporter_github, reporter_gitlab, reporter_junit;

enum { REPORT_ENDPOINTS = 400 }; // more than that nobody reads: --format json has all
// What stands before the path of a place where people read it.
Str report_prefix(const struct report *report, Span span);
// The verdict in a word (PASS, REVIEW, FAIL, BROKEN) and a sentence.
struct report_headline {
    const char *word;
    Str what;
};
struct report_headline report_headline(struct arena *arena, const struct report *report);
// "no website gains or loses access: ...", for a comparison without changes.
Str report_proof(struct arena *arena, const struct report *report);
// The endpoints of the new version that were judged.
uint32_t report_endpoints(const struct report *report);
// The unknowns of a policy without repetitions, by place.
struct report_unknowns {
    const struct unknown **items;
    uint32_t count;
};
struct report_unknowns report_unknowns(struct arena *arena, const struct policy *policy);
// The fingerprint of a finding and the number of its occurrence, as "9c1f5f0d2ab34e77:1", so that
// no two of a report have the same. `seen`, empty at first, remembers those asked for before.
Str report_mark(struct arena *arena, struct map *seen, const struct finding *finding);
