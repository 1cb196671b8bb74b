/* A push parser for CSV (RFC 4180 with any delimiter): chunks in, records out. */
#ifndef HW__CSV_H
#define HW__CSV_H

#include "base/internal.h"

/* fields live for the call. line is where the record starts, 1-based. */
typedef hw_status (*hw__csv_row)(void *ctx, const hw_str *fields, uint32_t count, uint64_t line);

/* Takes whole records at the front of the bytes by itself; returns the bytes taken, 0 for none. */
typedef size_t (*hw__csv_bulk)(void *ctx, const char *bytes, size_t len, uint64_t *lines);

typedef struct hw__csv {
    hw_allocator alloc;
    hw__csv_row row;
    hw__csv_bulk bulk; /* may be NULL */
    void *ctx;
    char delimiter;         /* 0 until the first record tells */
    uint64_t line;          /* of the next record's start */
    bool started;           /* a byte order mark can no longer come */
    HW__VEC(char) carry;    /* a record that a chunk cut */
    size_t scanned;         /* bytes of carry known to hold no end of the record */
    bool quoted;            /* state at `scanned` */
    HW__VEC(char) unquoted; /* texts of quoted fields */
    HW__VEC(hw_str) fields;
    hw_str record; /* the one that `row` is called for, as it stands in the file */
} hw__csv;

void hw__csv_init(hw__csv *csv, const hw_allocator *alloc, hw__csv_row row, void *ctx);
void hw__csv_free(hw__csv *csv);
hw_status hw__csv_feed(hw__csv *csv, const char *bytes, size_t len, hw_error *err);
/* The last record may lack its line end. */
hw_status hw__csv_end(hw__csv *csv, hw_error *err);

#endif
