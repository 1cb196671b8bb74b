/**
 * Reads headwater.config.json into the form that the routes use: checked,
 * with defaults, lists as sets, durations in milliseconds, money in micros.
 */
import * as v from 'valibot';
import type { ClassifierRules, StepConfig } from '../../wasm/binding/types.ts';
import type { Network } from './collect/networks.ts';
import { destinationOf } from './destinations/registry.ts';
import type { DestinationConfig } from './destinations/schemas.ts';
import { isModel, isRuleModel, type Model, RULE_MODELS } from './models.ts';
import { configSchema, SCOPES, type Scope, type SiteFile } from './schema/config.ts';
import type { Rate } from './schema/money.ts';
import { type DayOf, dayOfZone } from './schema/time.ts';

/** What counts as a conversion. */
export interface Conversion {
  name: string;
  event?: string;
  /** Tells whether the path of an event's URL counts. */
  matchesPath?: (path: string) => boolean;
  once: boolean;
  /** Micros of the site's currency, for events that bring no value. */
  value: number;
}

export type { Scope } from './schema/config.ts';

export type SignalPolicy = 'deny_ads' | 'deny_all' | 'ignore';

export interface Site {
  key: string;
  /** Names of the secrets that hold API keys, and what each key may do. */
  keys: readonly { secret: string; scopes: ReadonlySet<Scope> }[];
  origins: ReadonlySet<string>;
  currency: string;
  /** What a unit of another currency is worth in the site's. */
  rates: ReadonlyMap<string, Rate>;
  timezone: string;
  dayOf: DayOf;
  shards: number;
  /** All models that reports may ask for; `step.models` are those the core credits. */
  models: readonly Model[];
  step: StepConfig;
  /** Changes whenever stored credits would come out differently. */
  stepHash: string;
  conversions: readonly Conversion[];
  classifier: ClassifierRules;
  consentDefault: 'granted' | 'denied';
  /** What a browser's signals deny. */
  signals: { gpc: SignalPolicy; dnt: SignalPolicy };
  identity: {
    /** cookieless: nothing on the device, a visitor is known for a day; collect/cookieless.ts. */
    mode: 'cookie' | 'cookieless';
    cookie: string;
    domain?: string;
    days: number;
    /** Most visitors of one user; 0: visitors are never joined. */
    maxVisitors: number;
  };
  /** Whose requests are counted apart, see collect/verdict.ts. */
  traffic: { own: readonly Network[]; dataCentreHeader?: string };
  /** Hosts that the click redirect may lead to. */
  redirectHosts: ReadonlySet<string>;
  /** Name of the secret that signs links and hand-overs. */
  signingSecret?: string;
  /** Requests a minute from one address prefix; undefined: no limit. */
  ratePerMinute?: number;
  paths: SiteFile['paths'];
  outbox: { carrier: 'alarm' | 'queue'; leaseMs: number };
  destinations: readonly DestinationConfig[];
}

export interface Config {
  sites: ReadonlyMap<string, Site>;
}

/** Thrown for a configuration that cannot be used; the message names each field. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`headwater.config.json: ${problems.join('\n  ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * @param input the parsed JSON of headwater.config.json
 * @throws ConfigError naming every wrong field
 */
export function readConfig(input: unknown): Config {
  const result = v.safeParse(configSchema, input);
  if (!result.success) {
    throw new ConfigError(result.issues.map((issue) => describe(issue)));
  }
  const problems: string[] = [];
  const sites = new Map<string, Site>();
  for (const [key, file] of Object.entries(result.output.sites)) {
    const site = readSite(key, file, problems);
    if (site !== undefined) sites.set(key, site);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { sites };
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? '(the whole file)';
  if (issue.kind === 'schema' && issue.type === 'strict_object') {
    if (issue.expected === 'never') return `${path}: unknown field; is it misspelt?`;
    if (issue.received === 'undefined') return `${path}: this field is required`;
  }
  return `${path}: ${issue.message}`;
}

function readSite(key: string, file: SiteFile, problems: string[]): Site | undefined {
  const at = `sites.${key}`;
  const before = problems.length;
  let dayOf: DayOf | undefined;
  try {
    dayOf = dayOfZone(file.timezone);
  } catch {
    problems.push(
      `${at}.timezone: unknown time zone "${file.timezone}"; use one like UTC or Europe/Berlin`,
    );
  }
  const ruleModels = [...new Set(file.models)].filter(isRuleModel);
  if (ruleModels.length === 0) {
    problems.push(`${at}.models: at least one of ${RULE_MODELS.join(', ')} is needed`);
  }
  const conversions = file.conversions.map((conversion, index) =>
    readConversion(conversion, `${at}.conversions.${index}`, file.currency, problems),
  );
  uniqueNames(file.conversions, `${at}.conversions`, problems);
  uniqueNames(file.destinations, `${at}.destinations`, problems);
  checkPaths(file.paths, at, problems);
  checkDestinations(file, at, problems);
  for (const [index, rule] of file.channel_rules.entries()) {
    if (!rule.source && !rule.medium && !rule.campaign) {
      problems.push(`${at}.channel_rules.${index}: give a source, a medium or a campaign to match`);
    }
  }
  if (file.dedup_window > file.retention) {
    problems.push(`${at}.dedup_window: must not be longer than retention`);
  }
  if (problems.length > before || dayOf === undefined) return undefined;

  const step: StepConfig = {
    models: ruleModels,
    lookbackClickMs: file.lookback.click,
    lookbackImpressionMs: file.lookback.impression,
    dedupWindowMs: file.dedup_window,
    retentionMs: file.retention,
    sessionMs: file.session,
    halfLifeMs: file.half_life,
    touchCap: file.touch_cap,
  };
  return {
    key,
    keys: [
      { secret: file.api_key_secret, scopes: new Set(SCOPES) },
      ...file.keys.map(({ secret, scopes }) => ({ secret, scopes: new Set(scopes) })),
    ],
    origins: new Set(file.origins),
    currency: file.currency,
    rates: new Map(Object.entries(file.rates)),
    timezone: file.timezone,
    dayOf,
    shards: file.shards,
    models: [...new Set(file.models)],
    step,
    stepHash: JSON.stringify(step),
    conversions,
    classifier: {
      channelRules: file.channel_rules.map((rule) => ({
        channel: rule.channel,
        ...(rule.source && { source: rule.source }),
        ...(rule.medium && { medium: rule.medium }),
        ...(rule.campaign && { campaign: rule.campaign }),
      })),
      referralExclusions: file.referral_exclusions,
      ownHosts: [...new Set(file.origins.map((origin) => new URL(origin).hostname))],
    },
    consentDefault: file.consent.default,
    signals: { gpc: file.consent.gpc, dnt: file.consent.dnt },
    identity: {
      mode: file.identity.mode,
      cookie: file.identity.cookie,
      days: file.identity.days,
      maxVisitors: file.identity.max_visitors,
      ...(file.identity.domain && { domain: file.identity.domain }),
    },
    traffic: {
      own: file.traffic.own,
      ...(file.traffic.data_centre_header && { dataCentreHeader: file.traffic.data_centre_header }),
    },
    ...(file.signing_secret && { signingSecret: file.signing_secret }),
    ...(file.rate_limit && { ratePerMinute: file.rate_limit.per_minute }),
    redirectHosts: new Set(file.redirect_hosts.map((host) => host.toLowerCase())),
    paths: file.paths,
    outbox: { carrier: file.outbox.carrier, leaseMs: file.outbox.lease },
    destinations: file.destinations,
  };
}

function readConversion(
  file: SiteFile['conversions'][number],
  at: string,
  currency: string,
  problems: string[],
): Conversion {
  if (file.event === undefined && file.url === undefined) {
    problems.push(`${at}: give an event name or a url to match`);
  }
  if (file.currency !== undefined && file.currency !== currency) {
    problems.push(`${at}.currency: ${file.currency} is not the site's currency ${currency}`);
  }
  return {
    name: file.name,
    ...(file.event !== undefined && { event: file.event }),
    ...(file.url !== undefined && { matchesPath: globMatcher(file.url) }),
    once: file.count === 'once',
    value: file.value ?? 0,
  };
}

/**
 * `*` stands for any characters; everything else is literal; the whole path
 * must match. Linear in the path, whatever the glob, since paths are hostile.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const parts = glob.split('*');
  if (parts.length === 1) return (path) => path === glob;
  const first = parts[0]!;
  const last = parts[parts.length - 1]!;
  const middle = parts.slice(1, -1);
  return (path) => {
    if (!path.startsWith(first) || path.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of middle) {
      const found = path.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return path.length - last.length >= at && path.endsWith(last);
  };
}

function uniqueNames(list: { name: string }[], at: string, problems: string[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of list.entries()) {
    if (seen.has(name)) problems.push(`${at}.${index}.name: "${name}" is used twice`);
    seen.add(name);
  }
}

/** Paths that belong to other routes. */
const RESERVED = /^\/(v1(\/.*)?|healthz|readyz|version|openapi\.json|index\.html)$/;

function checkPaths(paths: SiteFile['paths'], at: string, problems: string[]): void {
  const seen = new Map<string, string>();
  for (const [name, path] of Object.entries(paths)) {
    const other = seen.get(path);
    if (other !== undefined) problems.push(`${at}.paths.${name}: "${path}" is also ${other}`);
    if (RESERVED.test(path)) problems.push(`${at}.paths.${name}: "${path}" is reserved`);
    seen.set(path, name);
  }
}

function checkDestinations(file: SiteFile, at: string, problems: string[]): void {
  const known = new Set(file.conversions.map(({ name }) => name));
  for (const [index, destination] of file.destinations.entries()) {
    const here = `${at}.destinations.${index}`;
    for (const [position, name] of destination.conversions.entries()) {
      if (!known.has(name)) {
        problems.push(
          `${here}.conversions.${position}: no conversion is called "${name}"; there are ${[...known].join(', ') || 'none'}`,
        );
      }
    }
    if (
      'service_account_secret' in destination &&
      destination.service_account_secret !== undefined &&
      destination.access_token_secret !== undefined
    ) {
      problems.push(`${here}: give service_account_secret or access_token_secret, not both`);
    }
    if (
      destination.type === 'x' &&
      (destination.oauth_secret === undefined) === (destination.pixel_token_secret === undefined)
    ) {
      problems.push(`${here}: give one of oauth_secret and pixel_token_secret`);
    }
    const { clickIds } = destinationOf(destination);
    if (clickIds.length === 0 && destination.only_own_clicks) {
      problems.push(`${here}.only_own_clicks: a ${destination.type} has no clicks of its own`);
    }
    if (typeof destination.value === 'object') {
      const { model } = destination.value;
      if (clickIds.length === 0) {
        problems.push(`${here}.value: a ${destination.type} earns no credit; leave it "full"`);
      } else if (isModel(model) && !isRuleModel(model)) {
        problems.push(
          `${here}.value.model: "${model}" needs all journeys; use one of ${RULE_MODELS.join(', ')}`,
        );
      }
      if (!(file.models as readonly string[]).includes(model)) {
        problems.push(`${here}.value.model: "${model}" is not in the site's models`);
      }
    }
  }
}

/** The environment variables that a configuration names as secrets. */
export function secretNames(config: Config): string[] {
  const names = new Set<string>();
  for (const site of config.sites.values()) {
    for (const { secret } of site.keys) names.add(secret);
    if (site.signingSecret) names.add(site.signingSecret);
    for (const destination of site.destinations) {
      for (const [field, value] of Object.entries(destination)) {
        if (field.endsWith('_secret') && typeof value === 'string') names.add(value);
      }
    }
  }
  return [...names];
}
