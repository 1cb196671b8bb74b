/** A screen's question to the engine: asked when what it depends on changes, one at a time. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Questions } from './messages.ts';
import { askEngine, type Loaded, loaded } from './state.ts';

export interface Answered<K extends keyof Questions> {
  ask: Questions[K]['ask'];
  answer: Questions[K]['answer'];
}

/**
 * The newest answer; null until there is one about the data on the screen.
 *
 * @param make the question as the settings are now, null when nothing is to be asked; the signals it
 *   reads are what it depends on
 */
export const question = <K extends keyof Questions>(
  kind: K,
  make: (data: Loaded) => Questions[K]['ask'] | null,
): ReadonlySignal<Answered<K> | null> => {
  const newest = signal<Answered<K> | null>(null);
  let about: Loaded | null = null;
  let last = '';
  let busy = false;
  let next: Questions[K]['ask'] | null = null;

  const send = (ask: Questions[K]['ask']): void => {
    busy = true;
    const data = about;
    const done = (answer: Questions[K]['answer'] | null): void => {
      busy = false;
      if (data === about && answer !== null) newest.value = { ask, answer };
      const waiting = next;
      next = null;
      if (waiting !== null) send(waiting);
    };
    askEngine(kind, ask, done);
  };

  effect(() => {
    const data = loaded.value;
    if (!data) return;
    if (data !== about) {
      about = data;
      last = '';
      newest.value = null;
    }
    const ask = make(data);
    if (ask === null) return;
    const text = JSON.stringify(ask);
    if (text === last) return;
    last = text;
    if (busy) next = ask;
    else send(ask);
  });
  return newest;
};
