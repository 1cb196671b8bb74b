/* Additive hazard by EM (multiplicative updates; as for a Hawkes process with given kernels). A
 * touch is at risk from its moment to the conversion, the end of its window or the end of the data,
 * whichever comes first, so people who did not convert count for exactly the time they were
 * watched: that is what time-matching means here. A direct visit is nobody's advertisement: it has
 * no effect, and shows what intent alone does; that goes to the organic part. Definition:
 * docs/models.md. */
#include "model/hazard.h"
#include "model/fits.h"

#define DAY_MS 86400000.0
#define LN2 0.693147180559945309417

/* Days that an effect lasts on the whole: half-life / ln 2. */
static const double LASTS[HW__PACES] = {0.5 / LN2, 2 / LN2, 8 / LN2};

/* Adds weight touches that were watched from age `from` to age `to`. */
static void expose(double *exposure, int64_t from, int64_t to, double weight) {
    double a[HW__PACES], b[HW__PACES];
    hw__paces(hw__x_at(from), a);
    hw__paces(hw__x_at(to), b);
    for (int p = 0; p < HW__PACES; p++) exposure[p] += weight * (a[p] - b[p]) * LASTS[p];
}

/* ---- intent ---- */

/* Within this of each other touches are near, and an intent that they tell of halves in as much. */
static const int64_t NEAR_MS = 86400000;
/* What a direct visit tells of intent: even odds. A second one then tells more. */
static const double DIRECT_TELLS = 0.5;

typedef struct stretch {
    size_t first, end; /* touches */
    int64_t start, stop;
} stretch;

/* The touches of a journey, and the time that was watched. */
static stretch stretch_of(const hw_dataset *d, const hw__djourney *j, int64_t since,
                          int64_t until) {
    bool log = d->columns.kind == HW_DATASET_TOUCHES;
    stretch s = {.first = j->from, .end = j->from + j->len, .start = since};
    s.stop = log && !j->conversions ? until : j->at;
    if (!log && j->len) s.start = d->at.at[j->from];
    return s;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static bool is_direct(const hw_dataset *d, size_t channel) {
    return hw__str_eq_nocase(d->channels.strs.at[channel], d->windows.direct);
}

/* Counts the direct visits near each touch, and how many would be if the person's came evenly.
 * tells is 1 for direct channels. */
static void crowd(const hw__hazard *h, const hw_dataset *d, const stretch *s, double *seen,
                  double *even) {
    const int64_t *at = d->at.at;
    const uint16_t *channel = d->channel.at;
    double visits = 0, near = 0;
    for (size_t i = s->first; i < s->end; i++) visits += h->tells[channel[i]];
    if (!(visits > 0) || s->stop <= s->start) return;
    for (size_t i = s->first, low = i, high = i; i < s->end; i++) {
        for (; high < s->end && at[high] - at[i] <= NEAR_MS; high++)
            near += h->tells[channel[high]];
        for (; at[i] - at[low] > NEAR_MS; low++) near -= h->tells[channel[low]];
        double others = visits - h->tells[channel[i]], span = (double)(s->stop - s->start);
        seen[channel[i]] += near - h->tells[channel[i]];
        even[channel[i]] +=
            others / span *
            (double)(least(NEAR_MS, at[i] - s->start) + least(NEAR_MS, s->stop - at[i]));
    }
}

/* What a touch of each channel tells, by how much more often direct visits are near it than they
 * would be by chance; a direct visit itself is the measure. part and exposure serve as scratch. */
static void learn_tells(hw__hazard *h, const hw_dataset *d, int64_t since, int64_t until) {
    double *seen = h->part, *even = h->exposure, visits = 0, chance = 0;
    for (size_t c = 0; c < h->channels; c++) {
        seen[c] = even[c] = 1;
        h->tells[c] = is_direct(d, c);
    }
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        bool again =
            i + 1 < d->journeys.len && j[1].from == j->from && j[1].conversions; /* counted there */
        stretch s = stretch_of(d, j, since, until);
        if (!again || d->columns.kind == HW_DATASET_PATHS) crowd(h, d, &s, seen, even);
    }
    for (size_t c = 0; c < h->channels; c++) {
        visits += h->tells[c] * seen[c];
        chance += h->tells[c] * even[c];
    }
    for (size_t c = 0; c < h->channels; c++) {
        double more = visits > chance ? (seen[c] / even[c] - 1) / (visits / chance - 1) : 0;
        h->tells[c] = !(more > 0) ? 0 : DIRECT_TELLS * (more < 1 ? more : 1);
    }
}

/* What is left of intent after a time; its integral over that time, in days. */
static double faded(double intent, int64_t after) {
    return intent * hw__exp2(-(double)after / (double)NEAR_MS);
}

static double fading(double intent, int64_t after) {
    return (intent - faded(intent, after)) * ((double)NEAR_MS / DAY_MS / LN2);
}

/* Intent at the stretch's end; *days grows by its integral from `start` on. */
static double follow_intent(const hw__hazard *h, const hw_dataset *d, const stretch *s,
                            int64_t start, double *days) {
    double intent = 0;
    for (size_t i = s->first; i < s->end; i++) {
        intent += (1 - intent) * h->tells[d->channel.at[i]];
        int64_t from = d->at.at[i], to = i + 1 < s->end ? d->at.at[i + 1] : s->stop;
        int64_t skip = start > from ? start - from : 0;
        if (start < to) *days += fading(faded(intent, skip), to - from - skip);
        intent = faded(intent, to - from);
    }
    return intent;
}

/* ---- reading ---- */

/* Unless journeys are reset, who has bought goes on to be watched, and touches to work. */
static bool is_last_sale(const hw_dataset *d, const hw__djourney *j) {
    if (d->columns.kind != HW_DATASET_TOUCHES || d->windows.reset || !j->conversions) return false;
    return j + 1 == d->journeys.at + d->journeys.len || !hw__follows(d, j + 1);
}

static hw_status add_journey(hw__hazard *h, const hw_dataset *d, const hw__djourney *j,
                             int64_t until) {
    bool follows = hw__follows(d, j), goes_on = is_last_sale(d, j);
    size_t end = j->from + j->len, first = j->from;
    if (follows && d->windows.reset) first += j[-1].len;
    double weight = ((double)j->conversions + (double)j->nulls) / (double)HW_MICROS, wishing = 0;
    stretch s = stretch_of(d, j, 0, until);
    s.first = first;
    int64_t stop = goes_on ? until : s.stop, start = first < end ? d->at.at[first] : 0;
    if (follows && j[-1].at > start) start = j[-1].at; /* what came before it is counted there */
    double intent = follow_intent(h, d, &s, start, &wishing);
    const hw__case one = {
        .intent = (float)intent, .weight = (double)j->conversions, .value = (double)j->value};
    if (j->conversions || j->value) HW__TRY(hw__cases_add(&h->cases, d, one, first, end, j->at));
    if (first == end || !(weight > 0)) return HW_OK;
    if (goes_on) wishing += fading(intent, stop - s.stop);
    h->wishing += weight * wishing;
    if (d->windows.reset || !hw__is_tail(d, j)) h->days += weight * (double)(stop - start) / DAY_MS;
    for (size_t i = first; i < end; i++) {
        int64_t window = hw__window_of(d, i), to = stop - d->at.at[i], from = start - d->at.at[i];
        if (to > window) to = window;
        if (from < 0) from = 0;
        if (from < to) expose(h->exposure + (size_t)d->channel.at[i] * HW__PACES, from, to, weight);
    }
    return HW_OK;
}

hw_status hw__hazard_init(hw__hazard *h, const hw_dataset *d) {
    *h = (hw__hazard){
        .alloc = d->alloc, .channels = d->channels.strs.len, .cases = {.alloc = d->alloc}};
    size_t n = h->channels * HW__PACES;
    h->rate = d->alloc.alloc(d->alloc.ctx, (3 * n + h->channels + 1) * sizeof *h->rate);
    if (!h->rate) return HW_E_NOMEM;
    h->exposure = h->rate + n;
    h->part = h->exposure + n;
    h->tells = h->part + n;
    int64_t until = hw__watched_until(d), since = until;
    for (size_t i = 0; i < d->at.len; i++) since = least(since, d->at.at[i]);
    learn_tells(h, d, since, until);
    /* A day and a touch more than were seen: rates stay finite, and what is hardly seen stays
     * small. */
    h->days = h->wishing = 1;
    for (size_t i = 0; i < n; i++) h->exposure[i] = LASTS[i % HW__PACES];
    for (size_t i = 0; i < d->journeys.len; i++)
        HW__TRY(add_journey(h, d, &d->journeys.at[i], until));
    double total = 0, touches = 0;
    for (size_t i = 0; i < h->cases.at.len; i++) total += h->cases.at.at[i].weight;
    for (size_t i = 0; i < n; i++) touches += h->exposure[i];
    total /= (double)HW_MICROS;
    h->base = total / 3 / h->days;
    h->wish = total / 3 / h->wishing;
    for (size_t i = 0; i < n; i++)
        h->rate[i] = is_direct(d, i / HW__PACES) ? 0 : total / 3 / touches;
    return HW_OK;
}

void hw__hazard_free(hw__hazard *h) {
    hw__cases_free(&h->cases);
    h->alloc.free(h->alloc.ctx, h->rate, ((3 * HW__PACES + 1) * h->channels + 1) * sizeof *h->rate);
}

double hw__hazard_at(const hw__hazard *h, double intent, const hw__term *t, size_t n) {
    double sum = h->base + h->wish * intent, left[HW__PACES];
    for (size_t i = 0; i < n; i++) {
        const double *rate = h->rate + (size_t)t[i].channel * HW__PACES;
        hw__paces(t[i].x, left);
        for (int p = 0; p < HW__PACES; p++) sum += rate[p] * left[p];
    }
    return sum;
}

double hw__hazard_moment(const hw__hazard *h, const hw_dataset *d, size_t first, size_t end,
                         int64_t at) {
    double days = 0, sum = 0;
    stretch s = {.first = first, .end = end, .start = at, .stop = at};
    double intent = follow_intent(h, d, &s, at, &days);
    for (size_t i = first; i < end; i++) {
        int64_t age = at - d->at.at[i];
        hw__term one = {(float)hw__x_at(age), d->channel.at[i]};
        if (age <= hw__window_of(d, i)) sum += hw__hazard_at(h, 0, &one, 1) - h->base;
    }
    return sum + h->base + h->wish * intent;
}

/* Sums, over the cases, of weight or value by the rate there: all of it, times intent, and times
 * what is left of each channel's touches (in part). A cause's rate times its sum is what it is
 * credited with.
 * @return what nobody could have caused: of cases before any touch, or with no rate at all */
static double share(hw__hazard *h, bool by_value, double *none, double *wish) {
    double lost = 0;
    *none = *wish = 0;
    for (size_t i = 0; i < h->channels * HW__PACES; i++) h->part[i] = 0;
    const hw__term *t = h->cases.terms.at;
    for (size_t i = 0; i < h->cases.at.len; t += h->cases.at.at[i++].len) {
        const hw__case *c = &h->cases.at.at[i];
        double at = hw__hazard_at(h, c->intent, t, c->len), left[HW__PACES];
        double weight = by_value ? c->value : c->weight;
        if (!c->watched || !(at > 0)) {
            lost += weight;
            continue;
        }
        weight /= at;
        *none += weight;
        *wish += weight * c->intent;
        for (size_t k = 0; k < c->len; k++) {
            double *part = h->part + (size_t)t[k].channel * HW__PACES;
            hw__paces(t[k].x, left);
            for (int p = 0; p < HW__PACES; p++) part[p] += weight * left[p];
        }
    }
    return lost;
}

double hw__hazard_round(hw__hazard *h) {
    double none, wish, moved = 0, micros = (double)HW_MICROS;
    share(h, false, &none, &wish);
    for (size_t i = 0; i < h->channels * HW__PACES; i++) {
        double rate = h->rate[i] * h->part[i] / h->exposure[i] / micros;
        double by = (rate - h->rate[i]) * h->exposure[i];
        moved += by < 0 ? -by : by;
        h->rate[i] = rate;
    }
    h->base *= none / h->days / micros;
    h->wish *= wish / h->wishing / micros;
    return moved;
}

void hw__hazard_fit(hw__hazard *h) {
    double total = 0;
    for (size_t i = 0; i < h->cases.at.len; i++) total += h->cases.at.at[i].weight;
    for (int i = 0; i < HW__HAZARD_ROUNDS; i++)
        if (hw__hazard_round(h) * (double)HW_MICROS <= total * 1e-6) return;
}

/* Each cause's part of the rate at each conversion. */
static void credit(hw__hazard *h, bool by_value, size_t organic, double *out) {
    double none, wish, lost = share(h, by_value, &none, &wish);
    for (size_t c = 0; c < h->channels; c++) {
        out[c] = 0;
        for (size_t i = c * HW__PACES; i < (c + 1) * HW__PACES; i++)
            out[c] += h->rate[i] * h->part[i];
    }
    out[organic] += lost + none * h->base + wish * h->wish;
}

HW__FIT(hazard) {
    (void)params;
    uint32_t organic = hw__intern_find(&dataset->channels, HW_STR(HW_ORGANIC));
    if (organic == UINT32_MAX) return HW_E_STATE;
    hw__hazard h;
    hw_status s = hw__hazard_init(&h, dataset);
    if (s == HW_OK) {
        hw__hazard_fit(&h);
        credit(&h, false, organic, conversions);
        credit(&h, true, organic, value);
    }
    hw__hazard_free(&h);
    return s;
}
