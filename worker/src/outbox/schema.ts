/** Tables of the outbox, a part of each shard's store. Times are Unix ms. */
export const OUTBOX_TABLES: readonly string[] = [
  // One conversion, or one refund, for one destination. state: waiting, sending, delivered, dead (given
  // up, with the reason; may be replayed), skipped (never to be sent, with the reason).
  // delivery: JSON of the Delivery, gone once delivered. client: empty,
  // since clients.ts.
  `CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    person BLOB NOT NULL,
    order_key BLOB,
    conversion TEXT NOT NULL,
    kind TEXT NOT NULL,
    event_id TEXT NOT NULL,
    state TEXT NOT NULL,
    due INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    created INTEGER NOT NULL,
    settled INTEGER,
    matched TEXT NOT NULL DEFAULT '',
    delivery TEXT,
    client TEXT,
    UNIQUE (destination, key)
  ) STRICT`,
  `CREATE INDEX outbox_due ON outbox (destination, due) WHERE state IN ('waiting', 'sending')`,
  `CREATE INDEX outbox_order ON outbox (order_key) WHERE order_key IS NOT NULL`,
  `CREATE INDEX outbox_person ON outbox (person)`,

  // Click and browser ids of a person by event: JSON, names in lower case. touch: first 8 bytes of the
  // event's key, as journeys name their touches.
  `CREATE TABLE clicks (
    person BLOB NOT NULL,
    touch BLOB NOT NULL,
    at INTEGER NOT NULL,
    ids TEXT NOT NULL,
    PRIMARY KEY (person, touch)
  ) WITHOUT ROWID, STRICT`,

  // Persons whose last word on ad_user_data was no.
  `CREATE TABLE ad_denials (person BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID, STRICT`,

  // Destinations that fail: nothing is sent before resume. halted: somebody has to mend it.
  `CREATE TABLE breakers (
    destination TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    resume INTEGER NOT NULL,
    halted INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID, STRICT`,
];
