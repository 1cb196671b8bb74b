/* A Markov chain of order k, counted from journeys in whole numbers, so that order does not matter.
 */
#ifndef HW__CHAIN_H
#define HW__CHAIN_H

#include "base/internal.h"

typedef struct hw__state {
    uint16_t channel[HW_MARKOV_ORDER_MAX];
    uint8_t len;                /* a path shorter than the order is one state, its whole tuple */
    int64_t start;              /* journeys that begin here, micros of conversions and nulls */
    int64_t conversions, nulls; /* that end here */
    int64_t value;
    uint32_t first, count; /* its edges, once the chain is closed */
} hw__state;

typedef struct hw__edge {
    uint64_t key; /* from << 16 | channel, plus 1; 0: a free slot */
    uint32_t to;
    int64_t weight;
} hw__edge;

/* An edge as the solver wants it. */
typedef struct hw__arc {
    uint32_t to;
    double weight;
} hw__arc;

typedef struct hw__dense hw__dense; /* chain_dense.c */

typedef struct hw__chain {
    hw_allocator alloc;
    uint32_t order;
    bool loops;
    HW__VEC(hw__state) states;
    uint32_t *state_slots; /* state + 1, 0: free */
    size_t nstate_slots;
    hw__edge *edges; /* open addressing */
    size_t nedge_slots, nedges;
    hw__dense *dense;      /* NULL: none */
    HW__VEC(hw__arc) arcs; /* by state, in the order of the states they lead to */
} hw__chain;

void hw__chain_init(hw__chain *c, const hw_allocator *alloc, uint32_t order, bool loops);
void hw__chain_free(hw__chain *c);
/* Counts in a plain table where `channels` is small enough; answers stay the same. On an error the
 * chain can still be freed. */
hw_status hw__dense_create(hw__chain *c, size_t channels);
/* One journey; weights in micros. */
hw_status hw__chain_add(hw__chain *c, const uint16_t *path, size_t len, int64_t conversions,
                        int64_t nulls, int64_t value);
/* No more journeys: puts the states in order and lays out the arcs. Nothing can be added after. */
hw_status hw__chain_close(hw__chain *c);

/* ---- between chain.c and chain_dense.c ---- */

void hw__dense_free(hw__chain *c);
/* A path of `order` touches and more; weight: conversions and nulls. */
hw_status hw__dense_add(hw__chain *c, const uint16_t *path, size_t len, int64_t weight,
                        int64_t conversions, int64_t nulls, int64_t value);
/* Moves what was counted to the tables of states and edges. */
hw_status hw__dense_flush(hw__chain *c);
/* `order` channels: adds to their state. */
hw_status hw__chain_put_ends(hw__chain *c, const uint16_t *state, int64_t start,
                             int64_t conversions, int64_t nulls, int64_t value);
/* `order` channels and the one that follows: adds to the edge. */
hw_status hw__chain_put_step(hw__chain *c, const uint16_t *path, int64_t weight);

static inline bool hw__state_holds(const hw__state *s, uint16_t channel) {
    for (int i = 0; i < s->len; i++)
        if (s->channel[i] == channel) return true;
    return false;
}

/*
 * The chance of a conversion, and the mean value, from the start of a chain whose states that hold
 * `without` lead to null (UINT32_MAX: none do).
 * @return HW_E_LIMIT when the chain is so nearly endless that no answer to 1e-13 was reached
 */
hw_status hw__chain_solve(const hw__chain *c, uint32_t without, double *probability, double *value);

#endif
