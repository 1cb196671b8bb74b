/* For n = 0, 1, 2, …: the n-th allocation fails. The call must say HW_E_NOMEM, nothing may leak,
 * and a retry must give what a run that never failed gives. */
#include "hw_test.h"

#include "export_bytes.h"
#include "model/chain.h"
#include "report/chain_report.h"
#include "report/customers.h"
#include "report/flow.h"
#include "report/journey_credit.h"
#include "report/kpis.h"
#include "report/paths.h"
#include "report/spend.h"

typedef struct tally {
    int64_t fail_at, made;
    int64_t live, bytes;
} tally;

static void *t_alloc(void *ctx, size_t size) {
    tally *t = ctx;
    if (t->made++ == t->fail_at) return NULL;
    void *p = malloc(size);
    if (p) t->live++, t->bytes += (int64_t)size;
    return p;
}

static void *t_realloc(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    tally *t = ctx;
    if (t->made++ == t->fail_at) return NULL;
    void *p = realloc(ptr, new_size);
    if (p) t->live += ptr == NULL, t->bytes += (int64_t)new_size - (int64_t)old_size;
    return p;
}

static void t_free(void *ctx, void *ptr, size_t size) {
    tally *t = ctx;
    if (ptr) t->live--, t->bytes -= (int64_t)size;
    free(ptr);
}

/* A job writes what it found out into `answer`; HW_OK or HW_E_NOMEM. */
typedef hw_status (*job)(const hw_allocator *a, int64_t *answer);

static void exhaust(const char *name, job run) {
    int64_t expected = 0, answer;
    hw_allocator plain = hw_default_allocator();
    CHECK_INT(run(&plain, &expected), HW_OK);
    int64_t n = 0;
    for (;; n++) {
        tally t = {.fail_at = n};
        hw_allocator a = {&t, t_alloc, t_realloc, t_free};
        answer = -1;
        hw_status s = run(&a, &answer);
        CHECK_INT(t.live, 0);
        CHECK_INT(t.bytes, 0); /* every size that is given back is the size that was asked for */
        if (t.made <= n) {
            CHECK_INT(s, HW_OK);
            CHECK_INT(answer, expected);
            break;
        }
        CHECK_INT(s, HW_E_NOMEM);
        if (hw_bad) {
            fprintf(stderr, "%s: when allocation %d failed\n", name, (int)n);
            break;
        }
    }
    printf("%s: each of %d allocations failed once\n", name, (int)n);
}

static hw_status attribute_file(const hw_allocator *a, const char *csv, hw_transform transform,
                                int64_t *answer) {
    hw_dataset *d = NULL;
    hw_error err;
    hw_dataset_options o = {.skip_bad = 1, .transform = transform, .touch_cap = transform ? 2 : 0};
    hw_status s = hw_dataset_create(a, &o, &d, &err);
    for (const char *p = csv; s == HW_OK && *p; p += strlen(p) < 7 ? strlen(p) : 7)
        s = hw_dataset_append(d, p, strlen(p) < 7 ? strlen(p) : 7, &err);
    if (s == HW_OK) s = hw_dataset_finish(d, &err);
    int64_t c[64], v[64];
    uint64_t sum = 0;
    hw_model_params params = hw_model_defaults();
    for (size_t m = 0; s == HW_OK && hw_model_at(m); m++) {
        if (transform && hw_model_at(m)->needs_organic) continue;
        s = hw_dataset_prepare(d, hw_model_at(m));
        if (s == HW_OK) s = hw_dataset_attribute(d, hw_model_at(m), &params, c, v);
        for (int i = 0; s == HW_OK && i < 3; i++) sum = sum * 31 + (uint64_t)(c[i] + v[i]);
    }
    const hw_model *first = hw_model_at(0), *rate = NULL;
    params.samples = 8;
    if (s == HW_OK) s = hw_model_find(HW_STR("shapley_rate"), &rate);
    if (s == HW_OK) s = hw_dataset_attribute(d, rate, &params, c, v);
    for (int i = 0; s == HW_OK && i < 3; i++) sum = sum * 31 + (uint64_t)(c[i] + v[i]);
    int64_t bound[4][64];
    hw_interval interval = {bound[0], bound[1], bound[2], bound[3]};
    if (s == HW_OK) s = hw_dataset_bootstrap(d, first, &params, 4, &interval);
    for (int i = 0; s == HW_OK && i < 3; i++)
        sum = sum * 31 + (uint64_t)(bound[0][i] + bound[3][i]);
    char json[4000];
    size_t len = 0;
    if (s == HW_OK)
        s = hw_dataset_journeys_json(d, 0, 10, &first, 1, &params, json, sizeof json, &len);
    hw_dataset_destroy(d);
    *answer = (int64_t)(sum >> 1) + (int64_t)len;
    return s;
}

static hw_status a_path_file(const hw_allocator *a, int64_t *answer) {
    return attribute_file(
        a,
        "path,total_conversions,total_conversion_value,times\n"
        "\"a > b > c\",3,10,3 > 2 > 1\nb > c > c,x,1,1\nb > c,1,4.5,2 > 0\na,1,1,7",
        HW_TRANSFORM_UNIQUE, answer);
}

static hw_status a_touch_log(const hw_allocator *a, int64_t *answer) {
    return attribute_file(
        a,
        "visitor,time,channel,utm_source,utm_medium,conversion,value,event_id,order_id\n"
        "u,5,a,,,0,,1,\nu,3,b,,,0,,2,\nu,9,,,,1,5,3,o1\nw,2,,google,cpc,0,,4,\nx,2,,,,1,3,5,o2\n",
        HW_TRANSFORM_UNIQUE, answer);
}

static hw_status an_export(const hw_allocator *a, int64_t *answer) {
    xfile x = {.len = 0};
    x_shop(&x);
    hw_dataset *d = NULL;
    hw_status s = hw_dataset_create(a, NULL, &d, NULL);
    for (size_t at = 0; s == HW_OK && at < x.len; at += 11)
        s = hw_dataset_append(d, x.at + at, x.len - at < 11 ? x.len - at : 11, NULL);
    if (s == HW_OK) s = hw_dataset_finish(d, NULL);
    int64_t v[2][8] = {{0}};
    hw_model_params params = hw_model_defaults();
    if (s == HW_OK) s = hw_dataset_attribute(d, hw_model_at(0), &params, v[0], v[1]);
    *answer = v[0][0] + 3 * v[0][1] + 7 * v[1][0] + 31 * v[1][1];
    hw_dataset_destroy(d);
    return s;
}

static hw_status a_frequency(const hw_allocator *a, int64_t *answer) {
    return attribute_file(
        a,
        "path,total_conversions,total_null,times\na > b > a > a,3,1,4 > 3 > 2 > 1\n"
        "b > b,1,0,1 > 1\nc > a > a > b > b,1,1,5 > 4 > 3 > 2 > 1\nb > c,1,1,2 > 1",
        HW_TRANSFORM_FREQUENCY, answer);
}

static hw_status a_log_by_frequency(const hw_allocator *a, int64_t *answer) {
    return attribute_file(a,
                          "visitor,time,channel,conversion\nu,5,a,0\nu,6,a,0\nu,7,b,0\nu,8,b,1\n"
                          "v,1,,1\nw,1,a,0\nw,2,c,0\nw,3,a,1",
                          HW_TRANSFORM_FREQUENCY, answer);
}

static hw_status a_chain(const hw_allocator *a, int64_t *answer) {
    const uint16_t path[] = {0, 1, 2, 1, 1, 0, 2};
    hw__chain c;
    hw__chain_init(&c, a, 2, false);
    hw_status s = hw__dense_create(&c, 3);
    for (size_t len = 1; s == HW_OK && len <= 7; len++)
        s = hw__chain_add(&c, path, len, (int64_t)len, 3, 5);
    if (s == HW_OK) s = hw__chain_close(&c);
    double p = 0, v;
    if (s == HW_OK) s = hw__chain_solve(&c, 1, &p, &v);
    hw__chain_free(&c);
    *answer = (int64_t)(p * 1e15);
    return s;
}

static hw_status a_ledger(const hw_allocator *a, int64_t *answer) {
    hw_ledger *x = NULL, *y = NULL, *z = NULL;
    hw_status s = hw_ledger_create(a, 1, &x);
    if (s == HW_OK) s = hw_ledger_create(a, 2, &y);
    if (s == HW_OK) hw_ledger_set_sequence(x, 4);
    for (int i = 0; s == HW_OK && i < 60; i++) {
        char name[8];
        hw_ledger_row r = {.day = i,
                           .action = HW_STR("buy"),
                           .model = {name, (size_t)sprintf(name, "m%d", i % 7)},
                           .source = {.channel = HW_STR("c")},
                           .value = i + 1};
        s = hw_ledger_add(i % 2 ? x : y, &r);
    }
    if (s == HW_OK) s = hw_ledger_merge(y, x);
    static uint8_t b[1 << 14];
    size_t n = 0;
    if (s == HW_OK) s = hw_ledger_save(y, b, sizeof b, &n);
    if (s == HW_OK) s = hw_ledger_load(a, 2, b, n, &z);
    if (s == HW_OK) *answer = (int64_t)(hw__hash64(b, n, 0) >> 1) + (int64_t)hw_ledger_count(z);
    hw_ledger_destroy(x);
    hw_ledger_destroy(y);
    hw_ledger_destroy(z);
    return s;
}

static hw_status a_step(const hw_allocator *a, int64_t *answer) {
    hw_step_config c = {.params = hw_model_defaults(),
                        .lookback_click_ms = 1000,
                        .dedup_window_ms = 1000,
                        .retention_ms = 100000,
                        .touch_cap = 20,
                        .key_cap = 1000};
    for (size_t i = 0; hw_model_at(i) && c.model_count < HW_STEP_MODELS_MAX; i++)
        if (hw_model_at(i)->weights && !hw_model_at(i)->whole)
            c.models[c.model_count++] = hw_model_at(i);
    hw_stepper *st = NULL;
    hw_ledger *l = NULL;
    uint8_t *blob = NULL;
    size_t len = 0;
    hw_status s = hw_stepper_create(a, &c, &st);
    if (s == HW_OK) s = hw_ledger_create(a, 1, &l);
    for (int round = 0; s == HW_OK && round < 12; round++) {
        hw_event e[20];
        hw_event_conversion buy = {.action = HW_STR("buy"), .value = 7};
        for (int i = 0; i < 20; i++) {
            e[i] = (hw_event){.at_ms = 1000 + round * 20 + i,
                              .interaction = HW_CLICK,
                              .source = {.channel = HW_STR("c")}};
            e[i].key.bytes[0] = (uint8_t)i;
            e[i].key.bytes[1] = (uint8_t)round;
        }
        e[19].conversions = &buy;
        e[19].conversion_count = 1;
        hw_step_result r;
        s = hw_stepper_step(st, blob, len, e, 20, 2000 + round, l, &r);
        if (s != HW_OK) { /* nothing changed: every credit in the ledger still sums to whole
                             conversions */
            int64_t sum = 0;
            for (size_t i = 0; i < hw_ledger_count(l); i++) {
                hw_ledger_row row;
                hw_ledger_row_at(l, i, &row);
                sum += row.conversions;
            }
            CHECK_INT(sum, 2 * (int64_t)c.model_count * round * HW_MICROS);
            break;
        }
        free(blob);
        len = r.blob_len;
        blob = malloc(len);
        memcpy(blob, r.blob, len);
        if (round == 5) s = hw_journey_validate(a, blob, len);
    }
    if (s == HW_OK)
        *answer = (int64_t)(hw__hash64(blob, len, 0) >> 1) + (int64_t)hw_ledger_count(l);
    free(blob);
    hw_stepper_destroy(st);
    hw_ledger_destroy(l);
    return s;
}

static hw_status a_dedup(const hw_allocator *a, int64_t *answer) {
    hw_dedup *d = NULL;
    hw_status s = hw_dedup_create(a, 1000000, &d);
    for (uint32_t i = 0; s == HW_OK && i < 3000; i++) {
        hw_key k = {{0}};
        hw_verdict v;
        memcpy(k.bytes, &i, sizeof i);
        s = hw_dedup_add(d, &k, i, &v);
        if (s == HW_E_NOMEM && i) { /* it still answers for what it holds */
            memset(k.bytes, 0, sizeof k.bytes);
            CHECK(hw_dedup_add(d, &k, 1, &v) == HW_OK && v == HW_DUPLICATE);
        }
    }
    if (s == HW_OK) *answer = (int64_t)hw_dedup_count(d);
    hw_dedup_destroy(d);
    return s;
}

/* Adds up whatever the reports say; each is freed whatever it returned. */
static hw_status tell_reports(const hw_allocator *a, hw_dataset *d, int64_t *sum) {
    hw_model_params params = hw_model_defaults();
    hw__paths paths;
    hw_status s = hw__paths_count(d, &HW__PATHS_ALL, &paths);
    if (s == HW_OK) *sum += paths.matched.value + paths.lag_ms.p90 + paths.length.median;
    hw__paths_free(&paths);
    for (uint32_t order = 1; order < 3 && s == HW_OK; order++) {
        hw__chain_report chain;
        params.order = order;
        s = hw__chain_report_make(d, &params, 1, 2, &chain);
        if (s == HW_OK) *sum += (int64_t)(chain.without * 1e6) + (int64_t)(chain.lost * 1e6);
        hw__chain_report_free(&chain);
    }
    if (s != HW_OK) return s;
    hw__flow flow;
    s = hw__flow_count(d, HW__FLOW_ALL, 3, 2, 2, &flow);
    for (size_t i = 0; s == HW_OK && i < flow.links.len; i++)
        *sum += flow.links.at[i].amounts.value * (int64_t)(i + 1);
    hw__flow_free(&flow);
    if (s != HW_OK) return s;
    const hw_model *linear = NULL;
    const int64_t cost[] = {5 * HW_MICROS, 0, HW__NO_FIGURE};
    hw__kpi rows[8];
    hw__money money;
    char json[1000];
    hw__json j = {.at = json, .cap = sizeof json};
    HW__TRY(hw_model_find(HW_STR("linear"), &linear));
    HW__TRY(hw__kpis(d, linear, &params, cost, 3, 7, 0, 50, rows, &money));
    HW__TRY(hw__journey_credit(d, 0, linear, &params, &j));
    *sum += money.all.roas + money.customers + rows[0].roas + (int64_t)j.len;
    CHECK_INT(rows[1].roas, HW__NO_FIGURE);
    CHECK_INT(rows[2].roas, HW__NO_FIGURE);
    static const char csv[] = "date,channel,cost,currency\n2026-01-02,a,\"3\",USD\n"
                              "2026-01-01,b,4,EUR\nsoon,a,1,USD\n2026-01-03,a,5,USD";
    hw__spend spend;
    hw_error err;
    hw__spend_init(&spend, a);
    s = hw__spend_read(&spend, csv, sizeof csv - 1, &err);
    for (size_t i = 0; s == HW_OK && i < spend.sums.len; i++) *sum += spend.sums.at[i].cost;
    if (s == HW_OK) *sum += (int64_t)spend.bad_rows;
    hw__spend_free(&spend);
    return s;
}

/* Twelve customers who came again, each at prices of its own, a lead, an order below 0. */
static hw_status customers(const hw_allocator *a, int64_t *answer) {
    hw_dataset *d = NULL;
    hw_dataset_options o = {.orders = 1};
    hw_status s = hw_dataset_create(a, &o, &d, NULL);
    char row[80];
    for (int i = -1; i < 40 && s == HW_OK; i++) {
        if (i < 0)
            snprintf(row, sizeof row,
                     "customer,time,value,event\nl,86400000,,lead\nm,90000000,-3,order\n");
        else
            snprintf(row, sizeof row, "c%d,%d,%d,order\n", i % 13, (1 + i * i) * 86400 + 946684800,
                     10 + i % 13 * 7 + i / 13);
        s = hw_dataset_append(d, row, strlen(row), NULL);
    }
    if (s == HW_OK) s = hw_dataset_finish(d, NULL);
    hw__customers c;
    if (s == HW_OK) {
        s = hw__customers_count(d, &HW__CUSTOMERS_ASK, &c);
        if (s == HW_OK) s = hw__customers_predict(&c);
        if (s == HW_OK) {
            hw__json j = {.cap = 0};
            hw__figures_json(hw__customers_tell, &c, &j);
            *answer = (int64_t)j.len + hw__micros_of(c.worth_to_come);
            CHECK_INT(c.repeaters, 13);
            CHECK_INT(c.negative, 1);
        }
        hw__customers_free(&c);
    }
    hw_dataset_destroy(d);
    return s;
}

static hw_status a_report(const hw_allocator *a, int64_t *answer) {
    static const char csv[] = "visitor,time,channel,conversion,value\nu,5,a,0,\nu,6,b,0,\n"
                              "u,7,a,0,\nu,8,c,1,9\nv,1,,1,2\nw,1,b,0,\nw,2,c,0,\nx,3,c,1,4\n";
    hw_dataset *d = NULL;
    hw_status s = hw_dataset_create(a, NULL, &d, NULL);
    if (s == HW_OK) s = hw_dataset_append(d, csv, sizeof csv - 1, NULL);
    if (s == HW_OK) s = hw_dataset_finish(d, NULL);
    *answer = 0;
    if (s == HW_OK) s = tell_reports(a, d, answer);
    hw_dataset_destroy(d);
    return s;
}

static void path_file(void) {
    exhaust("paths", a_path_file);
}
static void touch_log(void) {
    exhaust("touches", a_touch_log);
    exhaust("export", an_export);
    exhaust("frequency", a_frequency);
    exhaust("frequency of a log", a_log_by_frequency);
}
static void ledger(void) {
    exhaust("chain", a_chain);
    exhaust("ledger", a_ledger);
}
static void step(void) {
    exhaust("step", a_step);
}
static void reports(void) {
    exhaust("reports", a_report);
    exhaust("customers", customers);
}
static void dedup(void) {
    exhaust("dedup", a_dedup);
}

int main(void) {
    RUN(path_file);
    RUN(touch_log);
    RUN(ledger);
    RUN(step);
    RUN(reports);
    RUN(dedup);
    return hw_report();
}
