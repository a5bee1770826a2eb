#include "cli/recorded.h"

#include "base/vec.h"
#include "browser/names.h"
#include "syntax/read_json.h"

static const struct kind bad_recording = { "", LEVEL_ERROR, "this is no recorded request" };

struct player {
    const struct recorded *recorded;
    uint32_t at; // the hop that is asked for
};

static void give(struct fetch_answer *out, bool there, struct cors_response response, Str reason)
{
    *out = (struct fetch_answer){ .known = there, .reason = reason, .response = response };
}

static void play(void *context, const struct fetch_wire *wire, struct fetch_answer *out)
{
    struct player *player = context;
    static const struct recorded_hop none;
    const struct recorded_hop *hop = player->at < player->recorded->hops.count
                                         ? &player->recorded->hops.items[player->at]
                                         : &none;
    if (wire->preflight) {
        give(out, hop->has_preflight, hop->preflight, STR("the preflight is not recorded"));
        out->unseen = !hop->has_preflight && hop->has_response;
        return;
    }
    Str reason = STR("the answer to the request is not recorded");
    if (player->at)
        reason = STR("the answer behind the redirect is not recorded");
    else if (player->recorded->revalidated)
        reason = STR("status 304 lets the stored answer count, which is not recorded here");
    give(out, hop->has_response, hop->response, reason);
    player->at++;
}

static void judge(struct arena *arena, const struct recorded *recorded, struct fetch *out)
{
    struct player player = { recorded, 0 };
    const struct fetch_server server = { play, &player };
    fetch_run(arena, &recorded->request, &server, out);
    if (out->verdict == FETCH_UNKNOWN && recorded->cut && out->request.redirects) {
        out->verdict = FETCH_ALLOWED;
        out->result.allowed = true;
    }
    if (out->verdict == FETCH_ALLOWED && out->unseen && !recorded->sent) {
        out->verdict = FETCH_UNKNOWN;
        out->reason = STR("the request needs a preflight, and the answer to it is not recorded");
    }
}

static void add(struct arena *arena, struct notes *notes, const char *id, Str text)
{
    *vec_push(arena, notes) = (struct note){ id, text };
}

// Without cookies a recording does not tell whether the page asked with credentials.
static void try_both(struct arena *arena, struct recorded *recorded, struct fetch *out,
                     struct notes *notes)
{
    struct fetch with;
    recorded->request.credentials = true;
    judge(arena, recorded, &with);
    recorded->request.credentials = false;
    bool same = with.verdict == out->verdict && with.result.error == out->result.error;
    if (same || out->verdict != FETCH_ALLOWED)
        return;
    if (recorded->failed) {
        recorded->request.credentials = true;
        *out = with;
        add(arena, notes, "CredentialsGuessed",
            STR("the browser says that it failed, which it does only for a request with "
                "credentials"));
    } else {
        add(arena, notes, "CredentialsGuessed",
            str_format(arena, "no cookies are recorded; with credentials it would fail: %s",
                       cors_error_name(with.result)));
    }
}

// What scripts often look for, and do not get unless it is exposed.
static void note_hidden(struct arena *arena, const struct fetch *fetch, struct notes *notes)
{
    static const char *const wanted[] = {
        "etag", "location",        "content-disposition", "retry-after", "content-encoding",
        "link", "www-authenticate"
    };
    const struct fetch_step *step = fetch_last(fetch, false);
    Str list = { NULL, 0 };
    if (fetch->verdict != FETCH_ALLOWED || !fetch->request.cors || !step ||
        fetch->request.redirects)
        return;
    const struct cors_response *response = &step->answer.response;
    for (uint32_t i = 0; i < response->header_count && list.len < 400; i++) {
        Str name = str_lower(arena, response->headers[i].name);
        bool asked = str_starts(name, STR("x-")) || str_starts(name, STR("ratelimit"));
        for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
            asked |= str_is(name, wanted[k]);
        if (asked && !cors_exposed(arena, &fetch->request, response, name))
            list = list.len ? str_format(arena, "%.*s, %.*s", STR_ARG(list), STR_ARG(name)) : name;
    }
    if (list.len)
        add(arena, notes, "HeaderNotExposed",
            str_format(arena,
                       "the page cannot read %.*s: Access-Control-Expose-Headers does not name it",
                       STR_ARG(list)));
}

void recorded_judge(struct arena *arena, struct recorded *recorded, struct fetch *out,
                    struct notes *notes)
{
    judge(arena, recorded, out);
    if (recorded->credentials_unknown)
        try_both(arena, recorded, out, notes);
    notes_of(arena, &recorded->request, out, notes);
    if (out->unseen && recorded->sent)
        add(arena, notes, "PreflightNotRecorded",
            STR("the preflight is not recorded; the browser sent the request, so that it had "
                "passed or was remembered"));
    if (recorded->from_cache && out->verdict == FETCH_BLOCKED)
        add(arena, notes, "AnswerFromCache",
            STR("the answer comes from the browser's cache, where a request of another page, or "
                "one "
                "without Origin, may have left it: send \"Vary: Origin\" with every answer of this "
                "URL"));
    if (recorded->origin_guessed)
        add(arena, notes, "OriginGuessed",
            STR("no Origin is recorded; the page is taken to be the Referer's"));
    note_hidden(arena, out, notes);
}

static bool read_response(const struct reading *reading, const struct data *object, Str field,
                          bool *there, struct cors_response *out)
{
    static const char *const names[] = { "status", "headers" };
    const struct data *data = data_find(object, field);
    struct headers headers = { 0 };
    uint32_t status = UINT32_MAX;
    if (!data || data_is_null(data))
        return true;
    if (data->kind != DATA_MAP)
        return reading_refuse(reading, field, "{\"status\", \"headers\"} or null");
    if (!reading_fields(reading, data, names, 2) ||
        !reading_number(reading, data, STR("status"), 0, 999, &status) ||
        !reading_headers(reading, data, STR("headers"), &headers))
        return false;
    if (status == UINT32_MAX)
        return diagf(reading->run, &bad_recording, reading->at, "%.*s has no status",
                     STR_ARG(field));
    *out = (struct cors_response){ status, headers.list.items, headers.list.count };
    *there = true;
    return true;
}

static bool read_hop(const struct reading *reading, const struct data *object,
                     struct recorded_hop *out)
{
    *out = (struct recorded_hop){ 0 };
    return read_response(reading, object, STR("preflight"), &out->has_preflight, &out->preflight) &&
           read_response(reading, object, STR("response"), &out->has_response, &out->response);
}

static bool read_redirects(const struct reading *reading, const struct data *object,
                           struct recorded *out)
{
    static const char *const names[] = { "preflight", "response" };
    const struct data *list = data_find(object, STR("redirects"));
    if (!list || data_is_null(list))
        return true;
    if (list->kind != DATA_LIST)
        return reading_refuse(reading, STR("redirects"), "a list");
    for (uint32_t i = 0; i < list->count; i++) {
        struct recorded_hop hop;
        if (list->entries[i].value->kind != DATA_MAP)
            return reading_refuse(reading, STR("redirects"),
                                  "a list of {\"preflight\", "
                                  "\"response\"}");
        if (!reading_fields(reading, list->entries[i].value, names, 2) ||
            !read_hop(reading, list->entries[i].value, &hop))
            return false;
        *vec_push(reading->run->arena, &out->hops) = hop;
    }
    return true;
}

bool recorded_parse(const struct reading *reading, Str line, struct recorded *out)
{
    static const char *const names[] = { "request", "preflight", "response", "redirects" };
    const struct data *object;
    struct recorded recorded = { 0 };
    struct recorded_hop last;
    struct page page;
    if (!read_json(reading->run, reading->at, line, &object))
        return false;
    if (object->kind != DATA_MAP)
        return diagf(reading->run, &bad_recording, reading->at, "it is %s", data_kind_text(object));
    const struct data *request = data_find(object, STR("request"));
    if (!request)
        return diagf(reading->run, &bad_recording, reading->at, "it has no request");
    if (!reading_fields(reading, object, names, sizeof names / sizeof *names) ||
        !page_read(reading, request, &page) || !read_redirects(reading, object, &recorded) ||
        !read_hop(reading, object, &last))
        return false;
    *vec_push(reading->run->arena, &recorded.hops) = last;
    recorded.request = page.request;
    *out = recorded;
    return true;
}
