/**
 * @file tally.h
 * ⑥ Journeys summed up for merging: every distinct path with its counts, which is all that rules,
 * Markov, Shapley and bootstrap intervals need. Tallies of parts merge in any order and grouping, a
 * part counts once however often it is merged, and the merged tally gives the figures of one pass
 * over all.
 *
 *     offset  size
 *          0     4  magic "HWP1"
 *          4     2  format, 1              6  2  1: ages are known, 0: not
 *          8     8  length of the whole in bytes
 *         16     8  checksum of everything behind it
 *         24     4  P parts               28  4  C channels
 *         32     8  J paths               40  8  T touches of all paths
 *         48     8  bytes of text
 *         56  16*P  end of the name in the text (8), checksum of the part's paths (8); names ascend
 *             24*C  end of the name in the text (8), part that showed it first (8), when in it (8);
 * in the order of that 32*J  touches (8), conversions (8), value (8), nulls (8): micros; paths
 * ascend by channels as they stand here, then by ages 2*T  channel numbers, path by path 8*T  ages
 * in ms, when known text of part names, then of channel names
 *
 * All numbers are little-endian.
 */
#ifndef HEADWATER_TALLY_H
#define HEADWATER_TALLY_H

#include "headwater/dataset.h"

enum { HW_TALLY_FORMAT = 1 };

typedef struct hw_tally hw_tally;

/**
 * Sums up a finished dataset, its windows applied, as one part.
 * @param part the part's name, not empty: what tells it from others, and the order in which
 * channels are shown. Parts of one log must not share a visitor.
 * @return HW_E_STATE, HW_E_ARG, HW_E_NOMEM
 */
HW_API HW_NODISCARD hw_status hw_tally_create(const hw_allocator *alloc, hw_dataset *dataset,
                                              hw_str part, hw_tally **out);
HW_API void hw_tally_destroy(hw_tally *tally);

/** Whether bytes start as a tally does; 4 are enough to tell. */
HW_API int hw_tally_is(const void *bytes, size_t len);

/** Reads and checks bytes from anywhere. */
HW_API HW_NODISCARD hw_status hw_tally_load(const hw_allocator *alloc, const uint8_t *bytes,
                                            size_t len, hw_tally **out);

/** The canonical bytes: equal content gives equal bytes. buf may be NULL when cap is 0. */
HW_API HW_NODISCARD hw_status hw_tally_save(const hw_tally *tally, uint8_t *buf, size_t cap,
                                            size_t *len);

/**
 * Adds the parts of `from` that `into` lacks.
 * @return HW_E_CONFIG when a part of the same name has other content, when only some of from's
 * parts are in `into` already, or when one tally knows ages and the other does not, with err;
 * HW_E_OVERFLOW; HW_E_NOMEM. On an error `into` is as it was.
 */
HW_API HW_NODISCARD hw_status hw_tally_merge(hw_tally **into, const hw_tally *from, hw_error *err);

/** A dataset of its paths, finished, ready for any model; times are ages. */
HW_API HW_NODISCARD hw_status hw_tally_dataset(const hw_allocator *alloc, const hw_tally *tally,
                                               hw_dataset **out);

#endif
