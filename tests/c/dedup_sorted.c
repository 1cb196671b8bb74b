/* Many random keys through the set, and the verdicts against sorted lists of the same keys: a key's
 * first arrival must be new, every later one a duplicate. Prints a line of JSON; fails on a
 * difference.
 *
 *   dedup_sorted KEYS
 *
 * Bytes a key: the most at any time from a million keys on, or at the end.
 * Keys are drawn from KEYS * 3/4 random ones, so that some come again and again. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "hw_test.h"

enum { BATCH = 256, PARTS = 16 };

typedef struct arrival {
    hw_key key;
    uint64_t index;
} arrival;

static uint64_t start;

static hw_key key_at(uint64_t i, uint64_t names) {
    uint64_t s = start + i;
    uint64_t name = start ^ (rnd(&s) % names) * UINT64_C(0xd1342543de82ef95);
    uint64_t half[2] = {rnd(&name), rnd(&name)};
    hw_key key;
    memcpy(key.bytes, half, sizeof half);
    return key;
}

static int by_key(const void *a, const void *b) {
    const arrival *x = a, *y = b;
    int order = memcmp(x->key.bytes, y->key.bytes, 16);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, names = n - n / 4 + 1;
    start = seed("dedup_sorted");
    hw_allocator a = hw_default_allocator();
    hw_dedup *d;
    if (hw_dedup_create(&a, INT64_C(28) * 86400000, &d) != HW_OK) return 1;
    uint8_t *duplicate = calloc((size_t)n / 8 + 1, 1);
    static hw_key keys[BATCH];
    static int64_t at[BATCH];
    static hw_verdict verdict[BATCH];
    double seconds = 0, most = 0;
    uint64_t unique = 0;
    for (uint64_t i = 0; i < n; i += BATCH) {
        size_t count = n - i < BATCH ? (size_t)(n - i) : BATCH, judged;
        for (size_t k = 0; k < count; k++) {
            keys[k] = key_at(i + k, names);
            at[k] = INT64_C(1790000000000) + (int64_t)((i + k) / 64);
        }
        double from = now();
        if (hw_dedup_add_many(d, keys, at, count, verdict, &judged) != HW_OK || judged != count)
            return 1;
        seconds += now() - from;
        for (size_t k = 0; k < count; k++) {
            if (verdict[k] == HW_LATE) return 1;
            unique += verdict[k] == HW_NEW;
            if (verdict[k] == HW_DUPLICATE) duplicate[(i + k) / 8] |= (uint8_t)(1 << (i + k) % 8);
        }
        double each = (double)hw_dedup_memory(d) / (double)hw_dedup_count(d);
        if ((unique > 1000000 || i + BATCH >= n) && each > most) most = each;
    }
    uint64_t false_positives = 0, false_negatives = 0, distinct = 0;
    arrival *list = malloc((size_t)(n / PARTS + n / 32 + 1000) * sizeof *list);
    double sorting = now();
    for (unsigned part = 0; part < PARTS && list; part++) {
        size_t len = 0;
        for (uint64_t i = 0; i < n; i++) {
            hw_key key = key_at(i, names);
            if (key.bytes[0] % PARTS == part) list[len++] = (arrival){key, i};
        }
        qsort(list, len, sizeof *list, by_key);
        for (size_t i = 0; i < len; i++) {
            bool again = i && memcmp(&list[i].key, &list[i - 1].key, 16) == 0;
            bool said = duplicate[list[i].index / 8] >> list[i].index % 8 & 1;
            distinct += !again;
            false_positives += said && !again;
            false_negatives += !said && again;
        }
    }
    sorting = now() - sorting;
    printf("{\"keys\":%" PRIu64 ",\"distinct\":%" PRIu64 ",\"keys_per_second\":%.0f,"
           "\"most_bytes_a_key\":%.2f,\"sorted_list_seconds\":%.2f,\"false_positives\":%" PRIu64
           ",\"false_negatives\":%" PRIu64 "}\n",
           n, distinct, (double)n / seconds, most, sorting, false_positives, false_negatives);
    CHECK(list && !false_positives && !false_negatives);
    CHECK(most <= 25 || unique < 1000000);
    CHECK(distinct == unique && distinct == hw_dedup_count(d));
    hw_dedup_destroy(d);
    free(duplicate);
    free(list);
    return hw_bad;
}
