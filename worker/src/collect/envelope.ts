/** The `{"site", "events": […]}` around a call's events. */
import { Problem } from '../problem.ts';
import { MAX_EVENTS_PER_CALL } from '../schema/event.ts';

export interface Envelope {
  site: string;
  events: unknown[];
  /** The browser may be known by the visitor cookie; hw.js says so. */
  cookie: boolean;
}

/** @throws Problem invalid_body */
export function readEnvelope(body: unknown): Envelope {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw wrong(`expected an object, got ${kind(body)}`);
  }
  const { site, events, cookie } = body as Partial<Record<keyof Envelope, unknown>>;
  if (typeof site !== 'string' || site === '') {
    throw wrong(`site: expected the key of a site, got ${kind(site)}`);
  }
  if (!Array.isArray(events)) throw wrong(`events: expected an array, got ${kind(events)}`);
  if (events.length === 0 || events.length > MAX_EVENTS_PER_CALL) {
    throw wrong(`events: expected 1 to ${MAX_EVENTS_PER_CALL} events, got ${events.length}`);
  }
  return { site, events, cookie: cookie === true };
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
