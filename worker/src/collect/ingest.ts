/**
 * Hands a request's events to their shards and answers only when all of them
 * are durable. Every door that takes events ends here.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { addressLine, type Via } from '../event_record.ts';
import { assign } from '../identity/assign.ts';
import { personsNow } from '../identity/client.ts';
import { shardOf } from '../identity/keys.ts';
import { joinClick } from '../import/clicks.ts';
import { type Placed, place } from '../orders/place.ts';
import { OUTCOMES, type OutcomeCode, Problem } from '../problem.ts';
import type { FoundClick } from '../shard/click_index.ts';
import { callShard } from '../shard/client.ts';
import { movedTo, type ShardBatch } from '../shard/commit.ts';
import { isLogged } from '../shard/fold.ts';
import { type Prepared, prepare, type Refused } from './prepare.ts';
import type { Verdict } from './verdict.ts';

export interface IngestAnswer {
  accepted: number;
  duplicates: number;
  refused: { index: number; code: OutcomeCode; message: string }[];
}

interface ShardWork extends ShardBatch {
  /** Whose outcome each line is. */
  placed: Placed[];
}

/** An order changes hands at most twice; a person is another who is another at most a few times. */
const ROUNDS = 10;
/** After so many rounds somebody else is still at it: a pause, twice as long each time, from 2 ms. */
const ROUNDS_AT_ONCE = 2;

/**
 * @param inputs the `events` of a request, unchecked
 * @param verdict nobody was there: the events are counted under this code, and nothing else
 * @param skew ms to add to the times that the events bring
 * @throws Problem busy, unavailable: nothing is lost, the caller sends all of it again
 */
export async function ingest(
  context: Context,
  site: Site,
  inputs: readonly unknown[],
  via: Via,
  verdict?: Verdict,
  skew = 0,
): Promise<IngestAnswer> {
  const answer: IngestAnswer = { accepted: 0, duplicates: 0, refused: [] };
  const outcomes = await ingestEach(context, site, inputs, via, verdict, skew);
  for (const [index, { code, message }] of outcomes.entries()) {
    if (isTaken(code)) answer.accepted++;
    else if (isDuplicate(code)) answer.duplicates++;
    else answer.refused.push({ index, code, message });
  }
  return answer;
}

export interface EventOutcome {
  code: OutcomeCode;
  message: string;
}

/**
 * As `ingest`, with the outcome of each event in the order of the request.
 *
 * @param clicks by index: whose events are that are known by a click only
 */
export async function ingestEach(
  context: Context,
  site: Site,
  inputs: readonly unknown[],
  via: Via,
  verdict?: Verdict,
  skew = 0,
  clicks?: ReadonlyMap<number, FoundClick>,
): Promise<EventOutcome[]> {
  const now = Date.now();
  const { prepared, refused } = verdict
    ? { prepared: [], refused: refuseAll(inputs, verdict) }
    : await prepare(context.engine, site, inputs, via, now, skew);
  const forwards = site.destinations.length > 0 ? forwardsOf(prepared) : undefined;
  const outcomes = new Map<number, OutcomeCode>();
  let waiting: readonly Prepared[] = prepared.map((event) => {
    const click = clicks?.get(event.index);
    return click === undefined ? event : joinClick(event, click);
  });
  let refusals: readonly Refused[] = refused;
  const sent: SentOn = { events: new Map(), owners: new Map() };
  for (let round = 0; round < ROUNDS && (waiting.length > 0 || refusals.length > 0); round++) {
    const assigned = await assign(context, site, waiting, sent.events);
    const placed = (await place(context, site, assigned, refusals)).map((line) =>
      atHome(line, sent),
    );
    const moved = await commit(context, site, placed, forwards, refusals, now, outcomes, sent);
    // Where an order or a person has changed hands meanwhile, all is asked for again.
    waiting = waiting.filter(({ index }) => moved.has(index));
    if (round > 0 && waiting.length > 0) await sendFar(context, site, sent);
    if (round >= ROUNDS_AT_ONCE && waiting.length > 0) await pause(2 ** (round - 1));
    refusals = [];
  }
  if (waiting.length > 0) {
    throw new Problem(
      'unavailable',
      'An order or a person is changing hands; send the same events again.',
      {
        'retry-after': '1',
      },
    );
  }

  const each = new Array<EventOutcome>(inputs.length);
  for (const { index, code, message } of refused) each[index] = { code, message };
  for (const [index, code] of outcomes) {
    each[index] = { code, message: `events[${index}]: ${OUTCOMES[code]}` };
  }
  return each;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What shards sent on, since a person has turned out to be somebody else. */
interface SentOn {
  /** By index of the event: whose it is. */
  events: Map<number, string>;
  /** By owner of an order: who that is. */
  owners: Map<string, string>;
}

/** Somebody who is somebody else who is somebody else: what was sent on twice goes to the last of them. */
async function sendFar(context: Context, site: Site, { events, owners }: SentOn): Promise<void> {
  const persons = await personsNow(context, site, [...events.values(), ...owners.values()]);
  for (const sent of [events, owners] as Map<unknown, string>[]) {
    for (const [what, person] of sent) sent.set(what, persons.get(person)!);
  }
}

function atHome(placed: Placed, { owners }: SentOn): Placed {
  if (!placed.owned) return placed;
  let { person } = placed;
  for (let home = owners.get(person); home !== undefined; home = owners.get(person)) person = home;
  return person === placed.person
    ? placed
    : { ...placed, person, line: addressLine(placed.line, person) };
}

/** By index of the event; absent when nothing is forwarded. */
type Forwards = ReadonlyMap<number, string> | undefined;

function forwardsOf(prepared: readonly Prepared[]): Forwards {
  const forwards = new Map<number, string>();
  for (const { index, forward } of prepared) if (forward) forwards.set(index, forward);
  return forwards.size > 0 ? forwards : undefined;
}

function refuseAll(inputs: readonly unknown[], code: OutcomeCode): Refused[] {
  return inputs.map((_, index) => ({
    index,
    code,
    message: `events[${index}]: ${OUTCOMES[code]}`,
  }));
}

/** Stored: /v1/outcomes tells what became of it. */
export function isTaken(code: OutcomeCode): boolean {
  return isLogged(code) && !isDuplicate(code);
}

export function isDuplicate(code: OutcomeCode): boolean {
  return code === 'duplicate' || code === 'duplicate_order';
}

/**
 * One call per shard.
 *
 * @param outcomes gets the outcome of each event, by its index
 * @param sent gets what belongs to somebody else than it was sent to
 * @returns indices of the events that are to be asked for again
 */
async function commit(
  context: Context,
  site: Site,
  lines: readonly Placed[],
  forwards: Forwards,
  refused: readonly Refused[],
  now: number,
  outcomes: Map<number, OutcomeCode>,
  sent: SentOn,
): Promise<Set<number>> {
  const work = groupByShard(site, lines, forwards, refused, now);
  const answers = await Promise.allSettled(
    [...work].map(async ([shard, { placed, lines, ...others }]) => {
      const plain = !others.owned && !others.forwards && others.refusals.length === 0;
      const codes = await callShard(context, site, shard, (stub) =>
        plain
          ? stub.commit(site.key, lines.join('\n'))
          : stub.commit(site.key, lines.join('\n'), others),
      );
      return { placed, codes };
    }),
  );
  const moved = new Set<number>();
  for (const settled of answers) {
    if (settled.status === 'rejected') throw settled.reason;
    const { placed, codes } = settled.value;
    if (codes === 'busy') throw Problem.busy();
    const each = codes.split(',');
    for (const [position, { index, leads, person, owned }] of placed.entries()) {
      const code = each[position]!;
      const home = movedTo(code);
      if (home !== undefined) {
        moved.add(index);
        if (owned) sent.owners.set(person, home);
        else sent.events.set(index, home);
      } else if (code === 'moved') moved.add(index);
      else {
        const outcome = code as OutcomeCode;
        if (leads || isRefusal(outcome)) outcomes.set(index, worse(outcomes.get(index), outcome));
      }
    }
  }
  return moved;
}

function isRefusal(code: OutcomeCode): boolean {
  return !isTaken(code) && !isDuplicate(code);
}

/** A part that is refused is told whatever became of the rest; a second round finds duplicates. */
function worse(before: OutcomeCode | undefined, now: OutcomeCode): OutcomeCode {
  if (before === undefined || isRefusal(now)) return now;
  return before;
}

/** Keeps the order of the request inside each shard. */
function groupByShard(
  site: Site,
  lines: readonly Placed[],
  forwards: Forwards,
  refused: readonly Refused[],
  now: number,
): Map<number, ShardWork> {
  const work = new Map<number, ShardWork>();
  const of = (shard: number): ShardWork => {
    let entry = work.get(shard);
    if (entry === undefined) {
      entry = { placed: [], lines: [], refusals: [] };
      work.set(shard, entry);
    }
    return entry;
  };
  for (const placed of lines) {
    const entry = of(shardOf(placed.person, site.shards));
    const forward = forwards?.get(placed.index);
    if (forward !== undefined) {
      entry.forwards ??= {};
      entry.forwards[entry.lines.length] = forward;
    }
    if (placed.owned) {
      entry.owned ??= [];
      entry.owned.push(entry.lines.length);
    }
    entry.placed.push(placed);
    entry.lines.push(placed.line);
  }
  // A refusal that belongs to nobody is only a count: it rides along where a
  // call goes anyway, else it is spread over the shards by the clock.
  const anywhere = work.keys().next().value ?? now % site.shards;
  for (const { code, person, key, name, order } of refused) {
    const shard = order && person ? shardOf(person, site.shards) : anywhere;
    of(shard).refusals.push({
      code,
      ...(order && person && key && name && { arrival: { order, person, key, name } }),
    });
  }
  return work;
}
