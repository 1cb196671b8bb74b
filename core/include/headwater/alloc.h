/**
 * @file alloc.h
 * The caller's allocator, given as a value at creation. Objects keep a copy
 * and use it for everything, so two objects can live in two arenas.
 */
#ifndef HEADWATER_ALLOC_H
#define HEADWATER_ALLOC_H

#include <stddef.h>

typedef struct hw_allocator {
    void *ctx;
    /** size > 0; aligned for any type; NULL when there is no memory. */
    void *(*alloc)(void *ctx, size_t size);
    /** ptr may be NULL with old_size 0; the old block stays valid on NULL. */
    void *(*realloc)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    /** ptr may be NULL; size is what it was allocated with. */
    void (*free)(void *ctx, void *ptr, size_t size);
} hw_allocator;

/** The C library's allocator. The one place where the core calls malloc. */
hw_allocator hw_default_allocator(void);

#endif
