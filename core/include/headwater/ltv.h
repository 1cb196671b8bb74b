/**
 * @file ltv.h
 * ⑦ What customers will buy: BG/NBD for how often, Gamma-Gamma for how much. Outside a contract
 * nobody tells when a customer has left, so both are estimates from the whole of the customers:
 *
 * - BG/NBD (Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24(2),
 *   2005): while alive a customer buys at a rate of its own, gamma(r, alpha) over customers, and
 * leaves after a purchase with a chance of its own, beta(a, b) over customers.
 * - Gamma-Gamma (Fader and Hardie, The Gamma-Gamma Model of Monetary Value, 2013): what one
 * purchase is worth varies about a mean of the customer's own; how much is assumed to have nothing
 * to do with how often.
 *
 * A customer is known by its repeat purchases x, the time from the first to the last of them, and
 * the time from the first until now. Times are in one unit, whichever: rates come out in it. Like
 * all of the core, these are additions and multiplications in a fixed order: every build gives the
 * same bits.
 */
#ifndef HEADWATER_LTV_H
#define HEADWATER_LTV_H

#include "headwater/types.h"

/** Customers alike. Cells add up: two of equal x, recency and age are one with both sums. */
typedef struct hw_ltv_cell {
    uint32_t x;         /**< repeat purchases; 0: only the first one */
    double recency;     /**< first to last purchase; 0 where x is 0 */
    double age;         /**< first purchase until now; >= recency */
    uint64_t customers; /**< how many; > 0 */
    int64_t spend;      /**< micros: worth of the repeat purchases of all of them */
} hw_ltv_cell;

/** All > 0. */
typedef struct hw_bg_nbd {
    double r, alpha, a, b;
} hw_bg_nbd;

/** All > 0. The population's mean worth of a purchase is p·gamma / (q − 1), which is known for q
 * > 1. */
typedef struct hw_gamma_gamma {
    double p, q, gamma;
} hw_gamma_gamma;

/** How a fit ended. */
typedef struct hw_ltv_quality {
    double log_likelihood;
    uint64_t customers; /**< that it rests on */
    uint32_t rounds;    /**< evaluations of the likelihood */
    /** 0 where a parameter ran into the bounds of the search, or it did not settle: the data does
     * not tell the parameters apart. Sums over customers may still be near; single parameters mean
     * nothing. */
    int settled;
} hw_ltv_quality;

/** Fewer customers who bought again than this are not fitted. */
enum { HW_LTV_REPEATERS_MIN = 10 };

/**
 * Maximum likelihood, in log space. Cells in order of x are the quickest.
 * @return HW_E_LIMIT with less than HW_LTV_REPEATERS_MIN customers of x > 0; HW_E_ARG for a cell
 * out of range
 */
HW_API HW_NODISCARD hw_status hw_bg_nbd_fit(const hw_ltv_cell *cells, size_t count, hw_bg_nbd *out,
                                            hw_ltv_quality *quality);

/**
 * The same for the worth of purchases, from cells of x > 0 whose mean worth spend / (x·customers)
 * is above 0; recency and age are not looked at. Customers of one cell count with its mean: put
 * together only those of near the same worth.
 * @return as hw_bg_nbd_fit
 */
HW_API HW_NODISCARD hw_status hw_gamma_gamma_fit(const hw_ltv_cell *cells, size_t count,
                                                 hw_gamma_gamma *out, hw_ltv_quality *quality);

/** The chance that the customer still buys, 0 .. 1; 1 for x = 0: only a purchase is followed by
 * leaving. */
HW_API double hw_bg_nbd_alive(const hw_bg_nbd *p, uint32_t x, double recency, double age);

/**
 * Purchases to expect of one customer within `horizon` from now.
 * @param expected 0 or more
 * @return HW_E_ARG for parameters or times out of range; HW_E_LIMIT where the series needs more
 * than a million terms, which takes a horizon of thousands of times alpha + age
 */
HW_API HW_NODISCARD hw_status hw_bg_nbd_expected(const hw_bg_nbd *p, uint32_t x, double recency,
                                                 double age, double horizon, double *expected);

/**
 * What a purchase of the customer is worth on average, in units of money, of whom x purchases with
 * this mean are known; x = 0: of a customer of whom nothing is known.
 * @return HW_E_ARG for parameters out of range; HW_E_LIMIT where p·x + q <= 1: there is no mean
 */
HW_API HW_NODISCARD hw_status hw_gamma_gamma_mean(const hw_gamma_gamma *p, uint32_t x, double mean,
                                                  double *expected);

#endif
