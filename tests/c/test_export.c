#include "hw_test.h"

#include "export_bytes.h"
#include "journey/dataset.h"

enum { AMOUNTS = 64 };

typedef struct loaded {
    hw_dataset *d;
    hw_status status;
    hw_error err;
    hw_dataset_summary sum;
} loaded;

static loaded open_with(const hw_dataset_options *o) {
    hw_allocator a = hw_default_allocator();
    loaded l = {.d = NULL};
    l.status = hw_dataset_create(&a, o, &l.d, &l.err);
    return l;
}

static void feed(loaded *l, const void *bytes, size_t len, size_t chunk) {
    const uint8_t *p = bytes;
    for (size_t at = 0; l->status == HW_OK && at < len; at += chunk)
        l->status = hw_dataset_append(l->d, p + at, len - at < chunk ? len - at : chunk, &l->err);
}

static void finish(loaded *l) {
    if (l->status == HW_OK) l->status = hw_dataset_finish(l->d, &l->err);
    if (l->status == HW_OK) hw_dataset_summarize(l->d, &l->sum);
}

static loaded load(const void *bytes, size_t len, size_t chunk) {
    loaded l = open_with(NULL);
    feed(&l, bytes, len, chunk);
    finish(&l);
    return l;
}

/* Channels, deeds and every model's credit are the same. */
static void check_same(loaded *x, loaded *y) {
    CHECK_INT(x->status, HW_OK);
    CHECK_INT(y->status, HW_OK);
    if (hw_bad) return;
    const hw_dataset_summary *a = &x->sum, *b = &y->sum;
    CHECK_INT(a->kind, b->kind);
    CHECK_INT(a->rows, b->rows);
    CHECK_INT(a->duplicates, b->duplicates);
    CHECK_INT(a->journeys, b->journeys);
    CHECK_INT(a->touches, b->touches);
    CHECK_INT(a->channels, b->channels);
    CHECK_INT(a->conversions, b->conversions);
    CHECK_INT(a->value, b->value);
    CHECK_INT(a->nulls, b->nulls);
    CHECK_INT(x->d->newest, y->d->newest);
    CHECK_INT(x->d->deeds.len, y->d->deeds.len);
    for (size_t i = 0; i < x->d->deeds.len && i < y->d->deeds.len; i++) {
        const hw__deed *p = &x->d->deeds.at[i], *q = &y->d->deeds.at[i];
        CHECK_INT(p->at, q->at);
        CHECK_INT(p->value, q->value);
        CHECK_INT(p->person, q->person);
        CHECK_INT(p->lead, q->lead);
    }
    hw_model_params params = hw_model_defaults();
    for (size_t m = 0; hw_model_at(m) && !hw_bad; m++) {
        int64_t v[2][2][AMOUNTS] = {{{0}}};
        loaded *const sides[] = {x, y};
        for (int k = 0; k < 2; k++) {
            CHECK_INT(hw_dataset_prepare(sides[k]->d, hw_model_at(m)), HW_OK);
            (void)!hw_dataset_attribute(sides[k]->d, hw_model_at(m), &params, v[k][0], v[k][1]);
        }
        CHECK(memcmp(v[0], v[1], sizeof v[0]) == 0);
        if (hw_bad) fprintf(stderr, "model %s\n", hw_model_at(m)->name);
    }
}

static void done(loaded *l) {
    hw_dataset_destroy(l->d);
    l->d = NULL;
}

/* Gives what the touch log in CSV gives, whatever the chunks. */
static void as_csv(void) {
    xfile x = {.len = 0};
    x_shop(&x);
    loaded csv = load(x_shop_csv, strlen(x_shop_csv), 1000);
    for (size_t chunk = 1; chunk <= x.len; chunk++) {
        loaded l = load(x.at, x.len, chunk);
        check_same(&l, &csv);
        if (chunk == 1) {
            CHECK_INT(l.sum.conversions, 3000000);
            CHECK_INT(l.sum.value, 60900000);
            CHECK_INT(l.sum.duplicates, 1);
            CHECK_INT(l.sum.touches, 4);
            CHECK_INT(l.d->deeds.len, 3);
            CHECK(l.d->deeds.at[0].lead && !l.d->deeds.at[1].lead);
            CHECK_STR(hw_dataset_channel(l.d, 0), "Paid Search");
        }
        done(&l);
    }
    done(&csv);
}

/* A file that ends early is refused, wherever it was cut. */
static void cut_off(void) {
    xfile x = {.len = 0};
    x_shop(&x);
    for (size_t len = 0; len < x.len; len++) {
        loaded l = load(x.at, len, len ? len : 1);
        CHECK_INT(l.status, len < 4 ? HW_E_HEADER : HW_E_CORRUPT);
        CHECK(l.err.message[0] && (len < 4 || !l.err.line));
        if (len >= 4) CHECK(strstr(l.err.message, "cut off after") != NULL);
        done(&l);
    }
    uint8_t more[sizeof x.at];
    memcpy(more, x.at, x.len);
    more[x.len] = 'x';
    for (size_t chunk = 1; chunk <= x.len + 1; chunk += x.len) {
        loaded l = load(more, x.len + 1, chunk);
        CHECK_INT(l.status, HW_E_CORRUPT);
        CHECK(strstr(l.err.message, "bytes follow") != NULL);
        done(&l);
    }
}

/* Every bit is guarded: none can change without notice. */
static void flipped(void) {
    xfile x = {.len = 0};
    x_shop(&x);
    for (size_t bit = 0; bit < 8 * x.len; bit++) {
        x.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        loaded l = load(x.at, x.len, x.len);
        CHECK(l.status != HW_OK && l.err.message[0]);
        if (bit / 8 < 4) CHECK(l.status == HW_E_HEADER || l.status == HW_E_CSV);
        if (bit / 8 >= 4 && bit / 8 < 8) CHECK_INT(l.status, HW_E_VERSION);
        done(&l);
        x.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* One body, its checksum right, between head and an end that claims what is given. */
static hw_status body_of(const uint8_t *body, size_t len, uint64_t persons, uint64_t touches,
                         uint64_t conversions) {
    xfile x = {.len = 0};
    x_head(&x);
    x_open(&x);
    memcpy(x.at + x.len, body, len);
    x.len += len;
    x_close(&x);
    x_end(&x, persons, touches, conversions);
    loaded l = load(x.at, x.len, x.len);
    CHECK(l.status == HW_OK || l.err.message[0]);
    done(&l);
    return l.status;
}

#define BODY(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* What a checksum does not catch. */
static void untrue(void) {
    /* one person; string "A"; source A; conversion A; a click; a conversion of 5 micros */
    CHECK_INT(body_of(BODY(1, 1, 1, 'A', 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 2, 1, 9, 0, 1, 5), 1, 1, 1),
              HW_OK);
    for (uint64_t wrong = 1; wrong < 8; wrong++) /* sums of the end */
        CHECK_INT(body_of(BODY(1, 1, 1, 'A', 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 2, 1, 9, 0, 1, 5),
                          1 + (wrong & 1), 1 + (wrong >> 1 & 1), 1 + (wrong >> 2)),
                  HW_E_CORRUPT);
    /* more persons, strings, sources, conversions, events than there are bytes */
    CHECK_INT(body_of(BODY(2, 1, 1, 'A', 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 9), 1, 1, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 127, 1, 'A', 0, 0, 1, 1, 9), 1, 1, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 1, 9), 1, 1, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 1, 0, 0, 0, 0, 0, 0, 99, 1, 1, 9), 1, 1, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 1, 1, 'A', 1, 1, 0, 0, 0, 0, 0, 0, 5, 1, 9), 1, 1, 0), HW_E_CORRUPT);
    /* a text longer than the body, numbers of a string, source and conversion that are not there */
    CHECK_INT(body_of(BODY(1, 1, 100, 'A', 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 9), 1, 1, 0),
              HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 1, 1, 'A', 1, 2, 0, 0, 0, 0, 0, 0, 1, 1, 9), 1, 1, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 1, 1, 'A', 1, 1, 0, 0, 0, 0, 0, 0, 1, 5, 9), 1, 1, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 0, 1, 8, 9, 1), 1, 0, 1), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 1, 0, 1, 0, 9, 1), 1, 0, 1), HW_E_CORRUPT);
    /* unknown flags, an order that is cut, a person without events, bytes behind the persons */
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 2, 1, 0, 9, 1), 1, 0, 1), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 0, 1, 4, 9, 1, 1, 2, 3), 1, 0, 1), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 0, 0), 1, 0, 0), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 0, 1, 0, 9, 1, 0), 1, 0, 1), HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(0, 0, 0, 0, 0), 0, 0, 0), HW_E_CORRUPT);
    /* numbers of more than 64 bits, and without an end */
    CHECK_INT(
        body_of(BODY(1, 0, 0, 1, 0, 0, 1, 0, 9, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2), 1,
                0, 1),
        HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 0, 1, 0, 9, 255), 1, 0, 1), HW_E_CORRUPT);
    /* a value past the range, a time past the year 9999 by one step, and by a sum of steps */
    CHECK_INT(
        body_of(BODY(1, 0, 0, 1, 0, 0, 1, 0, 9, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1), 1,
                0, 1),
        HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 0, 1, 0, 255, 255, 255, 255, 255, 255, 127, 1), 1, 0, 1),
              HW_E_CORRUPT);
    CHECK_INT(body_of(BODY(1, 0, 0, 1, 0, 0, 2, 0, 255, 255, 255, 255, 255, 255, 50, 1, 0, 255, 255,
                           255, 255, 255, 255, 50, 1),
                      1, 0, 2),
              HW_E_CORRUPT);
    /* a touch of a source without a channel is refused as the row of CSV is */
    CHECK_INT(body_of(BODY(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 9), 1, 1, 0), HW_E_PATH);
    /* a number of 65 bits, the highest of them set, is not 1 */
    CHECK_INT(
        body_of(BODY(1, 0, 0, 1, 0, 0, 1, 0, 9, 129, 128, 128, 128, 128, 128, 128, 128, 128, 2), 1,
                0, 1),
        HW_E_CORRUPT);
    /* an end mark with something behind it */
    xfile e = {.len = 0};
    x_head(&e);
    x_open(&e);
    for (int i = 0; i < 5; i++) x_number(&e, 0);
    x_close(&e);
    loaded m = load(e.at, e.len, e.len);
    CHECK_INT(m.status, HW_E_CORRUPT);
    done(&m);
    /* a block that is longer than any */
    xfile x = {.len = 0};
    x_head(&x);
    x_open(&x);
    hw__st32(x.at + 8, HW_EXPORT_BLOCK_MAX + 1);
    loaded l = load(x.at, x.len, x.len);
    CHECK_INT(l.status, HW_E_CORRUPT);
    CHECK(strstr(l.err.message, "damaged") != NULL);
    done(&l);
}

/* Persons of two files are two, an order counts once, and both kinds of file go together. */
static void several(void) {
    xfile x = {.len = 0};
    x_shop(&x);
    loaded one = load(x.at, x.len, x.len);
    for (int kinds = 0; kinds < 3; kinds++) { /* binary twice, CSV first, CSV last */
        loaded l = open_with(NULL);
        for (int i = 0; i < 2; i++) {
            bool csv = kinds == 1 + i;
            feed(&l, csv ? (const void *)x_shop_csv : x.at, csv ? strlen(x_shop_csv) : x.len, 7);
            if (!i && l.status == HW_OK) l.status = hw_dataset_next_file(l.d, &l.err);
        }
        finish(&l);
        CHECK_INT(l.status, HW_OK);
        CHECK_INT(l.sum.touches, 2 * one.sum.touches);
        CHECK_INT(l.sum.rows, 2 * one.sum.rows);
        CHECK_INT(l.sum.value, one.sum.value); /* a lead has no order here, so it counts twice */
        CHECK_INT(l.sum.conversions, one.sum.conversions + 1000000);
        CHECK_INT(l.sum.channels, one.sum.channels);
        CHECK_INT(l.d->persons, 5); /* of one of them nothing is left but the known order */
        done(&l);
    }
    done(&one);
    for (int i = 0; i < 2; i++) { /* but paths are of another kind */
        static const char paths[] = "path,total_conversions\na > b,1\n";
        loaded l = open_with(NULL);
        feed(&l, i ? (const void *)x.at : paths, i ? x.len : strlen(paths), 9);
        if (l.status == HW_OK) l.status = hw_dataset_next_file(l.d, &l.err);
        feed(&l, i ? paths : (const void *)x.at, i ? strlen(paths) : x.len, 9);
        CHECK_INT(l.status, HW_E_HEADER);
        done(&l);
    }
}

static loaded named(const char *role, const char *name) {
    const hw_column_name column = {hw__str_of(role), hw__str_of(name)};
    const hw_dataset_options o = {.columns = &column, .column_count = 1};
    xfile x = {.len = 0};
    x_shop(&x);
    loaded l = open_with(&o);
    feed(&l, x.at, x.len, 100);
    finish(&l);
    return l;
}

/* What a channel is can be chosen; the rest has its place. */
static void columns(void) {
    loaded l = named("channel", "campaign");
    /* Paid Search has no campaign, source or medium: that is no touch of a known channel. */
    CHECK_INT(l.status, HW_E_PATH);
    done(&l);
    l = named("source", "channel");
    CHECK_INT(l.status, HW_OK);
    CHECK_STR(hw_dataset_channel(l.d, 1), "Email");
    done(&l);
    l = named("value", "source");
    CHECK_INT(l.status, HW_E_HEADER);
    done(&l);
    l = named("visitor", "cookie");
    CHECK_INT(l.status, HW_E_HEADER);
    done(&l);
}

/* A CSV file may begin as the magic does. */
static void like_the_magic(void) {
    static const char csv[] = "HWX,total_conversions\na > b,1\n";
    const hw_column_name column = {HW_STR("path"), HW_STR("HWX")};
    const hw_dataset_options o = {.columns = &column, .column_count = 1};
    for (size_t chunk = 1; chunk < sizeof csv; chunk++) {
        loaded l = open_with(&o);
        feed(&l, csv, sizeof csv - 1, chunk);
        finish(&l);
        CHECK_INT(l.status, HW_OK);
        CHECK_INT(l.sum.conversions, 1000000);
        done(&l);
    }
}

int main(void) {
    RUN(as_csv);
    RUN(cut_off);
    RUN(flipped);
    RUN(untrue);
    RUN(several);
    RUN(columns);
    RUN(like_the_magic);
    return hw_report();
}
