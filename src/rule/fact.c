#include "rule/fact.h"

#include "rule/facts.h"

#include <string.h>

#define KINDS "none finite subdomains unbounded any"
#define TRUST "all some none"
#define SHAPES "plain null any prefix suffix dot subdomain scheme shared local app"

static const struct fact change_facts[CHANGE_FACTS] = {
    [CHANGE_DIRECTION] = { "direction", FACT_CHOICE, "gained lost", "what happens to the access" },
    [CHANGE_CERTAINTY] = { "certainty", FACT_CHOICE, "certain possible",
                           "possible: something unknown decides" },
    [CHANGE_CAPABILITY] = { "capability", FACT_CHOICE, "read method header expose",
                            "what may be done" },
    [CHANGE_CREDENTIALS] = { "credentials", FACT_BOOL, "",
                             "whether it is done with the visitor's cookies" },
    [CHANGE_KIND] = { "origins.kind", FACT_CHOICE, KINDS, "how large the set of origins is" },
    [CHANGE_COUNT] = { "origins.count", FACT_NUMBER, "",
                       "how many origins; the largest number when there is no end" },
    [CHANGE_TRUSTED] = { "origins.trusted", FACT_CHOICE, TRUST,
                         "how many of them trusted_origins names" },
    [CHANGE_TRUST_DECLARED] = { "trust_declared", FACT_BOOL, "",
                                "whether there are trusted_origins at all" },
    [CHANGE_NAMED] = { "named", FACT_BOOL, "",
                       "whether the configuration spells these origins out one by one" },
    [CHANGE_HAS_NULL] = { "has_null", FACT_BOOL, "", "\"null\" is among them" },
    [CHANGE_ONLY_NULL] = { "only_null", FACT_BOOL, "", "it is nothing but \"null\"" },
    [CHANGE_HAS_APP] = { "has_app", FACT_BOOL, "", "schemes of applications are among them" },
    [CHANGE_ONLY_APP] = { "only_app", FACT_BOOL, "", "nothing but schemes of applications" },
    [CHANGE_HAS_INSECURE] = { "has_insecure", FACT_BOOL, "", "http origins are among them" },
    [CHANGE_ONLY_INSECURE] = { "only_insecure", FACT_BOOL, "", "nothing but http origins" },
    [CHANGE_HAS_LOCAL] = { "has_local", FACT_BOOL, "", "local origins are among them" },
    [CHANGE_ONLY_LOCAL] = { "only_local", FACT_BOOL, "", "nothing but local origins" },
    [CHANGE_HAS_SHARED] = { "has_shared", FACT_BOOL, "",
                            "names on a domain under which anyone gets one are among them" },
    [CHANGE_ONLY_SHARED] = { "only_shared", FACT_BOOL, "", "nothing but such names" },
    [CHANGE_UNREGISTRABLE] = { "unregistrable", FACT_BOOL, "",
                               "nobody can register any of these names" },
    [CHANGE_SHAPE] = { "shape", FACT_CHOICE, SHAPES, "how a stranger gets into the set" },
    [CHANGE_HAD_READ] = { "had_read", FACT_BOOL, "",
                          "the same origins could read before, and still can" },
    [CHANGE_ENDPOINT] = { "endpoint", FACT_CHOICE, "kept added removed",
                          "whether something answered there before and after" },
    [CHANGE_CORS_REMOVED] = { "cors_removed", FACT_BOOL, "",
                              "no origin is left that can read there" },
    [CHANGE_PREFLIGHT] = { "preflight", FACT_CHOICE, "same gained broken",
                           "whether preflights as such begin or cease to succeed" },
    [CHANGE_CONDITIONAL] = { "conditional", FACT_BOOL, "", "it holds only for some requests" },
    [CHANGE_LAYER] = { "layer", FACT_TEXT, "", "the product, as in type" },
    [CHANGE_WHO] = { "who", FACT_TEXT, "", "the origins, in words" },
    [CHANGE_WHAT] = { "what", FACT_TEXT, "", "what may be done, in words, with the endpoint" },
    [CHANGE_NAMES] = { "names", FACT_TEXT, "", "the methods or headers" },
    [CHANGE_PLACE] = { "place", FACT_TEXT, "", "the endpoint, and how many more there are" },
    [CHANGE_URL] = { "url", FACT_TEXT, "", "an example of the endpoint" },
    [CHANGE_WITNESS] = { "witness", FACT_TEXT, "", "the most telling of the origins" },
    [CHANGE_REASON] = { "reason", FACT_TEXT, "", "of a possible change: what is not known" },
    [CHANGE_BECAUSE] = { "because", FACT_TEXT, "",
                         "of a loss: \": \" and why, where headers are no longer inherited or "
                         "preflights are redirected; else empty" },
};

static const struct fact endpoint_facts[ENDPOINT_FACTS] = {
    [ENDPOINT_OBSERVATION] = { "observation", FACT_CHOICE,
                               "access vary-missing cache-mixes duplicate never-matches "
                               "credentials-invalid "
                               "preflight-fails wildcard-with-credentials misspelt method-invalid "
                               "errors-without-cors max-age authorization-not-covered "
                               "private-network",
                               "what there is to see at the endpoint" },
    [ENDPOINT_CREDENTIALS] = { "credentials", FACT_BOOL, "", "access: with the visitor's cookies" },
    [ENDPOINT_KIND] = { "origins.kind", FACT_CHOICE, KINDS, "access: how large the set is" },
    [ENDPOINT_TRUSTED] = { "origins.trusted", FACT_CHOICE, TRUST,
                           "access: how many of them trusted_origins names" },
    [ENDPOINT_ONLY_NULL] = { "only_null", FACT_BOOL, "", "access: nothing but \"null\"" },
    [ENDPOINT_ONLY_APP] = { "only_app", FACT_BOOL, "",
                            "access: nothing but schemes of applications" },
    [ENDPOINT_ONLY_INSECURE] = { "only_insecure", FACT_BOOL, "",
                                 "access: nothing but http origins" },
    [ENDPOINT_ONLY_LOCAL] = { "only_local", FACT_BOOL, "", "access: nothing but local origins" },
    [ENDPOINT_ONLY_SHARED] = { "only_shared", FACT_BOOL, "",
                               "access: nothing but names on a domain under which anyone gets "
                               "one" },
    [ENDPOINT_SHAPE] = { "shape", FACT_CHOICE, SHAPES, "access: how a stranger gets into the set" },
    [ENDPOINT_LOOSE_DOT] = { "loose_dot", FACT_TEXT, "",
                             "access: an origin that nobody can register and that a dot that is "
                             "not escaped lets in; else empty" },
    [ENDPOINT_HEADER] = { "header", FACT_TEXT, "", "the response header it is about" },
    [ENDPOINT_VALUE] = { "value", FACT_TEXT, "", "its value as configured" },
    [ENDPOINT_PROBLEM] = { "problem", FACT_TEXT, "", "what is wrong, in words" },
    [ENDPOINT_STATUS] = { "status", FACT_NUMBER, "", "the status of the answer; 0 when open" },
    [ENDPOINT_WAS_FINE] = { "was_fine", FACT_BOOL, "",
                            "the old version had the same there without this flaw" },
    [ENDPOINT_INTENDED] = { "intended", FACT_BOOL, "",
                            "preflight-fails: the configuration says something about preflights "
                            "there" },
    [ENDPOINT_LAYER] = { "layer", FACT_TEXT, "", "the product, as in type" },
    [ENDPOINT_WHO] = { "who", FACT_TEXT, "", "the origins, in words" },
    [ENDPOINT_PLACE] = { "place", FACT_TEXT, "", "the endpoint" },
    [ENDPOINT_URL] = { "url", FACT_TEXT, "", "an example of the endpoint" },
    [ENDPOINT_WITNESS] = { "witness", FACT_TEXT, "", "the most telling of the origins" },
    [ENDPOINT_SUGGESTION] = { "suggestion", FACT_TEXT, "", "what was probably meant" },
    [ENDPOINT_SECONDS] = { "seconds", FACT_NUMBER, "",
                           "max-age: for how long the answer says that it may be kept; 5 when it "
                           "does not say" },
    [ENDPOINT_CHANGED] = { "changed", FACT_BOOL, "",
                           "max-age: the old version said something else there" },
    [ENDPOINT_BEFORE] = { "before", FACT_NUMBER, "", "max-age: the seconds of the old version" },
};

static const struct fact remark_facts[REMARK_FACTS] = {
    [REMARK_RULE] = { "rule", FACT_TEXT, "", "the id of the rule that the remark belongs to" },
    [REMARK_MESSAGE] = { "message", FACT_TEXT, "", "what there is to say" },
};

static const struct fact diag_facts[DIAG_FACTS] = {
    [DIAG_RULE] = { "rule", FACT_TEXT, "", "the id of what went wrong" },
    [DIAG_KNOWN_BEFORE] = { "known_before", FACT_BOOL, "", "the old version had the same" },
    [DIAG_MESSAGE] = { "message", FACT_TEXT, "", "what went wrong" },
};

static const struct fact unknown_facts[UNKNOWN_FACTS] = {
    [UNKNOWN_REASON] = { "reason", FACT_TEXT, "", "why it could not be determined" },
};

static const struct fact expectation_facts[EXPECTATION_FACTS] = {
    [EXPECTATION_RESULT] = { "result", FACT_CHOICE, "failed unknown",
                             "what happens instead of what is expected" },
    [EXPECTATION_KNOWN_BEFORE] = { "known_before", FACT_BOOL, "",
                                   "the old version expected it, and had the same result" },
    [EXPECTATION_BROKEN] = { "broken", FACT_BOOL, "",
                             "the old version did what is expected: this change breaks it" },
    [EXPECTATION_OUTCOME] = { "outcome", FACT_CHOICE, "allowed blocked", "what is expected" },
    [EXPECTATION_REQUEST] = { "request", FACT_TEXT, "",
                              "the request, the page, and what it sends" },
    [EXPECTATION_WITNESS] = { "case", FACT_TEXT, "",
                              "of several pages or URLs: \" (for example ...)\" with the decisive "
                              "one; "
                              "else empty" },
    [EXPECTATION_REASON] = { "reason", FACT_TEXT, "", "the step that fails, or what is not known" },
};

const struct fact *facts_of(enum subject subject, uint32_t *count)
{
    switch (subject) {
    case SUBJECT_CHANGE:
        *count = CHANGE_FACTS;
        return change_facts;
    case SUBJECT_ENDPOINT:
        *count = ENDPOINT_FACTS;
        return endpoint_facts;
    case SUBJECT_REMARK:
        *count = REMARK_FACTS;
        return remark_facts;
    case SUBJECT_DIAG:
        *count = DIAG_FACTS;
        return diag_facts;
    case SUBJECT_UNKNOWN:
        *count = UNKNOWN_FACTS;
        return unknown_facts;
    case SUBJECT_EXPECTATION:
        *count = EXPECTATION_FACTS;
        return expectation_facts;
    }
    *count = 0;
    return NULL;
}

bool fact_find(enum subject subject, Str name, uint32_t *index)
{
    uint32_t count;
    const struct fact *facts = facts_of(subject, &count);
    for (uint32_t i = 0; i < count; i++)
        if (str_is(name, facts[i].name)) {
            *index = i;
            return true;
        }
    return false;
}

const char *fact_suggest(enum subject subject, Str name)
{
    uint32_t count;
    const struct fact *facts = facts_of(subject, &count);
    size_t best = 4;
    const char *out = NULL;
    for (uint32_t i = 0; i < count; i++) {
        size_t distance = str_distance(name, str_from(facts[i].name), best);
        if (distance < best) {
            best = distance;
            out = facts[i].name;
        }
    }
    return out;
}

bool fact_allows(const struct fact *fact, Str text)
{
    Str rest = str_from(fact->choices), word;
    while (str_cut(rest, STR(" "), &word, &rest))
        if (str_equal(word, text))
            return true;
    return str_equal(rest, text);
}
