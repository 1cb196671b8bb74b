#if defined(__unix__) && !defined(__wasi__)
#define HW_CLI_MMAP
#define _POSIX_C_SOURCE 200809L
#endif

#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef HW_CLI_MMAP
#include <sys/mman.h>
#include <sys/stat.h>
#endif

#include "base/internal.h"

static char buffer[1 << 16];
static size_t held;

static void cannot_write(void) {
    held = 0; /* what is left cannot be written either, when exit flushes */
    if (errno != EPIPE) COMPLAIN(0, "cannot write standard output: ", strerror(errno));
    exit(EXIT_DATA);
}

void out_flush(void) {
    if (held && fwrite(buffer, 1, held, stdout) != held) cannot_write();
    held = 0;
    if (fflush(stdout) != 0) cannot_write();
}

void out_bytes(const char *p, size_t n) {
    if (n > sizeof buffer - held) out_flush();
    if (n > sizeof buffer) {
        if (fwrite(p, 1, n, stdout) != n) cannot_write();
        return;
    }
    if (n) memcpy(buffer + held, p, n);
    held += n;
}

void out(const char *z) {
    out_bytes(z, strlen(z));
}
void out_str(hw_str s) {
    out_bytes(s.ptr, s.len);
}

void out_csv(hw_str s) {
    bool quote = s.len && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ');
    for (size_t i = 0; i < s.len && !quote; i++) quote = strchr(",\"\r\n", s.ptr[i]) && s.ptr[i];
    if (!quote) {
        out_str(s);
        return;
    }
    out("\"");
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') out("\"");
        out_bytes(s.ptr + i, 1);
    }
    out("\"");
}

void out_micros(int64_t micros) {
    char text[32];
    out_bytes(text, hw__format_micros(micros, false, text));
}

int complain(int exit_code, const char *const *parts) {
    fputs("hw: ", stderr);
    for (; *parts; parts++) fputs(*parts, stderr);
    fputc('\n', stderr);
    return exit_code;
}

int complain_at(const char *file, const hw_error *err) {
    fprintf(stderr, "%s", strcmp(file, "-") == 0 ? "(standard input)" : file);
    if (err->line) fprintf(stderr, ":%llu", (unsigned long long)err->line);
    if (err->line && err->column) fprintf(stderr, ":%u", (unsigned)err->column);
    fprintf(stderr, ": %s (%s)\n", err->message, hw_status_name(err->status));
    return EXIT_DATA;
}

/* A line that grows on a terminal when the work takes more than a second. */
static void progress(const char *name, uint64_t bytes, time_t since, time_t *last, bool end) {
    time_t now = time(NULL);
    if (end) {
        if (*last) fputs("\r\033[K", stderr);
        return;
    }
    if (now <= since + 1 || now == *last || !isatty(2)) return;
    *last = now;
    fprintf(stderr, "\r%s: %.1f MB read\033[K", name, (double)bytes / 1e6);
    fflush(stderr);
}

typedef struct input {
    const char *name;
    take_fn take;
    void *ctx;
    uint64_t bytes;
    time_t since, last;
} input;

static bool hand_on(input *in, const char *bytes, size_t len) {
    bool go = in->take(in->ctx, bytes, len);
    in->bytes += len;
    progress(in->name, in->bytes, in->since, &in->last, false);
    return go;
}

enum { CHUNK = 1 << 18 };

#ifdef HW_CLI_MMAP
/* A file that can be mapped is read where it lies. *done: it was; otherwise nothing was taken. */
static bool read_mapped(FILE *f, input *in, bool *done) {
    struct stat st;
    *done = false;
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
        (uint64_t)st.st_size > SIZE_MAX)
        return true;
    size_t size = (size_t)st.st_size;
    const char *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fileno(f), 0);
    if (p == MAP_FAILED) return true;
    (void)posix_madvise((void *)(uintptr_t)p, size, POSIX_MADV_SEQUENTIAL);
    *done = true;
    bool go = true;
    for (size_t at = 0; at < size; at += CHUNK) {
        size_t n = size - at < CHUNK ? size - at : CHUNK;
        if (go) go = hand_on(in, p + at, n);
        munmap((void *)(uintptr_t)(p + at), n); /* what is read need not stay in memory */
    }
    return go;
}
#endif

static bool read_stream(FILE *f, input *in) {
    static char chunk[CHUNK];
    size_t n;
    bool go = true;
    while (go && (n = fread(chunk, 1, sizeof chunk, f)) > 0) go = hand_on(in, chunk, n);
    return go;
}

bool read_file(const char *name, take_fn take, void *ctx) {
    FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (!f) {
        COMPLAIN(0, "cannot open ", name, ": ", strerror(errno));
        return false;
    }
    input in = {.name = name, .take = take, .ctx = ctx, .since = time(NULL)};
    bool done = false, go = true;
#ifdef HW_CLI_MMAP
    go = read_mapped(f, &in, &done);
#endif
    if (!done) go = read_stream(f, &in);
    progress(name, in.bytes, in.since, &in.last, true);
    bool bad = ferror(f) != 0;
    if (f != stdin) fclose(f);
    if (go && bad) COMPLAIN(0, "cannot read ", name, ": ", strerror(errno));
    return go && !bad;
}
