#define _POSIX_C_SOURCE 200809L

#include "cli.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/internal.h"
#include "headwater/dataset.h"
#include "headwater/dedup.h"
#include "headwater/step.h"
#include "base/rng.h"

static option options[] = {
    {"journeys", "N", "rows of the file that is made in memory, 1000 to 10000000; default 1000000",
     NULL},
    {"runs", "N", "each figure is the median of so many, 1 to 99; default 5", NULL},
    {"seed", "S", "of all that is made up; default 1", NULL},
    {"format", "table|json", "default table", NULL},
    {.name = NULL}};

enum { RUNS_MAX = 99, DISTINCT = 1000, LONGEST = 60, CHANNELS = 12, PLAYERS = 20, BATCH = 256 };

typedef struct bench {
    uint64_t journeys, runs, seed;
    bool json;
    size_t rows; /* written */
    hw_allocator alloc;
    HW__VEC(char) csv;
    hw_dataset *data;
    uint64_t touches;
    int64_t *credit; /* room for every channel, twice */
    uint64_t sum;
    double seconds; /* of the work under measure, where a stage keeps the time itself */
} bench;

/* ---- what is made up ---- */

static uint32_t below(hw__rng *r, uint32_t n) {
    return (uint32_t)hw__rng_below(r, n);
}

static bool text(bench *b, const char *z, size_t n) {
    if (HW__RESERVE(&b->alloc, &b->csv, b->csv.len + n) != HW_OK) return false;
    memcpy(b->csv.at + b->csv.len, z, n);
    b->csv.len += n;
    return true;
}

/* A thousand paths of ten touches on average, again and again, each row with counts of its own. */
static bool make_csv(bench *b) {
    static const char *const names[CHANNELS] = {"alpha", "beta",  "gamma", "delta", "eps", "zeta",
                                                "eta",   "theta", "iota",  "kappa", "la",  "mi"};
    static char path[DISTINCT][LONGEST * 8 + 1];
    static size_t length[DISTINCT], steps[DISTINCT];
    hw__rng s;
    hw__rng_seed(&s, b->seed);
    for (size_t p = 0; p < DISTINCT; p++) {
        for (steps[p] = 1; steps[p] < LONGEST && below(&s, 1000) < 906;) steps[p]++;
        hw__text t = {path[p], 0, sizeof path[p]};
        for (size_t i = 0; i < steps[p]; i++) {
            uint32_t x = below(&s, CHANNELS), y = below(&s, CHANNELS);
            if (i) hw__text_z(&t, " > ");
            hw__text_z(&t, names[x < y ? x : y]);
        }
        length[p] = t.len;
    }
    static const char head[] = "path,total_conversions,total_conversion_value,total_null\n";
    if (!text(b, head, sizeof head - 1)) return false;
    for (uint64_t i = 0; i < b->journeys; i++) {
        size_t p = (size_t)((i * 7 + i / DISTINCT) % DISTINCT);
        unsigned n = (unsigned)((i * 31 + i / DISTINCT * 17) % 1000);
        char tail[48];
        int len = snprintf(tail, sizeof tail, ",%u,%u.%03u,%u\n", n % 3, n, n, n % 5);
        if (!text(b, path[p], length[p]) || !text(b, tail, (size_t)len)) return false;
        b->touches += steps[p];
    }
    return true;
}

static hw_status load(bench *b) {
    hw_error err;
    const hw_dataset_options o = {.skip_bad = 0};
    hw_dataset_destroy(b->data);
    b->data = NULL;
    HW__TRY(hw_dataset_create(&b->alloc, &o, &b->data, &err));
    for (size_t at = 0, n; at < b->csv.len; at += n) {
        n = b->csv.len - at < (1 << 18) ? b->csv.len - at : 1 << 18;
        HW__TRY(hw_dataset_append(b->data, b->csv.at + at, n, &err));
    }
    return hw_dataset_finish(b->data, &err);
}

/* ---- the stages: each does its work once ---- */

typedef hw_status (*stage_fn)(bench *b);

static hw_status read_bytes(bench *b) {
    uint64_t sum = 0, word;
    for (size_t i = 0; i + 8 <= b->csv.len; i += 8) {
        memcpy(&word, b->csv.at + i, 8);
        sum += word;
    }
    b->sum = sum; /* else nobody would want the bytes */
    return HW_OK;
}

static hw_status credit(bench *b, const char *name, uint32_t order) {
    const hw_model *model;
    hw_model_params params = hw_model_defaults();
    params.order = order;
    HW__TRY(hw_model_find(hw__str_of(name), &model));
    return hw_dataset_attribute(b->data, model, &params, b->credit, b->credit + CHANNELS);
}

static hw_status load_and_rules(bench *b) {
    hw_model_params params = hw_model_defaults();
    HW__TRY(load(b));
    for (size_t i = 0; hw_model_at(i); i++) {
        const hw_model *m = hw_model_at(i);
        if (!m->weights || m->needs_times) continue;
        HW__TRY(hw_dataset_attribute(b->data, m, &params, b->credit, b->credit + CHANNELS));
    }
    return HW_OK;
}

static hw_status load_and_markov(bench *b) {
    HW__TRY(load(b));
    return credit(b, "markov", 1);
}

static hw_status load_and_markov3(bench *b) {
    HW__TRY(load(b));
    return credit(b, "markov", 3);
}

/* Setting the windows drops the sums that the dataset keeps between models. */
static hw_status four_rules(bench *b) {
    const hw_windows w = {.click_ms = 0};
    HW__TRY(hw_dataset_set_windows(b->data, &w));
    static const char *const names[] = {"first", "last", "linear", "position"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) HW__TRY(credit(b, names[i], 1));
    return HW_OK;
}

static hw_status rate(bench *b) {
    int64_t out_of[2 * PLAYERS];
    const hw_model *model;
    const hw_model_params params = hw_model_defaults();
    HW__TRY(hw_model_find(HW_STR("shapley_rate"), &model));
    return hw_dataset_attribute(b->data, model, &params, out_of, out_of + PLAYERS);
}

/* Two thousand paths over twenty channels, loaded in place of the file. */
static hw_status load_players(bench *b) {
    hw__rng s;
    hw__rng_seed(&s, b->seed);
    b->csv.len = 0;
    if (!text(b, "path,total_conversions,total_null\n", 34)) return HW_E_NOMEM;
    for (int row = 0; row < 2000; row++) {
        char line[16];
        for (uint32_t n = 1 + below(&s, 8), i = 0; i < n; i++) {
            /* the first rows name every channel */
            uint32_t c = row < PLAYERS && i == 0 ? (uint32_t)row : below(&s, PLAYERS);
            int len = snprintf(line, sizeof line, "%sc%u", i ? ">" : "", (unsigned)c);
            if (!text(b, line, (size_t)len)) return HW_E_NOMEM;
        }
        int len =
            snprintf(line, sizeof line, ",%u,%u\n", (unsigned)below(&s, 5), (unsigned)below(&s, 9));
        if (!text(b, line, (size_t)len)) return HW_E_NOMEM;
    }
    return load(b);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Four keys a journey, half of them new; the making of keys is not measured. */
static hw_status dedup(bench *b) {
    hw_dedup *set;
    hw_status s = hw_dedup_create(&b->alloc, INT64_C(28) * 86400000, &set);
    hw__rng random;
    hw__rng_seed(&random, b->seed);
    b->seconds = 0;
    for (uint64_t i = 0, half = b->journeys * 2 / BATCH * BATCH; i < 2 * half && s == HW_OK;
         i += BATCH) {
        hw_key keys[BATCH];
        int64_t at[BATCH];
        hw_verdict verdicts[BATCH];
        size_t judged;
        if (i == half) hw__rng_seed(&random, b->seed); /* the same keys once more */
        for (size_t k = 0; k < BATCH; k++) {
            uint64_t low = hw__rng_next(&random), high = hw__rng_next(&random);
            memcpy(keys[k].bytes, &low, 8);
            memcpy(keys[k].bytes + 8, &high, 8);
            at[k] = (int64_t)(i / 64);
        }
        double from = now();
        s = hw_dedup_add_many(set, keys, at, BATCH, verdicts, &judged);
        b->seconds += now() - from;
    }
    hw_dedup_destroy(set);
    return s;
}

enum { PERSON_EVENTS = 20, PERSONS = 500 };

/* People of twenty events that come one by one, each with the journey so far; three models. */
static hw_status steps(bench *b) {
    const int64_t day = 86400000;
    hw_step_config c = {.params = hw_model_defaults(),
                        .model_count = 3,
                        .lookback_click_ms = 30 * day,
                        .lookback_impression_ms = day,
                        .dedup_window_ms = 28 * day,
                        .retention_ms = 400 * day,
                        .session_ms = 1800000,
                        .touch_cap = 100,
                        .key_cap = 1000};
    static const char *const names[] = {"last", "linear", "position"};
    for (size_t i = 0; i < 3; i++) HW__TRY(hw_model_find(hw__str_of(names[i]), &c.models[i]));
    hw_stepper *stepper;
    hw_ledger *ledger = NULL;
    HW__VEC(uint8_t) blob = {NULL, 0, 0};
    HW__TRY(hw_stepper_create(&b->alloc, &c, &stepper));
    hw_status s = hw_ledger_create(&b->alloc, 1, &ledger);
    hw__rng random;
    hw__rng_seed(&random, b->seed);
    for (uint32_t i = 0; i < PERSONS * PERSON_EVENTS && s == HW_OK; i++) {
        char channel[8];
        snprintf(channel, sizeof channel, "c%u", (unsigned)below(&random, CHANNELS));
        const hw_str number = {(const char *)&i, sizeof i};
        const hw_event_conversion buy = {.action = HW_STR("purchase"), .value = 10 * HW_MICROS};
        bool buys = i % PERSON_EVENTS % 10 == 9;
        int64_t at = 20000 * day + (int64_t)(i % PERSON_EVENTS) * 3600000;
        const hw_event e = {.key = hw_key_of(&number, 1),
                            .at_ms = at,
                            .day = (int32_t)(at / day),
                            .interaction = buys ? HW_NO_TOUCH : HW_CLICK,
                            .source = {.channel = hw__str_of(channel)},
                            .conversions = &buy,
                            .conversion_count = buys};
        hw_step_result r;
        if (i % PERSON_EVENTS == 0) blob.len = 0;
        s = hw_stepper_step(stepper, blob.at, blob.len, &e, 1, at, ledger, &r);
        if (s == HW_OK && r.blob && (s = HW__RESERVE(&b->alloc, &blob, r.blob_len)) == HW_OK) {
            memcpy(blob.at, r.blob, r.blob_len);
            blob.len = r.blob_len;
        }
    }
    HW__VEC_FREE(&b->alloc, &blob);
    hw_ledger_destroy(ledger);
    hw_stepper_destroy(stepper);
    return s;
}

/* ---- measuring and telling ---- */

static hw_status median(bench *b, stage_fn stage, double *seconds) {
    double took[RUNS_MAX];
    for (uint64_t i = 0; i < b->runs; i++) {
        b->seconds = -1;
        double from = now();
        HW__TRY(stage(b));
        double all = b->seconds >= 0 ? b->seconds : now() - from;
        uint64_t k = i;
        for (; k > 0 && took[k - 1] > all; k--) took[k] = took[k - 1];
        took[k] = all;
    }
    *seconds = took[b->runs / 2];
    return HW_OK;
}

static void tell(bench *b, const char *stage, double figure, const char *unit, const char *note) {
    char line[256];
    const char *sep = b->rows++ ? "," : "";
    if (b->json)
        snprintf(line, sizeof line,
                 "%s\n  {\"stage\":\"%s\",\"figure\":%.3f,\"unit\":\"%s\",\"note\":\"%s\"}", sep,
                 stage, figure, unit, note);
    else
        snprintf(line, sizeof line, "%-40s %12.2f %-9s %s\n", stage, figure, unit, note);
    out(line);
    if (!b->json) out_flush(); /* the next stage may take a while */
}

static hw_status measure(bench *b) {
    static const struct {
        const char *name;
        stage_fn run;
    } from_csv[] = {{"CSV to credit, every rule model", load_and_rules},
                    {"CSV to credit, markov of order 1", load_and_markov},
                    {"CSV to credit, markov of order 3", load_and_markov3}};
    double floor, t;
    char note[80];
    HW__TRY(median(b, read_bytes, &floor));
    snprintf(note, sizeof note, "%.1f MB, %" PRIu64 " journeys, %" PRIu64 " touches",
             (double)b->csv.len / 1e6, b->journeys, b->touches);
    tell(b, "reading the bytes, the floor", floor * 1e3, "ms", note);
    for (size_t i = 0; i < sizeof from_csv / sizeof *from_csv; i++) {
        HW__TRY(median(b, from_csv[i].run, &t));
        snprintf(note, sizeof note, "%.1f times the floor, %.0f MB/s", t / floor,
                 (double)b->csv.len / 1e6 / t);
        tell(b, from_csv[i].name, t * 1e3, "ms", note);
    }
    HW__TRY(median(b, four_rules, &t));
    snprintf(note, sizeof note, "%.0f M touches/s", (double)b->touches / 1e6 / t);
    tell(b, "first, last, linear, position in memory", t * 1e3, "ms", note);
    HW__TRY(load_players(b));
    HW__TRY(median(b, rate, &t));
    tell(b, "shapley_rate, 20 channels, exact", t * 1e3, "ms", "2000 paths in memory");
    HW__TRY(median(b, dedup, &t));
    snprintf(note, sizeof note, "%" PRIu64 " keys, half of them new", 4 * b->journeys);
    tell(b, "dedup", (double)(4 * b->journeys) / 1e6 / t, "M keys/s", note);
    HW__TRY(median(b, steps, &t));
    tell(b, "journey step, 3 models", t * 1e9 / (PERSONS * PERSON_EVENTS), "ns/event",
         "people of 20 events, one at a time");
    return HW_OK;
}

static int run(command *self, int argc, char **argv) {
    (void)argv;
    bench b = {.journeys = 1000000, .runs = 5, .seed = 1, .alloc = hw_default_allocator()};
    const char *v;
    if (argc) return COMPLAIN(EXIT_USAGE, "bench: it makes its data itself and reads no file");
    if ((v = option_given(self, "journeys")) &&
        (!parse_uint(v, &b.journeys) || b.journeys < 1000 || b.journeys > 10000000))
        return COMPLAIN(EXIT_USAGE, "bench: --journeys is 1000 to 10000000, not ", v);
    if ((v = option_given(self, "runs")) &&
        (!parse_uint(v, &b.runs) || b.runs < 1 || b.runs > RUNS_MAX))
        return COMPLAIN(EXIT_USAGE, "bench: --runs is 1 to 99, not ", v);
    if ((v = option_given(self, "seed")) && !parse_uint(v, &b.seed))
        return COMPLAIN(EXIT_USAGE, "bench: --seed is a whole number, not ", v);
    if ((v = option_given(self, "format"))) {
        b.json = strcmp(v, "json") == 0;
        if (!b.json && strcmp(v, "table") != 0)
            return COMPLAIN(EXIT_USAGE, "bench: --format is table or json, not ", v);
    }
    b.credit = b.alloc.alloc(b.alloc.ctx, 2 * CHANNELS * sizeof *b.credit);
    hw_status s = b.credit && make_csv(&b) ? HW_OK : HW_E_NOMEM;
    if (b.json) out("[");
    if (s == HW_OK) s = measure(&b);
    if (b.json) out("\n]\n");
    hw_dataset_destroy(b.data);
    HW__VEC_FREE(&b.alloc, &b.csv);
    b.alloc.free(b.alloc.ctx, b.credit, 2 * CHANNELS * sizeof *b.credit);
    if (s != HW_OK) return COMPLAIN(EXIT_DATA, "bench: ", hw_status_text(s));
    return EXIT_FINE;
}

command cmd_bench = {
    "bench",
    "Measures this machine on data that it makes up in memory",
    "[OPTION…]",
    options,
    run,
    "Each figure is the median of the runs. The floor is the time to read the\n"
    "file's bytes and do nothing with them. What is made up follows from the seed.\n"};
