/* Journeys side by side at their last touches before the end: who hands over to whom, step by step.
 */
#ifndef HW__FLOW_H
#define HW__FLOW_H

#include "report/paths.h"

enum { HW__FLOW_STEPS_MAX = 8, HW__FLOW_CHANNELS_MAX = 16 };

/* Which journeys. */
typedef enum hw__flow_of { HW__FLOW_ALL, HW__FLOW_SALES, HW__FLOW_NO_SALES } hw__flow_of;

typedef struct hw__flow_link {
    uint32_t step;     /* 0: from the earliest column shown */
    uint32_t from, to; /* places in shown; shown_count: all other channels; behind it the ends */
    hw__amounts amounts;
} hw__flow_link;

typedef struct hw__flow {
    hw_allocator alloc;
    uint32_t steps, shown[HW__FLOW_CHANNELS_MAX], shown_count;
    /* steps × width cells: journeys that stand there; width = shown_count + 1 */
    HW__VEC(hw__amounts) nodes;
    HW__VEC(hw__flow_link) links; /* told one by one: step by step, the greatest first */
    /* By step: what the links left out carry together, and how many they are. */
    hw__amounts rest[HW__FLOW_STEPS_MAX];
    uint32_t rest_count[HW__FLOW_STEPS_MAX];
    hw__amounts all, cut; /* journeys counted; those of more touches than steps */
} hw__flow;

/* The two ends of a journey, as places. */
static inline uint32_t hw__flow_sale(const hw__flow *f) {
    return f->shown_count + 1;
}
static inline uint32_t hw__flow_no_sale(const hw__flow *f) {
    return f->shown_count + 2;
}

/* @param steps 2 .. HW__FLOW_STEPS_MAX; channels 1 .. HW__FLOW_CHANNELS_MAX
 * @param links told one by one between two steps; those into an end are told all
 * Free it whatever is returned. HW_E_ARG, HW_E_STATE, HW_E_NOMEM. */
hw_status hw__flow_count(hw_dataset *d, hw__flow_of of, uint32_t steps, uint32_t channels,
                         uint32_t links, hw__flow *out);
void hw__flow_free(hw__flow *f);

#endif
