#include "cli.h"

#include <string.h>

#include "base/json.h"
#include "world/causal_csv.h"

static option options[] = {
    {"journeys", "N", "how many; default 1000", NULL},
    {"seed", "S", "same seed, same bytes; default 1", NULL},
    {"world", "NAME",
     "people whose buying is caused as planted: additive, interaction, funnel, retargeting, "
     "organic; "
     "--journeys is then how many people",
     NULL},
    {"truth", "FILE", "write what each channel caused, as JSON", NULL},
    {"duplicates", "N", "with --world: rows in a thousand that are sent twice; default 0", NULL},
    {"devices", "N", "with --world: people in a thousand on two unlinked devices; default 0", NULL},
    {"bots", "N", "with --world: bots per thousand people; default 0", NULL},
    {"format", "touches|paths", "a row per event, or a row per journey; default touches", NULL},
    {"touches", "MEAN", "of a journey, 1 to 30, for the made-up shop; default 4", NULL},
    {"again", "N",
     "of a thousand first buyers in the made-up shop, how many come back, 0 to 500; default 0",
     NULL},
    {"codes", NULL, "with --format paths: channels as codes of five letters", NULL},
    {"start", "TIME", "of the first day, RFC 3339 or Unix ms; default 2026-01-01", NULL},
    {"days", "N", "that journeys start in, 1 to 3650; default 60", NULL},
    {.name = NULL}};

static void out_int(int64_t n) {
    char text[24];
    hw__text t = {text, 0, sizeof text};
    hw__text_int(&t, n);
    out_bytes(text, t.len);
}

static void out_cents(int64_t micros) {
    char text[32];
    out_bytes(text, hw__format_micros(micros, false, text) - 4);
}

static void head_of_row(uint64_t visitor, int64_t at) {
    out("v");
    out_int((int64_t)visitor);
    out(",");
    out_int(at);
    out(",");
}

/* What an id ends with; the journey of who came back adds which it is. */
static void end_of_id(uint64_t seed, uint64_t number, uint32_t back) {
    out_int((int64_t)seed);
    out("-");
    out_int((int64_t)number);
    if (!back) return;
    out("-");
    out_int(back);
}

/* back: 0 is the visitor's first journey. */
static void write_touches(uint64_t number, uint64_t seed, uint32_t back, const hw__wjourney *j) {
    for (uint32_t i = 0; i < j->len; i++) {
        const hw__wsource *s = j->source[i];
        head_of_row(number, j->at[i]);
        const char *const cells[] = {s->channel, s->source, s->medium, s->campaign,
                                     hw_interaction_name((hw_interaction)s->interaction)};
        for (int k = 0; k < 5; k++) {
            out(cells[k]);
            out(",");
        }
        out("0,,e");
        end_of_id(seed, number, back);
        out("-");
        out_int(i);
        out(",\n");
    }
    if (!j->converts) return;
    head_of_row(number, j->converted_at);
    out(",,,,conversion,1,");
    out_cents(j->value);
    out(",e");
    end_of_id(seed, number, back);
    out("-c,o");
    end_of_id(seed, number, back);
    out("\n");
}

/* "Paid Social" to "psoci": the first letter and four of the next word, or five of the only one. */
static void out_code(const char *channel) {
    const char *blank = strchr(channel, ' ');
    char code[6] = {0};
    code[0] = hw__lower(channel[0]);
    const char *rest = blank ? blank + 1 : channel + 1;
    for (int i = 1; i < 5 && *rest; i++) code[i] = hw__lower(*rest++);
    out(code);
}

static void write_path(const hw__wjourney *j, bool codes) {
    for (uint32_t i = 0; i < j->len; i++) {
        if (i) out(" > ");
        if (codes)
            out_code(j->source[i]->channel);
        else
            out(j->source[i]->channel);
    }
    out(j->converts ? ",1," : ",0,");
    if (j->converts)
        out_cents(j->value);
    else
        out("0");
    out(j->converts ? ",0\n" : ",1\n");
}

/* ---- truth ---- */

enum { TRUTH_CHANNELS_MAX = 32 };

typedef struct truth {
    const char *world, *method;
    uint64_t seed, people, days, touches, sales;
    int64_t value;
    int64_t unasked, unasked_value; /* micros */
    size_t count;
    const char *channel[TRUTH_CHANNELS_MAX];
    int64_t caused[TRUTH_CHANNELS_MAX], caused_value[TRUTH_CHANNELS_MAX]; /* micros */
} truth;

static size_t truth_channel(truth *t, const char *name) {
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->channel[i], name) == 0) return i;
    t->channel[t->count] = name;
    return t->count++;
}

static void member(hw__json *j, const char *name, int64_t micros) {
    hw__json_key(j, name);
    hw__json_micros(j, micros, false);
}

static void truth_json(const truth *t, hw__json *j) {
    hw__json_open(j, '{');
    hw__json_key(j, "world");
    hw__json_str(j, hw__str_of(t->world));
    hw__json_key(j, "method");
    hw__json_str(j, hw__str_of(t->method));
    const char *const names[] = {"seed", "people", "days", "touches", "conversions"};
    const uint64_t numbers[] = {t->seed, t->people, t->days, t->touches, t->sales};
    for (int i = 0; i < 5; i++) {
        hw__json_key(j, names[i]);
        hw__json_int(j, (int64_t)numbers[i]);
    }
    member(j, "value", t->value);
    member(j, "organic_conversions", t->unasked);
    member(j, "organic_value", t->unasked_value);
    hw__json_key(j, "channels");
    hw__json_open(j, '[');
    for (size_t i = 0; i < t->count; i++) {
        hw__json_open(j, '{');
        hw__json_key(j, "channel");
        hw__json_str(j, hw__str_of(t->channel[i]));
        member(j, "incremental_conversions", t->caused[i]);
        member(j, "incremental_value", t->caused_value[i]);
        hw__json_close(j, '}');
    }
    hw__json_close(j, ']');
    hw__json_close(j, '}');
}

static int write_truth(const truth *t, const char *file) {
    static char text[1 << 14];
    hw__json j = {.at = text, .cap = sizeof text};
    truth_json(t, &j);
    FILE *f = fopen(file, "wb");
    bool fine = f && fwrite(text, 1, j.len, f) == j.len && fputc('\n', f) != EOF;
    if (f && fclose(f) != 0) fine = false;
    return fine ? EXIT_FINE : COMPLAIN(EXIT_DATA, "generate: cannot write ", file);
}

/* The plain shop: at each touch a sale may follow with the sum of the lifts so far as its chance,
 * so each touch caused its part of that sum. */
static void add_parts(truth *t, const hw__wjourney *j) {
    uint32_t sum = 0;
    t->touches += j->len;
    if (!j->converts) return;
    t->sales++;
    t->value += j->value;
    for (uint32_t i = 0; i < j->len; i++) sum += j->lift[i];
    int64_t one = 0, worth = 0;
    for (uint32_t i = 0, so_far = 0; i < j->len; i++) {
        so_far += j->lift[i];
        size_t c = truth_channel(t, j->source[i]->channel);
        int64_t to = HW_MICROS * so_far / sum, value = j->value / sum * so_far;
        if (i + 1 == j->len) value = j->value;
        t->caused[c] += to - one;
        t->caused_value[c] += value - worth;
        one = to;
        worth = value;
    }
}

static void generate_world(const hw__causal *w, const hw__dirt *dirt, int64_t start, truth *t) {
    static hw__life life;
    static char text[HW__LIFE_TEXT_MAX];
    for (uint32_t c = 0; c < w->count; c++) truth_channel(t, w->plans[c].s.channel);
    out(HW__TOUCH_LOG_HEADER);
    for (uint64_t i = 0; i < t->people; i++) {
        hw__causal_live(w, t->seed, i, start, (uint32_t)t->days, &life);
        out_bytes(text, hw__life_csv(w, t->seed, i, &life, dirt, text));
        t->touches += life.touches;
        t->sales += life.sales;
        t->unasked += life.unasked * HW_MICROS;
        t->unasked_value += life.unasked_value;
        for (uint32_t k = 0; k < life.sales; k++) t->value += life.sale[k].value;
        for (uint32_t c = 0; c < w->count; c++) {
            t->caused[c] += life.caused[c] * HW_MICROS;
            t->caused_value[c] += life.caused_value[c];
        }
    }
}

static bool per_mille(const command *self, const char *name, uint32_t *n) {
    const char *v = option_given(self, name);
    uint64_t given = 0;
    if (v && (!parse_uint(v, &given) || given > 1000)) {
        COMPLAIN(0, "generate: --", name, " is 0 to 1000 in a thousand, not ", v);
        return false;
    }
    *n = (uint32_t)given;
    return true;
}

static int run_world(const command *self, const char *name, int64_t start, truth *t) {
    const hw__causal *w = hw__causal_find(hw__str_of(name));
    const char *format = option_given(self, "format"), *file = option_given(self, "truth");
    hw__dirt dirt;
    if (!w)
        return COMPLAIN(EXIT_USAGE, "generate: there is no world \"", name,
                        "\"; the worlds are additive, interaction, funnel, retargeting, organic");
    if (format && strcmp(format, "touches") != 0)
        return COMPLAIN(EXIT_USAGE, "generate: a world is written as touches, not ", format);
    if (t->days > 365) return COMPLAIN(EXIT_USAGE, "generate: with --world, --days is 1 to 365");
    if (!per_mille(self, "duplicates", &dirt.duplicates) ||
        !per_mille(self, "devices", &dirt.devices) || !per_mille(self, "bots", &dirt.bots))
        return EXIT_USAGE;
    t->world = w->name;
    t->method = "counterfactual: the same lives with the same random numbers, without the channel";
    generate_world(w, &dirt, start, t);
    return file ? write_truth(t, file) : EXIT_FINE;
}

static int run(command *self, int argc, char **argv) {
    uint64_t journeys = 1000, seed = 1, days = 60, touches = 0;
    int64_t start = INT64_C(1767225600000);
    const char *v;
    if (argc) return COMPLAIN(EXIT_USAGE, "generate: unexpected \"", argv[0], "\"");
    if ((v = option_given(self, "journeys")) &&
        (!parse_uint(v, &journeys) || journeys > 1000000000))
        return COMPLAIN(EXIT_USAGE, "generate: --journeys is a number up to 1000000000, not ", v);
    if ((v = option_given(self, "seed")) && (!parse_uint(v, &seed) || seed > INT64_MAX))
        return COMPLAIN(EXIT_USAGE, "generate: --seed is a whole number, not ", v);
    if ((v = option_given(self, "days")) && (!parse_uint(v, &days) || days < 1 || days > 3650))
        return COMPLAIN(EXIT_USAGE, "generate: --days is 1 to 3650, not ", v);
    if ((v = option_given(self, "start")) && !hw__parse_time(hw__str_of(v), &start))
        return COMPLAIN(EXIT_USAGE, "generate: --start is a time such as 2026-01-01, not ", v);
    if ((v = option_given(self, "touches")) &&
        (!parse_uint(v, &touches) || touches < 1 || touches > 30))
        return COMPLAIN(EXIT_USAGE, "generate: --touches is 1 to 30, not ", v);
    bool codes = option_given(self, "codes") != NULL;
    const char *format = option_given(self, "format");
    bool paths = format && strcmp(format, "paths") == 0;
    if (format && !paths && strcmp(format, "touches") != 0)
        return COMPLAIN(EXIT_USAGE, "generate: --format is touches or paths, not ", format);
    if (codes && !paths) return COMPLAIN(EXIT_USAGE, "generate: --codes goes with --format paths");
    truth t = {.world = "shop",
               .method = "parts: each touch's lift over the sum of lifts at the sale",
               .seed = seed,
               .people = journeys,
               .days = days};
    if ((v = option_given(self, "world"))) return run_world(self, v, start, &t);
    hw__world w;
    hw__world_init(&w, seed, start, (int64_t)days * 86400000, (uint32_t)touches);
    if (!per_mille(self, "again", &w.again)) return EXIT_USAGE;
    if (w.again > 500)
        return COMPLAIN(EXIT_USAGE, "generate: --again is 0 to 500, not ",
                        option_given(self, "again"));
    out(paths ? "path,total_conversions,total_conversion_value,total_null\n"
              : HW__TOUCH_LOG_HEADER);
    for (uint64_t i = 0; i < journeys; i++) {
        static hw__wjourney j;
        uint32_t back = 0;
        hw__world_next(&w, &j);
        do {
            add_parts(&t, &j);
            if (paths)
                write_path(&j, codes);
            else
                write_touches(i + 1, seed, back, &j);
            back++;
        } while (hw__world_again(&w, &j));
    }
    v = option_given(self, "truth");
    return v ? write_truth(&t, v) : EXIT_FINE;
}

command cmd_generate = {
    "generate", "Makes journeys of a made-up shop, as CSV", "[OPTION…]", options, run, NULL};
