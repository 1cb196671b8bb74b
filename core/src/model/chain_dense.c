/* Counting in a plain table, for few channels: where a step leads is arithmetic, so that one step
 * does not wait for another's answer from memory. What it counts, hw__chain_close() moves to the
 * hash tables; tests compare the two. */
#include "model/chain.h"

enum { DENSE_BITS = 18 }; /* of the table of steps: 2^18 times 8 bytes at most */

typedef struct ends {
    int64_t start, conversions, nulls, value;
} ends;

struct hw__dense {
    uint32_t bits; /* of a channel */
    uint32_t mask; /* of a state: order times bits */
    int64_t *step; /* by state << bits | channel */
    ends *state;
};

static size_t states_of(const hw__dense *t) {
    return (size_t)t->mask + 1;
}

hw_status hw__dense_create(hw__chain *c, size_t channels) {
    uint32_t bits = 1;
    while (channels >> bits) bits++;
    if (bits * (c->order + 1) > DENSE_BITS) return HW_OK;
    hw__dense *t = c->alloc.alloc(c->alloc.ctx, sizeof *t);
    if (!t) return HW_E_NOMEM;
    *t = (hw__dense){.bits = bits, .mask = (UINT32_C(1) << bits * c->order) - 1};
    c->dense = t;
    size_t n = states_of(t);
    t->step = c->alloc.alloc(c->alloc.ctx, (n << bits) * sizeof *t->step);
    t->state = c->alloc.alloc(c->alloc.ctx, n * sizeof *t->state);
    if (!t->step || !t->state) return HW_E_NOMEM;
    memset(t->step, 0, (n << bits) * sizeof *t->step);
    memset(t->state, 0, n * sizeof *t->state);
    return HW_OK;
}

void hw__dense_free(hw__chain *c) {
    hw__dense *t = c->dense;
    if (!t) return;
    c->alloc.free(c->alloc.ctx, t->step, (states_of(t) << t->bits) * sizeof *t->step);
    c->alloc.free(c->alloc.ctx, t->state, states_of(t) * sizeof *t->state);
    c->alloc.free(c->alloc.ctx, t, sizeof *t);
    c->dense = NULL;
}

hw_status hw__dense_add(hw__chain *c, const uint16_t *path, size_t len, int64_t weight,
                        int64_t conversions, int64_t nulls, int64_t value) {
    const hw__dense *t = c->dense;
    uint32_t at = 0;
    size_t i = 0;
    for (; i < c->order; i++) at = at << t->bits | path[i];
    bool over = __builtin_add_overflow(t->state[at].start, weight, &t->state[at].start);
    for (; i < len; i++) {
        uint32_t to = (at << t->bits | path[i]) & t->mask;
        int64_t *step = &t->step[(size_t)at << t->bits | path[i]];
        if (to == at && !c->loops) continue;
        over |= __builtin_add_overflow(*step, weight, step);
        at = to;
    }
    ends *end = &t->state[at];
    over |= __builtin_add_overflow(end->conversions, conversions, &end->conversions);
    over |= __builtin_add_overflow(end->nulls, nulls, &end->nulls);
    over |= __builtin_add_overflow(end->value, value, &end->value);
    return over ? HW_E_OVERFLOW : HW_OK;
}

/* The channels of a state, oldest first, and one step's behind them. */
static void unpack(const hw__chain *c, uint32_t state, uint32_t step, uint16_t *to) {
    uint32_t bits = c->dense->bits;
    to[c->order] = (uint16_t)step;
    for (uint32_t i = c->order; i--; state >>= bits)
        to[i] = (uint16_t)(state & ((UINT32_C(1) << bits) - 1));
}

hw_status hw__dense_flush(hw__chain *c) {
    const hw__dense *t = c->dense;
    if (!t) return HW_OK;
    uint16_t path[HW_MARKOV_ORDER_MAX + 1];
    for (uint32_t s = 0; s <= t->mask; s++) {
        const ends *e = &t->state[s];
        unpack(c, s, 0, path);
        if (e->start || e->conversions || e->nulls || e->value)
            HW__TRY(hw__chain_put_ends(c, path, e->start, e->conversions, e->nulls, e->value));
        for (uint32_t k = 0; k >> t->bits == 0; k++) {
            int64_t weight = t->step[(size_t)s << t->bits | k];
            path[c->order] = (uint16_t)k;
            if (weight) HW__TRY(hw__chain_put_step(c, path, weight));
        }
    }
    return HW_OK;
}
