#include "source/channel.h"

static int compare(hw_str s, const hw__known *k) {
    const char *p = hw__known_patterns + k->pattern;
    size_t n = s.len < k->len ? s.len : k->len;
    int c = n ? memcmp(s.ptr, p, n) : 0;
    return c ? c : (s.len > k->len) - (s.len < k->len);
}

static const hw__known *find(hw_str s) {
    size_t lo = 0, hi = hw__known_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = compare(s, &hw__known_sources[mid]);
        if (c == 0) return &hw__known_sources[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* "co.uk", "de", "com.au": one label of 2 to 4 letters, or two of 2 or 3. */
static bool looks_like_suffix(hw_str s) {
    size_t dot = 0;
    while (dot < s.len && s.ptr[dot] != '.') dot++;
    if (dot == s.len) return s.len >= 2 && s.len <= 4;
    size_t last = s.len - dot - 1;
    return dot >= 2 && dot <= 3 && last >= 2 && last <= 3 && !memchr(s.ptr + dot + 1, '.', last);
}

const hw__known *hw__known_find(hw_str s) {
    const hw__known *k = find(s);
    if (k) return k;
    /* The longest match wins: from the left, label by label, exact before "name.*". */
    for (hw_str rest = s; rest.len;) {
        size_t dot = 0;
        while (dot < rest.len && rest.ptr[dot] != '.') dot++;
        if (dot == rest.len) break;
        if (rest.len != s.len && (k = find(rest))) return k;
        char star[66];
        if (dot && dot < sizeof star - 2 && looks_like_suffix(hw__str_from(rest, dot + 1))) {
            memcpy(star, rest.ptr, dot);
            memcpy(star + dot, ".*", 2);
            if ((k = find((hw_str){star, dot + 2}))) return k;
        }
        rest = hw__str_from(rest, dot + 1);
    }
    return NULL;
}
