/* Sums over a dataset from which many rules follow without reading the touches again. Each is the
 * same arithmetic as crediting journey by journey (attribute.c), only gathered first: tests compare
 * them. */
#ifndef HW__GATHER_H
#define HW__GATHER_H

#include "journey/dataset.h"

/* Longer paths, and datasets with more channels, are credited journey by journey. */
enum {
    HW__GATHER_LEN = 64,
    HW__GATHER_CHANNELS = 64,
    HW__GATHER_CELLS = HW__GATHER_LEN * (HW__GATHER_LEN + 1) / 2
};

typedef struct hw__sums {
    int64_t conversions, value;
} hw__sums;

typedef struct hw__gather {
    size_t channels;
    bool by_place_done, by_set_done;
    /* [cell of (path length, place)][channel] */
    hw__sums *by_place;
    /* [distinct channels of the path][channel], and what the first 2^40 mod u of them get besides
     */
    hw__sums *by_set, *by_set_extra;
    HW__VEC(uint32_t) longer; /* journeys too long for the tables */
} hw__gather;

static inline size_t hw__gather_cell(size_t len, size_t place) {
    return (len - 1) * len / 2 + place;
}

/* Whether journeys of the dataset can be tallied at all. */
bool hw__gather_fits(const hw_dataset *d);

/* Made at the first call, kept with the dataset until its windows change. */
hw_status hw__gather_by_place(hw_dataset *d, const hw__gather **out);
hw_status hw__gather_by_set(hw_dataset *d, const hw__gather **out);
/* The journeys that the tables leave out. */
hw_status hw__gather_longer(hw_dataset *d, const hw__gather **out);

void hw__gather_free(hw_dataset *d);

#endif
