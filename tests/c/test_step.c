#include "hw_test.h"

#define DAY INT64_C(86400000)
#define T0 (20000 * DAY)

static hw_step_config config(void) {
    hw_step_config c = {.params = hw_model_defaults(),
                        .lookback_click_ms = 30 * DAY,
                        .lookback_impression_ms = DAY,
                        .dedup_window_ms = 28 * DAY,
                        .retention_ms = 400 * DAY,
                        .session_ms = 1800000,
                        .touch_cap = 50,
                        .key_cap = 1000};
    for (size_t i = 0; hw_model_at(i) && c.model_count < HW_STEP_MODELS_MAX; i++)
        if (hw_model_at(i)->weights && !hw_model_at(i)->whole)
            c.models[c.model_count++] = hw_model_at(i);
    return c;
}

/* A person with a journey in hand. */
typedef struct world {
    hw_stepper *stepper;
    hw_ledger *ledger;
    uint8_t *blob;
    size_t len;
    hw_step_result last;
} world;

static world open_world(const hw_step_config *c) {
    hw_allocator a = hw_default_allocator();
    world w = {.len = 0};
    CHECK(hw_stepper_create(&a, c, &w.stepper) == HW_OK);
    CHECK(hw_ledger_create(&a, 1, &w.ledger) == HW_OK);
    return w;
}

static void close_world(world *w) {
    hw_stepper_destroy(w->stepper);
    hw_ledger_destroy(w->ledger);
    free(w->blob);
}

static hw_status step(world *w, const hw_event *e, size_t n, int64_t now) {
    hw_status s = hw_stepper_step(w->stepper, w->blob, w->len, e, n, now, w->ledger, &w->last);
    if (s == HW_OK && w->last.blob) {
        free(w->blob);
        w->len = w->last.blob_len;
        w->blob = malloc(w->len);
        memcpy(w->blob, w->last.blob, w->len);
    }
    return s;
}

static hw_key key(const char *kind, uint32_t n) {
    hw_str parts[] = {hw__str_of(kind), {(const char *)&n, sizeof n}};
    return hw_key_of(parts, 2);
}

static hw_event touch(uint32_t id, const char *channel, int64_t at) {
    return (hw_event){.key = key("event", id),
                      .at_ms = at,
                      .day = (int32_t)(at / DAY),
                      .interaction = HW_CLICK,
                      .source = {.channel = hw__str_of(channel), .source = hw__str_of(channel)}};
}

static hw_event_conversion the_order(uint32_t order, int64_t value) {
    return (hw_event_conversion){
        .action = HW_STR("purchase"), .value = value, .order = key("order", order), .has_order = 1};
}

static hw_event conversion(uint32_t id, const hw_event_conversion *c, int64_t at) {
    return (hw_event){.key = key("event", id),
                      .at_ms = at,
                      .day = (int32_t)(at / DAY),
                      .conversions = c,
                      .conversion_count = 1};
}

static int64_t credit(const world *w, const char *model, const char *channel, hw_basis basis,
                      bool value) {
    int64_t sum = 0;
    for (size_t i = 0; i < hw_ledger_count(w->ledger); i++) {
        hw_ledger_row r;
        hw_ledger_row_at(w->ledger, i, &r);
        if (r.basis == basis && hw__str_eq(r.model, hw__str_of(model)) &&
            (!channel || hw__str_eq(r.source.channel, hw__str_of(channel))))
            sum += value ? r.value : r.conversions;
    }
    return sum;
}

#define VALUE(model, channel) credit(&w, model, channel, HW_BASIS_CONVERSION, true)

static void one_order(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    hw_event_conversion order = the_order(1, 100010000);
    hw_event e[] = {touch(1, "facebook", T0), touch(2, "google", T0 + DAY),
                    touch(3, "newsletter", T0 + 2 * DAY), conversion(4, &order, T0 + 3 * DAY)};
    CHECK(step(&w, e, 4, T0 + 3 * DAY) == HW_OK);
    for (int i = 0; i < 4; i++) CHECK_INT(w.last.outcomes[i], HW_ACCEPTED);
    CHECK_INT(w.last.counted[3], 1);
    for (uint32_t m = 0; m < c.model_count; m++)
        for (int basis = 0; basis < 2; basis++) {
            CHECK_INT(credit(&w, c.models[m]->name, NULL, (hw_basis)basis, true), 100010000);
            CHECK_INT(credit(&w, c.models[m]->name, NULL, (hw_basis)basis, false), 1000000);
        }
    CHECK_INT(VALUE("first", "facebook"), 100010000);
    CHECK_INT(VALUE("last", "newsletter"), 100010000);
    CHECK_INT(VALUE("linear", "newsletter"), 33336666);
    CHECK_INT(VALUE("position", "google"), 20002000);
    /* All of it again: duplicates, and not a byte changes. */
    size_t rows = hw_ledger_count(w.ledger);
    CHECK(step(&w, e, 4, T0 + 4 * DAY) == HW_OK);
    for (int i = 0; i < 4; i++) CHECK_INT(w.last.outcomes[i], HW_DUPLICATE_EVENT);
    CHECK(!w.last.blob);
    CHECK_INT(hw_ledger_count(w.ledger), rows);
    CHECK_INT(VALUE("first", "facebook"), 100010000);
    /* The same order by another event. */
    hw_event server = conversion(5, &order, T0 + 3 * DAY + 5);
    CHECK(step(&w, &server, 1, T0 + 4 * DAY) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_DUPLICATE_ORDER);
    CHECK_INT(VALUE("linear", NULL), 100010000);
    close_world(&w);
}

static void late_touch(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    hw_event_conversion order = the_order(1, 90000000);
    hw_event e[] = {touch(1, "a", T0), conversion(2, &order, T0 + 2 * DAY)};
    CHECK(step(&w, e, 2, T0 + 2 * DAY) == HW_OK);
    hw_event late = touch(3, "b", T0 + DAY);
    CHECK(step(&w, &late, 1, T0 + 5 * DAY) == HW_OK);
    CHECK_INT(VALUE("last", "a"), 0);
    CHECK_INT(VALUE("last", "b"), 90000000);
    CHECK_INT(VALUE("linear", "a"), 45000000);
    CHECK_INT(VALUE("linear", NULL), 90000000);
    hw_event after = touch(4, "c", T0 + 3 * DAY); /* behind the conversion: no claim */
    CHECK(step(&w, &after, 1, T0 + 5 * DAY) == HW_OK);
    CHECK_INT(VALUE("last", "b"), 90000000);
    hw_event same = touch(5, "d", T0 + 2 * DAY); /* same instant, later in sequence */
    CHECK(step(&w, &same, 1, T0 + 5 * DAY) == HW_OK);
    CHECK_INT(VALUE("last", "b"), 90000000);
    close_world(&w);
}

static void windows(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    hw_event view = touch(1, "view", T0 - DAY - 1), click = touch(2, "click", T0 - 30 * DAY - 1);
    view.interaction = HW_IMPRESSION;
    hw_event_conversion order = the_order(1, 5000000);
    hw_event e[] = {click, view, conversion(3, &order, T0)};
    CHECK(step(&w, e, 3, T0) == HW_OK);
    CHECK_INT(VALUE("linear", "Direct"),
              5000000); /* nothing in time: credited to Direct, not lost */
    hw_event in1 = touch(4, "click", T0 - 30 * DAY), in2 = touch(5, "view", T0 - DAY);
    in2.interaction = HW_IMPRESSION;
    hw_event more[] = {in1, in2};
    CHECK(step(&w, more, 2, T0) == HW_OK);
    CHECK_INT(VALUE("linear", "Direct"), 0);
    CHECK_INT(VALUE("linear", "click"), 2500000);
    CHECK_INT(VALUE("linear", "view"), 2500000);
    close_world(&w);
}

static void direct_in_session(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    hw_event d1 = touch(2, "Direct", T0 + 60000), d2 = touch(3, "Direct", T0 + DAY);
    hw_event_conversion order = the_order(1, 6000000);
    hw_event e[] = {touch(1, "ads", T0), d1, d2, conversion(4, &order, T0 + DAY + 1)};
    CHECK(step(&w, e, 4, T0 + DAY + 1) == HW_OK);
    CHECK_INT(VALUE("linear", "ads"), 3000000);
    CHECK_INT(VALUE("last", "Direct"), 6000000);
    CHECK_INT(VALUE("last_non_direct", "ads"), 6000000);
    /* The export tells which touches count. */
    hw_allocator a = hw_default_allocator();
    static char json[10000];
    size_t n = 0;
    CHECK(hw_journey_json(&a, w.blob, w.len, c.session_ms, c.models, c.model_count, json,
                          sizeof json - 1, &n) == HW_OK);
    const char *first = strstr(json, "\"counts\":true"), *second = strstr(json, "\"counts\":false");
    CHECK(first && second && first < second);
    close_world(&w);
}

static void once_and_old_and_full(void) {
    hw_step_config c = config();
    c.key_cap = 5;
    world w = open_world(&c);
    hw_event_conversion once = {.action = HW_STR("signup"), .value = 1000000, .once = 1};
    hw_event e[] = {conversion(1, &once, T0),
                    conversion(2, &once, T0 + 1),
                    touch(3, "x", T0 - 401 * DAY),
                    touch(4, "x", T0),
                    touch(5, "x", T0),
                    touch(6, "x", T0),
                    touch(7, "x", T0)};
    CHECK(step(&w, e, 7, T0) == HW_OK);
    CHECK_INT(w.last.counted[0], 1);
    CHECK_INT(w.last.counted[1], 0);
    CHECK_INT(w.last.outcomes[1], HW_ACCEPTED);
    CHECK_INT(w.last.outcomes[2], HW_TOO_OLD);
    CHECK_INT(w.last.outcomes[5], HW_ACCEPTED);
    CHECK_INT(w.last.outcomes[6], HW_FULL);
    CHECK_INT(VALUE("first", NULL), 1000000);
    /* A content key's shorter window, and the end of it. */
    hw_event quick = touch(8, "q", T0 + 29 * DAY);
    quick.key_window_ms = 1000;
    CHECK(step(&w, &quick, 1, T0 + 29 * DAY) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_ACCEPTED);
    CHECK(step(&w, &quick, 1, T0 + 29 * DAY + 999) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_DUPLICATE_EVENT);
    CHECK(step(&w, &quick, 1, T0 + 29 * DAY + 1000) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_ACCEPTED);
    /* Everything falls out of retention in the end, when the next event is written; an event that
     * changes nothing writes nothing. */
    size_t before = w.len;
    CHECK(step(&w, NULL, 0, T0 + 1000 * DAY) == HW_OK);
    CHECK_INT(w.len, before);
    hw_event last = {.key = {{9}}, .at_ms = T0 + 1000 * DAY};
    CHECK(step(&w, &last, 1, T0 + 1000 * DAY) == HW_OK);
    CHECK(w.len < 100);
    close_world(&w);
}

static hw_event refund(uint32_t id, const hw_event_conversion *c, int64_t at) {
    return conversion(id, c, at);
}

static hw_event_conversion take(uint32_t order, int64_t value) {
    hw_event_conversion c = the_order(order, value);
    c.refund = value ? HW_REFUND_PART : HW_REFUND_ALL;
    return c;
}

/* What refunds took, as a positive amount; the same in all three bases. */
static int64_t back(const world *w, const char *model, const char *channel) {
    int64_t value = credit(w, model, channel, HW_BASIS_REFUND, true);
    CHECK_INT(credit(w, model, channel, HW_BASIS_CONVERSION_REFUND, true), value);
    CHECK_INT(credit(w, model, channel, HW_BASIS_TOUCH_REFUND, true), value);
    CHECK_INT(credit(w, model, channel, HW_BASIS_REFUND, false), 0);
    return -value;
}

static void refunds(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    hw_event_conversion order = the_order(1, 100000001), part = take(1, 10000001),
                        rest = take(1, 0), more = take(1, 95000000), other = take(2, 5);
    hw_event e[] = {touch(1, "a", T0), touch(2, "b", T0 + DAY), touch(3, "c", T0 + 2 * DAY),
                    conversion(4, &order, T0 + 3 * DAY), refund(5, &part, T0 + 5 * DAY)};
    CHECK(step(&w, e, 5, T0 + 5 * DAY) == HW_OK);
    CHECK_INT(w.last.outcomes[4], HW_ACCEPTED);
    for (uint32_t m = 0; m < c.model_count; m++) {
        CHECK_INT(back(&w, c.models[m]->name, NULL), 10000001);
        CHECK_INT(credit(&w, c.models[m]->name, NULL, HW_BASIS_CONVERSION, true), 100000001);
    }
    CHECK_INT(back(&w, "first", "a"), 10000001);
    CHECK_INT(back(&w, "linear", "a") + back(&w, "linear", "b") + back(&w, "linear", "c"),
              10000001);
    /* Again: a duplicate. For an order nobody knows: it waits. Beyond what is left: cut. */
    CHECK(step(&w, &e[4], 1, T0 + 5 * DAY) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_DUPLICATE_EVENT);
    hw_event more_events[] = {refund(6, &other, T0 + 6 * DAY), refund(7, &more, T0 + 6 * DAY)};
    CHECK(step(&w, more_events, 2, T0 + 6 * DAY) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_REFUND_WAITING);
    CHECK_INT(w.last.outcomes[1], HW_REFUND_CLAMPED);
    CHECK_INT(back(&w, "linear", NULL), 100000001);
    /* All of nothing is cut as well; and every touch has given back what it got. */
    hw_event last = refund(8, &rest, T0 + 7 * DAY);
    CHECK(step(&w, &last, 1, T0 + 7 * DAY) == HW_OK);
    CHECK_INT(w.last.outcomes[0], HW_REFUND_CLAMPED);
    const char *const channels[] = {"a", "b", "c"};
    for (uint32_t m = 0; m < c.model_count; m++)
        for (int i = 0; i < 3; i++)
            CHECK_INT(back(&w, c.models[m]->name, channels[i]),
                      credit(&w, c.models[m]->name, channels[i], HW_BASIS_CONVERSION, true));
    /* A late touch splits order and refunds anew. */
    hw_event late = touch(9, "late", T0 + DAY / 2);
    CHECK(step(&w, &late, 1, T0 + 8 * DAY) == HW_OK);
    CHECK(credit(&w, "linear", "late", HW_BASIS_CONVERSION, true) > 0);
    for (uint32_t m = 0; m < c.model_count; m++)
        CHECK_INT(back(&w, c.models[m]->name, "late"),
                  credit(&w, c.models[m]->name, "late", HW_BASIS_CONVERSION, true));
    /* The order that the other refund waited for. */
    hw_event_conversion second = the_order(2, 3);
    hw_event came = conversion(10, &second, T0 + 9 * DAY);
    CHECK(step(&w, &came, 1, T0 + 9 * DAY) == HW_OK);
    CHECK_INT(back(&w, "last", NULL), 100000001 + 3);
    hw_allocator a = hw_default_allocator();
    static char json[1 << 18];
    size_t n = 0;
    CHECK(hw_journey_json(&a, w.blob, w.len, c.session_ms, c.models, c.model_count, json,
                          sizeof json - 1, &n) == HW_OK);
    json[n] = 0;
    CHECK(strstr(json, "\"value\":5,") && strstr(json, "\"refund\":true"));
    CHECK(strstr(json, "\"value\":9223372036854775807,"));
    /* Without an order there is nothing to refund. */
    hw_event_conversion bad = {.action = HW_STR("purchase"), .refund = HW_REFUND_ALL};
    hw_event nothing = refund(11, &bad, T0 + 9 * DAY);
    CHECK(step(&w, &nothing, 1, T0 + 9 * DAY) == HW_E_ARG);
    /* Long after: an order that is dropped takes its refunds along. */
    hw_event end = touch(12, "x", T0 + 1000 * DAY);
    CHECK(step(&w, &end, 1, T0 + 1000 * DAY) == HW_OK);
    CHECK(w.len < 400);
    close_world(&w);
}

/* One ledger, whatever order an order, its refunds and its touches arrive in. */
static void refunds_in_any_order(void) {
    hw_step_config c = config();
    hw_event_conversion order = the_order(1, 7000003), a = take(1, 3000000), b = take(1, 2000001),
                        d = take(1, 9000000);
    hw_event e[] = {touch(1, "a", T0),
                    touch(2, "b", T0 + DAY),
                    conversion(3, &order, T0 + 2 * DAY),
                    refund(4, &a, T0 + 3 * DAY),
                    refund(5, &b, T0 + 4 * DAY),
                    refund(6, &d, T0 + 5 * DAY)};
    uint8_t *first = NULL;
    size_t first_len = 0;
    hw_allocator alloc = hw_default_allocator();
    for (int turn = 0; turn < 720; turn++) {
        hw_event list[6];
        int left[6] = {0, 1, 2, 3, 4, 5};
        for (int n = 6, k = turn; n > 0; k /= n, n--) {
            int i = k % n;
            list[6 - n] = e[left[i]];
            memmove(left + i, left + i + 1, (size_t)(5 - i) * sizeof *left);
        }
        world w = open_world(&c);
        for (int i = 0; i < 6; i++) CHECK(step(&w, &list[i], 1, T0 + 6 * DAY) == HW_OK);
        size_t len;
        CHECK(hw_ledger_save(w.ledger, NULL, 0, &len) == HW_E_BUFFER);
        uint8_t *bytes = malloc(len);
        CHECK(hw_ledger_save(w.ledger, bytes, len, &len) == HW_OK);
        hw_ledger *again;
        CHECK(hw_ledger_load(&alloc, 1, bytes, len, &again) == HW_OK);
        hw_ledger_destroy(again);
        CHECK(!first || (len == first_len && memcmp(first, bytes, len) == 0));
        CHECK_INT(back(&w, "linear", NULL), 7000003);
        if (first)
            free(bytes);
        else {
            first = bytes;
            first_len = len;
        }
        close_world(&w);
    }
    free(first);
}

static void bounded(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    for (uint32_t i = 0; i < 300; i++) {
        hw_event e = touch(i, i % 2 ? "a" : "b", T0 + i * 60000);
        CHECK(step(&w, &e, 1, T0 + i * 60000) == HW_OK);
    }
    hw_event_conversion order = the_order(1, 1000000);
    hw_event e = conversion(1000, &order, T0 + DAY);
    CHECK(step(&w, &e, 1, T0 + DAY) == HW_OK);
    CHECK_INT(VALUE("linear", NULL), 1000000);
    hw_allocator a = hw_default_allocator();
    static char json[1 << 20];
    size_t n = 0;
    CHECK(hw_journey_json(&a, w.blob, w.len, c.session_ms, c.models, c.model_count, json,
                          sizeof json, &n) == HW_OK);
    CHECK(strstr(json, "\"dropped\":250") != NULL);
    CHECK_INT(
        hw_journey_json(&a, w.blob, w.len, c.session_ms, c.models, c.model_count, json, 10, &n),
        HW_E_BUFFER);
    CHECK_INT(hw_journey_json(&a, w.blob, w.len, c.session_ms, c.models, 1, json, sizeof json, &n),
              HW_E_CONFIG);
    close_world(&w);
}

/* Random lives: credit is conserved after every step, and the order in which events arrive does not
 * matter to the ledger. */
static void any_order(void) {
    uint64_t s = seed("step");
    hw_step_config c = config();
    for (int round = 0; round < 300 && !hw_bad; round++) {
        enum { N = 14 };
        static const char *const channels[] = {"a", "b", "c", "Direct"};
        hw_event e[N];
        hw_event_conversion orders[N];
        int64_t total = 0, count = 0;
        for (uint32_t i = 0; i < N; i++) {
            int64_t at =
                T0 + upto(&s, 40) * DAY + i; /* no two at one instant: sequence would matter */
            if (upto(&s, 4) == 0) {
                orders[i] = the_order(i, upto(&s, 100000) * INT64_C(10000));
                e[i] = conversion(i, &orders[i], at);
                total += orders[i].value;
                count += HW_MICROS;
            } else {
                e[i] = touch(i, channels[upto(&s, 4)], at);
                if (upto(&s, 3) == 0) e[i].interaction = HW_IMPRESSION;
            }
        }
        world w = open_world(&c), other = open_world(&c);
        CHECK(step(&w, e, N, T0 + 50 * DAY) == HW_OK);
        for (uint32_t i = N; i > 1; i--) {
            uint32_t k = upto(&s, i);
            hw_event t = e[k];
            e[k] = e[i - 1];
            e[i - 1] = t;
        }
        for (int i = 0; i < N; i++) {
            hw_event twice[] = {e[i], e[upto(&s, (uint32_t)i + 1)]};
            CHECK(step(&other, twice, 2, T0 + 50 * DAY) == HW_OK);
        }
        for (uint32_t m = 0; m < c.model_count; m++) {
            CHECK_INT(VALUE(c.models[m]->name, NULL), total);
            CHECK_INT(credit(&w, c.models[m]->name, NULL, HW_BASIS_TOUCH, false), count);
        }
        size_t n1, n2;
        static uint8_t b1[1 << 18], b2[1 << 18];
        CHECK(hw_ledger_save(w.ledger, b1, sizeof b1, &n1) == HW_OK);
        CHECK(hw_ledger_save(other.ledger, b2, sizeof b2, &n2) == HW_OK);
        CHECK(n1 == n2 && memcmp(b1, b2, n1) == 0);
        close_world(&w);
        close_world(&other);
    }
}

static void damaged_blobs(void) {
    hw_step_config c = config();
    world w = open_world(&c);
    hw_event_conversion order = the_order(1, 100010000);
    hw_event e[] = {touch(1, "facebook", T0), touch(2, "google", T0 + DAY),
                    conversion(4, &order, T0 + 3 * DAY)};
    CHECK(step(&w, e, 3, T0 + 3 * DAY) == HW_OK);
    hw_allocator a = hw_default_allocator();
    CHECK(hw_journey_validate(&a, w.blob, w.len) == HW_OK);
    for (size_t i = 0; i < w.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            w.blob[i] ^= (uint8_t)(1 << bit);
            CHECK(hw_journey_validate(&a, w.blob, w.len) != HW_OK);
            w.blob[i] ^= (uint8_t)(1 << bit);
        }
    for (size_t i = 0; i < w.len; i++) CHECK(hw_journey_validate(&a, w.blob, i) != HW_OK);
    /* Another configuration's journey is refused, and nothing is lost by it. */
    c.params.half_life_ms = DAY;
    world other = open_world(&c);
    other.blob = w.blob;
    other.len = w.len;
    CHECK_INT(step(&other, e, 1, T0 + 3 * DAY), HW_E_CONFIG);
    CHECK_INT(hw_ledger_count(other.ledger), 0);
    CHECK(hw_stepper_config_hash(w.stepper) != hw_stepper_config_hash(other.stepper));
    other.blob = NULL;
    close_world(&other);
    close_world(&w);
}

static void refusals(void) {
    hw_allocator a = hw_default_allocator();
    hw_stepper *none = NULL;
    hw_step_config c = config();
    c.model_count = 0;
    CHECK_INT(hw_stepper_create(&a, &c, &none), HW_E_ARG);
    c = config();
    c.retention_ms = 0;
    CHECK_INT(hw_stepper_create(&a, &c, &none), HW_E_ARG);
    c = config();
    c.touch_cap = 0;
    CHECK_INT(hw_stepper_create(&a, &c, &none), HW_E_ARG);
    c = config();
    c.models[1] = NULL;
    CHECK_INT(hw_stepper_create(&a, &c, &none), HW_E_ARG);
    c = config();
    c.params.first = c.params.middle = c.params.last = 0;
    CHECK_INT(hw_stepper_create(&a, &c, &none), HW_E_ARG);
    hw_stepper_destroy(NULL);
    c = config();
    world w = open_world(&c);
    hw_event_conversion order = the_order(1, -1);
    hw_event bad = conversion(1, &order, T0);
    CHECK_INT(step(&w, &bad, 1, T0), HW_E_ARG);
    bad = touch(1, "x", -1);
    CHECK_INT(step(&w, &bad, 1, T0), HW_E_ARG);
    bad = touch(1, "x", T0);
    bad.interaction = (hw_interaction)9;
    CHECK_INT(step(&w, &bad, 1, T0), HW_E_ARG);
    CHECK_STR(hw__str_of(hw_interaction_name(HW_VISIT)), "visit");
    CHECK_STR(hw__str_of(hw_interaction_name(HW_NO_TOUCH)), "");
    close_world(&w);
}

int main(void) {
    RUN(one_order);
    RUN(late_touch);
    RUN(windows);
    RUN(direct_in_session);
    RUN(once_and_old_and_full);
    RUN(refunds);
    RUN(refunds_in_any_order);
    RUN(bounded);
    RUN(any_order);
    RUN(damaged_blobs);
    RUN(refusals);
    return hw_report();
}
