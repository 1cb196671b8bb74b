/**
 * Visitors of sites that store nothing on the device: a keyed hash of site, address and user agent
 * under a salt that lives for one day of the site. The address and the agent are not kept.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { toHex } from '../hex.ts';
import { callObject, type Remote } from '../remote.ts';
import type { DaySalt } from './day_salt.ts';

const ID_BYTES = 16;
const encoder = new TextEncoder();

interface Today {
  day: number;
  key: CryptoKey;
}

/** By site; an isolate asks once a day. */
const known = new WeakMap<Context, Map<string, Today>>();

/**
 * @returns 32 hex digits; undefined without an address, since a user agent alone is shared by thousands
 * @throws Problem unavailable
 */
export async function cookielessVisitor(
  context: Context,
  site: Site,
  headers: Headers,
): Promise<string | undefined> {
  // Only the platform's own header is believed.
  const address = headers.get('cf-connecting-ip');
  if (address === null) return undefined;
  const { key } = await todayOf(context, site);
  const text = JSON.stringify([site.key, address, headers.get('user-agent') ?? '']);
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(text));
  return toHex(new Uint8Array(digest).subarray(0, ID_BYTES));
}

async function todayOf(context: Context, site: Site): Promise<Today> {
  let keys = known.get(context);
  if (keys === undefined) {
    keys = new Map();
    known.set(context, keys);
  }
  const held = keys.get(site.key);
  if (held?.day === site.dayOf(Date.now())) return held;
  const { day, salt } = await callObject(
    context,
    'SALTS',
    site.key,
    (stub: Remote<Pick<DaySalt, 'today'>>) => stub.today(site.key),
  );
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const today = { day, key: await crypto.subtle.importKey('raw', salt, hmac, false, ['sign']) };
  keys.set(site.key, today);
  return today;
}
