/* Models that weigh the ends of a path: position, J, custom, and with milestones W and Z. */
#include "model/rules.h"

typedef struct ends {
    const uint32_t *front, *back;
    size_t front_count, back_count;
    uint32_t rest;
} ends;

/* Front weights to the first touches, back weights to the last ones counted from the end (a touch
 * of both gets both), the rest evenly to the touches between; where none is between, evenly to all.
 * All times the number of touches that share the rest, so that weights stay whole. */
static void weigh_ends(const hw_path *path, const ends *e, uint64_t *weights) {
    size_t n = path->len;
    size_t covered = e->front_count + e->back_count;
    size_t between = n > covered ? n - covered : 0;
    uint64_t times = between ? between : n;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        bool inner = i >= e->front_count && n - 1 - i >= e->back_count;
        uint64_t w = inner || !between ? e->rest : 0;
        if (i < e->front_count) w += e->front[i] * times;
        if (n - 1 - i < e->back_count) w += e->back[n - 1 - i] * times;
        sum += weights[i] = w;
    }
    /* A short path can miss every place that has a weight: then no touch is told from another. */
    for (size_t i = 0; !sum && i < n; i++) weights[i] = 1;
}

static void u_shaped(const hw_path *path, uint32_t first, uint32_t middle, uint32_t last,
                     uint64_t *weights) {
    const ends e = {&first, &last, 1, 1, middle};
    weigh_ends(path, &e, weights);
}

HW__RULE(position) {
    u_shaped(path, params->first, params->middle, params->last, weights);
}

HW__RULE(j_shaped) {
    (void)params;
    u_shaped(path, 20, 20, 60, weights);
}

HW__RULE(inverse_j) {
    (void)params;
    u_shaped(path, 60, 20, 20, weights);
}

HW__RULE(custom) {
    const ends e = {params->front, params->back, params->front_count, params->back_count,
                    params->rest};
    weigh_ends(path, &e, weights);
}

/* `share` to each milestone (a touch may be several), `rest` evenly to the other touches. */
static void weigh_milestones(const hw_path *path, const size_t *milestone, size_t count,
                             uint64_t share, uint64_t rest, uint64_t *weights) {
    size_t n = path->len, others = n;
    memset(weights, 0, n * sizeof *weights);
    for (size_t i = 0; i < count; i++) others -= weights[milestone[i]]++ == 0;
    for (size_t i = 0; i < n; i++)
        weights[i] = weights[i] ? weights[i] * share * (others ? others : 1) : rest;
}

/* 30/30/30/10: first, lead, last, the rest. Unknown lead: the touch at n/2; n=2 then has two
 * places. */
HW__RULE(w_shaped) {
    (void)params;
    size_t n = path->len;
    const size_t at[] = {0, n - 1, path->lead < n ? path->lead : n / 2};
    weigh_milestones(path, at, n == 2 && path->lead >= n ? 2 : 3, 30, 10, weights);
}

/* 22.5 to each of first, lead, opportunity, last, 10 over the rest; unknown milestones: W, then U.
 */
HW__RULE(z_shaped) {
    size_t n = path->len;
    if (path->lead >= n) {
        u_shaped(path, 40, 20, 40, weights);
    } else if (path->opportunity >= n) {
        hw__weights_w_shaped(path, params, weights);
    } else {
        const size_t at[] = {0, n - 1, path->lead, path->opportunity};
        weigh_milestones(path, at, 4, 225, 100, weights);
    }
}
