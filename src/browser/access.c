#include "browser/access.h"

#include "browser/judge.h"
#include "browser/names.h"

// What a page can do is asked of every request that it would send: which cells can answer it, what
// they say, and for which origins a browser is content with that. An origin certainly has access if
// no case refuses it, and possibly if some case grants it.

// What both allow; the one that refuses more has decided.
static struct access both(struct model *model, struct access preflight, struct access answer)
{
    struct access access = {
        .must = fa_intersect(model->fa, preflight.must, answer.must),
        .may = fa_intersect(model->fa, preflight.may, answer.may),
        .span = fa_is_subset(model->fa, answer.may, preflight.may) ? answer.span : preflight.span,
    };
    if (!access.may)
        access.may = answer.may;
    if (!access.must)
        access.must = fa_none(model->fa);
    if (access.must != access.may)
        access.why = preflight.why ? preflight.why : answer.why;
    return access;
}

struct access access_of(struct origin_space *space, const struct upstreams *upstreams,
                        const struct endpoint *endpoint, const struct box *situation,
                        struct capability capability)
{
    struct model *model = origins_model(space);
    struct demand demand = { .credentials = capability.credentials };
    const struct fa *none = fa_none(model->fa);
    Str method = STR("GET");
    bool preflight = false;
    // "*" is any name: what holds for one that nobody has thought of.
    bool any = str_is(capability.name, "*");
    if (!situation)
        return (struct access){ .must = none, .may = none, .span = endpoint->span };
    switch (capability.kind) {
    case CAPABILITY_READ:
        break;
    case CAPABILITY_METHOD:
        method = any ? STR("QZJX") : capability.name;
        preflight = !names_safelisted_method(method);
        break;
    case CAPABILITY_HEADER:
        demand.header = any ? STR("x-qzjx") : capability.name;
        if (str_is(demand.header, "content-type"))
            method = STR("POST"); // what has content
        preflight = true;
        break;
    case CAPABILITY_EXPOSE:
        demand.expose = any ? STR("x-qzjx") : capability.name;
        break;
    }
    demand.method = method;
    struct access answer = judge_requests(space, upstreams, endpoint, situation, &demand, method);
    if (!preflight || fa_is_none(answer.may))
        return answer;
    demand.preflight = true;
    struct access before =
        judge_requests(space, upstreams, endpoint, situation, &demand, STR("OPTIONS"));
    return both(model, before, answer);
}
