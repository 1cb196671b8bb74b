/* Rows of a touch log, and the journeys made of them. */
#include "journey/dataset.h"

static bool one_of(hw_str s, const char *const *list) {
    for (; *list; list++)
        if (hw__str_eq_nocase(s, hw__str_of(*list))) return true;
    return false;
}

/* Events that are no touch themselves: the touch before them brought a milestone. */
static uint8_t milestone_of(hw_str s) {
    static const char *const lead[] = {"lead", "sign_up", NULL};
    static const char *const opportunity[] = {"opportunity", NULL};
    return one_of(s, lead) ? HW__LEAD : one_of(s, opportunity) ? HW__OPPORTUNITY : 0;
}

static uint8_t interaction_of(hw_str s) {
    static const char *const impression[] = {"impression", "view", "ad_impression", "imp", NULL};
    static const char *const click[] = {"click", "ad_click", NULL};
    return one_of(s, impression) ? HW_IMPRESSION : one_of(s, click) ? HW_CLICK : HW_VISIT;
}

/* Is it a file of orders, or read as one? */
static bool orders_only(const hw_dataset *d) {
#ifdef HW_LEAN
    (void)d;
    return false;
#else
    return d->orders;
#endif
}

/* Does the row say that it is a conversion? In a file of orders each is one. */
static hw_status converts(hw_dataset *d, const hw_str *fields, uint64_t line, uint8_t *yes) {
    static const char *const names[] = {"conversion", "purchase", "order", NULL};
    static const char *const no[] = {"", "0", "false", "no", "0.0", NULL};
    static const char *const true_names[] = {"1", "true", "yes", "1.0", NULL};
    if (d->columns.at[HW__ROLE_CONVERSION] < 0) {
        *yes = one_of(hw__cell(d, fields, HW__ROLE_INTERACTION), names) ||
               (orders_only(d) && d->columns.at[HW__ROLE_INTERACTION] < 0);
        return HW_OK;
    }
    hw_str cell = hw__cell(d, fields, HW__ROLE_CONVERSION);
    *yes = one_of(cell, true_names);
    if (*yes || one_of(cell, no)) return HW_OK;
    return hw__cell_fail(d, HW_E_NUMBER, line, HW__ROLE_CONVERSION, "conversion is 0 or 1", cell);
}

hw_status hw__touch_channel(hw_dataset *d, const hw_str *fields, uint64_t line, hw__drow *row) {
    if (orders_only(d)) {
        row->interaction = HW_NO_TOUCH;
        return HW_OK;
    }
    hw_str name = hw__cell(d, fields, HW__ROLE_CHANNEL);
    if (name.len) return hw__channel_put(d, name, line, HW__ROLE_CHANNEL, &row->channel);
    hw_source given = {.source = hw__cell(d, fields, HW__ROLE_SOURCE),
                       .medium = hw__cell(d, fields, HW__ROLE_MEDIUM),
                       .campaign = hw__cell(d, fields, HW__ROLE_CAMPAIGN),
                       .term = hw__cell(d, fields, HW__ROLE_TERM),
                       .content = hw__cell(d, fields, HW__ROLE_CONTENT)};
    hw_str url = hw__cell(d, fields, HW__ROLE_URL),
           referrer = hw__cell(d, fields, HW__ROLE_REFERRER);
    if (!given.source.len && !given.medium.len && !url.len && !referrer.len) {
        if (row->converts || row->milestone) {
            row->interaction = HW_NO_TOUCH;
            return HW_OK;
        }
        hw__role role = d->columns.at[HW__ROLE_CHANNEL] >= 0  ? HW__ROLE_CHANNEL
                        : d->columns.at[HW__ROLE_SOURCE] >= 0 ? HW__ROLE_SOURCE
                                                              : HW__ROLE_URL;
        return hw__cell_fail(d, HW_E_PATH, line, role, "the row names no channel",
                             (hw_str){NULL, 0});
    }
    if (!d->sources) HW__TRY(hw_sources_create(&d->alloc, &d->sources));
    size_t need = hw_classify_scratch(url, referrer, &given);
    HW__TRY(HW__RESERVE(&d->alloc, &d->scratch, need));
    hw_classified c;
    HW__TRY(
        hw_classify(d->sources, NULL, url, referrer, &given, d->scratch.at, d->scratch.cap, &c));
    if (c.origin == HW_ORIGIN_INTERNAL) {
        row->interaction = HW_NO_TOUCH;
        return HW_OK;
    }
    return hw__channel_put(d, c.source.channel, line, HW__ROLE_SOURCE, &row->channel);
}

/* An id counts once; event and order ids are told apart by their first byte. */
static hw_status seen(hw_dataset *d, const hw_str *fields, hw__role role, bool *repeated) {
    *repeated = false;
    hw_str id = hw__cell(d, fields, role);
    if (!id.len) return HW_OK;
    HW__TRY(HW__RESERVE(&d->alloc, &d->scratch, id.len + 1));
    d->scratch.at[0] = role == HW__ROLE_ORDER_ID ? 'o' : 'e';
    memcpy(d->scratch.at + 1, id.ptr, id.len);
    size_t before = d->ids.strs.len;
    uint32_t n;
    HW__TRY(hw__intern_put(&d->ids, (hw_str){d->scratch.at, id.len + 1}, &n));
    *repeated = d->ids.strs.len == before;
    return HW_OK;
}

hw_status hw__touch_row_put(hw_dataset *d, const hw__drow *row, int64_t value) {
    HW__TRY(HW__RESERVE(&d->alloc, &d->rows, d->rows.len + 1));
    if (row->converts) {
        HW__TRY(HW__RESERVE(&d->alloc, &d->values, d->values.len + 1));
        int64_t conversions, sum;
        if (__builtin_add_overflow(d->conversions, HW_MICROS, &conversions) ||
            __builtin_add_overflow(d->value, value, &sum))
            return HW_E_OVERFLOW;
        d->conversions = conversions;
        d->value = sum;
        d->values.at[d->values.len++] = value;
    }
    d->rows.at[d->rows.len++] = *row;
    return HW_OK;
}

hw_status hw__read_touch_row(hw_dataset *d, const hw_str *fields, uint64_t line) {
    hw__drow row = {.at = 0};
    int64_t value = 0;
    hw_str visitor = hw__cell(d, fields, HW__ROLE_VISITOR),
           time = hw__cell(d, fields, HW__ROLE_TIME);
    if (!visitor.len)
        return hw__cell_fail(d, HW_E_PATH, line, HW__ROLE_VISITOR, "the row names no visitor",
                             visitor);
    if (!hw__parse_time(time, &row.at))
        return hw__cell_fail(
            d, HW_E_TIME, line, HW__ROLE_TIME,
            "this is no time; use RFC 3339 (2026-01-31T09:00:00Z) or Unix seconds or ms", time);
    HW__TRY(converts(d, fields, line, &row.converts));
    hw_str amount = hw__cell(d, fields, HW__ROLE_VALUE);
    if (amount.len &&
        (!hw__parse_micros(amount, &value) || (row.converts && value < 0 && !orders_only(d))))
        return hw__cell_fail(d, HW_E_NUMBER, line, HW__ROLE_VALUE,
                             "this is no amount from 0 to 9·10^12", amount);
    row.interaction = interaction_of(hw__cell(d, fields, HW__ROLE_INTERACTION));
    row.milestone = milestone_of(hw__cell(d, fields, HW__ROLE_INTERACTION));
    HW__TRY(hw__touch_channel(d, fields, line, &row));
    bool repeated;
    HW__TRY(seen(d, fields, HW__ROLE_EVENT_ID, &repeated));
    if (!repeated && row.converts) {
        HW__TRY(seen(d, fields, HW__ROLE_ORDER_ID, &repeated));
        if (repeated &&
            row.interaction != HW_NO_TOUCH) { /* the visit was real, the order is known */
            row.converts = 0;
            repeated = false;
            d->duplicates++;
        }
    }
    if (repeated) {
        d->duplicates++;
        return HW_OK;
    }
#ifndef HW_LEAN
    if (row.at > d->newest) d->newest = row.at;
    if (d->orders) HW__TRY(hw__intern_put(&d->visitors, visitor, &row.visitor)); /* is a person */
#endif
    if (row.interaction == HW_NO_TOUCH && !row.converts && !row.milestone) return HW_OK;
    HW__TRY(hw__intern_put(&d->visitors, visitor, &row.visitor));
    return hw__touch_row_put(d, &row, value);
}

/* ---- journeys ---- */

typedef struct order {
    uint32_t *row, *value; /* by place: the row, and its value's index if it converts */
    size_t *start;         /* of each visitor, and one behind the last */
} order;

/* Rows of one visitor by time; rows of one instant stay in sequence. */
static void sort_by_time(const hw_dataset *d, uint32_t *v, uint32_t *work, size_t n) {
    if (n < 2) return;
    bool sorted = true;
    for (size_t i = 1; i < n && sorted; i++)
        sorted = d->rows.at[v[i - 1]].at <= d->rows.at[v[i]].at;
    if (sorted) return;
    size_t half = n / 2;
    sort_by_time(d, v, work, half);
    sort_by_time(d, v + half, work, n - half);
    memcpy(work, v, half * sizeof *v);
    for (size_t a = 0, b = half, to = 0; a < half; to++)
        v[to] = b < n && d->rows.at[v[b]].at < d->rows.at[work[a]].at ? v[b++] : work[a++];
}

static hw_status add_journey(hw_dataset *d, const hw__djourney *j) {
    HW__TRY(HW__RESERVE(&d->alloc, &d->journeys, d->journeys.len + 1));
    d->journeys.at[d->journeys.len++] = *j;
    if (j->len > d->longest) d->longest = j->len;
    return HW_OK;
}

static hw_status build_visitor(hw_dataset *d, const order *o, size_t from, size_t to) {
    size_t first = d->channel.len, after_last = first;
    bool converted = false;
    for (size_t i = from; i < to; i++) {
        const hw__drow *r = &d->rows.at[o->row[i]];
        if (r->interaction != HW_NO_TOUCH) {
            d->channel.at[d->channel.len++] = r->channel;
            uint8_t opens = d->interaction.len == first ? HW__FIRST : 0;
            d->interaction.at[d->interaction.len++] = (uint8_t)(r->interaction | opens);
            d->at.at[d->at.len++] = r->at;
        }
        if (r->milestone && d->channel.len > first)
            d->interaction.at[d->channel.len - 1] |= r->milestone;
#ifndef HW_LEAN
        bool lead = r->milestone == HW__LEAD;
        if (lead || r->converts) { /* a lead that is counted as a conversion is no order */
            HW__TRY(HW__RESERVE(&d->alloc, &d->deeds, d->deeds.len + 1));
            int64_t worth = lead ? 0 : d->values.at[o->value[o->row[i]]];
            d->deeds.at[d->deeds.len++] = (hw__deed){r->at, worth, r->visitor, lead};
        }
#endif
        if (!r->converts) continue;
        hw__djourney j = {.from = (uint32_t)first,
                          .len = (uint32_t)(d->channel.len - first),
                          .at = r->at,
                          .conversions = HW_MICROS,
                          .value = d->values.at[o->value[o->row[i]]]};
        HW__TRY(add_journey(d, &j));
        after_last = d->channel.len;
        converted = true;
    }
#ifndef HW_LEAN
    d->customers += converted;
#endif
    if (converted && after_last == d->channel.len) return HW_OK;
    hw__djourney rest = {.from = (uint32_t)after_last,
                         .len = (uint32_t)(d->channel.len - after_last),
                         .at = d->channel.len > first ? d->at.at[d->channel.len - 1] : 0,
                         .nulls = HW_MICROS};
    d->nulls += HW_MICROS;
    return add_journey(d, &rest);
}

static hw_status build(hw_dataset *d, hw__arena *arena) {
    size_t n = d->rows.len, visitors = d->visitors.strs.len;
    if (n > UINT32_MAX) return HW_E_LIMIT;
    order o = {.row = hw__arena_array(arena, n, sizeof *o.row),
               .value = hw__arena_array(arena, n, sizeof *o.value),
               .start = hw__arena_array(arena, visitors + 1, sizeof *o.start)};
    uint32_t *work = hw__arena_array(arena, n, sizeof *work);
    if (!o.row || !o.value || !o.start || !work) return HW_E_NOMEM;
    memset(o.start, 0, (visitors + 1) * sizeof *o.start);
    for (size_t i = 0, v = 0; i < n; i++) {
        o.start[d->rows.at[i].visitor + 1]++;
        o.value[i] = (uint32_t)v;
        v += d->rows.at[i].converts;
    }
    for (size_t v = 0; v < visitors; v++) o.start[v + 1] += o.start[v];
    for (size_t i = n; i-- > 0;) o.row[--o.start[d->rows.at[i].visitor + 1]] = (uint32_t)i;
    /* Each start[v + 1] is now where visitor v begins. */
    HW__TRY(HW__RESERVE(&d->alloc, &d->channel, n));
    HW__TRY(HW__RESERVE(&d->alloc, &d->interaction, n));
    HW__TRY(HW__RESERVE(&d->alloc, &d->at, n));
    for (size_t v = 0; v < visitors; v++) {
        size_t from = o.start[v + 1], to = v + 1 < visitors ? o.start[v + 2] : n;
        sort_by_time(d, o.row + from, work, to - from);
        HW__TRY(build_visitor(d, &o, from, to));
    }
    return HW_OK;
}

hw_status hw__build_touch_journeys(hw_dataset *d) {
    hw__arena arena;
    hw__arena_init(&arena, &d->alloc);
#ifndef HW_LEAN
    d->persons = d->visitors.strs.len;
#endif
    hw_status s = build(d, &arena);
    hw__arena_free(&arena);
    return s;
}
