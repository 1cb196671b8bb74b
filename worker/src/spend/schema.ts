/** Tables of a spend book. Migrations are numbered and only ever added. */
export const SPEND_MIGRATIONS: readonly string[][] = [
  [
    // What advertising cost by day, in micros of the site's currency. upload: which file brought the
    // row; a later file takes the place of all rows of the same day and source.
    `CREATE TABLE spend (
      day INTEGER NOT NULL,
      channel TEXT NOT NULL,
      source TEXT NOT NULL,
      medium TEXT NOT NULL,
      campaign TEXT NOT NULL,
      upload TEXT NOT NULL,
      cost INTEGER NOT NULL,
      clicks INTEGER NOT NULL,
      impressions INTEGER NOT NULL,
      PRIMARY KEY (day, source, channel, medium, campaign)
    ) WITHOUT ROWID, STRICT`,
  ],
];
