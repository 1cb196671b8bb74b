#include "tally/tally.h"

#include "journey/dataset.h"

/* ---- order ---- */

static uint32_t *sorted(hw_tally *t, size_t n, hw__less less) {
    uint32_t *v = hw__arena_array(&t->arena, n, sizeof *v);
    if (!v) return NULL;
    for (size_t i = 0; i < n; i++) v[i] = (uint32_t)i;
    hw__sort(v, n, less, t);
    return v;
}

static bool by_name(const void *ctx, uint32_t a, uint32_t b) {
    const hw_tally *t = ctx;
    return hw__str_compare(t->parts[a].name, t->parts[b].name) < 0;
}

static bool by_sight(const void *ctx, uint32_t a, uint32_t b) {
    const hw_tally *t = ctx;
    const hw__tchannel *x = &t->channels[a], *y = &t->channels[b];
    if (x->part != y->part) return x->part < y->part;
    if (x->when != y->when) return x->when < y->when;
    return hw__str_compare(x->name, y->name) < 0;
}

static int compare_paths(const hw_tally *t, uint32_t a, uint32_t b) {
    const hw__tpath *x = &t->paths[a], *y = &t->paths[b];
    uint32_t n = x->len < y->len ? x->len : y->len;
    for (uint32_t i = 0; i < n; i++)
        if (x->channel[i] != y->channel[i]) return x->channel[i] < y->channel[i] ? -1 : 1;
    if (x->len != y->len) return x->len < y->len ? -1 : 1;
    for (uint32_t i = 0; x->age && i < n; i++)
        if (x->age[i] != y->age[i]) return x->age[i] < y->age[i] ? -1 : 1;
    return 0;
}

static bool by_path(const void *ctx, uint32_t a, uint32_t b) {
    return compare_paths(ctx, a, b) < 0;
}

/* ---- settling ---- */

static hw_status settle_parts(hw_tally *t) {
    uint32_t *order = sorted(t, t->nparts, by_name);
    uint32_t *place = hw__arena_array(&t->arena, t->nparts, sizeof *place);
    hw__tpart *parts = hw__arena_array(&t->arena, t->nparts, sizeof *parts);
    if (!order || !place || !parts) return HW_E_NOMEM;
    for (uint32_t i = 0; i < t->nparts; i++) {
        parts[i] = t->parts[order[i]];
        place[order[i]] = i;
    }
    for (size_t i = 0; i < t->nchannels; i++) t->channels[i].part = place[t->channels[i].part];
    t->parts = parts;
    return HW_OK;
}

static hw_status settle_channels(hw_tally *t) {
    uint32_t *order = sorted(t, t->nchannels, by_sight);
    uint16_t *place = hw__arena_array(&t->arena, t->nchannels, sizeof *place);
    hw__tchannel *channels = hw__arena_array(&t->arena, t->nchannels, sizeof *channels);
    if (!order || !place || !channels) return HW_E_NOMEM;
    for (uint32_t i = 0; i < t->nchannels; i++) {
        channels[i] = t->channels[order[i]];
        place[order[i]] = (uint16_t)i;
    }
    t->channels = channels;
    for (size_t i = 0; i < t->npaths; i++) {
        hw__tpath *p = &t->paths[i];
        uint16_t *own = hw__arena_array(&t->arena, p->len, sizeof *own);
        if (!own) return HW_E_NOMEM;
        for (uint32_t k = 0; k < p->len; k++) own[k] = place[p->channel[k]];
        p->channel = own;
    }
    return HW_OK;
}

static hw_status settle_paths(hw_tally *t) {
    uint32_t *order = sorted(t, t->npaths, by_path);
    hw__tpath *paths = hw__arena_array(&t->arena, t->npaths, sizeof *paths);
    if (!order || !paths) return HW_E_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < t->npaths; i++) {
        const hw__tpath *p = &t->paths[order[i]];
        if (!i || compare_paths(t, order[i - 1], order[i]) != 0) {
            paths[n++] = *p;
            continue;
        }
        hw__tpath *to = &paths[n - 1];
        if (__builtin_add_overflow(to->conversions, p->conversions, &to->conversions) ||
            __builtin_add_overflow(to->value, p->value, &to->value) ||
            __builtin_add_overflow(to->nulls, p->nulls, &to->nulls))
            return HW_E_OVERFLOW;
    }
    t->paths = paths;
    t->npaths = n;
    return HW_OK;
}

hw_status hw__tally_settle(hw_tally *t) {
    HW__TRY(settle_parts(t));
    HW__TRY(settle_channels(t));
    return settle_paths(t);
}

uint64_t hw__tally_sum(const hw_tally *t) {
    uint64_t h = t->ages;
    for (size_t i = 0; i < t->npaths; i++) {
        const hw__tpath *p = &t->paths[i];
        const int64_t amounts[] = {p->conversions, p->value, p->nulls, p->len};
        for (uint32_t k = 0; k < p->len; k++) {
            hw_str name = t->channels[p->channel[k]].name;
            h = hw__hash64(name.ptr, name.len, h);
            if (p->age) h += (uint64_t)p->age[k] * UINT64_C(0x9e3779b97f4a7c15);
        }
        for (int k = 0; k < 4; k++) h = (h ^ (uint64_t)amounts[k]) * UINT64_C(0x9fb21c651e98df25);
    }
    return h;
}

/* ---- from a dataset, and back ---- */

void hw_tally_destroy(hw_tally *t) {
    if (!t) return;
    hw_allocator a = t->arena.alloc;
    hw__arena_free(&t->arena);
    a.free(a.ctx, t, sizeof *t);
}

static hw_status take_journey(hw_tally *t, hw_dataset *d, const hw__djourney *j, hw__eval *e) {
    if (!j->conversions && !hw__has_touch(d, j)) return HW_OK;
    hw_path p = hw__eval_path(d, j, e);
    uint16_t *channel = hw__arena_array(&t->arena, p.len, sizeof *channel);
    int64_t *age = t->ages ? hw__arena_array(&t->arena, p.len, sizeof *age) : NULL;
    if (!channel || (t->ages && !age)) return HW_E_NOMEM;
    memcpy(channel, p.channel, p.len * sizeof *channel);
    if (age) memcpy(age, p.age_ms, p.len * sizeof *age);
    t->paths[t->npaths++] =
        (hw__tpath){(uint32_t)p.len, channel, age, j->conversions, j->value, j->nulls};
    return HW_OK;
}

static hw_status take_dataset(hw_tally *t, hw_dataset *d, hw_str part) {
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    t->ages = sum.has_times != 0;
    t->nparts = 1;
    t->nchannels = sum.channels;
    t->parts = hw__arena_alloc(&t->arena, sizeof *t->parts);
    t->channels = hw__arena_array(&t->arena, sum.channels, sizeof *t->channels);
    t->paths = hw__arena_array(&t->arena, d->journeys.len, sizeof *t->paths);
    char *name = hw__arena_alloc(&t->arena, part.len);
    if (!t->parts || !t->channels || !t->paths || !name) return HW_E_NOMEM;
    memcpy(name, part.ptr, part.len);
    t->parts[0] = (hw__tpart){{name, part.len}, 0};
    for (uint32_t i = 0; i < sum.channels; i++) {
        hw_str s = hw_dataset_channel(d, i);
        char *copy = hw__arena_alloc(&t->arena, s.len);
        if (!copy) return HW_E_NOMEM;
        if (s.len) memcpy(copy, s.ptr, s.len);
        t->channels[i] = (hw__tchannel){{copy, s.len}, 0, i};
    }
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, NULL));
    hw_status s = HW_OK;
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++)
        s = take_journey(t, d, &d->journeys.at[i], &e);
    hw__eval_free(&e);
    return s;
}

hw_status hw_tally_create(const hw_allocator *alloc, hw_dataset *d, hw_str part, hw_tally **out) {
    if (!d->finished) return HW_E_STATE;
    if (!part.len) return HW_E_ARG;
    hw_tally *t = alloc->alloc(alloc->ctx, sizeof *t);
    if (!t) return HW_E_NOMEM;
    memset(t, 0, sizeof *t);
    hw__arena_init(&t->arena, alloc);
    hw_status s = take_dataset(t, d, part);
    if (s == HW_OK) s = hw__tally_settle(t);
    if (s != HW_OK) {
        hw_tally_destroy(t);
        return s;
    }
    t->parts[0].sum = hw__tally_sum(t);
    *out = t;
    return HW_OK;
}

static hw_status fill(hw_dataset *d, const hw_tally *t) {
    d->columns.kind = HW_DATASET_PATHS;
    for (int r = 0; r < HW__ROLE_COUNT; r++) d->columns.at[r] = -1;
    if (t->ages) d->columns.at[HW__ROLE_TIMES] = 0;
    d->header_read = true;
    for (uint32_t i = 0; i < t->nchannels; i++) {
        uint16_t id;
        HW__TRY(hw__channel_put(d, t->channels[i].name, 0, HW__ROLE_PATH, &id));
    }
    for (size_t i = 0; i < t->npaths; i++) {
        const hw__tpath *p = &t->paths[i];
        if (d->channel.len + p->len > UINT32_MAX) return HW_E_LIMIT;
        HW__TRY(HW__RESERVE(&d->alloc, &d->channel, d->channel.len + p->len));
        HW__TRY(HW__RESERVE(&d->alloc, &d->journeys, d->journeys.len + 1));
        if (t->ages) HW__TRY(HW__RESERVE(&d->alloc, &d->at, d->at.len + p->len));
        hw__djourney j = {.from = (uint32_t)d->channel.len,
                          .len = p->len,
                          .conversions = p->conversions,
                          .value = p->value,
                          .nulls = p->nulls};
        for (uint32_t k = 0; k < p->len; k++) {
            d->channel.at[d->channel.len++] = p->channel[k];
            if (t->ages) d->at.at[d->at.len++] = -p->age[k];
        }
        if (p->len > d->longest) d->longest = p->len;
        if (__builtin_add_overflow(d->conversions, j.conversions, &d->conversions) ||
            __builtin_add_overflow(d->value, j.value, &d->value) ||
            __builtin_add_overflow(d->nulls, j.nulls, &d->nulls))
            return HW_E_OVERFLOW;
        d->journeys.at[d->journeys.len++] = j;
        d->nrows++;
    }
    return HW_OK;
}

hw_status hw_tally_dataset(const hw_allocator *alloc, const hw_tally *t, hw_dataset **out) {
    hw_dataset *d = NULL;
    hw_error err = {.status = HW_OK};
    HW__TRY(hw_dataset_create(alloc, NULL, &d, NULL));
    d->err = &err;
    hw_status s = fill(d, t);
    d->err = NULL;
    if (s == HW_OK) s = hw_dataset_finish(d, NULL);
    if (s != HW_OK)
        hw_dataset_destroy(d);
    else
        *out = d;
    return s;
}
