/**
 * @file ledger.h
 * ⑥ Sums of credit that merge: associative, commutative, and idempotent per
 * shard sequence. A ledger is a set of parts, one per shard; a part is what
 * that shard knew at a sequence number, so of two parts of one shard the
 * later one holds. Equal content gives equal bytes.
 *
 *     offset  size
 *          0     4  magic "HWL1"
 *          4     2  format, 1
 *          6     2  zero
 *          8     8  length of the whole in bytes
 *         16     8  checksum of everything behind it
 *         24     4  S strings            28  4  bytes of their text
 *         32     4  T sources            36  4  P parts
 *         40     8  R rows
 *         48   4*S  end of each string in the text; strings ascend bytewise
 *             24*T  six string numbers each: channel, source, medium, campaign, term, content
 *             24*P  shard (8), sequence (8), rows (8); shards ascend
 *             40*R  day (4), basis (4), action (4), model (4), source (4), zero (4),
 *                   conversions (8), value (8); keys ascend within a part
 *                   text of the strings
 *
 * All numbers are little-endian; day, conversions and value are signed.
 */
#ifndef HEADWATER_LEDGER_H
#define HEADWATER_LEDGER_H

#include "headwater/source.h"

enum { HW_LEDGER_FORMAT = 1 };

/** Whose day a row stands on. What refunds take stands in rows of its own, as negative value: on
 * the refund's day, the conversion's and the touch's. */
typedef enum hw_basis {
    HW_BASIS_CONVERSION = 0,
    HW_BASIS_TOUCH = 1,
    HW_BASIS_CONVERSION_REFUND = 2,
    HW_BASIS_TOUCH_REFUND = 3,
    HW_BASIS_REFUND = 4
} hw_basis;

typedef struct hw_ledger_row {
    int32_t day; /**< days since 1970-01-01 in the site's time zone */
    hw_basis basis;
    hw_str action, model;
    hw_source source;
    int64_t conversions, value; /**< micros */
} hw_ledger_row;

typedef struct hw_ledger hw_ledger;

/** An empty ledger whose own part belongs to `shard`, at sequence 0. */
HW_API HW_NODISCARD hw_status hw_ledger_create(const hw_allocator *alloc, uint64_t shard,
                                               hw_ledger **out);
HW_API void hw_ledger_destroy(hw_ledger *ledger);

/** Adds the row's sums to the own part; its texts are copied. On an error nothing changed.
 * @return HW_E_OVERFLOW, HW_E_NOMEM */
HW_API HW_NODISCARD hw_status hw_ledger_add(hw_ledger *ledger, const hw_ledger_row *row);

/** Sets the sequence up to which the own part counts. */
HW_API void hw_ledger_set_sequence(hw_ledger *ledger, uint64_t sequence);

/** Takes over every part of `from` that is new or later. On an error `into` still answers and a
 * repeat of the merge completes it. */
HW_API HW_NODISCARD hw_status hw_ledger_merge(hw_ledger *into, const hw_ledger *from);

/** Forgets all rows of all parts, keeping memory. */
HW_API void hw_ledger_clear(hw_ledger *ledger);

/** Rows of all parts, rows of zero among them. */
HW_API size_t hw_ledger_count(const hw_ledger *ledger);
/** Row i of hw_ledger_count() in no promised order; texts live until the ledger changes. */
HW_API void hw_ledger_row_at(const hw_ledger *ledger, size_t i, hw_ledger_row *out);

/** Writes the canonical bytes; rows of zero are left out. buf may be NULL when cap is 0. */
HW_API HW_NODISCARD hw_status hw_ledger_save(const hw_ledger *ledger, uint8_t *buf, size_t cap,
                                             size_t *len);

/** Reads and checks bytes from anywhere: length, magic, format, checksum, order, every index.
 * The own part of the result is that of `shard`. */
HW_API HW_NODISCARD hw_status hw_ledger_load(const hw_allocator *alloc, uint64_t shard,
                                             const uint8_t *bytes, size_t len, hw_ledger **out);

#endif
