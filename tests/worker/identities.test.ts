/** Visits of one user on several devices meet in one journey. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  type Json,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';
import { ann, bob, buy, start, visit } from './support/lives.ts';

const conversions = [
  { name: 'purchase', event: 'purchase' },
  { name: 'lead', event: 'lead', value: 5 },
];
const base = { shards: 3, conversions, models: ['linear', 'last'] };
const sites: Record<string, Json> = {};
for (let i = 0; i < 20; i++) sites[`site-${i}`] = siteConfig(base);
sites.kiosk = siteConfig({ ...base, identity: { max_visitors: 3 } });
sites.apart = siteConfig({ ...base, identity: { max_visitors: 0 } });

let server: Server;
let used = 0;
before(async () => {
  server = await startServer(sites);
});
after(() => server[Symbol.asyncDispose]());

const freshSite = (): string => `site-${used++}`;
const at = (minute: number) => start + minute * 60_000;

const bySource = (site: string) => report(server, { site, model: 'linear', dimension: 'source' });
const order = async (site: string, id: string): Promise<Json> =>
  (await server.api(`/v1/conversions/${id}?site=${site}`, { site })).json;
const identities = async (site: string): Promise<Json> =>
  (await server.api(`/v1/outcomes?site=${site}`, { site })).json.identities;

test('two devices of one user are one journey, and a late login re-attributes what was counted', async () => {
  const site = freshSite();
  await send(server, site, [visit('phone', 0, 'ad'), visit('laptop', 10, 'mail')]);
  await send(server, site, [buy('o', 20, { visitor_id: 'laptop' })]);
  assert.deepEqual(await bySource(site), { mail: [1, 90] });

  await send(server, site, [visit('laptop', 30, 'late', { user: ann })]);
  assert.deepEqual(
    await bySource(site),
    { mail: [1, 90] },
    'the laptop is known, the phone is not',
  );
  await send(server, site, [visit('phone', 40, 'late', { user: ann })]);
  assert.deepEqual(await bySource(site), { ad: [0.5, 45], mail: [0.5, 45] });

  const { conversions, arrivals } = await order(site, 'o');
  assert.deepEqual(
    conversions.map(({ touches }: Json) => touches.map(({ source }: Json) => source)),
    [['ad', 'mail']],
  );
  assert.deepEqual(
    arrivals.map(({ outcome }: Json) => outcome),
    ['accepted'],
  );
  assert.deepEqual(await identities(site), { linked: 2, merged: 0, refused: 0, moving: 0 });
  await assertVerified(server, site);
});

test('what a linked visitor does afterwards counts with its user, without saying who it is', async () => {
  const site = freshSite();
  await send(server, site, [
    visit('a', 0, 'one', { user: ann }),
    visit('b', 5, 'two', { user: ann }),
  ]);
  await send(server, site, [visit('a', 10, 'three'), visit('b', 15, 'four')]);
  await send(server, site, [buy('o', 20, { visitor_id: 'a' })]);
  assert.deepEqual(await bySource(site), {
    one: [0.25, 22.5],
    two: [0.25, 22.5],
    three: [0.25, 22.5],
    four: [0.25, 22.5],
  });
  await assertVerified(server, site);
});

test('a server that knows the user and a pixel that knows the visitor count one order once', async () => {
  const site = freshSite();
  await send(server, site, [visit('a', 0, 'ad', { user: ann })]);
  const calls = [
    buy('o', 10, { user: ann }),
    buy('o', 10, { visitor_id: 'a' }),
    buy('o', 10, {}),
    buy('o', 10, { visitor_id: 'other-device', user: ann }),
  ];
  await Promise.all(calls.map((call) => send(server, site, [call])));
  assert.deepEqual(await bySource(site), { ad: [1, 90] });
  await assertVerified(server, site);
});

test('an order that a server told first moves with the login to where the visits are', async () => {
  const site = freshSite();
  await send(server, site, [visit('a', 0, 'ad')]);
  await send(server, site, [buy('o', 10, { user: ann })]);
  assert.deepEqual(await bySource(site), { '(direct)': [1, 90] });
  await send(server, site, [visit('a', 20, 'late', { user: ann })]);
  assert.deepEqual(await bySource(site), { ad: [1, 90] });
  await assertVerified(server, site);
});

test('an order that was handed from a user to its own visitor is counted once when the two meet', async () => {
  const site = freshSite();
  await send(server, site, [visit('a', 0, 'ad')]);
  await send(server, site, [buy('o', 10, { user: ann })]);
  await send(server, site, [buy('o', 10, { visitor_id: 'a' })]);
  await send(server, site, [visit('a', 20, 'late', { user: ann })]);
  assert.deepEqual(await bySource(site), { ad: [1, 90] });
  for (const more of [{ user: ann }, { visitor_id: 'a' }, {}, { visitor_id: 'z', user: ann }]) {
    const { accepted, duplicates } = await send(server, site, [buy('o', 10, more)]);
    assert.ok(accepted + duplicates === 1);
  }
  const { conversions } = await order(site, 'o');
  assert.equal(conversions.length, 1);
  assert.equal((await bySource(site)).ad![0], 1);
  await assertVerified(server, site);
});

test('users found to be one: both keys in one event', async () => {
  const site = freshSite();
  const phone = { phone: '+1 202 555 0101' };
  await send(server, site, [
    visit('a', 0, 'one', { user: ann }),
    visit('b', 5, 'two', { user: phone }),
  ]);
  await send(server, site, [buy('o', 10, { visitor_id: 'a' })]);
  assert.deepEqual(await bySource(site), { one: [1, 90] });
  await send(server, site, [visit('c', 20, 'three', { user: { ...ann, ...phone } })]);
  assert.deepEqual(await bySource(site), { one: [0.5, 45], two: [0.5, 45] });
  await send(server, site, [visit('b', 2, 'early')]);
  assert.deepEqual(Object.keys(await bySource(site)).sort(), ['early', 'one', 'two']);
  assert.equal((await identities(site)).merged, 1);
  await assertVerified(server, site);
});

test('persons with different external ids stay two, whatever else they share', async () => {
  const site = freshSite();
  const family = { phone: '+1 202 555 0102' };
  await send(server, site, [visit('a', 0, 'one', { user: { external_id: '1', ...family } })]);
  await send(server, site, [visit('b', 5, 'two', { user: { external_id: '2', ...family } })]);
  await send(server, site, [buy('o1', 10, { user: { external_id: '1' } })]);
  await send(server, site, [buy('o2', 10, { user: { external_id: '2' } })]);
  assert.deepEqual(await bySource(site), { one: [1, 90], two: [1, 90] });
  await assertVerified(server, site);
});

test('two users of one browser: what nobody was named for goes to who was named last', async () => {
  const site = freshSite();
  const first = visit('tablet', 0, 'before');
  const between = visit('tablet', 20, 'anns');
  const lead = { name: 'lead', event_id: 'lead-1', occurred_at: at(22), visitor_id: 'tablet' };
  await send(server, site, [first]);
  await send(server, site, [visit('tablet', 10, 'login', { user: ann })]);
  await send(server, site, [between, lead, buy('a', 25, { visitor_id: 'tablet' })]);
  await send(server, site, [visit('tablet', 30, 'bobs', { user: bob })]);
  await send(server, site, [visit('tablet', 40, 'more'), buy('b', 50, { visitor_id: 'tablet' })]);
  const touched = async (id: string): Promise<string[]> =>
    (await order(site, id)).conversions[0].touches.map(({ source }: Json) => source);
  assert.deepEqual(await touched('a'), ['before', 'login', 'anns']);
  assert.deepEqual(await touched('b'), ['bobs', 'more']);

  // A repeat goes where the event went, whoever sits there now.
  const before = await bySource(site);
  assert.equal((await send(server, site, [first, between, lead])).duplicates, 3);
  assert.equal((await send(server, site, [buy('a', 25, { visitor_id: 'tablet' })])).duplicates, 1);
  assert.deepEqual(await bySource(site), before);

  // Ann is back.
  await send(server, site, [visit('tablet', 60, 'again', { user: ann })]);
  await send(server, site, [buy('c', 70, { visitor_id: 'tablet' })]);
  assert.deepEqual(await touched('c'), ['before', 'login', 'anns', 'again']);
  await assertVerified(server, site);
});

test('a user with more visitors than one person has: the rest stay themselves, and it is told', async () => {
  const site = 'kiosk';
  const visits = Array.from({ length: 6 }, (_, i) => visit(`till-${i}`, i, `s${i}`, { user: ann }));
  for (const event of visits) await send(server, site, [event]);
  await send(server, site, [buy('o', 10, { visitor_id: 'till-5' })]);
  assert.deepEqual(await bySource(site), { s5: [1, 90] });
  await send(server, site, [buy('p', 10, { user: ann })]);
  assert.deepEqual((await order(site, 'p')).conversions[0].touches.length, 3);
  assert.deepEqual(await identities(site), { linked: 3, merged: 0, refused: 3, moving: 0 });
  await assertVerified(server, site);
});

test('with max_visitors 0 nobody is joined', async () => {
  const site = 'apart';
  await send(server, site, [
    visit('a', 0, 'one', { user: ann }),
    visit('b', 5, 'two', { user: ann }),
  ]);
  await send(server, site, [buy('o', 10, { visitor_id: 'b', user: ann })]);
  assert.deepEqual(await bySource(site), { two: [1, 90] });
  assert.deepEqual(await identities(site), { linked: 0, merged: 0, refused: 0, moving: 0 });
});

test('the same users and visitors on two sites never meet', async () => {
  const [one, two] = [freshSite(), freshSite()];
  await send(server, one, [visit('a', 0, 'one', { user: ann })]);
  await send(server, two, [visit('b', 0, 'two', { user: ann })]);
  for (const site of [one, two]) await send(server, site, [buy('o', 10, { user: ann })]);
  assert.deepEqual(await bySource(one), { one: [1, 90] });
  assert.deepEqual(await bySource(two), { two: [1, 90] });
});

test('a visitor with too long a history stays itself', async () => {
  const site = freshSite();
  for (let i = 0; i < 1001; i++) await send(server, site, [visit('heavy', 0, 'one')]);
  await send(server, site, [buy('o', 10, { visitor_id: 'heavy', user: ann })]);
  assert.equal((await identities(site)).refused, 1);
  const { conversions } = await order(site, 'o');
  assert.equal(conversions.length, 1);
  assert.ok(conversions[0].touches.length > 100);
  await assertVerified(server, site);
});

test('a refund follows its order to where it went', async () => {
  const site = freshSite();
  await send(server, site, [visit('a', 0, 'ad'), buy('o', 10, { visitor_id: 'a' })]);
  await send(server, site, [visit('a', 20, 'late', { user: ann })]);
  const refund = { name: 'refund', event_id: 'r', order_id: 'o', value: 40, occurred_at: at(30) };
  await send(server, site, [refund]);
  assert.deepEqual(await bySource(site), { ad: [1, 50] });
  assert.equal((await send(server, site, [refund])).duplicates, 1);
  await assertVerified(server, site);
});
