/**
 * What the site signs with the secret that its `signing_secret` names: links that lead to other hosts,
 * and the short-lived token that hands a visitor over to another domain of the same site.
 */
import type { Site } from '../config.ts';
import type { Env } from '../env.ts';
import { HANDOVER } from './handover.ts';

/** A hand-over is used by the page that the link leads to, or never. */
const HANDOVER_MS = 2 * 60_000;
const TOKEN = /^([0-9a-f]{32})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/;

const encoder = new TextEncoder();

/** undefined when the site has no signing secret. */
async function keyOf(env: Env, site: Site): Promise<CryptoKey | undefined> {
  const secret = site.signingSecret === undefined ? undefined : env[site.signingSecret];
  if (typeof secret !== 'string' || secret === '') return undefined;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', encoder.encode(secret), hmac, false, ['sign', 'verify']);
}

/** Whether `sig` is the signature of "link SITE TO"; in constant time. */
export async function verifyLink(
  env: Env,
  site: Site,
  to: string,
  sig: string | null,
): Promise<boolean> {
  const key = await keyOf(env, site);
  return key !== undefined && verify(key, `link ${site.key} ${to}`, sig ?? '');
}

/** Puts the token into the target's query; without a secret nothing is handed over. */
export async function signHandover(
  env: Env,
  site: Site,
  target: URL,
  visitor: string,
  now: number,
): Promise<void> {
  const key = await keyOf(env, site);
  if (key === undefined) return;
  const until = (now + HANDOVER_MS).toString(36);
  const text = handoverText(site, target.hostname, visitor, until);
  const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(text));
  const token = `${HANDOVER}=${visitor}.${until}.${toBase64Url(new Uint8Array(signature))}`;
  // Behind what is there, which stays as it is written.
  target.search += target.search ? `&${token}` : token;
}

/** The visitor that a landing address hands over, if its token is whole, ours, for this host and fresh. */
export async function handedOver(
  env: Env,
  site: Site,
  url: string,
  now: number,
): Promise<string | undefined> {
  const landing = url.includes(`${HANDOVER}=`) ? URL.parse(url) : null;
  const [, visitor, until, signature] = TOKEN.exec(landing?.searchParams.get(HANDOVER) ?? '') ?? [];
  if (!landing || !visitor || !until || !signature || Number.parseInt(until, 36) < now)
    return undefined;
  const key = await keyOf(env, site);
  if (key === undefined) return undefined;
  const text = handoverText(site, landing.hostname, visitor, until);
  return (await verify(key, text, signature)) ? visitor : undefined;
}

/** Bound to the host that it leads to, so that it opens nothing elsewhere. */
const handoverText = (site: Site, host: string, visitor: string, until: string): string =>
  `handover ${site.key} ${host} ${visitor} ${until}`;

async function verify(key: CryptoKey, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64Url(signature);
  return bytes !== undefined && crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** undefined for anything but the 43 signs of 32 bytes. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (each) => each.charCodeAt(0));
}
