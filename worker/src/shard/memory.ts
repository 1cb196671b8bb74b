/**
 * How much memory the journeys of an isolate may take: its shards share it, since the platform
 * bounds the isolate and not the shard.
 */

/** Bytes of journeys that changed and are not yet swept; as many again are being swept. */
const BUDGET = 12 * 1024 * 1024;

export class JourneyMemory {
  /** Names of the shards seen here: one that is evicted and comes back is the same. */
  readonly #members = new Set<string>();

  /** Bytes that a shard may hold. */
  share(member: string): number {
    this.#members.add(member);
    return BUDGET / this.#members.size;
  }
}
