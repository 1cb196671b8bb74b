/** Rows of a spend file: what a channel, source or campaign cost on a day. */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { scrubText } from '../identity/scrub.ts';
import { parseMicros } from '../schema/money.ts';
import { parseDate } from '../schema/time.ts';
import type { SpendRow } from './spend_book.ts';

/** Columns and the names that ad platforms' exports have for them. */
const NAMES = new Map(
  Object.entries({
    date: 'date',
    day: 'date',
    channel: 'channel',
    source: 'source',
    utm_source: 'source',
    platform: 'source',
    medium: 'medium',
    utm_medium: 'medium',
    campaign: 'campaign',
    utm_campaign: 'campaign',
    campaign_name: 'campaign',
    'campaign name': 'campaign',
    cost: 'cost',
    spend: 'cost',
    amount_spent: 'cost',
    'amount spent': 'cost',
    currency: 'currency',
    'currency code': 'currency',
    clicks: 'clicks',
    impressions: 'impressions',
  }),
);

const LONGEST_TEXT = 512;

export type SpendResult = { row: SpendRow } | { code: string; message: string };
export type ReadSpend = (records: readonly (readonly string[])[]) => SpendResult[];

/** @returns how to read rows, or what is wrong with the header */
export function spendRows(
  engine: Engine,
  site: Site,
  header: readonly string[],
): ReadSpend | { message: string } {
  const names = header.map((name) => NAMES.get(name.toLowerCase()));
  const twice = names.find((name, i) => name && names.indexOf(name) !== i);
  if (twice) return { message: `two columns say the ${twice}: leave one out` };
  const missing = ['date', 'cost'].filter((name) => !names.includes(name));
  const bySource = names.includes('channel') || names.includes('source');
  if (missing.length > 0 || !bySource) {
    return {
      message: `expected the columns date, cost, and channel or source (also medium, campaign, currency, clicks, impressions), found ${header.slice(0, 12).join(', ').slice(0, 300)}`,
    };
  }
  return (records) => {
    const results = records.map((fields): SpendResult => {
      if (fields.length !== header.length) {
        return invalid(`the row has ${fields.length} fields, the header ${header.length}`);
      }
      const cells: Record<string, string> = {};
      for (const [i, name] of names.entries()) if (name) cells[name] = fields[i] ?? '';
      return readRow(site, cells);
    });
    const rows = results.flatMap((result) => ('row' in result ? [result.row] : []));
    // A channel that is not given is what a visit of that source would have.
    const open = rows.filter(({ channel }) => channel === '');
    const classified = engine
      .classifier(site)
      .classify(
        open.map(({ source, medium, campaign }) => ({ source: { source, medium, campaign } })),
      );
    for (const [i, { channel }] of classified.entries()) open[i]!.channel = channel;
    return results;
  };
}

function readRow(site: Site, cells: Record<string, string>): SpendResult {
  const day = parseDate(cells.date ?? '');
  if (day === undefined)
    return invalid(`date: expected a date such as 2026-11-22, got ${show(cells.date)}`);
  const texts = ['channel', 'source', 'medium', 'campaign'].map((name) => cells[name] ?? '');
  if (texts.some((text) => text.length > LONGEST_TEXT)) {
    return invalid(`a name has more than ${LONGEST_TEXT} characters`);
  }
  const [channel, source, medium, campaign] = texts.map(scrubText) as [
    string,
    string,
    string,
    string,
  ];
  if (!channel && !source) return invalid('give a channel or a source');
  if (cells.currency && cells.currency.toUpperCase() !== site.currency) {
    return {
      code: 'currency_unsupported',
      message: `currency: ${cells.currency.slice(0, 10)} is not the currency of the site, ${site.currency}`,
    };
  }
  try {
    return {
      row: {
        day,
        channel,
        source,
        medium,
        campaign,
        cost: parseMicros(cells.cost ?? ''),
        clicks: count('clicks', cells.clicks),
        impressions: count('impressions', cells.impressions),
      },
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return invalid(error.message.startsWith('expected') ? `cost: ${error.message}` : error.message);
  }
}

function count(name: string, text: string | undefined): number {
  if (!text) return 0;
  if (!/^\d{1,12}$/.test(text))
    throw new RangeError(`${name}: expected a whole number, got ${show(text)}`);
  return Number(text);
}

const invalid = (message: string): SpendResult => ({ code: 'invalid_row', message });
const show = (text: string | undefined): string => JSON.stringify((text ?? '').slice(0, 40));
