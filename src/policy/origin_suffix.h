#pragma once
// origin_suffix: what the Public Suffix List (libpsl) says about names. Private to policy/origin*.

#include "base/str.h"

#include <stdbool.h>

enum suffix {
    SUFFIX_NOT,    // somebody's name
    SUFFIX_OPEN,   // a registry sells names below it: com, co.uk
    SUFFIX_SHARED, // a service gives them away: github.io
};

enum suffix suffix_of(Str domain); // lower case, no trailing dot
// A last label below which names can be registered. The reserved .test, .example, .invalid and
// .localhost count (design.md section 2).
bool suffix_delegated(Str label);

// The domain of `host` that somebody registered; what it lies under is written to *under. False,
// and nothing written, when nobody can register it, or it is itself a suffix.
bool suffix_registrable(Str host, Str *domain, enum suffix *under);
