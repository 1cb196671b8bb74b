/* The rule models: each reads a path and writes one weight per touch. */
#ifndef HW__RULES_H
#define HW__RULES_H

#include "base/internal.h"

size_t hw__pick_first(const hw_path *path);
size_t hw__pick_last(const hw_path *path);
size_t hw__pick_last_non_direct(const hw_path *path);
size_t hw__pick_last_paid(const hw_path *path);
size_t hw__pick_source_first(const hw_path *path);
size_t hw__pick_source_last(const hw_path *path);

#define HW__RULE(name)                                                                             \
    void hw__weights_##name(const hw_path *path, const hw_model_params *params, uint64_t *weights)

HW__RULE(first);
HW__RULE(last);
HW__RULE(last_non_direct);
HW__RULE(linear);
HW__RULE(linear_unique);
HW__RULE(position);
HW__RULE(time_decay);
HW__RULE(w_shaped);
HW__RULE(z_shaped);
HW__RULE(j_shaped);
HW__RULE(inverse_j);
HW__RULE(last_paid);
HW__RULE(source_first);
HW__RULE(source_last);
HW__RULE(custom);

#endif
