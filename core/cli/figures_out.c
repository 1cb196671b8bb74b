#include "figures_out.h"

#include <string.h>

static void csv_row(void *ctx, const hw__figure *f) {
    (void)ctx;
    out(f->kind);
    out(",");
    out_csv(f->key);
    out(",");
    out(f->name);
    out(",");
    if (f->text)
        out_csv(hw__str_of(f->text));
    else if (f->micros != HW__NO_FIGURE)
        out_micros(f->micros);
    out(",");
    if (f->why) out_csv(hw__str_of(f->why));
    out("\n");
}

/* Widths of kind, key, name and the figure; texts stand behind and have none. */
typedef struct widths {
    size_t of[4];
    bool measured;
} widths;

static void cell(widths *w, int i, hw_str s, bool right) {
    size_t n = 0;
    for (size_t k = 0; k < s.len; k++) n += ((unsigned char)s.ptr[k] & 0xc0) != 0x80;
    if (!w->measured) {
        if (n > w->of[i]) w->of[i] = n;
        return;
    }
    if (i) out("  ");
    if (!right) out_str(s);
    for (size_t k = n; k < w->of[i]; k++) out(" ");
    if (right) out_str(s);
}

static void table_row(void *ctx, const hw__figure *f) {
    widths *w = ctx;
    char number[32] = "-";
    size_t n = f->text                      ? 0
               : f->micros == HW__NO_FIGURE ? 1
                                            : hw__format_micros(f->micros, false, number);
    cell(w, 0, hw__str_of(f->kind), false);
    cell(w, 1, f->key, false);
    cell(w, 2, hw__str_of(f->name), false);
    cell(w, 3, (hw_str){number, n}, true);
    if (!w->measured) return;
    const char *behind = f->text ? f->text : f->why;
    if (behind && *behind) {
        out("  ");
        out(behind);
    }
    out("\n");
}

hw_status figures_out(const char *format, hw__figures figures, const void *of) {
    if (strcmp(format, "csv") == 0) {
        out("kind,key,name,figure,why\n");
        figures(of, csv_row, NULL);
        return HW_OK;
    }
    if (strcmp(format, "table") == 0) {
        widths w = {.measured = false};
        figures(of, table_row, &w);
        w.measured = true;
        figures(of, table_row, &w);
        return HW_OK;
    }
    hw_allocator a = hw_default_allocator();
    hw__json size = {.cap = 0};
    hw__figures_json(figures, of, &size);
    char *text = a.alloc(a.ctx, size.len);
    if (!text) return HW_E_NOMEM;
    hw__json j = {.at = text, .cap = size.len};
    hw__figures_json(figures, of, &j);
    out_bytes(text, j.len);
    out("\n");
    a.free(a.ctx, text, size.len);
    return HW_OK;
}
