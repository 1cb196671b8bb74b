/**
 * Signed tokens that stand for an API key for a while: a session in a cookie, or a link that begins one.
 * They name the key's secret and are signed with its digest, so a key that is changed ends them all.
 *
 *     KIND.SECRET_NAME.EXPIRES.SIGNATURE      (expires: Unix seconds; signature: HMAC-SHA-256, hex)
 */
import { fromHex, toHex } from '../hex.ts';

export type TokenKind = 'session' | 'link';

const encoder = new TextEncoder();

const keyOf = (digest: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(digest), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);

/**
 * @param secret name of the variable that holds the API key
 * @param digest SHA-256 of the API key
 * @param expires Unix ms
 */
export async function makeToken(
  kind: TokenKind,
  secret: string,
  digest: Uint8Array,
  expires: number,
): Promise<string> {
  const said = `${kind}.${secret}.${Math.floor(expires / 1000)}`;
  const signature = await crypto.subtle.sign('HMAC', await keyOf(digest), encoder.encode(said));
  return `${said}.${toHex(new Uint8Array(signature))}`;
}

/**
 * @param digestOf the digest of the API key that a secret holds
 * @param now Unix ms
 * @returns the name of the secret; undefined for a token that is wrong, of another kind or over
 */
export async function readToken(
  kind: TokenKind,
  token: string,
  digestOf: (secret: string) => Uint8Array | undefined,
  now: number,
): Promise<string | undefined> {
  const match = /^((session|link)\.([A-Za-z0-9_]{1,200})\.(\d{1,12}))\.([0-9a-f]{64})$/.exec(token);
  if (match === null) return undefined;
  const [, said, of, secret, expires, signature] = match as unknown as string[];
  const digest = digestOf(secret!);
  if (of !== kind || digest === undefined || Number(expires) * 1000 <= now) return undefined;
  const valid = await crypto.subtle.verify(
    'HMAC',
    await keyOf(digest),
    fromHex(signature!),
    encoder.encode(said!),
  );
  return valid ? secret : undefined;
}
