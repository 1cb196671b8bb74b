/** X Conversion API: `POST /12/measurement/conversions/{pixel}`, signed with OAuth 1.0a. */
import {
  amountText,
  bodyOf,
  decimal,
  filled,
  idOf,
  isOk,
  itemsOf,
  look,
  pieceCount,
  pieces,
  usual,
} from './common.ts';
import { type ConfigOf, DAY_MS, type Delivery, type Destination } from './destination.ts';
import { oauth1Header, oauth1Keys } from './oauth1.ts';
import { apiOf } from './versions.ts';

export const x: Destination<'x'> = {
  type: 'x',
  variant: 'x',
  // UNCONFIRMED; its longest window is 90 days, most are 30.
  maxAgeMs: 30 * DAY_MS,
  batch: 500,
  clickIds: ['twclid'],
  sources: ['twitter', 'x', 'twitter.com', 'x.com', 't.co'],
  refunds: false,

  refusal(config, delivery) {
    if (!config.event_tags[delivery.conversion]) {
      return `event_tags has no tag for "${delivery.conversion}"`;
    }
    return identifiers(delivery).length > 0
      ? undefined
      : 'no twclid, e-mail, phone, or IP address with user agent';
  },

  async call(config, deliveries, { secrets, now }) {
    const { endpoint, version } = apiOf(config);
    const pixel = encodeURIComponent(config.pixel_id);
    const url = `${endpoint}/${version}/measurement/conversions/${pixel}`;
    const signed = async () => {
      const keys = oauth1Keys(secrets.json(config.oauth_secret ?? 'oauth_secret'));
      return { authorization: await oauth1Header(keys, 'POST', url, now) };
    };
    const { pixel_token_secret: token } = config;
    return {
      url,
      headers: {
        'content-type': 'application/json',
        // UNCONFIRMED: third parties tell of this header, the documentation does not.
        ...(token === undefined ? await signed() : { 'x-pixel-token': secrets.get(token) }),
      },
      body: JSON.stringify({ conversions: deliveries.map((delivery) => event(config, delivery)) }),
    };
  },

  read(answer, deliveries) {
    if (isOk(answer)) {
      const id = look(bodyOf(answer), 'data', 'debug_id');
      return { state: 'delivered', ...(typeof id === 'string' && { note: id }) };
    }
    return usual(answer, deliveries.length, look(bodyOf(answer), 'errors', 0, 'message'));
  },
};

function event(config: ConfigOf<'x'>, delivery: Delivery): object {
  const tag = config.event_tags[delivery.conversion]!;
  const value = amountText(delivery);
  return filled({
    conversion_time: new Date(delivery.at).toISOString(),
    event_id: tag.startsWith('tw-') ? tag : `tw-${config.pixel_id}-${tag}`,
    identifiers: identifiers(delivery),
    conversion_id: delivery.eventId,
    value,
    price_currency: value === undefined ? undefined : delivery.currency,
    number_items: pieceCount(delivery),
    search_string: delivery.searchTerm,
    contents: itemsOf(delivery).map((item) =>
      filled({
        content_id: item.id,
        content_name: item.name,
        content_price: item.price === undefined ? undefined : decimal(item.price),
        num_items: pieces(item),
      }),
    ),
  });
}

function identifiers(delivery: Delivery): object[] {
  const { user, ip, ua } = delivery;
  const click = idOf(delivery, 'twclid');
  return [
    ...(click ? [{ twclid: click }] : []),
    ...(user.email ? [{ hashed_email: user.email }] : []),
    ...(user.phone ? [{ hashed_phone_number: user.phone }] : []),
    ...(ip && ua ? [{ ip_address: ip, user_agent: ua }] : []),
  ];
}
