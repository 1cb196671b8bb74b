/* hw: the command line of the core. Exit: 0 fine, 1 bad data, 2 bad usage. */
#include "cli.h"

#include <string.h>

command *const commands[] = {&cmd_attribute, &cmd_markov, &cmd_paths,    &cmd_ledger,
                             &cmd_classify,  &cmd_dedup,  &cmd_generate, &cmd_truth,
                             &cmd_ltv,       &cmd_bench,  &cmd_help,     NULL};

int main(int argc, char **argv) {
    if (argc < 2) {
        help_all(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        out("hw ");
        out(hw_version());
        out("\n");
        out_flush();
        return EXIT_FINE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return help_all(stdout);
    for (command *const *c = commands; *c; c++) {
        if (strcmp(argv[1], (*c)->name) != 0) continue;
        int n = argc - 2;
        for (int i = 0; i < n; i++)
            if (strcmp(argv[2 + i], "--help") == 0 || strcmp(argv[2 + i], "-h") == 0) {
                help_command(*c, stdout);
                return EXIT_FINE;
            }
        if (!parse_options(*c, &n, argv + 2)) return EXIT_USAGE;
        int code = (*c)->run(*c, n, argv + 2);
        out_flush();
        return code;
    }
    return COMPLAIN(EXIT_USAGE, "there is no command \"", argv[1], "\"; hw help lists them");
}
