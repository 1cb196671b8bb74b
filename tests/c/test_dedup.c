/* The windowed set against a list that is searched from end to end. */
#include "hw_test.h"

typedef struct seen {
    hw_key key;
    int64_t at;
} seen;

static void model(void) {
    hw_allocator a = hw_default_allocator();
    uint64_t s = seed("dedup");
    static seen list[20000];
    static hw_key keys[15000];
    static int64_t times[15000];
    static hw_verdict said[15000], together[15000];
    /* ms; so long that times pass 32 bits again and again; so long that windows do */
    const int64_t scales[] = {1, 600000, 1 << 20};
    for (int round = 0; round < 20; round++) {
        size_t n = 0;
        int64_t scale = scales[round % 3], newest = -1;
        int64_t window = (1 + upto(&s, 5000)) * scale, clock = 100000 * scale;
        uint32_t names = 1 + upto(&s, 3000);
        hw_dedup *d;
        CHECK(hw_dedup_create(&a, window, &d) == HW_OK);
        for (int i = 0; i < 15000 && !hw_bad; i++) {
            clock += upto(&s, 3) * scale;
            int64_t at = clock - upto(&s, (uint32_t)(window / scale) * 2) * scale;
            uint32_t name = upto(&s, names);
            hw_str part = {(const char *)&name, sizeof name};
            hw_key key = hw_key_of(&part, 1);
            if (upto(&s, 4) == 0) memset(key.bytes, 0, 8); /* many of one home slot */
            hw_verdict expected = HW_NEW, got;
            seen *slot = NULL;
            if (newest >= 0 && at <= newest - window)
                expected = HW_LATE;
            else
                for (size_t k = 0; k < n; k++)
                    if (memcmp(&list[k].key, &key, 16) == 0) {
                        slot = &list[k];
                        if (slot->at > (at > newest ? at : newest) - window)
                            expected = HW_DUPLICATE;
                    }
            if (expected == HW_NEW) {
                if (!slot) slot = &list[n++];
                *slot = (seen){key, at};
                if (at > newest) newest = at;
            }
            CHECK(hw_dedup_add(d, &key, at, &got) == HW_OK);
            CHECK_INT(got, expected);
            keys[i] = key;
            times[i] = at;
            said[i] = got;
        }
        hw_dedup *again;
        size_t judged;
        CHECK(hw_dedup_create(&a, window, &again) == HW_OK);
        for (size_t i = 0, some; i < 15000; i += some) {
            some = 1 + upto(&s, 15000 - (uint32_t)i);
            CHECK(hw_dedup_add_many(again, keys + i, times + i, some, together + i, &judged) ==
                      HW_OK &&
                  judged == some);
        }
        CHECK(memcmp(said, together, sizeof said) == 0);
        CHECK_INT(hw_dedup_count(again), hw_dedup_count(d));
        CHECK_INT(hw_dedup_memory(again), hw_dedup_memory(d));
        hw_dedup_destroy(again);
        CHECK(hw_dedup_count(d) > 0 && hw_dedup_memory(d) > 0);
        hw_dedup_destroy(d);
    }
}

static void memory_is_given_back(void) {
    hw_allocator a = hw_default_allocator();
    hw_dedup *d;
    CHECK(hw_dedup_create(&a, 1000, &d) == HW_OK);
    size_t most = 0;
    for (uint32_t i = 0; i < 300000; i++) {
        hw_str part = {(const char *)&i, sizeof i};
        hw_key key = hw_key_of(&part, 1);
        hw_verdict v;
        CHECK(hw_dedup_add(d, &key, i, &v) == HW_OK);
        if (hw_dedup_memory(d) > most) most = hw_dedup_memory(d);
    }
    CHECK(most < 450000); /* 1000 live keys in 256 segments, not 300000 keys */
    hw_dedup_destroy(d);
}

static void ranges(void) {
    hw_allocator a = hw_default_allocator();
    hw_dedup *d;
    hw_key key = {{0}};
    hw_verdict v;
    CHECK_INT(hw_dedup_create(&a, 0, &d), HW_E_ARG);
    CHECK_INT(hw_dedup_create(&a, INT64_MAX, &d), HW_E_ARG);
    CHECK(hw_dedup_create(&a, 10, &d) == HW_OK);
    CHECK_INT(hw_dedup_add(d, &key, -1, &v), HW_E_ARG);
    CHECK_INT(hw_dedup_add(d, &key, INT64_MAX, &v), HW_E_ARG);
    const hw_key two[2] = {{{1}}, {{2}}};
    const int64_t bad[2] = {1, -1};
    hw_verdict verdicts[2];
    size_t judged;
    CHECK_INT(hw_dedup_add_many(d, two, bad, 2, verdicts, &judged), HW_E_ARG);
    CHECK(judged == 1 && verdicts[0] == HW_NEW && hw_dedup_count(d) == 1);
    hw_dedup_destroy(d);
    hw_dedup_destroy(NULL);
}

int main(void) {
    RUN(model);
    RUN(memory_is_given_back);
    RUN(ranges);
    return hw_report();
}
