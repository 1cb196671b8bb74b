#include "hw_test.h"

static const char *const names[] = {"", "email", "ads", "organic", "a,b", "\xc3\xa9t\xc3\xa9"};

static hw_str name(uint64_t *s) {
    return hw__str_of(names[upto(s, 6)]);
}

static hw_ledger_row random_row(uint64_t *s) {
    return (hw_ledger_row){.day = (int32_t)upto(s, 5) - 2,
                           .basis = (hw_basis)upto(s, 2),
                           .action = name(s),
                           .model = name(s),
                           .source = {name(s), name(s), name(s), name(s), name(s), name(s)},
                           .conversions = (int64_t)upto(s, 2000001) - 1000000,
                           .value = (int64_t)(rnd(s) >> 20) - (1 << 20)};
}

static hw_ledger *make(uint64_t shard) {
    hw_allocator a = hw_default_allocator();
    hw_ledger *l = NULL;
    CHECK(hw_ledger_create(&a, shard, &l) == HW_OK);
    return l;
}

static uint8_t *save(const hw_ledger *l, size_t *len) {
    CHECK_INT(hw_ledger_save(l, NULL, 0, len), HW_E_BUFFER);
    uint8_t *b = malloc(*len);
    CHECK(hw_ledger_save(l, b, *len, len) == HW_OK);
    return b;
}

static void check_same(const hw_ledger *x, const hw_ledger *y) {
    size_t nx, ny;
    uint8_t *bx = save(x, &nx), *by = save(y, &ny);
    CHECK_INT(nx, ny);
    CHECK(nx == ny && memcmp(bx, by, nx) == 0);
    free(bx);
    free(by);
}

static void order_does_not_matter(void) {
    uint64_t s = seed("ledger");
    for (int round = 0; round < 50; round++) {
        hw_ledger_row rows[200];
        hw_ledger *x = make(7), *y = make(7);
        for (int i = 0; i < 200; i++) rows[i] = random_row(&s);
        for (int i = 0; i < 200; i++) CHECK(hw_ledger_add(x, &rows[i]) == HW_OK);
        for (int i = 200; i-- > 0;) CHECK(hw_ledger_add(y, &rows[i]) == HW_OK);
        check_same(x, y);
        hw_ledger_destroy(x);
        hw_ledger_destroy(y);
    }
}

/* Parts of shards at sequences, merged in any order, grouping and number. */
static void merging(void) {
    uint64_t s = seed("merge");
    for (int round = 0; round < 40; round++) {
        enum { N = 6 };
        hw_ledger *part[N];
        for (int i = 0; i < N; i++) {
            part[i] = make((uint64_t)(i % 4));
            hw_ledger_set_sequence(part[i], (uint64_t)i + 1);
            for (uint32_t k = upto(&s, 30); k; k--) {
                hw_ledger_row r = random_row(&s);
                CHECK(hw_ledger_add(part[i], &r) == HW_OK);
            }
        }
        hw_ledger *forth = make(0), *back = make(0), *left = make(0), *right = make(0);
        for (int i = 0; i < N; i++) CHECK(hw_ledger_merge(forth, part[i]) == HW_OK);
        for (int i = N; i-- > 0;) CHECK(hw_ledger_merge(back, part[i]) == HW_OK);
        for (int i = 0; i < N; i++) CHECK(hw_ledger_merge(i < 3 ? left : right, part[i]) == HW_OK);
        CHECK(hw_ledger_merge(right, left) == HW_OK);
        check_same(forth, back);
        check_same(forth, right);
        CHECK(hw_ledger_merge(forth, back) == HW_OK); /* again: nothing changes */
        check_same(forth, back);
        hw_ledger *all[] = {forth, back, left, right};
        for (int i = 0; i < 4; i++) hw_ledger_destroy(all[i]);
        for (int i = 0; i < N; i++) hw_ledger_destroy(part[i]);
    }
}

static void bytes(void) {
    uint64_t s = seed("bytes");
    hw_allocator a = hw_default_allocator();
    hw_ledger *l = make(3), *copy = NULL;
    for (int i = 0; i < 40; i++) {
        hw_ledger_row r = random_row(&s);
        CHECK(hw_ledger_add(l, &r) == HW_OK);
    }
    hw_ledger_row zero = random_row(&s);
    zero.conversions = zero.value = 0;
    zero.action = HW_STR("only zeros");
    CHECK(hw_ledger_add(l, &zero) == HW_OK);
    size_t n;
    uint8_t *b = save(l, &n);
    CHECK(hw_ledger_load(&a, 3, b, n, &copy) == HW_OK);
    check_same(l, copy);
    CHECK_INT(hw_ledger_count(copy), hw_ledger_count(l) - 1);
    hw_ledger_row row;
    hw_ledger_row_at(copy, 0, &row);
    CHECK(row.conversions || row.value);
    hw_ledger_destroy(copy);
    /* One flipped bit anywhere, or a byte less: refused, nothing made. */
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            b[i] ^= (uint8_t)(1 << bit);
            hw_ledger *none = NULL;
            CHECK(hw_ledger_load(&a, 3, b, n, &none) != HW_OK && !none);
            b[i] ^= (uint8_t)(1 << bit);
        }
    for (size_t i = 0; i < n; i++) {
        hw_ledger *none = NULL;
        CHECK(hw_ledger_load(&a, 3, b, i, &none) != HW_OK && !none);
    }
    free(b);
    hw_ledger_clear(l);
    CHECK_INT(hw_ledger_count(l), 0);
    CHECK(hw_ledger_add(l, &zero) == HW_OK);
    CHECK_INT(hw_ledger_count(l), 1);
    hw_ledger_destroy(l);
    hw_ledger_destroy(NULL);
}

static void overflow(void) {
    uint64_t s = 1;
    hw_ledger *l = make(0);
    hw_ledger_row r = random_row(&s);
    r.value = INT64_MAX;
    CHECK(hw_ledger_add(l, &r) == HW_OK);
    CHECK_INT(hw_ledger_add(l, &r), HW_E_OVERFLOW);
    hw_ledger_row back;
    hw_ledger_row_at(l, 0, &back);
    CHECK_INT(back.value, INT64_MAX);
    hw_ledger_destroy(l);
}

int main(void) {
    RUN(order_does_not_matter);
    RUN(merging);
    RUN(bytes);
    RUN(overflow);
    return hw_report();
}
