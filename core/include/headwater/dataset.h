/**
 * @file dataset.h
 * ④ Many journeys at once, from bytes in chunks of any size, and their credit by any model. Two
 * kinds of CSV file, told by the header, and a worker's file of journeys (export.h), told by its
 * magic and taken as a touch log:
 *
 * - paths: `path,total_conversions[,total_conversion_value][,total_null][,times]`; a row stands for
 *   many journeys. `times` are hours before the conversion.
 * - touches: one row per event: visitor, time, channel (or source, medium, campaign…, or url and
 *   referrer), and optionally interaction, conversion, value, event_id, order_id.
 *
 * A column is found by its name or a synonym, whatever its place and case; others are ignored. The
 * delimiter (comma, semicolon, tab, bar) is that of the header line.
 *
 *     visitors:      A         B      …
 *     channel[]   | 3 0 3 1 | 0 2 |      one id per touch, visitor by visitor, in time order
 *     at[]        | . . . . | . . |      Unix ms (touches) or -ms before the conversion (paths)
 *     journeys[]  [from, len, conversions, value, nulls, at] each a slice of the columns
 *
 * Credits are exact until the end: each touch earns a whole number of 2^-40ths per conversion, sums
 * are 128 bits wide, and only the totals are rounded to micros. So splitting a row in two, merging
 * equal rows or changing their order changes nothing.
 */
#ifndef HEADWATER_DATASET_H
#define HEADWATER_DATASET_H

#include "headwater/model.h"
#include "headwater/source.h"

typedef struct hw_dataset hw_dataset;

/** Longest record of a CSV file, and most touches of one path. */
enum { HW_CSV_RECORD_MAX = 1 << 20, HW_CHANNELS_MAX = 65535 };

typedef enum hw_dataset_kind { HW_DATASET_PATHS = 1, HW_DATASET_TOUCHES = 2 } hw_dataset_kind;

typedef struct hw_column_name {
    hw_str role; /**< e.g. "visitor"; see hw_column_roles() */
    hw_str name; /**< as it stands in the header */
} hw_column_name;

/** What becomes of a journey's touches before a model sees them, after windows and cap;
 * docs/models.md. Not in the lean build of the core (headwater.wasm). */
typedef enum hw_transform {
    HW_TRANSFORM_UNIQUE = 0,   /**< nothing */
    HW_TRANSFORM_EXPOSURE = 1, /**< runs of one channel count once */
    HW_TRANSFORM_FIRST = 2,    /**< a channel counts once, where it came first */
    HW_TRANSFORM_FREQUENCY = 3 /**< the same, under a name that tells how often: "Email(2)" */
} hw_transform;

typedef struct hw_dataset_options {
    const hw_column_name *columns; /**< borrowed by hw_dataset_create for the call */
    size_t column_count;
    hw_str separator; /**< between the steps of a path; empty: ">" */
    int skip_bad;     /**< bad rows are counted and listed, not fatal */
    hw_transform transform;
    uint32_t touch_cap; /**< most touches of a journey, the newest stay; 0: no limit */
    /** Only who bought what when is of interest: a file of orders, `customer,time,value`, is read,
     * too, and of a touch log no channel. Not in the lean build. */
    int orders;
} hw_dataset_options;

/** How journeys are cut; see attribution.md. Zeroed fields mean what is said. */
typedef struct hw_windows {
    int64_t click_ms;      /**< lookback of clicks and visits; 0: no limit */
    int64_t impression_ms; /**< lookback of impressions; 0: no limit */
    int reset;     /**< a new journey after each conversion; 0: each looks back on its own */
    hw_str direct; /**< name of the direct channel; empty: "Direct" */
} hw_windows;

typedef struct hw_dataset_summary {
    hw_dataset_kind kind;
    uint64_t rows, bad_rows,
        duplicates; /**< data rows read; refused; repeated event or order ids */
    uint64_t journeys, touches;
    uint32_t channels;
    int64_t conversions, value, nulls; /**< micros */
    int has_times;
    uint64_t capped, capped_journeys; /**< touches that the cap left out, of how many journeys */
} hw_dataset_summary;

/** Comma-separated roles that columns can have. Static. */
HW_API const char *hw_column_roles(void);

/** @return HW_E_ARG for an unknown role, an unknown transform or a separator of more than 8 bytes,
 * with err */
HW_API HW_NODISCARD hw_status hw_dataset_create(const hw_allocator *alloc,
                                                const hw_dataset_options *options, hw_dataset **out,
                                                hw_error *err);
HW_API void hw_dataset_destroy(hw_dataset *dataset);

/**
 * Takes the next bytes of the file. After an error the dataset takes no more.
 * @return HW_E_HEADER, HW_E_CSV, HW_E_NUMBER, HW_E_TIME, HW_E_PATH, HW_E_LIMIT with line and column
 * in err; HW_E_VERSION, HW_E_CHECKSUM, HW_E_CORRUPT of a file of journeys, without; HW_E_NOMEM;
 * HW_E_STATE after hw_dataset_finish
 */
HW_API HW_NODISCARD hw_status hw_dataset_append(hw_dataset *dataset, const void *bytes, size_t len,
                                                hw_error *err);

/** The end of a file, and more follow: the next bytes start with a header of the same kind.
 * HW_E_CORRUPT for a file of journeys that was cut off, here and at the finish. */
HW_API HW_NODISCARD hw_status hw_dataset_next_file(hw_dataset *dataset, hw_error *err);

/** The end of the last file: builds the journeys. @return as hw_dataset_append */
HW_API HW_NODISCARD hw_status hw_dataset_finish(hw_dataset *dataset, hw_error *err);

/** Sets the windows (default: touches 30 d and 1 d, paths no limit). May add the direct channel,
 * where a conversion has no touch left. After hw_dataset_finish. */
HW_API HW_NODISCARD hw_status hw_dataset_set_windows(hw_dataset *dataset,
                                                     const hw_windows *windows);

HW_API void hw_dataset_summarize(const hw_dataset *dataset, hw_dataset_summary *out);
/** Name of channel id; ids are in order of first appearance. Lives as long as the dataset, with
 * HW_TRANSFORM_FREQUENCY until the windows are set anew. */
HW_API hw_str hw_dataset_channel(const hw_dataset *dataset, uint32_t id);

/** Refused row i (the first 100 are kept); NULL past the end. */
HW_API const hw_error *hw_dataset_bad_row(const hw_dataset *dataset, size_t i);

/** Adds the channels that the model credits beside those of the data. After hw_dataset_finish, and
 * before arrays are sized for hw_dataset_attribute. @return HW_E_LIMIT, HW_E_NOMEM; HW_E_STATE,
 * also for a model that needs_organic where there is a transform or a cap: it weighs every touch */
HW_API HW_NODISCARD hw_status hw_dataset_prepare(hw_dataset *dataset, const hw_model *model);

/**
 * Credits every channel. Sums equal the dataset's conversions and value to the micro, but for a
 * model whose `whole` is set, and where no channel earns anything.
 * @param conversions, value  micros: per channel hw_model_part_count() amounts
 * @return HW_E_LIMIT where the model says so (docs/models.md); HW_E_NEEDS_TIMES, HW_E_ARG,
 * HW_E_OVERFLOW, HW_E_NOMEM
 */
HW_API HW_NODISCARD hw_status hw_dataset_attribute(hw_dataset *dataset, const hw_model *model,
                                                   const hw_model_params *params,
                                                   int64_t *conversions, int64_t *value);

/** What a model drew at random. */
typedef struct hw_sampled {
    uint32_t orders; /**< orders of the channels; 0: none, the credit is exact */
    double error;    /**< largest standard error of a channel's conversions, as a share of all */
} hw_sampled;

/** Of the last hw_dataset_attribute. */
HW_API hw_sampled hw_dataset_sampled(const hw_dataset *dataset);

/** Where to write 95 % intervals: per channel hw_model_part_count() micro amounts each. */
typedef struct hw_interval {
    int64_t *conversions_low, *conversions_high, *value_low, *value_high;
} hw_interval;

/**
 * Intervals of the credit, by the Poisson bootstrap over journeys with params->seed: the model runs
 * once per replicate. Paths split into other rows, or in another order, give the same intervals;
 * a touch log must name its visitors in the same order.
 * @param replicates 2 .. 10,000; 200 and more give steady bounds
 * @return what hw_dataset_attribute returns; HW_E_ARG, HW_E_NOMEM
 */
HW_API HW_NODISCARD hw_status hw_dataset_bootstrap(hw_dataset *dataset, const hw_model *model,
                                                   const hw_model_params *params,
                                                   uint32_t replicates, hw_interval *out);

enum { HW_RUNNER_WIDTH_MAX = 256 };

/** How the caller runs jobs side by side, e.g. on threads; the core has none. */
typedef struct hw_runner {
    void *ctx;
    size_t width; /**< jobs that can run at a time, 1 .. HW_RUNNER_WIDTH_MAX */
    /** Calls job(arg, i) once for each i < jobs, in any order, and returns when all have returned.
     */
    void (*run)(void *ctx, void (*job)(void *arg, size_t i), void *arg, size_t jobs);
} hw_runner;

/**
 * The same intervals to the byte, computed by the runner in up to `width` jobs, each with journeys
 * of its own in memory. The dataset's allocator must allow calls from all of them at once.
 * @param runner NULL: one job, here
 */
HW_API HW_NODISCARD hw_status hw_dataset_bootstrap_by(hw_dataset *dataset, const hw_model *model,
                                                      const hw_model_params *params,
                                                      uint32_t replicates, const hw_runner *runner,
                                                      hw_interval *out);

/**
 * Journeys [from, from + count) as JSON (shape: DatasetJourney[] in wasm/binding/types.ts), credit
 * per touch in millionths for each model that the data allows.
 */
HW_API HW_NODISCARD hw_status hw_dataset_journeys_json(hw_dataset *dataset, size_t from,
                                                       size_t count, const hw_model *const *models,
                                                       size_t model_count,
                                                       const hw_model_params *params, char *buf,
                                                       size_t cap, size_t *len);

#endif
