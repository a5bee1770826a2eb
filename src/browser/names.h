#pragma once
// names: the lists of names that the Fetch Standard treats apart (reference/browser.md 1.3 to 1.6,
// 1.12). Header names are in lower case where they are asked for.

#include "base/str.h"

#include <stdbool.h>

bool names_token(Str text); // RFC 9110: one or more of the bytes that names are made of

bool names_forbidden_method(Str method);  // CONNECT, TRACE, TRACK, in any case
bool names_safelisted_method(Str method); // GET, HEAD, POST
Str names_normal_method(Str method);      // "put" is sent as PUT, "patch" as it is written
bool names_forbidden_header(Str name);    // what a script cannot set
bool names_readable_header(Str name);     // what a script reads without being exposed
// Whether a header that a script sets needs no preflight with this value.
bool names_safelisted_header(Str name, Str value);
// The same for what only Chromium lets pass: client hints with a value of their form, and
// User-Agent, whose value it ignores. Observed: tests/oracle/browser_check.py.
bool names_chromium_safelisted(Str name, Str value);
bool names_client_hint(Str name); // a hint that Chromium does not take along on a redirect
