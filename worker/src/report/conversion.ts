/** `GET /v1/conversions/{order_id}`: one order, its touches, its credit and how it came about. */
import type { JourneyConversion, JourneyTouch } from '../../../wasm/binding/types.ts';
import { toDelivery } from '../api/deliveries.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { toHex, xorHex } from '../hex.ts';
import { personsNow } from '../identity/client.ts';
import { orderParts, shardOf } from '../identity/keys.ts';
import { MODEL_RULES, type RuleModel } from '../models.ts';
import type { OrderPlaces } from '../orders/claims.ts';
import { callIndex } from '../orders/client.ts';
import { Problem } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { formatMicros, microsToNumber } from '../schema/money.ts';
import { formatDate } from '../schema/time.ts';
import { callShards } from '../shard/client.ts';
import { DIMENSIONS } from '../shard/ledger.ts';
import type { OrderArrival, OrderView } from '../shard/reads.ts';
import { figuresOf } from './figures.ts';
import { SITE_PARAMETER, siteOfQuery } from './query.ts';

export const conversion: Route = {
  method: 'GET',
  path: '/v1/conversions/:order_id',
  doc: {
    summary: 'One order: touches, credit per model with the arithmetic, every arrival, deliveries',
    key: true,
    parameters: [
      SITE_PARAMETER,
      { name: 'order_id', in: 'path', required: true, description: 'as the events gave it' },
    ],
    answer: '{"order_id", "conversions": [{"touches", "credit"}], "arrivals", "deliveries"}',
  },
  async handle(route) {
    const { site } = await figuresOf(route.context, await siteOfQuery(route));
    const orderId = route.params.order_id ?? '';
    const [bytes] = route.context.engine.core.keys([orderParts(site.key, orderId)]);
    const key = toHex(bytes!);
    const places = await callIndex(route.context, site, key, (stub) => stub.lookup(site.key, key));
    const shards = await viewsOf(route.context, site, key, places);
    const arrivals = shards.flatMap((view) => view.arrivals);
    if (arrivals.length === 0) {
      throw new Problem(
        'unknown_order',
        `No event of the site "${site.key}" named the order ${JSON.stringify(orderId.slice(0, 80))}.`,
      );
    }
    const arrived = new Set(arrivals.map(({ event }) => event));
    return json({
      order_id: orderId,
      site: site.key,
      currency: site.currency,
      conversions: shards
        .flatMap((view) => view.conversions)
        .map((found) => toConversion(site, found, arrived)),
      arrivals: arrivals.sort((a, b) => a.firstAt - b.firstAt).map(toArrival),
      deliveries: shards.flatMap(({ shard, deliveries }) =>
        deliveries.map((view) => toDelivery(view, shard)),
      ),
    });
  },
};

/**
 * What each shard knows of the order, each shard once. Where an owner has turned out to be somebody
 * else, that one's shard has the conversion.
 */
async function viewsOf(
  context: Context,
  site: Site,
  order: string,
  { owners, shards }: OrderPlaces,
): Promise<(OrderView & { shard: number })[]> {
  const views = new Map<number, OrderView & { shard: number }>();
  let asked = owners;
  let open = [...new Set([...shards, ...owners.map(({ person }) => shardOf(person, site.shards))])];
  for (let hop = 0; hop < HOPS && open.length > 0; hop++) {
    const answers = await callShards(context, site, open, async (stub, shard) => {
      const own = asked.filter(({ person }) => shardOf(person, site.shards) === shard);
      return { shard, ...(await stub.order(site.key, order, own)) };
    });
    for (const view of answers) {
      const before = views.get(view.shard);
      const conversions = [...(before?.conversions ?? []), ...view.conversions];
      views.set(view.shard, { ...view, conversions });
    }
    const moved = answers.flatMap((answer) => answer.moved);
    const homes = moved.map(({ person }) => person);
    const persons = hop === 0 ? undefined : await personsNow(context, site, homes);
    asked = moved.map(({ action, person }) => ({ action, person: persons?.get(person) ?? person }));
    open = [...new Set(asked.map(({ person }) => shardOf(person, site.shards)))];
  }
  return [...views.values()];
}

/** Aliases lead to persons with smaller keys, so there is an end long before this. */
const HOPS = 16;

function toArrival({ event, name, outcome, firstAt, lastAt, count }: OrderArrival) {
  return {
    event,
    name,
    outcome,
    count,
    first_at: new Date(firstAt).toISOString(),
    last_at: new Date(lastAt).toISOString(),
  };
}

/** @param arrived the events that named the order */
function toConversion(site: Site, found: JourneyConversion, arrived: ReadonlySet<string>) {
  // What changed hands with an order is kept under a key made of its event's and the order's.
  const nameOf = (event: string) => (arrived.has(event) ? event : xorHex(event, found.order));
  const refunded = found.refunds.reduce((sum, [, , , taken]) => sum + taken, 0);
  return {
    conversion: found.action,
    event: nameOf(found.event),
    occurred_at: new Date(found.at).toISOString(),
    day: formatDate(found.day),
    value: microsToNumber(found.value),
    refunded: microsToNumber(refunded),
    net: microsToNumber(found.value - refunded),
    refunds: found.refunds.map(([event, at, asked, taken]) => ({
      event: nameOf(event),
      occurred_at: new Date(at).toISOString(),
      // Null: all that was left.
      asked: asked > Number.MAX_SAFE_INTEGER ? null : microsToNumber(asked),
      taken: microsToNumber(taken),
    })),
    touches: found.path.map(toTouch),
    credit: Object.fromEntries(
      Object.entries(found.credits).map(([model, credits]) => [
        model,
        toCredit(site, model as RuleModel, found, credits),
      ]),
    ),
  };
}

function toTouch(touch: JourneyTouch, index: number) {
  return {
    index,
    id: touch.id || null,
    // A conversion that no touch earns is credited to one direct visit made up for it.
    synthetic: touch.id === '',
    occurred_at: new Date(touch.at).toISOString(),
    interaction: touch.interaction,
    ...Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, touch[dimension]])),
  };
}

/** Credits sum to the conversion's value to the last micro; the sums stand beside them. */
function toCredit(
  site: Site,
  model: RuleModel,
  found: JourneyConversion,
  credits: readonly [number, number][],
) {
  const value = formatMicros(found.value);
  const sum = (of: 0 | 1) => credits.reduce((total, credit) => total + BigInt(credit[of]), 0n);
  return {
    rule: MODEL_RULES[model],
    parameters: {
      lookback_click_days: site.step.lookbackClickMs / 86_400_000,
      lookback_impression_days: site.step.lookbackImpressionMs / 86_400_000,
      ...(model === 'time_decay' && { half_life_days: site.step.halfLifeMs / 86_400_000 }),
    },
    touches: credits.map(([conversions, part], index) => {
      return {
        touch: index,
        channel: found.path[index]?.channel,
        conversions: microsToNumber(conversions),
        value: microsToNumber(part),
        arithmetic: `${formatMicros(conversions)} of ${value} ${site.currency} = ${formatMicros(part)}`,
      };
    }),
    sum: { conversions: microsToNumber(sum(0)), value: microsToNumber(sum(1)) },
  };
}
