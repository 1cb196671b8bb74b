/** The consumer of the queue that carries deliveries; what it does stands in errand.ts. */
import { contextOf } from '../context.ts';
import { Secrets } from '../destinations/secrets.ts';
import type { Env } from '../env.ts';
import type { Remote } from '../remote.ts';
import type { Shard } from '../shard/shard.ts';
import type { Parcel } from './courier.ts';
import { type Counter, deliver } from './errand.ts';

/** A message that could not be worked at is to come again after this, s. */
const AGAIN_S = 10;

export async function consume(batch: MessageBatch<unknown>, env: Env): Promise<void> {
  const { config } = contextOf(env);
  const sender = {
    secrets: new Secrets(env),
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    now: Date.now,
  };
  const reach = (object: string): Counter =>
    env.SHARDS.get(env.SHARDS.idFromString(object)) as unknown as Remote<
      Pick<Shard, 'take' | 'told'>
    >;
  const readable = batch.messages.filter(({ body }) => isParcel(body));
  const label = (parcel: Parcel) => `${parcel.site} ${parcel.destination}`;
  const lists = Map.groupBy(readable, ({ body }) => label(body as Parcel));
  await Promise.all(
    [...lists.values()].map(async (messages) => {
      const parcels = messages.map(({ body }) => body as Parcel);
      const { site: key, destination: name } = parcels[0]!;
      const site = config.sites.get(key);
      const destination = site?.destinations.find((each) => each.name === name);
      // Gone from the configuration: its rows wait in case it comes back.
      if (site === undefined || destination === undefined) return;
      try {
        await deliver(sender, site, destination, parcels, reach);
      } catch (error) {
        console.error(`site ${key}: messages of ${name} come again: ${String(error)}`);
        for (const message of messages) message.retry({ delaySeconds: AGAIN_S });
      }
    }),
  );
}

function isParcel(body: unknown): body is Parcel {
  if (typeof body !== 'object' || body === null) return false;
  const { site, object, destination, ids } = body as Partial<Parcel>;
  return (
    [site, object, destination].every((each) => typeof each === 'string') && Array.isArray(ids)
  );
}
