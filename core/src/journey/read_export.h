/* The reading of a file of journeys (headwater/export.h), as far as it has come. */
#ifndef HW__READ_EXPORT_H
#define HW__READ_EXPORT_H

#include "base/internal.h"

#ifndef HW_LEAN

/* What the file is: not told yet; something else; this, of which the next part is its head, a
 * block's head or a block's body; this, read to its end mark. */
typedef enum hw__export_stage {
    HW__EXPORT_UNTOLD,
    HW__EXPORT_OTHER,
    HW__EXPORT_HEAD,
    HW__EXPORT_BLOCK,
    HW__EXPORT_BODY,
    HW__EXPORT_ENDED
} hw__export_stage;

typedef struct hw__export {
    hw__export_stage stage;
    HW__VEC(uint8_t) held; /* of the part under way */
    size_t part;           /* its length; not told yet: how much of the magic was there */
    uint32_t crc;          /* of the body under way */
    uint32_t files;        /* begun so far: persons of two files are two */
    uint64_t bytes, persons, touches, conversions; /* of this file, so far */
    uint32_t crc_table[256];
} hw__export;

struct hw_dataset;

/* Takes bytes of a file of either kind: what is none of these goes to the CSV reader. */
hw_status hw__export_feed(struct hw_dataset *d, const uint8_t *bytes, size_t len);
/* The end of the file; *taken: it was one of these. Readies for another. */
hw_status hw__export_end(struct hw_dataset *d, bool *taken);
void hw__export_free(struct hw_dataset *d);

#endif
#endif
