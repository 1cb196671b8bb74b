/** Errors in headwater.config.json name the field; the editor's schema is current. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ConfigError, globMatcher, readConfig, secretNames } from '../../worker/src/config.ts';
import { configSchema } from '../../worker/src/schema/config.ts';
import { toJsonSchema } from '../../worker/src/schema/json_schema.ts';
import { type Json, root, siteConfig, startServer } from './helpers.ts';

const meta = {
  name: 'meta',
  type: 'meta',
  pixel_id: '1',
  access_token_secret: 'META_TOKEN',
  conversions: ['purchase'],
};
const webhook = {
  name: 'hook',
  type: 'webhook',
  url: 'https://hooks.example.com/in',
  signing_secret: 'HOOK_SECRET',
  conversions: ['purchase'],
};

const wrong: [name: string, changes: Record<string, unknown>, message: RegExp][] = [
  ['a missing key', { api_key_secret: undefined }, /sites\.shop\.api_key_secret: .*required/],
  ['a misspelt field', { orgins: [] }, /sites\.shop\.orgins: unknown field/],
  ['an unknown model', { models: ['last', 'best'] }, /sites\.shop\.models\.1: .*"best".*markov/],
  ['no rule model', { models: ['markov'] }, /sites\.shop\.models: at least one of first, last/],
  ['a currency in words', { currency: 'dollar' }, /sites\.shop\.currency: .*ISO 4217/],
  ['an unknown zone', { timezone: 'Mars/Olympus' }, /sites\.shop\.timezone: .*Mars/],
  ['no shards', { shards: 0 }, /sites\.shop\.shards: /],
  ['too many shards', { shards: 4097 }, /sites\.shop\.shards: /],
  ['a window in words', { lookback: { click: 'long' } }, /sites\.shop\.lookback\.click: .*30d/],
  ['dedup beyond retention', { dedup_window: '500d' }, /sites\.shop\.dedup_window: .*retention/],
  ['an origin with a path', { origins: ['https://a.example/x'] }, /sites\.shop\.origins\.0: /],
  ['a conversion of nothing', { conversions: [{ name: 'x' }] }, /conversions\.0: give an event/],
  [
    'a conversion in another currency',
    { conversions: [{ name: 'x', event: 'x', value: 1, currency: 'EUR' }] },
    /conversions\.0\.currency: EUR .*USD/,
  ],
  [
    'a conversion worth a word',
    { conversions: [{ name: 'x', event: 'x', value: 'much' }] },
    /conversions\.0\.value: /,
  ],
  [
    'two conversions of one name',
    {
      conversions: [
        { name: 'x', event: 'a' },
        { name: 'x', event: 'b' },
      ],
    },
    /conversions\.1\.name: "x" is used twice/,
  ],
  [
    'a channel rule without a condition',
    { channel_rules: [{ channel: 'X' }] },
    /channel_rules\.0: /,
  ],
  ['a reserved path', { paths: { collect: '/v1/events' } }, /paths\.collect: .*reserved/],
  ['one path for two', { paths: { collect: '/x', pixel: '/x' } }, /paths\.pixel: "\/x" is also/],
  [
    'an unknown destination',
    { destinations: [{ ...meta, type: 'metta' }] },
    /destinations\.0\.type: expected one of meta, .*webhook/,
  ],
  [
    'a destination without its id',
    { destinations: [{ ...meta, pixel_id: undefined }] },
    /destinations\.0\.pixel_id: .*required/,
  ],
  [
    'a secret that stands in the file',
    { destinations: [{ ...meta, access_token_secret: 'EAABsbCS1iHgBA-token' }] },
    /destinations\.0\.access_token_secret: .*name of an environment variable/,
  ],
  [
    'a destination for an unknown conversion',
    { destinations: [{ ...meta, conversions: ['buy'] }] },
    /destinations\.0\.conversions\.0: .*"buy".*purchase, signup, lead/,
  ],
  [
    'a weighting by an unknown model',
    { destinations: [{ ...meta, value: { model: 'first_ever' } }] },
    /destinations\.0\.value\.model: "first_ever"/,
  ],
  [
    'a part of the value by a model of all journeys',
    { models: ['last', 'markov'], destinations: [{ ...meta, value: { model: 'markov' } }] },
    /destinations\.0\.value\.model: "markov" needs all journeys/,
  ],
  [
    'own clicks of a destination that sells none',
    { destinations: [{ ...webhook, only_own_clicks: true }] },
    /destinations\.0\.only_own_clicks: a webhook has no clicks/,
  ],
];

for (const [name, changes, message] of wrong) {
  test(`${name} is an error that names the field`, () => {
    const file = JSON.parse(JSON.stringify({ sites: { shop: siteConfig(changes) } }));
    assert.throws(
      () => readConfig(file),
      (error) => error instanceof ConfigError && message.test(error.message),
    );
  });
}

test('every error of a file is listed', () => {
  const file = { sites: { shop: { ...siteConfig({ shards: 0 }), currency: 'x' } } };
  assert.throws(
    () => readConfig(file),
    (error) => error instanceof ConfigError && error.problems.length === 2,
  );
});

test('a minimal site has working defaults', () => {
  const site = readConfig({ sites: { a: { api_key_secret: 'A', currency: 'EUR' } } }).sites.get(
    'a',
  );
  assert.equal(site?.shards, 16);
  assert.equal(site?.paths.collect, '/e');
  assert.equal(site?.step.lookbackClickMs, 30 * 86_400_000);
  assert.ok(site?.step.models.includes('time_decay'));
});

test('the secrets of a configuration are known by name', () => {
  const file = { sites: { shop: siteConfig({ destinations: [meta] }) } };
  assert.deepEqual(secretNames(readConfig(file)), ['SHOP_API_KEY', 'META_TOKEN']);
});

test('globs match whole paths', () => {
  const cases: [string, string, boolean][] = [
    ['/thank-you*', '/thank-you', true],
    ['/thank-you*', '/thank-you/10001', true],
    ['/thank-you*', '/en/thank-you', false],
    ['/a/*/z', '/a/b/c/z', true],
    ['/a/*/z', '/a/z', false],
    ['/a.b', '/aXb', false],
    ['/*done*', '/x/done', true],
    ['/aba*ba', '/aba', false],
    ['/', '/', true],
  ];
  for (const [glob, path, matches] of cases) {
    assert.equal(globMatcher(glob)(path), matches, `${glob} on ${path}`);
  }
});

test('the schema for editors is current: else run node worker/dev/emit-schema.ts', () => {
  const file: Json = JSON.parse(
    readFileSync(path.join(root, 'worker/headwater.schema.json'), 'utf8'),
  );
  delete file.$schema;
  delete file.title;
  assert.deepEqual(file, JSON.parse(JSON.stringify(toJsonSchema(configSchema))));
});

test('the runtime refuses a wrong configuration before it starts', async () => {
  await assert.rejects(startServer({ shop: siteConfig({ models: ['nix'] }) }), /shop\.models\.0/);
});

test('a configuration that is not JSON is refused with its path', async () => {
  await using server = await startServer();
  await server.stop();
  const configPath = path.join(path.dirname(server.dataDir), 'headwater.config.json');
  const { startRuntime } = await import('../../worker/dev/runtime.ts');
  writeFileSync(configPath, '{"sites": ');
  const options = { port: 0, dataDir: server.dataDir, configPath, env: {}, dist: '' };
  await assert.rejects(
    startRuntime({ ...options, dist: path.join(root, 'dist') }),
    /headwater\.config\.json/,
  );
});
