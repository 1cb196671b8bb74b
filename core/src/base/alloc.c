#include "headwater/alloc.h"

#include <stdlib.h>

static void *default_alloc(void *ctx, size_t size) {
    (void)ctx;
    return malloc(size);
}

static void *default_realloc(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    return realloc(ptr, new_size);
}

static void default_free(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    (void)size;
    free(ptr);
}

hw_allocator hw_default_allocator(void) {
    return (hw_allocator){NULL, default_alloc, default_realloc, default_free};
}
