/** Which rule makes a visit's channel, and whose requests are counted apart. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isWithin, parseNetwork } from '../../worker/src/collect/networks.ts';
import { ConfigError, readConfig } from '../../worker/src/config.ts';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';

let server: Server;
before(async () => {
  server = await startServer({
    shop: siteConfig({
      origins: ['https://shop.example.com', 'https://pay.shop-two.example'],
      referral_exclusions: ['paypal.com'],
      channel_rules: [
        { channel: 'Newsletter', source: 'Klaviyo' },
        { channel: 'Partners', medium: 'referral', source: 'partner.example' },
        { channel: 'Never', source: 'klaviyo', medium: 'email' },
      ],
      traffic: {
        own: ['192.0.2.0/28', '2001:db8:1::/48', '198.51.100.7'],
        data_centre_header: 'X-Hosting',
      },
      redirect_hosts: ['shop.example.com'],
      shards: 1,
    }),
  });
});
after(() => server?.[Symbol.asyncDispose]());

const PAGE = 'https://shop.example.com/';
const ask = async (query: Record<string, string>): Promise<Json> => {
  const { status, json, text } = await server.api(
    `/v1/classify?${new URLSearchParams({ site: 'shop', ...query })}`,
  );
  assert.equal(status, 200, text);
  return json;
};

test('a visit is explained', async () => {
  assert.deepEqual(
    await ask({ url: `${PAGE}?utm_source=google&utm_medium=cpc&utm_campaign=a%20b&gclid=AbC` }),
    {
      channel: 'Paid Search',
      source: 'google',
      medium: 'cpc',
      campaign: 'a b',
      term: '',
      content: '',
      click_ids: { gclid: 'AbC' },
      origin: 'tagged',
      interaction: 'click',
      rule: 'ga4:paid_search',
      because: 'the source is a search engine, and the medium is paid',
    },
  );
});

test('rules of the site, exclusions and own pages are named', async () => {
  const cases: [Record<string, string>, channel: string, rule: string, because: RegExp][] = [
    [
      { url: `${PAGE}?utm_source=KLAVIYO&utm_medium=email` },
      'Newsletter',
      'channel_rules.0',
      /Klaviyo/,
    ],
    [
      { url: PAGE, referrer: 'https://www.partner.example/a' },
      'Partners',
      'channel_rules.1',
      /Partners/,
    ],
    [{ url: `${PAGE}?utm_source=partner.example` }, 'Unassigned', 'ga4:unassigned', /spelling/],
    [
      { url: PAGE, referrer: 'https://www.paypal.com/x' },
      '',
      'internal',
      /referral_exclusions has paypal\.com/,
    ],
    [
      { url: PAGE, referrer: 'https://pay.shop-two.example/' },
      '',
      'internal',
      /own origin pay\.shop-two/,
    ],
    [
      { url: 'https://a.example/x', referrer: 'https://www.a.example/' },
      '',
      'internal',
      /of one site/,
    ],
    [
      { url: PAGE, referrer: 'https://chatgpt.com/' },
      'AI Assistant',
      'ga4:ai_assistant',
      /assistant/,
    ],
    [{ url: PAGE }, 'Direct', 'ga4:direct', /neither/],
    [{ url: PAGE, channel: 'Fair' }, 'Fair', 'given', /sender/],
    [{}, 'Direct', 'ga4:direct', /neither/],
  ];
  for (const [query, channel, rule, because] of cases) {
    const got = await ask(query);
    assert.deepEqual([got.channel, got.rule], [channel, rule], JSON.stringify(query));
    assert.match(got.because, because);
  }
  assert.equal((await ask({ url: PAGE, referrer: 'https://www.paypal.com/' })).interaction, null);
});

test('every rule of the core has its words', async () => {
  const mediums =
    'cpc display ai-assistant social video organic referral email affiliate audio sms push zzz'.split(
      ' ',
    );
  for (const source of ['google', 'facebook', 'youtube', 'etsy', 'acme']) {
    for (const medium of mediums) {
      for (const campaign of ['', 'cross-network']) {
        const { rule, because } = await ask({ source, medium, campaign });
        assert.notEqual(because, rule, `${source}/${medium}`);
      }
    }
  }
});

test('it needs a key and a site', async () => {
  const plain = await fetch(`${server.url}/v1/classify?site=shop&url=${PAGE}`);
  assert.equal(plain.status, 401);
  assert.equal((await server.api('/v1/classify')).status, 400);
});

test('own people and data centres are counted apart, on every public door', async () => {
  const outcomes = async (): Promise<Record<string, number>> => {
    const { json } = await server.api('/v1/outcomes?site=shop');
    return Object.fromEntries(json.rows.map((row: Json) => [row.code, row.count]));
  };
  const cases: [headers: Record<string, string>, outcome: string][] = [
    [{ 'cf-connecting-ip': '192.0.2.15' }, 'own_traffic'],
    [{ 'cf-connecting-ip': '2001:db8:1:ffff::1' }, 'own_traffic'],
    [{ 'cf-connecting-ip': '198.51.100.7', 'x-hosting': '1' }, 'own_traffic'],
    [{ 'cf-connecting-ip': '192.0.2.16' }, 'accepted'],
    [{ 'x-hosting': '1' }, 'data_centre'],
    [{ 'x-hosting': 'AS64500 hosting' }, 'data_centre'],
    [{ 'x-hosting': '0' }, 'accepted'],
    [{ 'x-hosting': 'False' }, 'accepted'],
    [{ 'x-hosting': '' }, 'accepted'],
  ];
  for (const [i, [headers, outcome]] of cases.entries()) {
    const before_ = await outcomes();
    const event = { name: 'page_view', url: PAGE, event_id: `t${i}` };
    const beacon = await server.collect({ site: 'shop', cookie: true, events: [event] }, headers);
    const pixel = await fetch(`${server.url}/p.gif?site=shop&event_id=p${i}`, { headers });
    const led = await fetch(`${server.url}/r?site=shop&to=${PAGE}&event_id=r${i}`, {
      headers,
      redirect: 'manual',
    });
    assert.equal(led.status, 302);
    assert.equal(pixel.headers.get('x-headwater'), outcome);
    assert.equal(beacon.json.refused[0]?.code ?? 'accepted', outcome);
    assert.equal(beacon.headers.has('set-cookie'), outcome === 'accepted');
    const after_ = await outcomes();
    assert.equal((after_[outcome] ?? 0) - (before_[outcome] ?? 0), 3, JSON.stringify(headers));
  }
  const { json } = await server.api('/v1/events', {
    body: { site: 'shop', events: [{ name: 'page_view', event_id: 'server' }] },
  });
  assert.equal(json.accepted, 1, 'servers stand in data centres');
});

test('networks', () => {
  const inside: [network: string, address: string, is: boolean][] = [
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['2001:db8::/32', '2001:0DB8:0:0::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::1', '::1', true],
    ['2001:db8::1', 'not an address', false],
    ['192.0.2.0/24', '192.0.2.999', false],
    ['192.0.2.0/24', '', false],
  ];
  for (const [network, address, is] of inside) {
    assert.equal(isWithin(address, [parseNetwork(network)]), is, `${address} in ${network}`);
  }
  for (const wrong of [
    '',
    'a',
    '192.0.2',
    '192.0.2.0/33',
    '192.0.2.0/x',
    '192.0.2.0/',
    '::/129',
    '1.2.3.4/8/8',
    'fe80::1%eth0',
  ]) {
    const site = siteConfig({ traffic: { own: [wrong] } });
    assert.throws(
      () => readConfig({ sites: { shop: site } }),
      (error) => error instanceof ConfigError && /traffic\.own\.0/.test(error.message),
      wrong,
    );
  }
});
