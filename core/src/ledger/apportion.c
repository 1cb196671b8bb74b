#include "ledger/apportion.h"

/* a is served before b. */
static bool before(const hw_share_work *a, const hw_share_work *b) {
    return a->remainder > b->remainder || (a->remainder == b->remainder && a->index < b->index);
}

/* Restores the heap whose top is served first. */
static void sift(hw_share_work *w, size_t n, size_t i) {
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n) return;
        if (child + 1 < n && before(&w[child + 1], &w[child])) child++;
        if (!before(&w[child], &w[i])) return;
        hw_share_work t = w[i];
        w[i] = w[child];
        w[child] = t;
        i = child;
    }
}

void hw__apportion_rest(hw_share_work *work, size_t n, size_t left, int64_t *out) {
    if (!left) return;
    for (size_t i = n / 2; i-- > 0;) sift(work, n, i);
    for (; left && n; left--) {
        out[work[0].index]++;
        work[0] = work[--n];
        sift(work, n, 0);
    }
}

void hw_apportion(int64_t total, const uint64_t *weights, size_t n, hw_share_work *work,
                  int64_t *out) {
    uint64_t sum = 0, amount = total < 0 ? 0 - (uint64_t)total : (uint64_t)total, given = 0;
    for (size_t i = 0; i < n; i++) sum += weights[i];
    for (size_t i = 0; i < n; i++) {
        if (weights[i] == 0) {
            out[i] = 0;
            work[i] = (hw_share_work){0, (uint32_t)i};
            continue;
        }
        if (weights[i] == sum) {
            out[i] = (int64_t)amount;
            given = amount;
            work[i] = (hw_share_work){0, (uint32_t)i};
            continue;
        }
        hw__u128 product = (hw__u128)amount * weights[i];
        /* Most sums of money and most weights are small: 64 bits then do. */
        uint64_t share =
            product <= UINT64_MAX ? (uint64_t)product / sum : (uint64_t)(product / sum);
        out[i] = (int64_t)share;
        given += share;
        work[i] = (hw_share_work){(uint64_t)(product - (hw__u128)share * sum), (uint32_t)i};
    }
    hw__apportion_rest(work, n, (size_t)(amount - given), out);
    if (total < 0)
        for (size_t i = 0; i < n; i++) out[i] = -out[i];
}
