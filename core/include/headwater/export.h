/**
 * @file export.h
 * ④ Journeys of a site as a file: what a worker's `GET /v1/journeys?format=binary` answers. A
 * dataset knows the file by its first bytes and reads it like a touch log: a person's events are
 * the rows, in the same order, so every model gives the same figures as for the CSV of the same
 * journeys. There is no personal data in it: persons have no names, orders are hashes. The lean
 * build (headwater.wasm) does not read it.
 *
 *     offset  size
 *          0     4  magic "HWX1"
 *          4     2  format, 1              6  2  zero
 *          8        blocks, each:
 *                4  length of its body in bytes, 1 .. HW_EXPORT_BLOCK_MAX
 *                4  CRC-32 of the body (IEEE 802.3, as in gzip and PNG)
 *                   body
 *
 * A body can be read without the bodies before it. It is a row of varints (little-endian groups of
 * seven bits, the highest bit of a byte says that another follows; at most 64 bits) and of the
 * bytes that they announce:
 *
 *     P                            persons; 0: the end, see below
 *     S, S × (length, bytes)       strings, UTF-8; numbered from 1, 0 is the empty one
 *     U, U × 6 string numbers      sources: channel, source, medium, campaign, term, content
 *     A, A × (string number, flags)  conversions as the site defines them: their name, and
 *                                  HW_EXPORT_LEAD for those that are leads and no
 *                                  orders (CSV: interaction is lead)
 *     P × person                   n > 0, then n events in time order:
 *       kind + 4 × number          1 click, 2 impression, 3 visit of the source of that number
 * (from 0), or 0 a conversion: number is 2 × its definition (from 0), + 1 where it has an order
 *       time                       ms since the person's event before, of the first: Unix ms
 *       value                      of a conversion: micros, net of refunds
 *       order (16 bytes)           of a conversion that has one: what tells it from other orders
 *
 * The last body is the end: P = 0, then persons, touches and conversions of the whole file, and
 * nothing behind them. A file without it was cut off and is refused whole.
 *
 * At one instant a person's touches stand before conversions. Touches that earn nothing (a direct
 * visit within a visit) are left out, and so are persons without events.
 */
#ifndef HEADWATER_EXPORT_H
#define HEADWATER_EXPORT_H

#include "headwater/dataset.h"

/** A block holds a person whole; those of Headwater's own worker end soon after 128 KiB. */
enum { HW_EXPORT_FORMAT = 1, HW_EXPORT_BLOCK_MAX = 1 << 22, HW_EXPORT_LEAD = 1 };

#endif
