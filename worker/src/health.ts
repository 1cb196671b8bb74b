/** Is the worker there, can it reach its store, which build is it? */
import { type Env, jsonBinding } from './env.ts';
import { json, type Route } from './route.ts';
import { callShard } from './shard/client.ts';

const healthz: Route = {
  method: 'GET',
  path: '/healthz',
  doc: { summary: 'The process answers', answer: '{"status": "ok"}; touches nothing' },
  handle: () => json({ status: 'ok' }),
};

const readyz: Route = {
  method: 'GET',
  path: '/readyz',
  doc: { summary: 'The store answers', answer: '{"status": "ok"}, or 503' },
  async handle({ context }) {
    const site = context.config.sites.values().next().value;
    if (site !== undefined) await callShard(context, site, 0, (stub) => stub.ping());
    return json({ status: 'ok' });
  },
};

const version: Route = {
  method: 'GET',
  path: '/version',
  doc: {
    summary: 'Which build this is',
    answer: '{"version", "abi", "git", "wasm_sha256"}; null where the build did not say',
  },
  handle({ context }) {
    const { version, abi } = context.engine.core;
    const { git = null, wasm_sha256 = null } = buildOf(context.env);
    return json({ version, abi, git, wasm_sha256 });
  },
};

interface Build {
  git?: string;
  wasm_sha256?: string;
}

function buildOf(env: Env): Build {
  const build = jsonBinding(env.HEADWATER_BUILD);
  return typeof build === 'object' && build !== null ? build : {};
}

export const health: readonly Route[] = [healthz, readyz, version];
