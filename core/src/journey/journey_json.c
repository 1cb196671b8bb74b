#include "base/bytes.h"
#include "base/json.h"
#include "journey/journey.h"

static void hex_key(hw__json *j, const hw_key *key) {
    char hex[32];
    hw_key_hex(key, hex);
    hw__json_str(j, (hw_str){hex, sizeof hex});
}

static void field(hw__json *out, const char *name, hw_str s) {
    hw__json_key(out, name);
    hw__json_str(out, s);
}

static void number(hw__json *out, const char *name, int64_t n) {
    hw__json_key(out, name);
    hw__json_int(out, n);
}

static void touch(hw__json *out, const hw__journey *j, const hw__touch *t, bool counts) {
    hw_source s = hw__journey_source_at(j, t->source);
    hw__json_open(out, '{');
    number(out, "at", t->at);
    number(out, "day", t->day);
    field(out, "interaction", hw__str_of(hw_interaction_name((hw_interaction)t->interaction)));
    field(out, "channel", s.channel);
    field(out, "source", s.source);
    field(out, "medium", s.medium);
    field(out, "campaign", s.campaign);
    field(out, "term", s.term);
    field(out, "content", s.content);
    char hex[32];
    hw_key key = {{0}};
    hw__st64(key.bytes, t->id);
    hw_key_hex(&key, hex);
    field(out, "id", (hw_str){hex, t->id ? 16 : 0});
    hw__json_key(out, "counts");
    hw__json_bool(out, counts);
    hw__json_close(out, '}');
}

static void conversion(hw__json *out, const hw__journey *j, const hw__jconversion *c,
                       const hw_model *const *models) {
    hw__json_open(out, '{');
    field(out, "action", j->strings.at[c->action]);
    number(out, "at", c->at);
    number(out, "day", c->day);
    number(out, "value", c->value);
    hw__json_key(out, "event");
    hex_key(out, &c->event);
    hw__json_key(out, "order");
    if (c->flags & HW__HAS_ORDER)
        hex_key(out, &c->order);
    else
        hw__json_str(out, (hw_str){NULL, 0});
    hw__json_key(out, "path");
    hw__json_open(out, '[');
    for (uint32_t k = 0; k < c->path_len; k++) touch(out, j, &c->path[k], true);
    hw__json_close(out, ']');
    hw__json_key(out, "credits");
    hw__json_open(out, '{');
    for (size_t m = 0; m < j->models; m++) {
        hw__json_key(out, models[m]->name);
        hw__json_open(out, '[');
        for (size_t k = 0; k < c->path_len; k++) {
            hw__json_open(out, '[');
            hw__json_int(out, c->credit[m * c->path_len + k]);
            hw__json_int(out, c->value_credit[m * c->path_len + k]);
            hw__json_close(out, ']');
        }
        hw__json_close(out, ']');
    }
    hw__json_close(out, '}');
    hw__json_key(out, "refund");
    hw__json_bool(out, (c->flags & HW__REFUND) != 0);
    hw__json_close(out, '}');
}

static hw_status write(hw__arena *arena, const uint8_t *bytes, size_t len, int64_t session_ms,
                       const hw_model *const *models, size_t model_count, hw__json *out) {
    hw__journey j;
    HW__TRY(hw__journey_decode(&j, arena, bytes, len));
    if (j.models != model_count) return HW_E_CONFIG;
    hw__json_open(out, '{');
    hw__json_key(out, "touches");
    hw__json_open(out, '[');
    for (uint32_t i = 0; i < j.touches.len; i++)
        touch(out, &j, &j.touches.at[i], hw__journey_counts(&j, i, session_ms));
    hw__json_close(out, ']');
    hw__json_key(out, "conversions");
    hw__json_open(out, '[');
    for (uint32_t i = 0; i < j.conversions.len; i++)
        conversion(out, &j, &j.conversions.at[i], models);
    hw__json_close(out, ']');
    number(out, "keys", j.keys.len);
    number(out, "dropped", j.dropped);
    hw__json_close(out, '}');
    return HW_OK;
}

hw_status hw_journey_json(const hw_allocator *alloc, const uint8_t *bytes, size_t len,
                          int64_t session_ms, const hw_model *const *models, size_t model_count,
                          char *buf, size_t cap, size_t *out_len) {
    hw__arena arena;
    hw__arena_init(&arena, alloc);
    hw__json out = {.at = buf, .cap = cap};
    hw_status s = write(&arena, bytes, len, session_ms, models, model_count, &out);
    hw__arena_free(&arena);
    if (s != HW_OK) return s;
    *out_len = out.len;
    return out.len > cap ? HW_E_BUFFER : HW_OK;
}
