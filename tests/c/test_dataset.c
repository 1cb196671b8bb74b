#include "hw_test.h"

typedef struct loaded {
    hw_dataset *d;
    hw_status status;
    hw_error err;
    hw_dataset_summary sum;
} loaded;

static loaded load(const char *csv, size_t len, size_t chunk, const hw_dataset_options *o) {
    hw_allocator a = hw_default_allocator();
    loaded l = {.d = NULL};
    l.status = hw_dataset_create(&a, o, &l.d, &l.err);
    for (size_t at = 0; l.status == HW_OK && at < len; at += chunk)
        l.status = hw_dataset_append(l.d, csv + at, len - at < chunk ? len - at : chunk, &l.err);
    if (l.status == HW_OK) l.status = hw_dataset_finish(l.d, &l.err);
    if (l.status == HW_OK) hw_dataset_summarize(l.d, &l.sum);
    return l;
}

static loaded load_z(const char *csv) {
    return load(csv, strlen(csv), 1 << 20, NULL);
}

static int64_t got(loaded *l, const char *model, const char *channel, bool value,
                   hw_model_params p) {
    const hw_model *m = NULL;
    static int64_t conversions[1000], worth[1000];
    CHECK(hw_model_find(hw__str_of(model), &m) == HW_OK);
    hw_dataset_summarize(l->d, &l->sum);
    CHECK(hw_dataset_attribute(l->d, m, &p, conversions, worth) == HW_OK);
    for (uint32_t i = 0; i < l->sum.channels; i++)
        if (hw__str_eq(hw_dataset_channel(l->d, i), hw__str_of(channel)))
            return value ? worth[i] : conversions[i];
    return -1;
}

#define GOT(model, channel) got(&l, model, channel, false, hw_model_defaults())
#define WORTH(model, channel) got(&l, model, channel, true, hw_model_defaults())

static void paths(void) {
    loaded l =
        load_z("\xef\xbb\xbfPath;Total_Conversions;total_conversion_value;total_null;note\r\n"
               "\"a > b > a > c > c\";1;10;0;x\r\n"
               "\r\n"
               " > a >  > ;0.5;;3;\"say \"\"hi\"\"\"\r\n"
               "\"b\nb\";1e2;0;0;");
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.kind, HW_DATASET_PATHS);
    CHECK_INT(l.sum.rows, 3);
    CHECK_INT(l.sum.channels, 4);
    CHECK_INT(l.sum.touches, 7);
    CHECK_INT(l.sum.conversions, 101500000);
    CHECK_INT(l.sum.nulls, 3000000);
    CHECK_INT(GOT("linear", "a"), 900000);
    CHECK_INT(GOT("linear", "b\nb"), 100000000);
    CHECK_INT(GOT("linear_unique", "c"), 333333);
    CHECK_INT(GOT("position", "a"), 400000 + 66667 + 500000);
    CHECK_INT(WORTH("last", "c"), 10000000);
    hw_dataset_destroy(l.d);
}

static void touches(void) {
    loaded l = load_z("cookie,time,interaction,conversion,conversion_value,channel\n"
                      "u1,2026-01-03T00:00:00Z,impression,0,0,Display\n"
                      "u1,2026-01-01T00:00:00Z,click,0,0,Search\n"
                      "u1,2026-01-03T12:00:00Z,conversion,1,6,Email\n"
                      "u1,2026-01-05T12:00:00Z,conversion,1,4,\n"
                      "u2,2026-01-05T12:00:00Z,click,0,0,Search\n"
                      "u3,2026-01-05T12:00:00Z,conversion,1,1,\n"
                      "u1,2026-01-06T12:00:00Z,click,0,0,Search\n");
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.journeys, 5); /* two of u1 that converted, one that did not, u2, u3 */
    CHECK_INT(l.sum.conversions, 3000000);
    CHECK_INT(l.sum.nulls, 2000000);
    /* The second order is two days behind the impression: outside its day. */
    CHECK_INT(WORTH("linear", "Display"), 2000000);
    CHECK_INT(WORTH("linear", "Search"), 2000000 + 2000000);
    CHECK_INT(WORTH("linear", "Direct"), 1000000); /* u3 has no touch at all */
    hw_windows w = {.reset = 1};
    CHECK(hw_dataset_set_windows(l.d, &w) == HW_OK);
    CHECK_INT(WORTH("linear", "Direct"), 5000000);
    w = (hw_windows){.click_ms = 3600000, .impression_ms = 1, .direct = HW_STR("(none)")};
    CHECK(hw_dataset_set_windows(l.d, &w) == HW_OK);
    CHECK_INT(WORTH("last", "(none)"), 5000000);
    hw_dataset_destroy(l.d);
}

static void repeated_ids(void) {
    loaded l =
        load_z("visitor,time,channel,event_id,order_id,conversion,value\n"
               "v,1,a,e1,,0,\nv,1,a,e1,,0,\nv,2,b,e2,o1,1,5\nv,3,b,e3,o1,1,5\nw,4,,e4,o1,1,5\n");
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.duplicates, 3);
    CHECK_INT(l.sum.conversions, 1000000);
    CHECK_INT(l.sum.touches, 3); /* e3's visit stays, its order does not count again */
    hw_dataset_destroy(l.d);
}

static void sources_instead_of_channels(void) {
    loaded l = load_z("visitor,ts,utm_source,utm_medium,url,referrer\n"
                      "v,1,google,cpc,,\n"
                      "v,2,,,https://a.com/?utm_source=acme&utm_medium=email,\n"
                      "v,3,,,https://a.com/,https://www.bing.com/\n"
                      "v,4,,,https://a.com/b,https://a.com/\n");
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.touches, 3); /* the last is the site's own page */
    CHECK_STR(hw_dataset_channel(l.d, 0), "Paid Search");
    CHECK_STR(hw_dataset_channel(l.d, 1), "Email");
    CHECK_STR(hw_dataset_channel(l.d, 2), "Organic Search");
    hw_dataset_destroy(l.d);
}

/* Conversions that no touch led to are credited to Direct, and a log without any touch is no path
 * file. */
static void no_touches_at_all(void) {
    loaded l =
        load_z("visitor,time,channel,conversion,value\nu,1767295608,,1,5\nw,1767295609,,1,2\n");
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.touches, 0);
    CHECK_INT(l.sum.channels, 1);
    int64_t v[4][3];
    hw_interval out = {v[0], v[1], v[2], v[3]};
    for (size_t m = 0; hw_model_at(m); m++) {
        const hw_model *model = hw_model_at(m);
        if (model->fit) continue;
        CHECK_INT(got(&l, model->name, "Direct", false, hw_model_defaults()), 2000000);
        CHECK_INT(got(&l, model->name, "Direct", true, hw_model_defaults()), 7000000);
    }
    hw_model_params p = hw_model_defaults();
    CHECK(hw_dataset_bootstrap(l.d, hw_model_at(3), &p, 10, &out) == HW_OK);
    hw_dataset_destroy(l.d);
}

/* What is refused, where, and by which status. */
static void bad_files(void) {
    static char longline[(1 << 20) + 100];
    memset(longline, 'a', sizeof longline - 1);
    memcpy(longline, "path,total_conversions\n", 23);
    static const struct {
        const char *csv;
        size_t len;
        hw_status status;
        uint64_t line;
        uint32_t column;
    } t[] = {
        {"", 0, HW_E_HEADER, 1, 1},
        {"\n\n", 2, HW_E_HEADER, 1, 1},
        {"a > b,1\n", 8, HW_E_HEADER, 1, 1},
        {"date,channel,cost\n", 18, HW_E_HEADER, 1, 1},
        {"path,total_conversions\na\n", 25, HW_E_CSV, 2, 1},
        {"path,total_conversions\na,1,2\n", 29, HW_E_CSV, 2, 3},
        {"path,total_conversions\na,1x\n", 28, HW_E_NUMBER, 2, 2},
        {"path,total_conversions\na,-1\n", 28, HW_E_NUMBER, 2, 2},
        {"path,total_conversions\na,\n", 26, HW_E_NUMBER, 2, 2},
        {"path,total_conversions\na,1\nb\0c,1\n", 33, HW_E_CSV, 3, 1},
        {"path,total_conversions\n,1\n", 26, HW_E_PATH, 2, 1},
        {"path,total_conversions\n\" > \",1\n", 31, HW_E_PATH, 2, 1},
        {"path,total_conversions\n\"a\"b,1\n", 30, HW_E_CSV, 2, 1},
        {"path,total_conversions\na,1\n\"a,1\n", 32, HW_E_CSV, 3, 1},
        {"path,total_conversions,times\na > b,1,5\n", 39, HW_E_PATH, 2, 3},
        {"path,total_conversions,times\na,1,x\n", 35, HW_E_TIME, 2, 3},
        {"path,total_conversions,times\na,1,-1\n", 36, HW_E_TIME, 2, 3},
        {"visitor,time,channel\n,1,a\n", 26, HW_E_PATH, 2, 1},
        {"visitor,time,channel\nv,soon,a\n", 30, HW_E_TIME, 2, 2},
        {"visitor,time,channel\nv,1,\n", 26, HW_E_PATH, 2, 3},
        {"visitor,time,channel,conversion\nv,1,a,maybe\n", 44, HW_E_NUMBER, 2, 4},
        {"visitor,time,channel,conversion,value\nv,1,a,1,-4\n", 49, HW_E_NUMBER, 2, 5},
        {"visitor,time,channel,conversion,value\nv,1,a,1,x\n", 48, HW_E_NUMBER, 2, 5},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        for (size_t chunk = 1; chunk <= 64; chunk = chunk * 4) {
            loaded l = load(t[i].csv, t[i].len, chunk, NULL);
            if (l.status != t[i].status || l.err.line != t[i].line || l.err.column != t[i].column ||
                !l.err.message[0])
                fprintf(stderr, "file %zu: %s %d:%d %s\n", i, hw_status_name(l.status),
                        (int)l.err.line, (int)l.err.column, l.err.message),
                    hw_bad = 1;
            CHECK_INT(hw_dataset_append(l.d, "x", 1, NULL), HW_E_STATE); /* it takes no more */
            CHECK_INT(hw_dataset_finish(l.d, NULL), HW_E_STATE);
            hw_dataset_destroy(l.d);
        }
    loaded l = load(longline, sizeof longline - 1, 1 << 16, NULL);
    CHECK_INT(l.status, HW_E_LIMIT);
    CHECK_INT(l.err.line, 2);
    hw_dataset_destroy(l.d);
    l = load(longline, sizeof longline - 1, sizeof longline, NULL);
    CHECK_INT(l.status, HW_E_LIMIT);
    hw_dataset_destroy(l.d);
}

static void skipping(void) {
    hw_dataset_options o = {.skip_bad = 1};
    const char *csv = "path,total_conversions\na,1\nb,x\n,1\nc\na > b,2\n";
    loaded l = load(csv, strlen(csv), 5, &o);
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.rows, 5);
    CHECK_INT(l.sum.bad_rows, 3);
    CHECK_INT(l.sum.conversions, 3000000);
    CHECK_INT(hw_dataset_bad_row(l.d, 1)->line, 4);
    CHECK(hw_dataset_bad_row(l.d, 3) == NULL);
    hw_dataset_destroy(l.d);
    /* A bad row that got half way leaves nothing behind. */
    csv = "path,total_conversions,times\na > b > c,1,3 > 2\na,1,4\n";
    l = load(csv, strlen(csv), 7, &o);
    CHECK_INT(l.sum.touches, 1);
    CHECK_INT(GOT("time_decay", "a"), 1000000);
    hw_dataset_destroy(l.d);
}

static void options(void) {
    hw_allocator a = hw_default_allocator();
    hw_column_name columns[] = {{HW_STR("visitor"), HW_STR("who")},
                                {HW_STR("time"), HW_STR("when")}};
    hw_dataset_options o = {.columns = columns, .column_count = 2};
    const char *csv = "Who,When,channel\nv,1,a\n";
    loaded l = load(csv, strlen(csv), 3, &o);
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(l.sum.touches, 1);
    hw_dataset_destroy(l.d);
    csv = "path,total_conversions\na,1\n";
    l = load(csv, strlen(csv), 3, &o);
    CHECK_INT(l.status, HW_E_HEADER);
    CHECK(strstr(l.err.message, "who") != NULL);
    hw_dataset_destroy(l.d);
    columns[0].role = HW_STR("colour");
    hw_dataset *d = NULL;
    hw_error err;
    CHECK_INT(hw_dataset_create(&a, &o, &d, &err), HW_E_ARG);
    CHECK(strstr(err.message, "colour") && strstr(err.message, hw_column_roles()));
    o = (hw_dataset_options){.separator = HW_STR(" => ")};
    csv = "path,total_conversions\na=>b => c=d,1\n";
    l = load(csv, strlen(csv), 100, &o);
    CHECK_INT(l.sum.touches, 3);
    CHECK_INT(GOT("last", "c=d"), 1000000);
    hw_dataset_destroy(l.d);
    o.separator = HW_STR("123456789");
    CHECK_INT(hw_dataset_create(&a, &o, &d, &err), HW_E_ARG);
}

static void several_files(void) {
    hw_allocator a = hw_default_allocator();
    hw_dataset *d;
    hw_error err = {.status = HW_OK};
    CHECK(hw_dataset_create(&a, NULL, &d, &err) == HW_OK);
    const char *one = "path,total_conversions\na,1", *two = "total_conversions\tpath\n2\tb\n",
               *log = "visitor,time,channel\n";
    CHECK(hw_dataset_append(d, one, strlen(one), &err) == HW_OK);
    CHECK(hw_dataset_next_file(d, &err) == HW_OK);
    CHECK(hw_dataset_append(d, two, strlen(two), &err) == HW_OK);
    CHECK(hw_dataset_next_file(d, &err) == HW_OK);
    CHECK_INT(hw_dataset_append(d, log, strlen(log), &err), HW_E_HEADER);
    CHECK_INT(hw_dataset_next_file(d, &err), HW_E_STATE);
    hw_dataset_destroy(d);
}

static void models_that_need_times(void) {
    loaded l = load_z("path,total_conversions\na,1\n");
    const hw_model *decay = NULL;
    hw_model_params p = hw_model_defaults();
    int64_t c[1], v[1];
    CHECK(hw_model_find(HW_STR("time_decay"), &decay) == HW_OK);
    CHECK_INT(hw_dataset_attribute(l.d, decay, &p, c, v), HW_E_NEEDS_TIMES);
    p.half_life_ms = 0;
    CHECK_INT(hw_dataset_attribute(l.d, decay, &p, c, v), HW_E_ARG);
    CHECK_INT(hw_model_find(HW_STR("nope"), &decay), HW_E_MODEL);
    hw_dataset_destroy(l.d);
    l = load_z("path,total_conversions,total_conversion_value,times\nc > b > a,1,7,48 > 24 > 0\n");
    p.half_life_ms = 24 * 3600000;
    CHECK_INT(got(&l, "time_decay", "a", true, p), 4000000);
    CHECK_INT(got(&l, "time_decay", "b", true, p), 2000000);
    CHECK_INT(got(&l, "time_decay", "c", true, p), 1000000);
    hw_dataset_destroy(l.d);
    /* A very long path still has weights that sum. */
    enum { N = 60000 };
    static char csv[N * 8];
    size_t n = (size_t)sprintf(csv, "path,total_conversions,times\n");
    for (int i = 0; i < N; i++) n += (size_t)sprintf(csv + n, i ? ">%c" : "%c", 'a' + i % 3);
    n += (size_t)sprintf(csv + n, ",1,");
    for (int i = 0; i < N; i++) n += (size_t)sprintf(csv + n, i ? ">%d" : "%d", i % 2);
    csv[n++] = '\n';
    l = load(csv, n, 4096, NULL);
    CHECK_INT(l.status, HW_OK);
    CHECK_INT(GOT("time_decay", "a") + GOT("time_decay", "b") + GOT("time_decay", "c"), 1000000);
    hw_dataset_destroy(l.d);
}

/* Random paths against plain doubles, and the identities: rows split, merged and shuffled. */
static void identities(void) {
    uint64_t s = seed("dataset");
    static const char *const rules[] = {"first",         "last",     "linear",
                                        "linear_unique", "position", "last_non_direct"};
    for (int round = 0; round < 100 && !hw_bad; round++) {
        enum { ROWS = 30 };
        char row[ROWS][120], text[ROWS * 260];
        int count[ROWS];
        double expected[5] = {0};
        for (int i = 0; i < ROWS; i++) {
            uint32_t len = 1 + upto(&s, 9);
            size_t n = 0;
            count[i] = 2 * (int)upto(&s, 50);
            for (uint32_t k = 0; k < len; k++) {
                uint32_t c = upto(&s, 5);
                n += (size_t)sprintf(row[i] + n, k ? " > %c" : "%c", 'a' + (int)c);
                expected[c] += (double)count[i] / len;
            }
        }
        size_t n =
            (size_t)sprintf(text, "path,total_conversions,total_conversion_value\na>b>c>d>e,0,0\n");
        for (int i = 0; i < ROWS; i++)
            n += (size_t)sprintf(text + n, "%s,%d,%d.5\n", row[i], count[i], count[i]);
        loaded l = load(text, n, 1 + upto(&s, 300), NULL);
        for (int c = 0; c < 5; c++) {
            double d = (double)GOT("linear", ((char[]){(char)('a' + c), 0})) / 1e6 - expected[c];
            CHECK(d < 1.1e-6 && d > -1.1e-6);
        }
        n = (size_t)sprintf(text, "path,total_conversions,total_conversion_value\na>b>c>d>e,0,0\n");
        for (int i = ROWS; i-- > 0;)
            n += (size_t)sprintf(text + n, "%s,%d,0.25\n%s,%d,%d.25\n", row[i], count[i] / 2,
                                 row[i], count[i] / 2, count[i]);
        loaded other = load(text, n, 1 + upto(&s, 300), NULL);
        for (size_t m = 0; m < sizeof rules / sizeof *rules; m++) {
            int64_t sum = 0, worth = 0;
            for (int c = 0; c < 5; c++) {
                char name[] = {(char)('a' + c), 0};
                int64_t x = got(&l, rules[m], name, false, hw_model_defaults());
                CHECK_INT(x, got(&other, rules[m], name, false, hw_model_defaults()));
                int64_t v = got(&l, rules[m], name, true, hw_model_defaults());
                CHECK_INT(v, got(&other, rules[m], name, true, hw_model_defaults()));
                sum += x;
                worth += v;
            }
            CHECK_INT(sum, l.sum.conversions);
            CHECK_INT(worth, l.sum.value);
        }
        hw_dataset_destroy(l.d);
        hw_dataset_destroy(other.d);
    }
}

/* The quick row reader and the tallies against the plain code: quotes send every row the plain way,
 * and a column of times sends every journey past the tallies. All rules must agree to the micro. */
static void quick_is_plain(void) {
    static const char *const names[] = {"a",
                                        "bb",
                                        "Paid Search",
                                        "Direct",
                                        "e-mail",
                                        "0123456789abcdef",
                                        "a name of more than 16",
                                        "x.y",
                                        "\xc3\xa9"};
    uint64_t s = seed("quick");
    static char plain[400000], quoted[500000], timed[600000];
    for (int round = 0; round < 60 && !hw_bad; round++) {
        size_t np =
            (size_t)sprintf(plain, "path,total_conversions,total_conversion_value,total_null\n");
        size_t nq =
            (size_t)sprintf(quoted, "path,total_conversions,total_conversion_value,total_null\n");
        size_t nt = (size_t)sprintf(
            timed, "path,total_conversions,total_conversion_value,total_null,times\n");
        for (uint32_t rows = 1 + upto(&s, 60); rows; rows--) {
            static char path[8000], times[2000];
            uint32_t len = 1 + upto(&s, upto(&s, 20) ? 12 : 90);
            size_t n = 0, t = 0;
            const char *sep = (const char *const[]){" > ", ">", " >", " > > "}[upto(&s, 4)];
            for (uint32_t k = 0; k < len; k++) {
                n += (size_t)sprintf(path + n, "%s%s", k ? sep : "", names[upto(&s, 9)]);
                t += (size_t)sprintf(times + t, k ? ">%u" : "%u", len - k);
            }
            char tail[80];
            sprintf(tail, "%u%s,%u.%u,%u", upto(&s, 9), upto(&s, 3) ? "" : ".25", upto(&s, 1000),
                    upto(&s, 1000), upto(&s, 5));
            np += (size_t)sprintf(plain + np, "%s,%s%s\n", path, tail, upto(&s, 9) ? "" : "\r");
            nq += (size_t)sprintf(quoted + nq, "\"%s\",%s\n", path, tail);
            nt += (size_t)sprintf(timed + nt, "%s,%s,%s\n", path, tail, times);
        }
        loaded l[3] = {load(plain, np, 1 + upto(&s, 3000), NULL), load(quoted, nq, 1 << 20, NULL),
                       load(timed, nt, 1 << 20, NULL)};
        hw_model_params p = hw_model_defaults();
        p.source = HW_STR("bb");
        for (int k = 0; k < 3; k++) {
            CHECK_INT(l[k].status, HW_OK);
            CHECK_INT(l[k].sum.touches, l[0].sum.touches);
        }
        for (size_t m = 0; hw_model_at(m) && !hw_bad; m++) {
            const hw_model *model = hw_model_at(m);
            int64_t v[3][2][64];
            if (model->needs_times) continue;
            for (int k = 0; k < 3; k++) {
                memset(v[k], 0, sizeof v[k]);
                CHECK(hw_dataset_attribute(l[k].d, model, &p, v[k][0], v[k][1]) == HW_OK);
            }
            if (memcmp(v[0], v[1], sizeof v[0]) != 0 || memcmp(v[0], v[2], sizeof v[0]) != 0) {
                fprintf(stderr, "%s differs between ways, round %d\n", model->name, round);
                hw_bad = 1;
            }
        }
        for (int k = 0; k < 3; k++) hw_dataset_destroy(l[k].d);
    }
}

/* A chunk may end anywhere, also inside quotes and between CR and LF. */
static void chunks(void) {
    const char *csv =
        "path,total_conversions,note\r\n\"a > b\",1,\"x,\r\n\"\"y\"\"\"\r\n\"c\",2,z\r\n";
    for (size_t chunk = 1; chunk < strlen(csv); chunk++) {
        loaded l = load(csv, strlen(csv), chunk, NULL);
        CHECK_INT(l.status, HW_OK);
        CHECK_INT(l.sum.rows, 2);
        CHECK_INT(GOT("last", "c"), 2000000);
        hw_dataset_destroy(l.d);
    }
}

static void backwards(void *ctx, void (*job)(void *arg, size_t i), void *arg, size_t jobs) {
    (void)ctx;
    while (jobs-- > 0) job(arg, jobs);
}

/* Intervals: as wide as counting says, the same however rows are cut, and the dataset is as before.
 */
static void intervals(void) {
    hw_model_params p = hw_model_defaults();
    const hw_model *linear = NULL, *markov = NULL;
    CHECK(hw_model_find(HW_STR("linear"), &linear) == HW_OK);
    CHECK(hw_model_find(HW_STR("markov"), &markov) == HW_OK);
    int64_t v[3][4][3], plain[2][3], after[2][3];
    static const char *const csv[] = {"path,total_conversions,total_conversion_value,total_null\na,"
                                      "1000,5000,10\nb > a,400,4000,600\nc,0.5,1,0\n",
                                      "path,total_conversions,total_conversion_value,total_null\na,"
                                      "1000,5000,10\nb>a,100,1000,100\n"
                                      "c,0.5,1,0\nb > a,300,3000,500\n"};
    for (int k = 0; k < 3; k++) {
        loaded l = load_z(csv[k % 2]);
        p.seed = k == 2 ? 5 : 4;
        hw_interval out = {v[k][0], v[k][1], v[k][2], v[k][3]};
        CHECK(hw_dataset_attribute(l.d, linear, &p, plain[0], plain[1]) == HW_OK);
        CHECK(hw_dataset_bootstrap(l.d, linear, &p, 400, &out) == HW_OK);
        CHECK(hw_dataset_attribute(l.d, linear, &p, after[0], after[1]) == HW_OK);
        CHECK(memcmp(plain, after, sizeof plain) == 0);
        CHECK_INT(hw_dataset_bootstrap(l.d, linear, &p, 1, &out), HW_E_ARG);
        int64_t by[4][3];
        hw_interval other = {by[0], by[1], by[2], by[3]};
        for (size_t width = 1; width <= 7; width += 3) { /* the jobs in any order */
            hw_runner runner = {.width = width, .run = backwards};
            CHECK(hw_dataset_bootstrap_by(l.d, linear, &p, 400, &runner, &other) == HW_OK);
            CHECK(memcmp(by, v[k], sizeof by) == 0);
        }
        hw_runner none = {.width = 0, .run = backwards};
        CHECK_INT(hw_dataset_bootstrap_by(l.d, linear, &p, 400, &none, &other), HW_E_ARG);
        CHECK(hw_dataset_bootstrap(l.d, markov, &p, 10, &out) == HW_OK || k < 2);
        if (k == 2) {
            hw_dataset_destroy(l.d);
            break;
        }
        hw_dataset_destroy(l.d);
        l = load_z(csv[k % 2]);
        CHECK(hw_dataset_bootstrap(l.d, linear, &p, 400, &out) == HW_OK);
        hw_dataset_destroy(l.d);
        /* Channel a: 1000 + 400/2, its variance 1000 + 400/4: 95 % is 1.96 * 33.2 = 65 to either
         * side. */
        int64_t low = plain[0][0] - v[k][0][0], high = v[k][1][0] - plain[0][0];
        CHECK(low > 50 * HW_MICROS && low < 80 * HW_MICROS);
        CHECK(high > 50 * HW_MICROS && high < 80 * HW_MICROS);
        CHECK(v[k][0][2] == 0 && v[k][1][2] >= HW_MICROS / 2); /* half a conversion may be none */
    }
    CHECK(memcmp(v[0], v[1], sizeof v[0]) == 0);
}

static void journeys(void) {
    loaded l = load_z("visitor,time,channel,conversion,value\nv,1000,a,0,\nv,2000,b,1,5\nw,3000,a,"
                      "0,\nx,4000,,1,\n");
    const hw_model *models[2];
    hw_model_params p = hw_model_defaults();
    CHECK(hw_model_find(HW_STR("linear"), &models[0]) == HW_OK &&
          hw_model_find(HW_STR("time_decay"), &models[1]) == HW_OK);
    char json[2000];
    size_t n = 0;
    CHECK(hw_dataset_journeys_json(l.d, 0, 9, models, 2, &p, json, sizeof json - 1, &n) == HW_OK);
    json[n] = 0;
    CHECK(strstr(
        json,
        "{\"channels\":[0,1],\"times\":[1000000,2000000],\"conversions\":1000000,\"value\":5000000,"
        "\"nulls\":0,\"convertedAt\":2000000,\"shares\":{\"linear\":[500000,500000],\"time_"
        "decay\":"));
    CHECK(strstr(json, "{\"channels\":[2],\"times\":[4000000]")); /* Direct stands in */
    CHECK(hw_dataset_journeys_json(l.d, 7, 9, models, 2, &p, json, sizeof json, &n) == HW_OK);
    CHECK_INT(n, 2);
    CHECK_INT(hw_dataset_journeys_json(l.d, 0, 9, models, 2, &p, json, 20, &n), HW_E_BUFFER);
    hw_dataset_destroy(l.d);
    hw_dataset_destroy(NULL);
}

int main(void) {
    RUN(paths);
    RUN(touches);
    RUN(repeated_ids);
    RUN(sources_instead_of_channels);
    RUN(no_touches_at_all);
    RUN(bad_files);
    RUN(skipping);
    RUN(options);
    RUN(several_files);
    RUN(models_that_need_times);
    RUN(identities);
    RUN(quick_is_plain);
    RUN(chunks);
    RUN(intervals);
    RUN(journeys);
    return hw_report();
}
