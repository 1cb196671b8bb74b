/* The lowest point of a function of few variables, without its slope: Nelder and Mead's simplex. */
#ifndef HW__SIMPLEX_H
#define HW__SIMPLEX_H

#include "base/internal.h"

enum { HW__SIMPLEX_MAX = 4 };

typedef double (*hw__height)(const void *ctx, const double *at);

typedef struct hw__lowest {
    double at[HW__SIMPLEX_MAX], height;
    uint32_t rounds; /* heights asked for */
    bool settled;
} hw__lowest;

/* The simplex is set up anew where it came to rest until that brings nothing more: a single one may
 * collapse on a slope. @param n variables, 1 .. HW__SIMPLEX_MAX; start: where to begin */
void hw__simplex(hw__height height, const void *ctx, uint32_t n, const double *start,
                 hw__lowest *out);

#endif
