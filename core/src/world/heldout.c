#include "world/heldout.h"

#include "model/hazard.h"
#include "model/logistic.h"

typedef struct told {
    double odds; /* of buying, up to a factor */
    bool bought;
} told;

typedef struct telling {
    hw_allocator alloc;
    const hw__hazard *hazard; /* one of the two */
    const hw__logistic *logistic;
    HW__VEC(told) told;
} telling;

static hw_status tell(void *ctx, const hw_dataset *d, const hw__djourney *j, size_t first,
                      size_t end, int64_t at, bool converts) {
    telling *t = ctx;
    (void)j;
    if (first == end) return HW_OK;
    HW__TRY(HW__RESERVE(&t->alloc, &t->told, t->told.len + 1));
    double odds = t->hazard ? hw__hazard_moment(t->hazard, d, first, end, at)
                            : hw__logistic_odds(t->logistic, d, first, end, at);
    t->told.at[t->told.len++] = (told){odds, converts};
    return HW_OK;
}

/* By odds, the least first; Shell's sort. */
static void sort(told *v, size_t n) {
    size_t gap = 1;
    while (gap < n / 3) gap = gap * 3 + 1;
    for (; gap > 0; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            told one = v[i];
            size_t k = i;
            for (; k >= gap && v[k - gap].odds > one.odds; k -= gap) v[k] = v[k - gap];
            v[k] = one;
        }
}

/* The chance that a buyer's odds are above another's; ties count half. */
static double area(told *v, size_t n) {
    double bought = 0, not_bought = 0, pairs = 0;
    sort(v, n);
    for (size_t i = 0, same; i < n; i = same) {
        double b = 0, o = 0;
        for (same = i; same < n && !(v[same].odds > v[i].odds); same++)
            *(v[same].bought ? &b : &o) += 1;
        pairs += b * (not_bought + o / 2);
        bought += b;
        not_bought += o;
    }
    return pairs / (bought * not_bought);
}

/* Odds times this are odds of the sample: buyers over the others' mean odds. 0: there is no such.
 */
static double scale_of(const told *v, size_t n) {
    double bought = 0, odds = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].bought)
            bought += 1;
        else
            odds += v[i].odds;
    }
    return odds > 0 ? bought / odds : 0;
}

static double loss(const told *v, size_t n, double scale) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double odds = v[i].odds * scale;
        sum -= hw__log(v[i].bought ? odds / (1 + odds) : 1 / (1 + odds));
    }
    return sum / (double)n;
}

static hw_status compare(telling *t, const hw_dataset *train, const hw_dataset *test,
                         double *logloss, double *auc) {
    HW__TRY(hw__each_moment(train, tell, t));
    double scale = scale_of(t->told.at, t->told.len);
    t->told.len = 0;
    HW__TRY(hw__each_moment(test, tell, t));
    if (!(scale > 0) || !(scale_of(t->told.at, t->told.len) > 0)) return HW_E_STATE;
    *logloss = loss(t->told.at, t->told.len, scale);
    *auc = area(t->told.at, t->told.len);
    return HW_OK;
}

hw_status hw__heldout(const hw_dataset *train, const hw_dataset *test, const hw_model *model,
                      double *logloss, double *auc) {
    telling t = {.alloc = train->alloc};
    hw__hazard h;
    hw__logistic l;
    hw_status s = HW_E_MODEL;
    if (strcmp(model->name, "hazard") == 0) {
        t.hazard = &h;
        s = hw__hazard_init(&h, train);
        if (s == HW_OK) hw__hazard_fit(&h);
    } else if (strcmp(model->name, "logistic") == 0) {
        t.logistic = &l;
        s = hw__logistic_init(&l, train);
        if (s == HW_OK) hw__logistic_fit(&l);
    }
    if (s == HW_OK) s = compare(&t, train, test, logloss, auc);
    if (t.hazard) hw__hazard_free(&h);
    if (t.logistic) hw__logistic_free(&l);
    HW__VEC_FREE(&t.alloc, &t.told);
    return s;
}
