/* An additive hazard: somebody buys at a rate (per day) of
 *
 *     base + wish * intent + the sum over touches of rate[channel][k] * density of half-life k at
 * its age
 *
 * where intent, from 0 to 1, is how surely the person is just looking to buy. It is read from the
 * touches, without a look at conversions: people with intent come by themselves, so a channel tells
 * of intent as far as direct visits crowd around its touches. Without direct visits it is always 0.
 */
#ifndef HW__HAZARD_H
#define HW__HAZARD_H

#include "model/moments.h"

/* Half-lives of the mixture: 1/2, 2 and 8 days; each is 4 times the one before, so that one power
 * of two gives all (x^4, x^16). */
enum { HW__PACES = 3, HW__HAZARD_ROUNDS = 200 };

/* A touch before a conversion: x = 2^-(age / 8 days). */
typedef struct hw__term {
    float x;
    uint16_t channel;
} hw__term;

/* A conversion, or many alike, and the slice of terms before it. */
typedef struct hw__case {
    uint32_t len;
    float intent;
    bool watched; /* touched before: others like it who did not buy are in the data, too */
    double conversions, value;
} hw__case;

typedef struct hw__hazard {
    hw_allocator alloc;
    size_t channels;
    double base;          /* conversions per day of nobody's doing */
    double wish;          /* more of them per day at intent 1 */
    double days, wishing; /* that people were watched; and times their intent */
    double *rate;         /* [channel][pace]: conversions that a touch causes in the long run */
    double
        *exposure; /* [channel][pace]: touches, each for the part of its effect that was watched */
    double *part;  /* scratch of a round */
    double *tells; /* [channel]: how surely a touch tells of intent, 0 to 1 */
    HW__VEC(hw__case) cases;
    HW__VEC(hw__term) terms;
} hw__hazard;

/* Densities per day at x = 2^-(age / 8 days). */
static inline void hw__densities(double x, double out[HW__PACES]) {
    const double ln2 = 0.693147180559945309417;
    double x4 = x * x * (x * x), x16 = x4 * x4 * (x4 * x4);
    out[0] = x16 * (ln2 / 0.5);
    out[1] = x4 * (ln2 / 2);
    out[2] = x * (ln2 / 8);
}

/* Reads the dataset and starts from even rates; free it with hw__hazard_free whatever is returned.
 */
hw_status hw__hazard_init(hw__hazard *h, const hw_dataset *d);
/* One round of EM: the likelihood never falls. @return how many conversions moved between causes */
double hw__hazard_round(hw__hazard *h);
/* Rounds until less than a millionth of the conversions moves, HW__HAZARD_ROUNDS at most. */
void hw__hazard_fit(hw__hazard *h);
/* Conversions a day at intent, from n touches. */
double hw__hazard_at(const hw__hazard *h, double intent, const hw__term *terms, size_t n);
/* Conversions a day at a moment of a dataset whose channels have the same ids; touches [first,
 * end). */
double hw__hazard_moment(const hw__hazard *h, const hw_dataset *d, size_t first, size_t end,
                         int64_t at);
void hw__hazard_free(hw__hazard *h);

#endif
