/* What the stages share: vectors, arena, interning, hashing, text. Not installed. */
#ifndef HW__INTERNAL_H
#define HW__INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "headwater/headwater.h"

__extension__ typedef unsigned __int128 hw__u128;
__extension__ typedef __int128 hw__i128;

#define HW__TRY(call)                                                                              \
    do {                                                                                           \
        hw_status hw__try_ = (call);                                                               \
        if (hw__try_ != HW_OK) return hw__try_;                                                    \
    } while (0)

/* ---- growable arrays: { T *at; size_t len, cap; } ---- */

/* Makes room for `need` elements of `size` bytes; doubles. */
hw_status hw__reserve(const hw_allocator *a, void **at, size_t *cap, size_t need, size_t size);

#define HW__VEC(T)                                                                                 \
    struct {                                                                                       \
        T *at;                                                                                     \
        size_t len, cap;                                                                           \
    }

#define HW__RESERVE(a, v, need)                                                                    \
    ((need) <= (v)->cap ? HW_OK                                                                    \
                        : hw__reserve((a), (void **)&(v)->at, &(v)->cap, (need), sizeof *(v)->at))

#define HW__VEC_FREE(a, v)                                                                         \
    do {                                                                                           \
        (a)->free((a)->ctx, (v)->at, (v)->cap * sizeof *(v)->at);                                  \
        (v)->at = NULL;                                                                            \
        (v)->len = (v)->cap = 0;                                                                   \
    } while (0)

/* ---- arena: many small blocks, freed together ---- */

typedef struct hw__block hw__block;

typedef struct hw__arena {
    hw_allocator alloc;
    hw__block *head; /* newest; the others hang behind it */
    size_t used;     /* bytes used in head */
} hw__arena;

void hw__arena_init(hw__arena *arena, const hw_allocator *alloc);
/* 8-byte aligned, not zeroed; NULL when there is no memory. size 0 gives a valid pointer. */
void *hw__arena_alloc(hw__arena *arena, size_t size);
/* Keeps the newest block for reuse, frees the rest. */
void hw__arena_reset(hw__arena *arena);
void hw__arena_free(hw__arena *arena);

/* count * size without overflow; NULL on overflow. */
static inline void *hw__arena_array(hw__arena *arena, size_t count, size_t size) {
    if (count && size > SIZE_MAX / 2 / count) return NULL;
    return hw__arena_alloc(arena, count * size);
}

/* ---- hashing ---- */

/* SipHash-2-4 with 128-bit output (Aumasson & Bernstein), streaming. */
typedef struct hw__sip {
    uint64_t v0, v1, v2, v3;
    uint64_t tail;
    uint64_t total;
} hw__sip;

void hw__sip_init(hw__sip *sip);
/* Keyed form, for the published vectors. */
void hw__sip_init_keyed(hw__sip *sip, uint64_t k0, uint64_t k1);
void hw__sip_add(hw__sip *sip, const void *bytes, size_t len);
void hw__sip_end(hw__sip *sip, uint8_t out[16]);

/* Fast 64-bit mix for tables and checksums; not a promise of any format but checksum's. */
uint64_t hw__hash64(const void *bytes, size_t len, uint64_t seed);

/* ---- interning ---- */

typedef struct hw__intern {
    hw_allocator alloc;
    hw__arena arena;
    HW__VEC(hw_str) strs;
    uint32_t *slots; /* id + 1, 0: free */
    size_t nslots;
} hw__intern;

void hw__intern_init(hw__intern *in, const hw_allocator *alloc);
void hw__intern_free(hw__intern *in);
/* The id of s, a new one at the first sight; ids are 0,1,2,… */
hw_status hw__intern_put(hw__intern *in, hw_str s, uint32_t *id);
/* UINT32_MAX when s was never put. */
uint32_t hw__intern_find(const hw__intern *in, hw_str s);

/* ---- order ---- */

/* Sorts numbers of things by heap: qsort of the C library has no context and no promised order.
 * What compares equal may end in any order, the same on every machine. */
typedef bool (*hw__less)(const void *ctx, uint32_t a, uint32_t b);
void hw__sort(uint32_t *v, size_t n, hw__less less, const void *ctx);

/* ---- text ---- */

static inline bool hw__str_eq(hw_str a, hw_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline char hw__lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}
/* Bytewise, the shorter first: below, at or above 0. */
int hw__str_compare(hw_str a, hw_str b);
bool hw__str_eq_nocase(hw_str a, hw_str b);
hw_str hw__str_trim(hw_str s);
static inline hw_str hw__str_of(const char *z) {
    return (hw_str){z, strlen(z)};
}
static inline hw_str hw__str_from(hw_str s, size_t from) {
    return (hw_str){s.ptr + from, s.len - from};
}

/* A bounded text builder; what does not fit is cut, at a character's edge. */
typedef struct hw__text {
    char *at;
    size_t len, cap; /* cap counts the closing NUL */
} hw__text;

void hw__text_str(hw__text *t, hw_str s);
void hw__text_z(hw__text *t, const char *z);
void hw__text_int(hw__text *t, int64_t n);

/* Fills err (may be NULL) and returns status. parts: NUL-terminated texts, ended by NULL. */
hw_status hw__fail(hw_error *err, hw_status status, uint64_t line, uint32_t column,
                   const char *const *parts);
#define HW__FAIL(err, status, line, column, ...)                                                   \
    hw__fail((err), (status), (line), (column), (const char *const[]){__VA_ARGS__, NULL})

/* Decimal text ("-12.5", "1e3") to micros, exact, rounding half away from zero past the sixth
 * place. False when malformed or |n| >= 2^53 micros * 1000. */
bool hw__parse_micros(hw_str s, int64_t *micros);

/* Writes micros as a decimal, "-12.500000" or, shortest, "-12.5"; at most 24 bytes, no NUL. */
size_t hw__format_micros(int64_t micros, bool shortest, char out[32]);

/* Unix seconds, ms or µs (told by size), RFC 3339, "YYYY-MM-DD[ HH:MM[:SS[.fff]]][Z|±hh:mm]" to ms.
 */
bool hw__parse_time(hw_str s, int64_t *ms);

/* Days since 1970-01-01 of a civil date; proleptic Gregorian. */
int64_t hw__days_from_civil(int64_t year, int month, int day);

/* 2^x for x <= 0, by arithmetic alone, so that every build gives the same bits; within 1 ulp. */
double hw__exp2(double x);
/* The natural logarithm of x > 0, by arithmetic alone; within 2 ulp. */
double hw__log(double x);
/* e^x for |x| <= 700; the logarithm of the gamma function for x > 0, to about 1e-13 of the greater
 * of it and 1. By arithmetic alone, too. */
double hw__exp(double x);
double hw__lgamma(double x);

#endif
