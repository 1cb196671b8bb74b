/* Path ledgers from anywhere, checksum mended: refused, or kept canonical, merged with itself to
 * itself, and attributed without loss. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    hw_allocator a = hw_default_allocator();
    uint8_t *b = malloc(size + 1);
    if (!b) return 0;
    memcpy(b, data, size);
    if (size >= 56) {
        hw__st64(b + 8, size);
        hw__st64(b + 16, hw__hash64(b + 24, size - 24, UINT32_C(0x31505748)));
    }
    hw_tally *t = NULL, *again = NULL;
    if (hw_tally_load(&a, b, size, &t) == HW_OK) {
        size_t n = 0, n2 = 0;
        MUST(hw_tally_save(t, NULL, 0, &n) == HW_E_BUFFER);
        uint8_t *out = malloc(n), *out2 = malloc(n);
        MUST(out && out2 && hw_tally_save(t, out, n, &n) == HW_OK);
        MUST(hw_tally_load(&a, out, n, &again) == HW_OK);
        hw_error err;
        MUST(hw_tally_merge(&again, t, &err) == HW_OK);
        MUST(hw_tally_save(again, out2, n, &n2) == HW_OK && n2 == n && memcmp(out, out2, n) == 0);
        hw_dataset *d = NULL;
        hw_status s = hw_tally_dataset(&a, t, &d);
        MUST(s == HW_OK || s == HW_E_OVERFLOW);
        if (s == HW_OK) {
            hw_dataset_summary sum;
            hw_dataset_summarize(d, &sum);
            int64_t *v = malloc((sum.channels + 1) * 2 * sizeof *v), one = 0;
            hw_model_params p = hw_model_defaults();
            MUST(v && hw_dataset_attribute(d, hw_model_at(3), &p, v, v + sum.channels) == HW_OK);
            for (uint32_t i = 0; i < sum.channels; i++) one += v[i];
            MUST(one == sum.conversions);
            free(v);
        }
        hw_dataset_destroy(d);
        free(out);
        free(out2);
    }
    hw_tally_destroy(t);
    hw_tally_destroy(again);
    free(b);
    return 0;
}
