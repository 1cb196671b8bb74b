#include "report/spend.h"

enum { DATE, CHANNEL, COST, CURRENCY };

static const char *const names[HW__SPEND_COLUMNS] = {
    "date,day", "channel,channel_name,marketing_channel", "cost,spend,amount_spent,amount spent",
    "currency,currency_code,currency code"};

static int32_t find(const hw_str *fields, uint32_t count, const char *synonyms) {
    for (hw_str rest = hw__str_of(synonyms); rest.len;) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ',') n++;
        for (uint32_t i = 0; i < count; i++)
            if (hw__str_eq_nocase(hw__str_trim(fields[i]), (hw_str){rest.ptr, n}))
                return (int32_t)i;
        rest = hw__str_from(rest, n < rest.len ? n + 1 : n);
    }
    return -1;
}

static hw_status read_header(hw__spend *s, const hw_str *fields, uint32_t count, uint64_t line) {
    for (int c = 0; c < HW__SPEND_COLUMNS; c++) s->at[c] = find(fields, count, names[c]);
    s->columns = count;
    s->header_read = true;
    if (s->at[DATE] < 0 || s->at[CHANNEL] < 0 || s->at[COST] < 0)
        return HW__FAIL(s->err, HW_E_HEADER, line, 1,
                        "a spend file needs the columns date, channel and cost (currency beside "
                        "them is read, too)");
    return HW_OK;
}

static hw_status refuse(hw__spend *s, hw_status status, uint64_t line, int column,
                        const char *text) {
    s->bad_rows++;
    if (s->bad.len >= HW__SPEND_BAD_KEPT) return HW_OK;
    HW__TRY(HW__RESERVE(&s->alloc, &s->bad, s->bad.len + 1));
    hw_error *e = &s->bad.at[s->bad.len++];
    *e = (hw_error){.status = HW_OK};
    (void)HW__FAIL(e, status, line, column < 0 ? 0 : (uint32_t)s->at[column] + 1, text);
    return HW_OK;
}

static bool is_currency(hw_str s, char code[3]) {
    if (s.len != 3) return s.len == 0;
    for (int i = 0; i < 3; i++) {
        char c = hw__lower(s.ptr[i]);
        if (c < 'a' || c > 'z') return false;
        code[i] = (char)(c - 32);
    }
    return true;
}

static hw_status add(hw__spend *s, hw_str channel, hw_str currency, int64_t cost, int64_t at) {
    uint32_t c, k;
    HW__TRY(hw__intern_put(&s->channels, channel, &c));
    HW__TRY(hw__intern_put(&s->currencies, currency, &k));
    hw__spend_sum *to = NULL;
    for (size_t i = 0; i < s->sums.len && !to; i++)
        if (s->sums.at[i].channel == c && s->sums.at[i].currency == k) to = &s->sums.at[i];
    if (!to) {
        HW__TRY(HW__RESERVE(&s->alloc, &s->sums, s->sums.len + 1));
        to = &s->sums.at[s->sums.len++];
        *to = (hw__spend_sum){c, k, 0, 0};
    }
    if (__builtin_add_overflow(to->cost, cost, &to->cost)) return HW_E_OVERFLOW;
    to->rows++;
    if (s->to_ms < s->from_ms) s->from_ms = s->to_ms = at;
    if (at < s->from_ms) s->from_ms = at;
    if (at > s->to_ms) s->to_ms = at;
    return HW_OK;
}

static hw_status take_row(void *ctx, const hw_str *fields, uint32_t count, uint64_t line) {
    hw__spend *s = ctx;
    if (!s->header_read) return read_header(s, fields, count, line);
    s->rows++;
    if (count != s->columns)
        return refuse(s, HW_E_CSV, line, -1,
                      "the row has another number of fields than the header");
    hw_str cell[HW__SPEND_COLUMNS];
    for (int c = 0; c < HW__SPEND_COLUMNS; c++)
        cell[c] = s->at[c] < 0 ? (hw_str){NULL, 0} : hw__str_trim(fields[s->at[c]]);
    int64_t at, cost;
    char code[3];
    if (!hw__parse_time(cell[DATE], &at))
        return refuse(s, HW_E_TIME, line, DATE, "this is no date; use one such as 2026-01-31");
    if (!cell[CHANNEL].len) return refuse(s, HW_E_PATH, line, CHANNEL, "the row names no channel");
    if (!hw__parse_micros(cell[COST], &cost) || cost < 0)
        return refuse(s, HW_E_NUMBER, line, COST, "this is no amount from 0 to 9·10^12");
    if (!is_currency(cell[CURRENCY], code))
        return refuse(s, HW_E_NUMBER, line, CURRENCY, "this is no currency; use three letters");
    return add(s, cell[CHANNEL], (hw_str){code, cell[CURRENCY].len}, cost, at);
}

void hw__spend_init(hw__spend *s, const hw_allocator *alloc) {
    *s = (hw__spend){.alloc = *alloc, .to_ms = -1};
    hw__csv_init(&s->csv, alloc, take_row, s);
    hw__intern_init(&s->channels, alloc);
    hw__intern_init(&s->currencies, alloc);
}

void hw__spend_free(hw__spend *s) {
    hw__csv_free(&s->csv);
    hw__intern_free(&s->channels);
    hw__intern_free(&s->currencies);
    HW__VEC_FREE(&s->alloc, &s->sums);
    HW__VEC_FREE(&s->alloc, &s->bad);
}

hw_status hw__spend_read(hw__spend *s, const char *bytes, size_t len, hw_error *err) {
    s->err = err;
    HW__TRY(hw__csv_feed(&s->csv, bytes, len, err));
    HW__TRY(hw__csv_end(&s->csv, err));
    if (s->header_read) return HW_OK;
    return HW__FAIL(err, HW_E_HEADER, 1, 1, "the file is empty; it needs a header");
}
