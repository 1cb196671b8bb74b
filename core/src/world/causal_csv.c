#include "world/causal_csv.h"

typedef struct row {
    int64_t at;
    const hw__wsource *source; /* NULL: a sale */
    int64_t value;
    uint64_t seed, number;
    uint32_t index;
    char device; /* behind the visitor's number; 0: none */
} row;

static void write_row(hw__text *t, const row *r) {
    hw__text_z(t, "v");
    hw__text_int(t, (int64_t)r->number);
    if (r->device) hw__text_str(t, (hw_str){&r->device, 1});
    hw__text_z(t, ",");
    hw__text_int(t, r->at);
    hw__text_z(t, ",");
    if (r->source) {
        const hw__wsource *s = r->source;
        const char *const cells[] = {s->channel, s->source, s->medium, s->campaign,
                                     hw_interaction_name((hw_interaction)s->interaction)};
        for (int k = 0; k < 5; k++) {
            hw__text_z(t, cells[k]);
            hw__text_z(t, ",");
        }
        hw__text_z(t, "0,,");
    } else {
        char value[32];
        hw__text_z(t, ",,,,conversion,1,");
        hw__text_str(t, (hw_str){value, hw__format_micros(r->value, false, value) - 4});
        hw__text_z(t, ",");
    }
    hw__text_z(t, r->source ? "e" : "s");
    hw__text_int(t, (int64_t)r->seed);
    hw__text_z(t, "-");
    hw__text_int(t, (int64_t)r->number);
    if (r->device) hw__text_str(t, (hw_str){&r->device, 1});
    hw__text_z(t, "-");
    hw__text_int(t, r->index);
    hw__text_z(t, ",");
    if (!r->source) {
        hw__text_z(t, "o");
        hw__text_int(t, (int64_t)r->seed);
        hw__text_z(t, "-");
        hw__text_int(t, (int64_t)r->number);
        hw__text_z(t, "-");
        hw__text_int(t, r->index);
    }
    hw__text_z(t, "\n");
}

static void bot(const hw__causal *w, hw__rng *r, row one, int64_t from, hw__text *t) {
    one.device = 'x';
    one.at = from;
    for (uint64_t n = 5 + hw__rng_below(r, 40); n > 0; n--, one.index++) {
        one.source = &w->plans[hw__rng_below(r, w->count)].s;
        one.at += 1000 + (int64_t)hw__rng_below(r, 600000);
        write_row(t, &one);
    }
}

size_t hw__life_csv(const hw__causal *w, uint64_t seed, uint64_t number, const hw__life *l,
                    const hw__dirt *dirt, char *out) {
    hw__text t = {out, 0, HW__LIFE_TEXT_MAX};
    hw__rng r;
    hw__rng_seed(&r,
                 ~seed * UINT64_C(0x9e3779b97f4a7c15) + number); /* not that of the life itself */
    bool two = hw__rng_below(&r, 1000) < dirt->devices;
    uint32_t a = 0, b = 0;
    while (a < l->touches || b < l->sales) {
        row one = {.seed = seed, .number = number};
        /* At one instant the touch comes first, as it did in life. */
        if (b == l->sales || (a < l->touches && l->touch[a].at <= l->sale[b].at)) {
            one.at = l->touch[a].at;
            one.source = &w->plans[l->touch[a].plan].s;
            one.index = a++;
        } else {
            one.at = l->sale[b].at;
            one.value = l->sale[b].value;
            one.index = b++;
        }
        if (two && hw__rng_below(&r, 2)) one.device = 'b';
        write_row(&t, &one);
        if (hw__rng_below(&r, 1000) < dirt->duplicates) write_row(&t, &one);
    }
    if (l->touches && hw__rng_below(&r, 1000) < dirt->bots)
        bot(w, &r, (row){.seed = seed, .number = number}, l->touch[0].at, &t);
    return t.len;
}
