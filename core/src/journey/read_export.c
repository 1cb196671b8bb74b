/* Journeys from a file of headwater/export.h. Each event becomes the row that the touch log in CSV
 * has for it, so both give one dataset. */
#include "base/bytes.h"
#include "journey/dataset.h"

#ifndef HW_LEAN

enum { MAGIC_LEN = 4, HEAD = 8, BLOCK_HEAD = 8, ORDER = 16 };

/* As in CSV: before the year 10000, below 2^53 thousandths of a unit. */
#define TIME_END UINT64_C(253402300800000)
#define VALUE_END UINT64_C(9007199254740992000)

static const uint8_t magic[MAGIC_LEN] = {'H', 'W', 'X', '1'};

/* The columns that the events have in CSV. Where the caller names columns, a source's can change
 * places; the others stay. */
static const char *const columns[] = {"channel",     "source",     "medium",  "campaign",
                                      "term",        "content",    "visitor", "time",
                                      "interaction", "conversion", "value",   "order_id"};
enum { DIMENSIONS = 6, VISITOR_COLUMN = 6, COLUMNS = sizeof columns / sizeof *columns };

static void crc_init(uint32_t table[256]) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ UINT32_C(0xedb88320) : c >> 1;
        table[i] = c;
    }
}

static uint32_t crc_of(const uint32_t table[256], const uint8_t *p, size_t n) {
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < n; i++) c = table[(c ^ p[i]) & 255] ^ c >> 8;
    return ~c;
}

/* ---- a body ---- */

typedef struct cursor {
    const uint8_t *at, *end;
    bool bad; /* read past the end, or a number past its limit */
} cursor;

static uint64_t number(cursor *c) {
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (c->at == c->end) break;
        uint8_t b = *c->at++;
        if (shift == 63 && b > 1) break;
        n |= (uint64_t)(b & 127) << shift;
        if (b < 128) return n;
    }
    c->bad = true;
    return 0;
}

static uint64_t number_below(cursor *c, uint64_t limit) {
    uint64_t n = number(c);
    if (n < limit) return n;
    c->bad = true;
    return 0;
}

/* How many things follow, of at least `size` bytes each. */
static size_t count(cursor *c, size_t size) {
    return (size_t)number_below(c, (uint64_t)(c->end - c->at) / size + 1);
}

static hw_str bytes(cursor *c, uint64_t n) {
    if (n > (uint64_t)(c->end - c->at)) {
        c->bad = true;
        n = 0;
    }
    hw_str s = {(const char *)c->at, (size_t)n};
    c->at += n;
    return s;
}

typedef struct source {
    uint32_t str[DIMENSIONS];
    uint16_t channel;
    uint8_t known; /* channel is; and whether it is a touch at all */
    uint8_t no_touch;
} source;

typedef struct body {
    hw__arena arena;
    cursor c;
    hw_str *strings;
    source *sources;
    uint8_t *leads; /* of each conversion's definition: its milestone */
    size_t nstrings, nsources, nactions;
} body;

static hw_status tables(body *b) {
    cursor *c = &b->c;
    b->nstrings = count(c, 1) + 1;
    b->strings = hw__arena_array(&b->arena, b->nstrings, sizeof *b->strings);
    if (!b->strings) return HW_E_NOMEM;
    b->strings[0] = (hw_str){NULL, 0};
    for (size_t i = 1; i < b->nstrings; i++) b->strings[i] = bytes(c, number(c));
    b->nsources = count(c, DIMENSIONS);
    b->sources = hw__arena_array(&b->arena, b->nsources, sizeof *b->sources);
    if (!b->sources) return HW_E_NOMEM;
    for (size_t i = 0; i < b->nsources; i++) {
        b->sources[i] = (source){.known = 0};
        for (int k = 0; k < DIMENSIONS; k++)
            b->sources[i].str[k] = (uint32_t)number_below(c, b->nstrings);
    }
    b->nactions = count(c, 2);
    b->leads = hw__arena_array(&b->arena, b->nactions, sizeof *b->leads);
    if (!b->leads) return HW_E_NOMEM;
    for (size_t i = 0; i < b->nactions; i++) {
        number_below(c, b->nstrings);
        b->leads[i] = number_below(c, HW_EXPORT_LEAD + 1) ? HW__LEAD : 0;
    }
    return c->bad ? HW_E_CORRUPT : HW_OK;
}

/* The channel of a source, when the first touch of the block needs it: channels are in order of
 * their first touch. */
static hw_status resolve(hw_dataset *d, const body *b, source *s) {
    hw_str fields[COLUMNS] = {{NULL, 0}};
    for (int k = 0; k < DIMENSIONS; k++) fields[k] = b->strings[s->str[k]];
    hw__drow row = {.interaction = HW_VISIT};
    HW__TRY(hw__touch_channel(d, fields, 0, &row));
    s->channel = row.channel;
    s->no_touch = row.interaction == HW_NO_TOUCH;
    s->known = 1;
    return HW_OK;
}

/* What hw__read_touch_row does with a row once it is parsed. who: the person's name. */
static hw_status add(hw_dataset *d, hw_str who, hw__drow *row, int64_t value) {
    if (row->at > d->newest) d->newest = row->at;
    bool is_row = row->interaction != HW_NO_TOUCH || row->converts;
    if (is_row || d->orders) HW__TRY(hw__intern_put(&d->visitors, who, &row->visitor));
    if (!is_row) return HW_OK;
    return hw__touch_row_put(d, row, value);
}

static hw_status touch(hw_dataset *d, body *b, hw_str who, int64_t at, uint64_t tag) {
    if (tag >> 2 >= b->nsources) return HW_E_CORRUPT;
    source *s = &b->sources[tag >> 2];
    if (!s->known) HW__TRY(resolve(d, b, s));
    hw__drow row = {.at = at,
                    .channel = s->channel,
                    .interaction = s->no_touch ? HW_NO_TOUCH : (uint8_t)(tag & 3)};
    d->export.touches++;
    return add(d, who, &row, 0);
}

/* Was the order counted before? Its name is that of CSV: in files of both kinds it counts once. */
static hw_status known(hw_dataset *d, hw_str order, bool *yes) {
    static const char hex[] = "0123456789abcdef";
    char name[1 + 2 * ORDER] = "o";
    for (size_t i = 0; i < order.len; i++) {
        name[1 + 2 * i] = hex[(uint8_t)order.ptr[i] >> 4];
        name[2 + 2 * i] = hex[order.ptr[i] & 15];
    }
    size_t before = d->ids.strs.len;
    uint32_t n;
    *yes = false;
    if (!order.len) return HW_OK;
    HW__TRY(hw__intern_put(&d->ids, (hw_str){name, sizeof name}, &n));
    *yes = d->ids.strs.len == before;
    return HW_OK;
}

static hw_status conversion(hw_dataset *d, body *b, hw_str who, int64_t at, uint64_t tag) {
    uint64_t action = tag >> 3;
    int64_t value = (int64_t)number_below(&b->c, VALUE_END);
    hw_str order = bytes(&b->c, tag & 4 ? ORDER : 0);
    if (b->c.bad || action >= b->nactions) return HW_E_CORRUPT;
    d->export.conversions++;
    bool repeated;
    HW__TRY(known(d, order, &repeated));
    d->duplicates += repeated;
    hw__drow row = {
        .at = at, .interaction = HW_NO_TOUCH, .converts = 1, .milestone = b->leads[action]};
    return repeated ? HW_OK : add(d, who, &row, value);
}

static hw_status person(hw_dataset *d, body *b) {
    if (d->export.persons >= UINT32_MAX) return HW_E_LIMIT;
    /* No visitor of a CSV file has a NUL in its name. */
    uint8_t name[9] = {0};
    hw__st32(name + 1, d->export.files);
    hw__st32(name + 5, (uint32_t)d->export.persons++);
    uint64_t at = 0;
    size_t n = count(&b->c, 2);
    if (!n) b->c.bad = true;
    for (size_t i = 0; i < n && !b->c.bad; i++) {
        uint64_t tag = number(&b->c), later = number(&b->c);
        if (later >= TIME_END - at) b->c.bad = true;
        if (b->c.bad) break;
        at += later;
        d->nrows++;
        HW__TRY((tag & 3 ? touch : conversion)(d, b, (hw_str){(char *)name, sizeof name},
                                               (int64_t)at, tag));
    }
    return b->c.bad ? HW_E_CORRUPT : HW_OK;
}

static hw_status end_mark(hw_dataset *d, cursor *c) {
    hw__export *x = &d->export;
    bool same = number(c) == x->persons;
    same &= number(c) == x->touches;
    same &= number(c) == x->conversions;
    if (c->bad || c->at != c->end || !same) return HW_E_CORRUPT;
    x->stage = HW__EXPORT_ENDED;
    return HW_OK;
}

static hw_status read_persons(hw_dataset *d, body *b) {
    size_t persons = count(&b->c, 1);
    if (b->c.bad) return HW_E_CORRUPT;
    if (!persons) return end_mark(d, &b->c);
    HW__TRY(tables(b));
    for (size_t i = 0; i < persons; i++) HW__TRY(person(d, b));
    return b->c.at == b->c.end ? HW_OK : HW_E_CORRUPT;
}

static hw_status read_body(hw_dataset *d) {
    const hw__export *x = &d->export;
    if (crc_of(x->crc_table, x->held.at, x->part) != x->crc) return HW_E_CHECKSUM;
    body b = {.c = {x->held.at, x->held.at + x->part, false}};
    hw__arena_init(&b.arena, &d->alloc);
    hw_status s = read_persons(d, &b);
    hw__arena_free(&b.arena);
    return s;
}

/* ---- parts ---- */

static hw_status read_head(hw_dataset *d) {
    hw__export *x = &d->export;
    if (hw__ld16(x->held.at + 4) != HW_EXPORT_FORMAT || hw__ld16(x->held.at + 6))
        return HW__FAIL(d->err, HW_E_VERSION, 0, 0,
                        "the file of journeys is of a format that this build does not read; it was "
                        "written by another version of Headwater");
    hw_str fields[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) fields[i] = hw__str_of(columns[i]);
    hw_dataset_kind before = d->columns.kind;
    HW__TRY(hw__columns_read(&d->columns, d->named, fields, COLUMNS, 0, d->err));
    d->header_read = true;
    if (before == HW_DATASET_PATHS)
        return HW__FAIL(d->err, HW_E_HEADER, 0, 0,
                        "paths and touch logs cannot be mixed; give files of one kind");
    static const hw__role fixed[] = {HW__ROLE_VISITOR,    HW__ROLE_TIME,  HW__ROLE_INTERACTION,
                                     HW__ROLE_CONVERSION, HW__ROLE_VALUE, HW__ROLE_ORDER_ID};
    for (int i = 0; i < COLUMNS - VISITOR_COLUMN; i++)
        if (d->columns.at[fixed[i]] != VISITOR_COLUMN + i)
            return HW__FAIL(d->err, HW_E_HEADER, 0, 0,
                            "of a file of journeys only channel, source, medium, campaign, term "
                            "and content can be taken from another column, not ",
                            columns[VISITOR_COLUMN + i]);
    return HW_OK;
}

static void next(hw__export *x, hw__export_stage stage, size_t part) {
    x->stage = stage;
    x->part = part;
    x->held.len = 0;
}

/* The part under way is whole. */
static hw_status read_part(hw_dataset *d) {
    hw__export *x = &d->export;
    if (x->stage == HW__EXPORT_HEAD) {
        HW__TRY(read_head(d));
        next(x, HW__EXPORT_BLOCK, BLOCK_HEAD);
        return HW_OK;
    }
    if (x->stage == HW__EXPORT_BLOCK) {
        uint32_t len = hw__ld32(x->held.at);
        x->crc = hw__ld32(x->held.at + 4);
        if (!len || len > HW_EXPORT_BLOCK_MAX) return HW_E_CORRUPT;
        next(x, HW__EXPORT_BODY, len);
        return HW_OK;
    }
    HW__TRY(read_body(d));
    if (x->stage != HW__EXPORT_ENDED) next(x, HW__EXPORT_BLOCK, BLOCK_HEAD);
    return HW_OK;
}

static hw_status take(hw_dataset *d, const uint8_t *at, size_t len) {
    hw__export *x = &d->export;
    while (len) {
        if (x->stage == HW__EXPORT_ENDED)
            return HW__FAIL(d->err, HW_E_CORRUPT, 0, 0,
                            "bytes follow the end of the file of journeys");
        size_t want = x->part - x->held.len, n = len < want ? len : want;
        HW__TRY(HW__RESERVE(&d->alloc, &x->held, x->held.len + n));
        memcpy(x->held.at + x->held.len, at, n);
        x->held.len += n;
        x->bytes += n;
        at += n;
        len -= n;
        if (x->held.len == x->part) HW__TRY(read_part(d));
    }
    return HW_OK;
}

/* A failure that has not told itself: what the bytes are, and how far they were read. */
static hw_status tell(hw_dataset *d, hw_status s) {
    d->err->line = d->err->column = 0;
    if (s == HW_OK || d->err->status == s) return s;
    char where[24];
    hw__text t = {where, 0, sizeof where};
    hw__text_int(&t, (int64_t)(d->export.bytes - d->export.held.len));
    bool damaged = s == HW_E_CHECKSUM || s == HW_E_CORRUPT;
    return HW__FAIL(d->err, s, 0, 0, damaged ? "the file of journeys is damaged behind byte " : "",
                    damaged ? where : hw_status_text(s), damaged ? "; download it again" : "");
}

/* ---- files ---- */

static void begin(hw_dataset *d) {
    hw__export *x = &d->export;
    if (!x->files++) crc_init(x->crc_table);
    x->bytes = x->persons = x->touches = x->conversions = 0;
    next(x, HW__EXPORT_HEAD, HEAD);
}

hw_status hw__export_feed(hw_dataset *d, const uint8_t *at, size_t len) {
    hw__export *x = &d->export;
    size_t told = 0; /* bytes of this call that are the magic's; x->part: all so far */
    while (x->stage == HW__EXPORT_UNTOLD && told < len) {
        if (at[told] == magic[x->part]) {
            told++;
            if (++x->part < MAGIC_LEN) continue;
            begin(d);
            HW__TRY(tell(d, take(d, magic, MAGIC_LEN)));
        } else { /* what looked like the magic was the start of something else */
            x->stage = HW__EXPORT_OTHER;
            HW__TRY(hw__csv_feed(&d->csv, (const char *)magic, x->part - told, d->err));
            told = 0;
        }
    }
    if (x->stage == HW__EXPORT_UNTOLD) return HW_OK;
    if (x->stage == HW__EXPORT_OTHER) return hw__csv_feed(&d->csv, (const char *)at, len, d->err);
    return tell(d, take(d, at + told, len - told));
}

hw_status hw__export_end(hw_dataset *d, bool *taken) {
    hw__export *x = &d->export;
    *taken = x->stage > HW__EXPORT_OTHER;
    if (*taken && x->stage != HW__EXPORT_ENDED) {
        char read[24];
        hw__text t = {read, 0, sizeof read};
        hw__text_int(&t, (int64_t)x->bytes);
        return HW__FAIL(d->err, HW_E_CORRUPT, 0, 0, "the file of journeys was cut off after ", read,
                        " bytes; download it again");
    }
    if (x->stage == HW__EXPORT_UNTOLD)
        HW__TRY(hw__csv_feed(&d->csv, (const char *)magic, x->part, d->err));
    next(x, HW__EXPORT_UNTOLD, 0);
    return HW_OK;
}

void hw__export_free(hw_dataset *d) {
    HW__VEC_FREE(&d->alloc, &d->export.held);
}

#endif
