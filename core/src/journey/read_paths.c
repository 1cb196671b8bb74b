/* Rows of aggregated paths: path,total_conversions[,total_conversion_value][,total_null][,times].
 */
#include "journey/dataset.h"

/* The next step of a path; steps are trimmed, empty ones dropped. False at the end. */
static bool next_step(const hw_dataset *d, hw_str *rest, hw_str *step) {
    const hw_str sep = d->separator;
    while (rest->len) {
        size_t n = 0;
        for (;; n++) {
            const char *p = n < rest->len ? memchr(rest->ptr + n, sep.ptr[0], rest->len - n) : NULL;
            n = p ? (size_t)(p - rest->ptr) : rest->len;
            if (!p || (rest->len - n >= sep.len && memcmp(p, sep.ptr, sep.len) == 0)) break;
        }
        *step = hw__str_trim((hw_str){rest->ptr, n});
        *rest = hw__str_from(*rest, n < rest->len ? n + sep.len : n);
        if (step->len) return true;
    }
    return false;
}

static hw_status amount(hw_dataset *d, const hw_str *fields, hw__role role, uint64_t line,
                        bool negative, int64_t *micros) {
    *micros = 0;
    hw_str cell = hw__cell(d, fields, role);
    if (!cell.len && role != HW__ROLE_CONVERSIONS) return HW_OK;
    if (!hw__parse_micros(cell, micros))
        return hw__cell_fail(d, HW_E_NUMBER, line, role, "this is no number within 9·10^12", cell);
    if (*micros < 0 && !negative)
        return hw__cell_fail(d, HW_E_NUMBER, line, role, "a count cannot be negative", cell);
    return HW_OK;
}

static hw_status read_steps(hw_dataset *d, hw_str path, uint64_t line, hw__djourney *j) {
    hw_str rest = path, step;
    while (next_step(d, &rest, &step)) {
        uint16_t id;
        HW__TRY(hw__channel_put(d, step, line, HW__ROLE_PATH, &id));
        HW__TRY(HW__RESERVE(&d->alloc, &d->channel, d->channel.len + 1));
        d->channel.at[d->channel.len++] = id;
        j->len++;
    }
    if (!j->len)
        return hw__cell_fail(d, HW_E_PATH, line, HW__ROLE_PATH,
                             "the path is empty; leave the row out, or name a channel", path);
    return HW_OK;
}

/* Hours before the conversion become ms, negative, so that at - 0 is the age. */
static hw_status read_times(hw_dataset *d, hw_str times, uint64_t line, const hw__djourney *j) {
    hw_str rest = times, step;
    uint32_t n = 0;
    while (next_step(d, &rest, &step)) {
        int64_t hours;
        if (!hw__parse_micros(step, &hours) || hours < 0 || hours > INT64_C(1000000) * HW_MICROS)
            return hw__cell_fail(d, HW_E_TIME, line, HW__ROLE_TIMES,
                                 "a time is hours before the conversion, 0 or more", step);
        int64_t ms = (hours * 18 + 2) / 5; /* micro-hours to ms, rounded */
        HW__TRY(HW__RESERVE(&d->alloc, &d->at, d->at.len + 1));
        d->at.at[d->at.len++] = -ms;
        n++;
    }
    if (n != j->len)
        return hw__cell_fail(d, HW_E_PATH, line, HW__ROLE_TIMES, "times and path differ in length",
                             times);
    return HW_OK;
}

hw_status hw__read_path_row(hw_dataset *d, const hw_str *fields, uint64_t line) {
    if (d->channel.len > UINT32_MAX - HW_CSV_RECORD_MAX) return HW_E_LIMIT;
    hw__djourney j = {.from = (uint32_t)d->channel.len};
    size_t times = d->at.len;
    int64_t conversions, value, nulls;
    hw_status s = amount(d, fields, HW__ROLE_CONVERSIONS, line, false, &j.conversions);
    if (s == HW_OK) s = amount(d, fields, HW__ROLE_VALUE, line, true, &j.value);
    if (s == HW_OK) s = amount(d, fields, HW__ROLE_NULLS, line, false, &j.nulls);
    if (s == HW_OK) s = read_steps(d, hw__cell(d, fields, HW__ROLE_PATH), line, &j);
    if (s == HW_OK && d->columns.at[HW__ROLE_TIMES] >= 0)
        s = read_times(d, hw__cell(d, fields, HW__ROLE_TIMES), line, &j);
    if (s == HW_OK && (__builtin_add_overflow(d->conversions, j.conversions, &conversions) ||
                       __builtin_add_overflow(d->value, j.value, &value) ||
                       __builtin_add_overflow(d->nulls, j.nulls, &nulls)))
        s = HW_E_OVERFLOW;
    if (s == HW_OK) s = HW__RESERVE(&d->alloc, &d->journeys, d->journeys.len + 1);
    if (s != HW_OK) {
        d->channel.len = j.from;
        d->at.len = times;
        return s;
    }
    d->conversions = conversions;
    d->value = value;
    d->nulls = nulls;
    d->journeys.at[d->journeys.len++] = j;
    if (j.len > d->longest) d->longest = j.len;
    return HW_OK;
}
