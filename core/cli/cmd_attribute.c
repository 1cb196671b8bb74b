#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

static option options[] = {
    {"model", "NAME[,NAME…|all]", "models, in the order of the output; default all", NULL},
    {"format", "csv|json|table", "default csv", NULL},
    {"half-life", "DURATION", "of time_decay; default 7d", NULL},
    {"weights", "F,M,L", "of position: first, middle, last; default 40,20,40", NULL},
    {"direct", "NAME", "the channel that is no source; default Direct", NULL},
    {"lookback", "DURATION", "clicks and visits count this long; default 30d, paths: no limit",
     NULL},
    {"view-lookback", "DURATION", "impressions count this long; default 1d", NULL},
    {"journey", "keep|reset", "reset: a new journey after each conversion; default keep", NULL},
    {"separator", "TEXT", "between the steps of a path; default >", NULL},
    {"columns", "ROLE=NAME,…", "which column plays which role, e.g. visitor=cookie,time=ts", NULL},
    {"skip-bad", NULL, "count and list bad rows on standard error instead of stopping", NULL},
    {.name = NULL}};

enum { MODELS_MAX = 64, COLUMNS_MAX = 32 };

typedef struct settings {
    const hw_model *models[MODELS_MAX];
    size_t model_count;
    bool all; /* what the data does not allow is left out, and said */
    hw_model_params params;
    hw_windows windows;
    bool has_windows;
    hw_column_name columns[COLUMNS_MAX];
    hw_dataset_options dataset;
    const char *format;
} settings;

static bool read_models(const char *list, settings *s) {
    s->all = !list || strcmp(list, "all") == 0;
    for (size_t i = 0; s->all && hw_model_at(i); i++) s->models[s->model_count++] = hw_model_at(i);
    if (s->all) return true;
    hw_str rest = hw__str_of(list), item;
    while (next_item(&rest, ',', &item)) {
        char name[40];
        hw__text t = {name, 0, sizeof name};
        hw__text_str(&t, item);
        if (s->model_count == MODELS_MAX ||
            hw_model_find(item, &s->models[s->model_count]) != HW_OK) {
            COMPLAIN(0, "attribute: there is no model \"", name,
                     "\"; hw help attribute lists them");
            return false;
        }
        s->model_count++;
    }
    return true;
}

static bool read_weights(const char *text, hw_model_params *p) {
    uint32_t *const to[] = {&p->first, &p->middle, &p->last};
    hw_str rest = hw__str_of(text), item;
    size_t n = 0;
    for (; next_item(&rest, ',', &item); n++) {
        int64_t micros;
        if (n == 3 || !hw__parse_micros(hw__str_trim(item), &micros) || micros < 0 ||
            micros > 1000 * HW_MICROS)
            return false;
        *to[n] = (uint32_t)micros;
    }
    return n == 3 && hw_model_check(p) == HW_OK;
}

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

static bool read_settings(const command *cmd, settings *s) {
    const char *v;
    s->params = hw_model_defaults();
    s->format = (v = option_given(cmd, "format")) ? v : "csv";
    if (strcmp(s->format, "csv") != 0 && strcmp(s->format, "json") != 0 &&
        strcmp(s->format, "table") != 0)
        return COMPLAIN(0, "attribute: --format is csv, json or table, not ", s->format), false;
    if (!read_models(option_given(cmd, "model"), s)) return false;
    if ((v = option_given(cmd, "half-life")) &&
        (!parse_duration(v, &s->params.half_life_ms) || s->params.half_life_ms < 1))
        return COMPLAIN(0, "attribute: --half-life is a duration such as 7d or 12h, not ", v),
               false;
    if ((v = option_given(cmd, "weights")) && !read_weights(v, &s->params))
        return COMPLAIN(0, "attribute: --weights is three numbers such as 40,20,40, not ", v),
               false;
    if ((v = option_given(cmd, "direct"))) s->windows.direct = hw__str_of(v);
    if ((v = option_given(cmd, "lookback")) &&
        (!parse_duration(v, &s->windows.click_ms) || s->windows.click_ms < 1))
        return COMPLAIN(0, "attribute: --lookback is a duration such as 30d, not ", v), false;
    if ((v = option_given(cmd, "view-lookback")) &&
        (!parse_duration(v, &s->windows.impression_ms) || s->windows.impression_ms < 1))
        return COMPLAIN(0, "attribute: --view-lookback is a duration such as 1d, not ", v), false;
    if ((v = option_given(cmd, "journey"))) {
        s->windows.reset = strcmp(v, "reset") == 0;
        if (!s->windows.reset && strcmp(v, "keep") != 0)
            return COMPLAIN(0, "attribute: --journey is keep or reset, not ", v), false;
    }
    if ((v = option_given(cmd, "separator"))) s->dataset.separator = hw__str_of(v);
    if ((v = option_given(cmd, "columns")) && !read_columns(v, s))
        return COMPLAIN(0, "attribute: --columns is a list such as visitor=cookie,time=ts, not ",
                        v),
               false;
    s->dataset.skip_bad = option_given(cmd, "skip-bad") != NULL;
    return true;
}

/* ---- reading ---- */

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

static void report_bad(const hw_dataset *d, const hw_dataset_summary *sum) {
    const hw_error *e;
    for (size_t i = 0; (e = hw_dataset_bad_row(d, i)); i++)
        fprintf(stderr, "%llu:%u: %s (%s), skipped\n", (unsigned long long)e->line,
                (unsigned)e->column, e->message, hw_status_name(e->status));
    if (sum->bad_rows)
        fprintf(stderr, "hw: %llu of %llu rows skipped\n", (unsigned long long)sum->bad_rows,
                (unsigned long long)sum->rows);
}

/* ---- writing ---- */

typedef struct table {
    const hw_dataset *dataset;
    size_t channels;
    int64_t *conversions, *value; /* of the model being written */
} table;

static void write_csv(const char *model, const table *t) {
    for (uint32_t c = 0; c < t->channels; c++) {
        out(model);
        out(",");
        out_csv(hw_dataset_channel(t->dataset, c));
        out(",");
        out_micros(t->conversions[c]);
        out(",");
        out_micros(t->value[c]);
        out("\n");
    }
}

static void json_row(hw__json *j, const char *model, const table *t, uint32_t c) {
    hw__json_open(j, '{');
    hw__json_key(j, "model");
    hw__json_str(j, hw__str_of(model));
    hw__json_key(j, "channel");
    hw__json_str(j, hw_dataset_channel(t->dataset, c));
    hw__json_key(j, "conversions");
    hw__json_micros(j, t->conversions[c], false);
    hw__json_key(j, "value");
    hw__json_micros(j, t->value[c], false);
    hw__json_close(j, '}');
}

static bool write_json(const char *model, const table *t, bool first) {
    hw_allocator a = hw_default_allocator();
    for (uint32_t c = 0; c < t->channels; c++, first = false) {
        hw__json size = {.cap = 0};
        json_row(&size, model, t, c);
        char *text = a.alloc(a.ctx, size.len);
        if (!text) return false;
        hw__json j = {.at = text, .cap = size.len};
        json_row(&j, model, t, c);
        out(first ? "\n" : ",\n");
        out_bytes(text, j.len);
        a.free(a.ctx, text, size.len);
    }
    return true;
}

/* Columns on a terminal: characters, not bytes; wide scripts may still stand askew. */
static size_t width_of(hw_str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

static void spaces(size_t n) {
    while (n--) out(" ");
}

static void right(int64_t micros, size_t width) {
    char text[32];
    size_t n = hw__format_micros(micros, false, text);
    spaces(n < width ? width - n : 0);
    out_bytes(text, n);
}

static void write_table(const hw_model *model, const table *t, int64_t total, int64_t total_value) {
    size_t name = 7;
    int64_t most = 1;
    for (uint32_t c = 0; c < t->channels; c++) {
        size_t w = width_of(hw_dataset_channel(t->dataset, c));
        if (w > name) name = w;
        if (t->conversions[c] > most) most = t->conversions[c];
    }
    out("\n");
    out(model->title);
    out("\n");
    out("channel");
    spaces(name - 7);
    out("       conversions               value\n");
    for (uint32_t c = 0; c < t->channels; c++) {
        hw_str s = hw_dataset_channel(t->dataset, c);
        out_str(s);
        spaces(name - width_of(s));
        right(t->conversions[c], 18);
        right(t->value[c], 20);
        out("  ");
        int bars = (int)((double)t->conversions[c] / (double)most * 24 + 0.5);
        while (bars-- > 0) out("\xe2\x96\x88");
        out("\n");
    }
    out("total");
    spaces(name - 5);
    right(total, 18);
    right(total_value, 20);
    out("\n");
}

static int write_models(const settings *s, hw_dataset *d, const hw_dataset_summary *sum, table *t) {
    bool first = true;
    if (strcmp(s->format, "csv") == 0) out("model,channel,conversions,value\n");
    if (strcmp(s->format, "json") == 0) out("[");
    for (size_t m = 0; m < s->model_count; m++) {
        const hw_model *model = s->models[m];
        if (s->all && model->needs_times && !sum->has_times) {
            fprintf(stderr, "hw: %s left out: %s\n", model->name, hw_status_text(HW_E_NEEDS_TIMES));
            continue;
        }
        hw_status status = hw_dataset_attribute(d, model, &s->params, t->conversions, t->value);
        if (status == HW_E_NEEDS_TIMES)
            return COMPLAIN(
                EXIT_DATA, model->name, ": ", hw_status_text(status),
                "; add a column times (hours before the conversion), or use a touch log");
        if (status != HW_OK) return COMPLAIN(EXIT_DATA, model->name, ": ", hw_status_text(status));
        if (strcmp(s->format, "csv") == 0)
            write_csv(model->name, t);
        else if (strcmp(s->format, "table") == 0)
            write_table(model, t, sum->conversions, sum->value);
        else if (!write_json(model->name, t, first))
            return COMPLAIN(EXIT_DATA, "out of memory");
        first = first && t->channels == 0;
    }
    if (strcmp(s->format, "json") == 0) out("\n]\n");
    return EXIT_FINE;
}

static int run(command *self, int argc, char **argv) {
    settings s = {.model_count = 0};
    if (!read_settings(self, &s)) return EXIT_USAGE;
    hw_allocator a = hw_default_allocator();
    reading r = {.dataset = NULL};
    hw_status status = hw_dataset_create(&a, &s.dataset, &r.dataset, &r.err);
    if (status != HW_OK)
        return COMPLAIN(EXIT_USAGE,
                        "attribute: ", r.err.message[0] ? r.err.message : hw_status_text(status));
    int code = read_all(&r, argc, argv);
    hw_dataset_summary sum;
    if (code == EXIT_FINE) {
        hw_dataset_summarize(r.dataset, &sum);
        if (sum.kind == HW_DATASET_TOUCHES) {
            if (!s.windows.click_ms) s.windows.click_ms = INT64_C(30) * 86400000;
            if (!s.windows.impression_ms) s.windows.impression_ms = 86400000;
        }
        if ((status = hw_dataset_set_windows(r.dataset, &s.windows)) != HW_OK)
            code = COMPLAIN(EXIT_DATA, "attribute: ", hw_status_text(status));
    }
    if (code == EXIT_FINE) {
        hw_dataset_summarize(r.dataset, &sum);
        report_bad(r.dataset, &sum);
        size_t bytes = (sum.channels + 1) * sizeof(int64_t);
        table t = {r.dataset, sum.channels, a.alloc(a.ctx, bytes), a.alloc(a.ctx, bytes)};
        code = t.conversions && t.value ? write_models(&s, r.dataset, &sum, &t)
                                        : COMPLAIN(EXIT_DATA, "out of memory");
        a.free(a.ctx, t.conversions, bytes);
        a.free(a.ctx, t.value, bytes);
    }
    hw_dataset_destroy(r.dataset);
    return code;
}

command cmd_attribute = {
    "attribute",
    "Credits channels by models, from a CSV of paths or touches",
    "[OPTION…] [FILE…|-]",
    options,
    run,
    "The header tells the kind of file: path,total_conversions[,total_conversion_value]\n"
    "[,total_null][,times], or visitor,time,channel[,interaction,conversion,value,event_id,\n"
    "order_id]. Output: model,channel,conversions,value.\n\nModels:\n"};
