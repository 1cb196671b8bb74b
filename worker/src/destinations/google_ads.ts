/**
 * Google Ads API, for accounts that used it before Google closed it to new ones (2026-06-15):
 * `uploadClickConversions`, and `uploadConversionAdjustments` for refunds. Each row is judged apart.
 */
import {
  amount,
  bodyOf,
  filled,
  isOk,
  listAt,
  look,
  number,
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
  type Verdict,
} from './destination.ts';
import { account, bearerOf, clickOf, GOOGLE_SOURCES, googleTime } from './google.ts';
import { apiOf } from './versions.ts';

const SCOPE = 'https://www.googleapis.com/auth/adwords';

export const googleAds: Destination<'google_ads'> = {
  type: 'google_ads',
  variant: 'google',
  maxAgeMs: 90 * DAY_MS,
  batch: 2000,
  clickIds: ['gclid', 'gbraid', 'wbraid'],
  sources: GOOGLE_SOURCES,
  refunds: true,

  refusal(config, delivery) {
    if (!config.conversion_actions[delivery.conversion]) {
      return `conversion_actions has no id for "${delivery.conversion}"`;
    }
    if (delivery.kind === 'refund') return undefined;
    const known = identifiers(delivery).length > 0 || Object.keys(clickOf(delivery)).length > 0;
    return known ? undefined : 'neither a Google click id nor an e-mail or phone';
  },

  group: ({ kind }) => kind,

  async call(config, deliveries, context) {
    const { endpoint, version } = apiOf(config);
    const customer = account(config.customer_id);
    const refund = deliveries[0]!.kind === 'refund';
    const method = refund ? 'uploadConversionAdjustments' : 'uploadClickConversions';
    const rows = deliveries.map((delivery) =>
      refund ? adjustment(config, delivery) : conversion(config, delivery),
    );
    return {
      url: `${endpoint}/${version}/customers/${customer}:${method}`,
      headers: {
        'content-type': 'application/json',
        authorization: await bearerOf(config, SCOPE, context),
        'developer-token': context.secrets.get(config.developer_token_secret),
        ...(config.login_customer_id && { 'login-customer-id': account(config.login_customer_id) }),
      },
      body: JSON.stringify({
        [refund ? 'conversionAdjustments' : 'conversions']: rows,
        partialFailure: true,
      }),
    };
  },

  trial: (_config, call) => withBody(call, { validateOnly: true }),

  read(answer, deliveries) {
    if (!isOk(answer)) return usual(answer, deliveries.length, said(answer));
    return readRows(answer, deliveries.length);
  },
};

const actionOf = (config: ConfigOf<'google_ads'>, { conversion: name }: Delivery): string =>
  `customers/${account(config.customer_id)}/conversionActions/${config.conversion_actions[name]}`;

function conversion(config: ConfigOf<'google_ads'>, delivery: Delivery): object {
  const value = amount(delivery);
  return filled({
    ...clickOf(delivery),
    conversionAction: actionOf(config, delivery),
    conversionDateTime: googleTime(delivery.at),
    conversionValue: value,
    currencyCode: value === undefined ? undefined : delivery.currency,
    // Makes a repeat a repeat also where there is no order.
    orderId: transactionOf(delivery),
    userIdentifiers: identifiers(delivery),
    consent: { adUserData: 'GRANTED' },
    conversionEnvironment: delivery.url ? 'WEB' : undefined,
  });
}

function adjustment(config: ConfigOf<'google_ads'>, delivery: Delivery): object {
  const left = delivery.left ?? 0;
  return filled({
    conversionAction: actionOf(config, delivery),
    orderId: transactionOf(delivery),
    adjustmentType: left > 0 ? 'RESTATEMENT' : 'RETRACTION',
    adjustmentDateTime: googleTime(delivery.at),
    restatementValue:
      left > 0 ? { adjustedValue: number(left), currencyCode: delivery.currency } : undefined,
  });
}

function identifiers({ user }: Delivery): object[] {
  return [
    ...(user.email ? [{ hashedEmail: user.email }] : []),
    ...(user.phone ? [{ hashedPhoneNumber: user.phone }] : []),
  ];
}

const said = (answer: Answer): string => {
  const error = look(bodyOf(answer), 'error');
  return `${look(error, 'status') ?? ''} ${String(look(error, 'message') ?? '').slice(0, 200)}`;
};

/** Codes that say it is there already. */
const THERE =
  /^(CLICK_CONVERSION_ALREADY_EXISTS|ORDER_ID_ALREADY_IN_USE|DUPLICATE_.*_IN_REQUEST|CONVERSION_ALREADY_RETRACTED)$/;
const TOO_RECENT = /^TOO_RECENT_/;
const PLACE = /^(conversions|conversion_adjustments|conversionAdjustments)$/;

/** The HTTP status stays 200: each row has an error or none. */
function readRows(answer: Answer, count: number): Verdict[] {
  const verdicts = Array.from({ length: count }, (): Verdict => ({ state: 'delivered' }));
  const failure = look(bodyOf(answer), 'partialFailureError');
  if (!failure) return verdicts;
  const errors = listAt(failure, 'details').flatMap((detail) => listAt(detail, 'errors'));
  for (const error of errors) {
    const code = String(Object.values(look(error, 'errorCode') ?? {})[0] ?? 'UNKNOWN');
    const path = listAt(error, 'location', 'fieldPathElements');
    const place = path.find((each) => PLACE.test(String(look(each, 'fieldName'))));
    const index = place === undefined ? undefined : Number(look(place, 'index'));
    const verdict = rowVerdict(code);
    // An error that names no row of ours may be of any.
    if (index === undefined || !Number.isInteger(index) || index < 0) verdicts.fill(verdict);
    else if (index < count) verdicts[index] = verdict;
  }
  if (errors.length === 0)
    verdicts.fill({ state: 'retry', reason: reasonOf(200, look(failure, 'message')) });
  return verdicts;
}

function rowVerdict(code: string): Verdict {
  if (THERE.test(code)) return { state: 'delivered', note: code };
  if (TOO_RECENT.test(code)) return { state: 'retry', reason: code, afterMs: 6 * HOUR_MS };
  if (/CUSTOMER_NOT_|UNAUTHORIZED_CUSTOMER/.test(code)) return { state: 'halt', reason: code };
  return { state: 'dead', reason: code };
}
