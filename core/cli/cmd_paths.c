#include "cli.h"

#include <string.h>

#include "load.h"
#include "report/paths.h"

static option options[] = {
    {"top", "N", "how many paths; default 20", NULL}, LOAD_OPTIONS, {.name = NULL}};

static void row(const char *kind, hw_str key, const hw__amounts *t) {
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

static void write_path(const hw_dataset *d, const hw__paths *p, uint32_t id) {
    static char text[1 << 16]; /* a longer path is cut */
    hw__text t = {text, 0, sizeof text};
    size_t len;
    for (size_t i = 0; hw__paths_channel(p, id, i, &len), i < len; i++) {
        if (i) hw__text_z(&t, " > ");
        hw__text_str(&t, hw_dataset_channel(d, hw__paths_channel(p, id, i, &len)));
    }
    row("path", (hw_str){text, t.len}, &p->by_path.at[id]);
}

static hw_status write_top(const hw_dataset *d, const hw__paths *p, size_t top) {
    size_t bytes = (p->by_path.len + 1) * sizeof(uint32_t);
    uint32_t *best = p->alloc.alloc(p->alloc.ctx, bytes);
    if (!best) return HW_E_NOMEM;
    size_t n = hw__paths_best(p, top, best);
    for (size_t k = 0; k < n; k++) write_path(d, p, best[k]);
    p->alloc.free(p->alloc.ctx, best, bytes);
    return HW_OK;
}

static hw_status report(hw_dataset *d, hw__paths *w, size_t top) {
    HW__TRY(hw__paths_count(d, &HW__PATHS_ALL, w));
    out("kind,key,conversions,value,nulls\n");
    HW__TRY(write_top(d, w, top));
    for (size_t c = 0; c < w->by_channel.len; c++) {
        const hw__assist *role = &w->by_channel.at[c];
        if (!role->seen) continue;
        const hw__amounts assisted = {role->influenced.conversions - role->last.conversions,
                                      role->influenced.value - role->last.value,
                                      role->influenced.nulls - role->last.nulls};
        row("influenced", hw_dataset_channel(d, (uint32_t)c), &role->influenced);
        row("assisted", hw_dataset_channel(d, (uint32_t)c), &assisted);
    }
    for (size_t i = 0; i < HW__LENGTHS; i++) {
        char text[24];
        hw__text t = {text, 0, sizeof text};
        if (i == HW__LENGTHS - 1) hw__text_z(&t, "over ");
        hw__text_int(&t, (int64_t)(i == HW__LENGTHS - 1 ? i : i + 1));
        if (w->by_length[i].conversions || w->by_length[i].nulls)
            row("length", (hw_str){text, t.len}, &w->by_length[i]);
    }
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    for (size_t i = 0; i < HW__LAGS && sum.has_times; i++)
        row("lag", hw__str_of(hw__lag_names[i]), &w->by_lag[i]);
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
    hw__paths paths;
    hw_status s = report(d, &paths, (size_t)top);
    hw__paths_free(&paths);
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
                     "influenced (of paths\nwith the channel) and assisted (of those that do not "
                     "end with it; neither adds up over channels),\nlength (touches), lag (first "
                     "touch to conversion, where times are known).\n"};
