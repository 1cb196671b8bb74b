#include "source/known_sources.h"

static hw_str name_of(const char *line) {
    size_t from = line[0] == '-', n = from;
    while (!strchr("!%+,\n", line[n])) n++;
    return (hw_str){line + from, n - from};
}

bool hw__known_pattern(const char *line, size_t *at, char *buf, hw_str *pattern) {
    hw_str name = name_of(line);
    if (*at == 0) {
        *at = (size_t)(name.ptr - line) + name.len;
        *pattern = name;
        if (line[0] != '-') return true;
    }
    char mark = line[*at];
    if (mark == '\n') return false;
    size_t from = ++*at;
    if (mark == ',' || mark == '+')
        while (!strchr("+,\n", line[*at])) ++*at;
    hw_str rest = mark == '!'   ? HW_STR("com")
                  : mark == '%' ? HW_STR("*")
                                : (hw_str){line + from, *at - from};
    hw__text t = {buf, 0, HW__KNOWN_PATTERN_MAX + 1};
    if (mark != ',') {
        hw__text_str(&t, name);
        hw__text_z(&t, ".");
    }
    hw__text_str(&t, rest);
    *pattern = (hw_str){buf, t.len};
    return true;
}

static size_t home(hw_str s) {
    return hw__hash64(s.ptr, s.len, 0) % HW__KNOWN_SLOTS;
}

static size_t next(size_t slot) {
    return (slot + 1) % HW__KNOWN_SLOTS;
}

hw_status hw_sources_create(const hw_allocator *alloc, hw_sources **out) {
    hw_sources *k = alloc->alloc(alloc->ctx, sizeof *k);
    *out = k;
    if (!k) return HW_E_NOMEM;
    memset(k, 0, sizeof *k);
    k->alloc = *alloc;
    size_t category = HW__SEARCH;
    for (size_t line = 0, at = 0; hw__known_lines[line]; line += at + 1, at = 0) {
        if (hw__known_lines[line] == '|') {
            k->section[category++] = (uint16_t)line;
            continue;
        }
        char buf[HW__KNOWN_PATTERN_MAX + 1];
        hw_str p;
        while (hw__known_pattern(hw__known_lines + line, &at, buf, &p)) {
            size_t i = home(p);
            while (k->slot[i]) i = next(i);
            k->slot[i] = (uint16_t)(line + 1);
        }
    }
    return HW_OK;
}

void hw_sources_destroy(hw_sources *known) {
    if (known) known->alloc.free(known->alloc.ctx, known, sizeof *known);
}

static bool line_has(const char *line, hw_str s) {
    char buf[HW__KNOWN_PATTERN_MAX + 1];
    hw_str p;
    for (size_t at = 0; hw__known_pattern(line, &at, buf, &p);)
        if (hw__str_eq(p, s)) return true;
    return false;
}

static bool find(const hw_sources *k, hw_str s, hw__known *out) {
    for (size_t i = home(s); k->slot[i]; i = next(i)) {
        size_t line = k->slot[i] - 1u;
        if (!line_has(hw__known_lines + line, s)) continue;
        out->name = name_of(hw__known_lines + line);
        out->category = HW__SEARCH;
        while (line >= k->section[out->category]) out->category++;
        return true;
    }
    return false;
}

/* "co.uk", "de", "com.au": one label of 2 to 4 letters, or two of 2 or 3. */
static bool looks_like_suffix(hw_str s) {
    size_t dot = 0;
    while (dot < s.len && s.ptr[dot] != '.') dot++;
    if (dot == s.len) return s.len >= 2 && s.len <= 4;
    size_t last = s.len - dot - 1;
    return dot >= 2 && dot <= 3 && last >= 2 && last <= 3 && !memchr(s.ptr + dot + 1, '.', last);
}

hw__known hw__known_find(const hw_sources *known, hw_str s) {
    hw__known k = {HW__UNKNOWN, {NULL, 0}};
    if (find(known, s, &k)) return k;
    /* The longest match wins: from the left, label by label, exact before "name.*". */
    for (hw_str rest = s; rest.len;) {
        size_t dot = 0;
        while (dot < rest.len && rest.ptr[dot] != '.') dot++;
        if (dot == rest.len) break;
        if (rest.len != s.len && find(known, rest, &k)) return k;
        char star[66];
        if (dot && dot < sizeof star - 2 && looks_like_suffix(hw__str_from(rest, dot + 1))) {
            memcpy(star, rest.ptr, dot);
            memcpy(star + dot, ".*", 2);
            if (find(known, (hw_str){star, dot + 2}, &k)) {
                /* "docs.google.com" is no search; "search.aol.co.uk" is, and "m.", "de.". */
                size_t sub = (size_t)(rest.ptr - s.ptr);
                if (k.category == HW__SEARCH && sub > 3 && rest.ptr[-2] != 'h')
                    k.category = HW__UNKNOWN;
                return k;
            }
        }
        rest = hw__str_from(rest, dot + 1);
    }
    return k;
}
