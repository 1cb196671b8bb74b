/* Named figures, told one by one to whoever writes them down: the command line as rows or JSON, the
 * WebAssembly module as the same JSON. */
#ifndef HW__FIGURES_H
#define HW__FIGURES_H

#include "base/json.h"

/* No such figure: nothing to divide by, or nothing known. */
#define HW__NO_FIGURE INT64_MIN

typedef struct hw__figure {
    const char *kind;
    hw_str key; /* which of its kind; empty: there is one. Lives until all are told */
    const char *name;
    int64_t micros;   /* HW__NO_FIGURE: none */
    const char *text; /* where it is no number; otherwise NULL */
    const char *why;  /* there is no figure; otherwise NULL */
} hw__figure;

typedef void (*hw__tell)(void *ctx, const hw__figure *f);

/* Tells all figures; figures of one kind and key come together. */
typedef void (*hw__figures)(const void *of, hw__tell tell, void *ctx);

/* {"kind": {"name": figure, …}, "kind": {"key": {…}, …}, …, "null_means": {"kind.name": why, …}} */
void hw__figures_json(hw__figures figures, const void *of, hw__json *j);

/* A double as micros; HW__NO_FIGURE beyond their range. */
int64_t hw__micros_of(double v);

#endif
