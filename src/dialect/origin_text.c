#include "dialect/origin_text.h"

#include <stddef.h>

const char *origin_flaw(Str text)
{
    Str rest = text, tail;
    if (!str_eat(&rest, STR("https://")) && !str_eat(&rest, STR("http://")))
        return str_is(text, "null") ? NULL : "it does not begin with http:// or https://";
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
            return "it has capital letters";
    if (str_contains(rest, STR("/")))
        return "it has a path or ends in a slash";
    bool tls = str_starts(text, STR("https://"));
    if (str_cut(rest, STR(":"), &rest, &tail) && str_is(tail, tls ? "443" : "80"))
        return "browsers leave the default port out";
    return NULL;
}
