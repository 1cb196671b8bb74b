#include "hw_wasm.h"

#include "base/bytes.h"

uint32_t hw_wasm_abi(void);
void *hw_wasm_input(uint32_t bytes);
void *hw_wasm_result(void);
uint32_t hw_wasm_result_len(void);
const hw_error *hw_wasm_error(void);
uint32_t hw_wasm_keys(uint32_t len);
void *hw_wasm_rules_create(uint32_t len);
void hw_wasm_rules_destroy(void *handle);
uint32_t hw_wasm_classify(void *handle, uint32_t len);

hw_allocator hw_wasm_alloc;
hw_error hw_wasm_last_error;
static HW__VEC(uint8_t) input, result;
static bool result_failed;

static const hw_allocator *alloc(void) {
    if (!hw_wasm_alloc.alloc) hw_wasm_alloc = hw_wasm_heap();
    return &hw_wasm_alloc;
}

HW_WASM_EXPORT uint32_t hw_wasm_abi(void) {
    return HW_ABI_VERSION;
}

HW_WASM_EXPORT void *hw_wasm_input(uint32_t bytes) {
    if (HW__RESERVE(alloc(), &input, (size_t)bytes + 1) != HW_OK) return NULL;
    return input.at;
}

HW_WASM_EXPORT void *hw_wasm_result(void) {
    return result.at;
}
HW_WASM_EXPORT uint32_t hw_wasm_result_len(void) {
    return (uint32_t)result.len;
}
HW_WASM_EXPORT const hw_error *hw_wasm_error(void) {
    return &hw_wasm_last_error;
}

/* ---- reading ---- */

reader hw_wasm_reader(uint32_t len) {
    hw_wasm_last_error = (hw_error){.status = HW_OK};
    alloc();
    if (len > input.cap) return (reader){NULL, NULL, true};
    return (reader){input.at, input.at + len, false};
}

const uint8_t *read_bytes(reader *r, uint32_t n) {
    if (r->bad || (size_t)(r->end - r->at) < n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}

uint32_t read_u32(reader *r) {
    const uint8_t *p = read_bytes(r, 4);
    return p ? hw__ld32(p) : 0;
}

double read_f64(reader *r) {
    const uint8_t *p = read_bytes(r, 8);
    double d = 0;
    uint64_t bits = p ? hw__ld64(p) : 0;
    memcpy(&d, &bits, sizeof d);
    return d;
}

int64_t read_int(reader *r) {
    double d = read_f64(r);
    if (!(d > -9007199254740992.0 && d < 9007199254740992.0) || (double)(int64_t)d != d) {
        r->bad = true;
        return 0;
    }
    return (int64_t)d;
}

hw_key read_key(reader *r) {
    hw_key key = {{0}};
    const uint8_t *p = read_bytes(r, 16);
    if (p) memcpy(key.bytes, p, 16);
    return key;
}

hw_str read_str(reader *r) {
    uint32_t n = read_u32(r);
    const uint8_t *p = read_bytes(r, n);
    return (hw_str){(const char *)p, p ? n : 0};
}

/* ---- writing ---- */

void hw_wasm_begin(void) {
    result.len = 0;
    result_failed = false;
}

void *hw_wasm_room(size_t len) {
    if (HW__RESERVE(alloc(), &result, result.len + len) != HW_OK) {
        result_failed = true;
        return NULL;
    }
    return result.at + result.len;
}

void hw_wasm_grow(size_t len) {
    result.len += len;
}

void put_bytes(const void *p, size_t n) {
    void *to = hw_wasm_room(n);
    if (to && n) memcpy(to, p, n);
    if (to) hw_wasm_grow(n);
}

void put_u32(uint32_t v) {
    uint8_t b[4];
    hw__st32(b, v);
    put_bytes(b, sizeof b);
}

void put_f64(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint8_t b[8];
    hw__st64(b, bits);
    put_bytes(b, sizeof b);
}

void put_str(hw_str s) {
    put_u32((uint32_t)s.len);
    put_bytes(s.ptr, s.len);
}

uint32_t hw_wasm_end(hw_status s) {
    if (s == HW_OK && result_failed) s = HW_E_NOMEM;
    if (s != HW_OK) {
        result.len = 0;
        if (hw_wasm_last_error.status != s)
            HW__FAIL(&hw_wasm_last_error, s, 0, 0, hw_status_text(s));
    }
    return (uint32_t)s;
}

/* ---- keys: u32 count; each: u32 parts, texts → 16 bytes each ---- */

enum { PARTS_MAX = 64 };

HW_WASM_EXPORT uint32_t hw_wasm_keys(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    uint32_t n = read_u32(&r);
    for (uint32_t i = 0; i < n && !r.bad; i++) {
        hw_str parts[PARTS_MAX];
        uint32_t count = read_u32(&r);
        if (count > PARTS_MAX) return hw_wasm_end(HW_E_LIMIT);
        for (uint32_t k = 0; k < count; k++) parts[k] = read_str(&r);
        hw_key key = hw_key_of(parts, count);
        put_bytes(key.bytes, 16);
    }
    return hw_wasm_end(r.bad ? HW_E_ARG : HW_OK);
}

/* ---- rules: u32 rules, each 4 texts; u32 excluded hosts, texts; u32 own hosts, texts ---- */

typedef struct rules {
    hw_source_rules view;
    hw_sources *known;
    hw__arena arena;
} rules;

static hw_str copy_str(hw__arena *arena, hw_str s, bool *bad) {
    char *p = hw__arena_alloc(arena, s.len);
    if (!p)
        *bad = true;
    else if (s.len)
        memcpy(p, s.ptr, s.len);
    return (hw_str){p, p ? s.len : 0};
}

static hw_str *read_hosts(reader *r, hw__arena *arena, size_t *count, bool *bad) {
    *count = read_u32(r);
    if (*count > (size_t)(r->end - r->at)) r->bad = true;
    hw_str *list = r->bad ? NULL : hw__arena_array(arena, *count, sizeof *list);
    if (!list) {
        *bad = true;
        return NULL;
    }
    for (size_t i = 0; i < *count; i++) list[i] = copy_str(arena, read_str(r), bad);
    return list;
}

HW_WASM_EXPORT void *hw_wasm_rules_create(uint32_t len) {
    reader r = hw_wasm_reader(len);
    rules *h = hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, sizeof *h);
    if (!h) return NULL;
    memset(h, 0, sizeof *h);
    hw__arena_init(&h->arena, &hw_wasm_alloc);
    bool bad = false;
    size_t n = h->view.rule_count = read_u32(&r);
    if (n > (size_t)(r.end - r.at)) r.bad = true;
    hw_channel_rule *list = r.bad ? NULL : hw__arena_array(&h->arena, n, sizeof *list);
    for (size_t i = 0; list && i < n; i++) {
        list[i].channel = copy_str(&h->arena, read_str(&r), &bad);
        list[i].source = copy_str(&h->arena, read_str(&r), &bad);
        list[i].medium = copy_str(&h->arena, read_str(&r), &bad);
        list[i].campaign = copy_str(&h->arena, read_str(&r), &bad);
    }
    h->view.rules = list;
    h->view.excluded_hosts = read_hosts(&r, &h->arena, &h->view.excluded_count, &bad);
    h->view.own_hosts = read_hosts(&r, &h->arena, &h->view.own_count, &bad);
    if (hw_sources_create(&hw_wasm_alloc, &h->known) == HW_OK && !bad && list && !r.bad) return h;
    hw_wasm_rules_destroy(h);
    return NULL;
}

HW_WASM_EXPORT void hw_wasm_rules_destroy(void *handle) {
    rules *h = handle;
    if (!h) return;
    hw__arena_free(&h->arena);
    hw_sources_destroy(h->known);
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, h, sizeof *h);
}

/* ---- classify: u32 count; each: url, referrer, 6 given texts (channel, source, medium, campaign,
 * term, content) → each: u32 origin, 6 texts, rule, u32 ids, each u32 number and text ---- */

static void put_classified(const hw_classified *c) {
    put_u32((uint32_t)c->origin);
    const hw_str texts[] = {
        c->source.channel, c->source.source,  c->source.medium, c->source.campaign,
        c->source.term,    c->source.content, c->rule};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) put_str(texts[i]);
    uint32_t ids = 0;
    for (size_t i = 0; i < HW_CLICK_ID_COUNT; i++) ids += c->click_id[i].len > 0;
    put_u32(ids);
    for (uint32_t i = 0; i < HW_CLICK_ID_COUNT; i++) {
        if (!c->click_id[i].len) continue;
        put_u32(i);
        put_str(c->click_id[i]);
    }
}

HW_WASM_EXPORT uint32_t hw_wasm_classify(void *handle, uint32_t len) {
    const rules *h = handle;
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    static HW__VEC(char) scratch;
    uint32_t n = read_u32(&r);
    put_u32(n);
    for (uint32_t i = 0; i < n && !r.bad; i++) {
        hw_str url = read_str(&r), referrer = read_str(&r);
        hw_source given = {.channel = read_str(&r)};
        given.source = read_str(&r);
        given.medium = read_str(&r);
        given.campaign = read_str(&r);
        given.term = read_str(&r);
        given.content = read_str(&r);
        if (r.bad) break;
        size_t need = hw_classify_scratch(url, referrer, &given);
        hw_status s = HW__RESERVE(&hw_wasm_alloc, &scratch, need);
        hw_classified c;
        if (s == HW_OK)
            s = hw_classify(h->known, &h->view, url, referrer, &given, scratch.at, scratch.cap, &c);
        if (s != HW_OK) return hw_wasm_end(s);
        put_classified(&c);
    }
    return hw_wasm_end(r.bad ? HW_E_ARG : HW_OK);
}
