/** The figure that was pressed last: its explanation opens, and stays here when it was closed. */
import { signal } from '@preact/signals';

export interface Explained {
  name: string;
  /** How it comes about. */
  how: string;
  /** The model that it follows from; none: several, or no model at all. */
  model?: string;
  /** Said instead of what holds for the data at hand, where the figure is not about it. */
  about?: [name: string, what: string][];
}

export const explained = signal<Explained | null>(null);
