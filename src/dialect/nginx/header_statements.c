// The statements that set, hide and remove response headers (reference/nginx.md 3.1, 3.5, 3.7).
#include "dialect/nginx/statements.h"

void read_add_header(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    *vec_push(config->model->arena, &block->adds) = (struct header_line){
        .verb = HEADER_APPEND,
        .name = conf_word(conf, 1),
        .value = argument(config, conf, 2),
        .statuses = str_is(conf_word(conf, 3), "always") ? NULL : &nginx_listed_statuses,
        .span = conf->head,
    };
}

void read_adds_mode(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    (void)config;
    Str mode = conf_word(conf, 1);
    block->has_adds_mode = true;
    block->adds_mode = str_is(mode, "off")     ? ADDS_OFF
                       : str_is(mode, "merge") ? ADDS_MERGE
                                               : ADDS_ON;
}

// The statuses in "404 500 503" of a -s option.
static const struct statuses *read_statuses(struct nginx_config *config, Str list)
{
    struct statuses *set = ARENA_NEW(config->model->arena, struct statuses);
    for (Str rest = list, item; rest.len;) {
        uint32_t status;
        if (!str_cut(rest, STR(" "), &item, &rest)) {
            item = rest;
            rest = (Str){ 0 };
        }
        if (str_number(item, 999, &status))
            set->bits[status / 64] |= UINT64_C(1) << (status % 64);
    }
    return set;
}

static void add_more(struct nginx_config *config, struct block *block, struct header_line line,
                     bool typed, uint64_t identity)
{
    if (typed) { // only for some content types, which the configuration does not tell
        line.verb = HEADER_UNKNOWN;
        line.identity = identity;
        line.value = (struct template){ .span = line.span };
    }
    *vec_push(config->model->arena, &block->more) = line;
}

void read_more_headers(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    bool clears = conf_is(conf, "more_clear_headers");
    const struct statuses *statuses = NULL;
    bool typed = false;
    for (uint32_t i = 1; i < conf->n_words; i++) {
        Str word = conf->words[i].text;
        if (str_is(word, "-s") && i + 1 < conf->n_words) {
            statuses = read_statuses(config, conf->words[++i].text);
            continue;
        }
        if (str_is(word, "-t") && i + 1 < conf->n_words) {
            typed = true;
            i++;
            continue;
        }
        Str name = word, text = { 0 };
        (void)str_cut(word, STR(":"), &name, &text);
        add_more(config, block,
                 (struct header_line){
                     .verb = clears ? HEADER_CLEAR : HEADER_SET,
                     .name = str_trim(name),
                     .value = template_parse(config->model, str_trim(text), conf->words[i].span),
                     .statuses = statuses,
                     .span = conf->head,
                 },
                 typed, conf->hash);
    }
}

void read_hidden(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    *vec_push(config->model->arena, &block->hidden[family_of(conf)]) =
        (struct conf_word){ .text = conf_word(conf, 1), .span = conf->head };
    if (str_ends(conf_word(conf, 1), STR("*")))
        config_remark(
            config, "CG507", conf->head,
            str_format(config->model->arena,
                       "%.*s takes no wildcard: it hides a header that is really named %.*s",
                       STR_ARG(conf_word(conf, 0)), STR_ARG(conf_word(conf, 1))));
}

void read_passed(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    *vec_push(config->model->arena, &block->passed[family_of(conf)]) =
        (struct conf_word){ .text = conf_word(conf, 1), .span = conf->head };
}

void add_unknown_headers(struct nginx_config *config, struct block *block, const struct conf *conf,
                         Str reason)
{
    struct template_part *part = ARENA_NEW(config->model->arena, struct template_part);
    part->text = reason;
    *vec_push(config->model->arena, &block->unknown_headers) = (struct header_line){
        .verb = HEADER_UNKNOWN,
        .value = { part, 1, conf->head },
        .span = conf->head,
        .identity = code_identity(config, conf),
    };
}

void read_unknown_headers(struct nginx_config *config, struct block *block, const struct conf *conf,
                          const char *what)
{
    Str reason = str_format(config->model->arena, "%s may set or remove any header", what);
    add_unknown_headers(config, block, conf, reason);
    config_unknown(config, conf->head, reason, code_identity(config, conf));
}

void read_header_code(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    read_unknown_headers(config, block, conf, "this code");
}
