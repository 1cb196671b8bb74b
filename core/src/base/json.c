#include "base/json.h"

static void put(hw__json *j, const char *s, size_t n) {
    if (j->len < j->cap) {
        size_t room = j->cap - j->len;
        memcpy(j->at + j->len, s, n < room ? n : room);
    }
    j->len += n;
}

static void lead(hw__json *j) {
    if (j->comma) put(j, ",", 1);
    j->comma = true;
}

void hw__json_raw(hw__json *j, const char *z) {
    put(j, z, strlen(z));
}

void hw__json_open(hw__json *j, char bracket) {
    lead(j);
    put(j, &bracket, 1);
    j->comma = false;
}

void hw__json_close(hw__json *j, char bracket) {
    put(j, &bracket, 1);
    j->comma = true;
}

void hw__json_str(hw__json *j, hw_str s) {
    static const char hex[] = "0123456789abcdef";
    lead(j);
    put(j, "\"", 1);
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
        put(j, s.ptr + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            put(j, (char[]){'\\', (char)c}, 2);
        else
            put(j, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
    }
    if (s.len) put(j, s.ptr + from, s.len - from);
    put(j, "\"", 1);
}

void hw__json_key(hw__json *j, const char *name) {
    hw__json_str(j, hw__str_of(name));
    put(j, ":", 1);
    j->comma = false;
}

void hw__json_bool(hw__json *j, bool b) {
    lead(j);
    hw__json_raw(j, b ? "true" : "false");
}

void hw__json_int(hw__json *j, int64_t n) {
    char buf[24];
    hw__text t = {buf, 0, sizeof buf};
    lead(j);
    hw__text_int(&t, n);
    put(j, buf, t.len);
}

void hw__json_micros(hw__json *j, int64_t micros, bool shortest) {
    char buf[32];
    lead(j);
    put(j, buf, hw__format_micros(micros, shortest, buf));
}
