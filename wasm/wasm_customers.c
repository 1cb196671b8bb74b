/* Only in headwater-full.wasm: what the customers of a touch log are worth. */
#include "hw_wasm.h"
#include "report/customers.h"

uint32_t hw_wasm_dataset_customers(void *handle, uint32_t len);

enum { CURRENCY_MAX = 32 };

/* f64 as_of (0: the newest row), u32 lead days, horizon in days, margin and discount in millionths,
 * f64 spend in micros (-1: unknown), str currency → JSON: a CustomerReport, the same
 * bytes that hw ltv --format json prints */
HW_WASM_EXPORT uint32_t hw_wasm_dataset_customers(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw__customers_ask ask = HW__CUSTOMERS_ASK;
    ask.as_of = read_int(&r);
    ask.lead_days = read_u32(&r);
    ask.horizon = read_u32(&r);
    ask.margin = read_u32(&r);
    ask.discount = read_u32(&r);
    int64_t spend = read_int(&r);
    if (spend >= 0) ask.spend = spend;
    hw_str currency = read_str(&r);
    char text[CURRENCY_MAX];
    hw__text t = {text, 0, sizeof text};
    hw__text_str(&t, currency);
    text[t.len] = 0;
    ask.currency = text;
    if (r.bad) return hw_wasm_end(HW_E_ARG);
    hw__customers c;
    hw_status s = hw__customers_count(handle, &ask, &c);
    if (s == HW_OK) s = hw__customers_predict(&c);
    if (s == HW_OK) {
        hw__json size = {.cap = 0};
        hw__figures_json(hw__customers_tell, &c, &size);
        char *to = hw_wasm_room(size.len);
        hw__json j = {.at = to, .cap = size.len};
        if (to) hw__figures_json(hw__customers_tell, &c, &j);
        hw_wasm_grow(to ? size.len : 0);
        if (!to) s = HW_E_NOMEM;
    }
    hw__customers_free(&c);
    return hw_wasm_end(s);
}
