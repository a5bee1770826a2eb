#include "dialect/nginx/statements.h"

#include "base/hash.h"
#include "dialect/nginx/directives.h"

#include <stdlib.h>
#include <string.h>

static const struct kind nginx_expression = { "CG903", LEVEL_WARNING,
                                              "this regular expression is too large" };

struct block *block_new(struct nginx_config *config, enum block_kind kind,
                        const struct block *parent, const struct conf *conf)
{
    struct block *block = ARENA_NEW(config->model->arena, struct block);
    block->kind = kind;
    block->parent = parent;
    block->span = conf->head;
    block->hash = conf->hash;
    for (size_t i = 0; i < FAMILIES; i++)
        block->intercept_errors[i] = -1;
    block->passes_headers = block->recursive_error_pages = block->autoindex = -1;
    block->merge_slashes = block->gzip = block->gzip_vary = -1;
    return block;
}

struct template argument(struct nginx_config *config, const struct conf *conf, uint32_t number)
{
    if (number >= conf->n_words)
        return (struct template){ .span = conf->head };
    return template_parse(config->model, conf->words[number].text, conf->words[number].span);
}

void config_note(struct nginx_config *config, Span span)
{
    const struct conf *reading = config->reading;
    config->notes++;
    if (reading && (span.file != reading->span.file || span.begin < reading->span.begin ||
                    span.end > reading->span.end))
        config->is_clouded = true;
}

static uint64_t unknown_hash(Span span, Str reason)
{
    return hash_str(hash_u64(hash_u64(HASH_SEED, span.file), span.begin), reason);
}

// Whether the policy has it. What other main files added meanwhile counts, too.
static bool unknown_is_noted(struct nginx_config *config, Span span, Str reason)
{
    const struct policy *policy = config->policy;
    for (; config->unknown_count < policy->unknown_count; config->unknown_count++) {
        struct unknown *copy = ARENA_NEW(config->model->arena, struct unknown);
        *copy = policy->unknowns[config->unknown_count];
        map_add(config->model->arena, &config->unknowns, unknown_hash(copy->span, copy->reason),
                copy);
    }
    const struct unknown *known;
    for (uint32_t i = 0; (known = map_next(&config->unknowns, unknown_hash(span, reason), &i));)
        if (known->span.file == span.file && known->span.begin == span.begin &&
            str_equal(known->reason, reason))
            return true;
    return false;
}

void config_unknown(struct nginx_config *config, Span span, Str reason, uint64_t identity)
{
    config_note(config, span);
    if (!unknown_is_noted(config, span, reason))
        policy_add_unknown(config->policy, (struct unknown){ span, reason, identity });
}

void config_remark(struct nginx_config *config, const char *rule, Span span, Str message)
{
    config->notes++;
    policy_add_remark(config->policy,
                      (struct remark){ .rule = rule, .span = span, .message = message });
}

const struct pattern *nginx_pattern(struct nginx_config *config, Str text, bool caseless, Span span)
{
    const struct pattern *pattern =
        model_pattern(config->model, text, REGEX_PCRE2, caseless ? REGEX_CASELESS : 0);
    const struct regex_result *result = &pattern->result;
    if (result->status == REGEX_TOO_LARGE)
        (void)diag(config->model->run, &nginx_expression, span);
    if (result->status == REGEX_IRREGULAR || result->status == REGEX_TOO_LARGE)
        config_unknown(config, span,
                       str_format(config->model->arena,
                                  "what the regular expression \"%.*s\" matches: %s", STR_ARG(text),
                                  result->why),
                       hash_str(HASH_SEED, text));
    return pattern;
}

// ---- access

static void read_rule(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    *vec_push(config->model->arena, &block->rules) = (struct address_rule){
        .allow = conf_is(conf, "allow"),
        .all = str_is(conf_word(conf, 1), "all"),
        .text = conf_word(conf, 1),
    };
}

static void read_auth_basic(struct nginx_config *config, struct block *block,
                            const struct conf *conf)
{
    block->has_auth_basic = true;
    block->auth_basic = argument(config, conf, 1);
    block->auth_span = conf->head;
}

static void read_auth_request(struct nginx_config *config, struct block *block,
                              const struct conf *conf)
{
    (void)config;
    block->has_auth_request = true;
    block->auth_request = str_is(conf_word(conf, 1), "off") ? STR("") : conf_word(conf, 1);
    block->auth_span = conf->head;
}

static void read_satisfy(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    (void)config;
    block->has_satisfy = true;
    block->satisfy_any = str_is(conf_word(conf, 1), "any");
}

static void read_limit_except(struct nginx_config *config, struct block *block,
                              const struct conf *conf)
{
    struct model *model = config->model;
    struct block *child = block_new(config, BLOCK_LIMIT_EXCEPT, block, conf);
    Str *methods = ARENA_ARRAY(model->arena, Str, conf->n_words + 1);
    uint32_t count = 0;
    for (uint32_t i = 1; i < conf->n_words; i++) {
        methods[count] = str_lower(model->arena, conf->words[i].text);
        for (size_t k = 0; k < methods[count].len; k++) {
            char *c = (char *)(uintptr_t)&methods[count].ptr[k];
            *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        }
        if (str_is(methods[count++], "GET"))
            methods[count++] = STR("HEAD");
    }
    for (uint32_t i = 0; i < conf->n_children; i++)
        statement_read(config, child, &conf->children[i]);
    block->limit_except = child;
    block->limit_methods = fa_literals(model->fa, methods, count);
}

// ---- errors, files

static void read_error_page(struct nginx_config *config, struct block *block,
                            const struct conf *conf)
{
    uint32_t last = conf->n_words - 1;
    if (conf->n_words < 3)
        return;
    int32_t overwrite = -1;
    uint32_t codes = last;
    Str word = conf_word(conf, last - 1);
    if (str_eat(&word, STR("="))) {
        uint32_t status = 0;
        (void)str_number(word, 999, &status);
        overwrite = (int32_t)status;
        codes = last - 1;
    }
    for (uint32_t i = 1; i < codes; i++) {
        uint32_t status;
        if (str_number(conf_word(conf, i), 599, &status))
            *vec_push(config->model->arena, &block->error_pages) = (struct error_page){
                .status = status,
                .overwrite = overwrite,
                .target = argument(config, conf, last),
                .span = conf->head,
            };
    }
}

static void read_flag(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    (void)config;
    static const struct flag {
        const char *name;
        size_t offset;
    } flags[] = {
        { "autoindex", offsetof(struct block, autoindex) },
        { "gzip", offsetof(struct block, gzip) },
        { "gzip_vary", offsetof(struct block, gzip_vary) },
        { "merge_slashes", offsetof(struct block, merge_slashes) },
        { "proxy_pass_request_headers", offsetof(struct block, passes_headers) },
        { "recursive_error_pages", offsetof(struct block, recursive_error_pages) },
    };
    size_t offset = offsetof(struct block, intercept_errors) + family_of(conf);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (conf_is(conf, flags[i].name))
            offset = flags[i].offset;
    int8_t *flag = (int8_t *)((char *)block + offset);
    *flag = str_is_nocase(conf_word(conf, 1), "on");
}

static void read_root(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    block->has_root = true;
    block->is_alias = conf_is(conf, "alias");
    block->root = argument(config, conf, 1);
}

static void read_index(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    for (uint32_t i = 1; i < conf->n_words; i++)
        *vec_push(config->model->arena, &block->index) = argument(config, conf, i);
}

static void read_try_files(struct nginx_config *config, struct block *block,
                           const struct conf *conf)
{
    block->try_span = conf->head;
    for (uint32_t i = 1; i < conf->n_words; i++)
        *vec_push(config->model->arena, &block->try_files) = argument(config, conf, i);
}

// ---- what answers

static void read_own_content(struct nginx_config *config, struct block *block,
                             const struct conf *conf)
{
    (void)config;
    block->handler = conf_is(conf, "empty_gif") ? HANDLER_EMPTY_GIF : HANDLER_STATUS;
    block->handler_span = conf->head;
}

static void read_code_content(struct nginx_config *config, struct block *block,
                              const struct conf *conf)
{
    block->handler = HANDLER_UNKNOWN;
    block->handler_span = conf->head;
    block->handler_identity = code_identity(config, conf);
    config_unknown(config, conf->head, STR("what this code answers"), block->handler_identity);
}

static void read_code_flow(struct nginx_config *config, struct block *block,
                           const struct conf *conf)
{
    block->unknown_flow = "whether this code lets the request pass";
    block->unknown_flow_span = conf->head;
    block->flow_identity = code_identity(config, conf);
    read_unknown_headers(config, block, conf, "this code");
}

static void read_computed(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    (void)block;
    computed_read(config, conf);
}

static void read_unknown_variable(struct nginx_config *config, struct block *block,
                                  const struct conf *conf)
{
    (void)block;
    Str name = conf_word(conf, 1);
    if (str_eat(&name, STR("$")))
        computed_unknown(config, name, "is computed by code or by a subrequest", conf);
}

static void read_internal(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    (void)config;
    (void)conf;
    block->internal = true;
}

// An include that the loader could not resolve.
static void read_include(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    if (block->kind == BLOCK_HTTP)
        config_unknown(config, conf->head, STR("what this include brings"), conf->hash);
    else
        read_unknown_headers(config, block, conf, "what this include brings");
}

static void read_rewrite(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    rewrite_read(config, block, &block->steps, conf);
}

// ---- servers and locations

// What only a controller writes (rendered.h): no nginx takes such a location.
static bool read_doubt(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    Str mark = conf_word(conf, 1), text = conf_word(conf, 2);
    bool unknown = str_is(mark, "!"), other = str_is(mark, "?");
    if (!config->rendered || conf->n_words != 4 || (!unknown && !other))
        return false;
    block->doubt_identity = hash_str(HASH_SEED, conf_word(conf, 3));
    if (unknown) {
        block->unknown_answer = text;
        block->unknown_flow_span = conf->head;
        return true;
    }
    struct block *location = block_new(config, BLOCK_LOCATION, block->parent, conf);
    for (uint32_t i = 0; i < conf->n_children; i++)
        statement_read(config, location, &conf->children[i]);
    block->doubt = text;
    block->otherwise = location;
    return true;
}

static void read_location(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    if (read_doubt(config, block, conf))
        return;
    struct block *location = block_new(config, BLOCK_LOCATION, block, conf);
    static const struct prefix {
        const char *text;
        enum modifier modifier;
        bool caseless;
    } prefixes[] = {
        // longest first
        { "~*", LOCATION_REGEX, true }, { "^~", LOCATION_PREFIX_FINAL, false },
        { "~", LOCATION_REGEX, false }, { "=", LOCATION_EXACT, false },
        { "@", LOCATION_NAMED, false },
    };
    bool two = conf->n_words > 2;
    Str mark = conf_word(conf, 1), path = conf_word(conf, two ? 2 : 1);
    bool caseless = false;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        Str prefix = str_from(prefixes[i].text);
        if (two ? !str_equal(mark, prefix) : !str_starts(mark, prefix))
            continue;
        location->modifier = prefixes[i].modifier;
        caseless = prefixes[i].caseless;
        if (!two)
            path = str_slice(mark, prefix.len, mark.len);
        break;
    }
    location->path = path;
    if (config->rendered && two && str_is(mark, "=/")) {
        location->takes_bare = true;
        location->path = str_concat(config->model->arena, path, STR("/"));
    }
    if (location->modifier == LOCATION_REGEX)
        location->pattern =
            nginx_pattern(config, path, caseless, conf->words[conf->n_words - 1].span);
    location->unknown_match =
        str_format(config->model->arena, "whether location %.*s serves this", STR_ARG(path));
    for (uint32_t i = 0; i < conf->n_children; i++)
        statement_read(config, location, &conf->children[i]);
    *vec_push(config->model->arena, &block->locations) = location;
}

static void read_server_name(struct nginx_config *config, struct block *block,
                             const struct conf *conf)
{
    for (uint32_t i = 1; i < conf->n_words; i++)
        *vec_push(config->model->arena, &block->names) = conf->words[i].text;
}

static void read_listen(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    struct listen listen = { .address = STR("*"), .port = 80 };
    Str where = conf_word(conf, 1), address, port;
    if (str_starts(where, STR("unix:"))) {
        listen.address = where;
        listen.port = 0;
    } else if (!str_number(where, 65535, &listen.port)) {
        size_t colon = where.len; // behind the last one that is not inside [...]
        while (colon > 0 && where.ptr[colon - 1] != ':' && where.ptr[colon - 1] != ']')
            colon--;
        bool has_port = colon > 0 && where.ptr[colon - 1] == ':';
        address = has_port ? str_slice(where, 0, colon - 1) : where;
        port = has_port ? str_slice(where, colon, where.len) : (Str){ 0 };
        if (has_port)
            (void)str_number(port, 65535, &listen.port);
        bool any = str_is(address, "*") || str_is(address, "0.0.0.0") || str_is(address, "[::]");
        listen.address = any ? STR("*") : address;
    }
    for (uint32_t i = 2; i < conf->n_words; i++) {
        Str word = conf->words[i].text;
        listen.is_default |= str_is(word, "default_server") || str_is(word, "default");
        listen.tls |= str_is(word, "ssl") || str_is(word, "quic");
    }
    for (uint32_t i = 0; i < block->listens.count; i++) {
        struct listen *known = &block->listens.items[i];
        if (known->port == listen.port && str_equal(known->address, listen.address)) {
            known->is_default |= listen.is_default; // [::]:80 beside 80: one listener here
            known->tls |= listen.tls;
            return;
        }
    }
    *vec_push(config->model->arena, &block->listens) = listen;
}

static const struct statement {
    const char *name;
    void (*read)(struct nginx_config *config, struct block *block, const struct conf *conf);
} statements[] = {
    // sorted by name
    { "access_by_lua", read_code_flow },
    { "access_by_lua_block", read_code_flow },
    { "access_by_lua_file", read_code_flow },
    { "add_header", read_add_header },
    { "add_header_inherit", read_adds_mode },
    { "alias", read_root },
    { "allow", read_rule },
    { "auth_basic", read_auth_basic },
    { "auth_request", read_auth_request },
    { "auth_request_set", read_unknown_variable },
    { "autoindex", read_flag },
    { "break", read_rewrite },
    { "content_by_lua", read_code_content },
    { "content_by_lua_block", read_code_content },
    { "content_by_lua_file", read_code_content },
    { "deny", read_rule },
    { "empty_gif", read_own_content },
    { "error_page", read_error_page },
    { "fastcgi_buffering", read_caching },
    { "fastcgi_cache", read_caching },
    { "fastcgi_cache_bypass", read_caching },
    { "fastcgi_cache_key", read_caching },
    { "fastcgi_cache_methods", read_caching },
    { "fastcgi_cache_valid", read_caching },
    { "fastcgi_hide_header", read_hidden },
    { "fastcgi_ignore_headers", read_caching },
    { "fastcgi_intercept_errors", read_flag },
    { "fastcgi_no_cache", read_caching },
    { "fastcgi_param", read_param },
    { "fastcgi_pass", read_pass },
    { "fastcgi_pass_header", read_passed },
    { "geo", read_computed },
    { "grpc_hide_header", read_hidden },
    { "grpc_intercept_errors", read_flag },
    { "grpc_pass", read_pass },
    { "grpc_pass_header", read_passed },
    { "grpc_set_header", read_sent_header },
    { "gzip", read_flag },
    { "gzip_vary", read_flag },
    { "header_filter_by_lua", read_header_code },
    { "header_filter_by_lua_block", read_header_code },
    { "header_filter_by_lua_file", read_header_code },
    { "if", read_rewrite },
    { "include", read_include },
    { "index", read_index },
    { "internal", read_internal },
    { "js_content", read_code_content },
    { "js_header_filter", read_header_code },
    { "js_set", read_unknown_variable },
    { "js_var", read_unknown_variable },
    { "limit_except", read_limit_except },
    { "listen", read_listen },
    { "location", read_location },
    { "map", read_computed },
    { "memcached_pass", read_pass },
    { "merge_slashes", read_flag },
    { "more_clear_headers", read_more_headers },
    { "more_set_headers", read_more_headers },
    { "perl", read_code_content },
    { "perl_set", read_unknown_variable },
    { "proxy_buffering", read_caching },
    { "proxy_cache", read_caching },
    { "proxy_cache_bypass", read_caching },
    { "proxy_cache_key", read_caching },
    { "proxy_cache_methods", read_caching },
    { "proxy_cache_valid", read_caching },
    { "proxy_hide_header", read_hidden },
    { "proxy_ignore_headers", read_caching },
    { "proxy_intercept_errors", read_flag },
    { "proxy_method", read_method },
    { "proxy_no_cache", read_caching },
    { "proxy_pass", read_pass },
    { "proxy_pass_header", read_passed },
    { "proxy_pass_request_headers", read_flag },
    { "proxy_set_header", read_sent_header },
    { "recursive_error_pages", read_flag },
    { "return", read_rewrite },
    { "rewrite", read_rewrite },
    { "rewrite_by_lua", read_code_flow },
    { "rewrite_by_lua_block", read_code_flow },
    { "rewrite_by_lua_file", read_code_flow },
    { "root", read_root },
    { "satisfy", read_satisfy },
    { "scgi_buffering", read_caching },
    { "scgi_cache", read_caching },
    { "scgi_cache_bypass", read_caching },
    { "scgi_cache_key", read_caching },
    { "scgi_cache_methods", read_caching },
    { "scgi_cache_valid", read_caching },
    { "scgi_hide_header", read_hidden },
    { "scgi_ignore_headers", read_caching },
    { "scgi_intercept_errors", read_flag },
    { "scgi_no_cache", read_caching },
    { "scgi_param", read_param },
    { "scgi_pass", read_pass },
    { "scgi_pass_header", read_passed },
    { "server_name", read_server_name },
    { "server_rewrite_by_lua_block", read_code_flow },
    { "server_rewrite_by_lua_file", read_code_flow },
    { "set", read_rewrite },
    { "set_by_lua", read_rewrite },
    { "set_by_lua_block", read_rewrite },
    { "set_by_lua_file", read_rewrite },
    { "split_clients", read_computed },
    { "stub_status", read_own_content },
    { "try_files", read_try_files },
    { "upstream", read_upstream },
    { "uwsgi_buffering", read_caching },
    { "uwsgi_cache", read_caching },
    { "uwsgi_cache_bypass", read_caching },
    { "uwsgi_cache_key", read_caching },
    { "uwsgi_cache_methods", read_caching },
    { "uwsgi_cache_valid", read_caching },
    { "uwsgi_hide_header", read_hidden },
    { "uwsgi_ignore_headers", read_caching },
    { "uwsgi_intercept_errors", read_flag },
    { "uwsgi_no_cache", read_caching },
    { "uwsgi_param", read_param },
    { "uwsgi_pass", read_pass },
    { "uwsgi_pass_header", read_passed },
};

static int compare_statement(const void *key, const void *row)
{
    return str_compare(*(const Str *)key, str_from(((const struct statement *)row)->name));
}

// Modules whose directives corsgate does not know one by one, but which leave CORS headers alone.
static bool is_harmless(Str name)
{
    static const char *const prefixes[] = {
        "vhost_traffic_status",
        "pagespeed",
        "modsecurity",
        "opentracing",
        "opentelemetry",
        "otel_",
        "zstd",
        "brotli",
        "health_check",
        "status_zone",
        "sticky",
        "push_stream",
        "upload_",
        "rtmp",
        "vod",
        "naxsi",
        "Sec",
        "datadog_",
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (str_starts(name, str_from(prefixes[i])))
            return true;
    return false;
}

void statement_read(struct nginx_config *config, struct block *block, const struct conf *conf)
{
    Str name = conf_word(conf, 0);
    const struct statement *statement =
        bsearch(&name, statements, sizeof statements / sizeof *statements, sizeof *statements,
                compare_statement);
    if (statement)
        statement->read(config, block, conf);
    else if (directive_contexts(name) == 0 && !is_harmless(name)) // validation has said so
        add_unknown_headers(
            config, block, conf,
            STR("a directive of a module that is not known may set or remove any header"));
}
