#include "model/rules.h"

size_t hw__pick_first(const hw_path *path) {
    (void)path;
    return 0;
}

size_t hw__pick_last(const hw_path *path) {
    return path->len - 1;
}

/* The last touch whose channel has (or lacks) a flag; none: the last touch. */
static size_t last_with(const hw_path *path, uint8_t flag, bool has) {
    for (size_t i = path->len; i-- > 0;)
        if (((path->channel_flags[path->channel[i]] & flag) != 0) == has) return i;
    return path->len - 1;
}

size_t hw__pick_last_non_direct(const hw_path *path) {
    return last_with(path, HW_CHANNEL_DIRECT, false);
}

size_t hw__pick_last_paid(const hw_path *path) {
    return last_with(path, HW_CHANNEL_PAID, true);
}

size_t hw__pick_source_last(const hw_path *path) {
    return last_with(path, HW_CHANNEL_NAMED, true);
}

/* None of the source: the first touch. */
size_t hw__pick_source_first(const hw_path *path) {
    for (size_t i = 0; i < path->len; i++)
        if (path->channel_flags[path->channel[i]] & HW_CHANNEL_NAMED) return i;
    return 0;
}

#define PICKED(name)                                                                               \
    HW__RULE(name) {                                                                               \
        (void)params;                                                                              \
        memset(weights, 0, path->len * sizeof *weights);                                           \
        weights[hw__pick_##name(path)] = 1;                                                        \
    }

PICKED(first)
PICKED(last)
PICKED(last_non_direct)
PICKED(last_paid)
PICKED(source_first)
PICKED(source_last)

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
