/* An additive hazard: somebody buys at a rate (per day) of
 *
 *     base + wish * intent + the sum over touches, and paces k, of rate[channel][k] * 2^-(age /
 * half-life k)
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

typedef struct hw__hazard {
    hw_allocator alloc;
    size_t channels;
    double base;          /* conversions per day of nobody's doing */
    double wish;          /* more of them per day at intent 1 */
    double days, wishing; /* that people were watched; and times their intent */
    /* [channel][pace]: */
    double *rate;     /* what a fresh touch adds, per day */
    double *exposure; /* days that touches were watched, each day by what is left of the effect */
    double *part;     /* scratch of a round */
    double *tells;    /* [channel]: how surely a touch tells of intent, 0 to 1 */
    hw__cases cases;
} hw__hazard;

/* What is left of each pace at x = 2^-(age / 8 days). */
static inline void hw__paces(double x, double out[HW__PACES]) {
    double x4 = x * x * (x * x);
    out[0] = x4 * x4 * (x4 * x4);
    out[1] = x4;
    out[2] = x;
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
