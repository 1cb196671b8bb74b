/* Ledger bytes from anywhere, checksum mended: refused, or saved again to the same bytes. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    hw_allocator a = hw_default_allocator();
    uint8_t *b = malloc(size + 1);
    if (!b) return 0;
    memcpy(b, data, size);
    if (size >= 48) {
        hw__st64(b + 8, size);
        hw__st64(b + 16, hw__hash64(b + 24, size - 24, UINT32_C(0x314c5748)));
    }
    hw_ledger *l = NULL, *again = NULL;
    if (hw_ledger_load(&a, 9, b, size, &l) == HW_OK) {
        size_t n = 0, n2 = 0;
        MUST(hw_ledger_save(l, NULL, 0, &n) == HW_E_BUFFER);
        uint8_t *out = malloc(n), *out2 = malloc(n);
        MUST(out && out2 && hw_ledger_save(l, out, n, &n) == HW_OK);
        MUST(hw_ledger_load(&a, 9, out, n, &again) == HW_OK);
        MUST(hw_ledger_save(again, out2, n, &n2) == HW_OK && n2 == n && memcmp(out, out2, n) == 0);
        MUST(hw_ledger_merge(l, again) == HW_OK);
        free(out);
        free(out2);
    }
    hw_ledger_destroy(l);
    hw_ledger_destroy(again);
    free(b);
    return 0;
}
