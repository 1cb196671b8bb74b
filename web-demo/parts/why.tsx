/** The name of a figure, or of a column of them, as a button that explains it. */
import type { ComponentChildren } from 'preact';
import { type Explained, explained } from '../why.ts';

interface Props extends Explained {
  /** Shown in place of the name. */
  children?: ComponentChildren;
}

export const Why = ({ children, ...figure }: Props) => (
  <button
    type="button"
    class="why-figure"
    aria-haspopup="dialog"
    onClick={() => {
      // A new one each time, so that the same figure opens again after it was closed.
      explained.value = { ...figure };
    }}
  >
    {children ?? figure.name}
  </button>
);

/** The figures of a panel by name, so that a column and the panel's list say the same. */
export type Figures = [name: string, how: string][];

/** @throws Error for a figure that the panel does not explain: a fault of the code */
export const howOf = (figures: Figures, name: string): string => {
  const found = figures.find(([each]) => each === name);
  if (!found) throw new Error(`no explanation of ${name}`);
  return found[1];
};
