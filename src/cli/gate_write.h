#pragma once
// gate_write: a decision of the gate for people, and as a record for programs
// (docs/schema/gate.json).

#include "cli/command.h"
#include "review/gate_read.h"

struct gate_report {
    const struct gate_input *input;
    const struct gate_pull *pull;
    const struct gate_decision *decision;
    Str config; // path of the configuration file; empty: there is none
};

void gate_write_text(const struct gate_report *report, struct buf *out);
void gate_write_markdown(const struct gate_report *report, struct buf *out);
void gate_write_json(const struct gate_report *report, struct buf *out);
