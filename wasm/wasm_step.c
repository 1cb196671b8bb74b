/* Steppers: many persons a call. */
#include "flags.h"
#include "hw_wasm.h"
#include "ledger/ledger.h"

void *hw_wasm_stepper_create(uint32_t len);
void hw_wasm_stepper_destroy(void *handle);
uint32_t hw_wasm_stepper_step(void *handle, uint32_t len, double now);
uint32_t hw_wasm_stepper_journey(void *handle, uint32_t len);

typedef struct stepper {
    hw_stepper *stepper;
    hw_ledger *ledger; /* of the step in hand */
    const hw_model *models[HW_STEP_MODELS_MAX];
    uint32_t model_count;
    int64_t session_ms;
    HW__VEC(hw_event) events;
    HW__VEC(hw_event_conversion) conversions;
} stepper;

/* u32 models, names; f64 click, impression, dedup, retention, session, half-life; u32 touch cap,
 * key cap. NULL and hw_wasm_error() on failure. */
HW_WASM_EXPORT void *hw_wasm_stepper_create(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_step_config c = {.params = hw_model_defaults()};
    hw_status s = HW_OK;
    c.model_count = read_u32(&r);
    if (c.model_count > HW_STEP_MODELS_MAX) s = HW_E_LIMIT;
    for (uint32_t i = 0; s == HW_OK && i < c.model_count; i++)
        s = hw_model_find(read_str(&r), &c.models[i]);
    c.lookback_click_ms = read_int(&r);
    c.lookback_impression_ms = read_int(&r);
    c.dedup_window_ms = read_int(&r);
    c.retention_ms = read_int(&r);
    c.session_ms = read_int(&r);
    c.params.half_life_ms = read_int(&r);
    c.touch_cap = read_u32(&r);
    c.key_cap = read_u32(&r);
    if (s == HW_OK && r.bad) s = HW_E_ARG;
    stepper *h = s == HW_OK ? hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, sizeof *h) : NULL;
    if (s == HW_OK && !h) s = HW_E_NOMEM;
    if (s == HW_OK) {
        memset(h, 0, sizeof *h);
        h->model_count = c.model_count;
        h->session_ms = c.session_ms;
        memcpy(h->models, c.models, sizeof h->models);
        s = hw_stepper_create(&hw_wasm_alloc, &c, &h->stepper);
    }
    if (s == HW_OK) return h;
    hw_wasm_stepper_destroy(h);
    hw_wasm_begin();
    hw_wasm_end(s);
    return NULL;
}

HW_WASM_EXPORT void hw_wasm_stepper_destroy(void *handle) {
    stepper *h = handle;
    if (!h) return;
    hw_stepper_destroy(h->stepper);
    HW__VEC_FREE(&hw_wasm_alloc, &h->events);
    HW__VEC_FREE(&hw_wasm_alloc, &h->conversions);
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, h, sizeof *h);
}

/* An event: key, f64 at, i32 day, u32 interaction | conversions << 8, f64 key window; if a touch, 6
 * texts; each conversion: f64 value, u32 flags, order key if it has one, action. Until all are
 * read, `conversions` holds the index of the first as a pointer would move. */
static hw_status read_event(reader *r, stepper *h, hw_event *e) {
    memset(e, 0, sizeof *e);
    e->key = read_key(r);
    e->at_ms = read_int(r);
    e->day = (int32_t)read_u32(r);
    uint32_t packed = read_u32(r);
    e->key_window_ms = read_int(r);
    e->interaction = (hw_interaction)(packed & 0xff);
    e->conversion_count = packed >> 8;
    if (e->conversion_count > 64) return HW_E_LIMIT;
    if (e->interaction != HW_NO_TOUCH) {
        hw_str *const to[] = {&e->source.channel,  &e->source.source, &e->source.medium,
                              &e->source.campaign, &e->source.term,   &e->source.content};
        for (int i = 0; i < 6; i++) *to[i] = read_str(r);
    }
    for (size_t i = 0; i < e->conversion_count; i++) {
        HW__TRY(HW__RESERVE(&hw_wasm_alloc, &h->conversions, h->conversions.len + 1));
        hw_event_conversion *c = &h->conversions.at[h->conversions.len++];
        memset(c, 0, sizeof *c);
        c->value = read_int(r);
        uint32_t flags = read_u32(r);
        c->has_order = (flags & HW_WASM_HAS_ORDER) != 0;
        c->once = (flags & HW_WASM_ONCE) != 0;
        c->refund = (hw_refund)(flags / HW_WASM_REFUND);
        if (c->has_order) c->order = read_key(r);
        c->action = read_str(r);
    }
    return r->bad ? HW_E_ARG : HW_OK;
}

static hw_status step_person(reader *r, stepper *h, int64_t now) {
    uint32_t blob_len = read_u32(r), n = read_u32(r);
    const uint8_t *blob = read_bytes(r, blob_len);
    h->events.len = h->conversions.len = 0;
    for (uint32_t i = 0; i < n; i++) {
        HW__TRY(HW__RESERVE(&hw_wasm_alloc, &h->events, h->events.len + 1));
        HW__TRY(read_event(r, h, &h->events.at[h->events.len++]));
    }
    if (r->bad) return HW_E_ARG;
    size_t from = 0;
    for (uint32_t i = 0; i < n; i++) {
        h->events.at[i].conversions = h->conversions.at + from;
        from += h->events.at[i].conversion_count;
    }
    hw_step_result result;
    hw_status s =
        hw_stepper_step(h->stepper, blob, blob_len, h->events.at, n, now, h->ledger, &result);
    put_u32((uint32_t)s);
    if (s != HW_OK) return HW_OK; /* this person's trouble, told in the result */
    put_u32((uint32_t)result.blob_len);
    put_bytes(result.blob, result.blob_len);
    put_bytes(result.outcomes, n);
    for (uint32_t i = 0; i < n; i++) put_u32(result.counted[i]);
    return HW_OK;
}

/* u32 texts; u32 rows, each: i32 day, u32 basis, 8 text numbers (action, model, 6 of the source),
 * f64 conversions, f64 value */
static void put_ledger(const hw_ledger *l) {
    put_u32((uint32_t)l->strings.strs.len);
    for (size_t i = 0; i < l->strings.strs.len; i++) put_str(l->strings.strs.at[i]);
    const hw__lpart *p = &l->parts.at[0];
    uint32_t n = 0;
    for (size_t i = 0; i < p->rows.len; i++) n += p->rows.at[i].conversions || p->rows.at[i].value;
    put_u32(n);
    for (size_t i = 0; i < p->rows.len; i++) {
        const hw__lrow *r = &p->rows.at[i];
        if (!r->conversions && !r->value) continue;
        hw__ltuple t = hw__ledger_tuple_at(l, r->source);
        put_u32((uint32_t)r->day);
        put_u32(r->basis);
        put_u32(r->action);
        put_u32(r->model);
        for (int k = 0; k < 6; k++) put_u32(t.str[k]);
        put_f64((double)r->conversions);
        put_f64((double)(r->value >> 52));
        put_f64((double)(r->value & ((INT64_C(1) << 52) - 1)));
    }
}

/* u32 persons; each: u32 blob bytes, u32 events, blob, events → each: u32 status; if fine: u32 blob
 * bytes, blob, u8 outcome and then u32 counted per event. Then the ledger's changes. */
HW_WASM_EXPORT uint32_t hw_wasm_stepper_step(void *handle, uint32_t len, double now) {
    stepper *h = handle;
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw_status s = hw_ledger_create(&hw_wasm_alloc, 0, &h->ledger);
    if (s != HW_OK) return hw_wasm_end(s);
    uint32_t n = read_u32(&r);
    put_u32(n);
    for (uint32_t i = 0; i < n && s == HW_OK; i++) s = step_person(&r, h, (int64_t)now);
    put_ledger(h->ledger);
    hw_ledger_destroy(h->ledger);
    return hw_wasm_end(s);
}

/* The journey in the input as JSON. */
HW_WASM_EXPORT uint32_t hw_wasm_stepper_journey(void *handle, uint32_t len) {
    stepper *h = handle;
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    size_t need = 0;
    const uint8_t *blob = read_bytes(&r, len);
    const hw_allocator *a = &hw_wasm_alloc;
    hw_status s =
        hw_journey_json(a, blob, len, h->session_ms, h->models, h->model_count, NULL, 0, &need);
    if (s == HW_E_BUFFER) {
        char *to = hw_wasm_room(need);
        s = to ? hw_journey_json(a, blob, len, h->session_ms, h->models, h->model_count, to, need,
                                 &need)
               : HW_E_NOMEM;
        hw_wasm_grow(need);
    }
    return hw_wasm_end(s);
}
