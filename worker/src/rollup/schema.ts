import { sourcesTable } from '../shard/ledger.ts';

/** Tables of a rollup. Migrations are numbered and only ever added. */
export const ROLLUP_MIGRATIONS: readonly string[][] = [
  [
    // Which site this object belongs to.
    `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT`,

    // How far the changes of each shard have been taken over. step: settings of its figures.
    `CREATE TABLE cursors (shard INTEGER PRIMARY KEY, seq INTEGER NOT NULL, step TEXT NOT NULL) STRICT`,

    // As in a shard.
    sourcesTable('sources'),

    // The sums of each shard, as they stood at its cursor.
    `CREATE TABLE ledger (
      day INTEGER NOT NULL,
      shard INTEGER NOT NULL,
      basis TEXT NOT NULL,
      action TEXT NOT NULL,
      model TEXT NOT NULL,
      source_id INTEGER NOT NULL,
      conversions INTEGER NOT NULL,
      value INTEGER NOT NULL,
      PRIMARY KEY (day, shard, basis, action, model, source_id)
    ) WITHOUT ROWID, STRICT`,

    // Events without a rate, by day of receipt.
    `CREATE TABLE rate_missing (
      shard INTEGER NOT NULL,
      day INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (shard, day)
    ) WITHOUT ROWID, STRICT`,
  ],
];
