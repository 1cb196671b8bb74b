/* Made-up worlds: journeys with realistic paths, times and values. Same seed, same world. */
#ifndef HW__WORLD_H
#define HW__WORLD_H

#include "base/rng.h"

typedef struct hw__world {
    hw__rng random;
    int64_t start_ms, span_ms;
    uint32_t stays; /* per mille that goes on after a touch that did not sell */
    uint32_t slow;  /* how many times less a touch moves to buying, in hundredths */
    uint32_t again; /* per mille of first buyers that come back, 0 to 500; 0: nobody */
    /* Of who came last. */
    uint32_t loyal; /* per mille: chance to come back after each order */
    uint32_t pace;  /* days until it does, in the mean */
} hw__world;

typedef struct hw__wsource {
    const char *channel, *source, *medium, *campaign;
    uint8_t interaction; /* hw_interaction */
} hw__wsource;

enum { HW__WORLD_TOUCHES_MAX = 40 };

typedef struct hw__wjourney {
    uint32_t len;
    const hw__wsource *source[HW__WORLD_TOUCHES_MAX];
    int64_t at[HW__WORLD_TOUCHES_MAX];
    uint16_t lift[HW__WORLD_TOUCHES_MAX]; /* of a sale, each touch caused lift / sum of lifts */
    bool converts;
    int64_t converted_at;
    int64_t value; /* micros, whole cents */
} hw__wjourney;

/* touches: the mean of a journey, about; 0: some four, most of a shop's. */
void hw__world_init(hw__world *w, uint64_t seed, int64_t start_ms, int64_t span_ms,
                    uint32_t touches);
void hw__world_next(hw__world *w, hw__wjourney *out);

/* The next journey of whoever the last one, out, is of; false when there is none: it did not buy,
 * stays away, or would come after the last day. */
bool hw__world_again(hw__world *w, hw__wjourney *out);

#endif
