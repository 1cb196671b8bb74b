/* Shapley values of the conversion rate by sampling: along a random order of the channels, a
 * channel earns what the rate v rises by when it joins those before it. Orders come in pairs, one
 * the other backwards (antithetic: what one says too much the other often says too little), and a
 * pair's mean is one draw, so that the standard error follows from the spread of the pairs. Castro,
 * Gómez and Tejada 2009; pairs: Mitchell, Cooper, Frank and Holmes 2022.
 *
 *   sets   [from, conversions, value, journeys]   distinct sets of channels, in order of appearance
 *   member [ channel channel … | channel … ]      set by set
 */
#include "base/rng.h"
#include "journey/dataset.h"
#include "model/shapley.h"

typedef struct set {
    size_t from;
    int64_t conversions, value;
    uint64_t journeys;
} set;

/* What joins at one rank of an order, then all up to there. */
typedef struct sums {
    int64_t conversions, value;
    uint64_t journeys;
} sums;

typedef struct sample {
    hw_allocator alloc;
    size_t n;
    HW__VEC(set) sets; /* closed by one more, whose `from` ends the last */
    HW__VEC(uint16_t) members;
    /* of size n, in one block */
    size_t bytes;
    sums *forth, *back;
    double *mean[2], *squares[2], *rise[2]; /* conversions, value */
    uint32_t *order, *rank;
} sample;

static hw_status start_set(sample *s) {
    HW__TRY(HW__RESERVE(&s->alloc, &s->sets, s->sets.len + 1));
    s->sets.at[s->sets.len++] = (set){.from = s->members.len};
    return HW_OK;
}

/* A path's distinct channels, ascending, in e->channel; their number. */
static size_t distinct(const hw_path *path, uint16_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < path->len; i++) {
        uint16_t c = path->channel[i];
        if (path->scratch[c]++) continue;
        size_t k = n++;
        for (; k > 0 && out[k - 1] > c; k--) out[k] = out[k - 1];
        out[k] = c;
    }
    for (size_t k = 0; k < n; k++) path->scratch[out[k]] = 0;
    return n;
}

static hw_status collect(sample *s, hw_dataset *d, hw__eval *e, hw__intern *names, uint16_t *own) {
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!j->conversions && !hw__has_touch(d, j)) continue;
        hw_path path = hw__eval_path(d, j, e);
        size_t n = distinct(&path, own);
        uint32_t id;
        HW__TRY(hw__intern_put(names, (hw_str){(const char *)own, n * sizeof *own}, &id));
        if (id == s->sets.len) {
            HW__TRY(start_set(s));
            HW__TRY(HW__RESERVE(&s->alloc, &s->members, s->members.len + n));
            memcpy(s->members.at + s->members.len, own, n * sizeof *own);
            s->members.len += n;
        }
        s->sets.at[id].conversions += j->conversions;
        s->sets.at[id].value += j->value;
        s->sets.at[id].journeys += (uint64_t)j->conversions + (uint64_t)j->nulls;
    }
    return start_set(s);
}

static hw_status collect_sets(sample *s, hw_dataset *d, const hw_model_params *params) {
    uint16_t *own = s->alloc.alloc(s->alloc.ctx, s->n * sizeof *own);
    if (!own) return HW_E_NOMEM;
    hw__intern names;
    hw__intern_init(&names, &s->alloc);
    hw__eval e;
    hw_status status = hw__eval_init(&e, d, params);
    if (status == HW_OK) {
        status = collect(s, d, &e, &names, own);
        hw__eval_free(&e);
    }
    hw__intern_free(&names);
    s->alloc.free(s->alloc.ctx, own, s->n * sizeof *own);
    return status;
}

static hw_status make_room(sample *s) {
    s->bytes = s->n * (2 * sizeof(sums) + 6 * sizeof(double) + 2 * sizeof(uint32_t));
    s->forth = s->alloc.alloc(s->alloc.ctx, s->bytes);
    if (!s->forth) return HW_E_NOMEM;
    memset(s->forth, 0, s->bytes);
    s->back = s->forth + s->n;
    double *at = (double *)(s->back + s->n);
    for (int i = 0; i < 2; i++, at += 3 * s->n) {
        s->mean[i] = at;
        s->squares[i] = at + s->n;
        s->rise[i] = at + 2 * s->n;
    }
    s->order = (uint32_t *)at;
    s->rank = s->order + s->n;
    for (uint32_t i = 0; i < s->n; i++) s->order[i] = i;
    return HW_OK;
}

static void shuffle(sample *s, hw__rng *random) {
    for (size_t i = s->n; i-- > 1;) {
        size_t k = (size_t)hw__rng_below(random, i + 1);
        uint32_t c = s->order[i];
        s->order[i] = s->order[k];
        s->order[k] = c;
    }
    for (size_t i = 0; i < s->n; i++) s->rank[s->order[i]] = (uint32_t)i;
}

static void join(sums *at, const set *t) {
    at->conversions += t->conversions;
    at->value += t->value;
    at->journeys += t->journeys;
}

/* A set joins the coalition with the last of its channels; backwards, with the first. */
static void place_sets(sample *s) {
    memset(s->forth, 0, 2 * s->n * sizeof *s->forth);
    for (size_t i = 0; i + 1 < s->sets.len; i++) {
        const set *t = &s->sets.at[i];
        uint32_t first = UINT32_MAX, last = 0;
        for (size_t k = t->from; k < t[1].from; k++) {
            uint32_t r = s->rank[s->members.at[k]];
            if (r < first) first = r;
            if (r > last) last = r;
        }
        join(&s->forth[last], t);
        join(&s->back[s->n - 1 - first], t);
    }
}

/* Adds each channel's half of the rise when it joins, along one order. */
static void rise(sample *s, sums *joins, bool backwards) {
    double before[2] = {0, 0};
    sums all = {.journeys = 0};
    for (size_t r = 0; r < s->n; r++) {
        all.conversions += joins[r].conversions;
        all.value += joins[r].value;
        all.journeys += joins[r].journeys;
        double journeys = (double)all.journeys;
        const double now[2] = {all.journeys > 0 ? (double)all.conversions / journeys : 0,
                               all.journeys > 0 ? (double)all.value / journeys : 0};
        uint32_t c = s->order[backwards ? s->n - 1 - r : r];
        for (int i = 0; i < 2; i++) {
            s->rise[i][c] += (now[i] - before[i]) / 2;
            before[i] = now[i];
        }
    }
}

static void draw(sample *s, hw__rng *random, uint32_t draws_before) {
    shuffle(s, random);
    place_sets(s);
    memset(s->rise[0], 0, s->n * sizeof(double));
    memset(s->rise[1], 0, s->n * sizeof(double));
    rise(s, s->forth, false);
    rise(s, s->back, true);
    for (int i = 0; i < 2; i++) { /* mean and sum of squared differences, Welford */
        for (size_t c = 0; c < s->n; c++) {
            double x = s->rise[i][c], off = x - s->mean[i][c];
            s->mean[i][c] += off / (draws_before + 1);
            s->squares[i][c] += off * (x - s->mean[i][c]);
        }
    }
}

/* The square root, by Newton's steps from above: the same bits in every build. */
static double root(double x) {
    if (!(x > 0)) return 0;
    double r = x > 1 ? x : 1;
    for (;;) {
        double next = (r + x / r) / 2;
        if (!(next < r)) return r;
        r = next;
    }
}

hw_status hw__shapley_sample(hw_dataset *d, const hw_model_params *params, uint32_t orders,
                             double *conversions, double *value) {
    sample s = {.alloc = d->alloc, .n = d->channels.strs.len};
    uint32_t pairs = orders / 2;
    if (!s.n) return HW_OK;
    hw_status status = collect_sets(&s, d, params);
    if (status == HW_OK) status = make_room(&s);
    if (status == HW_OK) {
        hw__rng random;
        hw__rng_seed(&random, params->seed);
        for (uint32_t i = 0; i < pairs; i++) draw(&s, &random, i);
        double total = 0, worst = 0;
        for (size_t c = 0; c < s.n; c++) {
            conversions[c] = s.mean[0][c];
            value[c] = s.mean[1][c];
            total += s.mean[0][c];
            if (s.squares[0][c] > worst) worst = s.squares[0][c];
        }
        if (total < 0) total = -total;
        d->sampled.orders = 2 * pairs;
        d->sampled.error = total > 0 ? root(worst / (pairs - 1) / pairs) / total : 0;
        s.alloc.free(s.alloc.ctx, s.forth, s.bytes);
    }
    HW__VEC_FREE(&s.alloc, &s.members);
    HW__VEC_FREE(&s.alloc, &s.sets);
    return status;
}
