/* Only in headwater-full.wasm: spend files, and what channels cost beside what they are credited.
 */
#include "base/json.h"
#include "hw_wasm.h"
#include "report/kpis.h"
#include "report/spend.h"

uint32_t hw_wasm_spend(uint32_t len);
uint32_t hw_wasm_dataset_kpis(void *handle, uint32_t len);

static void number(hw__json *j, const char *name, int64_t n) {
    hw__json_key(j, name);
    hw__json_int(j, n);
}

static void write_spend(const hw__spend *s, hw__json *j) {
    hw__json_open(j, '{');
    number(j, "rows", (int64_t)s->rows);
    number(j, "badRows", (int64_t)s->bad_rows);
    number(j, "from", s->from_ms);
    number(j, "to", s->to_ms);
    hw__json_key(j, "sums");
    hw__json_open(j, '[');
    for (size_t i = 0; i < s->sums.len; i++) {
        const hw__spend_sum *sum = &s->sums.at[i];
        hw__json_open(j, '{');
        hw__json_key(j, "channel");
        hw__json_str(j, s->channels.strs.at[sum->channel]);
        hw__json_key(j, "currency");
        hw__json_str(j, s->currencies.strs.at[sum->currency]);
        number(j, "rows", (int64_t)sum->rows);
        number(j, "cost", sum->cost);
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    hw__json_key(j, "bad");
    hw__json_open(j, '[');
    for (size_t i = 0; i < s->bad.len; i++) {
        hw__json_open(j, '{');
        number(j, "line", (int64_t)s->bad.at[i].line);
        number(j, "column", s->bad.at[i].column);
        hw__json_key(j, "message");
        hw__json_str(j, hw__str_of(s->bad.at[i].message));
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    hw__json_close(j, '}');
}

/* the bytes of the file → JSON: SpendFile */
HW_WASM_EXPORT uint32_t hw_wasm_spend(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw__spend spend;
    hw__spend_init(&spend, &hw_wasm_alloc);
    const uint8_t *bytes = read_bytes(&r, len);
    hw_status s =
        r.bad ? HW_E_ARG : hw__spend_read(&spend, (const char *)bytes, len, &hw_wasm_last_error);
    if (s == HW_OK) {
        hw__json size = {.cap = 0};
        write_spend(&spend, &size);
        char *to = hw_wasm_room(size.len);
        hw__json j = {.at = to, .cap = size.len};
        if (to) write_spend(&spend, &j);
        hw_wasm_grow(to ? size.len : 0);
    }
    hw__spend_free(&spend);
    return hw_wasm_end(s);
}

/* Micros as they cross; NaN: no such figure. */
static void put_figure(int64_t v) {
    put_f64(v == HW__NO_FIGURE ? __builtin_nan("") : (double)v);
}

static void put_kpi(const hw__kpi *k) {
    put_f64((double)k->conversions);
    put_f64((double)k->value);
    put_figure(k->cost);
    put_figure(k->roas);
    put_figure(k->cpa);
}

/* models, of which the first counts; f64 other spend; u32 channel to cut (2^32 - 1: none), percent;
 * u32 costs, each u32 channel, f64 micros → five figures of the whole; customers, cac, saved,
 * credit cut; u32 channels, five figures each */
HW_WASM_EXPORT uint32_t hw_wasm_dataset_kpis(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    const hw_model *models[HW_WASM_MODELS_MAX];
    uint32_t count;
    hw_model_params p;
    hw_status s = hw_wasm_read_models(&r, models, &count, &p);
    if (s == HW_OK && !count) s = HW_E_ARG;
    if (s != HW_OK) return hw_wasm_end(s);
    if ((s = hw_dataset_prepare(handle, models[0])) != HW_OK) return hw_wasm_end(s);
    hw_dataset_summary sum;
    hw_dataset_summarize(handle, &sum);
    size_t n = sum.channels, bytes = (n + 1) * (sizeof(hw__kpi) + sizeof(int64_t));
    hw__kpi *rows = hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, bytes);
    if (!rows) return hw_wasm_end(HW_E_NOMEM);
    int64_t *cost = (int64_t *)(rows + n + 1);
    for (size_t i = 0; i < n; i++) cost[i] = HW__NO_FIGURE;
    int64_t other = read_int(&r);
    uint32_t cut = read_u32(&r), percent = read_u32(&r);
    for (uint32_t k = read_u32(&r); k > 0 && !r.bad; k--) {
        uint32_t channel = read_u32(&r);
        int64_t amount = read_int(&r);
        if (channel >= n) r.bad = true;
        if (!r.bad) cost[channel] = amount;
    }
    hw__money money;
    s = r.bad ? HW_E_ARG
              : hw__kpis(handle, models[0], &p, cost, n, other, cut, percent, rows, &money);
    if (s == HW_OK) {
        put_kpi(&money.all);
        put_figure(money.customers);
        put_figure(money.cac);
        put_figure(money.saved);
        put_figure(money.credit_cut);
        put_u32((uint32_t)n);
        for (size_t i = 0; i < n; i++) put_kpi(&rows[i]);
    } else
        HW__FAIL(&hw_wasm_last_error, s, 0, 0, models[0]->name);
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, rows, bytes);
    return hw_wasm_end(s);
}
