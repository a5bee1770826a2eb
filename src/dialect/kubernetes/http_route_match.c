// HTTPRouteMatch: what it takes, and how specific it is.
#include "base/hash.h"
#include "dialect/kubernetes/http_route_parts.h"

static const struct box *unknown(struct cluster *cluster, const struct object *object,
                                 const struct box *box, const struct data *at, const char *what)
{
    Str text = str_format(cluster->arena, "whether %s", what);
    uint64_t identity =
        hash_u64(hash_str(object->hash, text), at->span.begin - object->whole.begin);
    return box_if(cluster->policy, box, text, identity, at->span);
}

static const struct box *match_path(struct cluster *cluster, const struct object *object,
                                    const struct data *path, const struct box *box,
                                    struct route_part *out)
{
    struct model *model = cluster->model;
    Str type = document_text(path, "type"), value = document_text(path, "value");
    out->match = MATCH_PREFIX;
    out->path = value.len ? value : STR("/");
    if (path && data_is_open(path))
        return unknown(cluster, object, box, path, "the path is the one that a template says");
    if (str_is(type, "Exact")) {
        out->match = MATCH_EXACT;
        out->exact = 1;
        return box_with(model, box, model->path, fa_literal(model->fa, out->path));
    }
    if (str_is(type, "RegularExpression")) {
        out->match = MATCH_REGEX;
        const struct pattern *pattern = model_pattern(model, value, REGEX_RE2, REGEX_FULL);
        return pattern->result.language
                   ? box_with(model, box, model->path, pattern->result.language)
                   : unknown(cluster, object, box, path, "the path matches this expression");
    }
    Str stem = out->path; // element by element: /v1 takes /v1 and /v1/x, not /v12
    while (stem.len > 1 && stem.ptr[stem.len - 1] == '/')
        stem.len--;
    out->length = (uint32_t)stem.len;
    if (str_is(stem, "/"))
        return box;
    const struct fa *below = envoy_prefix(model, str_concat(cluster->arena, stem, STR("/")), false);
    return box_with(model, box, model->path,
                    fa_union(model->fa, fa_literal(model->fa, stem), below));
}

static const struct box *match_header(struct cluster *cluster, const struct object *object,
                                      const struct data *header, const struct box *box)
{
    struct model *model = cluster->model;
    Str name = document_text(header, "name"), value = document_text(header, "value");
    const struct var *var = model_header(model, name);
    if (data_is_open(header))
        return unknown(cluster, object, box, header, "the header is what a template says");
    if (!str_is(document_text(header, "type"), "RegularExpression"))
        return box_with(model, box, var, fa_literal(model->fa, value));
    const struct pattern *pattern = model_pattern(model, value, REGEX_RE2, REGEX_FULL);
    if (!pattern->result.language)
        return unknown(cluster, object, box, header, "the header matches this expression");
    return box_with(model, box, var,
                    fa_intersect(model->fa, var->universe, pattern->result.language));
}

bool route_match(struct cluster *cluster, const struct object *object, const struct data *match,
                 struct route_part *out)
{
    struct model *model = cluster->model;
    const struct data *headers = document_find(match, "headers");
    const struct data *queries = document_find(match, "queryParams");
    Str method = document_text(match, "method");
    out->rest = match_path(cluster, object, document_find(match, "path"), box_all(model), out);
    if (out->rest && method.len) {
        out->method = 1;
        out->rest = box_with(model, out->rest, model->method, fa_literal(model->fa, method));
    }
    for (uint32_t i = 0; out->rest && headers && headers->kind == DATA_LIST && i < headers->count;
         i++) {
        out->headers++;
        out->rest = match_header(cluster, object, headers->entries[i].value, out->rest);
    }
    if (out->rest && queries && queries->kind == DATA_LIST && queries->count) {
        out->queries = queries->count;
        out->rest = unknown(cluster, object, out->rest, queries, "the query has these parameters");
    }
    return out->rest != NULL;
}
