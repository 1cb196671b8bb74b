/** Which column of a file plays which role, beside its first rows. */
import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../format.ts';
import { applyMapping, type Mapping, mapping, pathRoles, touchRoles } from '../mapping.ts';

const change = (part: Partial<Mapping>): void => {
  if (mapping.value) mapping.value = { ...mapping.value, ...part };
};

const Role = ({ role, words, now }: { role: string; words: string; now: Mapping }) => (
  <label class="role">
    <span>{words}</span>
    <select
      value={now.columns[role] ?? ''}
      onChange={(event) => {
        const { [role]: _, ...others } = now.columns;
        const name = event.currentTarget.value;
        change({ columns: name ? { ...others, [role]: name } : others });
      }}
    >
      <option value="">by its name</option>
      {now.header.filter(Boolean).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  </label>
);

export const MappingForm = () => {
  const now = mapping.value;
  const title = useRef<HTMLHeadingElement>(null);
  const file = now?.file;
  useEffect(() => {
    if (file) title.current?.focus();
  }, [file]);
  if (!now) return null;
  const played = new Map(Object.entries(now.columns).map(([role, name]) => [name, role]));
  return (
    <section class="panel mapping" aria-labelledby="mapping-title">
      <h2 id="mapping-title" ref={title} tabIndex={-1}>
        Columns of {now.file.name} <span>what is left “by its name” is found by common names</span>
      </h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          applyMapping();
        }}
      >
        <fieldset>
          <legend>One row is a touch</legend>
          <div class="roles">
            {touchRoles.map(([role, words]) => (
              <Role key={role} role={role} words={words} now={now} />
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>Or one row is a path</legend>
          <div class="roles">
            {pathRoles.map(([role, words]) => (
              <Role key={role} role={role} words={words} now={now} />
            ))}
          </div>
        </fieldset>
        <div class="panel-head">
          <label class="check">
            <input
              type="checkbox"
              checked={now.skipBad}
              onChange={(event) => change({ skipBad: event.currentTarget.checked })}
            />
            Leave out rows that cannot be read, and list them
          </label>
          <button type="submit" class="button primary">
            Read the file so
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              mapping.value = null;
            }}
          >
            Cancel
          </button>
        </div>
      </form>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
      <section class="scroll preview" tabIndex={0} aria-label="First rows of the file">
        <table class="compare">
          <caption class="visually-hidden">First rows of {now.file.name}</caption>
          <thead>
            <tr>
              {now.header.map((name, i) => (
                <th key={i} scope="col" class={played.has(name) ? 'played' : ''}>
                  {name || `column ${i + 1}`}
                  {played.has(name) && <small> {played.get(name)}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {now.rows.map((row, r) => (
              <tr key={r}>
                {now.header.map((name, i) => (
                  <td key={i} class={played.has(name) ? 'played' : ''}>
                    {row[i] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="note">The first {formatCount(now.rows.length)} rows. Nothing has left this tab.</p>
    </section>
  );
};
