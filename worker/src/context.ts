/** What every route and object of one isolate shares: configuration, core, keys. */
import wasm from '../../dist/headwater.wasm';
import bundledConfig from '../../headwater.config.json';
import { ApiKeys } from './api/auth.ts';
import { RateLimits } from './collect/rate.ts';
import { type Config, readConfig, type Site } from './config.ts';
import { Engine } from './engine.ts';
import { type Env, jsonBinding } from './env.ts';
import { Problem } from './problem.ts';
import { JourneyMemory } from './shard/memory.ts';
import { CommitPace } from './shard/pace.ts';

export interface Context {
  env: Env;
  config: Config;
  engine: Engine;
  apiKeys: ApiKeys;
  pace: CommitPace;
  rates: RateLimits;
  memory: JourneyMemory;
  /** Sites all of whose figures are those of the configuration; it stays so. */
  whole: Set<string>;
  /** Object ids by binding and name; making one hashes the name. */
  objectIds: Map<string, DurableObjectId>;
}

/** Isolates outlive requests, and a configuration lives as long as its isolate. */
const contexts = new WeakMap<Env, Context>();

/** @throws ConfigError */
export function contextOf(env: Env): Context {
  let context = contexts.get(env);
  if (context === undefined) {
    const config = readConfig(jsonBinding(env.HEADWATER_CONFIG) ?? bundledConfig);
    context = {
      env,
      config,
      engine: new Engine(wasm),
      apiKeys: new ApiKeys(config, env),
      pace: new CommitPace(),
      rates: new RateLimits(),
      memory: new JourneyMemory(),
      whole: new Set(),
      objectIds: new Map(),
    };
    contexts.set(env, context);
  }
  return context;
}

/** @throws Problem unknown_site */
export function siteOf({ config }: Context, key: string): Site {
  const site = config.sites.get(key);
  if (site === undefined) {
    throw new Problem(
      'unknown_site',
      `There is no site "${key.slice(0, 64)}" in the configuration; check the "site" field or parameter.`,
    );
  }
  return site;
}
