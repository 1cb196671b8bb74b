/* Open addressing, linear probing, the keys' own bits as the hash (they are SipHash's output).
 *
 *   keys  [ 16 bytes ] [ 16 bytes ] …      one slot each
 *   times [  8 bytes ] [  8 bytes ] …      ms of the key; -1: the slot is free
 *
 * A slot whose time has left the window is dead but stays, so that probing still passes over it;
 * when the table is full to 7/8, it is rebuilt without the dead, larger only if the living need it.
 */
#include "base/bytes.h"
#include "base/internal.h"

struct hw_dedup {
    hw_allocator alloc;
    int64_t window, newest;
    size_t cap, used; /* used counts the dead */
    hw_key *keys;
    int64_t *times;
};

enum { FIRST = 64, FREE = -1 };

hw_status hw_dedup_create(const hw_allocator *alloc, int64_t window_ms, hw_dedup **out) {
    if (window_ms < 1 || window_ms > INT64_C(1) << 42) return HW_E_ARG;
    hw_dedup *d = alloc->alloc(alloc->ctx, sizeof *d);
    if (!d) return HW_E_NOMEM;
    *d = (hw_dedup){.alloc = *alloc, .window = window_ms, .newest = -1};
    *out = d;
    return HW_OK;
}

void hw_dedup_destroy(hw_dedup *d) {
    if (!d) return;
    hw_allocator a = d->alloc;
    a.free(a.ctx, d->keys, d->cap * sizeof *d->keys);
    a.free(a.ctx, d->times, d->cap * sizeof *d->times);
    a.free(a.ctx, d, sizeof *d);
}

size_t hw_dedup_count(const hw_dedup *d) {
    return d->used;
}

size_t hw_dedup_memory(const hw_dedup *d) {
    return sizeof *d + d->cap * (sizeof *d->keys + sizeof *d->times);
}

static size_t home(const hw_key *key, size_t cap) {
    return (size_t)hw__ld64(key->bytes) & (cap - 1);
}

static bool dead(const hw_dedup *d, int64_t at) {
    return at <= d->newest - d->window;
}

static hw_status rebuild(hw_dedup *d) {
    size_t alive = 0;
    for (size_t i = 0; i < d->cap; i++) alive += d->times[i] != FREE && !dead(d, d->times[i]);
    size_t cap = d->cap ? d->cap : FIRST;
    while (cap - cap / 4 <= alive + 1) cap *= 2;
    while (cap > FIRST && alive * 4 < cap) cap /= 2;
    hw_key *keys = d->alloc.alloc(d->alloc.ctx, cap * sizeof *keys);
    int64_t *times = d->alloc.alloc(d->alloc.ctx, cap * sizeof *times);
    if (!keys || !times) {
        d->alloc.free(d->alloc.ctx, keys, cap * sizeof *keys);
        d->alloc.free(d->alloc.ctx, times, cap * sizeof *times);
        return HW_E_NOMEM;
    }
    for (size_t i = 0; i < cap; i++) times[i] = FREE;
    for (size_t i = 0; i < d->cap; i++) {
        if (d->times[i] == FREE || dead(d, d->times[i])) continue;
        size_t j = home(&d->keys[i], cap);
        while (times[j] != FREE) j = (j + 1) & (cap - 1);
        keys[j] = d->keys[i];
        times[j] = d->times[i];
    }
    d->alloc.free(d->alloc.ctx, d->keys, d->cap * sizeof *d->keys);
    d->alloc.free(d->alloc.ctx, d->times, d->cap * sizeof *d->times);
    d->keys = keys;
    d->times = times;
    d->cap = cap;
    d->used = alive;
    return HW_OK;
}

hw_status hw_dedup_add(hw_dedup *d, const hw_key *key, int64_t at, hw_verdict *verdict) {
    if (at < 0 || at >= INT64_C(1) << 53) return HW_E_ARG;
    if (d->newest >= 0 && dead(d, at)) {
        *verdict = HW_LATE;
        return HW_OK;
    }
    if (d->cap - d->cap / 8 <= d->used + 1) HW__TRY(rebuild(d));
    size_t i = home(key, d->cap);
    for (; d->times[i] != FREE; i = (i + 1) & (d->cap - 1)) {
        if (memcmp(&d->keys[i], key, sizeof *key) != 0) continue;
        int64_t newest = at > d->newest ? at : d->newest;
        if (d->times[i] > newest - d->window) {
            *verdict = HW_DUPLICATE;
            return HW_OK;
        }
        break; /* forgotten: a new happening takes the slot */
    }
    if (d->times[i] == FREE) {
        d->keys[i] = *key;
        d->used++;
    }
    d->times[i] = at;
    if (at > d->newest) d->newest = at;
    *verdict = HW_NEW;
    return HW_OK;
}
