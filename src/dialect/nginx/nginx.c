// nginx: the dialect. Every server at every port it listens on, and in it every location, is an
// endpoint.
#include "dialect/nginx/nginx.h"

#include "base/buf.h"
#include "base/hash.h"
#include "dialect/nginx/load.h"
#include "dialect/nginx/machine.h"
#include "dialect/nginx/remarks.h"
#include "dialect/nginx/rendered.h"
#include "dialect/nginx/statements.h"

#include <string.h>

enum { STEPS_MAX = 20000 }; // of the interpreter, for one endpoint

static const struct kind too_many_cases = { "CG903", LEVEL_WARNING,
                                            "this has more cases than are told apart" };

// ---- examples

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~/!$&'()*+,;=:@", c));
}

static void add_path(struct buf *out, Str path)
{
    for (size_t i = 0; i < path.len; i++) {
        if (is_plain(path.ptr[i]))
            buf_add_char(out, path.ptr[i]);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)path.ptr[i]);
    }
}

// Letters first, then digits, then what a URL shows as it is.
static void taste_url(uint8_t taste[256])
{
    for (int c = 0; c < 256; c++)
        taste[c] = c >= 'a' && c <= 'z'   ? (uint8_t)(c - 'a')
                   : c >= '0' && c <= '9' ? (uint8_t)(c - '0' + 26)
                   : is_plain((char)c)    ? 40
                                          : 90;
}

static Str example_host(struct model *model, const struct fa *hosts, const struct block *server)
{
    for (uint32_t i = 0; i < server->names.count; i++) {
        Str name = str_lower(model->arena, server->names.items[i]), rest = name;
        if (str_eat(&rest, STR("*.")) || str_eat(&rest, STR(".")))
            name = str_concat(model->arena, STR("www."), rest);
        if (name.len && hosts && fa_accepts(hosts, name))
            return name;
    }
    Str any = STR("any.example"), out;
    if (hosts && fa_accepts(hosts, any))
        return any;
    uint8_t taste[256];
    taste_url(taste);
    const struct fa *named = fa_subtract(model->fa, hosts, fa_empty(model->fa));
    return named && fa_shortest(model->arena, named, taste, &out) ? out : any;
}

static Str example_path(struct model *model, const struct fa *paths, const struct block *location)
{
    bool text = location->kind == BLOCK_LOCATION && location->modifier != LOCATION_REGEX;
    if (text && paths && fa_accepts(paths, location->path))
        return location->path;
    uint8_t taste[256];
    taste_url(taste);
    Str out;
    return paths && fa_shortest(model->arena, paths, taste, &out) ? out : STR("/");
}

static Str example_url(struct model *model, const struct serving *serving, const struct box *box,
                       const struct block *server, const struct block *location)
{
    struct buf out = { .arena = model->arena };
    buf_add_text(&out, serving->tls ? "https://" : "http://");
    buf_add(&out, example_host(model, box_language(box, model->host), server));
    if (serving->port && serving->port != (serving->tls ? 443U : 80U))
        buf_addf(&out, ":%u", serving->port);
    add_path(&out, example_path(model, box_language(box, model->path), location));
    return buf_str(&out);
}

// ---- endpoints

static enum match match_of(const struct block *location)
{
    if (location->kind != BLOCK_LOCATION)
        return MATCH_ANY;
    switch (location->modifier) {
    case LOCATION_EXACT:
        return MATCH_EXACT;
    case LOCATION_REGEX:
        return MATCH_REGEX;
    case LOCATION_PREFIX:
    case LOCATION_PREFIX_FINAL:
    case LOCATION_NAMED:
        break;
    }
    return MATCH_PREFIX;
}

// Where a regular expression of the server's names chose it, its groups are set before anything
// runs. Exact names and wildcards are tried first and leave the groups alone.
static void select_server(struct machine *machine, const struct state *state, struct states *out)
{
    struct model *model = machine->model;
    const struct block *server = machine->server;
    const struct value *host = value_var(model, model->host);
    struct states rest = { 0 };
    *vec_push(machine->scratch, &rest) = *state;
    for (int patterns = 0; patterns < 2; patterns++)
        for (uint32_t i = 0; i < server->names.count; i++) {
            Str name = str_lower(model->arena, server->names.items[i]);
            Str expression = server->names.items[i];
            struct states missed = { 0 };
            if (str_eat(&expression, STR("~")) != (patterns == 1))
                continue;
            for (uint32_t k = 0; k < rest.count; k++)
                if (patterns)
                    split_pattern(machine, &rest.items[k], host,
                                  server_name_pattern(machine->config, expression, server->span),
                                  out, &missed);
                else
                    split_language(machine, &rest.items[k], host,
                                   server_name_hosts(machine->config, name), out, &missed);
            rest = missed;
        }
    for (uint32_t k = 0; k < rest.count; k++)
        *vec_push(machine->scratch, out) = rest.items[k];
}

static bool has_pattern_name(const struct block *server)
{
    for (uint32_t i = 0; i < server->names.count; i++)
        if (str_starts(server->names.items[i], STR("~")))
            return true;
    return false;
}

static void interpret(struct machine *machine, const struct box *box, const struct target *target)
{
    struct model *model = machine->model;
    struct state state = {
        .box = box,
        .server = machine->server,
        .cfg = machine->server,
        .path = value_var(model, model->path),
        .args = value_var(model, model->query),
        .method = value_var(model, model->method),
        .changes_left = 11, // ten succeed
    };
    machine->entry = target;
    // TRACE and CONNECT are refused before anything else, by the server
    static const Str refused[] = { { "TRACE", 5 }, { "CONNECT", 7 } };
    struct states bad = { 0 }, good = { 0 };
    split_language(machine, &state, state.method, fa_literals(model->fa, refused, 2), &bad, &good);
    for (uint32_t i = 0; i < bad.count; i++)
        finish_status(machine, &bad.items[i], 405, NULL, machine->server->span);
    struct states selected = { 0 };
    for (uint32_t i = 0; i < good.count; i++) {
        if (has_pattern_name(machine->server))
            select_server(machine, &good.items[i], &selected);
        else
            *vec_push(machine->scratch, &selected) = good.items[i];
    }
    for (uint32_t i = 0; i < selected.count; i++)
        serve(machine, &selected.items[i]);
}

static const struct box *path_box(struct machine *machine, const struct serving *serving,
                                  const struct fa *paths)
{
    struct model *model = machine->model;
    const struct fa *normal = model->path->universe;
    if (!serving->keeps_slashes)
        normal = model_pattern(
                     model,
                     STR("/|(/([^/.\\x00][^/\\x00]*|\\.[^/.\\x00][^/\\x00]*|\\.\\.[^/\\x00]+))+/?"),
                     REGEX_PCRE2, REGEX_FULL)
                     ->result.language;
    const struct box *box = box_with(model, serving->box, model->path, normal);
    return box_with(model, box, model->path, paths);
}

static void add_endpoint(struct machine *machine, const struct serving *serving,
                         const struct block *location, const struct targets *targets)
{
    struct model *model = machine->model;
    const struct block *server = machine->server;
    struct cells cells = { 0 };
    const struct fa *paths = fa_none(model->fa);
    for (uint32_t i = 0; i < targets->count; i++)
        paths = fa_union(model->fa, paths, targets->items[i].paths);
    const struct box *box = path_box(machine, serving, paths);
    if (!box)
        return;
    struct arena_mark mark = arena_mark(machine->scratch);
    machine->cells = &cells;
    machine->keeps_slashes = serving->keeps_slashes;
    machine->steps_left = STEPS_MAX;
    machine->fa_spent = fa_space_spent(machine->model->fa);
    machine->allowance = 0;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct box *part = path_box(machine, serving, targets->items[i].paths);
        if (part)
            interpret(machine, part, &targets->items[i]);
    }
    arena_rewind(machine->scratch, mark);
    if (cells.full) { // all of it is unknown then: never less than what may happen
        (void)diag(model->run, &too_many_cases, location->span);
        struct response *response = ARENA_NEW(model->arena, struct response);
        *response = (struct response){ .answer = ANSWER_UNKNOWN,
                                       .reason = STR("there are too many cases"),
                                       .identity = hash_u64(machine->config->hash, location->hash),
                                       .span = location->span };
        config_unknown(machine->config, location->span, response->reason, response->identity);
        cells.count = 0;
        *vec_push(model->arena, &cells) = (struct cell){ box, response };
    }
    struct endpoint *endpoint = ARENA_NEW(model->arena, struct endpoint);
    bool any = location->kind != BLOCK_LOCATION;
    static const Str nobody[] = { { "*", 1 } };
    const struct nginx_config *config = machine->config;
    *endpoint = (struct endpoint){
        .layer = config->rendered ? config->rendered->layer : "nginx",
        .program = config->main_file,
        .hosts = server->names.count ? rendered_hosts(config, server) : nobody,
        .host_count = server->names.count ? server->names.count : 1,
        .match = match_of(location),
        .path = any                    ? STR("/")
                : location->takes_bare ? str_slice(location->path, 0, location->path.len - 1)
                                       : location->path,
        .box = box,
        .url = example_url(model, serving, box, server, location),
        .span = location->span,
        .cells = cells.items,
        .cell_count = cells.count,
        .hash = cells_hash(&cells),
        .keeps_slashes = serving->keeps_slashes,
        .first_header_only = machine->config->options->nginx_version &&
                             machine->config->options->nginx_version < 1023000,
    };
    policy_add_endpoint(machine->config->policy, endpoint);
}

// A malformed path is refused before the host is known, by the default server of the port.
static void add_malformed(struct machine *machine, const struct serving *serving)
{
    struct model *model = machine->model;
    struct cells cells = { 0 };
    static const struct sent nowhere_sent = { 0 };
    const struct target nowhere = { .location = machine->server, .paths = fa_none(model->fa) };
    struct state state = {
        .box = box_without(model, serving->box, model->host),
        .server = machine->server,
        .cfg = machine->server,
        .headerless = true,
        .upstream_asked = &nowhere_sent, // not about this request, if an error page leads to it
        .path = value_text(model, STR("")),
        .args = value_text(model, STR("")),
        .method = value_var(model, model->method),
        .changes_left = 11,
    };
    struct arena_mark mark = arena_mark(machine->scratch);
    machine->cells = &cells;
    machine->entry = &nowhere;
    machine->steps_left = STEPS_MAX;
    machine->fa_spent = fa_space_spent(model->fa);
    machine->allowance = 0;
    machine->keeps_slashes = serving->keeps_slashes;
    finish_status(machine, &state, 400, NULL, machine->server->span);
    arena_rewind(machine->scratch, mark);
    if (cells.full)
        return;
    struct endpoint *endpoint = ARENA_NEW(model->arena, struct endpoint);
    *endpoint = (struct endpoint){ .layer = "nginx",
                                   .box = box_without(model, state.box, model->path),
                                   .span = machine->server->span,
                                   .cells = cells.items,
                                   .cell_count = cells.count };
    policy_add_malformed(machine->config->policy, endpoint);
}

static bool same_targets(const struct target *a, const struct target *b)
{
    return a->location == b->location;
}

// One endpoint for each location of a server at a port: all the ways in which it is chosen.
static void add_server(struct machine *machine, const struct serving *serving)
{
    struct arena *arena = machine->model->arena;
    const struct targets *all = &machine->targets;
    bool *done = ARENA_ARRAY(arena, bool, all->count + 1);
    for (uint32_t i = 0; i < all->count; i++) {
        if (done[i])
            continue;
        struct targets same = { 0 };
        for (uint32_t k = i; k < all->count; k++)
            if (!done[k] && same_targets(&all->items[i], &all->items[k])) {
                *vec_push(arena, &same) = all->items[k];
                done[k] = true;
            }
        add_endpoint(machine, serving, all->items[i].location, &same);
    }
}

// The servings in the order of their servers: those of number i are list[first[i]] up to
// list[first[i + 1]].
static const struct serving **by_server(const struct nginx_config *config,
                                        const struct servings *servings, uint32_t **first)
{
    struct arena *arena = config->model->arena;
    const struct serving **list = ARENA_ARRAY(arena, const struct serving *, servings->count + 1);
    uint32_t *ends = ARENA_ARRAY(arena, uint32_t, config->servers.count + 2);
    for (uint32_t i = 0; i < servings->count; i++)
        ends[servings->items[i].server + 2]++;
    for (uint32_t i = 1; i < config->servers.count + 2; i++)
        ends[i] += ends[i - 1];
    for (uint32_t i = 0; i < servings->count; i++)
        list[ends[servings->items[i].server + 1]++] = &servings->items[i];
    *first = ends;
    return list;
}

// Counts what came up meanwhile for the server.
static void note_since(struct nginx_config *config, uint32_t server, uint32_t notes, uint32_t diags)
{
    const struct run *run = config->model->run;
    for (uint32_t i = diags; i < run->diags.count; i++)
        config_note(config, run->diags.items[i].span);
    config->records[server].notes += config->notes - notes;
}

static void add_policy(struct nginx_config *config, struct nginx_config *before,
                       struct dialect_result *out)
{
    struct servings servings = { 0 };
    servings_find(config, &servings);
    uint32_t *first;
    const struct serving **list = by_server(config, &servings, &first);
    const struct same_servers *same = before ? same_servers_new(before, config) : NULL;
    struct machine machine = { .config = config, .model = config->model, .scratch = arena_new() };
    for (uint32_t s = 0; s < config->servers.count; s++) {
        struct server_record *record = &config->records[s];
        uint32_t other;
        if (same && same_server(same, s, &other)) {
            const struct server_record *old = &before->records[other];
            for (uint32_t i = 0; i < old->count; i++)
                dialect_leave_out(out, old->first + i);
            continue;
        }
        machine.server = config_server(config, s);
        machine.targets = (struct targets){ 0 };
        uint32_t notes = config->notes, diags = config->model->run->diags.count;
        record->first = config->policy->endpoint_count;
        config->reading = config->server_trees.items[s];
        config->record = record;
        targets_find(&machine, machine.server, &machine.targets);
        for (uint32_t i = first[s]; i < first[s + 1]; i++) {
            add_server(&machine, list[i]);
            if (list[i]->is_default)
                add_malformed(&machine, list[i]);
        }
        record->count = config->policy->endpoint_count - record->first;
        note_since(config, s, notes, diags);
        config->reading = NULL;
        config->record = NULL;
    }
    arena_free(machine.scratch);
}

void rendered_add(const struct rendered *rendered, struct model *model,
                  const struct dialect_options *options, struct source *source,
                  struct rendered_kept *before, struct dialect_result *out,
                  struct rendered_kept **kept)
{
    struct nginx_config *config =
        config_new(model, options, source, STR(""), rendered->root, rendered, out->policy);
    union {
        struct rendered_kept *kept;
        struct nginx_config *config;
    } old = { before };
    add_policy(config, old.config, out);
    old.config = config;
    *kept = old.kept;
}

static const struct kind not_recognised = {
    "CG901", LEVEL_ERROR, "this is not recognised as the configuration of any product"
};

// Of a file that was read only because it is named, it is no use to know all that nginx dislikes.
static void shorten_complaints(struct run *run, const struct source *source, uint32_t file,
                               uint32_t before)
{
    if (run->diags.count == before || nginx_recognise(files_get(source->files, file)->text))
        return;
    const struct diag first = run->diags.items[before];
    run->diags.count = before;
    diagf(run, &not_recognised, first.span, "as nginx, %.*s", STR_ARG(first.message));
}

static bool load_file(struct model *model, struct nginx_loader *loader, struct source *source,
                      const struct dialect_options *options, Str path, struct dialect_result *out)
{
    const struct loaded *loaded;
    uint32_t before = model->run->diags.count;
    if (!nginx_load(loader, path, &loaded))
        return false;
    bool good = nginx_validate(loader, loaded) && !loaded->broken;
    if (!good)
        shorten_complaints(model->run, source, loaded->file, before);
    static const char *const wraps[] = {
        [WRAP_NONE] = "it is a whole nginx configuration",
        [WRAP_HTTP] = "its directives stand in an http block",
        [WRAP_SERVER] = "its directives stand in a server block",
        [WRAP_LOCATION] = "its directives stand in a location block",
    };
    *vec_push(model->arena, &out->files) =
        (struct dialect_file){ path, "nginx", str_from(wraps[loaded->wrap]) };
    struct nginx_config *config =
        config_new(model, options, source, path, loaded->root, NULL, out->policy);
    if (loaded->wrap == WRAP_SERVER || loaded->wrap == WRAP_LOCATION)
        config_note_inputs(config);
    config->loader = loader;
    add_policy(config, dialect_kept(out, &dialect_nginx, path, source->only.len > 0), out);
    remarks_add(config, origin_space_of(model));
    *vec_push(model->arena, &out->roots) = (struct dialect_root){ &dialect_nginx, path, config };
    return good;
}

static const struct nginx_loader *loader_before(const struct dialect_result *out)
{
    for (uint32_t i = 0; out->before && i < out->before->roots.count; i++) {
        const struct dialect_root *root = &out->before->roots.items[i];
        if (root->dialect == &dialect_nginx)
            return ((const struct nginx_config *)root->kept)->loader;
    }
    return NULL;
}

static bool load(struct model *model, struct source *source, const struct dialect_options *options,
                 const Str *paths, uint32_t path_count, bool forced, struct dialect_result *out)
{
    struct nginx_loader *loader = nginx_loader_new(model->run, source);
    loader->before = loader_before(out);
    struct source_paths roots = { 0 };
    bool good = nginx_roots(loader, &roots);
    struct map done = { 0 };
    for (uint32_t i = 0; i < roots.list.count; i++) {
        Str path = roots.list.items[i];
        if (!dialect_is_wanted(path, paths, path_count))
            continue;
        map_add(model->arena, &done, hash_str(HASH_SEED, path), &roots.list.items[i]);
        good &= load_file(model, loader, source, options, path, out);
    }
    for (uint32_t i = 0; forced && i < path_count;
         i++) { // files that do not look like nginx, and included ones
        uint32_t at = 0;
        if (source_stat(source, paths[i]) != SOURCE_FOLDER &&
            !map_next(&done, hash_str(HASH_SEED, paths[i]), &at))
            good &= load_file(model, loader, source, options, paths[i], out);
    }
    return good;
}

const struct dialect dialect_nginx = {
    .name = "nginx",
    .what = "nginx configuration",
    .load = load,
};
