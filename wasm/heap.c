/* The allocator of the module. Callers give sizes back with what they free, so blocks need no
 * heads: a size is rounded up to its class (four to a doubling), a freed block waits in its class'
 * list, and new ones come from the end of memory, where the last block can also grow in place. */
#include "hw_wasm.h"

enum { PAGE = 65536, CLASSES = 4 * 32 };

extern unsigned char __heap_base; /* the linker's: the end of static data and stack */

static struct {
    uint8_t *end; /* of the blocks so far; NULL before the first */
    void *free[CLASSES];
} heap;

/* The class of a size, and the size of its blocks. */
static size_t class_of(size_t size, size_t *block) {
    if (size < 16) size = 16;
    unsigned top = 31 - (unsigned)__builtin_clz((unsigned)(size - 1)); /* 2^top <= size - 1 */
    size_t step = (size_t)1 << (top - 2), low = (size_t)1 << top;
    size_t quarter = (size - 1 - low) / step + 1; /* 1..4 */
    *block = low + quarter * step;
    return 4 * top + quarter - 1;
}

/* Moves the end; false when memory cannot grow so far. */
static bool claim(uint8_t *end) {
    size_t have = (size_t)__builtin_wasm_memory_size(0) * PAGE, need = (size_t)(uintptr_t)end;
    if (need > have) {
        size_t more = need - have, extra = have / 8; /* fewer, larger steps */
        size_t pages = (more + PAGE - 1) / PAGE;
        if (__builtin_wasm_memory_grow(0, pages + extra / PAGE) == SIZE_MAX &&
            __builtin_wasm_memory_grow(0, pages) == SIZE_MAX)
            return false;
    }
    heap.end = end;
    return true;
}

static void *take(void *ctx, size_t size) {
    (void)ctx;
    if (size > (size_t)1 << 31) return NULL;
    size_t block, c = class_of(size, &block);
    void *p = heap.free[c];
    if (p) {
        memcpy(&heap.free[c], p, sizeof(void *));
        return p;
    }
    if (!heap.end) heap.end = (uint8_t *)(((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15);
    uint8_t *from = heap.end;
    if (block > SIZE_MAX - (size_t)(uintptr_t)from || !claim(from + block)) return NULL;
    return from;
}

static void give(void *ctx, void *p, size_t size) {
    (void)ctx;
    if (!p) return;
    size_t block, c = class_of(size, &block);
    if ((uint8_t *)p + block == heap.end) {
        heap.end = p;
        return;
    }
    memcpy(p, &heap.free[c], sizeof(void *));
    heap.free[c] = p;
}

static void *resize(void *ctx, void *p, size_t old_size, size_t size) {
    if (!p) return take(ctx, size);
    if (size > (size_t)1 << 31) return NULL;
    size_t had, wants;
    if (class_of(old_size, &had) == class_of(size, &wants)) return p;
    if ((uint8_t *)p + had == heap.end && wants > had)
        return wants <= SIZE_MAX - (size_t)(uintptr_t)p && claim((uint8_t *)p + wants) ? p : NULL;
    void *to = take(ctx, size);
    if (!to) return NULL;
    memcpy(to, p, old_size < size ? old_size : size);
    give(ctx, p, old_size);
    return to;
}

hw_allocator hw_wasm_heap(void) {
    return (hw_allocator){NULL, take, resize, give};
}
