/**
 * One step of the fold: journeys and events in, journeys, outcomes and ledger
 * changes out. The live commit and the replay of the log both go through here,
 * so they cannot drift apart.
 */
import type { LedgerRow, StepEvent, StepPersonResult } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import type { EventRecord } from '../event_record.ts';
import { fromHex } from '../hex.ts';
import type { OutcomeCode } from '../problem.ts';

export interface FoldEvent {
  /** 32 hex digits. */
  person: string;
  /** 32 hex digits. */
  key: string;
  record: EventRecord;
}

export interface FoldResult {
  /** One per event, in order. */
  outcomes: OutcomeCode[];
  /** Journeys that changed, by person. */
  journeys: Map<string, Uint8Array>;
  ledger: LedgerRow[];
}

/**
 * Most bytes of a journey: the platform keeps no row of more than 2 MB, and one that it refuses would
 * take a whole commit along. Local storage does not mind, so nothing else would tell.
 */
export const JOURNEY_BYTES = 1_900_000;

interface Member {
  person: string;
  blob: Uint8Array | null;
  events: StepEvent[];
  /** Where this person's events stand in the list of all. */
  indices: number[];
}

/**
 * @param events in the order of their arrival
 * @param now the clock that the core sees, Unix ms
 * @param load fetches the journeys of persons; what it gives says which a person has
 */
export function fold(
  engine: Engine,
  site: Site,
  events: readonly FoldEvent[],
  now: number,
  load: (persons: string[]) => (person: string) => Uint8Array | undefined,
): FoldResult {
  const members = new Map<string, Member>();
  for (const [index, event] of events.entries()) {
    const { person } = event;
    let member = members.get(person);
    if (member === undefined) {
      member = { person, blob: null, events: [], indices: [] };
      members.set(person, member);
    }
    member.events.push(toStepEvent(event));
    member.indices.push(index);
  }
  const stored = load([...members.keys()]);
  for (const member of members.values()) {
    const journey = stored(member.person);
    member.blob = journey?.length ? journey : null;
  }

  const ledger: LedgerRow[] = [];
  const list = [...members.values()];
  const results = engine.isolate(list, (group): StepPersonResult[] => {
    const step = engine.stepper(site).step(group, now);
    if (step.persons.some(({ blob }) => blob !== null && blob.length > JOURNEY_BYTES)) {
      // Nothing of this step is kept: alone, the one at fault is refused and the others are not.
      if (group.length > 1) throw new RangeError('a journey would be larger than a row may be');
      return group.map(refusedAsFull);
    }
    for (const row of step.ledger) ledger.push(row);
    return step.persons;
  });

  const outcomes = new Array<OutcomeCode>(events.length);
  const journeys = new Map<string, Uint8Array>();
  for (const [i, { person, indices }] of list.entries()) {
    const result = results[i];
    for (const [position, index] of indices.entries()) {
      const outcome = result === undefined ? 'core_error' : result.outcomes[position]!;
      const unpriced = outcome === 'accepted' && events[index]!.record.unpriced;
      outcomes[index] = unpriced ? 'rate_missing' : outcome;
    }
    if (result?.blob) journeys.set(person, result.blob);
  }
  return { outcomes, journeys, ledger };
}

function refusedAsFull({ events }: Member): StepPersonResult {
  return { blob: null, outcomes: events.map(() => 'full'), counted: events.map(() => 0) };
}

function toStepEvent({ key, record }: FoldEvent): StepEvent {
  const { at, day, keyWindow, touch, conversions } = record;
  return {
    key,
    at,
    day,
    ...(keyWindow !== undefined && { keyWindowMs: keyWindow }),
    ...(touch && { touch }),
    ...(conversions && {
      conversions: conversions.map(({ action, value, order, once, refund }) => ({
        action,
        value,
        ...(order !== undefined && { order: fromHex(order) }),
        ...(once && { once }),
        ...(refund && { refund }),
      })),
    }),
  };
}

/** Whether an event with this outcome is part of the log, and so of every replay. */
export function isLogged(outcome: OutcomeCode): boolean {
  return LOGGED.has(outcome);
}

const LOGGED: ReadonlySet<OutcomeCode> = new Set<OutcomeCode>([
  'accepted',
  'duplicate_order',
  'refund_clamped',
  'refund_waiting',
  'rate_missing',
]);
