#include "ledger/ledger.h"

hw_status hw_ledger_create(const hw_allocator *alloc, uint64_t shard, hw_ledger **out) {
    hw_ledger *l = alloc->alloc(alloc->ctx, sizeof *l);
    if (!l) return HW_E_NOMEM;
    memset(l, 0, sizeof *l);
    l->alloc = *alloc;
    hw__intern_init(&l->strings, alloc);
    hw__intern_init(&l->tuples, alloc);
    size_t own;
    hw_status s = hw__ledger_part(l, shard, &own);
    if (s != HW_OK) {
        hw_ledger_destroy(l);
        return s;
    }
    *out = l;
    return HW_OK;
}

void hw__ledger_part_clear(hw_ledger *l, hw__lpart *p) {
    HW__VEC_FREE(&l->alloc, &p->rows);
    l->alloc.free(l->alloc.ctx, p->slots, p->nslots * sizeof *p->slots);
    p->slots = NULL;
    p->nslots = 0;
}

void hw_ledger_destroy(hw_ledger *l) {
    if (!l) return;
    hw_allocator a = l->alloc;
    for (size_t i = 0; i < l->parts.len; i++) hw__ledger_part_clear(l, &l->parts.at[i]);
    HW__VEC_FREE(&a, &l->parts);
    hw__intern_free(&l->strings);
    hw__intern_free(&l->tuples);
    a.free(a.ctx, l, sizeof *l);
}

void hw_ledger_clear(hw_ledger *l) {
    for (size_t i = 0; i < l->parts.len; i++) {
        hw__lpart *p = &l->parts.at[i];
        p->rows.len = 0;
        if (p->nslots) memset(p->slots, 0, p->nslots * sizeof *p->slots);
    }
}

void hw_ledger_set_sequence(hw_ledger *l, uint64_t sequence) {
    l->parts.at[0].sequence = sequence;
}

hw_status hw__ledger_part(hw_ledger *l, uint64_t shard, size_t *index) {
    for (size_t i = 0; i < l->parts.len; i++)
        if (l->parts.at[i].shard == shard) {
            *index = i;
            return HW_OK;
        }
    HW__TRY(HW__RESERVE(&l->alloc, &l->parts, l->parts.len + 1));
    hw__lpart *p = &l->parts.at[l->parts.len];
    memset(p, 0, sizeof *p);
    p->shard = shard;
    *index = l->parts.len++;
    return HW_OK;
}

static bool same_key(const hw__lrow *a, const hw__lrow *b) {
    return a->day == b->day && a->basis == b->basis && a->action == b->action &&
           a->model == b->model && a->source == b->source;
}

static size_t seek(const hw__lpart *p, const hw__lrow *row) {
    uint32_t key[] = {(uint32_t)row->day, row->basis, row->action, row->model, row->source};
    size_t i = (size_t)hw__hash64(key, sizeof key, 1) & (p->nslots - 1);
    while (p->slots[i] && !same_key(&p->rows.at[p->slots[i] - 1], row))
        i = (i + 1) & (p->nslots - 1);
    return i;
}

static hw_status grow(hw_ledger *l, hw__lpart *p) {
    size_t n = p->nslots ? p->nslots * 2 : 32;
    uint32_t *slots = l->alloc.alloc(l->alloc.ctx, n * sizeof *slots);
    if (!slots) return HW_E_NOMEM;
    memset(slots, 0, n * sizeof *slots);
    l->alloc.free(l->alloc.ctx, p->slots, p->nslots * sizeof *p->slots);
    p->slots = slots;
    p->nslots = n;
    for (size_t r = 0; r < p->rows.len; r++) p->slots[seek(p, &p->rows.at[r])] = (uint32_t)r + 1;
    return HW_OK;
}

hw_status hw__ledger_put(hw_ledger *l, hw__lpart *p, const hw__lrow *row) {
    if (p->rows.len * 2 >= p->nslots) HW__TRY(grow(l, p));
    size_t slot = seek(p, row);
    if (!p->slots[slot]) {
        if (p->rows.len >= UINT32_MAX - 1) return HW_E_LIMIT;
        HW__TRY(HW__RESERVE(&l->alloc, &p->rows, p->rows.len + 1));
        p->rows.at[p->rows.len++] = *row;
        p->slots[slot] = (uint32_t)p->rows.len;
        return HW_OK;
    }
    hw__lrow *to = &p->rows.at[p->slots[slot] - 1];
    int64_t conversions, value;
    if (__builtin_add_overflow(to->conversions, row->conversions, &conversions) ||
        __builtin_add_overflow(to->value, row->value, &value))
        return HW_E_OVERFLOW;
    to->conversions = conversions;
    to->value = value;
    return HW_OK;
}

hw_status hw__ledger_tuple(hw_ledger *l, const hw__ltuple *tuple, uint32_t *id) {
    return hw__intern_put(&l->tuples, (hw_str){(const char *)tuple, sizeof *tuple}, id);
}

static hw_status intern_source(hw_ledger *l, const hw_source *s, uint32_t *id) {
    const hw_str fields[6] = {s->channel, s->source, s->medium, s->campaign, s->term, s->content};
    hw__ltuple t;
    for (int i = 0; i < 6; i++) HW__TRY(hw__intern_put(&l->strings, fields[i], &t.str[i]));
    return hw__ledger_tuple(l, &t, id);
}

hw_status hw_ledger_add(hw_ledger *l, const hw_ledger_row *row) {
    hw__lrow r = {
        .day = row->day, .basis = row->basis, .conversions = row->conversions, .value = row->value};
    HW__TRY(hw__intern_put(&l->strings, row->action, &r.action));
    HW__TRY(hw__intern_put(&l->strings, row->model, &r.model));
    HW__TRY(intern_source(l, &row->source, &r.source));
    return hw__ledger_put(l, &l->parts.at[0], &r);
}

size_t hw_ledger_count(const hw_ledger *l) {
    size_t n = 0;
    for (size_t i = 0; i < l->parts.len; i++) n += l->parts.at[i].rows.len;
    return n;
}

void hw_ledger_row_at(const hw_ledger *l, size_t i, hw_ledger_row *out) {
    const hw__lpart *p = l->parts.at;
    for (; i >= p->rows.len; p++) i -= p->rows.len;
    const hw__lrow *r = &p->rows.at[i];
    const hw_str *s = l->strings.strs.at;
    hw__ltuple t = hw__ledger_tuple_at(l, r->source);
    *out = (hw_ledger_row){
        .day = r->day,
        .basis = (hw_basis)r->basis,
        .action = s[r->action],
        .model = s[r->model],
        .source = {s[t.str[0]], s[t.str[1]], s[t.str[2]], s[t.str[3]], s[t.str[4]], s[t.str[5]]},
        .conversions = r->conversions,
        .value = r->value};
}

/* Copies a part of another ledger in place of ours; ours stays when memory runs out. */
static hw_status take_part(hw_ledger *into, const hw_ledger *from, const hw__lpart *theirs) {
    hw__lpart fresh;
    memset(&fresh, 0, sizeof fresh);
    fresh.shard = theirs->shard;
    fresh.sequence = theirs->sequence;
    hw_status s = HW_OK;
    const hw_str *strs = from->strings.strs.at;
    for (size_t i = 0; i < theirs->rows.len && s == HW_OK; i++) {
        hw__lrow r = theirs->rows.at[i];
        hw__ltuple t = hw__ledger_tuple_at(from, r.source);
        for (int k = 0; k < 6 && s == HW_OK; k++)
            s = hw__intern_put(&into->strings, strs[t.str[k]], &t.str[k]);
        if (s == HW_OK) s = hw__ledger_tuple(into, &t, &r.source);
        if (s == HW_OK) s = hw__intern_put(&into->strings, strs[r.action], &r.action);
        if (s == HW_OK) s = hw__intern_put(&into->strings, strs[r.model], &r.model);
        if (s == HW_OK) s = hw__ledger_put(into, &fresh, &r);
    }
    size_t at = 0;
    if (s == HW_OK) s = hw__ledger_part(into, theirs->shard, &at);
    if (s != HW_OK) {
        hw__ledger_part_clear(into, &fresh);
        return s;
    }
    hw__ledger_part_clear(into, &into->parts.at[at]);
    into->parts.at[at] = fresh;
    return HW_OK;
}

hw_status hw_ledger_merge(hw_ledger *into, const hw_ledger *from) {
    for (size_t i = 0; i < from->parts.len; i++) {
        const hw__lpart *theirs = &from->parts.at[i];
        bool later = true;
        for (size_t k = 0; k < into->parts.len; k++)
            if (into->parts.at[k].shard == theirs->shard)
                later = theirs->sequence > into->parts.at[k].sequence;
        if (later) HW__TRY(take_part(into, from, theirs));
    }
    return HW_OK;
}
