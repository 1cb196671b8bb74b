/* Two ways to solve x = r + Q x for an absorbing chain: elimination while it is small, and above
 * that sweeps from below and from above, which close in on the answer from both sides: the distance
 * left between them is a proof of how near they are. */
#include "model/chain.h"

enum { DENSE_MAX = 160, SWEEPS_MAX = 20000 };

typedef struct problem {
    const hw__chain *chain;
    uint32_t n;      /* states that stay */
    uint32_t *index; /* state to row; UINT32_MAX: sent to null */
    uint32_t *state; /* row to state */
    double *total;   /* journeys that leave the state, loops left out: a walk leaves in the end */
} problem;

static double leaving(const hw__chain *c, uint32_t s) {
    const hw__state *state = &c->states.at[s];
    double sum = (double)state->conversions + (double)state->nulls;
    for (uint32_t k = 0; k < state->count; k++)
        if (c->arcs.at[state->first + k].to != s) sum += c->arcs.at[state->first + k].weight;
    return sum;
}

static hw_status make_problem(const hw__chain *c, uint32_t without, hw__arena *arena, problem *p) {
    size_t states = c->states.len;
    *p = (problem){.chain = c,
                   .index = hw__arena_array(arena, states, sizeof *p->index),
                   .state = hw__arena_array(arena, states, sizeof *p->state),
                   .total = hw__arena_array(arena, states, sizeof *p->total)};
    if (!p->index || !p->state || !p->total) return HW_E_NOMEM;
    for (uint32_t s = 0; s < states; s++) {
        bool gone = without <= UINT16_MAX && hw__state_holds(&c->states.at[s], (uint16_t)without);
        double total = leaving(c, s);
        p->index[s] = UINT32_MAX;
        if (gone || !(total > 0)) continue;
        p->index[s] = p->n;
        p->state[p->n] = s;
        p->total[p->n++] = total;
    }
    return HW_OK;
}

/* Elimination without subtraction in the off-diagonal (Grassmann, Taksar, Heyman): every pivot is
 * the sum of what still leaves the state, so no digit is lost to cancellation. */
static hw_status solve_dense(const problem *p, hw__arena *arena, double *x, double *v) {
    const hw__chain *c = p->chain;
    size_t n = p->n, width = n + 3; /* n targets, null, conversion, value */
    double *a = hw__arena_array(arena, n * width, sizeof *a);
    if (!a) return HW_E_NOMEM;
    memset(a, 0, n * width * sizeof *a);
    for (uint32_t i = 0; i < n; i++) {
        const hw__state *s = &c->states.at[p->state[i]];
        double *row = a + i * width;
        for (uint32_t k = 0; k < s->count; k++) {
            const hw__arc *arc = &c->arcs.at[s->first + k];
            if (arc->to == p->state[i]) continue;
            uint32_t j = p->index[arc->to];
            row[j == UINT32_MAX ? n : j] += arc->weight;
        }
        row[n] += (double)s->nulls;
        row[n + 1] = (double)s->conversions;
        row[n + 2] = (double)s->value;
    }
    for (size_t k = n; k-- > 0;) { /* take state k out: walks into it go where it leads */
        double *pivot = a + k * width, leave = pivot[n] + pivot[n + 1];
        for (size_t j = 0; j < k; j++) leave += pivot[j];
        if (!(leave > 0)) continue; /* a trap: nothing that enters it comes out */
        for (size_t i = 0; i < k; i++) {
            double *row = a + i * width, into = row[k] / leave;
            if (into == 0) continue;
            for (size_t j = 0; j < k; j++)
                if (j != i) row[j] += into * pivot[j];
            row[n] += into * pivot[n];
            row[n + 1] += into * pivot[n + 1];
            row[n + 2] += into * pivot[n + 2];
        }
    }
    for (size_t k = 0; k < n; k++) {
        const double *row = a + k * width;
        double leave = row[n] + row[n + 1], sum = row[n + 1], worth = row[n + 2];
        for (size_t j = 0; j < k; j++) {
            leave += row[j];
            sum += row[j] * x[j];
            worth += row[j] * v[j];
        }
        x[k] = leave > 0 ? sum / leave : 0;
        v[k] = leave > 0 ? worth / leave : 0;
    }
    return HW_OK;
}

/* The four answers that are closed in on together, side by side in memory: each arc is then read
 * once for all. */
enum { LOW, HIGH, VALUE_LOW, VALUE_HIGH, SIDES };
typedef double sides[SIDES];

/* The problem's arcs alone, row by row. */
typedef struct flat {
    uint32_t *first; /* n + 1 */
    hw__arc *arc;    /* to: a row */
    sides *x;
} flat;

static hw_status flatten(const problem *p, hw__arena *arena, flat *f) {
    const hw__chain *c = p->chain;
    *f = (flat){hw__arena_array(arena, p->n + 1, sizeof *f->first),
                hw__arena_array(arena, c->arcs.len, sizeof *f->arc),
                hw__arena_array(arena, p->n, sizeof *f->x)};
    if (!f->first || !f->arc || !f->x) return HW_E_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        const hw__state *s = &c->states.at[p->state[i]];
        f->first[i] = n;
        for (uint32_t k = 0; k < s->count; k++) {
            const hw__arc *arc = &c->arcs.at[s->first + k];
            uint32_t j = p->index[arc->to];
            if (j != UINT32_MAX && j != i) f->arc[n++] = (hw__arc){j, arc->weight};
        }
    }
    f->first[p->n] = n;
    return HW_OK;
}

/* One sweep over all states, the newest first: most walks go from states found early to late ones.
 */
static void sweep(const problem *p, const flat *f) {
    for (size_t i = p->n; i-- > 0;) {
        const hw__state *s = &p->chain->states.at[p->state[i]];
        double reach = (double)s->conversions, worth = (double)s->value;
        sides sum = {reach, reach, worth, worth};
        for (const hw__arc *a = f->arc + f->first[i], *end = f->arc + f->first[i + 1]; a < end; a++)
            for (int m = 0; m < SIDES; m++) sum[m] += a->weight * f->x[a->to][m];
        for (int m = 0; m < SIDES; m++) f->x[i][m] = sum[m] / p->total[i];
    }
}

static void starts(const problem *p, const flat *f, sides out) {
    const hw__chain *c = p->chain;
    double all = 0;
    for (int m = 0; m < SIDES; m++) out[m] = 0;
    for (size_t s = 0; s < c->states.len; s++) {
        double start = (double)c->states.at[s].start;
        all += start;
        for (int m = 0; m < SIDES && p->index[s] != UINT32_MAX; m++)
            out[m] += start * f->x[p->index[s]][m];
    }
    for (int m = 0; m < SIDES; m++) out[m] = all > 0 ? out[m] / all : 0;
}

static double at_start(const problem *p, const double *x) {
    const hw__chain *c = p->chain;
    double sum = 0, all = 0;
    for (size_t s = 0; s < c->states.len; s++) {
        all += (double)c->states.at[s].start;
        if (p->index[s] != UINT32_MAX) sum += (double)c->states.at[s].start * x[p->index[s]];
    }
    return all > 0 ? sum / all : 0;
}

static double most_value(const problem *p) {
    double most = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        const hw__state *s = &p->chain->states.at[p->state[i]];
        double each = s->conversions ? (double)s->value / (double)s->conversions : 0;
        if (each < 0) each = -each;
        if (each > most) most = each;
    }
    return most;
}

static bool closed(double low, double high, double top) {
    return !(high - low > 1e-15 * top + 1e-14 * (high > 0 ? high : -high));
}

/* From 0 up and from the greatest down; where values may be negative, from -greatest too. */
static hw_status solve_sweeping(const problem *p, hw__arena *arena, double *probability,
                                double *value) {
    flat f;
    HW__TRY(flatten(p, arena, &f));
    double top = most_value(p);
    for (uint32_t i = 0; i < p->n; i++) {
        f.x[i][LOW] = 0;
        f.x[i][HIGH] = 1;
        f.x[i][VALUE_LOW] = -top;
        f.x[i][VALUE_HIGH] = top;
    }
    for (int n = 0; n < SWEEPS_MAX; n++) {
        sides at;
        sweep(p, &f);
        starts(p, &f, at);
        if (!closed(at[LOW], at[HIGH], 1) || !closed(at[VALUE_LOW], at[VALUE_HIGH], top)) continue;
        *probability = at[LOW] + (at[HIGH] - at[LOW]) / 2;
        *value = at[VALUE_LOW] + (at[VALUE_HIGH] - at[VALUE_LOW]) / 2;
        return HW_OK;
    }
    return HW_E_LIMIT;
}

static hw_status solve(const hw__chain *c, uint32_t without, hw__arena *arena, double *probability,
                       double *value) {
    problem p;
    HW__TRY(make_problem(c, without, arena, &p));
    if (p.n > DENSE_MAX) return solve_sweeping(&p, arena, probability, value);
    double *x = hw__arena_array(arena, p.n, sizeof *x), *v = hw__arena_array(arena, p.n, sizeof *v);
    if (!x || !v) return HW_E_NOMEM;
    HW__TRY(solve_dense(&p, arena, x, v));
    *probability = at_start(&p, x);
    *value = at_start(&p, v);
    return HW_OK;
}

hw_status hw__chain_solve(const hw__chain *c, uint32_t without, double *probability,
                          double *value) {
    hw__arena arena;
    hw__arena_init(&arena, &c->alloc);
    hw_status s = solve(c, without, &arena, probability, value);
    hw__arena_free(&arena);
    return s;
}
