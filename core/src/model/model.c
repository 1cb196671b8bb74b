#include "model/fits.h"
#include "model/rules.h"

/* The one list of models. Add at the end: a row's place is its id. */
static const hw_model models[] = {
#define RULE(name) .weights = hw__weights_##name
#define PICK(name) .weights = hw__weights_##name, .pick = hw__pick_##name
#define FIT(name) .fit = hw__fit_##name
    {"first", "First touch", PICK(first), .by_place = 1},
    {"last", "Last touch", PICK(last), .by_place = 1},
    {"last_non_direct", "Last non-direct touch", PICK(last_non_direct)},
    {"linear", "Linear", RULE(linear), .by_place = 1},
    {"linear_unique", "Linear over distinct channels", RULE(linear_unique), .by_set = 1},
    {"position", "Position based (U)", RULE(position), .by_place = 1},
    {"time_decay", "Time decay", RULE(time_decay), .needs_times = 1},
    {"w_shaped", "W-shaped", RULE(w_shaped), .by_place = 1},
    {"z_shaped", "Z-shaped (full path)", RULE(z_shaped), .by_place = 1},
    {"j_shaped", "J-shaped", RULE(j_shaped), .by_place = 1},
    {"inverse_j", "Inverse J", RULE(inverse_j), .by_place = 1},
    {"last_paid", "Last paid touch", PICK(last_paid)},
    {"source_first", "First touch of a source", PICK(source_first)},
    {"source_last", "Last touch of a source", PICK(source_last)},
    {"participation", "Participation (does not sum to the total)", RULE(linear_unique), .by_set = 1,
     .whole = 1},
    {"custom", "Custom weights", RULE(custom), .by_place = 1},
    {"markov", "Markov removal effects", FIT(markov)},
    {"shapley", "Shapley value of conversions", RULE(linear_unique), .by_set = 1},
    {"shapley_rate", "Shapley value of the conversion rate", FIT(shapley_rate)},
    {"shapley_ordered", "Shapley value by position", FIT(shapley_ordered),
     .parts = "opener,middle,closer"},
    {"hazard", "Additive hazard", FIT(hazard), .needs_times = 1, .needs_organic = 1},
    {"logistic", "Logistic regression on faded touches", FIT(logistic), .needs_times = 1,
     .needs_organic = 1},
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
    return (hw_model_params){.half_life_ms = INT64_C(7) * 86400000,
                             .first = 40,
                             .middle = 20,
                             .last = 40,
                             .front = {40},
                             .back = {40},
                             .rest = 20,
                             .front_count = 1,
                             .back_count = 1,
                             .order = 1,
                             .seed = 1};
}

static bool usable(const uint32_t *weights, size_t n, uint64_t *sum) {
    for (size_t i = 0; i < n; i++) {
        if (weights[i] > 1000000000) return false;
        *sum += weights[i];
    }
    return true;
}

hw_status hw_model_check(const hw_model_params *p) {
    uint64_t position = 0, custom = 0;
    if (p->half_life_ms <= 0 || p->half_life_ms >= INT64_C(1) << 53) return HW_E_ARG;
    if (p->front_count > HW_CUSTOM_MAX || p->back_count > HW_CUSTOM_MAX) return HW_E_ARG;
    const uint32_t three[] = {p->first, p->middle, p->last};
    if (!usable(three, 3, &position) || !position) return HW_E_ARG;
    if (!usable(p->front, p->front_count, &custom) || !usable(p->back, p->back_count, &custom) ||
        !usable(&p->rest, 1, &custom) || !custom)
        return HW_E_ARG;
    if (p->order < 1 || p->order > HW_MARKOV_ORDER_MAX) return HW_E_ARG;
    return HW_OK;
}
