#include "policy/origin_suffix.h"

#include <libpsl.h>
#include <string.h>

enum { NAME_MAX_BYTES = 255, LABEL_MAX_BYTES = 63 };

static bool listed(Str domain, int type)
{
    char text[NAME_MAX_BYTES + 1];
    if (domain.len == 0 || domain.len > NAME_MAX_BYTES || memchr(domain.ptr, 0, domain.len))
        return false;
    memcpy(text, domain.ptr, domain.len);
    text[domain.len] = 0;
    return psl_is_public_suffix2(psl_builtin(), text, type | PSL_TYPE_NO_STAR_RULE);
}

static bool is_reserved(Str label)
{
    return str_is(label, "test") || str_is(label, "example") || str_is(label, "invalid") ||
           str_is(label, "localhost");
}

bool suffix_delegated(Str label)
{
    char below[LABEL_MAX_BYTES + 4];
    if (label.len == 0 || label.len > LABEL_MAX_BYTES)
        return false;
    if (is_reserved(label) || listed(label, PSL_TYPE_ICANN))
        return true;
    // Some registries sell names under second labels only: co.za is listed, za is not.
    memcpy(below, "co.", 3);
    memcpy(below + 3, label.ptr, label.len);
    return listed((Str){ below, label.len + 3 }, PSL_TYPE_ICANN);
}

enum suffix suffix_of(Str domain)
{
    if (!memchr(domain.ptr, '.', domain.len))
        return suffix_delegated(domain) ? SUFFIX_OPEN : SUFFIX_NOT;
    if (!listed(domain, PSL_TYPE_ANY))
        return SUFFIX_NOT;
    return listed(domain, PSL_TYPE_PRIVATE) ? SUFFIX_SHARED : SUFFIX_OPEN;
}

static bool is_label(Str label)
{
    if (label.len == 0 || label.len > LABEL_MAX_BYTES || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

bool suffix_registrable(Str host, Str *domain, enum suffix *under)
{
    if (host.len && host.ptr[host.len - 1] == '.')
        host.len--;
    if (host.len == 0 || host.len > NAME_MAX_BYTES)
        return false;
    bool found = false, first = true;
    size_t label_end = host.len;
    enum suffix last = SUFFIX_NOT;
    // The longest suffix counts: below amazonaws.com, which is somebody's, lies s3.amazonaws.com.
    for (size_t at = host.len;; at--) {
        if (at && host.ptr[at - 1] != '.')
            continue;
        Str here = str_slice(host, at, host.len);
        if (!is_label(str_slice(host, at, label_end)))
            return found;
        enum suffix suffix = suffix_of(here);
        if (first && suffix == SUFFIX_NOT)
            return false;
        if (suffix == SUFFIX_NOT && last != SUFFIX_NOT) {
            *domain = here;
            *under = last;
            found = true;
        }
        if (suffix != SUFFIX_NOT)
            found = false;
        last = suffix;
        first = false;
        if (at == 0)
            return found;
        label_end = at - 1;
    }
}
