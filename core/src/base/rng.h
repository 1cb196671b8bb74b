/* Random numbers of a seed: xoshiro256** 1.0 (Blackman and Vigna, public domain), seeded
 * by splitmix64 as they advise. Same seed, same numbers, on every machine. */
#ifndef HW__RNG_H
#define HW__RNG_H

#include "base/internal.h"

typedef struct hw__rng {
    uint64_t state[4];
} hw__rng;

static inline void hw__rng_seed(hw__rng *r, uint64_t seed) {
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        r->state[i] = z ^ z >> 31;
    }
}

static inline uint64_t hw__rng_next(hw__rng *r) {
    uint64_t *s = r->state, five = s[1] * 5, result = (five << 7 | five >> 57) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

/* 0 .. n-1 */
static inline uint64_t hw__rng_below(hw__rng *r, uint64_t n) {
    return (uint64_t)((hw__u128)hw__rng_next(r) * n >> 64);
}

/* 0 <= u < 1, in steps of 2^-53 */
static inline double hw__rng_unit(hw__rng *r) {
    return (double)(hw__rng_next(r) >> 11) * 0x1p-53;
}

#endif
