#include "cli.h"

#include <string.h>

#include "journey/dataset.h"
#include "load.h"

static option options[] = {
    {"top", "N", "how many paths; default 20", NULL}, LOAD_OPTIONS, {.name = NULL}};

typedef struct tally {
    int64_t conversions, value, nulls;
} tally;

enum { LENGTHS = 21, LAGS = 8 };

static const char *const lag_names[LAGS] = {"0 d",    "1 d",     "2 d",     "3-7 d",
                                            "8-14 d", "15-30 d", "31-60 d", "over 60 d"};

typedef struct work {
    hw_allocator alloc;
    hw__intern paths; /* the bytes of their channel ids */
    HW__VEC(tally) by_path;
    tally by_length[LENGTHS], by_lag[LAGS]; /* the last length holds all longer ones */
} work;

static size_t lag_of(int64_t age_ms) {
    static const int64_t most[LAGS - 1] = {0, 1, 2, 7, 14, 30, 60};
    size_t k = 0;
    for (int64_t days = age_ms / 86400000; k < LAGS - 1 && days > most[k];) k++;
    return k;
}

static void add(tally *t, const hw__djourney *j) {
    t->conversions += j->conversions;
    t->value += j->value;
    t->nulls += j->nulls;
}

static hw_status count(hw_dataset *d, work *w) {
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, NULL));
    hw_status s = HW_OK;
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!j->conversions && !hw__has_touch(d, j)) continue;
        hw_path p = hw__eval_path(d, j, &e);
        uint32_t id;
        s = hw__intern_put(&w->paths, (hw_str){(const char *)p.channel, p.len * sizeof *p.channel},
                           &id);
        if (s == HW_OK) s = HW__RESERVE(&w->alloc, &w->by_path, (size_t)id + 1);
        if (s != HW_OK) break;
        if (id == w->by_path.len) w->by_path.at[w->by_path.len++] = (tally){0, 0, 0};
        add(&w->by_path.at[id], j);
        add(&w->by_length[p.len < LENGTHS ? p.len - 1 : LENGTHS - 1], j);
        if (p.age_ms && j->conversions) add(&w->by_lag[lag_of(p.age_ms[0])], j);
    }
    hw__eval_free(&e);
    return s;
}

static void row(const char *kind, hw_str key, const tally *t) {
    out(kind);
    out(",");
    out_csv(key);
    const int64_t amounts[] = {t->conversions, t->value, t->nulls};
    for (int i = 0; i < 3; i++) {
        out(",");
        out_micros(amounts[i]);
    }
    out("\n");
}

static bool better(const tally *a, const tally *b) {
    return a->conversions != b->conversions ? a->conversions > b->conversions : a->nulls > b->nulls;
}

static void write_path(const hw_dataset *d, const work *w, size_t id) {
    static char text[1 << 16]; /* a longer path is cut */
    hw__text t = {text, 0, sizeof text};
    hw_str bytes = w->paths.strs.at[id];
    for (size_t i = 0; i < bytes.len / sizeof(uint16_t); i++) {
        uint16_t c;
        memcpy(&c, bytes.ptr + i * sizeof c, sizeof c);
        if (i) hw__text_z(&t, " > ");
        hw__text_str(&t, hw_dataset_channel(d, c));
    }
    row("path", (hw_str){text, t.len}, &w->by_path.at[id]);
}

/* The best few, first seen first among equals: kept sorted while all are looked at once. */
static hw_status write_top(const hw_dataset *d, const work *w, size_t top) {
    if (top > w->by_path.len) top = w->by_path.len;
    size_t bytes = (top + 1) * sizeof(uint32_t), n = 0;
    uint32_t *best = w->alloc.alloc(w->alloc.ctx, bytes);
    if (!best) return HW_E_NOMEM;
    for (uint32_t id = 0; id < w->by_path.len && top; id++) {
        if (n == top && !better(&w->by_path.at[id], &w->by_path.at[best[n - 1]])) continue;
        size_t k = n < top ? n++ : n - 1;
        for (; k && better(&w->by_path.at[id], &w->by_path.at[best[k - 1]]); k--)
            best[k] = best[k - 1];
        best[k] = id;
    }
    for (size_t k = 0; k < n; k++) write_path(d, w, best[k]);
    w->alloc.free(w->alloc.ctx, best, bytes);
    return HW_OK;
}

static hw_status report(hw_dataset *d, work *w, size_t top) {
    HW__TRY(count(d, w));
    out("kind,key,conversions,value,nulls\n");
    HW__TRY(write_top(d, w, top));
    for (size_t i = 0; i < LENGTHS; i++) {
        char text[24];
        hw__text t = {text, 0, sizeof text};
        if (i == LENGTHS - 1) hw__text_z(&t, "over ");
        hw__text_int(&t, (int64_t)(i == LENGTHS - 1 ? i : i + 1));
        if (w->by_length[i].conversions || w->by_length[i].nulls)
            row("length", (hw_str){text, t.len}, &w->by_length[i]);
    }
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    for (size_t i = 0; i < LAGS && sum.has_times; i++)
        row("lag", hw__str_of(lag_names[i]), &w->by_lag[i]);
    return HW_OK;
}

static int run(command *self, int argc, char **argv) {
    uint64_t top = 20;
    const char *v = option_given(self, "top");
    if (v && (!parse_uint(v, &top) || top > 1000000))
        return COMPLAIN(EXIT_USAGE, "paths: --top is a number up to 1000000, not ", v);
    hw_dataset *d = NULL;
    int code = load_dataset(self, argc, argv, &d);
    if (code != EXIT_FINE) return code;
    work w;
    memset(&w, 0, sizeof w);
    w.alloc = hw_default_allocator();
    hw__intern_init(&w.paths, &w.alloc);
    hw_status s = report(d, &w, (size_t)top);
    HW__VEC_FREE(&w.alloc, &w.by_path);
    hw__intern_free(&w.paths);
    hw_dataset_destroy(d);
    return s == HW_OK ? EXIT_FINE : COMPLAIN(EXIT_DATA, "paths: ", hw_status_text(s));
}

command cmd_paths = {"paths",
                     "Shows the top paths, and how long journeys are and take",
                     "[OPTION…] [FILE…|-]",
                     options,
                     run,
                     LOAD_HELP
                     "A row is kind,key,conversions,value,nulls: path (the best by conversions), "
                     "length (touches),\nlag (first touch to conversion, where times are "
                     "known).\n"};
