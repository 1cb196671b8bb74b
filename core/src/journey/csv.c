#include "journey/csv.h"

void hw__csv_init(hw__csv *csv, const hw_allocator *alloc, hw__csv_row row, void *ctx) {
    memset(csv, 0, sizeof *csv);
    csv->alloc = *alloc;
    csv->row = row;
    csv->ctx = ctx;
    csv->line = 1;
}

void hw__csv_free(hw__csv *csv) {
    HW__VEC_FREE(&csv->alloc, &csv->carry);
    HW__VEC_FREE(&csv->alloc, &csv->unquoted);
    HW__VEC_FREE(&csv->alloc, &csv->fields);
}

/* The delimiter of the header: the one that stands most often outside quotes. */
static char sniff(hw_str record) {
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t count[4] = {0};
    bool quoted = false;
    for (size_t i = 0; i < record.len; i++) {
        if (record.ptr[i] == '"') quoted = !quoted;
        for (int k = 0; k < 4 && !quoted; k++) count[k] += record.ptr[i] == candidates[k];
    }
    int best = 0;
    for (int k = 1; k < 4; k++)
        if (count[k] > count[best]) best = k;
    return candidates[best];
}

static hw_status add_field(hw__csv *csv, hw_str field) {
    if (csv->fields.len >= 4096) return HW_E_LIMIT;
    HW__TRY(HW__RESERVE(&csv->alloc, &csv->fields, csv->fields.len + 1));
    csv->fields.at[csv->fields.len++] = field;
    return HW_OK;
}

/* A field that starts with a quote; *i is behind the opening one and comes to stand behind the
 * field. */
static hw_status quoted_field(hw__csv *csv, hw_str record, size_t *i, hw_str *field) {
    size_t from = csv->unquoted.len;
    for (;; (*i)++) {
        if (*i >= record.len) return HW_E_CSV;
        if (record.ptr[*i] == '"') {
            (*i)++;
            if (*i >= record.len || record.ptr[*i] == csv->delimiter) break;
            if (record.ptr[*i] != '"') return HW_E_CSV;
        }
        csv->unquoted.at[csv->unquoted.len++] =
            record.ptr[*i]; /* fits: never longer than the record */
    }
    *field = (hw_str){csv->unquoted.at + from, csv->unquoted.len - from};
    return HW_OK;
}

static hw_status split(hw__csv *csv, hw_str record, bool has_quotes, hw_error *err) {
    csv->fields.len = 0;
    csv->unquoted.len = 0;
    if (has_quotes) HW__TRY(HW__RESERVE(&csv->alloc, &csv->unquoted, record.len));
    for (size_t i = 0;;) {
        hw_str field;
        if (has_quotes && i < record.len && record.ptr[i] == '"') {
            i++;
            if (quoted_field(csv, record, &i, &field) != HW_OK)
                return HW__FAIL(err, HW_E_CSV, csv->line, (uint32_t)csv->fields.len + 1,
                                "text follows a closing quote; inside quotes, double a quote");
        } else {
            const char *end =
                i < record.len ? memchr(record.ptr + i, csv->delimiter, record.len - i) : NULL;
            size_t stop = end ? (size_t)(end - record.ptr) : record.len;
            field = (hw_str){record.ptr + i, stop - i};
            i = stop;
        }
        hw_status s = add_field(csv, field);
        if (s == HW_E_LIMIT)
            return HW__FAIL(err, s, csv->line, 4097, "the record has more than 4096 fields");
        HW__TRY(s);
        if (i >= record.len) return HW_OK;
        i++; /* the delimiter */
    }
}

static hw_status emit(hw__csv *csv, hw_str record, bool has_quotes, uint64_t lines, hw_error *err) {
    if (record.len && record.ptr[record.len - 1] == '\r') record.len--;
    if (!csv->started) {
        csv->started = true;
        if (record.len >= 3 && memcmp(record.ptr, "\xef\xbb\xbf", 3) == 0)
            record = hw__str_from(record, 3);
    }
    hw_status s = HW_OK;
    if (record.len && memchr(record.ptr, 0, record.len)) {
        s = HW__FAIL(err, HW_E_CSV, csv->line, 1,
                     "the line holds a NUL byte; is it UTF-16? save it as UTF-8");
    } else if (record.len) { /* an empty line is nothing */
        if (!csv->delimiter && memchr(record.ptr, '\r', record.len))
            return HW__FAIL(err, HW_E_CSV, csv->line, 1, "lines end in CR alone; save with LF");
        if (!csv->delimiter) csv->delimiter = sniff(record);
        s = split(csv, record, has_quotes, err);
        csv->record = record;
        if (s == HW_OK)
            s = csv->row(csv->ctx, csv->fields.at, (uint32_t)csv->fields.len, csv->line);
    }
    csv->line += lines;
    return s;
}

/* The end of the record in p[0..n), behind its line feed; 0: not there. */
static size_t record_end(const char *p, size_t n, size_t from, bool *quoted, bool *has_quotes) {
    for (size_t i = from; i < n;) {
        const char *lf = memchr(p + i, '\n', n - i);
        size_t stop = lf ? (size_t)(lf - p) : n;
        for (const char *q = p + i; (q = memchr(q, '"', (size_t)(p + stop - q))); q++) {
            *quoted = !*quoted;
            *has_quotes = true;
            if (q + 1 == p + stop) break;
        }
        if (lf && !*quoted) return stop + 1;
        i = stop + 1;
    }
    return 0;
}

static uint64_t count_lines(const char *p, size_t n) {
    uint64_t lines = 0;
    for (const char *q = p; n && (q = memchr(q, '\n', (size_t)(p + n - q))); lines++)
        if (++q == p + n) return lines + 1;
    return lines;
}

static hw_status too_long(const hw__csv *csv, hw_error *err) {
    return HW__FAIL(err, HW_E_LIMIT, csv->line, 1,
                    "the record is longer than 1 MiB; is a quote left open?");
}

static hw_status keep(hw__csv *csv, const char *bytes, size_t len, hw_error *err) {
    if (csv->carry.len + len > HW_CSV_RECORD_MAX + 1) return too_long(csv, err);
    if (!len) return HW_OK;
    HW__TRY(HW__RESERVE(&csv->alloc, &csv->carry, csv->carry.len + len));
    memcpy(csv->carry.at + csv->carry.len, bytes, len);
    csv->carry.len += len;
    return HW_OK;
}

hw_status hw__csv_feed(hw__csv *csv, const char *bytes, size_t len, hw_error *err) {
    size_t at = 0;
    while (at < len && csv->carry.len) { /* finish the record that the last chunk cut */
        const char *lf = memchr(bytes + at, '\n', len - at);
        size_t n = lf ? (size_t)(lf - bytes) + 1 - at : len - at;
        HW__TRY(keep(csv, bytes + at, n, err));
        at += n;
        bool has_quotes = false;
        size_t end =
            record_end(csv->carry.at, csv->carry.len, csv->scanned, &csv->quoted, &has_quotes);
        csv->scanned = csv->carry.len;
        if (!end) continue;
        hw_str record = {csv->carry.at, end - 1};
        uint64_t lines = count_lines(csv->carry.at, end);
        has_quotes = memchr(record.ptr, '"', record.len) != NULL;
        HW__TRY(emit(csv, record, has_quotes, lines, err));
        csv->carry.len = csv->scanned = 0;
        csv->quoted = false;
    }
    while (at < len) {
        uint64_t taken = 0;
        if (csv->bulk && csv->started) at += csv->bulk(csv->ctx, bytes + at, len - at, &taken);
        csv->line += taken;
        if (at == len) break;
        bool quoted = false, has_quotes = false;
        size_t end = record_end(bytes + at, len - at, 0, &quoted, &has_quotes);
        if (!end) {
            csv->scanned = len - at;
            csv->quoted = quoted;
            return keep(csv, bytes + at, len - at, err);
        }
        if (end > HW_CSV_RECORD_MAX) return too_long(csv, err);
        uint64_t lines = has_quotes ? count_lines(bytes + at, end) : 1;
        HW__TRY(emit(csv, (hw_str){bytes + at, end - 1}, has_quotes, lines, err));
        at += end;
    }
    return HW_OK;
}

hw_status hw__csv_end(hw__csv *csv, hw_error *err) {
    if (!csv->carry.len) return HW_OK;
    if (csv->quoted)
        return HW__FAIL(err, HW_E_CSV, csv->line, 1, "the file ends inside a quoted field");
    hw_str record = {csv->carry.at, csv->carry.len};
    bool has_quotes = memchr(record.ptr, '"', record.len) != NULL;
    hw_status s = emit(csv, record, has_quotes, 1, err);
    csv->carry.len = csv->scanned = 0;
    return s;
}
