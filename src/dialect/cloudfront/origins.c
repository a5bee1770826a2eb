// Which origins a policy allows: reference/cdn.md 3.3.
#include "base/hash.h"
#include "dialect/cloudfront/cloudfront.h"
#include "dialect/origin_text.h"

#include <string.h>

static const char *const fact_texts[CF_FACTS] = {
    "whether CloudFront takes an entry without a scheme for http as well",
    "whether CloudFront's *. stands for several labels",
    "whether CloudFront's :* allows a port to be left out",
    "whether a * in a port of CloudFront may stand for nothing",
    "whether CloudFront's entry null allows the origin null",
};

struct collected {
    struct languages sets[CF_FACT_SETS];
    struct languages open;
};

// One reading of a part of an entry, and the facts that it needs.
struct reading_of {
    const struct fa *language;
    unsigned facts;
};
struct readings {
    struct reading_of items[2];
    uint32_t count;
};

static void add_reading(struct readings *to, const struct fa *language, unsigned facts)
{
    to->items[to->count++] = (struct reading_of){ language, facts };
}

static const struct fa *expression(struct model *model, const char *text)
{
    return model_pattern(model, str_from(text), REGEX_PCRE2, REGEX_FULL | REGEX_DOLLAR_STRICT)
        ->result.language;
}

static void read_hosts(struct model *model, Str host, struct readings *out)
{
    Str rest = host;
    if (!str_eat(&rest, STR("*."))) {
        add_reading(out, fa_literal(model->fa, host), 0);
        return;
    }
    const struct fa *tail = fa_literal(model->fa, str_concat(model->arena, STR("."), rest));
    add_reading(out, fa_concat(model->fa, expression(model, "[^.:/]+"), tail), 0);
    add_reading(out, fa_concat(model->fa, expression(model, "[^:/]*\\.[^:/]*"), tail),
                1U << CF_MANY_LABELS);
}

static const struct fa *port_language(struct model *model, Str port, const char *star)
{
    const struct fa *out = fa_literal(model->fa, STR(":"));
    Str head;
    while (str_cut(port, STR("*"), &head, &port)) {
        out = fa_concat(model->fa, out, fa_literal(model->fa, head));
        out = fa_concat(model->fa, out, expression(model, star));
    }
    return fa_concat(model->fa, out, fa_literal(model->fa, port));
}

static void read_ports(struct model *model, Str port, struct readings *out)
{
    if (!port.len) {
        add_reading(out, fa_empty(model->fa), 0);
        return;
    }
    add_reading(out, port_language(model, port, "[0-9]+"), 0);
    if (str_is(port, "*"))
        add_reading(out, fa_empty(model->fa), 1U << CF_NO_PORT);
    else if (str_contains(port, STR("*")))
        add_reading(out, port_language(model, port, "[0-9]*"), 1U << CF_NO_PORT_DIGIT);
}

// An entry in its parts, in lower case.
struct entry {
    Str scheme, host, port;
};

static bool is_port(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '*')
            return false;
    return text.len > 0;
}

// False when it is none; *why says why, *refused whether AWS says so as well.
static bool parse(Str text, struct entry *out, const char **why, bool *refused)
{
    Str rest = text, host, label;
    *out = (struct entry){ 0 };
    *refused = false;
    *why = "it has a path or ends in a slash";
    if (!str_cut(text, STR("://"), &out->scheme, &rest))
        rest = text;
    if (str_contains(rest, STR("/")))
        return false;
    out->host = rest;
    size_t colon = rest.len;
    while (colon > 0 && rest.ptr[colon - 1] != ':' && rest.ptr[colon - 1] != ']')
        colon--;
    if (colon > 0 && rest.ptr[colon - 1] == ':') {
        out->host = str_slice(rest, 0, colon - 1);
        out->port = str_slice(rest, colon, rest.len);
        *why = "its port is no number";
        if (!is_port(out->port))
            return false;
    }
    host = out->host;
    (void)str_eat(&host, STR("*."));
    label = host;
    *why = "a * may only stand for the first labels of a host, as in *.example.com";
    *refused = str_contains(host, STR("*")) || str_contains(out->scheme, STR("*"));
    if (*refused)
        return false;
    *why = "it names no host";
    return label.len > 0;
}

static void add_entry(struct cloudfront *cf, const struct entry *entry, struct collected *to)
{
    struct model *model = cf->model;
    struct readings hosts = { 0 }, ports = { 0 };
    const struct {
        Str scheme;
        unsigned facts;
    } schemes[] = { { entry->scheme.len ? entry->scheme : STR("https"), 0 },
                    { STR("http"), 1U << CF_BOTH_SCHEMES } };
    uint32_t scheme_count = entry->scheme.len ? 1 : 2;
    bool plain = !str_contains(entry->host, STR("*")) && !str_contains(entry->port, STR("*"));
    if (!plain) {
        read_hosts(model, entry->host, &hosts);
        read_ports(model, entry->port, &ports);
    }
    for (uint32_t s = 0; s < scheme_count; s++) {
        Str begin = str_concat(model->arena, schemes[s].scheme, STR("://"));
        if (plain)
            languages_add_word(model, &to->sets[schemes[s].facts],
                               str_format(model->arena, "%.*s%.*s%s%.*s", STR_ARG(begin),
                                          STR_ARG(entry->host), entry->port.len ? ":" : "",
                                          STR_ARG(entry->port)));
        for (uint32_t h = 0; h < hosts.count; h++)
            for (uint32_t p = 0; p < ports.count; p++)
                languages_add(
                    model,
                    &to->sets[schemes[s].facts | hosts.items[h].facts | ports.items[p].facts],
                    fa_concat(
                        model->fa, fa_literal(model->fa, begin),
                        fa_concat(model->fa, hosts.items[h].language, ports.items[p].language)));
    }
}

static void take_known(struct cloudfront *cf, const struct term *term, Str text,
                       struct cf_origins *out, struct collected *to)
{
    struct entry entry;
    const char *why;
    bool refused;
    text = str_lower(cf->model->arena, text);
    if (str_is(text, "*")) {
        out->any = true;
        return;
    }
    if (!parse(text, &entry, &why, &refused)) {
        if (refused)
            cf_complain(cf, term->span, "the origin %.*s is refused: %s", STR_ARG(text), why);
        else
            cf_remark(cf, "CG507", term->span,
                      "No browser sends an origin that %.*s is for: %s, so that the entry allows "
                      "nothing",
                      STR_ARG(text), why);
        return;
    }
    bool literal = !str_contains(text, STR("*")) && str_starts(entry.scheme, STR("http"));
    why = literal ? origin_flaw(text) : NULL;
    if (why)
        cf_remark(cf, "CG507", term->span,
                  "No browser sends the origin %.*s: %s, so that the entry allows nothing",
                  STR_ARG(text), why);
    if (str_is(text, "null"))
        languages_add_word(cf->model, &to->sets[1U << CF_NULL_ORIGIN], text);
    add_entry(cf, &entry, to);
}

// The origins that an entry may allow of which parts are not known.
static const struct fa *possible(struct cloudfront *cf, const struct value *value)
{
    struct model *model = cf->model;
    struct fa_space *fa = model->fa;
    const struct fa *some = fa_subtract(fa, model->origin->universe, fa_empty(fa));
    const struct fa *out = fa_empty(fa);
    bool has_scheme = false;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct part *part = &value->parts[i];
        Str text = part->text;
        if (part->kind != PART_TEXT) {
            out = fa_concat(fa, out, fa_all(fa));
            continue;
        }
        if (str_contains(text, STR("*")))
            return some;
        has_scheme |= str_contains(text, STR("://"));
        out = fa_concat(fa, out, fa_literal(fa, str_lower(model->arena, text)));
    }
    if (!has_scheme)
        out = fa_union(fa, out, fa_concat(fa, expression(model, "https?://"), out));
    const struct fa *both = fa_intersect(fa, out, some);
    return both ? both : some;
}

static bool has_text(const struct value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->parts[i].kind == PART_TEXT)
            return true;
    return false;
}

static void take_open(struct cloudfront *cf, const struct term *term, struct cf_origins *out,
                      struct collected *to)
{
    struct model *model = cf->model;
    const struct part *part = term->value ? value_find_unknown(term->value) : NULL;
    Str reason = part ? part->text : STR("an allowed origin is not known");
    if (!out->open_reason.len) {
        out->open_reason = reason;
        out->open_span = term->span;
    } else if (!str_contains(out->open_reason, reason) && out->open_reason.len < 160) {
        out->open_reason =
            str_format(model->arena, "%.*s; %.*s", STR_ARG(out->open_reason), STR_ARG(reason));
    }
    out->may_be_star |= !has_text(term->value);
    // All of them together: which of them allows an origin is not known either.
    out->open_identity = hash_u64(hash_u64(out->open_identity, cf_identity_of(cf, term)),
                                  term->value ? value_hash(term->value) : 0);
    languages_add(model, &to->open,
                  term->value
                      ? possible(cf, term->value)
                      : fa_subtract(model->fa, model->origin->universe, fa_empty(model->fa)));
}

void cf_origins_read(struct cloudfront *cf, const struct term *list, struct cf_origins *out)
{
    struct collected *to = ARENA_NEW(cf->model->arena, struct collected);
    *out = (struct cf_origins){ .span = list->span };
    if (list->kind == TERM_UNKNOWN)
        take_open(cf, list, out, to);
    for (uint32_t i = 0; list->kind == TERM_LIST && i < term_count(list); i++) {
        struct term one = term_at(cf->terms, list, i);
        Str text;
        if (term_is_known(&one, &text))
            take_known(cf, &one, text, out, to);
        else if (term_is_there(&one))
            take_open(cf, &one, out, to);
    }
    for (unsigned i = 0; i < CF_FACT_SETS; i++)
        if (i == 0 || to->sets[i].words.list.count || to->sets[i].others.list.count)
            out->sets[i] = languages_union(cf->model, &to->sets[i], LANGUAGES_PATTERNS);
    if (!out->open_reason.len)
        return;
    out->open = languages_union(cf->model, &to->open, LANGUAGES_PATTERNS);
    if (!out->open)
        out->open =
            fa_subtract(cf->model->fa, cf->model->origin->universe, fa_empty(cf->model->fa));
}

// ---- requests

// Whether facts hold: the same choice wherever it is asked.
static void split_facts(struct cases *cases, struct branch in, unsigned facts, struct branch *yes,
                        struct branch *no)
{
    struct model *model = cases->model;
    struct branch fails;
    *no = (struct branch){ .ops = in.ops };
    for (unsigned i = 0; i < CF_FACTS; i++) {
        if (!(facts >> i & 1))
            continue;
        Str text = str_from(fact_texts[i]);
        // No place of its own: what follows from it is possible, not certain.
        const struct var *choice =
            model_origin_choice(model, text, hash_str(HASH_SEED, text), (Span){ 0 });
        branch_split(cases, in, choice, model_choice_value(model, true), (Span){ 0 }, &in, &fails);
        *no = branch_join(cases, *no, fails);
    }
    *yes = in;
}

struct cf_matched cf_origins_match(struct cases *cases, struct branch in,
                                   const struct cf_origins *origins)
{
    struct model *model = cases->model;
    struct cf_matched out = { .star = { .ops = in.ops },
                              .echo = { .ops = in.ops },
                              .open = { .ops = in.ops } };
    if (origins->any) {
        out.star = in;
        out.none = (struct branch){ .ops = in.ops };
        return out;
    }
    if (origins->may_be_star)
        branch_split_unknown(cases, in, STR("whether an allowed origin that is not known is *"),
                             origins->open_identity, origins->open_span, &out.star, &in);
    for (unsigned facts = 0; facts < CF_FACT_SETS; facts++) {
        struct branch inside, outside;
        if (facts && !origins->sets[facts])
            continue;
        branch_split(cases, in, model->origin, origins->sets[facts], origins->span, &inside,
                     &outside);
        if (facts)
            split_facts(cases, inside, facts, &inside, &in);
        else
            in = (struct branch){ .ops = in.ops };
        out.echo = branch_join(cases, out.echo, inside);
        in = branch_join(cases, in, outside);
    }
    if (origins->open)
        branch_split(cases, in, model->origin, origins->open, origins->open_span, &out.open, &in);
    out.none = in;
    return out;
}
