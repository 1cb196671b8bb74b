/**
 * @file step.h
 * The edge's pure function: (configuration, journey, events, now) gives
 * (journey, outcomes, changes of the ledger). Replaying a log of calls gives
 * the same bytes.
 *
 * Touches count for a conversion when they come earlier (same millisecond:
 * earlier in sequence) and lie inside the lookback of their interaction. A
 * direct touch within `session_ms` of the touch before it belongs to that
 * visit and does not count. A conversion that no touch earns is credited to
 * one synthetic direct visit, so that credit is conserved. A touch that comes
 * late re-attributes the conversions it belongs to: the ledger gets the
 * reversal and the new credit.
 *
 * A refund is split along the value credits of its order, whole micros that
 * sum to it. Refunds of an order apply by their time, each to what those
 * before have left, whatever order they arrive in.
 */
#ifndef HEADWATER_STEP_H
#define HEADWATER_STEP_H

#include "headwater/journey.h"
#include "headwater/ledger.h"

enum { HW_STEP_MODELS_MAX = 16 };

typedef struct hw_step_config {
    const hw_model *models[HW_STEP_MODELS_MAX];
    uint32_t model_count; /**< 1..16; rules only, and none that is `whole` */
    hw_model_params params;
    int64_t lookback_click_ms;      /**< clicks and visits; > 0 */
    int64_t lookback_impression_ms; /**< >= 0 */
    int64_t dedup_window_ms;        /**< from an event's arrival; > 0 */
    int64_t retention_ms;           /**< events, touches and conversions older than this go; > 0 */
    int64_t session_ms;             /**< >= 0; 0: every direct touch counts */
    uint32_t touch_cap;             /**< 1..4096; the oldest go first, and are counted */
    uint32_t key_cap;               /**< 1..65536 event keys; more events are refused as full */
} hw_step_config;

/** HW_REFUND_PART takes `value` from the order, HW_REFUND_ALL what is left of it. */
typedef enum hw_refund { HW_NO_REFUND = 0, HW_REFUND_PART = 1, HW_REFUND_ALL = 2 } hw_refund;

typedef struct hw_event_conversion {
    hw_str action;
    int64_t value; /**< micros, 0 <= value < 2^53 */
    hw_key order;
    int has_order;    /**< an order counts once, whatever event brings it */
    int once;         /**< the action counts once per journey */
    hw_refund refund; /**< no conversion but a refund of the one with this order; has_order */
} hw_event_conversion;

typedef struct hw_event {
    hw_key key;
    int64_t at_ms;
    int32_t day;           /**< of at_ms in the site's time zone */
    int64_t key_window_ms; /**< a shorter dedup window; 0: the configuration's */
    hw_interaction interaction;
    hw_source source; /**< when it is a touch */
    const hw_event_conversion *conversions;
    size_t conversion_count;
} hw_event;

typedef enum hw_outcome {
    HW_ACCEPTED = 0,
    HW_DUPLICATE_EVENT = 1, /**< the key was seen within its window */
    HW_DUPLICATE_ORDER =
        2,          /**< a new event, but its orders are counted already and it is no touch */
    HW_TOO_OLD = 3, /**< older than the retention */
    HW_FULL = 4,    /**< the journey holds key_cap event keys */
    HW_REFUND_CLAMPED = 5, /**< taken, but less was left of the order than it asks for */
    HW_REFUND_WAITING = 6  /**< taken; it applies when its order comes */
} hw_outcome;

typedef struct hw_step_result {
    const uint8_t *blob; /**< the new journey, until the next step; NULL when nothing changed */
    size_t blob_len;
    const uint8_t *outcomes; /**< hw_outcome per event */
    const uint32_t *counted; /**< conversions newly counted per event */
} hw_step_result;

typedef struct hw_stepper hw_stepper;

/** @return HW_E_ARG for a field out of its range, HW_E_NOMEM */
HW_API HW_NODISCARD hw_status hw_stepper_create(const hw_allocator *alloc,
                                                const hw_step_config *config, hw_stepper **out);
HW_API void hw_stepper_destroy(hw_stepper *stepper);

/**
 * Applies the events in order. All or nothing: on an error neither the journey nor the ledger
 * changed.
 * @param blob   the stored journey; len 0: a new person
 * @param now_ms when the events arrived
 * @param ledger gets the changes in its own part
 * @return what hw_journey_validate returns for a bad blob; HW_E_CONFIG when it was written under
 * another configuration; HW_E_ARG, HW_E_LIMIT (a text over 64 KiB in all), HW_E_OVERFLOW,
 * HW_E_NOMEM
 */
HW_API HW_NODISCARD hw_status hw_stepper_step(hw_stepper *stepper, const uint8_t *blob, size_t len,
                                              const hw_event *events, size_t count, int64_t now_ms,
                                              hw_ledger *ledger, hw_step_result *out);

/** Tells configurations apart whose journeys and ledgers would differ. */
HW_API uint64_t hw_stepper_config_hash(const hw_stepper *stepper);

#endif
