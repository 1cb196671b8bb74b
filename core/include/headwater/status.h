/**
 * @file status.h
 * Every outcome of a call into the core. One table; the enum, the names, the
 * texts and the TypeScript union come from it. Numbers are never reused;
 * statuses that only a binding raises start at 1000.
 */
#ifndef HEADWATER_STATUS_H
#define HEADWATER_STATUS_H

#include <stdint.h>

#if defined(__GNUC__)
#define HW_NODISCARD __attribute__((warn_unused_result))
#else
#define HW_NODISCARD
#endif

#if defined(HW_BUILD_SHARED) && defined(__GNUC__)
#define HW_API __attribute__((visibility("default")))
#else
#define HW_API
#endif

/* X(name, number, text) */
#define HW_STATUS_MAP(X)                                                                           \
    X(OK, 0, "fine")                                                                               \
    X(E_NOMEM, 1, "the allocator has no memory left")                                              \
    X(E_ARG, 2, "an argument is outside its documented range")                                     \
    X(E_BUFFER, 3, "the output does not fit the buffer given; the size needed is returned")        \
    X(E_STATE, 4, "the call does not fit the object's state")                                      \
    X(E_LIMIT, 5, "a documented limit is exceeded")                                                \
    X(E_OVERFLOW, 6, "a sum of money or counts leaves the 63-bit range")                           \
    X(E_FORMAT, 10, "the bytes are not a blob of this kind")                                       \
    X(E_VERSION, 11, "the blob was written in a format this build does not read")                  \
    X(E_CHECKSUM, 12, "the blob is damaged: its checksum does not match")                          \
    X(E_CORRUPT, 13, "the blob is damaged: an index or a length inside it is out of range")        \
    X(E_CONFIG, 14, "the blob was written under another configuration")                            \
    X(E_CSV, 20, "the CSV is malformed")                                                           \
    X(E_HEADER, 21, "the header names no known kind of file")                                      \
    X(E_NUMBER, 22, "a number is malformed or out of range")                                       \
    X(E_TIME, 23, "a time is malformed or out of range")                                           \
    X(E_PATH, 24, "a path is empty or does not match its times")                                   \
    X(E_MODEL, 30, "there is no model of that name")                                               \
    X(E_NEEDS_TIMES, 31, "the model needs times, and the data has none")

typedef enum hw_status {
#define HW_X(name, number, text) HW_##name = number,
    HW_STATUS_MAP(HW_X)
#undef HW_X
} hw_status;

/** The status' name, e.g. "HW_E_CSV"; "HW_E_UNKNOWN" for a number not in the table. Static. */
HW_API const char *hw_status_name(hw_status status);

/** One sentence without a full stop. Static. */
HW_API const char *hw_status_text(hw_status status);

/** Where and why input was refused. Zeroed by the call that takes it, filled on failure. */
typedef struct hw_error {
    hw_status status;
    uint64_t line;     /**< 1-based physical line of the input; 0: does not apply */
    uint32_t column;   /**< 1-based column (field) of the line; 0: does not apply */
    char message[240]; /**< UTF-8, NUL-terminated; what is wrong and how to mend it */
} hw_error;

#endif
