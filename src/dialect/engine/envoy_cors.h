#pragma once
// envoy_cors: Envoy's CORS filter, which Istio, Gateway API implementations, Google's load
// balancers and others run, too. Source: reference/gateways.md section 6.

#include "dialect/cases.h"

// What to say (CG504) of a policy beside a redirect, which the filter leaves alone.
#define ENVOY_POLICY_UNASKED                                                                       \
    "preflights of this route are redirected, and its CORS policy is not asked: browsers follow "  \
    "no redirect of a preflight"

enum tri { TRI_UNSET, TRI_NO, TRI_YES };

// How often the filter runs.
enum envoy_enabled { ENVOY_ALWAYS, ENVOY_NEVER, ENVOY_SOMETIMES };

// A policy as one level of the configuration has it. Texts are as they go over the wire.
struct envoy_cors {
    bool has_origins;
    const struct fa *origins; // values of Origin that some matcher takes; NULL: a limit was reached
    bool takes_star;          // some matcher takes the one character "*": so all are taken
    // A matcher that nobody can see into: any origin may be taken by it. Its identity covers it.
    bool has_unknown;
    uint64_t unknown_identity;
    Span origins_span;

    bool has_methods, has_headers, has_expose, has_max_age;
    Str methods, headers, expose, max_age;
    Span methods_span, headers_span, expose_span, max_age_span;

    enum tri credentials, private_network, forwards_refused; // forward_not_matching_preflights
    Span credentials_span;

    bool has_enabled;
    enum envoy_enabled enabled;
    uint64_t enabled_identity; // of what says so
    Span span;                 // the policy
};

struct envoy_cors envoy_cors_none(struct model *model);

// Adds a matcher.
void envoy_cors_take(struct model *model, struct envoy_cors *cors, const struct fa *origins,
                     Span span);
void envoy_cors_take_unknown(struct envoy_cors *cors, uint64_t identity, Span span);

// `levels` from the most specific one to the most general one: each field is taken from the first
// that has it, but `enabled` from the first alone.
struct envoy_cors envoy_cors_merge(struct model *model, const struct envoy_cors *const *levels,
                                   uint32_t count);

// Runs the filter over a branch: answers the preflights that it answers itself, and gives back what
// is passed on as *rest, with what the filter does to the answer. Whoever passes *rest on must do
// all that happens before the filter sees the answer before.
struct envoy_passed {
    struct branch allowed; // the origin is taken: the filter changes the answer
    struct branch other;   // it does nothing
};
void envoy_cors_run(struct cases *cases, struct branch in, const struct envoy_cors *cors,
                    struct envoy_passed *rest);
// What it does to the answer to an allowed origin.
void envoy_cors_answer(struct cases *cases, struct branch *branch, const struct envoy_cors *cors);

// String matchers: the words that each takes.
const struct fa *envoy_exact(struct model *model, Str text, bool ignore_case);
const struct fa *envoy_prefix(struct model *model, Str text, bool ignore_case);
const struct fa *envoy_suffix(struct model *model, Str text, bool ignore_case);
const struct fa *envoy_contains(struct model *model, Str text, bool ignore_case);

// The status of a redirect by the name of its RedirectResponseCode; 301 unless it says another.
uint32_t envoy_redirect_status(Str code);
