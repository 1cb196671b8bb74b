/* Journey bytes from anywhere, their checksum mended so that the checks behind it are reached:
 * refused, or whole enough to be described and stepped. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    hw_allocator a = hw_default_allocator();
    uint8_t *b = malloc(size + 1);
    if (!b) return 0;
    memcpy(b, data, size);
    if (size >= 56) {
        hw__st32(b + 8, (uint32_t)size);
        hw__st32(b + 12, (uint32_t)hw__hash64(b + 16, size - 16, hw__ld16(b + 6)));
    }
    if (hw_journey_validate(&a, b, size) == HW_OK) {
        const hw_model *models[HW_STEP_MODELS_MAX];
        for (size_t i = 0; i < HW_STEP_MODELS_MAX; i++) models[i] = hw_model_at(0);
        size_t need = 0;
        MUST(hw_journey_json(&a, b, size, 1000, models, hw__ld16(b + 6), NULL, 0, &need) ==
             HW_E_BUFFER);
    }
    free(b);
    return 0;
}
