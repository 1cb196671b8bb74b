/** The keys of the app, opened by `?` or by its button in the bar. */
import { useEffect, useRef } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

const keys: [keys: string[], what: string][] = [
  [['?'], 'this help'],
  [['1', '…', '9'], 'split the credit by this model'],
  [['Tab'], 'to the next control; a picture is one stop'],
  [
    ['←', '→', '↑', '↓'],
    'within a picture, a group of buttons or a slider: to the mark or value beside',
  ],
  [['Enter', 'Space'], 'press what has the focus: a node, a band, a claim, a button'],
  [['Esc'], 'let go of a mark, put a node back, close a window'],
  [['Alt ←'], 'undo: the browser’s way back, since every setting stands in the link'],
];

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !/radio|range|checkbox/.test(target.type)));

export const Help = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (typing(event.target)) return;
      const box = dialog.current;
      if (box?.open) box.close();
      else if (document.querySelector('dialog[open]') === null) box?.showModal();
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        class="button quiet help-button"
        aria-label="Help: keys"
        aria-haspopup="dialog"
        aria-keyshortcuts="?"
        onClick={() => dialog.current?.showModal()}
      >
        ?
      </button>
      <Dialog box={dialog} title="Keys" kind="help">
        <dl>
          {keys.map(([names, what]) => (
            <div key={what}>
              <dt>
                {names.map((name) => (
                  <kbd key={name} class="key">
                    {name}
                  </kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  );
};
