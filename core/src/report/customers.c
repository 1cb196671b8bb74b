#include "report/customers.h"

#ifndef HW_LEAN

#define DAY INT64_C(86400000)

/* H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days; no time before 1970.
 */
uint32_t hw__month_of(int64_t at) {
    int64_t z = at / DAY + 719468, era = z / 146097, doe = z % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 2 : mp - 10, year = yoe + era * 400 + (month < 2);
    return (uint32_t)((year - 1970) * 12 + month);
}

void hw__month_name(uint32_t month, char out[8]) {
    uint32_t year = 1970 + month / 12, m = month % 12 + 1;
    for (int i = 3; i >= 0; i--, year /= 10) out[i] = (char)('0' + year % 10);
    out[4] = '-';
    out[5] = (char)('0' + m / 10);
    out[6] = (char)('0' + m % 10);
    out[7] = 0;
}

/* One person, as far as as_of. */
typedef struct person {
    int64_t first, last_day, spend; /* first order; last day with an order; worth of later days */
    int64_t lead;                   /* became one; -1: never */
    uint64_t orders;
    uint32_t x; /* days with an order behind the first */
    int64_t value;
} person;

static hw_status cohort_of(hw__customers *c, uint32_t month, hw__cohort **out) {
    size_t i = c->cohorts.len;
    while (i > 0 && c->cohorts.at[i - 1].month > month) i--;
    if (i == 0 || c->cohorts.at[i - 1].month != month) {
        HW__TRY(HW__RESERVE(&c->alloc, &c->cohorts, c->cohorts.len + 1));
        memmove(c->cohorts.at + i + 1, c->cohorts.at + i,
                (c->cohorts.len - i) * sizeof *c->cohorts.at);
        size_t cells = c->month - month + 1;
        HW__TRY(HW__RESERVE(&c->alloc, &c->cells, c->cells.len + cells));
        c->cohorts.at[i] = (hw__cohort){.month = month, .cells = c->cells.len};
        hw__month_name(month, c->cohorts.at[i].name);
        for (size_t k = 0; k < cells; k++) c->cells.at[c->cells.len++] = 0;
        c->cohorts.len++;
        i++;
    }
    *out = &c->cohorts.at[i - 1];
    return HW_OK;
}

static hw_status add_lead(hw__customers *c, int64_t lead, int64_t first) {
    if (first >= 0 && first < lead) {
        c->known_leads++;
        return HW_OK;
    }
    uint32_t month = hw__month_of(lead);
    size_t i = c->leads.len;
    while (i > 0 && c->leads.at[i - 1].month > month) i--;
    if (i == 0 || c->leads.at[i - 1].month != month) {
        HW__TRY(HW__RESERVE(&c->alloc, &c->leads, c->leads.len + 1));
        memmove(c->leads.at + i + 1, c->leads.at + i, (c->leads.len - i) * sizeof *c->leads.at);
        c->leads.at[i] = (hw__lead_cohort){.month = month};
        hw__month_name(month, c->leads.at[i++].name);
        c->leads.len++;
    }
    hw__lead_cohort *to = &c->leads.at[i - 1];
    int64_t until = lead + (int64_t)c->ask.lead_days * DAY;
    bool became = first >= 0 && first <= until;
    to->leads++;
    to->customers += became;
    to->open += !became && until > c->ask.as_of;
    return HW_OK;
}

static hw_status add_customer(hw__customers *c, const hw__deed *deeds, size_t n, const person *p) {
    hw__cohort *to;
    uint32_t month = hw__month_of(p->first);
    HW__TRY(cohort_of(c, month, &to));
    to->customers++;
    to->orders += p->orders;
    for (size_t i = 0; i < n; i++) {
        const hw__deed *d = &deeds[i];
        if (d->lead || d->value < 0 || d->at > c->ask.as_of) continue;
        int64_t *cell = &c->cells.at[to->cells + hw__month_of(d->at) - month];
        if (__builtin_add_overflow(*cell, d->value, cell) ||
            __builtin_add_overflow(to->value, d->value, &to->value) ||
            __builtin_add_overflow(c->value, d->value, &c->value))
            return HW_E_OVERFLOW;
    }
    int64_t first_day = p->first / DAY;
    HW__TRY(HW__RESERVE(&c->alloc, &c->ltv, c->ltv.len + 1));
    c->ltv.at[c->ltv.len++] = (hw_ltv_cell){.x = p->x,
                                            .recency = (double)(p->last_day - first_day),
                                            .age = (double)(c->ask.as_of / DAY - first_day),
                                            .customers = 1,
                                            .spend = p->spend};
    c->customers++;
    c->orders += p->orders;
    c->repeaters += p->x > 0;
    return HW_OK;
}

static hw_status add_person(hw__customers *c, const hw__deed *deeds, size_t n) {
    person p = {.first = -1, .lead = -1};
    for (size_t i = 0; i < n; i++) {
        const hw__deed *d = &deeds[i];
        if (d->at > c->ask.as_of) continue;
        if (d->lead) {
            if (p.lead < 0) p.lead = d->at;
            continue;
        }
        if (d->value < 0) {
            c->negative++;
            continue;
        }
        int64_t day = d->at / DAY;
        if (p.first < 0)
            p.first = d->at;
        else if (day > p.last_day)
            p.x++;
        p.last_day = day;
        p.orders++;
        if (day > p.first / DAY && __builtin_add_overflow(p.spend, d->value, &p.spend))
            return HW_E_OVERFLOW;
    }
    if (p.lead >= 0) HW__TRY(add_lead(c, p.lead, p.first));
    return p.first < 0 ? HW_OK : add_customer(c, deeds, n, &p);
}

hw_status hw__customers_count(const hw_dataset *d, const hw__customers_ask *ask, hw__customers *c) {
    *c = (hw__customers){.alloc = d->alloc, .ask = *ask};
    if (!d->finished || d->columns.kind != HW_DATASET_TOUCHES) return HW_E_STATE;
    if (ask->as_of < 0 || ask->lead_days > HW__LEAD_DAYS_MAX || ask->horizon > HW__HORIZON_MAX ||
        ask->margin > 1000000 || ask->discount > 1000000)
        return HW_E_ARG;
    if (!c->ask.as_of) c->ask.as_of = d->newest;
    c->month = hw__month_of(c->ask.as_of);
    const int32_t *at = d->columns.at;
    bool buyers_only = d->orders && at[HW__ROLE_CONVERSION] < 0 && at[HW__ROLE_INTERACTION] < 0;
    c->persons = buyers_only ? 0 : d->persons;
    const hw__deed *deeds = d->deeds.at;
    for (size_t i = 0, n; i < d->deeds.len; i += n) {
        for (n = 1; i + n < d->deeds.len && deeds[i + n].person == deeds[i].person;) n++;
        HW__TRY(add_person(c, deeds + i, n));
    }
    return HW_OK;
}

void hw__customers_free(hw__customers *c) {
    HW__VEC_FREE(&c->alloc, &c->cohorts);
    HW__VEC_FREE(&c->alloc, &c->cells);
    HW__VEC_FREE(&c->alloc, &c->leads);
    HW__VEC_FREE(&c->alloc, &c->ltv);
    HW__VEC_FREE(&c->alloc, &c->worth);
}

#endif
