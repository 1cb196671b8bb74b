/* How shapley_rate goes beyond what it can enumerate. */
#ifndef HW__SHAPLEY_H
#define HW__SHAPLEY_H

#include "base/internal.h"

/* From `orders` orders of the channels, drawn from params->seed in pairs; notes the standard error
 * in the dataset. */
hw_status hw__shapley_sample(hw_dataset *d, const hw_model_params *params, uint32_t orders,
                             double *conversions, double *value);

#endif
