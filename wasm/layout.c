/* Prints, as JSON, what JavaScript may not repeat: numbers of statuses, names behind numbers,
 * offsets. A program of the build, so that these texts are not shipped in the module. */
#include <stddef.h>
#include <stdio.h>

#include "flags.h"
#include "headwater/headwater.h"

#define STATUS(name, number, text)                                                                 \
    printf("%s\"HW_%s\":[%d,\"%s\"]", comma, #name, number, text), comma = ",";
#define CLICK_ID(parameter, source, medium) printf("%s\"%s\"", comma, parameter), comma = ",";

static void list(const char *name, const char *const *items, size_t n) {
    printf(",\"%s\":[", name);
    for (size_t i = 0; i < n; i++) printf("%s\"%s\"", i ? "," : "", items[i]);
    printf("]");
}

#define LIST(name, items) list(name, items, sizeof(items) / sizeof *(items))

int main(void) {
    static const char *const origins[] = {[HW_ORIGIN_DIRECT] = "direct",
                                          [HW_ORIGIN_REFERRER] = "referrer",
                                          [HW_ORIGIN_TAGGED] = "tagged",
                                          [HW_ORIGIN_INTERNAL] = "internal"};
    static const char *const interactions[] = {[HW_NO_TOUCH] = "",
                                               [HW_CLICK] = "click",
                                               [HW_IMPRESSION] = "impression",
                                               [HW_VISIT] = "visit"};
    static const char *const outcomes[] = {[HW_ACCEPTED] = "accepted",
                                           [HW_DUPLICATE_EVENT] = "duplicate",
                                           [HW_DUPLICATE_ORDER] = "duplicate_order",
                                           [HW_TOO_OLD] = "late",
                                           [HW_FULL] = "full",
                                           [HW_REFUND_CLAMPED] = "refund_clamped",
                                           [HW_REFUND_WAITING] = "refund_waiting"};
    static const char *const verdicts[] = {
        [HW_NEW] = "new", [HW_DUPLICATE] = "duplicate", [HW_LATE] = "late"};
    static const char *const transforms[] = {[HW_TRANSFORM_UNIQUE] = "unique",
                                             [HW_TRANSFORM_EXPOSURE] = "exposure",
                                             [HW_TRANSFORM_FIRST] = "first",
                                             [HW_TRANSFORM_FREQUENCY] = "frequency"};
    static const char *const bases[] = {[HW_BASIS_CONVERSION] = "conversion",
                                        [HW_BASIS_TOUCH] = "touch",
                                        [HW_BASIS_CONVERSION_REFUND] = "conversion_refund",
                                        [HW_BASIS_TOUCH_REFUND] = "touch_refund",
                                        [HW_BASIS_REFUND] = "refund"};
    static const char *const kinds[] = {
        [0] = "", [HW_DATASET_PATHS] = "paths", [HW_DATASET_TOUCHES] = "touches"};
    const char *comma = "";
    printf("{\"abi\":%d,\"version\":\"%s\",\"status\":{", HW_ABI_VERSION, hw_version());
    HW_STATUS_MAP(STATUS)
    comma = "";
    printf("},\"clickIds\":[");
    HW_CLICK_ID_MAP(CLICK_ID)
    printf("]");
    LIST("origins", origins);
    LIST("interactions", interactions);
    LIST("outcomes", outcomes);
    LIST("verdicts", verdicts);
    LIST("transforms", transforms);
    LIST("bases", bases);
    LIST("kinds", kinds);
    printf(",\"conversion\":{\"hasOrder\":%d,\"once\":%d,\"refund\":%d}", HW_WASM_HAS_ORDER,
           HW_WASM_ONCE, HW_WASM_REFUND);
    /* The same on wasm32 and on 64-bit hosts: nothing in it is a pointer. */
    printf(",\"error\":{\"status\":%d,\"line\":%d,\"column\":%d,\"message\":%d}}\n",
           (int)offsetof(hw_error, status), (int)offsetof(hw_error, line),
           (int)offsetof(hw_error, column), (int)offsetof(hw_error, message));
    return 0;
}
