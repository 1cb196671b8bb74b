/** Snapchat Conversions API v3: `POST /v3/{pixel}/events`. The body's status counts, not only HTTP's. */
import {
  amount,
  bodyOf,
  filled,
  idOf,
  isOk,
  itemsOf,
  look,
  number,
  pieceCount,
  pieces,
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

export const snapchat: Destination<'snapchat'> = {
  type: 'snapchat',
  variant: 'snapchat',
  maxAgeMs: 37 * DAY_MS,
  batch: 2000,
  clickIds: ['sccid'],
  sources: ['snapchat', 'snapchat.com', 'snap'],
  refunds: false,

  refusal(_config, { user, ip, ua }) {
    if (user.email || user.phone || (ip && ua)) return undefined;
    return 'no e-mail, phone, or IP address with user agent';
  },

  call(config, deliveries, { secrets }) {
    const { endpoint, version } = apiOf(config);
    const token = encodeURIComponent(secrets.get(config.access_token_secret));
    return {
      url: `${endpoint}/${version}/${encodeURIComponent(config.pixel_id)}/events?access_token=${token}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: deliveries.map(event) }),
    };
  },

  trial: (_config, call) => ({ ...call, url: call.url.replace('/events?', '/events/validate?') }),

  read(answer, deliveries) {
    return isOk(answer)
      ? readBody(answer, deliveries.length)
      : usual(answer, deliveries.length, look(bodyOf(answer), 'reason'));
  },
};

function event(delivery: Delivery): object {
  const { user, name, ip, ua } = delivery;
  const value = amount(delivery);
  const items = itemsOf(delivery);
  return filled({
    event_name: nameFor('snapchat', name) ?? name.toUpperCase(),
    event_time: seconds(delivery.at),
    event_id: delivery.eventId,
    action_source: 'WEB',
    event_source_url: delivery.url,
    user_data: filled({
      em: user.email,
      ph: user.phone,
      fn: user.first_name,
      ln: user.last_name,
      ct: user.city,
      st: user.state,
      zp: user.zip,
      country: user.country,
      external_id: user.external_id,
      client_ip_address: ip,
      client_user_agent: ua,
      sc_click_id: idOf(delivery, 'sccid'),
      sc_cookie1: idOf(delivery, 'scid', 'sc_cookie1'),
    }),
    custom_data: filled({
      value,
      currency: value === undefined ? undefined : delivery.currency,
      order_id: delivery.orderId,
      contents: items.map((item) =>
        filled({
          id: item.id,
          quantity: pieces(item),
          item_price: item.price === undefined ? undefined : number(item.price),
        }),
      ),
      content_ids: items.map(({ id }) => id),
      num_items: pieceCount(delivery),
      search_string: delivery.searchTerm,
    }),
    data_processing_options: delivery.personalization ? undefined : ['LDU'],
  });
}

function readBody(answer: Answer, count: number): Verdict {
  const body = bodyOf(answer);
  const [status, reason] = [look(body, 'status'), look(body, 'reason')];
  if (status === undefined || /^(valid|success|ok)$/i.test(String(status))) {
    return { state: 'delivered' };
  }
  const why = `${String(status)} ${String(reason ?? '').slice(0, 200)}`;
  return count > 1 ? { state: 'split', reason: why } : { state: 'dead', reason: why };
}
