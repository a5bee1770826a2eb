// Who is let in: allow and deny, passwords, subrequests (reference/nginx.md 2.4, 3.6).
#include "base/hash.h"
#include "dialect/nginx/machine.h"

static const struct fa *word(struct machine *machine, const char *text)
{
    return fa_literal(machine->model->fa, str_from(text));
}

enum verdict { PASSES, FORBIDDEN, UNAUTHORIZED };

struct judged {
    struct state state;
    enum verdict verdict;
};
struct judgements {
    struct judged *items;
    uint32_t count, capacity;
};

static void judge(struct machine *machine, struct judgements *out, const struct states *states,
                  enum verdict verdict)
{
    for (uint32_t i = 0; i < states->count; i++)
        *vec_push(machine->scratch, out) = (struct judged){ states->items[i], verdict };
}

static void judge_address(struct machine *machine, const struct state *state,
                          const struct block *from, struct judgements *out)
{
    struct states self = { 0 }, yes = { 0 }, no = { 0 };
    *vec_push(machine->scratch, &self) = *state;
    if (from->rules.items[0].all) {
        judge(machine, out, &self, from->rules.items[0].allow ? PASSES : FORBIDDEN);
        return;
    }
    bool denies = false;
    for (uint32_t i = 0; i < from->rules.count; i++)
        denies |= !from->rules.items[i].allow;
    if (!denies) { // a list of allow alone refuses nobody
        judge(machine, out, &self, PASSES);
        return;
    }
    // Which addresses that are is another question: a list that changes lets other clients in, not
    // other websites.
    split_choice(machine, state, STR("whether the client's address is allowed"), 0, from->span,
                 &yes, &no);
    judge(machine, out, &yes, PASSES);
    judge(machine, out, &no, FORBIDDEN);
}

static void judge_basic(struct machine *machine, const struct state *state,
                        const struct block *from, struct judgements *out)
{
    struct model *model = machine->model;
    struct evaluations realms = { 0 };
    evaluate(machine, state, &from->auth_basic, &realms);
    for (uint32_t i = 0; i < realms.count; i++) {
        struct states off = { 0 }, on = { 0 };
        split_language(machine, &realms.items[i].state, realms.items[i].value, word(machine, "off"),
                       &off, &on);
        judge(machine, out, &off, PASSES);
        for (uint32_t k = 0; k < on.count; k++) {
            const struct value *sent = value_var(model, model_header(model, STR("authorization")));
            const struct fa *basic = fa_concat(
                model->fa, fa_literal_nocase(model->fa, STR("basic ")), fa_all(model->fa));
            struct states given = { 0 }, none = { 0 }, right = { 0 }, wrong = { 0 };
            split_language(machine, &on.items[k], sent, basic, &given, &none);
            judge(machine, out, &none, UNAUTHORIZED);
            for (uint32_t g = 0; g < given.count; g++)
                split_choice(machine, &given.items[g], STR("whether the password is right"), 0,
                             from->auth_span, &right, &wrong);
            judge(machine, out, &right, PASSES);
            judge(machine, out, &wrong, UNAUTHORIZED);
        }
    }
}

static void judge_request(struct machine *machine, const struct state *state,
                          const struct block *from, struct judgements *out)
{
    struct states self = { 0 }, yes = { 0 }, no = { 0 };
    if (from->auth_request.len == 0) {
        *vec_push(machine->scratch, &self) = *state;
        judge(machine, out, &self, PASSES);
        return;
    }
    // The answer depends on the location that is asked, and on all that could lead it elsewhere.
    uint64_t identity = hash_str(HASH_SEED, from->auth_request);
    for (uint32_t i = 0; i < machine->targets.count; i++)
        if (fa_accepts(machine->targets.items[i].paths, from->auth_request))
            identity = hash_u64(identity, machine->targets.items[i].location->hash);
    split_choice(machine, state, STR("whether the auth_request subrequest allows it"), identity,
                 from->auth_span, &yes, &no);
    judge(machine, out, &yes, PASSES);
    judge(machine, out, &no, UNAUTHORIZED);
}

// One check after the other. With `satisfy any` the first that passes is enough; else the first
// that does not ends it.
void serve_access(struct machine *machine, const struct state *state)
{
    const struct block *const checks[] = {
        block_rules(state->cfg),
        block_auth_basic(state->cfg),
        block_auth_request(state->cfg),
    };
    void (*const judges[])(struct machine *, const struct state *, const struct block *,
                           struct judgements *) = { judge_address, judge_basic, judge_request };
    bool any = block_satisfy_any(state->cfg);
    struct judgements now = { 0 };
    *vec_push(machine->scratch, &now) = (struct judged){ *state, PASSES };
    bool first = true; // with `satisfy any`: nothing has been asked yet
    for (size_t c = 0; c < sizeof checks / sizeof *checks; c++) {
        if (!checks[c])
            continue;
        struct judgements next = { 0 };
        for (uint32_t i = 0; i < now.count; i++) {
            struct judged *judged = &now.items[i];
            bool asks = any ? first || judged->verdict != PASSES : judged->verdict == PASSES;
            if (!asks) {
                *vec_push(machine->scratch, &next) = *judged;
                continue;
            }
            enum verdict before = first ? PASSES : judged->verdict;
            uint32_t from = next.count;
            judges[c](machine, &judged->state, checks[c], &next);
            for (uint32_t k = from; k < next.count; k++) // 401 says more than 403
                if (any && before == UNAUTHORIZED && next.items[k].verdict == FORBIDDEN)
                    next.items[k].verdict = UNAUTHORIZED;
        }
        now = next;
        first = false;
    }
    for (uint32_t i = 0; i < now.count; i++) {
        const struct state *judged = &now.items[i].state;
        if (now.items[i].verdict != PASSES)
            finish_status(machine, judged, now.items[i].verdict == FORBIDDEN ? 403 : 401, NULL,
                          judged->cfg->span);
        else if (judged->cfg->try_files.count)
            serve_try_files(machine, judged);
        else
            serve_content(machine, judged);
    }
}
