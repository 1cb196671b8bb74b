#include "base/internal.h"

void hw__intern_init(hw__intern *in, const hw_allocator *alloc) {
    memset(in, 0, sizeof *in);
    in->alloc = *alloc;
    hw__arena_init(&in->arena, alloc);
}

void hw__intern_free(hw__intern *in) {
    HW__VEC_FREE(&in->alloc, &in->strs);
    in->alloc.free(in->alloc.ctx, in->slots, in->nslots * sizeof *in->slots);
    in->slots = NULL;
    in->nslots = 0;
    hw__arena_free(&in->arena);
}

static size_t home(const hw__intern *in, hw_str s) {
    return (size_t)hw__hash64(s.ptr, s.len, 0) & (in->nslots - 1);
}

/* The slot that holds s, or the free one where it belongs. */
static size_t seek(const hw__intern *in, hw_str s) {
    size_t i = home(in, s);
    while (in->slots[i] && !hw__str_eq(in->strs.at[in->slots[i] - 1], s))
        i = (i + 1) & (in->nslots - 1);
    return i;
}

static hw_status grow(hw__intern *in) {
    size_t n = in->nslots ? in->nslots * 2 : 32;
    uint32_t *slots = in->alloc.alloc(in->alloc.ctx, n * sizeof *slots);
    if (!slots) return HW_E_NOMEM;
    memset(slots, 0, n * sizeof *slots);
    in->alloc.free(in->alloc.ctx, in->slots, in->nslots * sizeof *slots);
    in->slots = slots;
    in->nslots = n;
    for (size_t id = 0; id < in->strs.len; id++) {
        size_t i = home(in, in->strs.at[id]);
        while (slots[i]) i = (i + 1) & (n - 1);
        slots[i] = (uint32_t)id + 1;
    }
    return HW_OK;
}

hw_status hw__intern_put(hw__intern *in, hw_str s, uint32_t *id) {
    if (in->strs.len * 2 >= in->nslots) HW__TRY(grow(in));
    size_t i = seek(in, s);
    if (in->slots[i]) {
        *id = in->slots[i] - 1;
        return HW_OK;
    }
    if (in->strs.len >= UINT32_MAX - 1) return HW_E_LIMIT;
    HW__TRY(HW__RESERVE(&in->alloc, &in->strs, in->strs.len + 1));
    char *copy = hw__arena_alloc(&in->arena, s.len);
    if (!copy) return HW_E_NOMEM;
    if (s.len) memcpy(copy, s.ptr, s.len);
    in->strs.at[in->strs.len++] = (hw_str){copy, s.len};
    in->slots[i] = (uint32_t)in->strs.len;
    *id = in->slots[i] - 1;
    return HW_OK;
}

uint32_t hw__intern_find(const hw__intern *in, hw_str s) {
    if (!in->nslots) return UINT32_MAX;
    return in->slots[seek(in, s)] - 1; /* a free slot wraps to UINT32_MAX */
}
