/** What the platform hands to the worker. */
import type { DaySalt } from './collect/day_salt.ts';
import type { IdentityIndex } from './identity/identity_index.ts';
import type { OrderIndex } from './orders/order_index.ts';
import type { Parcel } from './outbox/courier.ts';
import type { Rollup } from './rollup/rollup.ts';
import type { Shard } from './shard/shard.ts';
import type { SpendBook } from './spend/spend_book.ts';

export interface Env {
  /** The single writers; an object's name is `site:index`. */
  SHARDS: DurableObjectNamespace<Shard>;
  /** Who owns which order; an object's name is `site:index`. */
  ORDERS: DurableObjectNamespace<OrderIndex>;
  /** Which person a user key stands for; an object's name is `site:index`. */
  IDENTITIES: DurableObjectNamespace<IdentityIndex>;
  /** The sums of all shards; an object's name is the site. */
  ROLLUPS: DurableObjectNamespace<Rollup>;
  /** What advertising cost; an object's name is the site. */
  SPEND: DurableObjectNamespace<SpendBook>;
  /** What cookieless visitors are hashed with today; an object's name is the site. */
  SALTS: DurableObjectNamespace<DaySalt>;
  /** Carries deliveries of sites that say so; see outbox/courier.ts. */
  DELIVERIES?: Queue<Parcel>;
  /** The app's files. */
  ASSETS?: Fetcher;
  /** Overrides the headwater.config.json that was bundled: an object, or its JSON text. */
  HEADWATER_CONFIG?: unknown;
  /** Where this build came from: an object `{git, wasm_sha256}`, or its JSON text. */
  HEADWATER_BUILD?: unknown;
  /** Secrets, under the names that the configuration gives. */
  [secret: string]: unknown;
}

/** A binding that may be an object or its JSON text. */
export function jsonBinding(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
