/** `GET|DELETE /v1/persons/{key}`: everything that is kept of a person, shown or erased. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callAllIdentities } from '../identity/client.ts';
import { type Found, findPerson } from '../identity/find.ts';
import { shardOf } from '../identity/keys.ts';
import { Problem } from '../problem.ts';
import { toJson } from '../report/journeys.ts';
import { SITE_PARAMETER, siteOfQuery } from '../report/query.ts';
import { json, type Parameter, type Route, type RouteRequest } from '../route.ts';
import { callAllShards, callShard } from '../shard/client.ts';

const PARAMETERS: Parameter[] = [
  SITE_PARAMETER,
  {
    name: 'key',
    in: 'path',
    required: true,
    description:
      'visitor:ID, email:…, phone:… or external_id:…, raw or as a SHA-256 digest; without such a beginning an address with @ is an e-mail address, all else a visitor id',
  },
];

export const showPerson: Route = {
  method: 'GET',
  path: '/v1/persons/:key',
  doc: {
    summary: 'Everything that is kept of a person: journey, events, deliveries',
    key: true,
    parameters: PARAMETERS,
    answer: '{"person", "aliases", "journey", "events", "deliveries", "clicks"}',
  },
  async handle(route) {
    const { site, found } = await personOf(route);
    const all = await Promise.all(
      [found.person, ...found.aliases].map((person) =>
        callShard(route.context, site, shardOf(person, site.shards), (stub) =>
          stub.person(site.key, person),
        ),
      ),
    );
    const family = [found.person, ...found.aliases];
    // A browser that was another's first has that other's events.
    const parts = all.filter(({ home }) => home === undefined || family.includes(home));
    const journey = parts.find((part) => part.journey !== undefined)?.journey;
    // What an alias brought along stands in the log of the person as well.
    const [own, ...others] = parts;
    const events = own!.events.length > 0 ? own!.events : others.flatMap((part) => part.events);
    const deliveries = parts.flatMap((part) => part.deliveries.deliveries);
    const clicks = parts.flatMap((part) => part.deliveries.clicks);
    if (events.length + deliveries.length + clicks.length + found.aliases.length === 0) {
      throw unknown(site);
    }
    return json({
      site: site.key,
      person: found.person,
      aliases: found.aliases.length,
      journey: journey === undefined ? null : toJson(journey),
      events,
      deliveries,
      clicks,
    });
  },
};

export const forgetPerson: Route = {
  method: 'DELETE',
  path: '/v1/persons/:key',
  doc: {
    summary:
      'Erases a person: journey, events, ids, deliveries. Sums keep its credit, which names nobody',
    key: true,
    parameters: PARAMETERS,
    answer:
      '{"erased": {"persons", "events"}}; the same call again finds what a broken one has left',
  },
  async handle(route) {
    const { site, found } = await personOf(route);
    const { asked, person, aliases } = found;
    // Last goes what leads to the rest, so that a call that broke off can be repeated.
    const before = aliases.filter((alias) => alias !== asked);
    const family = [...aliases, person, asked];
    await eraseElsewhere(route.context, site, family);
    let events = 0;
    const gone = new Set(family);
    const eraseOne = async (each: string) => {
      const erased = await erase(route.context, site, each, family);
      if (erased === 'shared') gone.delete(each);
      else events += erased;
    };
    for (const each of [...before, person]) await eraseOne(each);
    await callAllIdentities(route.context, site, (stub) => stub.forget(site.key, [...gone]));
    if (asked !== person) await eraseOne(asked);
    if (events === 0 && aliases.length === 0) throw unknown(site);
    return json({ erased: { persons: 1 + aliases.length, events } });
  },
};

/** What others have of them: orders that changed hands, either way. */
async function eraseElsewhere(context: Context, site: Site, family: string[]): Promise<void> {
  const given = await callAllShards(context, site, (stub) => stub.givenBy(site.key, family));
  for (const [owner, actions] of given.flatMap((each) => Object.entries(each))) {
    let person: string | undefined = owner;
    while (person !== undefined && !family.includes(person)) {
      const asked: string = person;
      person = await callShard(context, site, shardOf(asked, site.shards), (stub) =>
        stub.scrubHanded(site.key, asked, actions),
      );
    }
  }
  await callAllShards(context, site, (stub) => stub.eraseGiven(site.key, family));
}

async function personOf(route: RouteRequest): Promise<{ site: Site; found: Found }> {
  const site = await siteOfQuery(route, 'admin');
  const found = await findPerson(route.context, site, route.params.key ?? '');
  if (found === undefined) throw unknown(site);
  return { site, found };
}

function unknown(site: Site): Problem {
  return new Problem(
    'unknown_person',
    `Nothing is kept of such a person on the site "${site.key}".`,
  );
}

function erase(
  context: Context,
  site: Site,
  person: string,
  family: string[],
): Promise<number | 'shared'> {
  return callShard(context, site, shardOf(person, site.shards), (stub) =>
    stub.erase(site.key, person, family),
  );
}
