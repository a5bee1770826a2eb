#include "dialect/dialect.h"

#include "dialect/aws/aws.h"
#include "dialect/buckets/buckets.h"
#include "dialect/cloudfront/cloudfront.h"
#include "dialect/documents.h"
#include "dialect/envoy/envoy.h"
#include "dialect/google/google.h"
#include "dialect/kong/kong.h"
#include "dialect/kubernetes/kubernetes.h"
#include "dialect/krakend/krakend.h"
#include "dialect/nginx/nginx.h"
#include "dialect/static_headers/static_sites.h"
#include "dialect/tyk/tyk.h"

const struct kind dialect_nothing = { "CG901", LEVEL_ERROR,
                                      "no configuration that corsgate can read" };

// One row a line.
// clang-format off
const struct dialect *const dialects[] = {
    &dialect_headers, // before nginx, which takes any file that is named
    &dialect_cloudflare_pages,
    &dialect_cloudflare_workers,
    &dialect_netlify,
    &dialect_nginx,
    &dialect_kubernetes,
    &dialect_aws,
    &dialect_s3,
    &dialect_gcs,
    &dialect_cloudfront,
    &dialect_google,
    &dialect_kong,
    &dialect_envoy,
    &dialect_krakend,
    &dialect_tyk,
    &dialect_vercel,
    &dialect_firebase,
    &dialect_app_engine,
    &dialect_digitalocean,
    &dialect_amplify,
    &dialect_render,
};
// clang-format on
const uint32_t dialect_count = sizeof dialects / sizeof *dialects;

static const struct kind no_toml = { "CG901", LEVEL_ERROR,
                                     "corsgate reads no TOML: nothing in this file is compared" };

static bool is_below(Str path, Str folder)
{
    if (folder.len == 0 || str_equal(path, folder))
        return true;
    return path.len > folder.len && str_starts(path, folder) && path.ptr[folder.len] == '/';
}

bool dialect_is_wanted(Str path, const Str *paths, uint32_t path_count)
{
    for (uint32_t i = 0; i < path_count; i++)
        if (is_below(path, paths[i]))
            return true;
    return path_count == 0;
}

static const struct dialect *dialect_find(Str name)
{
    for (uint32_t i = 0; i < dialect_count; i++)
        if (str_is(name, dialects[i]->name))
            return dialects[i];
    return NULL;
}

void *dialect_kept(const struct dialect_result *result, const struct dialect *dialect, Str path,
                   bool is_only)
{
    const struct dialect_result *before = result->before;
    for (uint32_t i = 0; before && i < before->roots.count; i++) {
        const struct dialect_root *root = &before->roots.items[i];
        if (root->dialect == dialect &&
            (str_equal(root->path, path) || (is_only && before->roots.count == 1)))
            return root->kept;
    }
    return NULL;
}

void dialect_leave_out(struct dialect_result *result, uint32_t number)
{
    result->before->policy->endpoints[number] = NULL;
    result->policy->left_out++;
}

// Closes the gaps that endpoints left.
static void close_gaps(struct policy *policy)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < policy->endpoint_count; i++)
        if (policy->endpoints[i])
            policy->endpoints[kept++] = policy->endpoints[i];
    policy->left_out += policy->endpoint_count - kept;
    policy->endpoint_count = kept;
}

// Everything below `paths` that the dialect `typed` reads, or that any recognises (NULL).
// `forced`: a path that is a file is read in any case.
static bool load_below(struct model *model, struct source *source,
                       const struct dialect_options *options, const Str *paths, uint32_t path_count,
                       const struct dialect *typed, bool forced, struct dialect_result *out)
{
    bool good = true;
    if (!typed || typed->read)
        good = documents_load(model, source, options, paths, path_count, typed, out);
    // What no reader of documents took may be another dialect's, unless it is a document by name.
    struct source_paths rest = { 0 };
    for (uint32_t i = 0; i < path_count; i++) {
        bool taken = false;
        for (uint32_t k = 0; k < out->files.count && !taken; k++)
            taken = str_equal(out->files.items[k].path, paths[i]);
        if (!taken && (typed || !document_is_named(paths[i])))
            *vec_push(model->arena, &rest.list) = paths[i];
    }
    if ((path_count && !rest.list.count) ||
        (source->only.len && (out->files.count || document_is_named(source->only))))
        return good;
    for (uint32_t d = 0; d < dialect_count && !(source->only.len && out->files.count); d++)
        if (dialects[d]->load && (!typed || dialects[d] == typed))
            good &= dialects[d]->load(model, source, options, rest.list.items, rest.list.count,
                                      forced && (typed || out->files.count == 0), out);
    return good;
}

// What the user's configuration lists, one entry after the other.
static bool load_listed(struct model *model, struct source *source,
                        const struct dialect_options *options, struct dialect_result *out)
{
    bool good = true;
    for (uint32_t i = 0; i < options->source_count; i++) {
        const struct dialect_source *listed = &options->sources[i];
        struct source_paths found = { 0 };
        if (source_is_glob(listed->path))
            good &= source_glob(model->run, source, listed->path, listed->span, &found);
        else
            *vec_push(model->arena, &found.list) = listed->path;
        const struct dialect *typed = listed->type.len ? dialect_find(listed->type) : NULL;
        if (found.list.count)
            good &= load_below(model, source, options, found.list.items, found.list.count, typed,
                               true, out);
    }
    return good;
}

bool dialect_load(struct model *model, struct source *source, const struct dialect_options *options,
                  const Str *paths, uint32_t path_count, struct dialect_result *out)
{
    bool good = true;
    out->policy = ARENA_NEW(model->arena, struct policy);
    out->policy->model = model;
    bool named = path_count > 0 ||
                 source->only.len > 0; // a file that the user names is read whatever it looks like
    Str only = source_base(source->only);
    if (str_ends(only, STR(".toml")) && !str_is(only, "netlify.toml"))
        return diagf(model->run, &no_toml, (Span){ 0 }, "%.*s", STR_ARG(source->only));
    if (!named && options->source_count)
        good = load_listed(model, source, options, out);
    else
        good = load_below(model, source, options, paths, path_count, NULL, named, out);
    out->policy->files = source->count;
    if (out->before)
        close_gaps(out->before->policy);
    if (out->files.count == 0 && good)
        return diagf(model->run, &dialect_nothing, (Span){ 0 }, "%.*s", STR_ARG(source->label));
    return good;
}
