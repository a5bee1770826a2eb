// _headers as Cloudflare Pages and Workers read it.
#include "dialect/static_headers/static_sites.h"

#include "base/buf.h"
#include "dialect/routes.h"

#include <ctype.h>

enum { LINE_MAX_LENGTH = 2000, RULES_MAX = 100 };

static bool is_path_line(Str line)
{
    Str head, tail, blank;
    if (line.ptr[0] == '/')
        return true;
    if (!str_cut(line, STR("://"), &head, &tail) || !head.len)
        return false;
    return !str_cut(head, STR(" "), &blank, &tail) && !str_cut(head, STR("\t"), &blank, &tail);
}

static size_t name_length(Str text) // of a placeholder that stands at the front; 0: none does
{
    size_t len = 1;
    if (text.len < 2 || text.ptr[0] != ':' || !isalpha((unsigned char)text.ptr[1]))
        return 0;
    while (len < text.len && (isalnum((unsigned char)text.ptr[len]) || text.ptr[len] == '_'))
        len++;
    return len;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// The whole of a host or a path; "*" is the group "splat".
static const struct pattern *compile(struct model *model, Str text, const char *placeholder)
{
    struct buf out = { .arena = model->arena };
    for (size_t i = 0; i < text.len;) {
        Str rest = str_slice(text, i, text.len);
        size_t name = name_length(rest);
        if (name) {
            buf_addf(&out, "(?<%.*s>%s)", (int)name - 1, rest.ptr + 1, placeholder);
            i += name;
        } else if (rest.ptr[0] == '*') {
            buf_add_text(&out, "(?<splat>[\\s\\S]*)");
            i++;
        } else if (rest.len > 2 && rest.ptr[0] == '%' && hex(rest.ptr[1]) >= 0 &&
                   hex(rest.ptr[2]) >= 0) {
            buf_addf(&out, "\\x%.2s", rest.ptr + 1);
            i += 3;
        } else {
            buf_add(&out, static_escape(model->arena, str_slice(rest, 0, 1)));
            i++;
        }
    }
    return static_pattern(model, buf_str(&out));
}

// A value, with what the placeholders of the rule captured in it.
static const struct value *substitute(struct model *model, Str text, const struct pattern *host,
                                      const struct pattern *path)
{
    const struct value *out = value_text(model, STR(""));
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t name = name_length(str_slice(text, i, text.len));
        Str group_name = str_slice(text, i + 1, i + name);
        uint32_t group;
        const struct value *captured = NULL;
        if (!name)
            continue;
        if (path->result.regex && regex_group_find(path->result.regex, group_name, &group))
            captured = value_capture(model, path, group, value_var(model, model->path));
        else if (host && host->result.regex &&
                 regex_group_find(host->result.regex, group_name, &group))
            captured = value_capture(model, host, group, value_var(model, model->host));
        if (!captured)
            continue;
        out = value_concat(model, out, value_text(model, str_slice(text, from, i)));
        out = value_concat(model, out, captured);
        from = i + name;
        i = from - 1;
    }
    return value_concat(model, out, value_text(model, str_slice(text, from, text.len)));
}

// ---- rules

struct reader {
    struct headers_file *file;
    struct static_rules *out;
    struct static_rule rule;
    const struct pattern *host, *path;
    bool is_open; // lines go to `rule`
    bool is_lost; // the path line before was rejected
    bool has_any; // the rule holds a line
    struct {
        VEC(struct static_header) list;
    } removed; // those of a rule go first
    Str key;   // of the rule: its line
    struct {
        VEC(Str) list;
    } keys; // of the rules in `out`
};

static uint32_t count_of(Str text, char c)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == c;
    return count;
}

static bool repeats_a_name(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t name = name_length(str_slice(text, i, text.len));
        for (size_t k = i + name; name && k < text.len; k++) {
            size_t other = name_length(str_slice(text, k, text.len));
            if (other && str_equal(str_slice(text, i, i + name), str_slice(text, k, k + other)))
                return true;
        }
    }
    return false;
}

static void reject(struct reader *reader, Span span, const char *why)
{
    struct headers_file *file = reader->file;
    reader->is_open = false;
    reader->is_lost = true;
    static_remark(file->policy, "CG507", span,
                  str_format(file->model->arena,
                             "Cloudflare takes this line for a path and rejects it (%s), and "
                             "drops what follows up to the next path",
                             why));
}

// The rules are kept by path: a second one of a path takes the place of the first.
static void close_rule(struct reader *reader)
{
    struct headers_file *file = reader->file;
    struct arena *arena = file->model->arena;
    if (!reader->is_open || !reader->has_any)
        return;
    struct static_list all = { 0 };
    for (uint32_t i = 0; i < reader->removed.list.count; i++)
        *vec_push(arena, &all) = reader->removed.list.items[i];
    for (uint32_t i = 0; i < reader->rule.headers.count; i++)
        *vec_push(arena, &all) = reader->rule.headers.items[i];
    reader->rule.headers = all;
    for (uint32_t i = 0; i < reader->out->count; i++) {
        struct static_rule *old = &reader->out->items[i];
        if (!str_equal(reader->keys.list.items[i], reader->key))
            continue;
        static_remark(file->policy, "CG507", old->span,
                      str_format(arena,
                                 "%.*s is written twice: the second one takes the place of this "
                                 "one, whose headers are not sent",
                                 STR_ARG(old->path)));
        *old = reader->rule;
        return;
    }
    *vec_push(arena, reader->out) = reader->rule;
    *vec_push(arena, &reader->keys.list) = reader->key;
}

// The host of a rule as routes write it: a name, or "*.name" for a placeholder as its first label.
// Others have none: their language says what they match.
static Str route_host_of(struct arena *arena, Str host)
{
    size_t name = name_length(host);
    Str rest = str_slice(host, name, host.len);
    if (str_contains(rest, STR("*")) || str_contains(rest, STR(":")))
        return STR("");
    if (!name)
        return host;
    return str_starts(rest, STR(".")) ? str_concat(arena, STR("*"), rest) : STR("");
}

static void open_rule(struct reader *reader, const struct headers_line *line)
{
    struct model *model = reader->file->model;
    Str text = line->text, host = { 0 }, path = text, rest, port;
    reader->is_open = reader->has_any = reader->is_lost = false;
    reader->removed.list.count = 0;
    reader->host = NULL;
    if (str_eat(&text, STR("https://"))) {
        if (!str_cut(text, STR("/"), &host, &rest)) {
            host = text;
            path = STR("/");
        } else {
            path = (Str){ rest.ptr - 1, rest.len + 1 };
        }
        size_t colon = host.len;
        while (colon && isdigit((unsigned char)host.ptr[colon - 1]))
            colon--;
        port = str_slice(host, colon, host.len);
        if (!host.len || (port.len && colon && host.ptr[colon - 1] == ':')) {
            reject(reader, line->span, host.len ? "a port is not allowed" : "there is no host");
            return;
        }
    } else if (text.ptr[0] != '/') {
        reject(reader, line->span, "it begins with neither / nor https://");
        return;
    }
    if (str_cut(path, STR("?"), &rest, &port) || str_cut(path, STR("#"), &rest, &port))
        path = rest;
    reader->path = compile(model, path, "[^/]+");
    if (host.len)
        reader->host = compile(model, str_lower(model->arena, host), "[^/.]+");
    Str written = route_host_of(model->arena, host);
    const struct fa *hosts = NULL;
    if (host.len)
        hosts = written.len ? route_host(model, written, WILD_ONE) : reader->host->result.language;
    reader->is_open = true;
    reader->key = str_concat(model->arena, host, path);
    reader->rule = (struct static_rule){
        .host = written,
        .path = path,
        .match = !count_of(path, '*') && !str_contains(path, STR("/:")) ? MATCH_EXACT : MATCH_GLOB,
        .hosts = hosts,
        .paths = reader->path->result.language,
        .span = line->span,
    };
    if (count_of(host, '*') + count_of(path, '*') > 1 || repeats_a_name(line->text)) {
        static_remark(reader->file->policy, "CG507", line->span,
                      str_format(model->arena, "Cloudflare drops this rule: %s",
                                 repeats_a_name(line->text) ? "a placeholder stands in it twice"
                                                            : "there is more than one * in it"));
        reader->rule.paths = fa_none(model->fa);
    }
}

static void read_header(struct reader *reader, const struct headers_line *line)
{
    struct headers_file *file = reader->file;
    struct model *model = file->model;
    Str name, value, text = line->text;
    if (!str_cut(text, STR(":"), &name, &value)) {
        if (reader->is_open && str_eat(&text, STR("! "))) {
            reader->has_any = true;
            if (static_header_counts(text))
                *vec_push(model->arena, &reader->removed.list) =
                    (struct static_header){ text, NULL, line->span };
        }
        return;
    }
    name = str_trim(name);
    value = str_trim(value);
    if (!reader->is_open || str_contains(name, STR(" ")) || !name.len || !value.len) {
        if (static_header_counts(name) && !reader->is_lost)
            static_remark(file->policy, "CG507", line->span,
                          STR("Cloudflare drops this line: no path stands before it, or it has no "
                              "value"));
        return;
    }
    reader->has_any = true;
    static_rule_add(model, &reader->rule, name,
                    substitute(model, value, reader->host, reader->path), true, line->span);
}

void cloudflare_rules(struct headers_file *file, struct static_rules *out)
{
    struct reader reader = { .file = file, .out = out };
    for (uint32_t i = 0; i < file->lines->count; i++) {
        const struct headers_line *line = &file->lines->items[i];
        if (line->text.len > LINE_MAX_LENGTH)
            continue;
        if (!is_path_line(line->text)) {
            read_header(&reader, line);
            continue;
        }
        if (out->count >= RULES_MAX) {
            static_remark(file->policy, "CG507", line->span,
                          STR("Cloudflare reads 100 rules and drops this one and all behind it"));
            break;
        }
        close_rule(&reader);
        open_rule(&reader, line);
    }
    close_rule(&reader);
}
