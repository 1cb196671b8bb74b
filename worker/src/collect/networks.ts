/** Whether an address lies in one of some networks, written as 192.0.2.0/24 or 2001:db8::/32. */

export interface Network {
  /** 4 or 16. */
  bytes: readonly number[];
  /** Leading bits that count. */
  bits: number;
}

/** @throws RangeError for anything but an address, with or without a length */
export function parseNetwork(text: string): Network {
  const [address = '', length, more] = text.split('/');
  const bytes = bytesOf(address);
  if (bytes === undefined || more !== undefined) {
    throw new RangeError(`expected a network such as 192.0.2.0/24 or 2001:db8::/32, got "${text}"`);
  }
  const bits = length === undefined ? bytes.length * 8 : Number(length);
  if (!/^\d{1,3}$/.test(length ?? '0') || bits > bytes.length * 8) {
    throw new RangeError(`expected a length of 0 to ${bytes.length * 8} bits in "${text}"`);
  }
  return { bytes, bits };
}

export function isWithin(address: string, networks: readonly Network[]): boolean {
  if (networks.length === 0) return false;
  const own = bytesOf(address);
  return (
    own !== undefined &&
    networks.some(
      ({ bytes, bits }) =>
        bytes.length === own.length &&
        bytes.every((byte, i) => {
          const left = Math.min(8, Math.max(0, bits - i * 8));
          return (byte ^ own[i]!) >> (8 - left) === 0;
        }),
    )
  );
}

/** 4 or 16 bytes; an IPv4 address written as IPv6 (::ffff:192.0.2.1) has 4. */
function bytesOf(address: string): readonly number[] | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const bytes = address.split('.').map(Number);
    return bytes.every((byte) => byte < 256) ? bytes : undefined;
  }
  if (!address.includes(':') || /[^0-9a-f:.]/i.test(address)) return undefined;
  // URL knows all forms of an address and writes one of them: groups in hex, the zeros left out once.
  const host = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  if (host === undefined) return undefined;
  const [head = '', tail] = host.split('::');
  const before = head.split(':').filter(Boolean);
  const behind = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array<string>(8 - before.length - behind.length).fill('0');
  const bytes = [...before, ...zeros, ...behind].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255;
  return mapped && bytes[11] === 255 ? bytes.slice(12) : bytes;
}
