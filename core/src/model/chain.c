#include "model/chain.h"

void hw__chain_init(hw__chain *c, const hw_allocator *alloc, uint32_t order, bool loops) {
    memset(c, 0, sizeof *c);
    c->alloc = *alloc;
    c->order = order;
    c->loops = loops;
}

void hw__chain_free(hw__chain *c) {
    hw__dense_free(c);
    HW__VEC_FREE(&c->alloc, &c->states);
    HW__VEC_FREE(&c->alloc, &c->arcs);
    c->alloc.free(c->alloc.ctx, c->state_slots, c->nstate_slots * sizeof *c->state_slots);
    c->alloc.free(c->alloc.ctx, c->edges, c->nedge_slots * sizeof *c->edges);
}

static bool same_tuple(const hw__state *s, const uint16_t *channel, size_t len) {
    return s->len == len && memcmp(s->channel, channel, len * sizeof *channel) == 0;
}

static size_t seek_state(const hw__chain *c, const uint16_t *channel, size_t len) {
    size_t i = (size_t)hw__hash64(channel, len * sizeof *channel, len) & (c->nstate_slots - 1);
    while (c->state_slots[i] && !same_tuple(&c->states.at[c->state_slots[i] - 1], channel, len))
        i = (i + 1) & (c->nstate_slots - 1);
    return i;
}

static hw_status grow_states(hw__chain *c) {
    size_t n = c->nstate_slots ? c->nstate_slots * 2 : 64;
    uint32_t *slots = c->alloc.alloc(c->alloc.ctx, n * sizeof *slots);
    if (!slots) return HW_E_NOMEM;
    memset(slots, 0, n * sizeof *slots);
    c->alloc.free(c->alloc.ctx, c->state_slots, c->nstate_slots * sizeof *slots);
    c->state_slots = slots;
    c->nstate_slots = n;
    for (size_t s = 0; s < c->states.len; s++) {
        const hw__state *state = &c->states.at[s];
        slots[seek_state(c, state->channel, state->len)] = (uint32_t)s + 1;
    }
    return HW_OK;
}

static hw_status put_state(hw__chain *c, const uint16_t *channel, size_t len, uint32_t *id) {
    if (c->states.len * 2 >= c->nstate_slots) HW__TRY(grow_states(c));
    size_t slot = seek_state(c, channel, len);
    if (!c->state_slots[slot]) {
        if (c->states.len >= (size_t)1 << 31) return HW_E_LIMIT;
        HW__TRY(HW__RESERVE(&c->alloc, &c->states, c->states.len + 1));
        hw__state *s = &c->states.at[c->states.len++];
        memset(s, 0, sizeof *s);
        memcpy(s->channel, channel, len * sizeof *channel);
        s->len = (uint8_t)len;
        c->state_slots[slot] = (uint32_t)c->states.len;
    }
    *id = c->state_slots[slot] - 1;
    return HW_OK;
}

static inline size_t edge_home(uint64_t key, size_t n) {
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (n - 1);
}

static hw__edge *seek_edge(const hw__chain *c, uint64_t key) {
    size_t i = edge_home(key, c->nedge_slots);
    while (c->edges[i].key && c->edges[i].key != key) i = (i + 1) & (c->nedge_slots - 1);
    return &c->edges[i];
}

static hw_status grow_edges(hw__chain *c) {
    size_t old = c->nedge_slots, n = old ? old * 2 : 256;
    hw__edge *before = c->edges;
    hw__edge *edges = c->alloc.alloc(c->alloc.ctx, n * sizeof *edges);
    if (!edges) return HW_E_NOMEM;
    memset(edges, 0, n * sizeof *edges);
    c->edges = edges;
    c->nedge_slots = n;
    for (size_t i = 0; i < old; i++)
        if (before[i].key) *seek_edge(c, before[i].key) = before[i];
    c->alloc.free(c->alloc.ctx, before, old * sizeof *before);
    return HW_OK;
}

/* The window moves on by the touch path[at]; its states are found once per edge. */
static hw_status follow(hw__chain *c, uint32_t from, const uint16_t *path, size_t at,
                        hw__edge **edge) {
    uint64_t key = ((uint64_t)from << 16 | path[at]) + 1;
    if (c->nedge_slots) {
        *edge = seek_edge(c, key);
        if ((*edge)->key) return HW_OK;
    }
    if (c->nedges * 2 >= c->nedge_slots) HW__TRY(grow_edges(c));
    uint32_t to;
    HW__TRY(put_state(c, path + at + 1 - c->order, c->order, &to));
    *edge = seek_edge(c, key);
    **edge = (hw__edge){key, to, 0};
    c->nedges++;
    return HW_OK;
}

static hw_status add_ends(hw__state *s, int64_t start, int64_t conversions, int64_t nulls,
                          int64_t value) {
    bool over = __builtin_add_overflow(s->start, start, &s->start);
    over |= __builtin_add_overflow(s->conversions, conversions, &s->conversions);
    over |= __builtin_add_overflow(s->nulls, nulls, &s->nulls);
    over |= __builtin_add_overflow(s->value, value, &s->value);
    return over ? HW_E_OVERFLOW : HW_OK;
}

hw_status hw__chain_add(hw__chain *c, const uint16_t *path, size_t len, int64_t conversions,
                        int64_t nulls, int64_t value) {
    int64_t weight;
    if (__builtin_add_overflow(conversions, nulls, &weight)) return HW_E_OVERFLOW;
    if (c->dense && len >= c->order && weight)
        return hw__dense_add(c, path, len, weight, conversions, nulls, value);
    size_t head = len < c->order ? len : c->order;
    uint32_t at;
    HW__TRY(put_state(c, path, head, &at));
    HW__TRY(add_ends(&c->states.at[at], weight, 0, 0, 0));
    for (size_t i = head; i < len; i++) {
        hw__edge *edge;
        HW__TRY(follow(c, at, path, i, &edge));
        if (edge->to == at && !c->loops) continue;
        if (__builtin_add_overflow(edge->weight, weight, &edge->weight)) return HW_E_OVERFLOW;
        at = edge->to;
    }
    return add_ends(&c->states.at[at], 0, conversions, nulls, value);
}

hw_status hw__chain_put_ends(hw__chain *c, const uint16_t *state, int64_t start,
                             int64_t conversions, int64_t nulls, int64_t value) {
    uint32_t at;
    HW__TRY(put_state(c, state, c->order, &at));
    return add_ends(&c->states.at[at], start, conversions, nulls, value);
}

hw_status hw__chain_put_step(hw__chain *c, const uint16_t *path, int64_t weight) {
    uint32_t from;
    hw__edge *edge;
    HW__TRY(put_state(c, path, c->order, &from));
    HW__TRY(follow(c, from, path, c->order, &edge));
    return __builtin_add_overflow(edge->weight, weight, &edge->weight) ? HW_E_OVERFLOW : HW_OK;
}

/* States in the order of their channels, not of their discovery: sums over them then come out the
 * same bits whatever the order of the rows. */
static bool before(const void *ctx, uint32_t x, uint32_t y) {
    const hw__state *a = (const hw__state *)ctx + x, *b = (const hw__state *)ctx + y;
    for (int i = 0; i < a->len && i < b->len; i++)
        if (a->channel[i] != b->channel[i]) return a->channel[i] < b->channel[i];
    return a->len < b->len;
}

static hw_status order_states(hw__chain *c) {
    hw__arena arena;
    hw__arena_init(&arena, &c->alloc);
    size_t n = c->states.len;
    uint32_t *order = hw__arena_array(&arena, n, sizeof *order);
    uint32_t *place = hw__arena_array(&arena, n, sizeof *place);
    hw__state *old = hw__arena_array(&arena, n, sizeof *old);
    if (order && place && old && n) {
        memcpy(old, c->states.at, n * sizeof *old);
        for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
        hw__sort(order, n, before, old);
        for (size_t i = 0; i < n; i++) {
            c->states.at[i] = old[order[i]];
            place[order[i]] = (uint32_t)i;
        }
        for (size_t i = 0; i < c->nedge_slots; i++) {
            hw__edge *e = &c->edges[i];
            if (!e->key) continue;
            e->key = ((uint64_t)place[(e->key - 1) >> 16] << 16 | ((e->key - 1) & 0xffff)) + 1;
            e->to = place[e->to];
        }
    }
    hw__arena_free(&arena);
    return order && place && old ? HW_OK : HW_E_NOMEM;
}

hw_status hw__chain_close(hw__chain *c) {
    HW__TRY(hw__dense_flush(c));
    HW__TRY(order_states(c));
    uint32_t total = 0;
    for (size_t i = 0; i < c->nedge_slots; i++)
        if (c->edges[i].weight) c->states.at[(c->edges[i].key - 1) >> 16].count++;
    for (size_t s = 0; s < c->states.len; s++) {
        c->states.at[s].first = total;
        total += c->states.at[s].count;
        c->states.at[s].count = 0;
    }
    HW__TRY(HW__RESERVE(&c->alloc, &c->arcs, total));
    c->arcs.len = total;
    for (size_t i = 0; i < c->nedge_slots; i++) {
        if (!c->edges[i].weight) continue;
        hw__state *s = &c->states.at[(c->edges[i].key - 1) >> 16];
        /* Sorted by where they lead: the sums of the solver then do not depend on the table's size.
         */
        hw__arc *list = c->arcs.at + s->first;
        uint32_t k = s->count++;
        for (; k && list[k - 1].to > c->edges[i].to; k--) list[k] = list[k - 1];
        list[k] = (hw__arc){c->edges[i].to, (double)c->edges[i].weight};
    }
    return HW_OK;
}
