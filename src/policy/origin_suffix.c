#include "policy/origin_suffix.h"

#include <libpsl.h>
#include <string.h>

enum { NAME_MAX_BYTES = 255, LABEL_MAX_BYTES = 63 };

// Services that give names away and that the list has had for a shorter time than some systems'
// libpsl. Source: the list of August 2026, private section.
static const char *const recent[] = {
    "amplifyapp.com", "blob.core.windows.net", "bolt.host",      "csb.app",
    "hf.space",       "lovable.app",           "ngrok-free.app", "ngrok-free.dev",
    "replit.app",     "static.hf.space",       "up.railway.app",
};

// "eu-west-1"
static bool is_region(Str text)
{
    uint32_t hyphens = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool letter = text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        hyphens += text.ptr[i] == '-';
        if (!letter && text.ptr[i] != '-' && !(digit && i + 1 == text.len))
            return false;
    }
    return hyphens >= 2 && text.ptr[text.len - 1] <= '9';
}

// The buckets of a region: s3.eu-west-1.amazonaws.com and s3-website.eu-west-1.amazonaws.com.
static bool is_bucket_host(Str domain)
{
    Str rest = domain;
    if (!str_ends(rest, STR(".amazonaws.com")))
        return false;
    rest.len -= STR(".amazonaws.com").len;
    bool bucket = str_eat(&rest, STR("s3.dualstack.")) || str_eat(&rest, STR("s3.")) ||
                  str_eat(&rest, STR("s3-website."));
    return bucket && is_region(rest);
}

static bool is_recent(Str domain)
{
    for (size_t i = 0; i < sizeof recent / sizeof *recent; i++)
        if (str_is(domain, recent[i]))
            return true;
    return is_bucket_host(domain);
}

static bool listed(Str domain, int type)
{
    char text[NAME_MAX_BYTES + 1];
    if (type & PSL_TYPE_PRIVATE && is_recent(domain))
        return true;
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
