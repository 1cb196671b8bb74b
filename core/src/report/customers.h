/* Who bought, when first, how often and for how much: customers by the month of their first order,
 * leads by the month they came in, and what customers are worth, so far and to come. */
#ifndef HW__CUSTOMERS_H
#define HW__CUSTOMERS_H

#include "journey/dataset.h"
#include "report/figures.h"

typedef struct hw__customers_ask {
    int64_t as_of;        /* Unix ms: what is later is not looked at; 0: the newest row */
    uint32_t lead_days;   /* a lead has so long to become a customer */
    uint32_t horizon;     /* days ahead that are predicted */
    uint32_t margin;      /* millionths of what customers pay that are counted as their worth */
    uint32_t discount;    /* millionths by which a month makes what is to come worth less */
    int64_t spend;        /* micros; HW__NO_FIGURE: unknown */
    const char *currency; /* for people; may be empty */
} hw__customers_ask;

#define HW__CUSTOMERS_ASK ((hw__customers_ask){0, 30, 365, 1000000, 0, HW__NO_FIGURE, ""})

enum { HW__LEAD_DAYS_MAX = 3650, HW__HORIZON_MAX = 3650 };

typedef struct hw__cohort {
    uint32_t month; /* since 1970-01 */
    char name[8];   /* of the month */
    uint64_t customers, orders;
    int64_t value; /* micros, to date */
    size_t cells;  /* where its months begin in `cells`: its own, … the month of as_of */
} hw__cohort;

typedef struct hw__lead_cohort {
    uint32_t month;
    char name[8];
    uint64_t leads, customers, open; /* open: neither a customer yet nor past the lead's days */
} hw__lead_cohort;

typedef struct hw__customers {
    hw_allocator alloc;
    hw__customers_ask ask;
    uint32_t month;   /* of as_of */
    uint64_t persons; /* 0: the file tells only who bought */
    uint64_t customers, orders, repeaters, negative;
    uint64_t known_leads; /* who had bought before they became a lead: in no cohort of leads */
    int64_t value;
    HW__VEC(hw__cohort) cohorts;     /* by month; months without a customer are left out */
    HW__VEC(int64_t) cells;          /* value of a cohort in a month, micros */
    HW__VEC(hw__lead_cohort) leads;  /* by month */
    HW__VEC(hw_ltv_cell) ltv, worth; /* times in days; worth: by x and about the same mean */
    hw_bg_nbd purchases;
    hw_gamma_gamma money;
    hw_ltv_quality purchases_fit, money_fit; /* customers 0: not fitted */
    double correlation;                      /* of x and mean worth over those who bought again */
    double alive, to_come, worth_to_come;    /* sums over customers; worth in units; NaN: unknown */
} hw__customers;

/* HW_E_STATE for a dataset that is not finished or tells nobody apart, HW_E_ARG, HW_E_OVERFLOW,
 * HW_E_NOMEM. Free it whatever is returned. */
hw_status hw__customers_count(const hw_dataset *d, const hw__customers_ask *ask,
                              hw__customers *out);
void hw__customers_free(hw__customers *c);

/* The fits and what follows from them; what cannot be fitted is left unknown. customers_ltv.c */
hw_status hw__customers_predict(hw__customers *c);

/* An hw__figures of an hw__customers. customers_tell.c */
void hw__customers_tell(const void *customers, hw__tell tell, void *ctx);

/* "2026-01" */
void hw__month_name(uint32_t month, char out[8]);
uint32_t hw__month_of(int64_t at_ms);

#endif
