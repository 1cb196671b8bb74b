/** Meta Conversions API: `POST /{version}/{pixel}/events`. One bad event refuses the whole request. */
import {
  amount,
  bodyOf,
  filled,
  idOf,
  isOk,
  isPurchase,
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
  type ConfigOf,
  DAY_MS,
  type Delivery,
  type Destination,
  NoTrialError,
  type Verdict,
} from './destination.ts';
import { nameFor } from './names.ts';
import { apiOf } from './versions.ts';

export const meta: Destination<'meta'> = {
  type: 'meta',
  variant: 'meta',
  maxAgeMs: 7 * DAY_MS,
  batch: 1000,
  clickIds: ['fbclid', 'fbc'],
  sources: [
    'facebook',
    'instagram',
    'fb',
    'ig',
    'meta',
    'messenger',
    'facebook.com',
    'instagram.com',
    'threads',
  ],
  refunds: false,

  refusal(_config, delivery) {
    const fields = Object.keys(userData(delivery));
    return TOO_LITTLE.some((weak) => fields.every((field) => weak.includes(field)))
      ? 'too little user data: e-mail, phone, external id, IP address or a Meta click is needed'
      : undefined;
  },

  call(config, deliveries, { secrets, now }) {
    const { endpoint, version } = apiOf(config);
    const token = encodeURIComponent(secrets.get(config.access_token_secret));
    return {
      url: `${endpoint}/${version}/${encodeURIComponent(config.pixel_id)}/events?access_token=${token}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        data: deliveries.map((delivery) => event(delivery, now)),
        ...testCode(config),
      }),
    };
  },

  // Such events count, so they need the code that shows them among the test events.
  trial: (config, call) => {
    if (config.test_event_code === undefined)
      throw new NoTrialError('set test_event_code for a trial');
    return call;
  },

  read(answer, deliveries) {
    if (isOk(answer)) return { state: 'delivered', ...note(answer) };
    return readError(answer, deliveries.length);
  },
};

/** Events with nothing but a subset of one of these are invalid (Customer Information Parameters). */
const TOO_LITTLE = [
  ['ct', 'country', 'st', 'zp', 'ge', 'client_user_agent'],
  ['db', 'client_user_agent'],
  ['fn', 'ge'],
  ['ln', 'ge'],
];

const testCode = ({ test_event_code: code }: ConfigOf<'meta'>) =>
  code ? { test_event_code: code } : {};

function event(delivery: Delivery, now: number): object {
  const { at, eventId, name, url, ua, personalization } = delivery;
  return filled({
    event_name: nameFor('meta', name) ?? name,
    event_time: seconds(Math.min(at, now)),
    event_id: eventId,
    event_source_url: url,
    // A website's event needs its address and its browser.
    action_source: url && ua ? 'website' : 'other',
    user_data: userData(delivery),
    custom_data: customData(delivery),
    ...(!personalization && {
      data_processing_options: ['LDU'],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
    }),
  });
}

function userData(delivery: Delivery): object {
  const { user, ip, ua } = delivery;
  const list = (value: string | undefined) => (value ? [value] : undefined);
  return filled({
    em: list(user.email),
    ph: list(user.phone),
    fn: list(user.first_name),
    ln: list(user.last_name),
    ct: list(user.city),
    st: list(user.state),
    zp: list(user.zip),
    country: list(user.country),
    external_id: list(user.external_id),
    client_ip_address: ip,
    client_user_agent: ua,
    fbp: idOf(delivery, 'fbp'),
    fbc: fbcOf(delivery),
  });
}

/**
 * The click as Meta's cookie spells it. A server that stores no cookie writes sub-domain index 1, and
 * the time when the click was first seen.
 */
export function fbcOf(delivery: Delivery): string | undefined {
  const cookie = idOf(delivery, 'fbc');
  const click = idOf(delivery, 'fbclid');
  // The newer of the two wins: a cookie that holds another click is older than the address.
  const held = cookie === undefined ? undefined : /^fb\.\d\.\d+\.(.+)$/.exec(cookie)?.[1];
  if (held !== undefined && (click === undefined || held === click)) return cookie;
  if (click === undefined) return undefined;
  return `fb.1.${delivery.clickSeenAt ?? delivery.at}.${click}`;
}

function customData(delivery: Delivery): object {
  const value = amount(delivery);
  const items = itemsOf(delivery);
  return filled({
    value,
    currency: value === undefined && !isPurchase(delivery) ? undefined : delivery.currency,
    order_id: delivery.orderId,
    contents: items.map((item) =>
      filled({
        id: item.id,
        quantity: pieces(item),
        item_price: item.price === undefined ? undefined : number(item.price),
      }),
    ),
    content_ids: items.map(({ id }) => id),
    content_type: items.length > 0 ? 'product' : undefined,
    num_items: pieceCount(delivery),
    search_string: delivery.searchTerm,
  });
}

const note = (answer: Answer) => {
  const id = look(bodyOf(answer), 'fbtrace_id');
  return typeof id === 'string' ? { note: id } : {};
};

/** Codes that mean: later. 1, 2 unknown; 4, 17 too many calls; 341, 368 limit; 5000 unknown. */
const LATER = new Set([1, 2, 4, 17, 341, 368, 5000]);

function readError(answer: Answer, count: number): Verdict {
  const error = look(bodyOf(answer), 'error');
  const code = Number(look(error, 'code'));
  const reason = `${answer.status} code ${look(error, 'code') ?? '?'}/${look(error, 'error_subcode') ?? '-'} ${String(look(error, 'message') ?? '').slice(0, 200)}`;
  if (code === 190 || code === 102 || (code >= 200 && code < 300)) return { state: 'halt', reason };
  if (LATER.has(code) || look(error, 'is_transient') === true) return { state: 'retry', reason };
  return usual(answer, count, reason);
}
