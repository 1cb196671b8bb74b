/** `GET /v1/verify`: is the ledger what the log says, to the micro? */
import { callRollup } from '../rollup/client.ts';
import { json, type Route } from '../route.ts';
import { callAllShards } from '../shard/client.ts';
import { figuresOf } from './figures.ts';
import { SITE_PARAMETER, siteOfQuery } from './query.ts';

const DIFFERENCES_SHOWN = 20;

export const verify: Route = {
  method: 'GET',
  path: '/v1/verify',
  doc: {
    summary:
      'Folds the log of every shard again and compares with the stored ledger and journeys, and these with the rollup',
    key: true,
    parameters: [SITE_PARAMETER],
    answer: '{"equal", "shards", "events", "persons", "ledger_rows", "differences"}',
  },
  async handle(route) {
    const { site } = await figuresOf(route.context, await siteOfQuery(route));
    const shards = await callAllShards(route.context, site, (stub) => stub.verify(site.key));
    const rollup = await callRollup(route.context, site, (stub) => stub.verify(site.key));
    const total = { events: 0, persons: 0, ledger_rows: 0 };
    const differences: string[] = [...rollup];
    for (const [shard, verification] of shards.entries()) {
      total.events += verification.events;
      total.persons += verification.persons;
      total.ledger_rows += verification.ledgerRows;
      differences.push(...verification.differences.map((text) => `shard ${shard}: ${text}`));
    }
    return json({
      equal: rollup.length === 0 && shards.every(({ equal }) => equal),
      shards: shards.length,
      ...total,
      differences: differences.slice(0, DIFFERENCES_SHOWN),
      as_of: new Date().toISOString(),
    });
  },
};
