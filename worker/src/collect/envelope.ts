/** The `{"site", "events": […]}` around a call's events. */
import { Problem } from '../problem.ts';
import { MAX_EVENTS_PER_CALL } from '../schema/event.ts';
import { MINUTE_MS, parseInstant } from '../schema/time.ts';

export interface Envelope {
  site: string;
  events: unknown[];
  /** The browser may be known by the visitor cookie; hw.js says so. */
  cookie: boolean;
  /** How far the sender's clock is behind ours, ms; 0 when it is near enough or not told. */
  skew: number;
}

/** Less than this between sending and arrival says nothing of the sender's clock, ms. */
const SKEW_FROM_MS = MINUTE_MS;

/**
 * @param now the clock here, Unix ms
 * @throws Problem invalid_body
 */
export function readEnvelope(body: unknown, now: number): Envelope {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw wrong(`expected an object, got ${kind(body)}`);
  }
  const { site, events, cookie, sent_at } = body as Record<string, unknown>;
  if (typeof site !== 'string' || site === '') {
    throw wrong(`site: expected the key of a site, got ${kind(site)}`);
  }
  if (!Array.isArray(events)) throw wrong(`events: expected an array, got ${kind(events)}`);
  if (events.length === 0 || events.length > MAX_EVENTS_PER_CALL) {
    throw wrong(`events: expected 1 to ${MAX_EVENTS_PER_CALL} events, got ${events.length}`);
  }
  return { site, events, cookie: cookie === true, skew: skewOf(sent_at, now) };
}

/** A time that is none is not told: it is no reason to refuse what happened. */
function skewOf(sentAt: unknown, now: number): number {
  if (typeof sentAt !== 'number' && typeof sentAt !== 'string') return 0;
  try {
    const behind = now - parseInstant(sentAt);
    return Math.abs(behind) < SKEW_FROM_MS ? 0 : behind;
  } catch {
    return 0;
  }
}

function wrong(detail: string): Problem {
  return new Problem('invalid_body', detail);
}

function kind(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
