/**
 * Requests that no customer made: known crawlers, pages or links fetched ahead of time, the site's own
 * people, and machines in data centres.
 */
import { isbot } from 'isbot';
import type { Site } from '../config.ts';
import type { OutcomeCode } from '../problem.ts';
import { isWithin } from './networks.ts';

/** How the events of such a request are counted instead of stored. */
export type Verdict = Extract<OutcomeCode, 'bot' | 'prefetch' | 'own_traffic' | 'data_centre'>;

/** Programs that somebody runs on purpose, and browsers under their control: tests, monitors, servers. */
const TOOL =
  /^(?:curl|wget|node|undici|bun|deno|python|go-http-client|okhttp|java|ruby|php|libwww|axios|got|postman|insomnia|httpie|k6|wrk|hey)\b|headlesschrome|playwright/i;

/** @returns how the request's events are counted instead of stored; undefined: as they come */
export function verdictOf({ traffic }: Site, headers: Headers): Verdict | undefined {
  // Sec-Purpose is of the Fetch standard; the others are what older browsers send.
  const purpose = ['sec-purpose', 'purpose', 'x-moz', 'x-purpose'].map((name) => headers.get(name));
  if (purpose.some((value) => /\b(prefetch|prerender|preview)\b/i.test(value ?? ''))) {
    return 'prefetch';
  }
  const agent = headers.get('user-agent');
  if (agent && isbot(agent) && !TOOL.test(agent)) return 'bot';
  // Only the platform's own header is believed.
  const address = headers.get('cf-connecting-ip');
  if (address !== null && isWithin(address, traffic.own)) return 'own_traffic';
  const hint = traffic.dataCentreHeader && headers.get(traffic.dataCentreHeader);
  if (hint && !/^\s*(0|false|no|none|-|\?0)?\s*$/i.test(hint)) return 'data_centre';
  return undefined;
}
