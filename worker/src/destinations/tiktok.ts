/** TikTok Events API 2.0: `POST /open_api/v1.3/event/track/`. The body tells what the status does not. */
import {
  amount,
  bodyOf,
  filled,
  idOf,
  isOk,
  itemsOf,
  look,
  number,
  pieces,
  seconds,
  usual,
} from './common.ts';
import {
  type Answer,
  type ConfigOf,
  DAY_MS,
  type Delivery,
  type Destination,
  NoTrialError,
  type Verdict,
} from './destination.ts';
import { nameFor } from './names.ts';
import { apiOf } from './versions.ts';

export const tiktok: Destination<'tiktok'> = {
  type: 'tiktok',
  variant: 'tiktok',
  // UNCONFIRMED: 7 days for the web is what others report.
  maxAgeMs: 7 * DAY_MS,
  batch: 1000,
  clickIds: ['ttclid'],
  sources: ['tiktok', 'tiktok.com'],
  refunds: false,

  refusal(_config, delivery) {
    if (!delivery.url) return "the event has no url, which TikTok needs of a website's events";
    const { email, phone, external_id } = delivery.user;
    const known = email || phone || external_id || idOf(delivery, 'ttclid', 'ttp');
    if (known || (delivery.ip && delivery.ua)) return undefined;
    return 'no e-mail, phone, external id, TikTok id, or IP address with user agent';
  },

  call(config, deliveries, { secrets }) {
    const { endpoint, version } = apiOf(config);
    return {
      url: `${endpoint}/open_api/${version}/event/track/`,
      headers: {
        'content-type': 'application/json',
        'access-token': secrets.get(config.access_token_secret),
      },
      body: JSON.stringify({
        event_source: 'web',
        event_source_id: config.pixel_code,
        ...(config.test_event_code && { test_event_code: config.test_event_code }),
        data: deliveries.map(event),
      }),
    };
  },

  // Such events count, so they need the code that shows them among the test events.
  trial: (config, call) => {
    if (config.test_event_code === undefined)
      throw new NoTrialError('set test_event_code for a trial');
    return call;
  },

  read(answer, deliveries, config) {
    return isOk(answer)
      ? readBody(answer, deliveries.length, config)
      : usual(answer, deliveries.length, look(bodyOf(answer), 'message'));
  },
};

function event(delivery: Delivery): object {
  const { user, ip, ua, name, personalization } = delivery;
  const value = amount(delivery);
  return filled({
    event: nameFor('tiktok', name) ?? name,
    event_time: seconds(delivery.at),
    event_id: delivery.eventId,
    user: filled({
      email: user.email,
      phone: user.phone,
      external_id: user.external_id,
      first_name: user.first_name,
      last_name: user.last_name,
      zip_code: user.zip,
      ttclid: idOf(delivery, 'ttclid'),
      ttp: idOf(delivery, 'ttp'),
      ip,
      user_agent: ua,
    }),
    page: filled({ url: delivery.url, referrer: delivery.referrer }),
    properties: filled({
      value,
      currency: value === undefined ? undefined : delivery.currency,
      contents: itemsOf(delivery).map((item) =>
        filled({
          content_id: item.id,
          content_name: item.name,
          content_type: 'product',
          quantity: pieces(item),
          price: item.price === undefined ? undefined : number(item.price),
        }),
      ),
      content_type: itemsOf(delivery).length > 0 ? 'product' : undefined,
      order_id: delivery.orderId,
      query: delivery.searchTerm,
    }),
    // Needs the address of the user.
    limited_data_use: !personalization && ip ? true : undefined,
  });
}

/** UNCONFIRMED. */
const STOP = [40104, 40105, 40001];
const RETRY = [40100, 40133, 50000];

/** 0 all; 20001 some; 40100 too many; 4xxxx otherwise the request (third-party readings). */
function readBody(answer: Answer, count: number, config?: ConfigOf<'tiktok'>): Verdict {
  const body = bodyOf(answer);
  const [code, request_id] = [look(body, 'code'), look(body, 'request_id')];
  const reason = `code ${code} ${String(look(body, 'message') ?? '').slice(0, 200)}`;
  if (code === 0) {
    return { state: 'delivered', ...(typeof request_id === 'string' && { note: request_id }) };
  }
  const { stop_codes = STOP, retry_codes = RETRY } = config ?? {};
  const among = (codes: readonly number[]) => typeof code === 'number' && codes.includes(code);
  if (code === undefined || among(retry_codes)) return { state: 'retry', reason };
  if (among(stop_codes)) return { state: 'halt', reason };
  return count > 1 ? { state: 'split', reason } : { state: 'dead', reason };
}
