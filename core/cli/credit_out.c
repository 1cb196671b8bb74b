#include "credit_out.h"

#include <string.h>

#include "base/json.h"

static struct {
    const char *format;
    size_t written; /* rows */
} output;

void credit_begin(const char *format, bool intervals) {
    output.format = format;
    if (strcmp(format, "csv") == 0) {
        out("model,channel,conversions,value");
        out(intervals ? ",conversions_low,conversions_high,value_low,value_high\n" : "\n");
    }
    if (strcmp(format, "json") == 0) out("[");
}

void credit_end(void) {
    if (strcmp(output.format, "json") == 0) out("\n]\n");
}

/* "Email", or "Email (opener)" for a model that tells parts. */
static void label(const credit_table *t, size_t row, hw__text *to) {
    size_t parts = hw_model_part_count(t->model);
    hw__text_str(to, hw_dataset_channel(t->dataset, (uint32_t)(row / parts)));
    if (!t->model->parts) return;
    hw_str rest = hw__str_of(t->model->parts), item = {NULL, 0};
    for (size_t i = 0; i <= row % parts; i++) next_item(&rest, ',', &item);
    hw__text_z(to, " (");
    hw__text_str(to, item);
    hw__text_z(to, ")");
}

static const char *const bound_names[] = {"conversions_low", "conversions_high", "value_low",
                                          "value_high"};

static const int64_t *bound(const credit_table *t, int i) {
    const hw_interval *v = t->interval;
    const int64_t *const all[] = {v->conversions_low, v->conversions_high, v->value_low,
                                  v->value_high};
    return all[i];
}

static void json_row(hw__json *j, const credit_table *t, hw_str name, size_t row) {
    hw__json_open(j, '{');
    hw__json_key(j, "model");
    hw__json_str(j, hw__str_of(t->model->name));
    hw__json_key(j, "channel");
    hw__json_str(j, name);
    hw__json_key(j, "conversions");
    hw__json_micros(j, t->conversions[row], false);
    hw__json_key(j, "value");
    hw__json_micros(j, t->value[row], false);
    for (int i = 0; i < 4 && t->interval; i++) {
        hw__json_key(j, bound_names[i]);
        hw__json_micros(j, bound(t, i)[row], false);
    }
    hw__json_close(j, '}');
}

static bool write_json(const credit_table *t, hw_str name, size_t row) {
    hw_allocator a = hw_default_allocator();
    hw__json size = {.cap = 0};
    json_row(&size, t, name, row);
    char *text = a.alloc(a.ctx, size.len);
    if (!text) return false;
    hw__json j = {.at = text, .cap = size.len};
    json_row(&j, t, name, row);
    out(output.written ? ",\n" : "\n");
    out_bytes(text, j.len);
    a.free(a.ctx, text, size.len);
    return true;
}

static void write_csv(const credit_table *t, hw_str name, size_t row) {
    out(t->model->name);
    out(",");
    out_csv(name);
    out(",");
    out_micros(t->conversions[row]);
    out(",");
    out_micros(t->value[row]);
    for (int i = 0; i < 4 && t->interval; i++) {
        out(",");
        out_micros(bound(t, i)[row]);
    }
    out("\n");
}

/* ---- the aligned table ---- */

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

static void bar(int64_t amount, int64_t most) {
    int blocks = amount > 0 ? (int)((double)amount / (double)most * 24 + 0.5) : 0;
    if (!blocks) return;
    out("  ");
    while (blocks-- > 0) out("\xe2\x96\x88");
}

typedef struct layout {
    size_t name;
    int64_t most, conversions, value;
} layout;

static layout measure(const credit_table *t, size_t rows, char *buf, size_t cap) {
    layout l = {.name = strlen("channel"), .most = 1};
    for (size_t r = 0; r < rows; r++) {
        hw__text name = {buf, 0, cap};
        label(t, r, &name);
        size_t w = width_of((hw_str){buf, name.len});
        if (w > l.name) l.name = w;
        if (t->conversions[r] > l.most) l.most = t->conversions[r];
        l.conversions += t->conversions[r];
        l.value += t->value[r];
    }
    return l;
}

static void write_head(const credit_table *t, const layout *l) {
    out("\n");
    out(t->model->title);
    out("\nchannel");
    spaces(l->name - strlen("channel"));
    out("       conversions               value");
    out(t->interval ? "   conversions, 95 % interval\n" : "\n");
}

static void write_row(const credit_table *t, const layout *l, hw_str name, size_t row) {
    out_str(name);
    spaces(l->name - width_of(name));
    right(t->conversions[row], 18);
    right(t->value[row], 20);
    if (t->interval) {
        right(bound(t, 0)[row], 18);
        out(" \xe2\x80\x93 ");
        right(bound(t, 1)[row], 0);
    } else
        bar(t->conversions[row], l->most);
    out("\n");
}

static void write_foot(const credit_table *t, const layout *l) {
    if (t->model->whole) {
        out("(every channel has the whole of each conversion: no total)\n");
        return;
    }
    out("total");
    spaces(l->name - strlen("total"));
    right(l->conversions, 18);
    right(l->value, 20);
    out("\n");
}

bool credit_write(const credit_table *t) {
    size_t rows = t->channels * hw_model_part_count(t->model);
    static char buf[4096]; /* a longer name is cut in the output */
    bool table = strcmp(output.format, "table") == 0, json = strcmp(output.format, "json") == 0;
    layout l = {.name = 0};
    if (table) {
        l = measure(t, rows, buf, sizeof buf);
        write_head(t, &l);
    } else if (t->model->whole) {
        fprintf(stderr,
                "hw: %s gives every channel the whole of each conversion; it has no total\n",
                t->model->name);
    }
    for (size_t r = 0; r < rows; r++) {
        hw__text text = {buf, 0, sizeof buf};
        label(t, r, &text);
        hw_str name = {buf, text.len};
        if (table)
            write_row(t, &l, name, r);
        else if (!json)
            write_csv(t, name, r);
        else if (!write_json(t, name, r))
            return false;
        output.written++;
    }
    if (table) write_foot(t, &l);
    return true;
}
