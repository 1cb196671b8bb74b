#include "base/internal.h"

static void sift(uint32_t *v, size_t n, size_t i, hw__less less, const void *ctx) {
    for (;;) {
        size_t c = 2 * i + 1;
        if (c >= n) return;
        if (c + 1 < n && less(ctx, v[c], v[c + 1])) c++;
        if (!less(ctx, v[i], v[c])) return;
        uint32_t t = v[i];
        v[i] = v[c];
        v[c] = t;
        i = c;
    }
}

void hw__sort(uint32_t *v, size_t n, hw__less less, const void *ctx) {
    for (size_t i = n / 2; i-- > 0;) sift(v, n, i, less, ctx);
    for (size_t end = n; end-- > 1;) {
        uint32_t t = v[0];
        v[0] = v[end];
        v[end] = t;
        sift(v, end, 0, less, ctx);
    }
}
