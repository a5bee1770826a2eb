#include "base/jout.h"

#include "base/utf8.h"

static void before(struct jout *out, bool comma)
{
    if (comma && out->more)
        buf_add_text(out->buf, out->new_line ? "," : ", ");
    if (out->new_line)
        buf_add_char(out->buf, '\n');
    out->new_line = false;
}

static void add_value(struct jout *out, Str value)
{
    before(out, true);
    buf_add(out->buf, value);
    out->more = true;
}

static void open_with(struct jout *out, char c)
{
    before(out, true);
    buf_add_char(out->buf, c);
    out->more = false;
}

static void close_with(struct jout *out, char c)
{
    before(out, false);
    buf_add_char(out->buf, c);
    out->more = true;
}

void jout_object(struct jout *out)
{
    open_with(out, '{');
}

void jout_object_end(struct jout *out)
{
    close_with(out, '}');
}

void jout_array(struct jout *out)
{
    open_with(out, '[');
}

void jout_array_end(struct jout *out)
{
    close_with(out, ']');
}

static void add_unit(struct buf *buf, uint32_t unit)
{
    buf_addf(buf, "\\u%04x", unit);
}

static void add_point(struct buf *buf, uint32_t point, Str bytes)
{
    if (point == '"' || point == '\\') {
        buf_add_char(buf, '\\');
        buf_add_char(buf, (char)point);
    } else if (point == '\n') {
        buf_add_text(buf, "\\n");
    } else if (point == '\r') {
        buf_add_text(buf, "\\r");
    } else if (point == '\t') {
        buf_add_text(buf, "\\t");
    } else if (point == UTF8_INVALID) {
        buf_add_text(buf, "\\ufffd");
    } else if (!utf8_is_control(point)) {
        buf_add(buf, bytes);
    } else if (point < 0x10000) {
        add_unit(buf, point);
    } else {
        add_unit(buf, 0xD800 + ((point - 0x10000) >> 10));
        add_unit(buf, 0xDC00 + ((point - 0x10000) & 0x3FF));
    }
}

static void add_quoted(struct buf *buf, Str text)
{
    buf_add_char(buf, '"');
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        uint32_t point = utf8_next(text, &at);
        add_point(buf, point, str_slice(text, begin, at));
    }
    buf_add_char(buf, '"');
}

void jout_key_str(struct jout *out, Str key)
{
    before(out, true);
    add_quoted(out->buf, key);
    buf_add_text(out->buf, ": ");
    out->more = false;
}

void jout_key(struct jout *out, const char *key)
{
    jout_key_str(out, str_from(key));
}

void jout_str(struct jout *out, Str text)
{
    before(out, true);
    add_quoted(out->buf, text);
    out->more = true;
}

void jout_text(struct jout *out, const char *text)
{
    jout_str(out, str_from(text));
}

void jout_number(struct jout *out, uint64_t number)
{
    before(out, true);
    buf_addf(out->buf, "%llu", (unsigned long long)number);
    out->more = true;
}

void jout_bool(struct jout *out, bool value)
{
    add_value(out, value ? STR("true") : STR("false"));
}

void jout_null(struct jout *out)
{
    add_value(out, STR("null"));
}

void jout_line(struct jout *out)
{
    out->new_line = true;
}
