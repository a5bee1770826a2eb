#include "rule/words.h"

#include "base/buf.h"

#include <inttypes.h>

enum { WHO_MEMBERS = 3, WHO_SITES = 3 };

static void add_some(struct buf *out, const Str *items, uint32_t count, uint64_t all)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_text(out, i + 1 == all ? " and " : ", ");
        buf_add(out, items[i]);
    }
    if (all > count)
        buf_addf(out, " and %" PRIu64 " more", all - count);
}

static void add_subdomains(struct buf *out, const struct origins *origins)
{
    uint32_t shown = origins->site_count < WHO_SITES ? origins->site_count : WHO_SITES;
    bool every = origins->shape == WITNESS_SUBDOMAIN && origins->count == FA_INFINITE;
    buf_add_text(out, every ? "any subdomain of " : "many origins of ");
    add_some(out, origins->sites, shown, origins->site_count);
    if (origins->witness.len)
        buf_addf(out, ", such as %.*s,", STR_ARG(origins->witness));
}

Str words_who(struct arena *arena, const struct origins *origins)
{
    struct buf out = { .arena = arena };
    if (origins->only_null)
        return STR("the origin null, which any sandboxed frame has,");
    if (origins->kind == ORIGINS_ANY)
        return STR("every website");
    if (origins->kind == ORIGINS_UNBOUNDED) {
        if (origins->only_shared)
            buf_add_text(&out, "names that anyone can get");
        else
            buf_add_text(&out, "websites that nobody vetted");
        if (origins->witness.len)
            buf_addf(&out, ", such as %.*s,", STR_ARG(origins->witness));
        return buf_str(&out);
    }
    if (origins->kind == ORIGINS_SUBDOMAINS) {
        add_subdomains(&out, origins);
        return buf_str(&out);
    }
    if (origins->shape == WITNESS_DOT) {
        buf_addf(&out, "websites that an unescaped dot lets in, such as %.*s,",
                 STR_ARG(origins->witness));
        return buf_str(&out);
    }
    if (origins->member_count) {
        uint32_t shown = origins->member_count < WHO_MEMBERS ? origins->member_count : WHO_MEMBERS;
        add_some(&out, origins->members, shown, origins->count);
        return buf_str(&out);
    }
    if (origins->witness.len) {
        buf_addf(&out, "origins such as %.*s", STR_ARG(origins->witness));
        return buf_str(&out);
    }
    return STR("some origins");
}

Str words_names(struct arena *arena, const Str *names, uint32_t count)
{
    struct buf out = { .arena = arena };
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_text(&out, ", ");
        if (str_is(names[i], "*"))
            buf_add_text(&out, "any");
        else
            buf_add(&out, names[i]);
    }
    return buf_str(&out);
}

Str words_place(struct arena *arena, Str url, uint32_t reach)
{
    if (reach < 2)
        return url;
    return str_format(arena, "%.*s (and %" PRIu32 " more endpoint%s)", STR_ARG(url), reach - 1,
                      reach > 2 ? "s" : "");
}
