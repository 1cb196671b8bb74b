/**
 * Tables of a shard. Migrations are numbered and only ever added.
 */

import { CLIENT_TABLES } from '../outbox/clients.ts';
import { RECEIPT_TABLES } from '../outbox/receipts.ts';
import { OUTBOX_TABLES } from '../outbox/schema.ts';
import { CHANGED_ROWS, RENUMBER_DAYS } from './changes.ts';
import { CLICK_INDEX_TABLES } from './click_index.ts';
import { sourcesTable } from './ledger.ts';
import { PATH_TABLES } from './path_counts.ts';

export const LEDGER_COLUMNS = 'day, basis, action, model, source_id, conversions, value';
export const LEDGER_KEY = 'day, basis, action, model, source_id';

/** Sums of credit. source_id: an id of sources. conversions, value: integer micros. */
const ledgerTable = (name: string): string => `CREATE TABLE ${name} (
  day INTEGER NOT NULL,
  basis TEXT NOT NULL,
  action TEXT NOT NULL,
  model TEXT NOT NULL,
  source_id INTEGER NOT NULL,
  conversions INTEGER NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (${LEDGER_KEY})
) WITHOUT ROWID, STRICT`;

const basesTable = (name: string): string =>
  `CREATE TABLE ${name} (person BLOB PRIMARY KEY, journey BLOB NOT NULL) WITHOUT ROWID, STRICT`;

/** Figures that are being made for other settings, see books.ts. Columns as those in force had. */
const NEXT_TABLES: readonly string[] = [
  ledgerTable('ledger_next'),
  `CREATE TABLE journeys_next (
    id INTEGER PRIMARY KEY,
    person BLOB NOT NULL UNIQUE,
    journey BLOB NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    rows BLOB NOT NULL DEFAULT x''
  ) STRICT`,
  basesTable('bases_next'),
];

/** The same with the columns that came later. */
export const NEW_NEXT_TABLES: readonly string[] = [
  ...NEXT_TABLES,
  'ALTER TABLE ledger_next ADD COLUMN seq INTEGER NOT NULL DEFAULT 0',
];

export const SHARD_MIGRATIONS: readonly (readonly string[])[] = [
  [
    // What this object is and which settings its figures were made with.
    `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT`,

    // Each person's journey: the core's own versioned bytes, and see migration 3. In order of the first
    // visit, so that those who are here now lie on few pages.
    `CREATE TABLE journeys (
      id INTEGER PRIMARY KEY,
      person BLOB NOT NULL UNIQUE,
      journey BLOB NOT NULL
    ) STRICT`,

    // Every event that changed a journey, in order. A row holds events of one
    // transaction, which shares `now` (Unix ms), the clock the core saw; a large
    // transaction has several rows. lines: see event_record.ts, a line each.
    // outcomes: one code per line, by comma.
    `CREATE TABLE log (
      seq INTEGER PRIMARY KEY,
      commit_id INTEGER NOT NULL,
      now INTEGER NOT NULL,
      lines TEXT NOT NULL,
      outcomes TEXT NOT NULL
    ) STRICT`,

    // The six dimensions of a source, written once.
    sourcesTable('sources'),

    // Sums of credit. source_id: an id of sources. conversions, value: integer micros.
    ledgerTable('ledger'),

    // How many events had which outcome, by day of receipt.
    `CREATE TABLE outcomes (
      day INTEGER NOT NULL,
      code TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (day, code)
    ) WITHOUT ROWID, STRICT`,

    // Every arrival that names an order, repeats folded together: finds the
    // person of an order and shows what became of each arrival.
    `CREATE TABLE arrivals (
      order_key BLOB NOT NULL,
      event BLOB NOT NULL,
      outcome TEXT NOT NULL,
      person BLOB NOT NULL,
      name TEXT NOT NULL,
      first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (order_key, event, outcome)
    ) WITHOUT ROWID, STRICT`,
  ],
  [
    // The log rows that hold events of persons who are no visitors: an order of theirs
    // may have to move.
    `CREATE TABLE movable (
      person BLOB NOT NULL,
      seq INTEGER NOT NULL,
      PRIMARY KEY (person, seq)
    ) WITHOUT ROWID, STRICT`,

    // Orders that a person has given up: what the log has of them counts no more here,
    // and nothing more of them is taken. action_key: key of (site, action, order id).
    `CREATE TABLE released (
      person BLOB NOT NULL,
      action_key BLOB NOT NULL,
      PRIMARY KEY (person, action_key)
    ) WITHOUT ROWID, STRICT`,
  ],
  [
    // Journeys are written behind the log: seq is the last row of it that a journey counts, and
    // the checkpoint in meta is the row up to which all of them count.
    `ALTER TABLE journeys ADD COLUMN seq INTEGER NOT NULL DEFAULT 0`,
    `INSERT INTO meta (name, value) SELECT 'checkpoint', CAST(coalesce(max(seq), 0) AS TEXT) FROM log`,
  ],
  OUTBOX_TABLES,
  [
    // The rows of the log that hold events of the person, four bytes each, see history.ts.
    `ALTER TABLE journeys ADD COLUMN rows BLOB NOT NULL DEFAULT x''`,
    'DROP TABLE movable',
    // Whom the order was given to.
    'ALTER TABLE released ADD COLUMN owner BLOB',

    // Persons who turned out to be somebody else, see aliases.ts. rows: as in journeys.
    `CREATE TABLE aliases (
      person BLOB PRIMARY KEY,
      home BLOB NOT NULL,
      current BLOB NOT NULL,
      rows BLOB NOT NULL
    ) WITHOUT ROWID, STRICT`,

    // The other way round: who turned out to be a person of this shard.
    `CREATE TABLE absorbed (
      person BLOB NOT NULL,
      alias BLOB NOT NULL,
      PRIMARY KEY (person, alias)
    ) WITHOUT ROWID, STRICT`,

    // Where events of such persons went. until: Unix ms, when the event's key may be forgotten.
    `CREATE TABLE routes (
      person BLOB NOT NULL,
      event BLOB NOT NULL,
      home BLOB NOT NULL,
      until INTEGER NOT NULL,
      PRIMARY KEY (person, event)
    ) WITHOUT ROWID, STRICT`,
    'CREATE INDEX routes_until ON routes (until)',

    // Stored journeys list no rows yet: all are folded again.
    `DELETE FROM meta WHERE name = 'step'`,
  ],
  CLICK_INDEX_TABLES,
  [
    // What of the ledger comes from events that are no longer in the log. Columns as there.
    ledgerTable('settled'),

    // Journeys as the events gave them that are no longer in the log, of persons who have others there.
    basesTable('bases'),

    // Orders of persons who were erased: they have counted, and never count again.
    `CREATE TABLE erased (action_key BLOB PRIMARY KEY) WITHOUT ROWID, STRICT`,
  ],
  NEXT_TABLES,
  [...CLIENT_TABLES, ...RECEIPT_TABLES],
  [
    // The number of each day's last change, see changes.ts.
    `CREATE TABLE ledger_days (day INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT`,
    'CREATE INDEX ledger_days_seq ON ledger_days (seq)',
    ...RENUMBER_DAYS,
  ],
  PATH_TABLES,
  CHANGED_ROWS,
  [
    // Keys of the person's events that did not leave with it, 32 hex digits each, see moves.ts.
    `ALTER TABLE aliases ADD COLUMN settled TEXT NOT NULL DEFAULT ''`,
  ],
];
