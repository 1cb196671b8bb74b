/** A running worker with three destinations: one works, one refuses the key, one refuses each sale. */
import assert from 'node:assert/strict';
import { type Server, send, siteConfig, startServer } from '../../worker/helpers.ts';
import { allDestinations, SECRETS } from '../../worker/support/destinations.ts';
import { startMock } from '../../worker/support/mock_server.ts';

export const OWNER_KEY = 'the-owner-s-key';
export const READER_KEY = 'a-reader-s-key';

export interface Running extends AsyncDisposable {
  /** Sites: `shop` with thirty sales, `fresh` with nothing. */
  server: Server;
  mock: Awaited<ReturnType<typeof startMock>>;
}

export const startRunning = async (): Promise<Running> => {
  const mock = await startMock();
  mock.fault = (type) => {
    if (type === 'webhook') return { status: 400, body: { message: 'not like this' } };
    return type === 'linkedin' ? { status: 401, body: { message: 'who are you' } } : undefined;
  };
  const destinations = allDestinations(['purchase'], mock.endpoint)
    .filter(({ type }) => ['meta', 'linkedin', 'webhook'].includes(type as string))
    .map((each) => (each.type === 'meta' ? { ...each, test_event_code: 'T1' } : each));
  const more = { api_key_secret: 'OWNER', keys: [{ secret: 'READER', scopes: ['reports:read'] }] };
  const conversions = [{ name: 'purchase', event: 'purchase' }];
  const server = await startServer(
    {
      shop: siteConfig({ ...more, conversions, destinations, shards: 2 }),
      fresh: siteConfig({ ...more, shards: 2 }),
    },
    { ...SECRETS, OWNER: OWNER_KEY, READER: READER_KEY },
  );
  const sale = (i: number) => ({
    name: 'purchase',
    event_id: `sale-${i}`,
    order_id: `order-${i}`,
    visitor_id: `v-${i}`,
    value: 20,
    user: { email: `someone${i}@example.com` },
    ...(i > 28 && { consent: { ad_user_data: 'denied' } }),
  });
  await send(
    server,
    'shop',
    Array.from({ length: 30 }, (_, i) => sale(i)),
  );
  const until = Date.now() + 30_000;
  for (;;) {
    const { json } = await server.api('/v1/deliveries?site=shop&limit=1');
    const [meta, linkedin, webhook] = json.destinations;
    if (meta.counts.delivered === 29 && webhook.counts.dead === 29 && linkedin.state === 'stopped')
      break;
    assert.ok(Date.now() < until, JSON.stringify(json.destinations));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    server,
    mock,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await mock[Symbol.asyncDispose]();
    },
  };
};
