/**
 * The shapes that cross the boundary between JavaScript and the core.
 *
 * Times are Unix milliseconds, UTC. Money and counts of credit are integer
 * micros (1 unit = 1,000,000) held in a JS number, |n| < 2^53. Keys are 16
 * bytes. Days are whole days since 1970-01-01 in the site's own time zone.
 */

export type Interaction = 'click' | 'impression' | 'visit';

/** The six dimensions of a marketing source; an unknown one is ''. */
export interface Source {
  channel: string;
  source: string;
  medium: string;
  campaign: string;
  term: string;
  content: string;
}

/** What a URL and a referrer say about where a visit came from. */
export interface Classified extends Source {
  /**
   * `tagged`: UTM parameters, a click id or an explicit source; `referrer`:
   * another site linked here; `direct`: neither; `internal`: the site itself
   * or an excluded referrer (a payment provider), so no source at all.
   */
  origin: 'tagged' | 'referrer' | 'direct' | 'internal';
  /** Which rule decided the channel, e.g. `ga4:paid_search`, `site:0`. */
  rule: string;
  /** Click ids found, by lower-case parameter name; values keep their case. */
  clickIds: Record<string, string>;
}

export interface ClassifyInput {
  url?: string;
  referrer?: string;
  /** Given by the caller; each non-empty field wins over the URL's. */
  source?: Partial<Source>;
}

/** A site's own rule: the fields given must all be equal, ignoring case. */
export interface ChannelRule {
  channel: string;
  source?: string;
  medium?: string;
  campaign?: string;
}

export interface ClassifierRules {
  channelRules?: ChannelRule[];
  /** Hosts (and their subdomains) that are never a source. */
  referralExclusions?: string[];
  /** The site's own hosts; the URL's own host is always one. */
  ownHosts?: string[];
}

export interface StepConfig {
  /** Rule models to credit, at most 16. */
  models: string[];
  lookbackClickMs: number;
  lookbackImpressionMs: number;
  dedupWindowMs: number;
  retentionMs: number;
  /** A direct touch within this time of the touch before it does not count. */
  sessionMs: number;
  halfLifeMs: number;
  /** Most touches kept per journey (1..4096); the oldest go, counted. */
  touchCap: number;
}

export interface StepConversion {
  /** Name of the conversion definition. */
  action: string;
  /** Micros of the site's currency, >= 0. */
  value: number;
  /** Key of the order (site, order id, action); one order counts once. */
  order?: Uint8Array;
  /** Count this action once per person. */
  once?: boolean;
  /** No conversion but a refund of the one with this order: of `value`, or of all that is left. */
  refund?: 'part' | 'all';
}

export interface StepEvent {
  /** 16 bytes, or their 32 hex digits. */
  key: Uint8Array | string;
  at: number;
  day: number;
  /** A shorter dedup window than the config's, for keys made of content. */
  keyWindowMs?: number;
  touch?: { interaction: Interaction; source: Source };
  conversions?: StepConversion[];
}

export interface StepPerson {
  /** The stored journey; null for a person not seen before. */
  blob: Uint8Array | null;
  events: StepEvent[];
}

/**
 * `duplicate`: this event key was seen; `duplicate_order`: a new event for an
 * order that is already counted; `late`: older than the retention; `full`:
 * the person holds as many event keys as a journey may. `refund_clamped`: a refund of more than was
 * left of its order; `refund_waiting`: a refund whose order has not come yet.
 */
export type StepOutcome =
  | 'accepted'
  | 'duplicate'
  | 'duplicate_order'
  | 'late'
  | 'full'
  | 'refund_clamped'
  | 'refund_waiting';

export interface StepPersonResult {
  /** The journey to store; null when nothing changed. */
  blob: Uint8Array | null;
  /** One per event, in order. */
  outcomes: StepOutcome[];
  /** Conversions newly counted, per event. */
  counted: number[];
}

/**
 * A change of the ledger: add these sums to the row of the same key. A sum past 2^53 comes in two rows
 * of one key, each exact; add them as bigints where totals may grow so large.
 */
export interface LedgerRow extends Source {
  day: number;
  /** Whose day: the touch's or the conversion's. What refunds take has rows of its own. */
  basis: 'touch' | 'conversion' | 'refund' | 'touch_refund' | 'conversion_refund';
  action: string;
  model: string;
  /** Micros; negative where a late touch took credit away. */
  conversions: number;
  /** Micros of the site's currency. */
  value: number;
}

export interface StepResult {
  persons: StepPersonResult[];
  ledger: LedgerRow[];
}

export interface JourneyTouch extends Source {
  at: number;
  day: number;
  interaction: Interaction;
  /** First 16 hex digits of the event key. */
  id: string;
  /** False for a direct touch within the session of the touch before it: it earns nothing. */
  counts: boolean;
}

export interface JourneyConversion {
  action: string;
  at: number;
  day: number;
  value: number;
  /** 32 hex digits of the event key that counted. */
  event: string;
  /** 32 hex digits of the order key, or ''. */
  order: string;
  /** The touches inside the window, oldest first; none: one direct visit with id ''. */
  path: JourneyTouch[];
  /** By model: one [conversions, value] pair in micros per path touch. */
  credits: Record<string, [number, number][]>;
  /** By time: event key (32 hex digits), when, micros asked for (over 2^53: all), micros taken. */
  refunds: [event: string, at: number, asked: number, taken: number][];
}

export interface JourneyView {
  touches: JourneyTouch[];
  conversions: JourneyConversion[];
  /** Event keys held for deduplication. */
  keys: number;
  /** Touches that the cap or the retention has dropped. */
  dropped: number;
}

/** How a dataset is read; all fields optional. */
export interface DatasetOptions {
  /**
   * Header name for each role, e.g. { visitor: 'cookie', time: 'ts' }. Roles: path, conversions, nulls,
   * times, visitor, time, channel, interaction, conversion, value, event_id, order_id, source, medium,
   * campaign, term, content, url, referrer.
   */
  columns?: Record<string, string>;
  /** Path separator, default '>'. */
  separator?: string;
  /** Count and list bad rows instead of refusing the file. */
  skipBad?: boolean;
  /**
   * What becomes of a journey's touches before a model sees them (docs/models.md); default `unique`:
   * nothing. Only in headwater-full.wasm.
   */
  transform?: 'unique' | 'exposure' | 'first' | 'frequency';
  /** Most touches of a journey, the newest stay; 0: no limit. Only in headwater-full.wasm. */
  touchCap?: number;
}

export interface DatasetSummary {
  kind: 'paths' | 'touches';
  rows: number;
  badRows: number;
  /** Rows whose event or order id was seen before. */
  duplicates: number;
  /** The first hundred refused rows, when bad rows are skipped. */
  bad: { line: number; column: number; code: string; message: string }[];
  journeys: number;
  touches: number;
  /** In order of first appearance. */
  channels: string[];
  /** Micros. */
  conversions: number;
  /** Micros. */
  value: number;
  nulls: number;
  hasTimes: boolean;
}

export interface AttributeOptions {
  halfLifeMs?: number;
  /** First, middle, last weight of `position`: 0 to 1000 each, not all zero; six decimals count. */
  weights?: [number, number, number];
  /** Weights of `custom`: from the front, from the back (last touch first), the rest; at most 8 each, 0 to 1000. */
  custom?: { front: number[]; back: number[]; rest: number };
  /** Of `markov`: 1 to 5 touches a state. */
  order?: number;
  /** Of `markov`: keep steps from a state to itself. */
  loops?: boolean;
  /** The channel of `source_first` and `source_last`. */
  source?: string;
  /** Of models that sample. */
  seed?: number;
  /**
   * Of `shapley_rate`: orders of the channels to draw, 4 to 10^6; 0: exact up to 20 channels. Only in
   * headwater-full.wasm.
   */
  samples?: number;
}

/** How journeys are cut. Touch logs start with 30 days and 1 day, paths without limits. */
export interface Windows {
  /** Lookback of clicks and visits; 0: no limit. */
  clickMs?: number;
  /** Lookback of impressions; 0: no limit. */
  impressionMs?: number;
  /** A new journey after each conversion; otherwise each looks back over its own window. */
  reset?: boolean;
  /** The channel that last_non_direct passes over, default 'Direct'. */
  direct?: string;
}

export interface ModelCredit {
  model: string;
  /**
   * Per channel, in the order of DatasetSummary.channels; micros. `shapley_ordered` has three amounts
   * a channel side by side: as opener, middle and closer.
   */
  conversions: number[];
  value: number[];
}

/** Credit and its 95 % interval, arrays as in ModelCredit. */
export interface ModelInterval extends ModelCredit {
  conversionsLow: number[];
  conversionsHigh: number[];
  valueLow: number[];
  valueHigh: number[];
}

/** `late`: from before the window, so no longer decidable. */
export type Verdict = 'new' | 'duplicate' | 'late';

/** One journey of a dataset for display. */
export interface DatasetJourney {
  /** Index into DatasetSummary.channels, one per touch. */
  channels: number[];
  /** Unix ms (touch log) or ms before the conversion, negative (paths with times); empty when unknown. */
  times: number[];
  /** Micros; 0 for a journey that did not convert. */
  conversions: number;
  value: number;
  nulls: number;
  /** Unix ms of the conversion; 0 when unknown. */
  convertedAt: number;
  /** By model: share of each touch in millionths, summing to 1,000,000. */
  shares: Record<string, number[]>;
}
