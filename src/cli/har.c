#include "cli/har.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"
#include "browser/names.h"
#include "browser/url.h"

#include <stdlib.h>

static const struct kind bad_entry = { "", LEVEL_ERROR, "this is no entry of a HAR export" };

// One entry, as far as CORS looks at it.
struct entry {
    Str method, url, origin, mode, referer, type;
    Str asked_method, asked_headers; // of a preflight
    struct headers headers;
    struct cors_response response;
    bool cookies, preflight, from_cache;
    bool allows;  // the answer has Access-Control-Allow-Origin
    bool failed;  // no answer came, or the page did not get it
    bool refused; // ... as Chromium says of what CORS blocks, among others
};

// Where a request to another origin was redirected, and what it tells there as Origin.
struct target {
    Str url, origin;
};

// The preflights for one method, page and URL, in the order of the export.
struct asked {
    Str key;
    struct {
        uint32_t *items;
        uint32_t count, capacity;
    } entries;
    uint32_t used;
};

struct har_reader {
    struct run *run;
    struct arena *arena;
    struct entry *entries;
    uint32_t count;
    struct map asked;
    struct map targets; // struct target
};

bool har_is(const struct data *data)
{
    const struct data *log = data_find(data, STR("log"));
    const struct data *entries = data_find(log, STR("entries"));
    return entries && entries->kind == DATA_LIST;
}

static Str text_of(const struct data *object, Str key)
{
    const struct data *data = data_find(object, key);
    return data && data->kind == DATA_SCALAR && !data->plain ? data->text : (Str){ NULL, 0 };
}

// Browsers write the lines of a repeated header as one value with line ends in it, and HTTP/2's
// ":authority" among the headers.
static void add_headers(struct arena *arena, const struct data *message, struct headers *out)
{
    const struct data *list = data_find(message, STR("headers"));
    for (uint32_t i = 0; list && list->kind == DATA_LIST && i < list->count; i++) {
        Str name = text_of(list->entries[i].value, STR("name"));
        Str rest = text_of(list->entries[i].value, STR("value")), line;
        if (!names_token(name))
            continue;
        for (bool more = true; more;) {
            line = rest;
            more = str_cut(rest, STR("\n"), &line, &rest);
            *vec_push(arena, &out->list) = (struct header){ name, line };
        }
    }
}

static Str value_of_header(const struct headers *headers, const char *name)
{
    const struct header *header = reading_find(headers, str_from(name));
    return header ? str_trim(header->value) : (Str){ NULL, 0 };
}

// A preflight can name more headers than a message can have.
static bool names_too_many(Str list)
{
    uint32_t count = 0;
    for (size_t i = 0; i < list.len && count <= READING_HEADERS; i++)
        count += list.ptr[i] == ',';
    return count >= READING_HEADERS;
}

static bool read_entry(struct har_reader *reader, const struct data *data, uint32_t index,
                       struct entry *out)
{
    const struct data *request = data_find(data, STR("request"));
    const struct data *response = data_find(data, STR("response"));
    const struct data *cookies = data_find(request, STR("cookies"));
    const struct data *error = data_find(data, STR("_error"));
    const struct data *status = data_find(response, STR("status"));
    struct headers headers = { 0 };
    out->method = text_of(request, STR("method"));
    out->url = text_of(request, STR("url"));
    if (!out->method.len || !out->url.len)
        return diagf(reader->run, &bad_entry, data->span,
                     "entry %u has no request with a method and a URL", index);
    add_headers(reader->arena, request, &out->headers);
    add_headers(reader->arena, response, &headers);
    if (status) // Some write -1 for an answer that did not come: like none at all.
        (void)data_get_number(status, 999, &out->response.status);
    out->allows = reading_find(&headers, STR("access-control-allow-origin")) != NULL;
    out->response.headers = headers.list.items;
    out->response.header_count = headers.list.count;
    out->origin = value_of_header(&out->headers, "origin");
    out->mode = value_of_header(&out->headers, "sec-fetch-mode");
    out->referer = value_of_header(&out->headers, "referer");
    out->asked_method = value_of_header(&out->headers, "access-control-request-method");
    out->asked_headers = value_of_header(&out->headers, "access-control-request-headers");
    out->type = text_of(data, STR("_resourceType"));
    out->from_cache = text_of(data, STR("_fromCache")).len > 0;
    out->cookies = (cookies && cookies->kind == DATA_LIST && cookies->count) ||
                   reading_find(&out->headers, STR("cookie"));
    error = error ? error : data_find(response, STR("_error"));
    error = error ? error : data_find(response, STR("_failureText"));
    out->refused = error && str_is(error->text, "net::ERR_FAILED");
    out->failed = out->response.status == 0 || out->refused;
    out->preflight = str_is(out->method, "OPTIONS") && out->asked_method.len && out->origin.len;
    if (reading_within_limits(&out->headers) && reading_within_limits(&headers) &&
        !names_too_many(out->asked_headers))
        return true;
    *out = (struct entry){ 0 };
    return diagf(reader->run, &bad_entry, data->span,
                 "entry %u has more than 1000 headers, or 256 KiB of them", index);
}

static Str asked_key(struct arena *arena, Str method, Str origin, Str url)
{
    Str fragment;
    (void)str_cut(url, STR("#"), &url, &fragment);
    return str_format(arena, "%.*s %.*s %.*s", STR_ARG(method), STR_ARG(origin), STR_ARG(url));
}

static struct asked *asked_find(struct har_reader *reader, Str key)
{
    struct asked *asked;
    uint32_t at = 0;
    while ((asked = map_next(&reader->asked, hash_str(HASH_SEED, key), &at)))
        if (str_equal(asked->key, key))
            return asked;
    return NULL;
}

static void remember_preflight(struct har_reader *reader, uint32_t index)
{
    const struct entry *entry = &reader->entries[index];
    Str key = asked_key(reader->arena, entry->asked_method, entry->origin, entry->url);
    struct asked *asked = asked_find(reader, key);
    if (!asked) {
        asked = ARENA_NEW(reader->arena, struct asked);
        asked->key = key;
        map_add(reader->arena, &reader->asked, hash_str(HASH_SEED, key), asked);
    }
    *vec_push(reader->arena, &asked->entries) = index;
}

// The preflight for a request, or NULL. Each is for one request.
static const struct entry *take_preflight(struct har_reader *reader, const struct entry *entry,
                                          Str origin)
{
    Str key = asked_key(reader->arena, names_normal_method(entry->method), origin, entry->url);
    struct asked *asked = asked_find(reader, key);
    if (!asked || asked->used == asked->entries.count)
        return NULL;
    return &reader->entries[asked->entries.items[asked->used++]];
}

// What the preflight asked for, as headers that need one: "?" is no value that would be let pass.
static void set_asked_headers(struct arena *arena, const struct entry *preflight,
                              struct cors_request *request)
{
    struct headers headers = { 0 };
    Str rest = preflight->asked_headers, item;
    for (bool more = rest.len > 0; more;) {
        item = rest;
        more = str_cut(rest, STR(","), &item, &rest);
        item = str_trim(item);
        if (names_token(item))
            *vec_push(arena, &headers.list) = (struct header){ item, STR("?") };
    }
    request->headers = headers.list.items;
    request->header_count = headers.list.count;
    request->force_preflight = true;
}

static const struct target *target_find(const struct har_reader *reader, Str url)
{
    const struct target *target;
    uint32_t at = 0;
    while ((target = map_next(&reader->targets, hash_str(HASH_SEED, url), &at)))
        if (str_equal(target->url, url))
            return target;
    return NULL;
}

static void remember_target(struct har_reader *reader, const struct entry *entry, Str origin)
{
    const struct header *location = NULL;
    struct url base, url;
    for (uint32_t i = 0; i < entry->response.header_count && !location; i++)
        if (str_is_nocase(entry->response.headers[i].name, "location"))
            location = &entry->response.headers[i];
    if (!location || entry->response.status < 300 || entry->response.status > 399 ||
        !url_parse(reader->arena, entry->url, NULL, &base) ||
        !url_parse(reader->arena, location->value, &base, &url))
        return;
    Str text = url_text(reader->arena, &url);
    if (target_find(reader, text))
        return;
    Str from = url_origin_of(reader->arena, &base), to = url_origin_of(reader->arena, &url);
    struct target *target = ARENA_NEW(reader->arena, struct target);
    target->url = text;
    target->origin = str_equal(from, to) || str_equal(from, origin) ? origin : STR("null");
    map_add(reader->arena, &reader->targets, hash_str(HASH_SEED, target->url), target);
}

// Without what the browser sent, the page is guessed by what came before, or by the Referer.
static Str guess_origin(struct har_reader *reader, const struct entry *entry, bool by_script)
{
    const struct target *target = target_find(reader, entry->url);
    if (target)
        return target->origin;
    // Not every browser writes what a request was for.
    bool fits = entry->referer.len && (by_script || !entry->type.len);
    return fits ? url_origin(reader->arena, entry->referer) : (Str){ NULL, 0 };
}

// Whether CORS is about the entry, and which page it is from.
static bool is_cors(struct har_reader *reader, const struct entry *entry, Str *origin,
                    bool *guessed)
{
    static const char *const scripts[] = { "fetch", "xhr", "xmlhttprequest", "beacon" };
    bool by_script = false;
    if (entry->mode.len && !str_is(entry->mode, "cors"))
        return false;
    if (str_is(entry->type, "document") || str_is(entry->type, "websocket"))
        return false;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        by_script |= str_is_nocase(entry->type, scripts[i]);
    *guessed = !entry->origin.len && entry->failed;
    *origin = *guessed ? guess_origin(reader, entry, by_script) : entry->origin;
    return origin->len && !str_equal(*origin, url_origin(reader->arena, entry->url));
}

static struct recorded record(struct arena *arena, const struct entry *entry, Str method,
                              Str origin, const struct entry *preflight)
{
    struct recorded out = {
        .request = { .page = origin,
                     .url = entry->url,
                     .method = method,
                     .credentials = entry->cookies,
                     .cors = true },
        .cut = true,
        .credentials_unknown = !entry->cookies,
        .failed = entry->refused,
    };
    struct recorded_hop hop = { 0 };
    if (preflight) {
        set_asked_headers(arena, preflight, &out.request);
        hop.has_preflight = preflight->response.status > 0;
        hop.preflight = preflight->response;
    }
    *vec_push(arena, &out.hops) = hop;
    return out;
}

// Where the page asked for it itself, it gets the 304, and that is what is checked.
static bool is_revalidated(struct arena *arena, const struct entry *entry,
                           const struct entry *preflight)
{
    Str asked = preflight ? str_lower(arena, preflight->asked_headers) : STR("");
    return entry->response.status == 304 && !entry->allows && !str_contains(asked, STR("if-"));
}

static void add_request(struct har_reader *reader, uint32_t index, struct har *out)
{
    const struct entry *entry = &reader->entries[index];
    bool guessed;
    Str origin;
    if (!is_cors(reader, entry, &origin, &guessed))
        return;
    remember_target(reader, entry, origin);
    const struct entry *preflight = take_preflight(reader, entry, origin);
    struct recorded recorded = record(reader->arena, entry, entry->method, origin, preflight);
    struct recorded_hop *hop = &recorded.hops.items[0];
    recorded.revalidated = is_revalidated(reader->arena, entry, preflight);
    recorded.from_cache = entry->from_cache;
    recorded.sent = entry->response.status > 0;
    hop->has_response = recorded.sent && !recorded.revalidated;
    hop->response = entry->response;
    recorded.origin_guessed = guessed;
    *vec_push(reader->arena, out) = (struct har_record){ recorded, index };
}

// Preflights without the request, which was not sent or has been left out of the export.
static void add_lonely(struct har_reader *reader, uint32_t index, struct har *out)
{
    const struct entry *entry = &reader->entries[index];
    Str key = asked_key(reader->arena, entry->asked_method, entry->origin, entry->url);
    struct asked *asked = asked_find(reader, key);
    if (!asked || asked->used == asked->entries.count)
        return;
    asked->used++;
    struct recorded recorded =
        record(reader->arena, entry, entry->asked_method, entry->origin, entry);
    *vec_push(reader->arena, out) = (struct har_record){ recorded, index };
}

static int compare_records(const void *a, const void *b)
{
    uint32_t first = ((const struct har_record *)a)->entry;
    uint32_t second = ((const struct har_record *)b)->entry;
    return (first > second) - (first < second);
}

bool har_read(struct run *run, const struct data *data, struct har *out)
{
    const struct data *list = data_find(data_find(data, STR("log")), STR("entries"));
    struct har_reader reader = { .run = run, .arena = run->arena, .count = list->count };
    bool good = true;
    *out = (struct har){ .entries = list->count };
    reader.entries = ARENA_ARRAY(run->arena, struct entry, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        good &= read_entry(&reader, list->entries[i].value, i, &reader.entries[i]);
        if (reader.entries[i].preflight)
            remember_preflight(&reader, i);
    }
    for (uint32_t i = 0; i < list->count; i++)
        if (reader.entries[i].url.len && reader.entries[i].method.len &&
            !reader.entries[i].preflight)
            add_request(&reader, i, out);
    for (uint32_t i = 0; i < list->count; i++)
        if (reader.entries[i].preflight)
            add_lonely(&reader, i, out);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare_records);
    return good;
}
