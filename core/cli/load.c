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
    if ((v = option_given(cmd, "separator"))) s->dataset.separator = hw__str_of(v);
    if ((v = option_given(cmd, "columns")) && !read_columns(v, s))
        return bad_option(cmd, "--columns is a list such as visitor=cookie,time=ts", v);
    s->dataset.skip_bad = option_given(cmd, "skip-bad") != NULL;
    return true;
}

typedef struct reading {
    hw_dataset *dataset;
    hw_error err;
} reading;

static bool take(void *ctx, const char *bytes, size_t len) {
    reading *r = ctx;
    return hw_dataset_append(r->dataset, bytes, len, &r->err) == HW_OK;
}

static int read_all(reading *r, int argc, char **argv) {
    static char standard_input[] = "-";
    char *none[] = {standard_input};
    if (argc == 0) {
        argv = none;
        argc = 1;
    }
    for (int i = 0; i < argc; i++) {
        bool fine = read_file(argv[i], take, r);
        if (r->err.status != HW_OK) return complain_at(argv[i], &r->err);
        if (!fine) return EXIT_DATA;
        hw_status s = i + 1 < argc ? hw_dataset_next_file(r->dataset, &r->err)
                                   : hw_dataset_finish(r->dataset, &r->err);
        if (s != HW_OK) return complain_at(argv[i], &r->err);
    }
    return EXIT_FINE;
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

int load_dataset(const command *cmd, int argc, char **argv, hw_dataset **out) {
    settings s = {.windows = {.click_ms = 0}};
    *out = NULL;
    if (!read_settings(cmd, &s)) return EXIT_USAGE;
    hw_allocator a = hw_default_allocator();
    reading r = {.dataset = NULL};
    hw_status status = hw_dataset_create(&a, &s.dataset, &r.dataset, &r.err);
    if (status != HW_OK)
        return COMPLAIN(EXIT_USAGE, cmd->name, ": ",
                        r.err.message[0] ? r.err.message : hw_status_text(status));
    int code = read_all(&r, argc, argv);
    if (code == EXIT_FINE) code = set_windows(cmd, r.dataset, &s.windows);
    if (code == EXIT_FINE) {
        report_bad(r.dataset);
        *out = r.dataset;
    } else
        hw_dataset_destroy(r.dataset);
    return code;
}
