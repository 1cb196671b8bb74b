/* Credit of a model's channels as CSV, JSON or an aligned table. */
#ifndef HW_CREDIT_OUT_H
#define HW_CREDIT_OUT_H

#include "cli.h"

typedef struct credit_table {
    const hw_dataset *dataset;
    const hw_model *model;
    size_t channels;
    const int64_t *conversions, *value; /* per channel, the model's parts side by side */
    const hw_interval *interval;        /* the same; NULL: none */
} credit_table;

/* format: csv, json or table. */
void credit_begin(const char *format, bool intervals);
bool credit_write(const credit_table *t);
void credit_end(void);

#endif
