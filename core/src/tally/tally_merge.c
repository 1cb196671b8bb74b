#include "tally/tally.h"

static hw_str copy(hw__arena *arena, hw_str s) {
    char *p = hw__arena_alloc(arena, s.len);
    if (p && s.len) memcpy(p, s.ptr, s.len);
    return (hw_str){p, s.len};
}

static const hw__tpart *find_part(const hw_tally *t, hw_str name) {
    for (size_t i = 0; i < t->nparts; i++)
        if (hw__str_eq(t->parts[i].name, name)) return &t->parts[i];
    return NULL;
}

/* How many of from's parts are in `into` already; an error when one of them differs. */
static hw_status known_parts(const hw_tally *into, const hw_tally *from, size_t *known,
                             hw_error *err) {
    *known = 0;
    for (size_t i = 0; i < from->nparts; i++) {
        const hw__tpart *theirs = &from->parts[i], *ours = find_part(into, theirs->name);
        if (!ours) continue;
        ++*known;
        if (ours->sum == theirs->sum) continue;
        char name[64];
        hw__text t = {name, 0, sizeof name};
        hw__text_str(&t, theirs->name);
        return HW__FAIL(
            err, HW_E_CONFIG, 0, 0, "the part \"", name,
            "\" is there already with other content; give it a name of its own (--part)");
    }
    return HW_OK;
}

static hw_status add_channels(hw_tally *t, const hw_tally *x, uint32_t first_part,
                              uint16_t *number) {
    for (size_t i = 0; i < x->nchannels; i++) {
        const hw__tchannel *c = &x->channels[i];
        size_t k = 0;
        while (k < t->nchannels && !hw__str_eq(t->channels[k].name, c->name)) k++;
        hw__tchannel seen = {c->name, first_part + c->part, c->when};
        if (k == t->nchannels) {
            if (k >= HW_CHANNELS_MAX) return HW_E_LIMIT;
            seen.name = copy(&t->arena, c->name);
            if (!seen.name.ptr) return HW_E_NOMEM;
            t->channels[t->nchannels++] = seen;
        } else {
            hw__tchannel *ours = &t->channels[k];
            /* Parts are not in order yet: the earlier name holds the first sight. */
            hw_str a = t->parts[ours->part].name, b = t->parts[seen.part].name;
            if (hw__str_compare(a, b) > 0) {
                ours->part = seen.part;
                ours->when = seen.when;
            }
        }
        number[i] = (uint16_t)k;
    }
    return HW_OK;
}

static hw_status add(hw_tally *t, const hw_tally *x) {
    uint32_t first = (uint32_t)t->nparts;
    for (size_t i = 0; i < x->nparts; i++) {
        hw__tpart p = {copy(&t->arena, x->parts[i].name), x->parts[i].sum};
        if (!p.name.ptr) return HW_E_NOMEM;
        t->parts[t->nparts++] = p;
    }
    uint16_t *number = hw__arena_array(&t->arena, x->nchannels, sizeof *number);
    if (!number) return HW_E_NOMEM;
    HW__TRY(add_channels(t, x, first, number));
    for (size_t i = 0; i < x->npaths; i++) {
        hw__tpath p = x->paths[i];
        uint16_t *channel = hw__arena_array(&t->arena, p.len, sizeof *channel);
        int64_t *age = p.age ? hw__arena_array(&t->arena, p.len, sizeof *age) : NULL;
        if (!channel || (p.age && !age)) return HW_E_NOMEM;
        for (uint32_t k = 0; k < p.len; k++) channel[k] = number[p.channel[k]];
        if (age) memcpy(age, p.age, p.len * sizeof *age);
        p.channel = channel;
        p.age = age;
        t->paths[t->npaths++] = p;
    }
    return HW_OK;
}

static hw_status join(hw_tally *t, const hw_tally *a, const hw_tally *b) {
    t->ages = a->ages;
    t->parts = hw__arena_array(&t->arena, a->nparts + b->nparts, sizeof *t->parts);
    t->channels = hw__arena_array(&t->arena, a->nchannels + b->nchannels, sizeof *t->channels);
    t->paths = hw__arena_array(&t->arena, a->npaths + b->npaths, sizeof *t->paths);
    if (!t->parts || !t->channels || !t->paths) return HW_E_NOMEM;
    HW__TRY(add(t, a));
    HW__TRY(add(t, b));
    return hw__tally_settle(t);
}

hw_status hw_tally_merge(hw_tally **into, const hw_tally *from, hw_error *err) {
    hw_tally *ours = *into;
    size_t known;
    HW__TRY(known_parts(ours, from, &known, err));
    if (known == from->nparts) return HW_OK;
    if (known)
        return HW__FAIL(err, HW_E_CONFIG, 0, 0,
                        "some of its parts are there already, others are not; merge the parts "
                        "themselves, or sets of them that do not overlap");
    if (ours->ages != from->ages)
        return HW__FAIL(err, HW_E_CONFIG, 0, 0,
                        "one of them knows times and the other does not; map both alike");
    const hw_allocator *a = &ours->arena.alloc;
    hw_tally *t = a->alloc(a->ctx, sizeof *t);
    if (!t) return HW_E_NOMEM;
    memset(t, 0, sizeof *t);
    hw__arena_init(&t->arena, a);
    hw_status s = join(t, ours, from);
    if (s != HW_OK) {
        hw_tally_destroy(t);
        return s;
    }
    hw_tally_destroy(ours);
    *into = t;
    return HW_OK;
}
