/* The models that estimate effect: hazard and logistic. */
#include "hw_test.h"

#include "model/hazard.h"
#include "model/logistic.h"
#include "base/rng.h"

#define DAY INT64_C(86400000)
static const int64_t START = INT64_C(1767225600000);
static const double LN2 = 0.693147180559945309417;

typedef struct text {
    char *at;
    size_t len, cap;
} text;

static void add(text *t, const char *z) {
    size_t n = strlen(z);
    if (t->len + n > t->cap) t->at = realloc(t->at, t->cap = 2 * (t->len + n) + 1024);
    memcpy(t->at + t->len, z, n);
    t->len += n;
}

static hw_dataset *load(const char *csv, size_t len) {
    hw_allocator a = hw_default_allocator();
    hw_dataset *d = NULL;
    hw_error err = {.status = HW_OK};
    CHECK(hw_dataset_create(&a, NULL, &d, &err) == HW_OK);
    CHECK(hw_dataset_append(d, csv, len, &err) == HW_OK);
    CHECK(hw_dataset_finish(d, &err) == HW_OK);
    return d;
}

/* People who meet a, b and c at random and, where `direct`, also come by themselves in fits; they
 * buy at 0.002 a day, and each a causes 0.06 sales, each b 0.02, c none, with a half-life of 2
 * days. */
static const double BASE = 0.002, LIFT[3] = {0.06, 0.02, 0};

static hw_dataset *simulate(uint64_t s, int people, bool direct) {
    static const char *const names[] = {"a", "b", "c", "Direct"};
    text csv = {NULL, 0, 0};
    hw__rng r;
    hw__rng_seed(&r, s);
    add(&csv, "visitor,time,channel,conversion,value\n");
    for (int p = 0; p < people; p++) {
        struct {
            double at;
            int channel;
        } t[32];
        int n = 1 + (int)hw__rng_below(&r, 9);
        double fit = 50 * hw__rng_unit(&r);
        for (int i = 0; i < n; i++) {
            t[i].at = 60 * hw__rng_unit(&r);
            t[i].channel = (int)hw__rng_below(&r, 3);
        }
        for (uint64_t k = direct ? hw__rng_below(&r, 4) : 0; k > 0; k--) {
            t[n].at = fit + hw__rng_unit(&r);
            t[n++].channel = 3;
        }
        for (int i = 0; i < n; i++) {
            char row[96];
            snprintf(row, sizeof row, "v%d,%" PRId64 ",%s,0,\n", p,
                     START + (int64_t)(t[i].at * (double)DAY), names[t[i].channel]);
            add(&csv, row);
        }
        for (int k = 0; k < 60; k++) { /* a candidate a day, at a moment of it */
            double at = k + hw__rng_unit(&r), rate = BASE;
            for (int i = 0; i < n; i++)
                if (t[i].at < at && t[i].channel < 3)
                    rate += LIFT[t[i].channel] * LN2 / 2 * hw__exp2(-(at - t[i].at) / 2);
            if (hw__rng_unit(&r) >= rate) continue;
            char row[96];
            snprintf(row, sizeof row, "v%d,%" PRId64 ",,1,10\n", p,
                     START + (int64_t)(at * (double)DAY));
            add(&csv, row);
        }
    }
    /* Everyone is watched for 60 days: the log's last row says so. */
    char row[96];
    snprintf(row, sizeof row, "end,%" PRId64 ",c,0,\n", START + 60 * DAY);
    add(&csv, row);
    hw_dataset *d = load(csv.at, csv.len);
    const hw_windows forever = {.click_ms = 0};
    CHECK(hw_dataset_set_windows(d, &forever) == HW_OK);
    free(csv.at);
    return d;
}

static double lift_of(const hw__hazard *h, const hw_dataset *d, const char *name) {
    const double *rate =
        h->rate + (size_t)hw__intern_find(&d->channels, hw__str_of(name)) * HW__PACES;
    return (rate[0] * 0.5 + rate[1] * 2 + rate[2] * 8) / LN2;
}

static void recovers_what_was_planted(void) {
    hw_dataset *d = simulate(7, 20000, false);
    hw__hazard h;
    CHECK(hw__hazard_init(&h, d) == HW_OK);
    hw__hazard_fit(&h);
    printf("base %f a %f b %f c %f\n", h.base, lift_of(&h, d, "a"), lift_of(&h, d, "b"),
           lift_of(&h, d, "c"));
    CHECK(h.base > BASE * 0.9 && h.base < BASE * 1.1);
    CHECK(lift_of(&h, d, "a") > 0.06 * 0.9 && lift_of(&h, d, "a") < 0.06 * 1.1);
    CHECK(lift_of(&h, d, "b") > 0.02 * 0.85 && lift_of(&h, d, "b") < 0.02 * 1.15);
    CHECK(lift_of(&h, d, "c") < 0.003);
    hw__hazard_free(&h);
    hw__logistic l;
    CHECK(hw__logistic_init(&l, d) == HW_OK);
    hw__logistic_fit(&l);
    double a = l.slope[hw__intern_find(&d->channels, HW_STR("a"))],
           b = l.slope[hw__intern_find(&d->channels, HW_STR("b"))],
           c = l.slope[hw__intern_find(&d->channels, HW_STR("c"))];
    printf("slopes %f %f %f\n", a, b, c);
    CHECK(a > 1.5 * b && b > 5 * c && b > 0.3 && c >= 0);
    hw__logistic_free(&l);
    hw_dataset_destroy(d);
}

/* What EM climbs: the log-likelihood of the conversions, with a day and a touch more than were
 * seen. */
static double likelihood(const hw__hazard *h) {
    double sum = -h->base * h->days - h->wish * h->wishing;
    for (size_t i = 0; i < h->channels * HW__PACES; i++) sum -= h->rate[i] * h->exposure[i];
    const hw__term *t = h->cases.terms.at;
    for (size_t i = 0; i < h->cases.at.len; t += h->cases.at.at[i++].len) {
        double at = h->base + h->wish * h->cases.at.at[i].intent;
        if (!h->cases.at.at[i].watched) continue;
        for (uint32_t k = 0; k < h->cases.at.at[i].len; k++)
            for (int p = 0; p < HW__PACES; p++) {
                static const double days[] = {0.5, 2, 8};
                double age = -8 * hw__log((double)t[k].x) / LN2; /* back from x */
                at += h->rate[t[k].channel * HW__PACES + p] * hw__exp2(-age / days[p]);
            }
        sum += h->cases.at.at[i].weight / 1e6 * hw__log(at);
    }
    return sum;
}

static void never_less_likely(void) {
    hw_dataset *d = simulate(3, 1500, true);
    hw__hazard h;
    CHECK(hw__hazard_init(&h, d) == HW_OK);
    double before = likelihood(&h), first = before;
    for (int i = 0; i < 60; i++) {
        hw__hazard_round(&h);
        double now = likelihood(&h);
        CHECK(now >= before - 1e-9 * (before < 0 ? -before : before));
        before = now;
    }
    CHECK(before > first + 1);
    CHECK(h.wishing > 10); /* direct visits told of intent */
    hw__hazard_free(&h);
    hw_dataset_destroy(d);
}

/* The rate less its base at a moment, from the touches [from, to) that came before it. */
static double extra(const hw__hazard *h, const hw_dataset *d, size_t from, size_t to, int64_t at) {
    while (to > from && d->at.at[to - 1] > at) to--;
    return hw__hazard_moment(h, d, from, to, at) - h->base;
}

/* The exposures that EM divides by are the integral of the rate over all the time watched. */
static void exposures_are_the_integral(bool reset) {
    hw_dataset *d = simulate(5, 60, true);
    const hw_windows w = {.click_ms = 9 * DAY, .impression_ms = DAY, .reset = reset};
    CHECK(hw_dataset_set_windows(d, &w) == HW_OK);
    hw__hazard h;
    CHECK(hw__hazard_init(&h, d) == HW_OK);
    hw__hazard_round(&h);
    double formula = h.base * (h.days - 1) + h.wish * (h.wishing - 1), steps = 0;
    for (size_t i = 0; i < h.channels * HW__PACES; i++) {
        static const double lasts[] = {0.5, 2, 8};
        formula += h.rate[i] * (h.exposure[i] - lasts[i % HW__PACES] / LN2);
    }
    int64_t until = START + 60 * DAY, step = DAY / 400;
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i], *next = j + 1;
        bool more = i + 1 < d->journeys.len && j->len && next->conversions && next->from == j->from;
        bool is_tail = !j->conversions && j->len && !(d->interaction.at[j->from] & HW__FIRST);
        if (!j->len) continue;
        size_t first = j->from;
        if (reset && hw__follows(d, j)) first += j[-1].len;
        if (first == j->from + j->len) continue;
        int64_t start = d->at.at[first], stop = j->conversions && (more || reset) ? j->at : until;
        if (hw__follows(d, j) && j[-1].at > start) start = j[-1].at;
        for (int64_t t = start; t < stop; t += step) {
            int64_t wide = stop - t < step ? stop - t : step, middle = t + wide / 2;
            double rate = extra(&h, d, first, j->from + j->len, middle);
            if (reset || !is_tail) rate += h.base;
            steps += rate * (double)wide / (double)DAY;
        }
    }
    printf("integral %f, by steps %f\n", formula, steps);
    CHECK(formula > steps * 0.999 && formula < steps * 1.001);
    hw__hazard_free(&h);
    hw_dataset_destroy(d);
}

static void exposures_kept(void) {
    exposures_are_the_integral(false);
}

static void exposures_reset(void) {
    exposures_are_the_integral(true);
}

/* Every visitor with a touch is watched from it to the end, once. */
static void days_are_the_visitors(void) {
    hw_dataset *d = simulate(6, 500, true);
    hw__hazard h;
    CHECK(hw__hazard_init(&h, d) == HW_OK);
    double days = 1;
    for (size_t i = 0; i < d->at.len; i++)
        if (d->interaction.at[i] & HW__FIRST)
            days += (double)(START + 60 * DAY - d->at.at[i]) / (double)DAY;
    CHECK(h.days > days - 1e-6 && h.days < days + 1e-6);
    hw__hazard_free(&h);
    hw_dataset_destroy(d);
}

static void logistic_climbs(void) {
    hw_dataset *d = simulate(11, 1500, false);
    hw__logistic l;
    CHECK(hw__logistic_init(&l, d) == HW_OK);
    double before = -1e300;
    for (int i = 0; i < 100; i++) {
        double now = 0;
        const hw__term *t = l.cases.terms.at;
        for (size_t k = 0; k < l.cases.at.len; t += l.cases.at.at[k++].len) {
            const hw__case *m = &l.cases.at.at[k];
            double z = l.constant;
            if (!m->len) continue;
            for (uint32_t n = 0; n < m->len; n++) z += l.slope[t[n].channel] * hw__fade(t[n].x);
            double p = 1 / (1 + hw__exp2(-(z > 0 ? z : -z) / LN2)); /* of the likelier side */
            now += hw__log((z > 0) == m->converts ? p : 1 - p);
        }
        for (size_t c = 0; c < l.channels; c++) now -= 0.125 * l.slope[c] * l.slope[c];
        CHECK(now >= before - 1e-9 * (now < 0 ? -now : now));
        before = now;
        hw__logistic_round(&l);
    }
    hw__logistic_free(&l);
    hw_dataset_destroy(d);
}

static const char *const names[] = {"hazard", "logistic"};
enum { MODELS = 2, CHANNELS = 64 };

/* Attributes; v holds conversions and value. */
static hw_status credit(hw_dataset *d, const char *name, int64_t v[2][CHANNELS], size_t *n) {
    const hw_model *m = NULL;
    hw_model_params p = hw_model_defaults();
    hw_dataset_summary sum;
    CHECK(hw_model_find(hw__str_of(name), &m) == HW_OK);
    CHECK(hw_dataset_prepare(d, m) == HW_OK);
    hw_dataset_summarize(d, &sum);
    CHECK(sum.channels <= CHANNELS);
    *n = sum.channels;
    return hw_dataset_attribute(d, m, &p, v[0], v[1]);
}

static void conserves(hw_dataset *d) {
    hw_dataset_summary sum;
    hw_dataset_summarize(d, &sum);
    for (int m = 0; m < MODELS; m++) {
        int64_t v[2][CHANNELS], one = 0, worth = 0;
        size_t n;
        CHECK(credit(d, names[m], v, &n) == HW_OK);
        for (size_t i = 0; i < n; i++) {
            CHECK(v[0][i] >= 0 && v[1][i] >= 0);
            one += v[0][i];
            worth += v[1][i];
        }
        CHECK_INT(one, sum.conversions);
        CHECK_INT(worth, sum.value);
    }
}

static void credits_sum_to_the_total(void) {
    for (uint64_t s = 0; s < 10; s++) {
        hw_dataset *d = simulate(100 + s, 200, s & 1);
        conserves(d);
        const hw_windows reset = {.click_ms = 3 * DAY, .impression_ms = DAY, .reset = 1};
        CHECK(hw_dataset_set_windows(d, &reset) == HW_OK);
        conserves(d);
        hw_dataset_destroy(d);
    }
    uint64_t s = seed("random paths");
    for (int round = 0; round < 200; round++) {
        text csv = {NULL, 0, 0};
        add(&csv, "path,total_conversions,total_conversion_value,total_null,times\n");
        for (uint32_t i = 1 + upto(&s, 30); i > 0; i--) {
            char path[200] = "", times[200] = "", row[500];
            for (uint32_t k = 1 + upto(&s, 6), hours = upto(&s, 900); k > 0; k--) {
                snprintf(path + strlen(path), 30, "%s>",
                         upto(&s, 4) ? (char[]){(char)('a' + upto(&s, 5)), 0} : "Direct");
                snprintf(times + strlen(times), 30, "%u>", hours);
                if (hours > 5 && upto(&s, 3)) hours -= upto(&s, hours);
            }
            snprintf(row, sizeof row, "%s,%u,%u.%02u,%u,%s\n", path, upto(&s, 4), upto(&s, 100),
                     upto(&s, 100), upto(&s, 9), times);
            add(&csv, row);
        }
        hw_dataset *d = load(csv.at, csv.len);
        conserves(d);
        hw_dataset_destroy(d);
        free(csv.at);
    }
}

static void same_bits_again(void) {
    for (int m = 0; m < MODELS; m++) {
        int64_t x[2][CHANNELS], y[2][CHANNELS];
        size_t n = 0, k = 0;
        hw_dataset *a = simulate(9, 800, true), *b = simulate(9, 800, true);
        CHECK(credit(a, names[m], x, &n) == HW_OK && credit(b, names[m], y, &k) == HW_OK);
        CHECK_INT(n, k);
        CHECK(memcmp(x[0], y[0], n * 8) == 0 && memcmp(x[1], y[1], n * 8) == 0);
        CHECK(credit(a, names[m], y, &k) == HW_OK); /* nor does a fit leave anything behind */
        CHECK(memcmp(x[0], y[0], n * 8) == 0 && memcmp(x[1], y[1], n * 8) == 0);
        hw_dataset_destroy(a);
        hw_dataset_destroy(b);
    }
}

static void poor_data(void) {
    static const char *const files[] = {
        "visitor,time,channel,conversion,value\nu,1000000000,a,0,\nw,1000090000,b,0,\n", /* nobody
                                                                                            buys */
        "visitor,time,channel,conversion,value\nu,1000000000,a,0,\nu,1000000050,,1,5\n", /* one
                                                                                            channel
                                                                                          */
        "visitor,time,channel,conversion,value\nu,1000000000,a,0,\nu,1000000000,b,0,\nu,1000000000,"
        ",1,5\n",
        "visitor,time,channel,conversion,value\nu,1000000000,,1,5\nw,1000000000,,1,5\n", /* no touch
                                                                                          */
        "visitor,time,channel,conversion,value\nu,1000000000,,1,5\nu,1000000000,,1,0\nw,1000000000,"
        "a,1,5\n",
        "visitor,time,channel,conversion,value\nu,1000000000,Direct,0,\nu,1000009999,,1,5\n",
        "visitor,time,channel,conversion,value\n",
        "path,total_conversions,times\na > b,3,0 > 0\n",
        "path,total_conversions,times\na,0.000001,1000000\n",
        "path,total_conversions,total_null,times\na > b > a,0,7,9 > 1 > 4\n",
        "path,total_conversions,total_conversion_value,times\na > b,0,7,9 > 1\n", /* worth, but no
                                                                                     sale */
        "path,total_conversions,total_conversion_value,times\na > b,9000000000000,-7,9 > 1\n"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (int m = 0; m < MODELS; m++) {
            hw_dataset *d = load(files[i], strlen(files[i]));
            hw_dataset_summary sum;
            int64_t v[2][CHANNELS], one = 0, worth = 0;
            size_t n;
            CHECK(credit(d, names[m], v, &n) == HW_OK);
            hw_dataset_summarize(d, &sum);
            for (size_t k = 0; k < n; k++) one += v[0][k], worth += v[1][k];
            CHECK_INT(one, sum.conversions);
            CHECK_INT(worth, sum.value);
            hw_dataset_destroy(d);
        }
}

static void refusals(void) {
    for (int m = 0; m < MODELS; m++) {
        int64_t v[2][CHANNELS];
        size_t n;
        static const char times[] = "path,total_conversions,times\na,1,2\n";
        hw_dataset *d =
            load("path,total_conversions\na,1\n", strlen("path,total_conversions\na,1\n"));
        CHECK_INT(credit(d, names[m], v, &n), HW_E_NEEDS_TIMES);
        hw_dataset_destroy(d);
        d = load(times, strlen(times));
        const hw_model *model = NULL;
        hw_model_params p = hw_model_defaults();
        CHECK(hw_model_find(hw__str_of(names[m]), &model) == HW_OK);
        CHECK_INT(hw_dataset_attribute(d, model, &p, v[0], v[1]), HW_E_STATE); /* not prepared */
        hw_dataset_destroy(d);
    }
}

/* Direct visits that come in fits before a sale take its credit to (organic). */
static void direct_is_organic(void) {
    hw_dataset *d = simulate(21, 3000, true);
    int64_t v[2][CHANNELS];
    size_t n;
    CHECK(credit(d, "hazard", v, &n) == HW_OK);
    CHECK_INT(v[0][hw__intern_find(&d->channels, HW_STR("Direct"))], 0);
    CHECK(v[0][hw__intern_find(&d->channels, HW_STR(HW_ORGANIC))] > 0);
    hw_dataset_destroy(d);
}

int main(void) {
    RUN(recovers_what_was_planted);
    RUN(never_less_likely);
    RUN(exposures_kept);
    RUN(exposures_reset);
    RUN(days_are_the_visitors);
    RUN(logistic_climbs);
    RUN(credits_sum_to_the_total);
    RUN(same_bits_again);
    RUN(poor_data);
    RUN(refusals);
    RUN(direct_is_organic);
    return hw_report();
}
