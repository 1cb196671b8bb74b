/* Parameters of BG/NBD and Gamma-Gamma by maximum likelihood. The likelihood is summed up in logs:
 * its factors leave the range of a double for customers of a few dozen purchases (Fader and Hardie
 * on the spreadsheet's #NUM!, 2005). Parameters are sought as logs, so none can fall to 0 or below.
 */
#include "base/simplex.h"

/* e^±8: beyond a thousand times the scale of the data a parameter only says that it is not known.
 */
#define BOUND 8.0
#define NOWHERE 1e300

typedef struct sample {
    const hw_ltv_cell *cells;
    size_t count;
    double unit; /* what times or amounts are divided by */
} sample;

static bool out_of_bounds(const double *at, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!(at[i] > -BOUND && at[i] < BOUND)) return true;
    return false;
}

static double bg_nbd_height(const void *ctx, const double *at) {
    const sample *s = ctx;
    if (out_of_bounds(at, 4)) return NOWHERE;
    double r = hw__exp(at[0]), alpha = hw__exp(at[1]), a = hw__exp(at[2]), b = hw__exp(at[3]);
    double none = r * at[1] - hw__lgamma(r) + hw__lgamma(a + b) - hw__lgamma(b);
    double of_x = 0, left = 0, sum = 0;
    uint32_t x = UINT32_MAX;
    for (size_t i = 0; i < s->count; i++) {
        const hw_ltv_cell *c = &s->cells[i];
        if (c->x != x) {
            x = c->x;
            of_x = none + hw__lgamma(r + x) + hw__lgamma(b + x) - hw__lgamma(a + b + x);
            left = x ? a / (b + x - 1) : 0;
        }
        double aged = hw__log(alpha + c->age / s->unit), log_l = of_x - (r + x) * aged;
        if (x) { /* still there, or left after the last purchase */
            double since = aged - hw__log(alpha + c->recency / s->unit);
            double stays = (r + x) * since;
            /* ln(1 + left · e^stays), where e^stays may be beyond a double */
            log_l += stays < 600 ? hw__log(1 + left * hw__exp(stays)) : hw__log(left) + stays;
        }
        sum += (double)c->customers * log_l;
    }
    return -sum;
}

static double worth_of(const hw_ltv_cell *c) {
    return (double)c->spend / HW_MICROS / ((double)c->x * (double)c->customers);
}

static bool has_worth(const hw_ltv_cell *c) {
    return c->x && c->spend > 0;
}

static double gamma_gamma_height(const void *ctx, const double *at) {
    const sample *s = ctx;
    if (out_of_bounds(at, 3)) return NOWHERE;
    double p = hw__exp(at[0]), q = hw__exp(at[1]), gamma = hw__exp(at[2]);
    double of_q = q * at[2] - hw__lgamma(q), of_x = 0, sum = 0;
    uint32_t x = 0;
    for (size_t i = 0; i < s->count; i++) {
        const hw_ltv_cell *c = &s->cells[i];
        if (!has_worth(c)) continue;
        if (c->x != x) {
            x = c->x;
            of_x = of_q + hw__lgamma(p * x + q) - hw__lgamma(p * x);
        }
        double worth = worth_of(c) / s->unit, all = x * worth;
        double log_l =
            of_x + p * x * hw__log(all) - (p * x + q) * hw__log(gamma + all) - hw__log(worth);
        sum += (double)c->customers * log_l;
    }
    return -sum;
}

static bool fine(const hw_ltv_cell *c) {
    return c->customers > 0 && c->recency >= 0 && c->age >= c->recency && c->age < 1e300 &&
           (c->x || c->recency <= 0);
}

/* Near a bound the likelihood still rose there. */
static bool inside(const hw__lowest *l, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!(l->at[i] > 0.1 - BOUND && l->at[i] < BOUND - 0.1)) return false;
    return true;
}

static void tell(const hw__lowest *l, uint32_t n, uint64_t customers, hw_ltv_quality *q) {
    *q = (hw_ltv_quality){.log_likelihood = -l->height,
                          .customers = customers,
                          .rounds = l->rounds,
                          .settled = l->settled && inside(l, n)};
}

hw_status hw_bg_nbd_fit(const hw_ltv_cell *cells, size_t count, hw_bg_nbd *out,
                        hw_ltv_quality *quality) {
    uint64_t repeaters = 0, all = 0;
    double ages = 0;
    for (size_t i = 0; i < count; i++) {
        if (!fine(&cells[i])) return HW_E_ARG;
        if (cells[i].x) repeaters += cells[i].customers;
        all += cells[i].customers;
        ages += (double)cells[i].customers * cells[i].age;
    }
    if (repeaters < HW_LTV_REPEATERS_MIN || !(ages > 0)) return HW_E_LIMIT;
    sample s = {cells, count, ages / (double)all};
    const double start[4] = {-0.5, -0.5, -0.5, 0.5};
    hw__lowest low;
    hw__simplex(bg_nbd_height, &s, 4, start, &low);
    *out = (hw_bg_nbd){hw__exp(low.at[0]), hw__exp(low.at[1]) * s.unit, hw__exp(low.at[2]),
                       hw__exp(low.at[3])};
    tell(&low, 4, all, quality);
    /* Of times in units of s.unit: each repeat purchase is a density in time. */
    double log_unit = hw__log(s.unit), repeats = 0;
    for (size_t i = 0; i < count; i++) repeats += (double)cells[i].x * (double)cells[i].customers;
    quality->log_likelihood -= repeats * log_unit;
    return HW_OK;
}

hw_status hw_gamma_gamma_fit(const hw_ltv_cell *cells, size_t count, hw_gamma_gamma *out,
                             hw_ltv_quality *quality) {
    uint64_t all = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!has_worth(&cells[i])) continue;
        if (!cells[i].customers) return HW_E_ARG;
        all += cells[i].customers;
        sum += worth_of(&cells[i]) * (double)cells[i].customers;
    }
    if (all < HW_LTV_REPEATERS_MIN) return HW_E_LIMIT;
    sample s = {cells, count, sum / (double)all};
    const double start[3] = {1, 1, 1};
    hw__lowest low;
    hw__simplex(gamma_gamma_height, &s, 3, start, &low);
    *out = (hw_gamma_gamma){hw__exp(low.at[0]), hw__exp(low.at[1]), hw__exp(low.at[2]) * s.unit};
    tell(&low, 3, all, quality);
    quality->log_likelihood -= (double)all * hw__log(s.unit);
    return HW_OK;
}
