#ifndef HW__PATH_TALLY_H
#define HW__PATH_TALLY_H

#include "base/internal.h"

typedef struct hw__tpart {
    hw_str name; /* in the arena */
    uint64_t sum;
} hw__tpart;

typedef struct hw__tchannel {
    hw_str name;
    uint32_t part; /* its number in parts */
    uint64_t when; /* its place among the part's channels */
} hw__tchannel;

typedef struct hw__tpath {
    uint32_t len;
    const uint16_t *channel;
    const int64_t *age; /* NULL: not known */
    int64_t conversions, value, nulls;
} hw__tpath;

struct hw_tally {
    hw__arena arena; /* everything below, and this struct's own memory is alloc's */
    bool ages;
    hw__tpart *parts;
    hw__tchannel *channels;
    hw__tpath *paths;
    size_t nparts, nchannels, npaths;
};

/* Parts by name, channels by first sight, equal paths together, paths in order. Channel numbers in
 * the paths change accordingly, so their arrays are written anew. */
hw_status hw__tally_settle(hw_tally *t);

/* The checksum of a part's paths. */
uint64_t hw__tally_sum(const hw_tally *t);

#endif
