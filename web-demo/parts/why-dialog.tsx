/** Explains the one figure that was pressed: its formula, and what it stands on. */
import { useEffect, useId, useRef } from 'preact/hooks';
import { explained } from '../why.ts';
import { contextOf } from './explain.tsx';

export const WhyDialog = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const figure = explained.value;
  useEffect(() => {
    if (figure && !dialog.current?.open) dialog.current?.showModal();
  }, [figure]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; this is for the pointer
    <dialog
      ref={dialog}
      class="explain"
      aria-labelledby={title}
      onClick={(event) => {
        // Beside the dialog's box.
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      {figure && (
        <div>
          <h2 id={title}>{figure.name}</h2>
          <p class="formula">{figure.how}</p>
          <h3>What it stands on</h3>
          <dl>
            {contextOf(figure.model, figure.about).map(([name, what]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <form method="dialog">
            <button type="submit" class="button primary">
              Close
            </button>
          </form>
        </div>
      )}
    </dialog>
  );
};
