/* The options by which files become a dataset, and the reading of them. */
#ifndef HW_LOAD_H
#define HW_LOAD_H

#include "cli.h"

#define LOAD_OPTIONS                                                                               \
    {"direct", "NAME", "the channel that is no source; default Direct", NULL},                     \
        {"lookback", "DURATION",                                                                   \
         "clicks and visits count this long; default 30d, paths: no limit", NULL},                 \
        {"view-lookback", "DURATION", "impressions count this long; default 1d", NULL},            \
        {"journey", "keep|reset", "reset: a new journey after each conversion; default keep",      \
         NULL},                                                                                    \
        {"transform", "exposure|unique|first|frequency",                                           \
         "what counts once: a run of a channel, nothing (default), a channel, a channel as "       \
         "Email(2)",                                                                               \
         NULL},                                                                                    \
        {"max-touches", "N", "a journey keeps its N most recent touches", NULL},                   \
        {"separator", "TEXT", "between the steps of a path; default >", NULL},                     \
        {"columns", "ROLE=NAME,…", "which column plays which role, e.g. visitor=cookie,time=ts",   \
         NULL},                                                                                    \
    {                                                                                              \
        "skip-bad", NULL, "count and list bad rows on standard error instead of stopping", NULL    \
    }

/* What the header tells, for help texts. */
#define LOAD_HELP                                                                                  \
    "The header tells the kind of file: path,total_conversions[,total_conversion_value]\n"         \
    "[,total_null][,times], or visitor,time,channel[,interaction,conversion,value,event_id,\n"     \
    "order_id], or a ledger made by hw ledger, or a worker's journeys "                            \
    "(/v1/journeys?format=binary).\n"

/* Reads the files (none: standard input). EXIT_FINE, or a complaint was made; *out is then NULL. */
int load_dataset(const command *cmd, int argc, char **argv, hw_dataset **out);

/* The same of a file of orders, or of a touch log whose orders alone are wanted. */
int load_orders(const command *cmd, int argc, char **argv, hw_dataset **out);

/* The same, and the merged ledger when the files were ledgers; NULL when they were CSV. */
int load_dataset_or_tally(const command *cmd, int argc, char **argv, hw_dataset **out,
                          hw_tally **tally);

#endif
