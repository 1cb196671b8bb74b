/**
 * `GET /v1/journeys`: the touches and conversions of a site's persons, without
 * personal data: a person is a running number, an order only a hash.
 */
import type { JourneyConversion, JourneyView } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { json, type Route } from '../route.ts';
import { formatMicros, microsToNumber } from '../schema/money.ts';
import { callShard } from '../shard/client.ts';
import { DIMENSIONS } from '../shard/ledger.ts';
import type { JourneyPage } from '../shard/reads.ts';
import { figuresOf } from './figures.ts';
import { choice, invalid, SITE_PARAMETER, siteOfQuery, wholeNumber } from './query.ts';

const COLUMNS = [
  'visitor',
  'time',
  'channel',
  'source',
  'medium',
  'campaign',
  'interaction',
  'conversion',
  'value',
  'order_id',
];

/** What a touch row has instead of conversion, value and order. */
const NO_CONVERSION = ['', '', ''];

export const PAGE = 500;

export const journeys: Route = {
  method: 'GET',
  path: '/v1/journeys',
  doc: {
    summary: 'Journeys without personal data: pages of JSON, or all as a touch log in CSV',
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'format', in: 'query', description: 'json (default) or csv' },
      { name: 'limit', in: 'query', description: 'journeys per page, 1 to 500; default 100' },
      { name: 'after', in: 'query', description: '`next` of the page before' },
    ],
    answer: `{"journeys": [{"touches", "conversions"}], "next"}, or CSV with ${COLUMNS.join()}`,
  },
  async handle(route) {
    const { site } = await figuresOf(route.context, await siteOfQuery(route));
    const { context, url } = route;
    if (choice(url, 'format', ['json', 'csv'], 'json') === 'csv') return csv(context, site);
    const limit = wholeNumber(url, 'limit', { min: 1, max: PAGE, fallback: 100 });
    const cursor = readCursor(url.searchParams.get('after'), site);
    const page = await nextPage(context, site, cursor, limit);
    return json({
      journeys: page.journeys.map((journey) => toJson(journey)),
      next: page.next === undefined ? null : writeCursor(page.next),
      meta: { site: site.key, currency: site.currency },
    });
  },
};

/** A place in the walk over all shards, person by person. */
export interface Cursor {
  shard: number;
  /** Person key, or '' before the first. */
  after: string;
}

/** The next page that has journeys; shards without more are passed over. */
export async function nextPage(
  context: Context,
  site: Site,
  start: Cursor,
  limit: number,
): Promise<{ journeys: JourneyView[]; next?: Cursor }> {
  let { shard, after } = start;
  while (shard < site.shards) {
    const page: JourneyPage = await callShard(context, site, shard, (stub) =>
      stub.journeys(site.key, after, limit),
    );
    const next =
      page.next === undefined ? { shard: shard + 1, after: '' } : { shard, after: page.next };
    if (page.journeys.length > 0) {
      return { journeys: page.journeys, ...(next.shard < site.shards && { next }) };
    }
    ({ shard, after } = next);
  }
  return { journeys: [] };
}

function writeCursor({ shard, after }: Cursor): string {
  return `${shard}.${after}`;
}

function readCursor(text: string | null, site: Site): Cursor {
  if (text === null) return { shard: 0, after: '' };
  const match = /^(\d{1,4})\.((?:[0-9a-f]{32})?)$/.exec(text);
  const shard = Number(match?.[1]);
  if (match === null || shard >= site.shards) {
    throw invalid('after', 'the "next" of a page of this site', text);
  }
  return { shard, after: match[2]! };
}

export function toJson({ touches, conversions, dropped }: JourneyView) {
  return {
    touches: touches.map(({ at, interaction, counts, ...touch }) => ({
      time: new Date(at).toISOString(),
      interaction,
      counts,
      ...Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, touch[dimension]])),
    })),
    conversions: conversions.map(({ action, at, value, order, refunds }) => ({
      time: new Date(at).toISOString(),
      conversion: action,
      value: microsToNumber(value - refundedOf(refunds)),
      order_id: order,
    })),
    dropped,
  };
}

function csv(context: Context, site: Site): Response {
  const encoder = new TextEncoder();
  let visitor = 0;
  let cursor: Cursor | undefined = { shard: 0, after: '' };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`${COLUMNS.join()}\n`));
    },
    async pull(controller) {
      if (cursor !== undefined) {
        const page = await nextPage(context, site, cursor, PAGE);
        cursor = page.next;
        let text = '';
        for (const journey of page.journeys) text += csvRows(++visitor, journey);
        if (text !== '') controller.enqueue(encoder.encode(text));
      }
      if (cursor === undefined) controller.close();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${site.key}-journeys.csv"`,
    },
  });
}

/** Journeys show what an order is worth after its refunds, micros. */
export function refundedOf(refunds: JourneyConversion['refunds']): number {
  return refunds.reduce((sum, [, , , taken]) => sum + taken, 0);
}

/**
 * The rows of one person in time order; at one instant a touch stands before a conversion. A direct
 * visit that belongs to the visit before it earns nothing here and would earn in a touch log, which
 * knows no such rule, so it is left out.
 */
function csvRows(visitor: number, { touches, conversions }: JourneyView): string {
  const rows = [
    ...touches
      .filter(({ counts }) => counts)
      .map((touch) => ({
        at: touch.at,
        cells: [
          touch.channel,
          touch.source,
          touch.medium,
          touch.campaign,
          touch.interaction,
          ...NO_CONVERSION,
        ],
      })),
    ...conversions.map(({ at, value, order, refunds }) => ({
      at,
      cells: ['', '', '', '', '', '1', formatMicros(value - refundedOf(refunds)), order],
    })),
  ].sort((a, b) => a.at - b.at);
  return rows
    .map(({ at, cells }) =>
      [String(visitor), new Date(at).toISOString(), ...cells].map(csvCell).join(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Quoted where needed; a cell that a spreadsheet would take for a formula gets an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
