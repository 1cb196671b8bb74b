#define _POSIX_C_SOURCE 200809L

#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "load.h"

static option options[] = {
    {"o", "FILE", "the ledger to write; it appears whole or not at all", NULL},
    {"part", "NAME", "map: what tells this part from others; default the file's name", NULL},
    LOAD_OPTIONS,
    {.name = NULL}};

static bool write_all(const char *name, const uint8_t *bytes, size_t len) {
    FILE *f = fopen(name, "wb");
    bool fine = f && fwrite(bytes, 1, len, f) == len;
    if (f && fclose(f) != 0) fine = false;
    return fine;
}

/* A plain file is written beside its place first, then renamed: a run that is cut short leaves no
 * half file. A device, a pipe or a link stays what it is and is written to. */
static bool write_file(const char *name, const uint8_t *bytes, size_t len) {
    char beside[4096];
    struct stat st;
    int n = snprintf(beside, sizeof beside, "%s.part", name);
    bool plain = lstat(name, &st) != 0 || S_ISREG(st.st_mode);
    if (plain && n > 0 && (size_t)n < sizeof beside) {
        if (write_all(beside, bytes, len) && rename(beside, name) == 0) return true;
        COMPLAIN(0, "cannot write ", name, ": ", strerror(errno));
        remove(beside);
        return false;
    }
    if (write_all(name, bytes, len)) return true;
    COMPLAIN(0, "cannot write ", name, ": ", strerror(errno));
    return false;
}

static int save(const hw_tally *t, const char *name) {
    hw_allocator a = hw_default_allocator();
    size_t len = 0;
    hw_status s = hw_tally_save(t, NULL, 0, &len);
    uint8_t *bytes = s == HW_E_BUFFER ? a.alloc(a.ctx, len) : NULL;
    if (!bytes) return COMPLAIN(EXIT_DATA, "ledger: ", hw_status_text(HW_E_NOMEM));
    s = hw_tally_save(t, bytes, len, &len);
    int code = s == HW_OK && write_file(name, bytes, len) ? EXIT_FINE : EXIT_DATA;
    a.free(a.ctx, bytes, len);
    return code;
}

static int map(const command *self, int argc, char **argv, const char *to) {
    const char *part = option_given(self, "part");
    if (!part) part = argc == 1 && strcmp(argv[0], "-") != 0 ? argv[0] : "";
    if (!*part)
        return COMPLAIN(EXIT_USAGE,
                        "ledger map: give one file, or name what is read with --part NAME");
    hw_dataset *d;
    hw_tally *t = NULL;
    int code = load_dataset_or_tally(self, argc, argv, &d, &t);
    if (code != EXIT_FINE) return code;
    hw_allocator a = hw_default_allocator();
    hw_status s = HW_OK;
    if (t)
        code = COMPLAIN(EXIT_DATA, "ledger map: this is a ledger already; use hw ledger merge");
    else
        s = hw_tally_create(&a, d, (hw_str){part, strlen(part)}, &t);
    if (s != HW_OK) code = COMPLAIN(EXIT_DATA, "ledger: ", hw_status_text(s));
    if (code == EXIT_FINE) code = save(t, to);
    hw_tally_destroy(t);
    hw_dataset_destroy(d);
    return code;
}

static int merge(const command *self, int argc, char **argv, const char *to) {
    hw_dataset *d;
    hw_tally *t = NULL;
    if (!argc) return COMPLAIN(EXIT_USAGE, "ledger merge: give the ledgers to merge");
    int code = load_dataset_or_tally(self, argc, argv, &d, &t);
    if (code != EXIT_FINE) return code;
    if (t)
        code = save(t, to);
    else
        code = COMPLAIN(EXIT_DATA, "ledger merge: these are CSV files; use hw ledger map first");
    hw_tally_destroy(t);
    hw_dataset_destroy(d);
    return code;
}

static int run(command *self, int argc, char **argv) {
    const char *to = option_given(self, "o");
    if (argc && strcmp(argv[0], "map") == 0 && to) return map(self, argc - 1, argv + 1, to);
    if (argc && strcmp(argv[0], "merge") == 0 && to) return merge(self, argc - 1, argv + 1, to);
    return COMPLAIN(EXIT_USAGE, "ledger: it is hw ledger map FILE -o PART.hwl, or hw ledger merge "
                                "PART.hwl… -o ALL.hwl");
}

command cmd_ledger = {
    "ledger",
    "Sums up files as ledgers that merge in any order",
    "map FILE -o PART.hwl | merge PART.hwl… -o ALL.hwl",
    options,
    run,
    "A ledger holds every distinct path with its counts: hw attribute, markov and paths read it\n"
    "like the files it was made of, and print the same. A part counts once, however often it is\n"
    "merged. Windows apply when a part is mapped. Cut a touch log by visitor, not through one.\n"};
