#include "base/internal.h"

int hw__str_compare(hw_str a, hw_str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool hw__str_eq_nocase(hw_str a, hw_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (hw__lower(a.ptr[i]) != hw__lower(b.ptr[i])) return false;
    return true;
}

hw_str hw__str_trim(hw_str s) {
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) s = hw__str_from(s, 1);
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) s.len--;
    return s;
}

void hw__text_str(hw__text *t, hw_str s) {
    size_t room = t->cap - t->len - 1;
    if (s.len > room) {
        s.len = room;
        while (s.len && ((unsigned char)s.ptr[s.len] & 0xc0) == 0x80) s.len--;
    }
    if (s.len) memcpy(t->at + t->len, s.ptr, s.len);
    t->len += s.len;
    t->at[t->len] = 0;
}

void hw__text_z(hw__text *t, const char *z) {
    hw__text_str(t, hw__str_of(z));
}

void hw__text_int(hw__text *t, int64_t n) {
    char digits[24];
    size_t i = sizeof digits;
    uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do digits[--i] = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0) digits[--i] = '-';
    hw__text_str(t, (hw_str){digits + i, sizeof digits - i});
}

hw_status hw__fail(hw_error *err, hw_status status, uint64_t line, uint32_t column,
                   const char *const *parts) {
    if (!err) return status;
    *err = (hw_error){.status = status, .line = line, .column = column};
    hw__text t = {err->message, 0, sizeof err->message};
    for (; *parts; parts++) hw__text_z(&t, *parts);
    return status;
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool hw__parse_micros(hw_str s, int64_t *micros) {
    size_t i = 0;
    bool negative = false, any = false, round_up = false, rounded = false;
    if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+')) negative = s.ptr[i++] == '-';
    uint64_t n = 0;   /* the digits read */
    int exponent = 6; /* n * 10^exponent are the micros */
    bool fraction = false;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!digit(c)) break;
        any = true;
        if (n > UINT64_C(900000000000000000)) { /* no room: the rest only rounds */
            if (!rounded) round_up = c >= '5';
            rounded = true;
            if (!fraction) exponent++;
            continue;
        }
        n = n * 10 + (uint64_t)(c - '0');
        if (fraction) exponent--;
    }
    if (!any) return false;
    if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        i++;
        bool minus = false;
        if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+')) minus = s.ptr[i++] == '-';
        if (i == s.len || s.len - i > 4) return false;
        int e = 0;
        for (; i < s.len; i++) {
            if (!digit(s.ptr[i])) return false;
            e = e * 10 + (s.ptr[i] - '0');
        }
        exponent += minus ? -e : e;
    }
    if (i != s.len) return false;
    if (exponent < 0) {
        round_up = false;
        for (; exponent < 0 && n; exponent++) {
            round_up = n % 10 >= 5;
            n /= 10;
        }
        if (exponent < 0) round_up = false;
    }
    n += round_up;
    const uint64_t most = UINT64_C(9007199254740992000); /* 2^53 * 1000 */
    for (; exponent > 0 && n; exponent--) {
        if (n > most / 10) return false;
        n *= 10;
    }
    if (n >= most) return false;
    *micros = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

size_t hw__format_micros(int64_t micros, bool shortest, char out[32]) {
    hw__text t = {out, 0, 32};
    uint64_t u = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;
    if (micros < 0) hw__text_z(&t, "-");
    hw__text_int(&t, (int64_t)(u / 1000000));
    char places[8] = ".000000";
    uint64_t rest = u % 1000000;
    for (int i = 6; i > 0; i--, rest /= 10) places[i] = (char)('0' + rest % 10);
    size_t n = 7;
    while (shortest && n > 1 && places[n - 1] == '0') n--;
    hw__text_str(&t, (hw_str){places, n > 1 ? n : 0});
    return t.len;
}

int64_t hw__days_from_civil(int64_t year, int month, int day) {
    /* H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

/* Exactly `count` digits at *i; -1 when they are not there. */
static int digits(hw_str s, size_t *i, int count) {
    int n = 0;
    for (int k = 0; k < count; k++, (*i)++) {
        if (*i >= s.len || !digit(s.ptr[*i])) return -1;
        n = n * 10 + (s.ptr[*i] - '0');
    }
    return n;
}

static bool take(hw_str s, size_t *i, char c) {
    if (*i >= s.len || s.ptr[*i] != c) return false;
    (*i)++;
    return true;
}

static bool parse_civil(hw_str s, int64_t *ms) {
    static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    size_t i = 0;
    int year = digits(s, &i, 4);
    if (year < 1970 || !take(s, &i, '-')) return false;
    int month = digits(s, &i, 2);
    if (month < 1 || month > 12 || !take(s, &i, '-')) return false;
    int day = digits(s, &i, 2);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day < 1 || day > month_days[month - 1] || (month == 2 && day == 29 && !leap)) return false;
    int64_t t = hw__days_from_civil(year, month, day) * 86400000;
    if (i < s.len) {
        if (!take(s, &i, 'T') && !take(s, &i, 't') && !take(s, &i, ' ')) return false;
        int hour = digits(s, &i, 2);
        if (hour < 0 || hour > 23 || !take(s, &i, ':')) return false;
        int minute = digits(s, &i, 2);
        if (minute < 0 || minute > 59) return false;
        int second = 0, milli = 0;
        if (take(s, &i, ':')) {
            second = digits(s, &i, 2);
            if (second < 0 || second > 60) return false;
            if (take(s, &i, '.')) {
                size_t from = i;
                for (int unit = 100; i < s.len && digit(s.ptr[i]); i++, unit /= 10)
                    milli += (s.ptr[i] - '0') * unit;
                if (i == from) return false;
            }
        }
        t += ((int64_t)hour * 3600 + minute * 60 + second) * 1000 + milli;
        take(s, &i, ' ');
        if (s.len - i == 3 && memcmp(s.ptr + i, "UTC", 3) == 0) {
            i += 3; /* as warehouses print it */
        } else if (i < s.len && !take(s, &i, 'Z') && !take(s, &i, 'z')) {
            int sign = s.ptr[i] == '-' ? -1 : 1;
            if (s.ptr[i] != '-' && s.ptr[i] != '+') return false;
            i++;
            int oh = digits(s, &i, 2);
            take(s, &i, ':');
            int om = i < s.len ? digits(s, &i, 2) : 0;
            if (oh < 0 || oh > 23 || om < 0 || om > 59) return false;
            t -= sign * ((int64_t)oh * 60 + om) * 60000;
        }
    }
    if (i != s.len || t < 0) return false;
    *ms = t;
    return true;
}

bool hw__parse_time(hw_str s, int64_t *ms) {
    if (s.len > 4 && s.ptr[4] == '-') return parse_civil(s, ms);
    size_t whole_digits = 0;
    while (whole_digits < s.len && digit(s.ptr[whole_digits])) whole_digits++;
    if (whole_digits > 14) { /* microseconds leave the range of micros of a second */
        if (whole_digits > 17 || whole_digits != s.len) return false;
        int64_t micros = 0;
        for (size_t i = 0; i < s.len; i++) micros = micros * 10 + (s.ptr[i] - '0');
        *ms = micros / 1000;
        return true;
    }
    int64_t n; /* the number, in millionths */
    if (!hw__parse_micros(s, &n) || n < 0) return false;
    /* Seconds until the year 5138, milliseconds from there. */
    *ms = n / HW_MICROS < INT64_C(100000000000) ? n / 1000 : n / HW_MICROS;
    return true;
}
