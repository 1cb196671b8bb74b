#include "base/simplex.h"

enum { ROUNDS_MAX = 4000, RESTARTS_MAX = 12 };

typedef struct corner {
    double at[HW__SIMPLEX_MAX], height;
} corner;

typedef struct search {
    hw__height height;
    const void *ctx;
    uint32_t n, rounds;
    corner c[HW__SIMPLEX_MAX + 1]; /* the lowest first */
} search;

/* The point at center + by * (to - center). */
static corner probe(search *s, const double *center, const corner *to, double by) {
    corner p;
    for (uint32_t i = 0; i < s->n; i++) p.at[i] = center[i] + by * (to->at[i] - center[i]);
    p.height = s->height(s->ctx, p.at);
    s->rounds++;
    return p;
}

/* Into its place by height, behind its equals. */
static void settle(search *s, uint32_t k) {
    corner c = s->c[k];
    for (; k > 0 && c.height < s->c[k - 1].height; k--) s->c[k] = s->c[k - 1];
    s->c[k] = c;
}

static void step(search *s) {
    uint32_t n = s->n;
    double center[HW__SIMPLEX_MAX];
    for (uint32_t i = 0; i < n; i++) {
        center[i] = 0;
        for (uint32_t k = 0; k < n; k++) center[i] += s->c[k].at[i];
        center[i] /= n;
    }
    corner across = probe(s, center, &s->c[n], -1);
    if (across.height < s->c[0].height) {
        corner further = probe(s, center, &s->c[n], -2);
        s->c[n] = further.height < across.height ? further : across;
    } else if (across.height < s->c[n - 1].height) {
        s->c[n] = across;
    } else {
        bool outside = across.height < s->c[n].height;
        corner half = probe(s, center, &s->c[n], outside ? -0.5 : 0.5);
        if (half.height < (outside ? across.height : s->c[n].height)) {
            s->c[n] = half;
        } else {
            for (uint32_t k = 1; k <= n; k++) s->c[k] = probe(s, s->c[0].at, &s->c[k], 0.5);
            for (uint32_t k = 1; k < n; k++) settle(s, k);
        }
    }
    settle(s, n);
}

/* No corner is further than this from the lowest, nor higher than rounding. */
static bool at_rest(const search *s) {
    double low = s->c[0].height, size = low < 0 ? -low : low;
    if (s->c[s->n].height - low > 1e-14 * (1 + size)) {
        for (uint32_t k = 1; k <= s->n; k++)
            for (uint32_t i = 0; i < s->n; i++) {
                double by = s->c[k].at[i] - s->c[0].at[i];
                if (by > 1e-8 || by < -1e-8) return false;
            }
    }
    return true;
}

static void set_up(search *s, const double *start, double side) {
    for (uint32_t k = 0; k <= s->n; k++) {
        corner c;
        for (uint32_t i = 0; i < s->n; i++) c.at[i] = start[i] + (i + 1 == k ? side : 0);
        c.height = s->height(s->ctx, c.at);
        s->rounds++;
        s->c[k] = c;
        settle(s, k);
    }
}

void hw__simplex(hw__height height, const void *ctx, uint32_t n, const double *start,
                 hw__lowest *out) {
    search s = {.height = height, .ctx = ctx, .n = n};
    double from[HW__SIMPLEX_MAX], before = 0;
    for (uint32_t i = 0; i < n; i++) from[i] = start[i];
    out->settled = false;
    for (int k = 0; k < RESTARTS_MAX && s.rounds < ROUNDS_MAX && !out->settled; k++) {
        set_up(&s, from, k ? 0.25 : 1);
        while (s.rounds < ROUNDS_MAX && !at_rest(&s)) step(&s);
        double low = s.c[0].height, size = low < 0 ? -low : low;
        out->settled = k > 0 && s.rounds < ROUNDS_MAX && before - low <= 1e-11 * (1 + size);
        before = low;
        for (uint32_t i = 0; i < n; i++) from[i] = s.c[0].at[i];
    }
    for (uint32_t i = 0; i < n; i++) out->at[i] = from[i];
    out->height = s.c[0].height;
    out->rounds = s.rounds;
}
