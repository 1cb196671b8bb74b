/** Personal data are hashed at the door: nothing of them is stored, logged or answered. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { hashUser } from '../../worker/src/identity/hashing.ts';
import { scrubMap, scrubText, scrubUrl } from '../../worker/src/identity/scrub.ts';
import { ORIGIN, startServer } from './helpers.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Raw values that must never be found again, each unlike anything else. */
const secrets = {
  email: 'Zoe.Quillfeather@Mail.Example',
  phone: '+1 (555) 010-4477',
  first_name: 'Zoezanna',
  last_name: 'Quillfeather',
  city: 'Zweibruecken-Nord',
  state: 'Zaxony',
  zip: 'ZX9-441',
  country: 'Zubrowka',
  external_id: 'cust-zz-77',
};
const others = {
  visitor: 'visitor-zqx-1',
  ip: '203.0.113.241',
  ua: 'Zozilla/9.9 (Zindows)',
};

test('nothing personal is found in files, logs or answers', async () => {
  await using server = await startServer();
  const mail = encodeURIComponent(secrets.email);
  const event = {
    event_id: 'private-1',
    name: 'purchase',
    visitor_id: others.visitor,
    order_id: 'order-marker-1',
    value: 5,
    url: `${ORIGIN}/thanks?o=1&email=${mail}&phone=15550104477&utm_source=news&x=${secrets.email}#${mail}`,
    referrer: `https://user:${secrets.last_name}@mail.example/?to=${mail}`,
    title: `Thank you ${secrets.email}`,
    search_term: secrets.email,
    user: secrets,
    ip: others.ip,
    ua: others.ua,
    source: { content: secrets.email },
    props: { email: secrets.email, note: `from ${secrets.email}` },
    ids: { email: secrets.email, gclid: 'kept-click-id' },
  };
  const bad = { ...event, event_id: 'private-2', user: { ...secrets, email: [secrets.email] } };
  const denied = { ...event, event_id: 'private-3', consent: { analytics: 'denied' } };
  const mailIds = { ...event, event_id: secrets.email, order_id: `o-${secrets.email}` };
  const answers = [
    await server.collect({ site: 'shop', events: [event, bad, denied, mailIds] }),
    await server.api('/v1/conversions/order-marker-1?site=shop'),
    await server.api('/v1/journeys?site=shop'),
    await server.api('/v1/journeys?site=shop&format=csv'),
    await server.api('/v1/report?site=shop&dimension=content'),
  ];
  assert.equal(answers[0]!.json.accepted, 2, answers[0]!.text);
  await server.stop();

  const files = globSync('**/*', { cwd: server.dataDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
  const haystacks: Record<string, string> = {
    'the files': files.join('\n'),
    'the log': server.log(),
    'the answers': answers.map(({ text }) => text).join('\n'),
  };
  // The search itself works: what may be stored is found.
  assert.ok(haystacks['the files']!.includes('order-marker-1'));
  assert.ok(haystacks['the files']!.includes('kept-click-id'));
  assert.ok(haystacks['the files']!.includes(sha256(secrets.email.toLowerCase())));

  const needles = [...Object.values(secrets), ...Object.values(others), '15550104477', mail];
  for (const [where, text] of Object.entries(haystacks)) {
    for (const needle of needles) {
      const found = text.toLowerCase().indexOf(needle.toLowerCase());
      assert.equal(found, -1, `${needle} in ${where}: …${text.slice(found - 40, found + 60)}…`);
    }
  }
});

test('user fields are normalised, then hashed', async () => {
  assert.deepEqual(await hashUser({ email: ' Jane@Example.COM ', phone: '+49 (30) 901-820' }), {
    email: sha256('jane@example.com'),
    phone: sha256('4930901820'),
  });
  assert.deepEqual(
    await hashUser({ phone: '0049 30 901820', country: 'US', external_id: 'Cust-7' }),
    { phone: sha256('4930901820'), country: sha256('us'), external_id: sha256('Cust-7') },
  );
});

test('a value that is a digest already is kept; an unusable one is dropped', async () => {
  const digest = sha256('jane@example.com');
  assert.deepEqual(await hashUser({ email: digest.toUpperCase() }), { email: digest });
  assert.deepEqual(await hashUser({ email: 'not an address', phone: '12', city: '  ' }), {});
});

const scrubbed: [input: string, output: string][] = [
  [
    'https://a.example/?email=x%40y.example&utm_source=n',
    'https://a.example/?email=(redacted)&utm_source=n',
  ],
  ['https://a.example/?q=jo@y.example&b=1', 'https://a.example/?q=(redacted)&b=1'],
  ['https://a.example/u/jo@y.example/x', 'https://a.example/u/(redacted)/x'],
  [
    'https://a.example/?first_name=Jo&page=2#frag',
    'https://a.example/?first_name=(redacted)&page=2',
  ],
  ['https://me:pw@a.example/', 'https://a.example/'],
  [
    'https://a.example/?utm_source=facebook&utm_medium=cpc',
    'https://a.example/?utm_source=facebook&utm_medium=cpc',
  ],
  ['https://a.example/@handle/post', 'https://a.example/@handle/post'],
  ['', ''],
];
for (const [input, output] of scrubbed) {
  test(`scrubUrl(${input})`, () => assert.equal(scrubUrl(input), output));
}

test('scrubbing hostile text takes linear time', () => {
  const texts = [
    'a'.repeat(32_000),
    '@'.repeat(32_000),
    'a@'.repeat(16_000),
    `${'a'.repeat(64)}@${'b.'.repeat(16_000)}`,
    '?email='.repeat(4_000),
    'http://'.repeat(4_000),
  ];
  const since = performance.now();
  for (const text of texts) {
    scrubText(text);
    scrubUrl(text);
  }
  assert.ok(performance.now() - since < 1000);
});

test('maps lose personal names and addresses', () => {
  assert.deepEqual(
    scrubMap({ email: 'x', user_phone: '1', plan: 'pro', note: 'a@b.example', n: 1 }),
    {
      plan: 'pro',
      note: '(redacted)',
      n: 1,
    },
  );
});
