#include "base/bytes.h"
#include "base/internal.h"

static void add(hw__sip *sip, hw_str part) {
    uint8_t len[4];
    hw__st32(len, (uint32_t)part.len);
    hw__sip_add(sip, len, sizeof len);
    if (part.len) hw__sip_add(sip, part.ptr, part.len);
}

hw_key hw_key_of(const hw_str *parts, size_t count) {
    hw__sip sip;
    hw_key key;
    hw__sip_init(&sip);
    for (size_t i = 0; i < count; i++) add(&sip, parts[i]);
    hw__sip_end(&sip, key.bytes);
    return key;
}

hw_key hw_event_key(hw_str site, hw_str name, hw_str event_id) {
    hw_str parts[] = {HW_STR("event"), site, name, event_id};
    return hw_key_of(parts, sizeof parts / sizeof *parts);
}

hw_key hw_content_key(hw_str site, hw_str person, hw_str name, const hw_str *fields, size_t count) {
    hw_str head[] = {HW_STR("content"), site, person, name};
    hw__sip sip;
    hw_key key;
    hw__sip_init(&sip);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) add(&sip, head[i]);
    for (size_t i = 0; i < count; i++) add(&sip, fields[i]);
    hw__sip_end(&sip, key.bytes);
    return key;
}

void hw_key_hex(const hw_key *key, char out[32]) {
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        out[2 * i] = hex[key->bytes[i] >> 4];
        out[2 * i + 1] = hex[key->bytes[i] & 15];
    }
}
