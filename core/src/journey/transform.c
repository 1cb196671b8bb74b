/* What happens to a journey's touches between its windows and a model: the cap, then a transform.
 * Definitions are those of Google's fractribution (path_transforms): D A B B C D C C becomes
 *
 *   exposure   D A B C D C             runs of one channel count once
 *   first      D A B C                 a channel counts once
 *   frequency  D(2) A(1) B(2) C(3)     the same, under a name that tells how often
 *
 * A touch that stands for several stands where the first of them stood, at its age. With frequency
 * a channel's own number is that of its name with (1); numbers of the others are found in
 * `repeats`. */
#include "journey/dataset.h"

typedef struct repeat {
    uint32_t count;
    uint16_t channel, zero;
} repeat;

static hw_str repeat_key(const repeat *r) {
    return (hw_str){(const char *)r, sizeof *r};
}

static uint16_t named(const hw_dataset *d, uint16_t channel, uint32_t count) {
    const repeat r = {.count = count, .channel = channel};
    uint32_t i = count > 1 ? hw__intern_find(&d->repeats, repeat_key(&r)) : UINT32_MAX;
    return i < d->repeat_ids.len ? d->repeat_ids.at[i] : channel;
}

/* The place of the touch that stands for touch `mark` from now on. */
static void follow(size_t *mark, size_t i, size_t kept) {
    if (*mark == i) *mark = kept;
}

size_t hw__transform(const hw_dataset *d, hw__eval *e, size_t n, size_t marks[2]) {
    size_t from = d->touch_cap && n > d->touch_cap ? n - d->touch_cap : 0, kept = 0;
    for (int m = 0; m < 2; m++)
        if (marks[m] < from) marks[m] = SIZE_MAX; /* dropped, so no longer known */
    for (size_t i = from; i < n; i++) {
        uint16_t c = e->channel[i];
        size_t stands = kept;
        if (d->transform == HW_TRANSFORM_EXPOSURE)
            stands -= kept && e->channel[kept - 1] == c;
        else if (d->transform && e->scratch[c]++)
            for (stands = 0; e->channel[stands] != c;) stands++;
        for (int m = 0; m < 2; m++) follow(&marks[m], i, stands);
        if (stands < kept) continue;
        e->age[kept] = e->age[i];
        e->channel[kept++] = c;
    }
    for (size_t i = 0; i < kept && d->transform >= HW_TRANSFORM_FIRST; i++) {
        uint16_t c = e->channel[i];
        if (d->transform == HW_TRANSFORM_FREQUENCY) e->channel[i] = named(d, c, e->scratch[c]);
        e->scratch[c] = 0;
    }
    return kept;
}

hw_str hw__uncounted(const hw_dataset *d, hw_str name) {
    if (d->transform == HW_TRANSFORM_FREQUENCY)
        for (size_t n = name.len; n-- > 0;)
            if (name.ptr[n] == '(') return (hw_str){name.ptr, n};
    return name;
}

static hw_status put_name(hw_dataset *d, hw__intern *to, hw_str name, uint32_t count,
                          uint32_t *id) {
    size_t cap = name.len + 16;
    char *text = d->alloc.alloc(d->alloc.ctx, cap);
    if (!text) return HW_E_NOMEM;
    memcpy(text, name.ptr, name.len);
    hw__text t = {text + name.len, 0, cap - name.len};
    hw__text_z(&t, "(");
    hw__text_int(&t, count);
    hw__text_z(&t, ")");
    hw_status s = hw__intern_put(to, (hw_str){text, name.len + t.len}, id);
    d->alloc.free(d->alloc.ctx, text, cap);
    return s == HW_OK && *id >= HW_CHANNELS_MAX ? HW_E_LIMIT : s;
}

/* The channels of the file anew, each under its name with (1); all other names are forgotten. */
static hw_status name_channels(hw_dataset *d) {
    hw__intern fresh;
    hw__intern_init(&fresh, &d->alloc);
    hw_status s = HW_OK;
    size_t n = d->named_channels ? d->file_channels : d->channels.strs.len;
    for (uint32_t i = 0, id; i < n && s == HW_OK; i++) {
        hw_str name = d->channels.strs.at[i];
        s = put_name(d, &fresh, d->named_channels ? hw__plain_name(d, name) : name, 1, &id);
    }
    if (s != HW_OK) {
        hw__intern_free(&fresh);
        return s;
    }
    hw__intern_free(&d->channels);
    d->channels = fresh;
    d->named_channels = true;
    d->file_channels = n;
    hw__intern_free(&d->repeats);
    hw__intern_init(&d->repeats, &d->alloc);
    d->repeat_ids.len = 0;
    return HW_OK;
}

/* Names for what occurs more than once in a journey, in order of appearance. */
static hw_status name_repeats(hw_dataset *d, hw__eval *e, size_t from, size_t n) {
    hw_status s = HW_OK;
    for (size_t i = from; i < n; i++) e->scratch[e->channel[i]]++;
    for (size_t i = from; i < n; i++) {
        const repeat r = {.count = e->scratch[e->channel[i]], .channel = e->channel[i]};
        e->scratch[e->channel[i]] = 0;
        uint32_t at, id;
        if (s != HW_OK || r.count < 2) continue;
        s = HW__RESERVE(&d->alloc, &d->repeat_ids, d->repeat_ids.len + 1);
        if (s == HW_OK) s = hw__intern_put(&d->repeats, repeat_key(&r), &at);
        if (s != HW_OK || at < d->repeat_ids.len) continue;
        s = put_name(d, &d->channels, hw__plain_name(d, d->channels.strs.at[r.channel]), r.count,
                     &id);
        if (s == HW_OK) d->repeat_ids.at[d->repeat_ids.len++] = (uint16_t)id;
    }
    return s;
}

hw_status hw__transform_prepare(hw_dataset *d) {
    d->capped = d->capped_journeys = 0;
    if (d->transform == HW_TRANSFORM_FREQUENCY) HW__TRY(name_channels(d));
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, NULL));
    hw_status s = HW_OK;
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++) {
        size_t marks[2], n = hw__windowed(d, &d->journeys.at[i], &e, marks), from = 0;
        if (d->touch_cap && n > d->touch_cap) {
            from = n - d->touch_cap;
            d->capped += from;
            d->capped_journeys++;
        }
        if (d->transform == HW_TRANSFORM_FREQUENCY) s = name_repeats(d, &e, from, n);
    }
    hw__eval_free(&e);
    return s;
}
