#include "cli/explain.h"

void explain_text(struct jout *out, const char *key, Str text)
{
    jout_key(out, key);
    if (text.len)
        jout_str(out, text);
    else
        jout_null(out);
}

void explain_headers(struct jout *out, const struct header *headers, uint32_t count)
{
    jout_key(out, "headers");
    jout_array(out);
    for (uint32_t i = 0; i < count; i++) {
        jout_array(out);
        jout_str(out, headers[i].name);
        jout_str(out, headers[i].value);
        jout_array_end(out);
    }
    jout_array_end(out);
}

void explain_verdict(struct jout *out, const struct fetch *fetch)
{
    bool known = fetch->verdict != FETCH_UNKNOWN;
    jout_key(out, "verdict");
    jout_text(out, fetch_verdict_name(fetch->verdict));
    explain_text(out, "error", known ? str_from(cors_error_name(fetch->result)) : STR(""));
    explain_text(out, "why",
                 known ? cors_explain(out->buf->arena, &fetch->request, fetch->result)
                       : fetch->reason);
}

void explain_failure(struct jout *out, Str reason)
{
    const struct fetch fetch = { .verdict = FETCH_UNKNOWN, .reason = reason };
    explain_verdict(out, &fetch);
}

static void write_answer(struct jout *out, const struct fetch_step *step)
{
    if (!step || !step->answer.known || step->answer.response.status == 0) {
        jout_null(out);
        return;
    }
    jout_object(out);
    jout_key(out, "status");
    if (step->answer.assumed)
        jout_text(out, "upstream");
    else
        jout_number(out, step->answer.response.status);
    explain_headers(out, step->answer.response.headers, step->answer.response.header_count);
    jout_object_end(out);
}

// The step of that kind that belongs to the last hop, or NULL.
static const struct fetch_step *of_last_hop(const struct fetch *fetch, bool preflight)
{
    const struct fetch_step *step = fetch_last(fetch, preflight);
    return step && step->request.redirects == fetch->request.redirects ? step : NULL;
}

void explain_answers(struct jout *out, const struct fetch *fetch)
{
    jout_key(out, "preflight");
    write_answer(out, of_last_hop(fetch, true));
    jout_key(out, "response");
    write_answer(out, of_last_hop(fetch, false));
}

void explain_redirects(struct jout *out, const struct fetch *fetch)
{
    jout_key(out, "redirects");
    jout_array(out);
    for (uint32_t i = 0; i < fetch->steps.count; i++) {
        const struct fetch_step *step = &fetch->steps.items[i];
        if (step->preflight || step->request.redirects == fetch->request.redirects)
            continue;
        const struct fetch_step *before = i ? step - 1 : NULL;
        jout_object(out);
        jout_key(out, "url");
        jout_str(out, step->request.url);
        jout_key(out, "preflight");
        write_answer(out, before && before->preflight ? before : NULL);
        jout_key(out, "response");
        write_answer(out, step);
        jout_object_end(out);
    }
    jout_array_end(out);
}

void explain_notes(struct jout *out, const struct notes *notes)
{
    jout_key(out, "notes");
    jout_array(out);
    for (uint32_t i = 0; i < notes->count; i++) {
        jout_object(out);
        jout_key(out, "id");
        jout_text(out, notes->items[i].id);
        jout_key(out, "text");
        jout_str(out, notes->items[i].text);
        jout_object_end(out);
    }
    jout_array_end(out);
}
