/** Times as spreadsheets and ad platforms write them. */
import { parseInstant } from '../schema/time.ts';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** yyyy-MM-dd HH:mm:ss, with T, and a fraction of a second. */
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;
/** MM/dd/yyyy HH:mm:ss, with or without am or pm. */
const SLASHED =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: ?([ap]m))?$/i;
/** MMM dd, yyyy hh:mm:ss aa */
const NAMED = /^([a-z]{3}) (\d{1,2}), (\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: ?([ap]m))?$/i;
const ZONE = /\s*(Z|[+-]\d{2}:?\d{2}|[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+|[A-Z]{3,5})$/;

/**
 * Unix ms of a time. The row's own zone wins over `zone`.
 *
 * @param zone `+0100`, `-08:00` or an IANA name; undefined: the time must bring its own
 * @throws RangeError that says what was expected
 */
export function parseImportTime(text: string, zone: string | undefined): number {
  if (/^\d{9,17}(\.\d+)?$/.test(text)) return parseInstant(Number(text));
  const own = ZONE.exec(text);
  const bare = own ? text.slice(0, own.index) : text;
  const local = localOf(bare);
  const at = own?.[1] ?? zone;
  if (local === undefined) {
    throw new RangeError(
      `expected a time such as 2026-11-22 14:30:05+0000, got ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  if (at === undefined) {
    throw new RangeError(
      `the time ${JSON.stringify(text.slice(0, 60))} names no zone; write one behind it, or a first line Parameters:TimeZone=Europe/Berlin`,
    );
  }
  return fromZone(local, at);
}

/** The wall clock as if it were UTC. */
function localOf(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso) return clock(iso[1], iso[2], iso[3], iso[4], iso[5], iso[6], undefined);
  const slashed = SLASHED.exec(text);
  if (slashed) {
    const [, month, day, year, ...time] = slashed;
    return clock(year, month, day, time[0], time[1], time[2], time[3]);
  }
  const named = NAMED.exec(text);
  if (!named) return undefined;
  const [, name = '', day, year, ...time] = named;
  const month = MONTHS.indexOf(name.toLowerCase()) + 1;
  return month ? clock(year, String(month), day, time[0], time[1], time[2], time[3]) : undefined;
}

type Part = string | undefined;

function clock(
  year: Part,
  month: Part,
  day: Part,
  hour: Part,
  minute: Part,
  second: Part,
  half: Part,
): number | undefined {
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  let h = Number(hour ?? 0);
  if (half !== undefined) {
    if (h < 1 || h > 12) return undefined;
    h = (h % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  const [mi, s] = [Number(minute ?? 0), Number(second ?? 0)];
  if (h > 23 || mi > 59 || s > 59) return undefined;
  const at = Date.UTC(y, mo - 1, d, h, mi, s);
  const date = new Date(at);
  return date.getUTCMonth() === mo - 1 && date.getUTCDate() === d ? at : undefined;
}

/** @throws RangeError for an unknown zone */
function fromZone(local: number, zone: string): number {
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    if (Number(fixed[3]) > 59 || minutes > 14 * 60)
      throw new RangeError(`no zone is ${zone} from UTC; zones go from -12:00 to +14:00`);
    return local - (fixed[1] === '-' ? -minutes : minutes) * 60_000;
  }
  if (zone === 'Z') return local;
  // An hour that comes twice is its first; one that never comes is the hour behind.
  const first = local - offsetAt(zone, local - offsetAt(zone, local));
  const earlier = first - 3_600_000;
  return earlier + offsetAt(zone, earlier) === local ? earlier : first;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clock is ahead of UTC at an instant, ms. */
function offsetAt(zone: string, at: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      throw new RangeError(
        `unknown time zone ${JSON.stringify(zone.slice(0, 60))}; use one like +0100 or Europe/Berlin`,
      );
    }
    if (formats.size < 100) formats.set(zone, format);
  }
  const part = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  const { year, month, day, hour, minute, second } = part as Record<string, number>;
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - Math.floor(at / 1000) * 1000;
}
