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

/* ln x = n ln 2 + 2 atanh(s), s = (m - 1) / (m + 1), m in [sqrt(1/2), sqrt(2)): s^2 < 0.0295, so
 * the series ends below 2^-60 after the 11th term. */
double hw__log(double x) {
    uint64_t bits;
    if (!(x >= 0x1p-1022)) return -708.4; /* no smaller probability is told apart */
    memcpy(&bits, &x, sizeof bits);
    int n = (int)(bits >> 52) - 1023;
    bits = (bits & UINT64_C(0xfffffffffffff)) | UINT64_C(1023) << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m >= 1.41421356237309504880) {
        m /= 2;
        n++;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int k = 21; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
    return n * 0.693147180559945309417 + 2 * s * sum;
}

double hw__exp(double x) {
    double y = hw__exp2((x > 0 ? -x : x) / 0.693147180559945309417);
    return x > 0 ? 1 / y : y;
}

/* Stirling's series from 12 on, where the first term left out is below 2^-53; smaller arguments are
 * brought there by ln gamma(x) = ln gamma(x + 1) - ln x. */
double hw__lgamma(double x) {
    double product = 1;
    for (; x < 12; x += 1) product *= x;
    double t = 1 / x, s = t * t;
    static const double c[] = {-691.0 / 360360, 1.0 / 1188, -1.0 / 1680,
                               1.0 / 1260,      -1.0 / 360, 1.0 / 12};
    double sum = 0;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) sum = sum * s + c[i];
    return (x - 0.5) * hw__log(x) - x + 0.918938533204672741780 + sum * t - hw__log(product);
}
