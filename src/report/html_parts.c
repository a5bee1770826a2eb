#include "report/html_parts.h"

#include "report/html_assets.h"
#include "report/tell.h"

#include <stddef.h>

// Already made printable by tell_*.
static void escape(struct buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++)
        switch (text.ptr[i]) {
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        case '"':
            buf_add_text(out, "&quot;");
            break;
        case '\'':
            buf_add_text(out, "&#39;");
            break;
        default:
            buf_add_char(out, text.ptr[i]);
        }
}

void html_text(struct buf *out, Str text)
{
    struct buf shown = { .arena = out->arena };
    tell_text(&shown, text);
    escape(out, buf_str(&shown));
}

void html_begin(struct buf *out, const char *title)
{
    buf_addf(out,
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"generator\" content=\"corsgate %s\">\n<title>corsgate: %s</title>\n",
             CORSGATE_VERSION, title);
    html_assets_head(out);
    buf_addf(out, "</head>\n<body>\n<header>\n<h1>%s</h1>\n", title);
}

void html_toolbar(struct buf *out, bool two_versions)
{
    buf_add_text(out, "</header>\n<div class=\"bar\"><form role=\"search\">\n"
                      "<label class=\"vh\" for=\"q\">Filter</label>"
                      "<input id=\"q\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" "
                      "placeholder=\"Filter: endpoint, origin, header, file, rule\">\n");
    if (two_versions)
        buf_add_text(out,
                     "<fieldset><legend class=\"vh\">Show</legend>"
                     "<label><input type=\"radio\" name=\"view\" value=\"changes\" checked>"
                     "Changes</label>"
                     "<label><input type=\"radio\" name=\"view\" value=\"before\">"
                     "Before</label>"
                     "<label><input type=\"radio\" name=\"view\" value=\"after\">"
                     "After</label></fieldset>\n"
                     "<span class=\"m\"><span class=\"i g\">+ gained</span><span class=\"i l\">"
                     "− lost</span><span class=\"i\">stays</span></span>\n");
    buf_add_text(out, "<span class=\"dim\"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> next, "
                      "previous <kbd>Esc</kbd> clear</span>\n"
                      "<output id=\"n\" for=\"q\" class=\"dim\"></output>\n"
                      "</form></div>\n<main>\n");
}

void html_place(struct buf *out, const struct report *report, Span span)
{
    struct buf place = { .arena = out->arena };
    const struct teller teller = { .out = &place, .files = report->files };
    tell_place(&teller, report_prefix(report, span), span);
    escape(out, buf_str(&place));
}

static void add_item(struct buf *out, const struct matrix_row *row, const struct matrix_item *item)
{
    static const char *const classes[] = { "", " g", " l" };
    static const char *const signs[] = { "", "<span class=\"m\">+ </span>",
                                         "<span class=\"m\">− </span>" };
    static const char *const words[] = { "", "<span class=\"vh m\">gained: </span>",
                                         "<span class=\"vh m\">lost: </span>" };
    buf_addf(out, "<span class=\"i%s%s\">%s%s%s", classes[item->state], item->certain ? "" : " p",
             words[item->state], signs[item->state], item->certain ? "" : "possibly ");
    buf_add_text(out, item->some ? "some: " : "");
    html_text(out, matrix_item_text(item));
    buf_addf(out, "%s</span>", matrix_item_suffix(row, item));
}

// `view`: a class by which the style shows it in some views only.
static void add_where(struct buf *out, const struct report *report, const char *view,
                      const char *label, Span span)
{
    if (!span.file)
        return;
    buf_addf(out, "<span class=\"at%s\">%s", view, label);
    html_place(out, report, span);
    buf_add_text(out, "</span>");
}

static void add_note(struct buf *out, const char *label, Str text)
{
    if (!text.len)
        return;
    buf_addf(out, "<span class=\"at m\">%s", label);
    html_text(out, text);
    buf_add_text(out, "</span>");
}

// The place of what a cell shows: of what changes in it, else of what it has; with its witness.
static void add_evidence(struct buf *out, const struct report *report, const struct matrix_row *row,
                         const struct matrix_item *item)
{
    if (item->state == MATRIX_KEPT) {
        add_where(out, report, " ob", "", item->old_span);
        add_where(out, report, report->diff ? " aa" : "", "", item->new_span);
    } else {
        add_note(out, "e.g. ", row->origins.witness);
        add_where(out, report, " ab", "<span class=\"m\">before </span>", item->old_span);
        add_where(out, report, " aa", "<span class=\"m\">after </span>", item->new_span);
    }
    add_note(out, "when ", item->condition);
}

static void add_cell(struct buf *out, const struct report *report, const struct matrix_row *row,
                     enum matrix_column column)
{
    const struct matrix_item *decisive = NULL;
    bool before = false, after = false;
    buf_add_text(out, "<td>");
    for (uint32_t i = 0; i < row->items.count; i++) {
        const struct matrix_item *item = &row->items.items[i];
        if (matrix_column_of(item->capability) != column || matrix_item_repeats(row, i))
            continue;
        add_item(out, row, item);
        before |= item->state != MATRIX_GAINED;
        after |= item->state != MATRIX_LOST;
        if (!decisive || (decisive->state == MATRIX_KEPT && item->state != MATRIX_KEPT))
            decisive = item;
    }
    if (!decisive || !before || !after)
        buf_addf(out, "<span class=\"none%s\"><span class=\"vh\">no</span>–</span>",
                 !decisive ? ""
                 : !before ? " nb"
                           : " na");
    if (decisive)
        add_evidence(out, report, row, decisive);
    buf_add_text(out, "</td>\n");
}

static void add_row(struct buf *out, const struct report *report, const struct matrix_row *row)
{
    buf_addf(out, "<tr%s><th scope=\"row\">", report->diff && !row->changed ? " class=\"k\"" : "");
    buf_add_text(out, row->certain ? "" : "<span class=\"dim\">possibly </span>");
    buf_add_text(out, "<span class=\"o\">");
    escape(out, matrix_row_text(out->arena, row));
    buf_add_text(out, "</span>");
    if (row->why) {
        buf_add_text(out, "<span class=\"at\">because ");
        html_text(out, row->why->reason);
        buf_add_text(out, "</span>");
        add_where(out, report, "", "", row->why->span);
    }
    buf_add_text(out, "</th>\n");
    for (int column = 0; column < MATRIX_COLUMNS; column++)
        add_cell(out, report, row, (enum matrix_column)column);
    buf_add_text(out, "</tr>\n");
}

static void add_about(struct buf *out, const struct report *report,
                      const struct matrix_endpoint *endpoint)
{
    enum { HOSTS = 4 };
    buf_addf(out, "<p class=\"dim\">%s · <code>", endpoint->layer);
    html_text(out, endpoint->path);
    buf_add_text(out, "</code>");
    for (uint32_t i = 0; i < endpoint->host_count && i < HOSTS; i++) {
        buf_add_text(out, i ? ", <code>" : " on <code>");
        html_text(out, endpoint->hosts[i]);
        buf_add_text(out, "</code>");
    }
    if (endpoint->host_count > HOSTS)
        buf_addf(out, " and %u more", endpoint->host_count - HOSTS);
    buf_add_text(out, " · <code>");
    html_place(out, report, endpoint->new_span.file ? endpoint->new_span : endpoint->old_span);
    buf_add_text(out, "</code>");
    if (!endpoint->new_span.file && report->diff)
        buf_add_text(out, " · removed");
    else if (!endpoint->old_span.file && report->diff)
        buf_add_text(out, " · new");
    if (endpoint->merged > 1)
        buf_addf(out, " · and %u more like it", endpoint->merged - 1);
    buf_add_text(out, "</p>");
}

void html_endpoint(struct buf *out, const struct report *report,
                   const struct matrix_endpoint *endpoint)
{
    buf_add_text(out, "<section class=\"c\" tabindex=\"-1\"><div class=\"t\"><h3><code>");
    html_text(out, endpoint->url);
    buf_add_text(out, "</code></h3>");
    add_about(out, report, endpoint);
    if (!endpoint->rows.count) {
        buf_add_text(out, "<p>No other website may read it.</p></div></section>\n");
        return;
    }
    buf_add_text(out, "</div>\n<div class=\"s\"><table>\n<caption class=\"vh\">");
    html_text(out, endpoint->url);
    buf_add_text(out, "</caption>\n<thead><tr><th scope=\"col\" class=\"w\">Origins</th>");
    for (int column = 0; column < MATRIX_COLUMNS; column++)
        buf_addf(out, "<th scope=\"col\">%s</th>", matrix_column_title((enum matrix_column)column));
    buf_add_text(out, "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < endpoint->rows.count; i++)
        add_row(out, report, &endpoint->rows.items[i]);
    buf_add_text(out, "</tbody></table></div></section>\n");
}

void html_more(struct buf *out, uint32_t count)
{
    if (count)
        buf_addf(out, "<p class=\"dim\">%u more endpoint%s: --format json has all.</p>\n", count,
                 count == 1 ? "" : "s");
}

void html_policy(struct buf *out, const struct report *report)
{
    const struct policy *policy = report->policy;
    uint32_t count = policy->endpoint_count;
    uint32_t shown = count < REPORT_ENDPOINTS ? count : REPORT_ENDPOINTS;
    buf_addf(out, "<h2>%u endpoint%s</h2>\n", count, count == 1 ? "" : "s");
    for (uint32_t i = 0; i < shown; i++) {
        struct matrix_endpoint endpoint;
        matrix_of_endpoint(out->arena, report->space, report->new_upstreams, policy->endpoints[i],
                           MATRIX_DIVIDED, &endpoint);
        html_endpoint(out, report, &endpoint);
    }
    html_more(out, count - shown);
}

void html_unknowns(struct buf *out, const struct report *report)
{
    struct report_unknowns unknowns = report_unknowns(out->arena, report->policy);
    if (unknowns.count)
        buf_add_text(out, "<h2>Not known</h2>\n");
    for (uint32_t i = 0; i < unknowns.count; i++) {
        buf_add_text(out, "<section class=\"c\" tabindex=\"-1\"><div class=\"t\">");
        html_text(out, unknowns.items[i]->reason);
        add_where(out, report, "", "", unknowns.items[i]->span);
        buf_add_text(out, "</div></section>\n");
    }
}

void html_end(struct buf *out)
{
    buf_addf(out, "</main>\n<footer>corsgate %s</footer>\n", CORSGATE_VERSION);
    html_assets_script(out);
    buf_add_text(out, "</body>\n</html>\n");
}
