#include "dialect/hostname.h"

#include "base/hash.h"

// Names of files that say nothing about what is in them.
static bool says_nothing(Str stem)
{
    static const char *const stems[] = {
        "template", "templates",      "serverless", "sam", "main", "index",
        "stack",    "openapi",        "swagger",    "api", "cfn",  "cors",
        "gateway",  "cloudformation", "old",        "new", NULL,
    };
    for (const char *const *one = stems; *one; one++)
        if (str_is(stem, *one))
            return true;
    return stem.len == 0;
}

// As part of a host: letters, digits and "-".
static Str label(struct arena *arena, Str text)
{
    char *out = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : plain ? c : '-';
    }
    return (Str){ out, text.len };
}

Str host_name(struct arena *arena, const struct source *source, Str path, Str id,
              const char *service)
{
    Str folder, stem, rest, out = label(arena, id);
    if (!source->only.len) {
        Str base = source_base(path);
        if (!str_cut(base, STR("."), &stem, &rest))
            stem = base;
        if (!says_nothing(label(arena, stem)))
            out = str_format(arena, "%.*s.%.*s", STR_ARG(out), STR_ARG(label(arena, stem)));
        Str folders = { 0 };
        while (str_cut(path, STR("/"), &folder, &path))
            folders =
                str_format(arena, ".%.*s%.*s", STR_ARG(label(arena, folder)), STR_ARG(folders));
        out = str_concat(arena, out, folders);
    }
    return str_format(arena, "%.*s.%s", STR_ARG(out), service);
}

struct taken {
    Str host;
    const void *owner;
};

bool host_take(struct arena *arena, struct host_names *names, Str host, const void *owner)
{
    uint64_t hash = hash_str(HASH_SEED, host);
    uint32_t at = 0;
    for (const struct taken *known; (known = map_next(&names->taken, hash, &at));)
        if (str_equal(known->host, host))
            return known->owner == owner;
    struct taken *made = ARENA_NEW(arena, struct taken);
    *made = (struct taken){ host, owner };
    map_add(arena, &names->taken, hash, made);
    return true;
}

Str host_unique(struct arena *arena, struct host_names *names, Str host, const void *owner)
{
    Str name = host;
    for (uint32_t i = 2; !host_take(arena, names, name, owner); i++)
        name = str_format(arena, "%u.%.*s", i, STR_ARG(host));
    return name;
}
