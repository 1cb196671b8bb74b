/** Which events carry a marketing source, and which count as conversions. */
import type { Classified, Interaction } from '../../../wasm/binding/types.ts';
import type { Conversion } from '../config.ts';
import { REFUND } from '../identity/keys.ts';
import type { Event } from '../schema/event.ts';

/** Events that stand for a page being looked at. */
const VIEWS = new Set(['page_view', 'view_content']);

/**
 * The interaction of the touch that an event makes, or undefined if it makes
 * none. A move inside the site never does; a tagged URL, an explicit source or
 * kind always does; a referrer or a direct visit does when the event is a view
 * of a page and not itself a conversion.
 */
export function touchOf(
  event: Event,
  classified: Classified,
  converts: boolean,
): Interaction | undefined {
  if (event.name === REFUND || classified.origin === 'internal') return undefined;
  const explicit = Boolean(event.kind) || hasSource(event) || classified.origin === 'tagged';
  if (!explicit && !VIEWS.has(event.name) && (converts || !event.url)) return undefined;
  if (event.kind) return event.kind;
  const hasClickId = Object.keys(classified.clickIds).length > 0;
  return classified.origin === 'tagged' && hasClickId ? 'click' : 'visit';
}

export function hasSource({ source }: Event): boolean {
  return source != null && Object.values(source).some(Boolean);
}

/**
 * The definitions that an event meets. One that has a URL and no event name
 * is met by page views only, or each click on that page would count again.
 */
export function conversionsOf(event: Event, definitions: readonly Conversion[]): Conversion[] {
  // A refund is of its order, whatever that counted as, and also when that is not known yet.
  if (event.name === REFUND) return event.order_id ? [...definitions] : [];
  let path: string | undefined;
  return definitions.filter(({ event: name, matchesPath }) => {
    if (name === undefined ? !VIEWS.has(event.name) : name !== event.name) return false;
    if (matchesPath === undefined) return true;
    path ??= pathOf(event.url);
    return path !== '' && matchesPath(path);
  });
}

/** The path of an absolute or root-relative URL, '' if there is none. */
function pathOf(url: string | null | undefined): string {
  if (!url) return '';
  return URL.parse(url, 'http://relative.invalid')?.pathname ?? '';
}
