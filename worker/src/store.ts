/** What every object with a SQLite store needs: numbered migrations and a few named values. */

/**
 * Brings a store to the newest tables, in one transaction.
 *
 * The number reached stands in a table, since the platform refuses PRAGMA user_version.
 *
 * @param migrations lists of statements; number 1 is the first, and lists are only ever added
 */
export function migrate(
  storage: DurableObjectStorage,
  migrations: readonly (readonly string[])[],
): void {
  const { sql } = storage;
  storage.transactionSync(() => {
    sql.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY) STRICT');
    const { done } = sql
      .exec<{ done: number }>('SELECT coalesce(max(number), 0) AS done FROM migrations')
      .one();
    if (done > migrations.length) {
      throw new Error(
        `this store has migration ${done}, but the program knows only ${migrations.length}: run the newer program`,
      );
    }
    for (let number = done + 1; number <= migrations.length; number++) {
      for (const statement of migrations[number - 1]!) sql.exec(statement);
      sql.exec('INSERT INTO migrations (number) VALUES (?)', number);
    }
  });
}

export function readMeta(sql: SqlStorage, name: string): string | undefined {
  const rows = sql.exec<{ value: string }>('SELECT value FROM meta WHERE name = ?', name);
  return rows.toArray()[0]?.value;
}

export function deleteMeta(sql: SqlStorage, name: string): void {
  sql.exec('DELETE FROM meta WHERE name = ?', name);
}

export function writeMeta(sql: SqlStorage, name: string, value: string): void {
  sql.exec(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}

/** Ties an object to its site for good. */
export function claimObject(sql: SqlStorage, siteKey: string): void {
  const owner = readMeta(sql, 'site');
  if (owner === undefined) writeMeta(sql, 'site', siteKey);
  else if (owner !== siteKey) throw new Error(`this object belongs to the site ${owner}`);
}
