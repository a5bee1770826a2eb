#pragma once
// findings: what diff and check have in common: the reports, and the exit status.

#include "cli/version.h"
#include "report/report.h"

struct verdict_settings findings_settings(const struct command_run *command, bool broken);
// Writes every report; the exit status of the run.
enum exit_status findings_report(struct workspace *workspace, struct report *report,
                                 const struct verdict_settings *settings);
// "folder/" when the argument names a folder other than the current one; else nothing.
Str findings_prefix(struct arena *arena, const struct version *version, Str argument);
