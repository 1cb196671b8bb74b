/** Sends the seeded sample journeys to a site of a running worker, once. */
import process from 'node:process';
import { dim, ScriptError, say, seconds } from './run.mjs';
import { generateSample } from './sample.mjs';

/** Most events that POST /v1/events takes in a call. */
const batchSize = 1000;

/** @typedef {Record<string, string>} Row column name → text */

/**
 * The generator's CSV has no quotes, so a comma always separates.
 * @param {string} csv @returns {Row[]}
 */
export const parseTouchLog = (csv) => {
  const [header, ...lines] = csv.trimEnd().split('\n');
  if (!header || header.includes('"')) throw new ScriptError('hw generate printed no plain CSV.');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
};

/** @param {string} time Unix ms, Unix s or RFC 3339 @returns {number} Unix ms */
const toMs = (time) => {
  const number = Number(time);
  if (!Number.isFinite(number)) return Date.parse(time);
  return number < 1e11 ? number * 1000 : number;
};

/**
 * A row is a touch or, with the interaction `conversion`, an order.
 * @param {Row} row @param {number} shift ms to add to every time @param {string} currency
 */
const toEvent = (row, shift, currency) => {
  const base = {
    event_id: row.event_id,
    visitor_id: row.visitor,
    occurred_at: toMs(row.time ?? '') + shift,
  };
  if (row.interaction === 'conversion')
    return { ...base, name: 'purchase', order_id: row.order_id, value: row.value, currency };
  const { channel, source, medium, campaign } = row;
  return {
    ...base,
    name: 'page_view',
    kind: row.interaction,
    source: { channel, source, medium, campaign },
  };
};

/**
 * @param {{url: string, site: string, key: string, isStopping: () => boolean}} target
 * @throws {Error} when the worker refuses a batch
 */
export const seed = async ({ url, site, key, isStopping }) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  if (!(await isEmpty(url, site, headers))) return;

  const rows = parseTouchLog(await generateSample());
  const times = rows.map((row) => toMs(row.time ?? ''));
  const last = times.reduce((latest, time) => Math.max(latest, time), 0);
  const shift = Date.now() - 60_000 - last;
  const events = rows
    .map((row) => toEvent(row, shift, 'USD'))
    .sort((a, b) => a.occurred_at - b.occurred_at);

  const since = performance.now();
  const total = events.length;
  let accepted = 0;
  for (let i = 0; i < total && !isStopping(); i += batchSize) {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ site, events: events.slice(i, i + batchSize) }),
    });
    const answer = await response.json();
    if (!response.ok || answer.refused.length > 0)
      throw new Error(
        `POST /v1/events answered ${response.status}: ${JSON.stringify(answer.refused?.[0] ?? answer)}`,
      );
    accepted += answer.accepted;
    if (process.stdout.isTTY)
      process.stdout.write(
        `\r${dim('•')} Demo data: ${Math.min(i + batchSize, total)} of ${total} events`,
      );
  }
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
  if (!isStopping())
    say(
      `Demo data: ${accepted} events of a made-up shop sent to site '${site}' (${seconds(since)})`,
    );
};

/** @param {string} url @param {string} site @param {Record<string, string>} headers */
const isEmpty = async (url, site, headers) => {
  const response = await fetch(`${url}/v1/verify?site=${encodeURIComponent(site)}`, { headers });
  if (!response.ok) throw new Error(`GET /v1/verify answered ${response.status}`);
  const answer = await response.json();
  return answer.events === 0;
};
