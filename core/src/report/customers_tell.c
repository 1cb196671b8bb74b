#include "report/customers.h"
#include "report/kpis.h"

#ifndef HW_LEAN

typedef struct telling {
    const hw__customers *c;
    hw__tell tell;
    void *ctx;
    const char *kind;
    hw_str key;
} telling;

static void text(const telling *t, const char *name, const char *value) {
    t->tell(t->ctx, &(hw__figure){t->kind, t->key, name, 0, value, NULL});
}

static void figure(const telling *t, const char *name, int64_t micros, const char *why) {
    t->tell(t->ctx, &(hw__figure){t->kind, t->key, name, micros, NULL,
                                  micros == HW__NO_FIGURE ? why : NULL});
}

static int64_t whole(uint64_t n) {
    return (int64_t)n * HW_MICROS;
}

static void count(const telling *t, const char *name, uint64_t n) {
    figure(t, name, whole(n), NULL);
}

static int64_t margin_of(const hw__customers *c, int64_t value) {
    return (int64_t)((hw__i128)value * c->ask.margin / 1000000);
}

static int64_t per(const hw__customers *c, int64_t value, uint64_t customers) {
    return hw__ratio(margin_of(c, value), whole(customers));
}

static const char *const NO_CUSTOMERS = "nobody bought", *const NO_SPEND = "no spend is known";

/* Worth of a customer up to the month `age` after its first, over all cohorts that have lived
 * through it; HW__NO_FIGURE: none has. */
static int64_t curve(const hw__customers *c, uint32_t age) {
    uint64_t customers = 0;
    int64_t value = 0;
    for (size_t i = 0; i < c->cohorts.len; i++) {
        const hw__cohort *h = &c->cohorts.at[i];
        if (h->month + age >= c->month) continue;
        customers += h->customers;
        for (uint32_t k = 0; k <= age; k++) value += c->cells.at[h->cells + k];
    }
    return per(c, value, customers);
}

static uint32_t oldest(const hw__customers *c) {
    return c->cohorts.len ? c->month - c->cohorts.at[0].month : 0;
}

static int64_t payback(const hw__customers *c, int64_t cac) {
    for (uint32_t age = 0; cac != HW__NO_FIGURE && age < oldest(c); age++) {
        int64_t worth = curve(c, age);
        if (worth != HW__NO_FIGURE && worth >= cac) return whole(age);
    }
    return HW__NO_FIGURE;
}

static void tell_meta(telling t) {
    const hw__customers *c = t.c;
    char month[8], day[12];
    hw__month_name(c->month, month);
    uint32_t d = 1;
    for (int64_t at = c->ask.as_of / 86400000;
         at > 0 && hw__month_of((at - 1) * 86400000) == c->month; at--)
        d++;
    memcpy(day, month, 7);
    day[7] = '-';
    day[8] = (char)('0' + d / 10);
    day[9] = (char)('0' + d % 10);
    day[10] = 0;
    t.kind = "meta";
    text(&t, "as_of", day);
    text(&t, "model", "none: orders as they stand; predicted: BG/NBD and Gamma-Gamma");
    text(&t, "window", "first order to as_of");
    text(&t, "time_basis", "conversion, months and days in UTC");
    text(&t, "currency", c->ask.currency);
    text(&t, "amounts", "as the orders give them, net of refunds where those are");
    figure(&t, "margin", c->ask.margin, NULL);
    count(&t, "lead_days", c->ask.lead_days);
    count(&t, "horizon_days", c->ask.horizon);
    figure(&t, "discount_a_month", c->ask.discount, NULL);
}

static void tell_all(telling t, int64_t cac) {
    const hw__customers *c = t.c;
    uint64_t leads = 0, grown = 0, ripe = 0, open = 0;
    for (size_t i = 0; i < c->leads.len; i++) {
        const hw__lead_cohort *l = &c->leads.at[i];
        leads += l->leads;
        open += l->open;
        if (l->open) continue;
        ripe += l->leads;
        grown += l->customers;
    }
    int64_t ltv = per(c, c->value, c->customers);
    t.kind = "all";
    figure(&t, "persons", c->persons ? whole(c->persons) : HW__NO_FIGURE,
           "the file tells only who bought");
    count(&t, "customers", c->customers);
    figure(&t, "conversion_rate", hw__ratio(whole(c->customers), whole(c->persons)),
           "the file tells only who bought");
    count(&t, "orders", c->orders);
    count(&t, "negative_orders_left_out", c->negative);
    figure(&t, "value", c->value, NULL);
    figure(&t, "aov", hw__ratio(c->value, whole(c->orders)), "no orders");
    figure(&t, "orders_per_customer", hw__ratio(whole(c->orders), whole(c->customers)),
           NO_CUSTOMERS);
    count(&t, "customers_who_came_again", c->repeaters);
    figure(&t, "ltv", ltv, NO_CUSTOMERS);
    figure(&t, "spend", c->ask.spend, NO_SPEND);
    const char *why = c->ask.spend == HW__NO_FIGURE ? NO_SPEND : NO_CUSTOMERS;
    figure(&t, "cac", cac, why);
    figure(&t, "ltv_to_cac", hw__ratio(ltv, cac), cac ? why : "customers cost nothing");
    figure(&t, "payback_month", payback(c, cac),
           cac == HW__NO_FIGURE ? why : "not yet, in the months that were lived through");
    count(&t, "leads", leads);
    figure(&t, "cpl", hw__ratio(c->ask.spend, whole(leads)), leads ? NO_SPEND : "no leads");
    figure(&t, "lead_to_customer", hw__ratio(whole(grown), whole(ripe)),
           "no month of leads has had its days");
    count(&t, "open_leads", open);
    count(&t, "leads_who_had_bought", c->known_leads);
}

static void tell_cohorts(telling t) {
    const hw__customers *c = t.c;
    t.kind = "cohort";
    for (size_t i = 0; i < c->cohorts.len; i++) {
        const hw__cohort *h = &c->cohorts.at[i];
        char name[24];
        t.key = (hw_str){h->name, 7};
        count(&t, "customers", h->customers);
        count(&t, "orders", h->orders);
        figure(&t, "value", h->value, NULL);
        count(&t, "whole_months", c->month - h->month);
        int64_t sum = 0;
        for (uint32_t k = 0; k <= oldest(c); k++) {
            hw__text n = {name, 0, sizeof name};
            hw__text_z(&n, "ltv_month_");
            hw__text_int(&n, k);
            bool past = h->month + k <= c->month;
            if (past) sum += c->cells.at[h->cells + k];
            figure(&t, name, past ? per(c, sum, h->customers) : HW__NO_FIGURE, "after as_of");
        }
    }
    t.kind = "lead_cohort";
    for (size_t i = 0; i < c->leads.len; i++) {
        const hw__lead_cohort *l = &c->leads.at[i];
        t.key = (hw_str){l->name, 7};
        count(&t, "leads", l->leads);
        count(&t, "customers", l->customers);
        figure(&t, "lead_to_customer", hw__ratio(whole(l->customers), whole(l->leads)), NULL);
        count(&t, "open_leads", l->open);
        text(&t, "state", l->open ? "immature" : "mature");
    }
}

static void tell_fits(telling t, int64_t cac) {
    const hw__customers *c = t.c;
    const hw_ltv_quality *q = &c->purchases_fit;
    const char *few = "fewer than 10 customers came again on another day";
    bool fitted = q->customers > 0, priced = c->money_fit.customers > 0;
    const double r[4] = {c->purchases.r, c->purchases.alpha, c->purchases.a, c->purchases.b};
    static const char *const names[4] = {"r", "alpha_days", "a", "b"};
    t.kind = "purchases";
    for (int i = 0; i < 4; i++)
        figure(&t, names[i], fitted ? hw__micros_of(r[i]) : HW__NO_FIGURE, few);
    figure(&t, "log_likelihood", fitted ? hw__micros_of(q->log_likelihood) : HW__NO_FIGURE, few);
    if (fitted) text(&t, "settled", q->settled ? "yes" : "no: parameters are not told apart");
    q = &c->money_fit;
    t.kind = "worth";
    const double g[3] = {c->money.p, c->money.q, c->money.gamma};
    static const char *const of[3] = {"p", "q", "gamma"};
    for (int i = 0; i < 3; i++)
        figure(&t, of[i], priced ? hw__micros_of(g[i]) : HW__NO_FIGURE, few);
    double mean = 0;
    bool has_mean = priced && hw_gamma_gamma_mean(&c->money, 0, 0, &mean) == HW_OK;
    figure(&t, "mean", has_mean ? hw__micros_of(mean) : HW__NO_FIGURE,
           priced ? "q is 1 or less: the worth of an unknown customer has no mean" : few);
    figure(&t, "log_likelihood", priced ? hw__micros_of(q->log_likelihood) : HW__NO_FIGURE, few);
    figure(&t, "correlation", hw__micros_of(c->correlation), "nothing varies");
    if (priced) text(&t, "settled", q->settled ? "yes" : "no: parameters are not told apart");
    t.kind = "predicted";
    int64_t alive = hw__micros_of(c->alive), worth = hw__micros_of(c->worth_to_come);
    int64_t value = worth == HW__NO_FIGURE ? worth : margin_of(c, worth);
    int64_t each = hw__ratio(value, whole(c->customers)), ltv = per(c, c->value, c->customers);
    if (each != HW__NO_FIGURE)
        ltv += each;
    else
        ltv = HW__NO_FIGURE;
    const char *far = fitted ? "the fitted parameters are beyond what can be summed up" : few;
    const char *why = alive == HW__NO_FIGURE ? far : "the worth of an unknown customer has no mean";
    figure(&t, "alive", alive, far);
    figure(&t, "purchases", hw__micros_of(c->to_come), far);
    figure(&t, "value", value, why);
    figure(&t, "value_per_customer", each, why);
    figure(&t, "ltv", ltv, why);
    figure(&t, "ltv_to_cac", hw__ratio(ltv, cac),
           ltv == HW__NO_FIGURE ? why
           : cac                ? NO_SPEND
                                : "customers cost nothing");
}

void hw__customers_tell(const void *customers, hw__tell tell, void *ctx) {
    const hw__customers *c = customers;
    telling t = {c, tell, ctx, NULL, {NULL, 0}};
    int64_t cac = hw__ratio(c->ask.spend, whole(c->customers));
    tell_meta(t);
    tell_all(t, cac);
    t.kind = "curve";
    for (uint32_t k = 0; k < oldest(c); k++) {
        char name[24];
        hw__text n = {name, 0, sizeof name};
        hw__text_z(&n, "ltv_month_");
        hw__text_int(&n, k);
        figure(&t, name, curve(c, k), "no month was lived through");
    }
    tell_cohorts(t);
    tell_fits(t, cac);
}

#endif
