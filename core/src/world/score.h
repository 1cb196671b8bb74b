/* How near each model comes to what the channels of a world really caused. */
#ifndef HW__SCORE_H
#define HW__SCORE_H

#include "world/causal_csv.h"

enum { HW__SCORE_MODELS_MAX = 64 };

/* Figures of one model in one world, summed over runs. Only paid-for channels count: what a model
 * gives to direct visits and to (organic) it gives to nobody. */
typedef struct hw__score {
    double share_error;           /* half the sum of |share of credit - share of what was caused| */
    double spearman;              /* rank correlation of credit and what was caused */
    double credit_ratio;          /* credit / what was caused, over all channels */
    double zero_credit;           /* share of the credit that goes to channels that do nothing */
    double logloss, auc;          /* on people who were not fitted; see heldout.h */
    double credit[HW__PLANS_MAX]; /* conversions, by channel of the world */
    uint32_t runs, heldout_runs;
} hw__score;

typedef struct hw__truth {
    double caused[HW__PLANS_MAX], value[HW__PLANS_MAX];
    double sales, touches, people, unasked;
} hw__truth;

/* Lives `people` lives into a dataset of `days` days, and sums up the truth. With half 0 or 1 only
 * people of even or odd number are taken; with 2 all. */
hw_status hw__causal_dataset(const hw_allocator *a, const hw__causal *world, uint64_t seed,
                             uint32_t people, uint32_t days, int half, hw_dataset **out,
                             hw__truth *truth);

/* One run: scores[i] belongs to hw_model_at(i). Models that refuse the data are left as they are.
 * truth: what was caused in this run; may be NULL. */
hw_status hw__score_run(const hw_allocator *a, const hw__causal *world, uint64_t seed,
                        uint32_t people, uint32_t days, hw__score *scores, hw__truth *truth);
/* Is the channel paid for or sent, and so scored? Does it cause nothing in its world? */
bool hw__plan_scored(const hw__plan *p);
bool hw__plan_idle(const hw__plan *p);

#endif
