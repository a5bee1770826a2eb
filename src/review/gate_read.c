#include "review/gate_read.h"

#include "source/files.h"
#include "syntax/read_json.h"

#include <stdlib.h>

const struct kind gate_malformed = { "", LEVEL_ERROR, "the gate cannot decide by this" };
const struct kind gate_contradicts = { "", LEVEL_ERROR, "this contradicts the rest" };

enum { MAX_ITEMS = 100000, MAX_LOGIN = 100, MAX_ID = 19, MIN_ABBREVIATED = 7 };

static bool is_text(const struct data *data)
{
    return data && data->kind == DATA_SCALAR && !data->plain;
}

static bool refuse(struct run *run, const struct data *at, const char *what)
{
    return diagf(run, &gate_malformed, at->span, "%s", what);
}

static bool need_text(struct run *run, const struct data *map, const char *key, Str *out)
{
    *out = (Str){ NULL, 0 };
    const struct data *value = data_find(map, str_from(key));
    if (!is_text(value))
        return diagf(run, &gate_malformed, (value ? value : map)->span, "\"%s\" must be a text",
                     key);
    *out = value->text;
    return true;
}

static bool need_bool(struct run *run, const struct data *map, const char *key, bool *out)
{
    const struct data *value = data_find(map, str_from(key));
    if (value && value->kind == DATA_SCALAR && value->plain && data_get_bool(value, out))
        return true;
    return diagf(run, &gate_malformed, (value ? value : map)->span, "\"%s\" must be true or false",
                 key);
}

static bool need_list(struct run *run, const struct data *map, const char *key,
                      const struct data **out)
{
    *out = NULL;
    const struct data *value = data_find(map, str_from(key));
    if (!value || value->kind != DATA_LIST)
        return diagf(run, &gate_malformed, (value ? value : map)->span, "\"%s\" must be a list",
                     key);
    if (value->count > MAX_ITEMS)
        return diagf(run, &gate_malformed, value->span, "\"%s\" has too many entries", key);
    *out = value;
    return true;
}

static bool is_hex(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
            return false;
    }
    return true;
}

bool gate_parse_commit(struct arena *arena, Str text, Str *out)
{
    if ((text.len != 40 && text.len != 64) || !is_hex(text))
        return false;
    *out = str_lower(arena, text);
    return true;
}

bool gate_label_fits(Str label, Str commit)
{
    Str path;
    (void)str_cut(label, STR(":"), &label, &path);
    if (label.len < MIN_ABBREVIATED || label.len > 64 || !is_hex(label))
        return true;
    return label.len <= commit.len && str_equal_nocase(label, str_slice(commit, 0, label.len));
}

static bool need_commit(struct run *run, const struct data *map, const char *key, Str *out)
{
    *out = (Str){ NULL, 0 };
    Str text;
    if (!need_text(run, map, key, &text))
        return false;
    if (gate_parse_commit(run->arena, text, out))
        return true;
    return diagf(run, &gate_malformed, data_find(map, str_from(key))->span,
                 "\"%s\" must be a whole commit id", key);
}

// ---- the result

static bool read_endpoint(struct run *run, const struct data *map, struct gate_endpoint *out)
{
    const struct data *hosts;
    if (!need_list(run, map, "hosts", &hosts) || !need_text(run, map, "path", &out->path) ||
        !need_text(run, map, "match", &out->match) || !need_text(run, map, "url", &out->url))
        return false;
    Str *list = ARENA_ARRAY(run->arena, Str, hosts->count + 1);
    for (uint32_t i = 0; i < hosts->count; i++) {
        if (!is_text(hosts->entries[i].value))
            return refuse(run, hosts->entries[i].value, "a host must be a text");
        list[i] = hosts->entries[i].value->text;
    }
    out->hosts = list;
    out->host_count = hosts->count;
    return true;
}

// "endpoints" is there when a finding is about more than the one under "endpoint".
static bool read_endpoints(struct run *run, const struct data *map, struct gate_finding *out)
{
    const struct data *one = data_find(map, STR("endpoint")), *all = NULL;
    if (!one)
        return refuse(run, map, "a finding needs \"endpoint\"");
    if (data_find(map, STR("endpoints")) && !need_list(run, map, "endpoints", &all))
        return false;
    if (data_is_null(one))
        return !all || refuse(run, all, "without \"endpoint\", there can be no more of them");
    struct gate_endpoint *list =
        ARENA_ARRAY(run->arena, struct gate_endpoint, (all ? all->count : 0) + 1);
    if (!read_endpoint(run, one, &list[0]))
        return false;
    for (uint32_t i = 0; all && i < all->count; i++)
        if (!read_endpoint(run, all->entries[i].value, &list[i + 1]))
            return false;
    out->endpoints = list;
    out->endpoint_count = (all ? all->count : 0) + 1;
    return true;
}

static bool is_fingerprint(Str text)
{
    return text.len == 16 && is_hex(text);
}

static bool read_finding(struct run *run, const struct data *map, struct gate_finding *out)
{
    const struct data *suppressed = data_find(map, STR("suppressed"));
    Str level;
    if (map->kind != DATA_MAP)
        return refuse(run, map, "a finding must be an object");
    if (!need_text(run, map, "rule", &out->rule) ||
        !need_text(run, map, "message", &out->message) ||
        !need_text(run, map, "fingerprint", &out->fingerprint) ||
        !need_text(run, map, "level", &level) || !need_bool(run, map, "review", &out->review))
        return false;
    if (!is_fingerprint(out->fingerprint))
        return refuse(run, map, "a fingerprint has 16 hexadecimal digits");
    if (!level_parse(level, &out->level) || out->level == LEVEL_OFF)
        return refuse(run, map, "a level is note, warning or error");
    if (!suppressed || (!is_text(suppressed) && !data_is_null(suppressed)))
        return refuse(run, suppressed ? suppressed : map, "\"suppressed\" must be a text or null");
    out->suppressed = !data_is_null(suppressed);
    return read_endpoints(run, map, out);
}

// A result that failed must say why: an error, or that something could not be read.
static bool is_explained(struct run *run, const struct data *root, Str verdict,
                         const struct gate_findings *findings)
{
    const struct data *broken = data_find(root, STR("broken"));
    if (broken)
        return refuse(run, broken, "not everything could be read: there is no verdict");
    bool error = !str_is(verdict, "fail");
    for (uint32_t i = 0; i < findings->count && !error; i++)
        error = !findings->items[i].suppressed && findings->items[i].level == LEVEL_ERROR;
    return error || refuse(run, data_find(root, STR("verdict")),
                           "the comparison failed without an error: it was made with --fail-on "
                           "warning or note, and the gate judges errors");
}

bool gate_read_result(struct run *run, uint32_t file, Str text, struct gate_findings *out,
                      Str *label, Span *label_at)
{
    const struct data *root, *list;
    uint32_t schema;
    Str name, verdict, relation;
    *out = (struct gate_findings){ 0 };
    if (!read_json(run, files_whole(file), text, &root))
        return false;
    const struct data *version = data_find(root, STR("schema"));
    if (root->kind != DATA_MAP || !version || !version->plain ||
        !data_get_number(version, 1, &schema) || schema != 1 ||
        !is_text(data_find(data_find(root, STR("tool")), STR("name"))))
        return refuse(run, root, "this is no result of corsgate diff --format json");
    if (!need_text(run, data_find(root, STR("tool")), "name", &name))
        return false;
    if (!str_is(name, "corsgate") || !data_find(root, STR("relation")))
        return refuse(run, root, "this is no result of corsgate diff --format json");
    if (!need_text(run, root, "relation", &relation) || !need_text(run, root, "new", label) ||
        !need_text(run, root, "verdict", &verdict) || !need_list(run, root, "findings", &list))
        return false;
    if (!str_is(verdict, "pass") && !str_is(verdict, "review") && !str_is(verdict, "fail"))
        return refuse(run, data_find(root, STR("verdict")), "there is no such verdict");
    *label_at = data_find(root, STR("new"))->span;
    bool review = !str_is(verdict, "review");
    for (uint32_t i = 0; i < list->count; i++) {
        struct gate_finding finding = { 0 };
        if (!read_finding(run, list->entries[i].value, &finding))
            return false;
        review |= finding.review && !finding.suppressed;
        *vec_push(run->arena, out) = finding;
    }
    if (!review)
        return diagf(run, &gate_contradicts, data_find(root, STR("verdict"))->span,
                     "no finding needs a review");
    return is_explained(run, root, verdict, out);
}

// ---- the pull request

static bool need_login(struct run *run, const struct data *user, Str *out)
{
    if (!need_text(run, user, "login", out))
        return false;
    return (out->len > 0 && out->len <= MAX_LOGIN) || refuse(run, user, "this is no login");
}

static bool same_number(struct run *run, const struct data *root, const struct data *pull,
                        uint32_t *out)
{
    const struct data *inside = data_find(pull, STR("number"));
    const struct data *outside = data_find(root, STR("number"));
    uint32_t other;
    if (inside && !data_get_number(inside, UINT32_MAX, out))
        return refuse(run, inside, "\"number\" must be a number");
    if (root == pull || !outside)
        return true;
    if (!data_get_number(outside, UINT32_MAX, &other))
        return refuse(run, outside, "\"number\" must be a number");
    if (inside && other != *out)
        return diagf(run, &gate_contradicts, outside->span, "the pull request has another number");
    *out = other;
    return true;
}

// What was pushed is the head, where the event says it.
static bool same_head(struct run *run, const struct data *root, Str head)
{
    const struct data *action = data_find(root, STR("action"));
    Str after;
    if (!action || !str_is(action->text, "synchronize") || !data_find(root, STR("after")))
        return true;
    if (!need_commit(run, root, "after", &after))
        return false;
    return str_equal(after, head) ||
           diagf(run, &gate_contradicts, data_find(root, STR("after"))->span,
                 "the pull request has another head");
}

bool gate_read_pull(struct run *run, uint32_t file, Str text, struct gate_pull *out)
{
    const struct data *root, *pull, *head, *user, *url;
    struct gate_pull read = { 0 };
    if (!read_json(run, files_whole(file), text, &root))
        return false;
    pull = data_find(root, STR("pull_request"));
    if (pull && data_find(root, STR("head")))
        return refuse(run, root, "it is an event and a pull request at once");
    pull = pull ? pull : root;
    head = data_find(pull, STR("head"));
    user = data_find(pull, STR("user"));
    if (!head || head->kind != DATA_MAP)
        return refuse(run, pull,
                      "it has no pull request with a head (of a merge group, give the "
                      "pull request object)");
    if (!user || user->kind != DATA_MAP)
        return refuse(run, pull, "the author of the pull request is not known");
    url = data_find(pull, STR("url"));
    if (is_text(url))
        read.url = url->text;
    if (!need_commit(run, head, "sha", &read.head) || !need_login(run, user, &read.author) ||
        !same_number(run, root, pull, &read.number) || !same_head(run, root, read.head))
        return false;
    *out = read;
    return true;
}

// ---- reviews

static bool read_state(Str text, enum gate_state *out)
{
    for (uint32_t i = GATE_APPROVED; i <= GATE_PENDING; i++)
        if (str_is_nocase(text, gate_state_name((enum gate_state)i))) {
            *out = (enum gate_state)i;
            return true;
        }
    return false;
}

// "2026-01-31T12:00:00Z": of this form, texts are in the order of time.
static bool is_moment(Str text)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    if (text.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (form[i] == '0' ? !digit : text.ptr[i] != form[i])
            return false;
    }
    return true;
}

static bool is_id(const struct data *data)
{
    if (!data || data->kind != DATA_SCALAR || !data->plain || !data->text.len ||
        data->text.len > MAX_ID || data->text.ptr[0] == '0')
        return false;
    for (size_t i = 0; i < data->text.len; i++)
        if (data->text.ptr[i] < '0' || data->text.ptr[i] > '9')
            return false;
    return true;
}

static bool read_user(struct run *run, const struct data *map, struct gate_review *out)
{
    const struct data *user = data_find(map, STR("user"));
    Str type;
    if (user && data_is_null(user))
        return true;
    if (!user || user->kind != DATA_MAP)
        return refuse(run, user ? user : map, "\"user\" must be an object or null");
    if (!need_login(run, user, &out->login) || !need_text(run, user, "type", &type))
        return false;
    out->is_user = str_is(type, "User");
    return true;
}

static bool read_review(struct run *run, const struct data *map, const struct gate_pull *pull,
                        struct gate_review *out)
{
    Str state;
    if (map->kind != DATA_MAP)
        return refuse(run, map, "a review must be an object");
    const struct data *id = data_find(map, STR("id")), *commit = data_find(map, STR("commit_id"));
    const struct data *url = data_find(map, STR("pull_request_url"));
    if (!need_text(run, map, "state", &state) || !read_user(run, map, out))
        return false;
    if (!read_state(state, &out->state))
        return refuse(run, data_find(map, STR("state")), "there is no such state of a review");
    if (pull->url.len && is_text(url) && !str_equal_nocase(url->text, pull->url))
        return diagf(run, &gate_contradicts, url->span, "the review is of another pull request");
    if (!is_id(id))
        return refuse(run, id ? id : map, "\"id\" must be a number");
    out->id = id->text;
    if (out->state == GATE_COMMENTED || out->state == GATE_PENDING)
        return true;
    if (!need_text(run, map, "submitted_at", &out->submitted))
        return false;
    if (!is_moment(out->submitted))
        return refuse(run, data_find(map, STR("submitted_at")),
                      "\"submitted_at\" must be a time such as 2026-01-31T12:00:00Z");
    if (!commit)
        return refuse(run, map, "a review needs \"commit_id\", which may be null");
    return data_is_null(commit) || need_commit(run, map, "commit_id", &out->commit);
}

static int compare_ids(const void *left, const void *right)
{
    const struct gate_review *a = *(const struct gate_review *const *)left;
    const struct gate_review *b = *(const struct gate_review *const *)right;
    return str_compare(a->id, b->id);
}

static bool same_review(const struct gate_review *a, const struct gate_review *b)
{
    return str_equal(a->login, b->login) && a->is_user == b->is_user && a->state == b->state &&
           str_equal(a->commit, b->commit) && str_equal(a->submitted, b->submitted);
}

// Pages may overlap, but one review says one thing.
static bool is_consistent(struct run *run, const struct data *root,
                          const struct gate_reviews *reviews)
{
    const struct gate_review **list =
        ARENA_ARRAY(run->arena, const struct gate_review *, reviews->count + 1);
    for (uint32_t i = 0; i < reviews->count; i++)
        list[i] = &reviews->items[i];
    if (reviews->count)
        qsort(list, reviews->count, sizeof *list, compare_ids);
    for (uint32_t i = 1; i < reviews->count; i++)
        if (str_equal(list[i]->id, list[i - 1]->id) && !same_review(list[i], list[i - 1]))
            return diagf(run, &gate_contradicts, root->span,
                         "review %.*s is listed twice, and differs", STR_ARG(list[i]->id));
    return true;
}

bool gate_read_reviews(struct run *run, uint32_t file, Str text, const struct gate_pull *pull,
                       struct gate_reviews *out)
{
    const struct data *root;
    *out = (struct gate_reviews){ 0 };
    if (!read_json(run, files_whole(file), text, &root))
        return false;
    if (root->kind != DATA_LIST || root->count > MAX_ITEMS)
        return refuse(run, root, "reviews are one list, of all pages");
    for (uint32_t i = 0; i < root->count; i++) {
        struct gate_review review = { 0 };
        if (!read_review(run, root->entries[i].value, pull, &review))
            return false;
        *vec_push(run->arena, out) = review;
    }
    return is_consistent(run, root, out);
}

// ---- teams

static bool read_team(struct run *run, const struct data *key, const struct data *list,
                      struct gate_team *out)
{
    Str name = key->text;
    (void)str_eat(&name, STR("@"));
    if (!str_contains(name, STR("/")))
        return refuse(run, key, "a team is written @organisation/team");
    if (list->kind != DATA_LIST || list->count > MAX_ITEMS)
        return refuse(run, list, "the members of a team are a list of logins");
    Str *logins = ARENA_ARRAY(run->arena, Str, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct data *login = list->entries[i].value;
        if (!is_text(login) || !login->text.len || login->text.len > MAX_LOGIN)
            return refuse(run, login, "a member is a login");
        logins[i] = login->text;
    }
    *out = (struct gate_team){ str_lower(run->arena, name), logins, list->count };
    return true;
}

bool gate_read_teams(struct run *run, uint32_t file, Str text, struct gate_teams *out)
{
    const struct data *root;
    *out = (struct gate_teams){ 0 };
    if (!read_json(run, files_whole(file), text, &root))
        return false;
    if (root->kind != DATA_MAP || root->count > 1000)
        return refuse(run, root, "teams are an object: {\"@organisation/team\": [\"login\"]}");
    for (uint32_t i = 0; i < root->count; i++) {
        struct gate_team team = { 0 };
        if (!read_team(run, root->entries[i].key, root->entries[i].value, &team))
            return false;
        for (uint32_t j = 0; j < out->count; j++)
            if (str_equal(out->items[j].name, team.name))
                return diagf(run, &gate_contradicts, root->entries[i].key->span,
                             "the team is listed twice");
        *vec_push(run->arena, out) = team;
    }
    return true;
}
