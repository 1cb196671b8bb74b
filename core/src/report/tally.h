/* Sums over a dataset from which many rules follow without reading the touches again. Each is the
 * same arithmetic as crediting journey by journey (attribute.c), only gathered first: tests compare
 * them. */
#ifndef HW__TALLY_H
#define HW__TALLY_H

#include "journey/dataset.h"

/* Longer paths, and datasets with more channels, are credited journey by journey. */
enum {
    HW__TALLY_LEN = 64,
    HW__TALLY_CHANNELS = 64,
    HW__TALLY_CELLS = HW__TALLY_LEN * (HW__TALLY_LEN + 1) / 2
};

typedef struct hw__sums {
    int64_t conversions, value;
} hw__sums;

typedef struct hw__tally {
    size_t channels;
    bool by_place_done, by_set_done;
    /* [cell of (path length, place)][channel] */
    hw__sums *by_place;
    /* [distinct channels of the path][channel], and what the first 2^40 mod u of them get besides
     */
    hw__sums *by_set, *by_set_extra;
    HW__VEC(uint32_t) longer; /* journeys too long for the tables */
} hw__tally;

static inline size_t hw__tally_cell(size_t len, size_t place) {
    return (len - 1) * len / 2 + place;
}

/* Whether journeys of the dataset can be tallied at all. */
bool hw__tally_fits(const hw_dataset *d);

/* Made at the first call, kept with the dataset until its windows change. */
hw_status hw__tally_by_place(hw_dataset *d, const hw__tally **out);
hw_status hw__tally_by_set(hw_dataset *d, const hw__tally **out);
/* The journeys that the tables leave out. */
hw_status hw__tally_longer(hw_dataset *d, const hw__tally **out);

void hw__tally_free(hw_dataset *d);

#endif
