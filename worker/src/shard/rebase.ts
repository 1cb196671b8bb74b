/**
 * Makes the journeys where the log begins anew under other settings: what they tell becomes events
 * again. What these were credited before stands in the sums and is not made again.
 */
import type { JourneyTouch, StepEvent } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromHex } from '../hex.ts';
import { readMeta } from '../store.ts';
import type { BookTables } from './books.ts';

/** Hex digits of an event key behind the ones that a touch tells. */
const REST_OF_KEY = '0'.repeat(16);

/**
 * Call inside a transaction.
 *
 * @param before the site with the settings that the journeys were made with
 */
export function rebase(
  sql: SqlStorage,
  engine: Engine,
  before: Site,
  site: Site,
  table: BookTables['bases'],
): void {
  const now = Number(readMeta(sql, 'pruned') ?? 0);
  const rows = sql
    .exec<{ person: ArrayBuffer; journey: ArrayBuffer }>(`SELECT person, journey FROM ${table}`)
    .toArray();
  for (const { person, journey } of rows) {
    const events = eventsOf(engine, before, new Uint8Array(journey));
    const step = engine.stepper(site).step([{ blob: null, events }], now);
    const made = step.persons[0]?.blob;
    if (made) sql.exec(`UPDATE ${table} SET journey = ? WHERE person = ?`, made, person);
    else sql.exec(`DELETE FROM ${table} WHERE person = ?`, person);
  }
}

function eventsOf(engine: Engine, before: Site, journey: Uint8Array): StepEvent[] {
  const { touches, conversions } = engine.stepper(before).describe(journey);
  const known = new Map<string, JourneyTouch>();
  for (const touch of [...touches, ...conversions.flatMap(({ path }) => path)]) {
    if (touch.id !== '') known.set(touch.id, touch);
  }
  const events = [...known.values()].map(({ id, at, day, interaction, counts: _, ...source }) => ({
    key: fromHex(id + REST_OF_KEY),
    at,
    day,
    touch: { interaction, source },
  }));
  const counted = conversions.flatMap(({ event, at, day, action, value, order, refunds }) => [
    {
      key: fromHex(event),
      at,
      day,
      conversions: [{ action, value, ...(order && { order: fromHex(order) }) }],
    },
    ...refunds.map(([key, when, asked]) => ({
      key: fromHex(key),
      at: when,
      day,
      conversions: [
        {
          action,
          value: asked > Number.MAX_SAFE_INTEGER ? 0 : asked,
          order: fromHex(order),
          refund: asked > Number.MAX_SAFE_INTEGER ? ('all' as const) : ('part' as const),
        },
      ],
    })),
  ]);
  return [...events.sort((a, b) => a.at - b.at), ...counted];
}
