/* The command line: argument reading, I/O and one function per command. */
#ifndef HW_CLI_H
#define HW_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "headwater/headwater.h"

enum { EXIT_FINE = 0, EXIT_DATA = 1, EXIT_USAGE = 2 };

/* ---- io.c ---- */

/* Buffered standard output; a failed write (a full disk, a closed pipe) ends the run with 1. */
void out_bytes(const char *p, size_t n);
void out(const char *z);
void out_str(hw_str s);
void out_csv(hw_str s); /* quoted where CSV wants it */
void out_micros(int64_t micros);
void out_flush(void);

/* Reads a file ("-": standard input) in chunks; false and a message when it cannot be read.
 * take() returns false to stop. Shows progress on a terminal after a second. */
typedef bool (*take_fn)(void *ctx, const char *bytes, size_t len);
bool read_file(const char *name, take_fn take, void *ctx);

/* "hw: " and the parts, on standard error; returns the exit code given. */
int complain(int exit_code, const char *const *parts);
#define COMPLAIN(code, ...) complain((code), (const char *const[]){__VA_ARGS__, NULL})
/* file:line:column: reason */
int complain_at(const char *file, const hw_error *err);

/* ---- args.c ---- */

typedef struct option {
    const char *name;  /* without "--" */
    const char *value; /* what stands for it in the usage; NULL: a flag */
    const char *help;
    const char *given; /* after parsing; a flag's is "" */
} option;

typedef struct command {
    const char *name, *summary, *arguments;
    option *options;                                         /* ended by a NULL name */
    int (*run)(struct command *self, int argc, char **argv); /* argv: what is no option */
    const char *more; /* text behind the options; may be NULL */
} command;

/* Takes options out of argv; false after a complaint. */
bool parse_options(const command *cmd, int *argc, char **argv);
const char *option_given(const command *cmd, const char *name);
/* "7d", "12h", "30m", "45s", "500ms" in ms; false when it is none. */
bool parse_duration(const char *text, int64_t *ms);
bool parse_uint(const char *text, uint64_t *n);
/* The next piece of a list, cut at `at`; false at the end. */
bool next_item(hw_str *rest, char at, hw_str *item);

/* ---- threads.c ---- */

/* Processors at work, at most HW_RUNNER_WIDTH_MAX; 1 where there are no threads. */
size_t processors(void);
/* Runs jobs on so many threads; one after the other where there are none. */
hw_runner threads(size_t width);

/* ---- commands, each in its own file; the list is in hw.c ---- */

extern command cmd_attribute, cmd_markov, cmd_paths, cmd_ledger, cmd_classify, cmd_dedup,
    cmd_generate, cmd_truth, cmd_ltv, cmd_bench, cmd_help;
extern command *const commands[]; /* ended by NULL */
int help_all(FILE *to);
void help_command(const command *cmd, FILE *to);

#endif
