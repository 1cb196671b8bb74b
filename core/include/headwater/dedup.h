/**
 * @file dedup.h
 * ③ An exact set of keys over a sliding window of time. No key is ever judged
 * by chance: the whole 128 bits are compared. The window ends at the newest
 * time of a key that was new, and holds times t with newest - window < t <= newest; a
 * key that left it is forgotten, a key that comes from before it is late.
 */
#ifndef HEADWATER_DEDUP_H
#define HEADWATER_DEDUP_H

#include "headwater/event.h"

typedef enum hw_verdict {
    HW_NEW = 0,       /**< not in the window: remembered now */
    HW_DUPLICATE = 1, /**< in the window */
    HW_LATE = 2       /**< older than the window: no longer decidable */
} hw_verdict;

typedef struct hw_dedup hw_dedup;

/**
 * @param window_ms 1 .. 2^42 (some 139 years)
 * @return HW_E_ARG, HW_E_NOMEM
 */
HW_API HW_NODISCARD hw_status hw_dedup_create(const hw_allocator *alloc, int64_t window_ms,
                                              hw_dedup **out);
HW_API void hw_dedup_destroy(hw_dedup *dedup);

/**
 * Judges one key at time `at_ms` (0 <= at_ms < 2^53) and remembers it when new. On an error nothing
 * is remembered and the set still answers.
 * @return HW_E_ARG for a time out of range, HW_E_NOMEM; HW_E_LIMIT when 4 M live keys share their
 * first byte, some 10^9 keys as hw_key_of makes them
 */
HW_API HW_NODISCARD hw_status hw_dedup_add(hw_dedup *dedup, const hw_key *key, int64_t at_ms,
                                           hw_verdict *verdict);

/**
 * As hw_dedup_add for each of `count` keys in turn, several times faster where the set is larger
 * than the processor's cache: the memory of the keys to come is asked for ahead.
 * @param verdicts `count` of them
 * @param judged how many were judged: `count`, or on an error the index of the one at fault
 */
HW_API HW_NODISCARD hw_status hw_dedup_add_many(hw_dedup *dedup, const hw_key *keys,
                                                const int64_t *at_ms, size_t count,
                                                hw_verdict *verdicts, size_t *judged);

/** Keys held now, expired ones that were not swept yet among them. */
HW_API size_t hw_dedup_count(const hw_dedup *dedup);
/** Bytes held: 24.2 to 25 a key while the set grows, at any number of live keys from 10^6 on
 * (windows of up to 37 days; 4 bytes more a key beyond), and at most 1/256 more within a call.
 * Fewer keys cost more each: up to some 400 KB go with the 256 segments. */
HW_API size_t hw_dedup_memory(const hw_dedup *dedup);

#endif
