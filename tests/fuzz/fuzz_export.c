/* Files of journeys from anywhere, checksums mended: refused, or read the same whatever the chunks,
 * and attributed without loss. */
#include "fuzz.h"

static uint32_t crc(const uint8_t *p, size_t n) {
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        c ^= p[i];
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ UINT32_C(0xedb88320) : c >> 1;
    }
    return ~c;
}

/* Otherwise nothing gets past the head and the checksums. */
static void mend(uint8_t *b, size_t size) {
    static const uint8_t head[] = {'H', 'W', 'X', '1', HW_EXPORT_FORMAT, 0, 0, 0};
    if (size < sizeof head) return;
    memcpy(b, head, sizeof head);
    for (size_t at = sizeof head; size - at > 8;) {
        size_t len = hw__ld32(b + at);
        if (!len || len > size - at - 8) hw__st32(b + at, (uint32_t)(len = size - at - 8));
        hw__st32(b + at + 4, crc(b + at + 8, len));
        at += 8 + len;
    }
}

static hw_status load(const uint8_t *b, size_t size, size_t chunk, int orders, hw_dataset **d,
                      hw_error *err) {
    hw_allocator a = hw_default_allocator();
    hw_dataset_options o = {.orders = orders};
    MUST(hw_dataset_create(&a, &o, d, err) == HW_OK);
    hw_status s = HW_OK;
    for (size_t at = 0; s == HW_OK && at < size; at += chunk)
        s = hw_dataset_append(*d, b + at, size - at < chunk ? size - at : chunk, err);
    return s == HW_OK ? hw_dataset_finish(*d, err) : s;
}

static void attribute(hw_dataset *d) {
    hw_model_params p = hw_model_defaults();
    for (size_t m = 0; m < 6; m++) {
        hw_dataset_summary sum;
        MUST(hw_dataset_prepare(d, hw_model_at(m)) == HW_OK);
        hw_dataset_summarize(d, &sum);
        int64_t *v = malloc((sum.channels + 1) * 2 * sizeof *v), one = 0, value = 0;
        MUST(v && hw_dataset_attribute(d, hw_model_at(m), &p, v, v + sum.channels) == HW_OK);
        for (uint32_t i = 0; i < sum.channels; i++) one += v[i], value += v[sum.channels + i];
        MUST(hw_model_at(m)->whole || (one == sum.conversions && value == sum.value));
        free(v);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 1 << 14) return 0;
    size_t chunk = (size_t)(data[0] & 63) + 1;
    int orders = data[0] >> 6 & 1;
    uint8_t *b = malloc(size);
    MUST(b);
    memcpy(b, data + 1, size - 1);
    if (!(data[0] >> 7)) mend(b, size - 1);
    hw_dataset *x, *y;
    hw_error ex = {.status = HW_OK}, ey = {.status = HW_OK};
    hw_status sx = load(b, size - 1, chunk, orders, &x, &ex);
    hw_status sy = load(b, size - 1, size, orders, &y, &ey);
    MUST(sx == sy && strcmp(ex.message, ey.message) == 0);
    if (sx == HW_OK) {
        hw_dataset_summary p, q;
        hw_dataset_summarize(x, &p);
        hw_dataset_summarize(y, &q);
        MUST(p.rows == q.rows && p.touches == q.touches && p.value == q.value &&
             p.channels == q.channels && p.duplicates == q.duplicates);
        if (p.kind == HW_DATASET_TOUCHES) attribute(x);
    } else
        MUST(ex.status == sx && ex.message[0]);
    hw_dataset_destroy(x);
    hw_dataset_destroy(y);
    free(b);
    return 0;
}
