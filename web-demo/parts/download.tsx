/** A button that saves a text as a file; nothing leaves the tab. */

interface Props {
  name: string;
  text: () => string;
  label?: string;
}

export const saveBlob = (name: string, blob: Blob): void => {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  // The browser has begun reading it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

export const Download = (props: Props) => (
  <button
    type="button"
    class="button"
    onClick={() => saveBlob(props.name, new Blob([props.text()], { type: 'text/csv' }))}
  >
    {props.label ?? 'Save as CSV'}
  </button>
);
