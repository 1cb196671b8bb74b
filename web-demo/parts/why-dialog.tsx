/** Explains the one figure that was pressed: its formula, and what it stands on. */
import { useEffect, useRef } from 'preact/hooks';
import { explained } from '../why.ts';
import { Dialog, Terms } from './dialog.tsx';
import { contextOf } from './explain.tsx';

export const WhyDialog = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const figure = explained.value;
  useEffect(() => {
    if (figure && !dialog.current?.open) dialog.current?.showModal();
  }, [figure]);
  return (
    <Dialog box={dialog} title={figure?.name}>
      {figure && (
        <>
          <p class="formula">{figure.how}</p>
          <h3>What it stands on</h3>
          <Terms of={contextOf(figure.model, figure.about)} />
        </>
      )}
    </Dialog>
  );
};
