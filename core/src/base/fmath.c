#include "base/internal.h"

/* Taylor series of e^y on |y| <= ln2/2: the first term left out is below 2^-58. Only + and *, in a
 * fixed order and without contraction (-ffp-contract=off), so every IEEE machine agrees. */
double hw__exp2(double x) {
    if (!(x <= 0)) return 1.0;
    if (x < -1022) return 0.0;
    int n = (int)(x - 0.5); /* nearest integer, towards zero being up for x <= 0 */
    double y = (x - n) * 0.693147180559945309417;
    static const double c[] = {1.0 / 1307674368000.0,
                               1.0 / 87178291200.0,
                               1.0 / 6227020800.0,
                               1.0 / 479001600.0,
                               1.0 / 39916800.0,
                               1.0 / 3628800.0,
                               1.0 / 362880.0,
                               1.0 / 40320.0,
                               1.0 / 5040.0,
                               1.0 / 720.0,
                               1.0 / 120.0,
                               1.0 / 24.0,
                               1.0 / 6.0,
                               0.5,
                               1.0,
                               1.0};
    double p = 0;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) p = p * y + c[i];
    uint64_t bits = (uint64_t)(1023 + n) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}
