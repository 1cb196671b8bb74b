/** Gives the events of a request to the persons that they belong to, before orders are asked for. */
import type { Prepared } from '../collect/prepare.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { addressLine, movableBy, toLine } from '../event_record.ts';
import { type Identity, resolve, whoseVisits } from './resolve.ts';

/**
 * Most events name no user and no order: they go to their visitor's shard, which sends them on if the
 * visitor has turned out to be somebody else.
 *
 * @param sentOn by index of the event: to whom a shard has sent it on
 * @throws Problem busy, unavailable
 */
export async function assign(
  context: Context,
  site: Site,
  events: readonly Prepared[],
  sentOn: ReadonlyMap<number, string>,
): Promise<Prepared[]> {
  const isPlain = ({ named, ordered }: Prepared) => named.users.length === 0 && !ordered;
  const plain = sentOn.size === 0 && events.every(isPlain);
  if (plain || site.identity.maxVisitors === 0) return [...events];
  const naming = events.filter(({ named }) => named.users.length > 0);
  const identities = new Map<Prepared, Identity>();
  const early = beforeNamed(events);
  const visits = events.filter(
    (event) =>
      event.named.users.length === 0 &&
      event.named.visitor !== undefined &&
      event.ordered &&
      !early.has(event),
  );
  // What came before a login in the same request is asked before it, and stays with who was there.
  await askVisits(context, site, [...early], identities);
  if (naming.length > 0) {
    const found = await resolve(
      context,
      site,
      naming.map(({ named }) => named),
    );
    for (const [i, event] of naming.entries()) identities.set(event, found[i]!);
  }
  await askVisits(context, site, visits, identities);
  return events.map((event) => {
    const person = sentOn.get(event.index);
    const identity = person === undefined ? identities.get(event) : { person, rank: 2 as const };
    return identity === undefined ? event : giveTo(event, identity);
  });
}

/** Events that name no user, of visitors that a later event of the request names a user of. */
function beforeNamed(events: readonly Prepared[]): Set<Prepared> {
  const firstNamed = new Map<string, number>();
  for (const { index, named } of events) {
    if (named.visitor === undefined || named.users.length === 0) continue;
    if (!firstNamed.has(named.visitor)) firstNamed.set(named.visitor, index);
  }
  return new Set(
    events.filter(({ index, named }) => {
      const first = named.visitor === undefined ? undefined : firstNamed.get(named.visitor);
      return first !== undefined && index < first;
    }),
  );
}

async function askVisits(
  context: Context,
  site: Site,
  visits: readonly Prepared[],
  identities: Map<Prepared, Identity>,
): Promise<void> {
  if (visits.length === 0) return;
  const persons = await whoseVisits(context, site, visits);
  for (const [i, person] of persons.entries()) {
    if (person !== '') identities.set(visits[i]!, { person, rank: 2 });
  }
}

function giveTo(event: Prepared, { person, rank }: Identity): Prepared {
  const { ordered } = event;
  if (ordered === undefined) return { ...event, person, line: addressLine(event.line, person) };
  const record = movableBy(ordered.record, rank);
  const { key } = ordered;
  return { ...event, person, line: toLine(person, key, record), ordered: { rank, key, record } };
}
