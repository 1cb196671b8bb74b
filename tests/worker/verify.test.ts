/** /v1/verify notices every kind of difference: files are tampered with while the worker is off. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { assertVerified, type Server, send, siteConfig, startServer } from './helpers.ts';

const tampering: [name: string, sql: string, says: RegExp][] = [
  ['a ledger sum is off by a micro', 'UPDATE ledger SET value = value + 1', /ledger .*value/],
  ['a ledger row is gone', "DELETE FROM ledger WHERE model = 'linear'", /linear.*conversions/],
  ['a log row is gone', 'DELETE FROM log', /journeys are stored/],
  [
    'a logged event is another',
    `UPDATE log SET lines = replace(lines, '"value":50000000', '"value":49999999')`,
    /ledger/,
  ],
  ['a journey is gone', 'DELETE FROM journeys', /journeys are stored|is not what the log gives/],
  [
    'a journey is another',
    'UPDATE journeys SET journey = substr(journey, 1, length(journey) - 1)',
    /journey of person/,
  ],
  [
    'an event is logged twice',
    'INSERT INTO log SELECT seq + 1, commit_id + 1, now, lines, outcomes FROM log',
    /duplicate now/,
  ],
];

for (const [name, sql, says] of tampering) {
  test(`verify notices that ${name}`, async () => {
    await using server = await startServer({ shop: siteConfig({ shards: 1 }) });
    await send(server, 'shop', [
      { event_id: 'a', name: 'page_view', visitor_id: 'v', source: { channel: 'Fair' } },
      { event_id: 'b', name: 'purchase', visitor_id: 'v', order_id: 'o', value: 50 },
    ]);
    await assertVerified(server);
    await server.stop();
    assert.ok(change(server, sql) > 0, 'something was changed');
    await server.restart();
    const { status, json, text } = await server.api('/v1/verify?site=shop');
    assert.equal(status, 200, text);
    assert.equal(json.equal, false);
    assert.match(json.differences.join('\n'), says);
  });
}

/** Runs a statement on the shard's database. @returns rows changed */
function change(server: Server, sql: string): number {
  const files = globSync('objects/**/*.sqlite', { cwd: server.dataDir });
  let changes = 0;
  for (const file of files) {
    using database = new DatabaseSync(path.join(server.dataDir, file));
    const isShard = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get();
    if (isShard !== undefined) changes += Number(database.prepare(sql).run().changes);
  }
  return changes;
}
