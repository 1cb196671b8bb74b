/**
 * Which person a user key stands for, and which visitors and user keys turned out to be that person.
 * Persons are named by user keys; of two that are found to be one, the smaller key stays, so that
 * whatever comes first, the end is the same. Keys are 32 hex digits.
 */
import { fromHex, toHex } from '../hex.ts';
import { readMeta, writeMeta } from '../store.ts';

/** What an event says of who somebody is. */
export interface Claimed {
  /** A user key that stands for the person. */
  user: string;
  /** Who is that person as well: a visitor, or a user key that was a person of its own. */
  alias?: string;
  /** Visitors that the alias stands for; 1 for a visitor. */
  weight?: number;
  /** The alias is a user key. */
  isUser?: boolean;
  /** Key of an external id that the person has, or its alias. */
  externalId?: string;
}

export type LinkState =
  /** No alias was given. */
  | 'none'
  /** The journey is to be moved, or is moving. */
  | 'moving'
  | 'moved'
  /** Too many visitors, another external id, or too much of a history: the alias stays itself. */
  | 'refused';

export interface Standing {
  /** Another than the user key: then that one is to be asked. */
  person: string;
  state: LinkState;
  /** Visitors of the person, now. */
  visitors: number;
  /** The person has or had a visitor. */
  isVisitor: boolean;
  externalId?: string;
}

export interface Move {
  person: string;
  alias: string;
  isUser: boolean;
}

const STATES = { moving: 0, moved: 1, refused: 2, left: 3 } as const;
/** Whose visitor has left and comes back is linked anew. */
const STATE_NAMES: readonly (LinkState | undefined)[] = ['moving', 'moved', 'refused', undefined];

export const COUNTS = ['linked', 'merged', 'refused'] as const;
export interface LinkCounts extends Record<(typeof COUNTS)[number], number> {
  /** Journeys that are on their way now: out of their old shard, and not yet with their person. */
  moving: number;
}

export class Links {
  readonly #sql: SqlStorage;
  readonly #limit: number;

  /** @param limit most visitors of one person */
  constructor(sql: SqlStorage, limit: number) {
    this.#sql = sql;
    this.#limit = limit;
  }

  /** Call inside a transaction. @param now Unix ms */
  note(claimed: Claimed, now: number): Standing {
    const { user, alias, weight = 1, isUser = false, externalId } = claimed;
    const found = this.#user(user);
    if (found !== undefined && found.person !== user) {
      return { person: found.person, state: 'none', visitors: 0, isVisitor: false };
    }
    const { visitors, isVisitor } = this.#visitors(user);
    const known = found?.externalId;
    const standing = (state: LinkState): Standing => {
      return { person: user, state, visitors, isVisitor, ...(known && { externalId: known }) };
    };
    if (alias === undefined) return standing('none');
    const before = this.#state(user, alias);
    if (before !== undefined) return standing(before);
    const another = externalId !== undefined && known !== undefined && externalId !== known;
    if (another || visitors + weight > this.#limit) {
      this.#count('refused');
      return standing('refused');
    }
    const external = known ?? externalId;
    this.#sql.exec(
      `INSERT INTO users (user, person, external_id) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET external_id = coalesce(external_id, excluded.external_id)`,
      fromHex(user),
      fromHex(user),
      external === undefined ? null : fromHex(external),
    );
    this.#sql.exec(
      `INSERT INTO links (person, alias, weight, is_user, state, since) VALUES (?, ?, ?, ?, 0, ?)
       ON CONFLICT DO UPDATE SET state = 0, since = excluded.since`,
      fromHex(user),
      fromHex(alias),
      weight,
      Number(isUser),
      now,
    );
    this.#count(isUser ? 'merged' : 'linked');
    return {
      person: user,
      state: 'moving',
      visitors: visitors + weight,
      isVisitor: isVisitor || weight > 0,
      ...(external && { externalId: external }),
    };
  }

  /**
   * A user key is no person of its own from now on.
   *
   * @returns whom it stands for: another than asked for, when it had gone there before
   */
  point(user: string, person: string): string {
    const found = this.#user(user);
    if (found !== undefined && found.person !== user) return found.person;
    this.#sql.exec(
      `INSERT INTO users (user, person) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET person = excluded.person`,
      fromHex(user),
      fromHex(person),
    );
    return person;
  }

  /** A user key that is no person of its own stands for the last of a row of others. */
  shorten(user: string, person: string): void {
    this.#sql.exec(
      'UPDATE users SET person = ? WHERE user = ? AND person <> user',
      fromHex(person),
      fromHex(user),
    );
  }

  /** The journey of an alias has arrived, or stays where it is. */
  settle(person: string, alias: string, state: 'moved' | 'refused'): void {
    if (state === 'refused') this.#count('refused');
    this.#sql.exec(
      'UPDATE links SET state = ? WHERE person = ? AND alias = ?',
      STATES[state],
      fromHex(person),
      fromHex(alias),
    );
  }

  /** A visitor is somebody else's now. One whose journey is still moving is left: it moves first. */
  leave(person: string, alias: string, settled: boolean): void {
    this.#sql.exec(
      'UPDATE links SET state = 3 WHERE person = ? AND alias = ? AND (state = 1 OR ?)',
      fromHex(person),
      fromHex(alias),
      Number(settled),
    );
  }

  /** Moves that began before an instant, oldest first. */
  open(before: number, limit: number): Move[] {
    return this.#sql
      .exec<{ person: ArrayBuffer; alias: ArrayBuffer; is_user: number }>(
        'SELECT person, alias, is_user FROM links WHERE state = 0 AND since <= ? ORDER BY since LIMIT ?',
        before,
        limit,
      )
      .toArray()
      .map((row) => ({
        person: toHex(new Uint8Array(row.person)),
        alias: toHex(new Uint8Array(row.alias)),
        isUser: row.is_user === 1,
      }));
  }

  /** Who turned out to be this person, and which user keys stand for it. */
  aliasesOf(person: string): string[] {
    const rows = this.#sql.exec(
      'SELECT alias FROM links WHERE person = ?1 UNION SELECT user FROM users WHERE person = ?1',
      fromHex(person),
    );
    return [...rows.raw<[ArrayBuffer]>()].map(([alias]) => toHex(new Uint8Array(alias)));
  }

  /** Forgets a person, and that others are it. */
  forget(person: string): void {
    const who = fromHex(person);
    this.#sql.exec('DELETE FROM links WHERE person = ?1 OR alias = ?1', who);
    this.#sql.exec('DELETE FROM users WHERE person = ?1 OR user = ?1', who);
  }

  /** A move that cannot be finished now goes behind the others. @param now Unix ms */
  postpone({ person, alias }: Move, now: number): void {
    this.#sql.exec(
      'UPDATE links SET since = ? WHERE person = ? AND alias = ? AND state = 0',
      now,
      fromHex(person),
      fromHex(alias),
    );
  }

  /** Links that were made and links that were refused since the beginning, and moves under way. */
  counts(): LinkCounts {
    const { moving } = this.#sql
      .exec<{ moving: number }>('SELECT count(*) AS moving FROM links WHERE state = 0')
      .one();
    const counts = { linked: 0, merged: 0, refused: 0, moving };
    for (const name of COUNTS) counts[name] = Number(readMeta(this.#sql, name) ?? 0);
    return counts;
  }

  #count(name: keyof LinkCounts): void {
    writeMeta(this.#sql, name, String(Number(readMeta(this.#sql, name) ?? 0) + 1));
  }

  #user(user: string): { person: string; externalId?: string } | undefined {
    const [row] = this.#sql
      .exec<{ person: ArrayBuffer; external_id: ArrayBuffer | null }>(
        'SELECT person, external_id FROM users WHERE user = ?',
        fromHex(user),
      )
      .toArray();
    if (row === undefined) return undefined;
    return {
      person: toHex(new Uint8Array(row.person)),
      ...(row.external_id && { externalId: toHex(new Uint8Array(row.external_id)) }),
    };
  }

  #visitors(person: string): { visitors: number; isVisitor: boolean } {
    const { now, ever } = this.#sql
      .exec<{ now: number; ever: number }>(
        `SELECT coalesce(sum(iif(state < 2, weight, 0)), 0) AS now,
           coalesce(sum(iif(state <> 2, weight, 0)), 0) AS ever
         FROM links WHERE person = ?`,
        fromHex(person),
      )
      .one();
    return { visitors: now, isVisitor: ever > 0 };
  }

  #state(person: string, alias: string): LinkState | undefined {
    const [row] = this.#sql
      .exec<{ state: number }>(
        'SELECT state FROM links WHERE person = ? AND alias = ?',
        fromHex(person),
        fromHex(alias),
      )
      .toArray();
    return row && STATE_NAMES[row.state];
  }
}
