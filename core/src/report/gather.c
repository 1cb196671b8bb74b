#include "report/gather.h"

/* A journey's touches must be a slice of the column: no windows to apply. */
bool hw__gather_fits(const hw_dataset *d) {
    return hw__sliced(d) && d->channels.strs.len <= HW__GATHER_CHANNELS;
}

static hw_status make(hw_dataset *d, hw__gather **out) {
    if (d->gathered && d->gathered->channels != d->channels.strs.len) hw__gather_free(d);
    if (!d->gathered) {
        d->gathered = d->alloc.alloc(d->alloc.ctx, sizeof *d->gathered);
        if (!d->gathered) return HW_E_NOMEM;
        *d->gathered = (hw__gather){.channels = d->channels.strs.len};
        for (size_t i = 0; i < d->journeys.len && d->longest > HW__GATHER_LEN; i++) {
            if (d->journeys.at[i].len <= HW__GATHER_LEN) continue;
            HW__TRY(HW__RESERVE(&d->alloc, &d->gathered->longer, d->gathered->longer.len + 1));
            d->gathered->longer.at[d->gathered->longer.len++] = (uint32_t)i;
        }
    }
    *out = d->gathered;
    return HW_OK;
}

static size_t place_bytes(const hw__gather *t) {
    return (HW__GATHER_CELLS * t->channels + 1) * sizeof(hw__sums);
}

static size_t set_bytes(const hw__gather *t) {
    return ((HW__GATHER_LEN + 1) * t->channels + 1) * sizeof(hw__sums);
}

void hw__gather_free(hw_dataset *d) {
    hw__gather *t = d->gathered;
    if (!t) return;
    const hw_allocator *a = &d->alloc;
    a->free(a->ctx, t->by_place, place_bytes(t));
    a->free(a->ctx, t->by_set, set_bytes(t));
    a->free(a->ctx, t->by_set_extra, set_bytes(t));
    HW__VEC_FREE(a, &t->longer);
    a->free(a->ctx, t, sizeof *t);
    d->gathered = NULL;
}

static hw__sums *zeros(hw_dataset *d, size_t bytes) {
    hw__sums *p = d->alloc.alloc(d->alloc.ctx, bytes);
    if (p) memset(p, 0, bytes);
    return p;
}

static bool counts(const hw__djourney *j) {
    return (j->conversions || j->value) && j->len <= HW__GATHER_LEN;
}

hw_status hw__gather_by_place(hw_dataset *d, const hw__gather **out) {
    hw__gather *t;
    HW__TRY(make(d, &t));
    *out = t;
    if (t->by_place_done) return HW_OK;
    if (!t->by_place && !(t->by_place = zeros(d, place_bytes(t)))) return HW_E_NOMEM;
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!counts(j)) continue;
        hw__sums *cell = t->by_place + hw__gather_cell(j->len, 0) * t->channels;
        const uint16_t *c = d->channel.at + j->from;
        for (uint32_t k = 0; k < j->len; k++, cell += t->channels) {
            cell[c[k]].conversions += j->conversions;
            cell[c[k]].value += j->value;
        }
    }
    t->by_place_done = true;
    return HW_OK;
}

static void add(hw__sums *to, const hw__djourney *j) {
    to->conversions += j->conversions;
    to->value += j->value;
}

hw_status hw__gather_by_set(hw_dataset *d, const hw__gather **out) {
    hw__gather *t;
    HW__TRY(make(d, &t));
    *out = t;
    if (t->by_set_done) return HW_OK;
    if (!t->by_set && !(t->by_set = zeros(d, set_bytes(t)))) return HW_E_NOMEM;
    if (!t->by_set_extra && !(t->by_set_extra = zeros(d, set_bytes(t)))) return HW_E_NOMEM;
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!counts(j)) continue;
        const uint16_t *c = d->channel.at + j->from;
        uint64_t seen = 0;
        uint8_t order[HW__GATHER_CHANNELS + 1]; /* distinct channels as they appear */
        uint32_t u = 0;
        for (uint32_t k = 0; k < j->len; k++) {
            uint64_t bit = UINT64_C(1) << c[k];
            order[u] = (uint8_t)c[k];
            u += (seen & bit) == 0;
            seen |= bit;
        }
        uint64_t extra = (UINT64_C(1) << HW__UNIT_BITS) % u;
        hw__sums *row = t->by_set + u * t->channels, *more = t->by_set_extra + u * t->channels;
        for (uint32_t k = 0; k < u; k++) {
            add(&row[order[k]], j);
            if (k < extra) add(&more[order[k]], j);
        }
    }
    t->by_set_done = true;
    return HW_OK;
}
