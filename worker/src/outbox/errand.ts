/**
 * What the queue's consumer does with messages of one destination: takes the rows that they name, of as
 * many shards as there are, sends them together, and tells each shard what became of its rows.
 */
import type { Site } from '../config.ts';
import type { Destination } from '../destinations/destination.ts';
import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import type { Parcel, Told } from './courier.ts';
import { groups } from './pump.ts';
import type { Claimed } from './queue.ts';
import { type Sender, type Settled, send } from './send.ts';

/** Rows of one request, where the platform takes more. */
const MOST_ROWS = 500;

/** A shard as the consumer sees it. */
export interface Counter {
  take(site: string, destination: string, ids: number[]): Promise<Claimed[]>;
  told(site: string, destination: string, told: Told[]): Promise<number>;
}

interface Taken {
  object: string;
  row: Claimed;
}

/** @throws when a shard did not answer; what was not told is taken back there after its lease */
export async function deliver(
  sender: Sender,
  site: Pick<Site, 'key'>,
  config: DestinationConfig,
  parcels: readonly Parcel[],
  reach: (object: string) => Counter,
): Promise<void> {
  const destination = destinationOf(config);
  const most = Math.min(config.batch ?? destination.batch, MOST_ROWS);
  for (const together of portions(parcels, Math.max(most, 20))) {
    const taken = await Promise.all(
      together.map(async ({ object, ids }) => {
        const rows = await reach(object).take(site.key, config.name, ids);
        return rows.map((row): Taken => ({ object, row }));
      }),
    );
    const group = ({ row }: Taken) => destination.group?.(row.delivery) ?? '';
    let resume = 0;
    for (const rows of groups(taken.flat(), group, most)) {
      const verdicts = await verdictsOf(sender, config, destination, rows, resume);
      resume = Math.max(resume, await tell(site, config, rows, verdicts, reach));
    }
  }
}

/** Messages whose rows fit one request, or one portion of single ones. */
function portions(parcels: readonly Parcel[], most: number): Parcel[][] {
  const lists: Parcel[][] = [];
  let size = most;
  for (const parcel of parcels) {
    if (size + parcel.ids.length > most) {
      lists.push([]);
      size = 0;
    }
    lists.at(-1)!.push(parcel);
    size += parcel.ids.length;
  }
  return lists;
}

async function verdictsOf(
  sender: Sender,
  config: DestinationConfig,
  destination: Destination,
  rows: readonly Taken[],
  resume: number,
): Promise<Settled[]> {
  const wait = resume - sender.now();
  if (wait > 0) {
    // A request before this one has shown that there is no use.
    return rows.map(() => ({ state: 'retry', reason: 'the destination rests', afterMs: wait }));
  }
  const deliveries = rows.map(({ row }) => row.delivery);
  return send(sender, config, destination, deliveries);
}

async function tell(
  site: Pick<Site, 'key'>,
  { name }: DestinationConfig,
  rows: readonly Taken[],
  verdicts: readonly Settled[],
  reach: (object: string) => Counter,
): Promise<number> {
  const byObject = Map.groupBy(rows.keys(), (i) => rows[i]!.object);
  const resumes = await Promise.all(
    [...byObject].map(([object, positions]) => {
      const told = positions.map((i): Told => {
        const { id, tries, expires } = rows[i]!.row;
        return { row: { id, tries, expires }, verdict: verdicts[i]! };
      });
      return reach(object).told(site.key, name, told);
    }),
  );
  return Math.max(...resumes);
}
