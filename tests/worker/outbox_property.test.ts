/** Random valid events: no platform refuses anything of what is sent, and nothing personal is in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { siteConfig } from './helpers.ts';
import { allDestinations } from './support/destinations.ts';
import { Sim, seeded } from './support/sim.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
/** In the id of every event that advertisers must not have. */
const DENIED = 'denied-marker';

const NAMES = [
  'purchase',
  'lead',
  'sign_up',
  'subscribe',
  'start_trial',
  'add_to_cart',
  'begin_checkout',
  'search',
  'view_content',
  'page_view',
  'contact',
  'schedule',
  'own-event.v2',
  'größe gewählt',
  'error',
  '_private',
  `long_${'x'.repeat(80)}`,
];

const text = (max: number) =>
  fc.oneof(
    fc.string({ maxLength: max }),
    fc.string({ unit: 'grapheme', maxLength: max }),
    fc.constantFrom('', ' ', 'É', '緑茶', "O'Brien", 'x'.repeat(max), '"\\', '<script>'),
  );
/** Without what the door refuses in an id. */
const plain = (max: number) =>
  text(max).map((value) => value.replace(/\p{Cc}/gu, '').slice(0, max));
const id = plain(60);
const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const email = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom(
    'A.B+c@GMAIL.com',
    'no-at',
    'x@y',
    'zoë@exämple.de',
    '@',
    'a b@c.de',
    'first.last@googlemail.com',
  ),
);
const phone = fc.constantFrom(
  '+1 (555) 010-4477',
  '0044 7911 123456',
  '12',
  'call me',
  '٠١٢٣٤٥٦',
  '+49-30-901820',
);

const event = fc.record(
  {
    name: fc.constantFrom(...NAMES),
    event_id: option(id),
    occurred_at: fc.integer({ min: START - 12 * 86_400_000, max: START }),
    url: option(
      fc.oneof(
        fc.constantFrom(
          'https://shop.example.com/thanks?o=1&gclid=Gc1&fbclid=Fb1&ttclid=Tt1&ScCid=sc1',
          'https://shop.example.com/?msclkid=7a1b2c3d4e5f60718293a4b5c6d7e8f9&li_fat_id=9b1f&twclid=tw1&rdt_cid=r1&epik=e1',
          'https://shop.example.com/?wbraid=w1&gbraid=g1',
          `https://shop.example.com/${'p'.repeat(3000)}`,
        ),
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
      ),
    ),
    referrer: option(fc.webUrl()),
    title: option(plain(500)),
    visitor_id: option(fc.constantFrom('v1', 'v2', 'v3')),
    user: option(
      fc.record(
        {
          email,
          phone,
          first_name: plain(40),
          last_name: plain(40),
          city: plain(40),
          state: fc.oneof(plain(20), fc.constantFrom('CA', 'New York', 'Bayern')),
          zip: fc.oneof(plain(12), fc.constantFrom('10001-1234', 'M1 1AE', '75018')),
          country: fc.oneof(plain(12), fc.constantFrom('US', 'us', 'Germany', 'GB')),
          external_id: id,
        },
        { requiredKeys: [] },
      ),
    ),
    ids: option(
      fc.dictionary(
        fc.constantFrom(
          'gclid',
          'fbc',
          '_fbp',
          'ttp',
          '_ga',
          'ga_session_id',
          '_scid',
          'li_fat_id',
          'sccid',
          'x',
        ),
        fc.oneof(
          plain(50).filter((value) => value !== ''),
          fc.constantFrom('fb.1.1763800000000.1098115397', 'GA1.1.123456.789', 'GA1.1.junk'),
        ),
        { maxKeys: 6 },
      ),
    ).map((ids) => {
      // What a browser's cookie must look like is the tag's business, so odd ones stay out.
      if (ids && '_fbp' in ids) ids._fbp = 'fb.1.1763800000000.1098115397';
      return ids;
    }),
    order_id: option(id),
    value: option(
      fc.oneof(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.constantFrom(0, '19.90', 0.000001, 129.95, 1e9),
      ),
    ),
    currency: fc.constantFrom('USD', 'usd', undefined),
    items: option(
      fc.array(
        fc.record(
          {
            id: fc.oneof(id, fc.integer()),
            name: plain(256),
            price: fc.constantFrom(0, 1, 19.9, '0.333333'),
            quantity: fc.constantFrom(0, 1, 2.5, 1000),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 200 },
      ),
    ),
    search_term: option(plain(500)),
    ip: option(fc.constantFrom('203.0.113.9', '2001:db8::1')),
    ua: option(fc.constantFrom('Mozilla/5.0 (X11)', 'Ünïcode/1.0')),
    click_seen_at: option(fc.integer({ min: START - 20 * 86_400_000, max: START })),
    consent: option(
      fc.record(
        {
          ad_user_data: fc.constantFrom('granted', 'denied'),
          ad_personalization: fc.constantFrom('granted', 'denied'),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: ['name', 'occurred_at'] },
);

test('nothing that is sent is refused', { timeout: 300_000 }, async (t) => {
  let sent = 0;
  let skipped = 0;
  const seed = Number(process.env.SEED ?? 6);
  t.diagnostic(`SEED=${seed}`);
  const conversions = NAMES.map((event, i) => ({ name: `c${i}`, event, count: 'every' }));
  const names = conversions.map(({ name }) => name);
  const site = siteConfig({
    conversions,
    destinations: allDestinations(names, (type) => `http://mock/${type}`),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 8 }), async (drawn) => {
      const events = drawn.map((each, i) =>
        each.consent?.ad_user_data === 'denied' ? { ...each, event_id: `${DENIED}-${i}` } : each,
      );
      const sim = new Sim(site, START, seeded(seed));
      await sim.collect(events);
      await sim.runUntil(START + 60_000);
      for (const each of sim.sent) {
        const { type, status, answer, body } = each;
        const why = `${type}: ${status} ${JSON.stringify(answer)} to ${body}`;
        assert.ok(status === 200 || status === 201 || status === 204, why);
        if (type === 'tiktok') assert.equal(answer.code, 0, why);
        if (type === 'snapchat') assert.equal(answer.status, 'VALID', why);
        assert.equal(answer?.partialFailureError, undefined, why);
        assert.equal(answer?.error, undefined, why);
        // The personal values of this event, where they are long enough to mean something.
        for (const { user } of events) {
          const { email, phone } = user ?? {};
          for (const raw of [email, phone]) {
            if (raw && raw.length > 6) assert.ok(!body.includes(raw), `${raw} in ${body}`);
          }
        }
      }
      const open = sim.rows("state NOT IN ('delivered', 'skipped')");
      assert.deepEqual(open, []);
      sent += sim.sent.length;
      skipped += sim.rows("state = 'skipped'").length;
      for (const { body } of sim.sent) assert.ok(!body.includes(DENIED), `denied: ${body}`);
    }),
    { seed, numRuns: Number(process.env.RUNS ?? 300) },
  );
  t.diagnostic(
    `${sent} requests, 0 refused; ${skipped} deliveries not sendable, each with its reason`,
  );
  assert.ok(sent > 1000);
});
