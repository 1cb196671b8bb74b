/** Hundreds of referrers and odd addresses, with the channel and source that they are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Classified, ClassifyInput } from '../../wasm/binding/types.ts';
import { core, native, root } from './hosts.ts';

const PAGE = 'https://shop.example/';

interface Expected {
  input: ClassifyInput;
  channel: string;
  source: string;
  origin?: Classified['origin'];
}

const hostOf = (referrer: string): string =>
  new URL(referrer).host.replace(/^www\./, '').replace(/:\d+$/, '');

/** The table's rows; `@host` stands for the referrer's own host, without www. */
function readTable(): Expected[] {
  const rows: Expected[] = [];
  let channel = '';
  let source = '';
  for (const line of readFileSync(path.join(root, 'tests/node/referrers.txt'), 'utf8').split(
    '\n',
  )) {
    if (line === '' || line.startsWith('# ')) continue;
    const head = /^= (.+) \| (.+)$/.exec(line);
    if (head) [, channel = '', source = ''] = head;
    else {
      const [referrer = '', url = PAGE] = line.split(' -> ');
      const name = source === '@host' ? hostOf(referrer) : source;
      rows.push({ input: { url, referrer }, channel, source: name });
    }
  }
  return rows;
}

async function check(rows: readonly Expected[], rules = {}): Promise<void> {
  const classifier = (await core()).classifier(rules);
  const got = classifier.classify(rows.map(({ input }) => input));
  const wrong = rows.flatMap(({ input, channel, source, origin }, i) => {
    const { channel: c, source: s, origin: o } = got[i]!;
    const fine = c === channel && s === source && (origin === undefined || o === origin);
    const { url = '', referrer = '' } = input;
    return fine
      ? []
      : [
          `${referrer.slice(0, 120)} -> ${url.slice(0, 120)}: ${c} | ${s} | ${o}, expected ${channel} | ${source} | ${origin ?? ''}`,
        ];
  });
  assert.deepEqual(wrong, []);
}

test('referrers', async (t) => {
  const rows = readTable();
  t.diagnostic(`${rows.length} referrers`);
  assert.ok(rows.length >= 300, String(rows.length));
  await check(rows);
});

test('every name of the list is of its own list, by its hosts and by its name', async () => {
  const channels: Record<string, [organic: string, paid: string]> = {
    search: ['Organic Search', 'Paid Search'],
    social: ['Organic Social', 'Paid Social'],
    video: ['Organic Video', 'Paid Video'],
    shopping: ['Organic Shopping', 'Paid Shopping'],
    email: ['Email', 'Paid Other'],
    ai: ['AI Assistant', 'Paid Other'],
  };
  const file = readFileSync(path.join(root, 'core/data/known_sources.csv'), 'utf8');
  const rows: Expected[] = [];
  for (const line of file.trim().split('\n').slice(1)) {
    const [category = '', name = '', patterns = ''] = line.split(',');
    const [organic, paid] = channels[category]!;
    for (const pattern of patterns.split(' ').filter((each) => /\.[a-z]{2,}$|\.\*$/.test(each))) {
      const host = pattern.replace('*', 'de');
      const isApp = /^(com|org|ai)\./.test(host);
      const referrer = isApp ? `android-app://${host}/` : `https://${host}/`;
      rows.push({ input: { url: PAGE, referrer }, channel: organic, source: name });
      const tagged = `utm_source=${host}&utm_medium=cpc`;
      rows.push({ input: { url: q(tagged) }, channel: paid, source: host });
    }
  }
  assert.ok(rows.length > 700, String(rows.length));
  await check(rows);
});

const q = (query: string) => `${PAGE}?${query}`;
const row = (
  url: string,
  channel: string,
  source: string,
  origin?: Classified['origin'],
  referrer = '',
): Expected => ({ input: { url, referrer }, channel, source, ...(origin && { origin }) });

const google = 'https://www.google.com/';

test('odd addresses', async () => {
  await check([
    // Names are exact and lower case; values are decoded once.
    row(q('utm_source=Google&utm_medium=CPC'), 'Paid Search', 'Google'),
    row(q('Utm_Source=google&utm_Medium=cpc'), 'Direct', '(direct)'),
    row(q('UTM_SOURCE=x'), 'Direct', '(direct)'),
    row(q('GCLID=x'), 'Direct', '(direct)'),
    row(q('%75tm_source=news&utm_medium=email'), 'Email', 'news'),
    row(q('utm_source=caf%C3%A9&utm_medium=email'), 'Email', 'café'),
    row(q('utm_source=caf%25C3%25A9&utm_medium=email'), 'Email', 'caf%C3%A9'),
    row(q('utm_source=caf%E9&utm_medium=email'), 'Email', 'caf\ufffd'),
    row(q('utm_source=a%2&utm_medium=email'), 'Email', 'a%2'),
    row(q('utm_source=a%zz&utm_medium=email'), 'Email', 'a%zz'),
    row(q('utm_source=%F0%9F%91%9F&utm_medium=social'), 'Organic Social', '\u{1f45f}'),
    row(q('utm_source=a%0d%0ab&utm_medium=email'), 'Email', 'a  b'),
    row(q('utm_source=+news+&utm_medium=+email+'), 'Email', 'news'),
    row(q('utm_source=a%26b%3Dc&utm_medium=email'), 'Email', 'a&b=c'),
    row(q('utm_source=a=b&utm_medium=email'), 'Email', 'a=b'),
    row(q('utm_source=é&utm_medium=email'), 'Email', 'é'),
    // The first that is not empty counts.
    row(q('utm_source=&utm_source=one&utm_source=two&utm_medium=email'), 'Email', 'one'),
    row(q('gclid=&gclid=real'), 'Paid Search', 'google'),
    row(q('gclid='), 'Direct', '(direct)'),
    row(q('gclid'), 'Direct', '(direct)'),
    row(q('utm_source=%20'), 'Direct', '(direct)'),
    // Separators and leftovers.
    row(q('&&&utm_source=a&&utm_medium=email&'), 'Email', 'a'),
    row(q('?utm_source=a&utm_medium=email'), 'Email', '(not set)'),
    row(q('a=1?utm_source=a&utm_medium=email'), 'Email', '(not set)'),
    row(q('utm_source=a;utm_medium=email'), 'Unassigned', 'a;utm_medium=email'),
    row(q('utm_source[]=a&utm_medium[]=email'), 'Direct', '(direct)'),
    row(q('xutm_source=a'), 'Direct', '(direct)'),
    row(q('utm_sourcex=a'), 'Direct', '(direct)'),
    row(`${PAGE}#utm_source=a&utm_medium=email`, 'Direct', '(direct)'),
    row(`${PAGE}?a=1#?gclid=x`, 'Direct', '(direct)'),
    row(`${PAGE}#/route?gclid=x`, 'Direct', '(direct)'),
    row('?utm_source=a&utm_medium=email', 'Email', 'a'),
    row('/p?utm_source=a&utm_medium=email', 'Email', 'a'),
    row('https://shop.example?utm_source=a&utm_medium=email', 'Email', 'a'),
    row('HTTPS://SHOP.EXAMPLE/?utm_source=a&utm_medium=email', 'Email', 'a'),
    row('https://[::1]:8080/?utm_source=a&utm_medium=email', 'Email', 'a'),
    row('https://user:p%40ss@shop.example:444/?gclid=x', 'Paid Search', 'google'),
    row('https://bücher.example/?utm_source=a&utm_medium=email', 'Email', 'a'),
    // Addresses inside addresses belong to others.
    row(q('to=https%3A%2F%2Fa.example%2F%3Fgclid%3Dx'), 'Direct', '(direct)'),
    row(q('to=https://a.example/?gclid=x'), 'Direct', '(direct)'),
    row(q('to=https://a.example/&gclid=x'), 'Paid Search', 'google'),
    row(q('to=%26gclid%3Dx'), 'Direct', '(direct)'),
    // Click ids.
    row(q('gbraid=0AAA'), 'Paid Search', 'google'),
    row(q('wbraid=CjkKCQ'), 'Paid Search', 'google'),
    row(q('dclid=CJ'), 'Display', 'doubleclick'),
    row(q('msclkid=0123456789abcdef0123456789abcdef'), 'Paid Search', 'bing'),
    row(q('fbclid=IwAR'), 'Organic Social', 'facebook'),
    row(q('fbclid=IwAR&utm_source=fb&utm_medium=paid'), 'Paid Social', 'fb'),
    row(q('fbclid=IwAR&utm_source=ig&utm_medium=social'), 'Organic Social', 'ig'),
    row(q('ttclid=E.C'), 'Paid Social', 'tiktok'),
    row(q('twclid=2'), 'Paid Social', 'twitter'),
    row(q('li_fat_id=5'), 'Paid Social', 'linkedin'),
    row(q('epik=dj0'), 'Paid Social', 'pinterest'),
    row(q('ScCid=a'), 'Paid Social', 'snapchat'),
    row(q('sccid=a'), 'Paid Social', 'snapchat'),
    row(q('SCCID=a'), 'Direct', '(direct)'),
    row(q('rdt_cid=1'), 'Paid Social', 'reddit'),
    row(q('yclid=1'), 'Paid Search', 'yandex'),
    row(q('irclickid=1'), 'Affiliates', 'impact'),
    row(q('cjevent=1'), 'Affiliates', 'cj'),
    row(q('awc=1'), 'Affiliates', 'awin'),
    row(q('tblci=1'), 'Paid Other', 'taboola'),
    row(q('dicbo=1'), 'Paid Other', 'outbrain'),
    row(q('qclid=1'), 'Paid Social', 'quora'),
    row(q('oppref=1'), 'Paid Other', 'chatgpt'),
    row(q('gad_source=1'), 'Direct', '(direct)'),
    row(q('gclsrc=aw.ds'), 'Direct', '(direct)'),
    row(q('gclid=x&utm_source=news&utm_medium=email'), 'Paid Search', 'google'),
    row(q('msclkid=1&utm_source=news&utm_medium=email'), 'Email', 'news'),
    row(q(`gclid=${'x'.repeat(512)}`), 'Paid Search', 'google'),
    row(q(`gclid=${'x'.repeat(513)}`), 'Direct', '(direct)', 'direct'),
    row(q(`gclid=${'x'.repeat(513)}`), 'Organic Search', 'google', 'referrer', google),
    // 16 KB of a query, with what counts at its end.
    row(q(`${'a=b&'.repeat(4096)}utm_source=far&utm_medium=email`), 'Email', 'far', 'tagged'),
    row(q(`x=${'y'.repeat(16_384)}&gclid=z`), 'Paid Search', 'google', 'tagged'),
    row(q('%'.repeat(16_384)), 'Direct', '(direct)', 'direct'),
    row(q('utm_source=&'.repeat(1400)), 'Direct', '(direct)', 'direct'),
    row(
      PAGE,
      'Referral',
      'partner.example',
      'referrer',
      `https://partner.example/?${'x'.repeat(16_384)}`,
    ),
    row(PAGE, 'Direct', '(direct)', 'direct', `https://${'a.'.repeat(8192)}example/`),
    row(q(`utm_source=${'s'.repeat(600)}&utm_medium=email`), 'Email', 's'.repeat(512), 'tagged'),
    // What the page says wins over where the visitor came from.
    row(
      q('utm_source=chatgpt.com'),
      'AI Assistant',
      'chatgpt.com',
      'tagged',
      'https://chatgpt.com/',
    ),
    row(q('utm_source=chatgpt.com&utm_medium=cpc'), 'Paid Other', 'chatgpt.com', 'tagged'),
    row(q('utm_source=news&utm_medium=email'), 'Email', 'news', 'tagged', google),
    row(q('utm_campaign=sale'), 'Unassigned', '(not set)', 'tagged', google),
    row(q('utm_term=shoes'), 'Organic Search', 'google', 'referrer', google),
    row(q('utm_medium=referral'), 'Referral', '(not set)', 'tagged'),
    row(q('utm_source=google&utm_medium=cpm'), 'Paid Search', 'google'),
    row(q('utm_source=facebook&utm_medium=social_paid'), 'Organic Social', 'facebook'),
    row(q('utm_source=a&utm_medium=cpc&utm_campaign=eshop'), 'Paid Shopping', 'a'),
    row(q('utm_source=a&utm_medium=cpc&utm_campaign=workshop'), 'Paid Other', 'a'),
    row(q('utm_source=a&utm_medium=affiliates'), 'Unassigned', 'a'),
    row(q('utm_source=constructor&utm_medium=__proto__'), 'Unassigned', 'constructor'),
  ]);
});

test('own pages, exclusions and rules of a site', async () => {
  const rules = {
    ownHosts: ['shop.example', 'www.shop-two.example'],
    referralExclusions: ['paypal.com', 'klarna.com'],
    channelRules: [
      { channel: 'Newsletter', source: 'klaviyo' },
      { channel: 'Partners', source: 'partner.example', medium: 'referral' },
    ],
  };
  const internal = (referrer: string, url = PAGE) => row(url, '', '', 'internal', referrer);
  await check(
    [
      internal('https://shop.example/cart'),
      internal('https://www.shop.example/'),
      internal('https://blog.shop.example/x'),
      internal('http://SHOP.example:8080/'),
      internal('https://shop.example./'),
      internal('https://shop-two.example/'),
      internal('https://checkout.shop-two.example/'),
      internal('https://www.paypal.com/checkout'),
      internal('https://paypal.com'),
      internal('https://pay.klarna.com/'),
      internal('https://landing.example/x', 'https://landing.example/y'),
      internal('https://landing.example/x', 'https://go.landing.example/y'),
      row(PAGE, 'Referral', 'notpaypal.com', 'referrer', 'https://notpaypal.com/'),
      row(
        PAGE,
        'Referral',
        'paypal.com.evil.example',
        'referrer',
        'https://paypal.com.evil.example/',
      ),
      row(PAGE, 'Referral', 'myshop.example', 'referrer', 'https://myshop.example/'),
      // A tagged link counts wherever it stands.
      row(q('utm_source=klaviyo&utm_medium=email'), 'Newsletter', 'klaviyo', 'tagged', PAGE),
      row(q('utm_source=KLAVIYO'), 'Newsletter', 'KLAVIYO', 'tagged'),
      row(PAGE, 'Partners', 'partner.example', 'referrer', 'https://partner.example/a'),
      row(q('gclid=1'), 'Paid Search', 'google', 'tagged', 'https://www.paypal.com/'),
    ].map((each) => ({ ...each, channel: each.channel || '', source: each.source || '' })),
    rules,
  );
});

test('the command line says the same', () => {
  for (const { input, channel, source } of readTable().filter((_, i) => i % 40 === 0)) {
    const { url = '', referrer = '' } = input;
    const { code, out } = native(['classify', '--url', url, '--referrer', referrer]);
    assert.equal(code, 0, referrer);
    const got = JSON.parse(out);
    assert.deepEqual([got.channel, got.source], [channel, source], referrer);
  }
});
