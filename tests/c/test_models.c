/* Data-driven models against slow, obvious code: chains built anew and walked step by step, states
 * really deleted, coalitions formed in every order. */
#include "hw_test.h"

#include "journey/dataset.h"
#include "model/markov.h"

enum { CHANNELS = 5, ROWS = 14, LONGEST = 7, STATES = 400 };

typedef struct row {
    int len, path[LONGEST];
    double conversions, nulls, value;
} row;

static hw_dataset *make(uint64_t *s, row *rows, int n, int channels) {
    static char csv[200000];
    size_t len = (size_t)sprintf(csv, "path,total_conversions,total_conversion_value,total_null\n");
    for (int c = 0; c < channels; c++) len += (size_t)sprintf(csv + len, "c%d,0,0,0\n", c);
    for (int i = 0; i < n; i++) {
        row *r = &rows[i];
        r->len = 1 + (int)upto(s, LONGEST);
        for (int k = 0; k < r->len; k++) {
            r->path[k] = (int)upto(s, (uint32_t)channels);
            len += (size_t)sprintf(csv + len, k ? ">c%d" : "c%d", r->path[k]);
        }
        r->conversions = upto(s, 4);
        r->nulls = upto(s, 6);
        r->value = r->conversions * (1 + upto(s, 50));
        len += (size_t)sprintf(csv + len, ",%.0f,%.0f,%.0f\n", r->conversions, r->value, r->nulls);
    }
    hw_allocator a = hw_default_allocator();
    hw_dataset *d = NULL;
    CHECK(hw_dataset_create(&a, NULL, &d, NULL) == HW_OK);
    CHECK(hw_dataset_append(d, csv, len, NULL) == HW_OK && hw_dataset_finish(d, NULL) == HW_OK);
    return d;
}

/* ---- Markov, slowly ---- */

typedef struct naive {
    int n, len[STATES], channel[STATES][HW_MARKOV_ORDER_MAX];
    double w[STATES][STATES], start[STATES], conversion[STATES], null[STATES], value[STATES];
} naive;

static int state_of(naive *m, const int *path, int len) {
    for (int i = 0; i < m->n; i++)
        if (m->len[i] == len && memcmp(m->channel[i], path, (size_t)len * sizeof *path) == 0)
            return i;
    m->len[m->n] = len;
    memcpy(m->channel[m->n], path, (size_t)len * sizeof *path);
    return m->n++;
}

static void walk(naive *m, const row *r, int order) {
    double weight = r->conversions + r->nulls;
    int head = r->len < order ? r->len : order;
    if (weight == 0) return;
    int at = state_of(m, r->path, head);
    m->start[at] += weight;
    for (int i = head; i < r->len; i++) {
        int to = state_of(m, r->path + i + 1 - order, order);
        m->w[at][to] += weight; /* loops are kept: the effects must not care */
        at = to;
    }
    m->conversion[at] += r->conversions;
    m->null[at] += r->nulls;
    m->value[at] += r->value;
}

/* The chance of a conversion and its worth, walking all mass forward until next to none is left. */
static void flow(const naive *m, int without, double *chance, double *worth) {
    static double mass[STATES], next[STATES];
    double total = 0, left = 1;
    *chance = *worth = 0;
    for (int i = 0; i < m->n; i++) total += mass[i] = m->start[i];
    for (int t = 0; t < 20000 && left > 1e-15 * total; t++) {
        memset(next, 0, sizeof next);
        for (int i = 0; i < m->n; i++) {
            bool gone = false;
            for (int k = 0; k < m->len[i]; k++) gone |= m->channel[i][k] == without;
            if (gone || mass[i] == 0) continue;
            double out = m->conversion[i] + m->null[i];
            for (int j = 0; j < m->n; j++) out += m->w[i][j];
            *chance += mass[i] * m->conversion[i] / out / total;
            *worth += mass[i] * m->value[i] / out / total;
            for (int j = 0; j < m->n; j++) next[j] += mass[i] * m->w[i][j] / out;
        }
        left = 0;
        for (int i = 0; i < m->n; i++) left += mass[i] = next[i];
    }
}

static bool near(double a, double b, double tolerance) {
    return a - b < tolerance && b - a < tolerance;
}

static void markov(void) {
    uint64_t s = seed("markov");
    static naive m;
    for (int round = 0; round < 150 && !hw_bad; round++) {
        row rows[ROWS];
        hw_dataset *d = make(&s, rows, ROWS, CHANNELS);
        hw_model_params p = hw_model_defaults();
        p.order = 1 + (uint32_t)round % HW_MARKOV_ORDER_MAX;
        p.loops = round / 5 % 2;
        memset(&m, 0, sizeof m);
        double conversions = 0, all = 0;
        for (int i = 0; i < ROWS; i++) {
            walk(&m, &rows[i], (int)p.order);
            conversions += rows[i].conversions;
            all += rows[i].conversions + rows[i].nulls;
        }
        hw__chain c;
        double chance, worth, probability, effect[CHANNELS], value[CHANNELS];
        CHECK(hw__markov_chain(d, &p, &c) == HW_OK);
        CHECK(hw__markov_effects(&c, CHANNELS, &probability, effect, value) == HW_OK);
        CHECK(near(probability, all > 0 ? conversions / all : 0, 1e-12));
        flow(&m, -1, &chance, &worth);
        for (int k = 0; k < CHANNELS && chance > 0; k++) {
            double without, left;
            flow(&m, k, &without, &left);
            CHECK(near(effect[k], 1 - without / chance, 1e-10));
            if (worth > 0) CHECK(near(value[k], 1 - left / worth, 1e-10));
            CHECK(effect[k] >= 0 && effect[k] <= 1);
        }
        hw__chain_free(&c);
        hw_dataset_destroy(d);
    }
}

/* The plain table and the hash tables count the same, to the bit; so do the arcs behind them. */
static void dense_counts(void) {
    uint64_t s = seed("dense counts");
    hw_allocator a = hw_default_allocator();
    int tables = 0;
    for (int round = 0; round < 60; round++) {
        hw__chain c[2];
        uint16_t channels = (uint16_t)(1 + upto(&s, 9));
        uint32_t order = 1 + (uint32_t)round % HW_MARKOV_ORDER_MAX;
        for (int t = 0; t < 2; t++) hw__chain_init(&c[t], &a, order, round / 5 % 2);
        CHECK(hw__dense_create(&c[1], channels) == HW_OK);
        tables += c[1].dense != NULL;
        for (int i = 0; i < 200; i++) {
            uint16_t path[12];
            size_t len = 1 + (size_t)upto(&s, 12);
            for (size_t k = 0; k < len; k++) path[k] = (uint16_t)upto(&s, channels);
            int64_t conversions = (int64_t)upto(&s, 4), nulls = (int64_t)upto(&s, 3);
            for (int t = 0; t < 2; t++)
                CHECK(hw__chain_add(&c[t], path, len, conversions, nulls, conversions * 7 - 3) ==
                      HW_OK);
        }
        for (int t = 0; t < 2; t++) CHECK(hw__chain_close(&c[t]) == HW_OK);
        for (uint32_t without = 0; without <= channels; without++) {
            double p[2], v[2];
            for (int t = 0; t < 2; t++)
                CHECK(hw__chain_solve(&c[t], without < channels ? without : UINT32_MAX, &p[t],
                                      &v[t]) == HW_OK);
            CHECK(memcmp(&p[0], &p[1], sizeof *p) == 0 && memcmp(&v[0], &v[1], sizeof *v) == 0);
        }
        for (int t = 0; t < 2; t++) hw__chain_free(&c[t]);
    }
    CHECK(tables > 30 && tables < 60);
    hw__chain c;
    hw__chain_init(&c, &a, 1, false);
    CHECK(hw__dense_create(&c, 2) == HW_OK);
    const uint16_t path[] = {0, 1};
    CHECK(hw__chain_add(&c, path, 2, INT64_MAX, 0, 0) == HW_OK);
    CHECK_INT(hw__chain_add(&c, path, 2, 1, 0, 0), HW_E_OVERFLOW);
    hw__chain_free(&c);
}

/* More states than elimination takes: the sweeps must know P(conversion) to the last digits, too.
 */
static void many_states(void) {
    uint64_t s = seed("many states");
    static row rows[3000];
    hw_dataset *d = make(&s, rows, 3000, 12);
    double conversions = 0, all = 0;
    for (int i = 0; i < 3000; i++) {
        conversions += rows[i].conversions;
        all += rows[i].conversions + rows[i].nulls;
    }
    for (uint32_t order = 1; order <= HW_MARKOV_ORDER_MAX; order++) {
        hw_model_params p = hw_model_defaults();
        p.order = order;
        hw__chain c;
        double probability, effect[12], value[12];
        CHECK(hw__markov_chain(d, &p, &c) == HW_OK);
        CHECK((order <= 2) == (c.states.len <= 160));
        CHECK(hw__markov_effects(&c, 12, &probability, effect, value) == HW_OK);
        CHECK(near(probability, conversions / all, 1e-12));
        for (int k = 0; k < 12; k++) CHECK(effect[k] > 0 && effect[k] < 1);
        hw__chain_free(&c);
    }
    hw_dataset_destroy(d);
}

/* An order as long as the longest path: the effect of a channel is the share of conversions it is
 * on. */
static void long_orders(void) {
    uint64_t s = seed("long orders");
    for (int round = 0; round < 50; round++) {
        row rows[ROWS];
        hw_dataset *d = make(&s, rows, ROWS, CHANNELS);
        double all = 0, on[CHANNELS] = {0};
        for (int i = 0; i < ROWS; i++) {
            if (rows[i].len > 5) rows[i].conversions = 0;
            all += rows[i].conversions;
        }
        hw_dataset_destroy(d);
        static char csv[4000];
        size_t len =
            (size_t)sprintf(csv, "path,total_conversions,total_null\nc0>c1>c2>c3>c4,0,0\n");
        for (int i = 0; i < ROWS; i++) {
            if (rows[i].len > 5) continue;
            for (int k = 0; k < rows[i].len; k++)
                len += (size_t)sprintf(csv + len, k ? ">c%d" : "c%d", rows[i].path[k]);
            len += (size_t)sprintf(csv + len, ",%.0f,%.0f\n", rows[i].conversions, rows[i].nulls);
            for (int c = 0; c < CHANNELS; c++) {
                bool has = false;
                for (int k = 0; k < rows[i].len; k++) has |= rows[i].path[k] == c;
                if (has) on[c] += rows[i].conversions;
            }
        }
        hw_allocator a = hw_default_allocator();
        CHECK(hw_dataset_create(&a, NULL, &d, NULL) == HW_OK);
        CHECK(hw_dataset_append(d, csv, len, NULL) == HW_OK && hw_dataset_finish(d, NULL) == HW_OK);
        hw_model_params p = hw_model_defaults();
        p.order = 5;
        hw__chain c;
        double probability, effect[CHANNELS], value[CHANNELS];
        CHECK(hw__markov_chain(d, &p, &c) == HW_OK);
        CHECK(hw__markov_effects(&c, CHANNELS, &probability, effect, value) == HW_OK);
        for (int k = 0; k < CHANNELS && all > 0; k++) CHECK(near(effect[k], on[k] / all, 1e-12));
        hw__chain_free(&c);
        hw_dataset_destroy(d);
    }
}

/* ---- Shapley, slowly ---- */

static double rate(const row *rows, unsigned set, bool value) {
    double sum = 0, all = 0;
    for (int i = 0; i < ROWS; i++) {
        unsigned has = 0;
        for (int k = 0; k < rows[i].len; k++) has |= 1u << rows[i].path[k];
        if (has & ~set) continue;
        sum += value ? rows[i].value : rows[i].conversions;
        all += rows[i].conversions + rows[i].nulls;
    }
    return all > 0 ? sum / all : 0;
}

static void shapley_rate(void) {
    uint64_t s = seed("shapley");
    const hw_model *model = NULL;
    CHECK(hw_model_find(HW_STR("shapley_rate"), &model) == HW_OK);
    for (int round = 0; round < 100 && !hw_bad; round++) {
        row rows[ROWS];
        hw_dataset *d = make(&s, rows, ROWS, CHANNELS);
        double phi[2][CHANNELS] = {{0}}, got[2][CHANNELS];
        int count = 0;
        for (int n = 0; n < 5 * 5 * 5 * 5 * 5; n++) { /* every order of five players */
            int order[CHANNELS], seen = 0;
            for (int k = 0, rest = n; k < CHANNELS; k++, rest /= 5)
                seen |= 1 << (order[k] = rest % 5);
            if (seen != 31) continue;
            count++;
            unsigned set = 0;
            for (int k = 0; k < CHANNELS; k++) {
                unsigned with = set | 1u << order[k];
                for (int v = 0; v < 2; v++)
                    phi[v][order[k]] += rate(rows, with, v) - rate(rows, set, v);
                set = with;
            }
        }
        CHECK_INT(count, 120);
        hw_model_params p = hw_model_defaults();
        CHECK(model->fit(d, &p, got[0], got[1]) == HW_OK);
        for (int v = 0; v < 2; v++)
            for (int k = 0; k < CHANNELS; k++) CHECK(near(got[v][k], phi[v][k] / 120, 1e-12));
        hw_dataset_destroy(d);
    }
}

/* Drawn orders against the exact values, where both can be had. */
static void shapley_sampled(void) {
    enum { MANY = 14, DRAWN_ROWS = 60 };
    uint64_t s = seed("shapley by samples");
    const hw_model *model = NULL;
    CHECK(hw_model_find(HW_STR("shapley_rate"), &model) == HW_OK);
    double worst = 0;
    for (int round = 0; round < 40 && !hw_bad; round++) {
        static row rows[DRAWN_ROWS];
        hw_dataset *d = make(&s, rows, DRAWN_ROWS, MANY);
        hw_model_params p = hw_model_defaults();
        int64_t exact[2][MANY], some[2][MANY], again[2][MANY], total[2] = {0, 0};
        CHECK(hw_dataset_attribute(d, model, &p, exact[0], exact[1]) == HW_OK);
        CHECK_INT(hw_dataset_sampled(d).orders, 0);
        p.samples = 1000;
        p.seed = (uint64_t)round;
        CHECK(hw_dataset_attribute(d, model, &p, some[0], some[1]) == HW_OK);
        hw_sampled drawn = hw_dataset_sampled(d);
        CHECK_INT(drawn.orders, 1000);
        CHECK(drawn.error > 0 && drawn.error < 1);
        CHECK(hw_dataset_attribute(d, model, &p, again[0], again[1]) == HW_OK);
        CHECK(memcmp(some, again, sizeof some) == 0); /* same seed, same credit */
        for (int v = 0; v < 2; v++) /* what the orders say of a channel sums to the whole */
            for (int c = 0; c < MANY; c++) total[v] += some[v][c];
        CHECK_INT(total[0], d->conversions);
        CHECK_INT(total[1], d->value);
        for (int c = 0; c < MANY; c++) {
            double off = (double)(some[0][c] - exact[0][c]) / (double)d->conversions / drawn.error;
            if (off < 0) off = -off;
            if (off > worst) worst = off;
        }
        hw_sampled less = drawn;
        p.samples = 16000;
        CHECK(hw_dataset_attribute(d, model, &p, some[0], some[1]) == HW_OK);
        drawn = hw_dataset_sampled(d);
        CHECK(drawn.error < less.error / 3 && drawn.error > less.error / 5); /* 4 by theory */
        double shares[2][MANY], sum = 0;
        CHECK(model->fit(d, &p, shares[0], shares[1]) == HW_OK);
        for (int c = 0; c < MANY; c++) sum += shares[0][c];
        double converted = 0, journeys = 0;
        for (int i = 0; i < DRAWN_ROWS; i++) {
            converted += rows[i].conversions;
            journeys += rows[i].conversions + rows[i].nulls;
        }
        CHECK(near(sum, converted / journeys, 1e-9));
        hw_dataset_destroy(d);
    }
    printf("sampled: at most %.2f standard errors off\n", worst);
    CHECK(worst > 0.5 && worst < 4);
    static row rows[DRAWN_ROWS];
    hw_dataset *d = make(&s, rows, DRAWN_ROWS, 40);
    hw_model_params p = hw_model_defaults();
    int64_t credit[2][40], total = 0;
    CHECK(hw_dataset_attribute(d, model, &p, credit[0], credit[1]) == HW_OK);
    CHECK_INT(hw_dataset_sampled(d).orders, 2000);
    for (int c = 0; c < 40; c++) total += credit[0][c];
    CHECK_INT(total, d->conversions);
    p.samples = 3;
    CHECK_INT(hw_dataset_attribute(d, model, &p, credit[0], credit[1]), HW_E_ARG);
    hw_dataset_destroy(d);
}

static void shapley_ordered(void) {
    uint64_t s = seed("shapley by position");
    const hw_model *ordered = NULL, *plain = NULL;
    CHECK(hw_model_find(HW_STR("shapley_ordered"), &ordered) == HW_OK);
    CHECK(hw_model_find(HW_STR("shapley"), &plain) == HW_OK);
    CHECK_INT(hw_model_part_count(ordered), 3);
    CHECK_INT(hw_model_part_count(plain), 1);
    for (int round = 0; round < 50; round++) {
        row rows[ROWS];
        hw_dataset *d = make(&s, rows, ROWS, CHANNELS);
        hw_model_params p = hw_model_defaults();
        int64_t parts[2][3 * CHANNELS], whole[2][CHANNELS];
        CHECK(hw_dataset_attribute(d, ordered, &p, parts[0], parts[1]) == HW_OK);
        CHECK(hw_dataset_attribute(d, plain, &p, whole[0], whole[1]) == HW_OK);
        for (int v = 0; v < 2; v++)
            for (int k = 0; k < CHANNELS; k++) {
                int64_t sum = parts[v][3 * k] + parts[v][3 * k + 1] + parts[v][3 * k + 2];
                CHECK(sum - whole[v][k] <= 3 && whole[v][k] - sum <= 3); /* three roundings */
            }
        hw_dataset_destroy(d);
    }
}

static void milestones(void) {
    static const char csv[] =
        "visitor,time,channel,interaction,conversion\n"
        "v,2026-01-01,a,click,0\nv,2026-01-02,b,click,0\nv,2026-01-02,,lead,0\n"
        "v,2026-01-03,c,click,0\nv,2026-01-04,d,click,0\nv,2026-01-04,,opportunity,0\n"
        "v,2026-01-05,e,click,0\nv,2026-01-06,,conversion,1\n";
    hw_allocator a = hw_default_allocator();
    hw_dataset *d = NULL;
    CHECK(hw_dataset_create(&a, NULL, &d, NULL) == HW_OK);
    CHECK(hw_dataset_append(d, csv, sizeof csv - 1, NULL) == HW_OK &&
          hw_dataset_finish(d, NULL) == HW_OK);
    const hw_model *w = NULL, *z = NULL;
    CHECK(hw_model_find(HW_STR("w_shaped"), &w) == HW_OK &&
          hw_model_find(HW_STR("z_shaped"), &z) == HW_OK);
    hw_model_params p = hw_model_defaults();
    int64_t got[5], worth[5];
    const int64_t w_expected[] = {300000, 300000, 50000, 50000, 300000};
    const int64_t z_expected[] = {225000, 225000, 100000, 225000, 225000};
    CHECK(hw_dataset_attribute(d, w, &p, got, worth) == HW_OK);
    for (int i = 0; i < 5; i++) CHECK_INT(got[i], w_expected[i]);
    CHECK(hw_dataset_attribute(d, z, &p, got, worth) == HW_OK);
    for (int i = 0; i < 5; i++) CHECK_INT(got[i], z_expected[i]);
    hw_dataset_destroy(d);
}

int main(void) {
    RUN(markov);
    RUN(dense_counts);
    RUN(many_states);
    RUN(long_orders);
    RUN(shapley_rate);
    RUN(shapley_sampled);
    RUN(shapley_ordered);
    RUN(milestones);
    return hw_report();
}
