#include "load.h"

#include <string.h>

#include "base/internal.h"

enum { COLUMNS_MAX = 32 };

typedef struct settings {
    hw_windows windows;
    hw_column_name columns[COLUMNS_MAX];
    hw_dataset_options dataset;
} settings;

static bool read_columns(const char *text, settings *s) {
    hw_str rest = hw__str_of(text), item;
    while (next_item(&rest, ',', &item)) {
        const char *eq = item.len ? memchr(item.ptr, '=', item.len) : NULL;
        if (!eq || s->dataset.column_count == COLUMNS_MAX) return false;
        size_t n = (size_t)(eq - item.ptr);
        s->columns[s->dataset.column_count++] =
            (hw_column_name){{item.ptr, n}, {eq + 1, item.len - n - 1}};
    }
    s->dataset.columns = s->columns;
    return true;
}

static bool bad_option(const command *cmd, const char *wants, const char *got) {
    COMPLAIN(0, cmd->name, ": ", wants, ", not ", got);
    return false;
}

static bool read_transform(const char *name, hw_transform *out) {
    static const char *const names[] = {"unique", "exposure", "first", "frequency"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) return *out = (hw_transform)i, true;
    return false;
}

static bool read_settings(const command *cmd, settings *s) {
    const char *v;
    if ((v = option_given(cmd, "direct"))) s->windows.direct = hw__str_of(v);
    if ((v = option_given(cmd, "lookback")) &&
        (!parse_duration(v, &s->windows.click_ms) || s->windows.click_ms < 1))
        return bad_option(cmd, "--lookback is a duration such as 30d", v);
    if ((v = option_given(cmd, "view-lookback")) &&
        (!parse_duration(v, &s->windows.impression_ms) || s->windows.impression_ms < 1))
        return bad_option(cmd, "--view-lookback is a duration such as 1d", v);
    if ((v = option_given(cmd, "journey"))) {
        s->windows.reset = strcmp(v, "reset") == 0;
        if (!s->windows.reset && strcmp(v, "keep") != 0)
            return bad_option(cmd, "--journey is keep or reset", v);
    }
    if ((v = option_given(cmd, "transform")) && !read_transform(v, &s->dataset.transform))
        return bad_option(cmd, "--transform is exposure, unique, first or frequency", v);
    uint64_t cap;
    if ((v = option_given(cmd, "max-touches"))) {
        if (!parse_uint(v, &cap) || cap < 1 || cap > UINT32_MAX)
            return bad_option(cmd, "--max-touches is a number of 1 or more", v);
        s->dataset.touch_cap = (uint32_t)cap;
    }
    if ((v = option_given(cmd, "separator"))) s->dataset.separator = hw__str_of(v);
    if ((v = option_given(cmd, "columns")) && !read_columns(v, s))
        return bad_option(cmd, "--columns is a list such as visitor=cookie,time=ts", v);
    s->dataset.skip_bad = option_given(cmd, "skip-bad") != NULL;
    return true;
}

/* Files are all CSV, which goes on to the dataset, or all ledgers, which are held whole and merged.
 */
typedef struct reading {
    hw_allocator alloc;
    hw_dataset *dataset;
    hw_tally *tally;
    hw_error err;
    HW__VEC(char) held; /* the start of a file until it is told what it is; then a ledger's bytes */
    enum { UNTOLD, CSV, LEDGER } kind;
} reading;

static bool hold(reading *r, const char *bytes, size_t len) {
    hw_status s = HW__RESERVE(&r->alloc, &r->held, r->held.len + len);
    if (s != HW_OK) {
        HW__FAIL(&r->err, s, 0, 0, hw_status_text(s));
        return false;
    }
    memcpy(r->held.at + r->held.len, bytes, len);
    r->held.len += len;
    return true;
}

static bool to_csv(reading *r, const char *bytes, size_t len) {
    return hw_dataset_append(r->dataset, bytes, len, &r->err) == HW_OK;
}

static bool take(void *ctx, const char *bytes, size_t len) {
    reading *r = ctx;
    if (r->kind == CSV) return to_csv(r, bytes, len);
    if (r->kind == UNTOLD && r->held.len + len >= 4) {
        if (r->held.len == 0 && !hw_tally_is(bytes, len)) {
            r->kind = CSV;
            return to_csv(r, bytes, len);
        }
        if (!hold(r, bytes, len)) return false;
        r->kind = hw_tally_is(r->held.at, r->held.len) ? LEDGER : CSV;
        return r->kind == LEDGER || to_csv(r, r->held.at, r->held.len);
    }
    return hold(r, bytes, len);
}

static hw_status end_ledger(reading *r) {
    hw_tally *t;
    hw_status s = hw_tally_load(&r->alloc, (const uint8_t *)r->held.at, r->held.len, &t);
    if (s != HW_OK) return HW__FAIL(&r->err, s, 0, 0, hw_status_text(s));
    if (!r->tally) {
        r->tally = t;
        return HW_OK;
    }
    s = hw_tally_merge(&r->tally, t, &r->err);
    hw_tally_destroy(t);
    if (s != HW_OK && r->err.status != s) HW__FAIL(&r->err, s, 0, 0, hw_status_text(s));
    return s;
}

static hw_status end_file(reading *r, bool last) {
    hw_status s = HW_OK;
    if (r->kind == LEDGER) return end_ledger(r);
    if (r->tally)
        return HW__FAIL(&r->err, HW_E_HEADER, 1, 1, "ledgers and CSV files cannot be mixed");
    if (r->kind == UNTOLD && r->held.len)
        s = to_csv(r, r->held.at, r->held.len) ? HW_OK : r->err.status;
    if (s != HW_OK) return s;
    return last ? hw_dataset_finish(r->dataset, &r->err)
                : hw_dataset_next_file(r->dataset, &r->err);
}

static int read_all(const command *cmd, reading *r, int argc, char **argv) {
    static char standard_input[] = "-";
    char *none[] = {standard_input};
    bool csv = false;
    if (argc == 0) {
        argv = none;
        argc = 1;
    }
    for (int i = 0; i < argc; i++) {
        r->kind = UNTOLD;
        r->held.len = 0;
        bool fine = read_file(argv[i], take, r);
        if (r->err.status != HW_OK) return complain_at(argv[i], &r->err);
        if (!fine) return EXIT_DATA;
        if (r->kind == LEDGER && csv)
            HW__FAIL(&r->err, HW_E_HEADER, 1, 1, "ledgers and CSV files cannot be mixed");
        else
            end_file(r, i + 1 == argc);
        if (r->err.status != HW_OK) return complain_at(argv[i], &r->err);
        csv |= r->kind != LEDGER;
    }
    if (!r->tally) return EXIT_FINE;
    static const char *const mapped[] = {"lookback",  "view-lookback", "journey",
                                         "separator", "columns",       "skip-bad",
                                         "transform", "max-touches",   NULL};
    for (const char *const *o = mapped; *o; o++)
        if (option_given(cmd, *o))
            return COMPLAIN(EXIT_USAGE, cmd->name, ": --", *o,
                            " works on CSV files; for a ledger, give it to hw ledger map");
    hw_dataset_destroy(r->dataset);
    r->dataset = NULL;
    hw_status s = hw_tally_dataset(&r->alloc, r->tally, &r->dataset);
    return s == HW_OK ? EXIT_FINE : COMPLAIN(EXIT_DATA, hw_status_text(s));
}

static void report_bad(const hw_dataset *d) {
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    const hw_error *e;
    for (size_t i = 0; (e = hw_dataset_bad_row(d, i)); i++)
        fprintf(stderr, "%llu:%u: %s (%s), skipped\n", (unsigned long long)e->line,
                (unsigned)e->column, e->message, hw_status_name(e->status));
    if (sum.bad_rows)
        fprintf(stderr, "hw: %llu of %llu rows skipped\n", (unsigned long long)sum.bad_rows,
                (unsigned long long)sum.rows);
    if (sum.capped)
        fprintf(stderr, "hw: --max-touches left out %llu touches of %llu journeys\n",
                (unsigned long long)sum.capped, (unsigned long long)sum.capped_journeys);
}

static int set_windows(const command *cmd, hw_dataset *d, hw_windows *windows) {
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    if (sum.kind == HW_DATASET_TOUCHES) {
        if (!windows->click_ms) windows->click_ms = INT64_C(30) * 86400000;
        if (!windows->impression_ms) windows->impression_ms = 86400000;
    }
    hw_status s = hw_dataset_set_windows(d, windows);
    return s == HW_OK ? EXIT_FINE : COMPLAIN(EXIT_DATA, cmd->name, ": ", hw_status_text(s));
}

static int load(const command *cmd, int argc, char **argv, bool orders, hw_dataset **out,
                hw_tally **tally) {
    settings s = {.windows = {.click_ms = 0}, .dataset = {.orders = orders}};
    *out = NULL;
    if (tally) *tally = NULL;
    if (!read_settings(cmd, &s)) return EXIT_USAGE;
    reading r = {.alloc = hw_default_allocator()};
    hw_status status = hw_dataset_create(&r.alloc, &s.dataset, &r.dataset, &r.err);
    if (status != HW_OK)
        return COMPLAIN(EXIT_USAGE, cmd->name, ": ",
                        r.err.message[0] ? r.err.message : hw_status_text(status));
    int code = read_all(cmd, &r, argc, argv);
    if (code == EXIT_FINE) code = set_windows(cmd, r.dataset, &s.windows);
    HW__VEC_FREE(&r.alloc, &r.held);
    if (tally && code == EXIT_FINE) {
        *tally = r.tally;
        r.tally = NULL;
    }
    hw_tally_destroy(r.tally);
    if (code == EXIT_FINE) {
        report_bad(r.dataset);
        *out = r.dataset;
    } else
        hw_dataset_destroy(r.dataset);
    return code;
}

int load_dataset_or_tally(const command *cmd, int argc, char **argv, hw_dataset **out,
                          hw_tally **tally) {
    return load(cmd, argc, argv, false, out, tally);
}

int load_orders(const command *cmd, int argc, char **argv, hw_dataset **out) {
    return load(cmd, argc, argv, true, out, NULL);
}

int load_dataset(const command *cmd, int argc, char **argv, hw_dataset **out) {
    return load_dataset_or_tally(cmd, argc, argv, out, NULL);
}
