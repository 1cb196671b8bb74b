/** The worker's entry: the handlers and the Durable Object classes, nothing else. */
import type { Env } from './env.ts';
import { consume } from './outbox/consumer.ts';
import { handle } from './router.ts';

export { DaySalt } from './collect/day_salt.ts';
export { IdentityIndex } from './identity/identity_index.ts';
export { OrderIndex } from './orders/order_index.ts';
export { Rollup } from './rollup/rollup.ts';
export { Shard } from './shard/shard.ts';
export { SpendBook } from './spend/spend_book.ts';

export default { fetch: handle, queue: consume } satisfies ExportedHandler<Env>;
