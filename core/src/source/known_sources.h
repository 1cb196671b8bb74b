/* Facts about sites: which host or source name is a search engine, a network, a shop… */
#ifndef HW__KNOWN_SOURCES_H
#define HW__KNOWN_SOURCES_H

#include "base/internal.h"

typedef enum hw__category {
    HW__UNKNOWN,
    HW__SEARCH,
    HW__SOCIAL,
    HW__VIDEO,
    HW__SHOPPING,
    HW__EMAIL,
    HW__AI
} hw__category;

typedef struct hw__known {
    hw__category category; /* HW__UNKNOWN: no such entry */
    hw_str name;           /* static */
} hw__known;

/* The entry for a lower-case name or host. */
hw__known hw__known_find(hw_str lower);

/* ---- generated ----
 * entries: sorted by pattern bytewise; "name.*" stands for the name under any public suffix. Each:
 *          length of the pattern (7 bits), then 17 bits: place of the name (14) and category (3),
 * then the pattern. A name is another entry's pattern, or stands behind the entries, led by a
 * length. blocks:  where every 16th entry starts, and the end */
extern const char hw__known_entries[];
extern const uint16_t hw__known_blocks[];
extern const size_t hw__known_block_count;

#endif
