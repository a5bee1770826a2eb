#include "base/ahead.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

// Pieces that are begun before they are needed, for each thread: their results take memory.
enum { WINDOW = 4 };

struct piece {
    void *result;
    bool done;
};

struct worker {
    struct ahead *ahead;
    uint32_t number;
    pthread_t thread;
};

// The lock guards all but `work`.
struct ahead {
    struct ahead_work work;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct piece *pieces;
    uint32_t begun, taken;
    struct worker *workers; // number 0 is the thread that takes
    uint32_t started;       // workers, without that one
};

static bool may_begin(const struct ahead *ahead)
{
    return ahead->begun < ahead->work.count &&
           ahead->begun - ahead->taken < WINDOW * (ahead->started + 1);
}

// Does the next piece. The lock is held before and after.
static void do_next(struct ahead *ahead, uint32_t worker)
{
    uint32_t number = ahead->begun++;
    pthread_mutex_unlock(&ahead->lock);
    void *result = ahead->work.make(ahead->work.context, number, worker);
    pthread_mutex_lock(&ahead->lock);
    ahead->pieces[number] = (struct piece){ result, true };
    pthread_cond_broadcast(&ahead->changed);
}

static void *run_worker(void *argument)
{
    struct worker *worker = argument;
    struct ahead *ahead = worker->ahead;
    pthread_mutex_lock(&ahead->lock);
    while (ahead->begun < ahead->work.count) {
        if (may_begin(ahead))
            do_next(ahead, worker->number);
        else
            pthread_cond_wait(&ahead->changed, &ahead->lock);
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

struct ahead *ahead_start(struct arena *arena, const struct ahead_work *work)
{
    struct ahead *ahead = ARENA_NEW(arena, struct ahead);
    ahead->work = *work;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    ahead->pieces = ARENA_ARRAY(arena, struct piece, work->count);
    uint32_t threads = work->threads < work->count ? work->threads : work->count;
    if (threads < 2)
        return ahead;
    ahead->workers = ARENA_ARRAY(arena, struct worker, threads);
    pthread_mutex_lock(&ahead->lock);
    for (uint32_t i = 1; i < threads; i++) {
        struct worker *worker = &ahead->workers[i];
        *worker = (struct worker){ .ahead = ahead, .number = i };
        if (pthread_create(&worker->thread, NULL, run_worker, worker) != 0)
            break;
        ahead->started = i;
    }
    pthread_mutex_unlock(&ahead->lock);
    return ahead;
}

void *ahead_take(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    assert(ahead->taken < ahead->work.count);
    const struct piece *piece = &ahead->pieces[ahead->taken];
    while (!piece->done) {
        if (may_begin(ahead))
            do_next(ahead, 0);
        else
            pthread_cond_wait(&ahead->changed, &ahead->lock);
    }
    ahead->taken++;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    return piece->result;
}

void ahead_end(struct ahead *ahead)
{
    assert(ahead->taken == ahead->work.count);
    for (uint32_t i = 1; i <= ahead->started; i++)
        pthread_join(ahead->workers[i].thread, NULL);
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
}
