/**
 * Holds the one instance of the core that an isolate uses, with a classifier
 * per site and a stepper per settings. After a trap the instance's memory is in doubt, so
 * it is dropped and made again; nothing of value lives in it.
 */
import { Headwater } from '../../wasm/binding/index.ts';
import type { Site } from './config.ts';

export type Classifier = ReturnType<Headwater['classifier']>;
export type Stepper = ReturnType<Headwater['stepper']>;

export class Engine {
  readonly #module: WebAssembly.Module;
  #core: Headwater | undefined;
  readonly #classifiers = new Map<string, Classifier>();
  readonly #steppers = new Map<string, Stepper>();

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  get core(): Headwater {
    this.#core ??= Headwater.fromModule(this.#module);
    return this.#core;
  }

  classifier(site: Site): Classifier {
    let classifier = this.#classifiers.get(site.key);
    if (classifier === undefined) {
      classifier = this.core.classifier(site.classifier);
      this.#classifiers.set(site.key, classifier);
    }
    return classifier;
  }

  stepper({ step, stepHash }: Pick<Site, 'step' | 'stepHash'>): Stepper {
    let stepper = this.#steppers.get(stepHash);
    if (stepper === undefined) {
      stepper = this.core.stepper(step);
      this.#steppers.set(stepHash, stepper);
    }
    return stepper;
  }

  /** Forgets the instance; the next use makes a new one. */
  reset(): void {
    this.#core = undefined;
    this.#classifiers.clear();
    this.#steppers.clear();
  }

  /**
   * Runs `all` on the whole batch; if the core refuses or traps, runs `one`
   * per member, so that only the members at fault fail.
   *
   * @returns one result per member; `undefined` where the member failed alone
   */
  isolate<Member, Result>(
    members: readonly Member[],
    all: (members: readonly Member[]) => Result[],
  ): (Result | undefined)[] {
    try {
      return all(members);
    } catch (error) {
      this.#afterFailure(error);
    }
    return members.map((member) => {
      try {
        return all([member])[0];
      } catch (error) {
        this.#afterFailure(error);
        return undefined;
      }
    });
  }

  #afterFailure(error: unknown): void {
    // Only the kind of failure is logged: the core's input is the visitor's.
    if (error instanceof WebAssembly.RuntimeError) {
      console.error(`core trapped, making a new instance: ${error.message}`);
      this.reset();
    } else {
      console.error(`core refused a batch: ${String(error)}`);
    }
  }
}
