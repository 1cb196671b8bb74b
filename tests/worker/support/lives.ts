/** Visits and purchases of made-up people, minute by minute, and what the worker keeps of them. */
import { call, type Json, type Server } from '../helpers.ts';

const DAY = 86_400_000;

/** The first minute: some days ago, so that all of it lies in every window. */
export const start = Date.now() - 3 * DAY;

export const ann = { email: 'ann@example.com' };
export const bob = { email: 'bob@example.com' };

let made = 0;
const event = (name: string, minute: number): Json => ({
  name,
  event_id: `e${made++}`,
  occurred_at: start + minute * 60_000,
});

export const visit = (
  visitor_id: string,
  minute: number,
  source: string,
  more: Json = {},
): Json => ({
  ...event('page_view', minute),
  visitor_id,
  source: { source, medium: 'email' },
  ...more,
});

export const buy = (order_id: string, minute: number, more: Json = {}): Json => ({
  ...event('purchase', minute),
  order_id,
  value: 90,
  ...more,
});

/** `GET` or `DELETE /v1/persons/{key}` of the site `shop`. */
export const person = (server: Server, key: string, method = 'GET', secret = server.apiKeys.shop) =>
  call(`${server.url}/v1/persons/${encodeURIComponent(key)}?site=shop`, {
    method,
    headers: { authorization: `Bearer ${secret}` },
  });
