/** One group of calls in one transaction: journeys, log, ledger, outcomes, arrivals. */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine } from '../event_record.ts';
import { fromHex } from '../hex.ts';
import { enqueue } from '../outbox/enqueue.ts';
import type { OutcomeCode } from '../problem.ts';
import { type Alias, findAliases, hasAliases, routeOf } from './aliases.ts';
import { noteClicks } from './click_index.ts';
import { type FoldEvent, fold, isLogged } from './fold.ts';
import { NO_ROWS, withRows } from './history.ts';
import { type Held, type Journeys, LAST_SEQ } from './journeys.ts';
import { addToLedger, SourceIds } from './ledger.ts';
import { erasedOrders } from './person.ts';
import { isMoved } from './release.ts';

/** What one call brings to a shard. */
export interface ShardBatch {
  /** Events to store, see event_record.ts. */
  lines: string[];
  /** Positions in lines of what goes to the owner of an order, not to the person who did it. */
  owned?: number[];
  /** By position in lines: what its deliveries need and the log does not keep, see collect/forward.ts. */
  forwards?: Record<number, string>;
  /** Events refused at the door, to be counted. */
  refusals: Refusal[];
}

export interface Refusal {
  code: OutcomeCode;
  /** Set when the refused event names an order. Keys are 32 hex digits. */
  arrival?: { order: string; person: string; key: string; name: string };
}

/**
 * `moved`: not taken, since the order belongs to another person by now; ask for it again.
 * `moved:PERSON`: not taken, since the person is that other person.
 */
export type LineOutcome = OutcomeCode | 'moved' | `moved:${string}`;

/** Of what was not taken since its person is another: that other person, 32 hex digits. */
export function movedTo(outcome: string): string | undefined {
  return outcome.startsWith(MOVED_TO) ? outcome.slice(MOVED_TO.length) : undefined;
}

const MOVED_TO = 'moved:';
const NO_ALIASES: ReadonlyMap<string, Alias> = new Map();

interface Arrival extends FoldEvent {
  line: string;
  owned: boolean;
  forward?: string;
}

/** Most characters of one log row, well under the platform's 2 MB. */
const LOG_ROW = 500_000;

export class Committer {
  readonly #storage: DurableObjectStorage;
  readonly #engine: Engine;
  readonly #site: Site;
  readonly #journeys: Journeys;
  readonly #onDeliveries: () => void;
  readonly #sources: SourceIds;
  /** Whether anybody of this shard has turned out to be somebody else. */
  #anyAliases: boolean;
  #commitId: number;

  /** @param onDeliveries is called after a commit that wrote to the outbox */
  constructor(
    storage: DurableObjectStorage,
    engine: Engine,
    site: Site,
    journeys: Journeys,
    onDeliveries: () => void,
  ) {
    this.#storage = storage;
    this.#onDeliveries = onDeliveries;
    this.#engine = engine;
    this.#site = site;
    this.#journeys = journeys;
    this.#sources = new SourceIds(storage.sql);
    this.#anyAliases = hasAliases(storage.sql);
    this.#commitId = storage.sql
      .exec<{ last: number }>(
        'SELECT coalesce((SELECT commit_id FROM log ORDER BY seq DESC LIMIT 1), 0) AS last',
      )
      .one().last;
  }

  /** Somebody has turned out to be somebody else. */
  noteAlias(): void {
    this.#anyAliases = true;
  }

  /**
   * All or nothing.
   *
   * @param now the clock of this commit, Unix ms
   * @returns for each batch, one outcome per line
   */
  commit(batches: readonly ShardBatch[], now: number): LineOutcome[][] {
    const lines = batches.flatMap(arrivalsOf);
    const refusals = batches.flatMap((batch) => batch.refusals);
    const sql = this.#storage.sql;
    let all: LineOutcome[] = [];
    const made = new Map<string, Held>();
    let seq: number | undefined;
    let swept = () => {};
    let waiting = 0;
    try {
      this.#storage.transactionSync(() => {
        const held = this.#journeys.load([...new Set(lines.map(({ person }) => person))]);
        const moved = this.#movedAway(lines, held, now);
        const arrivals = lines.filter((_, i) => moved[i] === undefined);
        const load = () => (person: string) => held.get(person)?.journey;
        const result = fold(this.#engine, this.#site, arrivals, now, load);
        const { outcomes } = result;
        const logged = this.#appendLog(arrivals, outcomes, now);
        seq = logged.last;
        for (const [person, journey] of result.journeys) {
          const before = held.get(person)?.rows ?? NO_ROWS;
          const rows = withRows(before, logged.rows.get(person) ?? []);
          made.set(person, { journey, seq: logged.last ?? 0, rows });
        }
        addToLedger(sql, this.#sources, result.ledger);
        const whole = outcomes.filter((_, i) => !arrivals[i]!.record.part);
        const erased = moved.filter((code) => code === 'duplicate_order');
        this.#countOutcomes([...whole, ...erased, ...refusals.map(({ code }) => code)], now);
        this.#noteArrivals(arrivals, outcomes, refusals, now);
        noteClicks(sql, this.#engine, this.#site, arrivals, outcomes, now);
        if (this.#site.destinations.length > 0) {
          const { journeys } = result;
          waiting = enqueue(sql, this.#engine, this.#site, arrivals, outcomes, journeys, now);
        }
        swept = this.#journeys.sweep(lines.length);
        let folded = 0;
        all = moved.map((gone) => gone ?? outcomes[folded++]!);
      });
    } catch (error) {
      this.#sources.forget();
      throw error;
    }
    this.#commitId++;
    if (waiting > 0) this.#onDeliveries();
    if (seq !== undefined) this.#journeys.put(made, seq, lines.length);
    swept();
    let taken = 0;
    return batches.map(({ lines }) => {
      const part = all.slice(taken, taken + lines.length);
      taken += lines.length;
      return part;
    });
  }

  /** What is not for this shard any more, by position. */
  #movedAway(
    lines: readonly Arrival[],
    held: ReadonlyMap<string, Held>,
    now: number,
  ): (LineOutcome | undefined)[] {
    const { sql } = this.#storage;
    let aliases = NO_ALIASES;
    if (this.#anyAliases) {
      // Who has a journey here is nobody else.
      const persons = lines.map(({ person }) => person);
      aliases = findAliases(sql, [...new Set(persons.filter((person) => !held.has(person)))]);
    }
    const until = now + this.#site.step.dedupWindowMs;
    return lines.map((arrival) => {
      const { person, key, owned } = arrival;
      const alias = aliases.get(person);
      if (alias === undefined) return isMoved(sql, arrival) ? 'moved' : this.#isErased(arrival);
      // What an erased person did on a browser that is another's now.
      if (owned && this.#isErased(arrival)) return 'duplicate_order';
      const to = owned ? alias.home : routeOf(sql, person, key, alias.current, until);
      return `${MOVED_TO}${to}` as const;
    });
  }

  #isErased({ record }: Arrival): 'duplicate_order' | undefined {
    if (record.conversions === undefined) return undefined;
    const orders = record.conversions.flatMap(({ order, refund }) =>
      order === undefined || refund ? [] : order,
    );
    if (orders.length === 0) return undefined;
    return erasedOrders(this.#storage.sql, orders).size > 0 ? 'duplicate_order' : undefined;
  }

  /** @returns the rows that were written by person, and the last; undefined when there was nothing to log */
  #appendLog(
    arrivals: readonly Arrival[],
    outcomes: readonly OutcomeCode[],
    now: number,
  ): { rows: Map<string, number[]>; last: number | undefined } {
    const rows = new Map<string, number[]>();
    let last: number | undefined;
    let lines = '';
    let codes = '';
    const persons = new Set<string>();
    const write = () => {
      if (lines === '') return;
      const { seq } = this.#storage.sql
        .exec<{ seq: number }>(
          `INSERT INTO log (seq, commit_id, now, lines, outcomes)
           VALUES (${LAST_SEQ} + 1, ?, ?, ?, ?) RETURNING seq`,
          this.#commitId + 1,
          now,
          lines,
          codes,
        )
        .one();
      last = seq;
      for (const person of persons) {
        const own = rows.get(person);
        if (own === undefined) rows.set(person, [seq]);
        else own.push(seq);
      }
      lines = '';
      codes = '';
      persons.clear();
    };
    for (const [i, { line, person }] of arrivals.entries()) {
      const outcome = outcomes[i]!;
      if (!isLogged(outcome)) continue;
      if (lines.length + line.length > LOG_ROW) write();
      lines += lines === '' ? line : `\n${line}`;
      codes += codes === '' ? outcome : `,${outcome}`;
      persons.add(person);
    }
    write();
    return { rows, last };
  }

  #countOutcomes(codes: readonly OutcomeCode[], now: number): void {
    const counts = new Map<OutcomeCode, number>();
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    const day = this.#site.dayOf(now);
    for (const [code, count] of counts) {
      this.#storage.sql.exec(
        'INSERT INTO outcomes (day, code, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
        day,
        code,
        count,
      );
    }
  }

  #noteArrivals(
    arrivals: readonly Arrival[],
    outcomes: readonly OutcomeCode[],
    refusals: readonly Refusal[],
    now: number,
  ): void {
    const note = (order: string, person: string, key: string, name: string, code: OutcomeCode) => {
      this.#storage.sql.exec(
        `INSERT INTO arrivals (order_key, event, outcome, person, name, first_at, last_at, count)
         VALUES (?, ?, ?, ?, ?, ?, ?, 1)
         ON CONFLICT DO UPDATE SET last_at = excluded.last_at, count = count + 1`,
        fromHex(order),
        fromHex(key),
        code,
        fromHex(person),
        name,
        now,
        now,
      );
    };
    for (const [i, { person, key, record }] of arrivals.entries()) {
      if (record.order && !record.part) {
        note(record.order, person, record.of ?? key, record.name, outcomes[i]!);
      }
    }
    for (const { code, arrival } of refusals) {
      if (arrival) note(arrival.order, arrival.person, arrival.key, arrival.name, code);
    }
  }
}

function arrivalsOf({ lines, owned, forwards }: ShardBatch): Arrival[] {
  const toOwner = owned && new Set(owned);
  // Set one by one: see toRecord in collect/prepare.ts.
  return lines.map((line, i) => {
    const arrival = fromLine(line) as Arrival;
    arrival.line = line;
    arrival.owned = toOwner?.has(i) ?? false;
    const forward = forwards?.[i];
    if (forward !== undefined) arrival.forward = forward;
    return arrival;
  });
}
