/* Jobs of the core on threads, where the system has them. */
#if (defined(__unix__) || defined(__APPLE__)) && !defined(__wasi__)
#define HW_CLI_THREADS
#define _POSIX_C_SOURCE 200809L
#endif

#include "cli.h"

#ifdef HW_CLI_THREADS
#include <pthread.h>
#include <unistd.h>

typedef struct task {
    void (*job)(void *arg, size_t i);
    void *arg;
    size_t i;
    pthread_t thread;
    bool started;
} task;

static void *start(void *p) {
    const task *t = p;
    t->job(t->arg, t->i);
    return NULL;
}

/* The first job runs here; so does one whose thread does not start. */
static void run(void *ctx, void (*job)(void *arg, size_t i), void *arg, size_t jobs) {
    (void)ctx;
    task tasks[HW_RUNNER_WIDTH_MAX];
    for (size_t i = 1; i < jobs; i++) {
        tasks[i] = (task){.job = job, .arg = arg, .i = i};
        tasks[i].started = pthread_create(&tasks[i].thread, NULL, start, &tasks[i]) == 0;
    }
    for (size_t i = 0; i < jobs; i++)
        if (i == 0 || !tasks[i].started) job(arg, i);
    for (size_t i = 1; i < jobs; i++)
        if (tasks[i].started) pthread_join(tasks[i].thread, NULL);
}

size_t processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > HW_RUNNER_WIDTH_MAX ? HW_RUNNER_WIDTH_MAX : (size_t)n;
}
#else
static void run(void *ctx, void (*job)(void *arg, size_t i), void *arg, size_t jobs) {
    (void)ctx;
    for (size_t i = 0; i < jobs; i++) job(arg, i);
}

size_t processors(void) {
    return 1;
}
#endif

hw_runner threads(size_t width) {
    return (hw_runner){.width = width, .run = run};
}
