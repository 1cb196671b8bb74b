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

enum { HW__KNOWN_SLOTS = 2048, HW__KNOWN_PATTERN_MAX = 64 };

/* Where each pattern's line starts in the text, by hash. */
struct hw_sources {
    hw_allocator alloc;
    uint16_t section[HW__AI + 1];   /* where each category ends */
    uint16_t slot[HW__KNOWN_SLOTS]; /* start of a line, plus 1; 0: free */
};

/* The entry for a lower-case name or host; "name.*" stands for the name under any public suffix. */
hw__known hw__known_find(const hw_sources *known, hw_str lower);

/* The next pattern of a line: *at moves from the line's start to its end. False: no more. `buf`
 * has HW__KNOWN_PATTERN_MAX bytes and holds the pattern until the next call. */
bool hw__known_pattern(const char *line, size_t *at, char *buf, hw_str *pattern);

/* ---- generated ----
 * A line for each name: the name, which is a pattern itself unless '-' leads it, then more
 * patterns: '!' name.com, '%' name.*, '+' the rest behind "name.", ',' a whole one. '|' ends a
 * category, in the order of hw__category. */
extern const char hw__known_lines[];

#endif
