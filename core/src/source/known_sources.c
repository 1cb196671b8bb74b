#include "source/known_sources.h"

#include "base/bytes.h"

static hw_str pattern_at(size_t at) {
    return (hw_str){hw__known_entries + at + 3, (uint8_t)hw__known_entries[at] & 127};
}

static hw__known entry_at(size_t at) {
    uint16_t packed = hw__ld16((const uint8_t *)hw__known_entries + at + 1);
    size_t name = (size_t)(packed & 0x1fff) << 1 | (uint8_t)hw__known_entries[at] >> 7;
    hw_str text = {hw__known_entries + name + 1, (uint8_t)hw__known_entries[name]};
    if (name < hw__known_blocks[hw__known_block_count]) text = pattern_at(name);
    return (hw__known){(hw__category)((packed >> 13) + 1), text};
}

static bool find(hw_str s, hw__known *out) {
    size_t lo = 0, hi = hw__known_block_count; /* the last block that starts at or before s */
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (hw__str_compare(s, pattern_at(hw__known_blocks[mid])) < 0)
            hi = mid;
        else
            lo = mid;
    }
    for (size_t at = hw__known_blocks[lo], end = hw__known_blocks[lo + 1]; at < end;) {
        hw_str p = pattern_at(at);
        if (hw__str_compare(s, p) == 0) {
            *out = entry_at(at);
            return true;
        }
        at += 3 + p.len;
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

hw__known hw__known_find(hw_str s) {
    hw__known k = {HW__UNKNOWN, {NULL, 0}};
    if (find(s, &k)) return k;
    /* The longest match wins: from the left, label by label, exact before "name.*". */
    for (hw_str rest = s; rest.len;) {
        size_t dot = 0;
        while (dot < rest.len && rest.ptr[dot] != '.') dot++;
        if (dot == rest.len) break;
        if (rest.len != s.len && find(rest, &k)) return k;
        char star[66];
        if (dot && dot < sizeof star - 2 && looks_like_suffix(hw__str_from(rest, dot + 1))) {
            memcpy(star, rest.ptr, dot);
            memcpy(star + dot, ".*", 2);
            if (find((hw_str){star, dot + 2}, &k)) return k;
        }
        rest = hw__str_from(rest, dot + 1);
    }
    return k;
}
