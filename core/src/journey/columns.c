#include "journey/columns.h"

static const struct {
    const char *name, *synonyms;
} roles[] = {
#define HW_X(id, name, synonyms) {name, synonyms},
    HW__ROLES(HW_X)
#undef HW_X
};

const char *hw_column_roles(void) {
#ifdef HW_LEAN
    return "listed in types.ts";
#else
    return ""
#define HW_X(id, name, synonyms) name ","
        HW__ROLES(HW_X)
#undef HW_X
            "";
#endif
}

hw__role hw__role_find(hw_str name) {
    for (int r = 0; r < HW__ROLE_COUNT; r++)
        if (hw__str_eq(name, hw__str_of(roles[r].name))) return (hw__role)r;
    return HW__ROLE_COUNT;
}

static int32_t find(const hw_str *fields, uint32_t count, hw_str name) {
    for (uint32_t i = 0; i < count; i++)
        if (hw__str_eq_nocase(hw__str_trim(fields[i]), name)) return (int32_t)i;
    return -1;
}

/* The earlier synonym wins where a file has several of them. */
static int32_t find_synonym(const hw_str *fields, uint32_t count, const char *synonyms) {
    for (hw_str rest = hw__str_of(synonyms); rest.len;) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ',') n++;
        int32_t at = find(fields, count, (hw_str){rest.ptr, n});
        if (at >= 0) return at;
        rest = hw__str_from(rest, n < rest.len ? n + 1 : n);
    }
    return -1;
}

static hw_status unknown(bool orders, const hw_str *fields, uint32_t count, uint64_t line,
                         hw_error *err) {
    if (!err) return HW_E_HEADER;
    *err = (hw_error){.status = HW_E_HEADER, .line = line, .column = 1};
    hw__text t = {err->message, 0, sizeof err->message};
    hw__text_z(&t, orders
                       ? "the first line is no known header; expected customer,time,value; found "
                       : "the first line is no known header; expected path,total_conversions or "
                         "visitor,time,channel; found ");
    for (uint32_t i = 0; i < count; i++) {
        if (i) hw__text_z(&t, ",");
        hw_str f = fields[i];
        if (f.len > 24) f.len = 24;
        hw__text_str(&t, f);
    }
    return HW_E_HEADER;
}

static bool wants_orders(const hw__columns *c) {
#ifdef HW_LEAN
    (void)c;
    return false;
#else
    return c->orders;
#endif
}

hw_status hw__columns_read(hw__columns *c, const hw_str *named, const hw_str *fields,
                           uint32_t count, uint64_t line, hw_error *err) {
    c->count = count;
    for (int r = 0; r < HW__ROLE_COUNT; r++) {
        if (!named[r].len) {
            c->at[r] = find_synonym(fields, count, roles[r].synonyms);
            continue;
        }
        c->at[r] = find(fields, count, named[r]);
        if (c->at[r] >= 0) continue;
        char name[64];
        hw__text t = {name, 0, sizeof name};
        hw__text_str(&t, named[r]);
        return HW__FAIL(err, HW_E_HEADER, line, 1, "the header has no column \"", name,
                        "\", which was named for ", roles[r].name);
    }
    bool channel = c->at[HW__ROLE_CHANNEL] >= 0 || c->at[HW__ROLE_SOURCE] >= 0 ||
                   c->at[HW__ROLE_MEDIUM] >= 0 || c->at[HW__ROLE_URL] >= 0 ||
                   (wants_orders(c) && c->at[HW__ROLE_VALUE] >= 0);
    if (c->at[HW__ROLE_PATH] >= 0 && c->at[HW__ROLE_CONVERSIONS] >= 0)
        c->kind = HW_DATASET_PATHS;
    else if (c->at[HW__ROLE_VISITOR] >= 0 && c->at[HW__ROLE_TIME] >= 0 && channel)
        c->kind = HW_DATASET_TOUCHES;
    else
        return unknown(wants_orders(c), fields, count, line, err);
    return HW_OK;
}
