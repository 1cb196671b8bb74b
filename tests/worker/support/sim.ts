/** An outbox without a runtime: SQLite in memory, a clock that is set, platforms in the same process. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { prepare } from '../../../worker/src/collect/prepare.ts';
import { readConfig, type Site } from '../../../worker/src/config.ts';
import { Secrets } from '../../../worker/src/destinations/secrets.ts';
import { Engine } from '../../../worker/src/engine.ts';
import { fromLine } from '../../../worker/src/event_record.ts';
import type { Carrier } from '../../../worker/src/outbox/carrier.ts';
import { CLIENT_TABLES } from '../../../worker/src/outbox/clients.ts';
import { Courier, type Parcel } from '../../../worker/src/outbox/courier.ts';
import { enqueue } from '../../../worker/src/outbox/enqueue.ts';
import { type Counter, deliver } from '../../../worker/src/outbox/errand.ts';
import { Pump } from '../../../worker/src/outbox/pump.ts';
import { RECEIPT_TABLES } from '../../../worker/src/outbox/receipts.ts';
import { OUTBOX_TABLES } from '../../../worker/src/outbox/schema.ts';
import type { Cursor, Sql, Store } from '../../../worker/src/outbox/sql.ts';
import { fold } from '../../../worker/src/shard/fold.ts';
import { type Json, root } from '../helpers.ts';
import { SECRETS } from './destinations.ts';
import { type Incoming, type Outgoing, platformAnswer } from './platforms.ts';

const engine = new Engine(
  new WebAssembly.Module(readFileSync(path.join(root, 'dist/headwater.wasm'))),
);

/** SQLite in the shape of a Durable Object's store. */
function memoryStore(): Store {
  const db = new DatabaseSync(':memory:');
  for (const statement of [...OUTBOX_TABLES, ...CLIENT_TABLES, ...RECEIPT_TABLES]) {
    db.exec(statement);
  }
  const sql: Sql = {
    exec<T>(query: string, ...bindings: unknown[]): Cursor<T> {
      const statement = db.prepare(query);
      const values = bindings as SQLInputValue[];
      const rows = statement.columns().length > 0 ? (statement.all(...values) as T[]) : [];
      const rowsWritten =
        rows.length > 0 || statement.columns().length > 0
          ? 0
          : Number(statement.run(...values).changes);
      const list = rows.map((row) => ({ ...row }));
      return {
        rowsWritten,
        toArray: () => list,
        one() {
          assert.equal(list.length, 1, query);
          return list[0]!;
        },
        [Symbol.iterator]: () => list[Symbol.iterator](),
      };
    },
  };
  return {
    sql,
    transactionSync<T>(work: () => T): T {
      db.exec('SAVEPOINT work');
      try {
        const result = work();
        db.exec('RELEASE work');
        return result;
      } catch (error) {
        db.exec('ROLLBACK TO work; RELEASE work');
        throw error;
      }
    },
  };
}

/** A small generator of numbers, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What goes wrong: an answer, no answer, taken without an answer, or the process dies in the middle. */
export type SimFault = Outgoing | 'cut' | 'late' | 'die';

export interface Sent extends Incoming {
  type: string;
  at: number;
  status: number;
  answer: Json;
}

export interface SimOptions {
  /** Deliveries go by a queue: how long each copy of a message is on its way, ms; none: it is lost. */
  queue?: () => number[];
}

/** A message whose consumer died comes again after this, ms. */
const REDELIVERY_MS = 30_000;

export class Sim {
  readonly store = memoryStore();
  readonly site: Site;
  readonly sent: Sent[] = [];
  /** By type and dedup key: times taken. */
  readonly taken = new Map<string, Map<string, { times: number; kind: string; event: Json }>>();
  readonly log: string[] = [];
  now: number;
  deaths = 0;
  fault: (type: string, request: Incoming) => SimFault | undefined = () => undefined;
  readonly #owners = new Map<string, string>();
  readonly #journeys = new Map<string, Uint8Array>();
  readonly #random: () => number;
  #pump: Carrier;
  readonly #options: SimOptions;
  /** Of the queue: when they come. */
  #messages: { parcel: Parcel; at: number }[] = [];
  posted = 0;
  #died: (() => void) | undefined;

  /** @param endpoints of the destinations must be `http://mock/<type>` */
  constructor(
    site: Record<string, unknown>,
    start: number,
    random: () => number,
    options: SimOptions = {},
  ) {
    this.#options = options;
    this.site = readConfig({ sites: { shop: site } }).sites.get('shop')!;
    this.now = start;
    this.#random = random;
    this.#pump = this.#newCarrier();
  }

  get pump(): Carrier {
    return this.#pump;
  }

  /** As the door and the commit do. @returns outcomes */
  async collect(events: readonly unknown[]): Promise<string[]> {
    const { prepared, refused } = await prepare(engine, this.site, events, 'api', this.now);
    assert.deepEqual(refused, []);
    // An order's events go to its first person, as the order index would have it.
    const arrivals = prepared.map(({ line, forward }) => {
      const { person, key, record } = fromLine(line);
      const owner = this.#owners.get(record.order ?? '') ?? person;
      if (record.order !== undefined) this.#owners.set(record.order, owner);
      return { person: owner, key, record, forward };
    });
    const { outcomes, journeys } = fold(
      engine,
      this.site,
      arrivals,
      this.now,
      () => (person) => this.#journeys.get(person),
    );
    for (const [person, journey] of journeys) this.#journeys.set(person, journey.slice());
    this.store.transactionSync(() =>
      enqueue(this.store.sql, engine, this.site, arrivals, outcomes, journeys, this.now),
    );
    return outcomes;
  }

  /** Sends what is due until a moment, and what becomes due before it. */
  async runUntil(moment: number): Promise<void> {
    for (;;) {
      const message = Math.min(...this.#messages.map(({ at }) => at));
      const next = Math.min(this.#pump.next() ?? Number.POSITIVE_INFINITY, message);
      if (next > moment) break;
      this.now = Math.max(this.now, next);
      const died = new Promise<void>((resolve) => {
        this.#died = resolve;
      });
      const deaths = this.deaths;
      await Promise.race([this.#turn(), died]);
      if (this.deaths > deaths) this.#pump = this.#newCarrier();
    }
    this.now = Math.max(this.now, moment);
  }

  /** Addresses and user agents that are still stored, of rows of the outbox. */
  clients(where = '1'): string[] {
    return this.store.sql
      .exec<{ text: string }>(
        `SELECT CAST(client AS TEXT) AS text FROM clients WHERE client <> zeroblob(length(client))
           AND id IN (SELECT id FROM outbox WHERE ${where})`,
      )
      .toArray()
      .map(({ text }) => text);
  }

  rows(where = '1'): Json[] {
    return this.store.sql
      .exec<Record<string, string>>(`SELECT * FROM outbox WHERE ${where}`)
      .toArray();
  }

  /** What an alarm does, or the messages that have come. */
  async #turn(): Promise<void> {
    const come = this.#messages.filter(({ at }) => at <= this.now);
    if (come.length === 0) return this.#pump.run();
    // Until they are done with, they come again.
    for (const message of come) message.at = this.now + REDELIVERY_MS;
    const lists = Map.groupBy(come, ({ parcel }) => parcel.destination);
    await Promise.all(
      [...lists].map(async ([name, messages]) => {
        const config = this.site.destinations.find((each) => each.name === name)!;
        const parcels = messages.map(({ parcel }) => parcel);
        await deliver(this.#sender(), this.site, config, parcels, () => this.#counter());
        this.#messages = this.#messages.filter((each) => !messages.includes(each));
      }),
    );
  }

  #counter(): Counter {
    const courier = this.#pump as Courier;
    return {
      take: async (_, destination, ids) => courier.take(destination, ids),
      told: async (_, destination, told) => courier.told(destination, told),
    };
  }

  async #post(parcels: readonly Parcel[]): Promise<void> {
    const { queue = () => [0] } = this.#options;
    for (const parcel of parcels) {
      this.posted++;
      // A message names a shard and numbers of rows, and nobody.
      const { site, object, destination, ids, ...more } = parcel;
      assert.deepEqual(more, {});
      assert.ok([site, object, destination].every((text) => /^[a-z0-9_]{1,64}$/.test(text)));
      assert.ok(ids.length <= 100 && ids.every(Number.isInteger));
      for (const wait of queue()) {
        this.#messages.push({ parcel: structuredClone(parcel), at: this.now + 1 + wait });
      }
    }
  }

  #newCarrier(): Carrier {
    const options = {
      now: () => this.now,
      random: this.#random,
      log: (text: string) => {
        this.log.push(text);
      },
    };
    if (this.#options.queue === undefined) {
      return new Pump(this.store, this.site.destinations, { ...options, ...this.#sender() });
    }
    return new Courier(this.store, this.site.destinations, {
      ...options,
      site: 'shop',
      object: '0'.repeat(64),
      leaseMs: this.site.outbox.leaseMs,
      post: (parcels) => this.#post(parcels),
      changed: () => {},
    });
  }

  #sender() {
    // A process that died goes on with nothing: its fetches never come back.
    const life = this.deaths;
    return {
      secrets: new Secrets(SECRETS),
      now: () => this.now,
      fetch: async (url: RequestInfo | URL, init?: RequestInit) => {
        const gone = new Promise<Response>(() => {});
        if (life !== this.deaths) return gone;
        const result = await Promise.allSettled([this.#fetch(String(url), init)]);
        if (life !== this.deaths) return gone;
        if (result[0].status === 'rejected') throw result[0].reason;
        return result[0].value;
      },
    };
  }

  async #fetch(address: string, init: RequestInit | undefined): Promise<Response> {
    const url = new URL(address);
    const [, type = '', ...rest] = url.pathname.split('/');
    const request: Incoming = {
      path: `/${rest.join('/')}`,
      query: url.searchParams,
      headers: init?.headers as Record<string, string>,
      body: String(init?.body),
    };
    const fault = this.fault(type, request);
    if (fault === 'cut') throw new TypeError('network connection lost');
    const good = fault === undefined || fault === 'late' || fault === 'die';
    const answer = good ? platformAnswer(type, request, this.now) : fault;
    const capture = { ...request, type, at: this.now, status: answer.status, answer: answer.body };
    this.sent.push(capture);
    if (good) this.#take(type, (answer as ReturnType<typeof platformAnswer>).taken);
    if (fault === 'late') throw new DOMException('The operation timed out', 'TimeoutError');
    if (fault === 'die') {
      this.deaths++;
      this.#died?.();
      return new Promise(() => {});
    }
    const body = answer.body === null ? null : JSON.stringify(answer.body);
    return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
  }

  #take(type: string, events: { key: string; kind: string; event: Json }[]): void {
    const taken = this.taken.get(type) ?? new Map();
    this.taken.set(type, taken);
    for (const { key, kind, event } of events) {
      const before = taken.get(key);
      if (before) before.times++;
      else taken.set(key, { times: 1, kind, event });
    }
  }
}
