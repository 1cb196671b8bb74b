/** OAuth 1.0a (RFC 5849) with HMAC-SHA1, for a request whose body is JSON and so is not signed. */
import { toHex } from '../hex.ts';
import { toBase64 } from './base64.ts';
import { SecretError } from './secrets.ts';

export interface OAuth1Keys {
  consumerKey: string;
  consumerSecret: string;
  token: string;
  tokenSecret: string;
}

/** @throws SecretError naming what is missing */
export function oauth1Keys(secret: Record<string, unknown>): OAuth1Keys {
  const of = (name: string): string => {
    const value = secret[name];
    if (typeof value !== 'string' || value === '') {
      throw new SecretError(`the OAuth secret has no ${name}`);
    }
    return value;
  };
  return {
    consumerKey: of('consumer_key'),
    consumerSecret: of('consumer_secret'),
    token: of('token'),
    tokenSecret: of('token_secret'),
  };
}

/** Percent-encoding of RFC 3986. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The Authorization header.
 *
 * @param now Unix ms
 * @param nonce used once; by default 16 random bytes
 */
export async function oauth1Header(
  keys: OAuth1Keys,
  method: string,
  url: string,
  now: number,
  nonce: string = toHex(crypto.getRandomValues(new Uint8Array(16))),
): Promise<string> {
  const { origin, pathname, searchParams } = new URL(url);
  const oauth: [string, string][] = [
    ['oauth_consumer_key', keys.consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(Math.floor(now / 1000))],
    ['oauth_token', keys.token],
    ['oauth_version', '1.0'],
  ];
  const pairs = [...oauth, ...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const base = [method.toUpperCase(), origin + pathname, pairs.join('&')].map(encode).join('&');
  const secret = `${encode(keys.consumerSecret)}&${encode(keys.tokenSecret)}`;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  const signature = toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(base))));
  const header = [...oauth, ['oauth_signature', signature] as const];
  return `OAuth ${header.map(([name, value]) => `${encode(name)}="${encode(value)}"`).join(', ')}`;
}
