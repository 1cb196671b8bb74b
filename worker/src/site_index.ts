/**
 * What the indexes of a site share: notes that are committed together, and an alarm that finishes what
 * a request began and did not live to finish.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Site } from './config.ts';
import { type Context, contextOf, siteOf } from './context.ts';
import type { Env } from './env.ts';
import { GroupCommit, QueueFullError } from './shard/group_commit.ts';
import { claimObject, migrate, readMeta } from './store.ts';

const GROUP_NOTES = 2000;
const QUEUE_NOTES = 20_000;

/** What is open is finished by the request that began it; after this long, by the alarm, ms. */
const PATIENCE_MS = 5_000;
/** Pause of the alarm while something cannot be finished, ms. */
const RETRY_MS = 30_000;
const OPEN_PER_ALARM = 100;

/**
 * @typeParam Note what an event says, kept by the index
 * @typeParam Answer to one note
 * @typeParam Book what keeps the notes of one site
 * @typeParam Open what is begun and not finished
 */
export abstract class SiteIndex<Note, Answer, Book, Open> extends DurableObject<Env> {
  protected readonly context: Context;
  readonly #group: GroupCommit<Note[], Answer[]>;
  #opened: { site: Site; book: Book } | undefined;
  /** When the alarm is known to ring, Unix ms. */
  #alarmAt = 0;

  constructor(state: DurableObjectState, env: Env, migrations: readonly (readonly string[])[]) {
    super(state, env);
    this.context = contextOf(env);
    migrate(state.storage, migrations);
    this.#group = new GroupCommit((groups) => this.#commit(groups), {
      pace: this.context.pace,
      groupWeight: GROUP_NOTES,
      queueWeight: QUEUE_NOTES,
    });
  }

  protected abstract bookOf(sql: SqlStorage, site: Site): Book;

  /** Notes, and answers once all are noted. Called inside a transaction. @param now Unix ms */
  protected abstract take(book: Book, notes: readonly Note[], now: number): Answer[];

  /** Whether an answer leaves something open. */
  protected abstract isOpen(answer: Answer): boolean;

  /** What began before an instant, oldest first. */
  protected abstract openBefore(book: Book, before: number, limit: number): Open[];

  /** @returns false when it cannot be finished now */
  protected abstract finish(site: Site, open: Open): Promise<boolean>;

  /** What could not be finished goes behind the rest. */
  protected abstract postpone(book: Book, open: Open, now: number): void;

  /** Durable before the answer; `busy` when nothing was noted. */
  protected async submit(siteKey: string, notes: Note[]): Promise<Answer[] | 'busy'> {
    this.book(siteKey);
    try {
      return await this.#group.submit(notes, notes.length);
    } catch (error) {
      if (error instanceof QueueFullError) return 'busy';
      throw error;
    }
  }

  protected book(siteKey: string): Book {
    return this.#open(siteKey).book;
  }

  protected transaction<T>(siteKey: string, work: (book: Book) => T): T {
    const book = this.book(siteKey);
    return this.ctx.storage.transactionSync(() => work(book));
  }

  /** Finishes what is open. Never throws: the platform would give up in the end. */
  override async alarm(): Promise<void> {
    this.#alarmAt = 0;
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    if (siteKey === undefined) return;
    let next: number | undefined;
    try {
      const { site, book } = this.#open(siteKey);
      let finished = true;
      for (const each of this.openBefore(book, Date.now() - PATIENCE_MS, OPEN_PER_ALARM)) {
        if (await this.#tryToFinish(site, each)) continue;
        finished = false;
        this.postpone(book, each, Date.now());
      }
      if (this.openBefore(book, Number.MAX_SAFE_INTEGER, 1).length > 0) {
        next = finished ? PATIENCE_MS : RETRY_MS;
      }
    } catch (error) {
      console.error(`${this.constructor.name} of ${siteKey} waits: ${String(error)}`);
      next = RETRY_MS;
    }
    if (next !== undefined) this.#ringIn(next);
  }

  async #tryToFinish(site: Site, open: Open): Promise<boolean> {
    try {
      return await this.finish(site, open);
    } catch (error) {
      // A part of the store that does not answer keeps nobody else waiting.
      console.error(`${this.constructor.name} of ${site.key}: ${String(error)}`);
      return false;
    }
  }

  #commit(groups: readonly Note[][]): Answer[][] {
    const { book } = this.#opened!;
    const now = Date.now();
    const answers = this.ctx.storage.transactionSync(() => {
      const all = this.take(book, groups.flat(), now);
      let taken = 0;
      return groups.map(({ length }) => {
        taken += length;
        return all.slice(taken - length, taken);
      });
    });
    if (answers.flat().some((answer) => this.isOpen(answer))) this.#ringIn(PATIENCE_MS);
    return answers;
  }

  /** An alarm that is set already is not put off. */
  #ringIn(ms: number): void {
    if (this.#alarmAt > Date.now()) return;
    this.#alarmAt = Date.now() + ms;
    // Not awaited: it is written together with what was written before it.
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  #open(siteKey: string): { site: Site; book: Book } {
    if (this.#opened?.site.key === siteKey) return this.#opened;
    const site = siteOf(this.context, siteKey);
    const { sql } = this.ctx.storage;
    claimObject(sql, siteKey);
    this.#opened = { site, book: this.bookOf(sql, site) };
    return this.#opened;
  }
}
