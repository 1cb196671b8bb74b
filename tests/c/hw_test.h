/* A harness of one screen: TEST bodies, checks that print both sides, a closing count. */
#ifndef HW_TEST_H
#define HW_TEST_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/internal.h"

static int hw_passed, hw_failed, hw_bad;

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            hw_bad = 1;                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond);                     \
        }                                                                                          \
    } while (0)

#define CHECK_INT(a, b)                                                                            \
    do {                                                                                           \
        int64_t a_ = (int64_t)(a), b_ = (int64_t)(b);                                              \
        if (a_ != b_) {                                                                            \
            hw_bad = 1;                                                                            \
            fprintf(stderr, "%s:%d: %s is %" PRId64 ", expected %" PRId64 "\n", __FILE__,          \
                    __LINE__, #a, a_, b_);                                                         \
        }                                                                                          \
    } while (0)

#define CHECK_STR(a, z)                                                                            \
    do {                                                                                           \
        hw_str a_ = (a);                                                                           \
        if (!hw__str_eq(a_, hw__str_of(z))) {                                                      \
            hw_bad = 1;                                                                            \
            fprintf(stderr, "%s:%d: %s is \"%.*s\", expected \"%s\"\n", __FILE__, __LINE__, #a,    \
                    (int)a_.len, a_.len ? a_.ptr : "", z);                                         \
        }                                                                                          \
    } while (0)

#define RUN(test)                                                                                  \
    do {                                                                                           \
        hw_bad = 0;                                                                                \
        test();                                                                                    \
        if (hw_bad)                                                                                \
            hw_failed++, fprintf(stderr, "FAILED %s\n", #test);                                    \
        else                                                                                       \
            hw_passed++;                                                                           \
    } while (0)

static inline int hw_report(void) {
    printf("%d passed, %d failed\n", hw_passed, hw_failed);
    return hw_failed != 0;
}

/* splitmix64: the seed is printed by whoever uses it. */
static inline uint64_t rnd(uint64_t *s) {
    uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 .. n-1 */
static inline uint32_t upto(uint64_t *s, uint32_t n) {
    return (uint32_t)(rnd(s) % n);
}

/* HW_TEST_SEED, or a fixed one: a failure names what to set. */
static inline uint64_t seed(const char *test) {
    const char *z = getenv("HW_TEST_SEED");
    uint64_t s = z ? strtoull(z, NULL, 10) : UINT64_C(20261123);
    printf("%s: HW_TEST_SEED=%" PRIu64 "\n", test, s);
    return s;
}

#endif
