#include "report/figures.h"

#ifndef HW_LEAN

int64_t hw__micros_of(double v) {
    double m = v * 1e6;
    if (!(m > -9e18 && m < 9e18)) return HW__NO_FIGURE;
    return (int64_t)(m < 0 ? m - 0.5 : m + 0.5);
}

typedef struct nest {
    hw__json *j;
    const char *kind; /* open; NULL: none */
    hw_str key;       /* open; empty: none */
} nest;

static void close_key(nest *n) {
    if (n->key.len) hw__json_close(n->j, '}');
    n->key.len = 0;
}

static void close_kind(nest *n) {
    close_key(n);
    if (n->kind) hw__json_close(n->j, '}');
    n->kind = NULL;
}

static void write(void *ctx, const hw__figure *f) {
    nest *n = ctx;
    if (!n->kind || strcmp(n->kind, f->kind) != 0) {
        close_kind(n);
        hw__json_key(n->j, f->kind);
        hw__json_open(n->j, '{');
        n->kind = f->kind;
    }
    if (!hw__str_eq(n->key, f->key)) {
        close_key(n);
        hw__json_str(n->j, f->key);
        hw__json_raw(n->j, ":");
        n->j->comma = false;
        hw__json_open(n->j, '{');
        n->key = f->key;
    }
    hw__json_key(n->j, f->name);
    if (f->text)
        hw__json_str(n->j, hw__str_of(f->text));
    else if (f->micros != HW__NO_FIGURE)
        hw__json_micros(n->j, f->micros, true);
    else {
        hw__json_raw(n->j, "null");
        n->j->comma = true;
    }
}

/* Keys of one kind share their reasons: told at the kind's first. */
static void write_why(void *ctx, const hw__figure *f) {
    hw__json *j = ctx;
    if (!f->why || f->micros != HW__NO_FIGURE || f->key.len) return;
    char name[64];
    hw__text t = {name, 0, sizeof name};
    hw__text_z(&t, f->kind);
    hw__text_z(&t, ".");
    hw__text_z(&t, f->name);
    hw__json_key(j, name);
    hw__json_str(j, hw__str_of(f->why));
}

void hw__figures_json(hw__figures figures, const void *of, hw__json *j) {
    nest n = {.j = j};
    hw__json_open(j, '{');
    figures(of, write, &n);
    close_kind(&n);
    hw__json_key(j, "null_means");
    hw__json_open(j, '{');
    figures(of, write_why, j);
    hw__json_close(j, '}');
    hw__json_close(j, '}');
}

#endif
