#include "cli.h"

#include <string.h>

#include "journey/csv.h"

static option options[] = {
    {"key", "COLUMN[,COLUMN…]", "what makes a row itself; default event_id", NULL},
    {"window", "DURATION", "rows of one key further apart than this are two; default 28d", NULL},
    {"time", "COLUMN", "when the row happened; default: time, timestamp or ts; none: no window",
     NULL},
    {.name = NULL}};

enum { KEYS_MAX = 16, BATCH = 256 };

typedef struct work {
    hw_str key_names[KEYS_MAX];
    int32_t key_at[KEYS_MAX];
    size_t keys;
    hw_str time_name;
    int32_t time_at;
    bool header;
    uint32_t columns;
    hw__csv csv;
    hw_dedup *set;
    hw_error err;
    uint64_t rows, unique, duplicates, late;
    /* Rows that wait to be judged together, one text behind the other. */
    size_t waiting;
    hw_key row_key[BATCH];
    int64_t row_at[BATCH];
    size_t row_end[BATCH];
    HW__VEC(char) text;
} work;

static int32_t find(const hw_str *fields, uint32_t n, hw_str name) {
    for (uint32_t i = 0; i < n; i++)
        if (hw__str_eq_nocase(hw__str_trim(fields[i]), name)) return (int32_t)i;
    return -1;
}

/* Judges the rows that wait and passes on those that may go. */
static hw_status judge(work *w) {
    hw_verdict verdict[BATCH];
    size_t judged = 0;
    if (!w->waiting) return HW_OK;
    hw_status s = hw_dedup_add_many(w->set, w->row_key, w->row_at, w->waiting, verdict, &judged);
    for (size_t i = 0; i < judged; i++) {
        size_t from = i ? w->row_end[i - 1] : 0;
        w->rows++;
        w->unique += verdict[i] == HW_NEW;
        w->late += verdict[i] == HW_LATE;
        w->duplicates += verdict[i] == HW_DUPLICATE;
        if (verdict[i] != HW_DUPLICATE) out_bytes(w->text.at + from, w->row_end[i] - from);
    }
    w->waiting = w->text.len = 0;
    return s;
}

static hw_status keep(work *w, const hw_key *key, int64_t at) {
    hw_allocator a = hw_default_allocator();
    hw_str record = w->csv.record;
    HW__TRY(HW__RESERVE(&a, &w->text, w->text.len + record.len + 1));
    if (record.len) memcpy(w->text.at + w->text.len, record.ptr, record.len);
    w->text.len += record.len;
    w->text.at[w->text.len++] = '\n';
    w->row_key[w->waiting] = *key;
    w->row_at[w->waiting] = at;
    w->row_end[w->waiting++] = w->text.len;
    return w->waiting == BATCH ? judge(w) : HW_OK;
}

static hw_status header(work *w, const hw_str *fields, uint32_t n, uint64_t line) {
    char name[64];
    hw__text t = {name, 0, sizeof name};
    w->header = true;
    w->columns = n;
    for (size_t k = 0; k < w->keys; k++) {
        w->key_at[k] = find(fields, n, w->key_names[k]);
        if (w->key_at[k] >= 0) continue;
        hw__text_str(&t, w->key_names[k]);
        return HW__FAIL(&w->err, HW_E_HEADER, line, 1, "the header has no column \"", name,
                        "\"; name the key with --key");
    }
    w->time_at = -1;
    if (w->time_name.len) {
        w->time_at = find(fields, n, w->time_name);
        hw__text_str(&t, w->time_name);
        if (w->time_at < 0)
            return HW__FAIL(&w->err, HW_E_HEADER, line, 1, "the header has no column \"", name,
                            "\"");
    } else {
        const hw_str names[] = {HW_STR("time"), HW_STR("timestamp"), HW_STR("ts"),
                                HW_STR("occurred_at")};
        for (size_t i = 0; i < sizeof names / sizeof *names && w->time_at < 0; i++)
            w->time_at = find(fields, n, names[i]);
    }
    out_str(w->csv.record);
    out("\n");
    return HW_OK;
}

static hw_status row(void *ctx, const hw_str *fields, uint32_t n, uint64_t line) {
    work *w = ctx;
    if (!w->header) return header(w, fields, n, line);
    if (n != w->columns)
        return HW__FAIL(&w->err, HW_E_CSV, line, n < w->columns ? n : w->columns + 1,
                        "the row and the header differ in their number of fields");
    hw_str parts[KEYS_MAX];
    for (size_t k = 0; k < w->keys; k++) parts[k] = fields[w->key_at[k]];
    int64_t at = 0;
    if (w->time_at >= 0 && !hw__parse_time(hw__str_trim(fields[w->time_at]), &at))
        return HW__FAIL(&w->err, HW_E_TIME, line, (uint32_t)w->time_at + 1,
                        "this is no time; use RFC 3339, or Unix seconds or ms");
    hw_key key = hw_key_of(parts, w->keys);
    return keep(w, &key, at);
}

static bool take(void *ctx, const char *bytes, size_t len) {
    work *w = ctx;
    hw_status s = hw__csv_feed(&w->csv, bytes, len, &w->err);
    if (s != HW_OK && w->err.status == HW_OK)
        HW__FAIL(&w->err, s, w->csv.line, 0, hw_status_text(s));
    return s == HW_OK;
}

static int run(command *self, int argc, char **argv) {
    static work w;
    const char *keys = option_given(self, "key"), *window = option_given(self, "window");
    const char *time = option_given(self, "time"), *file = argc ? argv[0] : "-";
    int64_t window_ms = INT64_C(28) * 86400000;
    if (argc > 1) return COMPLAIN(EXIT_USAGE, "dedup: give one file, or - for standard input");
    if (window && (!parse_duration(window, &window_ms) || window_ms < 1))
        return COMPLAIN(EXIT_USAGE, "dedup: --window is a duration such as 28d or 12h, not ",
                        window);
    hw_str rest = hw__str_of(keys ? keys : "event_id"), item;
    while (next_item(&rest, ',', &item)) {
        if (!item.len || w.keys == KEYS_MAX)
            return COMPLAIN(EXIT_USAGE,
                            "dedup: --key lists 1 to 16 columns, such as event_id,name");
        w.key_names[w.keys++] = item;
    }
    if (time) w.time_name = hw__str_of(time);
    hw_allocator a = hw_default_allocator();
    hw_status s = hw_dedup_create(&a, window_ms, &w.set);
    if (s != HW_OK)
        return COMPLAIN(EXIT_USAGE, "dedup: the window is too long: ", hw_status_text(s));
    hw__csv_init(&w.csv, &a, row, &w);
    bool fine = read_file(file, take, &w);
    if (fine && (s = hw__csv_end(&w.csv, &w.err)) != HW_OK && w.err.status == HW_OK)
        HW__FAIL(&w.err, s, w.csv.line, 0, hw_status_text(s));
    if (fine && !w.header && w.err.status == HW_OK)
        HW__FAIL(&w.err, HW_E_HEADER, 1, 1, "the file is empty; expected a header");
    if ((s = judge(&w)) != HW_OK && w.err.status == HW_OK) /* what came before a bad row too */
        HW__FAIL(&w.err, s, w.csv.line, 0, hw_status_text(s));
    hw__csv_free(&w.csv);
    HW__VEC_FREE(&a, &w.text);
    hw_dedup_destroy(w.set);
    out_flush();
    if (w.err.status != HW_OK) return complain_at(file, &w.err);
    if (!fine) return EXIT_DATA;
    fprintf(stderr, "%llu rows, %llu unique, %llu duplicates, %llu late (passed on)\n",
            (unsigned long long)w.rows, (unsigned long long)w.unique,
            (unsigned long long)w.duplicates, (unsigned long long)w.late);
    return EXIT_FINE;
}

command cmd_dedup = {
    "dedup",
    "Passes on the first row of every key",
    "[OPTION…] [FILE|-]",
    options,
    run,
    "Unique rows go to standard output as they stand, counts to standard error. A row that is\n"
    "older than the newest one less the window can no longer be judged: it is passed on and\n"
    "counted as late.\n"};
