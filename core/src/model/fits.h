/* The data-driven models: each reads a whole dataset and finds a share per channel. */
#ifndef HW__FITS_H
#define HW__FITS_H

#include "base/internal.h"

#define HW__FIT(name)                                                                              \
    hw_status hw__fit_##name(hw_dataset *dataset, const hw_model_params *params,                   \
                             double *conversions, double *value)

HW__FIT(markov);
HW__FIT(shapley_rate);
HW__FIT(shapley_ordered);
HW__FIT(hazard);
HW__FIT(logistic);

#endif
