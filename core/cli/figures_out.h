/* Named figures as CSV, JSON or an aligned table. */
#ifndef HW_FIGURES_OUT_H
#define HW_FIGURES_OUT_H

#include "cli.h"
#include "report/figures.h"

/* format: csv, json or table. */
hw_status figures_out(const char *format, hw__figures figures, const void *of);

#endif
