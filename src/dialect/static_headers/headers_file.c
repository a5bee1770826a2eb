// _headers: who reads it decides what it means, and it does not say who does.
#include "dialect/static_headers/static_sites.h"

#include "base/hash.h"
#include "policy/places.h"

// READER_CLOUDFLARE: Pages or Workers, which read the same and serve almost the same.
enum reader { READER_PAGES, READER_WORKERS, READER_CLOUDFLARE, READER_NETLIFY, READERS };

static const struct {
    const struct dialect *dialect;
    const char *name;
    struct static_product product;
    void (*rules)(struct headers_file *file, struct static_rules *out);
} readers[READERS] = {
    [READER_PAGES] = { &dialect_cloudflare_pages,
                       "Cloudflare Pages",
                       { .layer = "cloudflare-pages",
                         .joining = STATIC_JOINED,
                         .options_status = 405,
                         .refuses_other_methods = true,
                         .sends_star = true,
                         .not_on_errors = true },
                       cloudflare_rules },
    [READER_WORKERS] = { &dialect_cloudflare_workers,
                         "Cloudflare Workers",
                         { .layer = "cloudflare-workers",
                           .joining = STATIC_JOINED,
                           .options_status = 405,
                           .refuses_other_methods = true },
                         cloudflare_rules },
    [READER_CLOUDFLARE] = { NULL,
                            "Cloudflare",
                            { .layer = "cloudflare",
                              .joining = STATIC_JOINED,
                              .options_status = 405,
                              .refuses_other_methods = true,
                              .may_send_star = true },
                            cloudflare_rules },
    [READER_NETLIFY] = { &dialect_netlify,
                         "Netlify",
                         { .layer = "netlify", .joining = STATIC_LAST, .names_keep_case = true },
                         netlify_rules },
};

void static_remark(struct policy *policy, const char *rule, Span span, Str message)
{
    policy_add_remark(policy, (struct remark){ .rule = rule, .span = span, .message = message });
}

void static_rule_add(struct model *model, struct static_rule *rule, Str name,
                     const struct value *value, bool folds, Span span)
{
    if (!static_header_counts(name))
        return;
    for (uint32_t i = 0; i < rule->headers.count; i++) {
        struct static_header *old = &rule->headers.items[i];
        if (folds ? !str_equal_nocase(old->name, name) : !str_equal(old->name, name))
            continue;
        const struct value *comma = value_concat(model, old->value, value_text(model, STR(", ")));
        old->value = value_concat(model, comma, value);
        old->span = span;
        return;
    }
    *vec_push(model->arena, &rule->headers) = (struct static_header){ name, value, span };
}

// ---- who reads it

// A file of this name in the folder or in one above it; its text, as far as anybody asks.
static bool find_beside(struct model *model, struct source *source, Str folder, Str name, Str *text)
{
    struct run *run = model->run;
    for (;;) {
        Str path = folder.len
                       ? str_format(model->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name))
                       : name;
        uint32_t file, diags = run->diags.count;
        if (source_stat(source, path) == SOURCE_FILE) {
            if (source_read(run, source, path, (Span){ 0 }, &file))
                *text = files_get(source->files, file)->text;
            run->diags.count = diags;
            return true;
        }
        if (!folder.len)
            return false;
        folder = source_folder(folder);
    }
}

struct candidates {
    bool is[READERS];
    uint32_t count;
    Str why;
};

static struct candidates only(enum reader reader, const char *why)
{
    struct candidates out = { .count = 1, .why = str_from(why) };
    out.is[reader] = true;
    return out;
}

static struct candidates either(const char *why)
{
    struct candidates out = only(READER_CLOUDFLARE, why);
    out.is[READER_NETLIFY] = true;
    out.count = 2;
    return out;
}

static struct candidates guess(struct model *model, struct source *source, Str path)
{
    static const char *const names[] = { "wrangler.toml", "wrangler.json", "wrangler.jsonc" };
    Str folder = source_folder(path), text = { 0 }, unused = { 0 };
    bool is_cloudflare = false;
    if (source->only.len)
        return either("its name");
    for (size_t i = 0; i < sizeof names / sizeof *names && !is_cloudflare; i++)
        is_cloudflare = find_beside(model, source, folder, str_from(names[i]), &text);
    bool is_netlify = find_beside(model, source, folder, STR("netlify.toml"), &unused);
    if (is_netlify && is_cloudflare)
        return either("files of Cloudflare and Netlify stand beside it");
    if (is_netlify)
        return only(READER_NETLIFY, "netlify.toml stands beside it");
    if (!is_cloudflare)
        return either("its name");
    if (str_contains(text, STR("pages_build_output_dir")))
        return only(READER_PAGES, "a configuration of Cloudflare Pages stands beside it");
    if (str_contains(text, STR("assets")))
        return only(READER_WORKERS, "a configuration of Cloudflare Workers stands beside it");
    return only(READER_CLOUDFLARE, "a configuration of Cloudflare stands beside it");
}

// ---- netlify.toml

static const char toml_name[] = "netlify.toml";

static bool is_toml(Str path)
{
    return str_is(source_base(path), toml_name);
}

static bool is_below(Str path, Str folder)
{
    return !folder.len ||
           (str_starts(path, folder) && path.len > folder.len && path.ptr[folder.len] == '/');
}

// Whether the file sets headers that matter here. Its other settings do not.
static bool toml_counts(struct model *model, Str text)
{
    return str_contains(str_lower(model->arena, text), STR("access-control-"));
}

// ---- reading

struct site {
    struct model *model;
    struct source *source;
    struct dialect_result *out;
};

// The requests of reader number `number` where several are possible.
static const struct box *reader_box(struct model *model, const struct candidates *candidates,
                                    uint32_t number, const struct box *box, Span span)
{
    uint32_t left = candidates->count;
    for (uint32_t i = 0; i <= number && left > 1; i++) {
        if (!candidates->is[i])
            continue;
        left--;
        Str text = str_format(model->arena, "whether %s serves the site of this _headers file",
                              readers[i].name);
        const struct var *choice = model_choice(model, text, hash_str(HASH_SEED, text), span);
        box = box_with(model, box, choice, model_choice_value(model, i == number));
    }
    return box;
}

static bool load_file(const struct site *site, Str path, const struct candidates *candidates,
                      const struct dialect *dialect, const struct box *box)
{
    struct model *model = site->model;
    struct policy *policy = site->out->policy;
    struct headers_lines lines = { 0 };
    uint32_t number;
    bool good = true;
    if (!source_read(model->run, site->source, path, (Span){ 0 }, &number))
        return false;
    const struct file *text = files_get(site->source->files, number);
    read_headers(model->arena, number, text->text, &lines);
    Span span = lines.count ? lines.items[0].span : files_whole(number);
    *vec_push(model->arena, &site->out->files) =
        (struct dialect_file){ path, dialect->name, candidates->why };
    if (candidates->count > 1 || candidates->is[READER_CLOUDFLARE]) {
        Str reason = candidates->count > 1
                         ? STR("which product reads this _headers file: Cloudflare and Netlify do "
                               "other things with it (set its type in .corsgate.yml)")
                         : STR("whether Cloudflare Pages serves this site, which adds "
                               "Access-Control-Allow-Origin: *, or Workers, which do not (set its "
                               "type in .corsgate.yml)");
        policy_add_unknown(policy, (struct unknown){ span, reason, hash_str(HASH_SEED, reason) });
    }
    for (uint32_t i = 0; i < READERS; i++) {
        struct headers_file file = { model, policy, &lines };
        struct static_rules rules = { 0 };
        if (!candidates->is[i])
            continue;
        readers[i].rules(&file, &rules);
        good &= static_headers_add(model, policy, &readers[i].product, &rules,
                                   reader_box(model, candidates, i, box, span), span);
    }
    return good;
}

// corsgate reads no TOML: where it sets headers, what the site answers is not known, whatever its
// _headers (`beside`, or none) says.
static bool load_toml(const struct site *site, Str path, Str beside, const struct box *box)
{
    struct model *model = site->model;
    uint32_t number, other;
    if (!source_read(model->run, site->source, path, (Span){ 0 }, &number))
        return false;
    Str text = files_get(site->source->files, number)->text;
    bool counts = toml_counts(model, text);
    if (counts || site->source->only.len)
        *vec_push(model->arena, &site->out->files) = (struct dialect_file){
            path, readers[READER_NETLIFY].dialect->name,
            counts ? STR("its name; its headers are not read, because corsgate reads no TOML")
                   : STR("its name; it sets no headers for CORS")
        };
    if (!counts)
        return true;
    static const Str anywhere[] = { { "*", 1 } };
    Str reason = STR("headers in netlify.toml are not read, because corsgate reads no TOML");
    uint64_t identity = hash_str(HASH_SEED, text);
    if (beside.len && source_read(model->run, site->source, beside, (Span){ 0 }, &other))
        identity = hash_str(identity, files_get(site->source->files, other)->text);
    Span span = { number, 0, 1 };
    struct cases cases = cases_new(model, site->out->policy);
    policy_add_unknown(site->out->policy, (struct unknown){ span, reason, identity });
    branch_answer_unknown(&cases, cases_begin(&cases, box), reason, identity, span);
    cases_finish(&cases, (struct endpoint){ .layer = readers[READER_NETLIFY].product.layer,
                                            .hosts = anywhere,
                                            .host_count = 1,
                                            .match = MATCH_PREFIX,
                                            .path = STR("/"),
                                            .box = box,
                                            .span = span,
                                            .keeps_slashes = true });
    return true;
}

// The netlify.toml that a site of Netlify has beside or above its _headers, if it sets headers;
// they are applied to the same paths as those of _headers. Empty: none.
static Str toml_beside(struct model *model, struct source *source, Str path)
{
    Str folder = source_folder(path), text = { 0 };
    while (!source->only.len) {
        Str toml = folder.len ? str_format(model->arena, "%.*s/%s", STR_ARG(folder), toml_name)
                              : str_from(toml_name);
        if (source_stat(source, toml) == SOURCE_FILE)
            return find_beside(model, source, folder, str_from(toml_name), &text) &&
                           toml_counts(model, text)
                       ? toml
                       : STR("");
        if (!folder.len)
            break;
        folder = source_folder(folder);
    }
    return STR("");
}

// Whether the user's configuration says that a path is read as this type.
static bool is_typed(struct model *model, struct source *source,
                     const struct dialect_options *options, const char *type, Str path)
{
    for (uint32_t i = 0; i < options->source_count; i++) {
        const struct dialect_source *listed = &options->sources[i];
        struct source_paths found = { 0 };
        if (!str_is(listed->type, type))
            continue;
        if (!source_is_glob(listed->path))
            *vec_push(model->arena, &found.list) = listed->path;
        else if (!source_glob(model->run, source, listed->path, listed->span, &found))
            return false;
        if (found.list.count && dialect_is_wanted(path, found.list.items, found.list.count))
            return true;
    }
    return false;
}

// The _headers files below `paths`, and files that `paths` name when `typed`.
static bool find_files(struct model *model, struct source *source, const Str *paths,
                       uint32_t path_count, bool typed, struct source_paths *out)
{
    struct source_paths all = { 0 };
    if (source->only.len) {
        Str name = source_base(source->only);
        if (str_is(name, "_headers") || str_ends(name, STR("._headers")) || is_toml(name) || typed)
            *vec_push(model->arena, &out->list) = source->only;
        return true;
    }
    if (!source_walk(model->run, source, STR(""), &all))
        return false;
    for (uint32_t i = 0; i < all.list.count; i++) {
        Str path = all.list.items[i];
        bool is_named = false;
        for (uint32_t k = 0; k < path_count && typed; k++)
            is_named |= str_equal(path, paths[k]);
        if (is_named || ((str_is(source_base(path), "_headers") || is_toml(path)) &&
                         dialect_is_wanted(path, paths, path_count)))
            *vec_push(model->arena, &out->list) = path;
    }
    return true;
}

static bool load_as(const struct dialect *dialect, struct model *model, struct source *source,
                    const struct dialect_options *options, const Str *paths, uint32_t path_count,
                    bool forced, struct dialect_result *out)
{
    struct site site = { model, source, out };
    struct source_paths found = { 0 }, mine = { 0 };
    uint32_t from = out->policy->endpoint_count;
    bool typed = dialect != &dialect_headers;
    bool good = true;
    if (typed && !(forced && options->source_count))
        return true;
    if (!find_files(model, source, paths, path_count, typed, &found))
        return false;
    for (uint32_t i = 0; i < found.list.count; i++) {
        bool taken = typed && !is_typed(model, source, options, dialect->name, found.list.items[i]);
        for (uint32_t k = 0; k < READERS && !typed; k++)
            taken |= readers[k].dialect && is_typed(model, source, options,
                                                    readers[k].dialect->name, found.list.items[i]);
        Str folder = source_folder(found.list.items[i]);
        for (uint32_t k = 0; k < found.list.count && is_toml(found.list.items[i]); k++)
            taken |= !is_toml(found.list.items[k]) && is_below(found.list.items[k], folder);
        if (!taken)
            *vec_push(model->arena, &mine.list) = found.list.items[i];
    }
    struct documents files = { 0 };
    for (uint32_t i = 0; i < mine.list.count; i++) {
        struct document *document = ARENA_NEW(model->arena, struct document);
        *document = (struct document){ .path = mine.list.items[i],
                                       .root = ARENA_NEW(model->arena, struct data) };
        *vec_push(model->arena, &files) = document;
    }
    struct host_names hosts = { 0 };
    const struct reading reading = { model, source, options, files, out, &hosts };
    for (uint32_t i = 0; i < mine.list.count; i++) {
        Str path = mine.list.items[i];
        struct candidates candidates = guess(model, source, path);
        for (uint32_t k = 0; k < READERS && typed; k++)
            if (readers[k].dialect == dialect)
                candidates = only(k, "the configuration says so");
        const struct box *box = documents_instance(&reading, i, "site");
        bool is_netlify = candidates.count == 1 && candidates.is[READER_NETLIFY];
        Str toml = is_toml(path) ? path : is_netlify ? toml_beside(model, source, path) : STR("");
        good &= toml.len ? load_toml(&site, toml, is_toml(path) ? STR("") : path, box)
                         : load_file(&site, path, &candidates, dialect, box);
    }
    good &= places_merge(out->policy, from);
    return good;
}

#define ROW(variable, row_name, row_what)                                                          \
    static bool load_##variable(struct model *model, struct source *source,                        \
                                const struct dialect_options *options, const Str *paths,           \
                                uint32_t path_count, bool forced, struct dialect_result *out)      \
    {                                                                                              \
        return load_as(&dialect_##variable, model, source, options, paths, path_count, forced,     \
                       out);                                                                       \
    }                                                                                              \
    const struct dialect dialect_##variable = { .name = (row_name),                                \
                                                .what = (row_what),                                \
                                                .load = load_##variable }

ROW(headers, "headers", "_headers of a static site");
ROW(cloudflare_pages, "cloudflare-pages", "_headers of Cloudflare Pages");
ROW(cloudflare_workers, "cloudflare-workers", "_headers of Cloudflare Workers");
ROW(netlify, "netlify", "_headers of Netlify");
