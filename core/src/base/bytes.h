/* Little-endian loads and stores, byte by byte: blobs are the same on every machine. */
#ifndef HW__BYTES_H
#define HW__BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t hw__ld16(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t hw__ld32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t hw__ld64(const uint8_t *p) {
    return (uint64_t)hw__ld32(p) | (uint64_t)hw__ld32(p + 4) << 32;
}

static inline void hw__st16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void hw__st32(uint8_t *p, uint32_t v) {
    hw__st16(p, (uint16_t)v);
    hw__st16(p + 2, (uint16_t)(v >> 16));
}

static inline void hw__st64(uint8_t *p, uint64_t v) {
    hw__st32(p, (uint32_t)v);
    hw__st32(p + 4, (uint32_t)(v >> 32));
}

#endif
