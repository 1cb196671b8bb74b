/* What channels cost beside what a model credits them with. */
#ifndef HW__KPIS_H
#define HW__KPIS_H

#include "journey/dataset.h"
#include "report/figures.h"

typedef struct hw__kpi {
    int64_t conversions, value; /* micros, credited */
    int64_t cost;               /* micros; HW__NO_FIGURE: no spend is known */
    int64_t roas, cpa;          /* micros: value / cost, cost / conversions */
} hw__kpi;

typedef struct hw__money {
    hw__kpi all;       /* of the whole data and all spend: roas is the blended one */
    int64_t customers; /* who bought, micros; HW__NO_FIGURE where the file tells nobody apart */
    int64_t cac;       /* all spend by customer */
    /* Arithmetic, not a forecast: a part of one channel's spend, and the same part of its credit.
     */
    int64_t saved, credit_cut;
} hw__money;

/* Six places, half away from zero; HW__NO_FIGURE without a divisor. */
int64_t hw__ratio(int64_t above, int64_t below);

/*
 * @param cost   by channel of the dataset, before the model's own; HW__NO_FIGURE: unknown
 * @param other  spend of channels that the dataset does not have
 * @param cut    a channel, or UINT32_MAX; percent 0 .. 100
 * @param rows   room for as many as the dataset has channels after hw_dataset_prepare
 * What hw_dataset_attribute returns; HW_E_ARG for a model whose credits have parts or do not sum
 * up.
 */
hw_status hw__kpis(hw_dataset *d, const hw_model *model, const hw_model_params *params,
                   const int64_t *cost, size_t costs, int64_t other, uint32_t cut, uint32_t percent,
                   hw__kpi *rows, hw__money *money);

#endif
