#include "headwater/headwater.h"

#ifndef HW_VERSION
#error "HW_VERSION comes from package.json by way of CMake"
#endif

const char *hw_version(void) {
    return HW_VERSION;
}

/* A host that has the table already (the JavaScript binding, from wasm/layout.c) saves its texts.
 */
#ifdef HW_LEAN
const char *hw_status_name(hw_status status) {
    return status ? "" : "HW_OK";
}
const char *hw_status_text(hw_status status) {
    return status ? "" : "fine";
}
#else
const char *hw_status_name(hw_status status) {
    switch (status) {
#define HW_X(name, number, text)                                                                   \
    case HW_##name:                                                                                \
        return "HW_" #name;
        HW_STATUS_MAP(HW_X)
#undef HW_X
    }
    return "HW_E_UNKNOWN";
}

const char *hw_status_text(hw_status status) {
    switch (status) {
#define HW_X(name, number, text)                                                                   \
    case HW_##name:                                                                                \
        return text;
        HW_STATUS_MAP(HW_X)
#undef HW_X
    }
    return "a status this build does not know";
}
#endif
