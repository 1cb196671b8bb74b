/** What answers mean for rows and destinations, whoever carried them. */
import type { Breaker } from './breaker.ts';
import { retryAt } from './breaker.ts';
import type { Claimed, Queue } from './queue.ts';
import type { Settled } from './send.ts';

export interface ResultOptions {
  now: () => number;
  random: () => number;
  /** What is told to whoever runs the worker, without secrets. */
  log: (text: string) => void;
}

export class Results {
  readonly #queue: Queue;
  readonly #breaker: Breaker;
  readonly #options: ResultOptions;

  constructor(queue: Queue, breaker: Breaker, options: ResultOptions) {
    this.#queue = queue;
    this.#breaker = breaker;
    this.#options = options;
  }

  record(rows: readonly Pick<Claimed, 'id' | 'tries' | 'expires'>[], verdicts: readonly Settled[]) {
    const { now, random } = this.#options;
    const at = now();
    this.#queue.record(
      rows.map((row, i) => ({ row, verdict: verdicts[i]! })),
      at,
      ({ tries, expires }, verdict) => {
        const afterMs = verdict.state === 'retry' ? (verdict.afterMs ?? 0) : 0;
        return retryAt(at, tries, expires, afterMs, random);
      },
    );
  }

  /** What a request says of the destination as a whole. */
  judge(name: string, verdicts: readonly Settled[]): void {
    const { now, log } = this.#options;
    const halt = verdicts.find(({ state }) => state === 'halt');
    if (halt?.state === 'halt') {
      if (!this.#breaker.state(name)?.halted) log(`destination ${name} is stopped: ${halt.reason}`);
      this.#breaker.failure(name, halt.reason, now(), { halted: true });
      return;
    }
    const retries = verdicts.filter((verdict) => verdict.state === 'retry');
    if (retries.length < verdicts.length) {
      if (this.#breaker.success(name)) log(`destination ${name} works again`);
      return;
    }
    const [{ reason, afterMs = 0 }] = retries as [(typeof retries)[number]];
    this.#breaker.failure(name, reason, now(), { afterMs });
  }
}
