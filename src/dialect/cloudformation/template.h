#pragma once
// template: a CloudFormation template (also of SAM): parameters, mappings, conditions, resources,
// and what its functions stand for as far as the template alone decides.
//
// What a parameter is: where it has AllowedValues (few), each is a case; each text that a condition
// compares it with is a case; else it is its Default; without one it is unknown. A condition on
// what is not known is followed both ways (choices.h), and is the same choice wherever it is used.
// Other stacks, attributes of resources, the parameter store and macros are unknown.

#include "base/map.h"
#include "dialect/cloudformation/choices.h"
#include "dialect/cloudformation/term.h"
#include "dialect/documents.h"

extern const struct kind template_malformed; // CG901

struct parameter; // private

struct template
{
    struct model *model;
    struct policy *policy;
    const struct document *document;
    const struct data *parameters, *mappings, *conditions, *resources; // maps or NULL
    struct map by_id; // of the resources: their entries
    struct choices choices;
    struct terms terms; // of this template, in the case at hand
    struct {
        struct parameter **items;
        uint32_t count, capacity;
    } known;        // parameters that were asked for
    uint32_t depth; // of functions in functions
    // What a text stands for before CloudFormation sees it (the Serverless Framework's variables);
    // NULL: itself.
    const struct value *(*expand)(void *state, const struct data *text);
    void *expand_state;
    Str at;   // the resource that is read, for complaints
    bool bad; // something was complained about
};

// Whether a document is a template: a map "Resources" of which one entry has a Type.
bool template_is(const struct document *document);
struct template *template_new(struct model *model, struct policy *policy,
                              const struct document *document);

// The next resource from number *i on whose type is `type` (NULL: any type); *i is then behind it.
// False when there is none. Whether its condition holds is not asked.
struct resource {
    Str id, type;
    Span span; // of the logical id
    const struct data *data;
    const struct data *properties; // a map or NULL
};
bool template_next(const struct template *template, const char *type, uint32_t *i,
                   struct resource *out);
bool template_find(const struct template *template, Str id, struct resource *out);
// Whether the resource is there in the case at hand: its Condition.
bool template_has(struct template *template, const struct resource *resource);
struct term template_property(struct template *template, const struct resource *resource,
                              const char *name);
// Whether a condition of the template holds. False, and nothing written, when that is not known.
bool template_holds(struct template *template, Str condition, Span span, bool *out);
// Begins the next case (choices.h); false when all are done.
bool template_case(struct template *template);
void template_restart(struct template *template); // so that the first case comes again

// Says that something is wrong, with the resource that is read: see template->at.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void template_complain(struct template *template, Span span, const char *format, ...);

// Of a piece of the template and all that it can depend on, for what is not known.
uint64_t template_identity(const struct template *template, const struct data *data);

// The name and arguments of a function, short or long; false when `data` is none.
bool template_function(const struct data *data, Str *name, const struct data **arguments);

// ---- private to this folder
struct term template_resolve(struct terms *terms, const struct data *data);
struct term template_parameter(struct template *template, Str name, const struct data *data);
bool template_has_parameter(const struct template *template, Str name);
// Whether the parameter (or pseudo parameter) is that text. False, nothing written: not known.
bool template_compare(struct template *template, Str parameter, Str text, Span span, bool *out);
