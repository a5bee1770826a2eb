#include "rule/observe.h"

static bool is_own(const struct upstream *upstream)
{
    return upstream && upstream->own;
}

void views_of(struct model *model, const struct upstreams *upstreams,
              const struct endpoint *endpoint, const struct box *box, Str method, struct views *out)
{
    const struct box *requests = box_with(model, box, model->method, fa_literal(model->fa, method));
    *out = (struct views){ 0 };
    for (uint32_t i = 0; requests && i < endpoint->cell_count; i++) {
        const struct response *response = endpoint->cells[i].response;
        const struct box *inside = box_meet(model, requests, endpoint->cells[i].box);
        if (!inside)
            continue;
        struct view view = { .box = inside, .response = response, .status = 200 };
        const struct upstream *upstream = NULL;
        switch (response->answer) {
        case ANSWER_OWN:
            view.status = response->status;
            break;
        case ANSWER_UPSTREAM:
            upstream = upstreams_find(upstreams, response->upstream);
            view.status = response->status               ? response->status
                          : upstream && upstream->status ? upstream->status
                                                         : 200;
            break;
        case ANSWER_FILE:
            break;
        case ANSWER_NONE:
        case ANSWER_UNKNOWN:
            continue;
        }
        bool declared = upstream && !upstream->own;
        response_lines(model, response, view.status, declared ? upstream->headers : NULL,
                       declared ? upstream->header_count : 0, &view.lines);
        view.upstream = declared ? upstream : NULL;
        view.open = is_own(upstream) || view.lines.unknown != NULL;
        *vec_push(model->arena, out) = view;
    }
}

// Whether the line can be there at all: some value is not the empty one.
static bool can_be_sent(struct model *model, const struct view *view, const struct line *line)
{
    const struct fa *may;
    Str text;
    if (line->keep_empty || line->unsure)
        return true;
    if (value_is_text(line->value, &text))
        return text.len > 0;
    (void)value_language(model, view->box, line->value, &may);
    return may != fa_empty(model->fa);
}

const struct line *view_find(struct model *model, const struct view *view, const char *name,
                             uint32_t *at)
{
    while (*at < view->lines.count) {
        const struct line *line = &view->lines.items[(*at)++];
        if (str_is_nocase(line->name, name) && line->value && can_be_sent(model, view, line))
            return line;
    }
    return NULL;
}

uint32_t views_redirect(struct model *model, const struct upstreams *upstreams,
                        const struct endpoint *endpoint, const struct box *box, Str method)
{
    struct views views;
    views_of(model, upstreams, endpoint, box, method, &views);
    uint32_t status = views.count ? views.items[0].status : 0;
    for (uint32_t i = 0; i < views.count; i++) {
        uint32_t one = views.items[i].status;
        if (one != 301 && one != 302 && one != 303 && one != 307 && one != 308)
            return 0;
    }
    return status;
}
