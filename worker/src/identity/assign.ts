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
  if (site.identity.maxVisitors === 0) return [...events];
  const naming = events.filter(({ named }) => named.users.length > 0);
  const visits = events.filter(
    ({ named, ordered }) => named.users.length === 0 && named.visitor !== undefined && ordered,
  );
  const identities = new Map<Prepared, Identity>();
  if (naming.length > 0) {
    const found = await resolve(
      context,
      site,
      naming.map(({ named }) => named),
    );
    for (const [i, event] of naming.entries()) identities.set(event, found[i]!);
  }
  if (visits.length > 0) {
    const persons = await whoseVisits(context, site, visits);
    for (const [i, person] of persons.entries()) {
      if (person !== '') identities.set(visits[i]!, { person, rank: 2 });
    }
  }
  return events.map((event) => {
    const person = sentOn.get(event.index);
    const identity = person === undefined ? identities.get(event) : { person, rank: 2 as const };
    return identity === undefined ? event : giveTo(event, identity);
  });
}

function giveTo(event: Prepared, { person, rank }: Identity): Prepared {
  const { ordered } = event;
  if (ordered === undefined) return { ...event, person, line: addressLine(event.line, person) };
  const record = movableBy(ordered.record, rank);
  const { key } = ordered;
  return { ...event, person, line: toLine(person, key, record), ordered: { rank, key, record } };
}
