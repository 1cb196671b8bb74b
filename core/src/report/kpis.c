#include "report/kpis.h"

#ifndef HW_LEAN /* the lean build counts no customers and has no use for this */

int64_t hw__ratio(int64_t above, int64_t below) {
    if (below == 0 || above == HW__NO_FIGURE || below == HW__NO_FIGURE) return HW__NO_FIGURE;
    bool negative = (above < 0) != (below < 0);
    hw__i128 a = above < 0 ? -(hw__i128)above : above, b = below < 0 ? -(hw__i128)below : below;
    hw__i128 micros = (a * 2 * HW_MICROS + b) / (2 * b);
    if (micros > INT64_MAX) return HW__NO_FIGURE;
    return negative ? -(int64_t)micros : (int64_t)micros;
}

static int64_t part(int64_t of, uint32_t percent) {
    return of == HW__NO_FIGURE ? of : (int64_t)((hw__i128)of * percent / 100);
}

static void divide(hw__kpi *k) {
    k->roas = hw__ratio(k->value, k->cost);
    k->cpa = hw__ratio(k->cost, k->conversions);
}

hw_status hw__kpis(hw_dataset *d, const hw_model *model, const hw_model_params *params,
                   const int64_t *cost, size_t costs, int64_t other, uint32_t cut, uint32_t percent,
                   hw__kpi *rows, hw__money *money) {
    if (hw_model_part_count(model) != 1 || model->whole || percent > 100) return HW_E_ARG;
    size_t n = d->channels.strs.len, bytes = 2 * (n + 1) * sizeof(int64_t);
    int64_t *v = d->alloc.alloc(d->alloc.ctx, bytes);
    if (!v) return HW_E_NOMEM;
    hw_status s = hw_dataset_attribute(d, model, params, v, v + n);
    *money = (hw__money){.saved = HW__NO_FIGURE, .credit_cut = HW__NO_FIGURE};
    money->all = (hw__kpi){.conversions = d->conversions, .value = d->value, .cost = other};
    for (size_t i = 0; i < n && s == HW_OK; i++) {
        rows[i] = (hw__kpi){v[i], v[n + i], i < costs ? cost[i] : HW__NO_FIGURE, 0, 0};
        divide(&rows[i]);
        if (rows[i].cost == HW__NO_FIGURE) continue;
        if (__builtin_add_overflow(money->all.cost, rows[i].cost, &money->all.cost))
            s = HW_E_OVERFLOW;
    }
    d->alloc.free(d->alloc.ctx, v, bytes);
    if (s != HW_OK) return s;
    divide(&money->all);
    bool known = d->columns.kind == HW_DATASET_TOUCHES;
    money->customers = known ? (int64_t)d->customers * HW_MICROS : HW__NO_FIGURE;
    money->cac = hw__ratio(money->all.cost, money->customers);
    if (cut < n) {
        money->saved = part(rows[cut].cost, percent);
        money->credit_cut = part(rows[cut].value, percent);
    }
    return HW_OK;
}

#endif
