/** `GET /v1/live`: events as they arrive, as server-sent events. */
import type { OutcomeCode } from '../problem.ts';
import { OUTCOMES } from '../problem.ts';
import type { Route } from '../route.ts';
import { microsToNumber } from '../schema/money.ts';
import { callShards } from '../shard/client.ts';
import type { LiveEvent } from '../shard/tail.ts';
import { invalid, SITE_PARAMETER, siteOfQuery, wholeNumber } from './query.ts';

const TICK_MS = 1000;
/** A stream ends after this long; a browser's EventSource comes back by itself. */
const LONGEST_MS = 15 * 60_000;
const MOST_PER_TICK = 200;

export const live: Route = {
  method: 'GET',
  path: '/v1/live',
  doc: {
    summary: 'Events as they arrive, with what became of each, without personal data',
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'last', in: 'query', description: 'events to begin with, 0 to 200; default 20' },
      {
        name: 'after',
        in: 'query',
        description: 'the newest id of a stream that broke off: goes on behind it, instead of last',
      },
    ],
    answer:
      'text/event-stream: "event: events" with a JSON list, and "event: refused" with new counts by code',
  },
  async handle(route) {
    const site = await siteOfQuery(route);
    const { context, url } = route;
    const last = wholeNumber(url, 'last', { min: 0, max: MOST_PER_TICK, fallback: 20 });
    const encoder = new TextEncoder();
    const started = Date.now();
    const all = [...new Array(site.shards).keys()];
    const seqs = positions(url, site.shards);
    const goesOn = seqs.size > 0;
    let counts: Map<string, number> | undefined;
    let closed = false;

    /** What has come since the last time. */
    const look = async (): Promise<string> => {
      const today = site.dayOf(Date.now());
      const first = counts === undefined;
      const shards = await callShards(context, site, all, (stub, shard) =>
        stub.live(site.key, seqs.get(shard), first && !goesOn ? last : MOST_PER_TICK, today),
      );
      const now = new Map<string, number>();
      for (const [shard, { tail, outcomes }] of shards.entries()) {
        seqs.set(shard, tail.seq);
        for (const [code, count] of Object.entries(outcomes)) {
          now.set(code, (now.get(code) ?? 0) + count);
        }
      }
      const events = shards
        .flatMap(({ tail }) => tail.events)
        .sort((a, b) => a.received - b.received)
        .slice(first && !goesOn ? (last === 0 ? Number.MAX_SAFE_INTEGER : -last) : 0);
      const before = counts ?? now;
      counts = now;
      const fresh = [...now]
        .map(([code, count]) => ({ code, count: count - (before.get(code) ?? 0) }))
        .filter(({ code, count }) => count > 0 && code !== 'accepted')
        .map((row) => ({ ...row, meaning: OUTCOMES[row.code as OutcomeCode] ?? '' }));
      return [
        events.length > 0
          ? `event: events\nid: ${all.map((shard) => seqs.get(shard)).join('.')}\ndata: ${JSON.stringify(events.map(shown))}\n\n`
          : '',
        fresh.length > 0 ? `event: refused\ndata: ${JSON.stringify(fresh)}\n\n` : '',
      ].join('');
    };

    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (counts !== undefined) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
        if (closed) return;
        if (Date.now() - started > LONGEST_MS) return controller.close();
        // A shard that does not answer now will the next time.
        const text = await look().catch(() => '');
        if (!closed) controller.enqueue(encoder.encode(text || ': waiting\n\n'));
      },
      cancel() {
        closed = true;
      },
    });
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    });
  },
};

/** Rows of the shards' logs behind which a stream goes on. @throws Problem invalid_query */
function positions(url: URL, shards: number): Map<number, number> {
  const given = url.searchParams.get('after');
  if (given === null) return new Map();
  const seqs = given.split('.');
  if (seqs.length !== shards || !seqs.every((seq) => /^\d{1,15}$/.test(seq))) {
    throw invalid('after', 'an id of this site from the stream before', given);
  }
  return new Map(seqs.map((seq, shard) => [shard, Number(seq)]));
}

function shown({ received, at, value, ...event }: LiveEvent) {
  return {
    received: new Date(received).toISOString(),
    time: new Date(at).toISOString(),
    ...event,
    ...(value !== undefined && { value: microsToNumber(value) }),
  };
}
