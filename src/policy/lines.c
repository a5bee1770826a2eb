// Header lines: what operations make of them.
#include "base/hash.h"
#include "base/vec.h"
#include "policy/headers.h"

// Whether an operation is about a line of that name.
static bool covers(const struct header_op *op, Str line_name)
{
    if (op->verb == HEADER_CLEAR)
        return header_is_named(line_name, op->name);
    return str_equal_nocase(op->name, line_name);
}

static void remove_covered(struct lines *lines, const struct header_op *op)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lines->count; i++) {
        if (!covers(op, lines->items[i].name))
            lines->items[kept++] = lines->items[i];
        else if (str_equal_nocase(lines->items[i].name, STR("Access-Control-Allow-Origin")))
            lines->removed = op->span;
    }
    lines->count = kept;
}

static bool has_name(const struct lines *lines, Str name)
{
    for (uint32_t i = 0; i < lines->count; i++)
        if (header_is_named(lines->items[i].name, name))
            return true;
    return false;
}

// Whether a line is there or not, nobody knows.
static bool has_unsure(const struct lines *lines, Str name)
{
    bool unsure = false;
    for (uint32_t i = 0; i < lines->count; i++) {
        if (header_is_named(lines->items[i].name, name) && !lines->items[i].unsure)
            return false;
        unsure |= header_is_named(lines->items[i].name, name);
    }
    return unsure;
}

static struct line line_of(const struct header_op *op)
{
    return (struct line){
        .name = op->name,
        .value = op->value,
        .keep_empty = op->keep_empty,
        .unsure = op->verb == HEADER_UNKNOWN,
        .span = op->span,
    };
}

static void append(struct model *model, struct lines *lines, const struct header_op *op)
{
    *vec_push(model->arena, lines) = line_of(op);
}

// In place of the first line of that name, which keeps the order of the rest; else at the end.
static void set(struct model *model, struct lines *lines, const struct header_op *op)
{
    uint32_t kept = 0;
    bool placed = false;
    for (uint32_t i = 0; i < lines->count; i++) {
        bool covered = covers(op, lines->items[i].name);
        if (!covered)
            lines->items[kept++] = lines->items[i];
        else if (!placed) {
            Str name = lines->items[i]
                           .name; // a browser does not mind how it is written; the wire shows it
            lines->items[kept] = line_of(op);
            lines->items[kept++].name = name;
        }
        placed |= covered;
    }
    lines->count = kept;
    if (!placed)
        append(model, lines, op);
}

static void keep(struct model *model, struct lines *lines, const struct header_op *op)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lines->count; i++) {
        struct line line = lines->items[i];
        Str list, names;
        if (covers(op, line.name) && !line.unsure) {
            bool known = value_is_text(line.value, &list) && value_is_text(op->value, &names);
            list = known ? header_keep(model->arena, list, names) : list;
            if (known && !list.len)
                continue;
            line.unsure = !known;
            line.value = known ? value_text(model, list) : line.value;
        }
        lines->items[kept++] = line;
    }
    lines->count = kept;
}

// What guards let happen while nobody knows whether they do.
static void append_unsure(struct model *model, struct lines *lines, const struct header_op *op,
                          Span asked)
{
    uint64_t identity = op->value ? value_hash(op->value) : 0;
    for (uint32_t i = 0; i < lines->count; i++)
        if (lines->items[i].unsure && lines->items[i].value)
            identity = hash_u64(identity, value_hash(lines->items[i].value));
    append(model, lines, op);
    struct line *line = &lines->items[lines->count - 1];
    line->unsure = true;
    line->value = value_unknown(
        model, STR("whether what answers sends a header of this kind by itself"), identity, asked);
}

void lines_apply(struct model *model, const struct header_op *ops, uint32_t count, uint32_t status,
                 struct lines *lines)
{
    uint32_t guarded = 0;  // operations that are still behind a guard that does not let them happen
    uint32_t doubtful = 0; // ... of which nobody knows whether it does
    for (uint32_t i = 0; i < count; i++) {
        const struct header_op *op = &ops[i];
        if (op->guards) {
            doubtful = has_unsure(lines, op->unless) ? op->guards : 0;
            guarded = !doubtful && has_name(lines, op->unless) ? op->guards : 0;
        }
        bool skipped = guarded > 0, is_doubtful = doubtful > 0;
        guarded -= skipped;
        doubtful -= is_doubtful;
        if (skipped || !statuses_has(op->statuses, status))
            continue;
        if (is_doubtful && op->verb != HEADER_UNKNOWN) {
            append_unsure(model, lines, op, op->span);
            continue;
        }
        switch (op->verb) {
        case HEADER_SET:
            set(model, lines, op);
            break;
        case HEADER_CLEAR:
            remove_covered(lines, op);
            break;
        case HEADER_DEFAULT:
            if (!has_name(lines, op->name))
                append(model, lines, op);
            break;
        case HEADER_UNKNOWN:
            if (op->name.len)
                append(model, lines, op);
            else if (!lines->unknown)
                lines->unknown = op;
            break;
        case HEADER_APPEND:
            append(model, lines, op);
            break;
        case HEADER_KEEP:
            keep(model, lines, op);
            break;
        }
    }
}

void response_lines(struct model *model, const struct response *response, uint32_t status,
                    const struct header *upstream_headers, uint32_t upstream_header_count,
                    struct lines *out)
{
    *out = (struct lines){ 0 };
    for (uint32_t i = 0; i < upstream_header_count && response->answer == ANSWER_UPSTREAM; i++)
        *vec_push(model->arena, out) = (struct line){
            .name = upstream_headers[i].name,
            .value = value_text(model, upstream_headers[i].value),
            .keep_empty = true,
            .span = response->span,
        };
    lines_apply(model, response->ops, response->op_count, status, out);
}
