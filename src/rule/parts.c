#include "rule/parts.h"

static enum trust trust_of(const struct judge *judge, const struct fa *set)
{
    struct fa_space *fa = judge->model->fa;
    if (!judge->trusted || fa_is_disjoint(fa, set, judge->trusted))
        return TRUST_NONE;
    return fa_is_subset(fa, set, judge->trusted) ? TRUST_ALL : TRUST_SOME;
}

static bool is_unbounded(const struct origins *origins)
{
    return origins->kind == ORIGINS_UNBOUNDED || origins->kind == ORIGINS_ANY;
}

static void add_described(const struct judge *judge, struct origins origins, struct parts_of *out)
{
    out->items[out->count++] =
        (struct part_of){ .origins = origins, .trust = trust_of(judge, origins.set) };
}

// Adds `set` as a part unless it is empty.
static void add(const struct judge *judge, const struct fa *set, const struct fa *named,
                struct parts_of *out)
{
    if (set && !fa_is_none(set))
        add_described(judge, origins_describe(judge->space, set, judge->trusted, named), out);
}

// Moves what lies in `part` out of *rest.
static void take(const struct judge *judge, const struct fa *part, const struct fa *named,
                 const struct fa **rest, struct parts_of *out)
{
    const struct fa *inside = fa_intersect(judge->model->fa, *rest, part);
    const struct fa *outside = fa_subtract(judge->model->fa, *rest, part);
    if (!inside || !outside || fa_is_none(inside))
        return;
    add(judge, inside, named, out);
    *rest = outside;
}

static enum origins_kind shared_kind(const struct judge *judge, const struct fa *shared)
{
    return origins_describe(judge->space, shared, NULL, NULL).kind;
}

struct parts_of parts_gained(const struct judge *judge, const struct fa *set,
                             const struct fa *named)
{
    struct fa_space *fa = judge->model->fa;
    struct parts_of out = { .count = 0 };
    struct origins whole = origins_describe(judge->space, set, judge->trusted, named);
    if (whole.kind == ORIGINS_ANY || !set || trust_of(judge, set) == TRUST_ALL) {
        add_described(judge, whole, &out);
        return out;
    }
    const struct fa *rest = judge->trusted ? fa_subtract(fa, set, judge->trusted) : set;
    rest = rest ? rest : set;
    const struct fa *shared = origins_shared(judge->space, rest);
    shared = shared ? shared : fa_none(fa);
    const struct fa *vetted = fa_subtract(fa, rest, shared);
    if (is_unbounded(&whole)) {
        struct origins strangers =
            origins_describe(judge->space, vetted ? vetted : rest, judge->trusted, named);
        if (is_unbounded(&strangers)) {
            add(judge, rest, named, &out);
            return out;
        }
    }
    take(judge, origins_part(judge->space, ORIGINS_PART_NULL), named, &rest, &out);
    take(judge, origins_part(judge->space, ORIGINS_PART_APP), named, &rest, &out);
    if (shared_kind(judge, shared) != ORIGINS_FINITE) // one site among many is a name like others
        take(judge, shared, named, &rest, &out);
    take(judge, origins_part(judge->space, ORIGINS_PART_LOCAL), named, &rest, &out);
    take(judge, origins_part(judge->space, ORIGINS_PART_INSECURE), named, &rest, &out);
    add(judge, rest, named, &out);
    return out;
}

struct parts_of parts_lost(const struct judge *judge, const struct fa *set, const struct fa *named)
{
    struct parts_of out = { .count = 0 };
    const struct fa *matter = judge->trusted ? judge->trusted : named;
    const struct fa *inside = fa_intersect(judge->model->fa, set, matter);
    add(judge, inside && !fa_is_none(inside) ? inside : set, named, &out);
    return out;
}

const char *trust_name(enum trust trust)
{
    switch (trust) {
    case TRUST_ALL:
        return "all";
    case TRUST_SOME:
        return "some";
    case TRUST_NONE:
        return "none";
    }
    return "";
}
