/**
 * @file model.h
 * ⑤ Models. A rule model reads the touches of one journey and gives each a
 * weight; what a weight is worth is settled by hw_apportion. A model is one
 * function in core/src/model and one row of the table there. Definitions,
 * worked examples and sources: docs/models.md.
 */
#ifndef HEADWATER_MODEL_H
#define HEADWATER_MODEL_H

#include "headwater/types.h"

/** Bits of hw_path.channel_flags. */
enum { HW_CHANNEL_DIRECT = 1, HW_CHANNEL_PAID = 2, HW_CHANNEL_NAMED = 4 };

/** Touches of one journey before one conversion, oldest first. All arrays are borrowed. */
typedef struct hw_path {
    size_t len;
    const uint16_t *channel;      /**< len channel ids, < channel_count */
    const int64_t *age_ms;        /**< len ages before the conversion, >= 0; NULL: unknown */
    const uint8_t *channel_flags; /**< by channel id */
    uint32_t *scratch;            /**< channel_count zeros; left as zeros */
    size_t channel_count;
    size_t lead, opportunity; /**< touch that brought the lead, the opportunity; >= len: unknown */
} hw_path;

enum { HW_CUSTOM_MAX = 8, HW_MARKOV_ORDER_MAX = 5 };

typedef struct hw_model_params {
    int64_t half_life_ms;         /**< time_decay; 1 .. 2^53 */
    uint32_t first, middle, last; /**< position; any scale; not all zero, each <= 1e9 */
    uint32_t front[HW_CUSTOM_MAX], back[HW_CUSTOM_MAX], rest; /**< custom; the same rules */
    uint32_t front_count, back_count;                         /**< 0 .. HW_CUSTOM_MAX */
    uint32_t order;                                           /**< markov; 1 .. 5 */
    int loops;     /**< markov: keep steps from a state to itself */
    hw_str source; /**< source_first, source_last: the channel's name, ignoring case; borrowed */
    uint64_t seed; /**< models that sample */
    /** shapley_rate: orders of the channels to draw, 4 .. 10^6; 0: exact up to 20 channels, 2,000
     * orders above. */
    uint32_t samples;
} hw_model_params;

/** Seven days; 40, 20, 40; custom 40 | 20 | 40; order 1. */
HW_API hw_model_params hw_model_defaults(void);

/** Weights of a path, any scale; their sum is > 0 and < 2^63. path->len > 0. */
typedef void (*hw_weights_fn)(const hw_path *path, const hw_model_params *params,
                              uint64_t *weights);

struct hw_dataset;

/** The channel of conversions that nobody's touch caused, by the models that tell. */
#define HW_ORGANIC "(organic)"

/** What a data-driven model finds: one share per channel (times the model's parts), any scale; the
 * totals are apportioned by them. Sums of zero mean that nobody earns. */
typedef hw_status (*hw_fit_fn)(struct hw_dataset *dataset, const hw_model_params *params,
                               double *conversions, double *value);

typedef struct hw_model {
    const char *name;
    const char *title;                   /**< for people */
    hw_weights_fn weights;               /**< a rule; NULL for a data-driven model */
    hw_fit_fn fit;                       /**< a data-driven model; NULL for a rule */
    size_t (*pick)(const hw_path *path); /**< a rule that picks one touch: its index; or NULL */
    int by_place; /**< a rule whose weights depend on place and length alone */
    int by_set;   /**< a rule that gives each distinct channel the same */
    int needs_times;
    int needs_organic; /**< credits HW_ORGANIC too: call hw_dataset_prepare before sizing arrays */
    int whole; /**< every distinct channel gets the whole value: does not sum to the total */
    const char
        *parts; /**< names of the parts a channel's credit is told in, comma-separated; or NULL */
} hw_model;

/** Row i of the table; NULL past its end. Rows never change their place. */
HW_API const hw_model *hw_model_at(size_t i);
/** HW_E_MODEL when there is none. */
HW_API HW_NODISCARD hw_status hw_model_find(hw_str name, const hw_model **out);
/** How many amounts per channel the model tells: 1, or one per name in its parts. */
HW_API size_t hw_model_part_count(const hw_model *model);
/** HW_E_ARG when a parameter is out of range. */
HW_API HW_NODISCARD hw_status hw_model_check(const hw_model_params *params);

/** One part of an apportionment in work: the caller gives as many as there are weights. */
typedef struct hw_share_work {
    uint64_t remainder;
    uint32_t index;
} hw_share_work;

/**
 * Splits total by the weights: whole micros that sum to the total exactly; the
 * largest remainders get what is left, ties go to the earlier. A negative total
 * is split as its amount and negated.
 * @param weights sum > 0 and < 2^63
 * @param n > 0, < 2^32
 */
HW_API void hw_apportion(int64_t total, const uint64_t *weights, size_t n, hw_share_work *work,
                         int64_t *out);

#endif
