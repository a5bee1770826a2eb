// proxy_cache and its kin: what is kept of an upstream's answers, and for whom. What is kept is the
// answer as it comes in; hidden and added headers are worked out for each request anew
// (reference/nginx.md 3.5).
#include "dialect/nginx/machine.h"
#include "dialect/nginx/statements.h"

enum { SOURCE_DEPTH = 8 }; // maps of maps that are followed for what they look at

// ---- reading

static void read_templates(struct nginx_config *config, struct templates *out,
                           const struct conf *conf)
{
    for (uint32_t i = 1; i < conf->n_words; i++)
        *vec_push(config->model->arena, out) = argument(config, conf, i);
}

// cache_valid [CODE ...|any] TIME; without codes: 200, 301, 302.
static bool keeps_ok(const struct conf *conf)
{
    bool ok = conf->n_words <= 2;
    for (uint32_t i = 1; i + 1 < conf->n_words; i++)
        ok |= str_is(conf_word(conf, i), "200") || str_is(conf_word(conf, i), "any");
    return ok && !str_is(conf_word(conf, conf->n_words - 1), "0");
}

static bool has_word(const struct conf *conf, const char *word)
{
    for (uint32_t i = 1; i < conf->n_words; i++)
        if (str_is_nocase(conf_word(conf, i), word))
            return true;
    return false;
}

void read_caching(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    enum family family = family_of(conf);
    if (family >= FAMILIES_CACHING)
        return;
    struct caching *caching = ARENA_NEW(config->model->arena, struct caching);
    if (block->caching[family])
        *caching = *block->caching[family];
    block->caching[family] = caching;
    Str name = conf_word(conf, 0);
    Str verb = str_slice(name, str_from(family_name(family)).len, name.len);
    if (str_is(verb, "cache")) {
        caching->has_zone = true;
        caching->zone = argument(config, conf, 1);
        caching->span = conf->head;
    } else if (str_is(verb, "cache_key")) {
        caching->has_key = true;
        caching->key = argument(config, conf, 1);
    } else if (str_is(verb, "cache_methods")) {
        caching->has_methods = true;
        caching->methods_post = has_word(conf, "post");
    } else if (str_is(verb, "cache_valid")) {
        caching->has_valid = true;
        caching->keeps_ok |= keeps_ok(conf);
    } else if (str_is(verb, "ignore_headers")) {
        caching->has_ignored = true;
        caching->ignores_control |= has_word(conf, "cache-control");
        caching->ignores_vary |= has_word(conf, "vary");
        caching->ignores_expires |= has_word(conf, "expires");
    } else if (str_is(verb, "buffering")) {
        caching->has_buffering = true;
        caching->unbuffered = str_is_nocase(conf_word(conf, 1), "off");
    } else if (str_is(verb, "no_cache")) {
        read_templates(config, &caching->no_cache, conf);
    } else if (str_is(verb, "cache_bypass")) {
        read_templates(config, &caching->bypass, conf);
    }
}

// ---- what holds in a block

// Each member from the nearest block that has it.
static struct caching caching_in_force(const struct block *block, enum family family)
{
    struct caching out = { 0 };
    for (; block; block = block->parent) {
        const struct caching *one = block->caching[family];
        if (!one)
            continue;
        if (one->has_zone && !out.has_zone) {
            out.has_zone = true;
            out.zone = one->zone;
            out.span = one->span;
        }
        if (one->has_key && !out.has_key) {
            out.has_key = true;
            out.key = one->key;
        }
        if (one->has_valid && !out.has_valid) {
            out.has_valid = true;
            out.keeps_ok = one->keeps_ok;
        }
        if (one->has_ignored && !out.has_ignored) {
            out.has_ignored = true;
            out.ignores_control = one->ignores_control;
            out.ignores_vary = one->ignores_vary;
            out.ignores_expires = one->ignores_expires;
        }
        if (one->has_methods && !out.has_methods) {
            out.has_methods = true;
            out.methods_post = one->methods_post;
        }
        if (one->has_buffering && !out.has_buffering) {
            out.has_buffering = true;
            out.unbuffered = one->unbuffered;
        }
        out.no_cache = out.no_cache.count ? out.no_cache : one->no_cache;
        out.bypass = out.bypass.count ? out.bypass : one->bypass;
    }
    return out;
}

// ---- what looks at the origin

static bool may_see_origin(const struct machine *machine, const struct template *value,
                           uint32_t depth);

static bool variable_sees_origin(const struct machine *machine, Str name, uint32_t depth)
{
    const struct computed *computed = config_computed(machine->config, name);
    if (str_is(name, "http_origin") || config_is_set(machine->config, name) || depth == 0)
        return true;
    if (!computed)
        return false;
    if (computed->kind == COMPUTED_UNKNOWN)
        return true;
    bool sees = may_see_origin(machine, &computed->source, depth - 1) ||
                may_see_origin(machine, &computed->default_result, depth - 1);
    for (uint32_t i = 0; i < computed->entries.count && !sees; i++)
        sees = may_see_origin(machine, &computed->entries.items[i].result, depth - 1);
    return sees;
}

static bool may_see_origin(const struct machine *machine, const struct template *value,
                           uint32_t depth)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (value->parts[i].group ||
            (value->parts[i].variable.len &&
             variable_sees_origin(machine, value->parts[i].variable, depth)))
            return true;
    return false;
}

// What of a value can depend on the origin: the rest only splits states that caches treat alike.
static struct template origin_parts(const struct machine *machine, const struct template *value)
{
    struct template_part *parts =
        ARENA_ARRAY(machine->model->arena, struct template_part, value->count + 1);
    struct template out = { .parts = parts, .span = value->span };
    for (uint32_t i = 0; i < value->count; i++) {
        const struct template one = { .parts = &value->parts[i], .count = 1 };
        if (may_see_origin(machine, &one, SOURCE_DEPTH))
            parts[out.count++] = value->parts[i];
    }
    return out;
}

// ---- the states

struct splitting {
    struct machine *machine;
    const struct caching *caching;
    Str zone;
};

// Whether some of the values is neither empty nor "0" (proxy_no_cache, proxy_cache_bypass).
static void split_any(struct machine *machine, const struct state *state,
                      const struct templates *values, struct states *yes, struct states *no)
{
    static const Str words[] = { { "", 0 }, { "0", 1 } };
    const struct fa *off = fa_literals(machine->model->fa, words, 2);
    struct states rest = { 0 };
    *vec_push(machine->scratch, &rest) = *state;
    for (uint32_t i = 0; i < values->count; i++) {
        struct states silent = { 0 };
        Str text;
        bool known = template_is_text(&values->items[i], &text);
        if (!known && !may_see_origin(machine, &values->items[i], SOURCE_DEPTH))
            continue; // some requests have it empty
        for (uint32_t k = 0; k < rest.count; k++) {
            struct evaluations results = { 0 };
            evaluate(machine, &rest.items[k], &values->items[i], &results);
            for (uint32_t n = 0; n < results.count; n++)
                split_language(machine, &results.items[n].state, results.items[n].value, off,
                               &silent, yes);
        }
        rest = silent;
    }
    for (uint32_t k = 0; k < rest.count; k++)
        *vec_push(machine->scratch, no) = rest.items[k];
}

static void add_cached(const struct splitting *with, const struct state *state, bool unkept,
                       bool bypassed, struct cached_states *out)
{
    static const Str methods[] = { { "GET", 3 }, { "HEAD", 4 }, { "POST", 4 } };
    struct machine *machine = with->machine;
    const struct caching *caching = with->caching;
    struct template key = origin_parts(machine, &caching->key);
    struct evaluations keys = { 0 };
    // Nothing says for how long.
    bool silent = !caching->keeps_ok && caching->ignores_control && caching->ignores_expires;
    evaluate(machine, state, &key, &keys);
    for (uint32_t i = 0; i < keys.count; i++) {
        struct cache *cache = ARENA_NEW(machine->model->arena, struct cache);
        *cache = (struct cache){
            .name = with->zone,
            .key = keys.items[i].value,
            .methods = caching->methods_post ? fa_literals(machine->model->fa, methods, 3) : NULL,
            .vary = caching->ignores_vary ? CACHE_VARY_IGNORED : CACHE_VARY_SPLITS,
            .keeps = unkept || silent    ? CACHE_KEEPS_NONE
                     : caching->keeps_ok ? CACHE_KEEPS_ALL
                                         : CACHE_KEEPS_FRESH,
            .heeds = caching->ignores_control ? CACHE_HEEDS_NOTHING : CACHE_HEEDS_CONTROL,
            .bypassed = bypassed,
            .span = caching->span,
        };
        *vec_push(machine->scratch, out) = (struct cached_state){ keys.items[i].state, cache };
    }
}

void split_caching(struct machine *machine, const struct state *state, struct cached_states *out)
{
    const struct block *from = block_handler(state->cfg);
    struct caching caching = { 0 };
    Str zone = STR("off");
    if (from->family < FAMILIES_CACHING && !state->upstream_asked)
        caching = caching_in_force(state->cfg, from->family);
    if (caching.unbuffered)
        caching.has_zone = false; // nothing is kept then
    if (caching.has_zone && !template_is_text(&caching.zone, &zone))
        zone = STR("of a zone that depends on the request");
    if (!caching.has_zone || str_is(zone, "off")) {
        *vec_push(machine->scratch, out) = (struct cached_state){ *state, NULL };
        return;
    }
    struct splitting with = { machine, &caching,
                              str_format(machine->model->arena, "%scache %.*s",
                                         family_name(from->family), STR_ARG(zone)) };
    struct states kept = { 0 }, unkept = { 0 };
    split_any(machine, state, &caching.no_cache, &unkept, &kept);
    for (int is_kept = 0; is_kept < 2; is_kept++) {
        const struct states *now = is_kept ? &kept : &unkept;
        for (uint32_t i = 0; i < now->count; i++) {
            struct states passed = { 0 }, asked = { 0 };
            split_any(machine, &now->items[i], &caching.bypass, &passed, &asked);
            for (uint32_t k = 0; k < passed.count; k++)
                add_cached(&with, &passed.items[k], !is_kept, true, out);
            for (uint32_t k = 0; k < asked.count; k++)
                add_cached(&with, &asked.items[k], !is_kept, false, out);
        }
    }
}
