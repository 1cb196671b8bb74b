#include "report/paths.h"

const char *const hw__lag_names[HW__LAGS] = {"0 d",    "1 d",     "2 d",     "3-7 d",
                                             "8-14 d", "15-30 d", "31-60 d", "over 60 d"};

static uint32_t lag_of(int64_t age_ms) {
    static const int64_t most[HW__LAGS - 1] = {0, 1, 2, 7, 14, 30, 60};
    uint32_t k = 0;
    for (int64_t days = age_ms / 86400000; k < HW__LAGS - 1 && days > most[k];) k++;
    return k;
}

static void add(hw__amounts *to, const hw__djourney *j) {
    to->conversions += j->conversions;
    to->value += j->value;
    to->nulls += j->nulls;
}

static void add_amounts(hw__amounts *to, const hw__amounts *more) {
    to->conversions += more->conversions;
    to->value += more->value;
    to->nulls += more->nulls;
}

/* ---- quantiles ---- */

typedef HW__VEC(int64_t) amounts;

typedef struct sample {
    amounts at, weight;
    int64_t total;
} sample;

static hw_status sample_put(const hw_allocator *a, sample *s, int64_t at, int64_t weight) {
    HW__TRY(HW__RESERVE(a, &s->at, s->at.len + 1));
    HW__TRY(HW__RESERVE(a, &s->weight, s->weight.len + 1));
    s->at.at[s->at.len++] = at;
    s->weight.at[s->weight.len++] = weight;
    s->total += weight;
    return HW_OK;
}

static bool earlier(const void *ctx, uint32_t a, uint32_t b) {
    const sample *s = ctx;
    return s->at.at[a] < s->at.at[b];
}

static hw_status quantiles(const hw_allocator *a, const sample *s, hw__quantiles *out) {
    size_t n = s->at.len, bytes = (n + 1) * sizeof(uint32_t);
    *out = (hw__quantiles){-1, -1};
    if (s->total <= 0) return HW_OK;
    uint32_t *order = a->alloc(a->ctx, bytes);
    if (!order) return HW_E_NOMEM;
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    hw__sort(order, n, earlier, s);
    hw__i128 sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += s->weight.at[order[i]];
        if (out->median < 0 && sum * 2 >= s->total) out->median = s->at.at[order[i]];
        if (out->p90 < 0 && sum * 10 >= (hw__i128)s->total * 9) out->p90 = s->at.at[order[i]];
    }
    a->free(a->ctx, order, bytes);
    return HW_OK;
}

/* ---- counting ---- */

static hw_status put_path(hw__paths *p, const hw_path *path, uint32_t journey,
                          const hw__djourney *j) {
    uint32_t id;
    HW__TRY(hw__intern_put(
        &p->paths, (hw_str){(const char *)path->channel, path->len * sizeof *path->channel}, &id));
    HW__TRY(HW__RESERVE(&p->alloc, &p->by_path, (size_t)id + 1));
    HW__TRY(HW__RESERVE(&p->alloc, &p->first, (size_t)id + 1));
    HW__TRY(HW__RESERVE(&p->alloc, &p->last, (size_t)id + 1));
    p->next[journey] = UINT32_MAX;
    if (id == p->by_path.len) {
        p->by_path.at[p->by_path.len++] = (hw__amounts){0, 0, 0};
        p->first.at[p->first.len++] = journey;
        p->last.at[p->last.len++] = journey;
    } else {
        p->next[p->last.at[id]] = journey;
        p->last.at[id] = journey;
    }
    add(&p->by_path.at[id], j);
    return HW_OK;
}

static hw_status count_roles(hw__paths *p) {
    for (uint32_t id = 0; id < p->by_path.len; id++) {
        size_t len = 1;
        for (size_t i = 0; i < len; i++) {
            uint16_t channel = hw__paths_channel(p, id, i, &len);
            HW__TRY(HW__RESERVE(&p->alloc, &p->by_channel, (size_t)channel + 1));
            while (p->by_channel.len <= channel)
                p->by_channel.at[p->by_channel.len++] = (hw__assist){.seen = 0};
            hw__assist *role = &p->by_channel.at[channel];
            if (role->seen != id + 1) add_amounts(&role->influenced, &p->by_path.at[id]);
            if (i + 1 == len) add_amounts(&role->last, &p->by_path.at[id]);
            role->seen = id + 1;
        }
    }
    return HW_OK;
}

static hw_status count(hw_dataset *d, const hw__paths_filter *f, hw__paths *p, hw__eval *e,
                       sample *lengths, sample *lags) {
    bool any_lag = f->lag_from == 0 && f->lag_to == HW__LAGS - 1;
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!j->conversions && !hw__has_touch(d, j)) continue;
        hw_path path = hw__eval_path(d, j, e);
        uint32_t length = path.len < HW__LENGTHS ? (uint32_t)path.len - 1 : HW__LENGTHS - 1;
        bool timed = path.age_ms && j->conversions;
        uint32_t lag = timed ? lag_of(path.age_ms[0]) : 0;
        bool fits_length = length >= f->length_from && length <= f->length_to;
        bool fits_lag = any_lag || (timed && lag >= f->lag_from && lag <= f->lag_to);
        if (fits_lag) add(&p->by_length[length], j);
        if (fits_length && timed) add(&p->by_lag[lag], j);
        if (!fits_length || !fits_lag) continue;
        add(&p->matched, j);
        HW__TRY(put_path(p, &path, (uint32_t)i, j));
        if (j->conversions)
            HW__TRY(sample_put(&p->alloc, lengths, (int64_t)path.len, j->conversions));
        if (timed) HW__TRY(sample_put(&p->alloc, lags, path.age_ms[0], j->conversions));
    }
    HW__TRY(count_roles(p));
    HW__TRY(quantiles(&p->alloc, lengths, &p->length));
    return quantiles(&p->alloc, lags, &p->lag_ms);
}

hw_status hw__paths_count(hw_dataset *d, const hw__paths_filter *f, hw__paths *p) {
    *p = (hw__paths){.alloc = d->alloc, .journeys = d->journeys.len};
    hw__intern_init(&p->paths, &d->alloc);
    if (!d->finished) return HW_E_STATE;
    if (f->length_from > f->length_to || f->lag_from > f->lag_to || f->length_to >= HW__LENGTHS ||
        f->lag_to >= HW__LAGS)
        return HW_E_ARG;
    p->next = d->alloc.alloc(d->alloc.ctx, (p->journeys + 1) * sizeof *p->next);
    if (!p->next) return HW_E_NOMEM;
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, NULL));
    sample lengths = {.total = 0}, lags = {.total = 0};
    hw_status s = count(d, f, p, &e, &lengths, &lags);
    HW__VEC_FREE(&p->alloc, &lengths.at);
    HW__VEC_FREE(&p->alloc, &lengths.weight);
    HW__VEC_FREE(&p->alloc, &lags.at);
    HW__VEC_FREE(&p->alloc, &lags.weight);
    hw__eval_free(&e);
    return s;
}

void hw__paths_free(hw__paths *p) {
    HW__VEC_FREE(&p->alloc, &p->by_path);
    HW__VEC_FREE(&p->alloc, &p->first);
    HW__VEC_FREE(&p->alloc, &p->last);
    HW__VEC_FREE(&p->alloc, &p->by_channel);
    if (p->next) p->alloc.free(p->alloc.ctx, p->next, (p->journeys + 1) * sizeof *p->next);
    hw__intern_free(&p->paths);
}

static bool better(const hw__amounts *a, const hw__amounts *b) {
    return a->conversions != b->conversions ? a->conversions > b->conversions : a->nulls > b->nulls;
}

/* Kept sorted while all are looked at once. */
size_t hw__paths_best(const hw__paths *p, size_t top, uint32_t *best) {
    size_t n = 0;
    if (top > p->by_path.len) top = p->by_path.len;
    for (uint32_t id = 0; id < p->by_path.len && top; id++) {
        if (n == top && !better(&p->by_path.at[id], &p->by_path.at[best[n - 1]])) continue;
        size_t k = n < top ? n++ : n - 1;
        for (; k && better(&p->by_path.at[id], &p->by_path.at[best[k - 1]]); k--)
            best[k] = best[k - 1];
        best[k] = id;
    }
    return n;
}

uint16_t hw__paths_channel(const hw__paths *p, uint32_t path, size_t i, size_t *len) {
    hw_str bytes = p->paths.strs.at[path];
    uint16_t channel = 0;
    *len = bytes.len / sizeof channel;
    if (i < *len) memcpy(&channel, bytes.ptr + i * sizeof channel, sizeof channel);
    return channel;
}
