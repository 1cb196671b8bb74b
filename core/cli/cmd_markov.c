#include "cli.h"

#include <string.h>

#include "base/json.h"
#include "load.h"
#include "model/markov.h"

static option options[] = {{"order", "K", "touches a state holds, 1 to 5; default 1", NULL},
                           {"loops", NULL, "keep steps from a state to itself", NULL},
                           {"format", "csv|json", "default csv", NULL},
                           LOAD_OPTIONS,
                           {.name = NULL}};

typedef struct report {
    const hw_dataset *dataset;
    const hw__chain *chain;
    bool json;
    size_t rows;
} report;

/* The shortest text that reads back as the same double. */
static const char *number(double d, char buf[32]) {
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buf, 32, "%.*g", digits, d);
        double back;
        if (sscanf(buf, "%lf", &back) == 1 && back == d) break;
    }
    return buf;
}

static void out_json_str(hw_str s) {
    char buf[6 * 4096 + 2];
    if (s.len > 4096) s.len = 4096;
    hw__json j = {.at = buf, .cap = sizeof buf};
    hw__json_str(&j, s);
    out_bytes(buf, j.len);
}

/* "A,B": the channels of a state, oldest first. */
static hw_str state_name(const report *r, uint32_t state, char *buf, size_t cap) {
    hw__text t = {buf, 0, cap};
    const hw__state *s = &r->chain->states.at[state];
    for (int i = 0; i < s->len; i++) {
        if (i) hw__text_z(&t, ",");
        hw__text_str(&t, hw_dataset_channel(r->dataset, s->channel[i]));
    }
    return (hw_str){buf, t.len};
}

static void step(report *r, hw_str from, hw_str to, double weight, double total) {
    char buf[32];
    if (!(weight > 0)) return;
    number(weight / total, buf);
    if (r->json) {
        out(r->rows++ ? ",\n  [" : "\n  [");
        out_json_str(from);
        out(",");
        out_json_str(to);
        out(",");
        out(buf);
        out("]");
        return;
    }
    out("transition,");
    out_csv(from);
    out(",");
    out_csv(to);
    out(",");
    out(buf);
    out("\n");
}

static void matrix(report *r) {
    const hw__chain *c = r->chain;
    char from[4096], to[4096];
    double start = 0;
    for (size_t s = 0; s < c->states.len; s++) start += (double)c->states.at[s].start;
    for (uint32_t s = 0; s < c->states.len; s++)
        step(r, HW_STR("(start)"), state_name(r, s, to, sizeof to), (double)c->states.at[s].start,
             start);
    for (uint32_t s = 0; s < c->states.len; s++) {
        const hw__state *state = &c->states.at[s];
        double total = (double)state->conversions + (double)state->nulls;
        for (uint32_t k = 0; k < state->count; k++) total += c->arcs.at[state->first + k].weight;
        hw_str name = state_name(r, s, from, sizeof from);
        for (uint32_t k = 0; k < state->count; k++) {
            const hw__arc *arc = &c->arcs.at[state->first + k];
            step(r, name, state_name(r, arc->to, to, sizeof to), arc->weight, total);
        }
        step(r, name, HW_STR("(conversion)"), (double)state->conversions, total);
        step(r, name, HW_STR("(null)"), (double)state->nulls, total);
    }
}

static void effects(const report *r, const char *name, const double *effect, size_t n) {
    char buf[32];
    if (r->json) {
        out(",\n \"");
        out(name);
        out("\":{");
    }
    for (uint32_t i = 0; i < n; i++) {
        if (r->json) {
            if (i) out(",");
            out_json_str(hw_dataset_channel(r->dataset, i));
            out(":");
            out(number(effect[i], buf));
            continue;
        }
        out(name);
        out(",");
        out_csv(hw_dataset_channel(r->dataset, i));
        out(",,");
        out(number(effect[i], buf));
        out("\n");
    }
    if (r->json) out("}");
}

static int write(report *r, const hw_model_params *p) {
    hw_allocator a = hw_default_allocator();
    hw_dataset_summary sum;
    hw_dataset_summarize(r->dataset, &sum);
    size_t bytes = 2 * (sum.channels + 1) * sizeof(double);
    double *effect = a.alloc(a.ctx, bytes), probability;
    if (!effect) return COMPLAIN(EXIT_DATA, "out of memory");
    double *worth = effect + sum.channels;
    hw_status s = hw__markov_effects(r->chain, sum.channels, &probability, effect, worth);
    if (s == HW_OK) {
        char buf[32];
        if (r->json) {
            out("{\"order\":");
            out((const char[]){(char)('0' + p->order), 0});
            out(p->loops ? ",\"loops\":true" : ",\"loops\":false");
            out(",\"p_conversion\":");
            out(number(probability, buf));
            out(",\n \"matrix\":[");
        } else {
            out("kind,from,to,value\np_conversion,,,");
            out(number(probability, buf));
            out("\n");
        }
        matrix(r);
        if (r->json) out("]");
        effects(r, "removal_effect", effect, sum.channels);
        effects(r, "removal_effect_value", worth, sum.channels);
        if (r->json) out("}\n");
    }
    a.free(a.ctx, effect, bytes);
    return s == HW_OK ? EXIT_FINE : COMPLAIN(EXIT_DATA, "markov: ", hw_status_text(s));
}

static int run(command *self, int argc, char **argv) {
    hw_model_params p = hw_model_defaults();
    const char *v = option_given(self, "order"), *format = option_given(self, "format");
    uint64_t order = 1;
    if (v && (!parse_uint(v, &order) || order < 1 || order > HW_MARKOV_ORDER_MAX))
        return COMPLAIN(EXIT_USAGE, "markov: --order is 1 to 5, not ", v);
    if (format && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0)
        return COMPLAIN(EXIT_USAGE, "markov: --format is csv or json, not ", format);
    p.order = (uint32_t)order;
    p.loops = option_given(self, "loops") != NULL;
    hw_dataset *d = NULL;
    int code = load_dataset(self, argc, argv, &d);
    if (code != EXIT_FINE) return code;
    hw__chain chain;
    hw_status s = hw__markov_chain(d, &p, &chain);
    if (s == HW_OK) {
        report r = {d, &chain, format && strcmp(format, "json") == 0, 0};
        code = write(&r, &p);
        hw__chain_free(&chain);
    } else
        code = COMPLAIN(EXIT_DATA, "markov: ", hw_status_text(s));
    hw_dataset_destroy(d);
    return code;
}

command cmd_markov = {"markov",
                      "Shows the transition matrix and the removal effects",
                      "[OPTION…] [FILE…|-]",
                      options,
                      run,
                      LOAD_HELP
                      "A row is kind,from,to,value: p_conversion, transition (from a state to "
                      "a state, (conversion)\nor (null)), removal_effect and "
                      "removal_effect_value by channel.\n"};
