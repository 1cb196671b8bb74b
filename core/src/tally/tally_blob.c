/* The tally as bytes: layout in headwater/tally.h. */
#include "base/bytes.h"
#include "tally/tally.h"

enum { HEAD = 56, PART = 16, CHANNEL = 24, PATH = 32, SUM_FROM = 24 };
#define MAGIC UINT32_C(0x31505748) /* "HWP1" */

int hw_tally_is(const void *bytes, size_t len) {
    return len >= 4 && hw__ld32(bytes) == MAGIC;
}

hw_status hw_tally_save(const hw_tally *t, uint8_t *buf, size_t cap, size_t *len) {
    uint64_t text = 0, touches = 0;
    for (size_t i = 0; i < t->nparts; i++) text += t->parts[i].name.len;
    for (size_t i = 0; i < t->nchannels; i++) text += t->channels[i].name.len;
    for (size_t i = 0; i < t->npaths; i++) touches += t->paths[i].len;
    uint64_t need = HEAD + (uint64_t)PART * t->nparts + (uint64_t)CHANNEL * t->nchannels +
                    (uint64_t)PATH * t->npaths + touches * (t->ages ? 10 : 2) + text;
    if (need > SIZE_MAX / 2) return HW_E_LIMIT;
    *len = (size_t)need;
    if (cap < need) return HW_E_BUFFER;
    hw__st32(buf, MAGIC);
    hw__st16(buf + 4, HW_TALLY_FORMAT);
    hw__st16(buf + 6, t->ages);
    hw__st64(buf + 8, need);
    hw__st32(buf + 24, (uint32_t)t->nparts);
    hw__st32(buf + 28, (uint32_t)t->nchannels);
    hw__st64(buf + 32, t->npaths);
    hw__st64(buf + 40, touches);
    hw__st64(buf + 48, text);
    uint8_t *at = buf + HEAD;
    uint64_t end = 0;
    for (size_t i = 0; i < t->nparts; i++, at += PART) {
        hw__st64(at, end += t->parts[i].name.len);
        hw__st64(at + 8, t->parts[i].sum);
    }
    for (size_t i = 0; i < t->nchannels; i++, at += CHANNEL) {
        hw__st64(at, end += t->channels[i].name.len);
        hw__st64(at + 8, t->channels[i].part);
        hw__st64(at + 16, t->channels[i].when);
    }
    for (size_t i = 0; i < t->npaths; i++, at += PATH) {
        const hw__tpath *p = &t->paths[i];
        hw__st64(at, p->len);
        hw__st64(at + 8, (uint64_t)p->conversions);
        hw__st64(at + 16, (uint64_t)p->value);
        hw__st64(at + 24, (uint64_t)p->nulls);
    }
    for (size_t i = 0; i < t->npaths; i++)
        for (uint32_t k = 0; k < t->paths[i].len; k++, at += 2)
            hw__st16(at, t->paths[i].channel[k]);
    for (size_t i = 0; i < t->npaths && t->ages; i++)
        for (uint32_t k = 0; k < t->paths[i].len; k++, at += 8)
            hw__st64(at, (uint64_t)t->paths[i].age[k]);
    for (size_t i = 0; i < t->nparts; at += t->parts[i++].name.len)
        memcpy(at, t->parts[i].name.ptr, t->parts[i].name.len);
    for (size_t i = 0; i < t->nchannels; at += t->channels[i++].name.len)
        if (t->channels[i].name.len) memcpy(at, t->channels[i].name.ptr, t->channels[i].name.len);
    hw__st64(buf + 16, hw__hash64(buf + SUM_FROM, (size_t)need - SUM_FROM, MAGIC));
    return HW_OK;
}

/* ---- load ---- */

typedef struct view {
    const uint8_t *parts, *channels, *paths, *touches, *ages;
    const char *text;
    uint64_t ntext, ntouches;
} view;

static hw_status open_view(hw_tally *t, const uint8_t *b, size_t len, view *v) {
    if (len < HEAD || hw__ld32(b) != MAGIC) return HW_E_FORMAT;
    if (hw__ld16(b + 4) != HW_TALLY_FORMAT) return HW_E_VERSION;
    if (hw__ld64(b + 8) != len || hw__ld16(b + 6) > 1) return HW_E_CORRUPT;
    if (hw__ld64(b + 16) != hw__hash64(b + SUM_FROM, len - SUM_FROM, MAGIC)) return HW_E_CHECKSUM;
    t->ages = hw__ld16(b + 6) != 0;
    uint64_t np = hw__ld32(b + 24), nc = hw__ld32(b + 28), nj = hw__ld64(b + 32), left = len - HEAD;
    v->ntouches = hw__ld64(b + 40);
    v->ntext = hw__ld64(b + 48);
    if (nj > left / PATH || v->ntouches > left / 2 || v->ntext > left || nc > HW_CHANNELS_MAX)
        return HW_E_CORRUPT;
    uint64_t need =
        PART * np + CHANNEL * nc + PATH * nj + v->ntouches * (t->ages ? 10 : 2) + v->ntext;
    if (need != left || !np) return HW_E_CORRUPT;
    t->nparts = (size_t)np;
    t->nchannels = (size_t)nc;
    t->npaths = (size_t)nj;
    v->parts = b + HEAD;
    v->channels = v->parts + PART * t->nparts;
    v->paths = v->channels + CHANNEL * t->nchannels;
    v->touches = v->paths + PATH * t->npaths;
    v->ages = v->touches + 2 * (size_t)v->ntouches;
    v->text = (const char *)(v->ages + (t->ages ? 8 * (size_t)v->ntouches : 0));
    return HW_OK;
}

/* The next name of the text, which is copied once into the arena. */
static bool next_name(const char *text, uint64_t ntext, uint64_t end, uint64_t *from,
                      hw_str *name) {
    if (end < *from || end > ntext) return false;
    *name = (hw_str){text + *from, (size_t)(end - *from)};
    *from = end;
    return true;
}

static hw_status read_names(hw_tally *t, const view *v) {
    char *text = hw__arena_alloc(&t->arena, (size_t)v->ntext);
    t->parts = hw__arena_array(&t->arena, t->nparts, sizeof *t->parts);
    t->channels = hw__arena_array(&t->arena, t->nchannels, sizeof *t->channels);
    if (!text || !t->parts || !t->channels) return HW_E_NOMEM;
    if (v->ntext) memcpy(text, v->text, (size_t)v->ntext);
    uint64_t from = 0;
    for (size_t i = 0; i < t->nparts; i++) {
        const uint8_t *b = v->parts + PART * i;
        if (!next_name(text, v->ntext, hw__ld64(b), &from, &t->parts[i].name) ||
            !t->parts[i].name.len)
            return HW_E_CORRUPT;
        t->parts[i].sum = hw__ld64(b + 8);
    }
    for (size_t i = 0; i < t->nchannels; i++) {
        const uint8_t *b = v->channels + CHANNEL * i;
        hw__tchannel *c = &t->channels[i];
        if (!next_name(text, v->ntext, hw__ld64(b), &from, &c->name) ||
            hw__ld64(b + 8) >= t->nparts)
            return HW_E_CORRUPT;
        c->part = (uint32_t)hw__ld64(b + 8);
        c->when = hw__ld64(b + 16);
    }
    return from == v->ntext ? HW_OK : HW_E_CORRUPT;
}

static hw_status read_paths(hw_tally *t, const view *v) {
    t->paths = hw__arena_array(&t->arena, t->npaths, sizeof *t->paths);
    uint16_t *channel = hw__arena_array(&t->arena, (size_t)v->ntouches, sizeof *channel);
    int64_t *age = t->ages ? hw__arena_array(&t->arena, (size_t)v->ntouches, sizeof *age) : NULL;
    if (!t->paths || !channel || (t->ages && !age)) return HW_E_NOMEM;
    for (size_t i = 0; i < v->ntouches; i++) {
        channel[i] = hw__ld16(v->touches + 2 * i);
        if (channel[i] >= t->nchannels) return HW_E_CORRUPT;
        if (age) age[i] = (int64_t)hw__ld64(v->ages + 8 * i);
        if (age && (age[i] < 0 || age[i] >= INT64_C(1) << 53)) return HW_E_CORRUPT;
    }
    uint64_t used = 0;
    for (size_t i = 0; i < t->npaths; i++) {
        const uint8_t *b = v->paths + PATH * i;
        uint64_t n = hw__ld64(b);
        hw__tpath *p = &t->paths[i];
        *p = (hw__tpath){.len = (uint32_t)n,
                         .channel = channel + used,
                         .age = age ? age + used : NULL,
                         .conversions = (int64_t)hw__ld64(b + 8),
                         .value = (int64_t)hw__ld64(b + 16),
                         .nulls = (int64_t)hw__ld64(b + 24)};
        if (!n || n > v->ntouches - used || n > UINT32_MAX || p->conversions < 0 || p->nulls < 0)
            return HW_E_CORRUPT;
        used += n;
    }
    return used == v->ntouches ? HW_OK : HW_E_CORRUPT;
}

/* Names that stand twice would make two channels, or two parts, of one. */
static bool unique_names(const hw_tally *t) {
    for (size_t i = 1; i < t->nparts; i++) {
        if (hw__str_compare(t->parts[i - 1].name, t->parts[i].name) >= 0) return false;
    }
    return true;
}

static hw_status load(hw_tally *t, const uint8_t *bytes, size_t len) {
    view v;
    HW__TRY(open_view(t, bytes, len, &v));
    HW__TRY(read_names(t, &v));
    if (!unique_names(t)) return HW_E_CORRUPT;
    hw__intern names;
    hw__intern_init(&names, &t->arena.alloc);
    hw_status s = HW_OK;
    for (uint32_t i = 0, id; i < t->nchannels && s == HW_OK; i++) {
        s = hw__intern_put(&names, t->channels[i].name, &id);
        if (s == HW_OK && id != i) s = HW_E_CORRUPT;
    }
    hw__intern_free(&names);
    if (s == HW_OK) s = read_paths(t, &v);
    /* Whatever order the bytes came in, what is kept is canonical. */
    return s == HW_OK ? hw__tally_settle(t) : s;
}

hw_status hw_tally_load(const hw_allocator *alloc, const uint8_t *bytes, size_t len,
                        hw_tally **out) {
    hw_tally *t = alloc->alloc(alloc->ctx, sizeof *t);
    if (!t) return HW_E_NOMEM;
    memset(t, 0, sizeof *t);
    hw__arena_init(&t->arena, alloc);
    hw_status s = load(t, bytes, len);
    if (s != HW_OK) {
        hw_tally_destroy(t);
        return s;
    }
    *out = t;
    return HW_OK;
}
