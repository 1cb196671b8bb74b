/** What a running worker says of its destinations, and the two things to ask of it. */

export const deliveryStates = ['waiting', 'sending', 'delivered', 'dead', 'skipped'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Destination {
  name: string;
  type: string;
  conversions: string[];
  state: 'working' | 'failing' | 'stopped';
  reason: string | null;
  resumes_at: string | null;
  counts: Partial<Record<DeliveryState, number>>;
  reasons: { status: DeliveryState; reason: string; count: number }[];
  oldest_waiting_at: string | null;
  last_delivered_at: string | null;
  /** Over the newest deliveries, ms. */
  lag_ms: { sampled: number; p50: number | null; p95: number | null; max: number | null };
  /** Among the newest events: how many carry which identifier. */
  matched: { events: number; identified: number; by: Record<string, number> };
  test: 'ready' | 'needs_test_event_code' | 'none';
}

export interface Delivery {
  id: string;
  destination: string;
  conversion: string;
  kind: string;
  event_id: string;
  status: DeliveryState;
  tries: number;
  reason: string | null;
  created_at: string;
  next_try_at: string | null;
  settled_at: string | null;
}

export interface Deliveries {
  destinations: Destination[];
  deliveries: Delivery[];
  /** Where the page after this one begins. */
  next: string | null;
}

export interface Wanted {
  destination: string | null;
  state: DeliveryState | null;
  /** `next` of the page before. */
  before: string | null;
}

export interface TrialAnswer {
  verdict: string;
  reason: string | null;
  status: number | null;
  answer: string | null;
}

const SHOWN = 25;

/** @throws Error with the words of the worker */
const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
  const response = await fetch(new URL(path, location.href), init);
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  const said = [problem.title, problem.detail].filter(Boolean).join(': ');
  throw new Error(said || `The worker answered ${response.status}.`);
};

const post = <T>(path: string, body: unknown): Promise<T> =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Health of each destination and a page of deliveries, the newest first. */
export const readDeliveries = (
  site: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Deliveries> => {
  const query = new URLSearchParams({ site, limit: String(SHOWN) });
  for (const [name, value] of Object.entries(wanted)) if (value !== null) query.set(name, value);
  return ask(`/v1/deliveries?${query}`, { signal });
};

/** @param ids without: all dead letters of the destination */
export const replay = (
  site: string,
  destination: string,
  ids?: string[],
): Promise<{ replayed: number; too_old: number }> =>
  post('/v1/deliveries/replay', { site, destination, ...(ids && { ids }) });

export const sendTrial = (site: string, destination: string): Promise<TrialAnswer> =>
  post('/v1/deliveries/test', { site, destination });
