#include "cli.h"

#include <string.h>

static option *find(const command *cmd, const char *name, size_t len) {
    for (option *o = cmd->options; o->name; o++)
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0) return o;
    return NULL;
}

bool parse_options(const command *cmd, int *argc, char **argv) {
    int kept = 0;
    bool options = true;
    for (int i = 0; i < *argc; i++) {
        const char *a = argv[i];
        if (options && strcmp(a, "--") == 0) {
            options = false;
            continue;
        }
        if (!options || a[0] != '-' || a[1] == 0) {
            argv[kept++] = argv[i];
            continue;
        }
        const char *name = a[1] == '-' ? a + 2 : a[2] == 0 ? a + 1 : ""; /* --name, or -n */
        const char *eq = strchr(name, '=');
        option *o = find(cmd, name, eq ? (size_t)(eq - name) : strlen(name));
        if (!o) {
            COMPLAIN(0, cmd->name, ": there is no option ", a, "; see hw help ", cmd->name);
            return false;
        }
        if (!o->value) {
            if (eq) {
                COMPLAIN(0, cmd->name, ": --", o->name, " takes no value");
                return false;
            }
            o->given = "";
        } else if (eq) {
            o->given = eq + 1;
        } else if (i + 1 < *argc) {
            o->given = argv[++i];
        } else {
            COMPLAIN(0, cmd->name, ": --", o->name, " wants a value: ", o->value);
            return false;
        }
    }
    *argc = kept;
    return true;
}

const char *option_given(const command *cmd, const char *name) {
    const option *o = find(cmd, name, strlen(name));
    return o ? o->given : NULL;
}

bool parse_uint(const char *text, uint64_t *n) {
    uint64_t v = 0;
    if (!*text) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || v > UINT64_MAX / 10 - 1) return false;
        v = v * 10 + (uint64_t)(*text - '0');
    }
    *n = v;
    return true;
}

bool parse_duration(const char *text, int64_t *ms) {
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    double n = 0, place = 0;
    const char *p = text;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && place == 0); p++) {
        if (*p == '.')
            place = 1;
        else if (place != 0)
            n += (*p - '0') * (place /= 10);
        else
            n = n * 10 + (*p - '0');
    }
    if (p == text) return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(p, units[i].unit) != 0) continue;
        double d = n * (double)units[i].ms + 0.5;
        if (d >= 9e15) return false;
        *ms = (int64_t)d;
        return true;
    }
    return false;
}

bool next_item(hw_str *rest, char at, hw_str *item) {
    if (!rest->ptr) return false;
    const char *end = rest->len ? memchr(rest->ptr, at, rest->len) : NULL;
    size_t n = end ? (size_t)(end - rest->ptr) : rest->len;
    *item = (hw_str){rest->ptr, n};
    if (end) {
        rest->ptr += n + 1;
        rest->len -= n + 1;
    } else
        *rest = (hw_str){NULL, 0};
    return true;
}
