/** Clocks that are wrong: put right by the time of sending, and by nothing else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';

const HOUR = 3_600_000;
const SITES = Array.from({ length: 8 }, (_, i) => `site-${i}`);

let server: Server;
let next = 0;
before(async () => {
  const site = siteConfig({ shards: 2 });
  server = await startServer(Object.fromEntries(SITES.map((key) => [key, site])));
});
after(() => server[Symbol.asyncDispose]());

const page = (id: string, occurred_at: number): Json => ({
  event_id: id,
  name: 'page_view',
  visitor_id: 'v',
  url: 'https://shop.example.com/?utm_source=news&utm_medium=email',
  occurred_at,
});

/** When the site's touches were, ms before now, oldest first. */
async function ages(site: string, now: number): Promise<number[]> {
  const { json } = await server.api(`/v1/journeys?site=${site}`, { site });
  return json.journeys.flatMap(({ touches }: Json) =>
    touches.map(({ time }: Json) => now - Date.parse(time)),
  );
}

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 20_000, `${actual} is not about ${expected}`);

for (const [name, off] of [
  ['three hours behind', -3 * HOUR],
  ['two days ahead', 48 * HOUR],
  ['five years behind', -5 * 365 * 24 * HOUR],
] as const) {
  test(`a clock ${name}`, async () => {
    const site = SITES[next++]!;
    const now = Date.now();
    const theirs = now + off;
    const events = [page('a', theirs - 2 * HOUR), page('b', theirs - 1000)];
    const { status, json } = await server.collect({ site, sent_at: theirs, events });
    assert.deepEqual([status, json.accepted, json.refused], [202, 2, []]);
    const [first, second] = await ages(site, now);
    near(first!, 2 * HOUR);
    near(second!, 1000);
    // The same again, later, with another idea of the time: known by its id.
    const again = await server.collect({ site, sent_at: theirs + HOUR, events });
    assert.equal(again.json.duplicates, 2);
  });
}

test('a clock that is right is left alone, and so is one that says nothing of use', async () => {
  for (const sent_at of [Date.now() - 30_000, undefined, null, 'yesterday', 17, {}, 1e300]) {
    const site = SITES[3]!;
    const now = Date.now();
    const events = [page(`right-${String(sent_at)}`, now - 7 * HOUR)];
    const { status, json } = await server.collect({ site, sent_at, events });
    assert.deepEqual([status, json.accepted], [202, 1], String(sent_at));
  }
  for (const age of await ages(SITES[3]!, Date.now())) near(age, 7 * HOUR);
});

test('an event of the future stays one', async () => {
  const theirs = Date.now() - 5 * HOUR;
  const events = [page('a', theirs + HOUR)];
  const { json } = await server.collect({ site: SITES[4]!, sent_at: theirs, events });
  assert.equal(json.refused[0].code, 'future');
  assert.equal((await server.collect({ site: SITES[5]!, events })).json.accepted, 1);
});

test('servers may say when they send as well', async () => {
  const site = SITES[6]!;
  const sent_at = new Date(Date.now() + 10 * HOUR).toISOString();
  const events = [page('a', Date.parse(sent_at) - 60_000)];
  const { json } = await server.api('/v1/events', { site, body: { site, sent_at, events } });
  assert.equal(json.accepted, 1);
  near((await ages(site, Date.now()))[0]!, 60_000);
});
