#include "report/markdown_parts.h"

#include "report/tell.h"

#include <stddef.h>
#include <string.h>

static Str shown(struct arena *arena, Str text)
{
    struct buf out = { .arena = arena };
    tell_text(&out, text);
    return buf_str(&out);
}

// An empty comment ends what GitHub would make a link, a mention or a reference of.
static bool is_trigger(Str text, size_t at)
{
    Str rest = str_slice(text, at, text.len);
    return text.ptr[at] == '@' || text.ptr[at] == '#' || str_starts(rest, STR("://")) ||
           (text.ptr[at] == '.' && at >= 3 &&
            str_equal_nocase(str_slice(text, at - 3, at), STR("www")));
}

void markdown_text(struct buf *out, Str text)
{
    Str safe = shown(out->arena, text);
    for (size_t i = 0; i < safe.len; i++) {
        if (is_trigger(safe, i)) {
            buf_add_text(out, "<!-- -->");
        }
        if (strchr("\\`*_{}[]<>()#+!|~&$", safe.ptr[i]))
            buf_add_char(out, '\\');
        buf_add_char(out, safe.ptr[i]);
    }
}

void markdown_code(struct buf *out, Str text)
{
    Str safe = shown(out->arena, text);
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < safe.len; i++) {
        run = safe.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        buf_add_char(out, '`');
    if (longest)
        buf_add_char(out, ' ');
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.ptr[i] == '|') // else it ends the cell of a table
            buf_add_char(out, '\\');
        buf_add_char(out, safe.ptr[i]);
    }
    if (longest)
        buf_add_char(out, ' ');
    for (size_t i = 0; i <= longest; i++)
        buf_add_char(out, '`');
}

void markdown_place(struct buf *out, const struct report *report, Span span)
{
    struct buf place = { .arena = out->arena };
    if (!span.file)
        return;
    const struct teller teller = { .out = &place, .files = report->files };
    tell_place(&teller, report_prefix(report, span), span);
    markdown_code(out, buf_str(&place));
}

static void add_item(struct buf *out, const struct matrix_row *row, const struct matrix_item *item)
{
    static const char *const signs[] = { "", "**+** ", "**−** " };
    buf_add_text(out, signs[item->state]);
    if (item->capability.kind == CAPABILITY_READ)
        buf_add(out, matrix_item_text(item));
    else
        markdown_code(out, matrix_item_text(item));
    buf_add_text(out, matrix_item_suffix(row, item));
    if (item->some)
        buf_add_text(out, " (some)");
    if (!item->certain)
        buf_add_text(out, " (possibly)");
}

static void add_cell(struct buf *out, const struct matrix_row *row, enum matrix_column column)
{
    bool any = false;
    for (uint32_t i = 0; i < row->items.count; i++) {
        const struct matrix_item *item = &row->items.items[i];
        if (matrix_column_of(item->capability) != column || matrix_item_repeats(row, i))
            continue;
        buf_add_text(out, any ? ", " : "");
        add_item(out, row, item);
        any = true;
    }
    buf_add_text(out, any ? " | " : "  | ");
}

static void add_row(struct buf *out, const struct report *report, const struct matrix_row *row)
{
    buf_add_text(out, "| ");
    markdown_text(out, matrix_row_text(out->arena, row));
    buf_add_text(out, " | ");
    for (int column = 0; column < MATRIX_COLUMNS; column++)
        add_cell(out, row, (enum matrix_column)column);
    struct matrix_places places = matrix_row_places(row);
    markdown_place(out, report, places.old_span);
    if (places.old_span.file && places.new_span.file)
        buf_add_text(out, " → ");
    markdown_place(out, report, places.new_span);
    if (row->why) {
        buf_add_text(out, " because ");
        markdown_text(out, row->why->reason);
    }
    buf_add_text(out, " |\n");
}

void markdown_endpoint(struct buf *out, const struct report *report,
                       const struct matrix_endpoint *endpoint)
{
    buf_add_text(out, "### ");
    markdown_code(out, endpoint->url);
    buf_addf(out, "\n\n%s, ", endpoint->layer);
    markdown_place(out, report, endpoint->new_span.file ? endpoint->new_span : endpoint->old_span);
    if (endpoint->merged > 1)
        buf_addf(out, ", and %u more like it", endpoint->merged - 1);
    buf_add_text(out, "\n\n");
    if (!endpoint->rows.count) {
        buf_add_text(out, "No other website may read it.\n\n");
        return;
    }
    buf_add_text(out, "| Origins |");
    for (int column = 0; column < MATRIX_COLUMNS; column++)
        buf_addf(out, " %s |", matrix_column_title((enum matrix_column)column));
    buf_add_text(out, " Decided at |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < endpoint->rows.count; i++)
        add_row(out, report, &endpoint->rows.items[i]);
    buf_add_char(out, '\n');
}

void markdown_unknowns(struct buf *out, const struct report *report)
{
    struct report_unknowns unknowns = report_unknowns(out->arena, report->policy);
    if (unknowns.count)
        buf_add_text(out, "## Not known\n\n");
    for (uint32_t i = 0; i < unknowns.count; i++) {
        buf_add_text(out, "- ");
        markdown_place(out, report, unknowns.items[i]->span);
        buf_add_text(out, unknowns.items[i]->span.file ? ": " : "");
        markdown_text(out, unknowns.items[i]->reason);
        buf_add_char(out, '\n');
    }
    if (unknowns.count)
        buf_add_char(out, '\n');
}
