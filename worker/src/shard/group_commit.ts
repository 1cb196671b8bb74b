/**
 * Group commit: calls that arrive while a commit waits share one transaction,
 * so that the disk's latency is paid once for many callers.
 */

import type { CommitPace } from './pace.ts';

export interface GroupCommitOptions {
  /** Says how long the first call of a group waits for company. */
  pace: CommitPace;
  /** Weight at which a group is full; a heavier call makes a group of its own. */
  groupWeight: number;
  /** Weight waiting at which new calls are turned away. */
  queueWeight: number;
}

/** A caller's work was turned away; nothing of it was done. */
export class QueueFullError extends Error {
  constructor() {
    super('the queue of this shard is full');
    this.name = 'QueueFullError';
  }
}

interface Waiting<Work, Result> {
  work: Work;
  weight: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

export class GroupCommit<Work, Result> {
  readonly #commit: (group: readonly Work[]) => Result[];
  readonly #options: GroupCommitOptions;
  #queue: Waiting<Work, Result>[] = [];
  #queuedWeight = 0;
  #scheduled = false;

  /**
   * @param commit does the work of a group in one transaction, all or nothing;
   *   returns one result per member, in order
   */
  constructor(commit: (group: readonly Work[]) => Result[], options: GroupCommitOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  /**
   * Resolves after the commit. Work is done in the order of the calls.
   *
   * @param weight how much of a group this takes, such as its number of events
   * @throws QueueFullError at once
   */
  submit(work: Work, weight: number): Promise<Result> {
    if (this.#queuedWeight > 0 && this.#queuedWeight + weight > this.#options.queueWeight) {
      return Promise.reject(new QueueFullError());
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, weight, resolve, reject });
      this.#queuedWeight += weight;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => this.#run(), this.#options.pace.begin());
  }

  #run(): void {
    const since = performance.now();
    this.#settle(this.#takeGroup());
    this.#options.pace.end(performance.now() - since);
    this.#scheduled = false;
    if (this.#queue.length > 0) this.#schedule();
  }

  #takeGroup(): Waiting<Work, Result>[] {
    let weight = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      if (count > 0 && weight + waiting.weight > this.#options.groupWeight) break;
      weight += waiting.weight;
      count++;
    }
    this.#queuedWeight -= weight;
    return this.#queue.splice(0, count);
  }

  #settle(group: Waiting<Work, Result>[]): void {
    let results: Result[];
    try {
      results = this.#commit(group.map(({ work }) => work));
    } catch (error) {
      // One bad member must not fail the others: commit each by itself.
      if (group.length > 1) for (const waiting of group) this.#settle([waiting]);
      else group[0]?.reject(error);
      return;
    }
    for (const [i, { resolve }] of group.entries()) resolve(results[i]!);
  }
}
