/* The quick way through plain rows of a path file. It takes only rows that it understands to the
 * last byte (no quotes, short numbers, channels seen before and at most 16 bytes long); at the
 * first other row it stops, and read_paths.c takes that row. So it decides nothing that the plain
 * code would not, and tests/c/test_dataset.c compares the two. */
#include "base/bytes.h"
#include "journey/dataset.h"

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Little-endian whatever the machine; one load where it is. */
static inline uint64_t load8(const char *p) {
    return hw__ld64((const uint8_t *)p);
}

/* High bits of the bytes below '0', or equal to the separator: where a name may end. The lowest set
 * one is right; higher ones may be false. */
static inline uint64_t ends(uint64_t w, uint64_t separators) {
    uint64_t low = (w - ONES * '0') & ~w & HIGHS;
    uint64_t x = w ^ separators;
    return low | ((x - ONES) & ~x & HIGHS);
}

static inline size_t lowest_byte(uint64_t mask) {
    return (size_t)__builtin_ctzll(mask) >> 3;
}

static inline size_t slot_of(uint64_t a, uint64_t b) {
    uint64_t h = (a ^ b * UINT64_C(0x9fb21c651e98df25)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 54); /* 10 bits */
}

/* A name has its slot or one of the three beside it; NULL: it is not known here. */
static inline const hw__quick_name *seek(const hw_dataset *d, uint64_t a, uint64_t b) {
    size_t slot = slot_of(a, b);
    for (size_t k = 0; k < 4; k++) {
        const hw__quick_name *q = &d->quick[slot ^ k];
        if (q->a == a && q->b == b) return q;
    }
    return NULL;
}

_Static_assert(HW__QUICK_NAMES == 1024, "slot_of takes 10 bits");

/* The first 16 bytes of a name, zeros behind it; a name holds no NUL. */
static void name_words(hw_str name, uint64_t *a, uint64_t *b) {
    uint8_t bytes[16] = {0};
    memcpy(bytes, name.ptr, name.len);
    *a = hw__ld64(bytes);
    *b = hw__ld64(bytes + 8);
}

void hw__quick_name_add(hw_dataset *d, hw_str name, uint16_t id) {
    if (!name.len || name.len > 16) return;
    hw__quick_name q = {.id = id, .len = (uint16_t)name.len};
    name_words(name, &q.a, &q.b);
    size_t slot = slot_of(q.a, q.b);
    size_t k = 0;
    while (k < 3 && d->quick[slot ^ k].len) k++; /* of five in four slots the last is quick */
    d->quick[slot ^ k] = q;
}

/* A name of up to 16 bytes at p, of which 24 can be read. Where it ends comes from the bytes alone,
 * so that the next name can be looked at before the table has answered. NULL: take the plain way.
 */
static inline const hw__quick_name *find_name(const hw_dataset *d, const char *p,
                                              uint64_t separators, size_t *len) {
    uint64_t a = load8(p), b = 0, stop = ends(a, separators);
    if (stop) {
        *len = lowest_byte(stop);
        a &= ((stop & (0 - stop)) >> 7) - 1; /* the bytes below the lowest set one */
    } else {
        b = load8(p + 8);
        stop = ends(b, separators);
        *len = 16;
        if (stop) {
            *len = 8 + lowest_byte(stop);
            b &= ((stop & (0 - stop)) >> 7) - 1;
        }
    }
    const hw__quick_name *q = seek(d, a, b);
    return q && q->len == *len && q->len ? q : NULL;
}

/* Names with blanks or signs inside end in find_name too early; this finds their true end. */
static const hw__quick_name *find_long_name(const hw_dataset *d, const char *p, const char *end,
                                            char separator, char delimiter) {
    const char *q = p;
    while (q < end && *q != separator && *q != delimiter && *q != '\n' && *q != '"' && *q) q++;
    hw_str name = hw__str_trim((hw_str){p, (size_t)(q - p)});
    if (!name.len || name.len > 16) return NULL;
    uint64_t a, b;
    name_words(name, &a, &b);
    const hw__quick_name *k = seek(d, a, b);
    return k && k->len == name.len ? k : NULL;
}

/* The steps of a path up to the delimiter or the line's end; NULL: take the plain way. */
static const char *quick_path(hw_dataset *d, const char *p, const char *end, char delimiter,
                              uint32_t *len) {
    const char separator = d->separator.ptr[0];
    const uint64_t separators = ONES * (uint8_t)separator;
    uint16_t *to = d->channel.at + d->channel.len, *from = to;
    for (;;) {
        if (end - p < 32) return NULL;
        size_t n;
        const hw__quick_name *name = find_name(d, p, separators, &n);
        const char *q = p + n;
        if (name && q[0] == ' ' && q[1] == separator && q[2] == ' ' && q[3] != ' ') { /* "a > b" */
            *to++ = name->id;
            p = q + 3;
            continue;
        }
        while (*q == ' ') q++;
        if (!name || (*q != separator && *q != delimiter && *q != '\n')) {
            name = find_long_name(d, p, end - 16, separator, delimiter);
            if (!name) return NULL;
            q = p + name->len;
            while (*q == ' ') q++;
            if (*q != separator && *q != delimiter && *q != '\n') return NULL;
        }
        *to++ = name->id;
        p = q;
        if (*p != separator) break;
        p++;
        while (*p == ' ') p++;
    }
    *len = (uint32_t)(to - from);
    return p;
}

/* Digits with at most six places behind a point; NULL: take the plain way. */
static const char *quick_number(const char *p, const char *end, int64_t *micros) {
    if (end - p < 24) return NULL;
    int64_t n = 0;
    const char *from = p;
    for (; (unsigned char)(*p - '0') < 10 && p - from <= 12; p++) n = n * 10 + (*p - '0');
    if (p == from || p - from > 12) return NULL;
    int64_t unit = HW_MICROS;
    if (*p == '.') {
        const char *point = p++;
        for (; (unsigned char)(*p - '0') < 10 && unit > 1; p++, unit /= 10) n = n * 10 + (*p - '0');
        if (p == point + 1 || (unsigned char)(*p - '0') < 10) return NULL;
    }
    if (n > INT64_C(9000000000000)) return NULL;
    *micros = n * unit;
    return p;
}

static const char *skip_field(const char *p, const char *end, char delimiter) {
    while (p < end && *p != delimiter && *p != '\n') {
        if (*p == '"' || *p == 0) return NULL;
        p++;
    }
    return p < end ? p : NULL;
}

/* One row; NULL: take the plain way. Nothing is kept then. */
static const char *quick_row(hw_dataset *d, const char *p, const char *end, char delimiter) {
    hw__djourney j = {.from = (uint32_t)d->channel.len};
    const hw__columns *c = &d->columns;
    const char *row = p;
    for (uint32_t field = 0; field < c->count; field++) {
        if (c->at[HW__ROLE_PATH] == (int32_t)field)
            p = quick_path(d, p, end, delimiter, &j.len);
        else if (c->at[HW__ROLE_CONVERSIONS] == (int32_t)field)
            p = quick_number(p, end, &j.conversions);
        else if (c->at[HW__ROLE_VALUE] == (int32_t)field)
            p = quick_number(p, end, &j.value);
        else if (c->at[HW__ROLE_NULLS] == (int32_t)field)
            p = quick_number(p, end, &j.nulls);
        else
            p = skip_field(p, end, delimiter);
        if (!p) return NULL;
        if (field + 1 < c->count && *p++ != delimiter) return NULL;
    }
    if (*p == '\r') p++;
    if (*p != '\n' || p - row > HW_CSV_RECORD_MAX) return NULL;
    int64_t conversions, value, nulls;
    if (__builtin_add_overflow(d->conversions, j.conversions, &conversions) ||
        __builtin_add_overflow(d->value, j.value, &value) ||
        __builtin_add_overflow(d->nulls, j.nulls, &nulls))
        return NULL;
    d->conversions = conversions;
    d->value = value;
    d->nulls = nulls;
    d->channel.len += j.len;
    d->journeys.at[d->journeys.len++] = j;
    d->nrows++;
    if (j.len > d->longest) d->longest = j.len;
    return p + 1;
}

size_t hw__quick_paths(void *ctx, const char *bytes, size_t len, uint64_t *lines) {
    hw_dataset *d = ctx;
    *lines = 0;
    if (!d->header_read || d->columns.kind != HW_DATASET_PATHS || d->separator.len != 1 ||
        d->columns.at[HW__ROLE_TIMES] >= 0 || !d->csv.delimiter)
        return 0;
    /* Room for all that these bytes can hold: a step takes two at least, a row four. */
    if (d->channel.len + len / 2 + 1 > UINT32_MAX ||
        HW__RESERVE(&d->alloc, &d->channel, d->channel.len + len / 2 + 1) != HW_OK)
        return 0;
    const char *p = bytes, *end = bytes + len;
    while (p < end) {
        if (HW__RESERVE(&d->alloc, &d->journeys, d->journeys.len + 1) != HW_OK) break;
        const char *next = quick_row(d, p, end, d->csv.delimiter);
        if (!next) break;
        p = next;
        ++*lines;
    }
    return (size_t)(p - bytes);
}
