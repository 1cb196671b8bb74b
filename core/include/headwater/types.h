/**
 * @file types.h
 * What every header needs; conventions are in headwater.h.
 */
#ifndef HEADWATER_TYPES_H
#define HEADWATER_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "headwater/alloc.h"
#include "headwater/status.h"

#define HW_MICROS INT64_C(1000000)

/** A borrowed piece of text. ptr may be NULL when len is 0. */
typedef struct hw_str {
    const char *ptr;
    size_t len;
} hw_str;

#define HW_STR(literal) ((hw_str){(literal), sizeof(literal) - 1})

#endif
