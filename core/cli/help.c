#include "cli.h"

#include <string.h>

static void pad(FILE *to, const char *z, int width) {
    fprintf(to, "%-*s", width, z);
}

int help_all(FILE *to) {
    fprintf(to, "hw %s: where sales came from\n\nUsage: hw COMMAND [OPTION…] [FILE…]\n\n",
            hw_version());
    for (command *const *c = commands; *c; c++) {
        fputs("  ", to);
        pad(to, (*c)->name, 12);
        fprintf(to, "%s\n", (*c)->summary);
    }
    fputs("\nhw help COMMAND tells more. Exit status: 0 fine, 1 bad data, 2 bad usage.\n", to);
    return EXIT_FINE;
}

void help_command(const command *cmd, FILE *to) {
    fprintf(to, "Usage: hw %s %s\n\n%s.\n", cmd->name, cmd->arguments, cmd->summary);
    if (cmd->options->name) fputs("\nOptions:\n", to);
    for (const option *o = cmd->options; o->name; o++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s%s%s", o->name[1] ? "--" : "-", o->name,
                 o->value ? " " : "", o->value ? o->value : "");
        size_t width = 0; /* characters, not bytes */
        for (const char *c = name; *c; c++) width += ((unsigned char)*c & 0xc0) != 0x80;
        fprintf(to, "  %s", name);
        if (width >= 26) { /* the help stands on a line of its own */
            fputs("\n  ", to);
            width = 0;
        }
        fprintf(to, "%*s%s\n", (int)(26 - width), "", o->help);
    }
    if (cmd->more) fprintf(to, "\n%s", cmd->more);
    for (size_t i = 0; cmd == &cmd_attribute && hw_model_at(i); i++) {
        fputs("  ", to);
        pad(to, hw_model_at(i)->name, 18);
        fprintf(to, "%s%s\n", hw_model_at(i)->title,
                hw_model_at(i)->needs_times ? " (needs times)" : "");
    }
}

static int run(command *self, int argc, char **argv) {
    (void)self;
    if (argc == 0) return help_all(stdout);
    for (command *const *c = commands; *c; c++)
        if (strcmp(argv[0], (*c)->name) == 0) {
            help_command(*c, stdout);
            return EXIT_FINE;
        }
    return COMPLAIN(EXIT_USAGE, "there is no command \"", argv[0], "\"; hw help lists them");
}

static option options[] = {{.name = NULL}};
command cmd_help = {"help", "Tells what a command does", "[COMMAND]", options, run, NULL};
