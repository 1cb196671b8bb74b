/* A file in chunks: whatever the chunks, the same answer, and every model conserves it. */
#include "fuzz.h"

static hw_status load(const uint8_t *data, size_t size, size_t chunk, int skip, hw_dataset **d,
                      hw_error *err) {
    hw_allocator a = hw_default_allocator();
    hw_dataset_options o = {.skip_bad = skip};
    MUST(hw_dataset_create(&a, &o, d, err) == HW_OK);
    hw_status s = HW_OK;
    for (size_t at = 0; s == HW_OK && at < size; at += chunk)
        s = hw_dataset_append(*d, data + at, size - at < chunk ? size - at : chunk, err);
    return s == HW_OK ? hw_dataset_finish(*d, err) : s;
}

static void attribute(hw_dataset *d) {
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    int64_t *v = malloc((sum.channels + 1) * 2 * sizeof *v);
    hw_model_params p = hw_model_defaults();
    MUST(v);
    for (size_t m = 0; hw_model_at(m); m++) {
        hw_status s = hw_dataset_attribute(d, hw_model_at(m), &p, v, v + sum.channels);
        MUST(s == HW_OK || (s == HW_E_NEEDS_TIMES && !sum.has_times));
        int64_t one = 0, value = 0;
        for (uint32_t i = 0; s == HW_OK && i < sum.channels; i++) {
            one += v[i];
            value += v[sum.channels + i];
        }
        MUST(s != HW_OK || (one == sum.conversions && value == sum.value));
    }
    free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 1 << 16) return 0;
    size_t chunk = (size_t)(data[0] & 63) + 1;
    int skip = data[0] >> 6 & 1;
    hw_dataset *x, *y;
    hw_error ex = {.status = HW_OK}, ey = {.status = HW_OK};
    hw_status sx = load(data + 1, size - 1, chunk, skip, &x, &ex);
    hw_status sy = load(data + 1, size - 1, size, skip, &y, &ey);
    MUST(sx == sy && ex.line == ey.line && ex.column == ey.column);
    if (sx == HW_OK) {
        hw_dataset_summary a, b;
        hw_dataset_summarize(x, &a);
        hw_dataset_summarize(y, &b);
        MUST(a.rows == b.rows && a.touches == b.touches && a.value == b.value &&
             a.channels == b.channels);
        attribute(x);
    } else
        MUST(ex.status == sx && ex.message[0]);
    hw_dataset_destroy(x);
    hw_dataset_destroy(y);
    return 0;
}
