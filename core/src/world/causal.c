#include "world/causal.h"

#define DAY_MS 86400000.0
#define LN2 0.693147180559945309417
enum { FAST, SLOW, PACES };
static const double half_life[PACES] = {1, 4}; /* days */
static const double CHASE_DAYS = 2, SEASON_MAX = 1.4;
static const double SALES_MAX = 0.6; /* per day: the rate that candidates are drawn at */

enum { CANDIDATES_MAX = 2048, WANT = HW__PLANS_MAX, CALM, SALE };

/* Something that may happen at a moment; whether it does is settled by the life and its mark. */
typedef struct candidate {
    double at; /* days */
    double mark, second;
    uint8_t kind;        /* a plan, or WANT, CALM, SALE */
    double decay[PACES]; /* 2^-(time since the one before / half-life) */
    int64_t value;
} candidate;

typedef struct person {
    double reach, drive; /* how many ads one meets, how often one wants: the same people do both */
    uint32_t n;
    candidate c[CANDIDATES_MAX];
} person;

/* Weekends and the end of the window are busier: a fact of demand that touches share. */
static double season(double day, double days) {
    static const double week[7] = {0.95, 0.9, 0.95, 1.0, 1.1, 1.2, 1.0};
    return week[(int)day % 7] * (0.9 + 0.25 * day / days);
}

/* Knuth's product of uniforms; mean below 300. */
static uint32_t poisson(hw__rng *r, double mean) {
    uint32_t n = 0;
    double floor = hw__exp2(-mean / LN2), product = hw__rng_unit(r);
    for (; product > floor; n++) product *= hw__rng_unit(r);
    return n;
}

static int64_t order_value(hw__rng *r) {
    double bell = 0;
    for (int i = 0; i < 12; i++) bell += hw__rng_unit(r);
    return (int64_t)(24000.0 * hw__exp2((bell - 12.0) / 3.0)) * 10000 + 90000;
}

static void add(person *p, hw__rng *r, uint8_t kind, double rate, double days) {
    for (uint32_t k = poisson(r, rate * days); k > 0; k--) {
        candidate c = {.kind = kind, .at = days * hw__rng_unit(r)};
        c.mark = hw__rng_unit(r);
        c.second = hw__rng_unit(r);
        if (kind == SALE) c.value = order_value(r);
        if (p->n < CANDIDATES_MAX) p->c[p->n++] = c;
    }
}

/* Shell's sort; moments are as good as distinct, and a tie still sorts the same everywhere. */
static void sort(candidate *c, uint32_t n) {
    static const uint32_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
        for (uint32_t i = gaps[g]; i < n; i++) {
            candidate one = c[i];
            uint32_t k = i;
            for (; k >= gaps[g] && c[k - gaps[g]].at > one.at; k -= gaps[g]) c[k] = c[k - gaps[g]];
            c[k] = one;
        }
}

static double most(const hw__plan *p) {
    return p->always + p->wanting + p->chasing + 2 * p->aware;
}

static void conceive(const hw__causal *w, hw__rng *r, double days, person *p) {
    static const double drives[4] = {0.3, 0.6, 1.0, 2.1}, reaches[4] = {0.6, 0.8, 1.1, 1.5};
    uint64_t type = hw__rng_below(r, 4);
    /* Half of the people are as reachable as they are driven, the others are not. */
    uint64_t other = hw__rng_below(r, 2) ? type : hw__rng_below(r, 4);
    p->drive = drives[type];
    p->reach = reaches[other];
    p->n = 0;
    for (uint32_t i = 0; i < w->count; i++)
        add(p, r, (uint8_t)i, most(&w->plans[i]) * p->reach * SEASON_MAX, days);
    add(p, r, WANT, w->onset * p->drive, days);
    add(p, r, CALM, 1 / w->lasting, days);
    add(p, r, SALE, SALES_MAX, days);
    sort(p->c, p->n);
    for (uint32_t i = 0; i < p->n; i++)
        for (int k = 0; k < PACES; k++)
            p->c[i].decay[k] = i ? hw__exp2(-(p->c[i].at - p->c[i - 1].at) / half_life[k]) : 1;
}

typedef struct mood {
    bool wants;
    int stage;
    double visited;       /* day of the last visit to the site */
    double primed;        /* decaying count of touches that prime */
    double effect[PACES]; /* sales per day */
} mood;

static double rate_of_touch(const hw__plan *p, const mood *m, double now) {
    return p->always + (m->wants ? p->wanting : 0) +
           (now - m->visited < CHASE_DAYS ? p->chasing : 0) + p->aware * m->stage;
}

static double rate_of_sales(const hw__causal *w, const mood *m, double drive, double busy) {
    double effect = m->effect[FAST] + m->effect[SLOW];
    effect *= 1 + w->synergy * (m->primed < 1 ? m->primed : 1);
    if (w->full > 0) effect = w->full * effect / (w->full + effect);
    return busy * (w->base * drive + (m->wants ? w->wanted : 0) + w->staged[m->stage]) + effect;
}

static void meet(const hw__plan *p, mood *m, const candidate *c) {
    int pace = p->slow ? SLOW : FAST;
    m->effect[pace] += p->lift * LN2 / half_life[pace];
    if (p->primes) m->primed += 1;
    if (p->s.interaction != HW_IMPRESSION) m->visited = c->at;
    if (m->stage < 2 && c->second < p->moves[m->stage]) m->stage++;
}

enum { NOBODY = HW__PLANS_MAX, EVERYBODY };

/* Lives the candidates through without channel `muted`, or NOBODY, or EVERYBODY. */
static void live(const hw__causal *w, const person *p, double days, uint32_t muted,
                 int64_t start_ms, hw__life *out) {
    mood m = {.visited = -1000};
    out->touches = out->sales = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        const candidate *c = &p->c[i];
        for (int k = 0; k < PACES; k++) m.effect[k] *= c->decay[k];
        m.primed *= c->decay[SLOW];
        int64_t at = start_ms + (int64_t)(c->at * DAY_MS);
        double busy = season(c->at, days);
        if (c->kind == WANT) {
            m.wants = true;
        } else if (c->kind == CALM) {
            m.wants = false;
        } else if (c->kind == SALE) {
            if (c->mark * SALES_MAX >= rate_of_sales(w, &m, p->drive, busy)) continue;
            if (out->sales == HW__LIFE_SALES_MAX) continue;
            out->sale[out->sales].at = at;
            out->sale[out->sales++].value = c->value;
            if (w->sated) {
                m.wants = false;
                m.stage = 0;
            }
        } else if (c->kind != muted && muted != EVERYBODY) {
            const hw__plan *plan = &w->plans[c->kind];
            if (c->mark * most(plan) * SEASON_MAX >= busy * rate_of_touch(plan, &m, c->at))
                continue;
            meet(plan, &m, c);
            if (out->touches == HW__LIFE_TOUCHES_MAX) continue;
            out->touch[out->touches].at = at;
            out->touch[out->touches++].plan = c->kind;
        }
    }
}

static int64_t worth(const hw__life *l) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < l->sales; i++) sum += l->sale[i].value;
    return sum;
}

void hw__causal_live(const hw__causal *w, uint64_t seed, uint64_t number, int64_t start_ms,
                     uint32_t days, hw__life *out) {
    hw__rng r;
    person p;
    hw__rng_seed(&r, seed * UINT64_C(0x9e3779b97f4a7c15) + number);
    conceive(w, &r, days, &p);
    live(w, &p, days, NOBODY, start_ms, out);
    memset(out->caused, 0, sizeof out->caused);
    memset(out->caused_value, 0, sizeof out->caused_value);
    out->unasked = 0;
    out->unasked_value = 0;
    if (!out->sales) return; /* who buys nothing buys nothing with less */
    uint32_t met[HW__PLANS_MAX] = {0};
    for (uint32_t i = 0; i < out->touches; i++) met[out->touch[i].plan]++;
    hw__life without;
    live(w, &p, days, EVERYBODY, start_ms, &without);
    out->unasked = without.sales;
    out->unasked_value = worth(&without);
    for (uint32_t c = 0; c < w->count; c++) {
        if (!met[c]) continue;
        live(w, &p, days, c, start_ms, &without);
        out->caused[c] = (int32_t)out->sales - (int32_t)without.sales;
        out->caused_value[c] = worth(out) - worth(&without);
    }
}
