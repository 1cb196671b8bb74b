/** `POST /v1/import/spend`: what advertising cost, from a CSV file; a day that comes again is replaced. */
import { type RowReport, upload } from '../import/upload.ts';
import { SITE_PARAMETER, siteOfQuery } from '../report/query.ts';
import type { Route } from '../route.ts';
import { callSpend } from './client.ts';
import { type ReadSpend, spendRows } from './spend_rows.ts';

const BATCH = 1000;

export const importSpend: Route = {
  method: 'POST',
  path: '/v1/import/spend',
  doc: {
    summary:
      'Takes ad spend as CSV with date, channel or source, medium, campaign, cost, currency, clicks, impressions; a day and source that come again are replaced',
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'format', in: 'query', description: 'csv: a line for each row, as it is read' },
    ],
    answer:
      '202 {"rows", "accepted", "duplicates", "refused_count", "refused": [{"line", "code", "message"}]}',
  },
  async handle(route) {
    const site = await siteOfQuery(route, 'events:write');
    const { context, request, url } = route;
    // Sorts by when the upload began.
    const id = `${String(Date.now()).padStart(15, '0')} ${crypto.randomUUID()}`;
    let read: ReadSpend | undefined;
    return upload(request, url, {
      batch: BATCH,
      header({ fields }) {
        const reader = spendRows(context.engine, site, fields);
        if (typeof reader === 'object') return reader;
        read = reader;
        return 'done';
      },
      async rows(records) {
        const results = read!(records.map(({ fields }) => fields));
        const rows = results.flatMap((result) => ('row' in result ? [result.row] : []));
        if (rows.length > 0) await callSpend(context, site, (stub) => stub.put(id, rows));
        return records.map(({ line }, i): RowReport => {
          const result = results[i]!;
          return 'row' in result
            ? { line, outcome: 'accepted' }
            : { line, outcome: 'refused', code: result.code, message: result.message };
        });
      },
    });
  },
};
