#include "report/show.h"

#include "report/html_parts.h"
#include "report/json_parts.h"
#include "report/markdown_parts.h"
#include "report/matrix.h"
#include "report/tell.h"

#include <stddef.h>

static void matrix_of(const struct show *show, struct arena *arena, const struct endpoint *endpoint,
                      enum matrix_rows how, struct matrix_endpoint *out)
{
    matrix_of_endpoint(arena, show->space, show->upstreams, endpoint, how, out);
}

static void capabilities_of(struct arena *arena, const struct matrix_row *row,
                            struct capabilities *out)
{
    for (uint32_t i = 0; i < row->items.count; i++)
        *vec_push(arena, out) = row->items.items[i].capability;
}

// --- text ---

static void write_row(const struct teller *teller, const struct matrix_row *row)
{
    struct capabilities capabilities = { 0 };
    capabilities_of(teller->out->arena, row, &capabilities);
    buf_add_text(teller->out, row->certain ? "  " : "  possibly ");
    tell_paint(teller, row->certain ? PAINT_BOLD : PAINT_YELLOW);
    tell_origins(teller->out, &row->origins);
    tell_unpaint(teller);
    buf_add_text(teller->out, ": ");
    tell_capabilities(teller->out, capabilities.items, capabilities.count);
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
    struct matrix_endpoint matrix;
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
    matrix_of(show, teller->out->arena, endpoint, MATRIX_GROUPED, &matrix);
    for (uint32_t i = 0; i < matrix.rows.count; i++)
        write_row(teller, &matrix.rows.items[i]);
    if (!matrix.rows.count)
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
    struct matrix_endpoint matrix;
    matrix_of(show, out->buf->arena, endpoint, MATRIX_GROUPED, &matrix);
    jout_key(out, "access");
    jout_array(out);
    for (uint32_t i = 0; i < matrix.rows.count; i++) {
        const struct matrix_row *row = &matrix.rows.items[i];
        jout_line(out);
        jout_object(out);
        jout_key(out, "origins");
        json_parts_origins(out, &row->origins);
        jout_key(out, "certainty");
        jout_text(out, row->certain ? "certain" : "possible");
        jout_key(out, "capabilities");
        jout_array(out);
        for (uint32_t j = 0; j < row->items.count; j++) {
            jout_object(out);
            json_parts_capability(out, row->items.items[j].capability);
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

// --- Markdown and HTML ---

static void write_markdown(const struct show *show, enum report_look look, struct buf *out)
{
    const struct policy *policy = show->result->policy;
    const struct report report = { .files = show->files, .policy = policy };
    (void)look;
    buf_add_text(out, "## Who may do what\n\n");
    for (uint32_t i = 0; i < policy->endpoint_count && i < REPORT_ENDPOINTS; i++) {
        struct matrix_endpoint matrix;
        matrix_of(show, out->arena, policy->endpoints[i], MATRIX_DIVIDED, &matrix);
        markdown_endpoint(out, &report, &matrix);
    }
    if (policy->endpoint_count > REPORT_ENDPOINTS)
        buf_addf(out, "%u more: `--format json` has all.\n\n",
                 policy->endpoint_count - REPORT_ENDPOINTS);
    markdown_unknowns(out, &report);
    buf_addf(out, "%u endpoint%s\n", policy->endpoint_count,
             policy->endpoint_count == 1 ? "" : "s");
}

static void write_html(const struct show *show, enum report_look look, struct buf *out)
{
    const struct policy *policy = show->result->policy;
    const struct report report = {
        .files = show->files,
        .policy = policy,
        .space = show->space,
        .new_upstreams = show->upstreams,
    };
    (void)look;
    html_begin(out, "Who may do what");
    html_toolbar(out, false);
    html_policy(out, &report);
    html_unknowns(out, &report);
    html_end(out);
}

const struct show_format show_formats[] = {
    { "text", write_text },
    { "json", write_json },
    { "markdown", write_markdown },
    { "html", write_html },
};
const uint32_t show_format_count = sizeof show_formats / sizeof *show_formats;

const struct show_format *show_format_find(Str name)
{
    for (uint32_t i = 0; i < show_format_count; i++)
        if (str_is(name, show_formats[i].name))
            return &show_formats[i];
    return NULL;
}
