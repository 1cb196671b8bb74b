/* One journey's credit, touch by touch, and the weights it follows from. */
#ifndef HW__JOURNEY_CREDIT_H
#define HW__JOURNEY_CREDIT_H

#include "base/json.h"
#include "journey/dataset.h"

/* Writes `"weights":[…],"conversions":[…],"value":[…]` of the journey's touches: weights of any
 * scale below 2^53, credits in micros that sum to the journey's own. HW_E_ARG when there is no such
 * journey or it has no touch, HW_E_MODEL for a model that speaks of all journeys together,
 * HW_E_NEEDS_TIMES. */
hw_status hw__journey_credit(hw_dataset *d, size_t journey, const hw_model *model,
                             const hw_model_params *params, hw__json *out);

#endif
