#include <string.h>

#include "base/internal.h"
#include "figures_out.h"
#include "load.h"
#include "report/customers.h"

static option options[] = {
    {"as-of", "TIME", "what is later is not looked at; default: the newest row", NULL},
    {"horizon", "DURATION", "how far ahead to predict; default 365d", NULL},
    {"lead-days", "N", "a lead has so long to become a customer; default 30", NULL},
    {"spend", "AMOUNT", "what winning these customers cost: for CAC, CPL, LTV:CAC, payback", NULL},
    {"margin", "PERCENT", "of a sale, for LTV; default 100: revenue", NULL},
    {"discount", "PERCENT", "a month, of what is predicted; default 0", NULL},
    {"currency", "CODE", "to be named beside the figures", NULL},
    {"format", "csv|json|table", "default csv", NULL},
    LOAD_OPTIONS,
    {.name = NULL}};

/* Whole days within 0 .. most. */
static bool days(const char *v, bool duration, uint32_t most, uint32_t *to) {
    uint64_t n;
    int64_t ms;
    if (duration) {
        if (!parse_duration(v, &ms) || ms % 86400000) return false;
        n = (uint64_t)(ms / 86400000);
    } else if (!parse_uint(v, &n))
        return false;
    if (n > most) return false;
    *to = (uint32_t)n;
    return true;
}

static bool percent(const char *v, uint32_t *millionths) {
    int64_t micros;
    if (!hw__parse_micros(hw__str_of(v), &micros) || micros < 0 || micros > 100 * HW_MICROS)
        return false;
    *millionths = (uint32_t)(micros / 100);
    return true;
}

static bool read_ask(const command *cmd, hw__customers_ask *ask) {
    const char *v;
    if ((v = option_given(cmd, "as-of")) && !hw__parse_time(hw__str_of(v), &ask->as_of))
        return COMPLAIN(0, "ltv: --as-of is a time such as 2026-06-30, not ", v), false;
    if ((v = option_given(cmd, "horizon")) && !days(v, true, HW__HORIZON_MAX, &ask->horizon))
        return COMPLAIN(0, "ltv: --horizon is up to 3650 whole days, such as 365d, not ", v), false;
    if ((v = option_given(cmd, "lead-days")) && !days(v, false, HW__LEAD_DAYS_MAX, &ask->lead_days))
        return COMPLAIN(0, "ltv: --lead-days is a number up to 3650, not ", v), false;
    if ((v = option_given(cmd, "spend")) &&
        (!hw__parse_micros(hw__str_of(v), &ask->spend) || ask->spend < 0))
        return COMPLAIN(0, "ltv: --spend is an amount of 0 or more, not ", v), false;
    if ((v = option_given(cmd, "margin")) && !percent(v, &ask->margin))
        return COMPLAIN(0, "ltv: --margin is 0 to 100 percent, not ", v), false;
    if ((v = option_given(cmd, "discount")) && !percent(v, &ask->discount))
        return COMPLAIN(0, "ltv: --discount is 0 to 100 percent, not ", v), false;
    if ((v = option_given(cmd, "currency"))) ask->currency = v;
    return true;
}

static int run(command *self, int argc, char **argv) {
    hw__customers_ask ask = HW__CUSTOMERS_ASK;
    const char *format = option_given(self, "format");
    if (!format) format = "csv";
    if (strcmp(format, "csv") != 0 && strcmp(format, "json") != 0 && strcmp(format, "table") != 0)
        return COMPLAIN(EXIT_USAGE, "ltv: --format is csv, json or table, not ", format);
    if (!read_ask(self, &ask)) return EXIT_USAGE;
    hw_dataset *d = NULL;
    int code = load_orders(self, argc, argv, &d);
    if (code != EXIT_FINE) return code;
    hw__customers c;
    hw_status s = hw__customers_count(d, &ask, &c);
    if (s == HW_OK) s = hw__customers_predict(&c);
    if (s == HW_OK) s = figures_out(format, hw__customers_tell, &c);
    hw__customers_free(&c);
    hw_dataset_destroy(d);
    if (s == HW_E_STATE)
        return COMPLAIN(EXIT_DATA, "ltv: paths and ledgers tell nobody apart; give a file with "
                                   "customer,time,value or a touch log");
    return s == HW_OK ? EXIT_FINE : COMPLAIN(EXIT_DATA, "ltv: ", hw_status_text(s));
}

command cmd_ltv = {
    "ltv",
    "Tells what customers are worth, so far, by cohort and to come",
    "[OPTION…] [FILE…|-]",
    options,
    run,
    "A file of orders has customer,time,value[,order_id]: a row is an order, net of refunds, and "
    "one\n"
    "below 0 is counted and left out. In a touch log the rows that convert are orders, and\n"
    "those whose interaction is lead or sign_up are leads.\n"
    "A row is kind,key,name,figure,why: all, curve (a customer's worth by months since the first\n"
    "order, over cohorts that have lived through them), cohort (by month of the first order;\n"
    "ltv_month_N adds up, and is empty after as_of), lead_cohort (by month of the lead), "
    "purchases\n"
    "(BG/NBD, days) and worth (Gamma-Gamma) as fitted, predicted (sums over all customers).\n"};
