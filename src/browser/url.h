#pragma once
// url: the URL Standard's parser, for the URLs that the CORS checks are about. Hosts that are not
// ASCII would need the tables of IDNA: of them it is only known that they are there.
// Source: reference/browser.md 1.17.

#include "base/str.h"

#include <stdbool.h>

struct url {
    Str scheme;       // lower case
    bool web;         // http or https
    bool unicode;     // the host is not ASCII, and its written form is not known
    bool hierarchy;   // there are slashes behind the scheme, or they are implied
    bool credentials; // a user or a password that is not empty
    Str host;         // as serialised: lower case, addresses in their one form
    uint32_t port;    // UINT32_MAX: none is written, or the scheme's own
    Str path, query;  // as serialised; the query begins with "?" or is empty
};
// Parses an absolute URL, or one seen from `base` (NULL: none). False, and *out left alone, when a
// browser finds none in it.
bool url_parse(struct arena *arena, Str text, const struct url *base, struct url *out);
Str url_text(struct arena *arena, const struct url *url); // without user and password
// The serialised origin of an http or https URL; "null" for all others.
Str url_origin_of(struct arena *arena, const struct url *url);

// The host of a special URL: *out as it is serialised. False when it is none. Private to browser/.
bool url_host(struct arena *arena, Str text, Str *out, bool *unicode);
// Whether a text that begins with "[" is an address in brackets. Private to browser/.
bool url_is_ipv6(struct arena *arena, Str text);

// The same for a text that may be no URL at all.
bool url_parses(struct arena *arena, Str text);
Str url_origin(struct arena *arena, Str text);
Str url_scheme(struct arena *arena, Str text); // empty when there is none
// A port to which no browser sends a request.
bool url_has_bad_port(const struct url *url);
// Whether what is fetched from there counts as safe on the way (https, loopback hosts).
bool url_is_trustworthy(const struct url *url);
