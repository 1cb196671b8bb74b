/** What the outbox needs of a store: a Durable Object's has it, and any SQLite can be given its shape. */
export type SqlValue = ArrayBuffer | string | number | null;

export interface Cursor<T> extends Iterable<T> {
  toArray(): T[];
  /** @throws unless there is exactly one row */
  one(): T;
  readonly rowsWritten: number;
}

export interface Sql {
  exec<T extends Record<string, SqlValue>>(query: string, ...bindings: unknown[]): Cursor<T>;
}

export interface Store {
  readonly sql: Sql;
  transactionSync<T>(work: () => T): T;
}
