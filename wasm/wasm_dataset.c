/* Datasets: bytes in, credits and journeys out. */
#include "base/json.h"
#include "hw_wasm.h"

void *hw_wasm_dataset_create(uint32_t len);
void hw_wasm_dataset_destroy(void *handle);
uint32_t hw_wasm_dataset_append(void *handle, uint32_t len);
uint32_t hw_wasm_dataset_finish(void *handle);
uint32_t hw_wasm_dataset_set_windows(void *handle, uint32_t len);
uint32_t hw_wasm_dataset_summary(void *handle);
uint32_t hw_wasm_dataset_attribute(void *handle, uint32_t len);
uint32_t hw_wasm_dataset_journeys(void *handle, uint32_t len);

enum { COLUMNS_MAX = 32 };

/* u32 skip bad rows; separator; u32 transform; u32 touch cap; u32 columns, each role and name */
HW_WASM_EXPORT void *hw_wasm_dataset_create(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_column_name columns[COLUMNS_MAX];
    hw_dataset_options o = {.columns = columns};
    o.skip_bad = (int)read_u32(&r);
    o.separator = read_str(&r);
    o.transform = (hw_transform)read_u32(&r);
    o.touch_cap = read_u32(&r);
    o.column_count = read_u32(&r);
    hw_dataset *d = NULL;
    hw_status s = o.column_count > COLUMNS_MAX ? HW_E_LIMIT : HW_OK;
    for (size_t i = 0; s == HW_OK && i < o.column_count; i++) {
        columns[i].role = read_str(&r);
        columns[i].name = read_str(&r);
    }
    if (s == HW_OK)
        s = r.bad ? HW_E_ARG : hw_dataset_create(&hw_wasm_alloc, &o, &d, &hw_wasm_last_error);
    hw_wasm_begin();
    hw_wasm_end(s);
    return d;
}

HW_WASM_EXPORT void hw_wasm_dataset_destroy(void *handle) {
    hw_dataset_destroy(handle);
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_append(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    return hw_wasm_end(hw_dataset_append(handle, read_bytes(&r, len), len, &hw_wasm_last_error));
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_finish(void *handle) {
    hw_wasm_reader(0);
    hw_wasm_begin();
    return hw_wasm_end(hw_dataset_finish(handle, &hw_wasm_last_error));
}

/* f64 click ms, f64 impression ms, u32 reset, name of the direct channel */
HW_WASM_EXPORT uint32_t hw_wasm_dataset_set_windows(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw_windows w = {.click_ms = read_int(&r)};
    w.impression_ms = read_int(&r);
    w.reset = (int)read_u32(&r);
    w.direct = read_str(&r);
    return hw_wasm_end(r.bad ? HW_E_ARG : hw_dataset_set_windows(handle, &w));
}

static void number(hw__json *j, const char *name, uint64_t n) {
    hw__json_key(j, name);
    hw__json_int(j, (int64_t)n);
}

static void write_summary(const hw_dataset *d, hw__json *j) {
    hw_dataset_summary s;
    hw_dataset_summarize(d, &s);
    hw__json_open(j, '{');
    number(j, "kind", s.kind);
    number(j, "rows", s.rows);
    number(j, "badRows", s.bad_rows);
    number(j, "duplicates", s.duplicates);
    number(j, "journeys", s.journeys);
    number(j, "touches", s.touches);
    number(j, "conversions", (uint64_t)s.conversions);
    number(j, "value", (uint64_t)s.value);
    number(j, "nulls", (uint64_t)s.nulls);
    number(j, "hasTimes", s.has_times != 0);
    hw__json_key(j, "channels");
    hw__json_open(j, '[');
    for (uint32_t i = 0; i < s.channels; i++) hw__json_str(j, hw_dataset_channel(d, i));
    hw__json_close(j, ']');
    hw__json_key(j, "bad");
    hw__json_open(j, '[');
    const hw_error *e;
    for (size_t i = 0; (e = hw_dataset_bad_row(d, i)); i++) {
        hw__json_open(j, '{');
        number(j, "line", e->line);
        number(j, "column", e->column);
        number(j, "status", (uint64_t)e->status);
        hw__json_key(j, "message");
        hw__json_str(j, hw__str_of(e->message));
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    hw__json_close(j, '}');
}

/* JSON: DatasetSummary */
HW_WASM_EXPORT uint32_t hw_wasm_dataset_summary(void *handle) {
    hw_wasm_reader(0);
    hw_wasm_begin();
    hw__json size = {.cap = 0};
    write_summary(handle, &size);
    char *to = hw_wasm_room(size.len);
    if (to) {
        hw__json j = {.at = to, .cap = size.len};
        write_summary(handle, &j);
        hw_wasm_grow(j.len);
    }
    return hw_wasm_end(HW_OK);
}

static uint32_t read_weights(reader *r, uint32_t *to) {
    uint32_t n = read_u32(r);
    if (n > HW_CUSTOM_MAX) r->bad = true;
    for (uint32_t i = 0; i < n && !r->bad; i++) to[i] = read_u32(r);
    return n;
}

/* u32 models, names; f64 half-life ms; 3 u32 weights; u32 front, weights; u32 back, weights; u32
 * rest; u32 order; u32 loops; u32 samples; f64 seed; name of the source */
hw_status hw_wasm_read_models(reader *r, const hw_model **models, uint32_t *count,
                              hw_model_params *p) {
    *count = read_u32(r);
    if (*count > HW_WASM_MODELS_MAX) return HW_E_LIMIT;
    for (uint32_t i = 0; i < *count; i++) {
        hw_str name = read_str(r);
        if (hw_model_find(name, &models[i]) == HW_OK) continue;
        char text[40];
        hw__text t = {text, 0, sizeof text};
        hw__text_str(&t, name);
        return HW__FAIL(&hw_wasm_last_error, HW_E_MODEL, 0, 0, "there is no model \"", text, "\"");
    }
    *p = hw_model_defaults();
    p->half_life_ms = read_int(r);
    p->first = read_u32(r);
    p->middle = read_u32(r);
    p->last = read_u32(r);
    p->front_count = read_weights(r, p->front);
    p->back_count = read_weights(r, p->back);
    p->rest = read_u32(r);
    p->order = read_u32(r);
    p->loops = (int)read_u32(r);
    p->samples = read_u32(r);
    p->seed = (uint64_t)read_int(r);
    p->source = read_str(r);
    return r->bad ? HW_E_ARG : HW_OK;
}

/* models → for each: u32 amounts (channels times the model's parts), f64 conversions, f64 value */
HW_WASM_EXPORT uint32_t hw_wasm_dataset_attribute(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    const hw_model *models[HW_WASM_MODELS_MAX];
    uint32_t count;
    hw_model_params p;
    hw_status s = hw_wasm_read_models(&r, models, &count, &p);
    for (uint32_t m = 0; m < count && s == HW_OK; m++) {
        hw_dataset_summary sum;
        if ((s = hw_dataset_prepare(handle, models[m])) != HW_OK) break;
        hw_dataset_summarize(handle, &sum);
        size_t n = sum.channels * hw_model_part_count(models[m]);
        size_t bytes = 2 * (n + 1) * sizeof(int64_t);
        int64_t *v = hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, bytes);
        s = v ? hw_dataset_attribute(handle, models[m], &p, v, v + n) : HW_E_NOMEM;
        if (s == HW_OK) put_u32((uint32_t)n);
        for (size_t i = 0; s == HW_OK && i < 2 * n; i++) put_f64((double)v[i]);
        hw_wasm_alloc.free(hw_wasm_alloc.ctx, v, bytes);
        if (s != HW_OK) HW__FAIL(&hw_wasm_last_error, s, 0, 0, models[m]->name);
    }
    return hw_wasm_end(s);
}

/* models; u32 from, u32 count → JSON: DatasetJourney[] */
HW_WASM_EXPORT uint32_t hw_wasm_dataset_journeys(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    const hw_model *models[HW_WASM_MODELS_MAX];
    uint32_t count;
    hw_model_params p;
    hw_status s = hw_wasm_read_models(&r, models, &count, &p);
    uint32_t from = read_u32(&r), n = read_u32(&r);
    if (s == HW_OK && r.bad) s = HW_E_ARG;
    if (s != HW_OK) return hw_wasm_end(s);
    size_t need = 0;
    s = hw_dataset_journeys_json(handle, from, n, models, count, &p, NULL, 0, &need);
    if (s == HW_E_BUFFER) {
        char *to = hw_wasm_room(need);
        s = to ? hw_dataset_journeys_json(handle, from, n, models, count, &p, to, need, &need)
               : HW_E_NOMEM;
        hw_wasm_grow(need);
    }
    return hw_wasm_end(s);
}
