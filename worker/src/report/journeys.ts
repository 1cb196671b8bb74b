/**
 * `GET /v1/journeys`: the touches and conversions of a site's persons, without
 * personal data: a person is a running number, an order only a hash.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { json, type Route } from '../route.ts';
import { microsToNumber } from '../schema/money.ts';
import { callShard } from '../shard/client.ts';
import { DIMENSIONS } from '../shard/ledger.ts';
import { type PlainJourney, refundedOf } from '../shard/plain_journey.ts';
import type { JourneyPage } from '../shard/reads.ts';
import { figuresOf } from './figures.ts';
import type { JourneyFile } from './journey_events.ts';
import { binaryFile } from './journeys_binary.ts';
import { COLUMNS, csvFile } from './journeys_csv.ts';
import { leadTest } from './leads.ts';
import { choice, invalid, SITE_PARAMETER, siteOfQuery, wholeNumber } from './query.ts';

const PAGE = 500;

export const journeys: Route = {
  method: 'GET',
  path: '/v1/journeys',
  doc: {
    summary:
      'Journeys without personal data: pages of JSON, or all as a touch log in CSV or as a binary file',
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'format', in: 'query', description: 'json (default), csv or binary' },
      { name: 'limit', in: 'query', description: 'journeys per page, 1 to 500; default 100' },
      { name: 'after', in: 'query', description: '`next` of the page before' },
    ],
    answer: `{"journeys": [{"touches", "conversions"}], "next"}; CSV with ${COLUMNS.join()}; or application/vnd.headwater.journeys, as core/include/headwater/export.h has it. Both files are read by hw and the app`,
  },
  async handle(route) {
    const { site } = await figuresOf(route.context, await siteOfQuery(route));
    const { context, url } = route;
    const format = choice(url, 'format', ['json', 'csv', 'binary'], 'json');
    if (format !== 'json') {
      const make = format === 'csv' ? csvFile : binaryFile;
      return download(context, site, make(leadTest(site)));
    }
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
interface Cursor {
  shard: number;
  /** Person key, or '' before the first. */
  after: string;
}

/** The next page that has journeys; shards without more are passed over. */
async function nextPage(
  context: Context,
  site: Site,
  start: Cursor,
  limit: number,
): Promise<{ journeys: PlainJourney[]; next?: Cursor }> {
  let { shard, after } = start;
  while (shard < site.shards) {
    const page: JourneyPage<PlainJourney> = await callShard(context, site, shard, (stub) =>
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

export function toJson({ touches, conversions, dropped }: PlainJourney) {
  return {
    touches: touches.map(({ at, interaction, counts, ...touch }) => ({
      time: new Date(at).toISOString(),
      interaction,
      counts,
      ...Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, touch[dimension]])),
    })),
    conversions: conversions.map((conversion) => ({
      time: new Date(conversion.at).toISOString(),
      conversion: conversion.action,
      value: microsToNumber(conversion.value - refundedOf(conversion)),
      order_id: conversion.order,
    })),
    dropped,
  };
}

/** The file of all journeys, read from the shards as fast as the client takes it. */
function download(context: Context, site: Site, file: JourneyFile): Response {
  let cursor: Cursor | undefined = { shard: 0, after: '' };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(file.begin());
    },
    async pull(controller) {
      let bytes: Uint8Array = new Uint8Array();
      while (cursor !== undefined && bytes.length === 0) {
        const page = await nextPage(context, site, cursor, PAGE);
        cursor = page.next;
        bytes = file.add(page.journeys);
      }
      if (bytes.length > 0) controller.enqueue(bytes);
      if (cursor !== undefined) return;
      const end = file.end();
      if (end.length > 0) controller.enqueue(end);
      controller.close();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': file.contentType,
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${site.key}-journeys.${file.extension}"`,
    },
  });
}
