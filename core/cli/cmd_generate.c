#include "cli.h"

#include <string.h>

#include "world/world.h"

static option options[] = {
    {"journeys", "N", "how many; default 1000", NULL},
    {"seed", "S", "same seed, same bytes; default 1", NULL},
    {"format", "touches|paths", "a row per event, or a row per journey; default touches", NULL},
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

static void write_touches(uint64_t number, uint64_t seed, const hw__wjourney *j) {
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
        out_int((int64_t)seed);
        out("-");
        out_int((int64_t)number);
        out("-");
        out_int(i);
        out(",\n");
    }
    if (!j->converts) return;
    head_of_row(number, j->converted_at);
    out(",,,,conversion,1,");
    out_cents(j->value);
    out(",e");
    out_int((int64_t)seed);
    out("-");
    out_int((int64_t)number);
    out("-c,o");
    out_int((int64_t)seed);
    out("-");
    out_int((int64_t)number);
    out("\n");
}

static void write_path(const hw__wjourney *j) {
    for (uint32_t i = 0; i < j->len; i++) {
        if (i) out(" > ");
        out(j->source[i]->channel);
    }
    out(j->converts ? ",1," : ",0,");
    if (j->converts)
        out_cents(j->value);
    else
        out("0");
    out(j->converts ? ",0\n" : ",1\n");
}

static int run(command *self, int argc, char **argv) {
    uint64_t journeys = 1000, seed = 1, days = 60;
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
    const char *format = option_given(self, "format");
    bool paths = format && strcmp(format, "paths") == 0;
    if (format && !paths && strcmp(format, "touches") != 0)
        return COMPLAIN(EXIT_USAGE, "generate: --format is touches or paths, not ", format);
    out(paths ? "path,total_conversions,total_conversion_value,total_null\n"
              : "visitor,time,channel,source,medium,campaign,interaction,conversion,value,event_id,"
                "order_id\n");
    hw__world w;
    hw__world_init(&w, seed, start, (int64_t)days * 86400000);
    for (uint64_t i = 0; i < journeys; i++) {
        static hw__wjourney j;
        hw__world_next(&w, &j);
        if (paths)
            write_path(&j);
        else
            write_touches(i + 1, seed, &j);
    }
    return EXIT_FINE;
}

command cmd_generate = {
    "generate", "Makes journeys of a made-up shop, as CSV", "[OPTION…]", options, run, NULL};
