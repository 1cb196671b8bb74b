/** A webhook of one's own, signed as Standard Webhooks says: one event a request. */
import { bodyOf, decimal, filled, isOk, look, usual } from './common.ts';
import { DAY_MS, type Delivery, type Destination } from './destination.ts';
import { signWebhook } from './webhook_sign.ts';

/** A body stays below what receivers take. */
const MOST_BYTES = 20_000;

export const webhook: Destination<'webhook'> = {
  type: 'webhook',
  variant: 'plain',
  maxAgeMs: 7 * DAY_MS,
  batch: 1,
  clickIds: [],
  sources: [],
  refunds: true,

  refusal: () => undefined,

  async call(config, [delivery], { secrets, now }) {
    const body = bodyText(delivery!);
    const id = delivery!.key;
    const timestamp = String(Math.floor(now / 1000));
    const secret = secrets.get(config.signing_secret);
    for (const part of secret.split(/\s+/)) secrets.hide(part);
    return {
      url: config.endpoint ?? config.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'headwater-webhook/1.0',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': await signWebhook(secret, id, timestamp, body),
      },
      body,
    };
  },

  // A receiver of one's own: it is told that this is a trial.
  trial: (_config, call) => ({ ...call, headers: { ...call.headers, 'x-headwater-trial': '1' } }),

  read: (answer, deliveries) =>
    isOk(answer)
      ? { state: 'delivered' }
      : usual(answer, deliveries.length, look(bodyOf(answer), 'message')),
};

/** Amounts are decimal text, times RFC 3339, personal fields SHA-256 digests. */
function bodyText(delivery: Delivery): string {
  const data = {
    event_id: delivery.eventId,
    event: delivery.name,
    conversion: delivery.conversion,
    order_id: delivery.orderId,
    value: delivery.value === undefined ? undefined : decimal(delivery.value),
    currency: delivery.currency,
    left: delivery.left === undefined ? undefined : decimal(delivery.left),
    url: delivery.url,
    referrer: delivery.referrer,
    search_term: delivery.searchTerm,
    ids: delivery.ids,
    user: delivery.user,
    items: delivery.items?.map(({ price, ...item }) => ({
      ...item,
      ...(price !== undefined && { price: decimal(price) }),
    })),
    person: delivery.person,
    ad_personalization: delivery.personalization ? 'granted' : 'denied',
  };
  const text = (part: object) =>
    JSON.stringify({
      type: delivery.kind,
      timestamp: new Date(delivery.at).toISOString(),
      data: filled(part),
    });
  const whole = text(data);
  if (new TextEncoder().encode(whole).length < MOST_BYTES) return whole;
  return text({ ...data, items: undefined, items_left_out: data.items?.length });
}
