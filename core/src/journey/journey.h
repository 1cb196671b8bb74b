/* A journey opened up: arrays in an arena, strings and sources interned by number. */
#ifndef HW__JOURNEY_H
#define HW__JOURNEY_H

#include "base/internal.h"

typedef struct hw__touch {
    int64_t at;
    uint64_t id; /* first 8 bytes of the event key */
    int32_t day;
    uint32_t sequence;
    uint16_t source;
    uint8_t interaction;
} hw__touch;

typedef struct hw__tuple {
    uint16_t str[6];
} hw__tuple;

typedef struct hw__jkey {
    hw_key key;
    int64_t until;
} hw__jkey;

/* A refund stands among the conversions: value is what it asks for, INT64_MAX for all there is, and
 * it has no path. */
enum { HW__HAS_ORDER = 1, HW__REFUND = 2 };

typedef struct hw__jconversion {
    hw_key event, order;
    int64_t at, value;
    int32_t day;
    uint32_t sequence;
    uint32_t path_len;
    uint16_t action, flags;
    hw__touch *path;
    uint32_t *credit; /* model by model, path_len each */
    int64_t *value_credit;
} hw__jconversion;

#define HW__LIST(T)                                                                                \
    struct {                                                                                       \
        T *at;                                                                                     \
        uint32_t len, cap;                                                                         \
    }

typedef struct hw__journey {
    hw__arena *arena;
    uint64_t config;
    uint32_t next_sequence, dropped;
    uint16_t models;
    HW__LIST(hw_str) strings;
    HW__LIST(hw__tuple) tuples;
    HW__LIST(hw__touch) touches;
    HW__LIST(hw__jkey) keys;
    HW__LIST(hw__jconversion) conversions;
} hw__journey;

/* An empty journey in the arena; string 0 is "". */
hw_status hw__journey_init(hw__journey *j, hw__arena *arena, uint64_t config, uint16_t models);

/* Texts are borrowed from the blob. */
hw_status hw__journey_decode(hw__journey *j, hw__arena *arena, const uint8_t *bytes, size_t len);

/* Writes the journey into the arena; strings and sources that nothing uses are left out. */
hw_status hw__journey_encode(const hw__journey *j, uint8_t **bytes, size_t *len);

/* Texts are borrowed. HW_E_LIMIT past 65,535. */
hw_status hw__journey_string(hw__journey *j, hw_str s, uint16_t *id);
hw_status hw__journey_source(hw__journey *j, const hw_source *s, uint16_t *id);
hw_source hw__journey_source_at(const hw__journey *j, uint16_t id);

/* Whether touch i counts for conversions: a direct one within the session of the touch before it
 * does not. */
bool hw__journey_counts(const hw__journey *j, uint32_t i, int64_t session_ms);

/* The refund of the conversion's order that comes after another in time (NULL: the first), or NULL.
 * *left is what the refunds before leave of the value, and *applied gets what this one takes. */
const hw__jconversion *hw__journey_refund(const hw__journey *j, const hw__jconversion *c,
                                          const hw__jconversion *after, int64_t *left,
                                          int64_t *applied);

/* Room for one more at the end of a list; doubles in the arena. */
hw_status hw__list_grow(hw__arena *arena, void **at, uint32_t len, uint32_t *cap, size_t size);
#define HW__LIST_ROOM(arena, list)                                                                 \
    ((list)->len < (list)->cap ? HW_OK                                                             \
                               : hw__list_grow((arena), (void **)&(list)->at, (list)->len,         \
                                               &(list)->cap, sizeof *(list)->at))

#endif
