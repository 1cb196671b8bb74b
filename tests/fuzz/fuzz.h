#ifndef HW_FUZZ_H
#define HW_FUZZ_H

#include <stdlib.h>

#include "base/bytes.h"
#include "base/internal.h"

/* A promise that the input broke. */
#define MUST(cond)                                                                                 \
    do {                                                                                           \
        if (!(cond)) abort();                                                                      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
