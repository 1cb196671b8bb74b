/* Logistic regression of buying, at a moment, on each channel's touches so far, faded with age. */
#ifndef HW__LOGISTIC_H
#define HW__LOGISTIC_H

#include "model/moments.h"

enum { HW__LOGISTIC_ROUNDS = 300 };

typedef struct hw__logistic {
    hw_allocator alloc;
    size_t channels;
    double constant;
    double *slope; /* [channel], never below 0: a touch does not undo a sale */
    double *climb, *bend;
    hw__cases cases;
} hw__logistic;

/* Reads the dataset; free it with hw__logistic_free whatever is returned. */
hw_status hw__logistic_init(hw__logistic *l, const hw_dataset *d);
/* One step uphill: the likelihood never falls. @return the greatest change of a number */
double hw__logistic_round(hw__logistic *l);
void hw__logistic_fit(hw__logistic *l);
void hw__logistic_free(hw__logistic *l);
/* Odds of buying, up to a factor, at a moment of a dataset whose channels have the same ids. */
double hw__logistic_odds(const hw__logistic *l, const hw_dataset *d, size_t first, size_t end,
                         int64_t at);
/* What a touch adds at x = 2^-(age / 8 days): 2^-(age / 2 days). */
static inline double hw__fade(double x) {
    return x * x * (x * x);
}

#endif
