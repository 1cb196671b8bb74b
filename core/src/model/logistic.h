/* Logistic regression of buying, at a moment, on each channel's touches so far, faded with age. */
#ifndef HW__LOGISTIC_H
#define HW__LOGISTIC_H

#include "model/moments.h"

enum { HW__LOGISTIC_ROUNDS = 300 };

/* 2^-(age / 2 days) of a touch before a moment. */
typedef struct hw__faded {
    float x;
    uint16_t channel;
} hw__faded;

typedef struct hw__instant {
    uint32_t len;
    bool converts;
    double weight, value; /* micros */
} hw__instant;

typedef struct hw__logistic {
    hw_allocator alloc;
    size_t channels;
    double constant;
    double *slope; /* [channel], never below 0: a touch does not undo a sale */
    double *climb, *bend;
    HW__VEC(hw__instant) instants;
    HW__VEC(hw__faded) terms;
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
/* What a touch adds at an age: x of hw__faded. */
double hw__fade(int64_t age_ms);

#endif
