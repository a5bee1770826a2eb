#pragma once
// compose: layers on top of each other. Where an endpoint passes a request on to something that
// another endpoint of the same policy is, the two become one: what the outermost URL answers.
//
// A target is an endpoint's when the endpoint names the host that is asked for (not by "*" or a
// name that catches the rest), and listens at the port, as far as it says. What is passed on is
// described by struct forward: the host, path and headers that the inner one sees. What nobody
// answers stays passed on. Where the outer layer takes "//" in a path for "/", so does the inner
// one here: whether the text that is passed on has more slashes is not followed.
//
// A composed answer is the inner one's, with the operations of the inner layer first and those of
// the outer one after them; where the outer one hides a header or replaces the answer, it does so
// here.

#include "policy/policy.h"

// The user's order of layers (design.md 5.4, stack:), outermost first. A layer is named by its name
// (nginx, kong, cloudfront ...) or by the file that its endpoints are written in.
struct stack {
    const Str *names;
    uint32_t count;
};

// Whether an endpoint belongs to the layer of that name; `path` is the file's that it is written
// in.
bool stack_is_layer(Str name, const struct endpoint *endpoint, Str path);

// Whether, without a stack, some endpoint of these policies passes requests on to another one of
// them. Where it may, the policies have to be whole: what one version leaves out because the other
// has it, too, may stand behind something that is not the same.
bool compose_may_link(const struct policy *const *policies, uint32_t count);

// Links and composes. With a stack, every layer of it is passed on to by the one before it, by what
// the endpoints of that say of their target, or, where their targets name nobody, by the host that
// was asked for. Without (NULL), targets alone decide, and endpoints of one layer are never linked.
// `path_of` gives the path of a file by its number.
void compose(struct policy *policy, const struct stack *stack,
             Str (*path_of)(const void *state, uint32_t file), const void *state);
