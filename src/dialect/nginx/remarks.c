#include "dialect/nginx/remarks.h"

#include "base/hash.h"
#include "dialect/nginx/statements.h"

struct remarking {
    struct nginx_config *config;
    struct origin_space *origins;
};

static bool is_cors(Str name)
{
    Str stem = STR("Access-Control-");
    return name.len > stem.len && str_equal_nocase(str_slice(name, 0, stem.len), stem);
}

static const struct header_line *find_cors(const struct header_lines *lines)
{
    for (uint32_t i = 0; i < lines->count; i++)
        if (is_cors(lines->items[i].name))
            return &lines->items[i];
    return NULL;
}

// A block whose own add_header lines take the place of CORS headers further out, and have none
// themselves.
static void remark_inheritance(struct remarking *remarking, const struct block *block)
{
    if (!block->parent || !block->adds.count || find_cors(&block->adds) || block->has_adds_mode)
        return;
    const struct header_line *lost = find_cors(block_adds(remarking->config, block->parent));
    if (lost)
        config_remark(remarking->config, "CG508", block->adds.items[0].span,
                      str_format(remarking->config->model->arena,
                                 "this add_header makes nginx drop the %.*s header (and every "
                                 "other add_header) of the "
                                 "block around it",
                                 STR_ARG(lost->name)));
}

// Whether no origin that a browser sends matches. False when that is not known.
static bool never_matches(struct remarking *remarking, const struct fa *language)
{
    return fa_is_disjoint(remarking->config->model->fa, language,
                          origins_part(remarking->origins, ORIGINS_PART_WHOLE));
}

static bool is_origin(const struct template *source)
{
    return source->count == 1 && str_is(source->parts[0].variable, "http_origin");
}

static void remark_condition(struct remarking *remarking, const struct condition *condition)
{
    struct model *model = remarking->config->model;
    Str text;
    if (str_is(condition->variable, "http_referrer") || str_is(condition->variable, "http_orgin")) {
        config_remark(remarking->config, "CG507", condition->span,
                      str_format(model->arena,
                                 "no browser sends what $%.*s reads: the header is named %s",
                                 STR_ARG(condition->variable),
                                 str_is(condition->variable, "http_orgin") ? "Origin" : "Referer"));
        return;
    }
    if (!str_is(condition->variable, "http_origin"))
        return;
    const struct fa *language = NULL;
    if (condition->kind == IF_EQUAL && template_is_text(&condition->value, &text) && text.len)
        language = fa_literal(model->fa, text);
    else if (condition->kind == IF_MATCH &&
             !(condition->pattern->result.language &&
               fa_accepts(condition->pattern->result.language, STR(""))))
        language = condition->pattern->result.language;
    if (language && never_matches(remarking, language))
        config_remark(remarking->config, "CG507", condition->span,
                      str_format(model->arena, "no origin that a browser sends matches %.*s",
                                 STR_ARG(condition->text)));
}

static void remark_steps(struct remarking *remarking, const struct step *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (steps[i].kind == STEP_IF) {
            remark_condition(remarking, &steps[i].condition);
            if (steps[i].child->kind == BLOCK_IF)
                remark_inheritance(remarking, steps[i].child);
        }
}

static void remark_block(struct remarking *remarking, const struct block *block)
{
    remark_inheritance(remarking, block);
    remark_steps(remarking, block->steps.items, block->steps.count);
    for (uint32_t i = 0; i < block->locations.count; i++)
        remark_block(remarking, block->locations.items[i]);
}

static void remark_map(struct remarking *remarking, const struct computed *map)
{
    struct model *model = remarking->config->model;
    if (map->kind != COMPUTED_MAP || !is_origin(&map->source))
        return;
    for (uint32_t i = 0; i < map->entries.count; i++) {
        const struct map_entry *entry = &map->entries.items[i];
        bool dead;
        if (entry->pattern)
            dead = never_matches(remarking, entry->pattern->result.language);
        else // "" stands for a request without the header
            dead = entry->key.len && !entry->hostname &&
                   !origins_valid(remarking->origins, str_lower(model->arena, entry->key));
        if (dead)
            config_remark(remarking->config, "CG507", entry->span,
                          str_format(model->arena,
                                     "no origin that a browser sends matches the key %s%.*s",
                                     entry->pattern ? "~" : "", STR_ARG(entry->key)));
    }
}

void remarks_add(struct nginx_config *config, struct origin_space *origins)
{
    struct remarking remarking = { config, origins };
    remark_block(&remarking, config->http);
    for (uint32_t i = 0; i < config->servers.count; i++)
        if (config->servers.items[i]->is_read)
            remark_block(&remarking, config->servers.items[i]);
    for (uint32_t i = 0; i < config->computed.count; i++)
        remark_map(&remarking, config->computed.items[i]);
}
