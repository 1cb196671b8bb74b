/**
 * How long a group of calls waits before it is committed, shared by all the
 * shards of one isolate. Where many shards sit on one disk, as on one machine,
 * their flushes queue up behind each other; a group that waits for its turn
 * may as well collect more calls meanwhile. Where each shard has storage of
 * its own, commits cost no time here and the window stays at its least.
 */

const LEAST_MS = 2;
const MOST_MS = 40;
/** Weight of the newest commit in the running mean of their cost. */
const NEWEST = 0.1;

export class CommitPace {
  #waiting = 0;
  #costMs = 0;

  /** A group begins to wait. @returns how long it should, ms: the turns of those before it */
  begin(): number {
    this.#waiting++;
    return Math.min(MOST_MS, Math.max(LEAST_MS, (this.#waiting - 1) * this.#costMs));
  }

  /** A group was committed, which took this long. */
  end(tookMs: number): void {
    this.#waiting--;
    this.#costMs += NEWEST * (tookMs - this.#costMs);
  }
}
