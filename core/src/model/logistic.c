/* Each round goes uphill by a separable bound of the curvature (Böhning's 1/4, split by Jensen over
 * the terms), so no matrix is needed. Controls are sampled, so only odds mean anything: what a
 * removed channel loses is 1 - e^-(its terms). Definition: docs/models.md. */
#include "model/logistic.h"
#include "model/fits.h"

#define LN2 0.693147180559945309417

static hw_status add_moment(void *ctx, const hw_dataset *d, const hw__djourney *j, size_t first,
                            size_t end, int64_t at, bool converts) {
    hw__logistic *l = ctx;
    hw__case one = {.converts = converts,
                    .weight = (double)(converts ? j->conversions : j->nulls),
                    .value = converts ? (double)j->value : 0};
    return hw__cases_add(&l->cases, d, one, first, end, at);
}

hw_status hw__logistic_init(hw__logistic *l, const hw_dataset *d) {
    *l = (hw__logistic){
        .alloc = d->alloc, .channels = d->channels.strs.len, .cases = {.alloc = d->alloc}};
    l->slope = d->alloc.alloc(d->alloc.ctx, (3 * l->channels + 1) * sizeof *l->slope);
    if (!l->slope) return HW_E_NOMEM;
    l->climb = l->slope + l->channels;
    l->bend = l->climb + l->channels;
    for (size_t i = 0; i < l->channels; i++) l->slope[i] = 0;
    return hw__each_moment(d, add_moment, l);
}

void hw__logistic_free(hw__logistic *l) {
    hw__cases_free(&l->cases);
    l->alloc.free(l->alloc.ctx, l->slope, (3 * l->channels + 1) * sizeof *l->slope);
}

/* e^-z for z >= 0 */
static double fall(double z) {
    return hw__exp2(-z / LN2);
}

double hw__logistic_odds(const hw__logistic *l, const hw_dataset *d, size_t first, size_t end,
                         int64_t at) {
    double z = 0;
    for (size_t i = first; i < end; i++) {
        int64_t age = at - d->at.at[i];
        if (age <= hw__window_of(d, i)) z += l->slope[d->channel.at[i]] * hw__fade(hw__x_at(age));
    }
    return 1 / fall(z);
}

double hw__logistic_round(hw__logistic *l) {
    double climb = 0, bend = 1,
           most; /* a touch and a moment more than were seen hold slopes back */
    for (size_t c = 0; c < l->channels; c++) {
        l->climb[c] = -0.25 * l->slope[c];
        l->bend[c] = 0.25;
    }
    const hw__term *t = l->cases.terms.at;
    for (size_t i = 0; i < l->cases.at.len; t += l->cases.at.at[i++].len) {
        const hw__case *m = &l->cases.at.at[i];
        if (!m->len) continue; /* nobody was reached: there is no such moment among the nulls */
        double z = l->constant, size = 1, weight = m->weight / (double)HW_MICROS;
        for (uint32_t k = 0; k < m->len; k++) {
            z += l->slope[t[k].channel] * hw__fade(t[k].x);
            size += hw__fade(t[k].x);
        }
        double p = z > 0 ? 1 / (1 + fall(z)) : fall(-z) / (1 + fall(-z));
        double miss = weight * ((m->converts ? 1 : 0) - p), most_bend = weight * size / 4;
        climb += miss;
        bend += most_bend;
        for (uint32_t k = 0; k < m->len; k++) {
            l->climb[t[k].channel] += miss * hw__fade(t[k].x);
            l->bend[t[k].channel] += most_bend * hw__fade(t[k].x);
        }
    }
    l->constant += climb / bend;
    most = climb > 0 ? climb / bend : -climb / bend;
    for (size_t c = 0; c < l->channels; c++) {
        double slope = l->slope[c] + l->climb[c] / l->bend[c];
        if (slope < 0) slope = 0;
        double by = slope > l->slope[c] ? slope - l->slope[c] : l->slope[c] - slope;
        if (by > most) most = by;
        l->slope[c] = slope;
    }
    return most;
}

void hw__logistic_fit(hw__logistic *l) {
    for (int i = 0; i < HW__LOGISTIC_ROUNDS; i++)
        if (hw__logistic_round(l) < 1e-6) return;
}

/* What the touches did together, split by what each channel's removal would lose. */
static void credit(hw__logistic *l, size_t organic, double *conversions, double *value) {
    double *sum = l->climb, *lost = l->bend;
    for (size_t c = 0; c < l->channels; c++) conversions[c] = value[c] = sum[c] = lost[c] = 0;
    const hw__term *t = l->cases.terms.at;
    for (size_t i = 0; i < l->cases.at.len; t += l->cases.at.at[i++].len) {
        const hw__case *m = &l->cases.at.at[i];
        if (!m->converts) continue;
        double z = 0, all = 0;
        for (uint32_t k = 0; k < m->len; k++)
            sum[t[k].channel] += l->slope[t[k].channel] * hw__fade(t[k].x);
        for (uint32_t k = 0; k < m->len; k++) {
            uint16_t c = t[k].channel;
            z += sum[c];
            if (!(sum[c] > 0)) continue;
            all += lost[c] = 1 - fall(sum[c]);
            sum[c] = 0;
        }
        double part = all > 0 ? (1 - fall(z)) / all : 0, base = all > 0 ? fall(z) : 1;
        conversions[organic] += m->weight * base;
        value[organic] += m->value * base;
        for (uint32_t k = 0; k < m->len; k++) {
            uint16_t c = t[k].channel;
            conversions[c] += m->weight * part * lost[c];
            value[c] += m->value * part * lost[c];
            lost[c] = 0;
        }
    }
}

HW__FIT(logistic) {
    (void)params;
    uint32_t organic = hw__intern_find(&dataset->channels, HW_STR(HW_ORGANIC));
    if (organic == UINT32_MAX) return HW_E_STATE;
    hw__logistic l;
    hw_status s = hw__logistic_init(&l, dataset);
    if (s == HW_OK) {
        hw__logistic_fit(&l);
        credit(&l, organic, conversions, value);
    }
    hw__logistic_free(&l);
    return s;
}
