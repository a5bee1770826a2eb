#include "report/show.h"

#include "report/json_parts.h"
#include "report/tell.h"

#include <stddef.h>

// Origins that have the same capabilities, certainly or possibly.
struct row {
    const struct fa *set;
    bool certain;
    VEC(struct capability) capabilities;
    const struct unknown *why;
};
struct rows {
    VEC(struct row) list;
};

static void add_row(struct arena *arena, struct rows *rows, const struct fa *set, bool certain,
                    struct capability capability, const struct unknown *why)
{
    if (fa_is_none(set))
        return;
    uint32_t at = 0;
    while (at < rows->list.count &&
           (rows->list.items[at].set != set || rows->list.items[at].certain != certain))
        at++;
    struct row *row = at < rows->list.count ? &rows->list.items[at] : vec_push(arena, &rows->list);
    row->set = set;
    row->certain = certain;
    row->why = row->why ? row->why : why;
    *vec_push(arena, &row->capabilities) = capability;
}

// Requests for the path of the endpoint's example.
static const struct box *example(struct model *model, const struct endpoint *endpoint)
{
    struct request request = { 0 };
    Str path, query;
    const struct box *anything = box_all(model);
    if (!request_set_url(model->arena, &request, endpoint->url) ||
        !request_normalise(model->arena, request.target, true, &path, &query))
        return anything;
    const struct box *box = box_with(model, anything, model->path, fa_literal(model->fa, path));
    return box ? box : anything;
}

// Certain is what holds at the example; possible is what else may hold somewhere.
static void find_rows(const struct show *show, const struct endpoint *endpoint, struct arena *arena,
                      struct rows *out)
{
    struct model *model = show->result->policy->model;
    struct capabilities capabilities = { 0 };
    access_capabilities(show->space, endpoint, &capabilities);
    const struct box *here = example(model, endpoint), *anywhere = box_all(model);
    for (uint32_t i = 0; i < capabilities.count; i++) {
        struct capability capability = capabilities.items[i];
        struct access access = access_of(show->space, show->upstreams, endpoint, here, capability);
        struct access wide =
            access_of(show->space, show->upstreams, endpoint, anywhere, capability);
        add_row(arena, out, access.must, true, capability, NULL);
        add_row(arena, out, fa_subtract(model->fa, wide.may, access.must), false, capability,
                access.why ? access.why : wide.why);
    }
}

static struct origins describe(const struct show *show, const struct fa *set)
{
    return origins_describe(show->space, set, NULL, NULL);
}

// --- text ---

static void write_row(const struct show *show, const struct teller *teller, const struct row *row)
{
    struct origins origins = describe(show, row->set);
    buf_add_text(teller->out, row->certain ? "  " : "  possibly ");
    tell_paint(teller, row->certain ? PAINT_BOLD : PAINT_YELLOW);
    tell_origins(teller->out, &origins);
    tell_unpaint(teller);
    buf_add_text(teller->out, ": ");
    tell_capabilities(teller->out, row->capabilities.items, row->capabilities.count);
    buf_add_char(teller->out, '\n');
    if (!row->why)
        return;
    buf_add_text(teller->out, "    because ");
    tell_place(teller, (Str){ NULL, 0 }, row->why->span);
    buf_add_text(teller->out, row->why->span.file ? ": " : "");
    tell_text(teller->out, row->why->reason);
    buf_add_char(teller->out, '\n');
}

static void write_endpoint(const struct show *show, const struct teller *teller,
                           const struct endpoint *endpoint)
{
    struct rows rows = { 0 };
    tell_paint(teller, PAINT_BOLD);
    tell_text(teller->out, endpoint->url);
    tell_unpaint(teller);
    buf_add_text(teller->out, "  (");
    tell_text(teller->out, endpoint->path);
    for (uint32_t i = 0; i < endpoint->host_count; i++) {
        buf_add_text(teller->out, i ? ", " : " on ");
        tell_text(teller->out, endpoint->hosts[i]);
    }
    buf_add_text(teller->out, "; ");
    tell_place(teller, (Str){ NULL, 0 }, endpoint->span);
    buf_add_text(teller->out, ")\n");
    find_rows(show, endpoint, teller->out->arena, &rows);
    for (uint32_t i = 0; i < rows.list.count; i++)
        write_row(show, teller, &rows.list.items[i]);
    if (!rows.list.count)
        buf_add_text(teller->out, "  no other website may read it\n");
}

static void write_unknowns(const struct show *show, const struct teller *teller)
{
    struct report_unknowns unknowns = report_unknowns(teller->out->arena, show->result->policy);
    if (unknowns.count)
        buf_add_text(teller->out, "\nNot known:\n");
    for (uint32_t i = 0; i < unknowns.count; i++) {
        buf_add_text(teller->out, "  ");
        tell_place(teller, (Str){ NULL, 0 }, unknowns.items[i]->span);
        buf_add_text(teller->out, unknowns.items[i]->span.file ? ": " : "");
        tell_text(teller->out, unknowns.items[i]->reason);
        buf_add_char(teller->out, '\n');
    }
}

static void write_explanation(const struct show *show, struct buf *out)
{
    for (uint32_t i = 0; i < show->result->files.count; i++) {
        const struct dialect_file *file = &show->result->files.items[i];
        tell_text(out, file->path);
        buf_addf(out, ": %s%s: ", file->dialect ? "read as " : "not read",
                 file->dialect ? file->dialect : "");
        tell_text(out, file->why);
        buf_add_char(out, '\n');
    }
    buf_add_char(out, '\n');
}

static void write_text(const struct show *show, enum report_look look, struct buf *out)
{
    const struct policy *policy = show->result->policy;
    const struct teller teller = {
        .out = out,
        .files = show->files,
        .color = look == LOOK_COLOR,
    };
    if (show->explain)
        write_explanation(show, out);
    for (uint32_t i = 0; i < policy->endpoint_count; i++)
        write_endpoint(show, &teller, policy->endpoints[i]);
    write_unknowns(show, &teller);
    buf_addf(out, "%s%u endpoint%s\n", policy->endpoint_count ? "\n" : "", policy->endpoint_count,
             policy->endpoint_count == 1 ? "" : "s");
}

// --- JSON ---

static void json_rows(const struct show *show, struct jout *out, const struct endpoint *endpoint)
{
    struct rows rows = { 0 };
    find_rows(show, endpoint, out->buf->arena, &rows);
    jout_key(out, "access");
    jout_array(out);
    for (uint32_t i = 0; i < rows.list.count; i++) {
        const struct row *row = &rows.list.items[i];
        struct origins origins = describe(show, row->set);
        jout_line(out);
        jout_object(out);
        jout_key(out, "origins");
        json_parts_origins(out, &origins);
        jout_key(out, "certainty");
        jout_text(out, row->certain ? "certain" : "possible");
        jout_key(out, "capabilities");
        jout_array(out);
        for (uint32_t j = 0; j < row->capabilities.count; j++) {
            jout_object(out);
            json_parts_capability(out, row->capabilities.items[j]);
            jout_object_end(out);
        }
        jout_array_end(out);
        jout_key(out, "why");
        if (row->why)
            jout_str(out, row->why->reason);
        else
            jout_null(out);
        jout_object_end(out);
    }
    jout_array_end(out);
}

static void json_files(const struct show *show, struct jout *out)
{
    jout_key(out, "files");
    jout_array(out);
    for (uint32_t i = 0; i < show->result->files.count; i++) {
        const struct dialect_file *file = &show->result->files.items[i];
        jout_line(out);
        jout_object(out);
        jout_key(out, "file");
        jout_str(out, file->path);
        jout_key(out, "type");
        if (file->dialect)
            jout_text(out, file->dialect);
        else
            jout_null(out);
        jout_key(out, "why");
        jout_str(out, file->why);
        jout_object_end(out);
    }
    jout_array_end(out);
}

static void write_json(const struct show *show, enum report_look look, struct buf *buf)
{
    const struct policy *policy = show->result->policy;
    struct jout out = { .buf = buf };
    (void)look;
    jout_object(&out);
    jout_key(&out, "schema");
    jout_number(&out, 1);
    json_parts_tool(&out);
    jout_line(&out);
    json_files(show, &out);
    jout_line(&out);
    jout_key(&out, "endpoints");
    jout_array(&out);
    for (uint32_t i = 0; i < policy->endpoint_count; i++) {
        jout_line(&out);
        jout_object(&out);
        jout_key(&out, "endpoint");
        json_parts_endpoint(&out, policy->endpoints[i]);
        json_parts_place_keys(&out, show->files, policy->endpoints[i]->span);
        json_rows(show, &out, policy->endpoints[i]);
        jout_object_end(&out);
    }
    jout_array_end(&out);
    jout_line(&out);
    json_parts_unknown(&out, show->files, policy);
    jout_line(&out);
    jout_key(&out, "stats");
    jout_object(&out);
    jout_key(&out, "files");
    jout_number(&out, policy->files);
    jout_key(&out, "endpoints");
    jout_number(&out, policy->endpoint_count);
    jout_key(&out, "unknown");
    jout_number(&out, report_unknowns(buf->arena, policy).count);
    jout_key(&out, "milliseconds");
    jout_number(&out, show->milliseconds);
    jout_object_end(&out);
    jout_object_end(&out);
    buf_add_char(buf, '\n');
}

const struct show_format show_formats[] = {
    { "text", write_text },
    { "json", write_json },
};
const uint32_t show_format_count = sizeof show_formats / sizeof *show_formats;

const struct show_format *show_format_find(Str name)
{
    for (uint32_t i = 0; i < show_format_count; i++)
        if (str_is(name, show_formats[i].name))
            return &show_formats[i];
    return NULL;
}
