#include "model/moments.h"

/* Waits that are tried for a null before it is left out. */
enum { TRIES = 8 };

int64_t hw__window_of(const hw_dataset *d, size_t touch) {
    bool view = d->interaction.len && (d->interaction.at[touch] & HW__INTERACTION) == HW_IMPRESSION;
    int64_t window = view ? d->windows.impression_ms : d->windows.click_ms;
    return window ? window : INT64_MAX;
}

double hw__x_at(int64_t age) {
    return hw__exp2(-(double)age / (8 * 86400000.0));
}

hw_status hw__cases_add(hw__cases *c, const hw_dataset *d, hw__case one, size_t first, size_t end,
                        int64_t at) {
    HW__TRY(HW__RESERVE(&c->alloc, &c->at, c->at.len + 1));
    HW__TRY(HW__RESERVE(&c->alloc, &c->terms, c->terms.len + (end - first) + 1));
    one.watched = first < end;
    for (size_t i = first; i < end; i++) {
        int64_t age = at - d->at.at[i];
        if (age > hw__window_of(d, i)) continue;
        c->terms.at[c->terms.len++] = (hw__term){(float)hw__x_at(age), d->channel.at[i]};
        one.len++;
    }
    c->at.at[c->at.len++] = one;
    return HW_OK;
}

void hw__cases_free(hw__cases *c) {
    HW__VEC_FREE(&c->alloc, &c->at);
    HW__VEC_FREE(&c->alloc, &c->terms);
}

int64_t hw__watched_until(const hw_dataset *d) {
    int64_t last = d->journeys.len ? d->journeys.at[0].at : 0;
    for (size_t i = 1; i < d->journeys.len; i++)
        if (d->journeys.at[i].at > last) last = d->journeys.at[i].at;
    return last;
}

bool hw__follows(const hw_dataset *d, const hw__djourney *j) {
    if (d->columns.kind != HW_DATASET_TOUCHES || j == d->journeys.at) return false;
    /* A journey before without touches may be another visitor's: it leaves nothing to follow. */
    const hw__djourney *before = j - 1;
    return before->len && before->conversions && j->conversions && before->from == j->from;
}

bool hw__is_tail(const hw_dataset *d, const hw__djourney *j) {
    return d->columns.kind == HW_DATASET_TOUCHES && !j->conversions && j->len &&
           !(d->interaction.at[j->from] & HW__FIRST);
}

static size_t first_of(const hw_dataset *d, const hw__djourney *j) {
    return j->from + (d->windows.reset && hw__follows(d, j) ? j[-1].len : 0);
}

hw_status hw__each_moment(const hw_dataset *d, hw__moment_fn take, void *ctx) {
    size_t bytes = (d->journeys.len + 1) * sizeof(int64_t), waits = 0, next = 0;
    int64_t *wait = d->alloc.alloc(d->alloc.ctx, bytes), until = hw__watched_until(d);
    if (!wait) return HW_E_NOMEM;
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (j->conversions && j->len) wait[waits++] = j->at - d->at.at[j->from];
    }
    hw_status s = HW_OK;
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        size_t first = first_of(d, j), end = j->from + j->len;
        if (j->conversions || j->value) s = take(ctx, d, j, first, end, j->at, true);
        if (!j->nulls || !j->len || !waits) continue;
        int64_t start = d->at.at[first],
                stop = d->columns.kind == HW_DATASET_TOUCHES ? until : j->at;
        for (int k = 0; k < TRIES && s == HW_OK; k++) {
            int64_t at = start + wait[next];
            next = next + 1 < waits ? next + 1 : 0;
            if (at > stop) continue;
            while (end > first && d->at.at[end - 1] > at) end--;
            s = take(ctx, d, j, first, end, at, false);
            break;
        }
    }
    d->alloc.free(d->alloc.ctx, wait, bytes);
    return s;
}
