#include "cli/config_shape.h"

#include "base/jout.h"

static void write_pattern(struct jout *out, const char *pattern)
{
    if (!pattern)
        return;
    jout_key(out, "pattern");
    jout_text(out, pattern);
}

static void write_names(struct jout *out, const struct shape *shape)
{
    jout_key(out, "enum");
    jout_array(out);
    for (uint32_t i = 0; shape->names(i); i++)
        jout_text(out, shape->names(i));
    jout_array_end(out);
}

static void write_words(struct jout *out, const struct shape *shape)
{
    Str rest = str_from(shape->words), word;
    jout_key(out, "enum");
    jout_array(out);
    for (bool more = true; more;) {
        more = str_cut(rest, STR(" "), &word, &rest);
        jout_str(out, more ? word : rest);
    }
    if (shape->off)
        jout_bool(out, false);
    jout_array_end(out);
}

static void write_shape(struct jout *out, const struct shape *shape, const char *help);

static void write_keys(struct jout *out, const struct shape *shape)
{
    bool needed = false;
    jout_key(out, "additionalProperties");
    jout_bool(out, false);
    for (const struct shape_key *key = shape->keys; key->name; key++) {
        if (!key->needed)
            continue;
        if (!needed) {
            jout_key(out, "required");
            jout_array(out);
        }
        needed = true;
        jout_text(out, key->name);
    }
    if (needed)
        jout_array_end(out);
    jout_key(out, "properties");
    jout_object(out);
    for (const struct shape_key *key = shape->keys; key->name; key++) {
        jout_line(out);
        jout_key(out, key->name);
        write_shape(out, key->value, key->help);
    }
    jout_object_end(out);
}

static void write_type(struct jout *out, const char *type)
{
    jout_key(out, "type");
    jout_text(out, type);
}

static void write_table(struct jout *out, const struct shape *shape)
{
    write_type(out, "object");
    if (shape->pattern || shape->names) {
        jout_key(out, "propertyNames");
        jout_object(out);
        write_pattern(out, shape->pattern);
        if (shape->names)
            write_names(out, shape);
        jout_object_end(out);
    }
    jout_key(out, "additionalProperties");
    write_shape(out, shape->item, NULL);
}

static void write_choices(struct jout *out, const struct shape *shape)
{
    jout_key(out, "anyOf");
    jout_array(out);
    for (const struct shape *const *one = shape->choices; *one; one++)
        write_shape(out, *one, NULL);
    jout_array_end(out);
}

// A number has the decimal form that a pattern of texts asks for, as far as it can have one.
static void write_scalar(struct jout *out, const struct shape *shape)
{
    jout_key(out, "type");
    jout_array(out);
    jout_text(out, "string");
    jout_text(out, "number");
    if (!shape->pattern)
        jout_text(out, "boolean");
    jout_array_end(out);
    write_pattern(out, shape->pattern);
}

static void write_text(struct jout *out, const struct shape *shape)
{
    if (shape->null) {
        jout_key(out, "type");
        jout_array(out);
        jout_text(out, "string");
        jout_text(out, "null");
        jout_array_end(out);
    } else {
        write_type(out, "string");
    }
    if (shape->names) {
        write_names(out, shape);
    } else if (shape->pattern) {
        write_pattern(out, shape->pattern);
    } else {
        jout_key(out, "minLength");
        jout_number(out, 1);
    }
}

static void write_number(struct jout *out, const struct shape *shape)
{
    write_type(out, "integer");
    jout_key(out, "minimum");
    jout_number(out, shape->low);
    jout_key(out, "maximum");
    jout_number(out, shape->high);
}

static void write_inside(struct jout *out, const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
        write_text(out, shape);
        break;
    case SHAPE_SCALAR:
        write_scalar(out, shape);
        break;
    case SHAPE_WORD:
        write_words(out, shape);
        break;
    case SHAPE_NUMBER:
        write_number(out, shape);
        break;
    case SHAPE_BOOL:
        write_type(out, "boolean");
        break;
    case SHAPE_LIST:
        write_type(out, "array");
        jout_key(out, "items");
        write_shape(out, shape->item, NULL);
        break;
    case SHAPE_TABLE:
        write_table(out, shape);
        break;
    case SHAPE_MAP:
        write_type(out, "object");
        write_keys(out, shape);
        break;
    case SHAPE_EITHER:
        write_choices(out, shape);
        break;
    }
}

// The shapes are constants and no deeper than they are written.
static void write_shape(struct jout *out, const struct shape *shape, const char *help)
{
    jout_object(out);
    if (help) {
        jout_key(out, "description");
        jout_text(out, help);
    }
    write_inside(out, shape);
    jout_object_end(out);
}

void shape_schema(const struct shape *shape, struct buf *buf)
{
    struct jout out = { .buf = buf };
    jout_object(&out);
    jout_line(&out);
    jout_key(&out, "$schema");
    jout_text(&out, "https://json-schema.org/draft/2020-12/schema");
    jout_line(&out);
    jout_key(&out, "title");
    jout_text(&out, ".corsgate.yml");
    jout_line(&out);
    jout_key(&out, "description");
    jout_text(&out, "What a project says about itself: docs/configuration.md.");
    jout_line(&out);
    jout_key(&out, "type"); // an empty file is a null
    jout_array(&out);
    jout_text(&out, "object");
    jout_text(&out, "null");
    jout_array_end(&out);
    write_keys(&out, shape);
    jout_line(&out);
    jout_object_end(&out);
    buf_add_char(buf, '\n');
}
