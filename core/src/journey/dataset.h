/* The dataset in memory. dataset.c owns it; read_paths.c and read_touches.c fill it; attribute.c
 * reads. */
#ifndef HW__DATASET_H
#define HW__DATASET_H

#include "base/internal.h"
#include "journey/columns.h"
#include "journey/csv.h"
#include "journey/read_export.h"

enum { HW__BAD_ROWS_KEPT = 100 };

/* Bits above the interaction of a touch: it brought the lead, the opportunity; it is the
 * first of its visitor. */
enum { HW__INTERACTION = 15, HW__LEAD = 16, HW__OPPORTUNITY = 32, HW__FIRST = 64 };

typedef struct hw__djourney {
    uint32_t from, len;
    int64_t at; /* of the conversion, Unix ms; 0: unknown */
    int64_t conversions, value, nulls;
} hw__djourney;

/* A row of a touch log, until the journeys are built. */
typedef struct hw__drow {
    int64_t at;
    uint32_t visitor;
    uint16_t channel;
    uint8_t interaction; /* HW_NO_TOUCH: only a conversion */
    uint8_t converts;
    uint8_t milestone; /* HW__LEAD, HW__OPPORTUNITY or 0 */
} hw__drow;

/* What a person did beside being touched. */
typedef struct hw__deed {
    int64_t at, value; /* value: of an order, micros */
    uint32_t person;
    bool lead; /* became a lead; otherwise an order */
} hw__deed;

/* A channel's name as two words, for fast_paths.c. */
enum { HW__QUICK_NAMES = 1024 };
typedef struct hw__quick_name {
    uint64_t a, b;
    uint16_t id, len; /* len 0: a free slot */
} hw__quick_name;

struct hw_dataset {
    hw_allocator alloc;
    hw__csv csv;
    hw_str separator;
    char separator_text[8];
    bool skip_bad, header_read, finished, failed;
    hw_str named[HW__ROLE_COUNT]; /* in `names` */
    hw__arena names;
    hw__columns columns;
    hw_error *err; /* of the call under way */

    hw__intern channels;
    hw__quick_name quick[HW__QUICK_NAMES];
    HW__VEC(uint16_t) channel;
    HW__VEC(int64_t) at;
    HW__VEC(uint8_t) interaction; /* touch logs only; a hw_interaction, and marks of milestones */
    HW__VEC(hw__djourney) journeys;
    uint32_t longest; /* touches of a journey, before windows */

    /* touch logs, while reading */
    hw__intern visitors, ids;
    HW__VEC(hw__drow) rows;
    HW__VEC(int64_t) values; /* of the rows that convert, in row order */
    HW__VEC(char) scratch;   /* for classification */
    hw_sources *sources;     /* NULL until a row wants it */

    hw_sampled sampled;          /* by the last fit */
    struct hw__gather *gathered; /* sums kept between models; NULL until wanted */
    hw_windows windows;
    char direct_text[64 + 3]; /* "(1)" behind the name */
    hw_transform transform;
    uint32_t touch_cap;
    bool named_channels;          /* for HW_TRANSFORM_FREQUENCY: names end in (1), (2), … */
    size_t file_channels;         /* the first so many are the file's then */
    hw__intern repeats;           /* a channel and how often */
    HW__VEC(uint16_t) repeat_ids; /* the channel that stands for it */
    uint64_t capped, capped_journeys;
#ifndef HW_LEAN
    uint64_t customers, persons; /* visitors of a touch log who converted; all */
    HW__VEC(hw__deed) deeds;     /* of a touch log, person by person, by time */
    int64_t newest;              /* time of the last row, Unix ms */
    bool orders;                 /* rows without a channel are what is wanted */
    hw__export export;           /* the file under way, where it is one of export.h */
#endif
    uint64_t nrows, bad_rows, duplicates;
    int64_t conversions, value, nulls;
    HW__VEC(hw_error) bad;
};

hw_status hw__read_path_row(hw_dataset *d, const hw_str *fields, uint64_t line);
/* Takes plain rows at the front of the bytes; returns how many bytes, and their lines. */
size_t hw__quick_paths(void *ctx, const char *bytes, size_t len, uint64_t *lines);
void hw__quick_name_add(hw_dataset *d, hw_str name, uint16_t id);
hw_status hw__read_touch_row(hw_dataset *d, const hw_str *fields, uint64_t line);
/* Adds a row whose visitor and channel are known; value: of a conversion, micros. */
hw_status hw__touch_row_put(hw_dataset *d, const hw__drow *row, int64_t value);
/* The channel by its own column, else from source, medium… or the URL; row->interaction becomes
 * HW_NO_TOUCH for an internal page. */
hw_status hw__touch_channel(hw_dataset *d, const hw_str *fields, uint64_t line, hw__drow *row);
hw_status hw__build_touch_journeys(hw_dataset *d);

/* Paths without times: no windows apply, and a journey is its slice of the column. */
static inline bool hw__untimed(const hw_dataset *d) {
    return d->columns.kind == HW_DATASET_PATHS && d->at.len == 0;
}

/* Is there a transform or a cap? The lean build has none, to stay within its size. */
static inline bool hw__shaped(const hw_dataset *d) {
#ifdef HW_LEAN
    (void)d;
    return false;
#else
    return d->transform || d->touch_cap;
#endif
}

/* A journey is its slice of the column, and every model sees it so. */
static inline bool hw__sliced(const hw_dataset *d) {
    return hw__untimed(d) && !hw__shaped(d);
}

/* The trimmed field of a role; empty when the file has no such column. */
static inline hw_str hw__cell(const hw_dataset *d, const hw_str *fields, hw__role role) {
    int32_t at = d->columns.at[role];
    return at < 0 ? (hw_str){NULL, 0} : hw__str_trim(fields[at]);
}

hw_status hw__cell_fail(hw_dataset *d, hw_status status, uint64_t line, hw__role role,
                        const char *what, hw_str cell);

/* Ids of channels, with the limit told. */
hw_status hw__channel_put(hw_dataset *d, hw_str name, uint64_t line, hw__role role, uint16_t *id);

/* A conversion is split into whole 2^-40ths, so that sums are exact in any order. */
enum { HW__UNIT_BITS = 40 };

/* One journey as a model sees it, after windows: in scratch arrays of the caller. */
typedef struct hw__eval {
    hw_allocator alloc;
    size_t cap, channel_count;
    uint16_t *channel;
    int64_t *age;
    uint64_t *weights;
    int64_t *unit;
    hw_share_work *work;
    uint8_t *flags;
    uint32_t *scratch;
} hw__eval;

/* params may be NULL: no channel is then the named one. */
hw_status hw__eval_init(hw__eval *e, hw_dataset *d, const hw_model_params *params);
void hw__eval_free(hw__eval *e);
/* The touches that count; at least one: a conversion that none earns gets the direct channel. */
hw_path hw__eval_path(const hw_dataset *d, const hw__djourney *j, hw__eval *e);
/* The touches inside the windows, into e->channel and e->age; their number. marks: the touch that
 * brought the lead, the opportunity; SIZE_MAX: unknown. */
size_t hw__windowed(const hw_dataset *d, const hw__djourney *j, hw__eval *e, size_t marks[2]);
/* Caps and transforms n touches where they are; their number then. */
size_t hw__transform(const hw_dataset *d, hw__eval *e, size_t n, size_t marks[2]);
/* Once windows are set: the names that a transform makes, and what the cap leaves out. */
hw_status hw__transform_prepare(hw_dataset *d);
/* A channel's name without the count that HW_TRANSFORM_FREQUENCY put behind it. */
hw_str hw__uncounted(const hw_dataset *d, hw_str name);
static inline hw_str hw__plain_name(const hw_dataset *d, hw_str name) {
    return hw__shaped(d) ? hw__uncounted(d, name) : name;
}
/* The direct channel's name as it stands among the channels; "(1)" lies behind the plain one. */
static inline hw_str hw__direct_name(const hw_dataset *d) {
    bool counted = hw__shaped(d) && d->transform == HW_TRANSFORM_FREQUENCY;
    return (hw_str){d->windows.direct.ptr, d->windows.direct.len + (counted ? 3 : 0)};
}
/* Does any touch of the journey lie in its windows? */
bool hw__has_touch(const hw_dataset *d, const hw__djourney *j);

#endif
