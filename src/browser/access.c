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

// What one of two ways allows.
static struct access either(struct model *model, struct access a, struct access b)
{
    struct access access = {
        .must = fa_union(model->fa, a.must, b.must),
        .may = fa_union(model->fa, a.may, b.may),
        .span = fa_is_none(a.may) ? b.span : a.span,
    };
    if (!access.may)
        access.may = a.may;
    if (!access.must)
        access.must = a.must;
    if (access.must != access.may)
        access.why = a.why ? a.why : b.why;
    return access;
}

static struct access ask(struct origin_space *space, const struct upstreams *upstreams,
                         const struct endpoint *endpoint, const struct box *situation,
                         struct demand demand, Str method, bool preflight)
{
    demand.method = method;
    struct access answer = judge_requests(space, upstreams, endpoint, situation, &demand, method);
    if (!preflight || fa_is_none(answer.may))
        return answer;
    demand.preflight = true;
    struct access before =
        judge_requests(space, upstreams, endpoint, situation, &demand, STR("OPTIONS"));
    return both(origins_model(space), before, answer);
}

// Whether some cell of the endpoint is about one of two methods only: as the request's, or as the
// one that a preflight asks for.
static bool tells_apart(const struct model *model, const struct endpoint *endpoint, Str a, Str b)
{
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        const struct box *box = endpoint->cells[i].box;
        for (uint32_t k = 0; k < box->count; k++) {
            const struct box_item *item = &box->items[k];
            if ((item->var == model->method || item->var == model->request_method) &&
                fa_accepts(item->language, a) != fa_accepts(item->language, b))
                return true;
        }
    }
    return false;
}

// A header can be sent if it can be with some method. Without a reason to ask for others, GET
// stands for all.
static struct access ask_header(struct origin_space *space, const struct upstreams *upstreams,
                                const struct endpoint *endpoint, const struct box *situation,
                                struct demand demand)
{
    static const char *const others[] = { "POST", "PUT", "PATCH", "DELETE" };
    struct model *model = origins_model(space);
    // What has content.
    Str first = str_is(demand.header, "content-type") ? STR("POST") : STR("GET");
    struct access access = ask(space, upstreams, endpoint, situation, demand, first, true);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        Str method = str_from(others[i]);
        if (!str_equal(method, first) && tells_apart(model, endpoint, first, method))
            access = either(model, access,
                            ask(space, upstreams, endpoint, situation, demand, method, true));
    }
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
        return ask_header(space, upstreams, endpoint, situation, demand);
    case CAPABILITY_EXPOSE:
        demand.expose = any ? STR("x-qzjx") : capability.name;
        break;
    }
    return ask(space, upstreams, endpoint, situation, demand, method, preflight);
}
