/* Bits of a conversion as it crosses the boundary; REFUND stands for two bits, an hw_refund;
 * layout.c tells them to the binding. */
#ifndef HW_FLAGS_H
#define HW_FLAGS_H

enum { HW_WASM_HAS_ORDER = 1, HW_WASM_ONCE = 2, HW_WASM_REFUND = 4 };

#endif
