/** The live stream: what arrives, within a tick or two, and what was refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, send, siteConfig, startServer } from './helpers.ts';

test('events and refusals come as they arrive, without personal data', {
  timeout: 30_000,
}, async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 3 }) });
  await send(server, 'shop', [{ name: 'page_view', visitor_id: 'before', event_id: '0' }]);
  const stop = new AbortController();
  const response = await fetch(`${server.url}/v1/live?site=shop&last=5`, {
    headers: { authorization: `Bearer ${server.apiKeys.shop}` },
    // A stream that never tells must not outlive the test.
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]),
  });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const events: Json[] = [];
  const refused: Json[] = [];
  let all = '';
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const until = async (done: () => boolean) => {
    while (!done()) {
      const { value, done: ended } = await reader.read();
      assert.ok(!ended);
      all += value;
      for (const block of (value ?? '').split('\n\n')) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (!data) continue;
        (block.startsWith('event: events') ? events : refused).push(...JSON.parse(data));
      }
    }
  };
  await until(() => events.length === 1);
  assert.equal(events[0].name, 'page_view');
  const order = {
    name: 'purchase',
    event_id: '1',
    visitor_id: 'secret-visitor',
    order_id: 'secret-order',
    value: 12.5,
    currency: 'USD',
    user: { email: 'someone@secret.example' },
    source: { source: 'google', medium: 'cpc' },
  };
  await send(server, 'shop', [order]);
  await server.collect({
    site: 'shop',
    events: [{ ...order, source: undefined, event_id: '2' }, { name: 7 }],
  });
  await until(() => events.length === 3 && refused.length === 2);
  assert.deepEqual(
    events
      .slice(1)
      .map(({ name, outcome, channel, value, via }) => [name, outcome, channel, value, via]),
    [
      ['purchase', 'accepted', 'Paid Search', 12.5, 'api'],
      ['purchase', 'duplicate_order', undefined, 12.5, 'beacon'],
    ],
  );
  assert.deepEqual(refused.map(({ code, count }) => [code, count]).sort(), [
    ['duplicate_order', 1],
    ['invalid_event', 1],
  ]);
  assert.doesNotMatch(all, /secret/);
  stop.abort();
  assert.equal((await server.api('/v1/live?site=shop', { key: 'no' })).status, 403);
});

test('a stream that broke off goes on behind its newest id', { timeout: 30_000 }, async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 3 }) });
  const visits = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: 'page_view',
      visitor_id: `v${from + i}`,
      event_id: `e${from + i}`,
      title: 'x',
    }));
  /** Reads a stream until it has told so many events. */
  const read = async (query: string, count: number): Promise<{ id: string; persons: string[] }> => {
    const stop = new AbortController();
    const response = await fetch(`${server.url}/v1/live?site=shop&${query}`, {
      headers: { authorization: `Bearer ${server.apiKeys.shop}` },
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(15_000)]),
    });
    assert.equal(response.status, 200);
    let text = '';
    const persons: string[] = [];
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      persons.length = 0;
      for (const [, data] of text.matchAll(/^data: (\[.*\])$/gm)) {
        persons.push(...JSON.parse(data!).map(({ person }: Json) => person));
      }
      if (persons.length >= count) break;
    }
    stop.abort();
    return { id: [...text.matchAll(/^id: (.*)$/gm)].at(-1)![1]!, persons };
  };
  await send(server, 'shop', visits(0, 6));
  const first = await read('last=50', 6);
  assert.equal(new Set(first.persons).size, 6);
  await send(server, 'shop', visits(6, 5));
  const second = await read(`after=${first.id}`, 5);
  assert.equal(second.persons.length, 5, 'what came in between, and nothing again');
  assert.equal(new Set([...first.persons, ...second.persons]).size, 11);
  for (const after of ['', '1', '1.2', '1.2.x', '1.2.3.4', '-1.2.3']) {
    const { status, json } = await server.api(`/v1/live?site=shop&after=${after}`);
    assert.deepEqual([status, json?.code], [400, 'invalid_query'], after);
  }
});
