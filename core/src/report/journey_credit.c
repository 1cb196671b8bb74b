#include "report/journey_credit.h"

static void list(hw__json *out, const char *name, const int64_t *v, size_t n) {
    hw__json_key(out, name);
    hw__json_open(out, '[');
    for (size_t i = 0; i < n; i++) hw__json_int(out, v[i]);
    hw__json_close(out, ']');
}

static hw_status write(const hw_dataset *d, const hw__djourney *j, const hw_model *model,
                       const hw_model_params *params, hw__eval *e, hw__json *out) {
    hw_path path = hw__eval_path(d, j, e);
    if (!j->conversions && !hw__has_touch(d, j)) return HW_E_ARG;
    if (!path.age_ms && model->needs_times) return HW_E_NEEDS_TIMES;
    model->weights(&path, params, e->weights);
    uint32_t shift = 0; /* weights stand for themselves up to 2^53 */
    for (size_t i = 0; i < path.len; i++)
        while (e->weights[i] >> shift >> 53) shift++;
    for (size_t i = 0; i < path.len; i++) e->unit[i] = (int64_t)(e->weights[i] >> shift);
    list(out, "weights", e->unit, path.len);
    hw_apportion(j->conversions, e->weights, path.len, e->work, e->unit);
    list(out, "conversions", e->unit, path.len);
    hw_apportion(j->value, e->weights, path.len, e->work, e->unit);
    list(out, "value", e->unit, path.len);
    return HW_OK;
}

hw_status hw__journey_credit(hw_dataset *d, size_t journey, const hw_model *model,
                             const hw_model_params *params, hw__json *out) {
    if (!d->finished) return HW_E_STATE;
    if (journey >= d->journeys.len) return HW_E_ARG;
    if (!model->weights || model->whole) return HW_E_MODEL;
    HW__TRY(hw_model_check(params));
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, params));
    hw_status s = write(d, &d->journeys.at[journey], model, params, &e, out);
    hw__eval_free(&e);
    return s;
}
