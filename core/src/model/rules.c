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

/* The last touch that is not direct; all direct: the last touch. */
HW__RULE(last_non_direct) {
    (void)params;
    size_t at = path->len - 1;
    for (size_t i = path->len; i-- > 0;)
        if (!(path->channel_flags[path->channel[i]] & HW_CHANNEL_DIRECT)) {
            at = i;
            break;
        }
    only(path, at, weights);
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

/* n=1: all; n=2: half of the middle to each side; n>=3: first, middle/(n-2) each, last. Times n-2,
 * so that the weights are whole. */
HW__RULE(position) {
    size_t n = path->len;
    if (n == 1) {
        weights[0] = 1;
        return;
    }
    if (n == 2) {
        weights[0] = 2 * (uint64_t)params->first + params->middle;
        weights[1] = 2 * (uint64_t)params->last + params->middle;
        return;
    }
    for (size_t i = 0; i < n; i++) weights[i] = params->middle;
    weights[0] = (uint64_t)params->first * (n - 2);
    weights[n - 1] = (uint64_t)params->last * (n - 2);
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
