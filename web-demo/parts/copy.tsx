/** Text to paste somewhere else, with a button that copies it. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

interface Props {
  /** What it is, for the button's name and the box. */
  label: string;
  text: string;
}

export const CopyBox = ({ label, text }: Props) => {
  const box = useRef<HTMLPreElement>(null);
  const said = useSignal<{ of: string; words: string } | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = { of: text, words: 'Copied' };
    } catch {
      // Without a secure page, or without leave, a person copies what is selected.
      if (box.current) getSelection()?.selectAllChildren(box.current);
      said.value = { of: text, words: 'Selected: copy it with Ctrl+C' };
    }
  };
  return (
    <div class="copy-box">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
      <section tabIndex={0} aria-label={label}>
        <pre ref={box}>{text}</pre>
      </section>
      <p>
        <button type="button" class="button" aria-label={`Copy: ${label}`} onClick={copy}>
          Copy
        </button>{' '}
        <span role="status">{said.value?.of === text ? said.value.words : ''}</span>
      </p>
    </div>
  );
};
