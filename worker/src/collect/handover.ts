/** The token that hands a visitor over, as it stands in a landing address; signing.ts makes and checks it. */
import { isObject } from './signals.ts';

/** The parameter's name. */
export const HANDOVER = '_hwx';

/** The event, its address without the token: it names a visitor, and is no part of the page. */
export function withoutHandover(event: unknown): unknown {
  if (!isObject(event) || typeof event.url !== 'string' || !event.url.includes(`${HANDOVER}=`))
    return event;
  const url = event.url.replace(/([?&])_hwx=[^&#]*(&|(?=#)|$)/, (_, before, behind) =>
    behind === '&' ? before : '',
  );
  return { ...event, url };
}
