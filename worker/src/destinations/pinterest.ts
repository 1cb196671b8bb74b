/** Pinterest Conversions API: `POST /v5/ad_accounts/{id}/events`. Amounts are text; unknown keys are refused. */
import {
  amountText,
  bodyOf,
  decimal,
  filled,
  idOf,
  isOk,
  itemsOf,
  listAt,
  look,
  pieceCount,
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
import { nameFor } from './names.ts';
import { apiOf } from './versions.ts';

export const pinterest: Destination<'pinterest'> = {
  type: 'pinterest',
  variant: 'pinterest',
  // UNCONFIRMED; 7 days is what its neighbours take.
  maxAgeMs: 7 * DAY_MS,
  batch: 1000,
  clickIds: ['epik'],
  sources: ['pinterest', 'pinterest.com'],
  refunds: false,

  refusal(_config, { user, ip, ua }) {
    return user.email || (ip && ua)
      ? undefined
      : 'neither an e-mail nor IP address with user agent';
  },

  call(config, deliveries, { secrets }) {
    const { endpoint, version } = apiOf(config);
    return {
      url: `${endpoint}/${version}/ad_accounts/${encodeURIComponent(config.ad_account_id)}/events`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${secrets.get(config.access_token_secret)}`,
      },
      body: JSON.stringify({ data: deliveries.map(event) }),
    };
  },

  trial: (_config, call) => ({ ...call, url: `${call.url}?test=true` }),

  read(answer, deliveries) {
    const body = bodyOf(answer);
    const events = listAt(body, 'events');
    if (events.length === deliveries.length) return readRows(answer, events);
    return isOk(answer)
      ? { state: 'delivered' }
      : usual(answer, deliveries.length, look(body, 'message'));
  },
};

function event(delivery: Delivery): object {
  const { user, name, ip, ua } = delivery;
  const list = (value: string | undefined) => (value ? [value] : undefined);
  const value = amountText(delivery);
  const items = itemsOf(delivery);
  return filled({
    event_name: nameFor('pinterest', name) ?? 'custom',
    action_source: 'web',
    event_time: seconds(delivery.at),
    event_id: delivery.eventId,
    event_source_url: delivery.url,
    user_data: filled({
      em: list(user.email),
      ph: list(user.phone),
      fn: list(user.first_name),
      ln: list(user.last_name),
      ct: list(user.city),
      st: list(user.state),
      zp: list(user.zip),
      country: list(user.country),
      external_id: list(user.external_id),
      click_id: idOf(delivery, 'epik'),
      client_ip_address: ip,
      client_user_agent: ua,
    }),
    custom_data: filled({
      value,
      currency: value === undefined ? undefined : delivery.currency,
      order_id: delivery.orderId,
      content_ids: items.map(({ id }) => id),
      contents: items.map((item) =>
        filled({
          id: item.id,
          item_name: item.name,
          item_price: item.price === undefined ? undefined : decimal(item.price),
          quantity: pieces(item),
        }),
      ),
      num_items: pieceCount(delivery),
      search_string: delivery.searchTerm,
      opt_out_type: delivery.personalization ? undefined : 'LDP',
    }),
  });
}

function readRows(answer: Answer, events: readonly unknown[]): Verdict[] {
  return events.map(
    (event): Verdict =>
      look(event, 'status') === 'failed'
        ? { state: 'dead', reason: reasonOf(answer.status, look(event, 'error_message')) }
        : { state: 'delivered' },
  );
}
