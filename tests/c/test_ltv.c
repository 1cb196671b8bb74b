/* BG/NBD and Gamma-Gamma: published values, customers made by the models themselves, the edges. */
#include "hw_test.h"

#include "base/rng.h"
#include "base/simplex.h"

static const hw_bg_nbd CDNOW = {0.2426, 4.4136, 0.7929, 2.4259};
static const hw_gamma_gamma WORTH = {6.25, 3.74, 15.44};

#define CHECK_NEAR(a, b, by)                                                                       \
    do {                                                                                           \
        double a_ = (a), b_ = (b);                                                                 \
        if (!(a_ - b_ <= (by) && b_ - a_ <= (by))) {                                               \
            hw_bad = 1;                                                                            \
            fprintf(stderr, "%s:%d: %s is %.12g, expected %.12g\n", __FILE__, __LINE__, #a, a_,    \
                    b_);                                                                           \
        }                                                                                          \
    } while (0)

static double purchases(const hw_bg_nbd *p, uint32_t x, double recency, double age, double t) {
    double y = -1;
    CHECK_INT(hw_bg_nbd_expected(p, x, recency, age, t, &y), HW_OK);
    return y;
}

/* The published fit of the CDNOW customers, and the worked customers of both notes. */
static void published_values(void) {
    CHECK_NEAR(hw_bg_nbd_alive(&CDNOW, 2, 30.43, 38.86), 0.7266, 5e-5);
    CHECK_NEAR(purchases(&CDNOW, 2, 30.43, 38.86, 39), 1.2259, 5e-5);
    double mean;
    CHECK_INT(hw_gamma_gamma_mean(&WORTH, 0, 0, &mean), HW_OK);
    CHECK_NEAR(mean, 35.22, 5e-3);
    CHECK_INT(hw_gamma_gamma_mean(&WORTH, 2, 22.35, &mean), HW_OK);
    CHECK_NEAR(mean, 24.66, 5e-3);
}

/* ln gamma(n) = ln (n-1)!, ln gamma(n + 1/2) from ln gamma(1/2) = ln(pi) / 2. */
static void gamma_function(void) {
    double whole = 0, half = 0.572364942924700087072;
    for (int n = 1; n < 170; n++) {
        double size = whole > 1 ? whole : 1;
        CHECK_NEAR(hw__lgamma(n), whole, 1e-13 * size);
        CHECK_NEAR(hw__lgamma(n - 0.5), half, 1e-13 * size);
        whole += hw__log(n);
        half += hw__log(n - 0.5);
    }
    CHECK_NEAR(hw__lgamma(1e-4), 9.2102826586339622, 1e-12);
    CHECK_NEAR(hw__exp(1), 2.718281828459045, 1e-15);
    CHECK_NEAR(hw__exp(-1), 0.36787944117144233, 1e-15);
}

/* The published form, summed as it stands; a away from 1, horizon short enough to converge. */
static double plainly(const hw_bg_nbd *p, uint32_t x, double recency, double age, double t) {
    double z = t / (p->alpha + age + t), c = p->a + p->b + x - 1, term = 1, sum = 1;
    for (int n = 0; n < 20000; n++) {
        term *= (p->r + x + n) * (p->b + x + n) / (c + n) / (n + 1) * z;
        sum += term;
    }
    double k = hw__exp((p->r + x) * hw__log(1 - z));
    return c / (p->a - 1) * (1 - k * sum) * hw_bg_nbd_alive(p, x, recency, age);
}

static void expected_as_published(void) {
    uint64_t s = seed("expected purchases");
    for (int i = 0; i < 2000; i++) {
        hw_bg_nbd p = {0.05 + upto(&s, 300) / 100.0, 0.5 + upto(&s, 3000) / 100.0,
                       0.05 + upto(&s, 900) / 100.0, 0.05 + upto(&s, 500) / 100.0};
        double off = p.a - 1, edge = p.a + p.b - 1;
        if (off * off < 1e-4 || edge * edge < 1e-6) continue;
        uint32_t x = upto(&s, 4) ? upto(&s, 12) : 0;
        double age = 1 + upto(&s, 4000) / 100.0, recency = x ? age * (upto(&s, 101) / 100.0) : 0;
        double t = upto(&s, 6000) / 100.0, y = plainly(&p, x, recency, age, t);
        CHECK_NEAR(purchases(&p, x, recency, age, t), y, 1e-9 * (1 + (y < 0 ? -y : y)));
    }
}

/* E[Y] has a limit where the published form divides by nothing: a = 1, and a + b = 1 with x = 0. */
static void no_singular_parameter(void) {
    for (uint32_t x = 0; x < 5; x++) {
        double recency = x ? 20 : 0;
        hw_bg_nbd at = {0.5, 5, 1, 2}, below = at, above = at;
        below.a -= 1e-5;
        above.a += 1e-5;
        double middle =
            (purchases(&below, x, recency, 30, 50) + purchases(&above, x, recency, 30, 50));
        CHECK_NEAR(purchases(&at, x, recency, 30, 50), middle / 2, 1e-8);
    }
    hw_bg_nbd edge = {0.5, 5, 0.25, 0.75}, near = edge;
    near.b += 1e-7;
    CHECK_NEAR(purchases(&edge, 0, 0, 30, 50), purchases(&near, 0, 0, 30, 50), 1e-6);
    /* Far ahead a customer who leaves after each purchase with the chance 1/(1+b) buys finitely
     * often: with a > 1 the sum comes to rest at (a+b+x-1)/(a-1) · P(alive). */
    hw_bg_nbd leaving = {2, 1, 3, 2};
    CHECK_NEAR(purchases(&leaving, 0, 0, 10, 10000), 2, 1e-3);
    CHECK_NEAR(purchases(&CDNOW, 3, 10, 20, 0), 0, 0);
    hw_bg_nbd sure = {2, 1, 2000, 1000}; /* two in three leave, each time */
    CHECK_NEAR(purchases(&sure, 0, 0, 10, 10000), 2999.0 / 1999, 1e-4);
    CHECK_NEAR(purchases(&sure, 5, 9, 10, 10000), 3004.0 / 1999 * hw_bg_nbd_alive(&sure, 5, 9, 10),
               1e-4);
}

static void what_is_refused(void) {
    double y = 0;
    CHECK_INT(hw_bg_nbd_expected(&(hw_bg_nbd){0, 1, 1, 1}, 1, 1, 2, 3, &y), HW_E_ARG);
    CHECK_INT(hw_bg_nbd_expected(&CDNOW, 1, 3, 2, 3, &y), HW_E_ARG);
    CHECK_INT(hw_bg_nbd_expected(&CDNOW, 1, 1, 2, -3, &y), HW_E_ARG);
    CHECK_INT(hw_bg_nbd_expected(&(hw_bg_nbd){0.1, 1e-6, 4, 1}, 0, 0, 0, 1e9, &y), HW_E_LIMIT);
    CHECK_INT(hw_gamma_gamma_mean(&(hw_gamma_gamma){1, 1, 1}, 0, 0, &y), HW_E_LIMIT);
    CHECK_INT(hw_gamma_gamma_mean(&(hw_gamma_gamma){1, 0, 1}, 1, 1, &y), HW_E_ARG);
    hw_bg_nbd p;
    hw_gamma_gamma g;
    hw_ltv_quality q;
    hw_ltv_cell few[] = {{1, 2, 5, 9, 100}, {0, 0, 5, 90, 0}};
    CHECK_INT(hw_bg_nbd_fit(few, 2, &p, &q), HW_E_LIMIT);
    CHECK_INT(hw_gamma_gamma_fit(few, 2, &g, &q), HW_E_LIMIT);
    CHECK_INT(hw_bg_nbd_fit(few, 0, &p, &q), HW_E_LIMIT);
    hw_ltv_cell bad[] = {{1, 6, 5, 90, 100}};
    CHECK_INT(hw_bg_nbd_fit(bad, 1, &p, &q), HW_E_ARG);
}

/* ---- customers made by the models ---- */

static double normal(hw__rng *r) { /* by Marsaglia's polar method */
    for (;;) {
        double u = 2 * hw__rng_unit(r) - 1, v = 2 * hw__rng_unit(r) - 1, s = u * u + v * v;
        if (!(s > 0 && s < 1)) continue;
        double root = -2 * hw__log(s) / s;
        return u * hw__exp(hw__log(root) / 2);
    }
}

/* Gamma of shape k and rate 1, Marsaglia and Tsang. */
static double gamma_of(hw__rng *r, double k) {
    if (k < 1) return gamma_of(r, k + 1) * hw__exp(hw__log(1 - hw__rng_unit(r)) / k);
    double d = k - 1.0 / 3, c = hw__exp(-hw__log(9 * d) / 2);
    for (;;) {
        double n = normal(r), v = 1 + c * n;
        if (!(v > 0)) continue;
        v = v * v * v;
        if (hw__log(1 - hw__rng_unit(r)) < n * n / 2 + d - d * v + d * hw__log(v)) return d * v;
    }
}

static hw_ltv_cell customer(hw__rng *r, const hw_bg_nbd *p, const hw_gamma_gamma *g, double age) {
    double rate = gamma_of(r, p->r) / p->alpha, y = gamma_of(r, p->a), at = 0;
    double leaves = y / (y + gamma_of(r, p->b)), nu = gamma_of(r, g->q) / g->gamma;
    hw_ltv_cell c = {.age = age, .customers = 1};
    for (;;) {
        at -= hw__log(1 - hw__rng_unit(r)) / rate;
        if (at > age) return c;
        c.x++;
        c.recency = at;
        c.spend += (int64_t)(gamma_of(r, g->p) / nu * 1e6);
        if (hw__rng_unit(r) < leaves) return c;
    }
}

static int by_x(const void *a, const void *b) {
    const hw_ltv_cell *p = a, *q = b;
    return (p->x > q->x) - (p->x < q->x);
}

static void fit_recovers_what_was_planted(void) {
    enum { N = 40000 };
    hw_bg_nbd planted[] = {CDNOW, {0.8, 10, 1.5, 4}, {2, 6, 0.4, 1.2}};
    uint64_t s = seed("fit");
    hw_ltv_cell *cells = malloc(N * sizeof *cells);
    for (int k = 0; k < 3; k++) {
        hw__rng r;
        hw__rng_seed(&r, s + (uint64_t)k);
        double later = 0, expected = 0;
        for (int i = 0; i < N; i++)
            cells[i] = customer(&r, &planted[k], &WORTH, 27 + 12 * hw__rng_unit(&r));
        qsort(cells, N, sizeof *cells, by_x);
        hw_bg_nbd p;
        hw_gamma_gamma g;
        hw_ltv_quality q, worth;
        CHECK_INT(hw_bg_nbd_fit(cells, N, &p, &q), HW_OK);
        CHECK_INT(hw_gamma_gamma_fit(cells, N, &g, &worth), HW_OK);
        printf("planted r %.3f alpha %.3f a %.3f b %.3f: fitted %.3f %.3f %.3f %.3f, %u rounds; p "
               "%.2f q %.2f gamma %.2f, %u rounds, %d repeaters\n",
               planted[k].r, planted[k].alpha, planted[k].a, planted[k].b, p.r, p.alpha, p.a, p.b,
               q.rounds, g.p, g.q, g.gamma, worth.rounds, (int)worth.customers);
        CHECK(q.settled && worth.settled);
        CHECK_INT(q.customers, N);
        CHECK_NEAR(p.r / planted[k].r, 1, 0.1);
        CHECK_NEAR(p.alpha / planted[k].alpha, 1, 0.1);
        /* a and b are told apart less well than the chance of leaving that they make. */
        CHECK_NEAR(p.a / (p.a + p.b), planted[k].a / (planted[k].a + planted[k].b), 0.03);
        CHECK_NEAR(g.p / WORTH.p, 1, 0.1);
        CHECK_NEAR(g.q / WORTH.q, 1, 0.1);
        CHECK_NEAR(g.gamma / WORTH.gamma, 1, 0.2);
        for (int i = 0; i < N; i++) {
            expected += purchases(&p, cells[i].x, cells[i].recency, cells[i].age, 26);
            later += purchases(&planted[k], cells[i].x, cells[i].recency, cells[i].age, 26);
        }
        CHECK_NEAR(expected / later, 1, 0.05);
    }
    free(cells);
}

/* Another unit of time or money is another unit of the parameters and nothing else; cells add up.
 */
static void units_and_cells(void) {
    enum { N = 3000 };
    static hw_ltv_cell one[N], scaled[N], twice[2 * N];
    hw__rng r;
    hw__rng_seed(&r, seed("units"));
    for (int i = 0; i < N; i++) one[i] = customer(&r, &CDNOW, &WORTH, 35);
    qsort(one, N, sizeof *one, by_x);
    for (int i = 0; i < N; i++) {
        twice[2 * i] = twice[2 * i + 1] = scaled[i] = one[i];
        scaled[i].age *= 8;
        scaled[i].recency *= 8;
        scaled[i].spend *= 4;
        scaled[i].spend *= 2;
        scaled[i].customers = 2;
    }
    hw_bg_nbd p, q, t;
    hw_gamma_gamma g, h;
    hw_ltv_quality a, b, c;
    CHECK_INT(hw_bg_nbd_fit(one, N, &p, &a), HW_OK);
    CHECK_INT(hw_bg_nbd_fit(scaled, N, &q, &b), HW_OK);
    CHECK_INT(hw_bg_nbd_fit(twice, 2 * N, &t, &c), HW_OK);
    CHECK_INT(b.customers, 2 * N);
    CHECK_NEAR(q.alpha / p.alpha, 8, 1e-3);
    CHECK_NEAR(q.r / p.r, 1, 1e-4);
    CHECK_NEAR(q.b / p.b, 1, 1e-3);
    CHECK_NEAR(t.r / p.r, 1, 1e-4);
    CHECK_NEAR(c.log_likelihood / a.log_likelihood, 2, 1e-9);
    CHECK_INT(hw_gamma_gamma_fit(one, N, &g, &a), HW_OK);
    CHECK_INT(hw_gamma_gamma_fit(scaled, N, &h, &b),
              HW_OK); /* 4 times as much each, twice as many */
    CHECK_NEAR(h.gamma / g.gamma, 4, 1e-3);
    CHECK_NEAR(h.p / g.p, 1, 1e-3);
}

/* Everybody buys daily and nobody leaves: no parameter is known, and the fit says so. */
static void an_unsettled_fit_says_so(void) {
    hw_ltv_cell same[] = {{30, 30, 30, 50, 30 * 50 * HW_MICROS}};
    hw_bg_nbd p;
    hw_gamma_gamma g;
    hw_ltv_quality q;
    CHECK_INT(hw_bg_nbd_fit(same, 1, &p, &q), HW_OK);
    CHECK(!q.settled);
    CHECK_NEAR(p.r / p.alpha, 1, 0.1);
    CHECK_INT(hw_gamma_gamma_fit(same, 1, &g, &q), HW_OK);
    CHECK(!q.settled);
}

/* Rosenbrock's valley, and a bowl in one variable. */
static double valley(const void *ctx, const double *v) {
    double bend = v[1] - v[0] * v[0], ahead = 1 - v[0];
    return *(const double *)ctx * bend * bend + ahead * ahead;
}

static double bowl(const void *ctx, const double *v) {
    return (v[0] - *(const double *)ctx) * (v[0] - *(const double *)ctx);
}

static void simplex_finds_the_lowest(void) {
    double steep = 100, at = 7;
    hw__lowest l;
    hw__simplex(valley, &steep, 2, (double[]){-1.2, 1}, &l);
    CHECK(l.settled);
    CHECK_NEAR(l.at[0], 1, 1e-5);
    CHECK_NEAR(l.at[1], 1, 1e-5);
    hw__simplex(bowl, &at, 1, (double[]){0}, &l);
    CHECK(l.settled);
    CHECK_NEAR(l.at[0], 7, 1e-5);
}

int main(void) {
    RUN(published_values);
    RUN(gamma_function);
    RUN(expected_as_published);
    RUN(no_singular_parameter);
    RUN(what_is_refused);
    RUN(fit_recovers_what_was_planted);
    RUN(units_and_cells);
    RUN(an_unsettled_fit_says_so);
    RUN(simplex_finds_the_lowest);
    return hw_report();
}
