/**
 * OAuth 2 for a Google service account: a JWT signed with RS256 (RFC 7523) is changed for a token that
 * lives an hour. Tokens are kept in the isolate's memory only.
 */
import { toBase64Url } from './base64.ts';
import type { Secrets } from './secrets.ts';
import { SecretError } from './secrets.ts';

/** The token server did not give a token. */
export class TokenError extends Error {
  /** Whether somebody has to mend the account before it can work. */
  readonly final: boolean;

  constructor(message: string, final: boolean) {
    super(message);
    this.name = 'TokenError';
    this.final = final;
  }
}

const LIFE_S = 3600;
/** A token is renewed this long before its end, ms. */
const EARLY_MS = 5 * 60_000;
const TIMEOUT_MS = 15_000;
const TOKEN_URI = 'https://oauth2.googleapis.com/token';

interface Kept {
  token: Promise<string>;
  until: number;
}

/** By account and scope. */
const kept = new Map<string, Kept>();

/**
 * @param account the parsed key file of the service account
 * @param now Unix ms
 * @throws SecretError when the key file lacks something; TokenError
 */
export function googleToken(
  account: Record<string, unknown>,
  scope: string,
  secrets: Secrets,
  now: number,
): Promise<string> {
  const { client_email: email, private_key: key, token_uri: uri = TOKEN_URI } = account;
  if (typeof email !== 'string' || typeof key !== 'string' || typeof uri !== 'string') {
    throw new SecretError('the service account needs client_email and private_key');
  }
  const name = JSON.stringify([email, uri, scope]);
  const held = kept.get(name);
  if (held !== undefined && held.until > now) return held.token;
  const fresh: Kept = { token: Promise.resolve(''), until: now + TIMEOUT_MS };
  fresh.token = fetchToken(email, key, uri, scope, now).then(
    ({ token, lifeMs }) => {
      fresh.until = now + Math.max(0, lifeMs - EARLY_MS);
      secrets.hide(token);
      return token;
    },
    (error) => {
      if (kept.get(name) === fresh) kept.delete(name);
      throw error;
    },
  );
  kept.set(name, fresh);
  return fresh.token;
}

/** The next request asks for new tokens: one was refused. */
export function forgetTokens(): void {
  kept.clear();
}

async function fetchToken(email: string, key: string, uri: string, scope: string, now: number) {
  const assertion = await signedJwt(key, {
    iss: email,
    scope,
    aud: uri,
    iat: Math.floor(now / 1000),
    exp: Math.floor(now / 1000) + LIFE_S,
  });
  const response = await fetch(uri, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    }).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  let body: { access_token?: unknown; expires_in?: unknown; error?: unknown } = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Told by its status below.
  }
  if (!response.ok || typeof body.access_token !== 'string') {
    const final = response.status === 400 || response.status === 401 || response.status === 403;
    throw new TokenError(`token server: ${response.status} ${String(body.error ?? '')}`, final);
  }
  const life = typeof body.expires_in === 'number' ? body.expires_in : LIFE_S;
  return { token: body.access_token, lifeMs: life * 1000 };
}

/** @throws SecretError for a key that is none */
export async function signedJwt(pem: string, claims: object): Promise<string> {
  const text = (part: object) => toBase64Url(new TextEncoder().encode(JSON.stringify(part)));
  const signed = `${text({ alg: 'RS256', typ: 'JWT' })}.${text(claims)}`;
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const der = /-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----/.exec(pem)?.[1];
  let key: CryptoKey;
  try {
    const bytes = Uint8Array.from(atob((der ?? '').replace(/\s+/g, '')), (c) => c.charCodeAt(0));
    key = await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
  } catch {
    throw new SecretError('the private_key of the service account cannot be read');
  }
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(signed));
  return `${signed}.${toBase64Url(new Uint8Array(signature))}`;
}
