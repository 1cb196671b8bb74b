/** Microsoft Advertising, UET Conversions API: `POST /v1/{tag}/events`. Bad rows are named and left out. */
import {
  amount,
  bodyOf,
  filled,
  idOf,
  isOk,
  itemsOf,
  listAt,
  look,
  number,
  pieces,
  reasonOf,
  seconds,
  usual,
} from './common.ts';
import {
  type Answer,
  DAY_MS,
  type Delivery,
  type Destination,
  type Verdict,
} from './destination.ts';
import { apiOf } from './versions.ts';

export const microsoft: Destination<'microsoft'> = {
  type: 'microsoft',
  variant: 'canonical',
  maxAgeMs: 7 * DAY_MS,
  batch: 1000,
  clickIds: ['msclkid'],
  sources: ['bing', 'microsoft', 'msn', 'yahoo', 'duckduckgo'],
  refunds: false,

  refusal: () => undefined,

  call(config, deliveries, { secrets }) {
    const { endpoint, version } = apiOf(config);
    return {
      url: `${endpoint}/${version}/${encodeURIComponent(config.tag_id)}/events`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${secrets.get(config.access_token_secret)}`,
      },
      body: JSON.stringify({
        data: deliveries.map(event),
        continueOnValidationError: true,
      }),
    };
  },

  read(answer, deliveries) {
    if (!isOk(answer))
      return usual(answer, deliveries.length, look(bodyOf(answer), 'error', 'message'));
    return readRows(answer, deliveries.length);
  },
};

function event(delivery: Delivery): object {
  const { user, ip, ua } = delivery;
  const value = amount(delivery);
  const items = itemsOf(delivery);
  return filled({
    eventType: 'custom',
    // A goal is matched by this name.
    eventName: delivery.name,
    eventTime: seconds(delivery.at),
    eventId: delivery.eventId,
    eventSourceUrl: delivery.url,
    referrerUrl: delivery.referrer,
    pageTitle: delivery.title,
    adStorageConsent: 'G',
    userData: filled({
      anonymousId: delivery.person,
      externalId: user.external_id,
      em: user.email,
      ph: user.phone,
      msclkid: idOf(delivery, 'msclkid'),
      clientIpAddress: ip,
      clientUserAgent: ua,
    }),
    customData: filled({
      value,
      currency: value === undefined ? undefined : delivery.currency,
      transactionId: delivery.orderId,
      searchTerm: delivery.searchTerm,
      items: items.map((item) =>
        filled({
          id: item.id,
          name: item.name,
          quantity: pieces(item),
          price: item.price === undefined ? undefined : number(item.price),
        }),
      ),
      itemIds: items.map(({ id }) => id),
    }),
  });
}

function readRows(answer: Answer, count: number): Verdict[] {
  const verdicts = Array.from({ length: count }, (): Verdict => ({ state: 'delivered' }));
  for (const detail of listAt(bodyOf(answer), 'error', 'details')) {
    const index = Number(look(detail, 'index'));
    if (look(detail, 'isWarning') || !Number.isInteger(index) || index < 0 || index >= count)
      continue;
    const what = `${look(detail, 'propertyName')}: ${look(detail, 'errorMessage')}`;
    const reason = reasonOf(answer.status, what);
    verdicts[index] = { state: 'dead', reason };
  }
  return verdicts;
}
