/** Instants, calendar days in a time zone, durations. All instants are Unix ms, UTC. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Year 2000; a smaller number is most likely in seconds. */
const EARLIEST_MS = 946_684_800_000;
/** Year 9999, the last that RFC 3339 can write. */
const LATEST_MS = 253_402_300_799_999;

/**
 * Unix ms of an RFC 3339 time (with its zone) or of a number of Unix ms.
 * Fractions below a millisecond are cut.
 *
 * @throws RangeError whose message says what was expected and what came
 */
export function parseInstant(input: number | string): number {
  if (typeof input === 'number') {
    if (!Number.isInteger(input) || input < EARLIEST_MS || input > LATEST_MS) {
      const hint = input > 946_684_800 && input < 4_102_444_800 ? ' (are these seconds?)' : '';
      throw new RangeError(`expected Unix time in whole milliseconds, got ${input}${hint}`);
    }
    return input;
  }
  const ms = parseRfc3339(input);
  if (ms === undefined || ms < EARLIEST_MS || ms > LATEST_MS) {
    throw new RangeError(
      `expected an RFC 3339 time with a zone, such as 2026-11-22T14:30:05Z, got ${JSON.stringify(input.slice(0, 40))}`,
    );
  }
  return ms;
}

function parseRfc3339(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as number[];
  const zoneHour = Number(match[9] ?? 0);
  const zoneMinute = Number(match[10] ?? 0);
  if (hour! > 23 || minute! > 59 || second! > 60 || zoneHour > 23 || zoneMinute > 59) {
    return undefined;
  }
  const date = Date.UTC(year!, month! - 1, day!);
  // Date.UTC carries 30 February into March; a date that moved was no date.
  const check = new Date(date);
  if (check.getUTCMonth() !== month! - 1 || check.getUTCDate() !== day!) return undefined;
  const offset = (zoneHour * 60 + zoneMinute) * (match[8] === '-' ? -1 : 1) * MINUTE_MS;
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return date + hour! * HOUR_MS + minute! * MINUTE_MS + second! * 1000 + fraction - offset;
}

/** Days since 1970-01-01 of a calendar date `2026-11-22`; undefined if it is none. */
export function parseDate(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? parseRfc3339(`${text}T00:00:00Z`) : undefined;
  return ms === undefined ? undefined : ms / DAY_MS;
}

/** The calendar date of a day number, `2026-11-22`. */
export function formatDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day number (days since 1970-01-01) that an instant falls on in one time zone. */
export type DayOf = (ms: number) => number;

/** Zones change their offset on quarter hours only, so one lookup serves 15 minutes. */
const OFFSET_STEP_MS = 15 * MINUTE_MS;
const OFFSETS_KEPT = 4096;

/**
 * @param timeZone an IANA name such as Europe/Berlin
 * @throws RangeError when the platform does not know the zone
 */
export function dayOfZone(timeZone: string): DayOf {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  if (format.resolvedOptions().timeZone === 'UTC') return (ms) => Math.floor(ms / DAY_MS);
  const days = new Map<number, number>();
  return (ms) => {
    const step = Math.floor(ms / OFFSET_STEP_MS);
    let day = days.get(step);
    if (day === undefined) {
      const part = Object.fromEntries(
        format.formatToParts(step * OFFSET_STEP_MS).map(({ type, value }) => [type, value]),
      );
      day = Date.UTC(Number(part.year), Number(part.month) - 1, Number(part.day)) / DAY_MS;
      if (days.size >= OFFSETS_KEPT) days.clear();
      days.set(step, day);
    }
    return day;
  };
}

/** The first moment of the next day, Unix ms; a day has 23 to 25 hours, seldom 48. */
export function endOfDay(dayOf: DayOf, now: number): number {
  const day = dayOf(now);
  let within = now;
  let beyond = now + 50 * HOUR_MS;
  while (beyond - within > 1) {
    const middle = Math.floor((within + beyond) / 2);
    if (dayOf(middle) === day) within = middle;
    else beyond = middle;
  }
  return beyond;
}

const UNIT_MS: Record<string, number> = {
  s: 1000,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

export const DURATION = /^(\d{1,6})([smhdw])$/;

/** Milliseconds of a duration such as 30d, 12h, 45m; NaN if it is none. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * UNIT_MS[match[2]!]!;
}
