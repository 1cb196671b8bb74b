/* How well a model that was fitted on some people tells, of others, who buys at a moment. */
#ifndef HW__HELDOUT_H
#define HW__HELDOUT_H

#include "world/causal.h"

struct hw_dataset;

/* log-loss and area under the ROC curve over the moments of `test` (hw__each_moment; those without
 * a touch are left out, for all of them bought). Channels have the same ids in both datasets.
 * HW_E_MODEL when the model says nothing of moments; HW_E_STATE when a half has no buyer or nobody
 * else. */
hw_status hw__heldout(const struct hw_dataset *train, const struct hw_dataset *test,
                      const hw_model *model, double *logloss, double *auc);

#endif
