#include "model/fits.h"
#include "model/rules.h"

/* Titles are for people at the command line; a lean build has its own. */
#ifdef HW_LEAN
#define TITLE(text) ""
#else
#define TITLE(text) text
#endif

/* The one list of models. Add at the end: a row's place is its id. */
static const hw_model models[] = {
#define RULE(name) .weights = hw__weights_##name
#define PICK(name) .weights = hw__weights_##name, .pick = hw__pick_##name
#define FIT(name) .fit = hw__fit_##name
    {"first", TITLE("First touch"), PICK(first), .by_place = 1},
    {"last", TITLE("Last touch"), PICK(last), .by_place = 1},
    {"last_non_direct", TITLE("Last non-direct touch"), PICK(last_non_direct)},
    {"linear", TITLE("Linear"), RULE(linear), .by_place = 1},
    {"linear_unique", TITLE("Linear over distinct channels"), RULE(linear_unique), .by_set = 1},
    {"position", TITLE("Position based (U)"), RULE(position), .by_place = 1},
    {"time_decay", TITLE("Time decay"), RULE(time_decay), .needs_times = 1},
    {"w_shaped", TITLE("W-shaped"), RULE(w_shaped), .by_place = 1},
    {"z_shaped", TITLE("Z-shaped (full path)"), RULE(z_shaped), .by_place = 1},
    {"j_shaped", TITLE("J-shaped"), RULE(j_shaped), .by_place = 1},
    {"inverse_j", TITLE("Inverse J"), RULE(inverse_j), .by_place = 1},
    {"last_paid", TITLE("Last paid touch"), PICK(last_paid)},
    {"source_first", TITLE("First touch of a source"), PICK(source_first)},
    {"source_last", TITLE("Last touch of a source"), PICK(source_last)},
    {"participation", TITLE("Participation (does not sum to the total)"), RULE(linear_unique),
     .by_set = 1, .whole = 1},
    {"custom", TITLE("Custom weights"), RULE(custom), .by_place = 1},
    {"markov", TITLE("Markov removal effects"), FIT(markov)},
    {"shapley", TITLE("Shapley value of conversions"), RULE(linear_unique), .by_set = 1},
    {"shapley_rate", TITLE("Shapley value of the conversion rate"), FIT(shapley_rate)},
    {"shapley_ordered", TITLE("Shapley value by position"), FIT(shapley_ordered),
     .parts = "opener,middle,closer"},
#ifndef HW_LEAN /* they would take the module past its size */
    {"hazard", TITLE("Additive hazard"), FIT(hazard), .needs_times = 1, .needs_organic = 1},
    {"logistic", TITLE("Logistic regression on faded touches"), FIT(logistic), .needs_times = 1,
     .needs_organic = 1},
#endif
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
    if (p->samples && (p->samples < 4 || p->samples > 1000000)) return HW_E_ARG;
    if (p->order < 1 || p->order > HW_MARKOV_ORDER_MAX) return HW_E_ARG;
    return HW_OK;
}
