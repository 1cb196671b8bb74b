/* What only headwater-full.wasm has: intervals, the exact set of keys, ledgers of paths. */
#include "hw_wasm.h"

uint32_t hw_wasm_dataset_bootstrap(void *handle, uint32_t len);
void *hw_wasm_dedup_create(uint32_t len);
void hw_wasm_dedup_destroy(void *handle);
uint32_t hw_wasm_dedup_add(void *handle, uint32_t len);
double hw_wasm_dedup_count(void *handle);
double hw_wasm_dedup_memory(void *handle);
void *hw_wasm_tally_create(void *dataset, uint32_t len);
void *hw_wasm_tally_load(uint32_t len);
void hw_wasm_tally_destroy(void *handle);
uint32_t hw_wasm_tally_merge(void *handle, void *from);
uint32_t hw_wasm_tally_save(void *handle);
void *hw_wasm_tally_dataset(void *handle);

/* ---- intervals: models; u32 replicates → for each model: u32 amounts, then as many f64 each of
 * conversions, value, conversions low and high, value low and high ---- */

static hw_status bootstrap(hw_dataset *d, const hw_model *model, const hw_model_params *p,
                           uint32_t replicates) {
    hw_dataset_summary sum;
    HW__TRY(hw_dataset_prepare(d, model));
    hw_dataset_summarize(d, &sum);
    size_t n = sum.channels * hw_model_part_count(model);
    size_t bytes = 6 * (n + 1) * sizeof(int64_t);
    int64_t *v = hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, bytes);
    if (!v) return HW_E_NOMEM;
    hw_interval interval = {v + 2 * n, v + 3 * n, v + 4 * n, v + 5 * n};
    hw_status s = hw_dataset_attribute(d, model, p, v, v + n);
    if (s == HW_OK) s = hw_dataset_bootstrap(d, model, p, replicates, &interval);
    if (s == HW_OK) put_u32((uint32_t)n);
    for (size_t i = 0; s == HW_OK && i < 6 * n; i++) put_f64((double)v[i]);
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, v, bytes);
    return s;
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_bootstrap(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    const hw_model *models[HW_WASM_MODELS_MAX];
    uint32_t count;
    hw_model_params p;
    hw_status s = hw_wasm_read_models(&r, models, &count, &p);
    uint32_t replicates = read_u32(&r);
    if (s == HW_OK && r.bad) s = HW_E_ARG;
    for (uint32_t m = 0; m < count && s == HW_OK; m++) {
        s = bootstrap(handle, models[m], &p, replicates);
        if (s != HW_OK) HW__FAIL(&hw_wasm_last_error, s, 0, 0, models[m]->name);
    }
    return hw_wasm_end(s);
}

enum { DEDUP_BATCH = 256 };

/* ---- dedup: f64 window ms; then u32 keys, each 16 bytes and f64 at → a byte of verdict each ----
 */

HW_WASM_EXPORT void *hw_wasm_dedup_create(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    int64_t window = read_int(&r);
    hw_dedup *d = NULL;
    hw_wasm_end(r.bad ? HW_E_ARG : hw_dedup_create(&hw_wasm_alloc, window, &d));
    return d;
}

HW_WASM_EXPORT void hw_wasm_dedup_destroy(void *handle) {
    hw_dedup_destroy(handle);
}

HW_WASM_EXPORT uint32_t hw_wasm_dedup_add(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    uint32_t left = read_u32(&r);
    while (left && !r.bad) {
        hw_key keys[DEDUP_BATCH];
        int64_t at[DEDUP_BATCH];
        hw_verdict verdicts[DEDUP_BATCH];
        uint32_t n = 0;
        for (; n < left && n < DEDUP_BATCH && !r.bad; n++) {
            keys[n] = read_key(&r);
            at[n] = read_int(&r);
        }
        size_t judged = 0;
        hw_status s = r.bad ? HW_E_ARG : hw_dedup_add_many(handle, keys, at, n, verdicts, &judged);
        if (s != HW_OK) return hw_wasm_end(s);
        for (size_t i = 0; i < judged; i++) put_bytes(&(uint8_t){(uint8_t)verdicts[i]}, 1);
        left -= n;
    }
    return hw_wasm_end(r.bad ? HW_E_ARG : HW_OK);
}

HW_WASM_EXPORT double hw_wasm_dedup_count(void *handle) {
    return (double)hw_dedup_count(handle);
}

HW_WASM_EXPORT double hw_wasm_dedup_memory(void *handle) {
    return (double)hw_dedup_memory(handle);
}

/* ---- ledgers of paths; a merge may move the tally, so a handle holds it ---- */

typedef struct holder {
    hw_tally *tally;
} holder;

static void *hold(hw_status s, hw_tally *tally) {
    holder *h = s == HW_OK ? hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, sizeof *h) : NULL;
    if (h)
        h->tally = tally;
    else if (s == HW_OK) {
        hw_tally_destroy(tally);
        s = HW_E_NOMEM;
    }
    hw_wasm_end(s);
    return h;
}

/* the part's name */
HW_WASM_EXPORT void *hw_wasm_tally_create(void *dataset, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw_str part = read_str(&r);
    hw_tally *t = NULL;
    return hold(r.bad ? HW_E_ARG : hw_tally_create(&hw_wasm_alloc, dataset, part, &t), t);
}

/* the bytes of a ledger */
HW_WASM_EXPORT void *hw_wasm_tally_load(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw_tally *t = NULL;
    return hold(hw_tally_load(&hw_wasm_alloc, read_bytes(&r, len), len, &t), t);
}

HW_WASM_EXPORT void hw_wasm_tally_destroy(void *handle) {
    holder *h = handle;
    hw_tally_destroy(h->tally);
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, h, sizeof *h);
}

HW_WASM_EXPORT uint32_t hw_wasm_tally_merge(void *handle, void *from) {
    holder *into = handle;
    const holder *other = from;
    hw_wasm_reader(0);
    hw_wasm_begin();
    return hw_wasm_end(hw_tally_merge(&into->tally, other->tally, &hw_wasm_last_error));
}

/* → its canonical bytes */
HW_WASM_EXPORT uint32_t hw_wasm_tally_save(void *handle) {
    const holder *h = handle;
    hw_wasm_reader(0);
    hw_wasm_begin();
    size_t len = 0;
    hw_status s = hw_tally_save(h->tally, NULL, 0, &len);
    if (s != HW_E_BUFFER) return hw_wasm_end(s);
    uint8_t *to = hw_wasm_room(len);
    s = to ? hw_tally_save(h->tally, to, len, &len) : HW_E_NOMEM;
    if (s == HW_OK) hw_wasm_grow(len);
    return hw_wasm_end(s);
}

HW_WASM_EXPORT void *hw_wasm_tally_dataset(void *handle) {
    const holder *h = handle;
    hw_wasm_reader(0);
    hw_wasm_begin();
    hw_dataset *d = NULL;
    hw_wasm_end(hw_tally_dataset(&hw_wasm_alloc, h->tally, &d));
    return d;
}
