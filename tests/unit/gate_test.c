// The rule of reference/ci.md 2.2, clause by clause: reviews in, decision out.
#include "review/gate.h"
#include "review/gate_read.h"

#include "unit/check_main.h"

#include <string.h>

#define HEAD "1111111111111111111111111111111111111111"
#define OLDER "2222222222222222222222222222222222222222"
#define OLDEST "3333333333333333333333333333333333333333"

struct fixture {
    struct arena *arena;
    struct run *run;
    struct model *model;
};

static struct fixture fixture_new(void)
{
    struct fixture out = { .arena = arena_new() };
    out.run = run_new(out.arena, &limits_default);
    out.model = model_new(out.run);
    return out;
}

static Str next_word(Str *rest, Str separator)
{
    Str word = *rest;
    if (!str_cut(*rest, separator, &word, rest))
        *rest = STR("");
    return word;
}

// "A:login:commit:day": the state is a letter (in lower case: a bot's), the commit h (head), o
// (older), O (older still) or - (null); numbers count upwards from 9, so that they get longer.
static void add_review(struct arena *arena, Str word, uint32_t number, struct gate_reviews *out)
{
    static const char letters[] = "ARDCP"; // in the order of the enum
    char letter = next_word(&word, STR(":")).ptr[0];
    struct gate_review review = { .is_user = letter < 'a' };
    review.login = next_word(&word, STR(":"));
    Str commit = next_word(&word, STR(":"));
    review.submitted = str_format(arena, "2026-01-0%.*sT00:00:00Z", STR_ARG(word));
    review.id = str_format(arena, "%u", (unsigned)number + 9);
    const char *at = strchr(letters, letter & ~0x20);
    ck_assert(at && word.len == 1);
    review.state = (enum gate_state)(at - letters);
    if (str_is(commit, "h"))
        review.commit = STR(HEAD);
    else if (str_is(commit, "o"))
        review.commit = STR(OLDER);
    else if (str_is(commit, "O"))
        review.commit = STR(OLDEST);
    *vec_push(arena, out) = review;
}

// "host/path" (a prefix), "host/=path" (exactly that), "host/~any" (an expression).
static struct gate_endpoint endpoint_of(struct arena *arena, Str place)
{
    Str *host = ARENA_NEW(arena, Str), path = place;
    *host = next_word(&path, STR("/"));
    const char *match = str_is(path, "~any") ? "regex" : "prefix";
    if (str_eat(&path, STR("=")))
        match = "exact";
    return (struct gate_endpoint){
        .hosts = host,
        .host_count = 1,
        .path = str_concat(arena, STR("/"), path),
        .match = str_from(match),
        .url = place,
    };
}

// "r1" needs a review, "e2" is an error, "b3" both, "s4" needs a review and is suppressed, "x5" is
// a suppressed error, "w6" a warning; the rest of the word is the fingerprint. Behind "@" stand the
// endpoints, separated by commas.
static void add_finding(struct arena *arena, Str word, struct gate_findings *out)
{
    Str name = next_word(&word, STR("@"));
    char letter = name.ptr[0];
    struct gate_finding finding = {
        .rule = STR("CG103"),
        .message = STR("message"),
        .fingerprint = str_slice(name, 1, name.len),
        .level = strchr("ebx", letter) ? LEVEL_ERROR : LEVEL_WARNING,
        .review = strchr("rbs", letter) != NULL,
        .suppressed = strchr("sx", letter) != NULL,
    };
    struct {
        VEC(struct gate_endpoint) list;
    } endpoints = { 0 };
    while (word.len)
        *vec_push(arena, &endpoints.list) = endpoint_of(arena, next_word(&word, STR(",")));
    finding.endpoints = endpoints.list.items;
    finding.endpoint_count = endpoints.list.count;
    *vec_push(arena, out) = finding;
}

static void add_findings(struct arena *arena, const char *text, struct gate_findings *out)
{
    for (Str rest = str_from(text); rest.len;)
        add_finding(arena, next_word(&rest, STR(" ")), out);
}

// Two people and a team approve; what is at pay.example.com has its own approvers, of whom two are
// needed; what lies below /open/ needs one approval, however many the project needs.
static struct approvals policy_of(struct fixture *fixture, uint32_t needed, bool same)
{
    static const Str approvers[] = { { "lead", 4 }, { "@Senior", 7 }, { "@example/platform", 17 } };
    static const Str payments[] = { { "payer", 5 }, { "banker", 6 }, { "lead", 4 } };
    struct approval_place *places = ARENA_ARRAY(fixture->arena, struct approval_place, 2);
    Str reason;
    places[0] =
        (struct approval_place){ .approvers = payments, .approver_count = 3, .approvals = 2 };
    places[1] = (struct approval_place){ .approvals = 1 };
    ck_assert(urls_parse(fixture->model, STR("https://pay.example.com/*"), URLS_BELOW,
                         &places[0].urls, &reason));
    ck_assert(urls_parse(fixture->model, STR("https://*.example.net/open/*"), URLS_BELOW,
                         &places[1].urls, &reason));
    return (struct approvals){ .approvals = needed,
                               .approvers = approvers,
                               .approver_count = 3,
                               .same_findings = same,
                               .places = places,
                               .place_count = 2 };
}

enum { STRICT, SAME };
#define ONE "r1@a.example.com/"

static const struct {
    const char *name;
    const char *findings, *reviews;
    enum gate_outcome outcome;
    uint32_t needed; // 0: not said
    int stale;
    const char *older; // findings at OLDER; NULL: not given
} rows[] = {
    // What needs a review at all.
    { "nothing found", "", "", GATE_CLEAR, 0, STRICT, NULL },
    { "a warning", "w1@a.example.com/", "", GATE_CLEAR, 0, STRICT, NULL },
    { "suppressed", "s1@a.example.com/ x2@a.example.com/", "", GATE_CLEAR, 0, STRICT, NULL },
    { "opened", ONE, "", GATE_HELD, 0, STRICT, NULL },
    { "an error", "e1@a.example.com/", "A:lead:h:1", GATE_FAILED, 0, STRICT, NULL },
    { "an error beside", ONE " e2@a.example.com/", "A:lead:h:1", GATE_FAILED, 0, STRICT, NULL },
    { "an error for review", "b1@a.example.com/", "", GATE_HELD, 0, STRICT, NULL },
    { "which is lifted", "b1@a.example.com/", "A:lead:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "a request about nothing", "w1", "R:lead:h:1", GATE_CLEAR, 0, STRICT, NULL },
    // 1: whose reviews are heard.
    { "a gone account", ONE, "A::h:1", GATE_HELD, 0, STRICT, NULL },
    { "a bot", ONE, "a:lead:h:1", GATE_HELD, 0, STRICT, NULL },
    { "the author, an approver", ONE, "A:member:h:1", GATE_HELD, 0, STRICT, NULL },
    { "the author in other letters", ONE, "A:MEMBER:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a comment", ONE, "C:lead:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a pending review", ONE, "P:lead:h:1", GATE_HELD, 0, STRICT, NULL },
    { "approved, then commented", ONE, "A:lead:h:1 C:lead:h:2", GATE_PASSED, 0, STRICT, NULL },
    { "requested, then commented", ONE, "R:lead:h:1 C:lead:h:2 A:senior:h:3", GATE_HELD, 0, STRICT,
      NULL },
    { "approved, then pending", ONE, "A:lead:h:1 P:lead:o:2", GATE_PASSED, 0, STRICT, NULL },
    { "logins in any case", ONE, "A:LeaD:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "the author requests", ONE, "A:lead:h:1 R:member:h:2", GATE_PASSED, 0, STRICT, NULL },
    { "a bot requests", ONE, "A:lead:h:1 r:senior:h:2", GATE_PASSED, 0, STRICT, NULL },
    // 2: the latest of each login.
    { "requested, then approved", ONE, "R:lead:h:1 A:lead:h:2", GATE_PASSED, 0, STRICT, NULL },
    { "approved, then requested", ONE, "A:lead:h:1 R:lead:h:2", GATE_HELD, 0, STRICT, NULL },
    { "listed the other way round", ONE, "R:lead:h:2 A:lead:h:1", GATE_HELD, 0, STRICT, NULL },
    { "at one moment", ONE, "A:lead:h:1 R:lead:h:1", GATE_HELD, 0, STRICT, NULL },
    { "at one moment, 9 before 10", ONE, "R:lead:h:1 A:lead:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "dismissed", ONE, "D:lead:h:1", GATE_HELD, 0, STRICT, NULL },
    { "approved, a later one dismissed", ONE, "A:lead:h:1 D:lead:h:2", GATE_HELD, 0, STRICT, NULL },
    { "dismissed, approved again", ONE, "D:lead:h:1 A:lead:h:2", GATE_PASSED, 0, STRICT, NULL },
    { "a request dismissed", ONE, "D:lead:h:1 A:senior:h:2", GATE_PASSED, 0, STRICT, NULL },
    { "one login, two spellings", ONE, "A:lead:h:1 R:LEAD:h:2", GATE_HELD, 0, STRICT, NULL },
    // 3: approvers only; a request of theirs holds.
    { "junior", ONE, "A:junior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a junior requests", ONE, "R:junior:h:1 A:lead:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "another approver requests", ONE, "A:lead:h:1 R:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "at an older head", ONE, "A:lead:h:1 R:senior:o:1", GATE_HELD, 0, STRICT, NULL },
    { "an approver elsewhere requests", ONE, "A:lead:h:1 R:payer:h:1", GATE_HELD, 0, STRICT, NULL },
    { "of the team", ONE, "A:Teammate:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "parts of a login", ONE, "A:lea:h:1 A:leader:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a team is no login", ONE, "A:example/platform:h:1", GATE_HELD, 0, STRICT, NULL },
    // 4: so many, of the head.
    { "of the head", ONE, "A:senior:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "of an old head", ONE, "A:senior:o:1", GATE_HELD, 0, STRICT, NULL },
    { "of no known commit", ONE, "A:senior:-:1", GATE_HELD, 0, STRICT, NULL },
    { "head, then an old one", ONE, "A:senior:h:1 A:senior:o:2", GATE_HELD, 0, STRICT, NULL },
    { "one of two", ONE, "A:senior:h:1", GATE_HELD, 2, STRICT, NULL },
    { "two of two", ONE, "A:senior:h:1 A:lead:h:1", GATE_PASSED, 2, STRICT, NULL },
    { "one, twice", ONE, "A:senior:h:1 A:SENIOR:h:2", GATE_HELD, 2, STRICT, NULL },
    { "one of them stale", ONE, "A:senior:h:1 A:lead:o:1", GATE_HELD, 2, STRICT, NULL },
    { "too few people", ONE, "A:senior:h:1 A:lead:h:1 A:teammate:h:1", GATE_HELD, 4, STRICT, NULL },
    // 5: approvals of older heads.
    { "strict", ONE, "A:lead:o:1", GATE_HELD, 0, STRICT, ONE },
    { "the same findings", ONE, "A:lead:o:1", GATE_PASSED, 0, SAME, ONE },
    { "fewer", ONE, "A:lead:o:1", GATE_PASSED, 0, SAME, "r2@a.example.com/ " ONE },
    { "one more", ONE " r2@a.example.com/", "A:lead:o:1", GATE_HELD, 0, SAME, ONE },
    { "others", ONE, "A:lead:o:1", GATE_HELD, 0, SAME, "r2@a.example.com/" },
    { "nothing there", ONE, "A:lead:o:1", GATE_HELD, 0, SAME, "" },
    { "no review there", ONE, "A:lead:o:1", GATE_HELD, 0, SAME, "w1@a.example.com/" },
    { "suppressed there", ONE, "A:lead:o:1", GATE_HELD, 0, SAME, "s1@a.example.com/" },
    { "a warning more", ONE " w2", "A:lead:o:1", GATE_PASSED, 0, SAME, ONE },
    { "another older head", ONE, "A:lead:O:1", GATE_HELD, 0, SAME, ONE },
    { "not known what was there", ONE, "A:lead:o:1", GATE_HELD, 0, SAME, NULL },
    { "no commit, no older head", ONE, "A:lead:-:1", GATE_HELD, 0, SAME, ONE },
    { "head and older", ONE, "A:lead:o:1 A:senior:h:2", GATE_PASSED, 2, SAME, ONE },
    { "dismissed there", ONE, "D:lead:o:1", GATE_HELD, 0, SAME, ONE },
    { "a junior there", ONE, "A:junior:o:1", GATE_HELD, 0, SAME, ONE },
    // Endpoints with approvers of their own.
    { "the project's do not suffice", "r1@pay.example.com/", "A:senior:h:1 A:teammate:h:1",
      GATE_HELD, 0, STRICT, NULL },
    { "one of theirs", "r1@pay.example.com/", "A:payer:h:1", GATE_HELD, 0, STRICT, NULL },
    { "two of theirs", "r1@pay.example.com/", "A:payer:h:1 A:banker:h:1", GATE_PASSED, 0, STRICT,
      NULL },
    { "theirs elsewhere", ONE, "A:payer:h:1 A:banker:h:1", GATE_HELD, 0, STRICT, NULL },
    { "both places, theirs", ONE " r2@pay.example.com/", "A:payer:h:1 A:banker:h:1", GATE_HELD, 0,
      STRICT, NULL },
    { "both places, all", ONE " r2@pay.example.com/", "A:payer:h:1 A:banker:h:1 A:senior:h:1",
      GATE_PASSED, 0, STRICT, NULL },
    { "both places, one in both", ONE " r2@pay.example.com/", "A:payer:h:1 A:lead:h:1", GATE_PASSED,
      0, STRICT, NULL },
    { "one about both", "r1@a.example.com/,pay.example.com/", "A:senior:h:1", GATE_HELD, 0, STRICT,
      NULL },
    { "one about both, all", "r1@a.example.com/,pay.example.com/",
      "A:senior:h:1 A:payer:h:1 A:banker:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "a wildcard over it", "r1@*.example.com/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a wildcard, theirs alone", "r1@*.example.com/", "A:payer:h:1 A:banker:h:1", GATE_HELD, 0,
      STRICT, NULL },
    { "a wildcard beside it", "r1@*.example.org/", "A:senior:h:1", GATE_PASSED, 0, STRICT, NULL },
    { "any host", "r1@_/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a default server", "r1@default_server/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "every name", "r1@*/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "an expression", "r1@~^p.*$/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a leading dot", "r1@.example.com/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "not deployed yet", "r1@api.stack.execute-api/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "a plugin", "r1@cors.default.kongplugin.invalid/", "A:senior:h:1", GATE_HELD, 0, STRICT,
      NULL },
    { "hosts in any case", "r1@PAY.example.com/", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "about no endpoint", "r1", "A:senior:h:1", GATE_HELD, 0, STRICT, NULL },
    { "about no endpoint, theirs", "r1", "A:payer:h:1 A:banker:h:1", GATE_HELD, 0, STRICT, NULL },
    { "about no endpoint, all", "r1", "A:payer:h:1 A:banker:h:1 A:senior:h:1", GATE_PASSED, 0,
      STRICT, NULL },
    { "a path inside", "r1@a.example.net/open/x", "A:senior:h:1", GATE_PASSED, 2, STRICT, NULL },
    { "a path around", "r1@a.example.net/", "A:senior:h:1", GATE_HELD, 2, STRICT, NULL },
    { "a path beside", "r1@a.example.net/=other", "A:senior:h:1", GATE_HELD, 2, STRICT, NULL },
    { "inside and beside", "r1@a.example.net/open/x,a.example.net/=other", "A:senior:h:1",
      GATE_HELD, 2, STRICT, NULL },
    { "any path", "r1@a.example.net/~any", "A:senior:h:1", GATE_HELD, 2, STRICT, NULL },
};

static struct gate_input input_of(struct fixture *fixture, const struct approvals *policy,
                                  const char *findings, const char *reviews)
{
    static const Str members[] = { { "TeamMate", 8 }, { "Member", 6 } };
    struct gate_input input = { .head = STR(HEAD), .author = STR("Member"), .policy = policy };
    uint32_t number = 0;
    add_findings(fixture->arena, findings, &input.findings);
    for (Str rest = str_from(reviews); rest.len; number++)
        add_review(fixture->arena, next_word(&rest, STR(" ")), number, &input.reviews);
    *vec_push(fixture->arena, &input.teams) =
        (struct gate_team){ STR("example/platform"), members, 2 };
    return input;
}

START_TEST(decides)
{
    struct fixture fixture = fixture_new();
    struct approvals policy = policy_of(&fixture, rows[_i].needed, rows[_i].stale == SAME);
    struct gate_input input = input_of(&fixture, &policy, rows[_i].findings, rows[_i].reviews);
    if (rows[_i].older) {
        struct gate_result *older = vec_push(fixture.arena, &input.older);
        older->commit = STR(OLDER);
        add_findings(fixture.arena, rows[_i].older, &older->findings);
    }
    struct gate_decision decision;
    gate_decide(fixture.model, &input, &decision);
    ck_assert_msg(decision.outcome == rows[_i].outcome, "%s: %s %.*s", rows[_i].name,
                  gate_outcome_name(decision.outcome), STR_ARG(decision.why));
    for (uint32_t i = 0; i < decision.items.count; i++)
        ck_assert_msg(decision.items.items[i].groups.count > 0, "%s: nobody is asked",
                      rows[_i].name);
    arena_free(fixture.arena);
}
END_TEST

// A merge group is the head together with others: what it shows, the head must have shown.
START_TEST(holds_what_only_the_merge_group_shows)
{
    static const struct {
        const char *findings, *group;
        enum gate_outcome outcome;
    } groups[] = {
        { ONE, ONE, GATE_PASSED },
        { ONE " r2@a.example.com/", ONE, GATE_PASSED },
        { ONE, "", GATE_PASSED },
        { ONE, ONE " w2", GATE_PASSED },
        { ONE, ONE " s2@a.example.com/", GATE_PASSED },
        { ONE, ONE " r2@a.example.com/", GATE_HELD },
        { ONE, "r2@a.example.com/", GATE_HELD },
        { ONE, ONE " e2", GATE_FAILED },
        { "", "", GATE_CLEAR },
        { "", ONE, GATE_HELD },
        { "w1@a.example.com/", ONE, GATE_HELD },
        { "s1@a.example.com/", ONE, GATE_HELD },
    };
    struct fixture fixture = fixture_new();
    struct approvals policy = policy_of(&fixture, 1, true);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct gate_input input = input_of(&fixture, &policy, groups[i].findings, "A:lead:h:1");
        struct gate_decision decision;
        add_findings(fixture.arena, groups[i].group, &input.group);
        gate_decide(fixture.model, &input, &decision);
        ck_assert_msg(decision.outcome == groups[i].outcome, "row %zu: %s", i,
                      gate_outcome_name(decision.outcome));
    }
    arena_free(fixture.arena);
}
END_TEST

START_TEST(decides_nothing_without_knowing_people)
{
    struct fixture fixture = fixture_new();
    struct approvals policy = policy_of(&fixture, 1, false);
    struct gate_input input = input_of(&fixture, &policy, ONE, "A:lead:h:1");
    struct gate_decision decision;
    input.teams.count = 0;
    gate_decide(fixture.model, &input, &decision);
    ck_assert_int_eq(decision.outcome, GATE_UNKNOWN);
    ck_assert(str_contains(decision.why, STR("@example/platform")));
    // Where nothing needs a review, nobody has to be known.
    input = input_of(&fixture, &policy, "w1", "A:lead:h:1");
    input.teams.count = 0;
    gate_decide(fixture.model, &input, &decision);
    ck_assert_int_eq(decision.outcome, GATE_CLEAR);
    // Without approvers nobody can approve.
    static const struct approvals none = { 0 };
    input = input_of(&fixture, &none, ONE, "A:lead:h:1 A:senior:h:1");
    gate_decide(fixture.model, &input, &decision);
    ck_assert_int_eq(decision.outcome, GATE_HELD);
    arena_free(fixture.arena);
}
END_TEST

START_TEST(refuses_one_review_that_says_two_things)
{
    struct fixture fixture = fixture_new();
    struct approvals policy = policy_of(&fixture, 1, false);
    struct gate_input input = input_of(&fixture, &policy, ONE, "A:lead:h:1 A:lead:h:1");
    struct gate_decision decision;
    input.reviews.items[1].id = input.reviews.items[0].id;
    gate_decide(fixture.model, &input, &decision); // pages that overlap
    ck_assert_int_eq(decision.outcome, GATE_PASSED);
    input.reviews.items[1].state = GATE_DISMISSED;
    gate_decide(fixture.model, &input, &decision);
    ck_assert_int_eq(decision.outcome, GATE_UNKNOWN);
    arena_free(fixture.arena);
}
END_TEST

START_TEST(labels_are_ids_or_say_nothing)
{
    static const struct {
        const char *label;
        bool fits;
    } labels[] = {
        { HEAD, true },         { OLDER, false },    { "1111111", true },     { "2222222", false },
        { "111111", true },     { "222222", true },  { "main", true },        { "worktree", true },
        { "", true },           { HEAD "1", false }, { HEAD ":nginx", true }, { "2222222x", true },
        { "2222222:x", false },
    };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        ck_assert_msg(gate_label_fits(str_from(labels[i].label), STR(HEAD)) == labels[i].fits, "%s",
                      labels[i].label);
}
END_TEST

#define ID "\"id\": 1, "
#define USER "\"user\": {\"login\": \"lead\", \"type\": \"User\"}, "
#define STATE "\"state\": \"APPROVED\", "
#define COMMIT "\"commit_id\": \"" HEAD "\", "
#define TIME "\"submitted_at\": \"2026-01-01T00:00:00Z\""
static const struct {
    const char *text;
    bool good;
} lists[] = {
    { "[]", true },
    { "[{" ID USER STATE COMMIT TIME "}]", true },
    { "[{" ID "\"user\": null, " STATE COMMIT TIME "}]", true },
    { "[{" ID USER STATE "\"commit_id\": null, " TIME "}]", true },
    { "[{" ID USER "\"state\": \"PENDING\"}]", true },
    { "[{" ID USER STATE COMMIT TIME "}, {" ID USER STATE COMMIT TIME "}]", true },
    { "[{" ID USER STATE COMMIT TIME "}, {" ID USER STATE "\"commit_id\": null, " TIME "}]",
      false },
    { "[{" ID USER STATE COMMIT TIME "}, {\"id\": 2, " USER STATE COMMIT TIME "}, {" ID
      "\"user\": null, " STATE COMMIT TIME "}]",
      false },
    { "", false },
    { "{}", false },
    { "null", false },
    { "[1]", false },
    { "[[]]", false },
    { "[{\"id\": \"1\", " USER STATE COMMIT TIME "}]", false },
    { "[{\"id\": 1.5, " USER STATE COMMIT TIME "}]", false },
    { "[{\"id\": -1, " USER STATE COMMIT TIME "}]", false },
    { "[{" USER STATE COMMIT TIME "}]", false },
    { "[{" ID STATE COMMIT TIME "}]", false },
    { "[{" ID USER COMMIT TIME "}]", false },
    { "[{" ID USER STATE TIME "}]", false },
    { "[{" ID USER STATE "\"commit_id\": \"" HEAD "\"}]", false },
    { "[{" ID USER "\"state\": \"FINE\", " COMMIT TIME "}]", false },
    { "[{" ID "\"user\": {\"login\": \"lead\"}, " STATE COMMIT TIME "}]", false },
    { "[{" ID "\"user\": {\"login\": 7, \"type\": \"User\"}, " STATE COMMIT TIME "}]", false },
    { "[{" ID "\"user\": {\"login\": \"\", \"type\": \"User\"}, " STATE COMMIT TIME "}]", false },
    { "[{" ID USER STATE COMMIT "\"submitted_at\": \"yesterday\"}]", false },
    { "[{" ID USER STATE "\"commit_id\": \"1111111\", " TIME "}]", false },
    { "[{" ID USER STATE STATE COMMIT TIME "}]", false },
    { "[{\"pull_request_url\": \"https://api.test/pulls/7\", " ID USER STATE COMMIT TIME "}]",
      true },
    { "[{\"pull_request_url\": \"https://api.test/pulls/8\", " ID USER STATE COMMIT TIME "}]",
      false },
};

START_TEST(reads_reviews_or_refuses)
{
    struct fixture fixture = fixture_new();
    const struct gate_pull pull = { .url = STR("https://api.test/pulls/7") };
    struct gate_reviews reviews;
    bool good = gate_read_reviews(fixture.run, 1, str_from(lists[_i].text), &pull, &reviews);
    ck_assert_msg(good == lists[_i].good, "%s", lists[_i].text);
    ck_assert_msg(good == (fixture.run->diags.count == 0), "%s", lists[_i].text);
    arena_free(fixture.arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gate");
    TCase *tcase = tcase_create("gate");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, decides, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tcase, holds_what_only_the_merge_group_shows);
    tcase_add_test(tcase, decides_nothing_without_knowing_people);
    tcase_add_test(tcase, refuses_one_review_that_says_two_things);
    tcase_add_test(tcase, labels_are_ids_or_say_nothing);
    tcase_add_loop_test(tcase, reads_reviews_or_refuses, 0, sizeof lists / sizeof *lists);
    suite_add_tcase(suite, tcase);
    return check_main(suite);
}
