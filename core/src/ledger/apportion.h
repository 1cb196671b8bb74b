#ifndef HW__APPORTION_H
#define HW__APPORTION_H

#include "base/internal.h"

/* Gives 1 to the `left` greatest of work[0..n) in out: by remainder, then by index. */
void hw__apportion_rest(hw_share_work *work, size_t n, size_t left, int64_t *out);

#endif
