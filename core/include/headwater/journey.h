/**
 * @file journey.h
 * ④ One person's journey as bytes: touches in time order, the keys of recent
 * events, conversions with the touches that earned them and the credit each
 * model gave, and refunds, which also wait here for their order. Only hw_stepper_step makes and
 * changes a journey.
 *
 *     offset  size
 *          0     4  magic "HWJ1"
 *          4     2  format, 1
 *          6     2  M models
 *          8     4  length of the whole in bytes
 *         12     4  checksum of everything behind it
 *         16     8  hash of the configuration
 *         24     4  next sequence number     28  4  touches dropped so far
 *         32     2  S strings (0 is empty)   34  2  U sources
 *         36     4  bytes of the strings' text
 *         40     4  T touches                44  4  K event keys
 *         48     4  C conversions            52  4  P path touches, all conversions together
 *         56   4*S  end of each string in the text
 *             12*U  six string numbers (2 each): channel, source, medium, campaign, term, content
 *             32*T  at (8), id (8), day (4), sequence (4), source (2), interaction (1), zero (5)
 *             24*K  key (16), end of its window as Unix ms (8)
 *             80*C  event key (16), order key (16), at (8), value (8), day (4), sequence (4),
 *                   path touches (4), action string (2), flags (2), zero (16)
 *                   flags: 1 has an order, 2 is a refund (value: what it asks
 *                   for, 2^63 - 1 for all)
 *             32*P  a copy of each touch on a conversion's path, conversion by conversion
 *            4*P*M  conversions credited, micros: by conversion, model, touch
 *            8*P*M  value credited, micros, in the same order
 *                   text of the strings
 *
 * All numbers are little-endian. Touches ascend by (at, sequence).
 */
#ifndef HEADWATER_JOURNEY_H
#define HEADWATER_JOURNEY_H

#include "headwater/event.h"
#include "headwater/model.h"
#include "headwater/source.h"

enum { HW_JOURNEY_FORMAT = 1 };

/** How a touch came about. NONE: the event is no touch. */
typedef enum hw_interaction {
    HW_NO_TOUCH = 0,
    HW_CLICK = 1,
    HW_IMPRESSION = 2,
    HW_VISIT = 3
} hw_interaction;

/** Static, lower case; "" for HW_NO_TOUCH. */
HW_API const char *hw_interaction_name(hw_interaction interaction);

/**
 * Checks bytes from anywhere: length, magic, format, checksum, order, every
 * index, and that every conversion's credits sum to it.
 * @return HW_OK, HW_E_FORMAT, HW_E_VERSION, HW_E_CHECKSUM, HW_E_CORRUPT or HW_E_NOMEM
 */
HW_API HW_NODISCARD hw_status hw_journey_validate(const hw_allocator *alloc, const uint8_t *bytes,
                                                  size_t len);

/**
 * The journey as JSON (shape: JourneyView in wasm/binding/types.ts; money in micros).
 * @param session_ms of the configuration: tells which direct touches count
 * @param models names of the configuration's models, in order
 * @return HW_E_BUFFER with the need in *len; what hw_journey_validate returns; HW_E_CONFIG when
 * the number of models differs
 */
HW_API HW_NODISCARD hw_status hw_journey_json(const hw_allocator *alloc, const uint8_t *bytes,
                                              size_t len, int64_t session_ms,
                                              const hw_model *const *models, size_t model_count,
                                              char *buf, size_t cap, size_t *out_len);

#endif
