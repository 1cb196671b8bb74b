/** What Google makes of a request that it took is asked for later and written down as the last word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { googleDataManager } from '../../worker/src/destinations/google_data_manager.ts';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { type Mock, startMock } from './support/mock_server.ts';

const status = (requestStatus: string, errorCounts: object[] = []): Json => ({
  requestStatusPerDestination: [
    {
      destination: {},
      requestStatus,
      ...(errorCounts.length > 0 && { errorInfo: { errorCounts } }),
    },
  ],
});

const site = (mock: Mock, changes: Record<string, unknown> = {}) =>
  siteConfig({
    conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
    destinations: allDestinations(['purchase'], mock.endpoint)
      .filter(({ type }) => type === 'google_data_manager')
      .map((each) => ({ ...each, status_after: '1s' })),
    shards: 1,
    ...changes,
  });

async function delivery(server: Server, until: (row: Json) => boolean): Promise<Json> {
  const patience = Date.now() + 20_000;
  for (;;) {
    const { json } = await server.api('/v1/deliveries?site=shop&limit=1');
    const [row] = json.deliveries;
    if (row !== undefined && until(row)) return row;
    assert.ok(Date.now() < patience, JSON.stringify(row));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const carrier of ['alarm', 'queue'] as const) {
  test(`the last word is written down, with deliveries by ${carrier}`, {
    timeout: 90_000,
  }, async () => {
    await using mock = await startMock();
    let answers: { status: number; body: Json }[] = [];
    let asked = 0;
    mock.fault = (_type, { path, query, headers }) => {
      if (!path.startsWith('/v1/requestStatus:retrieve')) return undefined;
      asked++;
      assert.ok(query.get('requestId'));
      assert.equal(headers.authorization, `Bearer ${SECRETS.GOOGLE_TOKEN}`);
      return answers.shift() ?? { status: 404, body: {} };
    };
    await using server = await startServer({ shop: site(mock, { outbox: { carrier } }) }, SECRETS);
    const sell = (id: string) =>
      server.api('/v1/events', {
        body: {
          site: 'shop',
          events: [
            {
              name: 'purchase',
              event_id: id,
              order_id: id,
              visitor_id: id,
              value: 2,
              ids: { gclid: id },
            },
          ],
        },
      });
    const ok = (body: Json) => ({ status: 200, body });
    const cases: [answers: typeof answers, state: string, reason: RegExp, asked: number][] = [
      [[ok(status('SUCCESS'))], 'delivered', /^request \S+ SUCCESS$/, 1],
      [[ok(status('PROCESSING')), ok(status('SUCCESS'))], 'delivered', /^request \S+ SUCCESS$/, 2],
      [[{ status: 503, body: {} }, ok(status('SUCCESS'))], 'delivered', /SUCCESS$/, 2],
      [
        [
          ok(
            status('PARTIAL_SUCCESS', [
              { recordCount: '1', reason: 'PROCESSING_ERROR_REASON_EVENT_TOO_OLD' },
            ]),
          ),
        ],
        'delivered',
        /PARTIAL_SUCCESS 1 PROCESSING_ERROR_REASON_EVENT_TOO_OLD$/,
        1,
      ],
      [
        [ok(status('FAILED', [{ recordCount: 1, reason: 'DENIED_CONSENT' }]))],
        'dead',
        /FAILED 1 DENIED_CONSENT$/,
        1,
      ],
      [
        [ok(status('FAILED', [{ recordCount: 1, reason: 'TOO_RECENT_CLICK' }]))],
        'waiting',
        /TOO_RECENT_CLICK$/,
        1,
      ],
    ];
    for (const [i, [script, state, reason, times]] of cases.entries()) {
      answers = [...script];
      asked = 0;
      const id = `receipt-${i}x`;
      await sell(id);
      const row = await delivery(
        server,
        (each) => each.event_id === id && each.status === state && reason.test(each.reason ?? ''),
      );
      assert.equal(asked, times, JSON.stringify(row));
      if (state === 'waiting') {
        const wait = Date.parse(row.next_try_at) - Date.now();
        assert.ok(Math.abs(wait - 6 * 3_600_000) < 60_000, row.next_try_at);
      }
      assert.equal(mock.taken.get('google_data_manager')?.size, i + 1);
    }
    // The one that Google refused wholly can be sent again, under the same id.
    answers = [ok(status('SUCCESS'))];
    const { json: list } = await server.api('/v1/deliveries?site=shop&state=dead');
    const ids = list.deliveries.map((row: Json) => row.id);
    const { json } = await server.api('/v1/deliveries/replay', { body: { site: 'shop', ids } });
    assert.equal(json.replayed, 1);
    const until = Date.now() + 15_000;
    for (;;) {
      const { json: now } = await server.api('/v1/deliveries?site=shop&state=delivered');
      const row = now.deliveries.find((each: Json) => each.id === ids[0]);
      if (/SUCCESS$/.test(row?.reason ?? '')) break;
      assert.ok(Date.now() < until, JSON.stringify(row));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(mock.taken.get('google_data_manager')?.size, cases.length);
    assert.equal(asked, 2, 'also once for the replay, and never for what is settled');
  });
}

test('answers of any shape are read', () => {
  const { read } = googleDataManager.receiving!;
  const of = (text: string) => read({ status: 200, headers: new Headers(), text }).state;
  for (const odd of [
    '',
    'null',
    '[]',
    '{}',
    '{"requestStatusPerDestination":7}',
    '<html>',
    '{"requestStatusPerDestination":[null]}',
  ]) {
    assert.equal(of(odd), 'open', odd);
  }
  assert.equal(of(JSON.stringify(status('REQUEST_STATUS_UNKNOWN'))), 'open');
  const two = {
    requestStatusPerDestination: [{ requestStatus: 'FAILED' }, { requestStatus: 'SUCCESS' }],
  };
  assert.equal(of(JSON.stringify(two)), 'taken');
});
