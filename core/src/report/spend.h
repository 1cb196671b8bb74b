/* A file of ad spend, `date,channel[,campaign],cost[,currency]`, summed up by channel and currency.
 */
#ifndef HW__SPEND_H
#define HW__SPEND_H

#include "base/internal.h"
#include "journey/csv.h"

enum { HW__SPEND_BAD_KEPT = 100, HW__SPEND_COLUMNS = 4 };

typedef struct hw__spend_sum {
    uint32_t channel, currency; /* ids in names */
    uint64_t rows;
    int64_t cost; /* micros */
} hw__spend_sum;

typedef struct hw__spend {
    hw_allocator alloc;
    hw__csv csv;
    hw_error *err;
    int32_t at[HW__SPEND_COLUMNS]; /* date, channel, cost, currency; -1: none */
    uint32_t columns;
    bool header_read;
    hw__intern channels, currencies;
    HW__VEC(hw__spend_sum) sums; /* in order of first appearance */
    HW__VEC(hw_error) bad;
    uint64_t rows, bad_rows; /* data rows read, refused among them */
    int64_t from_ms, to_ms;  /* days of the rows counted; to below from: none */
} hw__spend;

void hw__spend_init(hw__spend *s, const hw_allocator *alloc);
void hw__spend_free(hw__spend *s);
/* The whole file. A bad row is counted, listed and left out. HW_E_HEADER, HW_E_CSV, HW_E_NOMEM. */
hw_status hw__spend_read(hw__spend *s, const char *bytes, size_t len, hw_error *err);

#endif
