/* A file in chunks: whatever the chunks, the same answer, and every model conserves it. */
#include "fuzz.h"

static hw_status load(const uint8_t *data, size_t size, size_t chunk, int skip, size_t shape,
                      hw_dataset **d, hw_error *err) {
    hw_allocator a = hw_default_allocator();
    hw_dataset_options o = {.skip_bad = skip,
                            .transform = (hw_transform)(shape % 4),
                            .touch_cap = (uint32_t)(shape / 4)};
    MUST(hw_dataset_create(&a, &o, d, err) == HW_OK);
    hw_status s = HW_OK;
    for (size_t at = 0; s == HW_OK && at < size; at += chunk)
        s = hw_dataset_append(*d, data + at, size - at < chunk ? size - at : chunk, err);
    return s == HW_OK ? hw_dataset_finish(*d, err) : s;
}

static void attribute(hw_dataset *d, size_t shape) {
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    hw_model_params p = hw_model_defaults();
    for (size_t m = 0; hw_model_at(m); m++) {
        const hw_model *model = hw_model_at(m);
        if (model->needs_organic && shape) {
            MUST(hw_dataset_prepare(d, model) == HW_E_STATE);
            continue;
        }
        MUST(hw_dataset_prepare(d, model) == HW_OK);
        hw_dataset_summarize(d, &sum);
        size_t n = sum.channels * hw_model_part_count(model);
        int64_t *v = malloc((n + 1) * 2 * sizeof *v), one = 0, value = 0;
        MUST(v);
        p.order = 1 + (uint32_t)(sum.rows % HW_MARKOV_ORDER_MAX);
        hw_status s = hw_dataset_attribute(d, model, &p, v, v + n);
        MUST(s == HW_OK || s == HW_E_LIMIT || s == HW_E_OVERFLOW ||
             (s == HW_E_NEEDS_TIMES && !sum.has_times));
        for (size_t i = 0; s == HW_OK && i < n; i++) {
            one += v[i];
            value += v[n + i];
        }
        if (s == HW_OK && model->weights && !model->whole)
            MUST(one == sum.conversions && value == sum.value);
        if (s == HW_OK && model->fit) /* or nobody earns anything */
            MUST((one == sum.conversions || one == 0) && (value == sum.value || value == 0));
        free(v);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 1 << 16) return 0;
    size_t chunk = (size_t)(data[0] & 63) + 1;
    int skip = data[0] >> 6 & 1;
    size_t shape = data[0] >> 7 ? size % 16 : 0; /* transform and cap */
    hw_dataset *x, *y;
    hw_error ex = {.status = HW_OK}, ey = {.status = HW_OK};
    hw_status sx = load(data + 1, size - 1, chunk, skip, shape, &x, &ex);
    hw_status sy = load(data + 1, size - 1, size, skip, shape, &y, &ey);
    MUST(sx == sy && ex.line == ey.line && ex.column == ey.column);
    if (sx == HW_OK) {
        hw_dataset_summary a, b;
        hw_dataset_summarize(x, &a);
        hw_dataset_summarize(y, &b);
        MUST(a.rows == b.rows && a.touches == b.touches && a.value == b.value &&
             a.channels == b.channels);
        attribute(x, shape);
    } else
        MUST(ex.status == sx && ex.message[0]);
    hw_dataset_destroy(x);
    hw_dataset_destroy(y);
    return 0;
}
