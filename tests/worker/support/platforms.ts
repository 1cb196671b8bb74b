/**
 * Stand-ins for the ad platforms. Each enforces what its platform documents (see docs/destinations.md)
 * and refuses what the platform would refuse, written from those pages and not from our own code. What
 * is taken is counted by the platform's own dedup key.
 */
import { createHmac } from 'node:crypto';
import type { Json } from '../helpers.ts';
import { SECRETS } from './destinations.ts';

export interface Incoming {
  /** After the prefix of the destination. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

export interface Outgoing {
  status: number;
  headers?: Record<string, string>;
  body: Json;
}

/** What one request did: the answer, and the dedup keys of the events that were taken. */
interface Result extends Outgoing {
  taken: { key: string; kind: 'conversion' | 'refund'; event: Json }[];
}

type Platform = (request: Incoming, now: number) => Result;

const HEX = /^[0-9a-f]{64}$/;
const DAY = 86_400_000;
const CURRENCY = /^[A-Z]{3}$/;

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function must(condition: unknown, message: string, status = 400): asserts condition {
  if (!condition) throw new Refusal(status, message);
}

const hashes = (value: Json, where: string) => {
  if (value === undefined) return;
  for (const each of [value].flat()) must(HEX.test(each), `${where} is no SHA-256 hex digest`);
};

const only = (object: Json, keys: string, where: string) => {
  const known = keys.split(' ');
  for (const key of Object.keys(object)) must(known.includes(key), `${where}.${key} is unknown`);
};

const whole = (value: Json, where: string) => must(Number.isSafeInteger(value), `${where}: whole`);

/** A time in the platform's unit that is neither ahead nor too old. */
function time(ms: number, now: number, maxAge: number, where: string): void {
  must(ms <= now + 5 * 60_000, `${where} is ahead: is the unit right?`);
  must(ms >= now - maxAge, `${where} is too old`);
}

function money(value: Json, currency: Json, where: string): void {
  if (value === undefined) return;
  must(typeof value === 'number' && value >= 0, `${where}: value must be a JSON number`);
  must(CURRENCY.test(currency ?? ''), `${where}: currency`);
}

const web = (url: Json, where: string) =>
  must(URL.canParse(url ?? ''), `${where}: a URL is needed`);

// ---- the platforms ----

const meta: Platform = ({ path, query, body }, now) => {
  must(/^\/v\d+\.0\/\d+\/events$/.test(path), `path ${path}`, 404);
  if (query.get('access_token') !== SECRETS.META_TOKEN) {
    return { status: 400, body: { error: { code: 190, message: 'token' } }, taken: [] };
  }
  const { data } = JSON.parse(body);
  must(Array.isArray(data) && data.length >= 1 && data.length <= 1000, 'data: 1 to 1000');
  for (const event of data) {
    must(event.event_name && event.user_data, 'event_name and user_data');
    whole(event.event_time, 'event_time');
    time(event.event_time * 1000, now, 7 * DAY, 'event_time');
    must(
      /^(email|website|app|phone_call|chat|physical_store|system_generated|business_messaging|other)$/.test(
        event.action_source,
      ),
      'action_source',
    );
    const { user_data: user, custom_data: custom = {} } = event;
    if (event.action_source === 'website') {
      web(event.event_source_url, 'event_source_url');
      must(user.client_user_agent, 'client_user_agent');
    }
    for (const name of ['em', 'ph', 'fn', 'ln', 'ct', 'st', 'zp', 'country', 'external_id']) {
      hashes(user[name], name);
    }
    if (user.fbc) must(/^fb\.\d\.\d{13}\.\S+$/.test(user.fbc), 'fbc');
    if (user.fbp) must(/^fb\.\d\.\d{13}\.\d+$/.test(user.fbp), 'fbp');
    const weak = new Set(['ct', 'country', 'st', 'zp', 'ge', 'client_user_agent']);
    must(!Object.keys(user).every((name) => weak.has(name)), 'not enough user data');
    money(custom.value, custom.currency, 'custom_data');
    if (event.event_name === 'Purchase') must(custom.value !== undefined, 'Purchase needs a value');
    for (const item of custom.contents ?? []) {
      must(item.id && Number.isInteger(item.quantity ?? 1), 'contents: id and quantity');
    }
    if (event.data_processing_options?.includes('LDU')) {
      must(event.data_processing_options_country !== undefined, 'LDU: country');
      must(event.data_processing_options_state !== undefined, 'LDU: state');
    }
    must(event.event_id, 'event_id');
  }
  return {
    status: 200,
    body: { events_received: data.length, messages: [], fbtrace_id: 'trace' },
    taken: data.map((event: Json) => ({
      key: `${event.event_name} ${event.event_id}`,
      kind: 'conversion',
      event,
    })),
  };
};

const bearer = ({ headers }: Incoming, token: string | undefined) =>
  must(headers.authorization === `Bearer ${token}`, 'unauthenticated', 401);

const dataManager: Platform = (request, now) => {
  must(request.path === '/v1/events:ingest', `path ${request.path}`, 404);
  bearer(request, SECRETS.GOOGLE_TOKEN);
  const { destinations, events, encoding, ...rest } = JSON.parse(request.body);
  only(rest, 'consent validateOnly encryptionInfo', 'body');
  must(destinations?.length >= 1 && destinations.length <= 10, 'TOO_MANY_DESTINATIONS');
  for (const { operatingAccount, productDestinationId } of destinations) {
    must(operatingAccount?.accountType === 'GOOGLE_ADS', 'accountType');
    must(/^\d{10}$/.test(operatingAccount.accountId), 'accountId: ten digits');
    must(/^\d+$/.test(productDestinationId ?? ''), 'INVALID_CONVERSION_ACTION_ID');
  }
  must(events?.length >= 1 && events.length <= 2000, 'TOO_MANY_EVENTS');
  for (const event of events) {
    only(
      event,
      'eventTimestamp transactionId eventSource conversionValue currency adIdentifiers userData consent cartData',
      'event',
    );
    must(/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(event.eventTimestamp), 'EVENT_TIME_INVALID');
    time(Date.parse(event.eventTimestamp), now, 90 * DAY, 'eventTimestamp');
    must(/^(WEB|APP|IN_STORE|PHONE|MESSAGE|OTHER)$/.test(event.eventSource), 'eventSource');
    money(event.conversionValue, event.currency, 'INVALID_CURRENCY_CODE');
    only(event.adIdentifiers ?? {}, 'gclid gbraid wbraid dclid', 'adIdentifiers');
    const identifiers = event.userData?.userIdentifiers ?? [];
    must(identifiers.length <= 10, 'TOO_MANY_USER_IDENTIFIERS');
    must(
      identifiers.length + Object.keys(event.adIdentifiers ?? {}).length > 0,
      'NO_IDENTIFIERS_PROVIDED',
    );
    if (identifiers.length > 0) must(encoding === 'HEX', 'encoding');
    for (const identifier of identifiers) {
      must(Object.keys(identifier).length === 1, 'userIdentifiers: exactly one each');
      hashes(identifier.emailAddress, 'emailAddress');
      hashes(identifier.phoneNumber, 'phoneNumber');
      const { address } = identifier;
      if (address) {
        hashes(address.givenName ?? '', 'givenName');
        hashes(address.familyName ?? '', 'familyName');
        must(/^[A-Z]{2}$/.test(address.regionCode) && address.postalCode, 'REQUIRED_FIELD_MISSING');
      }
    }
    must(event.consent?.adUserData === 'CONSENT_GRANTED', 'DENIED_CONSENT');
    must(/^CONSENT_(GRANTED|DENIED)$/.test(event.consent.adPersonalization), 'consent');
  }
  return {
    status: 200,
    body: { requestId: 'request-1' },
    taken: events.map((event: Json) => ({
      key: `${destinations[0].productDestinationId} ${event.transactionId}`,
      kind: 'conversion',
      event,
    })),
  };
};

const GOOGLE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$/;

const googleAds: Platform = (request, now) => {
  const match = /^\/v\d+\/customers\/(\d{10}):(\w+)$/.exec(request.path);
  must(match, `path ${request.path}`, 404);
  bearer(request, SECRETS.GOOGLE_TOKEN);
  must(request.headers['developer-token'] === SECRETS.DEV_TOKEN, 'DEVELOPER_TOKEN', 401);
  must(/^\d{10}$/.test(request.headers['login-customer-id'] ?? '0000000000'), 'login-customer-id');
  const body = JSON.parse(request.body);
  must(body.partialFailure === true, 'partialFailure must be true');
  const refund = match[2] === 'uploadConversionAdjustments';
  must(refund || match[2] === 'uploadClickConversions', 'method', 404);
  const rows: Json[] = refund ? body.conversionAdjustments : body.conversions;
  must(rows?.length >= 1 && rows.length <= 2000, 'TOO_MANY_CONVERSIONS_IN_REQUEST');
  const errors: Json[] = [];
  const taken: Result['taken'] = [];
  for (const [index, row] of rows.entries()) {
    try {
      must(
        /^customers\/\d{10}\/conversionActions\/\d+$/.test(row.conversionAction),
        'NO_CONVERSION_ACTION_FOUND',
      );
      const key = `${row.conversionAction} ${row.orderId}`;
      if (refund) {
        must(row.orderId && GOOGLE_TIME.test(row.adjustmentDateTime), 'adjustment');
        if (row.adjustmentType === 'RETRACTION')
          must(!row.restatementValue, 'RETRACTION with a value');
        else
          money(
            row.restatementValue?.adjustedValue,
            row.restatementValue?.currencyCode,
            'restatement',
          );
        taken.push({ key: `${key} ${row.adjustmentDateTime}`, kind: 'refund', event: row });
        continue;
      }
      must(GOOGLE_TIME.test(row.conversionDateTime), 'INVALID_DATE');
      time(Date.parse(row.conversionDateTime.replace(' ', 'T')), now, 90 * DAY, 'EXPIRED_EVENT');
      const clicks = ['gclid', 'gbraid', 'wbraid'].filter((name) => row[name]);
      must(clicks.length <= 1, 'GBRAID_WBRAID_BOTH_SET');
      const identifiers = row.userIdentifiers ?? [];
      must(clicks.length + identifiers.length > 0, 'UNPARSEABLE_GCLID');
      must(identifiers.length <= 5, 'TOO_MANY_USER_IDENTIFIERS');
      for (const identifier of identifiers) {
        only(identifier, 'hashedEmail hashedPhoneNumber', 'userIdentifiers');
        hashes(Object.values(identifier), 'INVALID_USER_IDENTIFIER');
      }
      money(row.conversionValue, row.currencyCode, 'INVALID_VALUE');
      must(row.consent?.adUserData === 'GRANTED' && !row.consent.adPersonalization, 'consent');
      taken.push({ key, kind: 'conversion', event: row });
    } catch (error) {
      errors.push({
        errorCode: { conversionUploadError: (error as Error).message },
        location: { fieldPathElements: [{ fieldName: 'conversions', index }] },
      });
    }
  }
  return {
    status: 200,
    body: {
      results: rows.map(() => ({})),
      ...(errors.length > 0 && { partialFailureError: { code: 3, details: [{ errors }] } }),
    },
    taken,
  };
};

const ga4: Platform = ({ path, query, body }, now) => {
  must(path === '/mp/collect', `path ${path}`, 404);
  must(query.get('measurement_id') && query.get('api_secret') === SECRETS.GA4_SECRET, 'secret');
  must(body.length < 130_000, 'too large');
  const json = JSON.parse(body);
  must(/^\d+\.\d+$/.test(json.client_id), 'client_id');
  whole(json.timestamp_micros, 'timestamp_micros');
  time(json.timestamp_micros / 1000, now, 3 * DAY, 'timestamp_micros');
  must(json.timestamp_micros > 1e15, 'timestamp_micros: microseconds');
  if (json.user_data) must(json.user_id, 'user_data needs user_id');
  hashes(json.user_data?.sha256_email_address, 'sha256_email_address');
  hashes(json.user_data?.sha256_phone_number, 'sha256_phone_number');
  must(json.consent?.ad_user_data === 'GRANTED', 'consent');
  must(json.events.length >= 1 && json.events.length <= 25, 'events');
  for (const { name, params } of json.events) {
    must(/^[A-Za-z]\w{0,39}$/.test(name), `event name ${name}`);
    must(Object.keys(params).length <= 25, 'params');
    money(params.value, params.currency, name);
    for (const [key, value] of Object.entries<Json>(params)) {
      must(!/^(_|firebase_|ga_|google_|gtag\.)/.test(key), `reserved ${key}`);
      const most = { page_location: 1000, page_referrer: 420, page_title: 300 }[key] ?? 100;
      if (typeof value === 'string') must(value.length <= most, `${key} too long`);
    }
    if (name === 'purchase' || name === 'refund') must(params.transaction_id, 'transaction_id');
  }
  const [{ name, params }] = json.events;
  return {
    status: 204,
    body: null,
    taken: [
      {
        key: params.transaction_id
          ? `${name} ${params.transaction_id} ${name === 'refund' ? json.timestamp_micros : ''}`
          : `${name} ${json.client_id} ${json.timestamp_micros}`,
        kind: name === 'refund' ? 'refund' : 'conversion',
        event: json,
      },
    ],
  };
};

const tiktok: Platform = ({ path, headers, body }, now) => {
  must(path === '/open_api/v1.3/event/track/', `path ${path}`, 404);
  const fail = (code: number, message: string) => ({
    status: 200,
    body: { code, message },
    taken: [],
  });
  if (headers['access-token'] !== SECRETS.TIKTOK_TOKEN) return fail(40105, 'token');
  const { event_source, event_source_id, data, ...rest } = JSON.parse(body);
  try {
    only(rest, 'test_event_code partner_name', 'body');
    must(event_source === 'web' && event_source_id === 'CPIXEL1', 'event_source');
    must(data?.length >= 1 && data.length <= 1000, 'data');
    for (const event of data) {
      must(event.event && event.event_id, 'event and event_id');
      whole(event.event_time, 'event_time');
      time(event.event_time * 1000, now, 7 * DAY, 'event_time');
      web(event.page?.url, 'page.url');
      const { user = {}, properties = {} } = event;
      for (const name of ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code']) {
        hashes(user[name], name);
      }
      money(properties.value, properties.currency, 'properties');
      if (event.limited_data_use) must(user.ip, 'limited_data_use needs user.ip');
      for (const item of properties.contents ?? []) must(item.content_id, 'content_id');
    }
  } catch (error) {
    return fail(40002, (error as Error).message);
  }
  return {
    status: 200,
    body: { code: 0, message: 'OK', request_id: 'r1', data: {} },
    taken: data.map((event: Json) => ({
      key: `${event.event} ${event.event_id}`,
      kind: 'conversion',
      event,
    })),
  };
};

const linkedin: Platform = (request, now) => {
  must(request.path === '/rest/conversionEvents', `path ${request.path}`, 404);
  bearer(request, SECRETS.LINKEDIN_TOKEN);
  must(/^\d{6}$/.test(request.headers['linkedin-version'] ?? ''), 'version', 426);
  must(request.headers['x-restli-protocol-version'] === '2.0.0', 'protocol');
  const body = JSON.parse(request.body);
  const batch = Array.isArray(body.elements);
  must(batch === (request.headers['x-restli-method'] === 'BATCH_CREATE'), 'BATCH_CREATE');
  const events: Json[] = batch ? body.elements : [body];
  must(events.length <= 5000, 'too many');
  for (const event of events) {
    only(event, 'conversion conversionHappenedAt conversionValue eventId user', 'event');
    must(/^urn:lla:llaPartnerConversion:\d+$/.test(event.conversion), 'conversion', 422);
    must(event.conversionHappenedAt > 1e12, 'conversionHappenedAt: milliseconds', 422);
    time(event.conversionHappenedAt, now, 90 * DAY, 'conversionHappenedAt');
    must(event.user?.userIds?.length > 0, 'userIds', 422);
    for (const { idType, idValue } of event.user.userIds) {
      if (idType === 'SHA256_EMAIL') hashes(idValue, idType);
      else must(idType === 'LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID', idType, 422);
    }
    const { conversionValue: value } = event;
    if (value) {
      must(typeof value.amount === 'string' && /^\d+(\.\d+)?$/.test(value.amount), 'amount', 422);
      must(CURRENCY.test(value.currencyCode), 'currencyCode', 422);
    }
    must(event.eventId, 'eventId');
  }
  return {
    status: batch ? 200 : 201,
    body: batch ? { elements: events.map(() => ({ status: 201 })) } : {},
    taken: events.map((event) => ({
      key: `${event.conversion} ${event.eventId}`,
      kind: 'conversion',
      event,
    })),
  };
};

const microsoft: Platform = (request, now) => {
  must(/^\/v1\/\d+\/events$/.test(request.path), `path ${request.path}`, 404);
  bearer(request, SECRETS.MS_TOKEN);
  const { data, continueOnValidationError } = JSON.parse(request.body);
  must(data?.length >= 1 && data.length <= 1000, 'data');
  const details: Json[] = [];
  const taken: Result['taken'] = [];
  for (const [index, event] of data.entries()) {
    try {
      must(event.eventType === 'custom' && event.eventName, 'eventType');
      whole(event.eventTime, 'eventTime');
      time(event.eventTime * 1000, now, 7 * DAY, 'eventTime');
      must(event.adStorageConsent === 'G', 'adStorageConsent');
      const { userData = {}, customData = {} } = event;
      hashes(userData.em, 'em');
      hashes(userData.ph, 'ph');
      must(
        ['anonymousId', 'externalId', 'em', 'ph', 'msclkid'].some((name) => userData[name]),
        'userData',
      );
      money(customData.value, customData.currency, 'customData');
      taken.push({ key: `${event.eventName} ${event.eventId}`, kind: 'conversion', event });
    } catch (error) {
      details.push({ index, propertyName: 'data', errorMessage: (error as Error).message });
    }
  }
  const failed = details.length > 0 && !continueOnValidationError;
  return {
    status: failed ? 400 : 200,
    body: {
      eventsReceived: failed ? 0 : taken.length,
      ...(details.length > 0 && { error: { code: 'validation', details } }),
    },
    taken: failed ? [] : taken,
  };
};

const pinterest: Platform = (request, now) => {
  must(/^\/v5\/ad_accounts\/\d+\/events$/.test(request.path), `path ${request.path}`, 404);
  bearer(request, SECRETS.PIN_TOKEN);
  const { data } = JSON.parse(request.body);
  must(data?.length >= 1 && data.length <= 1000, 'data');
  const names =
    'add_payment_info add_to_cart add_to_wishlist app_install checkout custom initiate_checkout lead page_visit search signup subscribe view_category view_content watch_video';
  const verdicts: Json[] = [];
  const taken: Result['taken'] = [];
  for (const event of data) {
    try {
      only(
        event,
        'event_name action_source event_time event_id event_source_url opt_out partner_name user_data custom_data language',
        'event',
      );
      must(names.split(' ').includes(event.event_name), `event_name ${event.event_name}`);
      must(/^(web|app_android|app_ios|offline)$/.test(event.action_source), 'action_source');
      whole(event.event_time, 'event_time');
      time(event.event_time * 1000, now, 7 * DAY, 'event_time');
      must(event.event_id, 'event_id');
      const { user_data: user = {}, custom_data: custom = {} } = event;
      only(
        user,
        'em ph ge db fn ln ct st zp country external_id hashed_maids click_id client_ip_address client_user_agent partner_id',
        'user_data',
      );
      for (const name of ['em', 'ph', 'fn', 'ln', 'ct', 'st', 'zp', 'country', 'external_id']) {
        if (user[name] !== undefined) must(Array.isArray(user[name]), `${name} must be a list`);
        hashes(user[name], name);
      }
      must(user.em || (user.client_ip_address && user.client_user_agent), 'user_data');
      only(
        custom,
        'value predicted_ltv currency content_ids contents num_items order_id search_string opt_out_type content_name content_category content_brand',
        'custom_data',
      );
      if (custom.value !== undefined) {
        must(typeof custom.value === 'string' && CURRENCY.test(custom.currency), 'value: text');
      }
      for (const item of custom.contents ?? []) {
        only(item, 'id item_name item_category item_brand item_price quantity', 'contents');
        must(item.item_price === undefined || typeof item.item_price === 'string', 'item_price');
      }
      verdicts.push({ status: 'processed' });
      taken.push({ key: `${event.event_name} ${event.event_id}`, kind: 'conversion', event });
    } catch (error) {
      verdicts.push({ status: 'failed', error_message: (error as Error).message });
    }
  }
  return {
    status: taken.length === data.length ? 200 : 422,
    body: {
      num_events_received: data.length,
      num_events_processed: taken.length,
      events: verdicts,
    },
    taken,
  };
};

const snapchat: Platform = ({ path, query, body }, now) => {
  must(/^\/v3\/[^/]+\/events$/.test(path), `path ${path}`, 404);
  must(query.get('access_token') === SECRETS.SNAP_TOKEN, 'token', 401);
  const { data } = JSON.parse(body);
  must(data?.length >= 1 && data.length <= 2000, 'data');
  try {
    for (const event of data) {
      must(event.event_name && event.event_id, 'event_name and event_id');
      must(/^(WEB|MOBILE_APP|OFFLINE)$/.test(event.action_source), 'action_source');
      const ms = event.event_time > 1e12 ? event.event_time : event.event_time * 1000;
      time(ms, now, 37 * DAY, 'event_time');
      const { user_data: user = {}, custom_data: custom = {} } = event;
      for (const name of ['em', 'ph', 'fn', 'ln', 'ct', 'st', 'zp', 'country'])
        hashes(user[name], name);
      must(user.em || user.ph || (user.client_ip_address && user.client_user_agent), 'user_data');
      money(custom.value, custom.currency, 'custom_data');
      if (event.event_name === 'PURCHASE') must(custom.value !== undefined, 'PURCHASE: value');
    }
  } catch (error) {
    return {
      status: 200,
      body: { status: 'INVALID', reason: (error as Error).message },
      taken: [],
    };
  }
  return {
    status: 200,
    body: { status: 'VALID' },
    taken: data.map((event: Json) => ({ key: event.event_id, kind: 'conversion', event })),
  };
};

const reddit: Platform = (request, now) => {
  must(
    /^\/api\/v3\/pixels\/[^/]+\/conversion_events$/.test(request.path),
    `path ${request.path}`,
    404,
  );
  bearer(request, SECRETS.REDDIT_TOKEN);
  must(
    !/^(node|undici|curl|python|)$/.test(request.headers['user-agent'] ?? ''),
    'user agent',
    429,
  );
  const { events } = JSON.parse(request.body).data;
  must(events?.length >= 1 && events.length <= 1000, 'events');
  const types =
    'PAGE_VISIT VIEW_CONTENT SEARCH ADD_TO_CART ADD_TO_WISHLIST PURCHASE LEAD SIGN_UP CUSTOM';
  for (const event of events) {
    must(event.event_at > 1e12, 'event_at: milliseconds');
    time(event.event_at, now, 7 * DAY, 'event_at');
    must(/^(WEBSITE|APP|PHYSICAL_STORE|OTHER)$/.test(event.action_source), 'action_source');
    must(types.split(' ').includes(event.type?.tracking_type), 'tracking_type');
    if (event.type.tracking_type === 'CUSTOM') {
      must(
        event.type.custom_event_name?.length <= 64 && event.type.custom_event_name,
        'custom name',
      );
    }
    const { user = {}, metadata = {} } = event;
    for (const name of ['email', 'phone_number', 'external_id']) hashes(user[name], name);
    money(metadata.value, metadata.currency, 'metadata');
    must(metadata.conversion_id, 'conversion_id');
  }
  return {
    status: 200,
    body: { data: { message: `Successfully processed ${events.length} conversion events.` } },
    taken: events.map((event: Json) => ({
      key: `${event.type.tracking_type} ${event.type.custom_event_name ?? ''} ${event.metadata.conversion_id}`,
      kind: 'conversion',
      event,
    })),
  };
};

const x: Platform = ({ path, headers, body }, now) => {
  must(/^\/12\/measurement\/conversions\/\w+$/.test(path), `path ${path}`, 404);
  must(/^OAuth .*oauth_signature="[^"]+"/.test(headers.authorization ?? ''), 'OAuth', 401);
  const { conversions } = JSON.parse(body);
  must(conversions?.length >= 1 && conversions.length <= 500, 'conversions');
  for (const event of conversions) {
    must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(event.conversion_time), 'conversion_time');
    time(Date.parse(event.conversion_time), now, 30 * DAY, 'conversion_time');
    must(/^tw-\w+-\w+$/.test(event.event_id), 'event_id');
    must(event.identifiers?.length > 0, 'identifiers');
    for (const identifier of event.identifiers) {
      hashes(identifier.hashed_email, 'hashed_email');
      hashes(identifier.hashed_phone_number, 'hashed_phone_number');
    }
    if (event.value !== undefined) must(CURRENCY.test(event.price_currency), 'price_currency');
    if (event.number_items !== undefined) must(event.number_items > 0, 'number_items');
  }
  return {
    status: 200,
    body: { data: { conversions_processed: conversions.length, debug_id: 'd1' } },
    taken: conversions.map((event: Json) => ({
      key: `${event.event_id} ${event.conversion_id}`,
      kind: 'conversion',
      event,
    })),
  };
};

const webhook: Platform = ({ headers, body }, now) => {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  must(id && at && !id.includes('.'), 'webhook headers');
  must(Math.abs(Number(at) - now / 1000) <= 300, 'timestamp outside the tolerance');
  const secret = Buffer.from(SECRETS.WEBHOOK_SECRET!.slice(6), 'base64');
  const expected = createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64');
  must(signature === `v1,${expected}`, 'signature', 401);
  must(Buffer.byteLength(body) < 20_000, 'too large', 413);
  const event = JSON.parse(body);
  return { status: 200, body: {}, taken: [{ key: id, kind: event.type, event }] };
};

const PLATFORMS: Record<string, Platform> = {
  meta,
  google_data_manager: dataManager,
  google_ads: googleAds,
  ga4,
  tiktok,
  linkedin,
  microsoft,
  pinterest,
  snapchat,
  reddit,
  x,
  webhook,
};

/** The answer of a platform; a refusal is an answer of its own kind. */
export function platformAnswer(type: string, request: Incoming, now: number): Result {
  try {
    const trial = asTrial(request);
    if (trial === undefined) return PLATFORMS[type]!(request, now);
    const { status, body } = PLATFORMS[type]!(trial, now);
    return { status, body, taken: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, message } = error;
    return { status, body: { error: { code: 100, message }, message }, taken: [] };
  }
}

/** The request without what makes it a trial, undefined for one that counts. */
function asTrial(request: Incoming): Incoming | undefined {
  const { path, query, headers, body } = request;
  if (path === '/debug/mp/collect') return { ...request, path: '/mp/collect' };
  if (path.endsWith('/events/validate'))
    return { ...request, path: path.replace(/\/validate$/, '') };
  const marked =
    query.get('test') === 'true' ||
    headers['x-headwater-trial'] === '1' ||
    /"(validateOnly":true|test_id":"|test_event_code":")/.test(body);
  return marked ? request : undefined;
}
