/* Customers put together where they are alike, the two fits, and sums of what is to come. */
#include "report/customers.h"

#ifndef HW_LEAN

/* Amounts that agree in their first 7 bits count as one mean: within 1.6 %, and their sum is kept.
 */
static int64_t about(int64_t v) {
    int bits = 0;
    while (v >> bits > 127) bits++;
    return v >> bits << bits;
}

static int64_t mean_of(const hw_ltv_cell *c) {
    return c->spend / (int64_t)c->customers / c->x;
}

static bool ltv_less(const void *ctx, uint32_t i, uint32_t k) {
    const hw_ltv_cell *a = (const hw_ltv_cell *)ctx + i, *b = (const hw_ltv_cell *)ctx + k;
    if (a->x != b->x) return a->x < b->x;
    if (a->recency < b->recency || b->recency < a->recency) return a->recency < b->recency;
    return a->age < b->age;
}

static bool worth_less(const void *ctx, uint32_t i, uint32_t k) {
    const hw_ltv_cell *a = (const hw_ltv_cell *)ctx + i, *b = (const hw_ltv_cell *)ctx + k;
    return a->x != b->x ? a->x < b->x : about(mean_of(a)) < about(mean_of(b));
}

/* Sorts v[0 .. n) and adds up what `less` does not tell apart; the number left, or SIZE_MAX without
 * memory. */
static size_t join(const hw_allocator *al, hw_ltv_cell *v, size_t n, hw__less less) {
    size_t bytes = (n + 1) * (sizeof(uint32_t) + sizeof *v), to = 0;
    hw_ltv_cell *copy = al->alloc(al->ctx, bytes);
    if (!copy) return SIZE_MAX;
    uint32_t *order = (uint32_t *)(copy + n + 1);
    memcpy(copy, v, n * sizeof *v);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    hw__sort(order, n, less, copy);
    for (size_t i = 0; i < n; i++) {
        if (i && !less(copy, order[i - 1], order[i])) {
            v[to - 1].customers += copy[order[i]].customers;
            v[to - 1].spend += copy[order[i]].spend;
        } else
            v[to++] = copy[order[i]];
    }
    al->free(al->ctx, copy, bytes);
    return to;
}

/* Pearson's, over those who bought again for something. */
static double correlation(const hw__customers *c) {
    double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (size_t i = 0; i < c->worth.len; i++) {
        const hw_ltv_cell *w = &c->worth.at[i];
        double k = (double)w->customers, x = w->x, y = (double)w->spend / 1e6 / (k * x);
        n += k;
        sx += k * x;
        sy += k * y;
    }
    for (size_t i = 0; i < c->worth.len; i++) {
        const hw_ltv_cell *w = &c->worth.at[i];
        double k = (double)w->customers, x = w->x - sx / n;
        double y = (double)w->spend / 1e6 / (k * w->x) - sy / n;
        sxx += k * x * x;
        syy += k * y * y;
        sxy += k * x * y;
    }
    if (!(sxx > 0 && syy > 0)) return __builtin_nan("");
    return sxy / hw__exp((hw__log(sxx) + hw__log(syy)) / 2);
}

/* Of one customer, in purchases, each counted less by the month in which it comes. */
static hw_status to_come(const hw__customers *c, const hw_ltv_cell *of, double *plain,
                         double *discounted) {
    double horizon = c->ask.horizon, before = 0, factor = 1;
    HW__TRY(hw_bg_nbd_expected(&c->purchases, of->x, of->recency, of->age, horizon, plain));
    *discounted = *plain;
    if (!c->ask.discount) return HW_OK;
    *discounted = 0;
    for (double t = 0; t < horizon;) {
        double now;
        t = t + 30 < horizon ? t + 30 : horizon;
        HW__TRY(hw_bg_nbd_expected(&c->purchases, of->x, of->recency, of->age, t, &now));
        factor /= 1 + c->ask.discount / 1e6;
        *discounted += (now - before) * factor;
        before = now;
    }
    return HW_OK;
}

static void sum_up(hw__customers *c) {
    double nan = __builtin_nan("");
    bool priced = c->money_fit.customers > 0, known = true;
    c->alive = c->to_come = 0;
    c->worth_to_come = priced ? 0 : nan;
    for (size_t i = 0; i < c->ltv.len && known; i++) {
        const hw_ltv_cell *of = &c->ltv.at[i];
        double n = (double)of->customers, plain, discounted, mean = 0;
        known = to_come(c, of, &plain, &discounted) == HW_OK;
        if (!known) break;
        c->alive += n * hw_bg_nbd_alive(&c->purchases, of->x, of->recency, of->age);
        c->to_come += n * plain;
        if (!priced) continue;
        /* The mean is linear in what was spent, so customers of a cell may share theirs. */
        double spent = of->x && of->spend > 0 ? (double)of->spend / 1e6 / (n * of->x) : 0;
        priced = hw_gamma_gamma_mean(&c->money, of->x, spent, &mean) == HW_OK;
        c->worth_to_come = priced ? c->worth_to_come + n * discounted * mean : nan;
    }
    if (!known) c->alive = c->to_come = c->worth_to_come = nan;
}

hw_status hw__customers_predict(hw__customers *c) {
    c->alive = c->to_come = c->worth_to_come = c->correlation = __builtin_nan("");
    if (c->repeaters < HW_LTV_REPEATERS_MIN) return HW_OK;
    HW__TRY(HW__RESERVE(&c->alloc, &c->worth, (size_t)c->repeaters));
    for (size_t i = 0; i < c->ltv.len; i++)
        if (c->ltv.at[i].x && c->ltv.at[i].spend > 0) c->worth.at[c->worth.len++] = c->ltv.at[i];
    size_t n = join(&c->alloc, c->worth.at, c->worth.len, worth_less);
    if (n == SIZE_MAX) return HW_E_NOMEM;
    c->worth.len = n;
    n = join(&c->alloc, c->ltv.at, c->ltv.len, ltv_less);
    if (n == SIZE_MAX) return HW_E_NOMEM;
    c->ltv.len = n;
    hw_status s = hw_bg_nbd_fit(c->ltv.at, n, &c->purchases, &c->purchases_fit);
    if (s == HW_E_LIMIT) return HW_OK; /* all of them on one day */
    HW__TRY(s);
    s = hw_gamma_gamma_fit(c->worth.at, c->worth.len, &c->money, &c->money_fit);
    if (s != HW_OK && s != HW_E_LIMIT) return s;
    if (s == HW_E_LIMIT) c->money_fit.customers = 0;
    if (c->worth.len) c->correlation = correlation(c);
    sum_up(c);
    return HW_OK;
}

#endif
