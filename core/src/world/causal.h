/* Worlds whose truth is known: people drift in and out of wanting, meet channels in continuous
 * time, and buy at a rate that the channels may or may not move. What a channel caused is what is
 * lost when the same life, with the same random numbers, is lived without that channel. */
#ifndef HW__CAUSAL_H
#define HW__CAUSAL_H

#include "world/world.h"

enum { HW__PLANS_MAX = 12, HW__LIFE_TOUCHES_MAX = 400, HW__LIFE_SALES_MAX = 40 };

/* One channel of a world. Rates are touches per person and day; a person's own reach multiplies
 * them. */
typedef struct hw__plan {
    hw__wsource s;
    double always;   /* met whatever the person wants */
    double wanting;  /* in addition, while the person wants to buy */
    double chasing;  /* in addition, for two days after the last visit to the site */
    double aware;    /* in addition, per stage of the funnel reached */
    double lift;     /* sales a touch causes in the long run, where nothing else interferes */
    bool slow;       /* half of the effect is gone after 4 days, else after 1 */
    bool primes;     /* interaction: makes the effects of others bigger for a while */
    double moves[2]; /* funnel: the chance that a touch moves stage 0 to 1, 1 to 2 */
} hw__plan;

typedef struct hw__causal {
    const char *name, *about;
    hw__plan plans[HW__PLANS_MAX];
    uint32_t count;
    double onset;        /* wants per person and day */
    double lasting;      /* days that one lasts */
    double base, wanted; /* sales per day of somebody who does not, does want */
    double staged[3];    /* funnel: sales per day by stage, in addition */
    double synergy;      /* interaction: effects are (1 + synergy) times as big when primed */
    double full;         /* effects saturate towards this many sales per day; 0: they do not */
    bool sated;          /* a sale ends the wanting, and a funnel starts anew */
} hw__causal;

/* World i of the table; NULL past its end. */
const hw__causal *hw__causal_at(size_t i);
/* NULL when there is none. */
const hw__causal *hw__causal_find(hw_str name);

/* The same world with channels that do `percent` of what they do: chances end at 1. 0: nothing
 * works. */
hw__causal hw__causal_scaled(const hw__causal *world, uint32_t percent);

typedef struct hw__life {
    uint32_t touches, sales;
    struct {
        int64_t at;
        uint8_t plan;
    } touch[HW__LIFE_TOUCHES_MAX];
    struct {
        int64_t at;
        int64_t value; /* micros, whole cents */
    } sale[HW__LIFE_SALES_MAX];
    /* Sales and value that this person would not have made without each channel. (A sale that is
     * not made today may be made tomorrow.) */
    int32_t caused[HW__PLANS_MAX];
    int64_t caused_value[HW__PLANS_MAX];
    uint32_t unasked; /* sales with no channel at all */
    int64_t unasked_value;
} hw__life;

/* The life of person `number`; the same whoever came before. */
void hw__causal_live(const hw__causal *world, uint64_t seed, uint64_t number, int64_t start_ms,
                     uint32_t days, hw__life *out);

#endif
