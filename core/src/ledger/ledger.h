/* The ledger in memory; ledger.c changes it, ledger_blob.c writes and reads it. */
#ifndef HW__LEDGER_H
#define HW__LEDGER_H

#include "base/internal.h"

typedef struct hw__lrow {
    int32_t day;
    uint32_t basis, action, model, source;
    int64_t conversions, value;
} hw__lrow;

typedef struct hw__lpart {
    uint64_t shard, sequence;
    HW__VEC(hw__lrow) rows;
    uint32_t *slots; /* row + 1, 0: free */
    size_t nslots;
} hw__lpart;

typedef struct hw__ltuple {
    uint32_t str[6];
} hw__ltuple;

struct hw_ledger {
    hw_allocator alloc;
    hw__intern strings; /* also of tuples: their 24 bytes are interned as a string */
    hw__intern tuples;
    HW__VEC(hw__lpart) parts; /* parts.at[0] is the own part */
};

hw_status hw__ledger_part(hw_ledger *l, uint64_t shard, size_t *index);
hw_status hw__ledger_put(hw_ledger *l, hw__lpart *part, const hw__lrow *row);
hw_status hw__ledger_tuple(hw_ledger *l, const hw__ltuple *tuple, uint32_t *id);
void hw__ledger_part_clear(hw_ledger *l, hw__lpart *part);

static inline hw__ltuple hw__ledger_tuple_at(const hw_ledger *l, uint32_t id) {
    hw__ltuple t;
    memcpy(&t, l->tuples.strs.at[id].ptr, sizeof t);
    return t;
}

#endif
