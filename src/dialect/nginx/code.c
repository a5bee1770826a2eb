// The statements that run in order (the rewrite module), and the variables that are computed on
// demand.
#include "base/hash.h"
#include "dialect/nginx/statements.h"

uint64_t code_identity(struct nginx_config *config, const struct conf *conf)
{
    uint64_t identity = hash_u64(conf->hash, config->code);
    struct source *source = config->source;
    config->notes++;
    for (uint32_t i = 1; source && i < conf->n_words; i++) {
        Str path;
        uint32_t number;
        bool readable = source_join(source, config->prefix, conf->words[i].text, &path) &&
                        source_stat(source, path) == SOURCE_FILE &&
                        source_read(config->model->run, source, path, conf->words[i].span, &number);
        if (readable)
            identity = hash_u64(identity, files_get(source->files, number)->hash);
    }
    return identity;
}

// The words of an `if` without its parentheses. False when they are not there.
static bool condition_words(struct nginx_config *config, const struct conf *conf,
                            struct conf_word **words, uint32_t *count)
{
    uint32_t n = conf->n_words - 1;
    struct conf_word *copy = ARENA_ARRAY(config->model->arena, struct conf_word, n + 1);
    for (uint32_t i = 0; i < n; i++)
        copy[i] = conf->words[i + 1];
    if (n == 0 || !str_eat(&copy[0].text, STR("(")))
        return false;
    uint32_t first = copy[0].text.len == 0;
    Str *last = &copy[n - 1].text;
    if (n == first || !str_ends(*last, STR(")")))
        return false;
    last->len--;
    if (last->len == 0)
        n--;
    *words = copy + first;
    *count = n - first;
    return n > first;
}

static bool read_condition(struct nginx_config *config, const struct conf *conf,
                           struct condition *out)
{
    struct conf_word *words;
    uint32_t count;
    *out = (struct condition){ .span = conf->head };
    if (!condition_words(config, conf, &words, &count))
        return false;
    Str subject = words[0].text;
    Str relation = count > 1 ? words[1].text : (Str){ 0 };
    out->text = count == 1   ? subject
                : count == 2 ? str_format(config->model->arena, "%.*s %.*s", STR_ARG(subject),
                                          STR_ARG(words[1].text))
                             : str_format(config->model->arena, "%.*s %.*s %.*s", STR_ARG(subject),
                                          STR_ARG(relation), STR_ARG(words[2].text));
    if (!str_eat(&subject, STR("$"))) { // -f, !-d ...: a file test
        out->kind = IF_FILE;
        out->negated = str_eat(&subject, STR("!"));
        if (count != 2 || subject.len != 2 || subject.ptr[0] != '-')
            return false;
        out->variable = subject;
        out->value = template_parse(config->model, words[1].text, words[1].span);
        return true;
    }
    out->variable = str_lower(config->model->arena, subject);
    if (count == 1) {
        out->kind = IF_TRUE;
        return true;
    }
    if (count != 3)
        return false;
    out->negated = str_eat(&relation, STR("!"));
    if (str_is(relation, "=")) {
        out->kind = IF_EQUAL;
        out->value = template_parse(config->model, words[2].text, words[2].span);
        return true;
    }
    out->kind = IF_MATCH;
    bool caseless = str_is(relation, "~*");
    if (!caseless && !str_is(relation, "~"))
        return false;
    out->pattern = nginx_pattern(config, words[2].text, caseless, words[2].span);
    return true;
}

static bool read_if(struct nginx_config *config, struct block *block, const struct conf *conf,
                    struct step *step)
{
    step->kind = STEP_IF;
    if (!read_condition(config, conf, &step->condition))
        return false;
    // In a server an `if` is code only; in a location it is a configuration, too.
    struct block *child =
        block->kind == BLOCK_SERVER ? block : block_new(config, BLOCK_IF, block, conf);
    struct steps inner = { 0 };
    for (uint32_t i = 0; i < conf->n_children; i++) {
        const struct conf *statement = &conf->children[i];
        bool code = conf_is(statement, "set") || conf_is(statement, "return") ||
                    conf_is(statement, "break") || conf_is(statement, "rewrite") ||
                    str_starts(conf_word(statement, 0), STR("set_by_lua"));
        if (code)
            rewrite_read(config, child, &inner, statement);
        else if (child != block)
            statement_read(config, child, statement);
    }
    step->child = child;
    step->steps = inner.items;
    step->step_count = inner.count;
    return true;
}

static bool is_redirect(uint32_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool read_return(struct nginx_config *config, const struct conf *conf, struct step *step)
{
    step->kind = STEP_RETURN;
    Str first = conf_word(conf, 1);
    if (str_number(first, 999, &step->status)) {
        step->has_text = conf->n_words > 2;
        step->value = argument(config, conf, 2);
        if (step->has_text && !is_redirect(step->status))
            step->value = (struct template){ .span = conf->head }; // a body
        return true;
    }
    step->status = 302;
    step->has_text = true;
    step->value = argument(config, conf, 1);
    return conf->n_words == 2;
}

static bool read_rewrite_step(struct nginx_config *config, const struct conf *conf,
                              struct step *step)
{
    step->kind = STEP_REWRITE;
    if (conf->n_words < 3)
        return false;
    step->pattern = nginx_pattern(config, conf_word(conf, 1), false, conf->words[1].span);
    step->value = argument(config, conf, 2);
    Str flag = conf_word(conf, 3), target = conf_word(conf, 2);
    step->flag = str_is(flag, "last")        ? REWRITE_LAST
                 : str_is(flag, "break")     ? REWRITE_BREAK
                 : str_is(flag, "redirect")  ? REWRITE_REDIRECT
                 : str_is(flag, "permanent") ? REWRITE_PERMANENT
                                             : REWRITE_NONE;
    bool absolute = str_starts(target, STR("http://")) || str_starts(target, STR("https://")) ||
                    str_starts(target, STR("$scheme"));
    if (absolute && step->flag != REWRITE_PERMANENT)
        step->flag = REWRITE_REDIRECT;
    return true;
}

void rewrite_read(struct nginx_config *config, struct block *block, struct steps *steps,
                  const struct conf *conf)
{
    struct step step = { .span = conf->head };
    bool good = true;
    Str name = conf_word(conf, 1);
    if (conf_is(conf, "if")) {
        good = read_if(config, block, conf, &step);
    } else if (conf_is(conf, "return")) {
        good = read_return(config, conf, &step);
    } else if (conf_is(conf, "rewrite")) {
        good = read_rewrite_step(config, conf, &step);
    } else if (conf_is(conf, "break")) {
        step.kind = STEP_BREAK;
    } else {
        step.kind = STEP_SET;
        good = str_eat(&name, STR("$")) && name.len > 0;
        step.variable = str_lower(config->model->arena, name);
        step.value = argument(config, conf, 2);
        if (!conf_is(conf, "set"))
            step.reason = STR("the value that this code computes");
        if (step.reason.len)
            config_unknown(config, conf->head, step.reason, conf->hash);
    }
    if (!good) { // nginx refuses the file, which validation reports
        step.kind = STEP_UNKNOWN;
        step.reason = STR("what this statement does: it is not well formed");
    }
    step.identity = step.reason.len ? code_identity(config, conf) : conf->hash;
    *vec_push(config->model->arena, steps) = step;
}

// ---- computed variables

static struct computed *computed_add(struct nginx_config *config, Str name, const struct conf *conf)
{
    struct computed *computed = ARENA_NEW(config->model->arena, struct computed);
    computed->name = str_lower(config->model->arena, name);
    computed->identity = conf->hash;
    computed->span = conf->head;
    *vec_push(config->model->arena, &config->computed) = computed;
    map_add(config->model->arena, &config->computed_by_name, hash_str(HASH_SEED, computed->name),
            computed);
    return computed;
}

void computed_unknown(struct nginx_config *config, Str name, const char *reason,
                      const struct conf *conf)
{
    struct computed *computed = computed_add(config, name, conf);
    computed->kind = COMPUTED_UNKNOWN;
    computed->identity = code_identity(config, conf);
    computed->reason =
        str_format(config->model->arena, "$%.*s %s", STR_ARG(computed->name), reason);
}

// The result of a line. Long lists give the same one again and again.
static struct template read_result(struct nginx_config *config, const struct computed *map,
                                   const struct conf *conf, Str *last)
{
    Str text = conf_word(conf, 1);
    uint32_t count = map->entries.count;
    if (count == 0 || !str_equal(text, *last)) {
        *last = text;
        return argument(config, conf, 1);
    }
    struct template result = map->entries.items[count - 1].result;
    result.span = conf->words[1].span;
    return result;
}

static void read_entry(struct nginx_config *config, struct computed *map, const struct conf *conf,
                       bool *hostnames, Str *last)
{
    Str key = conf_word(conf, 0);
    struct map_entry entry = { .span = conf->head };
    if (conf->n_words == 1) {
        *hostnames |= str_is(key, "hostnames");
        map->is_volatile |= str_is(key, "volatile");
        return;
    }
    if (str_is(key, "default")) {
        map->has_default = true;
        map->default_result = argument(config, conf, 1);
        return;
    }
    entry.result = read_result(config, map, conf, last);
    Str plain;
    map->results_vary |= !template_is_text(&entry.result, &plain);
    if (str_eat(&key, STR("~"))) {
        bool caseless = str_eat(&key, STR("*"));
        entry.pattern = nginx_pattern(config, key, caseless, conf->words[0].span);
    } else {
        (void)str_eat(&key, STR("\\"));
        entry.hostname = *hostnames;
    }
    entry.key = key;
    *vec_push(config->model->arena, &map->entries) = entry;
}

void computed_read(struct nginx_config *config, const struct conf *conf)
{
    bool is_map = conf_is(conf, "map");
    Str name = conf_word(conf, conf->n_words - 1);
    if (!str_eat(&name, STR("$")))
        return;
    if (!is_map) {
        computed_unknown(config, name,
                         conf_is(conf, "geo") ? "depends on the client's address"
                                              : "is drawn by lot from the request",
                         conf);
        return;
    }
    for (uint32_t i = 0; i < conf->n_children; i++)
        if (conf_is(&conf->children[i], "include") && conf->children[i].n_words == 2) {
            computed_unknown(config, name, "depends on an included file that is not there", conf);
            return;
        }
    struct computed *map = computed_add(config, name, conf);
    map->kind = COMPUTED_MAP;
    map->source = argument(config, conf, 1);
    bool hostnames = false;
    Str last = { 0 };
    map->entries.items = ARENA_ARRAY(config->model->arena, struct map_entry, conf->n_children);
    map->entries.capacity = conf->n_children;
    for (uint32_t i = 0; i < conf->n_children; i++)
        read_entry(config, map, &conf->children[i], &hostnames, &last);
}
