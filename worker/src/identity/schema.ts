/** Tables of an identity index. Migrations are numbered and only ever added. Keys are 16 bytes. */
export const IDENTITY_MIGRATIONS: readonly string[][] = [
  [
    // Which site this object belongs to, and counts.
    `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT`,

    // Which person a user key stands for; of one that is not here, a person of its own.
    // external_id: key of the external id that the person has; persons with different ones are
    // never the same.
    `CREATE TABLE users (
      user BLOB PRIMARY KEY,
      person BLOB NOT NULL,
      external_id BLOB
    ) WITHOUT ROWID, STRICT`,

    // Who turned out to be a person of this index. weight: visitors that it stands for. is_user: 1 for
    // a user key that was a person of its own. state: 0 its journey is moving, 1 it has moved,
    // 2 it has too much of a history to be moved and stays what it is, 3 it is somebody else's by
    // now. since: Unix ms.
    `CREATE TABLE links (
      person BLOB NOT NULL,
      alias BLOB NOT NULL,
      weight INTEGER NOT NULL,
      is_user INTEGER NOT NULL,
      state INTEGER NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (person, alias)
    ) WITHOUT ROWID, STRICT`,
    'CREATE INDEX links_open ON links (since) WHERE state = 0',
  ],
];
