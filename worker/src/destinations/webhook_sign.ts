/** Signatures of Standard Webhooks: `v1` HMAC-SHA256 with whsec_ keys, `v1a` Ed25519 with whsk_ keys. */
import { fromHex } from '../hex.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { SecretError } from './secrets.ts';

/** PKCS #8 around an Ed25519 seed of 32 bytes (RFC 8410). */
const PKCS8_ED25519 = fromHex('302e020100300506032b657004220420');

/**
 * The `webhook-signature` header: one signature for each secret, so that a secret can be changed
 * without a pause.
 *
 * @param secrets one or more, by space: `whsec_` or bare base64, or `whsk_`
 * @param timestamp Unix seconds as text
 * @throws SecretError when a secret cannot be read
 */
export async function signWebhook(
  secrets: string,
  id: string,
  timestamp: string,
  body: string,
): Promise<string> {
  const text = new Uint8Array(new TextEncoder().encode(`${id}.${timestamp}.${body}`));
  const list = secrets.split(/\s+/).filter(Boolean);
  return (await Promise.all(list.map((secret) => signature(secret, text)))).join(' ');
}

async function signature(secret: string, text: Uint8Array<ArrayBuffer>): Promise<string> {
  const asymmetric = secret.startsWith('whsk_');
  try {
    const bytes = fromBase64(secret.replace(/^wh(sec|sk)_/, ''));
    if (asymmetric) {
      const pkcs8 = new Uint8Array([...PKCS8_ED25519, ...bytes.subarray(0, 32)]);
      const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
      return `v1a,${toBase64(new Uint8Array(await crypto.subtle.sign('Ed25519', key, text)))}`;
    }
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
    return `v1,${toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))}`;
  } catch {
    throw new SecretError('the signing secret is no base64 key with the prefix whsec_ or whsk_');
  }
}
