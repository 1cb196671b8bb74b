/* Shapley values. `shapley` itself (v = conversions of journeys inside the coalition) is
 * linear_unique; these two are not. */
#include "journey/dataset.h"
#include "model/fits.h"
#include "model/shapley.h"

/* ---- by position: a channel's even share of each conversion, told by where its touches stand ----
 */

enum { OPENER, MIDDLE, CLOSER, PARTS };

/* Whole 2^-40ths, summed in 128 bits, so that the order of journeys does not matter. */
static void add_positions(const hw_path *path, const hw__djourney *j, hw__i128 *one,
                          hw__i128 *worth) {
    size_t n = path->len, distinct = 0;
    for (size_t i = 0; i < n; i++) distinct += path->scratch[path->channel[i]]++ == 0;
    for (size_t i = 0; i < n; i++) {
        int64_t unit =
            (int64_t)((UINT64_C(1) << HW__UNIT_BITS) / distinct / path->scratch[path->channel[i]]);
        size_t at = (size_t)path->channel[i] * PARTS;
        hw__i128 c = (hw__i128)j->conversions * unit, v = (hw__i128)j->value * unit;
        if (n == 1) { /* the only touch opened and closed */
            one[at + OPENER] += c / 2;
            one[at + CLOSER] += c - c / 2;
            worth[at + OPENER] += v / 2;
            worth[at + CLOSER] += v - v / 2;
            continue;
        }
        at += i == 0 ? OPENER : i == n - 1 ? CLOSER : MIDDLE;
        one[at] += c;
        worth[at] += v;
    }
    for (size_t i = 0; i < n; i++) path->scratch[path->channel[i]] = 0;
}

HW__FIT(shapley_ordered) {
    size_t n = dataset->channels.strs.len * PARTS, bytes = 2 * (n + 1) * sizeof(hw__i128);
    hw__i128 *one = dataset->alloc.alloc(dataset->alloc.ctx, bytes);
    if (!one) return HW_E_NOMEM;
    hw__i128 *worth = one + n;
    memset(one, 0, bytes);
    hw__eval e;
    hw_status s = hw__eval_init(&e, dataset, params);
    for (size_t i = 0; i < dataset->journeys.len && s == HW_OK; i++) {
        const hw__djourney *j = &dataset->journeys.at[i];
        if (!j->conversions && !j->value) continue;
        hw_path path = hw__eval_path(dataset, j, &e);
        add_positions(&path, j, one, worth);
    }
    if (s == HW_OK) hw__eval_free(&e);
    for (size_t i = 0; i < n; i++) {
        conversions[i] = (double)one[i];
        value[i] = (double)worth[i];
    }
    dataset->alloc.free(dataset->alloc.ctx, one, bytes);
    return s;
}

/* ---- by rate: v(S) = conversions / journeys, over journeys whose channels are all in S ---- */

enum { EXACT_MAX = 20, ORDERS = 2000 };

/* Sums over subsets in place: f(S) becomes the sum of f(T), T inside S. The low bits block by
 * block, the high ones in columns, so that each part is done within the cache. */
static void zeta(double *f, uint32_t n) {
    enum { LOW = 11, COLUMNS = 64 };
    const size_t all = (size_t)1 << n, low = n < LOW ? all : (size_t)1 << LOW;
    for (size_t part = 0; part < all; part += low)
        for (size_t half = 1; half < low; half *= 2)
            for (size_t block = part; block < part + low; block += 2 * half)
                for (size_t i = block; i < block + half; i++) f[i + half] += f[i];
    for (size_t column = 0; column < low; column += COLUMNS)
        for (size_t half = low; half < all; half *= 2)
            for (size_t block = column; block < all; block += 2 * half)
                for (size_t row = block; row < block + half; row += low)
                    for (size_t i = row; i < row + COLUMNS; i++) f[i + half] += f[i];
}

/* Shapley values of v over n players; v is spent. phi_i = sum over S with i of v(S) (a + b)(|S|)
 * less sum over all S of v(S) b(|S|), where a(s) = (s-1)! (n-s)! / n! and b(s) = s! (n-s-1)! / n!;
 * the first sums for all players come from folding the upper half onto the lower, bit by bit. */
static void shapley(double *v, uint32_t n, double *phi) {
    double a[EXACT_MAX + 1] = {0}, b[EXACT_MAX + 1] = {0}, against = 0;
    for (uint32_t s = 0; s <= n; s++) {
        double choose = 1; /* of s from n: a(s) = 1 / (s choose), b(s) = 1 / ((n - s) choose) */
        for (uint32_t k = 1; k <= s; k++) choose = choose * (n - s + k) / k;
        if (s > 0) a[s] = 1 / (s * choose);
        if (s < n) b[s] = 1 / ((n - s) * choose);
    }
    size_t all = (size_t)1 << n;
    for (size_t set = 0; set < all; set++) {
        int s = __builtin_popcountll(set);
        against += v[set] * b[s];
        v[set] *= a[s] + b[s];
    }
    for (uint32_t bit = n; bit-- > 0;) {
        size_t half = (size_t)1 << bit;
        double sum = 0;
        for (size_t i = 0; i < half; i++) sum += v[half + i];
        for (size_t i = 0; i < half; i++) v[i] += v[half + i];
        phi[bit] = sum - against;
    }
}

static hw_status exact(hw_dataset *d, const hw_model_params *params, uint32_t n,
                       double *conversions, double *value) {
    size_t sets = (size_t)1 << n, bytes = 3 * sets * sizeof(double);
    double *one = d->alloc.alloc(d->alloc.ctx, bytes);
    if (!one) return HW_E_NOMEM;
    double *worth = one + sets, *all = worth + sets;
    memset(one, 0, bytes);
    hw__eval e;
    hw_status s = hw__eval_init(&e, d, params);
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!j->conversions && !hw__has_touch(d, j)) continue;
        hw_path path = hw__eval_path(d, j, &e);
        size_t set = 0;
        for (size_t k = 0; k < path.len; k++) set |= (size_t)1 << path.channel[k];
        one[set] += (double)j->conversions;
        worth[set] += (double)j->value;
        all[set] += (double)j->conversions + (double)j->nulls;
    }
    if (s == HW_OK) {
        hw__eval_free(&e);
        zeta(one, n);
        zeta(worth, n);
        zeta(all, n);
        for (size_t set = 0; set < sets; set++) {
            one[set] = all[set] > 0 ? one[set] / all[set] : 0;
            worth[set] = all[set] > 0 ? worth[set] / all[set] : 0;
        }
        shapley(one, n, conversions);
        shapley(worth, n, value);
    }
    d->alloc.free(d->alloc.ctx, one, bytes);
    return s;
}

HW__FIT(shapley_rate) {
    size_t n = dataset->channels.strs.len;
    if (n <= EXACT_MAX && !params->samples)
        return exact(dataset, params, (uint32_t)n, conversions, value);
#ifdef HW_LEAN /* orders are not drawn: it would take the module past its size */
    return HW_E_LIMIT;
#endif
    return hw__shapley_sample(dataset, params, params->samples ? params->samples : ORDERS,
                              conversions, value);
}
