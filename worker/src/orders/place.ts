/**
 * Where the events of a request go. An event that names no order goes to its person. One that
 * counts an order goes to the order's owner, whom the index names; what such an event says besides
 * stays with its person.
 */
import type { Prepared, Refused } from '../collect/prepare.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { movableBy, partOf, toLine } from '../event_record.ts';
import { REFUND } from '../identity/keys.ts';
import type { Claim, Mention } from './claims.ts';
import { claimOrders } from './client.ts';
import { handOver } from './handover.ts';

/** A line for a person's shard. */
export interface Placed {
  /** Index of the event in the request. */
  index: number;
  person: string;
  line: string;
  /** Whether the outcome of this line is that of the event; one line of each event is. */
  leads: boolean;
  /** The line is for the owner of an order, who is not the one who did it. */
  owned: boolean;
}

/**
 * @param events that may be stored
 * @param refused events whose arrival is shown with their order
 * @returns lines in the order of the events
 * @throws Problem busy, unavailable
 */
export async function place(
  context: Context,
  site: Site,
  events: readonly Prepared[],
  refused: readonly Refused[] = [],
): Promise<Placed[]> {
  const mentions = new Map<Prepared | Refused, Mention>();
  for (const event of events) {
    if (event.ordered !== undefined) mentions.set(event, mentionOf(event.person, event.ordered));
  }
  for (const event of refused) {
    const { order, person, rank } = event;
    if (order !== undefined && person !== undefined && rank !== undefined) {
      mentions.set(event, { order, person, rank, actions: [] });
    }
  }
  if (mentions.size === 0) return events.map(whole);

  const answers = await claimOrders(context, site, [...mentions.values()]);
  const claims = new Map([...mentions.keys()].map((event, i) => [event, answers[i]!]));
  if (await finishHandovers(context, site, [...mentions.values()], answers)) {
    return place(context, site, events, refused);
  }
  return events.flatMap((event) => split(event, claims.get(event) ?? []));
}

function mentionOf(person: string, { rank, record }: NonNullable<Prepared['ordered']>): Mention {
  const actions = (record.conversions ?? []).flatMap(({ order }) => order ?? []);
  return { order: record.order!, person, rank, actions };
}

/** @returns whether an order stayed with its former owner after all: claims are to be read again */
async function finishHandovers(
  context: Context,
  site: Site,
  mentions: readonly Mention[],
  claims: readonly Claim[][],
): Promise<boolean> {
  let kept = false;
  const done = new Set<string>();
  for (const [i, { order, actions }] of mentions.entries()) {
    for (const [k, action] of actions.entries()) {
      const { owner, rank, from: former } = claims[i]![k]!;
      for (const from of former) {
        if (done.has(action + from)) continue;
        done.add(action + from);
        const result = await handOver(context, site, { order, action, owner, rank, from });
        kept ||= result === 'kept';
      }
    }
  }
  return kept;
}

function whole({ index, person, line }: Prepared): Placed {
  return { index, person, line, leads: true, owned: false };
}

/** @param claims of the event's orders, in the order of its conversions */
function split(event: Prepared, claims: readonly Claim[]): Placed[] {
  const { index, person, ordered } = event;
  if (ordered === undefined || claims.every(({ owner }) => owner === person)) return [whole(event)];
  const { rank, key, record } = ordered;
  const { conversions = [], touch, order: _, ...rest } = record;
  const { name } = record;
  const own = conversions.filter((_conversion, i) => claims[i]!.owner === person);
  // Of a refund, most counts stay with nobody: what it says to an owner is its outcome.
  const elsewhere = name === REFUND && own.length < conversions.length;
  const touchGoes = rank < 2 && conversions.length === 1;
  const lines: Placed[] = [];
  if (own.length > 0) {
    const kept = { ...record, conversions: own, ...(elsewhere && { part: true as const }) };
    const line = toLine(person, key, kept);
    lines.push({ index, person, line, leads: !elsewhere, owned: false });
  } else if (touch && !touchGoes) {
    const line = toLine(person, key, { ...rest, touch, part: true });
    lines.push({ index, person, line, leads: false, owned: false });
  }
  let leads = own.length === 0 || elsewhere;
  for (const [i, { owner, rank: ownerRank }] of claims.entries()) {
    if (owner === person) continue;
    const part = partOf(key, record, conversions[i]!.order!)!;
    const { part: _part, ...counted } = movableBy(part.record, ownerRank);
    const placed = leads ? counted : { ...counted, part: true as const };
    const line = toLine(owner, part.key, placed);
    lines.push({ index, person: owner, line, leads, owned: true });
    leads = false;
  }
  return lines;
}
