/** An EVENT written as a query string: `name=purchase&order_id=1&value=9.50&source.campaign=spring`. */

import { isObject } from './signals.ts';

/** Fields that hold fields of their own; `user.email=…`, `ids.gclid=…`. */
const NESTED = new Set(['user', 'ids', 'source', 'consent', 'props']);

/** @returns the event as JSON would bring it, unchecked; without `site`, and without empty fields */
export function eventOf(query: URLSearchParams): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of query) {
    if (name === 'site' || value === '') continue;
    const dot = name.indexOf('.');
    const outer = name.slice(0, dot);
    if (dot < 0) {
      // Numbers are sent as text here; RFC 3339 has no text of digits alone.
      event[name] = name === 'occurred_at' && /^\d+$/.test(value) ? Number(value) : value;
    } else if (NESTED.has(outer)) {
      event[outer] ??= Object.create(null);
      const inner = event[outer];
      if (isObject(inner)) inner[name.slice(dot + 1)] = value;
    }
  }
  return event;
}
