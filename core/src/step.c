/* Wiring of the stages for one person: dedup, journey, models, apportionment, ledger. */
#include "base/bytes.h"
#include "journey/journey.h"

struct hw_stepper {
    hw_allocator alloc;
    hw_step_config config;
    uint64_t hash;
    hw__arena arena; /* one step's working memory */
};

/* What one step works on; effects are rows for the ledger, applied at the end. */
typedef struct step {
    const hw_step_config *config;
    hw__arena *arena;
    hw__journey journey;
    int64_t now;
    bool changed;
    HW__LIST(hw_ledger_row) effects;
} step;

static uint64_t config_hash(const hw_step_config *c) {
    uint8_t b[8 * 12];
    const int64_t fields[] = {
        c->params.half_life_ms, c->params.first,      c->params.middle,
        c->params.last,         c->lookback_click_ms, c->lookback_impression_ms,
        c->session_ms,          c->touch_cap,         c->model_count};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        hw__st64(b + 8 * i, (uint64_t)fields[i]);
    uint64_t h = hw__hash64(b, sizeof fields, HW_JOURNEY_FORMAT);
    for (uint32_t i = 0; i < c->model_count; i++)
        h = hw__hash64(c->models[i]->name, strlen(c->models[i]->name), h);
    return h;
}

static bool valid(const hw_step_config *c) {
    const int64_t most = INT64_C(1) << 53;
    if (c->model_count < 1 || c->model_count > HW_STEP_MODELS_MAX) return false;
    for (uint32_t i = 0; i < c->model_count; i++)
        if (!c->models[i] || !c->models[i]->weights || c->models[i]->whole) return false;
    return hw_model_check(&c->params) == HW_OK && c->lookback_click_ms > 0 &&
           c->lookback_click_ms < most && c->lookback_impression_ms >= 0 &&
           c->lookback_impression_ms < most && c->dedup_window_ms > 0 &&
           c->dedup_window_ms < most && c->retention_ms > 0 && c->retention_ms < most &&
           c->session_ms >= 0 && c->session_ms < most && c->touch_cap >= 1 &&
           c->touch_cap <= 4096 && c->key_cap >= 1 && c->key_cap <= 65536;
}

hw_status hw_stepper_create(const hw_allocator *alloc, const hw_step_config *config,
                            hw_stepper **out) {
    if (!valid(config)) return HW_E_ARG;
    hw_stepper *s = alloc->alloc(alloc->ctx, sizeof *s);
    if (!s) return HW_E_NOMEM;
    *s = (hw_stepper){.alloc = *alloc, .config = *config, .hash = config_hash(config)};
    hw__arena_init(&s->arena, alloc);
    *out = s;
    return HW_OK;
}

void hw_stepper_destroy(hw_stepper *s) {
    if (!s) return;
    hw_allocator a = s->alloc;
    hw__arena_free(&s->arena);
    a.free(a.ctx, s, sizeof *s);
}

uint64_t hw_stepper_config_hash(const hw_stepper *s) {
    return s->hash;
}

/* ---- what time takes away ---- */

/* No change in itself: a journey is written when an event changes it, and what is past goes then,
 * so that a replay of the events that counted gives the same bytes. */
static void expire(step *st) {
    hw__journey *j = &st->journey;
    int64_t horizon = st->now - st->config->retention_ms;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < j->keys.len; i++)
        if (j->keys.at[i].until > st->now) j->keys.at[kept++] = j->keys.at[i];
    j->keys.len = kept;
    kept = 0;
    for (uint32_t i = 0; i < j->touches.len; i++)
        if (j->touches.at[i].at >= horizon) j->touches.at[kept++] = j->touches.at[i];
    j->dropped += j->touches.len - kept;
    j->touches.len = kept;
    kept = 0;
    /* Refunds stay twice as long, and so at least as long as the orders that they are about. */
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        const hw__jconversion *c = &j->conversions.at[i];
        int64_t longer = c->flags & HW__REFUND ? st->config->retention_ms : 0;
        if (c->at >= horizon - longer) j->conversions.at[kept++] = *c;
    }
    j->conversions.len = kept;
}

/* ---- touches ---- */

static hw_status add_touch(step *st, const hw_event *e, uint32_t sequence) {
    hw__journey *j = &st->journey;
    hw__touch t = {.at = e->at_ms,
                   .id = hw__ld64(e->key.bytes),
                   .day = e->day,
                   .sequence = sequence,
                   .interaction = (uint8_t)e->interaction};
    HW__TRY(hw__journey_source(j, &e->source, &t.source));
    HW__TRY(HW__LIST_ROOM(st->arena, &j->touches));
    uint32_t i = j->touches.len++;
    for (; i && j->touches.at[i - 1].at > t.at; i--) j->touches.at[i] = j->touches.at[i - 1];
    j->touches.at[i] = t;
    return HW_OK;
}

/* Only at the end of a step: a touch of this step may still earn for this step's conversions. */
static void cap_touches(step *st) {
    hw__journey *j = &st->journey;
    if (j->touches.len <= st->config->touch_cap) return;
    uint32_t gone = j->touches.len - st->config->touch_cap;
    memmove(j->touches.at, j->touches.at + gone, st->config->touch_cap * sizeof *j->touches.at);
    j->touches.len -= gone;
    j->dropped += gone;
}

/* ---- conversions ---- */

static bool is_direct(const hw__journey *j, const hw__touch *t) {
    hw_source s = hw__journey_source_at(j, t->source);
    return hw_source_is_direct(&s);
}

/* The touches that count for a conversion, oldest first; the newest touch_cap of them. */
static hw_status make_path(step *st, hw__jconversion *c) {
    hw__journey *j = &st->journey;
    c->path = hw__arena_array(st->arena, j->touches.len + 1, sizeof *c->path);
    if (!c->path) return HW_E_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->touches.len; i++) {
        const hw__touch *t = &j->touches.at[i];
        if (t->at > c->at || (t->at == c->at && t->sequence > c->sequence)) break;
        int64_t window = t->interaction == HW_IMPRESSION ? st->config->lookback_impression_ms
                                                         : st->config->lookback_click_ms;
        if (c->at - t->at > window) continue;
        if (!hw__journey_counts(j, i, st->config->session_ms)) continue;
        c->path[n++] = *t;
    }
    if (n > st->config->touch_cap) {
        c->path += n - st->config->touch_cap;
        n = st->config->touch_cap;
    }
    if (!n) {
        const hw_source direct = {
            .channel = HW_STR("Direct"), .source = HW_STR("(direct)"), .medium = HW_STR("(none)")};
        c->path[n++] = (hw__touch){
            .at = c->at, .day = c->day, .sequence = c->sequence, .interaction = HW_VISIT};
        HW__TRY(hw__journey_source(j, &direct, &c->path[0].source));
    }
    c->path_len = n;
    return HW_OK;
}

static hw_status make_credit(step *st, hw__jconversion *c) {
    hw__journey *j = &st->journey;
    uint32_t n = c->path_len;
    size_t strings = j->strings.len;
    uint16_t *channel = hw__arena_array(st->arena, n, sizeof *channel);
    int64_t *age = hw__arena_array(st->arena, n, sizeof *age);
    uint8_t *flags = hw__arena_alloc(st->arena, strings);
    uint32_t *scratch = hw__arena_array(st->arena, strings, sizeof *scratch);
    uint64_t *weights = hw__arena_array(st->arena, n, sizeof *weights);
    hw_share_work *work = hw__arena_array(st->arena, n, sizeof *work);
    int64_t *one = hw__arena_array(st->arena, n, sizeof *one);
    c->credit = hw__arena_array(st->arena, (size_t)n * j->models, sizeof *c->credit);
    c->value_credit = hw__arena_array(st->arena, (size_t)n * j->models, sizeof *c->value_credit);
    if (!channel || !age || !flags || !scratch || !weights || !work || !one || !c->credit ||
        !c->value_credit)
        return HW_E_NOMEM;
    memset(flags, 0, strings);
    memset(scratch, 0, strings * sizeof *scratch);
    for (uint32_t i = 0; i < n; i++) {
        channel[i] = j->tuples.at[c->path[i].source].str[0];
        age[i] = c->at - c->path[i].at;
        if (is_direct(j, &c->path[i])) flags[channel[i]] |= HW_CHANNEL_DIRECT;
        if (hw_channel_is_paid(j->strings.at[channel[i]])) flags[channel[i]] |= HW_CHANNEL_PAID;
    }
    hw_path path = {.len = n,
                    .channel = channel,
                    .age_ms = age,
                    .channel_flags = flags,
                    .scratch = scratch,
                    .channel_count = strings,
                    .lead = SIZE_MAX,
                    .opportunity = SIZE_MAX};
    for (size_t m = 0; m < j->models; m++) {
        st->config->models[m]->weights(&path, &st->config->params, weights);
        hw_apportion(HW_MICROS, weights, n, work, one);
        for (uint32_t i = 0; i < n; i++) c->credit[m * n + i] = (uint32_t)one[i];
        hw_apportion(c->value, weights, n, work, &c->value_credit[m * n]);
    }
    return HW_OK;
}

/* A change of what touch i of a conversion got from model m, on the day of the conversion, of the
 * touch and, if it is a refund's, of that. */
static hw_status effect(step *st, const hw__jconversion *c, size_t m, uint32_t i,
                        const hw__jconversion *refund, int64_t conversions, int64_t value) {
    const hw__journey *j = &st->journey;
    const int32_t days[] = {c->day, c->path[i].day, refund ? refund->day : 0};
    hw_ledger_row row = {.basis = refund ? HW_BASIS_CONVERSION_REFUND : HW_BASIS_CONVERSION,
                         .action = j->strings.at[c->action],
                         .model = hw__str_of(st->config->models[m]->name),
                         .source = hw__journey_source_at(j, c->path[i].source),
                         .conversions = conversions,
                         .value = value};
    if (!conversions && !value) return HW_OK;
    for (int b = refund ? 0 : 1; b < 3; b++, row.basis++) {
        row.day = days[refund ? b : b - 1];
        HW__TRY(HW__LIST_ROOM(st->arena, &st->effects));
        st->effects.at[st->effects.len++] = row;
    }
    return HW_OK;
}

/* Gives (sign 1) or takes back (sign -1) the credits of a conversion. */
static hw_status post(step *st, const hw__jconversion *c, int sign) {
    for (size_t m = 0; m < st->journey.models; m++)
        for (uint32_t i = 0; i < c->path_len; i++)
            HW__TRY(effect(st, c, m, i, NULL, sign * (int64_t)c->credit[m * c->path_len + i],
                           sign * c->value_credit[m * c->path_len + i]));
    return HW_OK;
}

/* The conversion of an order, NULL when it has not come. */
static hw__jconversion *order_of(const hw__journey *j, const hw_key *order) {
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        hw__jconversion *c = &j->conversions.at[i];
        if ((c->flags & (HW__HAS_ORDER | HW__REFUND)) == HW__HAS_ORDER &&
            memcmp(&c->order, order, sizeof *order) == 0)
            return c;
    }
    return NULL;
}

/* Gives or takes back what the refunds of a conversion take. Each refund posts how the split of all
 * up to it differs from the split of those before, so that their sums are splits as well. *left
 * gets what they leave of the value. */
static hw_status post_refunds(step *st, const hw__jconversion *c, int sign, int64_t *left) {
    const hw__journey *j = &st->journey;
    uint32_t n = c->path_len;
    int64_t applied;
    const hw__jconversion *r = NULL;
    *left = c->value;
    if (!(c->flags & HW__HAS_ORDER) || !c->value) return HW_OK;
    hw_share_work *work = hw__arena_array(st->arena, n, sizeof *work);
    int64_t *before = hw__arena_array(st->arena, n, sizeof *before);
    int64_t *after = hw__arena_array(st->arena, n, sizeof *after);
    if (!work || !before || !after) return HW_E_NOMEM;
    while ((r = hw__journey_refund(j, c, r, left, &applied)))
        for (size_t m = 0; m < j->models; m++) {
            /* Credits of value are never negative, so they are weights as they stand. */
            const uint64_t *weights = (const uint64_t *)&c->value_credit[m * n];
            hw_apportion(c->value - *left - applied, weights, n, work, before);
            hw_apportion(c->value - *left, weights, n, work, after);
            for (uint32_t i = 0; i < n; i++)
                HW__TRY(effect(st, c, m, i, r, 0, sign * (before[i] - after[i])));
        }
    return HW_OK;
}

/* Gives or takes back all of a conversion. */
static hw_status post_all(step *st, const hw__jconversion *c, int sign) {
    int64_t left;
    HW__TRY(post(st, c, sign));
    return post_refunds(st, c, sign, &left);
}

static hw_status add_refund(step *st, const hw_event *e, const hw_event_conversion *c,
                            uint8_t *outcome) {
    hw__journey *j = &st->journey;
    bool all = c->refund == HW_REFUND_ALL;
    hw__jconversion n = {.event = e->key,
                         .order = c->order,
                         .at = e->at_ms,
                         .value = all ? INT64_MAX : c->value,
                         .day = e->day,
                         .flags = HW__HAS_ORDER | HW__REFUND};
    HW__TRY(hw__journey_string(j, c->action, &n.action));
    HW__TRY(HW__LIST_ROOM(st->arena, &j->conversions));
    const hw__jconversion *of = order_of(j, &n.order);
    int64_t before, left;
    if (of) HW__TRY(post_refunds(st, of, -1, &before));
    j->conversions.at[j->conversions.len++] = n;
    if (!of) return HW_OK;
    HW__TRY(post_refunds(st, of, 1, &left));
    if (before - left < (all ? 1 : n.value))
        *outcome = HW_REFUND_CLAMPED;
    else if (*outcome == HW_REFUND_WAITING)
        *outcome = HW_ACCEPTED;
    return HW_OK;
}

static bool counted_before(const hw__journey *j, uint16_t action, const hw_event_conversion *c) {
    if (c->has_order && order_of(j, &c->order)) return true;
    for (uint32_t i = 0; i < j->conversions.len && c->once; i++)
        if (j->conversions.at[i].action == action && !(j->conversions.at[i].flags & HW__REFUND))
            return true;
    return false;
}

static hw_status add_conversion(step *st, const hw_event *e, const hw_event_conversion *c,
                                uint32_t sequence, uint32_t *counted) {
    hw__journey *j = &st->journey;
    uint16_t action;
    HW__TRY(hw__journey_string(j, c->action, &action));
    if (counted_before(j, action, c)) return HW_OK;
    hw__jconversion n = {.event = e->key,
                         .at = e->at_ms,
                         .value = c->value,
                         .day = e->day,
                         .sequence = sequence,
                         .action = action,
                         .flags = c->has_order ? HW__HAS_ORDER : 0};
    if (c->has_order) n.order = c->order;
    HW__TRY(make_path(st, &n));
    HW__TRY(make_credit(st, &n));
    HW__TRY(post_all(st, &n, 1));
    HW__TRY(HW__LIST_ROOM(st->arena, &j->conversions));
    j->conversions.at[j->conversions.len++] = n;
    (*counted)++;
    return HW_OK;
}

static bool same_path(const hw__jconversion *a, const hw__jconversion *b) {
    if (a->path_len != b->path_len) return false;
    for (uint32_t i = 0; i < a->path_len; i++)
        if (a->path[i].sequence != b->path[i].sequence || a->path[i].at != b->path[i].at)
            return false;
    return true;
}

/* A touch at `at` came late: conversions after it look back again. Once the cap or the retention
 * has dropped touches, an old path can hold what the journey no longer does, so it stays as it is.
 */
static hw_status reattribute(step *st, int64_t at) {
    hw__journey *j = &st->journey;
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        hw__jconversion *old = &j->conversions.at[i];
        if (old->at < at || j->dropped || (old->flags & HW__REFUND)) continue;
        hw__jconversion fresh = *old;
        HW__TRY(make_path(st, &fresh));
        if (same_path(old, &fresh)) continue;
        HW__TRY(make_credit(st, &fresh));
        HW__TRY(post_all(st, old, -1));
        HW__TRY(post_all(st, &fresh, 1));
        *old = fresh;
    }
    return HW_OK;
}

/* ---- events ---- */

static bool seen(const hw__journey *j, const hw_key *key) {
    for (uint32_t i = 0; i < j->keys.len; i++)
        if (memcmp(&j->keys.at[i].key, key, sizeof *key) == 0) return true;
    return false;
}

static bool event_valid(const hw_event *e) {
    const int64_t most = INT64_C(1) << 53;
    if (e->at_ms < 0 || e->at_ms >= most || e->key_window_ms < 0 || e->key_window_ms >= most)
        return false;
    if (e->interaction < HW_NO_TOUCH || e->interaction > HW_VISIT) return false;
    for (size_t i = 0; i < e->conversion_count; i++) {
        const hw_event_conversion *c = &e->conversions[i];
        if (c->value < 0 || c->value >= most || c->refund > HW_REFUND_ALL ||
            (c->refund && !c->has_order))
            return false;
    }
    return true;
}

static hw_status apply(step *st, const hw_event *e, uint8_t *outcome, uint32_t *counted) {
    hw__journey *j = &st->journey;
    *counted = 0;
    if (!event_valid(e)) return HW_E_ARG;
    if (seen(j, &e->key)) {
        *outcome = HW_DUPLICATE_EVENT;
        return HW_OK;
    }
    if (e->at_ms < st->now - st->config->retention_ms) {
        *outcome = HW_TOO_OLD;
        return HW_OK;
    }
    if (j->keys.len >= st->config->key_cap) {
        *outcome = HW_FULL;
        return HW_OK;
    }
    HW__TRY(HW__LIST_ROOM(st->arena, &j->keys));
    int64_t window = e->key_window_ms ? e->key_window_ms : st->config->dedup_window_ms;
    j->keys.at[j->keys.len++] = (hw__jkey){e->key, st->now + window};
    st->changed = true;
    uint32_t sequence = j->next_sequence++;
    if (e->interaction != HW_NO_TOUCH) {
        HW__TRY(add_touch(st, e, sequence));
        HW__TRY(reattribute(st, e->at_ms));
    }
    bool ordered = false, refund = false;
    *outcome = HW_REFUND_WAITING;
    for (size_t i = 0; i < e->conversion_count; i++) {
        const hw_event_conversion *c = &e->conversions[i];
        if (c->refund)
            HW__TRY(add_refund(st, e, c, outcome));
        else
            HW__TRY(add_conversion(st, e, c, sequence, counted));
        ordered |= c->has_order != 0;
        refund |= c->refund != 0;
    }
    if (refund) return HW_OK;
    *outcome = e->conversion_count && ordered && !*counted && e->interaction == HW_NO_TOUCH
                   ? HW_DUPLICATE_ORDER
                   : HW_ACCEPTED;
    return HW_OK;
}

/* Adds all rows or none: what was added before a failure is taken away again, and taking away from
 * a row that is there needs no memory and cannot overflow. */
static hw_status apply_effects(const step *st, hw_ledger *ledger) {
    for (uint32_t i = 0; i < st->effects.len; i++) {
        hw_status s = hw_ledger_add(ledger, &st->effects.at[i]);
        if (s == HW_OK) continue;
        while (i-- > 0) {
            hw_ledger_row back = st->effects.at[i];
            back.conversions = -back.conversions;
            back.value = -back.value;
            if (hw_ledger_add(ledger, &back) != HW_OK) return HW_E_STATE;
        }
        return s;
    }
    return HW_OK;
}

hw_status hw_stepper_step(hw_stepper *s, const uint8_t *blob, size_t len, const hw_event *events,
                          size_t count, int64_t now_ms, hw_ledger *ledger, hw_step_result *out) {
    hw__arena_reset(&s->arena);
    step st;
    memset(&st, 0, sizeof st);
    st.config = &s->config;
    st.arena = &s->arena;
    st.now = now_ms;
    uint16_t models = (uint16_t)s->config.model_count;
    if (len) {
        HW__TRY(hw__journey_decode(&st.journey, &s->arena, blob, len));
        if (st.journey.config != s->hash || st.journey.models != models) return HW_E_CONFIG;
    } else
        HW__TRY(hw__journey_init(&st.journey, &s->arena, s->hash, models));
    uint8_t *outcomes = hw__arena_alloc(&s->arena, count);
    uint32_t *counted = hw__arena_array(&s->arena, count, sizeof *counted);
    if (!outcomes || !counted) return HW_E_NOMEM;
    expire(&st);
    for (size_t i = 0; i < count; i++) HW__TRY(apply(&st, &events[i], &outcomes[i], &counted[i]));
    hw_step_result r = {.outcomes = outcomes, .counted = counted};
    if (st.changed) {
        cap_touches(&st);
        uint8_t *bytes;
        HW__TRY(hw__journey_encode(&st.journey, &bytes, &r.blob_len));
        r.blob = bytes;
    }
    HW__TRY(apply_effects(&st, ledger));
    *out = r;
    return HW_OK;
}
