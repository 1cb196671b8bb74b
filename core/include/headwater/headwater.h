/**
 * @file headwater.h
 * Umbrella header, and the conventions that every declaration follows.
 *
 * - Times are Unix milliseconds, UTC, in int64_t, 0 <= t < 2^53.
 * - Money and counts of credit are integer micros: 1 unit = 1,000,000.
 * - Strings are hw_str: pointer and length, UTF-8, not NUL-terminated. An
 *   input is borrowed for the call; an output says how long it lives.
 * - A call that can fail returns hw_status and gives results by out-pointers,
 *   which are left as they were on failure unless the call says otherwise.
 * - No call keeps a pointer to the caller's memory after it returns, reads a
 *   clock, does I/O, prints, exits or uses global state. The same input gives
 *   the same bytes on every platform.
 * - An object is used by one thread at a time; different objects are free.
 * - Size first, then fill: a call with cap too small returns HW_E_BUFFER with
 *   the need in *len and writes nothing.
 */
#ifndef HEADWATER_H
#define HEADWATER_H

/** Compared by bindings when they load: changes when a call or layout does. */
#define HW_ABI_VERSION 1

#include "headwater/types.h"
#include "headwater/source.h"
#include "headwater/event.h"
#include "headwater/dedup.h"
#include "headwater/model.h"
#include "headwater/ledger.h"
#include "headwater/journey.h"
#include "headwater/dataset.h"
#include "headwater/export.h"
#include "headwater/tally.h"
#include "headwater/step.h"
#include "headwater/ltv.h"

/** The package's version, e.g. "0.1.0". Static. */
HW_API const char *hw_version(void);

#endif
