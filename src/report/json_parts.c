#include "report/json_parts.h"

static const char *match_name(enum match match)
{
    switch (match) {
    case MATCH_EXACT:
        return "exact";
    case MATCH_PREFIX:
        return "prefix";
    case MATCH_REGEX:
        return "regex";
    case MATCH_GLOB:
        return "glob";
    case MATCH_ANY:
        break;
    }
    return "any";
}

void json_parts_tool(struct jout *out)
{
    jout_key(out, "tool");
    jout_object(out);
    jout_key(out, "name");
    jout_text(out, "corsgate");
    jout_key(out, "version");
    jout_text(out, CORSGATE_VERSION);
    jout_object_end(out);
}

void json_parts_place_keys(struct jout *out, struct files *files, Span span)
{
    struct place place = { 0 };
    if (span.file)
        place = files_place(files, span.file, span.begin);
    jout_key(out, "file");
    if (span.file)
        jout_str(out, files_get(files, span.file)->path);
    else
        jout_null(out);
    jout_key(out, "line");
    if (span.file)
        jout_number(out, place.line);
    else
        jout_null(out);
    jout_key(out, "column");
    if (span.file)
        jout_number(out, place.column);
    else
        jout_null(out);
}

void json_parts_place(struct jout *out, struct files *files, Span span)
{
    if (span.file == 0) {
        jout_null(out);
        return;
    }
    jout_object(out);
    json_parts_place_keys(out, files, span);
    jout_object_end(out);
}

static void endpoint_object(struct jout *out, const Str *hosts, uint32_t host_count, Str path,
                            enum match match, const char *layer, Str url)
{
    jout_object(out);
    jout_key(out, "hosts");
    jout_array(out);
    for (uint32_t i = 0; i < host_count; i++)
        jout_str(out, hosts[i]);
    jout_array_end(out);
    jout_key(out, "path");
    jout_str(out, path);
    jout_key(out, "match");
    jout_text(out, match_name(match));
    jout_key(out, "layer");
    jout_text(out, layer);
    jout_key(out, "url");
    jout_str(out, url);
    jout_object_end(out);
}

void json_parts_endpoint(struct jout *out, const struct endpoint *endpoint)
{
    endpoint_object(out, endpoint->hosts, endpoint->host_count, endpoint->path, endpoint->match,
                    endpoint->layer, endpoint->url);
}

void json_parts_region(struct jout *out, const struct region *region)
{
    endpoint_object(out, region->hosts, region->host_count, region->path, region->match,
                    region->layer, region->url);
}

static void texts(struct jout *out, const char *key, const Str *items, uint32_t count)
{
    jout_key(out, key);
    jout_array(out);
    for (uint32_t i = 0; i < count; i++)
        jout_str(out, items[i]);
    jout_array_end(out);
}

void json_parts_origins(struct jout *out, const struct origins *origins)
{
    bool listed = origins->kind != ORIGINS_UNBOUNDED && origins->kind != ORIGINS_ANY;
    jout_object(out);
    jout_key(out, "kind");
    jout_text(out, origins_kind_name(origins->kind));
    jout_key(out, "count");
    if (origins->count == FA_INFINITE)
        jout_null(out);
    else
        jout_number(out, origins->count);
    texts(out, "members", origins->members, origins->member_count);
    if (listed) {
        texts(out, "sites", origins->sites, origins->site_count);
    } else {
        jout_key(out, "sites");
        jout_null(out);
    }
    jout_key(out, "witness");
    if (origins->witness.len)
        jout_str(out, origins->witness);
    else
        jout_null(out);
    jout_object_end(out);
}

void json_parts_capability(struct jout *out, struct capability capability)
{
    jout_key(out, "capability");
    jout_str(out, capability_text(out->buf->arena, capability));
    jout_key(out, "credentials");
    jout_bool(out, capability.credentials);
}

void json_parts_unknown(struct jout *out, struct files *files, const struct policy *policy)
{
    struct report_unknowns unknowns = report_unknowns(out->buf->arena, policy);
    jout_key(out, "unknown");
    jout_array(out);
    for (uint32_t i = 0; i < unknowns.count; i++) {
        jout_line(out);
        jout_object(out);
        json_parts_place_keys(out, files, unknowns.items[i]->span);
        jout_key(out, "reason");
        jout_str(out, unknowns.items[i]->reason);
        jout_object_end(out);
    }
    if (unknowns.count)
        jout_line(out);
    jout_array_end(out);
}
