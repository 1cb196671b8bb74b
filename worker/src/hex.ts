/** Bytes and their hexadecimal spelling; SHA-256. */

const encoder = new TextEncoder();
const BYTE_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex of bytes; the platform's own where it has one. */
export const toHex: (bytes: Uint8Array) => string =
  'toHex' in Uint8Array.prototype
    ? (bytes) => (bytes as Uint8Array & { toHex(): string }).toHex()
    : spell;

function spell(bytes: Uint8Array): string {
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += BYTE_HEX[bytes[i]!];
  return hex;
}

/** Bytes of an even number of hex digits; other characters become zero bits. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (nibble(hex.charCodeAt(2 * i)) << 4) | nibble(hex.charCodeAt(2 * i + 1));
  }
  return bytes;
}

function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 0;
}

/** Bitwise difference of two keys of the same length, in hex. */
export function xorHex(a: string, b: string): string {
  const [left, right] = [fromHex(a), fromHex(b)];
  return toHex(left.map((byte, i) => byte ^ right[i]!));
}

export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
}

export async function sha256Hex(text: string): Promise<string> {
  return toHex(await sha256(text));
}
