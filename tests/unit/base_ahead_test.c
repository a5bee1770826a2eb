#include "base/ahead.h"

#include "unit/check_main.h"

#include <stdlib.h>

struct counting {
    uint32_t made[16]; // by worker
};

static void *make(void *context, uint32_t number, uint32_t worker)
{
    struct counting *counting = context;
    counting->made[worker]++;
    uint32_t *result = malloc(sizeof *result);
    *result = number * number;
    return result;
}

START_TEST(results_come_in_order)
{
    for (uint32_t threads = 0; threads <= 5; threads++)
        for (uint32_t count = 0; count < 200; count = count * 2 + 1) {
            struct arena *arena = arena_new();
            struct counting counting = { .made = { 0 } };
            const struct ahead_work work = { count, threads, make, &counting };
            struct ahead *ahead = ahead_start(arena, &work);
            for (uint32_t i = 0; i < count; i++) {
                uint32_t *result = ahead_take(ahead);
                ck_assert_uint_eq(*result, i * i);
                free(result);
            }
            ahead_end(ahead);
            uint32_t made = 0;
            for (uint32_t i = 0; i < 16; i++)
                made += counting.made[i];
            ck_assert_uint_eq(made, count);
            arena_free(arena);
        }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = { results_come_in_order };
    return check_main(check_suite("ahead", tests, sizeof tests / sizeof *tests));
}
