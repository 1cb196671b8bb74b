/* Moments at which somebody bought, and moments at which somebody who did not might have: each null
 * is cut where a conversion was, counted from the first touch, so that both were watched alike. */
#ifndef HW__MOMENTS_H
#define HW__MOMENTS_H

#include "journey/dataset.h"

/* A touch before a moment: x = 2^-(age / 8 days). */
typedef struct hw__term {
    float x;
    uint16_t channel;
} hw__term;

/* A moment, or many alike, and how many terms come before it. */
typedef struct hw__case {
    uint32_t len;
    float intent;           /* see hazard.h */
    bool converts, watched; /* watched: touched before, as others are in the data who did not buy */
    double weight, value;   /* micros: conversions (or nulls), and what they are worth */
} hw__case;

typedef struct hw__cases {
    hw_allocator alloc;
    HW__VEC(hw__case) at;
    HW__VEC(hw__term) terms; /* case by case */
} hw__cases;

/* Adds one at a moment, with the touches [first, end) that are within their windows. */
hw_status hw__cases_add(hw__cases *c, const hw_dataset *d, hw__case one, size_t first, size_t end,
                        int64_t at);
void hw__cases_free(hw__cases *c);

/* 2^-(age / 8 days) */
double hw__x_at(int64_t age_ms);

/* Touches [first, end) of the dataset came before the moment. */
typedef hw_status (*hw__moment_fn)(void *ctx, const hw_dataset *d, const hw__djourney *j,
                                   size_t first, size_t end, int64_t at, bool converts);

/* Every conversion, and one moment per null that was watched for long enough, in order. */
hw_status hw__each_moment(const hw_dataset *d, hw__moment_fn take, void *ctx);

/* Ms that a touch counts, by the dataset's windows; INT64_MAX: for ever. */
int64_t hw__window_of(const hw_dataset *d, size_t touch);
/* The last moment of the data: people who did not convert are watched until then. */
int64_t hw__watched_until(const hw_dataset *d);
/* Does the journey go on from the conversion before it, with the same touches and more? */
bool hw__follows(const hw_dataset *d, const hw__djourney *j);
/* Is it what is left of a visitor after a conversion that touches came before? */
bool hw__is_tail(const hw_dataset *d, const hw__djourney *j);

#endif
