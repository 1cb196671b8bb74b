/** Tables of an order index. Migrations are numbered and only ever added. Keys are 16 bytes. */
export const ORDER_MIGRATIONS: readonly string[][] = [
  [
    // Which site this object belongs to.
    `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT`,

    // Which person an order counts for, by conversion action. rank: how the person is
    // known, see claims.ts. kept: 1 when this owner never hands over.
    `CREATE TABLE claims (
      order_key BLOB NOT NULL,
      action_key BLOB NOT NULL,
      person BLOB NOT NULL,
      rank INTEGER NOT NULL,
      kept INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (order_key, action_key)
    ) WITHOUT ROWID, STRICT`,

    // Former owners whose part of the order may not have reached the present one yet.
    // since: Unix ms.
    `CREATE TABLE handovers (
      order_key BLOB NOT NULL,
      action_key BLOB NOT NULL,
      person BLOB NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (order_key, action_key, person)
    ) WITHOUT ROWID, STRICT`,

    // The shards that saw an arrival of the order.
    `CREATE TABLE places (
      order_key BLOB NOT NULL,
      shard INTEGER NOT NULL,
      PRIMARY KEY (order_key, shard)
    ) WITHOUT ROWID, STRICT`,
  ],
];
