/**
 * A limit per address prefix and site, so that one sender cannot take the store for itself. Counted in
 * the isolate's memory, in windows of a minute: the address is never stored. Isolates count apart, so
 * the limit of a site that runs on many is as many times higher.
 */
import type { Site } from '../config.ts';
import { Problem } from '../problem.ts';

const MINUTE_MS = 60_000;
/** Prefixes remembered; all are forgotten beyond. */
const MOST = 20_000;

export class RateLimits {
  #minute = 0;
  readonly #counts = new Map<string, number>();

  /**
   * Counts one request. Only the platform's own header is believed; without it there is no limit.
   *
   * @throws Problem rate_limited, with Retry-After
   */
  check({ key, ratePerMinute }: Site, headers: Headers, now: number): void {
    const address = headers.get('cf-connecting-ip');
    if (ratePerMinute === undefined || address === null) return;
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute || this.#counts.size > MOST) this.#counts.clear();
    this.#minute = minute;
    const name = `${key} ${prefixOf(address)}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count <= ratePerMinute) return;
    const wait = Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000);
    throw new Problem(
      'rate_limited',
      `More than ${ratePerMinute} requests a minute came from this network; wait ${wait} s, or send more events in each request.`,
      { 'retry-after': String(wait) },
    );
  }
}

/** The /24 of an IPv4 address, the /48 of an IPv6 address. */
export function prefixOf(address: string): string {
  if (!address.includes(':')) return address.split('.').slice(0, 3).join('.');
  // URL writes an address in full or in its one short form.
  const host = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) ?? address;
  const [head = '', tail] = host.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const all = [...groups, ...Array<string>(missing).fill('0'), ...(tail ?? '').split(':')];
  return all.slice(0, 3).join(':');
}
