#include "model/rules.h"

/* The one list of models. Add at the end: a row's place is its id in blobs. */
static const hw_model models[] = {
    {"first", "First touch", hw__weights_first, 0},
    {"last", "Last touch", hw__weights_last, 0},
    {"last_non_direct", "Last non-direct touch", hw__weights_last_non_direct, 0},
    {"linear", "Linear", hw__weights_linear, 0},
    {"linear_unique", "Linear over distinct channels", hw__weights_linear_unique, 0},
    {"position", "Position based (U)", hw__weights_position, 0},
    {"time_decay", "Time decay", hw__weights_time_decay, 1},
};

const hw_model *hw_model_at(size_t i) {
    return i < sizeof models / sizeof *models ? &models[i] : NULL;
}

hw_status hw_model_find(hw_str name, const hw_model **out) {
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        if (!hw__str_eq(name, hw__str_of(models[i].name))) continue;
        *out = &models[i];
        return HW_OK;
    }
    return HW_E_MODEL;
}

hw_model_params hw_model_defaults(void) {
    return (hw_model_params){
        .half_life_ms = INT64_C(7) * 86400000, .first = 40, .middle = 20, .last = 40};
}

hw_status hw_model_check(const hw_model_params *p) {
    const uint32_t most = 1000000000;
    if (p->half_life_ms <= 0 || p->half_life_ms >= INT64_C(1) << 53) return HW_E_ARG;
    if (p->first > most || p->middle > most || p->last > most) return HW_E_ARG;
    if (p->first + p->last == 0 && p->middle == 0) return HW_E_ARG;
    return HW_OK;
}
