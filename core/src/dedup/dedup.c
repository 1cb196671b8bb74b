/* 256 segments by the key's first byte; a segment's keys lie in the order of their arrival, packed
 * without gaps, and a table of their numbers finds them.
 *
 *   slot   [ key bytes 1..15 ][ time, 4 or 8 bytes ]   time: ms since the segment's base
 *   table  [ tag:10 number:22 ] …                       number + 1 of a slot; 0: free
 *
 * A key that is new costs one look into the table, whose tags tell nearly all others from it, and
 * an append. Only tables are ever held twice, and one at a time, when the segment's is seven
 * eighths full: so memory grows evenly. A slot whose time has left the window is dead; it goes when
 * its segment is packed, before the table would have to grow. */
#include "base/bytes.h"
#include "base/internal.h"

#if defined(__GNUC__)
#define PREFETCH(p) __builtin_prefetch(p)
#else
#define PREFETCH(p) ((void)(p))
#endif

enum {
    SEGMENTS = 256,
    KEPT = 15,
    NARROW = KEPT + 4,
    WIDE = KEPT + 8,
    CHUNK = 64,       /* slots that are allocated together */
    NUMBER_BITS = 22, /* a segment of 4 M slots, some 10^9 keys in all */
    AHEAD = 24
};

typedef struct segment {
    uint32_t *table;
    uint32_t homes, full; /* entries of the table; used ones when it is time to pack */
    uint32_t used;        /* slots, the dead among them */
    int64_t base, oldest; /* no slot's time is before `oldest` */
    HW__VEC(uint8_t *) chunks;
} segment;

struct hw_dedup {
    hw_allocator alloc;
    int64_t window, newest;
    size_t used, bytes;
    size_t stride;
    segment segments[SEGMENTS];
};

hw_status hw_dedup_create(const hw_allocator *alloc, int64_t window_ms, hw_dedup **out) {
    if (window_ms < 1 || window_ms > INT64_C(1) << 42) return HW_E_ARG;
    hw_dedup *d = alloc->alloc(alloc->ctx, sizeof *d);
    if (!d) return HW_E_NOMEM;
    memset(d, 0, sizeof *d);
    d->alloc = *alloc;
    d->window = window_ms;
    d->newest = -1;
    d->bytes = sizeof *d;
    /* 32 bits of ms hold a window of up to 37 days, and 12 days more before times are rebased. */
    d->stride = window_ms <= (int64_t)(UINT32_MAX / 4) * 3 ? NARROW : WIDE;
    *out = d;
    return HW_OK;
}

void hw_dedup_destroy(hw_dedup *d) {
    if (!d) return;
    hw_allocator a = d->alloc;
    for (segment *s = d->segments; s < d->segments + SEGMENTS; s++) {
        for (size_t i = 0; i < s->chunks.len; i++)
            a.free(a.ctx, s->chunks.at[i], CHUNK * d->stride);
        HW__VEC_FREE(&a, &s->chunks);
        a.free(a.ctx, s->table, s->homes * sizeof *s->table);
    }
    a.free(a.ctx, d, sizeof *d);
}

size_t hw_dedup_count(const hw_dedup *d) {
    return d->used;
}

size_t hw_dedup_memory(const hw_dedup *d) {
    return d->bytes;
}

/* `stride` is a constant wherever these are called, so that each width has its own code. */
static inline uint8_t *slot_at(const segment *s, size_t i, size_t stride) {
    return s->chunks.at[i / CHUNK] + i % CHUNK * stride;
}

static inline int64_t time_of(const segment *s, const uint8_t *slot, size_t stride) {
    return s->base +
           (stride == NARROW ? (int64_t)hw__ld32(slot + KEPT) : (int64_t)hw__ld64(slot + KEPT));
}

static inline void set_time(const segment *s, uint8_t *slot, int64_t at, size_t stride) {
    if (stride == NARROW)
        hw__st32(slot + KEPT, (uint32_t)(at - s->base));
    else
        hw__st64(slot + KEPT, (uint64_t)(at - s->base));
}

/* Of the kept bytes: 0..3 say where the search begins, 4 and 5 make the tag. */
static inline uint32_t tag_of(const uint8_t *kept) {
    return (uint32_t)hw__ld16(kept + 4) << NUMBER_BITS;
}

static inline uint32_t home(const uint8_t *kept, uint32_t homes) {
    return (uint32_t)((uint64_t)hw__ld32(kept) * homes >> 32);
}

static inline uint32_t entry_of(const uint8_t *kept, uint32_t number) {
    return tag_of(kept) | (number + 1);
}

/* The entry of the key, or the free one that ends the search. */
static inline uint32_t *search(const segment *s, const uint8_t *kept, size_t stride) {
    const uint32_t tag = tag_of(kept);
    const uint32_t mask = (UINT32_C(1) << NUMBER_BITS) - 1;
    uint32_t *entry = s->table + home(kept, s->homes), *end = s->table + s->homes;
    for (;; entry = s->table) {
        for (; entry < end; entry++) {
            uint32_t there = *entry;
            if (!there) return entry;
            if ((there ^ tag) > mask) continue;
            if (memcmp(slot_at(s, (there & mask) - 1, stride), kept, KEPT) == 0) return entry;
        }
    }
}

static uint32_t living(const segment *s, int64_t dead, size_t stride) {
    if (s->oldest > dead) return s->used;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->used; i++) n += time_of(s, slot_at(s, i, stride), stride) > dead;
    return n;
}

/* Drops the dead, moving the living up to the front, in order; times count from the new base. */
static void pack(hw_dedup *d, segment *s, int64_t dead, size_t stride) {
    uint32_t kept = 0;
    const segment to = {.base = dead};
    s->oldest = INT64_MAX;
    for (uint32_t i = 0; i < s->used; i++) {
        const uint8_t *slot = slot_at(s, i, stride);
        int64_t at = time_of(s, slot, stride);
        if (at <= dead) continue;
        if (at < s->oldest) s->oldest = at;
        uint8_t *place = slot_at(s, kept++, stride);
        if (place != slot) memcpy(place, slot, KEPT);
        set_time(&to, place, at, stride);
    }
    d->used -= s->used - kept;
    s->used = kept;
    s->base = dead;
    for (; s->chunks.len > kept / CHUNK + 1; d->bytes -= CHUNK * stride)
        d->alloc.free(d->alloc.ctx, s->chunks.at[--s->chunks.len], CHUNK * stride);
}

/* Tables grow by two fifths, each segment's by a ladder of its own, so that they do not all grow at
 * the same time: of all together the load is near 3/4 always. */
static uint32_t size_for(uint32_t alive, uint32_t segment_index) {
    uint32_t homes = 20 + segment_index / 32;
    while (homes / 5 * 4 <= alive) homes += homes / 5 * 2;
    return homes;
}

/* Packs the segment and gives it a table with room for one key more at least. */
static hw_status rebuild(hw_dedup *d, segment *s, int64_t newest, size_t stride) {
    int64_t dead = newest - d->window;
    bool fits = stride == WIDE || newest - s->base <= (int64_t)UINT32_MAX;
    uint32_t alive = living(s, dead, stride);
    if (alive + 2 >= UINT32_C(1) << NUMBER_BITS) return HW_E_LIMIT;
    uint32_t homes = size_for(alive, (uint32_t)(s - d->segments));
    uint32_t *table = d->alloc.alloc(d->alloc.ctx, homes * sizeof *table);
    if (!table) return HW_E_NOMEM;
    memset(table, 0, homes * sizeof *table);
    d->alloc.free(d->alloc.ctx, s->table, s->homes * sizeof *s->table);
    d->bytes += homes * sizeof *table;
    d->bytes -= s->homes * sizeof *s->table;
    s->table = table;
    s->homes = homes;
    s->full = homes - homes / 9;
    if (s->full >= UINT32_C(1) << NUMBER_BITS) s->full = (UINT32_C(1) << NUMBER_BITS) - 1;
    if (!fits || alive < s->used || !s->used) pack(d, s, dead, stride);
    for (uint32_t n = 0; n < s->used; n++) {
        const uint8_t *kept = slot_at(s, n, stride);
        uint32_t *entry = table + home(kept, homes);
        while (*entry)
            if (++entry == table + homes) entry = table;
        *entry = entry_of(kept, n);
    }
    return HW_OK;
}

/* Room for one slot more. */
static inline hw_status reserve(hw_dedup *d, segment *s, size_t stride) {
    if (s->used < s->chunks.len * CHUNK) return HW_OK;
    size_t cap = s->chunks.cap;
    HW__TRY(HW__RESERVE(&d->alloc, &s->chunks, s->chunks.len + 1));
    d->bytes += (s->chunks.cap - cap) * sizeof *s->chunks.at;
    uint8_t *chunk = d->alloc.alloc(d->alloc.ctx, CHUNK * stride);
    if (!chunk) return HW_E_NOMEM;
    s->chunks.at[s->chunks.len++] = chunk;
    d->bytes += CHUNK * stride;
    return HW_OK;
}

static inline hw_status add(hw_dedup *d, const hw_key *key, int64_t at, hw_verdict *verdict,
                            size_t stride) {
    if (at < 0 || at >= INT64_C(1) << 53) return HW_E_ARG;
    int64_t newest = at > d->newest ? at : d->newest, dead = newest - d->window;
    if (at <= dead) {
        *verdict = HW_LATE;
        return HW_OK;
    }
    segment *s = &d->segments[key->bytes[0]];
    const uint8_t *kept = key->bytes + 1;
    uint32_t *entry = s->homes ? search(s, kept, stride) : NULL;
    uint8_t *slot = NULL;
    if (entry && *entry) {
        slot = slot_at(s, (*entry & ((UINT32_C(1) << NUMBER_BITS) - 1)) - 1, stride);
        if (time_of(s, slot, stride) > dead) {
            *verdict = HW_DUPLICATE;
            return HW_OK;
        }
    }
    /* A key that was forgotten has its slot still. What can fail comes before any change. */
    bool fits = stride == WIDE || newest - s->base <= (int64_t)UINT32_MAX;
    if (!slot || !fits) {
        HW__TRY(reserve(d, s, stride));
        if (s->used >= s->full || !fits) {
            HW__TRY(rebuild(d, s, newest, stride));
            entry = search(s, kept, stride);
        }
        *entry = entry_of(kept, s->used);
        slot = slot_at(s, s->used++, stride);
        memcpy(slot, kept, KEPT);
        PREFETCH(slot + 64); /* for the arrivals after this one */
        d->used++;
    }
    set_time(s, slot, at, stride);
    if (at < s->oldest) s->oldest = at;
    d->newest = newest;
    *verdict = HW_NEW;
    return HW_OK;
}

hw_status hw_dedup_add(hw_dedup *d, const hw_key *key, int64_t at, hw_verdict *verdict) {
    return d->stride == NARROW ? add(d, key, at, verdict, NARROW) : add(d, key, at, verdict, WIDE);
}

static inline hw_status add_many(hw_dedup *d, const hw_key *keys, const int64_t *at, size_t count,
                                 hw_verdict *verdicts, size_t *judged, size_t stride) {
    for (size_t i = 0; i < count; i++) {
        if (count - i > AHEAD) {
            const uint8_t *kept = keys[i + AHEAD].bytes;
            const segment *s = &d->segments[*kept++];
            const uint32_t *entry = s->table + home(kept, s->homes);
            PREFETCH(entry);
        }
        *judged = i;
        HW__TRY(add(d, &keys[i], at[i], &verdicts[i], stride));
    }
    *judged = count;
    return HW_OK;
}

hw_status hw_dedup_add_many(hw_dedup *d, const hw_key *keys, const int64_t *at_ms, size_t count,
                            hw_verdict *verdicts, size_t *judged) {
    return d->stride == NARROW ? add_many(d, keys, at_ms, count, verdicts, judged, NARROW)
                               : add_many(d, keys, at_ms, count, verdicts, judged, WIDE);
}
