/** One request to a destination, and what became of each delivery in it. */
import { retryAfter } from '../destinations/common.ts';
import type { CallContext, Delivery, Destination, Verdict } from '../destinations/destination.ts';
import { forgetTokens, TokenError } from '../destinations/google_auth.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import { SecretError, type Secrets } from '../destinations/secrets.ts';

export const TIMEOUT_MS = 15_000;
/** Characters of an answer that are read. */
const ANSWER_LENGTH = 256 * 1024;

export interface Sender {
  secrets: Secrets;
  fetch: typeof fetch;
  now: () => number;
}

/** Verdicts that leave nothing to be split. */
export type Settled = Exclude<Verdict, { state: 'split' }>;

/**
 * Sends deliveries of one group. When one of them spoils the request, halves are sent, so the good ones
 * arrive at once and the bad one is known; a good one that a platform had taken all the same has the
 * same event id the second time.
 */
export async function send(
  sender: Sender,
  config: DestinationConfig,
  destination: Destination,
  deliveries: readonly Delivery[],
): Promise<Settled[]> {
  const verdicts = await once(sender, config, destination, deliveries);
  if (!verdicts.some(({ state }) => state === 'split')) return verdicts as Settled[];
  const middle = deliveries.length >> 1;
  if (middle === 0) {
    return verdicts.map((verdict) =>
      verdict.state === 'split' ? { state: 'dead', reason: verdict.reason } : verdict,
    );
  }
  const first = await send(sender, config, destination, deliveries.slice(0, middle));
  const rest = deliveries.slice(middle);
  // No more of it while the platform does not answer.
  const stopped = first.find(({ state }) => state === 'retry' || state === 'halt');
  if (stopped) return [...first, ...rest.map(() => stopped)];
  return [...first, ...(await send(sender, config, destination, rest))];
}

async function once(
  { secrets, fetch, now }: Sender,
  config: DestinationConfig,
  destination: Destination,
  deliveries: readonly Delivery[],
): Promise<Verdict[]> {
  const all = (verdict: Verdict): Verdict[] => deliveries.map(() => clean(verdict, secrets));
  const context: CallContext = { secrets, now: now() };
  try {
    const { url, headers, body } = await destination.call(config, deliveries, context);
    // A redirect could lead the token elsewhere.
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = (await response.text()).slice(0, ANSWER_LENGTH);
    const answer = { status: response.status, headers: response.headers, text };
    const read = destination.read(answer, deliveries, config);
    const verdicts = Array.isArray(read) ? read.map((each) => clean(each, secrets)) : all(read);
    if (verdicts.some(({ state }) => state === 'halt')) forgetTokens();
    const afterMs = retryAfter(response.headers, now());
    return verdicts.map((verdict) =>
      verdict.state === 'retry' && afterMs !== undefined
        ? { ...verdict, afterMs: Math.max(afterMs, verdict.afterMs ?? 0) }
        : verdict,
    );
  } catch (error) {
    if (error instanceof SecretError) return all({ state: 'halt', reason: error.message });
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (error instanceof TokenError && error.final) return all({ state: 'halt', reason });
    return all({ state: 'retry', reason: `no answer: ${reason}` });
  }
}

function clean<T extends Verdict>(verdict: T, secrets: Secrets): T {
  if ('reason' in verdict) return { ...verdict, reason: secrets.redact(verdict.reason) };
  return verdict.note === undefined ? verdict : { ...verdict, note: secrets.redact(verdict.note) };
}
