/**
 * Whose events are. An event that names its user belongs to that user's person, and so does its
 * visitor from then on, with all that it has done so far if nobody had named it before. An event that
 * names two users, by e-mail and by phone say, tells that they are one person.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callShards } from '../shard/client.ts';
import { noteClaims } from './client.ts';
import { type Named, type Rank, shardOf } from './keys.ts';
import type { Standing } from './links.ts';
import { finishMove } from './move.ts';

export interface Identity {
  person: string;
  rank: Rank;
}

/** Two persons that merge at the same time with others are asked for again; it ends since keys get smaller. */
const ROUNDS = 8;

/**
 * @returns one each, in order
 * @throws Problem busy, unavailable
 */
export async function resolve(
  context: Context,
  site: Site,
  named: readonly Named[],
): Promise<Identity[]> {
  const roots = await rootsOf(context, site, named);
  const identities = new Array<Identity>(named.length);
  for (const turn of turnsOf(named, roots)) {
    const found = await link(
      context,
      site,
      turn.map((i) => named[i]!),
      turn.map((i) => roots[i]!),
    );
    for (const [k, i] of turn.entries()) identities[i] = found[k]!;
  }
  return identities;
}

/**
 * A browser that several users are named for goes to the first of them first, and to the last of them
 * last: three turns are enough, since who is named in between has nothing of it but that event.
 */
function turnsOf(named: readonly Named[], roots: readonly string[]): number[][] {
  const first = new Map<string, string>();
  const last = new Map<string, string>();
  for (const [i, { visitor }] of named.entries()) {
    if (visitor === undefined) continue;
    if (!first.has(visitor)) first.set(visitor, roots[i]!);
    last.set(visitor, roots[i]!);
  }
  const begun = new Set<string>();
  const turns = Map.groupBy(named.keys(), (i) => {
    const { visitor } = named[i]!;
    if (visitor === undefined) return 0;
    if (roots[i] !== first.get(visitor)) begun.add(visitor);
    if (!begun.has(visitor)) return 0;
    return roots[i] === last.get(visitor) ? 2 : 1;
  });
  return ([0, 1, 2] as const).flatMap((turn) => {
    const positions = turns.get(turn);
    return positions === undefined ? [] : [positions];
  });
}

async function link(
  context: Context,
  site: Site,
  named: readonly Named[],
  roots: readonly string[],
): Promise<Identity[]> {
  const claims = named.map(({ users, hasExternalId, visitor }, i) => ({
    user: roots[i]!,
    ...(visitor !== undefined && { alias: visitor }),
    ...(hasExternalId && { externalId: users[0]! }),
  }));
  const standings = await noteClaims(context, site, claims);
  const moves = new Map<string, Promise<'done' | 'refused' | 'waiting'>>();
  const identities = standings.map(async (standing, i): Promise<Identity> => {
    const { visitor } = named[i]!;
    const { person } = standing;
    if (visitor === undefined) return { person, rank: standing.isVisitor ? 2 : 1 };
    let { state } = standing;
    if (state === 'moving') {
      const label = person + visitor;
      let move = moves.get(label);
      if (move === undefined) {
        move = finishMove(context, site, { person, alias: visitor, isUser: false });
        moves.set(label, move);
      }
      if ((await move) === 'refused') state = 'refused';
    }
    return { person: state === 'refused' ? visitor : person, rank: 2 };
  });
  return Promise.all(identities);
}

/** The person that the user keys of each stand for; makes them one where they were not. */
async function rootsOf(context: Context, site: Site, named: readonly Named[]): Promise<string[]> {
  const several = named.filter(({ users }) => users.length > 1);
  const roots = named.map(({ users }) => users[0]!);
  if (several.length === 0) return roots;
  const keys = [...new Set(several.flatMap(({ users }) => users))];
  const standings = await noteClaims(
    context,
    site,
    keys.map((user) => ({ user })),
  );
  const standingOf = new Map(keys.map((key, i) => [key, standings[i]!]));
  // In the order of the events where they name the same user, all others at once.
  const merging = new Map<string, Promise<string>>();
  const merged = named.map(async ({ users, hasExternalId }, i): Promise<string> => {
    if (users.length < 2) return roots[i]!;
    const persons = new Set(users.map((user) => standingOf.get(user)!.person));
    if (persons.size === 1) return [...persons][0]!;
    const before = users.flatMap((user) => merging.get(user) ?? []);
    const root = Promise.all(before).then(() => merge(context, site, users, hasExternalId));
    for (const user of users) merging.set(user, root);
    return root;
  });
  return Promise.all(merged);
}

/** Persons found to be one become the one with the smallest key. @returns the person of the first key */
async function merge(
  context: Context,
  site: Site,
  users: readonly string[],
  hasExternalId: boolean,
): Promise<string> {
  const refused = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const standings = await noteClaims(
      context,
      site,
      users.map((user) => ({ user })),
    );
    const [first, ...others] = standings as [Standing, ...Standing[]];
    const other = others.find(({ person }) => person !== first.person && !refused.has(person));
    if (other === undefined) return first.person;
    const [root, loser] = first.person < other.person ? [first, other] : [other, first];
    const externalIds = [root.externalId, loser.externalId];
    if (hasExternalId) externalIds.push(users[0]!);
    const known = new Set(externalIds.filter((id) => id !== undefined));
    const externalId = [...known][0];
    const [standing] =
      known.size > 1
        ? [undefined]
        : await noteClaims(context, site, [
            {
              user: root.person,
              alias: loser.person,
              weight: Math.max(loser.visitors, Number(loser.isVisitor)),
              isUser: true,
              ...(externalId !== undefined && { externalId }),
            },
          ]);
    if (standing === undefined || standing.state === 'refused') {
      refused.add(other.person);
      continue;
    }
    const move = { person: standing.person, alias: loser.person, isUser: true };
    if ((await finishMove(context, site, move)) === 'refused') refused.add(other.person);
  }
  return users[0]!;
}

/**
 * Whose events of visitors are that name no user.
 *
 * @returns for each its person, '' where the visitor is nobody else
 */
export async function whoseVisits(
  context: Context,
  site: Site,
  events: readonly { key: string; named: Named }[],
): Promise<string[]> {
  const byShard = Map.groupBy(events.keys(), (i) =>
    shardOf(events[i]!.named.visitor!, site.shards),
  );
  const persons = new Array<string>(events.length).fill('');
  await callShards(context, site, [...byShard.keys()], async (stub, shard) => {
    const positions = byShard.get(shard)!;
    const asked = positions.map((i) => ({
      person: events[i]!.named.visitor!,
      key: events[i]!.key,
    }));
    const answers = await stub.whose(site.key, asked);
    for (const [k, i] of positions.entries()) persons[i] = answers[k]!;
  });
  return persons;
}
