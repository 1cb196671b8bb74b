/* The journey as bytes: layout in headwater/journey.h. */
#include "journey/journey.h"

#include "base/bytes.h"

enum { HEAD = 56, TUPLE = 12, TOUCH = 32, KEY = 24, CONVERSION = 80, SUM_FROM = 16 };
#define MAGIC UINT32_C(0x314a5748) /* "HWJ1" */

const char *hw_interaction_name(hw_interaction interaction) {
    switch (interaction) {
    case HW_CLICK:
        return "click";
    case HW_IMPRESSION:
        return "impression";
    case HW_VISIT:
        return "visit";
    case HW_NO_TOUCH:
        break;
    }
    return "";
}

hw_status hw__list_grow(hw__arena *arena, void **at, uint32_t len, uint32_t *cap, size_t size) {
    if (*cap > UINT32_MAX / 4) return HW_E_LIMIT;
    uint32_t to = *cap ? *cap * 2 : 8;
    void *p = hw__arena_array(arena, to, size);
    if (!p) return HW_E_NOMEM;
    if (len) memcpy(p, *at, len * size);
    *at = p;
    *cap = to;
    return HW_OK;
}

hw_status hw__journey_init(hw__journey *j, hw__arena *arena, uint64_t config, uint16_t models) {
    memset(j, 0, sizeof *j);
    j->arena = arena;
    j->config = config;
    j->models = models;
    uint16_t empty;
    return hw__journey_string(j, (hw_str){NULL, 0}, &empty);
}

hw_status hw__journey_string(hw__journey *j, hw_str s, uint16_t *id) {
    for (uint32_t i = 0; i < j->strings.len; i++)
        if (hw__str_eq(j->strings.at[i], s)) {
            *id = (uint16_t)i;
            return HW_OK;
        }
    if (j->strings.len > UINT16_MAX - 1) return HW_E_LIMIT;
    HW__TRY(HW__LIST_ROOM(j->arena, &j->strings));
    *id = (uint16_t)j->strings.len;
    j->strings.at[j->strings.len++] = s;
    return HW_OK;
}

hw_status hw__journey_source(hw__journey *j, const hw_source *s, uint16_t *id) {
    const hw_str fields[6] = {s->channel, s->source, s->medium, s->campaign, s->term, s->content};
    hw__tuple t;
    for (int i = 0; i < 6; i++) HW__TRY(hw__journey_string(j, fields[i], &t.str[i]));
    for (uint32_t i = 0; i < j->tuples.len; i++)
        if (memcmp(&j->tuples.at[i], &t, sizeof t) == 0) {
            *id = (uint16_t)i;
            return HW_OK;
        }
    if (j->tuples.len > UINT16_MAX - 1) return HW_E_LIMIT;
    HW__TRY(HW__LIST_ROOM(j->arena, &j->tuples));
    *id = (uint16_t)j->tuples.len;
    j->tuples.at[j->tuples.len++] = t;
    return HW_OK;
}

hw_source hw__journey_source_at(const hw__journey *j, uint16_t id) {
    const hw_str *s = j->strings.at;
    const uint16_t *t = j->tuples.at[id].str;
    return (hw_source){s[t[0]], s[t[1]], s[t[2]], s[t[3]], s[t[4]], s[t[5]]};
}

bool hw__journey_counts(const hw__journey *j, uint32_t i, int64_t session_ms) {
    const hw__touch *t = &j->touches.at[i];
    if (!i || t->at - t[-1].at >= session_ms) return true;
    hw_source s = hw__journey_source_at(j, t->source);
    return !hw_source_is_direct(&s);
}

/* By time, then by event key: whatever order refunds arrived in, they apply in one. */
static bool earlier(const hw__jconversion *a, const hw__jconversion *b) {
    return a->at < b->at || (a->at == b->at && memcmp(&a->event, &b->event, sizeof a->event) < 0);
}

const hw__jconversion *hw__journey_refund(const hw__journey *j, const hw__jconversion *c,
                                          const hw__jconversion *after, int64_t *left,
                                          int64_t *applied) {
    const hw__jconversion *next = NULL;
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        const hw__jconversion *r = &j->conversions.at[i];
        if ((r->flags & HW__REFUND) && memcmp(&r->order, &c->order, sizeof r->order) == 0 &&
            (!after || earlier(after, r)) && (!next || earlier(r, next)))
            next = r;
    }
    if (!next) return NULL;
    *applied = next->value > *left ? *left : next->value;
    *left -= *applied;
    return next;
}

/* ---- decode ---- */

static bool read_touch(const hw__journey *j, const uint8_t *b, hw__touch *t) {
    *t = (hw__touch){.at = (int64_t)hw__ld64(b),
                     .id = hw__ld64(b + 8),
                     .day = (int32_t)hw__ld32(b + 16),
                     .sequence = hw__ld32(b + 20),
                     .source = hw__ld16(b + 24),
                     .interaction = b[26]};
    uint8_t zero = 0;
    for (int i = 27; i < TOUCH; i++) zero |= b[i];
    return !zero && t->at >= 0 && t->source < j->tuples.len && t->interaction >= HW_CLICK &&
           t->interaction <= HW_VISIT;
}

/* Every model's credits of a conversion must sum to one conversion and to its value. */
static bool conserved(const hw__jconversion *c, uint16_t models) {
    for (size_t m = 0; m < models; m++) {
        int64_t one = 0, value = 0;
        for (size_t i = 0; i < c->path_len; i++) {
            one += c->credit[m * c->path_len + i];
            int64_t v = c->value_credit[m * c->path_len + i];
            if (v < 0 || __builtin_add_overflow(value, v, &value)) return false;
        }
        if (one != HW_MICROS || value != c->value) return false;
    }
    return true;
}

typedef struct cursor {
    const uint8_t *touches, *keys, *conversions, *path, *credit, *value;
    uint32_t npath;
} cursor;

static hw_status read_conversions(hw__journey *j, const cursor *at) {
    uint32_t used = 0;
    size_t credits = (size_t)at->npath * j->models;
    hw__touch *path = hw__arena_array(j->arena, at->npath, sizeof *path);
    uint32_t *credit = hw__arena_array(j->arena, credits, sizeof *credit);
    int64_t *value = hw__arena_array(j->arena, credits, sizeof *value);
    if (!path || !credit || !value) return HW_E_NOMEM;
    for (uint32_t k = 0; k < at->npath; k++)
        if (!read_touch(j, at->path + (size_t)TOUCH * k, &path[k])) return HW_E_CORRUPT;
    for (size_t k = 0; k < credits; k++) {
        credit[k] = hw__ld32(at->credit + 4 * k);
        value[k] = (int64_t)hw__ld64(at->value + 8 * k);
    }
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        const uint8_t *b = at->conversions + (size_t)CONVERSION * i;
        hw__jconversion *c = &j->conversions.at[i];
        memcpy(&c->event, b, 16);
        memcpy(&c->order, b + 16, 16);
        c->at = (int64_t)hw__ld64(b + 32);
        c->value = (int64_t)hw__ld64(b + 40);
        c->day = (int32_t)hw__ld32(b + 48);
        c->sequence = hw__ld32(b + 52);
        c->path_len = hw__ld32(b + 56);
        c->action = hw__ld16(b + 60);
        c->flags = hw__ld16(b + 62);
        c->path = path + used;
        c->credit = credit + (size_t)used * j->models;
        c->value_credit = value + (size_t)used * j->models;
        uint8_t zero = 0;
        for (int k = 64; k < CONVERSION; k++) zero |= b[k];
        bool refund = (c->flags & HW__REFUND) != 0;
        if (zero || c->at < 0 || c->value < 0 || c->action >= j->strings.len ||
            c->flags > (HW__HAS_ORDER | HW__REFUND) || refund == (c->path_len > 0) ||
            c->path_len > at->npath - used)
            return HW_E_CORRUPT;
        if (!refund && !conserved(c, j->models)) return HW_E_CORRUPT;
        used += c->path_len;
    }
    return used == at->npath ? HW_OK : HW_E_CORRUPT;
}

static hw_status read_lists(hw__journey *j, const cursor *at) {
    for (uint32_t i = 0; i < j->touches.len; i++) {
        hw__touch *t = &j->touches.at[i];
        if (!read_touch(j, at->touches + (size_t)TOUCH * i, t)) return HW_E_CORRUPT;
        if (i && (t[-1].at > t->at || (t[-1].at == t->at && t[-1].sequence >= t->sequence)))
            return HW_E_CORRUPT;
    }
    for (uint32_t i = 0; i < j->keys.len; i++) {
        const uint8_t *b = at->keys + (size_t)KEY * i;
        memcpy(&j->keys.at[i].key, b, 16);
        j->keys.at[i].until = (int64_t)hw__ld64(b + 16);
    }
    return read_conversions(j, at);
}

static hw_status read_names(hw__journey *j, const uint8_t *b, const char *text, uint32_t ntext) {
    uint32_t from = 0;
    for (uint32_t i = 0; i < j->strings.len; i++, b += 4) {
        uint32_t end = hw__ld32(b);
        if (end < from || end > ntext || (i == 0 && end != 0)) return HW_E_CORRUPT;
        j->strings.at[i] = (hw_str){text + from, end - from};
        from = end;
    }
    if (from != ntext) return HW_E_CORRUPT;
    for (uint32_t i = 0; i < j->tuples.len; i++)
        for (int k = 0; k < 6; k++, b += 2) {
            j->tuples.at[i].str[k] = hw__ld16(b);
            if (j->tuples.at[i].str[k] >= j->strings.len) return HW_E_CORRUPT;
        }
    return HW_OK;
}

#define TAKE(list, n)                                                                              \
    do {                                                                                           \
        (list)->len = (list)->cap = (n);                                                           \
        (list)->at = hw__arena_array(arena, (n), sizeof *(list)->at);                              \
        if (!(list)->at) return HW_E_NOMEM;                                                        \
    } while (0)

hw_status hw__journey_decode(hw__journey *j, hw__arena *arena, const uint8_t *b, size_t len) {
    if (len < HEAD || hw__ld32(b) != MAGIC) return HW_E_FORMAT;
    if (hw__ld16(b + 4) != HW_JOURNEY_FORMAT) return HW_E_VERSION;
    if (hw__ld32(b + 8) != len) return HW_E_CORRUPT;
    if (hw__ld32(b + 12) != (uint32_t)hw__hash64(b + SUM_FROM, len - SUM_FROM, hw__ld16(b + 6)))
        return HW_E_CHECKSUM;
    memset(j, 0, sizeof *j);
    j->arena = arena;
    j->models = hw__ld16(b + 6);
    j->config = hw__ld64(b + 16);
    j->next_sequence = hw__ld32(b + 24);
    j->dropped = hw__ld32(b + 28);
    uint32_t ns = hw__ld16(b + 32), nu = hw__ld16(b + 34), ntext = hw__ld32(b + 36);
    uint32_t nt = hw__ld32(b + 40), nk = hw__ld32(b + 44), nc = hw__ld32(b + 48);
    cursor at = {.npath = hw__ld32(b + 52)};
    if (j->models > HW_STEP_MODELS_MAX || !ns) return HW_E_CORRUPT;
    uint64_t per_path = TOUCH + UINT64_C(12) * j->models;
    uint64_t need = HEAD + UINT64_C(4) * ns + (uint64_t)TUPLE * nu + (uint64_t)TOUCH * nt +
                    (uint64_t)KEY * nk + (uint64_t)CONVERSION * nc + per_path * at.npath + ntext;
    if (need != len) return HW_E_CORRUPT;
    const uint8_t *names = b + HEAD;
    at.touches = names + (size_t)4 * ns + (size_t)TUPLE * nu;
    at.keys = at.touches + (size_t)TOUCH * nt;
    at.conversions = at.keys + (size_t)KEY * nk;
    at.path = at.conversions + (size_t)CONVERSION * nc;
    at.credit = at.path + (size_t)TOUCH * at.npath;
    at.value = at.credit + (size_t)4 * at.npath * j->models;
    const char *text = (const char *)(at.value + (size_t)8 * at.npath * j->models);
    TAKE(&j->strings, ns);
    TAKE(&j->tuples, nu);
    TAKE(&j->touches, nt);
    TAKE(&j->keys, nk);
    TAKE(&j->conversions, nc);
    HW__TRY(read_names(j, names, text, ntext));
    return read_lists(j, &at);
}

/* ---- encode ---- */

typedef struct renumber {
    uint16_t *string, *tuple;   /* by old number; UINT16_MAX: not used yet */
    uint16_t *strings, *tuples; /* old numbers in new order */
    uint32_t nstrings, ntuples;
} renumber;

static void use_string(renumber *r, uint16_t s) {
    if (r->string[s] != UINT16_MAX) return;
    r->string[s] = (uint16_t)r->nstrings;
    r->strings[r->nstrings++] = s;
}

static void use_tuple(const hw__journey *j, renumber *r, uint16_t t) {
    if (r->tuple[t] != UINT16_MAX) return;
    r->tuple[t] = (uint16_t)r->ntuples;
    r->tuples[r->ntuples++] = t;
    for (int k = 0; k < 6; k++) use_string(r, j->tuples.at[t].str[k]);
}

static hw_status make_numbers(const hw__journey *j, renumber *r) {
    memset(r, 0, sizeof *r);
    r->string = hw__arena_array(j->arena, j->strings.len, 2);
    r->strings = hw__arena_array(j->arena, j->strings.len, 2);
    r->tuple = hw__arena_array(j->arena, j->tuples.len, 2);
    r->tuples = hw__arena_array(j->arena, j->tuples.len, 2);
    if (!r->string || !r->strings || !r->tuple || !r->tuples) return HW_E_NOMEM;
    memset(r->string, 0xff, (size_t)2 * j->strings.len);
    if (j->tuples.len) memset(r->tuple, 0xff, (size_t)2 * j->tuples.len);
    use_string(r, 0);
    for (uint32_t i = 0; i < j->touches.len; i++) use_tuple(j, r, j->touches.at[i].source);
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        const hw__jconversion *c = &j->conversions.at[i];
        use_string(r, c->action);
        for (uint32_t k = 0; k < c->path_len; k++) use_tuple(j, r, c->path[k].source);
    }
    return HW_OK;
}

static uint8_t *put_touch(uint8_t *b, const hw__touch *t, const renumber *r) {
    hw__st64(b, (uint64_t)t->at);
    hw__st64(b + 8, t->id);
    hw__st32(b + 16, (uint32_t)t->day);
    hw__st32(b + 20, t->sequence);
    hw__st16(b + 24, r->tuple[t->source]);
    b[26] = t->interaction;
    memset(b + 27, 0, TOUCH - 27);
    return b + TOUCH;
}

static uint8_t *put_conversions(const hw__journey *j, const renumber *r, uint8_t *b) {
    for (uint32_t i = 0; i < j->conversions.len; i++, b += CONVERSION) {
        const hw__jconversion *c = &j->conversions.at[i];
        memcpy(b, &c->event, 16);
        memcpy(b + 16, &c->order, 16);
        hw__st64(b + 32, (uint64_t)c->at);
        hw__st64(b + 40, (uint64_t)c->value);
        hw__st32(b + 48, (uint32_t)c->day);
        hw__st32(b + 52, c->sequence);
        hw__st32(b + 56, c->path_len);
        hw__st16(b + 60, r->string[c->action]);
        hw__st16(b + 62, c->flags);
        memset(b + 64, 0, CONVERSION - 64);
    }
    for (uint32_t i = 0; i < j->conversions.len; i++)
        for (uint32_t k = 0; k < j->conversions.at[i].path_len; k++)
            b = put_touch(b, &j->conversions.at[i].path[k], r);
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        const hw__jconversion *c = &j->conversions.at[i];
        for (size_t k = 0; k < (size_t)c->path_len * j->models; k++, b += 4)
            hw__st32(b, c->credit[k]);
    }
    for (uint32_t i = 0; i < j->conversions.len; i++) {
        const hw__jconversion *c = &j->conversions.at[i];
        for (size_t k = 0; k < (size_t)c->path_len * j->models; k++, b += 8)
            hw__st64(b, (uint64_t)c->value_credit[k]);
    }
    return b;
}

hw_status hw__journey_encode(const hw__journey *j, uint8_t **bytes, size_t *len) {
    renumber r;
    HW__TRY(make_numbers(j, &r));
    uint64_t npath = 0, ntext = 0;
    for (uint32_t i = 0; i < j->conversions.len; i++) npath += j->conversions.at[i].path_len;
    for (uint32_t i = 0; i < r.nstrings; i++) ntext += j->strings.at[r.strings[i]].len;
    uint64_t need = HEAD + UINT64_C(4) * r.nstrings + (uint64_t)TUPLE * r.ntuples +
                    (uint64_t)TOUCH * j->touches.len + (uint64_t)KEY * j->keys.len +
                    (uint64_t)CONVERSION * j->conversions.len +
                    (TOUCH + UINT64_C(12) * j->models) * npath + ntext;
    if (need > INT32_MAX) return HW_E_LIMIT;
    uint8_t *b = hw__arena_alloc(j->arena, (size_t)need);
    if (!b) return HW_E_NOMEM;
    hw__st32(b, MAGIC);
    hw__st16(b + 4, HW_JOURNEY_FORMAT);
    hw__st16(b + 6, j->models);
    hw__st32(b + 8, (uint32_t)need);
    hw__st64(b + 16, j->config);
    hw__st32(b + 24, j->next_sequence);
    hw__st32(b + 28, j->dropped);
    hw__st16(b + 32, (uint16_t)r.nstrings);
    hw__st16(b + 34, (uint16_t)r.ntuples);
    hw__st32(b + 36, (uint32_t)ntext);
    hw__st32(b + 40, j->touches.len);
    hw__st32(b + 44, j->keys.len);
    hw__st32(b + 48, j->conversions.len);
    hw__st32(b + 52, (uint32_t)npath);
    uint8_t *at = b + HEAD;
    uint32_t end = 0;
    for (uint32_t i = 0; i < r.nstrings; i++, at += 4)
        hw__st32(at, end += (uint32_t)j->strings.at[r.strings[i]].len);
    for (uint32_t i = 0; i < r.ntuples; i++)
        for (int k = 0; k < 6; k++, at += 2)
            hw__st16(at, r.string[j->tuples.at[r.tuples[i]].str[k]]);
    for (uint32_t i = 0; i < j->touches.len; i++) at = put_touch(at, &j->touches.at[i], &r);
    for (uint32_t i = 0; i < j->keys.len; i++, at += KEY) {
        memcpy(at, &j->keys.at[i].key, 16);
        hw__st64(at + 16, (uint64_t)j->keys.at[i].until);
    }
    at = put_conversions(j, &r, at);
    for (uint32_t i = 0; i < r.nstrings; i++) {
        hw_str s = j->strings.at[r.strings[i]];
        if (s.len) memcpy(at, s.ptr, s.len);
        at += s.len;
    }
    hw__st32(b + 12, (uint32_t)hw__hash64(b + SUM_FROM, (size_t)need - SUM_FROM, j->models));
    *bytes = b;
    *len = (size_t)need;
    return HW_OK;
}

hw_status hw_journey_validate(const hw_allocator *alloc, const uint8_t *bytes, size_t len) {
    hw__arena arena;
    hw__journey j;
    hw__arena_init(&arena, alloc);
    hw_status s = hw__journey_decode(&j, &arena, bytes, len);
    hw__arena_free(&arena);
    return s;
}
