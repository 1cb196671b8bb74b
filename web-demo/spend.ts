/** Ad spend beside the journeys: a file of the visitor's, or a made-up one for the made-up shop. */
import { effect, signal } from '@preact/signals';
import type { SpendFile } from '../wasm/binding/money.ts';
import { sampleSpend } from './sample-spend.ts';
import { askEngine, loaded, problem, settings } from './state.ts';

export interface SpendShown {
  /** Null: the sample's own. */
  name: string | null;
  file: SpendFile;
}

export const spend = signal<SpendShown | null>(null);

/** Reads a spend file in the engine's worker; what is shown stays when it cannot be read. */
export const openSpend = (source: File | string): void => {
  const name = typeof source === 'string' ? null : source.name;
  askEngine('spend', source, (file) => {
    // A file that was dropped meanwhile stands, whichever is read first.
    if (!file || (name === null && spend.peek() !== null)) return;
    spend.value = { name, file };
    problem.value = null;
  });
};

/** Where the cost of a customer is shown, the made-up shop has some. */
effect(() => {
  const asks = ['money', 'customers'].includes(settings.value.screen);
  if (asks && loaded.value?.source.kind === 'sample' && !spend.peek()) openSpend(sampleSpend());
});

/** The made-up spend belongs to the made-up shop alone. */
loaded.subscribe((data) => {
  if (data && data.source.kind !== 'sample' && spend.peek()?.name === null) spend.value = null;
});

const lower = (line: string): string[] =>
  line
    .toLowerCase()
    .split(/[,;\t|]/)
    .map((cell) => cell.replace(/^[\s"\uFEFF]+|[\s"]+$/g, ''));

/** Whether a file's first line is that of a spend file. */
export const isSpend = async (file: File): Promise<boolean> => {
  const [line = ''] = (await file.slice(0, 4096).text()).split(/\r?\n/);
  const cells = new Set(lower(line));
  const any = (...names: string[]): boolean => names.some((name) => cells.has(name));
  return (
    any('date', 'day') &&
    any('cost', 'spend', 'amount_spent', 'amount spent') &&
    !any('path', 'visitor', 'visitor_id', 'cookie', 'user_pseudo_id')
  );
};
