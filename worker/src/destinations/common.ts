/** What several platforms share: amounts, ids, items, and the plain meaning of HTTP codes. */
import { formatMicros, microsToNumber } from '../schema/money.ts';
import type { Answer, Call, Delivery, Item, Verdict } from './destination.ts';

export const seconds = (ms: number): number => Math.floor(ms / 1000);

/** The first of the ids that is there. */
export function idOf({ ids }: Delivery, ...names: readonly string[]): string | undefined {
  for (const name of names) if (ids[name]) return ids[name];
  return undefined;
}

/** The object without what is undefined, '' or an empty list or object. */
export function filled<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => {
      if (value === undefined || value === null || value === '') return false;
      return typeof value !== 'object' || Object.keys(value).length > 0;
    }),
  ) as Partial<T>;
}

export const isPurchase = ({ name }: Delivery): boolean => name === 'purchase';

/** The amount as a JSON number; 0 for a purchase without one, since platforms want it. */
export function amount(delivery: Delivery): number | undefined {
  const micros = delivery.value ?? (isPurchase(delivery) ? 0 : undefined);
  return micros === undefined ? undefined : microsToNumber(micros);
}

export const decimal = (micros: number): string => formatMicros(micros);
export const number = (micros: number): number => microsToNumber(micros);

/** As `amount`, as decimal text. */
export function amountText(delivery: Delivery): string | undefined {
  const micros = delivery.value ?? (isPurchase(delivery) ? 0 : undefined);
  return micros === undefined ? undefined : formatMicros(micros);
}

/** Items that have an id, or a name to stand for it. */
export function itemsOf({ items = [] }: Delivery): (Item & { id: string })[] {
  return items.flatMap((item) => {
    const id = item.id ?? item.name;
    return id ? [{ ...item, id }] : [];
  });
}

/** Whole pieces, at least 1. */
export const pieces = ({ quantity }: Item): number => Math.max(1, Math.round(quantity ?? 1));

/** How many pieces there are in all, undefined for none. */
export const pieceCount = (delivery: Delivery): number | undefined =>
  itemsOf(delivery).reduce((sum, item) => sum + pieces(item), 0) || undefined;

/** The order, or what stands for it where a platform wants an id of the deal. */
export const transactionOf = ({ orderId, eventId }: Delivery): string => orderId ?? eventId;

/** A call with more in its JSON body. */
export const withBody = (call: Call, more: object): Call => ({
  ...call,
  body: JSON.stringify({ ...(JSON.parse(call.body) as object), ...more }),
});

// ---- reading answers ----

const UNTEXTUAL = new Set(['toString', 'valueOf']);

/** The answer's JSON, undefined when it is none. It may be anything: look into it with `look`. */
export function bodyOf({ text }: Answer): unknown {
  try {
    // Members of these names would make an object that cannot be written as text.
    return JSON.parse(text, (name, value) => (UNTEXTUAL.has(name) ? undefined : value));
  } catch {
    return undefined;
  }
}

/** What stands at the end of a path into unchecked JSON; undefined when the path breaks off. */
export function look(value: unknown, ...path: (string | number)[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string | number, unknown>)[name];
  }
  return at;
}

/** The list at the end of a path, [] when there is none. */
export function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
  const list = look(value, ...path);
  return Array.isArray(list) ? list : [];
}

const REASON_LENGTH = 300;

/** One line that says what the platform said. */
export function reasonOf(status: number, said: unknown): string {
  const text = typeof said === 'string' ? said : said === undefined ? '' : JSON.stringify(said);
  return `${status}${text ? ` ${text.replace(/\s+/g, ' ').slice(0, REASON_LENGTH)}` : ''}`;
}

/** Retry-After in ms: seconds or a date. */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d{1,7}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/**
 * The usual meaning of a status that is no success: come again, mend the access, or never.
 *
 * @param count of events in the request: of several, one may be at fault
 * @param said what the platform says of it
 */
export function usual({ status }: Answer, count: number, said?: unknown): Verdict {
  const reason = reasonOf(status, said);
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { state: 'retry', reason };
  }
  if (status === 401 || status === 403 || status === 404 || status === 410 || status === 426) {
    return { state: 'halt', reason };
  }
  if (status >= 300 && status < 400) {
    return { state: 'retry', reason: `${reason} redirects are not followed` };
  }
  return count > 1 ? { state: 'split', reason } : { state: 'dead', reason };
}

export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;
