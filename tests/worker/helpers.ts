/** What the worker's tests share: a real runtime on a folder of its own, and small HTTP calls. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Runtime, startRuntime } from '../../worker/dev/runtime.ts';
import { RULE_MODELS as models } from '../../worker/src/models.ts';

export const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

export const RULE_MODELS: string[] = [...models];

export const ORIGIN = 'https://shop.example.com';

/** A site like the example's, with changes. */
export function siteConfig(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const example = JSON.parse(readFileSync(path.join(root, 'headwater.config.json'), 'utf8'));
  return { ...example.sites.shop, ...changes };
}

/** A running worker; `api` sends the key of a site along. */
export interface Server extends AsyncDisposable {
  url: string;
  /** Of workerd as it was started first. */
  pid: number;
  apiKeys: Record<string, string>;
  dataDir: string;
  /** What workerd printed so far. */
  log(): string;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** Starts again on the same data and port, after kill() or stop(). */
  restart(sites?: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
  collect(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  api(path: string, options?: ApiOptions): Promise<Answer>;
}

export interface ApiOptions {
  site?: string;
  body?: unknown;
  key?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

/** @param sites the configuration's sites; default: one site `shop` like the example's */
export async function startServer(
  sites: Record<string, unknown> = { shop: siteConfig() },
  env: Record<string, string> = {},
): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-worker-'));
  const dataDir = path.join(folder, 'data');
  const configPath = path.join(folder, 'headwater.config.json');
  let output = '';
  const start = (port: number, withSites: Record<string, unknown>) => {
    writeFileSync(configPath, JSON.stringify({ sites: withSites }));
    const onLog = (text: string) => {
      output += text;
    };
    return startRuntime({ port, dataDir, configPath, env, dist, onLog });
  };
  let runtime: Runtime = await start(0, sites);
  let lastSites = sites;
  const { url } = runtime;
  return {
    url,
    pid: runtime.process.pid!,
    dataDir,
    get apiKeys() {
      return runtime.apiKeys;
    },
    log: () => output,
    async kill() {
      const { process: child } = runtime;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async restart(withSites = lastSites) {
      lastSites = withSites;
      runtime = await start(Number(new URL(url).port), withSites);
    },
    stop: () => runtime.stop(),
    collect: (body, headers = {}) =>
      call(`${url}/e`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    api: (where, { site = 'shop', body, key = runtime.apiKeys[site] ?? '' } = {}) =>
      call(`${url}${where}`, {
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      }),
    async [Symbol.asyncDispose]() {
      await runtime.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** Sends events with the site's key and expects that none is refused. */
export async function send(server: Server, site: string, events: unknown[]): Promise<Json> {
  const { status, json, text } = await server.api('/v1/events', { site, body: { site, events } });
  assert.equal(status, 202, text);
  assert.deepEqual(json.refused, [], text);
  return json;
}

/** Report rows as `name: [conversions, value]`. */
export async function report(
  server: Server,
  query: Record<string, string>,
): Promise<Record<string, [number, number]>> {
  const { site = 'shop', dimension = 'channel' } = query;
  const search = new URLSearchParams({ site, ...query });
  const { status, json, text } = await server.api(`/v1/report?${search}`, { site });
  assert.equal(status, 200, text);
  return Object.fromEntries(
    json.rows.map((row: Json) => [row[dimension], [row.conversions, row.value]]),
  );
}

/** Everything that the reports of a site say, for comparing whole ledgers. */
export async function fullLedger(server: Server, site: string): Promise<Json> {
  const ledger: Record<string, Json> = {};
  for (const model of RULE_MODELS) {
    for (const basis of ['conversion', 'touch']) {
      for (const dimension of ['channel', 'campaign']) {
        ledger[`${model} ${basis} ${dimension}`] = await report(server, {
          site,
          model,
          basis,
          dimension,
        });
      }
    }
  }
  return ledger;
}

export async function assertVerified(server: Server, site = 'shop'): Promise<Json> {
  const { json, text } = await server.api(`/v1/verify?site=${site}`, { site });
  assert.equal(json?.equal, true, text);
  return json;
}

/** What is fitted from path counts shares out what the rule has in its ledger. */
export async function assertFitted(server: Server, site = 'shop', rule = 'linear'): Promise<void> {
  const total = async (model: string): Promise<Json> => {
    const { status, json, text } = await server.api(`/v1/report?site=${site}&model=${model}`, {
      site,
    });
    assert.equal(status, 200, text);
    return json.total;
  };
  assert.deepEqual(await total('shapley'), await total(rule));
}

/** Exact sum of decimals with at most six digits, in micros. */
export function sumMicros(values: number[]): number {
  return values.reduce((sum, value) => sum + Math.round(value * 1_000_000), 0);
}
