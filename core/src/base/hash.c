#include "base/bytes.h"
#include "base/internal.h"

/* Part of every key's definition: changing it makes old keys unknown. */
#define KEY0 UINT64_C(0x6865616477617465) /* "headwate" */
#define KEY1 UINT64_C(0x722d6b65792d7631) /* "r-key-v1" */

static inline uint64_t rotl(uint64_t x, int b) {
    return x << b | x >> (64 - b);
}

static inline void rounds(hw__sip *s, int n) {
    for (int i = 0; i < n; i++) {
        s->v0 += s->v1;
        s->v1 = rotl(s->v1, 13) ^ s->v0;
        s->v0 = rotl(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotl(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotl(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotl(s->v1, 17) ^ s->v2;
        s->v2 = rotl(s->v2, 32);
    }
}

void hw__sip_init_keyed(hw__sip *s, uint64_t k0, uint64_t k1) {
    s->v0 = k0 ^ UINT64_C(0x736f6d6570736575);
    s->v1 = k1 ^ UINT64_C(0x646f72616e646f6d) ^ 0xee;
    s->v2 = k0 ^ UINT64_C(0x6c7967656e657261);
    s->v3 = k1 ^ UINT64_C(0x7465646279746573);
    s->tail = 0;
    s->total = 0;
}

void hw__sip_init(hw__sip *s) {
    hw__sip_init_keyed(s, KEY0, KEY1);
}

static inline void block(hw__sip *s, uint64_t m) {
    s->v3 ^= m;
    rounds(s, 2);
    s->v0 ^= m;
}

void hw__sip_add(hw__sip *s, const void *bytes, size_t len) {
    const uint8_t *p = bytes;
    size_t held = s->total & 7;
    s->total += len;
    if (held) {
        while (held < 8 && len) {
            s->tail |= (uint64_t)*p++ << (8 * held++);
            len--;
        }
        if (held < 8) return;
        block(s, s->tail);
        s->tail = 0;
    }
    for (; len >= 8; p += 8, len -= 8) block(s, hw__ld64(p));
    for (size_t i = 0; i < len; i++) s->tail |= (uint64_t)p[i] << (8 * i);
}

void hw__sip_end(hw__sip *s, uint8_t out[16]) {
    block(s, s->tail | s->total << 56);
    s->v2 ^= 0xee;
    rounds(s, 4);
    hw__st64(out, s->v0 ^ s->v1 ^ s->v2 ^ s->v3);
    s->v1 ^= 0xdd;
    rounds(s, 4);
    hw__st64(out + 8, s->v0 ^ s->v1 ^ s->v2 ^ s->v3);
}

static inline uint64_t mix(uint64_t h) {
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    h ^= h >> 32;
    return h;
}

uint64_t hw__hash64(const void *bytes, size_t len, uint64_t seed) {
    const uint8_t *p = bytes;
    uint64_t h = seed ^ (uint64_t)len * UINT64_C(0x9e3779b97f4a7c15);
    for (; len >= 8; p += 8, len -= 8) h = rotl(h ^ hw__ld64(p), 29) * UINT64_C(0x9fb21c651e98df25);
    uint64_t tail = 0;
    for (size_t i = 0; i < len; i++) tail |= (uint64_t)p[i] << (8 * i);
    return mix((h ^ tail) * UINT64_C(0x9fb21c651e98df25));
}
