#include "dialect/nginx/forward.h"

#include "base/hash.h"

enum { MAP_DEPTH = 8 }; // maps whose source is a map, for an identity

// ---- values

static bool is_unbound_map(struct machine *machine, const struct state *state, Str name)
{
    const struct binding *bound = binding_find(state, name);
    const struct computed *computed = config_computed(machine->config, name);
    return computed && computed->kind == COMPUTED_MAP &&
           (!bound || (bound->from_map && computed->is_volatile));
}

// Whether the state has to be split before the value is known.
static bool needs_split(struct machine *machine, const struct state *state,
                        const struct template *value)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (value->parts[i].variable.len &&
            (is_unbound_map(machine, state, value->parts[i].variable) ||
             str_is(value->parts[i].variable, "is_args")))
            return true;
    return false;
}

// Of a text and all maps that it is made from.
static uint64_t text_identity(const struct nginx_config *config, const struct template *value,
                              uint32_t depth)
{
    uint64_t hash = hash_u64(HASH_SEED, value->count);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct template_part *part = &value->parts[i];
        hash = hash_str(hash_str(hash_u64(hash, part->group), part->text), part->variable);
        const struct computed *computed =
            part->variable.len ? config_computed(config, part->variable) : NULL;
        if (!computed)
            continue;
        hash = hash_u64(hash, depth ? computed->identity : config->hash);
        if (depth && computed->kind == COMPUTED_MAP)
            hash = hash_u64(hash_u64(hash, text_identity(config, &computed->source, depth - 1)),
                            text_identity(config, &computed->default_result, depth - 1));
        for (uint32_t k = 0; depth && computed->results_vary && k < computed->entries.count; k++)
            hash = hash_u64(hash, text_identity(config, &computed->entries.items[k].result, 0));
    }
    return hash;
}

// What an inner layer's answer to a page goes by: such values are worked out whatever it costs.
static bool is_about_origins(Str name)
{
    static const char *const names[] = { "host", "origin", "access-control-request-method",
                                         "access-control-request-headers" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(name, names[i]))
            return true;
    return false;
}

// ---- the target

// "http://app:8080/v1/" in its parts. The path begins with "/" or is empty.
struct address {
    Str scheme, authority;
    const struct value *path;
    bool known; // whether the authority is
};

static struct address address_of(struct model *model, const struct value *value)
{
    struct address out = { .path = value_text(model, STR("")) };
    Str text, rest;
    if (value->count == 0 || value->parts[0].kind != PART_TEXT)
        return out;
    text = value->parts[0].text;
    if (!str_cut(text, STR("://"), &out.scheme, &rest)) {
        out.scheme = STR("");
        rest = text;
    }
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    out.authority = str_slice(rest, 0, end);
    out.known = (end < rest.len || value->count == 1) && !str_starts(rest, STR("unix:"));
    out.path = value_text(model, str_slice(rest, end, rest.len));
    for (uint32_t i = 1; i < value->count; i++)
        out.path = value_concat(model, out.path, value_part(model, &value->parts[i]));
    return out;
}

// The Host header by default: without a port that is the scheme's own.
static Str proxy_host(const struct address *address)
{
    Str host = address->authority, mark = STR(":80");
    if (str_is_nocase(address->scheme, "https") || str_is_nocase(address->scheme, "grpcs"))
        mark = STR(":443");
    if (str_ends(host, mark))
        host.len -= mark.len;
    return host;
}

static const struct upstream_block *upstream_find(const struct nginx_config *config, Str name)
{
    for (uint32_t i = 0; i < config->upstreams.count; i++)
        if (str_equal_nocase(config->upstreams.items[i].name, name))
            return &config->upstreams.items[i];
    return NULL;
}

// ---- the path

// What stands behind the location's path.
static const struct value *behind_prefix(struct model *model, Str prefix, const struct value *path)
{
    Str known;
    if (value_is_text(path, &known) && str_starts(known, prefix))
        return value_text(model, str_slice(known, prefix.len, known.len));
    Str text = str_format(model->arena, "^\\Q%.*s\\E([\\s\\S]*)$", STR_ARG(prefix));
    return value_capture(model, model_pattern(model, text, REGEX_PCRE2, 0), 1, path);
}

static const struct block *location_of(const struct block *block)
{
    while (block && block->kind != BLOCK_LOCATION)
        block = block->parent;
    return block;
}

// The path that a written URI begins with, as the next layer reads it. False when that depends on
// what comes behind it. *has_query: the path ends there.
static bool written_path(struct model *model, const struct value *uri, Str *out, bool *has_query)
{
    Str text, query;
    *out = STR("");
    if (!value_is_text(uri, &text))
        return false;
    *has_query = str_contains(text, STR("?"));
    bool cut = text.len &&
               (text.ptr[text.len - 1] == '%' || (text.len > 1 && text.ptr[text.len - 2] == '%'));
    return !cut && !str_contains(text, STR("/.")) &&
           request_normalise(model->arena, text, false, out, &query);
}

// A URI that is computed replaces all of the target. Its parts are taken as the next layer reads
// them: a "%" that was decoded here is not decoded there again.
static const struct value *computed_path(struct model *model, const struct box *box,
                                         const struct value *uri, const struct value **query)
{
    bool no_query = box_language(box, model->query) == fa_empty(model->fa);
    const struct value *out = value_text(model, STR(""));
    for (uint32_t i = 0; i < uri->count; i++) {
        const struct part *part = &uri->parts[i];
        Str head, tail;
        if (no_query && part->kind == PART_VAR && part->var == model->query)
            continue;
        bool ends = part->kind == PART_TEXT && str_cut(part->text, STR("?"), &head, &tail);
        bool of_path = part->kind == PART_TEXT ||
                       (part->kind == PART_VAR && part->var == model->path) ||
                       (part->kind == PART_CAPTURE && value_is_var(part->subject, model->path));
        if (!of_path)
            return NULL;
        if (ends) {
            const struct value *rest = value_text(model, tail);
            for (uint32_t k = i + 1; k < uri->count; k++)
                rest = value_concat(model, rest, value_part(model, &uri->parts[k]));
            *query = value_is_var(rest, model->query) ? NULL : rest;
            return value_concat(model, out, value_text(model, head));
        }
        out = value_concat(model, out, value_part(model, part));
    }
    *query = value_text(model, STR(""));
    return out;
}

static void set_path(struct machine *machine, const struct state *state, const struct block *from,
                     const struct value *uri, bool is_computed, struct forward *out)
{
    struct model *model = machine->model;
    const struct block *location = location_of(from);
    bool as_it_came = value_is_var(state->path, model->path), has_query;
    Str text;
    if (uri->count == 0 || (state->path_broken && !is_computed)) {
        // a path that code changed is sent whole, unless a location was found for it
        out->path = as_it_came ? NULL : state->path;
        return;
    }
    if (is_computed && value_is_var(uri, model->target))
        return;
    uint64_t identity = hash_u64(value_hash(uri), value_hash(state->path));
    const struct value *unknown =
        value_unknown(model, STR("the path that is passed on"), identity, from->handler_span);
    out->path = unknown;
    if (is_computed) {
        const struct value *path = computed_path(model, state->box, uri, &out->query);
        out->path = path ? path : unknown;
        if (!path)
            out->query = unknown;
        return;
    }
    bool is_prefix = location && (location->modifier == LOCATION_PREFIX ||
                                  location->modifier == LOCATION_PREFIX_FINAL ||
                                  location->modifier == LOCATION_EXACT);
    if (!is_prefix || !written_path(model, uri, &text, &has_query) ||
        str_contains(location->path, STR("\\E")))
        return;
    out->path = value_text(model, text);
    if (has_query) // what is left of the path goes behind the query
        out->query = unknown;
    else
        out->path =
            value_concat(model, out->path, behind_prefix(model, location->path, state->path));
}

// ---- headers

static const struct sent_lines *sent_lines(const struct block *block, enum family family)
{
    while (block && !block->sent[family].count)
        block = block->parent;
    return block ? &block->sent[family] : NULL;
}

// A header that is there already is sent again, unless one of the two is empty: which of them
// counts is the next layer's business.
static const struct value *joined(struct model *model, const struct value *before,
                                  const struct value *value, Span span)
{
    if (!before || before->count == 0)
        return value;
    if (value->count == 0)
        return before;
    return value_unknown(model, STR("a header that is passed on twice"),
                         hash_u64(value_hash(before), value_hash(value)), span);
}

static const struct forward *with_header(struct model *model, const struct forward *from,
                                         const struct sent_line *line, const struct value *value,
                                         bool *has_host, bool *two_hosts)
{
    struct forward *out = ARENA_NEW(model->arena, struct forward);
    *out = *from;
    if (str_is(line->name, "host")) {
        const struct value *before = *has_host && from->host->count ? from->host : NULL;
        out->host = before && !value->count ? before : value;
        *two_hosts |= before && value->count;
        *has_host = true;
        return out;
    }
    struct forwarded_header *headers =
        ARENA_ARRAY(model->arena, struct forwarded_header, from->header_count + 1);
    uint32_t at = 0;
    for (uint32_t h = 0; h < from->header_count; h++)
        headers[h] = from->headers[h];
    while (at < from->header_count && !str_equal(headers[at].name, line->name))
        at++;
    const struct value *before = at < from->header_count ? headers[at].value : NULL;
    headers[at] = (struct forwarded_header){ line->name, joined(model, before, value, line->span) };
    out->header_count += at == from->header_count;
    out->headers = headers;
    return out;
}

// One header more, in every state that its value splits into.
static void add_header(struct machine *machine, const struct sent_line *line,
                       const struct value *default_host, bool *has_host, struct passed_ons *list)
{
    struct model *model = machine->model;
    struct passed_ons next = { 0 };
    bool had_host = *has_host;
    bool is_default = line->value.count == 1 && str_is(line->value.parts[0].variable, "proxy_host");
    for (uint32_t i = 0; i < list->count; i++) {
        const struct passed_on *one = &list->items[i];
        struct evaluations values = { 0 };
        bool splits = needs_split(machine, &one->state, &line->value);
        struct evaluation plain = { .state = one->state };
        if (splits && is_about_origins(line->name)) {
            evaluate(machine, &one->state, &line->value, &values);
        } else {
            plain.value =
                is_default ? default_host
                : splits   ? value_unknown(model, STR("a header that is passed on"),
                                           text_identity(machine->config, &line->value, MAP_DEPTH),
                                           line->span)
                           : evaluate_as_is(machine, &one->state, &line->value);
            *vec_push(machine->scratch, &values) = plain;
        }
        for (uint32_t k = 0; k < values.count; k++) {
            struct sent *sent = ARENA_NEW(model->arena, struct sent);
            bool two_hosts = one->two_hosts;
            *has_host = had_host;
            *sent = *one->sent;
            sent->forward = with_header(model, one->sent->forward, line, values.items[k].value,
                                        has_host, &two_hosts);
            *vec_push(machine->scratch, &next) =
                (struct passed_on){ values.items[k].state, sent, two_hosts };
        }
    }
    *list = next;
}

static const struct template *method_of(const struct block *block)
{
    while (block && !block->method.count)
        block = block->parent;
    return block ? &block->method : NULL;
}

static bool is_http(enum family family)
{
    return family == FAMILY_PROXY || family == FAMILY_GRPC;
}

// What is sent but for the headers that the configuration names.
static struct passed_on begin(struct machine *machine, const struct state *state,
                              const struct block *from, const struct value *target,
                              const struct value **default_host)
{
    struct model *model = machine->model;
    struct sent *sent = ARENA_NEW(model->arena, struct sent);
    struct forward *forward = ARENA_NEW(model->arena, struct forward);
    struct address address = address_of(model, target);
    Str written;
    bool is_computed = !template_is_text(&from->target, &written);
    *sent = (struct sent){ from->upstream, forward };
    *default_host = address.known ? value_text(model, proxy_host(&address))
                                  : value_unknown(model, STR("the host that is asked"),
                                                  value_hash(target), from->handler_span);
    forward->host =
        is_http(from->family) ? *default_host : value_var(model, model_header(model, STR("host")));
    if (from->family == FAMILY_PROXY)
        set_path(machine, state, from, address.path, is_computed, forward);
    else if (!value_is_var(state->path, model->path))
        forward->path = state->path;
    if (!forward->query && !value_is_var(state->args, model->query))
        forward->query = state->args;
    const struct template *method = from->family == FAMILY_PROXY ? method_of(state->cfg) : NULL;
    Str name;
    if (method)
        forward->method =
            template_is_text(method, &name)
                ? value_text(model, name)
                : value_unknown(model, STR("the method that is passed on"),
                                text_identity(machine->config, method, MAP_DEPTH), method->span);
    else if (!value_is_var(state->method, model->method))
        forward->method = state->method;
    forward->drops_others = !block_flag(state->cfg, offsetof(struct block, passes_headers), true);
    const struct upstream_block *block = upstream_find(machine->config, address.authority);
    if (block) {
        forward->servers = block->servers.items;
        forward->server_count = block->servers.count;
    } else if (is_computed && address.known) {
        Str *one = ARENA_NEW(model->arena, Str);
        bool tls = str_is_nocase(address.scheme, "https");
        *one = str_contains(address.authority, STR(":"))
                   ? address.authority
                   : str_format(model->arena, "%.*s:%s", STR_ARG(address.authority),
                                tls ? "443" : "80");
        forward->servers = one;
        forward->server_count = 1;
    }
    return (struct passed_on){ *state, sent, false };
}

void forward_find(struct machine *machine, const struct state *state, const struct block *from,
                  struct passed_ons *out)
{
    const struct sent_lines *lines = sent_lines(state->cfg, from->family);
    struct evaluations targets = { 0 };
    evaluate(machine, state, &from->target, &targets);
    for (uint32_t t = 0; t < targets.count; t++) {
        struct passed_ons list = { 0 };
        bool has_host = false;
        const struct value *default_host;
        *vec_push(machine->scratch, &list) =
            begin(machine, &targets.items[t].state, from, targets.items[t].value, &default_host);
        for (uint32_t i = 0; lines && i < lines->count; i++)
            add_header(machine, &lines->items[i], default_host, &has_host, &list);
        for (uint32_t i = 0; i < list.count; i++)
            *vec_push(machine->scratch, out) = list.items[i];
    }
}
