/** `GET /v1/deliveries` and `POST /v1/deliveries/replay`: what became of conversions at the destinations. */
import * as v from 'valibot';
import { readJson } from '../collect/body.ts';
import type { Site } from '../config.ts';
import { siteOf } from '../context.ts';
import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import type { BreakerState } from '../outbox/breaker.ts';
import {
  DELIVERY_STATES,
  type DeliveryState,
  type DeliveryView,
  type DestinationHealth,
} from '../outbox/reads.ts';
import { Problem } from '../problem.ts';
import { invalid, SITE_PARAMETER, siteOfQuery, wholeNumber } from '../report/query.ts';
import { json, type Route } from '../route.ts';
import { callAllShards, callShard, callShards } from '../shard/client.ts';

export const deliveries: Route = {
  method: 'GET',
  path: '/v1/deliveries',
  doc: {
    summary: 'Deliveries, newest first, and the health of each destination',
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'destination', in: 'query', description: 'only this destination, by its name' },
      { name: 'state', in: 'query', description: `one of ${DELIVERY_STATES.join(', ')}` },
      { name: 'limit', in: 'query', description: 'most deliveries, 1 to 1000; default 100' },
      { name: 'before', in: 'query', description: '`next` of the page before' },
    ],
    answer:
      '{"deliveries": [{"id", "destination", "conversion", "status", "tries", "reason"}], "next", "destinations": [{"name", "type", "state", "reason", "resumes_at", "counts", "reasons", "lag_ms", "matched", "test"}]}',
  },
  async handle(route) {
    const { context, url } = route;
    const site = await siteOfQuery(route);
    const destination = destinationParameter(site, url.searchParams.get('destination'));
    const given = url.searchParams.get('state');
    const state = DELIVERY_STATES.find((each) => each === given);
    if (given !== null && state === undefined) {
      throw invalid('state', `one of ${DELIVERY_STATES.join(', ')}`, given);
    }
    const limit = wholeNumber(url, 'limit', { min: 1, max: 1000, fallback: 100 });
    const cursor = readCursor(url.searchParams.get('before'), site);
    const every = [...new Array(site.shards).keys()];
    const shards = await callShards(context, site, every, async (stub, shard) => ({
      ...(await stub.deliveries(site.key, {
        // One more tells whether there is a next page.
        limit: limit + 1,
        ...(cursor && { before: { created: cursor.created, id: idWithin(cursor, shard) } }),
        ...(destination !== undefined && { destination }),
        ...(state !== undefined && { state }),
      })),
    }));
    const list = shards
      .flatMap(({ deliveries }, shard) => deliveries.map((view) => ({ shard, view })))
      .sort(
        (a, b) => b.view.created - a.view.created || a.shard - b.shard || b.view.id - a.view.id,
      );
    const page = list.slice(0, limit);
    const last = page.at(-1);
    return json({
      deliveries: page.map(({ shard, view }) => toDelivery(view, shard)),
      next:
        last !== undefined && list.length > limit
          ? `${last.view.created}.${last.shard}.${last.view.id}`
          : null,
      destinations: site.destinations.map((config) =>
        toHealth(
          config,
          shards.flatMap(({ health }) => health.filter((each) => each.destination === config.name)),
        ),
      ),
    });
  },
};

/** Deliveries are shown by when they came, the newest first; then by shard, then by row, the newest first. */
interface Cursor {
  created: number;
  shard: number;
  id: number;
}

function readCursor(text: string | null, site: Site): Cursor | undefined {
  if (text === null) return undefined;
  const [, created, shard, id] = /^(\d{1,15})\.(\d{1,4})\.(\d{1,15})$/.exec(text) ?? [];
  if (created === undefined || Number(shard) >= site.shards) {
    throw invalid('before', 'the "next" of a page of this site', text);
  }
  return { created: Number(created), shard: Number(shard), id: Number(id) };
}

/** Which rows of the cursor's moment a shard has still to show: those before this id. */
function idWithin({ shard, id }: Cursor, of: number): number {
  if (of === shard) return id;
  return of > shard ? Number.MAX_SAFE_INTEGER : 0;
}

/** @param shard goes into the id: rows are numbered by shard */
export function toDelivery(view: DeliveryView, shard: number) {
  return {
    id: `${shard}-${view.id}`,
    destination: view.destination,
    conversion: view.conversion,
    kind: view.kind,
    event_id: view.event_id,
    status: view.state,
    tries: view.tries,
    reason: view.reason,
    created_at: time(view.created),
    next_try_at: view.state === 'waiting' ? time(view.due) : null,
    expires_at: time(view.expires),
    settled_at: view.settled === null ? null : time(view.settled),
    matched: view.matched.split(' ').filter(Boolean),
  };
}

const time = (ms: number): string => new Date(ms).toISOString();

function toHealth(config: DestinationConfig, parts: readonly DestinationHealth[]) {
  const counts: Partial<Record<DeliveryState, number>> = {};
  const matched: Record<string, number> = {};
  const reasons = new Map<string, { status: DeliveryState; reason: string; count: number }>();
  for (const part of parts) {
    for (const [state, count] of Object.entries(part.states) as [DeliveryState, number][]) {
      counts[state] = (counts[state] ?? 0) + count;
    }
    for (const [id, count] of Object.entries(part.matched)) {
      matched[id] = (matched[id] ?? 0) + count;
    }
    for (const { state, reason, count } of part.reasons) {
      const label = `${state} ${reason}`;
      const sum = (reasons.get(label)?.count ?? 0) + count;
      reasons.set(label, { status: state, reason, count: sum });
    }
  }
  const sum = (of: (part: DestinationHealth) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  const lags = parts.flatMap(({ lag = [] }) => lag).sort((a, b) => a - b);
  const oldest = parts.flatMap(({ oldest: each }) => each ?? []);
  const delivered = parts.flatMap(({ delivered: each }) => each ?? []);
  const failing = parts
    .flatMap(({ breaker }) => breaker ?? [])
    .sort((a: BreakerState, b: BreakerState) => Number(b.halted) - Number(a.halted));
  const resume = Math.max(0, ...failing.map((each) => each.resume));
  return {
    name: config.name,
    type: config.type,
    conversions: config.conversions,
    state: failing[0] === undefined ? 'working' : failing[0].halted ? 'stopped' : 'failing',
    reason: failing[0]?.reason ?? null,
    resumes_at: resume > Date.now() ? time(resume) : null,
    counts,
    /** Of dead letters and of what is never sent. */
    reasons: [...reasons.values()].sort((a, b) => b.count - a.count).slice(0, REASONS),
    oldest_waiting_at: oldest.length > 0 ? time(Math.min(...oldest)) : null,
    last_delivered_at: delivered.length > 0 ? time(Math.max(...delivered)) : null,
    lag_ms: {
      sampled: lags.length,
      p50: quantile(lags, 0.5),
      p95: quantile(lags, 0.95),
      p99: quantile(lags, 0.99),
      max: lags.at(-1) ?? null,
    },
    matched: {
      events: sum(({ sampled }) => sampled),
      identified: sum(({ identified }) => identified),
      by: matched,
    },
    test: testOf(config),
  };
}

const REASONS = 10;

/** Whether `POST /v1/deliveries/test` can be asked. */
function testOf(config: DestinationConfig): 'ready' | 'needs_test_event_code' | 'none' {
  if (destinationOf(config).trial === undefined) return 'none';
  const needsCode = config.type === 'meta' || config.type === 'tiktok';
  return needsCode && config.test_event_code === undefined ? 'needs_test_event_code' : 'ready';
}

const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

function destinationParameter(site: Site, given: string | null | undefined): string | undefined {
  if (given === null || given === undefined) return undefined;
  const names = site.destinations.map(({ name }) => name);
  if (!names.includes(given)) {
    throw invalid('destination', `one of ${names.join(', ') || '(the site has none)'}`, given);
  }
  return given;
}

const RULES = { maxBytes: 65_536, types: ['application/json'] } as const;
const ID = /^(\d{1,4})-(\d{1,15})$/;

const replaySchema = v.object({
  site: v.string(),
  destination: v.optional(v.nullable(v.string())),
  ids: v.optional(v.nullable(v.pipe(v.array(v.string()), v.maxLength(1000)))),
});

export const replayDeliveries: Route = {
  method: 'POST',
  path: '/v1/deliveries/replay',
  doc: {
    summary: 'Sends dead deliveries again, all of them or those named; needs the scope admin',
    key: true,
    body: replaySchema,
    answer: '{"replayed", "too_old"}: how many wait again, and how many no platform would take now',
  },
  async handle({ context, request }) {
    const opened = await context.apiKeys.sites(request, 'admin');
    const input = v.safeParse(replaySchema, await readJson(request, RULES));
    if (!input.success) {
      const [issue] = input.issues;
      throw new Problem(
        'invalid_body',
        `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}; expected {"site", "destination"?, "ids"?}`,
      );
    }
    const { site: key, destination: name, ids } = input.output;
    const site = siteOf(context, key);
    if (!opened.has(site.key)) {
      throw new Problem('key_wrong', `This key does not open the site "${site.key}".`);
    }
    const destination = destinationParameter(site, name);
    const result = { replayed: 0, too_old: 0 };
    const add = (part: typeof result) => {
      result.replayed += part.replayed;
      result.too_old += part.too_old;
    };
    if (ids == null) {
      const parts = await callAllShards(context, site, (stub) =>
        stub.replay(site.key, destination, undefined),
      );
      for (const part of parts) add(part);
      return json(result);
    }
    for (const [shard, rows] of byShard(ids, site)) {
      add(
        await callShard(context, site, shard, (stub) => stub.replay(site.key, destination, rows)),
      );
    }
    return json(result);
  },
};

function byShard(ids: readonly string[], site: Site): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const id of ids) {
    const [, shard, row] = ID.exec(id) ?? [];
    if (shard === undefined || Number(shard) >= site.shards) {
      throw new Problem(
        'invalid_body',
        `ids: expected ids as /v1/deliveries gives them, got ${JSON.stringify(id.slice(0, 40))}`,
      );
    }
    const list = groups.get(Number(shard)) ?? [];
    groups.set(Number(shard), list);
    list.push(Number(row));
  }
  return groups;
}
