/* Writes JSON into a buffer and counts what did not fit: size first, then fill. */
#ifndef HW__JSON_H
#define HW__JSON_H

#include "base/internal.h"

typedef struct hw__json {
    char *at;
    size_t len, cap; /* len goes on past cap */
    bool comma;      /* the next value needs a comma before it */
} hw__json;

void hw__json_raw(hw__json *j, const char *z);
void hw__json_open(hw__json *j, char bracket);
void hw__json_close(hw__json *j, char bracket);
void hw__json_key(hw__json *j, const char *name);
/* Bytes that are not UTF-8 are written as they are: every door checks its texts. */
void hw__json_str(hw__json *j, hw_str s);
void hw__json_bool(hw__json *j, bool b);
void hw__json_int(hw__json *j, int64_t n);
/* Micros as a decimal with six places, or as few as needed when `shortest`. */
void hw__json_micros(hw__json *j, int64_t micros, bool shortest);

#endif
