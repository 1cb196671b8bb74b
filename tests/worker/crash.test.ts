/** SIGKILL in the middle of a run: what was acknowledged is there, and there once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertVerified, type Json, type Server, startServer } from './helpers.ts';

const BEACONS = 2000;
const WRITERS = 16;
/** Acknowledgements at which the runtime is killed. */
const KILL_AT = [600, 1300];
/** One in this many beacons is not sent again after a failure. */
const GIVES_UP = 10;

test('kill -9 in the middle of 2,000 beacons by 16 writers', { timeout: 120_000 }, async () => {
  await using server = await startServer();
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  let failures = 0;
  let next = 0;
  let kills = 0;
  /** Resolves when the runtime is up; writers wait for it between tries. */
  let up: Promise<void> = Promise.resolve();

  const crash = async () => {
    kills++;
    await server.kill();
    await server.restart();
  };
  const writer = async () => {
    while (next < BEACONS) {
      const number = next++;
      const id = `beacon-${number}`;
      sent.add(id);
      for (;;) {
        await up;
        const answer = await sendOnce(server, id);
        if (answer !== undefined) {
          acknowledged.add(id);
          // Repeats of an event that had been stored without an answer are duplicates.
          assert.equal(answer.accepted + answer.duplicates, 1, JSON.stringify(answer));
          break;
        }
        failures++;
        if (number % GIVES_UP === 0) break;
      }
      if (acknowledged.size >= (KILL_AT[kills] ?? Number.POSITIVE_INFINITY)) up = crash();
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  await up;

  assert.equal(kills, KILL_AT.length);
  assert.ok(failures > 0, 'the kills hit requests on their way');
  const stored = await storedCampaigns(server);
  assert.equal(new Set(stored).size, stored.length, 'nothing is stored twice');
  for (const id of acknowledged) assert.ok(stored.includes(id), `${id} was acknowledged`);
  for (const id of stored) assert.ok(sent.has(id), `${id} was sent`);

  const { events } = await assertVerified(server);
  assert.equal(events, stored.length);
  const lost = sent.size - acknowledged.size;
  console.log(
    `${sent.size} sent, ${acknowledged.size} acknowledged, ${failures} tries failed, ${lost} given up, ${stored.length} stored, ${kills} kills`,
  );
});

/** The answer, or undefined when there was none to trust. */
async function sendOnce(server: Server, id: string): Promise<Json | undefined> {
  const event = {
    event_id: id,
    name: 'page_view',
    visitor_id: `visitor-${id.slice(-2)}`,
    url: `https://shop.example.com/?utm_source=news&utm_medium=email&utm_campaign=${id}`,
  };
  try {
    const answer = await server.collect({ site: 'shop', events: [event] });
    if (answer.status === 202) return answer.json;
    assert.ok([429, 503].includes(answer.status), answer.text);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    // The connection broke: whether the event was stored is unknown.
  }
  return undefined;
}

/** The campaign of every stored touch. */
async function storedCampaigns(server: Server): Promise<string[]> {
  const { text } = await server.api('/v1/journeys?site=shop&format=csv');
  const [header, ...rows] = text.trimEnd().split('\n');
  const column = header!.split(',').indexOf('campaign');
  return rows.map((row) => row.split(',')[column]!);
}
