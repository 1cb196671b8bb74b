/** Reddit Conversions API v3: `POST /api/v3/pixels/{pixel}/conversion_events`. Times in ms. */
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
  usual,
  withBody,
} from './common.ts';
import { DAY_MS, type Delivery, type Destination } from './destination.ts';
import { nameFor } from './names.ts';
import { apiOf } from './versions.ts';

export const reddit: Destination<'reddit'> = {
  type: 'reddit',
  variant: 'canonical',
  maxAgeMs: 7 * DAY_MS,
  batch: 1000,
  clickIds: ['rdt_cid'],
  sources: ['reddit', 'reddit.com'],
  refunds: false,

  refusal: () => undefined,

  call(config, deliveries, { secrets }) {
    const { endpoint, version } = apiOf(config);
    return {
      url: `${endpoint}/api/${version}/pixels/${encodeURIComponent(config.pixel_id)}/conversion_events`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${secrets.get(config.access_token_secret)}`,
        // Reddit slows down callers without a name of their own.
        'user-agent': 'headwater-conversions/1.0',
      },
      body: JSON.stringify({
        data: { events: deliveries.map((each) => event(each, config.uuid)) },
      }),
    };
  },

  trial: (_config, call) => {
    const { data } = JSON.parse(call.body) as { data: object };
    return withBody(call, { data: { test_id: 'headwater', ...data } });
  },

  read(answer, deliveries) {
    if (isOk(answer)) return { state: 'delivered' };
    const body = bodyOf(answer);
    const said = look(body, 'message') ?? look(body, 'error', 'message') ?? look(body, 'reason');
    return usual(answer, deliveries.length, said);
  },
};

const CUSTOM_NAME = 64;

function event(delivery: Delivery, form: 'whole' | 'after_dot' = 'whole'): object {
  const uuid = idOf(delivery, 'rdt_uuid');
  const { user, name, ip, ua } = delivery;
  const known = nameFor('reddit', name);
  const value = amount(delivery);
  return filled({
    event_at: delivery.at,
    action_source: delivery.url ? 'WEBSITE' : 'OTHER',
    event_source_url: delivery.url,
    type: known
      ? { tracking_type: known }
      : { tracking_type: 'CUSTOM', custom_event_name: name.slice(0, CUSTOM_NAME) },
    click_id: idOf(delivery, 'rdt_cid'),
    user: filled({
      email: user.email,
      phone_number: user.phone,
      external_id: user.external_id,
      ip_address: ip,
      user_agent: ua,
      // UNCONFIRMED: whole, as in the documentation's example.
      uuid: form === 'whole' ? uuid : uuid?.replace(/^[^.]*\./, ''),
      ...(!delivery.personalization && { data_processing_options: { modes: ['LDU'] } }),
    }),
    metadata: filled({
      conversion_id: delivery.eventId,
      value,
      currency: value === undefined ? undefined : delivery.currency,
      item_count: pieceCount(delivery),
      products: itemsOf(delivery).map((item) =>
        filled({
          id: item.id,
          name: item.name,
          quantity: pieces(item),
          item_price: item.price === undefined ? undefined : number(item.price),
        }),
      ),
    }),
  });
}
