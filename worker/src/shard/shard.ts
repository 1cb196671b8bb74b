/**
 * The single writer for its persons: a Durable Object with SQLite, named
 * `site:index`. Its public methods are what the stateless worker may call.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Site } from '../config.ts';
import { type Context, contextOf, siteOf } from '../context.ts';
import type { Engine } from '../engine.ts';
import type { Env } from '../env.ts';
import { lineOrders, linePerson } from '../event_record.ts';
import type { OrderPlaces } from '../orders/claims.ts';
import type { Told } from '../outbox/courier.ts';
import { Outbox } from '../outbox/outbox.ts';
import type { Claimed } from '../outbox/queue.ts';
import type { DeliveryPage, DeliveryQuery, DestinationHealth } from '../outbox/reads.ts';
import { figuresOf } from '../report/figures.ts';
import { claimObject, migrate, readMeta, writeMeta } from '../store.ts';
import { Alarms } from './alarms.ts';
import { absorb, absorbedBy, findAlias, findAliases, routeOf } from './aliases.ts';
import { NEXT_STEP, STEP, withStep } from './books.ts';
import { type LedgerPage, readChanges } from './changes.ts';
import { type FoundClick, findClicks } from './click_index.ts';
import { Committer, type LineOutcome, type ShardBatch } from './commit.ts';
import { eraseGiven, givenBy, scrubHanded } from './erase_given.ts';
import { GroupCommit, QueueFullError } from './group_commit.ts';
import { Journeys } from './journeys.ts';
import { type KpiAsk, type KpiPage, readKpis } from './kpis.ts';
import { type Departure, depart } from './moves.ts';
import { beginPaths, isWalking, PathCounter, verifyPaths } from './path_fold.ts';
import { type PathAnswer, type PathAsk, readPaths } from './path_reads.ts';
import { erasePerson, type PersonData, readPerson } from './person.ts';
import { type PlainJourney, plainJourney } from './plain_journey.ts';
import {
  type JourneyPage,
  type OrderView,
  readJourneys,
  readOrder,
  readOutcomes,
} from './reads.ts';
import {
  beginRefold,
  dropRefold,
  putInForce,
  refoldPart,
  type Standing,
  standingOf,
} from './refold.ts';
import { followGiven, type Given, type Released, release, takeBack } from './release.ts';
import { recover, refold, type Verification, verify } from './replay.ts';
import { prune } from './retention.ts';
import { SHARD_MIGRATIONS } from './schema.ts';
import { readTail, type Tail } from './tail.ts';

/** Events of one transaction; keeps it short enough for others to be answered. */
const GROUP_EVENTS = 2000;
/** Events waiting; beyond it callers are told to come again. */
const QUEUE_EVENTS = 20_000;

/** A shard without commits for this long writes the journeys that it holds, ms. */
const IDLE_MS = 2000;

/** How often a shard looks for what is past the retention, and its pause between parts of that, ms. */
const PRUNE_MS = 6 * 3_600_000;
const PART_PAUSE_MS = 50;

/** Events of one part of a re-fold: about a tenth of a second. */
const REFOLD_EVENTS = 5000;
/** Pause of a shard that has its part and waits for others, ms. */
const REFOLD_WAIT_MS = 5000;
/** About so many of the waiting shards ask all others each time. */
const ASKING_SHARDS = 4;

/** How far path counts may stay behind while nobody asks for them, ms. */
const PATHS_MS = 5 * 60_000;
/** Pause between parts of that while there are commits. */
const PATHS_PAUSE_MS = 1000;
/** Parts of path counts that one question counts; between them others are answered. */
const PATH_PARTS = 40;

/** What a shard holds once it knows which site it belongs to. */
interface Opened {
  site: Site;
  journeys: Journeys;
  committer: Committer;
  /** Absent where the site forwards nothing. */
  outbox?: Outbox;
  /** Whether paths are counted, see path_fold.ts. */
  paths: boolean;
  counter?: PathCounter;
}

export class Shard extends DurableObject<Env> {
  readonly #context: Context;
  readonly #group: GroupCommit<ShardBatch, LineOutcome[]>;
  readonly #alarms: Alarms;
  #opened: Opened | undefined;
  #commits = 0;
  #flushPlanned = false;
  #pathsPlanned = false;
  /** Commits when paths were counted last. */
  #counted = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#context = contextOf(env);
    migrate(state.storage, SHARD_MIGRATIONS);
    this.#alarms = new Alarms(state.storage, {
      outbox: () => this.#send(),
      retention: () => this.#prune(),
      refold: () => this.#refold(),
      paths: () => this.#countPaths(),
    });
    this.#group = new GroupCommit((batches) => this.#commit(batches), {
      pace: this.#context.pace,
      groupWeight: GROUP_EVENTS,
      queueWeight: QUEUE_EVENTS,
    });
  }

  /**
   * Stores a batch. Texts cross to an object at less cost than lists of them, so these are joined.
   *
   * @param lines by line feed
   * @returns after the commit, one outcome per line, by comma; `busy` when nothing was taken
   */
  async commit(
    siteKey: string,
    lines: string,
    others: Omit<ShardBatch, 'lines'> = { refusals: [] },
  ): Promise<string> {
    const batch = { lines: lines === '' ? [] : lines.split('\n'), ...others };
    const outcomes = await this.#take(siteKey, batch);
    if (outcomes === 'busy') return outcomes;
    for (const [i, line] of batch.lines.entries()) {
      if (outcomes[i] === 'moved') this.#takeBack(siteKey, line);
    }
    return outcomes.join();
  }

  async #take(siteKey: string, batch: ShardBatch): Promise<LineOutcome[] | 'busy'> {
    this.#open(siteKey);
    try {
      return await this.#group.submit(batch, batch.lines.length + batch.refusals.length);
    } catch (error) {
      if (error instanceof QueueFullError) return 'busy';
      throw error;
    }
  }

  /** An order that its person gave to itself under another key: when the line comes again it counts. */
  #takeBack(siteKey: string, line: string): void {
    const person = linePerson(line);
    this.#changing(siteKey, person, ({ sql, engine, site, journeys }, changed) => {
      if (takeBack(sql, engine, site, journeys, person, lineOrders(line))) changed();
    });
  }

  /** A person gives an order up to another, see release.ts. Keys are 32 hex digits. */
  release(siteKey: string, person: string, action: string, to: string): Released {
    return this.#changing(siteKey, person, (opened, changed) =>
      release(opened.sql, opened.engine, opened.site, opened.journeys, person, action, to, changed),
    );
  }

  /** A person leaves for the one that it turned out to be, see moves.ts. */
  depart(siteKey: string, from: string, to: string, again: boolean): Departure | 'kept' {
    this.#open(siteKey).committer.noteAlias();
    return this.#changing(siteKey, from, ({ sql, engine, site, journeys }, changed) =>
      depart(sql, engine, site, journeys, from, to, again, Date.now(), changed),
    );
  }

  /**
   * A person takes over what another had who turned out to be the same.
   *
   * @param lines of the person
   * @param aliases of the person: orders that it gave to them are its own again
   * @param given orders that the aliases have given away
   */
  async adopt(
    siteKey: string,
    person: string,
    lines: string[],
    aliases: string[],
    given: readonly Given[],
  ): Promise<LineOutcome[] | 'busy' | `moved:${string}`> {
    const moved = this.#changing(siteKey, person, (opened, changed) => {
      const { sql, engine, site, journeys } = opened;
      const alias = findAlias(sql, person);
      if (alias !== undefined) return `moved:${alias.home}` as const;
      absorb(sql, person, aliases);
      followGiven(sql, person, given);
      const actions = [...new Set(lines.flatMap(lineOrders))];
      if (takeBack(sql, engine, site, journeys, person, actions)) changed();
      return undefined;
    });
    if (moved !== undefined) return moved;
    return this.#take(siteKey, { lines, owned: [...lines.keys()], refusals: [] });
  }

  /** Whose a person's new events are, when it is somebody else, and who has turned out to be this person. */
  alias(siteKey: string, person: string): { current?: string; absorbed: string[] } {
    this.#open(siteKey);
    const { sql } = this.ctx.storage;
    const alias = findAlias(sql, person);
    return { ...(alias && { current: alias.current }), absorbed: absorbedBy(sql, person) };
  }

  person(siteKey: string, person: string): PersonData {
    const { site, journeys } = this.#open(siteKey);
    return readPerson(this.ctx.storage.sql, this.#context.engine, site, journeys, person);
  }

  /** See person.ts. @returns how many events were erased */
  erase(siteKey: string, person: string, family: string[]): number | 'shared' {
    // What the person adds to the path counts is told by what is stored.
    this.#open(siteKey).journeys.flush(this.ctx.storage);
    return this.#changing(siteKey, person, ({ sql, engine, site, journeys }, changed) => {
      changed();
      return erasePerson(sql, engine, site, journeys, person, family);
    });
  }

  /** See erase_given.ts. */
  eraseGiven(siteKey: string, family: string[]): void {
    const { journeys } = this.#open(siteKey);
    const { storage } = this.ctx;
    // Stored as they are held, rows apart; so nothing may be held that is not stored.
    journeys.flush(storage);
    const persons = storage.transactionSync(() => eraseGiven(storage.sql, journeys, family));
    for (const person of persons) journeys.forget(person);
  }

  givenBy(siteKey: string, persons: string[]): Record<string, string[]> {
    this.#open(siteKey);
    return givenBy(this.ctx.storage.sql, persons);
  }

  scrubHanded(siteKey: string, person: string, actions: string[]): string | undefined {
    const { journeys } = this.#open(siteKey);
    const { storage } = this.ctx;
    return storage.transactionSync(() => scrubHanded(storage.sql, journeys, person, actions));
  }

  /** Whose events of these persons are; '' of those who are nobody else. */
  whose(siteKey: string, events: { person: string; key: string }[]): string[] {
    const { site } = this.#open(siteKey);
    const { sql } = this.ctx.storage;
    const aliases = findAliases(sql, [...new Set(events.map(({ person }) => person))]);
    const until = Date.now() + site.step.dedupWindowMs;
    return events.map(({ person, key }) => {
      const alias = aliases.get(person);
      return alias === undefined ? '' : routeOf(sql, person, key, alias.current, until);
    });
  }

  /** One transaction about a person whose journey it may store; then nobody holds an older one. */
  #changing<T>(
    siteKey: string,
    person: string,
    work: (opened: Opened & { sql: SqlStorage; engine: Engine }, changed: () => void) => T,
  ): T {
    const opened = this.#open(siteKey);
    const { storage } = this.ctx;
    const { engine } = this.#context;
    let changed = false;
    const result = storage.transactionSync(() =>
      work({ ...opened, sql: storage.sql, engine }, () => {
        changed = true;
      }),
    );
    if (changed) opened.journeys.forget(person);
    return result;
  }

  /** Who made these clicks, those that are known here; see click_index.ts. */
  findClicks(siteKey: string, clicks: string[]): FoundClick[] {
    this.#open(siteKey);
    return findClicks(this.ctx.storage.sql, clicks);
  }

  /** What has changed in the ledger, see changes.ts. */
  changes(siteKey: string, step: string, since: number, from = since): LedgerPage {
    const { site } = this.#open(siteKey);
    return readChanges(this.ctx.storage.sql, step, since, from, site.stepHash);
  }

  /**
   * @param order key of (site, order id), 32 hex digits
   * @param owners persons of this shard who own the order, by action key
   */
  order(siteKey: string, order: string, owners: OrderPlaces['owners']): OrderView {
    const { site, journeys } = this.#open(siteKey);
    return readOrder(this.ctx.storage.sql, journeys, this.#context.engine, site, order, owners);
  }

  journeys(siteKey: string, after: string, limit: number): JourneyPage<PlainJourney> {
    const { site, journeys: held } = this.#open(siteKey);
    held.flush(this.ctx.storage);
    const { sql } = this.ctx.storage;
    const { journeys, ...more } = readJourneys(sql, this.#context.engine, site, after, limit);
    return { journeys: journeys.map(plainJourney), ...more };
  }

  /** As journeys(), summed up. */
  kpis(siteKey: string, after: string, limit: number, ask: KpiAsk): KpiPage {
    const { site, journeys } = this.#open(siteKey);
    // Later pages read on where the first began.
    if (after === '') journeys.flush(this.ctx.storage);
    return readKpis(this.ctx.storage.sql, this.#context.engine, site, after, limit, ask);
  }

  /**
   * @param most touches of all different paths
   * @returns `again` when there was much to count and there is more
   */
  async paths(
    siteKey: string,
    ask: PathAsk,
    most: number,
  ): Promise<PathAnswer | 'too_many' | 'again'> {
    this.#open(siteKey).journeys.flush(this.ctx.storage);
    for (let part = 0; this.#countPart(siteKey); part++) {
      if (part >= PATH_PARTS) return 'again';
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return readPaths(this.ctx.storage.sql, ask, most);
  }

  outcomes(siteKey: string, from: number, to: number): Record<string, number> {
    this.#open(siteKey);
    return readOutcomes(this.ctx.storage.sql, from, to);
  }

  /** The newest events, and how many had which outcome on a day of receipt. */
  live(
    siteKey: string,
    after: number | undefined,
    limit: number,
    day: number,
  ): { tail: Tail; outcomes: Record<string, number> } {
    this.#open(siteKey);
    const { sql } = this.ctx.storage;
    return { tail: readTail(sql, after, limit), outcomes: readOutcomes(sql, day, day) };
  }

  verify(siteKey: string): Verification {
    const { site, journeys, paths } = this.#open(siteKey);
    journeys.flush(this.ctx.storage);
    const found = verify(this.ctx.storage.sql, this.#context.engine, site, journeys);
    // Where a journey cannot be read, its path cannot be counted.
    if (!paths || !found.equal) return found;
    while (this.#countPart(siteKey));
    const differences = verifyPaths(this.ctx.storage.sql, this.#context.engine, site);
    return { ...found, equal: differences.length === 0, differences };
  }

  deliveries(
    siteKey: string,
    query: DeliveryQuery,
  ): DeliveryPage & { health: DestinationHealth[] } {
    const { outbox } = this.#open(siteKey);
    if (outbox === undefined) return { deliveries: [], health: [] };
    return { ...outbox.list(query), health: outbox.health() };
  }

  /** @param ids of rows; all dead ones when absent */
  replay(
    siteKey: string,
    destination: string | undefined,
    ids: number[] | undefined,
  ): { replayed: number; too_old: number } {
    const { outbox } = this.#open(siteKey);
    return outbox?.replay(destination, ids) ?? { replayed: 0, too_old: 0 };
  }

  /** The queue's consumer comes for rows, see outbox/courier.ts. */
  take(siteKey: string, destination: string, ids: number[]): Claimed[] {
    return this.#open(siteKey).outbox?.take(destination, ids) ?? [];
  }

  /** What became of them. @returns when the destination may be asked again, Unix ms */
  told(siteKey: string, destination: string, told: Told[]): number {
    return this.#open(siteKey).outbox?.told(destination, told) ?? 0;
  }

  override async alarm(): Promise<void> {
    await this.#alarms.ring(Date.now());
  }

  /** One part of what is past the retention; the next at once, or tomorrow. */
  async #prune(): Promise<number | undefined> {
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    if (siteKey === undefined) return undefined;
    const { site, journeys } = this.#open(siteKey);
    const { storage } = this.ctx;
    const now = Date.now();
    // Two things that change the past of all do not go together.
    if (readMeta(storage.sql, NEXT_STEP) !== undefined) return now + REFOLD_WAIT_MS;
    journeys.flush(storage);
    const { forgotten, more } = storage.transactionSync(() =>
      prune(storage.sql, this.#context.engine, site, journeys, now),
    );
    for (const person of forgotten) journeys.forget(person);
    return now + (more ? PART_PAUSE_MS : PRUNE_MS);
  }

  /** How the figures stand to the configuration. */
  standing(siteKey: string): Standing {
    this.#open(siteKey);
    return standingOf(this.ctx.storage.sql, siteOf(this.#context, siteKey));
  }

  /** Puts the figures for the configuration in force; call when all shards of the site have them. */
  putInForce(siteKey: string): Standing {
    const { journeys } = this.#open(siteKey);
    const { storage } = this.ctx;
    const target = siteOf(this.#context, siteKey);
    const standing = standingOf(storage.sql, target);
    if (!standing.ready || standing.step === target.stepHash) return standing;
    storage.transactionSync(() => putInForce(storage.sql, this.#context.engine, target));
    journeys.forgetAll();
    this.#opened = undefined;
    return this.standing(siteKey);
  }

  /** Figures for other settings: of a short log at once, of a long one by the alarm. */
  #beginRefold(inForce: Site, target: Site): void {
    const { storage } = this.ctx;
    const { engine } = this.#context;
    storage.transactionSync(() => {
      beginRefold(storage.sql, engine, inForce, target);
      refoldPart(storage.sql, engine, target, REFOLD_EVENTS);
    });
    this.#alarms.plan('refold', Date.now() + PART_PAUSE_MS);
  }

  async #refold(): Promise<number | undefined> {
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    if (siteKey === undefined) return undefined;
    this.#open(siteKey);
    const { storage } = this.ctx;
    const target = siteOf(this.#context, siteKey);
    if (readMeta(storage.sql, NEXT_STEP) !== target.stepHash) return undefined;
    const events = storage.transactionSync(() =>
      refoldPart(storage.sql, this.#context.engine, target, REFOLD_EVENTS),
    );
    if (events >= REFOLD_EVENTS) return Date.now() + PART_PAUSE_MS;
    // One of the shards or another looks whether all have theirs.
    if (Math.random() * target.shards < ASKING_SHARDS) await figuresOf(this.#context, target);
    const done = readMeta(storage.sql, STEP) === target.stepHash;
    return done ? undefined : Date.now() + REFOLD_WAIT_MS;
  }

  /** @returns whether there is more of what is stored */
  #countPart(siteKey: string): boolean {
    const opened = this.#open(siteKey);
    const { storage } = this.ctx;
    const { site, journeys } = opened;
    opened.counter ??= new PathCounter(storage.sql, this.#context.engine, site);
    const { counter } = opened;
    try {
      return storage.transactionSync(() => counter.part(journeys.checkpoint, Date.now()));
    } catch (error) {
      delete opened.counter;
      throw error;
    }
  }

  async #countPaths(): Promise<number | undefined> {
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    if (siteKey === undefined || !this.#open(siteKey).paths) return undefined;
    this.#pathsPlanned = false;
    const busy = this.#commits !== this.#counted;
    this.#counted = this.#commits;
    if (!this.#countPart(siteKey)) return undefined;
    this.#pathsPlanned = true;
    return Date.now() + (busy ? PATHS_PAUSE_MS : PART_PAUSE_MS);
  }

  async #send(): Promise<number | undefined> {
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    return siteKey === undefined ? undefined : this.#open(siteKey).outbox?.run();
  }

  /** Answers when storage does. */
  ping(): number {
    return this.ctx.storage.sql.exec<{ one: number }>('SELECT 1 AS one').one().one;
  }

  #commit(batches: readonly ShardBatch[]): LineOutcome[][] {
    if (this.#opened === undefined) throw new Error('the shard was not opened');
    const outcomes = this.#opened.committer.commit(batches, Date.now());
    this.#commits++;
    this.#planFlush();
    if (this.#opened.paths && !this.#pathsPlanned) {
      this.#pathsPlanned = true;
      this.#alarms.plan('paths', Date.now() + PATHS_MS);
    }
    return outcomes;
  }

  /** Once no commit has come for a while, nothing is left for a restart to fold again. */
  #planFlush(): void {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    const before = this.#commits;
    setTimeout(() => {
      this.#flushPlanned = false;
      if (this.#commits === before) this.#opened?.journeys.flush(this.ctx.storage);
      else this.#planFlush();
    }, IDLE_MS);
  }

  /**
   * Ties the object to its site for good, and re-makes its figures once when
   * the settings that they depend on have changed.
   */
  #open(siteKey: string): Opened {
    if (this.#opened?.site.key === siteKey) return this.#opened;
    const target = siteOf(this.#context, siteKey);
    const { storage } = this.ctx;
    const { sql } = storage;
    const { engine, memory } = this.#context;
    storage.transactionSync(() => {
      claimObject(sql, siteKey);
      assertShards(sql, target);
      if (readMeta(sql, STEP) === undefined) {
        refold(sql, engine, target);
        writeMeta(sql, STEP, target.stepHash);
      }
    });
    const step = readMeta(sql, STEP)!;
    const site = withStep(target, step);
    if (step !== target.stepHash) this.#beginRefold(site, target);
    else storage.transactionSync(() => dropRefold(sql));
    const journeys = new Journeys(sql, () => memory.share(String(this.ctx.id)));
    recover(sql, engine, site, journeys);
    if (journeys.dirty) this.#planFlush();
    this.#alarms.plan('retention', Date.now() + PRUNE_MS);
    const paths = storage.transactionSync(() => beginPaths(sql, site));
    if (paths) {
      this.#alarms.plan('paths', Date.now() + (isWalking(sql) ? PART_PAUSE_MS : PATHS_MS));
    }
    const outbox =
      site.destinations.length > 0
        ? new Outbox(storage, site, this.env, String(this.ctx.id), (at) =>
            this.#alarms.plan('outbox', at),
          )
        : undefined;
    const committer = new Committer(storage, engine, site, journeys, () => outbox?.enqueued());
    this.#opened = { site, journeys, committer, paths, ...(outbox && { outbox }) };
    return this.#opened;
  }
}

/** Persons are spread by a remainder, so their number of shards is fixed once events are stored. */
function assertShards(sql: SqlStorage, { key, shards }: Site): void {
  const { used } = sql.exec<{ used: number }>('SELECT EXISTS (SELECT 1 FROM log) AS used').one();
  const stored = readMeta(sql, 'shards');
  if (used === 0 || stored === undefined) writeMeta(sql, 'shards', String(shards));
  else if (stored !== String(shards)) {
    throw new Error(
      `sites.${key}.shards: the stored events are spread over ${stored} shards, the configuration says ${shards}; set it back to ${stored}`,
    );
  }
}
