/**
 * What every ad platform's file gives: pure functions from a stored conversion to a request, and
 * from an answer to what became of each event. No clock, no network, no storage here.
 */
import type { HashedUser } from '../identity/hashing.ts';
import type { VariantName } from '../identity/variants.ts';
import type { DestinationConfig } from './schemas.ts';
import type { Secrets } from './secrets.ts';

export type DestinationType = DestinationConfig['type'];
export type ConfigOf<T extends DestinationType> = Extract<DestinationConfig, { type: T }>;

export interface Item {
  id?: string;
  name?: string;
  /** Micros. */
  price?: number;
  quantity?: number;
}

/** One conversion, or one refund, for one destination. Never raw personal fields. */
export interface Delivery {
  kind: 'conversion' | 'refund';
  /** The same on every try, and what a browser's own tag sends for the same event. */
  eventId: string;
  /** Unique among all deliveries of the site: event key and conversion; no dots. */
  key: string;
  /** Name of the conversion definition. */
  conversion: string;
  /** Neutral name of the event. */
  name: string;
  /** When it happened, Unix ms. */
  at: number;
  orderId?: string;
  /** Micros of `currency`; of a refund, what it takes back. Absent: the event brings none. */
  value?: number;
  currency: string;
  /** Of a refund: micros that are left of the order. */
  left?: number;
  url?: string;
  referrer?: string;
  title?: string;
  searchTerm?: string;
  items?: Item[];
  /** Click and browser ids by lower-case name without leading underscores. */
  ids: Record<string, string>;
  /** When the click was first seen, Unix ms. */
  clickSeenAt?: number;
  /** Under the variant of the destination. */
  user: HashedUser;
  ip?: string;
  ua?: string;
  personalization: boolean;
  /** The person's key, 32 hex digits: a hash that means nothing elsewhere. */
  person: string;
}

export interface Call {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface CallContext {
  secrets: Secrets;
  /** Unix ms. */
  now: number;
}

/** What became of one event, or of all events of a request. */
export type Verdict =
  /** receipt: what the platform makes of it is asked for under this id, later. */
  | { state: 'delivered'; note?: string; receipt?: string }
  /** Not now; the same again later. `afterMs`: not sooner. */
  | { state: 'retry'; reason: string; afterMs?: number }
  /** This event, as it is, never. */
  | { state: 'dead'; reason: string }
  /** The destination takes nothing until somebody mends it: token, permission, terms. */
  | { state: 'halt'; reason: string }
  /** One of the events spoils the batch: try them apart. */
  | { state: 'split'; reason: string };

/** What a platform has made of a request that it took. */
export type Outlook =
  /** It does not know yet, or did not say. */
  | { state: 'open'; reason: string }
  | { state: 'taken'; reason: string }
  /** None of the events counts. `againMs`: the same may be sent again after this. */
  | { state: 'refused'; reason: string; againMs?: number };

export interface Receiving<T extends DestinationType = DestinationType> {
  /** How long after a request it is asked for first, ms. */
  firstMs(config: ConfigOf<T>): number;
  /** A GET. */
  call(
    config: ConfigOf<T>,
    receipt: string,
    context: CallContext,
  ): Promise<{ url: string; headers: Record<string, string> }>;
  /** @param answer with status 200 */
  read(answer: Answer): Outlook;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Cut to a bounded length. */
  text: string;
}

export interface Destination<T extends DestinationType = DestinationType> {
  type: T;
  variant: VariantName;
  /** Events older than this are not taken, ms. */
  maxAgeMs: number;
  /** Most events of one request. */
  batch: number;
  /** Names of the ids that prove a click on this platform; none for those that sell no clicks. */
  clickIds: readonly string[];
  /** Sources (utm_source, or what a referrer is classified as) that are this platform. */
  sources: readonly string[];
  /** The platform takes back what was refunded. */
  refunds: boolean;
  /** Why this delivery can never be sent, in words that name what is missing. */
  refusal(config: ConfigOf<T>, delivery: Delivery): string | undefined;
  /** Deliveries of one request have the same group. */
  group?(delivery: Delivery): string;
  /** @param deliveries of one group, 1 to `batch` of them */
  call(
    config: ConfigOf<T>,
    deliveries: readonly Delivery[],
    context: CallContext,
  ): Call | Promise<Call>;
  /**
   * The same request as a trial: checked by the platform and recorded nowhere, or shown among its test
   * events. Absent where the platform offers none.
   */
  trial?(config: ConfigOf<T>, call: Call): Call;
  /** @returns one verdict for all, or one each */
  read(answer: Answer, deliveries: readonly Delivery[], config?: ConfigOf<T>): Verdict | Verdict[];
  /** Present where the platform tells later what became of a request. */
  receiving?: Receiving<T>;
}

/** A trial needs something that the configuration lacks. */
export class NoTrialError extends Error {}

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
