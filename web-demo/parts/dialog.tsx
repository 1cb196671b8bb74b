/** A window over the page: Escape, its button or a press beside it closes it. */
import type { ComponentChildren, RefObject } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  /** Opened by `showModal`, so that the focus comes back to where it was. */
  box: RefObject<HTMLDialogElement | null>;
  title: ComponentChildren;
  children: ComponentChildren;
  /** A further class. */
  kind?: string;
}

export const Dialog = ({ box, title, children, kind = '' }: Props) => {
  const heading = useId();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; this is for the pointer
    <dialog
      ref={box}
      class={`explain ${kind}`}
      aria-labelledby={heading}
      onClick={(event) => {
        // Beside the dialog's box.
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div>
        <h2 id={heading}>{title}</h2>
        {children}
        <form method="dialog">
          <button type="submit" class="button primary">
            Close
          </button>
        </form>
      </div>
    </dialog>
  );
};

/** Names, and what is said of each. */
export const Terms = ({ of }: { of: readonly (readonly [name: string, what: string])[] }) => (
  <dl>
    {of.map(([name, what]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{what}</dd>
      </div>
    ))}
  </dl>
);
