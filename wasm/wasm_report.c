/* Only in headwater-full.wasm: what screens show of a dataset beside its credit. */
#include "base/json.h"
#include "hw_wasm.h"
#include "report/chain_report.h"
#include "report/flow.h"
#include "report/journey_credit.h"
#include "report/paths.h"

uint32_t hw_wasm_dataset_paths(void *handle, uint32_t len);
uint32_t hw_wasm_dataset_markov(void *handle, uint32_t len);
uint32_t hw_wasm_dataset_flow(void *handle, uint32_t len);
uint32_t hw_wasm_dataset_credit(void *handle, uint32_t len);

static void number(hw__json *j, const char *name, int64_t n) {
    hw__json_key(j, name);
    hw__json_int(j, n);
}

static void amounts(hw__json *j, const hw__amounts *a) {
    number(j, "conversions", a->conversions);
    number(j, "value", a->value);
    number(j, "nulls", a->nulls);
}

static void list(hw__json *j, const char *name, const hw__amounts *a, size_t n) {
    hw__json_key(j, name);
    hw__json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        hw__json_open(j, '{');
        amounts(j, &a[i]);
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
}

typedef void (*write_fn)(const void *ctx, hw__json *j);

/* Sizes, then fills. */
static hw_status put_json(write_fn write, const void *ctx) {
    hw__json size = {.cap = 0};
    write(ctx, &size);
    char *to = hw_wasm_room(size.len);
    if (!to) return HW_E_NOMEM;
    hw__json j = {.at = to, .cap = size.len};
    write(ctx, &j);
    hw_wasm_grow(j.len);
    return HW_OK;
}

/* ---- paths: u32 length from, to, lag from, to; u32 top; u32 journeys each → JSON: PathReport ----
 */

typedef struct paths_answer {
    const hw_dataset *dataset;
    const hw__paths *paths;
    const uint32_t *best;
    size_t count;
    uint32_t examples;
} paths_answer;

static void quantiles(hw__json *j, const char *name, const hw__quantiles *q) {
    hw__json_key(j, name);
    hw__json_open(j, '{');
    number(j, "median", q->median);
    number(j, "p90", q->p90);
    hw__json_close(j, '}');
}

/* Those that converted first. */
static void examples(const paths_answer *a, uint32_t path, hw__json *j) {
    const hw_dataset *d = a->dataset;
    uint32_t left = a->examples;
    hw__json_key(j, "journeys");
    hw__json_open(j, '[');
    for (int converted = 1; converted >= 0; converted--)
        for (uint32_t i = a->paths->first.at[path]; i != UINT32_MAX && left; i = a->paths->next[i])
            if ((d->journeys.at[i].conversions != 0) == (converted != 0)) {
                hw__json_int(j, i);
                left--;
            }
    hw__json_close(j, ']');
}

static void write_paths(const void *ctx, hw__json *j) {
    const paths_answer *a = ctx;
    const hw__paths *p = a->paths;
    hw_dataset_summary sum;
    hw_dataset_summarize(a->dataset, &sum);
    hw__json_open(j, '{');
    number(j, "distinct", (int64_t)p->by_path.len);
    amounts(j, &p->matched);
    hw__json_key(j, "paths");
    hw__json_open(j, '[');
    for (size_t k = 0; k < a->count; k++) {
        hw__json_open(j, '{');
        hw__json_key(j, "channels");
        hw__json_open(j, '[');
        size_t len;
        for (size_t i = 0; hw__paths_channel(p, a->best[k], i, &len), i < len; i++)
            hw__json_int(j, hw__paths_channel(p, a->best[k], i, &len));
        hw__json_close(j, ']');
        amounts(j, &p->by_path.at[a->best[k]]);
        examples(a, a->best[k], j);
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    hw__json_key(j, "roles");
    hw__json_open(j, '[');
    for (size_t c = 0; c < p->by_channel.len; c++) {
        const hw__assist *role = &p->by_channel.at[c];
        if (!role->seen) continue;
        hw__json_open(j, '{');
        number(j, "channel", (int64_t)c);
        amounts(j, &role->influenced);
        hw__json_key(j, "last");
        hw__json_open(j, '{');
        amounts(j, &role->last);
        hw__json_close(j, '}');
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    list(j, "lengths", p->by_length, HW__LENGTHS);
    list(j, "lags", p->by_lag, sum.has_times ? HW__LAGS : 0);
    quantiles(j, "length", &p->length);
    quantiles(j, "lagMs", &p->lag_ms);
    hw__json_close(j, '}');
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_paths(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw__paths_filter filter = {.length_from = read_u32(&r)};
    filter.length_to = read_u32(&r);
    filter.lag_from = read_u32(&r);
    filter.lag_to = read_u32(&r);
    uint32_t top = read_u32(&r);
    paths_answer a = {.dataset = handle, .examples = read_u32(&r)};
    if (r.bad) return hw_wasm_end(HW_E_ARG);
    hw__paths paths;
    hw_status s = hw__paths_count(handle, &filter, &paths);
    size_t bytes = (paths.by_path.len + 1) * sizeof(uint32_t);
    uint32_t *best = s == HW_OK ? hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, bytes) : NULL;
    if (s == HW_OK && !best) s = HW_E_NOMEM;
    if (s == HW_OK) {
        a.paths = &paths;
        a.best = best;
        a.count = hw__paths_best(&paths, top, best);
        s = put_json(write_paths, &a);
    }
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, best, bytes);
    hw__paths_free(&paths);
    return hw_wasm_end(s);
}

/* ---- markov: u32 order, loops, channel to remove (2^32 - 1: none), shown, most states → f64
 * probability, without, lost; u32 channels, f64 effect, value effect of each; u32 shown, ids;
 * (shown
 * + 1) each of start, conversion, null, and as many rows of flow; u32 states there are; u32 states
 * told, each: u32 len, channels; f64 start, visits, conversion, null; u32 arcs, each u32 channel,
 * f64
 * ---- */

static void put_state(const hw__chain_report *r, uint32_t at, double starts) {
    const hw__chain *c = &r->chain;
    const hw__state *s = &c->states.at[at];
    double total = hw__state_total(c, s);
    if (!(total > 0)) total = 1;
    put_u32(s->len);
    for (int i = 0; i < s->len; i++) put_u32(s->channel[i]);
    put_f64(starts > 0 ? (double)s->start / starts : 0);
    put_f64(r->visits[at]);
    put_f64((double)s->conversions / total);
    put_f64((double)s->nulls / total);
    put_u32(s->count);
    for (uint32_t k = 0; k < s->count; k++) {
        const hw__arc *arc = &c->arcs.at[s->first + k];
        const hw__state *to = &c->states.at[arc->to];
        put_u32(to->channel[to->len - 1]);
        put_f64(arc->weight / total);
    }
}

static bool busier(const void *ctx, uint32_t a, uint32_t b) {
    const hw__chain_report *r = ctx;
    return r->visits[a] > r->visits[b] || (!(r->visits[a] < r->visits[b]) && a < b);
}

static hw_status put_states(const hw__chain_report *r, uint32_t most) {
    size_t n = r->states, bytes = (n + 1) * sizeof(uint32_t);
    uint32_t *order = hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, bytes);
    if (!order) return HW_E_NOMEM;
    double starts = 0;
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i;
        starts += (double)r->chain.states.at[i].start;
    }
    hw__sort(order, n, busier, r);
    put_u32((uint32_t)n);
    if (n > most) n = most;
    put_u32((uint32_t)n);
    for (size_t i = 0; i < n; i++) put_state(r, order[i], starts);
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, order, bytes);
    return HW_OK;
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_markov(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw_model_params p = hw_model_defaults();
    p.order = read_u32(&r);
    p.loops = (int)read_u32(&r);
    uint32_t without = read_u32(&r), shown = read_u32(&r), most = read_u32(&r);
    if (r.bad) return hw_wasm_end(HW_E_ARG);
    hw__chain_report report;
    hw_status s = hw__chain_report_make(handle, &p, without, shown, &report);
    if (s == HW_OK) {
        put_f64(report.probability);
        put_f64(report.without);
        put_f64(report.lost);
        put_u32((uint32_t)report.channels);
        for (size_t i = 0; i < report.channels; i++) put_f64(report.effect[i]);
        for (size_t i = 0; i < report.channels; i++) put_f64(report.value_effect[i]);
        uint32_t n = report.shown_count;
        put_u32(n);
        for (uint32_t i = 0; i < n; i++) put_u32(report.shown[i]);
        for (uint32_t i = 0; i <= n; i++) put_f64(report.start[i]);
        for (uint32_t i = 0; i <= n; i++) put_f64(report.conversion[i]);
        for (uint32_t i = 0; i <= n; i++) put_f64(report.null[i]);
        for (uint32_t i = 0; i <= n; i++)
            for (uint32_t k = 0; k <= n; k++) put_f64(report.flow[i][k]);
        s = put_states(&report, most);
    }
    hw__chain_report_free(&report);
    return hw_wasm_end(s);
}

/* ---- flow: u32 of, steps, channels, links → JSON: FlowReport ---- */

static void write_flow(const void *ctx, hw__json *j) {
    const hw__flow *f = ctx;
    hw__json_open(j, '{');
    number(j, "steps", f->steps);
    hw__json_key(j, "channels");
    hw__json_open(j, '[');
    for (uint32_t i = 0; i < f->shown_count; i++) hw__json_int(j, f->shown[i]);
    hw__json_close(j, ']');
    hw__json_key(j, "all");
    hw__json_open(j, '{');
    amounts(j, &f->all);
    hw__json_close(j, '}');
    hw__json_key(j, "cut");
    hw__json_open(j, '{');
    amounts(j, &f->cut);
    hw__json_close(j, '}');
    list(j, "nodes", f->nodes.at, f->nodes.len);
    hw__json_key(j, "links");
    hw__json_open(j, '[');
    for (size_t i = 0; i < f->links.len; i++) {
        const hw__flow_link *l = &f->links.at[i];
        hw__json_open(j, '{');
        number(j, "step", l->step);
        number(j, "from", l->from);
        number(j, "to", l->to);
        amounts(j, &l->amounts);
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    list(j, "rest", f->rest, f->steps);
    hw__json_key(j, "restCount");
    hw__json_open(j, '[');
    for (uint32_t i = 0; i < f->steps; i++) hw__json_int(j, f->rest_count[i]);
    hw__json_close(j, ']');
    hw__json_close(j, '}');
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_flow(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    uint32_t of = read_u32(&r), steps = read_u32(&r), channels = read_u32(&r), links = read_u32(&r);
    if (r.bad) return hw_wasm_end(HW_E_ARG);
    hw__flow flow;
    hw_status s = hw__flow_count(handle, (hw__flow_of)of, steps, channels, links, &flow);
    if (s == HW_OK) s = put_json(write_flow, &flow);
    hw__flow_free(&flow);
    return hw_wasm_end(s);
}

/* ---- one journey: models; u32 journey → JSON: TouchCredit[], in the order of the models ---- */

static hw_status credit(hw_dataset *d, size_t journey, const hw_model *const *models,
                        uint32_t count, const hw_model_params *p, hw__json *j) {
    hw_status s = HW_OK;
    hw__json_open(j, '[');
    for (uint32_t m = 0; m < count && s == HW_OK; m++) {
        hw__json_open(j, '{');
        s = hw__journey_credit(d, journey, models[m], p, j);
        if (s != HW_OK) HW__FAIL(&hw_wasm_last_error, s, 0, 0, models[m]->name);
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    return s;
}

HW_WASM_EXPORT uint32_t hw_wasm_dataset_credit(void *handle, uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    const hw_model *models[HW_WASM_MODELS_MAX];
    uint32_t count;
    hw_model_params p;
    hw_status s = hw_wasm_read_models(&r, models, &count, &p);
    uint32_t journey = read_u32(&r);
    if (s == HW_OK && r.bad) s = HW_E_ARG;
    if (s != HW_OK) return hw_wasm_end(s);
    hw__json size = {.cap = 0};
    s = credit(handle, journey, models, count, &p, &size);
    if (s != HW_OK) return hw_wasm_end(s);
    char *to = hw_wasm_room(size.len);
    if (!to) return hw_wasm_end(HW_E_NOMEM);
    hw__json j = {.at = to, .cap = size.len};
    s = credit(handle, journey, models, count, &p, &j);
    hw_wasm_grow(j.len);
    return hw_wasm_end(s);
}
