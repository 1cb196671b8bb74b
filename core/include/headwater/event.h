/**
 * @file event.h
 * ② Keys. Every identity in the system is 128 bits: SipHash-2-4-128 with a
 * fixed, published key over the parts, each led by its length as 32 bits
 * little-endian, so that no two lists of parts run together. The first part
 * names the kind of key, the second the site: tenants never meet.
 */
#ifndef HEADWATER_EVENT_H
#define HEADWATER_EVENT_H

#include "headwater/types.h"

typedef struct hw_key {
    uint8_t bytes[16];
} hw_key;

/** The key of a list of parts; count may be 0. Never fails. */
HW_API hw_key hw_key_of(const hw_str *parts, size_t count);

/** The key of an event that has an id: parts "event", site, name, event_id. */
HW_API hw_key hw_event_key(hw_str site, hw_str name, hw_str event_id);

/**
 * The key of an event that has none: parts "content", site, person, name, then
 * the fields that tell one happening from another, in the caller's fixed order.
 */
HW_API hw_key hw_content_key(hw_str site, hw_str person, hw_str name, const hw_str *fields,
                             size_t field_count);

/** Writes 32 lower-case hex digits, no NUL. */
HW_API void hw_key_hex(const hw_key *key, char out[32]);

#endif
