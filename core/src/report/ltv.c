/* What BG/NBD and Gamma-Gamma say of a customer; ltv_fit.c finds their parameters. */
#include "base/internal.h"

enum { TERMS_MAX = 1000000 };

/* Not NaN, not infinite. */
static bool positive(double v) {
    return v > 0 && v < 1e300;
}

static bool bg_nbd_fine(const hw_bg_nbd *p) {
    return positive(p->r) && positive(p->alpha) && positive(p->a) && positive(p->b);
}

double hw_bg_nbd_alive(const hw_bg_nbd *p, uint32_t x, double recency, double age) {
    if (x == 0) return 1;
    double since = hw__log((p->alpha + age) / (p->alpha + recency));
    double stays = hw__exp2(-(p->r + x) * since / 0.693147180559945309417);
    return stays / (stays + p->a / (p->b + x - 1));
}

/* (1 - e^-y) / y for y = e·l, times l: the limit at e = 0 is l. */
static double risen(double e, double l) {
    double y = e * l;
    if (y > 1e-3 || y < -1e-3) return (1 - hw__exp(-y)) / e;
    return l * (1 - y / 2 * (1 - y / 3 * (1 - y / 4 * (1 - y / 5))));
}

/*
 * The published form is c/(a-1) · [1 - k^(r+x) · F(r+x, b+x; c; z)] with c = a+b+x-1, k = 1-z, z =
 * t/(alpha+T+t), and F Gauss' series. By Euler's transformation k^(r+x)·F(…) = k^(a-1)·F(c-r-x,
 * a-1; c; z), whose terms fall for any x. With e = a-1 a factor of each term but the first, e
 * divides out: so a = 1 is no special case, and neither is c = 0, which the same step takes out of
 * the divisors.
 */
static bool summed(double sum) {
    return sum > -1e300 && sum < 1e300;
}

/* Where a is large, Euler's form is a huge sum times next to nothing; there the published one is
 * quick and nowhere singular: c is above r+x and b+x together. */
static hw_status as_published(const hw_bg_nbd *p, uint32_t x, double c, double z, double fallen,
                              double *y) {
    double term = 1, sum = 0;
    uint32_t n = 0;
    for (; n < TERMS_MAX; n++) {
        sum += term;
        if (n > 2 && term <= 1e-15 * (1 - z) * sum) break;
        term *= (p->r + x + n) / (c + n) * ((p->b + x + n) / (n + 1)) * z;
    }
    if (n == TERMS_MAX || !summed(sum)) return HW_E_LIMIT;
    *y = c / (p->a - 1) * (1 - hw__exp(-(p->r + x) * fallen) * sum);
    return HW_OK;
}

hw_status hw_bg_nbd_expected(const hw_bg_nbd *p, uint32_t x, double recency, double age, double t,
                             double *expected) {
    if (!bg_nbd_fine(p) || !(recency >= 0) || !(age >= recency) || !(age < 1e300) || !(t >= 0) ||
        !(t < 1e300))
        return HW_E_ARG;
    double e = p->a - 1, c = p->a + p->b + x - 1, first = c - p->r - x, y = 0;
    double z = t / (p->alpha + age + t);
    double fallen = hw__log((p->alpha + age + t) / (p->alpha + age)); /* -ln k */
    if (e > p->r + x + 1) {
        HW__TRY(as_published(p, x, c, z, fallen, &y));
    } else {
        double term = first * z, sum = 0;
        uint32_t n = 1;
        for (; n < TERMS_MAX; n++) {
            double size = term < 0 ? -term : term;
            sum += term;
            if (n > 2 && size <= 1e-15 * (1 - z) * (sum < 0 ? 1 - sum : 1 + sum)) break;
            term *= (first + n) / (c + n) * ((p->a + n - 1) / (n + 1)) * z;
        }
        if (n == TERMS_MAX || !summed(sum)) return HW_E_LIMIT;
        y = c * risen(e, fallen) - hw__exp(-e * fallen) * sum;
    }
    *expected = y > 0 ? y * hw_bg_nbd_alive(p, x, recency, age) : 0;
    return HW_OK;
}

hw_status hw_gamma_gamma_mean(const hw_gamma_gamma *p, uint32_t x, double mean, double *expected) {
    if (!positive(p->p) || !positive(p->q) || !positive(p->gamma)) return HW_E_ARG;
    if (x && !(mean >= 0 && mean < 1e300)) return HW_E_ARG;
    double below = p->p * x + p->q - 1;
    if (!(below > 0)) return HW_E_LIMIT;
    *expected = p->p * (p->gamma + (x ? x * mean : 0)) / below;
    return HW_OK;
}
