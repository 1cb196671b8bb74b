/* A Markov chain as a picture needs it: what each channel's removal costs, and how journeys flow
 * when one is removed. */
#ifndef HW__CHAIN_REPORT_H
#define HW__CHAIN_REPORT_H

#include "model/markov.h"

enum { HW__CHAIN_SHOWN_MAX = 16 };

typedef struct hw__chain_report {
    hw_allocator alloc;
    size_t channels, states;
    hw__chain chain;
    double probability, without;   /* of a conversion: of the whole chain; with the removal */
    double *effect, *value_effect; /* by channel */
    double *visits;                /* by state, a journey; a removed state's are what it loses */
    double lost;                   /* part of the journeys that ends at the removed channel */
    /* The busiest channels, and one place behind them for all others. Steps a journey. */
    uint32_t shown[HW__CHAIN_SHOWN_MAX], shown_count;
    double start[HW__CHAIN_SHOWN_MAX + 1], conversion[HW__CHAIN_SHOWN_MAX + 1],
        null[HW__CHAIN_SHOWN_MAX + 1];
    double flow[HW__CHAIN_SHOWN_MAX + 1][HW__CHAIN_SHOWN_MAX + 1];
} hw__chain_report;

/* @param without  a channel, or UINT32_MAX for none
 * @param shown  1 .. HW__CHAIN_SHOWN_MAX
 * HW_E_LIMIT as hw__chain_solve. Free it whatever is returned. */
hw_status hw__chain_report_make(hw_dataset *d, const hw_model_params *params, uint32_t without,
                                uint32_t shown, hw__chain_report *out);
void hw__chain_report_free(hw__chain_report *r);

/* Journeys that leave the state, micros. */
double hw__state_total(const hw__chain *c, const hw__state *s);

#endif
