/* Facts about sites: which host or source name is a search engine, a network, a shop… */
#ifndef HW__KNOWN_SOURCES_H
#define HW__KNOWN_SOURCES_H

#include <stddef.h>
#include <stdint.h>

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
    uint16_t pattern; /* offset into hw__known_patterns */
    uint16_t name;    /* offset into hw__known_names, NUL-terminated there */
    uint8_t len;      /* of the pattern */
    uint8_t category;
} hw__known;

/* Sorted by pattern, bytewise. "name.*" stands for the name under any public suffix. */
extern const hw__known hw__known_sources[];
extern const size_t hw__known_count;
extern const char hw__known_patterns[];
extern const char hw__known_names[];

#endif
