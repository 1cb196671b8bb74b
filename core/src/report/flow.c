#include "report/flow.h"

static void add(hw__amounts *to, const hw__amounts *a) {
    to->conversions += a->conversions;
    to->value += a->value;
    to->nulls += a->nulls;
}

static int64_t journeys(const hw__amounts *a) {
    return a->conversions + a->nulls;
}

/* A row of paths may stand for buyers and others; each kind counts by itself. */
static hw__amounts counted(const hw__djourney *j, hw__flow_of of) {
    bool sales = of != HW__FLOW_NO_SALES, others = of != HW__FLOW_SALES;
    return (hw__amounts){sales ? j->conversions : 0, sales ? j->value : 0, others ? j->nulls : 0};
}

typedef struct work {
    hw__flow *f;
    hw_dataset *d;
    hw__eval e;
    uint32_t *place;    /* by channel */
    hw__amounts *cells; /* [step][from][to]; the last step leads to the ends */
    size_t width;       /* places, the ends among them */
} work;

/* The journeys that count, one after the other: fn gets the touches shown. */
typedef void (*each_fn)(work *w, const uint16_t *channel, size_t len, size_t whole,
                        const hw__amounts *amounts);

static void each(work *w, hw__flow_of of, each_fn fn) {
    for (size_t i = 0; i < w->d->journeys.len; i++) {
        const hw__djourney *j = &w->d->journeys.at[i];
        hw__amounts amounts = counted(j, of);
        if (!journeys(&amounts)) continue;
        if (!j->conversions && !hw__has_touch(w->d, j)) continue; /* nobody was reached */
        hw_path p = hw__eval_path(w->d, j, &w->e);
        size_t len = p.len < w->f->steps ? p.len : w->f->steps;
        fn(w, p.channel + (p.len - len), len, p.len, &amounts);
    }
}

static void count_channels(work *w, const uint16_t *channel, size_t len, size_t whole,
                           const hw__amounts *amounts) {
    (void)whole;
    for (size_t i = 0; i < len; i++) add(&w->cells[channel[i]], amounts);
}

static void choose(work *w, uint32_t want) {
    hw__flow *f = w->f;
    size_t channels = w->d->channels.strs.len;
    while (f->shown_count < want) {
        uint32_t best = UINT32_MAX;
        for (uint32_t c = 0; c < channels; c++)
            if (journeys(&w->cells[c]) > 0 &&
                (best == UINT32_MAX || journeys(&w->cells[c]) > journeys(&w->cells[best])))
                best = c;
        if (best == UINT32_MAX) break;
        w->cells[best] = (hw__amounts){0, 0, 0};
        f->shown[f->shown_count++] = best;
    }
    for (uint32_t c = 0; c < channels; c++) w->place[c] = f->shown_count;
    for (uint32_t i = 0; i < f->shown_count; i++) w->place[f->shown[i]] = i;
}

static hw__amounts *cell(const work *w, size_t step, size_t from, size_t to) {
    return &w->cells[(step * w->width + from) * w->width + to];
}

static void count_steps(work *w, const uint16_t *channel, size_t len, size_t whole,
                        const hw__amounts *a) {
    hw__flow *f = w->f;
    add(&f->all, a);
    if (whole > len) add(&f->cut, a);
    for (size_t i = 0, column = f->steps - len; i < len; i++, column++) {
        uint32_t at = w->place[channel[i]];
        add(&f->nodes.at[column * (f->shown_count + 1) + at], a);
        if (i + 1 < len) {
            add(cell(w, column, at, w->place[channel[i + 1]]), a);
            continue;
        }
        const hw__amounts sale = {a->conversions, a->value, 0}, none = {0, 0, a->nulls};
        add(cell(w, column, at, hw__flow_sale(f)), &sale);
        add(cell(w, column, at, hw__flow_no_sale(f)), &none);
    }
}

/* Among the links from `first` on, the greatest `most` of a step stay, in order. */
static hw_status keep_link(hw__flow *f, size_t first, size_t most, const hw__flow_link *link) {
    size_t n = f->links.len - first;
    hw__flow_link *at = f->links.at + first;
    if (n == most && (!n || journeys(&at[n - 1].amounts) >= journeys(&link->amounts))) return HW_OK;
    if (n < most) {
        HW__TRY(HW__RESERVE(&f->alloc, &f->links, f->links.len + 1));
        at = f->links.at + first;
        f->links.len++;
        n++;
    }
    size_t k = n - 1;
    for (; k && journeys(&at[k - 1].amounts) < journeys(&link->amounts); k--) at[k] = at[k - 1];
    at[k] = *link;
    return HW_OK;
}

static hw_status collect(work *w, size_t most) {
    hw__flow *f = w->f;
    for (uint32_t step = 0; step < f->steps; step++) {
        size_t first = f->links.len;
        size_t keep = step + 1 < f->steps ? most : w->width * w->width; /* the ends are all told */
        for (uint32_t from = 0; from <= f->shown_count; from++)
            for (uint32_t to = 0; to < w->width; to++) {
                hw__flow_link link = {step, from, to, *cell(w, step, from, to)};
                if (journeys(&link.amounts) <= 0) continue;
                add(&f->rest[step], &link.amounts);
                f->rest_count[step]++;
                HW__TRY(keep_link(f, first, keep, &link));
            }
        for (size_t i = first; i < f->links.len; i++) {
            const hw__amounts *told = &f->links.at[i].amounts;
            f->rest[step].conversions -= told->conversions;
            f->rest[step].value -= told->value;
            f->rest[step].nulls -= told->nulls;
            f->rest_count[step]--;
        }
    }
    return HW_OK;
}

static hw_status count(work *w, hw__flow_of of, uint32_t channels, uint32_t links,
                       hw__arena *arena) {
    hw__flow *f = w->f;
    size_t known = w->d->channels.strs.len;
    w->place = hw__arena_array(arena, known, sizeof *w->place);
    w->cells = hw__arena_array(arena, known, sizeof *w->cells);
    if (!w->place || !w->cells) return HW_E_NOMEM;
    memset(w->cells, 0, known * sizeof *w->cells);
    each(w, of, count_channels);
    choose(w, channels);
    w->width = f->shown_count + 3;
    size_t cells = f->steps * w->width * w->width, nodes = f->steps * (f->shown_count + 1u);
    w->cells = hw__arena_array(arena, cells, sizeof *w->cells);
    if (!w->cells) return HW_E_NOMEM;
    memset(w->cells, 0, cells * sizeof *w->cells);
    HW__TRY(HW__RESERVE(&f->alloc, &f->nodes, nodes));
    memset(f->nodes.at, 0, nodes * sizeof *f->nodes.at);
    f->nodes.len = nodes;
    each(w, of, count_steps);
    return collect(w, links);
}

hw_status hw__flow_count(hw_dataset *d, hw__flow_of of, uint32_t steps, uint32_t channels,
                         uint32_t links, hw__flow *f) {
    *f = (hw__flow){.alloc = d->alloc, .steps = steps};
    if (!d->finished) return HW_E_STATE;
    if (steps < 2 || steps > HW__FLOW_STEPS_MAX || channels < 1 ||
        channels > HW__FLOW_CHANNELS_MAX || (unsigned)of > HW__FLOW_NO_SALES)
        return HW_E_ARG;
    work w = {.f = f, .d = d};
    HW__TRY(hw__eval_init(&w.e, d, NULL));
    hw__arena arena;
    hw__arena_init(&arena, &d->alloc);
    hw_status s = count(&w, of, channels, links, &arena);
    hw__arena_free(&arena);
    hw__eval_free(&w.e);
    return s;
}

void hw__flow_free(hw__flow *f) {
    HW__VEC_FREE(&f->alloc, &f->nodes);
    HW__VEC_FREE(&f->alloc, &f->links);
}
