// fuzz_fa: a small program for a stack of languages. Every byte is an operation; whatever it is,
// the laws must hold for the two languages on top at the end.

#include "fa/fa.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STACK = 8, OPERATIONS = 14 };

static void demand(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s does not hold\n", what);
        abort();
    }
}

static const struct fa *operate(struct fa_space *s, unsigned operation, unsigned argument,
                                const struct fa *a, const struct fa *b)
{
    char byte = (char)('a' + argument % 4);
    uint64_t bytes[4] = { argument, UINT64_C(0x9e3779b97f4a7c15) * argument, 0, argument };
    switch (operation) {
    case 0:
        return fa_union(s, a, b);
    case 1:
        return fa_intersect(s, a, b);
    case 2:
        return fa_subtract(s, a, b);
    case 3:
        return fa_complement(s, a);
    case 4:
    case 5:
        return fa_concat(s, a, b);
    case 6:
        return fa_repeat(s, a, argument % 4, argument & 4 ? FA_FOREVER : argument % 4 + 3);
    case 7:
        return fa_reverse(s, a);
    case 8:
        return fa_after(s, a, (Str){ &byte, 1 });
    case 9:
        return fa_before(s, a, (Str){ &byte, 1 });
    case 10:
        return argument & 1 ? fa_fold_case(s, a) : fa_unfold_case(s, a);
    case 11:
        return fa_bytes(s, bytes);
    case 12:
        return argument & 1 ? fa_all(s) : fa_empty(s);
    default:
        return fa_literal(s, (Str){ &byte, 1 });
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LONGEST = 64 }; // operations
    struct arena *arena = arena_new();
    struct limits limits = limits_default;
    limits.fa_states = 1000;
    limits.fa_steps = 100000;
    struct fa_space *s = fa_space_new(arena, &limits);
    const struct fa *stack[STACK];
    for (int i = 0; i < STACK; i++)
        stack[i] = fa_literal(s, STR("ab"));
    for (size_t i = 0; i < size && i < LONGEST; i++) {
        const struct fa *next = operate(s, data[i] % OPERATIONS, data[i] / OPERATIONS,
                                        stack[i % STACK], stack[(i + 3) % STACK]);
        if (next)
            stack[(i + 1) % STACK] = next;
    }
    const struct fa *a = stack[0], *b = stack[size % STACK];
    const struct fa *both = fa_intersect(s, a, b), *less = fa_subtract(s, a, b);
    const struct fa *sum = fa_union(s, both, less), *back = fa_reverse(s, fa_reverse(s, a));
    demand(!sum || sum == a, "a = a & b | a - b");
    demand(!back || back == a, "reverse of reverse");
    demand(!less || fa_is_none(less) == fa_is_subset(s, a, b) || fa_space_exhausted(s), "subset");
    Str word;
    if (fa_shortest(arena, a, NULL, &word)) {
        demand(fa_accepts(a, word), "a witness is a member");
        Str first;
        size_t found = fa_enumerate(arena, a, &first, 1);
        // None where the limit on steps is reached: one for each state and length up to the word's.
        uint64_t steps = (uint64_t)fa_states(a) * word.len;
        demand(found ? str_equal(first, word) : steps >= limits.fa_steps, "the first word");
    } else {
        demand(fa_is_none(a), "no witness, no member");
    }
    arena_free(arena);
    return 0;
}
