/** A journey as the rows of a touch log, which both files of journeys hold. */
import type { JourneyTouch } from '../../../wasm/binding/types.ts';
import { type PlainJourney, refundedOf } from '../shard/plain_journey.ts';

export type JourneyEvent =
  | { at: number; touch: JourneyTouch }
  /** value: net of refunds, micros. order: a hash, '' where it has none. */
  | { at: number; action: string; value: number; order: string };

/** What makes a file of journeys, page by page. */
export interface JourneyFile {
  contentType: string;
  /** Of the file's name, without the dot. */
  extension: string;
  begin(): Uint8Array;
  /** @returns bytes that are ready, maybe none */
  add(journeys: readonly PlainJourney[]): Uint8Array;
  end(): Uint8Array;
}

/**
 * In time order; at one instant a touch stands before a conversion. A direct visit that belongs to the
 * visit before it earns nothing here and would earn in a touch log, which knows no such rule, so it is
 * left out.
 */
export function eventsOf({ touches, conversions }: PlainJourney): JourneyEvent[] {
  const events: JourneyEvent[] = [
    ...touches.filter(({ counts }) => counts).map((touch) => ({ at: touch.at, touch })),
    ...conversions.map((conversion) => ({
      at: conversion.at,
      action: conversion.action,
      value: conversion.value - refundedOf(conversion),
      order: conversion.order,
    })),
  ];
  return events.sort((a, b) => a.at - b.at);
}
