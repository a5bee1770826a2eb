#include "policy/origin_sites.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/vec.h"
#include "policy/origin_suffix.h"

#include <stdlib.h>
#include <string.h>

// A set's hosts are read from the right, label by label, in the reversed automaton, and reading
// stops where a name has an owner. So the work depends on how many owners there are (at most
// ORIGINS_SITES matter) and not on how many origins.

enum {
    LABEL_BYTES = 63,   // a DNS label
    LABEL_STEPS = 3000, // bytes read in search of the labels at one place
    LAST_STEPS = 6000,  // the same for last labels
    DEEPER_STEPS = 80,  // the same below a name that has an owner, in search of s3.amazonaws.com
    DEEPER_LABELS = 4,
    LISTED_MEMBERS = 1024, // up to here a finite set is read member by member
    PORT_STATES = 4096,
    TOTAL_STEPS = 100000,
};

// Where most names are. An open-ended last label is tried with these first.
static const char *const common[] = { "com", "test", "example", "net",      "org",
                                      "io",  "dev",  "app",     "localhost" };

// Suffixes that lie below somebody's name, where the walk stops at that name.
static const char *const distant[] = {
    "s3.amazonaws.com",         "s3-website-us-east-1.amazonaws.com",
    "blob.core.windows.net",    "s3.us-east-1.amazonaws.com",
    "elb.amazonaws.com",        "compute.amazonaws.com",
    "compute-1.amazonaws.com",  "cn-north-1.eb.amazonaws.com.cn",
    "freetls.fastly.net",       "global.ssl.fastly.net",
    "ip.linodeusercontent.com", "nodebalancer.linode.com",
    "a.prod.fastly.net",        "c.cdn77.org",
    "eu-1.evennode.com",        "webpaas.ovh.net",
    "fnc.fr-par.scw.cloud",     "onza.mythic-beasts.com",
    "de.platform.sh",           "app.render.com",
};

struct walk {
    struct origin_space *space;
    struct arena *scratch;
    struct sites *out;
    struct map known; // the names in out->list
    uint32_t steps;   // that are left
};

// A place in the walk: what has been read is `domain`, and the rest, still reversed, is `state`.
struct place {
    const struct fa *state;
    Str domain;
    enum suffix suffix;
    enum suffix under; // for an owned name: what its owner's name lies under
    uint32_t deeper;   // labels that may be read below an owned name
};
struct places {
    struct place *items;
    uint32_t count, capacity;
};

static bool is_known(struct walk *walk, Str name)
{
    uint64_t hash = hash_str(HASH_SEED, name);
    uint32_t at = 0;
    for (Str *known; (known = map_next(&walk->known, hash, &at));)
        if (str_equal(*known, name))
            return true;
    Str *copy = ARENA_NEW(walk->scratch, Str);
    *copy = name;
    map_add(walk->scratch, &walk->known, hash, copy);
    return false;
}

static void add_site(struct walk *walk, Str name)
{
    struct sites *out = walk->out;
    if (is_known(walk, name))
        return;
    if (out->list.count >= ORIGINS_SITES)
        out->many = true;
    else
        *vec_push(walk->space->arena, &out->list) = str_copy(walk->space->arena, name);
}

static void add_unowned(struct walk *walk, Str name)
{
    if (walk->out->unowned.count <= ORIGINS_SITES && !is_known(walk, name))
        *vec_push(walk->space->arena, &walk->out->unowned) = str_copy(walk->space->arena, name);
}

// Notes what a name lies under.
static void add_shared(struct walk *walk, Str name)
{
    Str label, suffix;
    if (!str_cut(name, STR("."), &label, &suffix))
        return;
    for (uint32_t i = 0; i < walk->out->shared.count; i++)
        if (str_equal(walk->out->shared.items[i], suffix))
            return;
    *vec_push(walk->space->arena, &walk->out->shared) = str_copy(walk->space->arena, suffix);
}

// One member: its owner, or that it has none.
static void add_host(struct walk *walk, Str host)
{
    Str domain;
    enum suffix under;
    if (origin_is_address(host)) {
        add_site(walk, host);
    } else if (suffix_registrable(host, &domain, &under)) {
        add_site(walk, domain);
        if (under == SUFFIX_SHARED)
            add_shared(walk, domain);
    } else if (memchr(host.ptr, '.', host.len) && suffix_of(host) != SUFFIX_NOT) {
        add_site(walk, host); // github.io itself is GitHub's
    } else {
        add_unowned(walk, host);
    }
}

static const struct fa *step(struct walk *walk, const struct fa *state, char byte)
{
    walk->steps -= walk->steps > 0;
    return fa_after(walk->space->fa, state, (Str){ &byte, 1 });
}

static bool leads_on(struct walk *walk, const struct fa *state, char byte)
{
    const struct fa *next = step(walk, state, byte);
    return next && !fa_is_none(next);
}

// What stands at a place where `label` and `domain` have been read.
static struct place classify(struct walk *walk, const struct place *from, Str label,
                             const struct fa *state)
{
    struct place place = { .state = state, .under = from->suffix };
    place.domain = label;
    if (from->domain.len)
        place.domain =
            str_format(walk->scratch, "%.*s.%.*s", STR_ARG(label), STR_ARG(from->domain));
    place.suffix = suffix_of(place.domain);
    place.deeper = DEEPER_LABELS;
    if (from->domain.len && from->suffix == SUFFIX_NOT) {
        place.under = from->under;
        place.deeper = from->deeper - 1;
    }
    return place;
}

// Takes the first byte of a label out of the set; -1 when there is none.
static int next_byte(uint64_t set[4])
{
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    for (const char *byte = bytes; *byte; byte++) {
        unsigned b = (unsigned char)*byte;
        if (set[b / 64] >> (b % 64) & 1) {
            set[b / 64] &= ~(UINT64_C(1) << (b % 64));
            return (int)b;
        }
    }
    return -1;
}

// Whether a label can end before one of these bytes.
static bool has_end(const uint64_t set[4])
{
    return set[0] >> '.' & 1 || set[0] >> '/' & 1;
}

// Appends the places behind every label that can be read at a place. False when there is no end to
// them within `steps`.
static bool read_labels(struct walk *walk, const struct place *from, const struct fa *start,
                        uint32_t steps, struct places *out)
{
    struct frame {
        const struct fa *state;
        uint64_t first[4]; // bytes that can follow and have not been tried
    } stack[LABEL_BYTES + 1];
    char text[LABEL_BYTES]; // from the right end of the label
    uint32_t depth = 0, owned = 0;
    stack[0].state = start;
    fa_first(start, stack[0].first);
    for (;;) {
        struct frame *top = &stack[depth];
        int byte = depth < LABEL_BYTES ? next_byte(top->first) : -1;
        if (byte < 0) {
            if (depth-- == 0)
                return true;
            continue;
        }
        if (byte == '-' && depth == 0)
            continue;
        if (steps-- == 0 || walk->steps == 0)
            return false;
        struct frame *next = &stack[depth + 1];
        char one = (char)byte;
        next->state = step(walk, top->state, one);
        text[LABEL_BYTES - ++depth] = one;
        fa_first(next->state, next->first);
        if (byte != '-' && has_end(next->first)) {
            Str label = str_copy(walk->scratch, (Str){ text + LABEL_BYTES - depth, depth });
            *vec_push(walk->scratch, out) = classify(walk, from, label, next->state);
            owned += out->items[out->count - 1].suffix == SUFFIX_NOT;
            if (owned > ORIGINS_SITES && from->domain.len)
                return false;
        }
    }
}

// A name with an owner: one site, unless a suffix lies deeper.
static void visit_owned(struct walk *walk, const struct place *place, struct places *todo)
{
    const struct fa *below = step(walk, place->state, '.');
    bool plain = leads_on(walk, place->state, '/');
    struct places found = { 0 };
    if (below && !fa_is_none(below)) {
        // Names with other bytes ("_dmarc", empty labels) are the owner's as well.
        plain = true;
        if (place->deeper && read_labels(walk, place, below, DEEPER_STEPS, &found)) {
            bool any = false;
            for (uint32_t i = 0; i < found.count; i++)
                if (found.items[i].suffix != SUFFIX_NOT || found.items[i].deeper) {
                    *vec_push(walk->scratch, todo) = found.items[i];
                    any = true;
                }
            plain = !any || leads_on(walk, place->state, '/');
        }
    }
    if (plain) {
        Str domain;
        enum suffix under;
        if (suffix_registrable(place->domain, &domain, &under))
            add_site(walk, domain);
        else
            add_unowned(walk, place->domain);
        if (place->under == SUFFIX_SHARED && place->deeper == DEEPER_LABELS)
            add_shared(walk, place->domain);
    }
}

static void visit_suffix(struct walk *walk, const struct place *place, struct places *todo)
{
    if (leads_on(walk, place->state, '/')) {
        if (memchr(place->domain.ptr, '.', place->domain.len))
            add_site(walk, place->domain);
        else
            add_unowned(walk, place->domain);
    }
    const struct fa *below = step(walk, place->state, '.');
    if (!below || fa_is_none(below))
        return;
    struct places found = { 0 };
    bool all = read_labels(walk, place, below, LABEL_STEPS, &found);
    if (!all) {
        walk->out->many = true;
        if (place->suffix == SUFFIX_SHARED)
            add_shared(walk, str_format(walk->scratch, "x.%.*s", STR_ARG(place->domain)));
        return;
    }
    for (uint32_t i = 0; i < found.count; i++)
        *vec_push(walk->scratch, todo) = found.items[i];
}

static void visit_all(struct walk *walk, struct places *todo)
{
    while (todo->count) {
        struct place place = todo->items[--todo->count];
        bool last_label = !memchr(place.domain.ptr, '.', place.domain.len);
        if (walk->steps == 0) {
            walk->out->many = true;
            return;
        }
        if (place.suffix != SUFFIX_NOT)
            visit_suffix(walk, &place, todo);
        else if (last_label)
            add_unowned(walk, place.domain);
        else
            visit_owned(walk, &place, todo);
    }
}

static Str reversed(struct arena *arena, Str text)
{
    char *out = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[text.len - 1 - i];
    return (Str){ out, text.len };
}

// The reversed set with its ports taken away, and a dot that ends a host as well.
static const struct fa *without_ports(struct walk *walk, const struct fa *set)
{
    struct origin_space *space = walk->space;
    const struct fa *back = fa_reverse(space->fa, set);
    const struct fa *digits = fa_repeat(space->fa, origin_class(space, "09"), 1, FA_FOREVER);
    const struct fa *port = fa_concat(space->fa, digits, fa_literal(space->fa, STR(":")));
    const struct fa *all =
        fa_subtract(space->fa, back, fa_concat(space->fa, port, fa_all(space->fa)));
    const struct fa *last = NULL;
    struct map seen = { 0 };
    VEC(const struct fa *) states = { 0 };
    *vec_push(walk->scratch, &states) = back;
    for (uint32_t i = 0; i < states.count; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            const struct fa *next = step(walk, states.items[i], digit);
            uint32_t at = 0;
            uint64_t hash = hash_u64(HASH_SEED, (uintptr_t)next);
            if (fa_is_none(next) || map_next(&seen, hash, &at))
                continue;
            if (states.count == PORT_STATES)
                return NULL;
            map_add(walk->scratch, &seen, hash, states.items);
            *vec_push(walk->scratch, &states) = next;
            const struct fa *host = step(walk, next, ':');
            if (host != last && !fa_is_none(host))
                all = fa_union(space->fa, all, host);
            last = host;
        }
    return fa_union(space->fa, all, fa_after(space->fa, all, STR(".")));
}

// Suffixes that the walk passes by: what lies below them is looked at apart, and taken away.
static const struct fa *visit_distant(struct walk *walk, const struct fa *back)
{
    struct origin_space *space = walk->space;
    for (size_t i = 0; i < sizeof distant / sizeof *distant; i++) {
        Str text = reversed(walk->scratch, str_from(distant[i]));
        struct place place = { .domain = str_from(distant[i]) };
        place.state = fa_after(space->fa, back, text);
        place.suffix = suffix_of(place.domain);
        if (!place.state || fa_is_none(place.state) || place.suffix == SUFFIX_NOT ||
            !leads_on(walk, place.state, '.'))
            continue;
        struct places todo = { 0 };
        visit_suffix(walk, &place, &todo);
        visit_all(walk, &todo);
        const struct fa *below =
            fa_concat(space->fa, fa_literal(space->fa, text),
                      fa_concat(space->fa, fa_literal(space->fa, STR(".")), fa_all(space->fa)));
        back = fa_subtract(space->fa, back, below);
    }
    return back;
}

static bool is_owned_by_many(const struct walk *walk)
{
    return walk->out->many && walk->out->shared.count == 0;
}

// Reversed hosts whose last label may be delegated: letters only, or "xn--" and more.
static const struct fa *last_labels(struct walk *walk)
{
    struct origin_space *space = walk->space;
    const struct fa *letters = fa_repeat(space->fa, origin_class(space, "az"), 2, FA_FOREVER);
    const struct fa *other =
        fa_concat(space->fa, fa_repeat(space->fa, origin_class(space, "az09 -"), 1, FA_FOREVER),
                  fa_literal(space->fa, STR("--nx")));
    const struct fa *end = fa_concat(space->fa, origin_class(space, " ./"), fa_all(space->fa));
    return fa_concat(space->fa, fa_union(space->fa, letters, other), end);
}

// Hosts below no delegated label.
static void visit_unowned(struct walk *walk, const struct fa *back)
{
    struct place root = { .state = back };
    struct places found = { 0 };
    if (!read_labels(walk, &root, back, LABEL_STEPS, &found))
        walk->out->many_unowned = true;
    for (uint32_t i = 0; i < found.count; i++)
        add_unowned(walk, found.items[i].domain);
}

// Whether the names below one of the commonest labels have no end. Most open sets show it when only
// plain names without ports are read, whose automaton is small.
static bool is_open(struct walk *walk, const struct fa *back)
{
    struct origin_space *space = walk->space;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        struct place place = { .domain = str_from(common[i]), .suffix = SUFFIX_OPEN };
        Str text = reversed(walk->scratch, place.domain);
        const struct fa *below = fa_after(space->fa, fa_after(space->fa, back, text), STR("."));
        struct places found = { 0 };
        if (below && !read_labels(walk, &place, below, LABEL_STEPS, &found))
            return true;
    }
    return false;
}

// The same without turning the automaton round, for sets that hold the names themselves and not
// only what lies below them. More than all suffixes that lie below one of the labels.
static bool is_plainly_open(struct walk *walk, const struct fa *set)
{
    enum { PLENTY = 4 * ORIGINS_SITES };
    static const char *const schemes[] = { "https://", "http://" };
    struct fa_space *fa = walk->space->fa;
    const struct fa *label = fa_repeat(fa, origin_class(walk->space, "az09"), 1, FA_FOREVER);
    for (size_t s = 0; s < sizeof schemes / sizeof *schemes; s++) {
        const struct fa *hosts = fa_after(fa, set, str_from(schemes[s]));
        if (fa_is_none(hosts))
            continue;
        for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
            Str end = str_format(walk->scratch, ".%s", common[i]);
            if (fa_count(fa_intersect(fa, fa_before(fa, hosts, end), label)) > PLENTY)
                return true;
        }
    }
    return false;
}

static void visit_names(struct walk *walk, const struct fa *set)
{
    struct origin_space *space = walk->space;
    if (is_plainly_open(walk, set)) {
        walk->out->many = true;
        return;
    }
    const struct fa *plain =
        fa_concat(space->fa, origin_text(space, "://"),
                  fa_repeat(space->fa, origin_class(space, "az09 -."), 1, FA_FOREVER));
    plain = fa_concat(space->fa, fa_literals(space->fa, (Str[]){ STR("http"), STR("https") }, 2),
                      plain);
    const struct fa *back = fa_reverse(space->fa, fa_intersect(space->fa, set, plain));
    bool open = is_open(walk, back);
    if (!open) {
        back = without_ports(walk, set);
        open = !back || is_open(walk, back);
    }
    if (open) {
        walk->out->many = true;
        return;
    }
    back = visit_distant(walk, back);
    const struct fa *shape = last_labels(walk);
    visit_unowned(walk, fa_subtract(space->fa, back, shape));
    struct place root = { .state = fa_intersect(space->fa, back, shape) };
    struct places todo = { 0 };
    if (!read_labels(walk, &root, root.state, LAST_STEPS, &todo)) {
        // No end of last labels. Names of one label have no owner; with more, whoever takes one
        // of them is a stranger.
        const struct fa *any = fa_all(space->fa);
        const struct fa *dotted =
            fa_concat(space->fa, any, fa_concat(space->fa, fa_literal(space->fa, STR(".")), any));
        if (fa_is_disjoint(space->fa, root.state, dotted))
            visit_unowned(walk, root.state);
        else
            walk->out->many = true;
        return;
    }
    visit_all(walk, &todo);
}

// The addresses themselves, whatever the port.
static void visit_addresses(struct walk *walk, const struct fa *addresses)
{
    enum { SCHEMES = 2, MOST = SCHEMES * ORIGINS_SITES };
    struct origin_space *space = walk->space;
    const struct fa *back = fa_is_none(addresses) ? addresses : without_ports(walk, addresses);
    const struct fa *tail =
        fa_concat(space->fa, fa_literal(space->fa, STR("//:")), fa_all(space->fa));
    const struct fa *four = fa_repeat(space->fa, origin_class(space, "09 ."), 1, FA_FOREVER);
    const struct fa *six = fa_repeat(space->fa, origin_class(space, "09af :"), 1, FA_FOREVER);
    six = fa_concat(space->fa, fa_literal(space->fa, STR("]")),
                    fa_concat(space->fa, six, fa_literal(space->fa, STR("["))));
    back =
        fa_intersect(space->fa, back, fa_concat(space->fa, fa_union(space->fa, four, six), tail));
    if (!back || fa_count(back) > MOST) {
        walk->out->many = true;
        return;
    }
    Str words[MOST];
    size_t count = fa_enumerate(walk->scratch, back, words, MOST);
    for (size_t i = 0; i < count; i++) {
        Str host, scheme;
        if (str_cut(words[i], STR("//"), &host, &scheme))
            add_site(walk, reversed(walk->scratch, host));
    }
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

void sites_find(struct origin_space *space, const struct fa *set, struct sites *out)
{
    *out = (struct sites){ 0 };
    if (fa_is_none(set))
        return;
    struct walk walk = { .space = space, .scratch = arena_new(), .out = out, .steps = TOTAL_STEPS };
    uint64_t count = fa_count(set);
    if (count != FA_INFINITE) {
        Str *words = ARENA_ARRAY(walk.scratch, Str, LISTED_MEMBERS);
        size_t listed = fa_enumerate(walk.scratch, set, words, LISTED_MEMBERS);
        for (size_t i = 0; i < listed; i++) {
            struct origin origin;
            if (origin_cut(words[i], &origin))
                add_host(&walk, origin.host);
        }
    }
    if (count > LISTED_MEMBERS && !is_owned_by_many(&walk)) {
        visit_names(&walk, fa_subtract(space->fa, set, origin_addresses(space)));
        if (!out->many)
            visit_addresses(&walk, fa_intersect(space->fa, set, origin_addresses(space)));
    }
    if (out->list.count)
        qsort(out->list.items, out->list.count, sizeof(Str), compare);
    if (out->unowned.count)
        qsort(out->unowned.items, out->unowned.count, sizeof(Str), compare);
    arena_free(walk.scratch);
}

const struct fa *sites_below(struct origin_space *space, const Str *suffixes, uint32_t count)
{
    const struct fa *hosts = fa_none(space->fa);
    const struct fa *some = fa_all(space->fa);
    for (uint32_t i = 0; i < count; i++) {
        const struct fa *end = fa_concat(space->fa, fa_literal(space->fa, STR(".")),
                                         fa_literal(space->fa, suffixes[i]));
        end =
            fa_concat(space->fa, end, fa_repeat(space->fa, fa_literal(space->fa, STR(".")), 0, 1));
        hosts = fa_union(space->fa, hosts, fa_concat(space->fa, some, end));
    }
    return origin_web(space, hosts);
}
