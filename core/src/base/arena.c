#include "base/internal.h"

struct hw__block {
    hw__block *next;
    size_t size; /* of data */
    uint64_t data[];
};

enum { BLOCK = 16 * 1024 - (int)sizeof(hw__block) };

hw_status hw__reserve(const hw_allocator *a, void **at, size_t *cap, size_t need, size_t size) {
    if (need <= *cap) return HW_OK;
    if (need > SIZE_MAX / 4 / size) return HW_E_NOMEM;
    size_t to = *cap ? *cap * 2 : 16;
    if (to < need) to = need;
    void *p = a->realloc(a->ctx, *at, *cap * size, to * size);
    if (!p) return HW_E_NOMEM;
    *at = p;
    *cap = to;
    return HW_OK;
}

void hw__arena_init(hw__arena *arena, const hw_allocator *alloc) {
    *arena = (hw__arena){*alloc, NULL, 0};
}

void *hw__arena_alloc(hw__arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    size = (size + 7) & ~(size_t)7;
    if (!arena->head || arena->head->size - arena->used < size) {
        size_t data = size > BLOCK ? size : BLOCK;
        hw__block *b = arena->alloc.alloc(arena->alloc.ctx, sizeof *b + data);
        if (!b) return NULL;
        b->next = arena->head;
        b->size = data;
        arena->head = b;
        arena->used = 0;
    }
    void *p = (uint8_t *)arena->head->data + arena->used;
    arena->used += size;
    return p;
}

static void free_chain(hw__arena *arena, hw__block *b) {
    while (b) {
        hw__block *next = b->next;
        arena->alloc.free(arena->alloc.ctx, b, sizeof *b + b->size);
        b = next;
    }
}

void hw__arena_reset(hw__arena *arena) {
    if (!arena->head) return;
    free_chain(arena, arena->head->next);
    arena->head->next = NULL;
    arena->used = 0;
}

void hw__arena_free(hw__arena *arena) {
    free_chain(arena, arena->head);
    arena->head = NULL;
    arena->used = 0;
}
