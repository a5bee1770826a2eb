#pragma once
// origins: sets of web origins as languages: the universe of what a browser sends, sites, kinds,
// witnesses. Sources: reference/browser.md 1.16, 1.17; the Public Suffix List (libpsl, private
// section included); design.md section 2.

#include "policy/model.h"

enum origins_kind {
    ORIGINS_NONE,
    ORIGINS_FINITE,
    ORIGINS_SUBDOMAINS,
    ORIGINS_UNBOUNDED,
    ORIGINS_ANY
};

// Why a witness convinces: how an attacker's or a stranger's origin gets into the set.
enum witness_shape {
    WITNESS_PLAIN,     // just a member
    WITNESS_NULL,      // "null": any sandboxed frame
    WITNESS_ANY,       // any site at all
    WITNESS_PREFIX,    // evilexample.com: something before the name
    WITNESS_SUFFIX,    // example.com.evil.com: something behind it
    WITNESS_DOT,       // appxexample.com: an unescaped dot
    WITNESS_SUBDOMAIN, // any.example.com: any subdomain
    WITNESS_SCHEME,    // http://example.com: not encrypted
    WITNESS_SHARED,    // anyone.github.io: a domain under which anyone can register
    WITNESS_LOCAL,     // http://localhost
    WITNESS_APP,       // capacitor://localhost, chrome-extension://...
};

enum { ORIGINS_MEMBERS = 20, ORIGINS_SITES = 256 };

// What there is to say about a set of origins.
struct origins {
    const struct fa *set;   // inside the universe
    enum origins_kind kind; // of its web origins ("null" and app schemes are judged apart)
    uint64_t count;         // members; FA_INFINITE when infinite
    const Str *members; // of a finite set: the first ORIGINS_MEMBERS, nicest first, then by byte
    uint32_t member_count;
    const Str *sites; // when not unbounded nor any: every registrable domain (or IP literal, or
                      // localhost), sorted
    uint32_t site_count;
    Str witness; // the most convincing shortest member; empty when the set is
    enum witness_shape shape;
    Str loose_dot; // a member that nobody can register, and that is there because the dot before
                   // the last label stands for any byte: https://examplexcom. Empty when there is
                   // none, and for sets that are unbounded anyway
    bool has_null, has_app, has_insecure /* http, not local */, has_local, has_shared;
    bool only_null, only_app, only_insecure, only_local, only_shared; // and not empty
    bool unregistrable; // not empty, and every member's domain is one that nobody can register
                        // (undelegated TLD)
};

struct origin_space; // the universe and its parts, built once per model

struct origin_space *origin_space_new(struct model *model);
// The model's own one, made on the first call where there is none yet.
struct origin_space *origin_space_of(struct model *model);
struct model *origins_model(const struct origin_space *space);

// Parts of the universe. WHOLE is all that browsers send, WEB is http and https; the other parts
// are disjoint.
enum origins_part {
    ORIGINS_PART_WHOLE,
    ORIGINS_PART_WEB,
    ORIGINS_PART_NULL,
    ORIGINS_PART_APP,      // schemes that applications register: capacitor://localhost ...
    ORIGINS_PART_SECURE,   // https, not local
    ORIGINS_PART_INSECURE, // http, not local
    ORIGINS_PART_LOCAL, // localhost, *.localhost, loopback and private addresses, .local; http and
                        // https
};
const struct fa *origins_part(struct origin_space *space, enum origins_part part);
// The members of a set on a public suffix where anyone gets a name (the list's private section):
// https://anyone.github.io. None of a set that holds any name below an ordinary suffix anyway.
const struct fa *origins_shared(struct origin_space *space, const struct fa *set);

// The members of a set that a configuration names one by one: those of a finite set that is a list
// and no class ([a-z]{4}), and of them only the ones with a dot where an unescaped dot lets in any
// byte. NULL set: none.
const struct fa *origins_spelt(struct origin_space *space, const struct fa *set);

// The language of a trusted_origins entry: an origin, or one with "*." before the host
// ("https://*.example.com": any depth, not the apex), or a port "*". False with a reason when it is
// neither.
MUST_CHECK bool origins_parse_trusted(struct origin_space *space, Str text, const struct fa **out,
                                      Str *reason);

// Describes a set; `trusted` (may be NULL) and `named` (may be NULL: literal origins that the
// configuration spells out) give the look-alikes that make a witness convincing. NULL set: kind ANY
// with an empty witness, nothing known.
struct origins origins_describe(struct origin_space *space, const struct fa *set,
                                const struct fa *trusted, const struct fa *named);
const char *
origins_kind_name(enum origins_kind kind); // as in JSON: finite, subdomains, unbounded, any
const char *witness_shape_name(enum witness_shape shape);

// Is this text what a browser can send as Origin?
bool origins_valid(struct origin_space *space, Str text);
// The registrable domain of an origin's host, or the host itself where there is none.
Str origins_site(struct origin_space *space, Str origin);
