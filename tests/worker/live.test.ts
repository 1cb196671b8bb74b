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
