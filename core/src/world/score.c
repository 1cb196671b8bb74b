#include "world/score.h"

#include "journey/dataset.h"
#include "world/heldout.h"

static const int64_t START_MS = INT64_C(1767225600000); /* 2026-01-01 */

hw_status hw__causal_dataset(const hw_allocator *a, const hw__causal *w, uint64_t seed,
                             uint32_t people, uint32_t days, int half, hw_dataset **out,
                             hw__truth *truth) {
    static const hw__dirt clean = {0, 0, 0};
    hw_dataset *d = NULL;
    hw__life *life = a->alloc(a->ctx, sizeof *life);
    char *text = a->alloc(a->ctx, HW__LIFE_TEXT_MAX);
    hw_status s = life && text ? hw_dataset_create(a, NULL, &d, NULL) : HW_E_NOMEM;
    if (s == HW_OK)
        s = hw_dataset_append(d, HW__TOUCH_LOG_HEADER, strlen(HW__TOUCH_LOG_HEADER), NULL);
    *truth = (hw__truth){.people = 0};
    /* Known channels first: ids are then the same whoever lives. */
    for (uint32_t c = 0, id; c < w->count && s == HW_OK; c++)
        s = hw__intern_put(&d->channels, hw__str_of(w->plans[c].s.channel), &id);
    for (uint32_t i = 0; i < people && s == HW_OK; i++) {
        if (half < 2 && (int)(i & 1) != half) continue;
        hw__causal_live(w, seed, i, START_MS, days, life);
        s = hw_dataset_append(d, text, hw__life_csv(w, seed, i, life, &clean, text), NULL);
        truth->people++;
        truth->sales += life->sales;
        truth->touches += life->touches;
        truth->unasked += life->unasked;
        for (uint32_t c = 0; c < w->count; c++) {
            truth->caused[c] += life->caused[c];
            truth->value[c] += (double)life->caused_value[c];
        }
    }
    if (s == HW_OK) s = hw_dataset_finish(d, NULL);
    /* Views work for days in these worlds, so they may earn for days. */
    const hw_windows windows = {.click_ms = INT64_C(30) * 86400000,
                                .impression_ms = INT64_C(30) * 86400000};
    if (s == HW_OK) s = hw_dataset_set_windows(d, &windows);
    a->free(a->ctx, text, HW__LIFE_TEXT_MAX);
    a->free(a->ctx, life, sizeof *life);
    if (s != HW_OK)
        hw_dataset_destroy(d);
    else
        *out = d;
    return s;
}

bool hw__plan_scored(const hw__plan *p) {
    return strcmp(p->s.channel, "Direct") != 0;
}

bool hw__plan_idle(const hw__plan *p) {
    return !(p->lift > 0) && !(p->moves[0] > 0) && !(p->moves[1] > 0) && !p->primes;
}

/* Ranks from 1; ties share the mean. */
static void ranks(const double *v, size_t n, double *out) {
    for (size_t i = 0; i < n; i++) {
        size_t below = 0, same = 0;
        for (size_t k = 0; k < n; k++) {
            below += v[k] < v[i];
            same += v[k] <= v[i] && v[k] >= v[i];
        }
        out[i] = (double)below + ((double)same + 1) / 2;
    }
}

static double spearman(const double *a, const double *b, size_t n) {
    double x[HW__PLANS_MAX], y[HW__PLANS_MAX], xy = 0, xx = 0, yy = 0;
    ranks(a, n, x);
    ranks(b, n, y);
    double mean = ((double)n + 1) / 2;
    for (size_t i = 0; i < n; i++) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    if (!(xx > 0) || !(yy > 0)) return 0;
    /* sqrt by Newton: no libm. */
    double square = xx * yy, root = square;
    for (int i = 0; i < 60; i++) root = (root + square / root) / 2;
    return xy / root;
}

static void score(const hw__causal *w, const hw__truth *truth, const double *credit,
                  hw__score *out) {
    double given[HW__PLANS_MAX], caused[HW__PLANS_MAX], credits = 0, causes = 0, zero = 0, off = 0;
    size_t n = 0;
    for (uint32_t c = 0; c < w->count; c++) {
        if (!hw__plan_scored(&w->plans[c])) continue;
        given[n] = credit[c];
        caused[n] = truth->caused[c] > 0 ? truth->caused[c] : 0;
        credits += given[n];
        causes += caused[n];
        if (hw__plan_idle(&w->plans[c])) zero += given[n];
        n++;
    }
    if (!(credits > 0) || !(causes > 0)) return;
    for (size_t i = 0; i < n; i++) {
        double by = given[i] / credits - caused[i] / causes;
        off += by < 0 ? -by : by;
    }
    out->share_error += off / 2;
    out->spearman += spearman(given, caused, n);
    out->credit_ratio += credits / causes;
    out->zero_credit += zero / credits;
    out->runs++;
}

static hw_status score_model(hw_dataset *d, const hw__causal *w, const hw__truth *truth,
                             const hw_model *model, hw__score *out) {
    hw_model_params params = hw_model_defaults();
    hw_dataset_summary sum;
    HW__TRY(hw_dataset_prepare(d, model));
    hw_dataset_summarize(d, &sum);
    size_t parts = hw_model_part_count(model), n = sum.channels * parts;
    size_t bytes = 2 * (n + 1) * sizeof(int64_t);
    int64_t *v = d->alloc.alloc(d->alloc.ctx, bytes);
    if (!v) return HW_E_NOMEM;
    hw_status s = hw_dataset_attribute(d, model, &params, v, v + n);
    if (s == HW_OK) {
        double credit[HW__PLANS_MAX] = {0};
        for (uint32_t c = 0; c < w->count; c++) {
            uint32_t id = hw__intern_find(&d->channels, hw__str_of(w->plans[c].s.channel));
            for (size_t p = 0; id != UINT32_MAX && p < parts; p++)
                credit[c] += (double)v[id * parts + p] / (double)HW_MICROS;
        }
        for (uint32_t c = 0; c < w->count; c++) out->credit[c] += credit[c];
        score(w, truth, credit, out);
    }
    d->alloc.free(d->alloc.ctx, v, bytes);
    return s == HW_E_NOMEM ? s : HW_OK;
}

/* Fits on people of even number and asks about those of odd number. */
static hw_status score_heldout(const hw_allocator *a, const hw__causal *w, uint64_t seed,
                               uint32_t people, uint32_t days, hw__score *scores) {
    hw_dataset *train = NULL, *test = NULL;
    hw__truth truth;
    hw_status s = hw__causal_dataset(a, w, seed, people, days, 0, &train, &truth);
    if (s == HW_OK) s = hw__causal_dataset(a, w, seed, people, days, 1, &test, &truth);
    for (size_t m = 0; hw_model_at(m) && m < HW__SCORE_MODELS_MAX && s == HW_OK; m++) {
        double logloss, auc;
        s = hw__heldout(train, test, hw_model_at(m), &logloss, &auc);
        if (s == HW_OK) {
            scores[m].logloss += logloss;
            scores[m].auc += auc;
            scores[m].heldout_runs++;
        }
        if (s != HW_E_NOMEM) s = HW_OK; /* the others say nothing of moments */
    }
    hw_dataset_destroy(train);
    hw_dataset_destroy(test);
    return s;
}

hw_status hw__score_run(const hw_allocator *a, const hw__causal *w, uint64_t seed, uint32_t people,
                        uint32_t days, hw__score *scores, hw__truth *told) {
    hw_dataset *d = NULL;
    hw__truth truth;
    HW__TRY(hw__causal_dataset(a, w, seed, people, days, 2, &d, &truth));
    hw_status s = HW_OK;
    for (size_t m = 0; hw_model_at(m) && m < HW__SCORE_MODELS_MAX && s == HW_OK; m++)
        s = score_model(d, w, &truth, hw_model_at(m), &scores[m]);
    hw_dataset_destroy(d);
    if (told) *told = truth;
    return s == HW_OK ? score_heldout(a, w, seed, people, days, scores) : s;
}
