/** LinkedIn Conversions API: `POST /rest/conversionEvents`. No phone, no plain names. */
import { amountText, bodyOf, filled, idOf, isOk, listAt, look, reasonOf, usual } from './common.ts';
import {
  type Answer,
  type ConfigOf,
  DAY_MS,
  type Delivery,
  type Destination,
  type Verdict,
} from './destination.ts';
import { apiOf } from './versions.ts';

export const linkedin: Destination<'linkedin'> = {
  type: 'linkedin',
  variant: 'linkedin',
  maxAgeMs: 90 * DAY_MS,
  batch: 5000,
  clickIds: ['li_fat_id'],
  sources: ['linkedin', 'linkedin.com', 'lnkd.in'],
  refunds: false,

  refusal(config, delivery) {
    if (!config.conversion_rules[delivery.conversion]) {
      return `conversion_rules has no rule for "${delivery.conversion}"`;
    }
    return userIds(delivery).length > 0 ? undefined : 'neither an e-mail nor li_fat_id';
  },

  call(config, deliveries, { secrets }) {
    const { endpoint, version } = apiOf(config);
    const elements = deliveries.map((delivery) => event(config, delivery));
    const batch = elements.length > 1;
    return {
      url: `${endpoint}/rest/conversionEvents`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${secrets.get(config.access_token_secret)}`,
        'linkedin-version': version,
        'x-restli-protocol-version': '2.0.0',
        ...(batch && { 'x-restli-method': 'BATCH_CREATE' }),
      },
      body: JSON.stringify(batch ? { elements } : elements[0]),
    };
  },

  read(answer, deliveries) {
    if (!isOk(answer)) return usual(answer, deliveries.length, look(bodyOf(answer), 'message'));
    return deliveries.length > 1 ? readElements(answer, deliveries.length) : { state: 'delivered' };
  },
};

function event(config: ConfigOf<'linkedin'>, delivery: Delivery): object {
  const rule = config.conversion_rules[delivery.conversion]!;
  const amount = amountText(delivery);
  return filled({
    conversion: rule.startsWith('urn:') ? rule : `urn:lla:llaPartnerConversion:${rule}`,
    conversionHappenedAt: delivery.at,
    conversionValue: amount === undefined ? undefined : { currencyCode: delivery.currency, amount },
    eventId: delivery.eventId,
    user: { userIds: userIds(delivery) },
  });
}

function userIds(delivery: Delivery): { idType: string; idValue: string }[] {
  const { email } = delivery.user;
  const click = idOf(delivery, 'li_fat_id');
  return [
    ...(email ? [{ idType: 'SHA256_EMAIL', idValue: email }] : []),
    ...(click ? [{ idType: 'LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID', idValue: click }] : []),
  ];
}

function readElements(answer: Answer, count: number): Verdict[] {
  const elements = listAt(bodyOf(answer), 'elements');
  return Array.from({ length: count }, (_, i): Verdict => {
    const status = Number(look(elements, i, 'status') ?? 201);
    if (status < 300) return { state: 'delivered' };
    return usual({ ...answer, status }, 1, reasonOf(status, look(elements, i, 'error', 'message')));
  });
}
