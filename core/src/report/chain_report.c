#include "report/chain_report.h"

/* Sweeps until nothing moves by more than this part of a journey. */
#define STILL 1e-13
enum { SWEEPS_MAX = 20000 };

double hw__state_total(const hw__chain *c, const hw__state *s) {
    double total = (double)s->conversions + (double)s->nulls;
    for (uint32_t k = 0; k < s->count; k++) total += c->arcs.at[s->first + k].weight;
    return total;
}

static bool removed(const hw__state *s, uint32_t without) {
    return without <= UINT16_MAX && hw__state_holds(s, (uint16_t)without);
}

/* Mean visits of each state: walks are pushed on until all have ended. */
static hw_status visit(const hw__chain *c, uint32_t without, double *visits, double *now,
                       double *next) {
    size_t n = c->states.len;
    double all = 0;
    for (size_t s = 0; s < n; s++) all += (double)c->states.at[s].start;
    for (size_t s = 0; s < n; s++) {
        now[s] = all > 0 ? (double)c->states.at[s].start / all : 0;
        visits[s] = 0;
    }
    for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
        double moving = 0;
        for (size_t s = 0; s < n; s++) next[s] = 0;
        for (size_t s = 0; s < n; s++) {
            const hw__state *state = &c->states.at[s];
            visits[s] += now[s];
            double total = hw__state_total(c, state);
            if (removed(state, without) || !(total > 0)) continue;
            for (uint32_t k = 0; k < state->count; k++) {
                const hw__arc *arc = &c->arcs.at[state->first + k];
                double step = now[s] * (arc->weight / total);
                next[arc->to] += step;
                moving += step;
            }
        }
        if (!(moving > STILL)) return HW_OK;
        double *swap = now;
        now = next;
        next = swap;
    }
    return HW_E_LIMIT;
}

static uint16_t last_channel(const hw__state *s) {
    return s->channel[s->len - 1];
}

/* The busiest channels of the chain as it is, so that a removal changes no places. */
static void choose(hw__chain_report *r, const double *whole, uint32_t want, double *busy) {
    for (size_t c = 0; c < r->channels; c++) busy[c] = 0;
    for (size_t s = 0; s < r->states; s++) busy[last_channel(&r->chain.states.at[s])] += whole[s];
    while (r->shown_count < want) {
        uint32_t best = UINT32_MAX;
        for (uint32_t c = 0; c < r->channels; c++)
            if (busy[c] > 0 && (best == UINT32_MAX || busy[c] > busy[best])) best = c;
        if (best == UINT32_MAX) break;
        busy[best] = 0;
        r->shown[r->shown_count++] = best;
    }
}

static uint32_t place(const hw__chain_report *r, uint32_t channel) {
    for (uint32_t i = 0; i < r->shown_count; i++)
        if (r->shown[i] == channel) return i;
    return r->shown_count;
}

static void gather(hw__chain_report *r, uint32_t without) {
    const hw__chain *c = &r->chain;
    double all = 0;
    for (size_t s = 0; s < r->states; s++) all += (double)c->states.at[s].start;
    for (size_t s = 0; s < r->states && all > 0; s++) {
        const hw__state *state = &c->states.at[s];
        uint32_t at = place(r, last_channel(state));
        double total = hw__state_total(c, state);
        r->start[at] += (double)state->start / all;
        if (removed(state, without)) {
            r->lost += r->visits[s];
            continue;
        }
        if (!(total > 0)) continue;
        r->conversion[at] += r->visits[s] * ((double)state->conversions / total);
        r->null[at] += r->visits[s] * ((double)state->nulls / total);
        for (uint32_t k = 0; k < state->count; k++) {
            const hw__arc *arc = &c->arcs.at[state->first + k];
            r->flow[at][place(r, last_channel(&c->states.at[arc->to]))] +=
                r->visits[s] * (arc->weight / total);
        }
    }
}

static hw_status fill(hw__chain_report *r, uint32_t without, uint32_t shown, hw__arena *arena) {
    size_t n = r->states;
    double *now = hw__arena_array(arena, n, sizeof *now),
           *next = hw__arena_array(arena, n, sizeof *next),
           *busy = hw__arena_array(arena, r->channels, sizeof *busy);
    if (!now || !next || !busy) return HW_E_NOMEM;
    HW__TRY(
        hw__markov_effects(&r->chain, r->channels, &r->probability, r->effect, r->value_effect));
    HW__TRY(visit(&r->chain, UINT32_MAX, r->visits, now, next));
    choose(r, r->visits, shown, busy);
    r->without = r->probability;
    if (without != UINT32_MAX) {
        double worth;
        HW__TRY(hw__chain_solve(&r->chain, without, &r->without, &worth));
        HW__TRY(visit(&r->chain, without, r->visits, now, next));
    }
    gather(r, without);
    return HW_OK;
}

hw_status hw__chain_report_make(hw_dataset *d, const hw_model_params *params, uint32_t without,
                                uint32_t shown, hw__chain_report *r) {
    *r = (hw__chain_report){.alloc = d->alloc, .channels = d->channels.strs.len};
    if (shown < 1 || shown > HW__CHAIN_SHOWN_MAX) return HW_E_ARG;
    if (without != UINT32_MAX && without >= r->channels) return HW_E_ARG;
    HW__TRY(hw_model_check(params));
    hw_status counted = hw__markov_chain(d, params, &r->chain);
    if (counted != HW_OK) {
        r->chain = (hw__chain){.order = 0}; /* it is freed */
        return counted;
    }
    r->states = r->chain.states.len;
    r->effect = d->alloc.alloc(d->alloc.ctx, (r->channels + 1) * sizeof(double));
    r->value_effect = d->alloc.alloc(d->alloc.ctx, (r->channels + 1) * sizeof(double));
    r->visits = d->alloc.alloc(d->alloc.ctx, (r->states + 1) * sizeof(double));
    if (!r->effect || !r->value_effect || !r->visits) return HW_E_NOMEM;
    hw__arena arena;
    hw__arena_init(&arena, &d->alloc);
    hw_status s = fill(r, without, shown, &arena);
    hw__arena_free(&arena);
    return s;
}

void hw__chain_report_free(hw__chain_report *r) {
    const hw_allocator *a = &r->alloc;
    if (r->effect) a->free(a->ctx, r->effect, (r->channels + 1) * sizeof(double));
    if (r->value_effect) a->free(a->ctx, r->value_effect, (r->channels + 1) * sizeof(double));
    if (r->visits) a->free(a->ctx, r->visits, (r->states + 1) * sizeof(double));
    if (r->chain.alloc.free) hw__chain_free(&r->chain);
}
