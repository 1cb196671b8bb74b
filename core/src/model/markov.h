#ifndef HW__MARKOV_H
#define HW__MARKOV_H

#include "journey/dataset.h"
#include "model/chain.h"

/* The chain of a dataset; free it with hw__chain_free. */
hw_status hw__markov_chain(hw_dataset *d, const hw_model_params *params, hw__chain *c);

/* Removal effects per channel, on conversions and on value, and P(conversion) of the whole chain.
 */
hw_status hw__markov_effects(const hw__chain *c, size_t channels, double *probability,
                             double *effect, double *value_effect);

#endif
