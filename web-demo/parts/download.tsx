/** A button that saves a text as a file; nothing leaves the tab. */

interface Props {
  name: string;
  text: () => string;
  label?: string;
}

const save = ({ name, text }: Pick<Props, 'name' | 'text'>): void => {
  const url = URL.createObjectURL(new Blob([text()], { type: 'text/csv' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  // The browser has begun reading it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

export const Download = (props: Props) => (
  <button type="button" class="button" onClick={() => save(props)}>
    {props.label ?? 'Save as CSV'}
  </button>
);
