/**
 * Google Data Manager API: `POST /v1/events:ingest`. One invalid field refuses the whole request; what
 * Google makes of the events is known later, under the request id that the delivery keeps.
 */
import {
  amount,
  bodyOf,
  filled,
  isOk,
  listAt,
  look,
  reasonOf,
  transactionOf,
  usual,
  withBody,
} from './common.ts';
import {
  type Answer,
  type ConfigOf,
  DAY_MS,
  type Delivery,
  type Destination,
  HOUR_MS,
  type Outlook,
  type Verdict,
} from './destination.ts';
import { account, bearerOf, clickOf, GOOGLE_SOURCES } from './google.ts';
import { apiOf } from './versions.ts';

const SCOPE = 'https://www.googleapis.com/auth/datamanager';

export const googleDataManager: Destination<'google_data_manager'> = {
  type: 'google_data_manager',
  variant: 'google',
  // UNCONFIRMED; beyond the longest click window nothing can be matched.
  maxAgeMs: 90 * DAY_MS,
  batch: 2000,
  clickIds: ['gclid', 'gbraid', 'wbraid', 'dclid'],
  sources: GOOGLE_SOURCES,
  refunds: false,

  refusal(config, delivery) {
    if (!config.conversion_actions[delivery.conversion]) {
      return `conversion_actions has no id for "${delivery.conversion}"`;
    }
    const known = identifiers(delivery).length > 0 || Object.keys(clickOf(delivery)).length > 0;
    return known ? undefined : 'neither a Google click id nor an e-mail or phone';
  },

  // A request names one conversion action.
  group: ({ conversion }) => conversion,

  async call(config, deliveries, context) {
    const { endpoint, version } = apiOf(config);
    const body = {
      destinations: [destinationOf(config, deliveries[0]!.conversion)],
      encoding: 'HEX',
      events: deliveries.map(event),
    };
    return {
      url: `${endpoint}/${version}/events:ingest`,
      headers: {
        'content-type': 'application/json',
        authorization: await bearerOf(config, SCOPE, context),
      },
      body: JSON.stringify(body),
    };
  },

  trial: (_config, call) => withBody(call, { validateOnly: true }),

  read(answer, deliveries) {
    if (isOk(answer)) {
      const requestId = look(bodyOf(answer), 'requestId');
      return {
        state: 'delivered',
        ...(typeof requestId === 'string' && {
          note: `request ${requestId}`,
          receipt: requestId.slice(0, 200),
        }),
      };
    }
    return readError(answer, deliveries.length);
  },

  receiving: {
    firstMs: ({ status_after }) => status_after ?? STATUS_AFTER_MS,
    async call(config, receipt, context) {
      const { endpoint, version } = apiOf(config);
      return {
        url: `${endpoint}/${version}/requestStatus:retrieve?requestId=${encodeURIComponent(receipt)}`,
        headers: { authorization: await bearerOf(config, SCOPE, context) },
      };
    },
    read: readStatus,
  },
};

/** UNCONFIRMED: when Google knows. */
const STATUS_AFTER_MS = 15 * 60_000;
/** A click that Google does not know yet is known after this (TOO_RECENT_CLICK). */
const RECENT_CLICK_MS = 6 * HOUR_MS;

/** A request has one destination; which of its events failed is not told, only how many and why. */
function readStatus(answer: Answer): Outlook {
  const statuses = listAt(bodyOf(answer), 'requestStatusPerDestination');
  const of = (path: string) => statuses.map((each) => look(each, path));
  const states = of('requestStatus').map(String);
  const errors = statuses.flatMap((each) => listAt(each, 'errorInfo', 'errorCounts'));
  const counts = errors.map(
    (each) => `${String(look(each, 'recordCount') ?? '?')} ${String(look(each, 'reason') ?? '?')}`,
  );
  const reason = [[...new Set(states)].join(), ...counts].join(' ').slice(0, 300);
  const known =
    states.length > 0 && states.every((each) => /^(SUCCESS|PARTIAL_SUCCESS|FAILED)$/.test(each));
  if (!known) return { state: 'open', reason: reason || 'no status' };
  if (!states.every((each) => each === 'FAILED')) return { state: 'taken', reason };
  const tooSoon =
    errors.length > 0 &&
    errors.every((each) => /TOO_RECENT_CLICK/.test(String(look(each, 'reason'))));
  return { state: 'refused', reason, ...(tooSoon && { againMs: RECENT_CLICK_MS }) };
}

function destinationOf(config: ConfigOf<'google_data_manager'>, conversion: string): object {
  const of = (id: string) => ({ accountType: 'GOOGLE_ADS', accountId: account(id) });
  return {
    operatingAccount: of(config.account_id),
    ...(config.login_account_id && { loginAccount: of(config.login_account_id) }),
    productDestinationId: config.conversion_actions[conversion],
  };
}

/** No IP address: Google wants none of users in the EEA, the UK and Switzerland. */
function event(delivery: Delivery): object {
  const value = amount(delivery);
  return filled({
    eventTimestamp: new Date(delivery.at).toISOString(),
    transactionId: transactionOf(delivery),
    eventSource: delivery.url ? 'WEB' : 'OTHER',
    conversionValue: value,
    currency: value === undefined ? undefined : delivery.currency,
    adIdentifiers: clickOf(delivery),
    userData: filled({ userIdentifiers: identifiers(delivery) }),
    consent: {
      adUserData: 'CONSENT_GRANTED',
      adPersonalization: delivery.personalization ? 'CONSENT_GRANTED' : 'CONSENT_DENIED',
    },
  });
}

/** An address counts only whole. */
function identifiers({ user }: Delivery): object[] {
  const { email, phone, first_name, last_name, country, zip } = user;
  return [
    ...(email ? [{ emailAddress: email }] : []),
    ...(phone ? [{ phoneNumber: phone }] : []),
    ...(first_name && last_name && country && zip
      ? [
          {
            address: {
              givenName: first_name,
              familyName: last_name,
              regionCode: country,
              postalCode: zip,
            },
          },
        ]
      : []),
  ];
}

function readError(answer: Answer, count: number): Verdict {
  const error = look(bodyOf(answer), 'error');
  const details = listAt(error, 'details');
  const reason = reasonOf(
    answer.status,
    `${look(error, 'status') ?? ''} ${look(error, 'message') ?? ''} ${causes(details)}`,
  );
  if (answer.status === 429 && /day/i.test(JSON.stringify(details))) {
    return { state: 'retry', reason, afterMs: HOUR_MS };
  }
  const verdict = usual(answer, count, reason);
  return 'reason' in verdict ? { ...verdict, reason } : verdict;
}

/** Reason codes and fields, without values. */
function causes(details: readonly unknown[]): string {
  const found = JSON.stringify(details).matchAll(/"(?:reason|field)":"([^"]{1,120})"/g);
  return [...found].map(([, text]) => text).join(' ');
}
