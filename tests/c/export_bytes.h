/* Writes small files of headwater/export.h. */
#ifndef HW_EXPORT_BYTES_H
#define HW_EXPORT_BYTES_H

#include "base/bytes.h"
#include "headwater/headwater.h"

typedef struct xfile {
    uint8_t at[4096];
    size_t len, body; /* body: where the block under way has its body */
} xfile;

static inline void x_number(xfile *x, uint64_t n) {
    for (; n > 127; n >>= 7) x->at[x->len++] = (uint8_t)(n | 128);
    x->at[x->len++] = (uint8_t)n;
}

static inline void x_text(xfile *x, const char *z) {
    size_t n = strlen(z);
    x_number(x, n);
    memcpy(x->at + x->len, z, n);
    x->len += n;
}

static inline void x_head(xfile *x) {
    static const uint8_t head[] = {'H', 'W', 'X', '1', HW_EXPORT_FORMAT, 0, 0, 0};
    memcpy(x->at, head, sizeof head);
    x->len = sizeof head;
}

static inline void x_open(xfile *x) {
    x->body = x->len += 8;
}

/* Bit by bit, unlike the reader's table. */
static inline uint32_t x_crc(const uint8_t *p, size_t n) {
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        c ^= p[i];
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ UINT32_C(0xedb88320) : c >> 1;
    }
    return ~c;
}

static inline void x_close(xfile *x) {
    hw__st32(x->at + x->body - 8, (uint32_t)(x->len - x->body));
    hw__st32(x->at + x->body - 4, x_crc(x->at + x->body, x->len - x->body));
}

static inline void x_end(xfile *x, uint64_t persons, uint64_t touches, uint64_t conversions) {
    x_open(x);
    x_number(x, 0);
    x_number(x, persons);
    x_number(x, touches);
    x_number(x, conversions);
    x_close(x);
}

/* kind 1 .. 3 of a source, or 0 of a definition without an order */
static inline void x_event(xfile *x, int kind, uint64_t number, uint64_t later) {
    x_number(x, (uint64_t)kind + (kind ? 4 : 8) * number);
    x_number(x, later);
}

static inline void x_order(xfile *x, uint64_t action, uint64_t later, uint64_t value, int order) {
    x_number(x, 4 * (2 * action + 1));
    x_number(x, later);
    x_number(x, value);
    memset(x->at + x->len, order, 16);
    x->len += 16;
}

/* Two blocks, three persons: what x_shop_csv says. */
static inline void x_shop(xfile *x) {
    x_head(x);
    x_open(x);
    x_number(x, 2);
    x_number(x, 6);
    const char *const strings[] = {"Email", "news", "spring", "purchase", "lead", "Paid Search"};
    for (int i = 0; i < 6; i++) x_text(x, strings[i]);
    x_number(x, 2);
    const uint64_t sources[] = {1, 2, 0, 3, 0, 0, 6, 0, 0, 0, 0, 0};
    for (int i = 0; i < 12; i++) x_number(x, sources[i]);
    x_number(x, 2);
    const uint64_t actions[] = {4, 0, 5, HW_EXPORT_LEAD};
    for (int i = 0; i < 4; i++) x_number(x, actions[i]);
    x_number(x, 5);
    x_event(x, 3, 1, 1000000); /* Paid Search before Email, which has the smaller number */
    x_event(x, 1, 0, 3600000);
    x_event(x, 0, 1, 0); /* a lead */
    x_number(x, 0);
    x_order(x, 0, 86400000, 59900000, 0xab);
    x_order(x, 0, 1, 59900000, 0xab); /* again */
    x_number(x, 1);
    x_order(x, 0, 5000000, 1000000, 0xcd);
    x_close(x);
    x_open(x);
    x_number(x, 1);
    x_number(x, 1);
    x_text(x, "Email");
    x_number(x, 1);
    const uint64_t again[] = {1, 0, 0, 0, 0, 0};
    for (int i = 0; i < 6; i++) x_number(x, again[i]);
    x_number(x, 0);
    x_number(x, 2);
    x_event(x, 2, 0, 7000000);
    x_event(x, 2, 0, 0);
    x_close(x);
    x_end(x, 3, 4, 4);
}

/* Times in CSV that small would be seconds, so they have a date. */
static const char x_shop_csv[] =
    "visitor,time,channel,source,medium,campaign,interaction,conversion,value,order_id\n"
    "1,1970-01-01T00:16:40Z,Paid Search,,,,visit,,,\n"
    "1,1970-01-01T01:16:40Z,Email,news,,spring,click,,,\n"
    "1,1970-01-01T01:16:40Z,,,,,lead,1,0,\n"
    "1,1970-01-02T01:16:40Z,,,,,,1,59.9,abababababababababababababababab\n"
    "1,1970-01-02T01:16:40.001Z,,,,,,1,59.9,abababababababababababababababab\n"
    "2,1970-01-01T01:23:20Z,,,,,,1,1,cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\n"
    "3,1970-01-01T01:56:40Z,Email,,,,impression,,,\n"
    "3,1970-01-01T01:56:40Z,Email,,,,impression,,,\n";

#endif
