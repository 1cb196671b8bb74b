#include "model/rules.h"

static void only(const hw_path *path, size_t at, uint64_t *weights) {
    memset(weights, 0, path->len * sizeof *weights);
    weights[at] = 1;
}

HW__RULE(first) {
    (void)params;
    only(path, 0, weights);
}

HW__RULE(last) {
    (void)params;
    only(path, path->len - 1, weights);
}

/* The last touch whose channel has (or lacks) a flag; none: the last touch. */
static size_t last_with(const hw_path *path, uint8_t flag, bool has) {
    for (size_t i = path->len; i-- > 0;)
        if (((path->channel_flags[path->channel[i]] & flag) != 0) == has) return i;
    return path->len - 1;
}

HW__RULE(last_non_direct) {
    (void)params;
    only(path, last_with(path, HW_CHANNEL_DIRECT, false), weights);
}

HW__RULE(last_paid) {
    (void)params;
    only(path, last_with(path, HW_CHANNEL_PAID, true), weights);
}

HW__RULE(source_last) {
    (void)params;
    only(path, last_with(path, HW_CHANNEL_NAMED, true), weights);
}

/* None of the source: the first touch. */
HW__RULE(source_first) {
    (void)params;
    size_t at = 0;
    while (at < path->len && !(path->channel_flags[path->channel[at]] & HW_CHANNEL_NAMED)) at++;
    only(path, at < path->len ? at : 0, weights);
}

HW__RULE(linear) {
    (void)params;
    for (size_t i = 0; i < path->len; i++) weights[i] = 1;
}

/* 1/u to each of u distinct channels, split evenly over the channel's touches. The scale holds
 * every count up to 16 exactly, and others to 2^-43. */
HW__RULE(linear_unique) {
    (void)params;
    const uint64_t scale = UINT64_C(720720) << 24;
    for (size_t i = 0; i < path->len; i++) path->scratch[path->channel[i]]++;
    for (size_t i = 0; i < path->len; i++) weights[i] = scale / path->scratch[path->channel[i]];
    for (size_t i = 0; i < path->len; i++) path->scratch[path->channel[i]] = 0;
}

/* 2^(-age / half-life), told from the youngest touch, so that old journeys keep their shape. */
HW__RULE(time_decay) {
    size_t n = path->len;
    int bits = 52; /* exact doubles; fewer for so many touches that the sum would leave 63 bits */
    for (size_t k = n >> 10; k; k >>= 1) bits--;
    double scale = (double)(UINT64_C(1) << bits);
    int64_t youngest = path->age_ms[n - 1];
    for (size_t i = 0; i < n; i++)
        if (path->age_ms[i] < youngest) youngest = path->age_ms[i];
    for (size_t i = 0; i < n; i++) {
        double age = (double)(path->age_ms[i] - youngest);
        weights[i] = (uint64_t)(hw__exp2(-age / (double)params->half_life_ms) * scale);
    }
}
