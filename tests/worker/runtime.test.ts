/** The development runtime: keys, secrets, folders. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startRuntime } from '../../worker/dev/runtime.ts';
import { root, siteConfig, startServer } from './helpers.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a key is made once and kept, for the owner only', async () => {
  await using server = await startServer();
  const key = server.apiKeys.shop!;
  assert.match(key, /^hw_[\w-]{32}$/);
  assert.equal((await server.api('/v1/outcomes?site=shop')).status, 200);
  const file = path.join(server.dataDir, 'api-keys.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await server.stop();
  await server.restart();
  assert.equal(server.apiKeys.shop, key);
  assert.equal((await server.api('/v1/outcomes?site=shop', { key })).status, 200);
});

test('a key from the environment is used and written nowhere', async () => {
  const key = 'key-from-the-environment';
  await using server = await startServer(undefined, { SHOP_API_KEY: key });
  assert.equal(server.apiKeys.shop, key);
  assert.equal((await server.api('/v1/outcomes?site=shop', { key })).status, 200);
  const config = readFileSync(path.join(server.dataDir, 'workerd.capnp'), 'utf8');
  assert.ok(!config.includes(key));
});

test('the secret may be the digest of the key', async () => {
  const key = 'only-its-digest-is-set';
  await using server = await startServer(undefined, { SHOP_API_KEY: `sha256:${sha256(key)}` });
  assert.equal(server.apiKeys.shop, undefined, 'the key itself is not known here');
  assert.equal((await server.api('/v1/outcomes?site=shop', { key })).status, 200);
  const digest = `sha256:${sha256(key)}`;
  assert.equal((await server.api('/v1/outcomes?site=shop', { key: digest })).status, 403);
});

test('.dev.vars beside the configuration fills the gaps', async () => {
  await using server = await startServer({ shop: siteConfig({ api_key_secret: 'DEV_KEY' }) });
  await server.stop();
  const folder = path.dirname(server.dataDir);
  writeFileSync(path.join(folder, '.dev.vars'), 'DEV_KEY="from dev vars"\nOTHER=1\n');
  await server.restart();
  assert.equal(server.apiKeys.shop, 'from dev vars');
});

test('its own origin may send beacons', async () => {
  await using server = await startServer();
  const body = { site: 'shop', events: [{ event_id: 'own', name: 'page_view' }] };
  assert.equal((await server.collect(body, { origin: server.url })).status, 202);
});

test('a folder in use is refused', async () => {
  await using server = await startServer();
  const options = {
    port: 0,
    dataDir: server.dataDir,
    configPath: path.join(path.dirname(server.dataDir), 'headwater.config.json'),
    env: {},
    dist: path.join(root, 'dist'),
  };
  await assert.rejects(startRuntime(options), /in use by workerd, process \d+/);
});

test('a port in use is refused, and says so', async () => {
  await using server = await startServer();
  await using other = await startServer();
  await other.stop();
  let log = '';
  const options = {
    port: Number(new URL(server.url).port),
    dataDir: other.dataDir,
    configPath: path.join(path.dirname(other.dataDir), 'headwater.config.json'),
    env: {},
    dist: path.join(root, 'dist'),
    onLog: (text: string) => {
      log += text;
    },
  };
  await assert.rejects(startRuntime(options), /workerd did not start/);
  assert.match(log, /in use/i);
});

test('a missing build is named', async () => {
  const options = {
    port: 0,
    dataDir: '/nonexistent',
    configPath: path.join(root, 'headwater.config.json'),
    env: {},
    dist: '/nonexistent/dist',
  };
  await assert.rejects(startRuntime(options), /worker\/index\.js is missing; run npm run build/);
});

test('stop ends workerd, and a second stop is harmless', async () => {
  await using server = await startServer();
  await server.stop();
  await assert.rejects(fetch(`${server.url}/healthz`));
  await server.stop();
});
