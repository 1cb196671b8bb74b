/* Bytes as a life: 8 bytes an event. Credit stays conserved, the blob stays valid, a repeat changes
 * nothing. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const channels[] = {"a", "b", "Direct", ""};
    hw_allocator a = hw_default_allocator();
    hw_step_config c = {.params = hw_model_defaults(),
                        .lookback_click_ms = 20000,
                        .lookback_impression_ms = 5000,
                        .dedup_window_ms = 50000,
                        .retention_ms = 60000,
                        .session_ms = 1000,
                        .touch_cap = 12,
                        .key_cap = 64};
    for (size_t i = 0; hw_model_at(i) && c.model_count < HW_STEP_MODELS_MAX; i++)
        if (hw_model_at(i)->weights && !hw_model_at(i)->whole)
            c.models[c.model_count++] = hw_model_at(i);
    hw_stepper *st;
    hw_ledger *l;
    MUST(hw_stepper_create(&a, &c, &st) == HW_OK && hw_ledger_create(&a, 0, &l) == HW_OK);
    uint8_t *blob = NULL;
    size_t len = 0;
    int64_t now = 200000, count = 0, value = 0;
    for (size_t i = 0; i + 8 <= size && i < 8 * 300; i += 8) {
        const uint8_t *b = data + i;
        now += b[0];
        hw_event_conversion buy = {.action = hw__str_of(channels[b[6] & 1]),
                                   .value = b[5] * INT64_C(10000),
                                   .has_order = b[6] >> 1 & 1,
                                   .once = b[6] >> 2 & 1};
        if (buy.has_order) buy.refund = (hw_refund)((b[6] >> 3 & 3) % 3);
        buy.order.bytes[0] = b[7] & 7;
        hw_event e = {.at_ms = now - b[1] * 400,
                      .day = b[2],
                      .interaction = (hw_interaction)(b[3] & 3),
                      .source = {.channel = hw__str_of(channels[b[4] & 3]),
                                 .source = hw__str_of(channels[b[4] >> 2 & 3])},
                      .conversions = &buy,
                      .conversion_count = b[3] >> 2 & 1};
        e.key.bytes[0] = b[7];
        hw_step_result r;
        MUST(hw_stepper_step(st, blob, len, &e, 1, now, l, &r) == HW_OK);
        if (r.counted[0]) {
            count += HW_MICROS;
            value += buy.value;
        }
        if (!r.blob) continue;
        free(blob);
        len = r.blob_len;
        blob = malloc(len);
        MUST(blob);
        memcpy(blob, r.blob, len);
        MUST(hw_journey_validate(&a, blob, len) == HW_OK);
        size_t rows = hw_ledger_count(l);
        MUST(hw_stepper_step(st, blob, len, &e, 1, now, l, &r) == HW_OK && !r.counted[0] &&
             hw_ledger_count(l) == rows);
    }
    int64_t got_count = 0, got_value = 0, back = 0, back_elsewhere = 0;
    for (size_t i = 0; i < hw_ledger_count(l); i++) {
        hw_ledger_row row;
        hw_ledger_row_at(l, i, &row);
        got_count += row.conversions;
        if (row.basis == HW_BASIS_REFUND)
            back += row.value;
        else if (row.basis >= HW_BASIS_CONVERSION_REFUND)
            back_elsewhere += row.value;
        else
            got_value += row.value;
    }
    MUST(got_count == 2 * (int64_t)c.model_count * count &&
         got_value == 2 * (int64_t)c.model_count * value);
    /* What was refunded is no more than what was counted, and the same on each day's basis. */
    MUST(back <= 0 && back >= -(int64_t)c.model_count * value && back_elsewhere == 2 * back);
    free(blob);
    hw_stepper_destroy(st);
    hw_ledger_destroy(l);
    return 0;
}
