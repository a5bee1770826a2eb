#include "policy/model.h"

#include "base/hash.h"
#include "base/map.h"

struct model_tables {
    struct map vars, patterns;
    uint32_t var_count;
    const struct fa *header_universe;
};

// What a variable of a kind can hold, as an expression over the whole value.
static const struct fa *universe(struct model *model, enum var_kind kind)
{
    const char *expression = "";
    switch (kind) {
    case VAR_PORT:
        expression = "[0-9]+";
        break;
    case VAR_SCHEME:
        expression = "https?";
        break;
    case VAR_HOST:
        expression = "[^A-Z\\x00-\\x20]*";
        break;
    case VAR_PATH:
        expression = "/[^\\x00]*";
        break;
    case VAR_TARGET:
        expression = "[^\\x00\\x0a\\x0d ]+";
        break;
    case VAR_METHOD:
        expression = "[A-Z_-]+";
        break;
    case VAR_HEADER:
    case VAR_KEPT_ORIGIN:
        if (!model->tables->header_universe)
            model->tables->header_universe =
                model_pattern(
                    model, STR("([^\\x00\\x0a\\x0d ]([^\\x00\\x0a\\x0d]*[^\\x00\\x0a\\x0d ])?)?"),
                    REGEX_PCRE2, REGEX_FULL)
                    ->result.language;
        return model->tables->header_universe;
    case VAR_UPSTREAM_STATUS:
        expression = "[0-9]*";
        break;
    case VAR_QUERY:
    case VAR_UPSTREAM_HEADER:
    case VAR_COOKIE:
    case VAR_ARG:
        expression = "[^\\x00\\x0a\\x0d]*";
        break;
    case VAR_ADDRESS:
        expression = "[0-9a-fA-F.:]*";
        break;
    case VAR_CHOICE:
        expression = "[01]";
        break;
    }
    return model_pattern(model, str_from(expression), REGEX_PCRE2, REGEX_FULL)->result.language;
}

static struct var *var_get(struct model *model, enum var_kind kind, Str name, uint64_t depends,
                           Span span)
{
    uint64_t identity = hash_u64(hash_str(hash_u64(HASH_SEED, (uint64_t)kind), name), depends);
    struct map *vars = &model->tables->vars;
    uint32_t at = 0;
    for (struct var *var; (var = map_next(vars, identity, &at));)
        if (var->kind == kind && str_equal(var->name, name))
            return var;
    struct var *var = ARENA_NEW(model->arena, struct var);
    *var = (struct var){
        .kind = kind,
        .name = str_copy(model->arena, name),
        .universe = universe(model, kind),
        .order = model->tables->var_count++,
        .identity = identity,
        .span = span,
    };
    map_add(model->arena, vars, identity, var);
    return var;
}

static const struct var *var_plain(struct model *model, enum var_kind kind)
{
    return var_get(model, kind, STR(""), 0, (Span){ 0 });
}

struct model *model_new(struct run *run)
{
    struct model *model = ARENA_NEW(run->arena, struct model);
    model->run = run;
    model->arena = run->arena;
    model->fa = fa_space_new(run->arena, run->limits);
    model->tables = ARENA_NEW(run->arena, struct model_tables);
    model->port = var_plain(model, VAR_PORT);
    model->scheme = var_plain(model, VAR_SCHEME);
    model->host = var_plain(model, VAR_HOST);
    model->path = var_plain(model, VAR_PATH);
    model->target = var_plain(model, VAR_TARGET);
    model->query = var_plain(model, VAR_QUERY);
    model->method = var_plain(model, VAR_METHOD);
    model->address = var_plain(model, VAR_ADDRESS);
    model->upstream_status = var_plain(model, VAR_UPSTREAM_STATUS);
    model->origin = model_header(model, STR("origin"));
    model->kept_origin = var_plain(model, VAR_KEPT_ORIGIN);
    model->request_method = model_header(model, STR("access-control-request-method"));
    model->request_headers = model_header(model, STR("access-control-request-headers"));
    return model;
}

const struct var *model_header(struct model *model, Str name)
{
    Str lower = str_lower(model->arena, name);
    return var_get(model, VAR_HEADER, lower, 0, (Span){ 0 });
}

const struct var *model_upstream_header(struct model *model, Str name)
{
    return var_get(model, VAR_UPSTREAM_HEADER, str_lower(model->arena, name), 0, (Span){ 0 });
}

const struct var *model_cookie(struct model *model, Str name)
{
    return var_get(model, VAR_COOKIE, name, 0, (Span){ 0 });
}

const struct var *model_arg(struct model *model, Str name)
{
    return var_get(model, VAR_ARG, str_lower(model->arena, name), 0, (Span){ 0 });
}

const struct var *model_choice(struct model *model, Str text, uint64_t identity, Span span)
{
    return var_get(model, VAR_CHOICE, text, identity, span);
}

const struct var *model_origin_choice(struct model *model, Str text, uint64_t identity, Span span)
{
    struct var *var = var_get(model, VAR_CHOICE, text, identity, span);
    var->of_origin = true;
    return var;
}

const struct fa *model_choice_value(struct model *model, bool holds)
{
    return fa_literal(model->fa, holds ? STR("1") : STR("0"));
}

const struct pattern *model_pattern(struct model *model, Str text, enum regex_dialect dialect,
                                    unsigned flags)
{
    uint64_t hash = hash_u64(hash_str(HASH_SEED, text), (uint64_t)dialect << 32 | flags);
    uint32_t at = 0;
    for (struct pattern *known; (known = map_next(&model->tables->patterns, hash, &at));)
        if (str_equal(known->text, text) && known->dialect == dialect && known->flags == flags)
            return known;
    struct pattern *pattern = ARENA_NEW(model->arena, struct pattern);
    pattern->text = str_copy(model->arena, text);
    pattern->dialect = dialect;
    pattern->flags = flags;
    pattern->result = regex_compile(model->fa, pattern->text, dialect, flags);
    map_add(model->arena, &model->tables->patterns, hash, pattern);
    return pattern;
}
