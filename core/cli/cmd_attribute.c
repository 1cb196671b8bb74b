#include "cli.h"

#include <string.h>

#include "base/internal.h"
#include "credit_out.h"
#include "load.h"

static option options[] = {
    {"model", "NAME[,NAME…|all]", "models, in the order of the output; default all", NULL},
    {"format", "csv|json|table", "default csv", NULL},
    {"half-life", "DURATION", "of time_decay; default 7d", NULL},
    {"weights", "F,M,L", "of position: first, middle, last; default 40,20,40", NULL},
    {"custom", "F,…/B,…/R", "of custom: from the front, from the back, the rest; default 40/40/20",
     NULL},
    {"order", "K", "of markov, 1 to 5; default 1", NULL},
    {"loops", NULL, "markov keeps steps from a state to itself", NULL},
    {"source", "NAME", "the channel of source_first and source_last", NULL},
    {"bootstrap", "N", "adds 95 % intervals from N replicates, 2 to 10000; 200 is a good number",
     NULL},
    {"samples", "N",
     "orders that shapley_rate draws; default: 2000, and none (exact) up to 20 channels", NULL},
    {"seed", "S", "of the bootstrap and of samples; same seed, same bytes; default 1", NULL},
    {"threads", "N", "of the bootstrap, 1 to 256; the same bytes with any; default: processors",
     NULL},
    LOAD_OPTIONS,
    {.name = NULL}};

enum { MODELS_MAX = 64 };

typedef struct settings {
    const hw_model *models[MODELS_MAX];
    size_t model_count;
    bool all; /* what the data does not allow is left out, and said */
    hw_model_params params;
    const char *format;
    uint64_t replicates; /* 0: no intervals */
    uint64_t threads;
    bool ledger;    /* the files are ledgers */
    bool shortened; /* journeys are capped or transformed */
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

/* "40,10/30/20" */
static bool read_custom(const char *text, hw_model_params *p) {
    hw_str rest = hw__str_of(text), part, item;
    uint32_t *const to[] = {p->front, p->back, &p->rest};
    const uint32_t most[] = {HW_CUSTOM_MAX, HW_CUSTOM_MAX, 1};
    uint32_t count[3] = {0};
    size_t k = 0;
    for (; next_item(&rest, '/', &part); k++) {
        if (k == 3) return false;
        while (part.len && next_item(&part, ',', &item)) {
            int64_t micros;
            if (count[k] == most[k] || !hw__parse_micros(hw__str_trim(item), &micros) ||
                micros < 0 || micros > 1000 * HW_MICROS)
                return false;
            to[k][count[k]++] = (uint32_t)micros;
        }
    }
    p->front_count = count[0];
    p->back_count = count[1];
    return k == 3 && count[2] == 1 && hw_model_check(p) == HW_OK;
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
    if ((v = option_given(cmd, "custom")) && !read_custom(v, &s->params))
        return COMPLAIN(0, "attribute: --custom is like 40,10/30/20, not ", v), false;
    uint64_t order;
    if ((v = option_given(cmd, "order"))) {
        if (!parse_uint(v, &order) || order < 1 || order > HW_MARKOV_ORDER_MAX)
            return COMPLAIN(0, "attribute: --order is 1 to 5, not ", v), false;
        s->params.order = (uint32_t)order;
    }
    if ((v = option_given(cmd, "bootstrap")) &&
        (!parse_uint(v, &s->replicates) || s->replicates < 2 || s->replicates > 10000))
        return COMPLAIN(0, "attribute: --bootstrap is 2 to 10000, not ", v), false;
    if ((v = option_given(cmd, "seed")) &&
        (!parse_uint(v, &s->params.seed) || s->params.seed > INT64_MAX))
        return COMPLAIN(0, "attribute: --seed is a whole number, not ", v), false;
    s->threads = processors();
    if ((v = option_given(cmd, "threads")) &&
        (!parse_uint(v, &s->threads) || s->threads < 1 || s->threads > HW_RUNNER_WIDTH_MAX))
        return COMPLAIN(0, "attribute: --threads is 1 to 256, not ", v), false;
    uint64_t samples;
    if ((v = option_given(cmd, "samples"))) {
        if (!parse_uint(v, &samples) || samples < 4 || samples > 1000000)
            return COMPLAIN(0, "attribute: --samples is 4 to 1000000, not ", v), false;
        s->params.samples = (uint32_t)samples;
    }
    s->params.loops = option_given(cmd, "loops") != NULL;
    if ((v = option_given(cmd, "source"))) s->params.source = hw__str_of(v);
    return true;
}

/* ---- crediting ---- */

/* What the data does not allow is an error for a model that was named; among "all" it is left out.
 */
static int refuse(const settings *s, const hw_model *model, hw_status status) {
    if (s->all && status != HW_E_NOMEM && status != HW_E_OVERFLOW) {
        fprintf(stderr, "hw: %s left out: %s\n", model->name, hw_status_text(status));
        return EXIT_FINE;
    }
    return COMPLAIN(EXIT_DATA, model->name, ": ", hw_status_text(status),
                    status == HW_E_NEEDS_TIMES
                        ? "; add a column times (hours before the conversion), or use a touch log"
                        : "");
}

/* Models of effect need each touch of the log, and who was watched for how long. */
static int refuse_effect(const settings *s, const hw_model *model, const char *why) {
    if (!s->all) return COMPLAIN(EXIT_DATA, model->name, ": ", why);
    fprintf(stderr, "hw: %s left out: %s\n", model->name, why);
    return EXIT_FINE;
}

/* One model: credit, and intervals where they are asked for. */
static int credit_model(const settings *s, hw_dataset *d, const hw_model *model) {
    if (s->ledger && model->needs_organic)
        return refuse_effect(
            s, model,
            "needs the touch log itself; a ledger does not tell how long who was watched");
    if (s->shortened && model->needs_organic)
        return refuse_effect(
            s, model, "weighs every touch by its age; leave out --transform and --max-touches");
    hw_allocator a = hw_default_allocator();
    hw_dataset_summary sum;
    hw_status status = hw_dataset_prepare(d, model);
    hw_dataset_summarize(d, &sum);
    size_t n = sum.channels * hw_model_part_count(model);
    size_t bytes = 6 * (n + 1) * sizeof(int64_t);
    int64_t *v = a.alloc(a.ctx, bytes);
    if (!v) return COMPLAIN(EXIT_DATA, "out of memory");
    const hw_runner runner = threads((size_t)s->threads);
    hw_interval interval = {v + 2 * n, v + 3 * n, v + 4 * n, v + 5 * n};
    if (status == HW_OK) status = hw_dataset_attribute(d, model, &s->params, v, v + n);
    hw_sampled sampled = hw_dataset_sampled(d);
    if (status == HW_OK && sampled.orders)
        fprintf(stderr,
                "hw: %s: from %u random orders of %u channels; standard error of a channel's "
                "conversions at most %.3g %% of the total\n",
                model->name, (unsigned)sampled.orders, (unsigned)sum.channels, sampled.error * 100);
    if (status == HW_OK && s->replicates)
        status = hw_dataset_bootstrap_by(d, model, &s->params, (uint32_t)s->replicates, &runner,
                                         &interval);
    int code = EXIT_FINE;
    const credit_table t = {d, model, sum.channels, v, v + n, s->replicates ? &interval : NULL};
    if (status != HW_OK)
        code = refuse(s, model, status);
    else if (!credit_write(&t))
        code = COMPLAIN(EXIT_DATA, "out of memory");
    a.free(a.ctx, v, bytes);
    return code;
}

static int credit(const settings *s, hw_dataset *d) {
    int code = EXIT_FINE;
    credit_begin(s->format, s->replicates > 0);
    for (size_t m = 0; m < s->model_count && code == EXIT_FINE; m++)
        code = credit_model(s, d, s->models[m]);
    credit_end();
    return code;
}

static int run(command *self, int argc, char **argv) {
    settings s = {.model_count = 0};
    hw_dataset *d = NULL;
    if (!read_settings(self, &s)) return EXIT_USAGE;
    hw_tally *t = NULL;
    int code = load_dataset_or_tally(self, argc, argv, &d, &t);
    s.ledger = t != NULL;
    const char *transform = option_given(self, "transform");
    s.shortened = option_given(self, "max-touches") || (transform && strcmp(transform, "unique"));
    hw_tally_destroy(t);
    if (code == EXIT_FINE) code = credit(&s, d);
    hw_dataset_destroy(d);
    return code;
}

command cmd_attribute = {"attribute",
                         "Credits channels by models, from a CSV of paths or touches",
                         "[OPTION…] [FILE…|-]",
                         options,
                         run,
                         LOAD_HELP "Output: model,channel,conversions,value.\n\nModels:\n"};
