#include "hw_test.h"

#include "base/json.h"

static void micros(void) {
    static const struct {
        const char *text;
        int64_t micros;
    } good[] = {{"0", 0},
                {"1", 1000000},
                {"-1.5", -1500000},
                {"+2", 2000000},
                {".5", 500000},
                {"5.", 5000000},
                {"100.01", 100010000},
                {"0.0000005", 1},
                {"0.00000049", 0},
                {"-0.0000005", -1},
                {"30.7346153846154", 30734615},
                {"1e3", 1000000000},
                {"1E+05", 100000000000},
                {"2.5e-1", 250000},
                {"1e-400", 0},
                {"0e999", 0},
                {"9007199254740.991", INT64_C(9007199254740991000)},
                {"1.000000000000000000000000000000001", 1000000},
                {"123456789012.345678901234567890", INT64_C(123456789012345679)}};
    static const char *const bad[] = {"",
                                      "-",
                                      ".",
                                      "1.2.3",
                                      "1x",
                                      "0x10",
                                      "1e",
                                      "1e+",
                                      "1 000",
                                      "1,00",
                                      "NaN",
                                      "inf",
                                      "--1",
                                      " 1",
                                      "1 ",
                                      "9007199254740.992",
                                      "1e99",
                                      "1e9999",
                                      "99999999999999999999999",
                                      "NA"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t n = -77;
        CHECK(hw__parse_micros(hw__str_of(good[i].text), &n));
        CHECK_INT(n, good[i].micros);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t n = 7;
        if (hw__parse_micros(hw__str_of(bad[i]), &n))
            fprintf(stderr, "taken for a number: %s\n", bad[i]), hw_bad = 1;
        CHECK_INT(n, 7);
    }
}

static void format(void) {
    static const struct {
        int64_t micros;
        const char *full, *shortest;
    } t[] = {{0, "0.000000", "0"},
             {1, "0.000001", "0.000001"},
             {-1500000, "-1.500000", "-1.5"},
             {100010000, "100.010000", "100.01"},
             {INT64_MIN, "-9223372036854.775808", "-9223372036854.775808"},
             {INT64_MAX, "9223372036854.775807", "9223372036854.775807"}};
    char b[32];
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        CHECK_STR(((hw_str){b, hw__format_micros(t[i].micros, false, b)}), t[i].full);
        CHECK_STR(((hw_str){b, hw__format_micros(t[i].micros, true, b)}), t[i].shortest);
    }
}

static void times(void) {
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"0", 0},
                {"1767225600", INT64_C(1767225600000)},
                {"1767225600.25", INT64_C(1767225600250)},
                {"1767225600123", INT64_C(1767225600123)},
                {"1767225600123456", INT64_C(1767225600123)},
                {"1970-01-01", 0},
                {"2026-01-01", INT64_C(1767225600000)},
                {"2026-01-01T00:00:00Z", INT64_C(1767225600000)},
                {"2026-01-01T01:00:00+01:00", INT64_C(1767225600000)},
                {"2025-12-31T19:00:00-0500", INT64_C(1767225600000)},
                {"2026-01-01 00:00:00.5", INT64_C(1767225600500)},
                {"2026-01-01 00:00:00 UTC", INT64_C(1767225600000)},
                {"2026-01-01 00:00", INT64_C(1767225600000)},
                {"2024-02-29", INT64_C(1709164800000)},
                {"2026-01-01T00:00:00.123456z", INT64_C(1767225600123)}};
    static const char *const bad[] = {"",
                                      "now",
                                      "-5",
                                      "2026-13-01",
                                      "2026-02-29",
                                      "2026-00-10",
                                      "2026-01-32",
                                      "2026-1-1",
                                      "1969-12-31",
                                      "2026-01-01T24:00",
                                      "2026-01-01T10:61",
                                      "2026-01-01T10:00:00.",
                                      "2026-01-01T10:00:00+25:00",
                                      "2026-01-01x",
                                      "2026-01-01T10:00:00 CET",
                                      "123456789012345678",
                                      "12345678901234567x",
                                      "2100-02-29"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t ms = -1;
        CHECK(hw__parse_time(hw__str_of(good[i].text), &ms));
        CHECK_INT(ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t ms;
        if (hw__parse_time(hw__str_of(bad[i]), &ms))
            fprintf(stderr, "taken for a time: %s\n", bad[i]), hw_bad = 1;
    }
}

/* vectors_sip128[0..8] of the reference implementation: key 00..0f, input 00, 00 01, … */
static void sip(void) {
    static const char *const expected[] = {
        "a3817f04ba25a8e66df67214c7550293", "da87c1d86b99af44347659119b22fc45",
        "8177228da4a45dc7fca38bdef60affe4", "9c70b60c5267a94e5f33b6b02985ed51",
        "f88164c12d9c8faf7d0f6e7c7bcd5579"};
    uint8_t in[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (size_t n = 0; n < sizeof expected / sizeof *expected; n++) {
        hw__sip s;
        hw_key key;
        char hex[32];
        hw__sip_init_keyed(&s, UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908));
        hw__sip_add(&s, in, n);
        hw__sip_end(&s, key.bytes);
        hw_key_hex(&key, hex);
        CHECK_STR(((hw_str){hex, 32}), expected[n]);
    }
    /* Cut anywhere, the answer is one. */
    uint8_t text[100];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)(i * 7);
    hw_key whole, parts;
    hw__sip s;
    hw__sip_init(&s);
    hw__sip_add(&s, text, sizeof text);
    hw__sip_end(&s, whole.bytes);
    for (size_t a = 0; a <= sizeof text; a += 3)
        for (size_t b = a; b <= sizeof text; b += 5) {
            hw__sip_init(&s);
            hw__sip_add(&s, text, a);
            hw__sip_add(&s, text + a, b - a);
            hw__sip_add(&s, text + b, sizeof text - b);
            hw__sip_end(&s, parts.bytes);
            CHECK(memcmp(&whole, &parts, 16) == 0);
        }
}

static void keys(void) {
    hw_key a = hw_event_key(HW_STR("shop"), HW_STR("purchase"), HW_STR("1"));
    hw_key b = hw_event_key(HW_STR("shop"), HW_STR("purchase1"), HW_STR(""));
    hw_key c = hw_content_key(HW_STR("shop"), HW_STR("purchase"), HW_STR("1"), NULL, 0);
    hw_str one[] = {HW_STR("x")};
    hw_key d = hw_content_key(HW_STR("shop"), HW_STR("purchase"), HW_STR("1"), one, 1);
    CHECK(memcmp(&a, &b, 16) && memcmp(&a, &c, 16) && memcmp(&c, &d, 16));
    char hex[32];
    hw_key_hex(&a, hex);
    CHECK_STR(((hw_str){hex, 32}), "556df379095087d5d3632c9bd1ca15b7"); /* keys outlive releases */
}

/* The bits themselves: a compiler that contracts or reorders fails here. */
static void exp2_bits(void) {
    static const struct {
        double x;
        uint64_t bits;
    } t[] = {{0, UINT64_C(0x3ff0000000000000)},    {-1, UINT64_C(0x3fe0000000000000)},
             {-52, UINT64_C(0x3cb0000000000000)},  {-1022, UINT64_C(0x0010000000000000)},
             {-0.5, UINT64_C(0x3fe6a09e667f3bcc)}, {-1100, 0}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        double y = hw__exp2(t[i].x);
        uint64_t bits;
        memcpy(&bits, &y, sizeof bits);
        CHECK_INT(bits, t[i].bits);
    }
    double product = hw__exp2(-0.3) * hw__exp2(-0.7), low = 1;
    CHECK(product > 0.5 - 1e-15 && product < 0.5 + 1e-15);
    for (int i = 1; i < 4000; i++) { /* never rises */
        double y = hw__exp2(-i / 64.0);
        CHECK(y <= low && y > 0);
        low = y;
    }
    CHECK(hw__exp2(3) == 1.0); /* out of its range: a weight is never above 1 */
}

static void log_bits(void) {
    static const struct {
        double x;
        uint64_t bits;
    } t[] = {{1, 0},
             {2, UINT64_C(0x3fe62e42fefa39ef)},
             {0.1, UINT64_C(0xc0026bb1bbb55515)},
             {1e-300, UINT64_C(0xc085963447f87fb5)},
             {3, UINT64_C(0x3ff193ea7aad030a)}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        double y = hw__log(t[i].x);
        uint64_t bits;
        memcpy(&bits, &y, sizeof bits);
        CHECK_INT(bits, t[i].bits);
    }
    double low = hw__log(0);
    CHECK(low < -708);
    for (int i = 1; i < 5000; i++) { /* rises, and undoes hw__exp2 */
        double y = hw__log(i / 1000.0), back = hw__exp2(y / 0.693147180559945309417);
        CHECK(y > low);
        low = y;
        if (i <= 1000) CHECK(back > i / 1000.0 * (1 - 1e-14) && back < i / 1000.0 * (1 + 1e-14));
    }
}

static void interning(void) {
    hw_allocator a = hw_default_allocator();
    hw__intern in;
    hw__intern_init(&in, &a);
    CHECK_INT(hw__intern_find(&in, HW_STR("x")), UINT32_MAX);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            char text[16];
            uint32_t id = 9;
            int n = snprintf(text, sizeof text, "n%u", i);
            CHECK(hw__intern_put(&in, (hw_str){text, (size_t)n}, &id) == HW_OK);
            CHECK_INT(id, i);
        }
    CHECK_INT(hw__intern_find(&in, HW_STR("n77")), 77);
    CHECK_INT(hw__intern_find(&in, HW_STR("nope")), UINT32_MAX);
    hw__intern_free(&in);
}

static void arena(void) {
    hw_allocator a = hw_default_allocator();
    hw__arena r;
    hw__arena_init(&r, &a);
    hw__arena_reset(&r);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 300; i++) {
            uint8_t *p = hw__arena_alloc(&r, i * 37);
            CHECK(p && ((uintptr_t)p & 7) == 0);
            memset(p, (int)i, i * 37);
        }
        hw__arena_reset(&r);
    }
    CHECK(hw__arena_array(&r, SIZE_MAX / 2, 8) == NULL);
    CHECK(hw__arena_alloc(&r, SIZE_MAX) == NULL);
    hw__arena_free(&r);
}

static void json(void) {
    char b[200];
    hw__json j = {.at = b, .cap = sizeof b};
    hw__json_open(&j, '{');
    hw__json_key(&j, "a\"");
    hw__json_str(&j, HW_STR("q\"\\\n\x7f\xc3\xa9"));
    hw__json_key(&j, "n");
    hw__json_open(&j, '[');
    hw__json_int(&j, -5);
    hw__json_micros(&j, 2500000, true);
    hw__json_micros(&j, 2500000, false);
    hw__json_close(&j, ']');
    hw__json_close(&j, '}');
    CHECK_STR(((hw_str){b, j.len}),
              "{\"a\\\"\":\"q\\\"\\\\\\u000a\\u007f\xc3\xa9\",\"n\":[-5,2.5,2.500000]}");
    hw__json small = {.at = b, .cap = 3};
    hw__json_str(&small, HW_STR("longer"));
    CHECK_INT(small.len, 8);
    CHECK(memcmp(b, "\"lo", 3) == 0);
}

static void texts(void) {
    char b[8];
    hw__text t = {b, 0, sizeof b};
    hw__text_z(&t, "abcde");
    hw__text_z(&t, "\xc3\xa9\xc3\xa9"); /* only one of the two fits whole */
    CHECK_STR(((hw_str){b, t.len}), "abcde\xc3\xa9");
    hw_error err;
    CHECK_INT(HW__FAIL(&err, HW_E_CSV, 3, 2, "a", "b"), HW_E_CSV);
    CHECK_STR(hw__str_of(err.message), "ab");
    CHECK_INT(HW__FAIL(NULL, HW_E_CSV, 3, 2, "a"), HW_E_CSV);
    CHECK_STR(hw__str_of(hw_status_name(HW_E_CSV)), "HW_E_CSV");
    CHECK_STR(hw__str_of(hw_status_name((hw_status)999)), "HW_E_UNKNOWN");
    CHECK(strlen(hw_status_text(HW_E_CSV)) && strlen(hw_status_text((hw_status)999)) &&
          strlen(hw_version()));
}

int main(void) {
    RUN(micros);
    RUN(format);
    RUN(times);
    RUN(sip);
    RUN(keys);
    RUN(exp2_bits);
    RUN(log_bits);
    RUN(interning);
    RUN(arena);
    RUN(json);
    RUN(texts);
    return hw_report();
}
