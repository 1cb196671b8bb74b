/* Intervals by the Poisson bootstrap: in a replicate every journey counts Poisson(1) times, so a
 * path that stands for n journeys counts Poisson(n) times. Draws depend on seed, replicate and the
 * path's channels by name alone, so neither the order of rows nor how equal paths are split changes
 * them. Source: Chamandy, Muralidharan, Najmi and Naidu 2012, "Estimating uncertainty for massive
 * data streams". */
#include "base/bytes.h"
#include "journey/dataset.h"
#include "report/gather.h"

/* ---- random numbers: SplitMix64 from a hashed start ---- */

static uint64_t next(uint64_t *s) {
    uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double uniform(uint64_t *s) {
    return (double)(next(s) >> 11) * 0x1p-53;
}

/* By inversion; mean at most 8, so that e^-mean keeps its digits. */
static int64_t poisson_small(uint64_t *s, double mean) {
    double p = hw__exp2(-mean * 1.4426950408889634074), sum = p, u = uniform(s);
    int64_t k = 0;
    while (u >= sum && k < 200) {
        p *= mean / (double)++k;
        sum += p;
    }
    return k;
}

static int64_t poisson(uint64_t *s, int64_t mean) {
    int64_t n = 0;
    for (; mean > 8; mean -= 8) n += poisson_small(s, 8);
    return mean ? n + poisson_small(s, (double)mean) : n;
}

/* Journeys in micros, drawn anew; what is less than one journey counts as one that weighs so much.
 */
static int64_t draw(uint64_t *s, int64_t micros) {
    int64_t whole = micros / HW_MICROS, part = micros % HW_MICROS;
    int64_t n = poisson(s, whole) * HW_MICROS;
    return part ? n + poisson_small(s, 1) * part : n;
}

/* ---- the journeys, equal ones together ---- */

typedef struct compact {
    HW__VEC(hw__djourney) journeys;
    uint64_t *key; /* of each: a hash of its channels' names */
} compact;

/* Touch logs keep their journeys apart: each has its own times. */
static hw_status make_compact(hw_dataset *d, compact *c) {
    hw__intern paths;
    hw__intern_init(&paths, &d->alloc);
    hw_status s = HW_OK;
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        uint32_t id = (uint32_t)c->journeys.len;
        if (hw__untimed(d)) {
            hw_str bytes = {(const char *)(d->channel.at + j->from), j->len * sizeof(uint16_t)};
            s = hw__intern_put(&paths, bytes, &id);
        }
        if (s == HW_OK) s = HW__RESERVE(&d->alloc, &c->journeys, (size_t)id + 1);
        if (s != HW_OK) break;
        if (id == c->journeys.len) {
            c->journeys.at[c->journeys.len++] = *j;
            continue;
        }
        hw__djourney *to = &c->journeys.at[id];
        to->conversions += j->conversions; /* no overflow: the dataset's totals fit */
        to->value += j->value;
        to->nulls += j->nulls;
    }
    hw__intern_free(&paths);
    if (s != HW_OK) return s;
    c->key = d->alloc.alloc(d->alloc.ctx, (c->journeys.len + 1) * sizeof *c->key);
    if (!c->key) return HW_E_NOMEM;
    for (size_t i = 0; i < c->journeys.len; i++) {
        const hw__djourney *j = &c->journeys.at[i];
        uint64_t h = hw__untimed(d) ? 0 : (uint64_t)i;
        for (uint32_t k = 0; k < j->len; k++) {
            hw_str name = d->channels.strs.at[d->channel.at[j->from + k]];
            h = hw__hash64(name.ptr, name.len, h + name.len);
        }
        c->key[i] = h;
    }
    return HW_OK;
}

/* One replicate in place of the dataset's journeys. HW_E_OVERFLOW when its sums leave the range. */
static hw_status resample(hw_dataset *d, const compact *c, uint64_t seed, uint32_t replicate) {
    int64_t conversions = 0, value = 0, nulls = 0;
    for (size_t i = 0; i < c->journeys.len; i++) {
        const hw__djourney *from = &c->journeys.at[i];
        hw__djourney *to = &d->journeys.at[i];
        uint8_t start[24];
        hw__st64(start, seed);
        hw__st64(start + 8, replicate);
        hw__st64(start + 16, c->key[i]);
        uint64_t s = hw__hash64(start, sizeof start, 0x626f6f74);
        *to = *from;
        to->conversions = draw(&s, from->conversions);
        to->nulls = draw(&s, from->nulls);
        to->value = from->conversions
                        ? (int64_t)((hw__i128)from->value * to->conversions / from->conversions)
                        : from->value * poisson_small(&s, 1);
        if (__builtin_add_overflow(conversions, to->conversions, &conversions) ||
            __builtin_add_overflow(value, to->value, &value) ||
            __builtin_add_overflow(nulls, to->nulls, &nulls))
            return HW_E_OVERFLOW;
    }
    d->conversions = conversions;
    d->value = value;
    d->nulls = nulls;
    d->journeys.len = c->journeys.len;
    hw__gather_free(d);
    return HW_OK;
}

static void sort(int64_t *v, size_t n) { /* by insertion: a few hundred replicates */
    for (size_t i = 1; i < n; i++) {
        int64_t x = v[i];
        size_t k = i;
        for (; k && v[k - 1] > x; k--) v[k] = v[k - 1];
        v[k] = x;
    }
}

/* all: replicate by replicate, n amounts each. */
static void bounds(const int64_t *all, size_t n, uint32_t replicates, int64_t *work, int64_t *low,
                   int64_t *high) {
    size_t cut = replicates / 40; /* 2.5 % on either side */
    for (size_t i = 0; i < n; i++) {
        for (uint32_t r = 0; r < replicates; r++) work[r] = all[(size_t)r * 2 * n + i];
        sort(work, replicates);
        low[i] = work[cut];
        high[i] = work[replicates - 1 - cut];
    }
}

/* ---- the replicates, in jobs that share what they read ---- */

typedef struct work {
    const hw_dataset *dataset;
    const hw_model *model;
    const hw_model_params *params;
    const compact *compact;
    uint32_t replicates;
    size_t jobs, n; /* amounts of a replicate, twice */
    int64_t *all;
    hw_status *status; /* of each job */
} work;

static hw_status replicate(const work *w, hw_dataset *view, size_t job) {
    HW__TRY(HW__RESERVE(&view->alloc, &view->journeys, w->compact->journeys.len + 1));
    for (size_t r = job; r < w->replicates; r += w->jobs) {
        HW__TRY(resample(view, w->compact, w->params->seed, (uint32_t)r));
        int64_t *to = w->all + r * 2 * w->n;
        HW__TRY(hw_dataset_attribute(view, w->model, w->params, to, to + w->n));
    }
    return HW_OK;
}

/* Every so many-th replicate, on journeys and sums of its own; the columns are the dataset's. */
static void run_job(void *ctx, size_t job) {
    const work *w = ctx;
    const hw_allocator *a = &w->dataset->alloc;
    hw_dataset *view = a->alloc(a->ctx, sizeof *view);
    w->status[job] = HW_E_NOMEM;
    if (!view) return;
    *view = *w->dataset;
    view->journeys.at = NULL;
    view->journeys.len = view->journeys.cap = 0;
    view->gathered = NULL;
    w->status[job] = replicate(w, view, job);
    HW__VEC_FREE(a, &view->journeys);
    hw__gather_free(view);
    a->free(a->ctx, view, sizeof *view);
}

static hw_status replicate_all(work *w, const hw_runner *runner) {
    hw_status own[HW_RUNNER_WIDTH_MAX];
    w->status = own;
    w->jobs = runner ? runner->width : 1;
    if (w->jobs > w->replicates) w->jobs = w->replicates;
    if (runner)
        runner->run(runner->ctx, run_job, w, w->jobs);
    else
        run_job(w, 0);
    for (size_t i = 0; i < w->jobs; i++) HW__TRY(own[i]);
    return HW_OK;
}

hw_status hw_dataset_bootstrap(hw_dataset *d, const hw_model *model, const hw_model_params *params,
                               uint32_t replicates, hw_interval *out) {
    return hw_dataset_bootstrap_by(d, model, params, replicates, NULL, out);
}

hw_status hw_dataset_bootstrap_by(hw_dataset *d, const hw_model *model,
                                  const hw_model_params *params, uint32_t replicates,
                                  const hw_runner *runner, hw_interval *out) {
    if (!d->finished) return HW_E_STATE;
    if (replicates < 2 || replicates > 10000) return HW_E_ARG;
    if (runner && (runner->width < 1 || runner->width > HW_RUNNER_WIDTH_MAX)) return HW_E_ARG;
    size_t n = d->channels.strs.len * hw_model_part_count(model);
    size_t bytes = ((size_t)replicates * (2 * n + 1) + 1) * sizeof(int64_t);
    int64_t *all = d->alloc.alloc(d->alloc.ctx, bytes);
    if (!all) return HW_E_NOMEM;
    compact c;
    memset(&c, 0, sizeof c);
    work w = {.dataset = d,
              .model = model,
              .params = params,
              .compact = &c,
              .replicates = replicates,
              .n = n,
              .all = all};
    hw_status s = make_compact(d, &c);
    if (s == HW_OK) s = replicate_all(&w, runner);
    if (s == HW_OK) {
        int64_t *row = all + (size_t)replicates * 2 * n;
        bounds(all, n, replicates, row, out->conversions_low, out->conversions_high);
        bounds(all + n, n, replicates, row, out->value_low, out->value_high);
    }
    d->alloc.free(d->alloc.ctx, c.key, (c.journeys.len + 1) * sizeof *c.key);
    HW__VEC_FREE(&d->alloc, &c.journeys);
    d->alloc.free(d->alloc.ctx, all, bytes);
    return s;
}
