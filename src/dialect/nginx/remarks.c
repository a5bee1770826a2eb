#include "dialect/nginx/remarks.h"

#include "base/hash.h"
#include "base/map.h"
#include "dialect/nginx/statements.h"

struct remarking {
    struct nginx_config *config;
    struct origin_space *origins;
    struct map told; // by place: the header lines that an answer has, or that a remark explains
};

static uint64_t span_hash(Span span)
{
    return hash_u64(hash_u64(HASH_SEED, span.file), (uint64_t)span.begin << 32 | span.end);
}

static bool is_told(const struct remarking *remarking, Span span)
{
    uint32_t at = 0;
    const Span *other;
    while ((other = map_next(&remarking->told, span_hash(span), &at)))
        if (other->file == span.file && other->begin == span.begin && other->end == span.end)
            return true;
    return false;
}

static void tell(struct remarking *remarking, Span span)
{
    struct arena *arena = remarking->config->model->arena;
    if (is_told(remarking, span))
        return;
    Span *copy = ARENA_NEW(arena, Span);
    *copy = span;
    map_add(arena, &remarking->told, span_hash(span), copy);
}

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
    if (!lost)
        return;
    config_remark(remarking->config, "CG508", block->adds.items[0].span,
                  str_format(remarking->config->model->arena,
                             "this add_header makes nginx drop the %.*s header (and every "
                             "other add_header) of the "
                             "block around it",
                             STR_ARG(lost->name)));
    const struct header_lines *outer = block_adds(remarking->config, block->parent);
    for (uint32_t i = 0; i < outer->count; i++)
        tell(remarking, outer->items[i].span);
}

static void tell_lines(struct remarking *remarking, const struct block *block)
{
    for (uint32_t i = 0; i < block->adds.count; i++)
        tell(remarking, block->adds.items[i].span);
    for (uint32_t i = 0; i < block->more.count; i++)
        tell(remarking, block->more.items[i].span);
}

// The header lines that some answer has, whatever their value comes to.
static void tell_sent(struct remarking *remarking, const struct endpoint *endpoint)
{
    for (uint32_t i = 0; i < endpoint->cell_count; i++) {
        const struct response *response = endpoint->cells[i].response;
        for (uint32_t j = 0; j < response->op_count; j++) {
            const struct header_op *op = &response->ops[j];
            bool fits =
                response->answer != ANSWER_OWN || statuses_has(op->statuses, response->status);
            if (fits && is_cors(op->name))
                tell(remarking, op->span);
        }
    }
}

// CORS headers that no answer has: those of a block that no request ends in, or only with a status
// for which they are not meant.
static void remark_unsent(struct remarking *remarking, const struct block *block)
{
    for (uint32_t i = 0; i < block->adds.count; i++) {
        const struct header_line *line = &block->adds.items[i];
        if (line->verb == HEADER_UNKNOWN || !is_cors(line->name) || is_told(remarking, line->span))
            continue;
        // A line of an included file may be sent by a server that is left out of this comparison.
        if (remarking->config->policy->left_out && line->span.file != block->span.file)
            continue;
        tell(remarking, line->span);
        config_remark(remarking->config, "CG507", line->span,
                      str_format(remarking->config->model->arena,
                                 "no answer ever has this %.*s header", STR_ARG(line->name)));
    }
    for (uint32_t i = 0; i < block->steps.count; i++)
        if (block->steps.items[i].kind == STEP_IF && block->steps.items[i].child->kind == BLOCK_IF)
            remark_unsent(remarking, block->steps.items[i].child);
    for (uint32_t i = 0; i < block->locations.count; i++)
        remark_unsent(remarking, block->locations.items[i]);
}

// Whether no origin that a browser sends matches. False when that is not known.
static bool never_matches(struct remarking *remarking, const struct fa *language)
{
    return fa_is_disjoint(remarking->config->model->fa, language,
                          origins_part(remarking->origins, ORIGINS_PART_WHOLE));
}

// Says that a text with an asterisk, which somebody took for a wildcard, is compared as it stands.
// Hosts may have such bytes, but no site has.
static void remark_wildcard(struct remarking *remarking, Str text, Span span)
{
    if (str_contains(text, STR("://*.")))
        config_remark(remarking->config, "CG507", span,
                      str_format(remarking->config->model->arena,
                                 "%.*s is compared as it stands: nginx knows no wildcard here",
                                 STR_ARG(text)));
}

static bool is_origin(const struct template *source)
{
    return source->count == 1 && str_is(source->parts[0].variable, "http_origin");
}

// The request header that a misspelt variable means, or NULL. One letter in four may be wrong, so
// that other headers, which scripts may send, are left alone.
static const char *meant_header(struct arena *arena, Str variable)
{
    static const char *const headers[] = { "Origin", "Referer", "Access-Control-Request-Method",
                                           "Access-Control-Request-Headers" };
    enum { LETTERS_A_MISTAKE = 4, MOST = 2 };
    if (!str_eat(&variable, STR("http_")))
        return NULL;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        Str name = str_lower(arena, str_from(headers[i]));
        char *bytes = ARENA_ARRAY(arena, char, name.len);
        for (size_t k = 0; k < name.len; k++)
            bytes[k] = name.ptr[k] == '-' ? '_' : name.ptr[k];
        size_t most = (name.len + 1) / LETTERS_A_MISTAKE, limit = (most < MOST ? most : MOST) + 1;
        size_t distance = str_distance(variable, (Str){ bytes, name.len }, limit);
        if (distance == 0)
            return NULL;
        if (distance < limit)
            return headers[i];
    }
    return NULL;
}

// Says that a variable is misspelt.
static bool remark_variable(struct remarking *remarking, Str variable, Span span)
{
    struct arena *arena = remarking->config->model->arena;
    const char *meant = meant_header(arena, variable);
    if (meant)
        config_remark(remarking->config, "CG507", span,
                      str_format(arena, "no browser sends what $%.*s reads: the header is named %s",
                                 STR_ARG(variable), meant));
    return meant != NULL;
}

static void remark_template(struct remarking *remarking, const struct template *value, Span span)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (remark_variable(remarking, value->parts[i].variable, span))
            return;
}

// True when the condition never holds, and that has been said.
static bool remark_condition(struct remarking *remarking, const struct condition *condition)
{
    struct model *model = remarking->config->model;
    Str text;
    if (remark_variable(remarking, condition->variable, condition->span))
        return !condition->negated;
    if (!str_is(condition->variable, "http_origin"))
        return false;
    const struct fa *language = NULL;
    if (condition->kind == IF_EQUAL && template_is_text(&condition->value, &text) && text.len) {
        language = fa_literal(model->fa, text);
        remark_wildcard(remarking, text, condition->span);
    } else if (condition->kind == IF_MATCH &&
               !(condition->pattern->result.language &&
                 fa_accepts(condition->pattern->result.language, STR(""))))
        language = condition->pattern->result.language;
    if (!language || !never_matches(remarking, language))
        return false;
    config_remark(remarking->config, "CG507", condition->span,
                  str_format(model->arena, "no origin that a browser sends matches %.*s",
                             STR_ARG(condition->text)));
    return !condition->negated;
}

// The files of try_files are not looked for when an if chooses another configuration.
static void remark_try_files(struct remarking *remarking, const struct block *block,
                             const struct step *step)
{
    if (!block->try_files.count || !step->child->adds.count || step->step_count)
        return;
    config_remark(remarking->config, "CG507", block->try_span,
                  str_format(remarking->config->model->arena,
                             "try_files does nothing for requests for which the if with %.*s holds",
                             STR_ARG(step->condition.text)));
}

static void remark_values(struct remarking *remarking, const struct block *block)
{
    for (uint32_t i = 0; i < block->adds.count; i++)
        remark_template(remarking, &block->adds.items[i].value, block->adds.items[i].span);
}

static void remark_steps(struct remarking *remarking, const struct block *block)
{
    for (uint32_t i = 0; i < block->steps.count; i++) {
        const struct step *step = &block->steps.items[i];
        if (step->kind != STEP_IF)
            continue;
        bool never = remark_condition(remarking, &step->condition);
        if (step->child->kind != BLOCK_IF)
            continue;
        remark_inheritance(remarking, step->child);
        remark_values(remarking, step->child);
        if (never)
            tell_lines(remarking, step->child);
        else
            remark_try_files(remarking, block, step);
    }
}

static void remark_block(struct remarking *remarking, const struct block *block)
{
    remark_inheritance(remarking, block);
    remark_values(remarking, block);
    remark_steps(remarking, block);
    for (uint32_t i = 0; i < block->locations.count; i++)
        remark_block(remarking, block->locations.items[i]);
}

static void remark_map(struct remarking *remarking, const struct computed *map)
{
    struct model *model = remarking->config->model;
    if (map->kind != COMPUTED_MAP)
        return;
    remark_template(remarking, &map->source, map->span);
    if (!is_origin(&map->source))
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
        else if (!entry->pattern && !entry->hostname)
            remark_wildcard(remarking, entry->key, entry->span);
    }
}

// Whether something could not be read, whatever would have come of it.
static bool is_broken(const struct run *run)
{
    for (uint32_t i = 0; i < run->diags.count; i++)
        if (str_is(str_from(run->diags.items[i].kind->id), "CG901"))
            return true;
    return false;
}

void remarks_add(struct nginx_config *config, struct origin_space *origins)
{
    struct remarking remarking = { .config = config, .origins = origins };
    remark_block(&remarking, config->http);
    for (uint32_t i = 0; i < config->servers.count; i++)
        if (config->servers.items[i]->is_read) {
            uint32_t notes = config->notes;
            remark_block(&remarking, config->servers.items[i]);
            config->records[i].notes += config->notes - notes;
        }
    for (uint32_t i = 0; i < config->computed.count; i++)
        remark_map(&remarking, config->computed.items[i]);
    if (config->policy->unknown_count || is_broken(config->model->run))
        return; // what is not known may send anything
    for (uint32_t i = 0; i < config->policy->endpoint_count; i++)
        tell_sent(&remarking, config->policy->endpoints[i]);
    for (uint32_t i = 0; i < config->policy->malformed_count; i++)
        tell_sent(&remarking, config->policy->malformed[i]);
    for (uint32_t i = 0; i < config->servers.count; i++)
        if (config->servers.items[i]->is_read && config->records[i].count) {
            uint32_t notes = config->notes;
            remark_unsent(&remarking, config->servers.items[i]);
            config->records[i].notes += config->notes - notes;
        }
}
