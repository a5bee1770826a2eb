// The handlers of directives whose arguments are chosen from a list.
#include "dialect/nginx/validate.h"

static const struct choice {
    const char *name;
    const char *words; // with a space between them; case does not count
    uint32_t from, to; // the arguments that are chosen from it
} choices[] = {
    { "satisfy", "all any", 1, 1 },
    { "server_tokens", "on off build", 1, 1 },
    { "if_modified_since", "off exact before", 1, 1 },
    { "proxy_http_version", "1.0 1.1 2", 1, 1 },
    { "gzip_http_version", "1.0 1.1", 1, 1 },
    { "gzip_static", "on off always", 1, 1 },
    { "gunzip", "on off", 1, 1 },
    { "lingering_close", "off on always", 1, 1 },
    { "autoindex_format", "html json jsonp xml", 1, 1 },
    { "client_body_in_file_only", "off on clean", 1, 1 },
    { "disable_symlinks", "off on if_not_owner", 1, 1 },
    { "ssl_verify_client", "off on optional optional_no_ca", 1, 1 },
    { "ssl_ocsp", "off on leaf", 1, 1 },
    { "limit_req_log_level", "info notice warn error", 1, 1 },
    { "limit_conn_log_level", "info notice warn error", 1, 1 },
    { "use", "epoll poll select kqueue eventport /dev/poll", 1, 1 },
    { "add_header_inherit", "on off merge", 1, 1 },
    { "add_trailer_inherit", "on off merge", 1, 1 },
    { "aio", "on off threads", 1, 1 },
    { "keepalive_disable", "none msie6 safari", 1, UINT32_MAX },
    { "ssl_protocols", "SSLv2 SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", 1, UINT32_MAX },
    { "gzip_proxied", "off expired no-cache no-store private no_last_modified no_etag auth any", 1,
      UINT32_MAX },
    { "proxy_next_upstream",
      "error timeout invalid_header non_idempotent updating off http_500 http_502 http_503 "
      "http_504 "
      "http_403 http_404 http_429",
      1, UINT32_MAX },
    { "proxy_cache_use_stale",
      "error timeout invalid_header updating off http_500 http_502 http_503 http_504 http_403 "
      "http_404 http_429",
      1, UINT32_MAX },
    { "proxy_ignore_headers",
      "X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset "
      "Expires Cache-Control Set-Cookie Vary",
      1, UINT32_MAX },
    { "error_log",
      "debug info notice warn error crit alert emerg debug_core debug_alloc debug_mutex "
      "debug_event debug_http debug_mail debug_stream",
      2, UINT32_MAX },
};

static bool is_one(Str text, Str words)
{
    for (Str word = words; words.len; word = words) {
        if (!str_cut(words, STR(" "), &word, &words))
            words = STR("");
        if (str_equal_nocase(text, word))
            return true;
    }
    return false;
}

static bool check_choice(struct validate *validate, const struct conf *conf,
                         const struct scope *scope)
{
    (void)scope;
    const struct choice *choice = choices;
    while (!conf_is(conf, choice->name))
        choice++;
    for (uint32_t i = choice->from; i < conf->n_words && i <= choice->to; i++) {
        Str text = conf->words[i].text;
        if (conf_is(conf, "aio") && str_starts(text, STR("threads=")))
            continue; // with the name of a pool
        if (!is_one(text, str_from(choice->words)))
            return refuse(validate, conf->words[i].span, "\"%.*s\" is none of: %s", STR_ARG(text),
                          choice->words);
    }
    return true;
}

const struct handler *handler_of_choice(Str name)
{
    static const struct handler handler = { "", check_choice };
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (str_is(name, choices[i].name))
            return &handler;
    return NULL;
}
