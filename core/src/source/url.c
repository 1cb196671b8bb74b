#include "source/url.h"

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = hw__lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t find(hw_str s, char c) {
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : s.len;
}

/* "scheme://authority" or "//authority": where the authority starts; s.len if there is none. */
static size_t authority(hw_str s) {
    size_t i = 0;
    while (i < s.len &&
           (hw__lower(s.ptr[i]) >= 'a' || s.ptr[i] == '+' || s.ptr[i] == '-' || s.ptr[i] == '.' ||
            (s.ptr[i] >= '0' && s.ptr[i] <= '9')) &&
           hw__lower(s.ptr[i]) <= 'z')
        i++;
    if (i && i < s.len && s.ptr[i] == ':')
        i++;
    else
        i = 0;
    if (s.len - i >= 2 && s.ptr[i] == '/' && s.ptr[i + 1] == '/') return i + 2;
    return s.len;
}

static size_t authority_end(hw_str s, size_t from) {
    size_t i = from;
    while (i < s.len && s.ptr[i] != '/' && s.ptr[i] != '?' && s.ptr[i] != '#' && s.ptr[i] != '\\')
        i++;
    return i;
}

hw_str hw__url_host(hw_str url, hw__scratch *scratch) {
    size_t from = authority(url);
    if (from == url.len) return (hw_str){NULL, 0};
    hw_str host = {url.ptr + from, authority_end(url, from) - from};
    for (size_t i = host.len; i > 0; i--)
        if (host.ptr[i - 1] == '@') {
            host = hw__str_from(host, i);
            break;
        }
    if (host.len && host.ptr[0] == '[') { /* IPv6 */
        size_t end = find(host, ']');
        host.len = end < host.len ? end + 1 : host.len;
    } else
        host.len = find(host, ':');
    while (host.len && host.ptr[host.len - 1] == '.') host.len--;
    if (host.len > 253) return (hw_str){NULL, 0}; /* longer than any DNS name */
    char *out = scratch->at + scratch->len;
    for (size_t i = 0; i < host.len; i++) {
        char c = hw__lower(host.ptr[i]);
        if ((unsigned char)c <= ' ' || c == 0x7f) return (hw_str){NULL, 0};
        out[i] = c;
    }
    bool www = host.len > 4 && memcmp(out, "www.", 4) == 0;
    hw_str raw = {out + (www ? 4 : 0), host.len - (www ? 4 : 0)};
    scratch->len += host.len;
    bool cut;
    for (size_t i = 0; i < raw.len; i++) /* a name in Unicode may be ill-formed */
        if ((unsigned char)raw.ptr[i] >= 0x80 || raw.ptr[i] == '%')
            return hw__url_decode(raw, false, scratch, &cut);
    return raw;
}

hw_str hw__url_path(hw_str url) {
    size_t from = authority(url);
    from = from == url.len ? 0 : authority_end(url, from);
    hw_str path = hw__str_from(url, from);
    size_t i = 0;
    while (i < path.len && path.ptr[i] != '?' && path.ptr[i] != '#') i++;
    path.len = i;
    return path;
}

hw_str hw__url_query(hw_str url) {
    url.len = find(url, '#');
    size_t at = find(url, '?');
    return at == url.len ? (hw_str){NULL, 0} : hw__str_from(url, at + 1);
}

bool hw__url_next(hw_str *rest, hw_str *name, hw_str *value) {
    while (rest->len) {
        hw_str pair = {rest->ptr, find(*rest, '&')};
        *rest = pair.len == rest->len ? (hw_str){NULL, 0} : hw__str_from(*rest, pair.len + 1);
        if (!pair.len) continue;
        size_t eq = find(pair, '=');
        *name = (hw_str){pair.ptr, eq};
        *value = eq == pair.len ? (hw_str){NULL, 0} : hw__str_from(pair, eq + 1);
        return true;
    }
    return false;
}

/* The length of the well-formed UTF-8 sequence at p, 0 when it is none (RFC 3629). */
static size_t utf8(const unsigned char *p, size_t n) {
    if (p[0] < 0x80) return 1;
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n < len) return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    if (p[0] == 0xe0 && p[1] < 0xa0) return 0;
    if (p[0] == 0xed && p[1] > 0x9f) return 0;
    if (p[0] == 0xf0 && p[1] < 0x90) return 0;
    if (p[0] == 0xf4 && p[1] > 0x8f) return 0;
    return len;
}

hw_str hw__url_decode(hw_str s, bool plus, hw__scratch *scratch, bool *cut) {
    char *out = scratch->at + scratch->len;
    size_t n = 0;
    unsigned char held[4]; /* decoded bytes not yet written */
    size_t have = 0, i = 0;
    *cut = false;
    for (;;) {
        while (have < 4 && i < s.len) {
            char c = s.ptr[i];
            if (c == '%' && s.len - i > 2 && hex(s.ptr[i + 1]) >= 0 && hex(s.ptr[i + 2]) >= 0) {
                held[have++] = (unsigned char)(hex(s.ptr[i + 1]) << 4 | hex(s.ptr[i + 2]));
                i += 3;
                continue;
            }
            held[have++] = (unsigned char)(c == '+' && plus ? ' ' : c);
            i++;
        }
        if (!have) break;
        size_t take = utf8(held, have);
        size_t need = take ? take : 3;
        if (n + need > HW_SOURCE_VALUE_MAX) {
            *cut = true;
            break;
        }
        if (take == 1)
            out[n] = held[0] < 0x20 || held[0] == 0x7f ? ' ' : (char)held[0];
        else
            memcpy(out + n, take ? held : (const unsigned char *)"\xef\xbf\xbd", need);
        n += need;
        size_t gone = take ? take : 1;
        have -= gone;
        for (size_t k = 0; k < have; k++) held[k] = held[k + gone];
    }
    scratch->len += n;
    return hw__str_trim((hw_str){out, n});
}
