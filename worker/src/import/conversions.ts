/** `POST /v1/import/conversions`: conversions that happened elsewhere, from a CSV file. */
import { ingestEach, isDuplicate, isTaken } from '../collect/ingest.ts';
import { SITE_PARAMETER, siteOfQuery } from '../report/query.ts';
import type { Route } from '../route.ts';
import { matchClicks, withOrders } from './clicks.ts';
import { conversionRows, OWN_COLUMNS, parametersZone, type ReadRow } from './conversion_rows.ts';
import { type RowReport, UNMATCHED, upload } from './upload.ts';

const BATCH = 500;

export const importConversions: Route = {
  method: 'POST',
  path: '/v1/import/conversions',
  doc: {
    summary: `Takes conversions as CSV: Google Ads' template, or the columns ${OWN_COLUMNS.slice(0, 8).join(', ')}, …`,
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'format', in: 'query', description: 'csv: a line for each row, as it is read' },
      {
        name: 'timezone',
        in: 'query',
        description: "of times that bring none; default: the file's Parameters line",
      },
    ],
    answer:
      '202 {"rows", "accepted", "unmatched", "duplicates", "refused_count", "refused": [{"line", "code", "message"}]}; the same file again changes nothing',
  },
  async handle(route) {
    const site = await siteOfQuery(route, 'events:write');
    const { context, request, url } = route;
    let zone = url.searchParams.get('timezone') ?? undefined;
    let read: ReadRow | undefined;
    return upload(request, url, {
      batch: BATCH,
      matches: true,
      header({ fields }) {
        // Lines of Google's template for people.
        if (/^#/.test(fields[0] ?? '')) return 'more';
        if (/^Parameters:/i.test(fields[0] ?? '')) {
          zone = parametersZone(fields) ?? zone;
          return 'more';
        }
        const reader = conversionRows(site, fields, zone);
        if (typeof reader === 'object') return reader;
        read = reader;
        return 'done';
      },
      async rows(records) {
        const results = records.map(({ fields }) => read!(fields));
        const reports: RowReport[] = records.map(({ line }, i) => {
          const result = results[i]!;
          return 'message' in result
            ? { line, outcome: 'refused', code: 'invalid_row', message: result.message }
            : { line, outcome: 'accepted' };
        });
        const at = results.flatMap((result, i) => ('event' in result ? [i] : []));
        const events = results.flatMap((result) => ('event' in result ? [result.event] : []));
        if (events.length === 0) return reports;
        const { persons, unmatched } = await matchClicks(context, site, events);
        const rows = withOrders(context, site, events);
        const outcomes = await ingestEach(context, site, rows, 'import', undefined, 0, persons);
        for (const [position, { code, message }] of outcomes.entries()) {
          const report = reports[at[position]!]!;
          if (isTaken(code)) {
            if (unmatched.has(position)) report.code = UNMATCHED;
            continue;
          }
          if (isDuplicate(code)) {
            report.outcome = 'duplicate';
            report.code = code;
          } else {
            Object.assign(report, { outcome: 'refused', code });
            report.message = (message ?? '').replace(/^events\[\d+\]\.?:? ?/, '');
          }
        }
        return reports;
      },
    });
  },
};
