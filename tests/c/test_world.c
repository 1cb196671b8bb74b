/* Worlds whose truth is known. */
#include "hw_test.h"

#include "world/causal_csv.h"
#include "world/heldout.h"
#include "world/score.h"

static hw__life a, b;
static char csv[HW__LIFE_TEXT_MAX];
static const hw__dirt clean = {0, 0, 0};

static void same_seed_same_life(void) {
    for (size_t w = 0; hw__causal_at(w); w++)
        for (uint64_t i = 0; i < 300; i++) {
            hw__causal_live(hw__causal_at(w), 4, i, 1000, 60, &a);
            hw__causal_live(hw__causal_at(w), 4, i, 1000, 60, &b);
            CHECK(a.touches == b.touches && a.sales == b.sales);
            CHECK(memcmp(a.touch, b.touch, a.touches * sizeof *a.touch) == 0);
            CHECK(memcmp(a.caused, b.caused, sizeof a.caused) == 0);
            for (uint32_t k = 1; k < a.touches; k++) CHECK(a.touch[k - 1].at <= a.touch[k].at);
        }
}

/* The bits of one life: they may not change from build to build. */
static void pinned(void) {
    uint64_t hash = 0;
    for (size_t w = 0; hw__causal_at(w); w++)
        for (uint64_t i = 0; i < 50; i++) {
            hw__causal_live(hw__causal_at(w), 1, i, INT64_C(1767225600000), 60, &a);
            hash = hw__hash64(csv, hw__life_csv(hw__causal_at(w), 1, i, &a, &clean, csv), hash);
        }
    CHECK_INT(hash, INT64_C(8270098667866427434));
}

/* Where effects only add up, the parts and what nobody asked for make up the whole. */
static void additive_parts_sum(void) {
    const hw__causal *w = hw__causal_find(HW_STR("additive"));
    double caused = 0, unasked = 0, sales = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        hw__causal_live(w, 2, i, 0, 60, &a);
        for (uint32_t c = 0; c < w->count; c++) {
            CHECK(a.caused[c] >= 0 && a.caused[c] <= (int32_t)a.sales);
            caused += a.caused[c];
        }
        unasked += a.unasked;
        sales += a.sales;
    }
    printf("caused %f, unasked %f, sales %f\n", caused, unasked, sales);
    CHECK(caused > 0.97 * (sales - unasked) && caused < 1.03 * (sales - unasked));
}

static void nothing_causes_nothing(void) {
    static const char *const sham[] = {"Display", "Retargeting"};
    for (size_t k = 0; k < 2; k++) {
        const hw__causal *w = hw__causal_find(HW_STR("additive"));
        uint32_t met = 0;
        for (uint64_t i = 0; i < 3000; i++) {
            hw__causal_live(w, 5, i, 0, 60, &a);
            for (uint32_t c = 0; c < w->count; c++) {
                if (strcmp(w->plans[c].s.channel, sham[k]) != 0) continue;
                CHECK_INT(a.caused[c], 0);
                CHECK_INT(a.caused_value[c], 0);
                for (uint32_t t = 0; t < a.touches; t++) met += a.touch[t].plan == c;
            }
        }
        CHECK(met > 300);
    }
}

/* Dirt adds rows and never changes the sales that a reader who removes duplicates counts. */
static void dirt(void) {
    const hw__causal *w = hw__causal_find(HW_STR("organic"));
    const hw__dirt dirty = {200, 300, 300};
    hw_allocator al = hw_default_allocator();
    hw_dataset *d[2];
    uint64_t sales = 0;
    for (int k = 0; k < 2; k++) {
        sales = 0;
        CHECK(hw_dataset_create(&al, NULL, &d[k], NULL) == HW_OK);
        CHECK(hw_dataset_append(d[k], HW__TOUCH_LOG_HEADER, strlen(HW__TOUCH_LOG_HEADER), NULL) ==
              HW_OK);
        for (uint64_t i = 0; i < 2000; i++) {
            hw__causal_live(w, 6, i, INT64_C(1767225600000), 60, &a);
            size_t n = hw__life_csv(w, 6, i, &a, k ? &dirty : &clean, csv);
            CHECK(n < sizeof csv - 1);
            CHECK(hw_dataset_append(d[k], csv, n, NULL) == HW_OK);
            sales += a.sales;
        }
        CHECK(hw_dataset_finish(d[k], NULL) == HW_OK);
    }
    hw_dataset_summary x, y;
    hw_dataset_summarize(d[0], &x);
    hw_dataset_summarize(d[1], &y);
    CHECK_INT(x.conversions, (int64_t)sales * HW_MICROS);
    CHECK_INT(y.conversions, x.conversions);
    CHECK_INT(y.value, x.value);
    CHECK(x.duplicates == 0 && y.duplicates > x.rows / 6 && y.touches > x.touches);
    CHECK(y.journeys > x.journeys);
    hw_dataset_destroy(d[0]);
    hw_dataset_destroy(d[1]);
}

static void scored(const char *world, hw__score *s) {
    hw_allocator al = hw_default_allocator();
    memset(s, 0, HW__SCORE_MODELS_MAX * sizeof *s);
    CHECK(hw__score_run(&al, hw__causal_find(hw__str_of(world)), 1, 12000, 60, s, NULL) == HW_OK);
}

/* The promise of docs/models-truth.md, on one seed: nearer the truth than every rule and Markov. */
static void hazard_is_nearest(void) {
    static const char *const where[] = {"additive", "interaction", "retargeting", "organic"};
    for (size_t w = 0; w < 4; w++) {
        hw__score s[HW__SCORE_MODELS_MAX];
        scored(where[w], s);
        const hw_model *hazard = NULL;
        CHECK(hw_model_find(HW_STR("hazard"), &hazard) == HW_OK);
        size_t at = 0;
        while (hw_model_at(at) != hazard) at++;
        CHECK_INT(s[at].runs, 1);
        CHECK_INT(s[at].heldout_runs, 1);
        CHECK(s[at].auc > 0.6 && s[at].auc < 1 && s[at].logloss > 0 && s[at].logloss < 0.6);
        for (size_t m = 0; hw_model_at(m); m++)
            if (s[m].runs &&
                (hw_model_at(m)->weights || strcmp(hw_model_at(m)->name, "markov") == 0))
                CHECK(s[at].share_error < s[m].share_error);
        if (w == 0) CHECK(s[at].credit_ratio > 0.85 && s[at].credit_ratio < 1.2);
    }
}

int main(void) {
    RUN(same_seed_same_life);
    RUN(pinned);
    RUN(additive_parts_sum);
    RUN(nothing_causes_nothing);
    RUN(dirt);
    RUN(hazard_is_nearest);
    return hw_report();
}
