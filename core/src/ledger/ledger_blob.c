/* The ledger as bytes: layout in headwater/ledger.h. */
#include "base/bytes.h"
#include "ledger/ledger.h"

enum { HEAD = 48, TUPLE = 24, PART = 24, ROW = 40, SUM_FROM = 24 };
#define MAGIC UINT32_C(0x314c5748) /* "HWL1" */

/* ---- order ---- */

static bool str_less(const void *ctx, uint32_t a, uint32_t b) {
    const hw_str *s = ctx;
    return hw__str_compare(s[a], s[b]) < 0;
}

static bool part_less(const void *ctx, uint32_t a, uint32_t b) {
    const hw__lpart *p = ctx;
    return p[a].shard < p[b].shard;
}

static bool tuple_less(const void *ctx, uint32_t a, uint32_t b) {
    const hw__ltuple *t = ctx;
    for (int i = 0; i < 6; i++)
        if (t[a].str[i] != t[b].str[i]) return t[a].str[i] < t[b].str[i];
    return false;
}

static int compare_row(const hw__lrow *a, const hw__lrow *b) {
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    if (a->basis != b->basis) return a->basis < b->basis ? -1 : 1;
    if (a->action != b->action) return a->action < b->action ? -1 : 1;
    if (a->model != b->model) return a->model < b->model ? -1 : 1;
    if (a->source != b->source) return a->source < b->source ? -1 : 1;
    return 0;
}

static bool row_less(const void *ctx, uint32_t a, uint32_t b) {
    const hw__lrow *r = ctx;
    return compare_row(&r[a], &r[b]) < 0;
}

/* ---- save ---- */

/* The numbers that strings and tuples get in the blob: UINT32_MAX for those no row uses. */
typedef struct plan {
    hw__arena arena;
    uint32_t *string_no, *strings, *tuple_no, *tuples;
    hw__ltuple *renumbered; /* by old tuple id */
    size_t nstrings, ntuples, nrows, text;
} plan;

static bool kept(const hw__lrow *r) {
    return r->conversions || r->value;
}

static hw_status make_plan(const hw_ledger *l, plan *p) {
    size_t ns = l->strings.strs.len, nt = l->tuples.strs.len;
    p->string_no = hw__arena_array(&p->arena, ns, sizeof *p->string_no);
    p->strings = hw__arena_array(&p->arena, ns, sizeof *p->strings);
    p->tuple_no = hw__arena_array(&p->arena, nt, sizeof *p->tuple_no);
    p->tuples = hw__arena_array(&p->arena, nt, sizeof *p->tuples);
    p->renumbered = hw__arena_array(&p->arena, nt, sizeof *p->renumbered);
    if (!p->string_no || !p->strings || !p->tuple_no || !p->tuples || !p->renumbered)
        return HW_E_NOMEM;
    memset(p->string_no, 0, ns * sizeof *p->string_no); /* 1: used, until numbered */
    memset(p->tuple_no, 0, nt * sizeof *p->tuple_no);
    for (size_t i = 0; i < l->parts.len; i++)
        for (size_t k = 0; k < l->parts.at[i].rows.len; k++) {
            const hw__lrow *r = &l->parts.at[i].rows.at[k];
            if (!kept(r)) continue;
            p->nrows++;
            p->string_no[r->action] = p->string_no[r->model] = p->tuple_no[r->source] = 1;
        }
    for (uint32_t t = 0; t < nt; t++) {
        if (!p->tuple_no[t]) continue;
        hw__ltuple tuple = hw__ledger_tuple_at(l, t);
        for (int k = 0; k < 6; k++) p->string_no[tuple.str[k]] = 1;
        p->tuples[p->ntuples++] = t;
    }
    for (uint32_t s = 0; s < ns; s++)
        if (p->string_no[s]) p->strings[p->nstrings++] = s;
    hw__sort(p->strings, p->nstrings, str_less, l->strings.strs.at);
    for (size_t i = 0; i < p->nstrings; i++) {
        p->string_no[p->strings[i]] = (uint32_t)i;
        p->text += l->strings.strs.at[p->strings[i]].len;
    }
    for (size_t i = 0; i < p->ntuples; i++) {
        hw__ltuple tuple = hw__ledger_tuple_at(l, p->tuples[i]);
        for (int k = 0; k < 6; k++) tuple.str[k] = p->string_no[tuple.str[k]];
        p->renumbered[p->tuples[i]] = tuple;
    }
    hw__sort(p->tuples, p->ntuples, tuple_less, p->renumbered);
    for (size_t i = 0; i < p->ntuples; i++) p->tuple_no[p->tuples[i]] = (uint32_t)i;
    return p->text > UINT32_MAX ? HW_E_LIMIT : HW_OK;
}

static hw_status write_part(const hw__lpart *part, plan *p, uint8_t *head, uint8_t **at) {
    hw__lrow *rows = hw__arena_array(&p->arena, part->rows.len, sizeof *rows);
    uint32_t *order = hw__arena_array(&p->arena, part->rows.len, sizeof *order);
    if (!rows || !order) return HW_E_NOMEM;
    uint32_t n = 0;
    for (size_t i = 0; i < part->rows.len; i++) {
        hw__lrow r = part->rows.at[i];
        if (!kept(&r)) continue;
        r.action = p->string_no[r.action];
        r.model = p->string_no[r.model];
        r.source = p->tuple_no[r.source];
        order[n] = n;
        rows[n++] = r;
    }
    hw__sort(order, n, row_less, rows);
    hw__st64(head, part->shard);
    hw__st64(head + 8, part->sequence);
    hw__st64(head + 16, n);
    for (uint32_t i = 0; i < n; i++, *at += ROW) {
        const hw__lrow *r = &rows[order[i]];
        hw__st32(*at, (uint32_t)r->day);
        hw__st32(*at + 4, r->basis);
        hw__st32(*at + 8, r->action);
        hw__st32(*at + 12, r->model);
        hw__st32(*at + 16, r->source);
        hw__st32(*at + 20, 0);
        hw__st64(*at + 24, (uint64_t)r->conversions);
        hw__st64(*at + 32, (uint64_t)r->value);
    }
    return HW_OK;
}

static hw_status save(const hw_ledger *l, plan *p, uint8_t *buf, size_t cap, size_t *len) {
    HW__TRY(make_plan(l, p));
    size_t np = l->parts.len;
    size_t need =
        HEAD + 4 * p->nstrings + TUPLE * p->ntuples + PART * np + ROW * p->nrows + p->text;
    *len = need;
    if (cap < need) return HW_E_BUFFER;
    uint32_t *order = hw__arena_array(&p->arena, np, sizeof *order);
    if (!order) return HW_E_NOMEM;
    for (uint32_t i = 0; i < np; i++) order[i] = i;
    hw__sort(order, np, part_less, l->parts.at);

    uint8_t *at = buf + HEAD;
    uint32_t end = 0;
    for (size_t i = 0; i < p->nstrings; i++, at += 4)
        hw__st32(at, end += (uint32_t)l->strings.strs.at[p->strings[i]].len);
    for (size_t i = 0; i < p->ntuples; i++)
        for (int k = 0; k < 6; k++, at += 4) hw__st32(at, p->renumbered[p->tuples[i]].str[k]);
    uint8_t *head = at;
    at += PART * np;
    for (size_t i = 0; i < np; i++)
        HW__TRY(write_part(&l->parts.at[order[i]], p, head + PART * i, &at));
    for (size_t i = 0; i < p->nstrings; i++) {
        hw_str s = l->strings.strs.at[p->strings[i]];
        if (s.len) memcpy(at, s.ptr, s.len);
        at += s.len;
    }
    hw__st32(buf, MAGIC);
    hw__st16(buf + 4, HW_LEDGER_FORMAT);
    hw__st16(buf + 6, 0);
    hw__st64(buf + 8, need);
    hw__st32(buf + 24, (uint32_t)p->nstrings);
    hw__st32(buf + 28, (uint32_t)p->text);
    hw__st32(buf + 32, (uint32_t)p->ntuples);
    hw__st32(buf + 36, (uint32_t)np);
    hw__st64(buf + 40, p->nrows);
    hw__st64(buf + 16, hw__hash64(buf + SUM_FROM, need - SUM_FROM, MAGIC));
    return HW_OK;
}

hw_status hw_ledger_save(const hw_ledger *l, uint8_t *buf, size_t cap, size_t *len) {
    plan p;
    memset(&p, 0, sizeof p);
    hw__arena_init(&p.arena, &l->alloc);
    hw_status s = save(l, &p, buf, cap, len);
    hw__arena_free(&p.arena);
    return s;
}

/* ---- load ---- */

typedef struct view {
    const uint8_t *ends, *tuples, *parts, *rows;
    const char *text;
    uint32_t nstrings, ntext, ntuples, nparts;
    uint64_t nrows;
} view;

static hw_status open_view(const uint8_t *b, size_t len, view *v) {
    if (len < HEAD || hw__ld32(b) != MAGIC) return HW_E_FORMAT;
    if (hw__ld16(b + 4) != HW_LEDGER_FORMAT) return HW_E_VERSION;
    if (hw__ld64(b + 8) != len || hw__ld16(b + 6) != 0) return HW_E_CORRUPT;
    if (hw__ld64(b + 16) != hw__hash64(b + SUM_FROM, len - SUM_FROM, MAGIC)) return HW_E_CHECKSUM;
    v->nstrings = hw__ld32(b + 24);
    v->ntext = hw__ld32(b + 28);
    v->ntuples = hw__ld32(b + 32);
    v->nparts = hw__ld32(b + 36);
    v->nrows = hw__ld64(b + 40);
    uint64_t left = len - HEAD;
    if (v->nrows > left / ROW) return HW_E_CORRUPT;
    uint64_t need = UINT64_C(4) * v->nstrings + UINT64_C(24) * v->ntuples +
                    UINT64_C(24) * v->nparts + ROW * v->nrows + v->ntext;
    if (need != left) return HW_E_CORRUPT;
    v->ends = b + HEAD;
    v->tuples = v->ends + (size_t)4 * v->nstrings;
    v->parts = v->tuples + (size_t)TUPLE * v->ntuples;
    v->rows = v->parts + (size_t)PART * v->nparts;
    v->text = (const char *)(v->rows + (size_t)ROW * v->nrows);
    return HW_OK;
}

static hw_status load_strings(hw_ledger *l, const view *v) {
    uint32_t from = 0;
    hw_str last = {NULL, 0};
    for (uint32_t i = 0; i < v->nstrings; i++) {
        uint32_t end = hw__ld32(v->ends + (size_t)4 * i), id;
        if (end < from || end > v->ntext) return HW_E_CORRUPT;
        hw_str s = {v->text + from, end - from};
        if (i && hw__str_compare(last, s) >= 0) return HW_E_CORRUPT;
        HW__TRY(hw__intern_put(&l->strings, s, &id));
        last = s;
        from = end;
    }
    return from == v->ntext ? HW_OK : HW_E_CORRUPT;
}

static hw_status load_tuples(hw_ledger *l, const view *v) {
    hw__ltuple two[2];
    for (uint32_t i = 0; i < v->ntuples; i++) {
        uint32_t id;
        two[0] = two[1];
        for (int k = 0; k < 6; k++) {
            two[1].str[k] = hw__ld32(v->tuples + (size_t)TUPLE * i + (size_t)4 * (size_t)k);
            if (two[1].str[k] >= v->nstrings) return HW_E_CORRUPT;
        }
        if (i && !tuple_less(two, 0, 1)) return HW_E_CORRUPT;
        HW__TRY(hw__ledger_tuple(l, &two[1], &id));
    }
    return HW_OK;
}

static hw_status load_parts(hw_ledger *l, const view *v) {
    uint64_t row = 0, last_shard = 0;
    for (uint32_t i = 0; i < v->nparts; i++) {
        const uint8_t *head = v->parts + (size_t)PART * i;
        uint64_t shard = hw__ld64(head), n = hw__ld64(head + 16);
        if ((i && shard <= last_shard) || n > v->nrows - row) return HW_E_CORRUPT;
        last_shard = shard;
        size_t at;
        HW__TRY(hw__ledger_part(l, shard, &at));
        l->parts.at[at].sequence = hw__ld64(head + 8);
        hw__lrow two[2];
        for (uint64_t k = 0; k < n; k++, row++) {
            const uint8_t *b = v->rows + (size_t)ROW * (size_t)row;
            two[0] = two[1];
            two[1] = (hw__lrow){.day = (int32_t)hw__ld32(b),
                                .basis = hw__ld32(b + 4),
                                .action = hw__ld32(b + 8),
                                .model = hw__ld32(b + 12),
                                .source = hw__ld32(b + 16),
                                .conversions = (int64_t)hw__ld64(b + 24),
                                .value = (int64_t)hw__ld64(b + 32)};
            const hw__lrow *r = &two[1];
            if (r->basis > HW_BASIS_REFUND || r->action >= v->nstrings || r->model >= v->nstrings ||
                r->source >= v->ntuples || hw__ld32(b + 20) || !kept(r) ||
                (k && compare_row(&two[0], r) >= 0))
                return HW_E_CORRUPT;
            HW__TRY(hw__ledger_put(l, &l->parts.at[at], r));
        }
    }
    return row == v->nrows ? HW_OK : HW_E_CORRUPT;
}

hw_status hw_ledger_load(const hw_allocator *alloc, uint64_t shard, const uint8_t *bytes,
                         size_t len, hw_ledger **out) {
    view v;
    HW__TRY(open_view(bytes, len, &v));
    hw_ledger *l;
    HW__TRY(hw_ledger_create(alloc, shard, &l));
    hw_status s = load_strings(l, &v);
    if (s == HW_OK) s = load_tuples(l, &v);
    if (s == HW_OK) s = load_parts(l, &v);
    if (s != HW_OK) {
        hw_ledger_destroy(l);
        return s;
    }
    *out = l;
    return HW_OK;
}
