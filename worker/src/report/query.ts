/** Reads query parameters, with a refusal that says what was expected. */
import type { Scope, Site } from '../config.ts';
import { siteOf } from '../context.ts';
import { Problem } from '../problem.ts';
import type { Parameter, RouteRequest } from '../route.ts';
import { formatDate, parseDate } from '../schema/time.ts';

export const SITE_PARAMETER: Parameter = {
  name: 'site',
  in: 'query',
  required: true,
  description: 'key of the site',
};

export const PERIOD_PARAMETERS: Parameter[] = [
  { name: 'from', in: 'query', description: 'first day, YYYY-MM-DD; default: from the beginning' },
  {
    name: 'to',
    in: 'query',
    description: "last day, inclusive, in the site's zone; default: until now",
  },
];

/**
 * The site of the request, with its API key checked.
 *
 * @throws Problem invalid_query, unknown_site, key_missing, key_wrong, key_scope
 */
export async function siteOfQuery(
  { context, request, url }: RouteRequest,
  scope: Scope = 'reports:read',
): Promise<Site> {
  const key = url.searchParams.get('site');
  if (!key) throw invalid('site', 'the key of a site', key);
  const site = siteOf(context, key);
  await context.apiKeys.check(request, site, scope);
  return site;
}

/** One of a list, or the fallback when the parameter is absent. */
export function choice<const T extends string>(
  url: URL,
  name: string,
  values: readonly T[],
  fallback: T,
): T {
  const given = url.searchParams.get(name);
  if (given === null) return fallback;
  const found = values.find((value) => value === given);
  if (found === undefined) throw invalid(name, `one of ${values.join(', ')}`, given);
  return found;
}

export function wholeNumber(
  url: URL,
  name: string,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): number {
  const given = url.searchParams.get(name);
  if (given === null) return fallback;
  const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw invalid(name, `a whole number from ${min} to ${max}`, given);
  }
  return value;
}

export interface Period {
  /** First and last day, inclusive, since 1970-01-01. */
  from: number;
  to: number;
  /** The same as the request gave them, null for an open end. */
  shown: { from: string | null; to: string | null };
}

/** Beyond every day that an event can have. */
const OPEN_END = 1_000_000_000;

export function period(url: URL): Period {
  const from = date(url, 'from');
  const to = date(url, 'to');
  if (from !== undefined && to !== undefined && from > to) {
    throw invalid('from', `a day not after "to" (${formatDate(to)})`, formatDate(from));
  }
  return {
    from: from ?? -OPEN_END,
    to: to ?? OPEN_END,
    shown: {
      from: from === undefined ? null : formatDate(from),
      to: to === undefined ? null : formatDate(to),
    },
  };
}

function date(url: URL, name: string): number | undefined {
  const given = url.searchParams.get(name);
  if (given === null) return undefined;
  const day = parseDate(given);
  if (day === undefined) throw invalid(name, 'a date such as 2026-11-22', given);
  return day;
}

export function invalid(name: string, expected: string, got: string | null): Problem {
  const shown = got === null ? 'nothing' : JSON.stringify(got.slice(0, 80));
  return new Problem('invalid_query', `${name}: expected ${expected}, got ${shown}`);
}
