/* Largest remainder against long division, and its promises on random splits. */
#include "hw_test.h"

static void ties(void) {
    uint64_t w[3] = {1, 1, 1};
    hw_share_work work[3];
    int64_t out[3];
    hw_apportion(100010000, w, 3, work, out);
    CHECK_INT(out[0], 33336667);
    CHECK_INT(out[1], 33336667);
    CHECK_INT(out[2], 33336666);
    hw_apportion(-100010000, w, 3, work, out);
    CHECK_INT(out[0], -33336667);
    CHECK_INT(out[2], -33336666);
    uint64_t one[3] = {0, 7, 0};
    hw_apportion(5, one, 3, work, out);
    CHECK_INT(out[0], 0);
    CHECK_INT(out[1], 5);
}

/* The same by hand: exact quotients, then the largest remainders one by one. */
static void naive(int64_t total, const uint64_t *w, size_t n, int64_t *out) {
    hw__u128 sum = 0;
    uint64_t rest[64];
    int64_t given = 0;
    for (size_t i = 0; i < n; i++) sum += w[i];
    for (size_t i = 0; i < n; i++) {
        out[i] = (int64_t)((hw__u128)(uint64_t)total * w[i] / sum);
        rest[i] = (uint64_t)((hw__u128)(uint64_t)total * w[i] % sum);
        given += out[i];
    }
    for (; given < total; given++) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (rest[i] > rest[best]) best = i;
        out[best]++;
        rest[best] = 0; /* fewer are left over than have a remainder */
    }
}

static void random_splits(void) {
    uint64_t s = seed("apportion");
    for (int round = 0; round < 200000 && !hw_bad; round++) {
        size_t n = 1 + upto(&s, 12);
        uint64_t w[64];
        hw_share_work work[64];
        int64_t out[64], expected[64], sum = 0;
        for (size_t i = 0; i < n; i++) w[i] = rnd(&s) >> (4 + upto(&s, 60));
        w[upto(&s, (uint32_t)n)] += 1;
        int64_t total = (int64_t)(rnd(&s) >> (1 + upto(&s, 62)));
        hw_apportion(total, w, n, work, out);
        naive(total, w, n, expected);
        for (size_t i = 0; i < n; i++) {
            CHECK_INT(out[i], expected[i]);
            if (!w[i]) CHECK_INT(out[i], 0);
            sum += out[i];
        }
        CHECK_INT(sum, total);
    }
}

int main(void) {
    RUN(ties);
    RUN(random_splits);
    return hw_report();
}
