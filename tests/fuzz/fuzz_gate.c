// The gate: the JSON that it decides by, and the decision. Lines that hold only "---" separate the
// result, the event, the reviews and the teams; what is missing is empty.
#include "base/limits.h"
#include "review/gate.h"
#include "review/gate_read.h"
#include "source/files.h"

#include <assert.h>
#include <stddef.h>

static Str next_part(Str *rest)
{
    Str part = *rest;
    if (!str_cut(*rest, STR("\n---\n"), &part, rest))
        *rest = STR("");
    return part;
}

// What an approver's word may lift, and what never.
static void decide(struct model *model, struct gate_input *input)
{
    static const Str approvers[] = { { "lead", 4 }, { "@example/seniors", 16 } };
    static const Str payments[] = { { "payer", 5 } };
    struct approval_place place = { .approvers = payments, .approver_count = 1 };
    struct approvals policy = { .approvers = approvers,
                                .approver_count = 2,
                                .same_findings = true };
    struct gate_decision decision;
    Str reason;
    if (urls_parse(model, STR("https://pay.example.com/*"), URLS_BELOW, &place.urls, &reason)) {
        policy.places = &place;
        policy.place_count = 1;
    }
    input->policy = &policy;
    gate_decide(model, input, &decision);
    for (uint32_t i = 0; i < input->findings.count; i++) {
        const struct gate_finding *finding = &input->findings.items[i];
        bool error = finding->level == LEVEL_ERROR && !finding->review && !finding->suppressed;
        bool review = finding->review && !finding->suppressed;
        assert(!error || decision.outcome == GATE_FAILED || decision.outcome == GATE_UNKNOWN);
        assert(!review || decision.outcome != GATE_CLEAR);
        assert(!review || input->reviews.count || decision.outcome != GATE_PASSED);
    }
    for (uint32_t g = 0; g < decision.group_count; g++)
        for (uint32_t m = 0; m < decision.groups[g].members.count; m++)
            assert(!str_equal_nocase(decision.groups[g].members.items[m], input->author));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct run *run = run_new(arena, &limits_default);
    struct files *files = files_new(arena);
    Str rest = { (const char *)data, size }, label, parts[4];
    struct gate_input input = { 0 };
    struct gate_pull pull = { 0 };
    Span at;
    uint32_t numbers[4];
    for (size_t i = 0; i < 4; i++) {
        parts[i] = next_part(&rest);
        numbers[i] = files_add(files, STR("part"), parts[i]);
    }
    bool good = gate_read_result(run, numbers[0], parts[0], &input.findings, &label, &at);
    good = gate_read_pull(run, numbers[1], parts[1], &pull) && good;
    good = gate_read_reviews(run, numbers[2], parts[2], &pull, &input.reviews) && good;
    good = gate_read_teams(run, numbers[3], parts[3], &input.teams) && good;
    assert(good == (run->diags.count == 0));
    if (good) {
        (void)gate_label_fits(label, pull.head);
        input.head = pull.head;
        input.author = pull.author;
        decide(model_new(run), &input);
    }
    arena_free(arena);
    return 0;
}
