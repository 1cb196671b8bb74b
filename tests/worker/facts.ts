/** Facts of the naive model as events, and the worker's ledger in the model's form. */
import assert from 'node:assert/strict';
import type { Json, Server } from './helpers.ts';
import { type Fact, rankOf, type Sums, userKeys } from './naive_model.ts';

const decimal = (micros: number): string =>
  `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;

const userFields = (user: string): Json => {
  const fields: Json = {};
  for (const key of userKeys(user)) {
    if (key.startsWith('w')) fields.phone = `+1202555${key.slice(1).padStart(4, '0')}`;
    else fields.email = `${key}@example.com`;
  }
  return { user: fields };
};

const personFields = (person: string, user = ''): Json =>
  [{}, userFields(person), { visitor_id: person, ...(user && userFields(user)) }][rankOf(person)];

export function toEvent(fact: Fact): Json {
  const common = { event_id: fact.id, occurred_at: fact.at };
  switch (fact.kind) {
    case 'visit':
      return {
        ...common,
        name: 'page_view',
        source: { source: fact.source, medium: 'email', campaign: fact.id },
        ...personFields(fact.person, fact.user),
      };
    case 'order':
      return {
        ...common,
        name: 'purchase',
        order_id: fact.order,
        value: decimal(fact.value),
        ...personFields(fact.person, fact.user),
      };
    case 'refund':
      return {
        ...common,
        name: 'refund',
        order_id: fact.order,
        ...(fact.value !== undefined && { value: decimal(fact.value) }),
      };
  }
}

/** The worker's ledger of `linear` by source, without rows of nothing. */
export async function storedLedger(
  server: Server,
  site: string,
  basis = 'conversion',
): Promise<Map<string, Sums>> {
  const metrics = 'conversions,gross,refunded';
  const query = new URLSearchParams({ site, basis, metrics, model: 'linear', dimension: 'source' });
  const { status, json, text } = await server.api(`/v1/report?${query}`, { site });
  assert.equal(status, 200, text);
  const micros = (value: number) => Math.round(value * 1e6);
  return new Map(
    json.rows.map((row: Json) => [
      row.source,
      {
        conversions: micros(row.conversions),
        gross: micros(row.gross),
        refunded: micros(row.refunded),
      },
    ]),
  );
}

/** Comparable text, whatever the order of the rows. */
export const inOrder = (ledger: ReadonlyMap<string, Sums>): [string, Sums][] =>
  [...ledger].sort(([a], [b]) => (a < b ? -1 : 1));
