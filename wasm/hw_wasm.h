/*
 * The shim between the core and JavaScript. JavaScript packs one block, writes it at
 * hw_wasm_input(bytes), calls once, and reads one block at hw_wasm_result(). A call returns a
 * hw_status; hw_wasm_error() tells more.
 *
 * Blocks are little-endian and packed without gaps. A text is its length (u32) and its bytes. Times
 * and money are f64 that hold whole numbers below 2^53: JavaScript's own numbers.
 *
 * The state below is the module instance's; an instance is the context.
 */
#ifndef HW_WASM_H
#define HW_WASM_H

#include "base/internal.h"

#define HW_WASM_EXPORT __attribute__((used))

hw_allocator hw_wasm_heap(void); /* heap.c */
extern hw_allocator hw_wasm_alloc;
extern hw_error hw_wasm_last_error;

/* ---- reading the input ---- */

typedef struct reader {
    const uint8_t *at, *end;
    bool bad; /* read past the end: everything read since is zero */
} reader;

reader hw_wasm_reader(uint32_t len);
uint32_t read_u32(reader *r);
double read_f64(reader *r);
int64_t read_int(reader *r); /* an f64; out of range or not whole: bad */
hw_key read_key(reader *r);
hw_str read_str(reader *r);
const uint8_t *read_bytes(reader *r, uint32_t n);

enum { HW_WASM_MODELS_MAX = 64 };
/* The models and parameters of a block that wasm_dataset.c describes. */
hw_status hw_wasm_read_models(reader *r, const hw_model **models, uint32_t *count,
                              hw_model_params *p);

/* ---- writing the result; a failed write is told by hw_wasm_end ---- */

void hw_wasm_begin(void);
void put_u32(uint32_t v);
void put_f64(double v);
void put_bytes(const void *p, size_t n);
void put_str(hw_str s);
/* `len` bytes of room at the end of the result, NULL without memory. */
void *hw_wasm_room(size_t len);
void hw_wasm_grow(size_t len); /* they are used */
uint32_t hw_wasm_end(hw_status s);

#endif
