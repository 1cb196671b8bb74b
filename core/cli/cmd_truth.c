#include "cli.h"

#include <string.h>

#include "world/score.h"

static option options[] = {
    {"world", "NAME", "one world only; default all", NULL},
    {"users", "N", "people per run, 100 to 10000000; default 20000", NULL},
    {"seeds", "K", "runs per world, with seeds S, S + 1, …; default 5", NULL},
    {"seed", "S", "the first seed; default 1", NULL},
    {"strength", "PERCENT", "of what the channels do, 0 to 1000; default 100", NULL},
    {"days", "N", "that people are watched, 1 to 365; default 60", NULL},
    {"format", "csv|table", "default csv", NULL},
    {.name = NULL}};

static const struct {
    const char *name;
    size_t at; /* of the sum in hw__score */
    bool heldout;
} columns[] = {{"share_error", offsetof(hw__score, share_error), false},
               {"spearman", offsetof(hw__score, spearman), false},
               {"credit_ratio", offsetof(hw__score, credit_ratio), false},
               {"zero_credit", offsetof(hw__score, zero_credit), false},
               {"heldout_logloss", offsetof(hw__score, logloss), true},
               {"auc", offsetof(hw__score, auc), true}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void spaces(size_t n) {
    while (n--) out(" ");
}

/* Three decimals; empty when the model has no such figure. */
static size_t figure(const hw__score *s, size_t column, char text[32]) {
    double sum;
    memcpy(&sum, (const char *)s + columns[column].at, sizeof sum);
    uint32_t runs = columns[column].heldout ? s->heldout_runs : s->runs;
    if (!runs) return 0;
    double mean = sum / runs * 1000;
    int64_t thousandths = (int64_t)(mean < 0 ? mean - 0.5 : mean + 0.5);
    return hw__format_micros(thousandths * 1000, false, text) - 3;
}

static size_t width_of(size_t column) {
    size_t n = strlen(columns[column].name);
    return n < 6 ? 6 : n;
}

static void write_row(const char *world, const char *model, const hw__score *s, bool table) {
    char text[32];
    if (!s->runs) return; /* the data did not allow it */
    out(world);
    if (table)
        spaces(13 - strlen(world));
    else
        out(",");
    out(model);
    if (table) spaces(18 - strlen(model));
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t n = figure(s, c, text);
        if (table)
            spaces(width_of(c) + 2 - n);
        else
            out(",");
        out_bytes(text, n);
    }
    out("\n");
}

static void write_head(bool table) {
    out(table ? "world        model             " : "world,model");
    for (size_t c = 0; c < COLUMNS; c++) {
        out(table ? "  " : ",");
        if (table) spaces(width_of(c) - strlen(columns[c].name));
        out(columns[c].name);
    }
    out("\n");
}

static bool number(const command *self, const char *name, uint64_t least, uint64_t most,
                   uint64_t *n) {
    const char *v = option_given(self, name);
    if (!v || (parse_uint(v, n) && *n >= least && *n <= most)) return true;
    COMPLAIN(0, "truth: --", name, " is out of its range: ", v, "; see hw help truth");
    return false;
}

static int run(command *self, int argc, char **argv) {
    uint64_t users = 20000, seeds = 5, seed = 1, days = 60, strength = 100;
    if (argc) return COMPLAIN(EXIT_USAGE, "truth: unexpected \"", argv[0], "\"");
    if (!number(self, "users", 100, 10000000, &users) || !number(self, "seeds", 1, 1000, &seeds) ||
        !number(self, "seed", 0, INT64_MAX - 1000, &seed) || !number(self, "days", 1, 365, &days) ||
        !number(self, "strength", 0, 1000, &strength))
        return EXIT_USAGE;
    const char *format = option_given(self, "format"), *only = option_given(self, "world");
    bool table = format && strcmp(format, "table") == 0;
    if (format && !table && strcmp(format, "csv") != 0)
        return COMPLAIN(EXIT_USAGE, "truth: --format is csv or table, not ", format);
    if (only && !hw__causal_find(hw__str_of(only)))
        return COMPLAIN(EXIT_USAGE, "truth: there is no world \"", only,
                        "\"; the worlds are additive, interaction, funnel, retargeting, organic");
    hw_allocator a = hw_default_allocator();
    write_head(table);
    const hw__causal *w;
    for (size_t i = 0; (w = hw__causal_at(i)); i++) {
        if (only && strcmp(w->name, only) != 0) continue;
        hw__score scores[HW__SCORE_MODELS_MAX];
        memset(scores, 0, sizeof scores);
        const hw__causal world = hw__causal_scaled(w, (uint32_t)strength);
        for (uint64_t k = 0; k < seeds; k++) {
            fprintf(stderr, "%s: run %llu of %llu\n", w->name, (unsigned long long)k + 1,
                    (unsigned long long)seeds);
            hw_status s =
                hw__score_run(&a, &world, seed + k, (uint32_t)users, (uint32_t)days, scores, NULL);
            if (s != HW_OK) return COMPLAIN(EXIT_DATA, "truth: ", hw_status_text(s));
        }
        for (size_t m = 0; hw_model_at(m) && m < HW__SCORE_MODELS_MAX; m++)
            write_row(w->name, hw_model_at(m)->name, &scores[m], table);
    }
    return EXIT_FINE;
}

command cmd_truth = {
    "truth",
    "Scores every model in worlds whose truth is known",
    "[OPTION…]",
    options,
    run,
    "Means over the runs. share_error: half the sum of differences of shares, 0 to 1. spearman: "
    "rank\n"
    "correlation. credit_ratio: credit / conversions caused. zero_credit: share of credit that "
    "goes\n"
    "to channels that do nothing. heldout_logloss, auc: on people who were not fitted.\n"};
