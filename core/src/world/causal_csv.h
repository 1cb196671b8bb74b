/* Lives as rows of a touch log, with the dirt of a real one. */
#ifndef HW__CAUSAL_CSV_H
#define HW__CAUSAL_CSV_H

#include "world/causal.h"

/* In thousandths. */
typedef struct hw__dirt {
    uint32_t duplicates; /* of rows: sent twice, under one event id */
    uint32_t devices;    /* of people: use a second device that nothing links to the first */
    uint32_t bots;       /* of people: followed by a bot that clicks much and buys nothing */
} hw__dirt;

enum { HW__LIFE_TEXT_MAX = 3 * (HW__LIFE_TOUCHES_MAX + HW__LIFE_SALES_MAX) * 160 };

#define HW__TOUCH_LOG_HEADER                                                                       \
    "visitor,time,channel,source,medium,campaign,interaction,conversion,value,event_id,order_id\n"

/* The rows of one life in order of time, into at least HW__LIFE_TEXT_MAX bytes. @return their
 * length */
size_t hw__life_csv(const hw__causal *world, uint64_t seed, uint64_t number, const hw__life *life,
                    const hw__dirt *dirt, char *out);

#endif
