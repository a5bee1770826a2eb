#pragma once
// prop: property tests. Trial n has a size that grows with n, so the first failure is small.
//
// PROP_TRIALS sets the number of trials (of each property), PROP_SEED the trial to run alone: what
// a failure prints.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct prop_random {
    uint64_t state;
};

static inline uint32_t prop_next(struct prop_random *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(z >> 32);
}

// 0 to below - 1
static inline uint32_t prop_below(struct prop_random *random, uint32_t below)
{
    return (uint32_t)((uint64_t)prop_next(random) * below >> 32);
}

static inline uint64_t prop_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

// Runs the property for every trial; it prints what it saw and gives 0 when it fails. Gives the
// number of trials that failed.
static inline uint64_t prop_run(const char *name, int (*holds)(struct prop_random *, uint32_t size),
                                uint64_t trials, uint32_t trials_a_size)
{
    uint64_t only = prop_environment("PROP_SEED", UINT64_MAX), failed = 0;
    trials = prop_environment("PROP_TRIALS", trials);
    for (uint64_t trial = 0; trial < trials; trial++) {
        uint64_t number = only == UINT64_MAX ? trial : only;
        struct prop_random random = { number * UINT64_C(0xd1342543de82ef95) + 1 };
        uint64_t size =
            1 + (trials > trials_a_size * 40 ? number * 40 / trials : number / trials_a_size);
        if (!holds(&random, (uint32_t)size)) {
            printf("%s: PROP_SEED=%llu\n", name, (unsigned long long)number);
            failed++;
        }
        fflush(stdout); // the test ends in a child process
        if (only != UINT64_MAX || failed >= 10)
            break;
    }
    return failed;
}
