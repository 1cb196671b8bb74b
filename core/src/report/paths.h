/* The paths that journeys take, how long they are and how long they take. */
#ifndef HW__PATHS_H
#define HW__PATHS_H

#include "journey/dataset.h"

/* The last length holds all longer journeys. */
enum { HW__LENGTHS = 21, HW__LAGS = 8 };

typedef struct hw__amounts {
    int64_t conversions, value, nulls; /* micros */
} hw__amounts;

/* Which journeys count: places in by_length and by_lag, both ends included. A journey that did not
 * convert has no lag: it counts only where no lag is left out. */
typedef struct hw__paths_filter {
    uint32_t length_from, length_to, lag_from, lag_to;
} hw__paths_filter;

#define HW__PATHS_ALL ((hw__paths_filter){0, HW__LENGTHS - 1, 0, HW__LAGS - 1})

/* Over conversions; nearest rank. -1: no conversion, or no times. */
typedef struct hw__quantiles {
    int64_t median, p90;
} hw__quantiles;

/* A channel's part in the paths. A path counts once for each channel on it, so channels do not add
 * up. */
typedef struct hw__assist {
    hw__amounts influenced; /* of paths with the channel on them */
    hw__amounts last;       /* of those that end with it; assisted is the rest */
    uint32_t seen;          /* the last path that was looked at and has it, and 1 */
} hw__assist;

typedef struct hw__paths {
    hw_allocator alloc;
    hw__intern paths; /* the bytes of their channel ids */
    HW__VEC(hw__amounts) by_path;
    HW__VEC(uint32_t) first, last; /* journeys of each path; next leads from one to the other */
    uint32_t *next;                /* by journey; UINT32_MAX: the last */
    size_t journeys;
    /* A histogram shows what the filter of the other leaves. */
    hw__amounts by_length[HW__LENGTHS], by_lag[HW__LAGS];
    hw__amounts matched;
    HW__VEC(hw__assist) by_channel; /* of what matched; as far as the last channel on a path */
    hw__quantiles length, lag_ms;   /* of what matched */
} hw__paths;

extern const char *const hw__lag_names[HW__LAGS];

/* HW_E_ARG for a filter that ends before it begins; free it whatever is returned. */
hw_status hw__paths_count(hw_dataset *d, const hw__paths_filter *filter, hw__paths *out);
void hw__paths_free(hw__paths *p);
/* The `top` best by conversions, then by nulls, first seen first among equals, into best; their
 * number. */
size_t hw__paths_best(const hw__paths *p, size_t top, uint32_t *best);
/* Channel i of a path. */
uint16_t hw__paths_channel(const hw__paths *p, uint32_t path, size_t i, size_t *len);

#endif
